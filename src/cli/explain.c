/*
 * cordon explain: why one message was judged as it was, as a text that can be forwarded as it
 * stands: links are defanged, and what came from the message is cleaned and marked as such.
 */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"
#include "show/clean.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LINKS_SHOWN    30
#define EVIDENCE_SHOWN 120

struct explain {
	struct verdict *v;
	struct trace t;
	struct buf *to;
};

static void heading(struct explain *x, const char *text)
{
	buf_byte(x->to, '\n');
	buf_str(x->to, term_colour(COLOUR_BOLD));
	buf_str(x->to, text);
	buf_str(x->to, term_colour(COLOUR_NONE));
	buf_byte(x->to, '\n');
}

static void field_line(struct explain *x, const char *name, enum field_id id)
{
	const struct field *f = message_field(x->v->m, id);

	buf_printf(x->to, "%-9s", name);
	if (f)
		clean_defanged(x->to, message_text(x->v->mp, f), 300);
	else
		buf_str(x->to, "(none)");
	buf_byte(x->to, '\n');
}

static void verdict_part(struct explain *x)
{
	static const char *const words[] = {
		[ACTION_HAM] = "ham: more likely wanted than not",
		[ACTION_UNSURE] = "unsure: likely spam, but not sure enough to lose it by",
		[ACTION_SPAM] = "spam",
	};

	buf_str(x->to, "verdict  ");
	buf_str(x->to, words[x->v->action]);
	buf_str(x->to, "; probability of spam ");
	report_percent(x->to, x->v->opinion.probability);
	buf_str(x->to, " (it is called spam here from ");
	buf_printf(x->to, "%.4f %%)\n", 100 * x->v->threshold);
}

static void evidence_line(struct explain *x, double moved, struct span what, struct span words)
{
	buf_printf(x->to, "  %+6.2f  ", moved);
	clean_cell(x->to, what, 24);
	buf_str(x->to, "  ");
	clean_defanged(x->to, words, 300);
	buf_byte(x->to, '\n');
}

static void finding_part(struct explain *x, size_t i)
{
	const struct finding *f = &x->v->findings.at[i];

	evidence_line(x, x->v->opinion.finding[i], span_cstr(f->name), f->words);
	if (!f->evidence.n)
		return;
	buf_printf(x->to, "  %6s    | ", "");
	clean_defanged(x->to, span_trim(f->evidence), EVIDENCE_SHOWN);
	buf_byte(x->to, '\n');
}

/* Indices of the findings, what moved most first. */
static void order_findings(const struct verdict *v, size_t *order)
{
	for (size_t i = 0; i < v->findings.n; i++) {
		size_t k = i;

		for (; k && fabs(v->opinion.finding[order[k - 1]]) < fabs(v->opinion.finding[i]);
			k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
}

static void why_part(struct explain *x)
{
	size_t order[FINDINGS_MOST];

	heading(x, "Why (log-odds: above 0 towards spam, below towards ham; 2.3 is ten to one)");
	order_findings(x->v, order);
	for (size_t i = 0; i < x->v->findings.n; i++)
		finding_part(x, order[i]);
	for (size_t i = 0; i < VIEW_COUNT; i++)
		if (i != VIEW_FINDINGS && fabs(x->v->opinion.view[i]) >= 0.01)
			evidence_line(x, x->v->opinion.view[i], span_cstr(view_name(i)),
				span_cstr(view_words(i)));
	if (fabs(x->v->opinion.base) >= 0.01)
		evidence_line(x, x->v->opinion.base, SPAN("to begin with"),
			SPAN("before anything was known of the mail"));
	evidence_line(x, x->v->opinion.log_odds, SPAN("together"), SPAN("the log-odds of spam"));
}

static void hop_line(struct explain *x, size_t i)
{
	const struct hop *h = &x->v->chain.hop[i];
	char ip[IP_TEXT];

	buf_printf(x->to, "  %2zu  ", i + 1);
	if (h->local) {
		buf_str(x->to, "within ");
	} else {
		buf_str(x->to, "from ");
		clean_defanged(x->to, h->rdns.n ? h->rdns : SPAN("(no name)"), 80);
		buf_printf(x->to, " [%s]", h->ip.family ? ip_format(&h->ip, ip) : "no address");
		if (h->helo.n && !span_eq_nocase(h->helo, h->rdns)) {
			buf_str(x->to, ", calling itself ");
			clean_defanged(x->to, h->helo, 80);
		}
		buf_str(x->to, ", by ");
	}
	clean_defanged(x->to, h->by.n ? h->by : SPAN("(unnamed)"), 80);
	buf_str(x->to, h->trusted ? "\n" : "  (not believed)\n");
}

static void chain_part(struct explain *x)
{
	const struct received *c = &x->v->chain;

	heading(x, "Received, newest first");
	if (!c->hops)
		buf_str(x->to, "  no Received line: nobody says who handed this in\n");
	for (size_t i = 0; i < c->hops; i++) {
		hop_line(x, i);
		if ((ssize_t)i == c->boundary && i + 1 < c->hops)
			buf_str(x->to,
				"  ------ the boundary of trust: below, anything may be forged\n");
	}
}

static void link_line(struct explain *x, const struct link *l)
{
	buf_str(x->to, "  ");
	if (l->shown.n) {
		buf_str(x->to, "\"");
		clean_defanged(x->to, l->shown, 60);
		buf_str(x->to, "\" leads to ");
	}
	clean_defanged(x->to, l->target, 160);
	if (l->domain.n && !span_eq(l->domain, l->host)) {
		buf_str(x->to, "  (of ");
		clean_defanged(x->to, l->domain, 80);
		buf_str(x->to, ")");
	}
	buf_str(x->to, l->hidden ? "  (hidden from the reader)\n" : "\n");
}

static void links_part(struct explain *x)
{
	const struct message *m = x->v->m;
	size_t n = 0;

	if (!m->links)
		return;
	heading(x, "Links (defanged)");
	for (size_t i = 0; i < m->links && n < LINKS_SHOWN; i++, n++)
		link_line(x, &m->link[i]);
	if (m->links > n)
		buf_printf(x->to, "  and %zu more\n", m->links - n);
}

static void odd_part(struct explain *x)
{
	const struct anomalies *odd = &x->v->m->odd;
	bool any = false;

	for (int i = 0; i < ANOMALY_COUNT; i++) {
		if (!odd->count[i])
			continue;
		if (!any)
			heading(x, "Odd about its form");
		any = true;
		buf_printf(x->to, "  %s", anomaly_words((enum anomaly)i));
		if (odd->count[i] > 1)
			buf_printf(x->to, " (%u times)", odd->count[i]);
		buf_byte(x->to, '\n');
	}
}

static void write_text(struct explain *x)
{
	field_line(x, "from", FIELD_FROM);
	field_line(x, "to", FIELD_TO);
	field_line(x, "subject", FIELD_SUBJECT);
	field_line(x, "date", FIELD_DATE);
	verdict_part(x);
	why_part(x);
	chain_part(x);
	links_part(x);
	heading(x, "Networks");
	report_trace(x->to, &x->t, false);
	odd_part(x);
}

static int explain_one(struct site *s, struct judge_bench *bench, const struct mailbox_item *item,
	bool json, struct buf *to)
{
	struct origin_of_mail o = {item->path, item->in_mbox ? item->number : 0, item->cut};
	struct explain x = {.to = to};
	int rc = judge_message(s->judge, bench, item->raw, &x.v);

	if (rc == 0)
		rc = trace_message(x.v->mp, x.v->m, &x.v->chain, s->shelf, NULL, &x.t);
	if (rc < 0)
		return rc;
	if (!json) {
		write_text(&x);
		return 0;
	}
	json_t *j = report_json(&o, x.v, &x.t);
	char *text = j ? json_dumps(j, JSON_INDENT(2)) : NULL;

	buf_str(to, text ? text : "");
	buf_byte(to, '\n');
	free(text);
	json_decref(j);
	return text ? 0 : -ENOMEM;
}

static int run(struct site *s, const char *const *paths, size_t n, bool json)
{
	struct judge_bench *bench = judge_bench_new();
	struct mailbox *mailbox = NULL;
	struct mailbox_item item;
	struct buf out = {0};
	struct err err;
	int code = EXIT_DONE, rc = bench ? mailbox_open(paths, n, &mailbox) : -ENOMEM;
	size_t told = 0;

	while (rc >= 0 && (rc = mailbox_next(mailbox, &item, &err)) != 0) {
		if (rc < 0) {
			tell_error(&err);
			code = EXIT_INPUT;
			rc = 0;
			continue;
		}
		if (told++ && !json)
			puts("\n----------------------------------------\n");
		rc = explain_one(s, bench, &item, json, &out);
		fwrite(out.p, 1, out.n, stdout);
		buf_clear(&out);
	}
	buf_done(&out);
	tell_foreign(mailbox);
	mailbox_close(mailbox);
	judge_bench_free(bench);
	return rc < 0 ? EXIT_SYSTEM : code;
}

int explain_main(int argc, char **argv)
{
	static const struct usage usage = {"explain", "MESSAGE...",
		"Tells why a message is judged as it is ('-' is standard input).",
		"The findings with the bytes they rest on and how much each moved the probability, "
		"the\n"
		"Received chain with the boundary of trust, the links with their true targets, "
		"the\n"
		"networks. Links are defanged, so the text can be forwarded as it is.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL;
	bool json = false;
	struct site s;
	int code;
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &json, NULL, "as a JSON object"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no message named ('-' is standard input)");
	code = site_open_all(&s, config, state);
	if (code == EXIT_DONE)
		code = run(&s, (const char *const *)argv + first, (size_t)(argc - first), json);
	site_close(&s);
	return code;
}
