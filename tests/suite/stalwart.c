/*
 * The messages of Stalwart's mail-parser and their parses as JSON, case by case: the tree of
 * parts, decoded texts and attachments, subjects, addresses, dates, types and file names. Where we
 * read otherwise on purpose the case stands in a table with the reason.
 */
#include "data.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/date.h"
#include "mail/message.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

/* clang-format off */
/* Why we read otherwise. */
#define BROKEN_64 "base64 that holds other bytes is decoded as far as it goes, never shown encoded"
#define NO_AT     "a single word without '@' is a local part, as in 'From: root'"
#define COMMENT   "a comment is a name only where there is no other"
#define BACKSLASH "a backslash that quotes nothing is part of a Windows path"
#define UU        "uuencoded bodies are decoded"
#define RAW_8BIT  "undeclared 8-bit bytes that are not UTF-8 are read as windows-1252"
#define PREFIX    "a line that only begins with a boundary is no delimiter"
#define NO_BLANK  "a delimiter ends the header section above it"
#define OUTER     "an outer delimiter closes the multiparts inside (RFC 2046, 5.1.2)"
#define GARBLED    "a garbled message, cut and joined in mid-line: every whole delimiter counts"
#define TWICE     "of two Content-Type fields the first counts"
#define MESSAGE   "the body of a message/rfc822 without header fields is that message's text"
#define MID_LINE  "a delimiter stands at the beginning of a line (RFC 2046, 5.1.1)"
#define IN_HEAD   "an outer delimiter ends a header section without an empty line"

/* Differences that are meant: FILE, the beginning of WHAT, why. */
static const struct {
	const char *file, *what, *reason;
} meant[] = {
	{"rfc/000.eml", "0.3.1 text", BROKEN_64},
	{"rfc/000.eml", "0.3.2 text", BROKEN_64},
	{"rfc/001.eml", "0 From", NO_AT},
	{"rfc/001.eml", "0 To", NO_AT},
	{"rfc/002.eml", "0.2.m To name", COMMENT},
	{"rfc/004.eml", "0 From", NO_AT},
	{"rfc/004.eml", "0 To", NO_AT},
	{"rfc/004.eml", "0.2.1.m From", NO_AT},
	{"rfc/004.eml", "0.2.2.m From", NO_AT},
	{"legacy/010.eml", "0 To name", RAW_8BIT},
	{"legacy/010.eml", "0 subject", RAW_8BIT},
	{"legacy/016.eml", "0.3 filename", RAW_8BIT},
	{"legacy/017.eml", "0 To name", RAW_8BIT},
	{"legacy/017.eml", "0.2 content", UU},
	{"legacy/017.eml", "0.3 content", UU},
	{"legacy/020.eml", "0 To name", RAW_8BIT},
	{"legacy/020.eml", "0 subject", RAW_8BIT},
	{"legacy/022.eml", "0 To name", RAW_8BIT},
	{"legacy/022.eml", "0 subject", RAW_8BIT},
	{"legacy/023.eml", "0.4 filename", RAW_8BIT},
	{"legacy/026.eml", "0.2 filename", RAW_8BIT},
	{"legacy/026.eml", "0.2 text", UU},
	{"legacy/027.eml", "0 To name", RAW_8BIT},
	{"legacy/027.eml", "0 subject", RAW_8BIT},
	{"legacy/035.eml", "0.1.2.2 filename", BACKSLASH},
	{"legacy/035.eml", "0.1.2.3 filename", BACKSLASH},
	{"legacy/039.eml", "0.1.2 filename", BACKSLASH},
	{"legacy/039.eml", "0.1.3 filename", BACKSLASH},
	{"legacy/048.eml", "0.2 content", UU},
	{"legacy/048.eml", "0.3 content", UU},
	{"legacy/048.eml", "0.4 content", UU},
	{"legacy/052.eml", "0 To name", RAW_8BIT},
	{"legacy/052.eml", "0 subject", RAW_8BIT},
	{"legacy/052.eml", "0 text", RAW_8BIT},
	{"malformed/000.eml", "0 children", NO_BLANK},
	{"malformed/001.eml", "0 children", PREFIX},
	{"malformed/004.eml", "0 children", PREFIX},
	{"malformed/007.eml", "0 children", PREFIX},
	{"malformed/008.eml", "0 children", PREFIX},
	{"malformed/009.eml", "0 children", OUTER},
	{"malformed/011.eml", "0 children", OUTER},
	{"malformed/012.eml", "0 children", OUTER},
	{"malformed/016.eml", "0 children", PREFIX},
	{"malformed/019.eml", "0 children", GARBLED},
	{"malformed/020.eml", "0.1 type", TWICE},
	{"malformed/020.eml", "0.1 charset", TWICE},
	{"malformed/020.eml", "0.1 text", TWICE},
	{"malformed/021.eml", "0.1 type", TWICE},
	{"malformed/021.eml", "0.1 charset", TWICE},
	{"malformed/021.eml", "0.1 text", TWICE},
	{"malformed/022.eml", "0.2 text", MESSAGE},
	{"thirdparty/002.eml", "0.2 text", BROKEN_64},
	{"thirdparty/002.eml", "0.3 text", BROKEN_64},
	{"thirdparty/005.eml", "0.5 text", MID_LINE},
	{"thirdparty/015.eml", "0 children", IN_HEAD},
};
/* clang-format on */

static struct message_parser *mp;
static unsigned compared, different, excused;
static unsigned used[sizeof(meant) / sizeof(*meant)];

/* One case: a message and where in its tree we are. */
struct place {
	const char *file;
	const struct message *m;
	char path[256];
};

static bool is_excused(const char *file, const char *what)
{
	for (size_t i = 0; i < sizeof(meant) / sizeof(*meant); i++)
		if (strcmp(meant[i].file, file) == 0 &&
			strncmp(meant[i].what, what, strlen(meant[i].what)) == 0) {
			used[i]++;
			return true;
		}
	return false;
}

static void differ(const struct place *at, const char *what, struct span got, struct span want)
{
	char full[512];

	snprintf(full, sizeof(full), "%s %s", at->path, what);
	if (is_excused(at->file, full)) {
		excused++;
		return;
	}
	different++;
	size_t same = 0;

	while (same < got.n && same < want.n && got.p[same] == want.p[same])
		same++;
	same = same > 20 ? same - 20 : 0;
	printf("%s: %s, from byte %zu\n   got [%.*s]\n  want [%.*s]\n", at->file, full, same,
		SPAN_ARG(span_take(span_skip(got, same), 80)),
		SPAN_ARG(span_take(span_skip(want, same), 80)));
}

static struct span json_span(json_t *v)
{
	return json_is_string(v) ? (struct span){json_string_value(v), json_string_length(v)}
				 : (struct span){NULL, 0};
}

static void compare(const struct place *at, const char *what, struct span got, struct span want)
{
	compared++;
	if (!span_eq(got, want))
		differ(at, what, got, want);
}

static void compare_nocase(
	const struct place *at, const char *what, struct span got, struct span want)
{
	compared++;
	if (!span_eq_nocase(got, want))
		differ(at, what, got, want);
}

/* Without CR: the expectations keep some and drop others. In place. */
static struct span without_cr(struct span s, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			to[n++] = s.p[i];
	return (struct span){to, n};
}

static void compare_lines(
	const struct place *at, const char *what, struct span got, struct span want)
{
	char *a = malloc(got.n + 1), *b = malloc(want.n + 1);

	compare(at, what, without_cr(got, a), without_cr(want, b));
	free(a);
	free(b);
}

static void compare_text(const struct place *at, const struct part *p, struct span want)
{
	struct charsets charsets;
	struct anomalies odd = {0};
	struct span got;

	charsets_init(&charsets);
	if (charset_decode(&charsets, message_arena(mp), p->charset, p->content, &odd, &got) == 0)
		compare_lines(at, "text", got, want);
	charsets_done(&charsets);
}

static void compare_binary(const struct place *at, const struct part *p, json_t *want)
{
	size_t n = json_array_size(want);
	char *bytes = malloc(n + 1);

	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)json_integer_value(json_array_get(want, i));
	if (p->transfer == TRANSFER_BASE64)
		compare(at, "content", p->content, (struct span){bytes, n});
	else
		compare_lines(at, "content", p->content, (struct span){bytes, n});
	free(bytes);
}

static void compare_address(
	const struct place *at, const char *name, const struct address *a, json_t *want)
{
	char what[64], got[1024];

	snprintf(what, sizeof(what), "%s name", name);
	compare(at, what, a->name, json_span(json_object_get(want, "name")));
	snprintf(what, sizeof(what), "%s address", name);
	snprintf(got, sizeof(got), "%.*s%s%.*s", SPAN_ARG(a->local), a->domain.n ? "@" : "",
		SPAN_ARG(a->domain));
	compare_nocase(at, what, span_cstr(got), json_span(json_object_get(want, "address")));
}

/* Groups are taken apart: ours is one list. */
static void compare_addresses(
	const struct place *at, const char *name, const struct field *f, json_t *value)
{
	json_t *list = json_object_get(value, "List"), *groups = json_object_get(value, "Group");
	json_t *flat = json_array(), *group, *item;
	struct address *got = NULL;
	size_t i, k;

	if (list)
		json_array_extend(flat, list);
	json_array_foreach(groups, i, group)
		json_array_extend(flat, json_object_get(group, "addresses"));
	int n = address_list(mp, f->value, NULL, &got);
	char count[64];

	snprintf(count, sizeof(count), "%d", n);
	compared++;
	if (n != (int)json_array_size(flat)) {
		differ(at, name, span_cstr(count), f->value);
	} else {
		json_array_foreach(flat, k, item) compare_address(at, name, &got[k], item);
	}
	json_decref(flat);
}

static int integer(json_t *v, const char *key)
{
	return (int)json_integer_value(json_object_get(v, key));
}

static void compare_date(const struct place *at, const struct field *f, json_t *v)
{
	int zone = integer(v, "tz_hour") * 60 + integer(v, "tz_minute");
	struct tm tm = {.tm_year = integer(v, "year") - 1900,
		.tm_mon = integer(v, "month") - 1,
		.tm_mday = integer(v, "day"),
		.tm_hour = integer(v, "hour"),
		.tm_min = integer(v, "minute"),
		.tm_sec = integer(v, "second")};
	char got[64] = "none", want[64];
	struct mail_date d;

	if (json_is_true(json_object_get(v, "tz_before_gmt")))
		zone = -zone;
	if (date_parse(f->value, &d) == 0)
		snprintf(got, sizeof(got), "%lld %d", (long long)d.unix_s, d.zone_min);
	snprintf(want, sizeof(want), "%lld %d", (long long)timegm(&tm) - zone * 60, zone);
	compare(at, "date", span_cstr(got), span_cstr(want));
}

static json_t *attribute(json_t *type, const char *name)
{
	size_t i;
	json_t *pair;

	json_array_foreach(json_object_get(type, "attributes"), i,
		pair) if (strcmp(json_string_value(json_object_get(pair, "name")), name) ==
			  0) return json_object_get(pair, "value");
	return NULL;
}

static void compare_type(const struct place *at, const struct part *p, json_t *v)
{
	char want[512];
	json_t *subtype = json_object_get(v, "c_subtype");

	snprintf(want, sizeof(want), "%s/%s", json_string_value(json_object_get(v, "c_type")),
		subtype && json_is_string(subtype) ? json_string_value(subtype) : "");
	compare_nocase(at, "type", p->type, span_cstr(want));
	if (attribute(v, "charset"))
		compare_nocase(at, "charset", p->charset, json_span(attribute(v, "charset")));
	if (attribute(v, "boundary") && p->kind == PART_MULTIPART)
		compare(at, "boundary", p->boundary, json_span(attribute(v, "boundary")));
}

static void compare_disposition(const struct place *at, const struct part *p, json_t *v)
{
	json_t *name = attribute(v, "filename");
	bool attachment =
		strcasecmp(json_string_value(json_object_get(v, "c_type")), "attachment") == 0;

	compare(at, "attachment", p->attachment ? SPAN("yes") : SPAN("no"),
		attachment ? SPAN("yes") : SPAN("no"));
	if (name)
		compare(at, "filename", p->filename, json_span(name));
}

/* Names of ours for theirs. */
static const struct {
	const char *theirs;
	enum field_id id;
} known[] = {
	{"subject", FIELD_SUBJECT},
	{"from", FIELD_FROM},
	{"to", FIELD_TO},
	{"cc", FIELD_CC},
	{"reply_to", FIELD_REPLY_TO},
	{"date", FIELD_DATE},
	{"content_type", FIELD_CONTENT_TYPE},
	{"content_disposition", FIELD_CONTENT_DISPOSITION},
};

static void compare_field(
	const struct place *at, const struct part *p, const struct field *f, json_t *value)
{
	json_t *address = json_object_get(value, "Address");
	json_t *text = json_object_get(value, "Text");
	json_t *date = json_object_get(value, "DateTime");
	json_t *type = json_object_get(value, "ContentType");

	if (f->id == FIELD_SUBJECT && text)
		compare(at, "subject", message_text(mp, f), json_span(text));
	else if (address)
		compare_addresses(at, field_name(f->id), f, address);
	else if (date)
		compare_date(at, f, date);
	else if (f->id == FIELD_CONTENT_TYPE && type)
		compare_type(at, p, type);
	else if (f->id == FIELD_CONTENT_DISPOSITION && type)
		compare_disposition(at, p, type);
}

static void compare_fields(const struct place *at, const struct part *p, json_t *headers)
{
	char got[32], want[32];
	json_t *header;
	size_t i;

	snprintf(got, sizeof(got), "%zu", p->fields.n);
	snprintf(want, sizeof(want), "%zu", json_array_size(headers));
	compare(at, "fields", span_cstr(got), span_cstr(want));
	if (p->fields.n != json_array_size(headers))
		return;
	json_array_foreach(headers, i, header)
	{
		json_t *name = json_object_get(header, "name");
		const struct field *f = &p->fields.at[i];

		for (size_t k = 0; json_is_string(name) && k < sizeof(known) / sizeof(*known); k++)
			if (strcmp(known[k].theirs, json_string_value(name)) == 0 &&
				known[k].id == f->id)
				compare_field(at, p, f, json_object_get(header, "value"));
	}
}

/* The index of the nth child of a part, or 0 when it has fewer. */
static uint32_t child(const struct message *m, uint32_t parent, size_t nth)
{
	for (uint32_t i = parent + 1; i < m->parts; i++)
		if (m->part[i].parent == parent && nth-- == 0)
			return i;
	return 0;
}

static size_t children(const struct message *m, uint32_t parent)
{
	size_t n = 0;

	while (child(m, parent, n))
		n++;
	return n;
}

static void compare_part(const struct place *at, uint32_t part, json_t *parts, size_t theirs);

static void compare_children(const struct place *at, uint32_t part, json_t *parts, json_t *list)
{
	char got[32], want[32];
	json_t *index;
	size_t i;

	snprintf(got, sizeof(got), "%zu", children(at->m, part));
	snprintf(want, sizeof(want), "%zu", json_array_size(list));
	compare(at, "children", span_cstr(got), span_cstr(want));
	if (children(at->m, part) != json_array_size(list))
		return;
	json_array_foreach(list, i, index)
	{
		struct place inside = *at;

		snprintf(inside.path, sizeof(inside.path), "%.230s.%zu", at->path, i + 1);
		compare_part(
			&inside, child(at->m, part, i), parts, (size_t)json_integer_value(index));
	}
}

static void compare_part(const struct place *at, uint32_t part, json_t *parts, size_t theirs)
{
	json_t *want = json_array_get(parts, theirs), *body = json_object_get(want, "body"), *v;
	const struct part *p = &at->m->part[part];

	compare_fields(at, p, json_object_get(want, "headers"));
	if ((v = json_object_get(body, "Multipart"))) {
		compare_children(at, part, parts, v);
	} else if ((v = json_object_get(body, "Message"))) {
		uint32_t inner = child(at->m, part, 0);
		struct place inside = *at;

		snprintf(inside.path, sizeof(inside.path), "%.240s.m", at->path);
		compare(at, "message", inner ? SPAN("yes") : SPAN("no"), SPAN("yes"));
		if (inner)
			compare_part(&inside, inner, json_object_get(v, "parts"), 0);
	} else if ((v = json_object_get(body, "Text")) || (v = json_object_get(body, "Html"))) {
		compare_text(at, p, json_span(v));
	} else if ((v = json_object_get(body, "Binary")) ||
		   (v = json_object_get(body, "InlineBinary"))) {
		compare_binary(at, p, v);
	}
}

static void compare_case(const char *file, struct span raw, json_t *want)
{
	struct message *m;

	if (message_parse(mp, raw, &m) < 0)
		abort();
	struct place at = {.file = file, .m = m, .path = "0"};

	compare_part(&at, 0, json_object_get(want, "parts"), 0);
}

/* Every NAME.eml of a folder beside its NAME.json. */
static unsigned compare_folder(const char *top, const char *folder)
{
	char path[8192];
	struct dirent **names;
	unsigned cases = 0;

	snprintf(path, sizeof(path), "%s/resources/eml/%s", top, folder);
	int n = scandir(path, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		size_t length = strlen(names[i]->d_name);
		char eml[8704], json[8704], shown[512];

		if (length > 4 && strcmp(names[i]->d_name + length - 4, ".eml") == 0) {
			snprintf(eml, sizeof(eml), "%s/%s", path, names[i]->d_name);
			snprintf(json, sizeof(json), "%s/%.*s.json", path, (int)length - 4,
				names[i]->d_name);
			snprintf(shown, sizeof(shown), "%s/%s", folder, names[i]->d_name);
			struct span raw = data_read(eml);
			json_error_t why;
			json_t *want = json_load_file(json, JSON_ALLOW_NUL, &why);

			if (!want)
				printf("%s: %s\n", json, why.text);

			if (raw.p && want) {
				compare_case(shown, raw, want);
				cases++;
			}
			json_decref(want);
			free((char *)raw.p);
		}
		free(names[i]);
	}
	free(names);
	return cases;
}

int main(void)
{
	static const char *const folders[] = {"rfc", "legacy", "malformed", "thirdparty"};
	const char *top = data_unpack("suites/stalwart-mail-parser");
	unsigned cases = 0, idle = 0;

	mp = message_parser_new(0);
	for (size_t i = 0; i < 4; i++)
		cases += compare_folder(top, folders[i]);
	for (size_t i = 0; i < sizeof(meant) / sizeof(*meant); i++)
		if (!used[i]) {
			printf("%s %s: differs no more\n", meant[i].file, meant[i].what);
			idle++;
		}
	printf("%u messages, %u values compared, %u differ, %u more on purpose\n", cases, compared,
		different, excused);
	message_parser_free(mp);
	return cases < 107 || different || idle;
}
