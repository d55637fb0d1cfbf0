/* How the network compares, what came of notices, and what de-peering would do. */
#include "case/case_tell.h"

#include "show/chart.h"
#include "show/words.h"

#include <math.h>
#include <stdlib.h>

#define RANKED_MOST 40 /* rows of the comparison */

/* Two decimals: more would say more than is known. */
static void tell_real(struct doc *d, double n)
{
	tell_number(d, round(100 * n) / 100);
}

static void plot_rank(struct doc *d, const struct case_rank *r, size_t n)
{
	struct span label[RANKED_MOST];
	struct buf name[RANKED_MOST] = {0};
	double low[RANKED_MOST], value[RANKED_MOST], high[RANKED_MOST];
	bool marked[RANKED_MOST];
	const struct chart_intervals chart = {n, label, low, value, high, marked,
		"badness, times the usual of its size, with its 90 % interval"};
	struct plot p;

	for (size_t i = 0; i < n; i++) {
		const struct case_ranked *row = &r->row[i];

		buf_printf(&name[i], "AS%u %.*s", row->who.asn, SPAN_ARG(row->who.holder));
		d->failed |= name[i].failed;
		label[i] = buf_span(&name[i]);
		low[i] = row->low;
		value[i] = row->badness;
		high[i] = row->high;
		marked[i] = row->self;
	}
	chart_draw_intervals(&p, &chart);
	doc_plot(d, "plot-rank", "Badness of networks of its size.", &p);
	doc_put(d, "The bold one is the network of this file. Where intervals overlap, who is the "
		   "worse is not known.");
	for (size_t i = 0; i < n; i++)
		buf_done(&name[i]);
}

static void tell_ranked(struct doc *d, const struct case_rank *r, size_t n)
{
	static const struct doc_column columns[] = {{"Network", false, false},
		{"Size", true, false}, {"Hosts seen", true, false}, {"Badness", true, false},
		{"from", true, false}, {"to", true, false}};

	doc_table(d, "ranked", columns, 6);
	doc_put(d, "Networks of its size, in IPv4 addresses and IPv6 /48s, the worst first; "
		   "badness and its "
		   "90 %% interval");
	for (size_t i = 0; i < n; i++) {
		const struct case_ranked *row = &r->row[i];

		doc_row(d, NULL);
		tell_other(d, &row->who);
		if (row->self) {
			doc_put(d, " ");
			doc_strong(d, "(this network)");
		}
		doc_cell(d);
		if (row->size > 0)
			tell_number(d, row->size);
		else
			doc_put(d, "not known");
		doc_cell(d);
		tell_number(d, row->hosts);
		doc_cell(d);
		tell_real(d, row->badness);
		doc_cell(d);
		tell_real(d, row->low);
		doc_cell(d);
		tell_real(d, row->high);
	}
}

void tell_rank(struct doc *d, const struct case_file *c)
{
	const struct case_rank *r = &c->rank;
	size_t n = r->rows < RANKED_MOST ? r->rows : RANKED_MOST;

	doc_heading(d, 2, "rank", "Networks of its size for comparison");
	doc_para(d);
	if (!r->present) {
		doc_put(d, "There is no comparison. ");
		doc_outside(d, r->why_not, 400);
		return;
	}
	doc_put(d,
		"Badness is how many times as many abusive hosts are up in a network as is usual "
		"for its size, from the last %d days of the whole ledger, recent ones counting "
		"more; its interval holds the truth with nine chances in ten. It is a calculation "
		"from all records of that time ('cordon rank --explain AS%u'), not from those "
		"shown "
		"here alone. ",
		r->window, c->asn);
	if (r->place) {
		doc_put(d, "By the lower end of its interval this network is number ");
		tell_number(d, r->place);
		doc_put(d, " of ");
		tell_count(d, r->networks, "network", "networks");
		doc_put(d, " that were seen.");
	} else {
		doc_put(d, "Nothing was seen of this network in these days.");
	}
	if (r->place && r->stay >= 0) {
		doc_put(d, " Half of its abusive hosts stay up for ");
		tell_number(d, round(10 * r->stay) / 10);
		doc_put(d, " days or more (between ");
		tell_number(d, round(10 * r->stay_low) / 10);
		doc_put(d, " and ");
		tell_number(d, round(10 * r->stay_high) / 10);
		doc_put(d, ", as far as can be told).");
	}
	if (!n)
		return;
	plot_rank(d, r, n);
	tell_ranked(d, r, n);
}

static void tell_answers(struct doc *d, const struct case_notice *n)
{
	for (size_t i = 0; i < n->answers; i++) {
		doc_put(d, "%s", i ? "; " : "");
		tell_day(d, n->answer[i].at);
		doc_put(d, ": %s (record ", answer_words(n->answer[i].what));
		tell_record(d, n->answer[i].seq);
		doc_put(d, ")");
	}
	if (!n->answers)
		doc_put(d, "none recorded");
}

void tell_notices(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Notice", false, false}, {"Sent", false, true},
		{"To", false, false}, {"Answer", false, false}, {"Record", false, false}};

	doc_heading(d, 2, "notices", "Notices and answers");
	doc_para(d);
	if (!c->notices) {
		doc_put(d,
			"The ledger has no notice about this network. It has not been told by us; "
			"others may have.");
		return;
	}
	tell_count(d, c->notices_all, "notice was", "notices were");
	doc_put(d, " sent about this network up to ");
	tell_day(d, (int64_t)c->day * 86400);
	doc_put(d, ".");
	doc_table(d, "sent", columns, 5);
	doc_put(d, "Notices and what came back");
	if (c->notices < c->notices_all)
		doc_put(d, "; the newest %zu", c->notices);
	for (size_t i = 0; i < c->notices; i++) {
		const struct case_notice *n = &c->notice[i];

		doc_row(d, NULL);
		doc_outside(d, n->name, NOTICE_NAME_MOST);
		doc_cell(d);
		tell_day(d, n->at);
		doc_cell(d);
		doc_put(d, n->to_upstreams ? "AS%u, an upstream" : "AS%u", n->to);
		doc_cell(d);
		tell_answers(d, n);
		doc_cell(d);
		tell_record(d, n->seq);
	}
}

static void tell_hurt(struct doc *d, const struct case_depeer *p)
{
	static const struct doc_column columns[] = {{"Network", false, false},
		{"What would happen", false, false}, {"Reach it before", true, false},
		{"after", true, false}};

	doc_table(d, "hurt", columns, 4);
	doc_put(d, "Other networks that would be hurt");
	if (p->nhurt < p->hurt_all)
		doc_put(d, "; %zu of %zu", p->nhurt, p->hurt_all);
	for (size_t i = 0; i < p->nhurt; i++) {
		const struct case_hurt *h = &p->hurt[i];
		struct buf share = {0};

		doc_row(d, NULL);
		tell_other(d, &h->who);
		doc_cell(d);
		doc_outside(d, h->how, 120);
		doc_cell(d);
		words_share(&share, h->before);
		doc_words(d, &share);
		doc_cell(d);
		words_share(&share, h->after);
		doc_words(d, &share);
	}
}

void tell_depeer(struct doc *d, const struct case_file *c)
{
	const struct case_depeer *p = &c->depeer;

	doc_heading(d, 2, "depeer", "What de-peering would do to others");
	doc_para(d);
	if (!p->present) {
		doc_put(d, "It was not worked out: ");
		doc_outside(d, p->why_not, 400);
		return;
	}
	doc_put(d,
		"If all who sell it transit stopped carrying it, as worked out from the graph of "
		"networks ('cordon depeer AS%u'; a model, which does not see all links between "
		"peers): ",
		c->asn);
	doc_outside(d, p->verdict, 1000);
	doc_para(d);
	doc_put(d, "Who else would be hurt: ");
	doc_outside(d, p->hurt_words, 1000);
	if (p->nhurt)
		tell_hurt(d, p);
	if (!p->few_words.n)
		return;
	doc_para(d);
	doc_outside(d, p->few_words, 1000);
}
