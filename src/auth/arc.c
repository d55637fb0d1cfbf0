/*
 * The fields are sorted by instance and kind, and the chain's form is looked at before anything is
 * hashed (RFC 8617, 5.2). A seal signs the fields of all sets up to its own, so the hash over set
 * 1, 2, 3, ... goes on while a copy of its state is finished for each seal: linear, not quadratic.
 */
#include "auth/arc.h"

#include "auth/signature.h"

#include <errno.h>
#include <stdio.h>

/* What is known of one instance; a field is NULL where there is none. */
struct link_set {
	const struct field *results;
	struct signature message, seal;
	uint8_t seal_digest[SIGN_DIGEST_MOST];
};

struct chain {
	struct arena *arena;
	struct link_set *set; /* set[ARC_MOST]; NULL while there is none */
	size_t n;             /* the highest instance */
	const char *reason;   /* what is wrong with it; NULL for nothing */
	bool unanswered;      /* it is the DNS that did not answer */
};

enum kind { KIND_NONE, KIND_RESULTS, KIND_MESSAGE, KIND_SEAL };

static enum kind kind_of(const struct field *f)
{
	if (f->id != FIELD_OTHER || !span_starts_nocase(f->name, SPAN("ARC-")))
		return KIND_NONE;
	if (span_eq_nocase(f->name, SPAN("ARC-Seal")))
		return KIND_SEAL;
	if (span_eq_nocase(f->name, SPAN("ARC-Message-Signature")))
		return KIND_MESSAGE;
	return span_eq_nocase(f->name, SPAN("ARC-Authentication-Results")) ? KIND_RESULTS
									   : KIND_NONE;
}

/* Says what is wrong: the words, and of which field. */
static bool broken(struct chain *c, const char *what, unsigned instance, const char *why)
{
	char *to = arena_alloc(c->arena, 128);

	c->reason = why;
	if (to && instance) {
		snprintf(to, 128, "%s %u: %s", what, instance, why);
		c->reason = to;
	}
	return false;
}

/* RFC 8617, 4.1.1: "i=" instance ";" and then the results. 0 when it does not begin so. */
static unsigned results_instance(struct span value, struct span *ret_rest)
{
	unsigned long long n;
	struct span piece, name;

	if (!span_cut(&value, ';', &piece) || !value.p || !span_cut(&piece, '=', &name) || !piece.p)
		return 0;
	if (!span_eq(span_trim(name), SPAN("i")) || span_number(span_trim(piece), ARC_MOST, &n) < 0)
		return 0;
	*ret_rest = span_trim(value);
	return (unsigned)n;
}

static bool put_results(struct chain *c, const struct field *f)
{
	struct span rest;
	unsigned i = results_instance(f->value, &rest);

	if (!i)
		return broken(c, "", 0, "the instance is none that could be");
	if (c->set[i - 1].results)
		return broken(c, "set", i, "a field stands twice");
	c->set[i - 1].results = f;
	c->n = i > c->n ? i : c->n;
	return true;
}

static int put_signature(struct chain *c, const struct field *f, enum signature_kind kind)
{
	struct signature s;
	int r = signature_read(f, kind, c->arena, &s);

	if (r < 0)
		return r;
	if (!s.instance) {
		broken(c, "", 0, s.reason);
		return 0;
	}
	struct link_set *set = &c->set[s.instance - 1];
	struct signature *to = kind == SIGNATURE_ARC_SEAL ? &set->seal : &set->message;

	c->n = s.instance > c->n ? s.instance : c->n;
	if (to->field)
		broken(c, "set", s.instance, "a field stands twice");
	*to = s;
	return 0;
}

/* Reads all fields of the chain, up to the first that spoils it. */
static int collect(const struct message *m, struct chain *c)
{
	const struct fields *fields = &m->part[0].fields;
	int r = 0;

	for (size_t i = 0; i < fields->n && !c->reason && r == 0; i++) {
		const struct field *f = &fields->at[i];
		enum kind kind = kind_of(f);

		if (kind == KIND_NONE)
			continue;
		if (!c->set)
			c->set = arena_zalloc(c->arena, ARC_MOST, sizeof(*c->set));
		if (!c->set)
			return -ENOMEM;
		if (kind == KIND_RESULTS)
			put_results(c, f);
		else
			r = put_signature(c, f,
				kind == KIND_SEAL ? SIGNATURE_ARC_SEAL : SIGNATURE_ARC_MESSAGE);
	}
	return r;
}

/* RFC 8617, 5.2, steps 2 and 3. */
static bool is_whole(struct chain *c, const struct message *m)
{
	if (signature_head_too_large(m))
		return broken(c, "", 0, "the header is larger than is read");
	if (c->n && c->set[c->n - 1].seal.field && span_eq(c->set[c->n - 1].seal.cv, SPAN("fail")))
		return broken(c, "seal", (unsigned)c->n, "it says that the chain had failed");
	for (unsigned i = 1; i <= c->n; i++) {
		const struct link_set *set = &c->set[i - 1];
		struct span head = m->part[0].head;

		if (!set->results || !set->message.field || !set->seal.field)
			return broken(c, "set", i, "a field is missing");
		if (signature_holds_bare_cr(set->results, head) ||
			signature_holds_bare_cr(set->message.field, head) ||
			signature_holds_bare_cr(set->seal.field, head))
			return broken(c, "set", i, "a bare CR stands in a field");
		if (set->seal.result != DKIM_NONE)
			return broken(c, "seal", i, set->seal.reason);
		if (!span_eq(set->seal.cv, i == 1 ? SPAN("none") : SPAN("pass")))
			return broken(c, "seal", i, "its cv= is not what it must be");
	}
	return true;
}

static void ask_soon(const struct chain *c, struct dns_budget *dns)
{
	char name[DNS_NAME];

	for (size_t i = 0; i < c->n; i++) {
		const struct signature *two[] = {&c->set[i].message, &c->set[i].seal};

		for (size_t k = 0; k < 2; k++)
			if (two[k]->field && two[k]->result == DKIM_NONE &&
				signature_key_name(two[k], name) > 0)
				dns_soon(dns, span_cstr(name), DNS_TXT);
	}
}

static int hash_bodies(struct chain *c, const struct message *m, const struct dkim *known)
{
	struct body_hash *job[ARC_MOST];
	size_t jobs = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct signature *s = &c->set[i].message;

		if (s->result == DKIM_NONE &&
			!(known && body_hash_known(&s->body, known->hashed, known->hashes)))
			job[jobs++] = &s->body;
	}
	return body_hash(m->part[0].body, job, jobs);
}

/* RFC 8617, 5.1.1: set by set, results, message signature, seal. */
static int hash_seals(struct chain *c)
{
	EVP_MD_CTX *all = EVP_MD_CTX_new(), *one = EVP_MD_CTX_new();
	struct span nothing = {NULL, 0};
	bool good = all && one && EVP_DigestInit_ex(all, sign_hash_md(SIGN_SHA256), NULL);

	for (size_t i = 0; good && i < c->n; i++) {
		struct link_set *set = &c->set[i];

		signature_add_field(all, set->results, nothing, false);
		signature_add_field(all, set->message.field, nothing, false);
		good = EVP_MD_CTX_copy_ex(one, all);
		signature_add_field(one, set->seal.field, set->seal.b_whole, true);
		good = good && EVP_DigestFinal_ex(one, set->seal_digest, NULL);
		signature_add_field(all, set->seal.field, nothing, false);
	}
	EVP_MD_CTX_free(all);
	EVP_MD_CTX_free(one);
	return good ? 0 : -ENOMEM;
}

/* Holds a message signature against body, header and key. */
static int verify_message(struct signature *s, const struct message *m, struct signature_keys *keys)
{
	uint8_t digest[SIGN_DIGEST_MOST];

	if (s->result != DKIM_NONE)
		return 0;
	signature_check_body(s);
	int r = signature_head_hash(s, &m->part[0], digest);

	return r < 0 ? r : signature_verify(s, digest, keys);
}

/* Takes the outcome of one signature over into the chain's. */
static void take(struct chain *c, const char *what, unsigned i, const struct signature *s)
{
	if (s->result == DKIM_PASS || (s->result == DKIM_TEMPERROR && c->unanswered))
		return;
	c->unanswered = s->result == DKIM_TEMPERROR;
	broken(c, what, i, s->reason);
}

static bool has_failed(const struct chain *c)
{
	return c->reason && !c->unanswered;
}

/* RFC 8617, 5.2, steps 4 and 6: the newest message signature, then all seals, the newest first. */
static int verify_chain(struct chain *c, const struct message *m, struct signature_keys *keys)
{
	struct signature *newest = &c->set[c->n - 1].message;
	int r = verify_message(newest, m, keys);

	if (r < 0)
		return r;
	take(c, "message signature", (unsigned)c->n, newest);
	r = has_failed(c) ? 0 : hash_seals(c);
	for (size_t i = c->n; r == 0 && i > 0 && !has_failed(c); i--) {
		struct link_set *set = &c->set[i - 1];

		/* rsa-sha1 is never accepted, so there is no hash to hold it against */
		if (set->seal.hash != SIGN_SHA256) {
			set->seal.result = DKIM_POLICY;
			set->seal.reason = "rsa-sha1 is not accepted";
		}
		r = signature_verify(&set->seal, set->seal_digest, keys);
		take(c, "seal", (unsigned)i, &set->seal);
	}
	return r;
}

/* Step 5: the lowest instance from which on all message signatures pass; 0 when all do. */
static int oldest_pass(struct chain *c, const struct message *m, struct signature_keys *keys,
	unsigned *ret_instance)
{
	for (size_t i = c->n - 1; i > 0; i--) {
		int r = verify_message(&c->set[i - 1].message, m, keys);

		if (r < 0)
			return r;
		if (c->set[i - 1].message.result != DKIM_PASS) {
			*ret_instance = (unsigned)i + 1;
			return 0;
		}
	}
	*ret_instance = 0;
	return 0;
}

static int verify(struct chain *c, const struct message *m, struct dns_budget *dns,
	const struct dkim *known, struct arc *ret)
{
	struct signature_keys keys = {.dns = dns, .arena = c->arena};
	int r = hash_bodies(c, m, known);

	ask_soon(c, dns);
	if (r == 0)
		r = verify_chain(c, m, &keys);
	if (r < 0 || c->reason) {
		ret->result = c->unanswered ? ARC_TEMPERROR : ARC_FAIL;
		return r;
	}
	ret->result = ARC_PASS;
	for (size_t i = 0; i < c->n; i++) {
		struct arc_set *set = &ret->set[i];

		set->domain = c->set[i].seal.domain;
		set->selector = c->set[i].seal.selector;
		results_instance(c->set[i].results->value, &set->results);
	}
	return oldest_pass(c, m, &keys, &ret->oldest_pass);
}

int arc_verify(const struct message *m, struct dns_budget *dns, const struct dkim *known,
	struct arena *arena, struct arc *ret)
{
	struct chain c = {.arena = arena};
	struct arc found = {.result = ARC_NONE};
	int r = collect(m, &c);

	if (r == 0 && c.set) {
		found.result = ARC_FAIL;
		found.n = c.n;
		if (!c.reason && is_whole(&c, m))
			r = verify(&c, m, dns, known, &found);
		found.reason = c.reason;
	}
	if (r == 0)
		*ret = found;
	return r;
}

void arc_soon(const struct message *m, struct dns_budget *dns, struct arena *arena)
{
	struct chain c = {.arena = arena};

	if (collect(m, &c) == 0 && c.set && !c.reason && is_whole(&c, m))
		ask_soon(&c, dns);
}
