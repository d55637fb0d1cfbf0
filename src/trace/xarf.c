/*
 * All versions come down to the same few facts: a type, a host, a time, a reporter. Version 3 has
 * the types of version 4 without their categories, in other spellings, so one table does.
 */
#include "trace/xarf.h"

#include "trace/feed_host.h"
#include "trace/feed_when.h"
#include "trace/feed_words.h"

#include "mail/url.h"

#include <errno.h>

#define TYPE_MOST 48

/* All types of the schemas of version 4; why is FEED_TAKEN for those that are sightings. */
static const struct type {
	const char *name;
	enum feed_count why;
	enum sighting_kind kind;
} types[] = {
	{"spam", FEED_TAKEN, SIGHTING_SPAM},
	{"bulk_messaging", FEED_TAKEN, SIGHTING_SPAM},
	{"ddos", FEED_TAKEN, SIGHTING_ATTACK},
	{"login_attack", FEED_TAKEN, SIGHTING_ATTACK},
	{"sql_injection", FEED_TAKEN, SIGHTING_ATTACK},
	{"port_scan", FEED_TAKEN, SIGHTING_SCAN},
	{"reconnaissance", FEED_TAKEN, SIGHTING_SCAN},
	{"vulnerability_scan", FEED_TAKEN, SIGHTING_SCAN},
	{"infected_host", FEED_TAKEN, SIGHTING_MALWARE},
	{"botnet", FEED_TAKEN, SIGHTING_MALWARE},
	{"bot", FEED_TAKEN, SIGHTING_MALWARE},
	{"compromised_server", FEED_TAKEN, SIGHTING_MALWARE},
	{"remote_compromise", FEED_TAKEN, SIGHTING_MALWARE},
	{"malware", FEED_TAKEN, SIGHTING_MALWARE},
	{"phishing", FEED_TAKEN, SIGHTING_PHISH},
	{"fraud", FEED_TAKEN, SIGHTING_PHISH},
	{"blocklist", FEED_TAKEN, SIGHTING_LISTED},
	{"threat_intelligence", FEED_TAKEN, SIGHTING_LISTED},
	{"scraping", FEED_CRAWLER, 0},
	{"brand_infringement", FEED_RIGHTS, 0},
	{"copyright", FEED_RIGHTS, 0},
	{"cyberlocker", FEED_RIGHTS, 0},
	{"link_site", FEED_RIGHTS, 0},
	{"p2p", FEED_RIGHTS, 0},
	{"ugc_platform", FEED_RIGHTS, 0},
	{"usenet", FEED_RIGHTS, 0},
	{"csam", FEED_CONTENT, 0},
	{"csem", FEED_CONTENT, 0},
	{"exposed_data", FEED_NOT_SEEN, 0},
	{"suspicious_registration", FEED_NOT_SEEN, 0},
	{"cve", FEED_NOT_SEEN, 0},
	{"misconfiguration", FEED_NOT_SEEN, 0},
	{"open_service", FEED_NOT_SEEN, 0},
};

/* The facts as text, wherever they stood. */
struct facts {
	struct span type, host, url, date, reporter, id, c2;
	uint16_t port;
	uint8_t confidence;
	struct span detail; /* what kind of compromise, threat or bot it is */
};

static struct span string_at(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);

	return json_is_string(j) ? (struct span){json_string_value(j), json_string_length(j)}
				 : (struct span){NULL, 0};
}

static struct span either(struct span a, struct span b)
{
	return a.n ? a : b;
}

static uint16_t port_at(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n > 0 && n <= 65535 ? (uint16_t)n : 0;
}

/* A share when it is a number with a fraction of at most 1, else percent; 0 for what is neither. */
static uint8_t confidence_at(const json_t *object)
{
	const json_t *j = json_object_get(object, "confidence_score");
	double n = json_number_value(j);

	if (json_is_real(j) && n <= 1)
		n *= 100;
	return n >= 0.5 && n <= 100 ? (uint8_t)(n + 0.5) : 0;
}

static void facts_of_v4(const json_t *j, struct facts *f)
{
	const json_t *reporter = json_object_get(j, "reporter");

	f->type = string_at(j, "type");
	f->host = either(string_at(j, "source_identifier"), string_at(j, "domain"));
	f->url = string_at(j, "url");
	f->date = string_at(j, "timestamp");
	f->reporter = either(string_at(reporter, "org"), string_at(reporter, "domain"));
	f->id = string_at(j, "report_id");
	f->c2 = string_at(j, "c2_server");
	f->port = port_at(j, "source_port");
	f->confidence = confidence_at(j);
	f->detail = either(string_at(j, "threat_type"),
		either(string_at(j, "compromise_type"), string_at(j, "bot_type")));
}

static void facts_of_v3(const json_t *j, struct facts *f)
{
	const json_t *reporter = json_object_get(j, "ReporterInfo");
	const json_t *report = json_object_get(j, "Report");
	const json_t *source = json_object_get(report, "Source");

	f->type = string_at(report, "ReportType");
	f->url = either(string_at(report, "Url"), string_at(source, "URL"));
	f->host = either(string_at(report, "SourceIp"), string_at(source, "IP"));
	f->date = string_at(report, "Date");
	f->reporter = either(
		string_at(reporter, "ReporterOrg"), string_at(reporter, "ReporterOrgDomain"));
	f->id = string_at(report, "ReportID");
	f->c2 = string_at(json_object_get(report, "AdditionalInfo"), "C2Server");
	f->port = port_at(report, "SourcePort");
	if (!f->port)
		f->port = port_at(source, "Port");
}

bool xarf_is(const json_t *value)
{
	return json_is_string(json_object_get(value, "xarf_version")) ||
	       (json_object_get(value, "Version") &&
		       json_is_object(json_object_get(value, "Report")));
}

/* "Login-Attack" is login_attack. */
static const struct type *type_of(struct span name)
{
	char folded[TYPE_MOST];

	if (name.n > sizeof(folded))
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		folded[i] = name.p[i] == '-' || name.p[i] == ' ' ? '_' : ascii_lower(name.p[i]);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq((struct span){folded, name.n}, span_cstr(types[i].name)))
			return &types[i];
	return NULL;
}

/* What the types that cover several kinds say further. Returns why it is not taken. */
static enum feed_count refine(const struct type *t, struct span detail, enum sighting_kind *kind)
{
	static const struct {
		const char *type, *detail;
		enum feed_count why;
		enum sighting_kind kind;
	} rows[] = {
		{"remote_compromise", "c2_server", FEED_TAKEN, SIGHTING_C2},
		{"remote_compromise", "phishing_kit", FEED_TAKEN, SIGHTING_PHISH},
		{"remote_compromise", "scanner", FEED_TAKEN, SIGHTING_SCAN},
		{"infected_host", "search_engine", FEED_CRAWLER, 0},
		{"infected_host", "ai_agent", FEED_CRAWLER, 0},
		{"infected_host", "monitoring", FEED_CRAWLER, 0},
		{"infected_host", "seo_analyzer", FEED_CRAWLER, 0},
		{"infected_host", "link_checker", FEED_CRAWLER, 0},
		{"infected_host", "feed_reader", FEED_CRAWLER, 0},
		{"infected_host", "social_media", FEED_CRAWLER, 0},
		{"infected_host", "advertising", FEED_CRAWLER, 0},
	};

	*kind = t->kind;
	if (t->kind == SIGHTING_LISTED)
		feed_words_kind(detail, kind);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].type, t->name) && span_eq(detail, span_cstr(rows[i].detail))) {
			*kind = rows[i].kind;
			return rows[i].why;
		}
	return FEED_TAKEN;
}

/* Makes a sighting's host out of one that was read. */
static void set_host(struct sighting *s, const struct feed_host *h)
{
	if (h->n)
		s->where = h->where[0];
	else
		s->domain = h->domain;
	if (h->port)
		s->port = h->port;
}

static bool same_host(const struct sighting *a, const struct sighting *b)
{
	return ip_eq(&a->where.ip, &b->where.ip) && a->where.length == b->where.length &&
	       span_eq(a->domain, b->domain);
}

/* The command server that a bot was led by is seen too. */
static int add_c2(struct arena *a, struct span text, struct xarf *x)
{
	struct feed_host h;
	int rc = feed_host_read(a, text, &h);

	if (rc != FEED_TAKEN || h.n > 1)
		return rc < 0 ? rc : FEED_TAKEN;
	struct sighting s = {.kind = SIGHTING_C2,
		.at = x->sighting[0].at,
		.day_only = x->sighting[0].day_only,
		.confidence = x->sighting[0].confidence};

	set_host(&s, &h);
	if (!same_host(&s, &x->sighting[0]))
		x->sighting[x->n++] = s;
	return FEED_TAKEN;
}

/* The host of the source, or else of the URL. */
static int read_host(struct arena *a, const struct facts *f, struct feed_host *h)
{
	int rc = f->host.n ? feed_host_read(a, f->host, h) : FEED_NO_HOST;

	if (rc == FEED_NO_HOST && f->url.n)
		rc = feed_host_read(a, f->url, h);
	if (rc == FEED_NO_HOST || rc == FEED_RANGE || (rc == FEED_TAKEN && h->n > 1))
		rc = FEED_BAD_REPORT;
	return rc;
}

static int make(struct arena *a, const struct facts *f, struct xarf *ret_report)
{
	const struct type *t = type_of(f->type);
	struct xarf x = {.n = 1, .id = f->id};
	struct sighting *s = &x.sighting[0];
	struct feed_when when = {0, FEED_SECOND};
	struct feed_host h;
	enum feed_count why;

	if (!f->type.n || !t)
		return f->type.n ? FEED_TYPE : FEED_BAD_REPORT;
	why = t->why == FEED_TAKEN ? refine(t, f->detail, &s->kind) : t->why;
	if (why != FEED_TAKEN)
		return why;
	int rc = read_host(a, f, &h);

	if (rc != FEED_TAKEN)
		return rc;
	feed_when_parse(f->date, &when);
	s->at = when.at;
	s->day_only = when.precision != FEED_SECOND;
	s->port = f->port;
	s->confidence = f->confidence;
	set_host(s, &h);
	feed_words_reporter(f->reporter, x.reporter);
	if (f->c2.n && s->kind == SIGHTING_MALWARE)
		rc = add_c2(a, f->c2, &x);
	if (rc == FEED_TAKEN)
		*ret_report = x;
	return rc;
}

struct span xarf_advertised(struct arena *a, struct domain_tools *tools, struct span url)
{
	struct url u;

	if (url_parse(a, url, URL_REFERENCE, &u) < 0 || u.bad)
		return (struct span){NULL, 0};
	return u.address ? u.host : domain_registrable(tools, u.host);
}

int xarf_read(
	struct arena *a, struct domain_tools *tools, const json_t *report, struct xarf *ret_report)
{
	struct facts f = {0};

	if (json_object_get(report, "xarf_version"))
		facts_of_v4(report, &f);
	else
		facts_of_v3(report, &f);
	int rc = make(a, &f, ret_report);

	if (rc != FEED_TAKEN || !f.url.n || ret_report->sighting[0].domain.n)
		return rc;
	struct sighting *s = &ret_report->sighting[0];
	struct span leads_to = xarf_advertised(a, tools, f.url);

	if (leads_to.n)
		s->advertised[s->advertises++] = leads_to;
	return rc;
}

/* A field's value, unfolded, in the arena; empty when it is not there. */
static struct span value_of(struct arena *a, const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->n; i++) {
		struct span value = fields->at[i].value;

		if (span_eq_nocase(fields->at[i].name, span_cstr(name)))
			return span_trim(arena_copy(a, value));
	}
	return (struct span){NULL, 0};
}

int xarf_read_fields(struct arena *a, const struct fields *fields, struct xarf *ret_report)
{
	unsigned long long port = 0;
	struct facts f = {
		.type = value_of(a, fields, "Report-Type"),
		.host = value_of(a, fields, "Source"),
		.date = value_of(a, fields, "Date"),
		.reporter = value_of(a, fields, "Reported-From"),
		.id = value_of(a, fields, "Report-ID"),
	};
	ssize_t at = span_index(f.reporter, '@');

	/* "Reported-From: abuse@reporter.example" */
	if (at >= 0)
		f.reporter = span_skip(f.reporter, (size_t)at + 1);
	if (span_number(value_of(a, fields, "Source-Port"), 65535, &port) == 0)
		f.port = (uint16_t)port;
	return make(a, &f, ret_report);
}
