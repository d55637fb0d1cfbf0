/* The members of records: each writes its value and reads it within its bounds. A new one is a pair
 * of functions here and a line in the table of its schema, at its place by name. What ends in _1 is of
 * version 1, which is only read; reading it gives the same bytes when written. */
#include "ledger/record_field.h"

#include "base/utf8.h"
#include "net/day.h"

#include <sodium.h>

#define HOST_MOST 253 /* RFC 1035, 2.3.4, without the root's dot */

bool record_is_word(struct span s, const char *more, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
			!strchr(more, s.p[i]))
			return false;
	return s.n > 0 && s.n <= most && !memchr(s.p, '\0', s.n);
}

bool record_is_domain(struct span s)
{
	return record_is_word(s, ".-_", HOST_MOST);
}

/* An address in its one canonical form. */
static bool is_address(struct span s, struct ip *ret_ip)
{
	char text[IP_TEXT];

	return s.n < IP_TEXT && ip_parse(s, ret_ip) == 0 &&
	       span_eq(s, span_cstr(ip_format(ret_ip, text)));
}

bool record_is_host(struct span s)
{
	struct ip ip;

	return record_is_domain(s) || is_address(s, &ip);
}

bool record_is_campaign(struct span s)
{
	return record_is_word(s, "-", RECORD_CAMPAIGN_MOST);
}

bool record_is_notice(struct span s)
{
	return record_is_word(s, "-", NOTICE_NAME_MOST);
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

	/* It refuses bits that are left over, so that each value has one text; but takes some bytes
	 * over 127 for the letters without their highest bit. */
	if (!utf8_is_ascii(text) ||
		sodium_base642bin(to, n, text.p, text.n, NULL, &got, &end,
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

static char *write_schema_1(const struct record *r, char *to)
{
	return put_string(to, span_cstr(record_type_name(r->type)));
}

static char *write_version_1(const struct record *r, char *to)
{
	(void)r;
	return put_number(to, 1);
}

/* "sighting/2": both in one. */
static char *write_schema(const struct record *r, char *to)
{
	*to++ = '"';
	to = put(to, span_cstr(record_type_name(r->type)));
	*to++ = '/';
	to = put_number(to, RECORD_VERSION);
	*to++ = '"';
	return to;
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
		if (!record_is_host(host))
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
	return get_word(m, record_is_campaign, &r->sighting.campaign);
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
	r->sighting.at = (int64_t)day * RECORD_DAY_SECONDS;
	r->sighting.day_only = true;
	return NULL;
}

static char *write_domain(const struct record *r, char *to)
{
	return r->sighting.domain.n ? put_string(to, r->sighting.domain) : NULL;
}

static const char *read_domain(const struct member *m, struct record *r)
{
	return get_word(m, record_is_domain, &r->sighting.domain);
}

/* A lone address is "ip", all else "prefix". */
static char *write_where(const struct record *r, char *to, bool lone)
{
	const struct prefix *p = &r->sighting.where;
	char text[IP_TEXT];

	if (p->ip.family == IP_NONE || (p->length == record_bits_of(&p->ip)) != lone)
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
	r->sighting.where = prefix_of(&ip, record_bits_of(&ip));
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
	if (prefix_parse(m->text, p) < 0 || p->length == record_bits_of(&p->ip) ||
		!span_eq(m->text, span_cstr(prefix_format(p, text))))
		return "is no prefix in canonical form";
	return NULL;
}

static char *write_source_1(const struct record *r, char *to)
{
	return put_string(to, r->sighting.source);
}

static const char *read_source_1(const struct member *m, struct record *r)
{
	r->sighting.source = m->text;
	return NULL;
}

/* Our own mail, by far the most, is what stands nowhere. */
static char *write_source(const struct record *r, char *to)
{
	return span_eq(r->sighting.source, RECORD_SOURCE) ? NULL : write_source_1(r, to);
}

static const char *read_source(const struct member *m, struct record *r)
{
	if (span_eq(m->text, RECORD_SOURCE))
		return "\"mail\" is not written";
	return read_source_1(m, r);
}

/* --- those of the others --- */

static char *write_merged(const struct record *r, char *to)
{
	return put_string(to, r->campaign.campaign);
}

static const char *read_merged(const struct member *m, struct record *r)
{
	return get_word(m, record_is_campaign, &r->campaign.campaign);
}

static char *write_into(const struct record *r, char *to)
{
	return put_string(to, r->campaign.into);
}

static const char *read_into(const struct member *m, struct record *r)
{
	return get_word(m, record_is_campaign, &r->campaign.into);
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
	return get_word(m, record_is_notice, &r->notice.name);
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
	return get_word(m, record_is_notice, &r->answer.notice);
}

static char *write_what(const struct record *r, char *to)
{
	return put_string(to, span_cstr(answer_name(r->answer.what)));
}

static const char *read_what(const struct member *m, struct record *r)
{
	for (int i = 0; i < ANSWERS; i++)
		if (span_eq(m->text, span_cstr(answer_name((enum answer)i)))) {
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
	return get_number(m, 0, RECORD_NUMBER_MOST, &r->erasure.record);
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
#define ID       {"id", true, STRING, write_id, read_id}
#define LOGGED   {"logged", true, NUMBER, write_logged, read_logged}
#define RAW      {"raw", false, STRING, write_raw, read_raw}
#define SCHEMA_1 {"schema", true, STRING, write_schema_1, read_nothing}
#define SCHEMA   {"schema", true, STRING, write_schema, read_nothing}
#define V_1      {"v", true, NUMBER, write_version_1, read_nothing}

static const struct field sighting_fields_1[] = {
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
	RAW, SCHEMA_1,
	{"source", true, STRING, write_source_1, read_source_1},
	V_1, {0},
};

static const struct field sighting_fields[] = {
	{"at", false, NUMBER, write_at, read_at},
	{"campaign", false, STRING, write_campaign, read_campaign},
	{"day", false, STRING, write_day, read_day},
	{"domain", false, STRING, write_domain, read_domain},
	ID,
	{"ip", false, STRING, write_ip, read_ip},
	{"kind", true, STRING, write_kind, read_kind},
	{"leads", false, LIST, write_advertises, read_advertises},
	LOGGED,
	{"port", false, NUMBER, write_port, read_port},
	{"prefix", false, STRING, write_prefix, read_prefix},
	RAW, SCHEMA,
	{"source", false, STRING, write_source, read_source},
	{"sure", true, NUMBER, write_confidence, read_confidence},
	{0},
};

/* The others differ in nothing but how schema and version are told. */
#define CAMPAIGN_FIELDS(...) {                                                                     \
	{"campaign", true, STRING, write_merged, read_merged},                                     \
	ID,                                                                                        \
	{"into", true, STRING, write_into, read_into},                                             \
	LOGGED, RAW, __VA_ARGS__, {0}}
static const struct field campaign_fields_1[] = CAMPAIGN_FIELDS(SCHEMA_1, V_1);
static const struct field campaign_fields[] = CAMPAIGN_FIELDS(SCHEMA);

#define NOTICE_FIELDS(SCHEMA_FIELD, ...) {                                                         \
	{"asn", true, NUMBER, write_asn, read_asn},                                                \
	ID, LOGGED,                                                                                \
	{"name", true, STRING, write_name, read_name},                                             \
	RAW, SCHEMA_FIELD,                                                                         \
	{"to", true, NUMBER, write_to, read_to},                                                   \
	{"upstreams", true, BOOL, write_upstreams, read_upstreams},                                \
	__VA_ARGS__}
static const struct field notice_fields_1[] = NOTICE_FIELDS(SCHEMA_1, V_1, {0});
static const struct field notice_fields[] = NOTICE_FIELDS(SCHEMA, {0});

#define ANSWER_FIELDS(...) {                                                                       \
	{"at", true, NUMBER, write_answered, read_answered},                                       \
	ID, LOGGED,                                                                                \
	{"notice", true, STRING, write_notice, read_notice},                                       \
	RAW, __VA_ARGS__,                                                                          \
	{"what", true, STRING, write_what, read_what},                                             \
	{0}}
static const struct field answer_fields_1[] = ANSWER_FIELDS(SCHEMA_1, V_1);
static const struct field answer_fields[] = ANSWER_FIELDS(SCHEMA);

#define ERASURE_FIELDS(...) {                                                                      \
	ID, LOGGED, RAW,                                                                           \
	{"record", true, NUMBER, write_erased, read_erased},                                       \
	__VA_ARGS__, {0}}
static const struct field erasure_fields_1[] = ERASURE_FIELDS(SCHEMA_1, V_1);
static const struct field erasure_fields[] = ERASURE_FIELDS(SCHEMA);

#define CLOCK_FIELDS(...) {                                                                        \
	{"before", true, NUMBER, write_before, read_before},                                       \
	ID, LOGGED, RAW, __VA_ARGS__, {0}}
static const struct field clock_fields_1[] = CLOCK_FIELDS(SCHEMA_1, V_1);
static const struct field clock_fields[] = CLOCK_FIELDS(SCHEMA);

const struct field *const record_fields[RECORD_VERSION][RECORD_TYPES] = {
	{
		[RECORD_SIGHTING] = sighting_fields_1, [RECORD_CAMPAIGN] = campaign_fields_1,
		[RECORD_NOTICE] = notice_fields_1,     [RECORD_ANSWER] = answer_fields_1,
		[RECORD_ERASURE] = erasure_fields_1,   [RECORD_CLOCK] = clock_fields_1,
	},
	{
		[RECORD_SIGHTING] = sighting_fields, [RECORD_CAMPAIGN] = campaign_fields,
		[RECORD_NOTICE] = notice_fields,     [RECORD_ANSWER] = answer_fields,
		[RECORD_ERASURE] = erasure_fields,   [RECORD_CLOCK] = clock_fields,
	},
};
/* clang-format on */
