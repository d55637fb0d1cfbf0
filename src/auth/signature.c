/*
 * A field is read into what is needed to verify it, tag by tag from a table; the first thing that
 * is wrong decides. Then, apart: the hash over the header's fields, and the key.
 */
#include "auth/signature.h"

#include "auth/arc.h"
#include "auth/tag_list.h"
#include "base/utf8.h"
#include "mail/domain.h"
#include "mail/field.h"

#include <errno.h>

/* What reading works on. */
struct reading {
	struct signature *s;
	const struct tag_list *tags;
	struct arena *arena;
};

static bool fault(struct signature *s, enum dkim_result result, const char *reason)
{
	s->result = result;
	s->reason = reason;
	return false;
}

/* The value of a tag that must be there and not be empty. */
static bool needed(struct reading *r, const char *name, struct span *ret_value)
{
	const struct tag *tag = tag_list_get(r->tags, name);

	if (!tag)
		return fault(r->s, DKIM_PERMERROR, "a required tag is missing");
	if (!tag->value.n)
		return fault(r->s, DKIM_NEUTRAL, "a required tag is empty");
	*ret_value = tag->value;
	return true;
}

static bool read_instance(struct reading *r)
{
	struct span i;
	unsigned long long n;

	if (!needed(r, "i", &i))
		return false;
	if (span_number(i, ARC_MOST, &n) < 0 || n == 0)
		return fault(r->s, DKIM_PERMERROR, "the instance is none that could be");
	r->s->instance = (unsigned)n;
	return true;
}

/* RFC 6376, 3.5: "The version ... MUST be 1". Seals and ARC messages have none to look at. */
static bool read_version(struct reading *r)
{
	struct span v;

	if (r->s->kind != SIGNATURE_DKIM)
		return true;
	if (!needed(r, "v", &v))
		return false;
	return span_eq(v, SPAN("1")) || fault(r->s, DKIM_NEUTRAL, "the version is unknown");
}

static bool read_algorithm(struct reading *r)
{
	static const struct {
		struct span name;
		enum sign_key_type type;
		enum sign_hash hash;
	} known[] = {
		{{"rsa-sha256", 10}, SIGN_RSA, SIGN_SHA256},
		{{"ed25519-sha256", 14}, SIGN_ED25519, SIGN_SHA256},
		{{"rsa-sha1", 8}, SIGN_RSA, SIGN_SHA1},
	};
	struct signature *s = r->s;

	if (!needed(r, "a", &s->algorithm))
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_eq(s->algorithm, known[i].name)) {
			s->type = known[i].type;
			s->hash = s->body.hash = known[i].hash;
			return true;
		}
	return fault(s, DKIM_NEUTRAL, "the algorithm is unknown");
}

static bool canon_of(struct span name, enum canon *ret_canon)
{
	if (!span_eq(name, SPAN("simple")) && !span_eq(name, SPAN("relaxed")))
		return false;
	*ret_canon = name.p[0] == 's' ? CANON_SIMPLE : CANON_RELAXED;
	return true;
}

static bool read_canon(struct reading *r)
{
	const struct tag *c = tag_list_get(r->tags, "c");
	struct signature *s = r->s;
	struct span head, body;

	if (!c)
		return true; /* simple/simple */
	body = c->value;
	if (!body.n || !span_cut(&body, '/', &head))
		return fault(s, DKIM_NEUTRAL, "the canonicalization is unknown");
	/* RFC 6376, 3.5: without a slash it is that of the header, and simple for the body */
	if (!canon_of(head, &s->head) || (body.p && !canon_of(body, &s->body.canon)))
		return fault(s, DKIM_NEUTRAL, "the canonicalization is unknown");
	return true;
}

static bool read_query(struct reading *r)
{
	const struct tag *q = tag_list_get(r->tags, "q");

	/* RFC 6376, 3.5: methods that are unknown are passed over */
	return !q || tag_lists(q->value, "dns/txt") ||
	       fault(r->s, DKIM_NEUTRAL, "the key is to be had in an unknown way");
}

/* Digits only. What is larger than ret_n can hold is as large as that (RFC 6376, 3.5, x=). */
static bool read_number(struct reading *r, const char *name, uint64_t most, uint64_t *ret_n)
{
	const struct tag *tag = tag_list_get(r->tags, name);
	unsigned long long n = most;
	int ret = tag ? span_number(tag->value, most, &n) : 0;

	if (ret == -EINVAL)
		return fault(r->s, DKIM_NEUTRAL, "a number cannot be read");
	if (tag)
		*ret_n = n;
	return true;
}

static bool read_times(struct reading *r)
{
	uint64_t made = 0, expires = 0;

	if (!read_number(r, "t", INT64_MAX, &made) || !read_number(r, "x", INT64_MAX, &expires))
		return false;
	r->s->made = (int64_t)made;
	r->s->expires = (int64_t)expires;
	if (expires && expires <= made)
		return fault(r->s, DKIM_PERMERROR, "it expires before it was made");
	return true;
}

/* Its signature, and of all but seals the hash of the body. */
static bool read_hashes(struct reading *r)
{
	struct signature *s = r->s;
	struct span bh;

	if (!needed(r, "b", &s->b))
		return false;
	s->b_whole = tag_list_get(r->tags, "b")->whole;
	ssize_t n = tag_base64(s->b, s->signed_by, sizeof(s->signed_by));

	if (n == -E2BIG)
		return fault(
			s, DKIM_PERMERROR, "the signature is longer than any that is accepted");
	if (n <= 0)
		return fault(s, DKIM_NEUTRAL, "the signature is no base64");
	s->signed_n = (size_t)n;
	if (s->kind == SIGNATURE_ARC_SEAL)
		return true;
	if (!needed(r, "bh", &bh) || !read_number(r, "l", BODY_WHOLE - 1, &s->body.length))
		return false;
	n = tag_base64(bh, s->want, sizeof(s->want));
	if (n == -EINVAL)
		return fault(s, DKIM_NEUTRAL, "the body hash is no base64");
	s->want_n = n > 0 ? (size_t)n : 0;
	return true;
}

/* A copy in lower case; empty when memory is short. */
static struct span lower(struct arena *arena, struct span s)
{
	char *to = arena_alloc(arena, s.n);

	for (size_t i = 0; to && i < s.n; i++)
		to[i] = ascii_lower(s.p[i]);
	return (struct span){to, to ? s.n : 0};
}

/* A name in A-labels, in lower case (RFC 8616, 5); as it stands when there are none for it, empty when
 * memory is short. */
static struct span to_ascii(struct arena *arena, struct span name)
{
	struct span ascii;

	if (!utf8_is_ascii(name) && domain_to_ascii(arena, name, &ascii) == 0)
		return ascii;
	return lower(arena, name);
}

/* Letters, digits, '-', '_', dots, and bytes over 127 (RFC 8616): fit to be shown, too. */
static bool is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!ascii_is_alnum(c) && c != '-' && c != '_' && c != '.' && (uint8_t)c < 128)
			return false;
	}
	return true;
}

static bool read_names(struct reading *r)
{
	char name[DNS_NAME];
	struct signature *s = r->s;
	struct span domain, selector;

	if (!needed(r, "d", &domain) || !needed(r, "s", &selector))
		return false;
	if (!is_name(domain) || !is_name(selector))
		return fault(s, DKIM_NEUTRAL, "its domain or selector cannot be read");
	s->selector = to_ascii(r->arena, selector);
	s->domain = s->selector.p ? to_ascii(r->arena, domain) : (struct span){NULL, 0};
	if (!s->domain.p)
		return false;
	if (!utf8_is_ascii(s->domain) || !utf8_is_ascii(s->selector) ||
		signature_key_name(s, name) < 0)
		return fault(
			s, DKIM_PERMERROR, "its domain and selector are no name that could be");
	return true;
}

static bool is_at_or_below(struct span name, struct span domain)
{
	return span_ends_nocase(name, domain) &&
	       (name.n == domain.n || name.p[name.n - domain.n - 1] == '.');
}

/* RFC 6376, 2.11: "=" and two digits are a byte; white space is nothing. */
static struct span decode_identity(struct arena *arena, struct span value)
{
	char *to = arena_alloc(arena, value.n);
	size_t n = 0;

	for (size_t i = 0; to && i < value.n; i++) {
		char c = value.p[i];

		if (ascii_is_space(c))
			continue;
		if (c == '=' && i + 2 < value.n && ascii_hex(value.p[i + 1]) >= 0 &&
			ascii_hex(value.p[i + 2]) >= 0) {
			c = (char)(ascii_hex(value.p[i + 1]) << 4 | ascii_hex(value.p[i + 2]));
			i += 2;
		}
		to[n++] = c;
	}
	return (struct span){to, n};
}

static bool read_identity(struct reading *r)
{
	const struct tag *i = tag_list_get(r->tags, "i");
	struct signature *s = r->s;

	if (!i) {
		char *to = arena_alloc(r->arena, s->domain.n + 1);

		if (!to)
			return false;
		to[0] = '@';
		memcpy(to + 1, s->domain.p, s->domain.n);
		s->identity = (struct span){to, s->domain.n + 1};
		s->identity_domain = s->domain;
		return true;
	}
	s->identity = decode_identity(r->arena, i->value);
	if (!s->identity.p)
		return false;
	ssize_t at = span_rindex(s->identity, '@');

	if (at < 0)
		return fault(s, DKIM_NEUTRAL, "its identity cannot be read");
	s->identity_domain = to_ascii(r->arena, span_skip(s->identity, (size_t)at + 1));
	if (!s->identity_domain.p) {
		s->identity = s->identity_domain;
		return false;
	}
	return is_at_or_below(s->identity_domain, s->domain) ||
	       fault(s, DKIM_PERMERROR, "its identity is not of its domain");
}

/* RFC 6376, 5.4: From must be signed. */
static bool read_signed(struct reading *r)
{
	const struct tag *h = tag_list_get(r->tags, "h");
	struct signature *s = r->s;
	bool from = false, seal = false;
	struct span rest, name;
	size_t n = 0;

	if (!h)
		return fault(s, DKIM_PERMERROR, "a required tag is missing");
	s->names = rest = h->value;
	while (tag_piece(&rest, &name)) {
		from |= field_id(name) == FIELD_FROM;
		seal |= span_eq_nocase(name, SPAN("ARC-Seal"));
		if (++n > SIGNED_MOST)
			return fault(s, DKIM_PERMERROR, "more fields are signed than are read");
	}
	if (s->kind == SIGNATURE_DKIM && !from)
		return fault(s, DKIM_PERMERROR, "From is not signed");
	/* RFC 8617, 4.1.2. Signers of before it had the other two ARC fields there. */
	if (s->kind == SIGNATURE_ARC_MESSAGE && seal)
		return fault(s, DKIM_PERMERROR, "a seal is signed");
	return true;
}

static bool read_seal(struct reading *r)
{
	if (tag_list_get(r->tags, "h")) /* RFC 8617, 4.1.3 */
		return fault(r->s, DKIM_PERMERROR, "a seal has a list of fields");
	return needed(r, "cv", &r->s->cv);
}

/* Stops at the first fault, or without memory. The instance is first: which set a field is of
 * matters even when the rest cannot be read. */
static void read_tags(struct reading *r)
{
	enum signature_kind kind = r->s->kind;

	if (kind != SIGNATURE_DKIM && !read_instance(r))
		return;
	if (!read_version(r) || !read_algorithm(r) || !read_canon(r) || !read_query(r) ||
		!read_names(r) || !read_hashes(r) || !read_times(r))
		return;
	if (kind == SIGNATURE_DKIM && !read_identity(r))
		return;
	if (kind == SIGNATURE_ARC_SEAL)
		read_seal(r);
	else
		read_signed(r);
}

int signature_read(
	const struct field *f, enum signature_kind kind, struct arena *arena, struct signature *ret)
{
	struct tag_list tags;
	struct reading r = {ret, &tags, arena};

	*ret = (struct signature){.field = f, .kind = kind, .body.length = BODY_WHOLE};
	switch (tag_list_read(f->value, &tags)) {
	case 0:
		read_tags(&r);
		return ret->result == DKIM_NONE && (!ret->domain.p || (kind == SIGNATURE_DKIM &&
									      !ret->identity.p))
			       ? -ENOMEM
			       : 0;
	case -EEXIST: fault(ret, DKIM_NEUTRAL, "a tag stands twice"); return 0;
	case -E2BIG: fault(ret, DKIM_NEUTRAL, "there are more tags than are read"); return 0;
	default: fault(ret, DKIM_NEUTRAL, "the list of tags cannot be read"); return 0;
	}
}

bool signature_head_too_large(const struct message *m)
{
	const struct part *root = &m->part[0];

	return root->head.n > HEAD_MOST ||
	       (root->fields.n == FIELDS_MOST && m->odd.count[ANOMALY_TOO_MANY_HEADERS]);
}

int signature_key_name(const struct signature *s, char *to)
{
	static const char between[] = "._domainkey.";
	char name[2 * DNS_NAME];

	if (s->selector.n + s->domain.n + sizeof(between) > sizeof(name))
		return -EINVAL;
	char *p = mempcpy(name, s->selector.p, s->selector.n);

	p = mempcpy(p, between, sizeof(between) - 1);
	p = mempcpy(p, s->domain.p, s->domain.n);
	return dns_name(span_between(name, p), to);
}

struct hashing {
	EVP_MD_CTX *md;
	bool failed;
};

static void hash_some(void *arg, const char *p, size_t n)
{
	struct hashing *h = arg;

	h->failed |= !EVP_DigestUpdate(h->md, p, n);
}

static uint32_t name_hash(struct span name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (uint8_t)ascii_lower(name.p[i])) * 16777619u;
	return h | 1; /* 0: used */
}

/* The last field of that name that is not used yet (RFC 6376, 5.4.2); NULL for none. */
static const struct field *take_field(const struct fields *fields, uint32_t *hash, struct span name)
{
	uint32_t want = name_hash(name);

	for (size_t i = fields->n; i-- > 0;)
		if (hash[i] == want && span_eq_nocase(fields->at[i].name, name)) {
			hash[i] = 0;
			return &fields->at[i];
		}
	return NULL;
}

bool signature_holds_bare_cr(const struct field *f, struct span head)
{
	const char *p = f->name.p, *end = span_end(f->value), *stop = span_end(head);

	while (p < stop && p <= end && (p = memchr(p, '\r', (size_t)(end - p) + (end < stop)))) {
		while (p < stop && *p == '\r')
			p++;
		if (p < stop && *p != '\n')
			return true;
	}
	return false;
}

struct head_hash {
	struct hashing to;
	struct canon_sink sink;
	struct span head;
	bool bare_cr;
};

static void hash_field(struct head_hash *h, const struct field *f, enum canon canon)
{
	h->bare_cr |= signature_holds_bare_cr(f, h->head);
	canon_field(&h->sink, f, canon, (struct span){NULL, 0});
	canon_line_end(&h->sink);
}

/* Hashes what h= names, then the signature's own field; false when memory is short. */
static bool hash_head(struct head_hash *h, const struct signature *s, const struct fields *fields)
{
	struct span rest = s->names, name;
	uint32_t hash[FIELDS_MOST];

	if (!h->to.md || !EVP_DigestInit_ex(h->to.md, sign_hash_md(s->hash), NULL))
		return false;
	for (size_t i = 0; i < fields->n; i++) /* itself is never among those that it signs */
		hash[i] = &fields->at[i] == s->field ? 0 : name_hash(fields->at[i].name);
	while (tag_piece(&rest, &name)) {
		const struct field *f = take_field(fields, hash, name);

		if (f)
			hash_field(h, f, s->head);
	}
	h->bare_cr |= signature_holds_bare_cr(s->field, h->head);
	canon_field(&h->sink, s->field, s->head, s->b_whole);
	canon_sink_flush(&h->sink);
	return !h->to.failed;
}

int signature_head_hash(struct signature *s, const struct part *root, uint8_t *ret_digest)
{
	struct head_hash h = {.to.md = EVP_MD_CTX_new(), .head = root->head};

	canon_sink_init(&h.sink, hash_some, &h.to);
	bool good =
		hash_head(&h, s, &root->fields) && EVP_DigestFinal_ex(h.to.md, ret_digest, NULL);

	EVP_MD_CTX_free(h.to.md);
	if (good && h.bare_cr)
		fault(s, DKIM_PERMERROR, "a bare CR stands in a signed field");
	return good ? 0 : -ENOMEM;
}

void signature_add_field(EVP_MD_CTX *md, const struct field *f, struct span without, bool last)
{
	struct hashing h = {.md = md};
	struct canon_sink sink;

	canon_sink_init(&sink, hash_some, &h);
	canon_field(&sink, f, CANON_RELAXED, without);
	if (!last)
		canon_line_end(&sink);
	canon_sink_flush(&sink);
}
