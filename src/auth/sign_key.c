/*
 * A key is taken out of its DER by hand: a reader that takes any kind of key would take those that
 * cost much to check. RSA keys stand as SubjectPublicKeyInfo, as everybody writes them, or as the
 * bare RSAPublicKey that RFC 6376, 3.6.1, names.
 */
#include "auth/sign_key.h"

#include "auth/tag_list.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <pthread.h>

#define KEY_BYTES_MOST (KEY_BITS_MOST / 8 + 64) /* of DER */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *md[SIGN_HASHES];

static void begin(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	md[SIGN_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
	md[SIGN_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
}

const EVP_MD *sign_hash_md(enum sign_hash hash)
{
	pthread_once(&once, begin);
	return md[hash];
}

size_t sign_hash_bytes(enum sign_hash hash)
{
	return hash == SIGN_SHA1 ? 20 : 32;
}

/* Takes a DER element of that tag off *rest: one that is whole, its length in the shortest form. */
static bool der(struct span *rest, uint8_t tag, struct span *ret_inside)
{
	const uint8_t *p = (const uint8_t *)rest->p;
	size_t head = 2, n;

	if (rest->n < 2 || p[0] != tag)
		return false;
	n = p[1];
	if (n == 0x81 && rest->n > 2 && p[2] >= 0x80) {
		n = p[2];
		head = 3;
	} else if (n == 0x82 && rest->n > 3 && p[2]) {
		n = (size_t)p[2] << 8 | p[3];
		head = 4;
	} else if (n >= 0x80) {
		return false;
	}
	if (n > rest->n - head)
		return false;
	*ret_inside = (struct span){rest->p + head, n};
	*rest = span_skip(*rest, head + n);
	return true;
}

/* A positive INTEGER in its shortest form, without its leading zero. */
static bool der_number(struct span *rest, struct span *ret_number)
{
	struct span n;

	if (!der(rest, 0x02, &n) || !n.n || (n.p[0] & 0x80))
		return false;
	if (n.n > 1 && !n.p[0] && !(n.p[1] & 0x80))
		return false;
	*ret_number = span_skip(n, n.n > 1 && !n.p[0]);
	return true;
}

/* What SubjectPublicKeyInfo holds, when it is for rsaEncryption (RFC 3279, 2.3.1). */
static bool der_rsa_info(struct span der_bytes, struct span *ret_key)
{
	static const char rsa[] = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
	struct span info, algorithm, bits;

	if (!der(&der_bytes, 0x30, &info) || der_bytes.n || !der(&info, 0x30, &algorithm) ||
		!span_starts(algorithm, (struct span){rsa, sizeof(rsa) - 1}))
		return false;
	if (!der(&info, 0x03, &bits) || info.n || !bits.n || bits.p[0])
		return false;
	*ret_key = span_skip(bits, 1);
	return true;
}

static unsigned bits_of(struct span number)
{
	unsigned bits = (unsigned)number.n * 8;

	for (unsigned char top = number.n ? (unsigned char)number.p[0] : 0x80; !(top & 0x80);
		top = (unsigned char)(top << 1 | 1))
		bits--;
	return bits;
}

static const char *read_rsa(struct span bytes, struct sign_key *key)
{
	struct span inside = bytes, pair, n, e;

	der_rsa_info(bytes, &inside);
	if (!der(&inside, 0x30, &pair) || inside.n || !der_number(&pair, &n) ||
		!der_number(&pair, &e) || pair.n)
		return "the key cannot be read";
	key->bits = bits_of(n);
	if (key->bits > KEY_BITS_MOST)
		return "the key is longer than is accepted";
	/* neither can be even; OpenSSL takes even moduli another, slower way */
	if (key->bits < 16 || e.n > 4 || !(n.p[n.n - 1] & 1) || !(e.p[e.n - 1] & 1))
		return "the key is not one of RSA";
	for (size_t i = 0; i < n.n; i++)
		key->modulus[i] = (uint8_t)n.p[n.n - 1 - i];
	key->modulus_n = n.n;
	for (size_t i = 0; i < e.n; i++)
		key->exponent = key->exponent << 8 | (uint8_t)e.p[i];
	return key->exponent < 3 ? "the key is not one of RSA" : NULL;
}

static const char *read_key(struct span value, struct sign_key *key)
{
	uint8_t bytes[KEY_BYTES_MOST];
	ssize_t n = tag_base64(value, bytes, sizeof(bytes));

	if (n == -E2BIG)
		return "the key is longer than is accepted";
	if (n < 0)
		return "the key cannot be read";
	if (n == 0) /* RFC 6376, 3.6.1 */
		return "the key was revoked";
	if (key->type == SIGN_RSA)
		return read_rsa((struct span){(char *)bytes, (size_t)n}, key);
	if (n != 32) /* RFC 8463, 4 */
		return "the key is not one of Ed25519";
	memcpy(key->modulus, bytes, 32);
	key->modulus_n = 32;
	key->bits = 256;
	return NULL;
}

static struct span value_of(const struct tag_list *list, const char *name, const char *usual)
{
	const struct tag *tag = tag_list_get(list, name);

	return tag ? tag->value : span_cstr(usual);
}

static const char *read_record(const struct tag_list *list, struct sign_key *key)
{
	const struct tag *v = tag_list_get(list, "v"), *p = tag_list_get(list, "p");
	struct span k = value_of(list, "k", "rsa"), h = value_of(list, "h", "sha1:sha256"),
		    s = value_of(list, "s", "*"), t = value_of(list, "t", "");

	/* RFC 6376, 3.6.1: v= stands first when it is there, and what says another is no key */
	if ((v && (v != list->at || !span_eq(v->value, SPAN("DKIM1")))) || !p)
		return "the record is not one of a key";
	if (!span_eq(k, SPAN("rsa")) && !span_eq(k, SPAN("ed25519")))
		return "the key is of an unknown type";
	if (!tag_lists(s, "*") && !tag_lists(s, "email"))
		return "the key is not for mail";
	key->type = span_eq(k, SPAN("rsa")) ? SIGN_RSA : SIGN_ED25519;
	key->hash[SIGN_SHA1] = tag_lists(h, "sha1");
	key->hash[SIGN_SHA256] = tag_lists(h, "sha256");
	key->testing = tag_lists(t, "y");
	key->same_domain = tag_lists(t, "s");
	return read_key(p->value, key);
}

int sign_key_read(struct span record, struct sign_key *ret_key, const char **ret_reason)
{
	struct tag_list list;
	const char *reason = "the key's record cannot be read";

	*ret_key = (struct sign_key){.type = SIGN_RSA};
	if (tag_list_read(record, &list) == 0)
		reason = read_record(&list, ret_key);
	if (!reason)
		return 0;
	*ret_reason = reason;
	return -EINVAL;
}

static EVP_PKEY *rsa_key(const struct sign_key *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *pkey = NULL;
	uint32_t e = key->exponent;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_BN(
			OSSL_PKEY_PARAM_RSA_N, (unsigned char *)key->modulus, key->modulus_n),
		OSSL_PARAM_construct_uint32(OSSL_PKEY_PARAM_RSA_E, &e),
		OSSL_PARAM_construct_end(),
	};

	if (ctx && EVP_PKEY_fromdata_init(ctx) > 0)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static int verify_rsa(EVP_PKEY *pkey, enum sign_hash hash, const uint8_t *digest, struct span b)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
	int ret = -1;

	if (ctx && EVP_PKEY_verify_init(ctx) > 0 &&
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
		EVP_PKEY_CTX_set_signature_md(ctx, sign_hash_md(hash)) > 0)
		ret = EVP_PKEY_verify(
			ctx, (const uint8_t *)b.p, b.n, digest, sign_hash_bytes(hash));
	EVP_PKEY_CTX_free(ctx);
	return ret;
}

static int verify_ed25519(EVP_PKEY *pkey, const uint8_t *digest, struct span b)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ret = -1;

	if (ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) > 0)
		ret = EVP_DigestVerify(
			ctx, (const uint8_t *)b.p, b.n, digest, sign_hash_bytes(SIGN_SHA256));
	EVP_MD_CTX_free(ctx);
	return ret;
}

int sign_key_verify(const struct sign_key *key, enum sign_hash hash, const uint8_t *digest,
	struct span signature)
{
	bool rsa = key->type == SIGN_RSA;
	int ret = -1;

	if (!sign_hash_md(hash))
		return -ENOMEM;
	EVP_PKEY *pkey = rsa ? rsa_key(key)
			     : EVP_PKEY_new_raw_public_key(
				       EVP_PKEY_ED25519, NULL, key->modulus, key->modulus_n);

	if (pkey)
		ret = rsa ? verify_rsa(pkey, hash, digest, signature)
			  : verify_ed25519(pkey, digest, signature);
	EVP_PKEY_free(pkey);
	bool short_of_memory = ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;

	ERR_clear_error();
	return ret < 0 && short_of_memory ? -ENOMEM : ret == 1;
}
