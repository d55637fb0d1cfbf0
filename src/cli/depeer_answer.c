#include "cli/depeer_answer.h"

#include "show/words.h"

#include <errno.h>

#define NAMED 4 /* networks that a sentence names; of more it tells the number */

int depeer_answer_find(const struct atlas *atlas, const struct depeer_question *question,
	const struct starve_question *limit, struct depeer_answer *ret_answer)
{
	struct depeer_answer a = {.atlas = atlas, .question = question, .limit = limit};
	int rc = depeer(atlas->graph, question, &a.depeer);

	if (rc < 0)
		return rc;
	rc = part_find(atlas->graph, question->targets, question->ntargets, question->keep,
		question->nkeep, &a.part);
	if (rc == 0 && limit)
		rc = starve_find(atlas->graph, limit, &a.starve);
	if (rc < 0)
		depeer_answer_done(&a);
	else
		*ret_answer = a;
	return rc;
}

void depeer_answer_done(struct depeer_answer *a)
{
	depeer_done(&a->depeer);
	part_done(&a->part);
	starve_done(&a->starve);
	*a = (struct depeer_answer){0};
}

const char *depeer_outlook_name(const struct depeer_answer *a)
{
	static const char *const names[] = {
		[OUTLOOK_ALREADY_APART] = "already-apart",
		[OUTLOOK_CUTS_OFF] = "cuts-off",
		[OUTLOOK_PEERS_REMAIN] = "peers-remain",
		[OUTLOOK_TRANSIT_REMAINS] = "transit-remains",
		[OUTLOOK_MANY_TRANSITS] = "many-transits",
		[OUTLOOK_AT_TOP] = "at-top",
	};

	return names[a->depeer.outlook];
}

const char *depeer_hurt_name(const struct depeer_hurt *h)
{
	static const char *const names[] = {
		[HURT_LOST] = "lost", [HURT_LESS] = "less", [HURT_ONE_LEFT] = "one-left"};

	return names[h->how];
}

const char *depeer_part_name(const struct depeer_answer *a)
{
	static const char *const names[] = {
		[PART_FOUND] = "found",
		[PART_APART] = "apart",
		[PART_AT_TOP] = "at-top",
		[PART_KEPT] = "kept",
	};

	return names[a->part.state];
}

const char *depeer_starve_name(const struct depeer_answer *a)
{
	static const char *const names[] = {[STARVE_OPTIMAL] = "optimal",
		[STARVE_BOUNDED] = "bounded",
		[STARVE_NEVER] = "never"};

	return names[a->starve.state];
}

const char *depeer_counts(const struct measure *m)
{
	static const char *const counts[][2] = {
		{"ases", "networks"},
		{"ipv4", "IPv4 addresses"},
		{"ipv6", "IPv6 /48s"},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		if (!strcmp(m->name, counts[i][0]))
			return counts[i][1];
	return m->name;
}

static size_t measure_named(const struct measures *m, const char *name)
{
	for (size_t i = 1; i < m->n; i++)
		if (!strcmp(m->m[i].name, name))
			return i;
	return 0;
}

size_t depeer_chief(const struct depeer_answer *a)
{
	size_t weight = measure_named(a->question->measures, "weight");

	return weight ? weight : measure_named(a->question->measures, "ipv4");
}

void depeer_targets(struct buf *to, const struct depeer_answer *a)
{
	atlas_numbers(to, a->atlas, a->question->targets, a->question->ntargets, NAMED);
}

/* A verb's ending: "AS1 refuses", "AS1 and AS2 refuse". */
static const char *s_for(size_t n)
{
	return n == 1 ? "s" : "";
}

/* "0.3 % of networks and 0.1 % of IPv4 addresses"; without nouns "0.3 % and 0.1 %". */
static void put_shares(struct buf *to, const struct depeer_answer *a,
	const struct depeer_shares *shares, bool nouns)
{
	size_t chief = depeer_chief(a);

	words_share(to, shares->of[0]);
	buf_str(to, nouns ? " of networks" : "");
	if (!chief)
		return;
	buf_str(to, " and ");
	words_share(to, shares->of[chief]);
	if (nouns)
		buf_printf(to, " of %s", depeer_counts(&a->question->measures->m[chief]));
}

/* "When AS174 and AS3356 refuse AS26780" */
static void put_when(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;

	if (a->question->links_only) {
		buf_str(to, "When the links of ");
		atlas_numbers(to, a->atlas, d->cut, d->ncut, NAMED);
		buf_str(to, " with ");
		depeer_targets(to, a);
		buf_str(to, " end");
		return;
	}
	buf_str(to, "When ");
	atlas_numbers(to, a->atlas, d->cut, d->ncut, NAMED);
	buf_printf(to, " refuse%s ", s_for(d->ncut));
	depeer_targets(to, a);
}

static void put_reach(struct buf *to, const struct depeer_answer *a)
{
	put_shares(to, a, &a->depeer.reach_after, true);
	buf_str(to, " still reach ");
	depeer_targets(to, a);
	buf_str(to, "; before: ");
	put_shares(to, a, &a->depeer.reach_before, false);
	buf_byte(to, '.');
}

/* Why transit remains: who it is, or how many there are. */
static void put_remaining(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;

	if (!d->nremaining) {
		buf_str(to, "No: there is other transit. ");
		return;
	}
	buf_str(to, "No: ");
	atlas_numbers(to, a->atlas, d->remaining, d->nremaining, NAMED);
	buf_printf(to, " still carr%s ", d->nremaining == 1 ? "ies" : "y");
	depeer_targets(to, a);
	buf_str(to, a->depeer.outlook == OUTLOOK_MANY_TRANSITS
			    ? ", and transit from so many is more than a few can end. "
			    : ". ");
}

static void put_outlook(struct buf *to, const struct depeer_answer *a)
{
	switch (a->depeer.outlook) {
	case OUTLOOK_ALREADY_APART: break;
	case OUTLOOK_CUTS_OFF:
		buf_str(to, a->depeer.reach_after.of[0] > 0
				    ? "Yes, that cuts it off from all but a few. "
				    : "Yes, that cuts it off. ");
		break;
	case OUTLOOK_PEERS_REMAIN:
		buf_str(to, a->depeer.nremaining
				    ? "Only in part: little transit is left, but peers are. "
				    : "Only in part: no transit is left, but peers are. ");
		break;
	case OUTLOOK_TRANSIT_REMAINS:
	case OUTLOOK_MANY_TRANSITS: put_remaining(to, a); break;
	case OUTLOOK_AT_TOP:
		buf_str(to, "No: ");
		depeer_targets(to, a);
		buf_printf(to, " need%s nobody's transit, so there is nobody above to refuse. ",
			s_for(a->question->ntargets));
	}
}

void depeer_verdict(struct buf *to, const struct depeer_answer *a)
{
	if (a->depeer.outlook == OUTLOOK_ALREADY_APART) {
		buf_str(to, "There is nothing to cut off: in this graph nobody reaches ");
		depeer_targets(to, a);
		buf_str(to, " as it is.");
		return;
	}
	put_outlook(to, a);
	if (a->depeer.ncut) {
		put_when(to, a);
		buf_str(to, ", ");
	}
	put_reach(to, a);
}

void depeer_hurt_words(struct buf *to, const struct depeer_answer *a)
{
	static const char *const effects[] = {
		[HURT_LOST] = "cut off as well",
		[HURT_LESS] = "reached by fewer",
		[HURT_ONE_LEFT] = "reached as before but down to one upstream",
	};
	const struct depeer *d = &a->depeer;
	size_t n[3] = {0}, kinds = 0, told = 0;

	for (size_t i = 0; i < d->nhurt; i++)
		kinds += n[d->hurt[i].how]++ == 0;
	if (!kinds) {
		buf_str(to, "Nobody: no other network loses reach.");
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!n[i])
			continue;
		buf_str(to, words_joint(told++, kinds));
		words_count(to, n[i], "network", "networks");
		buf_printf(to, " %s", effects[i]);
	}
	buf_byte(to, '.');
}

/* Sets are searched for by refusal alone; beside an answer for links that must be told. */
static void put_by_refusal(struct buf *to, const struct depeer_answer *a)
{
	if (a->question->links_only)
		buf_str(to, "That takes refusals: to end links alone may not be enough. ");
}

static void put_sets(struct buf *to, const struct part_sets *p)
{
	buf_str(to, "The fewest that part it from the top: ");
	words_count(to, p->size, "network", "networks");
	if (p->more)
		buf_printf(to, ", in %u ways or more", p->sets);
	else if (p->sets > 1)
		buf_printf(to, ", in %u ways", p->sets);
	buf_str(to, p->size == 1 ? ". " : "; that no fewer do it is proved by maximum flow. ");
	buf_str(to, p->by_clique ? "The top is the clique. "
				 : "The top is those above it that buy from nobody, since the "
				   "graph names no clique. ");
}

void depeer_part_words(struct buf *to, const struct depeer_answer *a)
{
	switch (a->part.state) {
	case PART_FOUND:
		put_sets(to, &a->part);
		put_by_refusal(to, a);
		break;
	case PART_APART:
		buf_str(to, "Nothing of the top is above it: there is nothing to part. ");
		break;
	case PART_AT_TOP: buf_str(to, "It is of the top itself: nobody above can part it. "); break;
	case PART_KEPT:
		buf_str(to, "No set is enough: those to be kept carry it to the top. ");
		break;
	}
	buf_str(to, "With all transit gone, peers would leave it ");
	put_shares(to, a, &a->depeer.by_peers, true);
	buf_byte(to, '.');
}

void depeer_starve_words(struct buf *to, const struct depeer_answer *a)
{
	const struct starve *s = &a->starve;
	struct buf left = {0};

	words_share(&left, s->reach);
	buf_printf(&left, " of %s", depeer_counts(a->limit->measure));
	if (s->state == STARVE_NEVER) {
		buf_printf(to,
			"No set does it: were all others to refuse, %.*s would still reach it.",
			SPAN_ARG(buf_span(&left)));
	} else if (s->n == 0) {
		buf_printf(to, "Nobody has to refuse: %.*s reach it as it is.",
			SPAN_ARG(buf_span(&left)));
	} else {
		words_count(to, s->n, "network does it", "networks do it");
		buf_printf(to, "; %.*s are left. ", SPAN_ARG(buf_span(&left)));
		put_by_refusal(to, a);
	}
	if (s->n && s->state == STARVE_OPTIMAL) {
		buf_str(to,
			s->n == 1 ? "Optimal: with nobody refusing it is more." : "Optimal: no ");
		if (s->n > 1)
			words_count(to, s->n - 1, "network does it.", "networks do it.");
	} else if (s->state == STARVE_BOUNDED) {
		buf_printf(to,
			"The best found in the time given: between %u and %u are needed; a longer "
			"search (--seconds) may find fewer.",
			s->at_least, s->n);
	}
	buf_done(&left);
}

/* A reason, parted from one before. */
static void begin_reason(struct buf *to, size_t start)
{
	if (to->n > start)
		buf_str(to, "; ");
}

void depeer_candidate_words(struct buf *to, const struct depeer_candidate *c)
{
	size_t start = to->n;

	if (c->is_peer || c->is_customer)
		buf_printf(to, "has a link with it already, as its %s",
			c->is_peer ? "peer" : "customer");
	if (c->siblings) {
		begin_reason(to, start);
		words_count(
			to, c->siblings, "sibling of it buys there", "siblings of it buy there");
	}
	if (c->customers) {
		begin_reason(to, start);
		words_count(
			to, c->customers, "customer of it buys there", "customers of it buy there");
	}
	if (c->alike) {
		begin_reason(to, start);
		buf_printf(to, "%u of %u networks like it buy there", c->alike, c->alike_of);
	}
	begin_reason(to, start);
	words_share(to, c->cone_share);
	buf_str(to, " of all networks are below it");
}
