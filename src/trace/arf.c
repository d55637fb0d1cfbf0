/*
 * The machine-readable part is a section of header fields, and is read as such. The third part, the
 * message or its header, is parsed as a message of its own, so that its Received chain is walked
 * by the same code as our own mail's: from the outside, with no relay known, so that the walk ends
 * at the first line that has a public peer.
 */
#include "trace/arf.h"

#include "mail/address.h"
#include "mail/field.h"
#include "mail/parser.h"
#include "mail/received.h"
#include "trace/feed_host.h"
#include "trace/xarf.h"

#include <errno.h>

static const struct {
	const char *name;
	enum feed_count why;
	enum sighting_kind kind;
} types[] = {
#define X(id, name, why, kind) {name, FEED_##why, SIGHTING_##kind},
	ARF_TYPES_X(X)
#undef X
};

const char *arf_type_name(enum arf_type type)
{
	return types[type].name;
}

static const struct part *report_part(const struct message *m)
{
	for (size_t i = 1; i < m->parts; i++)
		if (span_eq(m->part[i].type, SPAN("message/feedback-report")))
			return &m->part[i];
	return NULL;
}

/* What the report encloses stands beside it: a report that was itself forwarded is enclosed in
 * another message, whose Received lines are of the reporter's own mail. NULL when there is none. */
static const struct part *enclosed_part(
	const struct message *m, const struct part *report, struct span type)
{
	for (size_t i = 1; i < m->parts; i++)
		if (m->part[i].parent == report->parent && span_starts(m->part[i].type, type))
			return &m->part[i];
	return NULL;
}

/* Reads a part's text as a section of fields; blank lines before it are passed over. */
static int fields_of(struct message_parser *mp, struct span text, struct fields *ret_fields)
{
	struct anomalies odd = {0};
	struct field_reader reader = {.scratch = mp->scratch, .arena = &mp->arena, .odd = &odd};
	size_t head;

	while (text.n && ascii_is_space(text.p[0]))
		text = span_skip(text, 1);
	return fields_read(&reader, text, ret_fields, &head);
}

/* Without folds and comments at the end: "192.0.2.1 (name)" is met. */
static struct span first_word(struct span value)
{
	struct span s = span_trim(value);

	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_space(s.p[i]) || s.p[i] == '(')
			return span_take(s, i);
	return s;
}

static enum arf_type type_named(struct span name)
{
	for (int i = 0; i < ARF_TYPES; i++)
		if (span_eq_nocase(name, span_cstr(types[i].name)))
			return (enum arf_type)i;
	return ARF_OTHER;
}

/* An address as Source-IP has it: also "[192.0.2.1]" and "IPv6:2001:db8::1". */
static void read_source(struct span value, struct arf *r)
{
	struct span s = first_word(value);

	if (s.n > 1 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = span_between(s.p + 1, s.p + s.n - 1);
	if (span_starts_nocase(s, SPAN("ipv6:")))
		s = span_skip(s, 5);
	if (r->source.family == IP_NONE)
		ip_parse(s, &r->source);
}

static void read_date(struct span value, struct arf *r)
{
	struct mail_date date;

	if (!r->at && date_parse(value, &date) == 0)
		r->at = date.unix_s;
}

static void take_field(const struct field *f, struct arf *r, bool *typed)
{
	struct span name = f->name, word = first_word(f->value);
	unsigned long long n;

	if (span_eq_nocase(name, SPAN("Feedback-Type"))) {
		if (!*typed)
			r->type = type_named(word);
		*typed = true;
	} else if (span_eq_nocase(name, SPAN("Source-IP"))) {
		read_source(f->value, r);
	} else if (span_eq_nocase(name, SPAN("Source-Port"))) {
		if (span_number(word, 65535, &n) == 0)
			r->port = (uint16_t)n;
	} else if (span_eq_nocase(name, SPAN("Arrival-Date")) ||
		   span_eq_nocase(name, SPAN("Received-Date"))) {
		read_date(f->value, r);
	} else if (span_eq_nocase(name, SPAN("Incidents"))) {
		if (span_number(word, 1000000000, &n) == 0)
			r->incidents = n;
	} else if (span_eq_nocase(name, SPAN("Reported-Domain"))) {
		if (!r->domain.n)
			r->domain = word;
	} else if (span_eq_nocase(name, SPAN("Reported-URI"))) {
		if (r->uris < ARF_URIS_MOST)
			r->uri[r->uris++] = word;
	}
}

/* What the enclosed message, parsed by inner, says: its source where the report has none, and when
 * it came. */
static int take_enclosed(struct message_parser *inner, const struct message *m, struct arf *r)
{
	struct received chain;
	int rc = received_walk(inner, m, NULL, &chain);

	if (rc < 0)
		return rc;
	if (r->source.family == IP_NONE && chain.source.family != IP_NONE) {
		r->source = chain.source;
		r->enclosed = true;
	}
	for (ssize_t i = 0; i <= chain.boundary && !r->at; i++)
		if (chain.hop[i].has_date)
			r->at = chain.hop[i].date.unix_s;
	return 0;
}

static int read_enclosed(struct span raw, struct message_parser *inner, struct arf *r)
{
	struct message *m;
	int rc = message_parse(inner, raw, &m);

	return rc < 0 ? rc : take_enclosed(inner, m, r);
}

static bool has_field(const struct message *m, struct span name)
{
	for (size_t i = 0; i < m->part[0].fields.n; i++)
		if (span_eq_nocase(m->part[0].fields.at[i].name, name))
			return true;
	return false;
}

/*
 * Microsoft's programme for senders (JMRP) forwards what its users called junk, without a report;
 * it marks the message by the field X-HmXmrOriginalRecipient. Returns FEED_TAKEN, FEED_NO_REPORT or
 * -ENOMEM.
 */
static int read_forwarded(const struct message *m, struct message_parser *inner, struct arf *r)
{
	for (size_t i = 1; i < m->parts; i++) {
		const struct part *p = &m->part[i];
		struct message *enclosed;

		if (p->kind != PART_MESSAGE || p->parent != 0)
			continue;
		if (message_parse(inner, p->body, &enclosed) < 0)
			return -ENOMEM;
		if (has_field(enclosed, SPAN("X-HmXmrOriginalRecipient"))) {
			r->type = ARF_ABUSE;
			return take_enclosed(inner, enclosed, r) < 0 ? -ENOMEM : FEED_TAKEN;
		}
		break; /* one is enough to know */
	}
	return FEED_NO_REPORT;
}

static void read_reporter(struct message_parser *mp, const struct message *m, struct arf *r)
{
	const struct field *date = message_field(m, FIELD_DATE);
	struct address from;

	if (address_first(mp, m, FIELD_FROM, &from))
		r->reporter = from.domain;
	if (date)
		read_date(date->value, r);
}

/* A report in the sense of RFC 5965. */
static int read_report(struct message_parser *mp, const struct message *m,
	const struct part *report, struct message_parser *inner, struct arf *r)
{
	const struct part *message = enclosed_part(m, report, SPAN("message/rfc822"));
	const struct part *head = enclosed_part(m, report, SPAN("text/rfc822-header"));
	struct fields fields;
	bool typed = false;
	int rc = 0;

	if (fields_of(mp, report->kind == PART_LEAF ? report->content : report->body, &fields) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < fields.n; i++)
		take_field(&fields.at[i], r, &typed);
	if (!typed)
		return FEED_BAD_REPORT;
	if (message)
		rc = read_enclosed(message->body, inner, r);
	else if (head)
		rc = read_enclosed(head->content, inner, r);
	return rc < 0 ? rc : FEED_TAKEN;
}

int arf_read(struct message_parser *mp, const struct message *m, struct message_parser *inner,
	struct arf *ret_report)
{
	const struct part *report = report_part(m);
	struct arf r = {.incidents = 1};
	int rc = report ? read_report(mp, m, report, inner, &r) : read_forwarded(m, inner, &r);

	if (rc != FEED_TAKEN)
		return rc;
	read_reporter(mp, m, &r);
	*ret_report = r;
	return FEED_TAKEN;
}

/* The first URI whose host can be read is the source of what has none. */
static bool source_of_uris(struct arena *a, const struct arf *r, struct sighting *s)
{
	struct feed_host h;

	for (size_t i = 0; i < r->uris; i++) {
		if (feed_host_read(a, r->uri[i], &h) != FEED_TAKEN || h.n > 1)
			continue;
		if (h.n)
			s->where = h.where[0];
		else
			s->domain = h.domain;
		s->port = h.port;
		return true;
	}
	return false;
}

static void add_advertised(struct message_parser *mp, const struct arf *r, struct sighting *s)
{
	for (size_t i = 0; i < r->uris && s->advertises < SIGHTING_HOSTS_MOST; i++) {
		struct span host = xarf_advertised(&mp->arena, message_domain_tools(mp), r->uri[i]);
		bool known = !host.n;

		for (size_t j = 0; j < s->advertises; j++)
			known |= span_eq(s->advertised[j], host);
		if (!known)
			s->advertised[s->advertises++] = host;
	}
}

int arf_sighting(struct message_parser *mp, const struct arf *report, struct sighting *ret_sighting)
{
	struct sighting s = {
		.kind = types[report->type].kind, .at = report->at, .port = report->port};

	if (types[report->type].why != FEED_TAKEN)
		return types[report->type].why;
	if (report->source.family != IP_NONE) {
		s.where = prefix_of(&report->source, report->source.family == IP_V4 ? 32 : 128);
		add_advertised(mp, report, &s);
	} else if (s.kind == SIGHTING_SPAM || !source_of_uris(&mp->arena, report, &s)) {
		return FEED_NO_SOURCE;
	}
	*ret_sighting = s;
	return FEED_TAKEN;
}

bool arf_find_xarf(struct message_parser *mp, const struct message *m, struct fields *ret_fields)
{
	if (!has_field(m, SPAN("X-XARF")) && !has_field(m, SPAN("X-ARF")))
		return false;
	/* The second part of three is the report: text/plain, named report.txt. */
	for (size_t i = 1; i < m->parts; i++) {
		const struct part *p = &m->part[i];

		if (p->kind != PART_LEAF || !span_eq(p->type, SPAN("text/plain")) ||
			fields_of(mp, p->content, ret_fields) < 0)
			continue;
		for (size_t j = 0; j < ret_fields->n; j++)
			if (span_eq_nocase(ret_fields->at[j].name, SPAN("Report-Type")))
				return true;
	}
	return false;
}
