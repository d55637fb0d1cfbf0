/* What was seen: by kind, by month, who says so, where; hosts; command servers; campaigns. */
#include "case/case_tell.h"

#include "net/day.h"
#include "show/chart.h"
#include "show/clean.h"
#include "show/words.h"

#include <stdio.h>
#include <stdlib.h>

static void tell_by_kind(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Kind", false, false},
		{"What it means", false, false}, {"Sightings", true, false}, {"Hosts", true, false},
		{"First", false, true}, {"Last", false, true}, {"Records", false, false}};

	doc_table(d, "kinds", columns, 7);
	doc_put(d, "Sightings by kind");
	for (int i = 0; i < SIGHTING_KINDS; i++) {
		const struct case_count *k = &c->kind[i];

		if (!k->sightings)
			continue;
		doc_row(d, NULL);
		doc_put(d, "%s", sighting_kind_name((enum sighting_kind)i));
		doc_cell(d);
		doc_put(d, "%s", sighting_kind_words((enum sighting_kind)i));
		doc_cell(d);
		tell_number(d, (double)k->sightings);
		doc_cell(d);
		tell_number(d, k->hosts);
		doc_cell(d);
		tell_day(d, k->first);
		doc_cell(d);
		tell_day(d, k->last);
		doc_cell(d);
		tell_rests_on(d, &k->claim);
	}
}

static void month_name(char to[16], const struct case_count *month)
{
	snprintf(to, 16, "%04u-%02u", month->id / 12, month->id % 12 + 1);
}

static void plot_months(struct doc *d, const struct case_file *c)
{
	char(*name)[16] = calloc(c->months, sizeof(*name));
	struct span *label = calloc(c->months, sizeof(*label)), part[SIGHTING_KINDS];
	double *value = calloc(c->months * SIGHTING_KINDS, sizeof(*value));
	const struct chart_bars bars = {
		c->months, SIGHTING_KINDS, value, label, part, "sightings a month, by kind"};
	size_t most = 0;
	struct plot p;

	d->failed |= !name || !label || !value;
	for (size_t i = 0; i < c->months && !d->failed; i++) {
		month_name(name[i], &c->month[i]);
		label[i] = span_cstr(name[i]);
		if (c->month[i].sightings > c->month[most].sightings)
			most = i;
		for (int k = 0; k < SIGHTING_KINDS; k++)
			value[i * SIGHTING_KINDS + (size_t)k] = (double)c->month[i].by_kind[k];
	}
	for (int k = 0; k < SIGHTING_KINDS; k++)
		part[k] = span_cstr(sighting_kind_name((enum sighting_kind)k));
	if (!d->failed) {
		chart_draw_bars(&p, &bars);
		doc_plot(d, "plot-months", "Sightings by month and kind.", &p);
		doc_put(d, "The most were in %s: ", name[most]);
		tell_number(d, (double)c->month[most].sightings);
		doc_put(d, ". The numbers are in the table below.");
	}
	free(name);
	free(label);
	free(value);
}

static void tell_by_month(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Month", false, true},
		{"Sightings", true, false}, {"Hosts", true, false}, {"Kinds", false, false},
		{"Records", false, false}};

	plot_months(d, c);
	doc_table(d, "months", columns, 5);
	doc_put(d, "Sightings by month; months without any are left out");
	for (size_t i = 0; i < c->months; i++) {
		const struct case_count *m = &c->month[i];
		char name[16];

		if (!m->sightings)
			continue;
		month_name(name, m);
		doc_row(d, NULL);
		doc_put(d, "%s", name);
		doc_cell(d);
		tell_number(d, (double)m->sightings);
		doc_cell(d);
		tell_number(d, m->hosts);
		doc_cell(d);
		tell_kinds(d, m);
		doc_cell(d);
		tell_rests_on(d, &m->claim);
	}
}

static void tell_by_source(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Source", false, false},
		{"Sightings", true, false}, {"Hosts", true, false}, {"Kinds", false, false},
		{"First", false, true}, {"Last", false, true}, {"Records", false, false}};

	doc_heading(d, 3, "sources", "Who says so");
	doc_para(d);
	doc_put(d, "The source ");
	doc_mono(d, SPAN("mail"));
	doc_put(d, " is mail that was handed in to the operator of this ledger and judged there; "
		   "others are lists and reports under the names that the operator gave them.");
	doc_table(d, "by-source", columns, 7);
	doc_put(d, "Sightings by source");
	tell_shown(d, c->sources, c->sources_all);
	for (size_t i = 0; i < c->sources; i++) {
		const struct case_count *s = &c->source[i];

		doc_row(d, NULL);
		doc_outside(d, s->name, SIGHTING_SOURCE_MOST);
		doc_cell(d);
		tell_number(d, (double)s->sightings);
		doc_cell(d);
		tell_number(d, s->hosts);
		doc_cell(d);
		tell_kinds(d, s);
		doc_cell(d);
		tell_day(d, s->first);
		doc_cell(d);
		tell_day(d, s->last);
		doc_cell(d);
		tell_rests_on(d, &s->claim);
	}
}

static void tell_by_prefix(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Prefix", false, false},
		{"Sightings", true, false}, {"Hosts", true, false}, {"Kinds", false, false},
		{"Records", false, false}};

	doc_heading(d, 3, "where", "Where in the network");
	doc_table(d, "by-prefix", columns, 5);
	doc_put(d, "Sightings by announced prefix, as of their own days");
	tell_shown(d, c->prefixes, c->prefixes_all);
	for (size_t i = 0; i < c->prefixes; i++) {
		const struct case_count *p = &c->prefix[i];

		doc_row(d, NULL);
		if (p->name.n)
			doc_outside(d, p->name, 60);
		else
			doc_put(d, "not known");
		doc_cell(d);
		tell_number(d, (double)p->sightings);
		doc_cell(d);
		tell_number(d, p->hosts);
		doc_cell(d);
		tell_kinds(d, p);
		doc_cell(d);
		tell_rests_on(d, &p->claim);
	}
}

void tell_seen(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "seen", "What was seen");
	if (!c->all.sightings) {
		doc_para(d);
		doc_put(d,
			"The ledger holds no sighting of abuse from this network for that time.");
		return;
	}
	doc_para(d);
	doc_put(d, "A sighting is one abuse seen once, or one line of somebody's list. In all: ");
	tell_count(d, c->all.sightings, "sighting", "sightings");
	doc_put(d, " of ");
	tell_count(d, c->all.hosts, "host", "hosts");
	tell_claim(d, &c->all.claim);
	doc_put(d, ".");
	tell_by_kind(d, c);
	tell_by_month(d, c);
	tell_by_source(d, c);
	tell_by_prefix(d, c);
}

/* Days from the first to the last sighting, both counted. */
static uint64_t stay_of(const struct case_count *h)
{
	return (uint64_t)(sighting_day(h->last) - sighting_day(h->first) + 1);
}

void tell_hosts_plot(struct doc *d, const struct case_file *c, const struct case_count *host,
	size_t n, const char *id, const char *title)
{
	struct span label[CASE_HOSTS_MOST];
	struct buf name[CASE_HOSTS_MOST] = {0};
	double from[CASE_HOSTS_MOST], to[CASE_HOSTS_MOST];
	bool marked[CASE_HOSTS_MOST];
	char first[DAY_TEXT], last[DAY_TEXT];
	int32_t begin = c->day - c->window + 1;
	struct chart_spans spans = {n, label, from, to, marked, {0}, {0}};
	struct plot p;

	for (size_t i = 0; i < n; i++) {
		clean_defanged(&name[i], host[i].name, 64);
		d->failed |= name[i].failed;
		label[i] = buf_span(&name[i]);
		from[i] = (double)(sighting_day(host[i].first) - begin) / c->window;
		to[i] = (double)(sighting_day(host[i].last) + 1 - begin) / c->window;
		marked[i] = host[i].by_kind[SIGHTING_C2] != 0;
	}
	spans.first = span_cstr(day_format(begin, first));
	spans.last = span_cstr(day_format(c->day, last));
	chart_draw_spans(&p, &spans);
	doc_plot(d, id, title, &p);
	doc_put(d, "Each bar runs from the first to the last sighting; bold names with bars of "
		   "another "
		   "colour are command servers. Between sightings a host need not have been up.");
	for (size_t i = 0; i < n; i++)
		buf_done(&name[i]);
}

static void tell_host_rows(struct doc *d, const struct case_count *host, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct case_count *h = &host[i];

		tell_host_row(d, h);
		tell_number(d, (double)stay_of(h));
		doc_cell(d);
		tell_rests_on(d, &h->claim);
	}
}

static const struct doc_column host_columns[] = {{"Host", false, false}, {"Kinds", false, false},
	{"Sightings", true, false}, {"On days", true, false}, {"First", false, true},
	{"Last", false, true}, {"Stay, days", true, false}, {"Records", false, false}};

static void tell_c2(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "c2", "Command servers");
	doc_para(d);
	if (!c->c2_all) {
		doc_put(d, "No source named a command server of a botnet in this network for that "
			   "time.");
		return;
	}
	tell_count(d, c->c2_all, "host is", "hosts are");
	doc_put(d, " named as a command server of a botnet. From and to are those of sightings of "
		   "that kind.");
	doc_table(d, "c2-hosts", host_columns, 8);
	doc_put(d, "Command servers, those seen on the most days first");
	tell_shown(d, c->c2s, c->c2_all);
	tell_host_rows(d, c->c2, c->c2s);
}

void tell_hosts(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "hosts", "The worst hosts and how long they stayed");
	if (!c->hosts) {
		doc_para(d);
		doc_put(d, "None.");
	} else {
		doc_para(d);
		doc_put(d, "Those seen on the most days stand first. The stay is from the first "
			   "sighting to the last, both days counted. Of ");
		tell_count(d, c->all.hosts, "host", "hosts");
		doc_put(d, " ");
		tell_number(d, c->hosts_one_day);
		doc_put(d, c->hosts_one_day == 1 ? " was seen on a single day, "
						 : " were seen on a single day, ");
		tell_number(d, c->hosts_still);
		doc_put(d, " in the %d days up to ", CASE_STILL_UP);
		tell_day(d, (int64_t)c->day * 86400);
		doc_put(d, ", the last day looked at.");
		if (!c->looking)
			doc_put(d, " But no source that told of this network told of any in those "
				   "days: they may be there still.");
		tell_hosts_plot(
			d, c, c->host, c->hosts, "plot-hosts", "How long the worst hosts stayed.");
		doc_table(d, "worst", host_columns, 8);
		doc_put(d, "The worst hosts");
		tell_shown(d, c->hosts, c->hosts_all);
		tell_host_rows(d, c->host, c->hosts);
	}
	tell_c2(d, c);
}

static void tell_list(struct doc *d, const struct span *name, size_t n, size_t all)
{
	for (size_t i = 0; i < n; i++) {
		doc_put(d, "%s", i ? ", " : "");
		tell_host(d, name[i]);
	}
	if (n < all) {
		doc_put(d, " and ");
		tell_number(d, (double)(all - n));
		doc_put(d, " more");
	}
}

static void tell_campaign(struct doc *d, const struct case_campaign *k)
{
	char heading[64];

	snprintf(heading, sizeof(heading), "Campaign %.*s", SPAN_ARG(span_take(k->here.name, 32)));
	doc_heading(d, 3, NULL, heading);
	doc_para(d);
	tell_count(d, k->here.sightings, "message", "messages");
	doc_put(d, " from ");
	tell_count(d, k->here.hosts, "host", "hosts");
	doc_put(d, " of this network, ");
	tell_day(d, k->here.first);
	doc_put(d, " to ");
	tell_day(d, k->here.last);
	tell_claim(d, &k->here.claim);
	doc_put(d, ". From everywhere: ");
	tell_number(d, (double)k->sightings_all);
	doc_put(d, " from ");
	tell_count(d, k->hosts_all, "host", "hosts");
	doc_put(d, " in ");
	tell_count(d, k->networks_all, "known network", "known networks");
	doc_put(d, ".");
	doc_item(d);
	doc_put(d, "Its bots in this network: ");
	tell_list(d, k->bot, k->bots, k->here.hosts);
	doc_put(d, ".");
	if (k->nadvertised) {
		doc_item(d);
		doc_put(d, "Its mail leads to: ");
		tell_list(d, k->advertised, k->nadvertised, k->nadvertised);
		doc_put(d, ".");
	}
	if (k->subject.n) {
		doc_item(d);
		doc_put(d, "Its subject, parts that vary as an ellipsis: ");
		doc_defanged(d, k->subject, 200);
	}
	if (k->mailer.n) {
		doc_item(d);
		doc_put(d, "What its mailer looks like: ");
		doc_defanged(d, k->mailer, 200);
	}
	if (k->template_.n) {
		doc_item(d);
		doc_put(d, "Its text, parts that vary as an ellipsis: ");
		doc_defanged(d, k->template_, 1000);
	}
}

void tell_campaigns(struct doc *d, const struct case_file *c)
{
	doc_heading(d, 2, "campaigns", "Campaigns and bots");
	doc_para(d);
	if (!c->campaigns) {
		doc_put(d, "No campaign of mail from this network is in the ledger for that time.");
		return;
	}
	doc_put(d,
		"A campaign is mail that shares a template though each message differs; a bot is a "
		"host that handed some of it in. ");
	tell_count(d, c->campaigns_all, "campaign", "campaigns");
	doc_put(d,
		c->campaigns < c->campaigns_all ? "; those with the most messages are told." : ".");
	for (size_t i = 0; i < c->campaigns; i++)
		tell_campaign(d, &c->campaign[i]);
}
