/* cordon ledger show: records as a table for a person, or as they stand in the log. */
#include "cli/ledger_cmd.h"
#include "cli/ledger_select.h"
#include "cli/term.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct show {
	struct ledger *ledger;
	bool json;
	int width;
	struct buf text, scratch, out;
	uint64_t shown;
};

/* Fixed: index 7, kind 8, host 18, time 16, sure 4, and gaps of two; campaign 14 where there is
 * room for it, no hour and no "sure" where there is little. The network has the rest. */
static bool shows_campaign(int width)
{
	return width >= 90;
}

static bool shows_hour(int width)
{
	return width >= 76;
}

static int network_columns(int width)
{
	return width - 7 - 8 - 18 - 8 - (shows_hour(width) ? 16 + 6 : 10) -
	       (shows_campaign(width) ? 16 : 0);
}

static void print_head(struct show *s)
{
	struct buf *b = &s->out;

	buf_str(b, term_colour(COLOUR_BOLD));
	buf_printf(b, "%7s  %-*s  %-8s  %-18s  ", "index", shows_hour(s->width) ? 16 : 10, "seen",
		"kind", "host");
	if (shows_hour(s->width))
		buf_printf(b, "%-*s", network_columns(s->width), "network");
	else
		buf_str(b, "network");
	if (shows_campaign(s->width))
		buf_printf(b, "  %-14s", "campaign");
	if (shows_hour(s->width))
		buf_str(b, "  sure");
	buf_str(b, term_colour(COLOUR_NONE));
	buf_byte(b, '\n');
}

static void write_time(const struct show *s, struct buf *to, int64_t at, bool day_only)
{
	char text[SIGHTING_TIME_TEXT];

	sighting_time_format(at, text);
	if (!shows_hour(s->width))
		buf_printf(to, "%.10s", text);
	else if (day_only)
		buf_printf(to, "%-16.10s", text);
	else
		buf_printf(to, "%.10s %.5s", text, text + 11);
}

/* Where it was done, in exactly 18 columns. */
static void write_host(struct buf *to, const struct sighting *s)
{
	char text[IP_TEXT];

	if (s->where.ip.family == IP_NONE)
		clean_cell(to, s->domain, 18);
	else if (s->where.length == (s->where.ip.family == IP_V4 ? 32 : 128))
		clean_cell(to, span_cstr(ip_format(&s->where.ip, text)), 18);
	else
		clean_cell(to, span_cstr(prefix_format(&s->where, text)), 18);
}

static void write_network(struct show *s, const struct ledger_row *row)
{
	buf_clear(&s->scratch);
	if (row->asn)
		buf_printf(&s->scratch, "AS%u ", row->asn);
	buf_add(&s->scratch, row->asn ? row->holder : SPAN("-"));
	clean_cell(&s->out, buf_span(&s->scratch), network_columns(s->width));
}

static void end_line(struct buf *to)
{
	while (to->n && to->p[to->n - 1] == ' ')
		to->n--;
	buf_byte(to, '\n');
}

static void write_sighting(
	struct show *s, const struct ledger_row *row, const struct sighting *seen)
{
	struct buf *b = &s->out;

	buf_printf(b, "%7llu  ", (unsigned long long)row->seq);
	write_time(s, b, seen->at, seen->day_only);
	buf_printf(b, "  %-8s  ", sighting_kind_name(seen->kind));
	write_host(b, seen);
	buf_str(b, "  ");
	write_network(s, row);
	if (shows_campaign(s->width)) {
		buf_str(b, "  ");
		clean_cell(b, seen->campaign.n ? seen->campaign : SPAN("-"), 14);
	}
	if (shows_hour(s->width))
		buf_printf(b, "  %2u %%", seen->confidence);
	end_line(b);
}

static void write_other(struct show *s, const struct ledger_row *row, const struct record *r)
{
	struct buf *b = &s->out;

	buf_printf(b, "%7llu  ", (unsigned long long)row->seq);
	write_time(s, b, r->logged, false);
	buf_printf(b, "  %-8s  ", record_type_name(r->type));
	buf_clear(&s->scratch);
	ledger_cmd_words(r, &s->scratch);
	clean_cell(
		b, buf_span(&s->scratch), s->width - 7 - 8 - 6 - (shows_hour(s->width) ? 16 : 10));
	end_line(b);
}

static int show_row(struct show *s, const struct ledger_row *row, struct err *err)
{
	struct record r;

	buf_clear(&s->text);
	buf_clear(&s->scratch);
	int rc = ledger_record(s->ledger, row->seq, &s->text, &s->scratch, &r, err);

	if (rc < 0)
		return rc;
	buf_clear(&s->out);
	if (s->json)
		buf_printf(&s->out, "{\"index\":%llu,\"record\":%.*s}\n",
			(unsigned long long)row->seq, SPAN_ARG(buf_span(&s->text)));
	else if (r.type == RECORD_SIGHTING)
		write_sighting(s, row, &r.sighting);
	else
		write_other(s, row, &r);
	if (!buf_ok(&s->out))
		return err_sys(err, -ENOMEM, "record %llu", (unsigned long long)row->seq);
	fwrite(s->out.p, 1, s->out.n, stdout);
	s->shown++;
	return ferror(stdout) ? err_sys(err, -errno, "standard output") : 0;
}

static void print_count(struct show *s)
{
	struct buf *b = &s->out;

	buf_clear(b);
	buf_byte(b, '\n');
	words_number(b, (double)s->shown);
	buf_str(b, " of ");
	words_count(b, tlog_tree(ledger_log(s->ledger)).size, "record", "records");
	buf_printf(b, " of the log %s.\n", tlog_key(ledger_log(s->ledger))->name);
	fwrite(b->p, 1, b->n, stdout);
}

static int show_all(struct show *s, const struct ledger_chosen *c)
{
	struct ledger_select *select = NULL;
	struct ledger_row row;
	struct err err;
	int rc = ledger_select_open(s->ledger, c, &select, &err);

	if (rc == 0 && !s->json) {
		print_head(s);
		fwrite(s->out.p, 1, s->out.n, stdout);
	}
	while (rc == 0 && (rc = ledger_select_next(select, &row, &err)) > 0)
		rc = show_row(s, &row, &err);
	ledger_select_close(select);
	if (rc == -EPIPE)
		return EXIT_DONE; /* the reader has seen enough */
	if (rc < 0)
		return ledger_cmd_told(rc, &err);
	if (!s->json)
		print_count(s);
	return EXIT_DONE;
}

int ledger_show_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger show", "",
		"Shows records: all, or those that the options choose.",
		"--json: an object a line, {\"index\":N,\"record\":R}, with R as it stands in the "
		"log."};
	const char *config = NULL, *state = NULL;
	struct ledger_filter f = LEDGER_FILTER_NONE;
	struct show s = {.width = term_width()};
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &s.json, NULL, "an object a line"},
		LEDGER_FILTER_OPTIONS(&f),
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct ledger_chosen chosen;
	struct site site;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument; --seq names records");
	code = ledger_select_read(&usage, &f, &chosen);
	if (code == EXIT_DONE)
		code = ledger_cmd_open(&site, false, config, state);
	if (code != EXIT_DONE)
		return code;
	s.ledger = site.ledger;
	code = show_all(&s, &chosen);
	buf_done(&s.text);
	buf_done(&s.scratch);
	buf_done(&s.out);
	site_close(&site);
	return code;
}
