/* cordon log: what the gateway decided, found again by what a postmaster knows of a message. */
#include "cli/cli.h"
#include "cli/decided.h"
#include "cli/report.h"
#include "cli/term.h"
#include "net/asn.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST 50 /* rows, when nothing says which */

struct log {
	struct site site;
	struct buf out;
	bool json;
	int width;
};

static int flush(struct log *l)
{
	if (!buf_ok(&l->out))
		return -ENOMEM;
	fwrite(l->out.p, 1, l->out.n, stdout);
	buf_clear(&l->out);
	return 0;
}

static int write_json(struct log *l, const struct decided *d)
{
	json_t *j = decided_json(d);
	char *text = j ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

	buf_str(&l->out, text ? text : "");
	buf_byte(&l->out, '\n');
	json_decref(j);
	free(text);
	return text ? flush(l) : -ENOMEM;
}

/* Columns that addresses may take of the width, after what has a fixed one. */
static int address_width(const struct log *l)
{
	int left = (l->width - 20 - 17 - 12 - 10) / 2;

	return left < 16 ? 16 : left;
}

static void head(struct log *l)
{
	const int w = address_width(l);

	buf_printf(&l->out, "%-19s %-16s %-10s %8s  %-*s %-*s\n", "time (UTC)", "id", "action", "spam",
		w, "from", w, "to");
}

static int row(void *context, const struct decided *d)
{
	struct log *l = context;
	char at[SIGHTING_TIME_TEXT];
	const int w = address_width(l);

	if (l->json)
		return write_json(l, d);
	sighting_time_format(d->at, at);
	at[10] = ' ';
	buf_printf(&l->out, "%.19s %s ", at, d->id);
	clean_cell(&l->out, span_cstr(decision_action_name(d->action)), 10);
	struct buf percent = {0};

	if (d->unjudged)
		buf_str(&percent, "-");
	else
		report_percent(&percent, d->probability);
	buf_printf(&l->out, " %8.*s  ", SPAN_ARG(buf_span(&percent)));
	buf_done(&percent);
	clean_cell(&l->out, d->sender.n ? d->sender : SPAN("<>"), w);
	buf_byte(&l->out, ' ');
	clean_cell(&l->out, d->recipients ? d->recipient[0] : SPAN("-"), w);
	if (d->recipients + d->recipients_left_out > 1)
		buf_printf(&l->out, " and %zu more", d->recipients + d->recipients_left_out - 1);
	buf_byte(&l->out, '\n');
	return flush(l);
}

/* A time or a day; the end of a day for `until`. */
static int read_time(const struct usage *usage, const char *option, const char *text, bool end,
	int64_t *ret_at)
{
	bool day;

	if (!text)
		return EXIT_DONE;
	if (sighting_time_parse(span_cstr(text), ret_at, &day) < 0)
		return usage_error(usage,
			"--%s takes a day or time (2026-10-05, 2026-10-05T12:00:00Z), not '%s'", option,
			text);
	if (end && day)
		*ret_at += 86400;
	return EXIT_DONE;
}

/* "AS64500", a prefix or an address. */
static int read_network(const struct usage *usage, const char *text, struct decisions_question *q,
	struct prefix *room)
{
	if (!text || asn_parse(span_cstr(text), &q->asn) == 0)
		return EXIT_DONE;
	q->asn = 0;
	if (prefix_parse(span_cstr(text), room) < 0)
		return usage_error(usage,
			"--network takes AS64500, a prefix or an address, not '%s'", text);
	q->network = room;
	return EXIT_DONE;
}

static int run(struct log *l, const struct decisions_question *q)
{
	size_t n;

	l->width = term_width();
	if (!l->json)
		head(l);
	int code = decided_find(&l->site, q, row, l, &n);

	if (code != EXIT_DONE || l->json)
		return finish_output(code);
	if (!n)
		fputs("no message that the gateway has seen is like that\n", stdout);
	else if (q->most && n == q->most)
		printf("the newest %zu; --last says how many, 'cordon why ID' tells of one\n", n);
	return finish_output(code);
}

int log_main(int argc, char **argv)
{
	static const struct usage usage = {"log", "",
		"Lists what the gateway decided, newest last.",
		"Every option narrows it; addresses are the envelope's, and @example.org is all of "
		"a\n"
		"domain. 'cordon why ID' tells all about one.\n"
		"Exit codes: 0 done, 1 the gateway has decided nothing yet, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL, *since = NULL, *until = NULL, *network = NULL;
	struct log l = {.json = false};
	struct prefix room;
	unsigned long last = ULONG_MAX;
	struct decisions_question q = {.until = INT64_MAX, .action = -1};
	int code;
	const struct option_row rows[] = {
		{"sender", 0, OPTION_STRING, &q.sender, "ADDRESS", "the envelope's sender"},
		{"recipient", 0, OPTION_STRING, &q.recipient, "ADDRESS", "one of its recipients"},
		{"id", 0, OPTION_STRING, &q.id, "ID", "ours, as in a rejection or a header field"},
		{"queue-id", 0, OPTION_STRING, &q.queue_id, "ID", "the mail server's"},
		{"network", 'n', OPTION_STRING, &network, "AS|PREFIX",
			"of the client's address, as of then"},
		{"since", 0, OPTION_STRING, &since, "TIME", "at or after a day or time"},
		{"until", 0, OPTION_STRING, &until, "TIME", "before it; a day counts whole"},
		{"action", 'a', OPTION_CHOICE, &q.action, DECIDED_ACTIONS, "what was done"},
		{"outgoing", 0, OPTION_FLAG, &q.outgoing, NULL, "only mail of our own users"},
		{"last", 0, OPTION_NUMBER, &last, "N",
			"only the newest N; 0 is all (50 when nothing narrows it)"},
		{"json", 'j', OPTION_FLAG, &l.json, NULL, "an object a line"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);
	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "no arguments are taken; 'cordon why %s' tells of one",
			argv[first]);
	bool narrow = q.sender || q.recipient || q.id || q.queue_id || network || since || until ||
		      q.action >= 0;

	q.most = last != ULONG_MAX ? last : narrow ? 0 : LAST;
	code = read_time(&usage, "since", since, false, &q.since);
	if (code == EXIT_DONE)
		code = read_time(&usage, "until", until, true, &q.until);
	if (code == EXIT_DONE)
		code = read_network(&usage, network, &q, &room);
	if (code == EXIT_DONE)
		code = site_open(&l.site, config, state);
	if (code == EXIT_DONE) {
		code = run(&l, &q);
		site_close(&l.site);
	}
	buf_done(&l.out);
	return code;
}
