/*
 * stalwart-mail-parser's single header fields, each with its reading: lists of addresses, dates,
 * types with their parameters, unstructured text, trace lines. Each is put into a message and read
 * as it is in mail. What is read otherwise on purpose stands in a table with the reason.
 */
#include "base/buf.h"
#include "data.h"
#include "mail/address.h"
#include "mail/date.h"
#include "mail/param.h"
#include "mail/parser.h"
#include "mail/received.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* clang-format off */
/* Why we read otherwise. */
#define COMMENT    "a comment is a name only where there is no other"
#define ROUTE      "the route of an address is obsolete and dropped (RFC 5322, 4.4)"
#define TRIMMED    "blanks at the ends of names are taken off"
#define NO_DATE    "a date has the name of a month, and its digits are no list of numbers"
#define CUT        "the second line is no continuation, so the date ends before its time"
#define TRACE      "a trace line is no date: the first numbers in it count"
#define CHARSET    "a charset is named once, in the first section (RFC 2231, 4.1)"
#define WORDS      "blanks between encoded words go (RFC 2047, 6.2)"
#define HALF       "half a type is kept as it stands, and counts as none"
#define STARS      "a name ends at its first star"
#define FOLDS      "unfolding takes the line end only (RFC 5322, 2.2.3)"
#define NO_BLANK   "no blank is put in where a word begins amid another, or is empty"
#define NO_BY      "with no \"by\" all is the peer's part: the writer cannot be told"
#define THEIR_DATE "asctime, two-digit years, zone names and fractions are misread by the suite"
#define LITERAL    "what stands bare behind \"from\" is the peer's own word"
#define IDENT      "\"user@address\" in the writer's comment is the address that it saw"
#define MAPPED     "an IPv4 address that is mapped into IPv6 is IPv4"
#define AFTER      "what stands behind the date is not read; the suite misreads the year"
#define NO_AT      "a recipient need not have an '@'"
#define IN_COMMENT "\"from\" inside of a comment is none"

static const struct {
	const char *file;
	unsigned number; /* of the case, from 1 */
	const char *reason;
} meant[] = {
	{"address", 9, COMMENT},
	{"address", 10, COMMENT},
	{"address", 11, COMMENT},
	{"address", 12, COMMENT},
	{"address", 14, ROUTE},
	{"address", 15, COMMENT},
	{"address", 23, COMMENT},
	{"address", 34, TRIMMED},
	{"address", 57, COMMENT},
	{"date", 11, NO_DATE},
	{"date", 13, NO_DATE},
	{"date", 15, CUT},
	{"date", 29, TRACE},
	{"content_type", 32, CHARSET},
	{"content_type", 35, WORDS},
	{"content_type", 39, TRIMMED},
	{"content_type", 40, HALF},
	{"content_type", 41, HALF},
	{"content_type", 42, HALF},
	{"content_type", 44, HALF},
	{"content_type", 56, TRIMMED},
	{"content_type", 57, TRIMMED},
	{"content_type", 58, TRIMMED},
	{"content_type", 62, STARS},
	{"content_type", 65, HALF},
	{"content_type", 66, HALF},
	{"content_type", 67, HALF},
	{"content_type", 68, HALF},
	{"content_type", 69, HALF},
	{"content_type", 70, HALF},
	{"content_type", 71, HALF},
	{"content_type", 72, HALF},
	{"content_type", 73, HALF},
	{"unstructured", 3, FOLDS},
	{"unstructured", 4, FOLDS},
	{"unstructured", 5, FOLDS},
	{"unstructured", 20, FOLDS},
	{"unstructured", 22, NO_BLANK},
	{"unstructured", 23, NO_BLANK},
	{"unstructured", 25, FOLDS},
	{"unstructured", 26, FOLDS},
	{"unstructured", 27, FOLDS},
	{"unstructured", 28, NO_BLANK},
	{"unstructured", 29, NO_BLANK},
	{"received", 10, NO_BY},
	{"received", 12, NO_BY},
	{"received", 14, THEIR_DATE},
	{"received", 15, LITERAL},
	{"received", 65, IDENT},
	{"received", 68, THEIR_DATE},
	{"received", 71, LITERAL},
	{"received", 79, MAPPED},
	{"received", 81, MAPPED},
	{"received", 87, IDENT},
	{"received", 88, IDENT},
	{"received", 90, THEIR_DATE},
	{"received", 91, THEIR_DATE},
	{"received", 92, LITERAL},
	{"received", 93, LITERAL},
	{"received", 94, LITERAL},
	{"received", 95, LITERAL},
	{"received", 98, IDENT},
	{"received", 106, LITERAL},
	{"received", 112, LITERAL},
	{"received", 117, IDENT},
	{"received", 118, THEIR_DATE},
	{"received", 119, THEIR_DATE},
	{"received", 120, IDENT},
	{"received", 123, LITERAL},
	{"received", 129, AFTER},
	{"received", 137, LITERAL},
	{"received", 145, THEIR_DATE},
	{"received", 152, THEIR_DATE},
	{"received", 154, NO_AT},
	{"received", 162, IN_COMMENT},
	{"received", 164, THEIR_DATE},
};
/* clang-format on */

#define MEANT (sizeof(meant) / sizeof(*meant))

static struct message_parser *mp;
static unsigned cases, different, excused;
static unsigned used[MEANT];

static struct span json_span(json_t *v)
{
	return json_is_string(v) ? (struct span){json_string_value(v), json_string_length(v)}
				 : (struct span){NULL, 0};
}

static void add_addresses(struct buf *b, json_t *list, struct span group)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		buf_printf(b, "%.*s|%.*s|%.*s\n", SPAN_ARG(group),
			SPAN_ARG(json_span(json_object_get(item, "name"))),
			SPAN_ARG(json_span(json_object_get(item, "address"))));
	}
}

static void want_addresses(struct buf *b, json_t *want)
{
	json_t *group;
	size_t i;

	add_addresses(b, json_object_get(want, "List"), SPAN(""));
	json_array_foreach(json_object_get(want, "Group"), i, group)
	{
		add_addresses(b, json_object_get(group, "addresses"),
			json_span(json_object_get(group, "name")));
	}
}

static void got_addresses(struct buf *b, const struct field *f, json_t *want)
{
	struct address *list;
	int n = address_list(mp, f->value, NULL, &list);

	(void)want;
	for (int i = 0; i < n; i++)
		buf_printf(b, "%.*s|%.*s|%.*s%s%.*s\n", SPAN_ARG(list[i].group),
			SPAN_ARG(list[i].name), SPAN_ARG(list[i].local),
			list[i].domain.n ? "@" : "", SPAN_ARG(list[i].domain));
}

static int integer(json_t *v, const char *key)
{
	return (int)json_integer_value(json_object_get(v, key));
}

static void want_date(struct buf *b, json_t *v)
{
	int zone = integer(v, "tz_hour") * 60 + integer(v, "tz_minute");
	struct tm tm = {.tm_year = integer(v, "year") - 1900,
		.tm_mon = integer(v, "month") - 1,
		.tm_mday = integer(v, "day"),
		.tm_hour = integer(v, "hour"),
		.tm_min = integer(v, "minute"),
		.tm_sec = integer(v, "second")};

	if (json_is_true(json_object_get(v, "tz_before_gmt")))
		zone = -zone;
	if (json_is_object(v))
		buf_printf(b, "%lld %d\n", (long long)timegm(&tm) - zone * 60, zone);
}

static void got_date(struct buf *b, const struct field *f, json_t *want)
{
	struct mail_date d;

	(void)want;
	if (date_parse(f->value, &d) == 0)
		buf_printf(b, "%lld %d\n", (long long)d.unix_s, d.zone_min);
}

/* Languages are not read. */
static bool is_compared(json_t *pair)
{
	return !span_ends_nocase(json_span(json_array_get(pair, 0)), SPAN("-language"));
}

static void want_type(struct buf *b, json_t *want)
{
	struct span subtype = json_span(json_object_get(want, "c_subtype"));
	json_t *pair;
	size_t i;

	buf_printf(b, "%.*s%s%.*s\n", SPAN_ARG(json_span(json_object_get(want, "c_type"))),
		subtype.n ? "/" : "", SPAN_ARG(subtype));
	json_array_foreach(json_object_get(want, "attributes"), i, pair)
	{
		if (is_compared(pair))
			buf_printf(b, "%.*s=%.*s\n", SPAN_ARG(json_span(json_array_get(pair, 0))),
				SPAN_ARG(json_span(json_array_get(pair, 1))));
	}
}

/* Those parameters that are wanted, as ours gives them. */
static void got_type(struct buf *b, const struct field *f, json_t *want)
{
	struct anomalies odd = {0};
	struct decoder d = parser_decoder(mp, &odd);
	struct params params;
	struct span value;
	json_t *pair;
	size_t i;

	params_read(f->value, &odd, &params);
	buf_printf(b, "%.*s\n",
		SPAN_ARG(
			span_index(params.value, '/') > 0 ? mp->message.part->type : params.value));
	json_array_foreach(json_object_get(want, "attributes"), i, pair)
	{
		struct span name = json_span(json_array_get(pair, 0));

		if (!is_compared(pair) || params_get(&d, &params, name, PARAM_TEXT, &value) < 0)
			continue;
		buf_printf(b, "%.*s=%.*s\n", SPAN_ARG(name), SPAN_ARG(value));
	}
}

static void want_text(struct buf *b, json_t *want)
{
	buf_add(b, json_span(want));
}

static void got_text(struct buf *b, const struct field *f, json_t *want)
{
	(void)want;
	buf_add(b, message_text(mp, f));
}

/* The protocol, the queue id and TLS are theirs in a form of their own. */
static void want_received(struct buf *b, json_t *want)
{
	json_t *from = json_object_get(want, "from"), *by = json_object_get(want, "by");
	struct span ip = json_span(json_object_get(want, "from_ip"));

	if (!ip.n)
		ip = json_span(json_object_get(from, "IpAddr"));
	buf_printf(b, "ip %.*s by %.*s for %.*s\n", SPAN_ARG(ip),
		SPAN_ARG(json_span(json_object_get(by, "Name"))),
		SPAN_ARG(json_span(json_object_get(want, "for_"))));
	want_date(b, json_object_get(want, "date"));
}

static void got_received(struct buf *b, const struct field *f, json_t *want)
{
	struct hop hop;
	char ip[IP_TEXT] = "";

	received_parse(f->value, &hop);
	if (hop.ip.family)
		ip_format(&hop.ip, ip);
	buf_printf(b, "ip %s by %.*s for %.*s\n", ip,
		json_object_get(json_object_get(want, "by"), "Name") ? (int)hop.by.n : 0, hop.by.p,
		SPAN_ARG(hop.for_));
	if (hop.has_date)
		buf_printf(b, "%lld %d\n", (long long)hop.date.unix_s, hop.date.zone_min);
}

static const struct kind {
	const char *file, *field;
	enum field_id id;
	void (*want)(struct buf *b, json_t *want);
	void (*got)(struct buf *b, const struct field *f, json_t *want);
} kinds[] = {
	{"address", "To", FIELD_TO, want_addresses, got_addresses},
	{"date", "Date", FIELD_DATE, want_date, got_date},
	{"content_type", "Content-Type", FIELD_CONTENT_TYPE, want_type, got_type},
	{"unstructured", "Subject", FIELD_SUBJECT, want_text, got_text},
	{"received", "Received", FIELD_RECEIVED, want_received, got_received},
};

static bool is_meant(const char *file, unsigned number)
{
	for (size_t i = 0; i < MEANT; i++)
		if (strcmp(meant[i].file, file) == 0 && meant[i].number == number) {
			used[i]++;
			return true;
		}
	return false;
}

static void compare_case(const struct kind *kind, unsigned number, json_t *item)
{
	struct buf raw = {0}, want = {0}, got = {0};
	struct message *m;

	buf_printf(&raw, "%s:", kind->field);
	buf_add(&raw, json_span(json_object_get(item, "header")));
	buf_str(&raw, "\n\n");
	if (message_parse(mp, buf_span(&raw), &m) < 0)
		abort();
	const struct field *f = message_field(m, kind->id);

	kind->want(&want, json_object_get(item, "expected"));
	if (f)
		kind->got(&got, f, json_object_get(item, "expected"));
	cases++;
	bool same = span_eq_nocase(buf_span(&got), buf_span(&want));

	if (!same && is_meant(kind->file, number)) {
		excused++;
	} else if (!same) {
		different++;
		printf("%s %u: %.*s--- ours\n%.*s--- theirs\n%.*s\n", kind->file, number,
			SPAN_ARG(buf_span(&raw)), SPAN_ARG(buf_span(&got)),
			SPAN_ARG(buf_span(&want)));
	}
	buf_done(&raw);
	buf_done(&want);
	buf_done(&got);
}

static void compare_file(const char *top, const struct kind *kind)
{
	char path[8704];
	json_error_t why;

	snprintf(path, sizeof(path), "%s/resources/%s.json", top, kind->file);
	json_t *list = json_load_file(path, JSON_ALLOW_NUL, &why), *item;
	size_t i;

	if (!list)
		printf("%s: %s\n", path, why.text);
	json_array_foreach(list, i, item) compare_case(kind, (unsigned)i + 1, item);
	json_decref(list);
}

int main(void)
{
	const char *top = data_unpack("suites/stalwart-mail-parser");
	unsigned idle = 0;

	mp = message_parser_new(0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		compare_file(top, &kinds[i]);
	for (size_t i = 0; i < MEANT; i++)
		if (!used[i]) {
			printf("%s %u: differs no more\n", meant[i].file, meant[i].number);
			idle++;
		}
	printf("%u fields, %u differ, %u more on purpose\n", cases, different, excused);
	message_parser_free(mp);
	return cases < 414 || different || idle;
}
