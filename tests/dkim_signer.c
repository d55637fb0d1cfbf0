#include "dkim_signer.h"

#include <assert.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

static void base64(const unsigned char *p, size_t n, char *to)
{
	EVP_EncodeBlock((unsigned char *)to, p, (int)n);
}

void signer_key_make(struct signer_key *key, unsigned bits)
{
	unsigned char raw[32], *der = NULL;
	size_t n = sizeof(raw);

	key->ed25519 = !bits;
	key->pkey = bits ? EVP_RSA_gen(bits) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	assert(key->pkey);
	if (bits) {
		n = (size_t)i2d_PUBKEY(key->pkey, &der);
		base64(der, n, key->key);
		OPENSSL_free(der);
	} else {
		EVP_PKEY_get_raw_public_key(key->pkey, raw, &n);
		base64(raw, n, key->key);
	}
	snprintf(key->record, sizeof(key->record), "v=DKIM1; k=%s; p=%s", bits ? "rsa" : "ed25519",
		key->key);
}

void signer_key_done(struct signer_key *key)
{
	EVP_PKEY_free(key->pkey);
}

static bool is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* As span_line(), but a CR at the very end is not a line end. */
static void take_line(struct span *rest, struct span *ret_line)
{
	ssize_t lf = span_index(*rest, '\n');

	*ret_line = span_take(*rest, lf < 0 ? rest->n : (size_t)lf);
	*rest = span_skip(*rest, ret_line->n + 1);
	if (lf > 0 && ret_line->p[lf - 1] == '\r')
		ret_line->n--;
}

/* Every line end as CRLF; a last line that lacks it gets it. */
static void crlf_lines(struct buf *to, struct span text)
{
	struct span line;

	while (text.n) {
		take_line(&text, &line);
		buf_add(to, line);
		buf_str(to, "\r\n");
	}
}

/* Runs of white space as one space. */
static void squeeze(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!is_wsp(text.p[i]))
			buf_byte(to, text.p[i]);
		else if (i == 0 || !is_wsp(text.p[i - 1]))
			buf_byte(to, ' ');
}

static void relaxed_field(struct buf *to, struct span field)
{
	size_t colon = (size_t)span_index(field, ':');
	struct span name = span_trim(span_take(field, colon)), line,
		    value = span_skip(field, colon + 1);
	struct buf one = {0};

	for (size_t i = 0; i < name.n; i++)
		buf_byte(to, ascii_lower(name.p[i]));
	buf_byte(to, ':');
	while (value.n && span_line(&value, &line)) /* unfolded: a fold's white space stays */
		buf_add(&one, line);
	squeeze(to, span_trim(buf_span(&one)));
	buf_str(to, "\r\n");
	buf_done(&one);
}

void signer_canon_field(struct buf *to, struct span field, bool relaxed)
{
	if (relaxed)
		relaxed_field(to, field);
	else
		crlf_lines(to, field);
}

void signer_canon_body(struct buf *to, struct span body, bool relaxed)
{
	struct span line;
	size_t begin = to->n;

	while (body.n) {
		take_line(&body, &line);
		while (relaxed && line.n && is_wsp(line.p[line.n - 1]))
			line.n--;
		if (relaxed)
			squeeze(to, line);
		else
			buf_add(to, line);
		buf_str(to, "\r\n");
	}
	while (to->n >= begin + 4 && memcmp(to->p + to->n - 4, "\r\n\r\n", 4) == 0)
		to->n -= 2;
	if (to->n == begin + 2 && relaxed)
		to->n -= 2;
	if (to->n == begin && !relaxed)
		buf_str(to, "\r\n");
}

/* The n-th field of that name from the bottom (0 is the last), with its line end; empty for none.
 */
static struct span nth_field(struct span head, struct span name, size_t n)
{
	struct span found[200], line, rest = head;
	size_t count = 0;
	bool in = false;

	while (rest.n) {
		const char *begin = rest.p;

		span_line(&rest, &line);
		if (!line.n)
			break;
		if (is_wsp(line.p[0])) {
			if (in)
				found[count - 1].n = (size_t)(rest.p - found[count - 1].p);
			continue;
		}
		ssize_t colon = span_index(line, ':');

		in = colon >= 0 && span_eq_nocase(span_trim(span_take(line, (size_t)colon)), name);
		if (in && count < 200)
			found[count++] = span_between(begin, rest.p);
	}
	return n < count ? found[count - 1 - n] : (struct span){NULL, 0};
}

static void signed_fields(struct buf *to, const struct signer *s, struct span head)
{
	struct span rest = span_cstr(s->names), name, before[200];
	size_t n = 0;

	while (span_cut(&rest, ':', &name)) {
		size_t same = 0;

		name = span_trim(name);
		for (size_t i = 0; i < n; i++)
			same += span_eq_nocase(before[i], name);
		assert(n < 200);
		before[n++] = name;
		struct span field = nth_field(head, name, same);

		if (field.n)
			signer_canon_field(to, field, s->relaxed_head);
	}
}

static void make_signature(
	struct buf *to, const struct signer_key *key, bool sha1, struct span what)
{
	unsigned char digest[EVP_MAX_MD_SIZE], signature[1024];
	char text[1400];
	unsigned n = 0;
	size_t size = sizeof(signature);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	const EVP_MD *hash = sha1 ? EVP_sha1() : EVP_sha256();

	if (key->ed25519) { /* RFC 8463, 3: what is signed is the hash */
		EVP_Digest(what.p, what.n, digest, &n, hash, NULL);
		assert(EVP_DigestSignInit(md, NULL, NULL, NULL, key->pkey) > 0);
		assert(EVP_DigestSign(md, signature, &size, digest, n) > 0);
	} else {
		assert(EVP_DigestSignInit(md, NULL, hash, NULL, key->pkey) > 0);
		assert(EVP_DigestSign(md, signature, &size, (const unsigned char *)what.p, what.n) >
			0);
	}
	base64(signature, size, text);
	buf_str(to, text);
	EVP_MD_CTX_free(md);
}

/* Writes "Field: tags; b=SIGNATURE" of what stands in `what` and the field itself without it. */
static void finish(struct buf *to, const struct signer_key *key, struct span field, bool relaxed,
	bool sha1, struct buf *what)
{
	signer_canon_field(what, field, relaxed);
	what->n -= 2; /* RFC 6376, 3.7: no line end behind it */
	buf_add(to, field);
	make_signature(to, key, sha1, buf_span(what));
	buf_str(to, "\r\n");
}

void signer_sign(struct buf *to, const struct signer *s, struct span head, struct span body)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[128];
	unsigned n = 0;
	struct buf field = {0}, what = {0};

	signer_canon_body(&what, body, s->relaxed_body);
	if (s->length >= 0)
		what.n = (size_t)s->length;
	EVP_Digest(what.p ? what.p : "", what.n, digest, &n, s->sha1 ? EVP_sha1() : EVP_sha256(),
		NULL);
	base64(digest, n, text);
	buf_printf(&field, "%s: %s; h=%s; bh=%s;", s->field, s->tags, s->names, text);
	if (s->length >= 0)
		buf_printf(&field, " l=%ld;", s->length);
	buf_str(&field, "\r\n\tb=");
	what.n = 0;
	signed_fields(&what, s, head);
	finish(to, s->key, buf_span(&field), s->relaxed_head, s->sha1, &what);
	buf_done(&field);
	buf_done(&what);
}

void signer_seal(struct buf *to, const struct signer_key *key, const char *tags, struct span before)
{
	struct buf field = {0}, what = {0};

	buf_add(&what, before);
	buf_printf(&field, "ARC-Seal: %s; b=", tags);
	finish(to, key, buf_span(&field), true, false, &what);
	buf_done(&field);
	buf_done(&what);
}
