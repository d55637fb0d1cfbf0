/* Signed and encrypted mail, by its structure (RFC 3156, RFC 8551); nothing is verified. */
#include "judge/check/list.h"

static const char *const variants[] = {
	"signature/pgp", "signature/pgp-inline", "signature/smime", "signature/encrypted", NULL};

static void run(const struct check_input *in, struct findings *out)
{
	const struct message *m = in->m;
	ssize_t at;

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
	at = span_find(m->text, SPAN("-----BEGIN PGP SIGN"));
	if (at >= 0)
		finding_add(in, out, &check_signature, "signature/pgp-inline",
			span_take(span_skip(m->text, (size_t)at), 40),
			"The text is signed with OpenPGP");
}

const struct check check_signature = {
	"signature", "signed and encrypted mail, by structure", variants, run};
