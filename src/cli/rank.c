/* cordon rank: networks by how bad they are for their size, with how well that is known. */
#include "base/file.h"
#include "cli/asked.h"
#include "cli/cli.h"
#include "cli/rank_show.h"
#include "cli/term.h"
#include "net/asn.h"
#include "net/day.h"
#include "trace/sighting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MOST 25 /* networks that are shown, unless asked otherwise */
#define HIDE 30 /* days that --backtest hides */

struct options {
	struct asked asked; /* its site and outputs; there is no atlas here */
	unsigned long window, most, days;
	const char *kinds, *explain, *hide;
	bool backtest, known;
	int by;
	struct rank_question question;
	struct rank_options rank;
	asn_t asn;
};

static int read_kinds(struct options *o, const struct usage *usage)
{
	struct span rest = o->kinds ? span_cstr(o->kinds) : (struct span){0}, name;

	while (rest.n && span_cut(&rest, ',', &name)) {
		enum sighting_kind kind;

		if (sighting_kind_parse(name, &kind) < 0)
			return usage_error(
				usage, "--kind: there is no kind '%.*s'", SPAN_ARG(name));
		o->rank.kinds |= 1u << kind;
	}
	return EXIT_DONE;
}

static int check_options(struct options *o, const struct usage *usage)
{
	struct rank_question *q = &o->question;

	q->day = (int32_t)(time(NULL) / 86400);
	if (o->asked.date && day_parse(span_cstr(o->asked.date), &q->day) < 0)
		return usage_error(usage, "--date: '%s' is no date like 2008-11-11", o->asked.date);
	if (o->window < 1 || o->window > 3660)
		return usage_error(usage, "--window takes 1 to 3660 days");
	if (o->days < 1 || o->days > 3660)
		return usage_error(usage, "--days takes 1 to 3660");
	if (o->explain && asn_parse(span_cstr(o->explain), &o->asn) < 0)
		return usage_error(usage, "--explain: '%s' is no AS number", o->explain);
	if (o->explain && o->by != RANK_BY_AS)
		return usage_error(usage, "--explain tells of an AS, and --by does not");
	if (o->hide && !o->backtest)
		return usage_error(usage, "--hide goes with --backtest");
	if (o->backtest && (o->explain || o->asked.svg))
		return usage_error(usage, "--backtest goes neither with --explain nor with --svg");
	q->window = o->rank.window = (int32_t)o->window;
	o->rank.half_life = o->window > 3 ? (int32_t)o->window / 3 : 1;
	q->by = (enum rank_by)o->by;
	q->known = o->known;
	if (o->backtest && !o->hide)
		q->split = q->day - (int32_t)o->days;
	return read_kinds(o, usage);
}

static int tell(int rc, struct err *err)
{
	tell_error(err);
	return rc == -ENOMEM || rc == -EIO ? EXIT_SYSTEM : EXIT_INPUT;
}

static int judge(const struct options *o, const struct rank_reading *r)
{
	struct rank_trial trial = {.days = o->hide ? 0 : (int32_t)o->days};
	struct rank_judgement j;
	struct buf text = {0};
	struct err err;

	for (size_t i = 0; o->hide && i < r->sources; i++) {
		if (strcmp(r->source[i], o->hide) != 0)
			continue;
		trial.has_source = true;
		trial.source = (uint16_t)i;
	}
	if (o->hide && !trial.has_source) {
		err_set(&err, -ENOENT, "the ledger has no source named '%s'", o->hide);
		return tell(-ENOENT, &err);
	}
	int rc = rank_judge(&r->world, &o->rank, &trial, &j);

	if (rc == -ENOMEM)
		return asked_short_of_memory();
	if (rc < 0) {
		err_set(&err, rc,
			"nothing to foretell: nothing was seen in the hidden part, or "
			"nothing in what is shown");
		return tell(rc, &err);
	}
	if (o->asked.json)
		return asked_print_json(rank_judgement_json(&j));
	rank_judgement_text(&text, &j);
	return asked_print(&text);
}

/* All outputs that are asked for; of one network, when `network` is one. */
static int put(const struct options *o, const struct rank_shown *s, uint32_t network)
{
	bool one = network < s->reading->world.networks;
	struct buf text = {0}, svg = {0};
	int code = EXIT_DONE;

	if (o->asked.json && !asked_svg_alone(&o->asked)) {
		code = asked_print_json(rank_json(s, network));
	} else if (!asked_svg_alone(&o->asked)) {
		if (one)
			rank_explain(&text, s, network);
		else
			rank_text(&text, s, term_width());
		code = asked_print(&text);
	}
	if (code == EXIT_DONE && o->asked.svg) {
		rank_svg(&svg, s);
		code = asked_write_svg(&o->asked, &svg);
	}
	return code;
}

static int show(const struct options *o, const struct rank_reading *r)
{
	struct rank_result result;
	uint32_t network = UINT32_MAX;
	struct err err;

	if (o->explain && !rank_read_find(r, o->asn, &network)) {
		err_set(&err, -ENOENT,
			"AS%u is in no table of about that day, and nothing was seen of it",
			o->asn);
		return tell(-ENOENT, &err);
	}
	if (rank(&r->world, &o->rank, &result) < 0)
		return asked_short_of_memory();
	const struct rank_shown s = {&o->question, &o->rank, r, &result, o->most};
	int code = put(o, &s, network);

	rank_done(&result);
	return code;
}

static int run(struct options *o)
{
	struct site *site = &o->asked.site;
	struct rank_reading r;
	struct err err;
	int code = site_open(site, o->asked.config, o->asked.state);

	if (code == EXIT_DONE)
		code = site_open_shelf(site);
	if (code == EXIT_DONE)
		code = site_open_ledger(site, false);
	if (code != EXIT_DONE)
		return code;
	int rc = rank_read(ledger_db(site->ledger), site->shelf, &o->question, &r, &err);

	if (rc < 0)
		return tell(rc, &err);
	code = o->backtest ? judge(o, &r) : show(o, &r);
	rank_read_done(&r);
	return code;
}

int rank_main(int argc, char **argv)
{
	static const struct usage usage = {"rank", "",
		"Ranks networks by the abusive hosts that are up in them, as a multiple of what\n"
		"networks of their size have, each with a 90 % interval; the worst at least first.",
		"It is made of the ledger alone; `cordon ingest` and `cordon feed import` fill "
		"it.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	struct options o = {.window = RANK_WINDOW, .most = MOST, .days = HIDE};
	const struct option_row rows[] = {
		{"window", 'w', OPTION_NUMBER, &o.window, "DAYS", "how far back to look (90)"},
		{"kind", 'k', OPTION_STRING, &o.kinds, "KIND,...", "these kinds of abuse alone"},
		{"by", 0, OPTION_CHOICE, &o.by, "as|prefix|holder", "what a network is (as)"},
		{"most", 'n', OPTION_NUMBER, &o.most, "N", "how many networks to show (25)"},
		{"explain", 'e', OPTION_STRING, &o.explain, "AS",
			"all of one, in words and numbers"},
		{"known", 0, OPTION_FLAG, &o.known, NULL,
			"only what the ledger had by the date, by its own clock"},
		{"backtest", 0, OPTION_FLAG, &o.backtest, NULL,
			"how well the rank foretells what is hidden from it"},
		{"days", 0, OPTION_NUMBER, &o.days, "DAYS", "hide the last so many (30)"},
		{"hide", 0, OPTION_STRING, &o.hide, "SOURCE", "hide what this source says instead"},
		ASKED_OPTIONS(o.asked),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "'%s' is not understood", argv[first]);
	code = check_options(&o, &usage);
	if (code == EXIT_DONE)
		code = run(&o);
	site_close(&o.asked.site);
	return code;
}
