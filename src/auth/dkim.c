/*
 * All signatures are read first: so their keys can be asked for side by side, and the body is
 * hashed for all of them in one pass. A signature whose body hash does not match cannot pass
 * whatever its key says, so it costs no question.
 */
#include "auth/arc.h"
#include "auth/signature.h"

#include <errno.h>

#define EXPIRES_SLACK 300   /* seconds that clocks may differ, for x= */
#define FUTURE_SLACK  86400 /* for t=: a wrong time zone is not a reason to disbelieve */

/* Reads the first DKIM_MOST signatures; s[DKIM_MOST]. */
static int read_all(const struct message *m, struct arena *arena, struct signature *s,
	size_t *ret_n, size_t *ret_left_out)
{
	const struct fields *fields = &m->part[0].fields;
	size_t n = 0, left_out = 0;

	for (size_t i = 0; i < fields->n; i++) {
		if (fields->at[i].id != FIELD_DKIM_SIGNATURE)
			continue;
		if (n == DKIM_MOST) {
			left_out++;
			continue;
		}
		int r = signature_read(&fields->at[i], SIGNATURE_DKIM, arena, &s[n++]);

		if (r < 0)
			return r;
	}
	*ret_n = n;
	*ret_left_out = left_out;
	return 0;
}

static void soon(const struct signature *s, struct dns_budget *dns)
{
	char name[DNS_NAME];

	if (s->result == DKIM_NONE && signature_key_name(s, name) > 0)
		dns_soon(dns, span_cstr(name), DNS_TXT);
}

static int hash_bodies(
	const struct message *m, struct signature *s, struct arena *arena, struct dkim *d)
{
	struct body_hash *job[DKIM_MOST], *hashed = arena_alloc(arena, d->n * sizeof(*hashed));
	size_t jobs = 0;

	for (size_t i = 0; i < d->n; i++)
		if (s[i].result == DKIM_NONE)
			job[jobs++] = &s[i].body;
	int r = hashed ? body_hash(m->part[0].body, job, jobs) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < jobs; i++)
		hashed[i] = *job[i];
	d->hashed = hashed;
	d->hashes = jobs;
	return r;
}

static bool body_cut(const struct signature *s)
{
	return s->body.length < s->body.whole;
}

/* What verifies and yet proves nothing to us. */
static void apply_policy(struct signature *s, int64_t now)
{
	const char *reason = NULL;

	if (s->result != DKIM_PASS)
		return;
	if (body_cut(s))
		reason = "some of the body is not signed";
	else if (s->expires && s->expires < now - EXPIRES_SLACK)
		reason = "the signature has expired";
	else if (s->made > now + FUTURE_SLACK)
		reason = "the signature was made in the future";
	if (!reason)
		return;
	s->result = DKIM_POLICY;
	s->reason = reason;
}

static int verify(
	struct signature *s, const struct message *m, int64_t now, struct signature_keys *keys)
{
	uint8_t digest[SIGN_DIGEST_MOST];

	if (s->result != DKIM_NONE)
		return 0;
	signature_check_body(s);
	int r = signature_head_hash(s, &m->part[0], digest);

	if (r == 0)
		r = signature_verify(s, digest, keys);
	apply_policy(s, now);
	return r;
}

static void tell(const struct signature *s, struct dkim_signature *ret)
{
	*ret = (struct dkim_signature){
		.result = s->result,
		.domain = s->domain,
		.selector = s->selector,
		.identity = s->identity,
		.algorithm = s->algorithm,
		.b = span_take(s->b, 8),
		.reason = s->reason,
		.field = s->field,
		.key_bits = s->key_bits,
		.expires = s->expires,
		.testing = s->testing,
		.body_cut = body_cut(s),
	};
}

int dkim_verify(const struct message *m, struct dns_budget *dns, int64_t now, struct arena *arena,
	struct dkim *ret)
{
	struct signature_keys keys = {.dns = dns, .arena = arena};
	struct signature *s = arena_alloc(arena, DKIM_MOST * sizeof(*s));
	struct dkim found = {.n = 0};
	int r = s ? read_all(m, arena, s, &found.n, &found.left_out) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < found.n; i++) {
		if (signature_head_too_large(m) && s[i].result == DKIM_NONE) {
			s[i].result = DKIM_PERMERROR;
			s[i].reason = "the header is larger than is read";
		}
		soon(&s[i], dns);
	}
	if (r == 0)
		r = hash_bodies(m, s, arena, &found);
	for (size_t i = 0; r == 0 && i < found.n; i++) {
		r = verify(&s[i], m, now, &keys);
		tell(&s[i], &found.signature[i]);
	}
	if (r == 0)
		*ret = found;
	return r;
}

void dkim_soon(const struct message *m, struct dns_budget *dns, struct arena *arena)
{
	struct signature *s = arena_alloc(arena, DKIM_MOST * sizeof(*s));
	size_t n, left_out;

	if (s && read_all(m, arena, s, &n, &left_out) == 0 && !signature_head_too_large(m))
		for (size_t i = 0; i < n; i++)
			soon(&s[i], dns);
	arc_soon(m, dns, arena);
}
