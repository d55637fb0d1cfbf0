/* cordon campaigns: the campaigns behind the abuse that the ledger holds, and one of them. */
#include "cli/campaigns.h"

#include "cli/cli.h"
#include "cli/report.h"
#include "cli/term.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MOST 40 /* campaigns shown unless more are asked for */

struct list {
	struct campaigns_asked *q;
	struct buf out;
	uint64_t shown, sightings;
};

void campaigns_time(struct buf *to, int64_t at)
{
	char text[SIGHTING_TIME_TEXT];

	sighting_time_format(at, text);
	buf_printf(to, "%.10s %.5s", text, text + 11);
}

static const char *head_of(const struct list *l)
{
	(void)l;
	return "campaign        sightings  hosts  networks  first             last            ";
}

#define FIXED 80 /* columns before the subject */

static void write_row(struct list *l, const struct campaign_row *row, struct span words)
{
	struct buf *b = &l->out;

	clean_cell(b, row->name, 14);
	buf_printf(b, "  %9llu  %5llu  %8llu  ", (unsigned long long)row->sightings,
		(unsigned long long)row->hosts, (unsigned long long)row->networks);
	campaigns_time(b, row->first);
	buf_str(b, "  ");
	campaigns_time(b, row->last);
	if (l->q->width >= FIXED + 12) {
		struct buf text = {0};

		clean_defanged(&text, words, 200);
		buf_str(b, "  ");
		clean_cell(b, buf_span(&text), l->q->width - FIXED);
		buf_done(&text);
	}
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	buf_byte(b, '\n');
}

/* What tells a campaign at a glance: what is constant of its subject, else of its text. */
static struct span words_of(const struct campaign *c)
{
	for (size_t i = 0; i < c->subject.n; i++)
		if (ascii_is_alpha(c->subject.p[i]))
			return c->subject;
	return c->template_;
}

static json_t *time_json(int64_t at)
{
	char text[SIGHTING_TIME_TEXT];

	return json_string(sighting_time_format(at, text));
}

static void write_json(const struct campaign_row *row, const struct campaign *c)
{
	json_t *j = json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "campaign",
		json_text(row->name), "sightings", (json_int_t)row->sightings, "hosts",
		(json_int_t)row->hosts, "networks", (json_int_t)row->networks, "first",
		time_json(row->first), "last", time_json(row->last), "subject",
		c->subject.n ? json_text(c->subject) : json_null());

	if (!j)
		return;
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

static int take(void *context, const struct campaign_row *row)
{
	struct list *l = context;
	struct campaign c = {0};
	char name[CAMPAIGN_NAME];

	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(row->name));
	if (!campaigns_find(l->q->campaigns, name, &c))
		c = (struct campaign){0};
	l->shown++;
	l->sightings += row->sightings;
	if (l->q->json) {
		write_json(row, &c);
		return 0;
	}
	buf_clear(&l->out);
	write_row(l, row, words_of(&c));
	fwrite(l->out.p, 1, l->out.n, stdout);
	return buf_ok(&l->out) ? 0 : -ENOMEM;
}

static void print_head(const struct list *l)
{
	printf("%s%s%s%s\n", term_colour(COLOUR_BOLD), head_of(l),
		l->q->width >= FIXED + 12 ? "  subject or text" : "", term_colour(COLOUR_NONE));
}

static void print_count(struct list *l, uint64_t small)
{
	struct buf *b = &l->out;

	buf_clear(b);
	buf_byte(b, '\n');
	words_count(b, l->shown, "campaign", "campaigns");
	buf_str(b, " with ");
	words_count(b, l->sightings, "sighting", "sightings");
	if (small) {
		buf_str(b, "; ");
		words_count(b, small, "sighting is", "sightings are");
		buf_printf(b, " in smaller ones, of fewer than %llu (--min)",
			(unsigned long long)l->q->filter.least);
	}
	buf_str(b, ".\n");
	fwrite(b->p, 1, b->n, stdout);
}

static int show_list(struct campaigns_asked *q)
{
	struct list l = {.q = q};
	struct err err;
	uint64_t small;

	if (!q->json)
		print_head(&l);
	int rc = campaigns_query(ledger_db(q->site.ledger), &q->filter, -1, take, &l, &small, &err);

	if (rc < 0) {
		if (rc == -ENOMEM)
			err_sys(&err, rc, "campaigns");
		tell_error(&err);
	} else if (!q->json) {
		print_count(&l, small);
	}
	buf_done(&l.out);
	return rc < 0 ? EXIT_SYSTEM : EXIT_DONE;
}

static int read_time(const struct usage *usage, const char *option, const char *text, bool until,
	int64_t *ret_at)
{
	bool day_only;

	if (!text)
		return EXIT_DONE;
	if (sighting_time_parse(span_cstr(text), ret_at, &day_only) < 0)
		return usage_error(usage, "--%s takes 2026-11-23 or 2026-11-23T18:54:02Z, not '%s'",
			option, text);
	*ret_at += !until ? 0 : day_only ? 86400 : 1;
	return EXIT_DONE;
}

/* State, ledger and campaigns; damaged campaigns are told, and the ledger's share of it is shown.
 */
static int open_all(struct campaigns_asked *q, const char *config, const char *state)
{
	struct err err;
	int code = site_open(&q->site, config, state);

	if (code == EXIT_DONE)
		code = site_open_ledger(&q->site, false);
	if (code != EXIT_DONE)
		return code;
	if (campaigns_open(q->site.state, false, NULL, &q->campaigns, &err) == 0)
		return EXIT_DONE;
	tell_error(&err);
	q->campaigns = campaigns_new(NULL);
	return q->campaigns ? EXIT_DONE : EXIT_SYSTEM;
}

int campaigns_main(int argc, char **argv)
{
	static const struct usage usage = {"campaigns", "[NAME]",
		"Shows campaigns: abusive mail of one template, and who sends it.",
		"Without a NAME, a row each, the largest first. With one: its template with what\n"
		"varies as an ellipsis, its mail program's fingerprint, the addresses that send "
		"it\n"
		"and their networks, what it advertises, its volume over time.\n"};
	struct campaigns_asked q = {
		.filter = {INT64_MIN, INT64_MAX, -1, 2, 0, MOST}, .width = term_width()};
	const char *config = NULL, *state = NULL, *since = NULL, *until = NULL;
	unsigned long least = 2, most = MOST;
	const struct option_row rows[] = {
		{"since", 0, OPTION_STRING, &since, "TIME", "seen since then (a day, or a time)"},
		{"until", 0, OPTION_STRING, &until, "TIME", "seen until then, its day counted"},
		{"kind", 'k', OPTION_CHOICE, &q.filter.kind, "spam|phish|malware",
			"sightings of that kind alone"},
		{"min", 0, OPTION_NUMBER, &least, "N",
			"campaigns of that many sightings (default 2)"},
		{"sort", 0, OPTION_CHOICE, &q.filter.sort, "size|last|first",
			"the order (default size)"},
		{"most", 'n', OPTION_NUMBER, &most, "N", "so many rows (default 40, 0: all)"},
		{"json", 'j', OPTION_FLAG, &q.json, NULL, "one JSON object a line"},
		{"svg", 0, OPTION_STRING, &q.svg, "FILE",
			"with a NAME: its volume as a picture; '-': that alone"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first > 1)
		return usage_error(&usage, "one NAME at a time");
	if (q.svg && first == argc)
		return usage_error(&usage, "--svg needs the NAME of a campaign");
	q.filter.least = least;
	q.filter.most = most;
	if (read_time(&usage, "since", since, false, &q.filter.since) != EXIT_DONE ||
		read_time(&usage, "until", until, true, &q.filter.until) != EXIT_DONE)
		return EXIT_USAGE;
	code = open_all(&q, config, state);
	if (code == EXIT_DONE)
		code = first < argc ? campaigns_show_one(&q, argv[first]) : show_list(&q);
	campaigns_close(q.campaigns);
	site_close(&q.site);
	return finish_output(code);
}
