/*
 * Every point is a condition on the numbers of the case and a sentence with these numbers. They are
 * told whenever they hold, whoever they please: a case file that hides what speaks for a network is
 * worth less before a desk and nothing before a judge.
 */
#include "case/case_points.h"

#include "net/day.h"
#include "show/words.h"

#include <math.h>

#define FEW_OF_SIZE 0.001 /* abusive hosts as a share of addresses that is small */

struct telling {
	const struct case_file *c;
	case_point_fn *tell;
	void *context;
	struct buf words;
	size_t told;
};

void case_points_day(struct buf *to, int32_t day)
{
	char text[DAY_TEXT];

	buf_str(to, day_format(day, text));
}

/* Ends a point whose words are in t->words. */
static void end(struct telling *t, const char *name)
{
	t->tell(t->context, name, buf_span(&t->words));
	t->told++;
	buf_clear(&t->words);
}

static void share_of_size(struct telling *t)
{
	const struct case_file *c = t->c;
	const struct case_network *n = &c->network;
	double share = n->announces && n->v4_addresses
			       ? (double)c->all.hosts / (double)n->v4_addresses
			       : 1;

	if (!c->all.hosts || share > FEW_OF_SIZE)
		return;
	buf_str(&t->words, "Small share of its size: the ");
	words_count(&t->words, c->all.hosts, "host is ", "hosts are ");
	words_share(&t->words, share);
	buf_str(&t->words, " of the ");
	words_number(&t->words, (double)n->v4_addresses);
	buf_str(&t->words, " IPv4 addresses that it announced.");
	end(t, "small-share");
}

/* Whether somebody looked on more than one day. Else nothing that was not seen later speaks for
 * anybody. */
static bool was_looked_at_again(const struct case_file *c)
{
	for (size_t i = 0; i < c->sources; i++)
		if (c->source[i].days > 1)
			return true;
	return false;
}

static void gone_quickly(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!was_looked_at_again(c) || c->all.hosts < 4 || 2 * c->hosts_one_day < c->all.hosts)
		return;
	words_number(&t->words, c->hosts_one_day);
	buf_str(&t->words, " of ");
	words_count(&t->words, c->all.hosts, "host", "hosts");
	buf_str(&t->words, " were seen on a single day: they may have been stopped quickly, or not "
			   "have been looked at again.");
	end(t, "gone-quickly");
}

static void few_left(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!was_looked_at_again(c) || !c->looking || !c->all.hosts ||
		4 * c->hosts_still > c->all.hosts)
		return;
	if (!c->hosts_still)
		buf_str(&t->words, "No host");
	else
		words_count(&t->words, c->hosts_still, "host", "hosts");
	buf_str(&t->words, " of ");
	words_number(&t->words, c->all.hosts);
	buf_printf(&t->words, " was seen in the %d days up to ", CASE_STILL_UP);
	case_points_day(&t->words, c->day);
	buf_str(&t->words, ", while sources that had told of it told of somebody.");
	end(t, "few-left");
}

static void answered(struct telling *t)
{
	uint64_t acted = 0, promised = 0;

	for (size_t i = 0; i < t->c->notices; i++)
		for (size_t k = 0; k < t->c->notice[i].answers; k++) {
			acted += t->c->notice[i].answer[k].what == ANSWER_ACTED;
			promised += t->c->notice[i].answer[k].what == ANSWER_PROMISED;
		}
	if (!acted && !promised)
		return;
	buf_str(&t->words, "It answers: of the answers to notices ");
	words_number(&t->words, (double)acted);
	buf_str(&t->words, " said that the abuse was ended, ");
	words_number(&t->words, (double)promised);
	buf_str(&t->words, " that it would be looked at.");
	end(t, "answers");
}

static void improving(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!was_looked_at_again(c) || c->hosts_early < 4 || 2 * c->hosts_late > c->hosts_early)
		return;
	buf_str(&t->words, "It gets better: ");
	words_count(&t->words, c->hosts_early, "host", "hosts");
	buf_str(&t->words, " in the first third of the time looked at, ");
	words_number(&t->words, c->hosts_late);
	buf_str(&t->words, " in the last.");
	end(t, "improving");
}

static void one_source(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!c->all.sightings || c->sources_all != 1)
		return;
	buf_str(&t->words, "All sightings are of one source; nobody else here confirms them.");
	end(t, "one-source");
}

static void one_place(struct telling *t)
{
	const struct case_file *c = t->c;

	if (c->all.hosts < 2 || c->v4_24s != 1 || c->as_whole)
		return;
	buf_str(&t->words, "All hosts with an IPv4 address are in one block of 256 addresses: that "
			   "may be one customer, and not the network as a whole.");
	end(t, "one-place");
}

static void only_listed(struct telling *t)
{
	const struct case_file *c = t->c;
	uint64_t listed = c->kind[SIGHTING_LISTED].sightings;

	if (!listed || 2 * listed < c->all.sightings)
		return;
	words_number(&t->words, (double)listed);
	buf_str(&t->words, " of ");
	words_count(&t->words, c->all.sightings, "sighting", "sightings");
	buf_str(&t->words, " only say that a list has the host, not what it did.");
	end(t, "only-listed");
}

static void one_campaign(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!c->campaigns || 10 * c->campaign[0].here.sightings < 9 * c->all.sightings ||
		c->campaign[0].here.hosts < 2)
		return;
	buf_str(&t->words,
		"Nine of ten sightings or more are of one campaign: its hosts may be "
		"machines of customers that were broken into, and not rented for abuse.");
	end(t, "one-campaign");
}

static void only_led(struct telling *t)
{
	const struct case_file *c = t->c;

	if (c->all.sightings || !c->led.all.sightings)
		return;
	buf_str(&t->words, "None of its addresses was itself seen at abuse. Abuse leads to them; a "
			   "link can be written by anybody, to a page that was broken into, too.");
	end(t, "only-led");
}

static void usual(struct telling *t)
{
	const struct case_rank *r = &t->c->rank;

	for (size_t i = 0; r->present && i < r->rows; i++) {
		if (!r->row[i].self || r->row[i].low > 1)
			continue;
		buf_str(&t->words, "Given its size and what is known, it may be no worse than is "
				   "usual: the interval of its badness reaches down to ");
		words_number(&t->words, round(100 * r->row[i].low) / 100);
		buf_str(&t->words, " times the usual.");
		end(t, "may-be-usual");
	}
}

size_t case_points_for(const struct case_file *c, case_point_fn *tell, void *context)
{
	static void (*const points[])(struct telling *) = {share_of_size, gone_quickly, few_left,
		answered, improving, one_source, one_place, only_listed, one_campaign, only_led,
		usual};
	struct telling t = {c, tell, context, {0}, 0};

	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		points[i](&t);
	buf_done(&t.words);
	return t.told;
}

static void not_truth(struct telling *t)
{
	buf_str(&t->words,
		"Whether what was handed in is true: the proofs show that a record stood "
		"in the log and has not been changed since, not that its source was right, "
		"nor that the holder knew of anything.");
	end(t, "truth-of-sources");
}

static void not_witnessed(struct telling *t)
{
	buf_str(&t->words,
		"When the records were made, but by our word: the times in the log are of "
		"our own clock, and nobody else has signed the checkpoint. Who kept an "
		"earlier one can tell that the log is that old and was not changed since. "
		"Nor is it in the records which network an address belonged to: that is "
		"from the tables named above.");
	end(t, "not-witnessed");
}

static void holders(struct telling *t)
{
	const struct case_source *s = &t->c->network.table;

	if (!s->present) {
		buf_str(&t->words, "Who held the addresses: no table of origins is installed "
				   "('cordon net import FILE' takes one).");
		end(t, "no-table");
	} else if (s->days_off) {
		buf_str(&t->words,
			"Who held the addresses on the very day: the table of origins is ");
		words_days_off(&t->words, s->days_off);
		buf_str(&t->words,
			s->stale ? ", over a year; numbers and prefixes change hands." : ".");
		end(t, s->stale ? "stale-table" : "table-days-off");
	}
}

static void day_only(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!c->all.day_only)
		return;
	buf_str(&t->words, "The hour of ");
	words_count(&t->words, c->all.day_only, "sighting", "sightings");
	buf_str(&t->words, " of ");
	words_number(&t->words, (double)c->all.sightings);
	buf_str(&t->words, ": the source gives no more than a day.");
	end(t, "day-only");
}

/* Sources that were taken in on one day say nothing of the time around it. */
static void one_day_sources(struct telling *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->c->sources; i++)
		n += t->c->source[i].days == 1;
	if (!n)
		return;
	buf_str(&t->words, "What ");
	words_count(&t->words, n, "source", "sources");
	buf_str(&t->words,
		" would have said on other days: it was taken in for a single day only.");
	end(t, "one-day-sources");
}

static void nobodys(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!c->unattributed)
		return;
	buf_str(&t->words, "Whose hosts ");
	words_number(&t->words, (double)c->unattributed);
	buf_str(&t->words, " of all ");
	words_number(&t->words, (double)c->everywhere);
	buf_str(&t->words,
		" sightings in the ledger for that time were: their network is not known, "
		"and some may have been this one.");
	end(t, "network-not-known");
}

static void led_by_name(struct telling *t)
{
	if (!t->c->led.by_name)
		return;
	buf_str(&t->words, "Where stands what ");
	words_count(&t->words, t->c->led.by_name, "sighting in the ledger for that time leads",
		"sightings in the ledger for that time lead");
	buf_str(&t->words, " to by name: the log has the name and no address, or the address is "
			   "nobody's that is known. Some may stand in this network.");
	end(t, "led-by-name");
}

static void prefixes(struct telling *t)
{
	if (!t->c->as_whole)
		return;
	buf_str(&t->words, "Which hosts are meant by ");
	words_count(&t->words, t->c->as_whole, "sighting that names", "sightings that name");
	buf_str(&t->words, " a whole prefix.");
	end(t, "whole-prefixes");
}

static void sampling(struct telling *t)
{
	buf_str(&t->words,
		"What nobody showed us: the ledger holds what was handed in to one operator "
		"and what some lists say. No sighting is no proof of good conduct, and many "
		"may come from looking closely.");
	end(t, "sampling");
}

static void chosen(struct telling *t)
{
	buf_printf(&t->words,
		"What stands in records that are not shown: at most %zu are shown behind a claim "
		"and "
		"%d behind a row of a table, the first and the last in time, others chosen by "
		"hash; "
		"the total is told, and all of them can be had from the operator of the log.",
		t->c->records, CASE_ROW_RECORDS);
	end(t, "records-not-shown");
}

static void missing_parts(struct telling *t)
{
	const struct case_file *c = t->c;

	if (!c->rank.present && c->rank.why_not.n) {
		buf_printf(
			&t->words, "How it compares with others: %.*s", SPAN_ARG(c->rank.why_not));
		end(t, "no-rank");
	}
	if (!c->depeer.present && c->depeer.why_not.n) {
		buf_printf(
			&t->words, "What de-peering would do: %.*s", SPAN_ARG(c->depeer.why_not));
		end(t, "no-routes");
	}
	if (!c->notices_all) {
		buf_str(&t->words,
			"How its abuse desk would answer: the ledger has no notice to it.");
		end(t, "no-notices");
	}
}

static void the_log(struct telling *t)
{
	const struct case_file *c = t->c;

	if (c->clock_back) {
		buf_str(&t->words,
			"The exact order in time of some records: our clock was found to go "
			"backwards ");
		words_count(&t->words, c->clock_back, "time", "times");
		buf_str(&t->words, "; the order in the log holds.");
		end(t, "clock");
	}
	if (c->erasures) {
		buf_str(&t->words,
			"What stood in raw evidence that was erased before its time, for ");
		words_count(&t->words, c->erasures, "record", "records");
		buf_str(&t->words, " of the whole log; the records and their proofs hold.");
		end(t, "erased");
	}
}

size_t case_points_unknown(const struct case_file *c, case_point_fn *tell, void *context)
{
	static void (*const points[])(struct telling *) = {not_truth, not_witnessed, holders,
		day_only, one_day_sources, nobodys, led_by_name, prefixes, sampling, chosen,
		missing_parts, the_log};
	struct telling t = {c, tell, context, {0}, 0};

	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		points[i](&t);
	buf_done(&t.words);
	return t.told;
}
