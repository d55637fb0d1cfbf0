#include "cli/rank_show.h"

#include "cli/report.h"
#include "show/clean.h"
#include "show/words.h"
#include "trace/sighting.h"

#include <math.h>
#include <string.h>

#define NAME 40 /* columns of a network's name, at least */

void rank_number(struct buf *to, double x)
{
	if (!(x > 0)) {
		buf_byte(to, '0');
	} else if (x >= 1000) {
		double step = pow(10, floor(log10(x)) - 2);

		words_number(to, round(x / step) * step);
	} else if (x < 0.001) {
		buf_str(to, "<0.001");
	} else {
		buf_printf(to, "%.3g", x);
	}
}

void rank_network_name(struct buf *to, const struct rank_shown *s, uint32_t network, int most)
{
	const struct rank_name *n = &s->reading->name[network];
	struct buf name = {0};
	char text[IP_TEXT];

	if (n->prefix.ip.family)
		buf_printf(&name, "%s/%u ", ip_format(&n->prefix.ip, text), n->prefix.length);
	if (n->asn)
		buf_printf(&name, "AS%u ", n->asn);
	buf_add(&name, n->holder);
	struct span all = span_trim(buf_span(&name));

	if (clean_columns(all) <= most)
		clean_text(to, all);
	else
		clean_cell(to, all, most);
	buf_done(&name);
}

/* "47 sightings of 2008-02-14 to 2008-05-01" and the rest of what it rests on. */
static void write_basis(struct buf *to, const struct rank_shown *s)
{
	const struct rank_reading *r = s->reading;
	const struct rank_result *k = s->result;
	struct buf b = {0};

	buf_str(&b,
		"Abusive hosts that are up at a time, as a multiple of what networks of the size "
		"have on the average. As of ");
	report_day(&b, s->question->day);
	buf_printf(&b,
		", from what was seen in the %d days before; of networks in which enough was seen "
		"to tell, what was last seen %d days ago counts half. ",
		s->options->window ? s->options->window : RANK_WINDOW, s->options->half_life);
	words_count(&b, k->n, "network was seen", "networks were seen");
	buf_str(&b, " of ");
	words_number(&b, (double)r->world.networks);
	buf_str(&b, ", from ");
	words_count(&b, k->streams, "source and kind", "sources and kinds");
	buf_str(&b,
		". Each is between the two ends of its interval with 90 %, and they stand by the "
		"lower end: by how bad they are at least.");
	if (r->table_days_off < 0) {
		buf_str(&b, " No table says how large networks are: all are taken to be alike. "
			    "`cordon net import FILE` brings one.");
	} else if (r->table_days_off) {
		buf_str(&b, " Sizes are of a table ");
		words_days_off(&b, r->table_days_off);
		buf_byte(&b, '.');
	}
	if (r->unattributed) {
		buf_byte(&b, ' ');
		words_count(&b, r->unattributed, "sighting is", "sightings are");
		buf_str(&b, " in no network that is known.");
	}
	words_wrap(to, buf_span(&b), 0, 0, 79);
	buf_done(&b);
}

/* Kinds by their hosts, the most first: "spam 12, c2 3". */
static void write_kinds(struct buf *to, const struct rank_entry *e, size_t most)
{
	bool told[RANK_KINDS] = {0};

	for (size_t n = 0; n < most; n++) {
		size_t best = RANK_KINDS;

		for (size_t i = 0; i < SIGHTING_KINDS; i++)
			if (!told[i] && e->host_kind[i] &&
				(best == RANK_KINDS || e->host_kind[i] > e->host_kind[best]))
				best = i;
		if (best == RANK_KINDS)
			return;
		told[best] = true;
		buf_printf(to, "%s%s %u", n ? ", " : "",
			sighting_kind_name((enum sighting_kind)best), e->host_kind[best]);
	}
}

static void cell(struct buf *to, struct buf *words, int width)
{
	int columns = (int)words->n;

	for (; columns < width; columns++)
		buf_byte(to, ' ');
	buf_add(to, buf_span(words));
	buf_clear(words);
}

static void write_row(struct buf *to, const struct rank_shown *s, size_t i, int width)
{
	const struct rank_entry *e = &s->result->entry[i];
	struct buf w = {0};

	buf_printf(to, "%4zu  ", i + 1);
	rank_number(&w, e->badness);
	cell(to, &w, 7);
	rank_number(&w, e->low);
	cell(to, &w, 9);
	buf_str(to, " - ");
	rank_number(&w, e->high);
	size_t had = w.n;

	buf_add(to, buf_span(&w));
	buf_clear(&w);
	for (; had < 7; had++)
		buf_byte(to, ' ');
	words_number(&w, (double)e->hosts + e->listed);
	cell(to, &w, 8);
	buf_printf(to, "  %3u  ", e->sources);
	if (e->before_known) {
		rank_number(&w, e->badness / e->before);
		buf_str(&w, "x");
	} else {
		buf_str(&w, "new");
	}
	cell(to, &w, 7);
	if (s->result->stays_known)
		buf_printf(&w, "%.0f d", e->stay);
	else
		buf_byte(&w, '-');
	cell(to, &w, 7);
	buf_str(to, "  ");
	rank_network_name(to, s, e->network, width - 66 > NAME ? width - 66 : NAME);
	buf_byte(to, '\n');
	buf_done(&w);
}

void rank_text(struct buf *to, const struct rank_shown *s, int width)
{
	write_basis(to, s);
	if (!s->result->n)
		return;
	buf_str(to, "\n   #  badness      90 % interval     hosts  by   change    stay  network\n");
	for (size_t i = 0; i < s->result->n && i < s->most; i++)
		write_row(to, s, i, width);
	if (s->most < s->result->n) {
		buf_str(to, "... and ");
		words_number(to, (double)(s->result->n - s->most));
		buf_str(to, " more\n");
	}
}

static void write_source(struct buf *to, const struct rank_shown *s, const struct rank_stream *t)
{
	if (t->source == UINT16_MAX || t->source >= s->reading->sources)
		buf_str(to, "small sources together");
	else
		buf_printf(to, "%s, %s%s", s->reading->source[t->source],
			sighting_kind_name((enum sighting_kind)t->kind),
			t->prefixes ? " prefixes" : "");
}

/* What was learned of each source: with it the figures of any network can be made again. */
static void write_streams(struct buf *to, const struct rank_shown *s, double size)
{
	buf_str(to, "\nWhat each source is expected to see of a usual network of this size, how "
		    "far its\n"
		    "counts agree with the others', and how often it is astray:\n");
	for (size_t i = 0; i < s->result->streams; i++) {
		const struct rank_stream *t = &s->result->stream[i];
		struct buf name = {0};

		write_source(&name, s, t);
		buf_str(to, "  ");
		clean_cell(to, buf_span(&name), 32);
		buf_str(to, " expects ");
		buf_printf(to,
			"%.3g = %.3g (size / 65,536)^%.2f; agreement %.2f; astray %.2g %%; unit "
			"%.2f\n",
			t->scale * pow(size / 65536, t->exponent), t->scale, t->exponent,
			t->agreement, 100 * t->astray, t->unit);
		buf_done(&name);
	}
}

static void write_stays(struct buf *to, const struct rank_shown *s, const struct rank_entry *e)
{
	if (!s->result->stays_known) {
		buf_str(to, "Too few hosts were seen to go to tell how long they stay.");
		return;
	}
	buf_printf(to,
		"Half of its hosts are gone after %.1f days (between %.1f and %.1f with 90 %%), "
		"by %u that were seen to go and those still up, leaning on other networks; ",
		e->stay, e->stay_low, e->stay_high, e->gone);
	if (e->stay_seen < 0)
		buf_str(to, "of its own alone fewer than half were seen to go. ");
	else
		buf_printf(to, "by its own alone (Kaplan and Meier) after %.0f. ", e->stay_seen);
	buf_printf(to,
		"A host that was not seen for %d days is taken to have gone. That multiplies by "
		"%.2f.",
		RANK_GAP, e->stay_factor);
}

static void write_notices(struct buf *to, const struct rank_shown *s, const struct rank_entry *e)
{
	if (!e->notices) {
		buf_str(to, " No notice was sent to it that could have been answered by then.");
		return;
	}
	buf_byte(to, ' ');
	words_count(to, e->notices, "notice was", "notices were");
	buf_printf(to,
		" sent to it, and %u ended in silence or refusal (all networks: %.0f %%). That "
		"multiplies by %.2f.",
		e->silent, 100 * s->result->silent_share, e->silence_factor);
}

/* Which it is of how many, and how bad. */
static void write_place(struct buf *to, const struct rank_entry *e, size_t place, size_t of)
{
	buf_str(to, " is ");
	words_number(to, (double)place + 1);
	buf_str(to, ". of ");
	words_number(to, (double)of);
	buf_str(to, " networks seen. It has ");
	rank_number(to, e->badness);
	buf_str(to,
		" times the abusive hosts up that networks of its size have on the average; with "
		"90 % between ");
	rank_number(to, e->low);
	buf_str(to, " and ");
	rank_number(to, e->high);
	buf_str(to, ".");
	if (e->before_known) {
		buf_str(to, " A window before it was ");
		rank_number(to, e->before);
		buf_byte(to, '.');
	} else {
		buf_str(to, " A window before nothing was seen of it.");
	}
}

/* What was seen of it, and what follows from that. */
static void write_seen(struct buf *to, const struct rank_entry *e, double size)
{
	buf_str(to, "Seen: ");
	words_count(to, e->hosts, "host", "hosts");
	if (e->listed) {
		buf_str(to, " and ");
		words_count(to, e->listed, "listed prefix", "listed prefixes");
	}
	buf_str(to, " (");
	write_kinds(to, e, RANK_KINDS);
	buf_str(to, "), by ");
	words_count(to, e->sources, "source", "sources");
	if (e->campaigns) {
		buf_str(to, ", some of them in ");
		words_count(to, e->campaigns, "campaign", "campaigns");
	}
	buf_str(to, ". After confidence, age as far as it is not chance, and what hosts of one "
		    "campaign have in common, that is ");
	rank_number(to, e->counted);
	buf_str(to, " incidents; a usual network of ");
	if (size > 0) {
		words_number(to, size);
		buf_str(to, " addresses");
	} else {
		buf_str(to, "unknown size");
	}
	buf_str(to, " would show ");
	rank_number(to, e->expected);
	buf_str(to,
		". What networks like it have, and what other sources saw or did not see, makes "
		"its rate ");
	rank_number(to, e->rate);
	buf_str(to, " (");
	rank_number(to, e->rate_low);
	buf_str(to, " to ");
	rank_number(to, e->rate_high);
	buf_str(to, ").");
}

bool rank_explain(struct buf *to, const struct rank_shown *s, uint32_t network)
{
	const struct rank_result *r = s->result;
	double size = s->reading->world.network[network].size;
	struct buf b = {0};
	size_t i = 0;

	while (i < r->n && r->entry[i].network != network)
		i++;
	rank_network_name(&b, s, network, 70);
	if (i == r->n) {
		buf_str(&b,
			": nothing was seen of it in this window, so it is not ranked. That is not "
			"to say that nothing is there.");
		words_wrap(to, buf_span(&b), 0, 0, 79);
		buf_done(&b);
		return false;
	}
	const struct rank_entry *e = &r->entry[i];

	write_place(&b, e, i, r->n);
	words_wrap(to, buf_span(&b), 0, 0, 79);
	buf_clear(&b);
	write_seen(&b, e, size);
	words_wrap(to, buf_span(&b), 0, 0, 79);
	buf_clear(&b);
	write_stays(&b, s, e);
	write_notices(&b, s, e);
	words_wrap(to, buf_span(&b), 0, 0, 79);
	buf_done(&b);
	write_streams(to, s, size > 0 ? size : 65536);
	return true;
}

void rank_judgement_text(struct buf *to, const struct rank_judgement *j)
{
	words_number(to, (double)j->hosts_shown);
	buf_str(to, " hosts shown in ");
	words_count(to, j->seen, "network", "networks");
	buf_str(to, ", ");
	words_number(to, (double)j->hosts_hidden);
	buf_str(to, " hidden in ");
	words_number(to, (double)j->hidden);
	buf_str(to, "; ");
	words_number(to, (double)j->networks);
	buf_str(to, " networks in all.\n\n"
		    "                      hidden hosts of a network          how bad it is for "
		    "its size\n"
		    "method     log score  correlation  first 50 right       correlation  first 50 "
		    "right\n");
	for (int m = 0; m < RANK_METHODS; m++) {
		const struct rank_score *s = &j->score[m];

		buf_printf(to, "%-10s %9.5f  %11.3f  %12.0f %%       %11.3f  %12.0f %%\n",
			rank_method_name((enum rank_method)m), s->log_score, s->of_hosts,
			100 * s->first_of_hosts, s->of_badness, 100 * s->first_of_badness);
	}
}
