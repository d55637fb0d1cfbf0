/*
 * The key of a signature. A name may have several records (RFC 6376, 3.6.2.2, leaves open what then
 * is): each is tried, and the best outcome counts.
 */
#include "auth/signature.h"

#include <errno.h>

struct signature_key_asked {
	struct signature_key_asked *next;
	char name[DNS_NAME];
	struct dns_answer answer;
};

/* The answer for a name, asked for once. NULL when memory is short. */
static const struct dns_answer *ask(struct signature_keys *keys, const char *name)
{
	struct signature_key_asked *a = keys->asked;

	while (a && strcmp(a->name, name) != 0)
		a = a->next;
	if (a)
		return &a->answer;
	a = arena_alloc(keys->arena, sizeof(*a));
	if (!a)
		return NULL;
	strcpy(a->name, name);
	dns_ask(keys->dns, span_cstr(name), DNS_TXT, keys->arena, &a->answer);
	a->next = keys->asked;
	keys->asked = a;
	return &a->answer;
}

/* How good an outcome is: what a better one replaces. */
static int worth(enum dkim_result r)
{
	static const int order[] = {[DKIM_NONE] = 0,
		[DKIM_PERMERROR] = 1,
		[DKIM_FAIL] = 2,
		[DKIM_POLICY] = 3,
		[DKIM_PASS] = 4,
		[DKIM_NEUTRAL] = 0,
		[DKIM_TEMPERROR] = 0};

	return order[r];
}

struct outcome {
	enum dkim_result result;
	const char *reason;
	const struct sign_key *key;
};

/* RFC 6376, 6.1.2: does the key allow what the signature does? NULL when it does. */
static const char *unfit(const struct signature *s, const struct sign_key *key)
{
	if (key->type != s->type)
		return "the key is not for its algorithm";
	if (!key->hash[s->hash])
		return "the key is not for its hash";
	if (s->kind == SIGNATURE_DKIM && key->same_domain &&
		!span_eq_nocase(s->identity_domain, s->domain))
		return "the key is not for a domain below";
	return NULL;
}

/* What a signature that verifies is worth with that key. */
static const char *too_weak(const struct signature *s, const struct sign_key *key)
{
	if (s->hash == SIGN_SHA1)
		return "rsa-sha1 is not accepted"; /* RFC 8301, 3.1 */
	if (key->type == SIGN_RSA && key->bits < KEY_BITS_LEAST)
		return "the key is shorter than 1024 bits"; /* RFC 8301, 3.2 */
	return NULL;
}

static int try_record(const struct signature *s, const uint8_t *digest, struct span record,
	struct sign_key *key, struct outcome *ret)
{
	*ret = (struct outcome){.result = DKIM_PERMERROR};
	if (sign_key_read(record, key, &ret->reason) < 0)
		return 0;
	ret->key = key;
	ret->reason = unfit(s, key);
	if (ret->reason)
		return 0;
	ret->result = DKIM_FAIL;
	ret->reason = s->body_fault;
	if (ret->reason)
		return 0;
	struct span b = {(const char *)s->signed_by, s->signed_n};
	int r = sign_key_verify(key, s->hash, digest, b);

	if (r < 0)
		return r;
	ret->reason = r ? too_weak(s, key) : "signature did not verify";
	if (r)
		ret->result = ret->reason ? DKIM_POLICY : DKIM_PASS;
	return 0;
}

static int try_records(struct signature *s, const uint8_t *digest, const struct dns_answer *answer)
{
	struct sign_key key;
	struct outcome o;

	for (size_t i = 0; i < answer->n && i < KEY_RECORDS_MOST && s->result != DKIM_PASS; i++) {
		int r = try_record(s, digest, answer->record[i].text, &key, &o);

		if (r < 0)
			return r;
		if (worth(o.result) <= worth(s->result))
			continue;
		s->result = o.result;
		s->reason = o.reason;
		s->key_bits = o.key ? o.key->bits : 0;
		s->testing = o.key && o.key->testing;
	}
	return 0;
}

void signature_check_body(struct signature *s)
{
	if (s->body.length != BODY_WHOLE && s->body.length > s->body.whole)
		s->body_fault = "the body is shorter than l= says";
	else if (s->want_n != sign_hash_bytes(s->hash) ||
		memcmp(s->body.digest, s->want, s->want_n) != 0)
		s->body_fault = "body hash did not verify";
}

int signature_verify(struct signature *s, const uint8_t *digest, struct signature_keys *keys)
{
	char name[DNS_NAME];

	if (s->result != DKIM_NONE || signature_key_name(s, name) < 0)
		return 0;
	const struct dns_answer *answer = ask(keys, name);

	if (!answer)
		return -ENOMEM;
	switch (answer->status) {
	case DNS_OK: return try_records(s, digest, answer);
	case DNS_NODATA:
	case DNS_NXDOMAIN:
	case DNS_UNFIT:
		s->result = DKIM_PERMERROR;
		s->reason = "no key for signature";
		return 0;
	default: /* RFC 6376, 6.1.2: no answer says nothing of the key */
		s->result = DKIM_TEMPERROR;
		s->reason = answer->status == DNS_SPENT ? "too many questions to the DNS"
							: "no answer for its key from the DNS";
		return 0;
	}
}
