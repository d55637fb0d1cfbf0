/*
 * A note is cut at its last empty line: above is the text, below are lines of signatures. Every
 * line below must be well made, whoever signed it; then only those of the key that is asked for
 * count.
 */
#include "ledger/note.h"

#include <errno.h>
#include <stdio.h>

#include <sodium.h>

#include "base/utf8.h"

#define ED25519         1 /* signature type of the specification */
#define SIGNATURES_MOST 64
#define SIGNATURE_MOST                                                                             \
	((size_t)16 << 10) /* bytes of anybody's signature; the largest known, of                  \
			      ML-DSA, have some 3 KiB */
#define BASE64_VARIANT sodium_base64_VARIANT_ORIGINAL

/* Unicode's White_Space. */
static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

static bool is_name(struct span name)
{
	if (name.n == 0 || name.n > NOTE_NAME_MOST || !utf8_valid(name))
		return false;
	while (name.n) {
		uint32_t c = utf8_next(&name);

		if (c == '+' || c < ' ' || is_space(c))
			return false;
	}
	return true;
}

/* SHA-256(name, LF, type, key), its first four bytes. */
static void make_hash(struct note_key *k)
{
	static const uint8_t between[2] = {'\n', ED25519};
	crypto_hash_sha256_state state;
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)k->name, strlen(k->name));
	crypto_hash_sha256_update(&state, between, sizeof(between));
	crypto_hash_sha256_update(&state, k->public_key, sizeof(k->public_key));
	crypto_hash_sha256_final(&state, hash);
	memcpy(k->hash, hash, sizeof(k->hash));
}

static void set_name(struct note_key *k, struct span name)
{
	memset(k->name, 0, sizeof(k->name));
	memcpy(k->name, name.p, name.n);
}

int note_signer_make(const char *name, const uint8_t seed[32], struct note_signer *ret_signer)
{
	struct note_signer s = {0};

	if (!is_name(span_cstr(name)))
		return -EINVAL;
	set_name(&s.key, span_cstr(name));
	crypto_sign_seed_keypair(s.key.public_key, s.secret_key, seed);
	make_hash(&s.key);
	*ret_signer = s;
	note_signer_done(&s);
	return 0;
}

void note_signer_done(struct note_signer *s)
{
	sodium_memzero(s, sizeof(*s));
}

/* Decodes base64 (RFC 4648, 4; canonical, padded) that gives at most `room` bytes. */
static bool decode(struct span text, uint8_t *to, size_t room, size_t *ret_n)
{
	const char *end = NULL;

	/* libsodium takes some bytes over 127 for the letters without their highest bit. */
	if (!utf8_is_ascii(text))
		return false;
	return sodium_base642bin(to, room, text.p, text.n, NULL, ret_n, &end, BASE64_VARIANT) ==
		       0 &&
	       end == text.p + text.n;
}

/* Takes NAME+HASH+BASE64 apart: name, and body[33] of the type and 32 bytes. */
static bool cut_key(
	struct span text, struct span *ret_name, struct span *ret_hash, uint8_t body[33])
{
	size_t n = 0;

	return span_cut(&text, '+', ret_name) && is_name(*ret_name) &&
	       span_cut(&text, '+', ret_hash) && ret_hash->n == 8 && text.p &&
	       decode(text, body, 33, &n) && n == 33 && body[0] == ED25519;
}

static bool fits(const struct note_key *k, struct span hash)
{
	for (size_t i = 0; i < 4; i++)
		if (ascii_hex(hash.p[2 * i]) != k->hash[i] >> 4 ||
			ascii_hex(hash.p[2 * i + 1]) != (k->hash[i] & 15))
			return false;
	return true;
}

int note_key_parse(struct span vkey, struct note_key *ret_key, struct err *err)
{
	struct note_key k;
	struct span name, hash;
	uint8_t body[33];

	if (!cut_key(span_trim(vkey), &name, &hash, body))
		return err_set(err, -EINVAL,
			"this is no key of a log: expected NAME+HASH+BASE64, Ed25519");
	set_name(&k, name);
	memcpy(k.public_key, body + 1, 32);
	make_hash(&k);
	if (!fits(&k, hash))
		return err_set(err, -EINVAL,
			"the key of %s is damaged: its hash does not fit; copy it anew", k.name);
	*ret_key = k;
	return 0;
}

static void format_key(
	const struct note_key *k, const char *before, const uint8_t secret[32], char to[256])
{
	uint8_t body[1 + 32] = {ED25519};
	char base64[sodium_base64_ENCODED_LEN(sizeof(body), BASE64_VARIANT)];

	memcpy(body + 1, secret, 32);
	sodium_bin2base64(base64, sizeof(base64), body, sizeof(body), BASE64_VARIANT);
	snprintf(to, 256, "%s%s+%02x%02x%02x%02x+%s", before, k->name, k->hash[0], k->hash[1],
		k->hash[2], k->hash[3], base64);
	sodium_memzero(body, sizeof(body));
	sodium_memzero(base64, sizeof(base64));
}

const char *note_key_format(const struct note_key *k, char to[256])
{
	format_key(k, "", k->public_key, to);
	return to;
}

#define PRIVATE "PRIVATE+KEY+"

int note_signer_parse(struct span skey, struct note_signer *ret_signer, struct err *err)
{
	struct note_signer s = {0};
	struct span name, hash, text = span_trim(skey);
	char name_text[NOTE_NAME_MOST + 1] = {0};
	uint8_t body[33];
	int rc = -EINVAL;

	if (span_starts(text, SPAN(PRIVATE)) &&
		cut_key(span_skip(text, strlen(PRIVATE)), &name, &hash, body)) {
		memcpy(name_text, name.p, name.n);
		note_signer_make(name_text, body + 1, &s);
		if (fits(&s.key, hash)) {
			*ret_signer = s;
			rc = 0;
		}
	}
	sodium_memzero(body, sizeof(body));
	note_signer_done(&s);
	return rc < 0 ? err_set(err, rc, "this is no secret key of a log, or it is damaged") : 0;
}

void note_signer_format(const struct note_signer *s, char to[256])
{
	/* The secret key of libsodium begins with the seed. */
	format_key(&s->key, PRIVATE, s->secret_key, to);
}

void note_sign(const struct note_signer *s, struct span text, struct buf *to)
{
	uint8_t body[4 + crypto_sign_BYTES];
	char base64[sodium_base64_ENCODED_LEN(sizeof(body), BASE64_VARIANT)];

	memcpy(body, s->key.hash, 4);
	crypto_sign_detached(body + 4, NULL, (const uint8_t *)text.p, text.n, s->secret_key);
	sodium_bin2base64(base64, sizeof(base64), body, sizeof(body), BASE64_VARIANT);
	buf_add(to, text);
	buf_printf(to, "\n\xe2\x80\x94 %s %s\n", s->key.name, base64);
}

/* Cuts a note into its text and its signatures. False when it is no note. */
static bool cut_note(struct span note, struct span *ret_text, struct span *ret_signatures)
{
	if (note.n < 3 || note.n > NOTE_MOST || note.p[note.n - 1] != '\n' || !utf8_valid(note))
		return false;
	for (size_t i = 0; i < note.n; i++)
		if ((uint8_t)note.p[i] < ' ' && note.p[i] != '\n')
			return false;
	for (size_t i = note.n - 1; i-- > 1;)
		if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
			*ret_text = span_take(note, i);
			*ret_signatures = span_skip(note, i + 1);
			return true;
		}
	return false;
}

/* Takes one signature apart: "— NAME BASE64". */
static bool cut_signature(
	struct span line, struct span *ret_name, uint8_t body[SIGNATURE_MOST], size_t *ret_n)
{
	struct span dash = SPAN("\xe2\x80\x94 ");

	if (!span_starts(line, dash))
		return false;
	line = span_skip(line, dash.n);
	return span_cut(&line, ' ', ret_name) && ret_name->n && line.p &&
	       span_index(*ret_name, '+') < 0 && decode(line, body, SIGNATURE_MOST, ret_n) &&
	       *ret_n > 4;
}

int note_open(struct span note, const struct note_key *key, struct span *ret_text, struct err *err)
{
	struct span text, rest, line, name;
	uint8_t body[SIGNATURE_MOST];
	unsigned lines = 0, good = 0;
	size_t n = 0;

	if (!cut_note(note, &text, &rest) || !rest.n)
		return err_set(err, -EBADMSG, "this is no signed note");
	/* By LF alone: a CR is among the control characters that no note may have. */
	while (rest.n && span_cut(&rest, '\n', &line)) {
		if (++lines > SIGNATURES_MOST)
			return err_set(
				err, -EBADMSG, "the note has over %d signatures", SIGNATURES_MOST);
		if (!cut_signature(line, &name, body, &n))
			return err_set(
				err, -EBADMSG, "line %u of the note's signatures is none", lines);
		if (!span_eq(name, span_cstr(key->name)) || memcmp(body, key->hash, 4) != 0)
			continue;
		if (n != 4 + crypto_sign_BYTES ||
			crypto_sign_verify_detached(
				body + 4, (const uint8_t *)text.p, text.n, key->public_key) != 0)
			return err_set(err, -EKEYREJECTED,
				"the signature of %s is wrong: the note was changed, or another "
				"key of that name made it",
				key->name);
		good++;
	}
	if (!good)
		return err_set(err, -ENOKEY,
			"%s has not signed this note with the key that was given", key->name);
	*ret_text = text;
	return 0;
}
