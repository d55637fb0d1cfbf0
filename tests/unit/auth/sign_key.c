/* Keys: what of their DER is taken, and what an enemy's comes to. */
#include "test.h"

#include "auth/sign_key.h"
#include "base/random.h"
#include "dkim_signer.h"

#include <errno.h>

/* An element of DER around what `to` holds from `from` on. */
static void wrap(struct buf *to, size_t from, unsigned char tag)
{
	size_t n = to->n - from;
	char head[4] = {(char)tag, (char)0x82, (char)(n >> 8), (char)n};
	size_t head_n = n < 128 ? 2 : n < 256 ? 3 : 4;

	if (n < 128)
		head[1] = (char)n;
	else if (n < 256)
		memcpy(head + 1, (char[]){(char)0x81, (char)n}, 2);
	buf_reserve(to, head_n);
	memmove(to->p + from + head_n, to->p + from, n);
	memcpy(to->p + from, head, head_n);
	to->n += head_n;
}

static void add_number(struct buf *to, const unsigned char *p, size_t n)
{
	size_t from = to->n;

	if (p[0] & 0x80)
		buf_byte(to, '\0');
	buf_add(to, (struct span){(const char *)p, n});
	wrap(to, from, 0x02);
}

/* RSAPublicKey of a modulus of so many bits and that exponent. */
static void rsa_key(
	struct buf *to, unsigned bits, const char *exponent, size_t exponent_n, bool even)
{
	unsigned char n[2048];
	size_t bytes = (bits + 7) / 8;

	memset(n, 0x5b, bytes);
	n[0] = (unsigned char)(1 << (bits + 7) % 8);
	n[bytes - 1] = (unsigned char)(n[bytes - 1] ^ even);
	to->n = 0;
	add_number(to, n, bytes);
	add_number(to, (const unsigned char *)exponent, exponent_n);
	wrap(to, 0, 0x30);
}

static void into_info(struct buf *to, const char *algorithm, size_t algorithm_n)
{
	struct buf all = {0};

	buf_add(&all, (struct span){algorithm, algorithm_n});
	wrap(&all, 0, 0x30);
	size_t from = all.n;

	buf_byte(&all, '\0');
	buf_add(&all, buf_span(to));
	wrap(&all, from, 0x03);
	wrap(&all, 0, 0x30);
	to->n = 0;
	buf_add(to, buf_span(&all));
	buf_done(&all);
}

/* Reads a record with that DER; "" when it is taken, otherwise the reason. */
static const char *read_der(struct span der, struct sign_key *key)
{
	static char record[8192];
	const char *reason = "";

	strcpy(record, "p=");
	EVP_EncodeBlock((unsigned char *)record + 2, (const unsigned char *)der.p, (int)der.n);
	int r = sign_key_read(span_cstr(record), key, &reason);

	assert_int_equal(r, *reason ? -EINVAL : 0);
	return reason;
}

#define RSA_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"

static void sizes(void **state)
{
	static const struct {
		unsigned bits;
		const char *exponent;
		size_t n;
		bool even;
		const char *reason;
	} table[] = {
		{1024, "\x01\x00\x01", 3, false, ""},
		{1023, "\x03", 1, false, ""},
		{4096, "\x01\x00\x01", 3, false, ""},
		{4096, "\xff\xff\xff\xff", 4, false, ""},
		{4097, "\x01\x00\x01", 3, false, "the key is longer than is accepted"},
		{8192, "\x01\x00\x01", 3, false, "the key is longer than is accepted"},
		{16000, "\x01\x00\x01", 3, false, "the key is longer than is accepted"},
		{2048, "\x01\x00\x00\x00\x01", 5, false, "the key is not one of RSA"},
		{2048, "\x01", 1, false, "the key is not one of RSA"},
		{2048, "\x00", 1, false, "the key is not one of RSA"},
		{2048, "\x04", 1, false, "the key is not one of RSA"},
		{2048, "\x01\x00\x01", 3, true, "the key is not one of RSA"},
		{15, "\x03", 1, false, "the key is not one of RSA"},
		{16, "\x03", 1, false, ""},
	};
	struct buf der = {0};
	struct sign_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		for (int info = 0; info < 2; info++) {
			rsa_key(&der, table[i].bits, table[i].exponent, table[i].n, table[i].even);
			if (info)
				into_info(&der, RSA_OID, sizeof(RSA_OID) - 1);
			assert_string_equal(read_der(buf_span(&der), &key), table[i].reason);
			if (!*table[i].reason)
				assert_int_equal(key.bits, table[i].bits);
		}
	buf_done(&der);
}

static void other_keys(void **state)
{
	static const struct {
		const char *oid;
		size_t n;
	} table[] = {
		{"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", 9},                  /* EC */
		{"\x06\x07\x2a\x86\x48\xce\x38\x04\x01", 9},                  /* DSA */
		{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05\x00", 13}, /* RSASSA-PSS */
	};
	struct buf der = {0};
	struct sign_key key;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		rsa_key(&der, 2048, "\x03", 1, false);
		into_info(&der, table[i].oid, table[i].n);
		assert_string_equal(read_der(buf_span(&der), &key), "the key cannot be read");
	}
	buf_done(&der);
}

/* Cut anywhere it is no key; with any byte changed it is read or not, and verifies nothing. */
static void damaged(void **state)
{
	struct buf der = {0};
	struct sign_key key;
	uint8_t digest[32] = {0}, signature[256] = {1};
	size_t taken = 0;

	(void)state;
	rsa_key(&der, 2048, "\x01\x00\x01", 3, false);
	into_info(&der, RSA_OID, sizeof(RSA_OID) - 1);
	for (size_t n = 1; n < der.n; n++)
		assert_string_equal(
			read_der(span_take(buf_span(&der), n), &key), "the key cannot be read");
	for (size_t i = 0; i < der.n; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			der.p[i] ^= (char)(1 << bit);
			if (!*read_der(buf_span(&der), &key)) {
				taken++;
				if (i % 16 == 0)
					assert_int_equal(
						sign_key_verify(&key, SIGN_SHA256, digest,
							(struct span){(char *)signature, 256}),
						0);
			}
			der.p[i] ^= (char)(1 << bit);
		}
	assert_true(taken > 0);
	/* forms that are not the shortest, and more behind */
	buf_byte(&der, '\0');
	assert_string_equal(read_der(buf_span(&der), &key), "the key cannot be read");
	assert_string_equal(
		read_der((struct span){"\x30\x81\x06\x02\x01\x0f\x02\x01\x03", 9}, &key),
		"the key cannot be read");
	assert_string_equal(
		read_der((struct span){"\x30\x07\x02\x02\x00\x0f\x02\x01\x03", 9}, &key),
		"the key cannot be read");
	assert_string_equal(read_der((struct span){"\x30\x06\x02\x01\x8f\x02\x01\x03", 8}, &key),
		"the key cannot be read");
	assert_string_equal(read_der((struct span){"\x30\x80\x02\x01\x0f\x02\x01\x03", 8}, &key),
		"the key cannot be read");
	buf_done(&der);
}

static void verifies(void **state)
{
	static const unsigned bits[] = {0, 512, 1024, 4096};
	uint8_t digest[32], signature[1024];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct signer_key pair;
		struct sign_key key;
		const char *reason;
		size_t n = sizeof(signature);
		EVP_MD_CTX *md = EVP_MD_CTX_new();

		signer_key_make(&pair, bits[i]);
		assert_int_equal(sign_key_read(span_cstr(pair.record), &key, &reason), 0);
		assert_int_equal(key.bits, bits[i] ? bits[i] : 256);
		EVP_Digest("what", 4, digest, NULL, EVP_sha256(), NULL);
		assert_true(EVP_DigestSignInit(
				    md, NULL, bits[i] ? EVP_sha256() : NULL, NULL, pair.pkey) > 0);
		if (bits[i])
			assert_true(EVP_DigestSign(md, signature, &n, (uint8_t *)"what", 4) > 0);
		else
			assert_true(EVP_DigestSign(md, signature, &n, digest, 32) > 0);
		struct span b = {(char *)signature, n};

		assert_int_equal(sign_key_verify(&key, SIGN_SHA256, digest, b), 1);
		assert_int_equal(
			sign_key_verify(&key, SIGN_SHA256, digest, span_take(b, n - 1)), 0);
		assert_int_equal(sign_key_verify(&key, SIGN_SHA256, digest, span_take(b, 0)), 0);
		digest[7] ^= 1;
		assert_int_equal(sign_key_verify(&key, SIGN_SHA256, digest, b), 0);
		digest[7] ^= 1;
		signature[n / 2] ^= 1;
		assert_int_equal(sign_key_verify(&key, SIGN_SHA256, digest, b), 0);
		EVP_MD_CTX_free(md);
		signer_key_done(&pair);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(damaged),
		cmocka_unit_test(verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
