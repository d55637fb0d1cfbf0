#include "cli/report.h"
#include "show/clean.h"

#include "cli/term.h"
#include "net/day.h"

#include <errno.h>
#include <stdio.h>

void report_percent(struct buf *to, double p)
{
	if (p < 0.001)
		buf_str(to, "<0.1 %");
	else if (p > 0.999)
		buf_str(to, ">99.9 %");
	else
		buf_printf(to, "%.1f %%", 100 * p);
}

void report_day(struct buf *to, int32_t day)
{
	char text[DAY_TEXT];

	buf_str(to, day_format(day, text));
}

/* What a row shows of the sender: the display name, with the address where there is room. */
static struct span sender_of(const struct verdict *v, struct buf *scratch)
{
	const struct address *a = &v->in.from;

	buf_clear(scratch);
	if (!v->in.has_from)
		return SPAN("(no sender)");
	if (a->name.n)
		buf_add(scratch, a->name);
	if (a->name.n && a->local.n)
		buf_str(scratch, " <");
	buf_add(scratch, a->local);
	if (a->domain.n)
		buf_byte(scratch, '@');
	buf_add(scratch, a->domain);
	if (a->name.n && a->local.n)
		buf_byte(scratch, '>');
	return buf_span(scratch);
}

/* Index of the finding that moved the judge most towards what it decided; -1 when none did. */
static ssize_t chief_finding(const struct verdict *v)
{
	double sign = v->action == ACTION_HAM ? -1 : 1, best = 0.05;
	ssize_t at = -1;

	for (size_t i = 0; i < v->findings.n; i++) {
		if (sign * v->opinion.finding[i] > best) {
			best = sign * v->opinion.finding[i];
			at = (ssize_t)i;
		}
	}
	return at;
}

struct columns {
	int from, subject, why;
};

/* Fixed: verdict 7, probability 8, and four gaps of two; the rest is shared out 3 : 4 : 5. */
static struct columns columns_for(int width)
{
	int rest = width - 7 - 8 - 4 * 2;

	return (struct columns){rest * 3 / 12, rest * 4 / 12, rest - rest * 3 / 12 - rest * 4 / 12};
}

void report_table_head(struct buf *to, int width)
{
	struct columns c = columns_for(width);

	buf_str(to, term_colour(COLOUR_BOLD));
	buf_printf(to, "%-7s  %8s  %-*s  %-*s  %s", "verdict", "spam", c.from, "from", c.subject,
		"subject", "chief reason");
	buf_str(to, term_colour(COLOUR_NONE));
	buf_byte(to, '\n');
}

void report_table_row(struct buf *to, int width, const struct verdict *v)
{
	static const enum colour colours[] = {COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED};
	struct columns c = columns_for(width);
	struct buf scratch = {0};
	ssize_t chief = chief_finding(v);
	size_t start;

	buf_str(to, term_colour(colours[v->action]));
	buf_printf(to, "%-7s", action_name(v->action));
	buf_str(to, term_colour(COLOUR_NONE));
	buf_clear(&scratch);
	report_percent(&scratch, v->opinion.probability);
	buf_printf(to, "  %8.*s  ", (int)scratch.n, scratch.p);
	clean_cell(to, sender_of(v, &scratch), c.from);
	buf_str(to, "  ");
	clean_cell(to, v->in.subject.n ? v->in.subject : SPAN("(no subject)"), c.subject);
	buf_str(to, "  ");
	start = to->n;
	clean_cell(
		to, chief >= 0 ? v->findings.at[chief].words : SPAN("its words and shape"), c.why);
	while (to->n > start && to->p[to->n - 1] == ' ')
		to->n--;
	buf_byte(to, '\n');
	buf_done(&scratch);
}

void report_tsv_head(struct buf *to)
{
	buf_str(to, "path\tnumber\tverdict\tprobability\tlog_odds\tsource\tasn\tsender\tsubject\t"
		    "findings\n");
}

/* A field of a line: cleaned, so that no tab or line break is left in it. */
static void tsv_text(struct buf *to, struct span s)
{
	buf_byte(to, '\t');
	clean_text(to, span_take(s, 1000));
}

void report_tsv_row(struct buf *to, const struct origin_of_mail *o, const struct verdict *v,
	const struct trace *t)
{
	struct buf scratch = {0};
	char ip[IP_TEXT];

	clean_text(to, span_cstr(o->path));
	buf_printf(to, "\t%llu\t%s\t%.9f\t%.6f", (unsigned long long)o->number,
		action_name(v->action), v->opinion.probability, v->opinion.log_odds);
	buf_printf(to, "\t%s", t->has_source ? ip_format(&t->source.ip, ip) : "");
	buf_byte(to, '\t');
	if (t->has_source && t->source.on.found)
		buf_printf(to, "%u", t->source.on.origin.asn);
	tsv_text(to, sender_of(v, &scratch));
	tsv_text(to, v->in.subject);
	buf_byte(to, '\t');
	for (size_t i = 0; i < v->findings.n; i++) {
		if (i)
			buf_byte(to, ',');
		buf_str(to, v->findings.at[i].name);
	}
	buf_byte(to, '\n');
	buf_done(&scratch);
}

static json_t *day_json(int32_t day)
{
	struct buf b = {0};

	report_day(&b, day);
	json_t *j = json_stringn(b.p, b.n);

	buf_done(&b);
	return j;
}

json_t *report_attribution_json(const struct attribution *a)
{
	char text[IP_TEXT];

	if (!a->found)
		return json_pack("{s:s, s:b}", "address", ip_format(&a->ip, text), "found", 0);
	json_t *j = json_pack("{s:s, s:b, s:I, s:o, s:o, s:i, s:b}", "address",
		ip_format(&a->ip, text), "found", 1, "asn", (json_int_t)a->origin.asn, "holder",
		json_text(a->origin.holder), "table", day_json(a->table_day), "days_off",
		a->days_off, "stale", a->stale);

	if (j)
		json_object_set_new(
			j, "prefix", json_string(prefix_format(&a->origin.prefix, text)));
	return j;
}

static json_t *host_json(const struct advertised *h)
{
	json_t *addresses = json_array();

	for (size_t i = 0; i < h->n; i++)
		json_array_append_new(addresses, report_attribution_json(&h->at[i].on));
	return json_pack("{s:o, s:o, s:i, s:b, s:o}", "host", json_text(h->host), "domain",
		json_text(h->domain), "links", (int)h->links, "clickable", h->clickable,
		"addresses", addresses);
}

json_t *report_trace_json(const struct trace *t)
{
	json_t *hosts = json_array();

	for (size_t i = 0; i < t->hosts; i++)
		json_array_append_new(hosts, host_json(&t->host[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "day",
		t->day_known ? day_json(t->day) : json_null(), "source",
		t->has_source ? report_attribution_json(&t->source.on) : json_null(), "source_name",
		json_text(t->source_name), "source_helo", json_text(t->source_helo),
		"advertises", hosts);
}

static json_t *finding_json(const struct finding *f, double moved)
{
	return json_pack("{s:s, s:o, s:o, s:f}", "name", f->name, "words", json_text(f->words),
		"evidence", json_text(span_take(f->evidence, 200)), "log_odds", moved);
}

json_t *report_json(const struct origin_of_mail *o, const struct verdict *v, const struct trace *t)
{
	struct buf sender = {0};
	json_t *findings = json_array();

	for (size_t i = 0; i < v->findings.n; i++)
		json_array_append_new(
			findings, finding_json(&v->findings.at[i], v->opinion.finding[i]));
	json_t *j = json_pack("{s:o, s:I, s:b, s:s, s:f, s:f, s:f, s:o, s:o, s:o, s:o}", "path",
		json_text(span_cstr(o->path)), "number", (json_int_t)o->number, "cut", o->cut,
		"verdict", action_name(v->action), "probability", v->opinion.probability,
		"log_odds", v->opinion.log_odds, "threshold", v->threshold, "sender",
		json_text(sender_of(v, &sender)), "subject", json_text(v->in.subject),
		"findings", findings, "trace", report_trace_json(t));

	buf_done(&sender);
	return j;
}

void report_network_name(struct buf *to, const struct attribution *a)
{
	if (!a->found) {
		buf_str(to, "in no table");
		return;
	}
	buf_printf(to, "AS%u ", a->origin.asn);
	clean_text(to, a->origin.holder.n ? a->origin.holder : SPAN("(holder not in the table)"));
	if (a->stale) {
		buf_str(to, " (by a table of ");
		report_day(to, a->table_day);
		buf_printf(to, ", %d days off: the holder may have been another)", a->days_off);
	}
}

/* The days are left out where the holder would have no room beside them. */
static bool shows_days(int width)
{
	return width >= 90;
}

/* What is left beside number 12, three counts of 11, two days 26, and the mark of a stale table. */
static int holder_columns(int width)
{
	return width - 12 - 3 * 11 - (shows_days(width) ? 26 : 0) - 2;
}

static void network_row(struct buf *to, int width, const struct network *n)
{
	char number[16];

	if (n->asn)
		snprintf(number, sizeof(number), "AS%u", n->asn);
	else
		snprintf(number, sizeof(number), "-");
	buf_printf(to, "%-12s", number);
	clean_cell(to,
		n->asn ? (n->holder[0] ? span_cstr(n->holder) : SPAN("(holder not in the table)"))
		       : SPAN("(in no table)"),
		holder_columns(width));
	buf_printf(to, "%11llu%11llu%11llu", (unsigned long long)n->messages,
		(unsigned long long)n->addresses, (unsigned long long)n->hosts);
	if (shows_days(width)) {
		buf_str(to, "  ");
		report_day(to, n->first_day);
		buf_str(to, " .. ");
		report_day(to, n->last_day);
	}
	buf_str(to, n->stale ? " *\n" : "\n");
}

void report_networks(struct buf *to, int width, const struct network *n, size_t count, size_t most)
{
	bool stale = false;

	if (!count) {
		buf_str(to, "No network stands behind them: no address could be traced.\n");
		return;
	}
	buf_str(to, term_colour(COLOUR_BOLD));
	buf_printf(to, "%-12s%-*s%11s%11s%11s%s", "network", holder_columns(width), "holder",
		"messages", "addresses", "hosts", shows_days(width) ? "  seen" : "");
	buf_str(to, term_colour(COLOUR_NONE));
	buf_byte(to, '\n');
	for (size_t i = 0; i < count && i < most; i++) {
		network_row(to, width, &n[i]);
		stale |= n[i].stale;
	}
	if (count > most)
		buf_printf(to, "and %zu more\n", count - most);
	if (stale)
		buf_str(to, "* by a table over a year off: the holder may have been another\n");
}

static void source_line(struct buf *to, const struct trace *t)
{
	char ip[IP_TEXT];

	if (!t->has_source) {
		buf_str(to,
			"  who handed it in is not known: no believed Received line names it\n");
		return;
	}
	buf_printf(to, "  handed in by %s", ip_format(&t->source.ip, ip));
	if (t->source_name.n) {
		buf_str(to, " (");
		clean_defanged(to, t->source_name, 80);
		buf_str(to, ")");
	}
	buf_str(to, ": ");
	report_network_name(to, &t->source.on);
	buf_byte(to, '\n');
}

void report_hosts(struct buf *to, const struct trace *t, bool asked)
{
	char ip[IP_TEXT];

	for (size_t i = 0; i < t->hosts; i++) {
		const struct advertised *h = &t->host[i];

		buf_str(to, h->clickable ? "  advertises " : "  loads from ");
		clean_defanged(to, h->host, 100);
		for (size_t k = 0; k < h->n; k++) {
			buf_printf(to, "%s%s: ", k ? "; " : " at ", ip_format(&h->at[k].ip, ip));
			report_network_name(to, &h->at[k].on);
		}
		if (!h->n)
			buf_str(to, asked ? ": no address found"
					  : ": a name, its address was not asked for");
		buf_byte(to, '\n');
	}
}

void report_trace(struct buf *to, const struct trace *t, bool asked)
{
	source_line(to, t);
	report_hosts(to, t, asked);
}
