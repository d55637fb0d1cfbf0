/*
 * cordon feed import: lists and reports become sightings in the ledger. Each file is durable before
 * the next is begun. What cannot be read is told and does not stop the rest; a ledger that fails
 * does.
 */
#include "cli/cli.h"
#include "cli/net.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "net/day.h"
#include "show/clean.h"
#include "show/words.h"
#include "trace/feed.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

struct feeds {
	struct site site;
	struct feed_options options;
	struct feed_report report;
	uint64_t made[SIGHTING_KINDS], known, unfit;
	uint64_t files,
		unread; /* files whole, and those that could not be read, or not to the end */
	bool dry;       /* nothing goes into the ledger */
	bool failed;    /* the ledger took no more */
};

static int take(void *context, const struct sighting *s, struct span raw, struct span identity,
	struct err *err)
{
	struct feeds *f = context;
	bool is_new = true;
	int rc = 0;

	if (!f->dry)
		rc = ledger_add_sighting(f->site.ledger, s, raw, identity, &is_new, err);
	if (rc == -EINVAL) { /* no line may end the run by what is in it */
		tell_error(err);
		f->unfit++;
		return 0;
	}
	f->failed = rc < 0;
	f->made[s->kind] += rc == 0 && is_new;
	f->known += rc == 0 && !is_new;
	return rc;
}

static void show(void *context, const struct feed_progress *p)
{
	(void)context;
	progress_show(p->done, p->size, p->items, "lines");
}

/* Returns EXIT_SYSTEM when nothing more can be done. */
static int import_file(struct feeds *f, const char *path)
{
	struct err err;
	int rc = feed_read(path, &f->options, &f->report, &err);

	progress_clear();
	if (rc < 0) {
		tell_error(&err);
		f->unread++;
	} else {
		f->files++;
	}
	if (f->failed || rc == -ENOMEM)
		return EXIT_SYSTEM;
	if (f->dry)
		return EXIT_DONE;
	rc = ledger_commit(f->site.ledger, &err);
	if (rc == 0) /* what the index lacks was told, and nothing more would be taken */
		return ledger_is_behind(f->site.ledger) ? EXIT_SYSTEM : EXIT_DONE;
	tell_error(&err);
	f->failed = true;
	return EXIT_SYSTEM;
}

static uint64_t count_of(const struct feed_report *r, enum feed_weight weight)
{
	uint64_t n = 0;

	for (int i = 1; i < FEED_COUNTS; i++)
		if (feed_count_weight(i) == weight)
			n += r->count[i];
	return n;
}

/* "3 left out: a private or reserved address", a line each. */
static void write_counts(
	struct buf *to, const struct feed_report *r, enum feed_weight weight, const char *what)
{
	for (int i = 1; i < FEED_COUNTS; i++) {
		if (!r->count[i] || feed_count_weight(i) != weight)
			continue;
		words_number(to, (double)r->count[i]);
		buf_printf(to, " %s: %s\n", what, feed_count_words(i));
	}
}

/* "cordon: list.txt, line 5: no host in the row: TEXT" */
static void write_shown(struct buf *to, const struct feed_shown *s)
{
	buf_str(to, "cordon: ");
	clean_text(to, span_cstr(s->file));
	buf_printf(to, ", %s %ju: %s", s->message ? "message" : "line", (uintmax_t)s->number,
		feed_count_words(s->why));
	if (*s->text) {
		buf_str(to, ": ");
		clean_defanged(to, span_cstr(s->text), sizeof(s->text));
	}
	buf_byte(to, '\n');
}

/* What cannot be read, on standard error. */
static void tell_bad(const struct feed_report *r)
{
	struct buf b = {0};
	uint64_t bad = count_of(r, FEED_IS_BAD);

	for (size_t i = 0; i < r->showns; i++)
		write_shown(&b, &r->shown[i]);
	if (bad > r->showns) {
		buf_str(&b, "cordon: ... and ");
		words_number(&b, (double)(bad - r->showns));
		buf_str(&b, " more that cannot be read\n");
	}
	fprintf(stderr, "%.*s", SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

static void write_made(const struct feeds *f, struct buf *to)
{
	const char *before = " (";
	uint64_t n = 0;

	for (int i = 0; i < SIGHTING_KINDS; i++)
		n += f->made[i];
	words_count(to, n, f->dry ? "sighting" : "new sighting",
		f->dry ? "sightings" : "new sightings");
	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (f->made[i]) {
			buf_str(to, before);
			words_number(to, (double)f->made[i]);
			buf_printf(to, " %s", sighting_kind_name((enum sighting_kind)i));
			before = ", ";
		}
	buf_str(to, *before == ',' ? ")" : "");
}

/* ", seen 2026-08-22", ", seen 2026-08-01 to 2026-08-22". */
static void write_days(struct buf *to, const struct feed_report *r)
{
	char first[DAY_TEXT], last[DAY_TEXT];

	if (!r->count[FEED_TAKEN])
		return;
	day_format(sighting_day(r->first), first);
	day_format(sighting_day(r->last), last);
	buf_printf(to, ", seen %s", first);
	if (strcmp(first, last) != 0)
		buf_printf(to, " to %s", last);
}

static void print_text(const struct feeds *f)
{
	struct buf b = {0};

	buf_str(&b, f->dry ? "Would go into the ledger: " : "Into the ledger: ");
	write_made(f, &b);
	write_days(&b, &f->report);
	if (!f->dry) {
		buf_str(&b, "; ");
		words_count(&b, f->known, "was", "were");
		buf_str(&b, " there already");
	}
	buf_str(&b, ".\n");
	write_counts(&b, &f->report, FEED_IS_BAD, "cannot be read");
	write_counts(&b, &f->report, FEED_IS_LEFT, "left out");
	write_counts(&b, &f->report, FEED_IS_NOTED, "noted");
	if (f->unfit) {
		words_number(&b, (double)f->unfit);
		buf_str(&b, " refused by the ledger, as told\n");
	}
	printf("%.*s", SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

static json_t *counts_json(const struct feed_report *r, enum feed_weight weight)
{
	json_t *j = json_object();

	for (int i = 1; i < FEED_COUNTS; i++)
		if (feed_count_weight(i) == weight)
			json_object_set_new(
				j, feed_count_key(i), json_integer((json_int_t)r->count[i]));
	return j;
}

static json_t *shown_json(const struct feed_report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->showns; i++) {
		const struct feed_shown *s = &r->shown[i];

		json_array_append_new(list,
			json_pack("{s:o, s:I, s:s, s:o}", "file", json_text(span_cstr(s->file)),
				s->message ? "message" : "line", (json_int_t)s->number, "why",
				feed_count_key(s->why), "text", json_text(span_cstr(s->text))));
	}
	return list;
}

static json_t *time_json(const struct feed_report *r, int64_t at)
{
	char text[SIGHTING_TIME_TEXT];

	return r->count[FEED_TAKEN] ? json_string(sighting_time_format(at, text)) : json_null();
}

static void print_json(const struct feeds *f)
{
	const struct feed_report *r = &f->report;
	json_t *kinds = json_object();

	for (int i = 0; i < SIGHTING_KINDS; i++)
		json_object_set_new(kinds, sighting_kind_name((enum sighting_kind)i),
			json_integer((json_int_t)f->made[i]));
	net_print_json(
		json_pack("{s:b, s:I, s:I, s:s, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
			"dry_run", f->dry, "files", (json_int_t)f->files, "unread",
			(json_int_t)f->unread, "format", feed_format_name(r->format), "new", kinds,
			"known", (json_int_t)f->known, "refused", (json_int_t)f->unfit, "first",
			time_json(r, r->first), "last", time_json(r, r->last), "bad",
			counts_json(r, FEED_IS_BAD), "left_out", counts_json(r, FEED_IS_LEFT),
			"noted", counts_json(r, FEED_IS_NOTED), "shown", shown_json(r)));
}

static int import_files(struct feeds *f, bool json, int n, char **files)
{
	int code = EXIT_DONE;

	for (int i = 0; i < n && code == EXIT_DONE; i++)
		code = import_file(f, files[i]);
	tell_bad(&f->report);
	if (json)
		print_json(f);
	else
		print_text(f);
	if (code == EXIT_DONE && (f->unread || f->unfit || count_of(&f->report, FEED_IS_BAD)))
		code = EXIT_INPUT;
	return finish_output(code);
}

/* A source's name must be one, and not one that stands for our own mail or a reporter. */
static int check_source(const struct usage *usage, const char *name)
{
	const struct sighting s = {.at = 1000000000,
		.domain = SPAN("example.com"),
		.source = span_cstr(name),
		.confidence = 1};
	const char *field;

	if (sighting_check(&s, &field) < 0)
		return usage_error(usage,
			"--source: '%s' is no name: 1 to %d of a-z, 0-9, '.', '_' and '-'", name,
			SIGHTING_SOURCE_MOST);
	if (!strcmp(name, "mail") || !strncmp(name, "by.", 3))
		return usage_error(usage, "--source: '%s' is kept for %s; choose another", name,
			*name == 'm' ? "our own mail" : "reporters");
	return EXIT_DONE;
}

static int read_date(const struct usage *usage, const char *date, struct feed_options *o)
{
	int code = net_read_day(usage, date, &o->day);

	if (code == EXIT_DONE && o->day > sighting_day(o->now))
		return usage_error(usage, "--date: '%s' is not yet", date);
	o->has_day = true;
	return code;
}

int feed_import_main(int argc, char **argv)
{
	static const struct usage usage = {"feed import", "FILE...",
		"puts lists and reports of abuse into the ledger",
		"FILE is a list of addresses, prefixes, ranges, names or URLs; a table with named\n"
		"columns; a hosts file; JSON lines; X-ARF; or mail with reports in ARF or X-ARF.\n"
		"Any of them compressed; '-' is standard input. Taking the same in twice adds\n"
		"nothing. What a list is of and whose it is, it does not say: --kind, --source.\n"};
	static struct feeds f;
	const char *config = NULL, *state = NULL, *date = NULL, *source = NULL;
	unsigned long confidence = 0;
	int kind = -1, format = FEED_AUTO;
	bool json = false;
	const struct option_row rows[] = {
		{"kind", 'k', OPTION_CHOICE, &kind, "spam|phish|malware|c2|scan|attack|listed",
			"what it lists, where it does not say so"},
		{"source", 0, OPTION_STRING, &source, "NAME", "whose it is: a short name"},
		{"date", 'd', OPTION_STRING, &date, "DATE", "day of all of it (2008-11-11)"},
		{"format", 'f', OPTION_CHOICE, &format, "auto|list|csv|hosts|levels|json|mail",
			"what the files are (default: auto)"},
		{"confidence", 0, OPTION_NUMBER, &confidence, "PERCENT", "how sure it is"},
		{"dry-run", 'n', OPTION_FLAG, &f.dry, NULL, "only tell what would be taken"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "the summary as one JSON object"},
		SITE_OPTIONS(&config, &state),
		{NULL},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no FILE given");
	if (confidence > 100)
		return usage_error(&usage, "--confidence: %lu is over 100", confidence);
	f.options = (struct feed_options){.format = (enum feed_format)format,
		.has_kind = kind >= 0,
		.kind = kind >= 0 ? (enum sighting_kind)kind : SIGHTING_LISTED,
		.source = span_cstr(source),
		.now = time(NULL),
		.confidence = (uint8_t)confidence,
		.take = take,
		.progress = show,
		.context = &f};
	if ((source && (code = check_source(&usage, source)) != EXIT_DONE) ||
		(date && (code = read_date(&usage, date, &f.options)) != EXIT_DONE))
		return code;
	code = site_open(&f.site, config, state);
	if (code != EXIT_DONE)
		return code;
	if (!f.dry)
		code = site_open_ledger(&f.site, true);
	if (code == EXIT_DONE)
		code = import_files(&f, json, argc - first, argv + first);
	site_close(&f.site);
	return code;
}
