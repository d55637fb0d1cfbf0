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

#include "net/day.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#define RECORD_MOST  2048 /* bytes of one that is within its bounds; names make up most */
#define READ_MOST    ((size_t)64 << 10)
#define MEMBERS_MOST 24
#define NUMBER_MOST  ((1ULL << 53) - 1) /* what every reader of JSON keeps exactly: RFC 8785, 3.1 */
#define VERSION      1
#define DAY_SECONDS  86400
#define HOST_MOST    253 /* RFC 1035, 2.3.4, without the root's dot */

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

/* One member as it stands in the text. */
enum form { STRING, NUMBER, BOOL, LIST };

struct member {
	struct span key, text; /* a string's and a list's without what encloses it */
	enum form form;
	uint64_t number; /* of a number or a truth value */
};

/* How a member writes its value: returns one past its end, or NULL when the record has none. And
 * how it reads it: NULL, or what is wrong with it. */
struct field {
	const char *name;
	bool needed;
	enum form form;
	char *(*write)(const struct record *r, char *to);
	const char *(*read)(const struct member *m, struct record *r);
};

/* --- what values are made of --- */

static bool is_word(struct span s, const char *more, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			!strchr(more, s.p[i]))
			return false;
	return s.n > 0 && s.n <= most && !memchr(s.p, '\0', s.n);
}

static bool is_domain(struct span s)
{
	return is_word(s, ".-_", HOST_MOST);
}

/* An address in its one canonical form. */
static bool is_address(struct span s, struct ip *ret_ip)
{
	char text[IP_TEXT];

	return s.n < IP_TEXT && ip_parse(s, ret_ip) == 0 &&
	       span_eq(s, span_cstr(ip_format(ret_ip, text)));
}

static bool is_host(struct span s)
{
	struct ip ip;

	return is_domain(s) || is_address(s, &ip);
}

static bool is_campaign(struct span s)
{
	return is_word(s, "-", RECORD_CAMPAIGN_MOST);
}

static bool is_notice(struct span s)
{
	return is_word(s, "-", NOTICE_NAME_MOST);
}

static unsigned bits_of(const struct ip *ip)
{
	return ip->family == IP_V4 ? 32 : 128;
}

static char *put(char *to, struct span s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

static char *put_string(char *to, struct span s)
{
	*to++ = '"';
	to = put(to, s);
	*to++ = '"';
	return to;
}

static char *put_number(char *to, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	return put(to, (struct span){digits + i, sizeof(digits) - i});
}

/* base64url without padding: RFC 4648, 5. */
static char *put_bytes(char *to, const uint8_t *bytes, size_t n)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint32_t held = 0;
	unsigned bits = 0;

	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = digit[held >> (bits - 6) & 63];
	}
	if (bits)
		*to++ = digit[held << (6 - bits) & 63];
	*to++ = '"';
	return to;
}

static const char *get_bytes(struct span text, uint8_t *to, size_t n, const char *fault)
{
	size_t got;
	const char *end;

	/* It refuses bits that are left over, so that each value has one text. */
	if (sodium_base642bin(to, n, text.p, text.n, NULL, &got, &end,
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
		got != n || end != span_end(text))
		return fault;
	return NULL;
}

static const char *get_number(const struct member *m, uint64_t least, uint64_t most, uint64_t *to)
{
	if (m->number < least || m->number > most)
		return "is out of its bounds";
	*to = m->number;
	return NULL;
}

static const char *get_time(const struct member *m, int64_t *to)
{
	uint64_t n;
	const char *fault = get_number(m, 0, RECORD_TIME_MOST, &n);

	if (!fault)
		*to = (int64_t)n;
	return fault;
}

static const char *get_asn(const struct member *m, asn_t *to)
{
	uint64_t n;
	const char *fault = get_number(m, 1, UINT32_MAX, &n);

	if (!fault)
		*to = (asn_t)n;
	return fault;
}

static const char *get_word(const struct member *m, bool (*is)(struct span), struct span *to)
{
	if (!is(m->text))
		return "is not such a name";
	*to = m->text;
	return NULL;
}

/* --- members of all schemas --- */

static char *write_id(const struct record *r, char *to)
{
	return put_bytes(to, r->id, sizeof(r->id));
}

static const char *read_id(const struct member *m, struct record *r)
{
	return get_bytes(m->text, r->id, sizeof(r->id), "is not base64url of 16 bytes");
}

static char *write_logged(const struct record *r, char *to)
{
	return put_number(to, (uint64_t)r->logged);
}

static const char *read_logged(const struct member *m, struct record *r)
{
	return get_time(m, &r->logged);
}

static char *write_raw(const struct record *r, char *to)
{
	return r->has_raw ? put_bytes(to, r->raw, sizeof(r->raw)) : NULL;
}

static const char *read_raw(const struct member *m, struct record *r)
{
	r->has_raw = true;
	return get_bytes(m->text, r->raw, sizeof(r->raw), "is not base64url of 32 bytes");
}

static char *write_schema(const struct record *r, char *to)
{
	return put_string(to, span_cstr(type_names[r->type]));
}

static char *write_version(const struct record *r, char *to)
{
	(void)r;
	return put_number(to, VERSION);
}

/* These two were read first, since they say which table it is. */
static const char *read_nothing(const struct member *m, struct record *r)
{
	(void)m;
	(void)r;
	return NULL;
}

/* --- a sighting's --- */

static char *write_advertises(const struct record *r, char *to)
{
	const struct sighting *s = &r->sighting;

	if (s->advertises == 0)
		return NULL;
	*to++ = '[';
	for (size_t i = 0; i < s->advertises; i++) {
		to = put_string(to, s->advertised[i]);
		*to++ = ',';
	}
	to[-1] = ']';
	return to;
}

/* The inside of the list is "a","b"; the scanner has seen that. */
static const char *read_advertises(const struct member *m, struct record *r)
{
	struct span rest = m->text, host;

	while (span_cut(&rest, ',', &host)) {
		host = span_take(span_skip(host, 1), host.n - 2);
		if (r->sighting.advertises == SIGHTING_HOSTS_MOST)
			return "has more than 4 hosts";
		if (!is_host(host))
			return "has what is no host";
		r->sighting.advertised[r->sighting.advertises++] = host;
	}
	return NULL;
}

static char *write_at(const struct record *r, char *to)
{
	return r->sighting.day_only ? NULL : put_number(to, (uint64_t)r->sighting.at);
}

static const char *read_at(const struct member *m, struct record *r)
{
	uint64_t n;
	const char *fault = get_number(m, 1, RECORD_TIME_MOST, &n);

	if (!fault)
		r->sighting.at = (int64_t)n;
	return fault;
}

static char *write_campaign(const struct record *r, char *to)
{
	return r->sighting.campaign.n ? put_string(to, r->sighting.campaign) : NULL;
}

static const char *read_campaign(const struct member *m, struct record *r)
{
	return get_word(m, is_campaign, &r->sighting.campaign);
}

static char *write_confidence(const struct record *r, char *to)
{
	return put_number(to, r->sighting.confidence);
}

static const char *read_confidence(const struct member *m, struct record *r)
{
	uint64_t n;
	const char *fault = get_number(m, 1, 100, &n);

	if (!fault)
		r->sighting.confidence = (uint8_t)n;
	return fault;
}

static char *write_day(const struct record *r, char *to)
{
	char day[DAY_TEXT];

	if (!r->sighting.day_only)
		return NULL;
	return put_string(to, span_cstr(day_format(sighting_day(r->sighting.at), day)));
}

static const char *read_day(const struct member *m, struct record *r)
{
	int32_t day;

	if (r->sighting.at != 0)
		return "stands beside \"at\"";
	if (m->text.n != 10 || day_parse(m->text, &day) < 0)
		return "is no day such as 2008-11-11";
	r->sighting.at = (int64_t)day * DAY_SECONDS;
	r->sighting.day_only = true;
	return NULL;
}

static char *write_domain(const struct record *r, char *to)
{
	return r->sighting.domain.n ? put_string(to, r->sighting.domain) : NULL;
}

static const char *read_domain(const struct member *m, struct record *r)
{
	return get_word(m, is_domain, &r->sighting.domain);
}

/* A lone address is "ip", all else "prefix". */
static char *write_where(const struct record *r, char *to, bool lone)
{
	const struct prefix *p = &r->sighting.where;
	char text[IP_TEXT];

	if (p->ip.family == IP_NONE || (p->length == bits_of(&p->ip)) != lone)
		return NULL;
	return put_string(to, span_cstr(lone ? ip_format(&p->ip, text) : prefix_format(p, text)));
}

static char *write_ip(const struct record *r, char *to)
{
	return write_where(r, to, true);
}

static const char *read_ip(const struct member *m, struct record *r)
{
	struct ip ip;

	if (!is_address(m->text, &ip))
		return "is no address in canonical form";
	r->sighting.where = prefix_of(&ip, bits_of(&ip));
	return NULL;
}

static char *write_kind(const struct record *r, char *to)
{
	return put_string(to, span_cstr(sighting_kind_name(r->sighting.kind)));
}

static const char *read_kind(const struct member *m, struct record *r)
{
	if (sighting_kind_parse(m->text, &r->sighting.kind) < 0 ||
		!span_eq(m->text, span_cstr(sighting_kind_name(r->sighting.kind))))
		return "is not known";
	return NULL;
}

static char *write_port(const struct record *r, char *to)
{
	return r->sighting.port ? put_number(to, r->sighting.port) : NULL;
}

static const char *read_port(const struct member *m, struct record *r)
{
	uint64_t n;
	const char *fault = get_number(m, 1, 65535, &n);

	if (!fault)
		r->sighting.port = (uint16_t)n;
	return fault;
}

static char *write_prefix(const struct record *r, char *to)
{
	return write_where(r, to, false);
}

static const char *read_prefix(const struct member *m, struct record *r)
{
	struct prefix *p = &r->sighting.where;
	char text[IP_TEXT];

	if (p->ip.family != IP_NONE)
		return "stands beside \"ip\"";
	if (prefix_parse(m->text, p) < 0 || p->length == bits_of(&p->ip) ||
		!span_eq(m->text, span_cstr(prefix_format(p, text))))
		return "is no prefix in canonical form";
	return NULL;
}

static char *write_source(const struct record *r, char *to)
{
	return put_string(to, r->sighting.source);
}

static const char *read_source(const struct member *m, struct record *r)
{
	r->sighting.source = m->text;
	return NULL;
}

/* --- those of the others --- */

static char *write_merged(const struct record *r, char *to)
{
	return put_string(to, r->campaign.campaign);
}

static const char *read_merged(const struct member *m, struct record *r)
{
	return get_word(m, is_campaign, &r->campaign.campaign);
}

static char *write_into(const struct record *r, char *to)
{
	return put_string(to, r->campaign.into);
}

static const char *read_into(const struct member *m, struct record *r)
{
	return get_word(m, is_campaign, &r->campaign.into);
}

static char *write_asn(const struct record *r, char *to)
{
	return put_number(to, r->notice.asn);
}

static const char *read_asn(const struct member *m, struct record *r)
{
	return get_asn(m, &r->notice.asn);
}

static char *write_name(const struct record *r, char *to)
{
	return put_string(to, r->notice.name);
}

static const char *read_name(const struct member *m, struct record *r)
{
	return get_word(m, is_notice, &r->notice.name);
}

static char *write_to(const struct record *r, char *to)
{
	return put_number(to, r->notice.to);
}

static const char *read_to(const struct member *m, struct record *r)
{
	return get_asn(m, &r->notice.to);
}

static char *write_upstreams(const struct record *r, char *to)
{
	return put(to, r->notice.to_upstreams ? SPAN("true") : SPAN("false"));
}

static const char *read_upstreams(const struct member *m, struct record *r)
{
	r->notice.to_upstreams = m->number;
	return NULL;
}

static char *write_answered(const struct record *r, char *to)
{
	return put_number(to, (uint64_t)r->answer.at);
}

static const char *read_answered(const struct member *m, struct record *r)
{
	return get_time(m, &r->answer.at);
}

static char *write_notice(const struct record *r, char *to)
{
	return put_string(to, r->answer.notice);
}

static const char *read_notice(const struct member *m, struct record *r)
{
	return get_word(m, is_notice, &r->answer.notice);
}

static char *write_what(const struct record *r, char *to)
{
	return put_string(to, span_cstr(answers[r->answer.what].name));
}

static const char *read_what(const struct member *m, struct record *r)
{
	for (int i = 0; i < ANSWERS; i++)
		if (span_eq(m->text, span_cstr(answers[i].name))) {
			r->answer.what = (enum answer)i;
			return NULL;
		}
	return "is not known";
}

static char *write_erased(const struct record *r, char *to)
{
	return put_number(to, r->erasure.record);
}

static const char *read_erased(const struct member *m, struct record *r)
{
	return get_number(m, 0, NUMBER_MOST, &r->erasure.record);
}

static char *write_before(const struct record *r, char *to)
{
	return put_number(to, (uint64_t)r->clock.before);
}

static const char *read_before(const struct member *m, struct record *r)
{
	return get_time(m, &r->clock.before);
}

/* --- the schemas --- */

/* clang-format off */
#define ID     {"id", true, STRING, write_id, read_id}
#define LOGGED {"logged", true, NUMBER, write_logged, read_logged}
#define RAW    {"raw", false, STRING, write_raw, read_raw}
#define SCHEMA {"schema", true, STRING, write_schema, read_nothing}
#define V      {"v", true, NUMBER, write_version, read_nothing}

static const struct field sighting_fields[] = {
	{"advertises", false, LIST, write_advertises, read_advertises},
	{"at", false, NUMBER, write_at, read_at},
	{"campaign", false, STRING, write_campaign, read_campaign},
	{"confidence", true, NUMBER, write_confidence, read_confidence},
	{"day", false, STRING, write_day, read_day},
	{"domain", false, STRING, write_domain, read_domain},
	ID,
	{"ip", false, STRING, write_ip, read_ip},
	{"kind", true, STRING, write_kind, read_kind},
	LOGGED,
	{"port", false, NUMBER, write_port, read_port},
	{"prefix", false, STRING, write_prefix, read_prefix},
	RAW, SCHEMA,
	{"source", true, STRING, write_source, read_source},
	V, {0},
};

static const struct field campaign_fields[] = {
	{"campaign", true, STRING, write_merged, read_merged},
	ID,
	{"into", true, STRING, write_into, read_into},
	LOGGED, RAW, SCHEMA, V, {0},
};

static const struct field notice_fields[] = {
	{"asn", true, NUMBER, write_asn, read_asn},
	ID, LOGGED,
	{"name", true, STRING, write_name, read_name},
	RAW, SCHEMA,
	{"to", true, NUMBER, write_to, read_to},
	{"upstreams", true, BOOL, write_upstreams, read_upstreams},
	V, {0},
};

static const struct field answer_fields[] = {
	{"at", true, NUMBER, write_answered, read_answered},
	ID, LOGGED,
	{"notice", true, STRING, write_notice, read_notice},
	RAW, SCHEMA, V,
	{"what", true, STRING, write_what, read_what},
	{0},
};

static const struct field erasure_fields[] = {
	ID, LOGGED, RAW,
	{"record", true, NUMBER, write_erased, read_erased},
	SCHEMA, V, {0},
};

static const struct field clock_fields[] = {
	{"before", true, NUMBER, write_before, read_before},
	ID, LOGGED, RAW, SCHEMA, V, {0},
};

static const struct field *const schemas[RECORD_TYPES] = {
	[RECORD_SIGHTING] = sighting_fields, [RECORD_CAMPAIGN] = campaign_fields,
	[RECORD_NOTICE] = notice_fields,     [RECORD_ANSWER] = answer_fields,
	[RECORD_ERASURE] = erasure_fields,   [RECORD_CLOCK] = clock_fields,
};
/* clang-format on */

/* --- checking and writing --- */

static bool is_time(int64_t t)
{
	return t >= 0 && t <= RECORD_TIME_MOST;
}

static bool is_prefix(const struct prefix *p)
{
	if ((p->ip.family != IP_V4 && p->ip.family != IP_V6) || p->length > bits_of(&p->ip))
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
	if (s->day_only && s->at % DAY_SECONDS)
		return "day";
	if (s->domain.n && !is_domain(s->domain))
		return "domain";
	if (s->where.ip.family != IP_NONE && !is_prefix(&s->where))
		return "prefix";
	if (s->campaign.n && !is_campaign(s->campaign))
		return "campaign";
	for (size_t i = 0; i < s->advertises; i++)
		if (!is_host(s->advertised[i]))
			return "advertises";
	return NULL;
}

static const char *bad_in_notice(const struct record *r)
{
	if (!is_notice(r->notice.name))
		return "name";
	return r->notice.asn == 0 ? "asn" : r->notice.to == 0 ? "to" : NULL;
}

static const char *bad_in_answer(const struct record *r)
{
	if (!is_notice(r->answer.notice))
		return "notice";
	if (!is_time(r->answer.at))
		return "at";
	return (unsigned)r->answer.what >= ANSWERS ? "what" : NULL;
}

static const char *bad_field(const struct record *r)
{
	if ((unsigned)r->type >= RECORD_TYPES)
		return "schema";
	if (!is_time(r->logged))
		return "logged";
	switch (r->type) {
	case RECORD_SIGHTING:
		return bad_in_sighting(&r->sighting);
	case RECORD_CAMPAIGN:
		if (!is_campaign(r->campaign.campaign))
			return "campaign";
		return is_campaign(r->campaign.into) ? NULL : "into";
	case RECORD_NOTICE:
		return bad_in_notice(r);
	case RECORD_ANSWER:
		return bad_in_answer(r);
	case RECORD_ERASURE:
		return r->erasure.record > NUMBER_MOST ? "record" : NULL;
	default:
		return is_time(r->clock.before) ? NULL : "before";
	}
}

int record_check(const struct record *r, struct err *err)
{
	const char *bad = bad_field(r);

	if (!bad)
		return 0;
	if ((unsigned)r->type >= RECORD_TYPES)
		return err_set(err, -EINVAL, "record: \"schema\" is not known");
	return err_set(err, -EINVAL, "record of schema \"%s\": \"%s\" is out of its bounds",
		type_names[r->type], bad);
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
	for (const struct field *f = schemas[r->type]; f->name; f++) {
		char *value = put_string(p, span_cstr(f->name));

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
		if (rest->p[i] < ' ' || rest->p[i] == '\\' || rest->p[i] == 0x7f)
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
	if (i == 0 || n > NUMBER_MOST || (rest->p[0] == '0' && i > 1))
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
	return is_word(key, "_-", 32) ? key : SPAN("(?)");
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

static int read_type(
	const struct member *member, int n, enum record_type *ret_type, struct err *err)
{
	const struct member *schema = find(member, n, SPAN("schema"));
	const struct member *version = find(member, n, SPAN("v"));

	if (!schema || !version)
		return err_set(err, -EINVAL, "record: \"%s\" is missing", schema ? "v" : "schema");
	for (int i = 0; i < RECORD_TYPES; i++) {
		if (schema->form != STRING || !span_eq(schema->text, span_cstr(type_names[i])))
			continue;
		if (version->form != NUMBER || version->number != VERSION)
			return err_set(err, -EINVAL,
				"record of schema \"%s\": \"v\": this version is not known",
				type_names[i]);
		*ret_type = (enum record_type)i;
		return 0;
	}
	return err_set(err, -EINVAL, "record: \"schema\" is not known");
}

/* Both are in one order, so each member is either the next field or none of the table's. */
static int read_fields(const struct member *m, int n, struct record *r, struct err *err)
{
	const char *of = type_names[r->type], *fault;

	for (const struct field *f = schemas[r->type]; f->name; f++) {
		if (n == 0 || !span_eq(m->key, span_cstr(f->name))) {
			if (f->needed)
				return err_set(err, -EINVAL,
					n && compare(m->key, span_cstr(f->name)) < 0
						? "record of schema \"%s\": \"%.*s\" is not known"
						: "record of schema \"%s\": \"%.*s\" is missing",
					of,
					SPAN_ARG(n && compare(m->key, span_cstr(f->name)) < 0
							 ? shown(m->key)
							 : span_cstr(f->name)));
			continue;
		}
		fault = m->form == f->form ? f->read(m, r) : "is of another type";
		if (fault)
			return err_set(
				err, -EINVAL, "record of schema \"%s\": \"%s\" %s", of, f->name, fault);
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
	int rc = n < 0 ? n : read_type(member, n, &r.type, err);

	if (rc == 0)
		rc = read_fields(member, n, &r, err);
	if (rc == 0)
		rc = record_check(&r, err);
	if (rc == 0)
		*ret_record = r;
	return rc;
}
