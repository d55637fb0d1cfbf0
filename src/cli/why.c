/*
 * cordon why: what the gateway decided of one message, and why, by the id that stands in its
 * rejection or header field. The message itself is not kept; what is told is what was noted then.
 */
#include "cli/cli.h"
#include "cli/decided.h"
#include "cli/report.h"
#include "cli/term.h"
#include "judge/check.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT_SHOWN 200

struct why {
	struct site site;
	struct buf out;
	bool json;
};

static void line(struct why *w, const char *name, struct span text)
{
	if (!text.n)
		return;
	buf_printf(&w->out, "%-11s ", name);
	clean_defanged(&w->out, text, TEXT_SHOWN);
	buf_byte(&w->out, '\n');
}

/* What a finding's check looks for, by the name before the '/'; empty for one that is no more. */
static struct span check_words(struct span finding)
{
	ssize_t slash = span_index(finding, '/');
	struct span name = slash < 0 ? finding : span_take(finding, (size_t)slash);

	for (size_t i = 0; checks[i]; i++)
		if (span_eq(span_cstr(checks[i]->name), name))
			return span_cstr(checks[i]->words);
	return (struct span){NULL, 0};
}

static void outcome(struct why *w, const struct decided *d)
{
	static const char *const done[DECISIONS] = {
		[DECIDE_ACCEPT] = "accepted",
		[DECIDE_TAG] = "accepted, with a mark in its subject",
		[DECIDE_QUARANTINE] = "put into quarantine",
		[DECIDE_TEMPFAIL] = "asked to come again later",
		[DECIDE_REJECT] = "refused",
		[DECIDE_DISCARD] = "accepted and thrown away",
	};
	char at[SIGHTING_TIME_TEXT];

	buf_printf(&w->out, "%s%s%s: %s at %s", term_colour(COLOUR_BOLD), d->id,
		term_colour(COLOUR_NONE), done[d->action], sighting_time_format(d->at, at));
	if (d->reason.n) {
		buf_str(&w->out, ": ");
		clean_defanged(&w->out, d->reason, TEXT_SHOWN);
	}
	buf_str(&w->out, ".\n\n");
}

static void verdict(struct why *w, const struct decided *d)
{
	if (d->unjudged) {
		buf_str(&w->out, "verdict     none: it was passed by policy, as it could not be "
				 "judged\n");
		return;
	}
	buf_printf(&w->out, "verdict     %s; probability of spam ", action_name(d->verdict));
	report_percent(&w->out, d->probability);
	buf_printf(&w->out, " (it was called spam from %.4f %%)\n", 100 * d->threshold);
}

static void people(struct why *w, const struct decided *d)
{
	char ip[IP_TEXT];

	line(w, "from", d->sender.n ? d->sender : SPAN("<> (the null sender)"));
	for (size_t i = 0; i < d->recipients; i++)
		line(w, i ? "" : "to", d->recipient[i]);
	if (d->recipients_left_out)
		buf_printf(&w->out, "%-11s and %zu more\n", "", d->recipients_left_out);
	if (d->ip.family) {
		buf_printf(&w->out, "%-11s %s", "client", ip_format(&d->ip, ip));
		if (d->asn)
			buf_printf(&w->out, ", AS%lu", (unsigned long)d->asn);
		buf_byte(&w->out, '\n');
	}
	line(w, "helo", d->helo);
	line(w, "user", d->user);
	line(w, "From", d->from_domain);
	line(w, "proven", d->auth);
	line(w, "message id", d->message_id);
	line(w, "queue id", d->queue_id);
	buf_printf(&w->out, "%-11s %llu bytes, %s, by %s, decided in %.1f ms\n", "message",
		(unsigned long long)d->bytes, d->outgoing ? "outgoing" : "incoming",
		d->http ? "HTTP" : "milter", d->microseconds / 1000.0);
}

static void findings(struct why *w, const struct decided *d)
{
	if (!d->findings)
		return;
	buf_str(&w->out, "\nWhat weighed most (log-odds: above 0 towards spam; 2.3 is ten to one)\n");
	for (size_t i = 0; i < d->findings; i++) {
		buf_printf(&w->out, "  %+6.2f  ", (double)d->weight[i]);
		clean_cell(&w->out, d->finding[i], 26);
		buf_str(&w->out, "  ");
		clean_text(&w->out, check_words(d->finding[i]));
		buf_byte(&w->out, '\n');
	}
}

static int tell(void *context, const struct decided *d)
{
	struct why *w = context;

	if (w->json) {
		json_t *j = decided_json(d);
		const size_t how = JSON_INDENT(2) | JSON_ENSURE_ASCII;
		int rc = j && json_dumpf(j, stdout, how) == 0 ? 0 : -ENOMEM;

		putchar('\n');
		json_decref(j);
		return rc;
	}
	outcome(w, d);
	people(w, d);
	verdict(w, d);
	findings(w, d);
	return buf_ok(&w->out) ? 0 : -ENOMEM;
}

static int run(struct why *w, const char *id)
{
	const struct decisions_question q = {.id = id, .until = INT64_MAX, .action = -1};
	size_t n;
	int code = decided_find(&w->site, &q, tell, w, &n);

	fwrite(w->out.p, 1, w->out.n, stdout);
	if (code != EXIT_DONE || n)
		return finish_output(code);
	struct err err;

	err_set(&err, -ENOENT,
		"no decision of the id '%.40s' is kept here: it may be older than log_days, or of "
		"another gateway",
		id);
	tell_error(&err);
	return EXIT_INPUT;
}

int why_main(int argc, char **argv)
{
	static const struct usage usage = {"why", "ID",
		"Tells what the gateway decided of a message, and why.",
		"The id stands in a rejection, and in the X-Cordon header field of what was "
		"accepted.\n"
		"Exit codes: 0 done, 1 no such id, 2 usage, 3 the system failed."};
	const char *config = NULL, *state = NULL;
	struct why w = {.json = false};
	int code;
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &w.json, NULL, "as an object"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first + 1 != argc)
		return usage_error(&usage, "one id is needed");
	code = site_open(&w.site, config, state);
	if (code == EXIT_DONE) {
		code = run(&w, argv[first]);
		site_close(&w.site);
	}
	buf_done(&w.out);
	return code;
}
