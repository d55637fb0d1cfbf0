/* Signed and encrypted mail, by its structure (RFC 3156, RFC 8551); nothing is verified. */
#include "judge/check/list.h"

static const char *const variants[] = {
	"signature/pgp", "signature/pgp-inline", "signature/smime", "signature/encrypted", NULL};

static void run(const struct check_input *in, struct findings *out)
{
	const struct message *m = in->m;

	for (size_t i = 0; i < m->parts && i < 50; i++) {
		struct span type = m->part[i].type;

		if (span_eq(type, SPAN("application/pgp-signature")))
			finding_add(in, out, &check_signature, "signature/pgp", m->part[i].head,
				"The mail is signed with OpenPGP");
		else if (span_eq(type, SPAN("application/pkcs7-signature")) ||
			 span_eq(type, SPAN("application/x-pkcs7-signature")))
			finding_add(in, out, &check_signature, "signature/smime", m->part[i].head,
				"The mail is signed with S/MIME");
		else if (span_eq(type, SPAN("multipart/encrypted")))
			finding_add(in, out, &check_signature, "signature/encrypted",
				m->part[i].head, "The mail is encrypted");
	}
	const struct words_hits *h = &in->hit[PHRASE_PGP];

	if (h->phrases)
		finding_add(in, out, &check_signature, "signature/pgp-inline",
			words_raw(&in->words, h->at, h->n), "The text is signed with OpenPGP");
}

const struct check check_signature = {
	"signature", "signed and encrypted mail, by structure", variants, run};
