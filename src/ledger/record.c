/*
 * Each schema is a table of its members, in the order in which RFC 8785 wants them, and each member
 * knows how to write and to read itself. So writing is one walk over the table, and reading is two:
 * the text is cut into members, of which each must stand behind the one before it, and these are
 * then held against the table.
 *
 * All that a record may hold is digits and plain ASCII words, which RFC 8785 writes as they are; so
 * a text with an escape, a space between tokens or a number in another form is not canonical, and
 * nothing is ever unescaped.
 */
#include "ledger/record.h"

#include "ledger/record_field.h"

#include <errno.h>

#define RECORD_MOST  2048 /* bytes of one that is within its bounds; names make up most */
#define READ_MOST    ((size_t)64 << 10)
#define MEMBERS_MOST 24

static const char *const type_names[] = {
#define X(id, name) name,
	RECORD_TYPES_X(X)
#undef X
};

static const struct {
	const char *name, *words;
} answers[] = {
#define X(id, name, words) {name, words},
	ANSWERS_X(X)
#undef X
};

const char *record_type_name(enum record_type type)
{
	return type_names[type];
}

const char *answer_name(enum answer a)
{
	return answers[a].name;
}

const char *answer_words(enum answer a)
{
	return answers[a].words;
}

static char *put(char *to, struct span s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

static unsigned version_of(const struct record *r)
{
	return r->version ? r->version : RECORD_VERSION;
}

static const struct field *fields_of(const struct record *r)
{
	return record_fields[version_of(r) - 1][r->type];
}

/* --- checking and writing --- */

static bool is_time(int64_t t)
{
	return t >= 0 && t <= RECORD_TIME_MOST;
}

static bool is_prefix(const struct prefix *p)
{
	if ((p->ip.family != IP_V4 && p->ip.family != IP_V6) || p->length > record_bits_of(&p->ip))
		return false;
	struct prefix cleared = prefix_of(&p->ip, p->length);

	return ip_eq(&cleared.ip, &p->ip);
}

/* The first field of a sighting that is out of its bounds, or NULL. */
static const char *bad_in_sighting(const struct sighting *s)
{
	const char *bad;

	if (sighting_check(s, &bad) < 0)
		return strcmp(bad, "at") == 0 && s->day_only ? "day" : bad;
	if (s->day_only && s->at % RECORD_DAY_SECONDS)
		return "day";
	if (s->domain.n && !record_is_domain(s->domain))
		return "domain";
	if (s->where.ip.family != IP_NONE && !is_prefix(&s->where))
		return "prefix";
	if (s->campaign.n && !record_is_campaign(s->campaign))
		return "campaign";
	for (size_t i = 0; i < s->advertises; i++)
		if (!record_is_host(s->advertised[i]))
			return "advertises";
	return NULL;
}

static const char *bad_in_notice(const struct record *r)
{
	if (!record_is_notice(r->notice.name))
		return "name";
	return r->notice.asn == 0 ? "asn" : r->notice.to == 0 ? "to" : NULL;
}

static const char *bad_in_answer(const struct record *r)
{
	if (!record_is_notice(r->answer.notice))
		return "notice";
	if (!is_time(r->answer.at))
		return "at";
	return (unsigned)r->answer.what >= ANSWERS ? "what" : NULL;
}

static const char *bad_field(const struct record *r)
{
	if ((unsigned)r->type >= RECORD_TYPES)
		return "schema";
	if (r->version > RECORD_VERSION)
		return "schema";
	if (!is_time(r->logged))
		return "logged";
	switch (r->type) {
	case RECORD_SIGHTING: return bad_in_sighting(&r->sighting);
	case RECORD_CAMPAIGN:
		if (!record_is_campaign(r->campaign.campaign))
			return "campaign";
		return record_is_campaign(r->campaign.into) ? NULL : "into";
	case RECORD_NOTICE: return bad_in_notice(r);
	case RECORD_ANSWER: return bad_in_answer(r);
	case RECORD_ERASURE: return r->erasure.record > RECORD_NUMBER_MOST ? "record" : NULL;
	default: return is_time(r->clock.before) ? NULL : "before";
	}
}

/* What a sighting's field is called in the text. */
static const char *told_as(const struct record *r, const char *field)
{
	if (version_of(r) == 1)
		return field;
	return !strcmp(field, "confidence")   ? "sure"
	       : !strcmp(field, "advertises") ? "leads"
					      : field;
}

int record_check(const struct record *r, struct err *err)
{
	const char *bad = bad_field(r);

	if (!bad)
		return 0;
	if ((unsigned)r->type >= RECORD_TYPES)
		return err_set(err, -EINVAL, "record: \"schema\" is not known");
	return err_set(err, -EINVAL, "record of schema \"%s\": \"%s\" is out of its bounds",
		type_names[r->type], told_as(r, bad));
}

int record_write(const struct record *r, struct buf *to, struct err *err)
{
	int rc = record_check(r, err);

	if (rc < 0)
		return rc;
	char *begin = buf_reserve(to, RECORD_MOST), *p = begin;

	if (!p)
		return err_sys(err, -ENOMEM, "record");
	*p++ = '{';
	for (const struct field *f = fields_of(r); f->name; f++) {
		char *value = p;

		*value++ = '"';
		value = put(value, span_cstr(f->name));
		*value++ = '"';
		*value++ = ':';
		value = f->write(r, value);
		if (!value)
			continue;
		*value++ = ',';
		p = value;
	}
	p[-1] = '}';
	to->n += (size_t)(p - begin);
	return 0;
}

/* --- reading --- */

/* Takes a string off *rest, without its quotes. */
static bool take_string(struct span *rest, struct span *ret_string)
{
	if (rest->n == 0 || rest->p[0] != '"')
		return false;
	for (size_t i = 1; i < rest->n; i++) {
		if (rest->p[i] == '"') {
			*ret_string = (struct span){rest->p + 1, i - 1};
			*rest = span_skip(*rest, i + 1);
			return true;
		}
		unsigned char c = (unsigned char)rest->p[i];

		if (c < ' ' || c >= 0x7f || c == '\\')
			return false;
	}
	return false;
}

static bool take_byte(struct span *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = span_skip(*rest, 1);
	return true;
}

/* A number as RFC 8785 writes whole ones: no sign, no zero before it. */
static bool take_number(struct span *rest, uint64_t *ret_n)
{
	uint64_t n = 0;
	size_t i = 0;

	for (; i < rest->n && i < 17 && ascii_is_digit(rest->p[i]); i++)
		n = n * 10 + (uint64_t)(rest->p[i] - '0');
	if (i == 0 || n > RECORD_NUMBER_MOST || (rest->p[0] == '0' && i > 1))
		return false;
	*rest = span_skip(*rest, i);
	*ret_n = n;
	return true;
}

/* A list of one string or more, none of which holds a comma. */
static bool take_list(struct span *rest, struct span *ret_inside)
{
	const char *begin = rest->p + 1;
	struct span s;

	*rest = span_skip(*rest, 1);
	do
		if (!take_string(rest, &s) || span_index(s, ',') >= 0)
			return false;
	while (take_byte(rest, ','));
	*ret_inside = span_between(begin, rest->p);
	return take_byte(rest, ']');
}

static bool take_value(struct span *rest, struct member *m)
{
	char c = rest->n ? rest->p[0] : '\0';

	m->form = c == '"' ? STRING : c == '[' ? LIST : ascii_is_digit(c) ? NUMBER : BOOL;
	if (m->form == STRING)
		return take_string(rest, &m->text);
	if (m->form == LIST)
		return take_list(rest, &m->text);
	if (m->form == NUMBER)
		return take_number(rest, &m->number);
	m->number = c == 't';
	m->text = m->number ? SPAN("true") : SPAN("false");
	if (!span_starts(*rest, m->text))
		return false;
	*rest = span_skip(*rest, m->text.n);
	return true;
}

static int compare(struct span a, struct span b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Names come from outside: only what is a word is repeated. */
static struct span shown(struct span key)
{
	return record_is_word(key, "_-", 32) ? key : SPAN("(?)");
}

/* Cuts the text into members. Returns how many, or -EINVAL. */
static int cut(struct span text, struct member *member, struct err *err)
{
	struct span rest = text;
	int n = 0;

	if (!take_byte(&rest, '{'))
		return err_set(err, -EINVAL, "record: not an object");
	do {
		struct member *m = &member[n];

		if (n == MEMBERS_MOST)
			return err_set(err, -EINVAL, "record: over %d members", MEMBERS_MOST);
		if (!take_string(&rest, &m->key) || !take_byte(&rest, ':'))
			return err_set(err, -EINVAL,
				"record: not canonical JSON (RFC 8785) behind %zu bytes",
				text.n - rest.n);
		if (n && compare(member[n - 1].key, m->key) >= 0)
			return err_set(err, -EINVAL,
				"record: \"%.*s\" stands twice or out of order",
				SPAN_ARG(shown(m->key)));
		if (!take_value(&rest, m))
			return err_set(err, -EINVAL,
				"record: \"%.*s\": not a value in canonical form (RFC 8785)",
				SPAN_ARG(shown(m->key)));
		n++;
	} while (take_byte(&rest, ','));
	if (!take_byte(&rest, '}') || rest.n)
		return err_set(err, -EINVAL, "record: not canonical JSON (RFC 8785) at its end");
	return n;
}

static const struct member *find(const struct member *member, int n, struct span key)
{
	for (int i = n - 1; i >= 0; i--)
		if (span_eq(member[i].key, key))
			return &member[i];
	return NULL;
}

/* Schema and version in two members, as they were in version 1. */
static int read_version_1(const struct member *version, const char *of, struct err *err)
{
	if (!version)
		return err_set(err, -EINVAL, "record: \"v\" is missing");
	if (version->form != NUMBER || version->number != 1)
		return err_set(err, -EINVAL,
			"record of schema \"%s\": \"v\": this version is not known", of);
	return 1;
}

/* The version of a schema's text, "sighting" or "sighting/2"; 0 when it is of another schema. */
static int read_version(
	struct span schema, const char *of, const struct member *version, struct err *err)
{
	struct span rest = span_skip(schema, strlen(of));

	if (!span_starts(schema, span_cstr(of)) || (rest.n && rest.p[0] != '/'))
		return 0;
	if (!rest.n)
		return read_version_1(version, of, err);
	_Static_assert(RECORD_VERSION == 2, "as it is read here");
	return span_eq(rest, SPAN("/2"))
		       ? 2
		       : err_set(err, -EINVAL, "record of schema \"%s\": this version is not known",
				 of);
}

static int read_type(const struct member *member, int n, struct record *r, struct err *err)
{
	const struct member *schema = find(member, n, SPAN("schema"));
	const struct member *version = find(member, n, SPAN("v"));

	if (!schema)
		return err_set(err, -EINVAL, "record: \"schema\" is missing");
	for (int i = 0; i < RECORD_TYPES && schema->form == STRING; i++) {
		int of = read_version(schema->text, type_names[i], version, err);

		if (of == 0)
			continue;
		if (of < 0)
			return of;
		r->version = (uint8_t)of;
		r->type = (enum record_type)i;
		return 0;
	}
	return err_set(err, -EINVAL, "record: \"schema\" is not known");
}

/* A field that is needed is not at its place: it is missing, or one that nobody knows stands there.
 */
static int misplaced(
	const char *of, const char *name, const struct member *m, int n, struct err *err)
{
	if (n && compare(m->key, span_cstr(name)) < 0)
		return err_set(err, -EINVAL, "record of schema \"%s\": \"%.*s\" is not known", of,
			SPAN_ARG(shown(m->key)));
	return err_set(err, -EINVAL, "record of schema \"%s\": \"%s\" is missing", of, name);
}

/* Both are in one order, so each member is either the next field or none of the table's. */
static int read_fields(const struct member *m, int n, struct record *r, struct err *err)
{
	const char *of = type_names[r->type], *fault;

	for (const struct field *f = fields_of(r); f->name; f++) {
		if (n == 0 || !span_eq(m->key, span_cstr(f->name))) {
			if (f->needed)
				return misplaced(of, f->name, m, n, err);
			continue;
		}
		fault = m->form == f->form ? f->read(m, r) : "is of another type";
		if (fault)
			return err_set(err, -EINVAL, "record of schema \"%s\": \"%s\" %s", of,
				f->name, fault);
		m++;
		n--;
	}
	if (n)
		return err_set(err, -EINVAL, "record of schema \"%s\": \"%.*s\" is not known", of,
			SPAN_ARG(shown(m->key)));
	return 0;
}

int record_read(struct span text, struct buf *scratch, struct record *ret_record, struct err *err)
{
	struct member member[MEMBERS_MOST];
	struct record r = {0};

	(void)scratch; /* nothing is escaped in what is canonical here */
	if (text.n > READ_MOST)
		return err_set(err, -EINVAL, "record: over 64 KiB");
	int n = cut(text, member, err);
	int rc = n < 0 ? n : read_type(member, n, &r, err);

	if (rc == 0)
		rc = read_fields(member, n, &r, err);
	if (rc == 0 && r.type == RECORD_SIGHTING && r.version > 1 && !r.sighting.source.p)
		r.sighting.source = RECORD_SOURCE;
	if (rc == 0)
		rc = record_check(&r, err);
	if (rc == 0)
		*ret_record = r;
	return rc;
}
