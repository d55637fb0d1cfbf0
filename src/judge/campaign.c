/*
 * Putting a print into its campaign:
 *
 *	1. Each shingle is weighed by how rare it is: in how many campaigns, not messages, it was
 *	   met, so a campaign does not make its own words common, and what unrelated mail shares
 *	   (footers, disclaimers, skeletons of HTML) soon weighs nothing.
 *	2. The index gives campaigns that have some of the message's shingles among the few that
 *	   they are found by; the four that have most of the weight are looked at.
 *	3. Core and message are compared. Enough of the core must be in the message, and enough of
 *	   the message in the core, by weight, estimated from the samples of both.
 *	4. The best of those takes the message and learns from it. The others that would have, too,
 *	   are merged with it if their cores are alike.
 *	5. When there is none the message begins a campaign, and its shingles are counted.
 */
#include "judge/campaign_work.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

#define CANDIDATES  4
#define FOUND_BY    20 /* shingles that the index has of a campaign */
#define FOUND_LEAST 8  /* weight under which the index does not have one */
#define TALLY_LEAST 40 /* weight that a candidate must have in the index */
#define SETTLED     6  /* messages from which a core is trusted */

/* What a campaign of so many messages must share of each, on average, when nothing else speaks for
 * it. */
#define BOILERPLATE_FROM   8
#define COVER_OF_TEMPLATE  0.5f
#define MAILER_OF_TEMPLATE 0.6f
#define MAILER_STEADY      0.85f

/* What must be shared for a message to be of a campaign, as shares of core and message: each, and
 * both together; and how much in all. */
struct rule {
	float core, message, sum, solid;
};
static const struct rule rule_new = {0.25f, 0.25f, 0.6f, 4};
static const struct rule rule_settled = {0.4f, 0.15f, 0.65f, 4};
/* The same of a message that another mail program wrote, and that leads elsewhere. */
static const struct rule rule_stranger = {0.5f, 0.5f, 1.1f, 4};

static bool alike(const struct meeting *m, const struct rule *rule)
{
	float core = m->core > 0 ? m->both / m->core : 0;
	float message = m->message > 0 ? m->both / m->message : 0;

	return core >= rule->core && message >= rule->message && core + message >= rule->sum &&
	       m->solid >= rule->solid;
}

static const struct rule *rule_for(const struct one *o, const struct meeting *m, uint32_t mailer)
{
	bool settled = o->messages >= SETTLED;

	if (o->mailer != mailer && m->link < 1 && (!settled || o->mailer_share > MAILER_STEADY))
		return &rule_stranger;
	if (!settled)
		return &rule_new;
	return &rule_settled;
}

/* --- what a campaign is found by --- */

/* A place for (shingle, who) in its bucket; when that is full, the one whose campaign has fewest
 * messages gives way, if it has fewer. */
static void finder_put(struct campaigns *c, uint32_t place, uint32_t i)
{
	struct core *core = &c->one[place].core;
	struct bucket *b = finder_bucket(&c->finder, shingle_mix(core->shingle[i]));
	uint64_t least = c->one[place].messages;
	int at = -1;

	for (int k = 0; k < BUCKET_PLACES; k++) {
		if (!b->who[k]) {
			at = k;
			c->finder.used++;
			break;
		}
		if (c->one[b->who[k] - 1].messages < least) {
			least = c->one[b->who[k] - 1].messages;
			at = k;
		}
	}
	if (at < 0)
		return;
	b->shingle[at] = core->shingle[i];
	b->who[at] = place + 1;
	core_state(core)[i] |= STATE_FOUND;
}

void campaigns_hide(struct campaigns *c, uint32_t place)
{
	struct core *core = &c->one[place].core;

	for (uint32_t i = 0; i < core->n; i++)
		if (core_state(core)[i] & STATE_FOUND) {
			finder_remove(&c->finder, core->shingle[i], place + 1);
			core_state(core)[i] &= STATE_STEADY;
		}
}

/* The most telling by weight and steadiness; a threshold over a histogram of what they are worth.
 */
void campaigns_show(struct campaigns *c, uint32_t place)
{
	struct core *core = &c->one[place].core;
	uint16_t histogram[256] = {0};
	uint8_t worth[CORE_MOST];
	uint32_t n = 0, left = FOUND_BY;
	int least = 256;

	for (uint32_t i = 0; i < core->n; i++) {
		uint32_t w = core_weight(core)[i];

		worth[i] = w < FOUND_LEAST
				   ? 0
				   : (uint8_t)(w * (core_state(core)[i] & STATE_STEADY) / 32);
		histogram[worth[i]]++;
	}
	while (least > 1 && n + histogram[least - 1] <= FOUND_BY)
		n += histogram[--least];
	for (uint32_t i = 0; i < core->n && left; i++)
		if (worth[i] >= least) {
			finder_put(c, place, i);
			left--;
		}
	for (uint32_t i = 0; i < core->n && left && least > 1; i++)
		if (worth[i] == least - 1) {
			finder_put(c, place, i);
			left--;
		}
}

/* --- who may be it --- */

static struct tally *tally_of(struct desk *d, uint32_t who)
{
	uint32_t i = who * 0x9e3779b9u >> 20;

	for (;; i = (i + 1) % TALLY_SLOTS) {
		if (d->tally[i].who == who)
			return &d->tally[i];
		if (d->tally[i].who)
			continue;
		d->tally[i].who = who;
		d->used[d->n++] = (uint16_t)i;
		return &d->tally[i];
	}
}

static void weigh(struct campaigns *c, const struct campaign_print *p, uint64_t *mixed)
{
	for (uint32_t i = 0; i < p->n; i++) {
		mixed[i] = shingle_mix(p->shingle[i]);
		__builtin_prefetch(counts_line(&c->counts, mixed[i]));
	}
	for (uint32_t i = 0; i < p->n; i++)
		__builtin_prefetch(finder_bucket(&c->finder, mixed[i]));
	for (uint32_t i = 0; i < p->n; i++)
		c->desk->weight[i] =
			c->weight[counts_level(&c->counts, mixed[i])][shingle_class(p->shingle[i])];
}

static void gather(struct campaigns *c, const struct campaign_print *p, const uint64_t *mixed)
{
	struct desk *d = c->desk;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct bucket *b = finder_bucket(&c->finder, mixed[i]);

		for (int k = 0; k < BUCKET_PLACES; k++)
			if (b->shingle[k] == p->shingle[i] && b->who[k])
				tally_of(d, b->who[k])->sum += d->weight[i];
	}
}

struct candidate {
	uint32_t place, sum;
	float cover; /* share of the message that is in the core */
};

/* The best by what the index says, in order; of equals the older place. Clears the tally. */
static size_t best_of_tally(struct desk *d, struct candidate *to)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct tally *t = &d->tally[d->used[i]];
		struct candidate new = {t->who - 1, t->sum, 0};
		size_t k;

		*t = (struct tally){0};
		if (new.sum < TALLY_LEAST)
			continue;
		for (k = n;
			k > 0 && (to[k - 1].sum < new.sum ||
					 (to[k - 1].sum == new.sum &&to[k - 1].place > new.place));
			k--)
			if (k < CANDIDATES)
				to[k] = to[k - 1];
		if (k < CANDIDATES) {
			to[k] = new;
			n += n < CANDIDATES;
		}
	}
	d->n = 0;
	return n;
}

/* Keeps those that the message is of, the best first. */
static size_t verify(struct campaigns *c, const struct weighed *message, uint32_t mailer,
	struct candidate *at, size_t n)
{
	float score[CANDIDATES];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct one *o = &c->one[at[i].place];
		struct weighed core = core_weighed(&o->core);
		struct candidate this = at[i];
		struct meeting m;
		size_t k;

		core_meet(&core, message, &m);
		if (!alike(&m, rule_for(o, &m, mailer)))
			continue;
		this.cover = m.both / m.message;
		float s = m.both / m.core + this.cover;

		for (k = kept; k > 0 && score[k - 1] < s; k--) {
			score[k] = score[k - 1];
			at[k] = at[k - 1];
		}
		score[k] = s;
		at[k] = this;
		kept++;
	}
	return kept;
}

/* --- joining, merging, beginning --- */

struct gone {
	struct campaigns *c;
	uint32_t place;
};

static void unfind(void *context, uint32_t shingle)
{
	struct gone *g = context;

	finder_remove(&g->c->finder, shingle, g->place + 1);
}

static void vote(struct one *o, uint32_t mailer)
{
	if (o->mailer == mailer) {
		o->mailer_lead++;
	} else if (o->mailer_lead) {
		o->mailer_lead--;
	} else {
		o->mailer = mailer;
		o->mailer_lead = 1;
	}
}

static bool is_round(uint64_t n)
{
	return (n & (n - 1)) == 0;
}

/* Whether messages that share little also have little else in common: no link, no mail program. */
static bool is_boilerplate(const struct one *o)
{
	const struct core *core = &o->core;

	if (o->cover > COVER_OF_TEMPLATE || o->mailer_share > MAILER_OF_TEMPLATE)
		return false;
	for (uint32_t i = 0; i < core->n; i++)
		if (shingle_class(core->shingle[i]) == SHINGLE_LINK &&
			core_weight(core)[i] >= WEIGHT_ONE &&
			(core_state(core)[i] & STATE_STEADY) >= STATE_NEW / 2)
			return false;
	return true;
}

/* Nothing more is put into it, and what its messages share is counted as that many campaigns would
 * have been. */
static void close_boilerplate(struct campaigns *c, uint32_t place)
{
	struct one *o = &c->one[place];
	uint64_t times = o->messages < 64 ? o->messages : 64;

	campaigns_hide(c, place);
	o->closed = true;
	for (uint64_t i = 0; i < times; i++)
		counts_add(
			&c->counts, o->core.shingle, o->core.n, hash64_mix(c->key + i, c->serial));
}

static void found_anew(struct campaigns *c, uint32_t place)
{
	struct one *o = &c->one[place];

	if (o->messages >= BOILERPLATE_FROM && is_boilerplate(o)) {
		close_boilerplate(c, place);
		return;
	}
	campaigns_hide(c, place);
	campaigns_show(c, place);
}

static int join(struct campaigns *c, const struct candidate *candidate,
	const struct campaign_print *p, const struct weighed *message, int64_t at)
{
	uint32_t place = candidate->place;
	struct one *o = &c->one[place];
	struct gone context = {c, place};

	if (!o->template) {
		o->template = template_make(p);
		if (!o->template)
			return -ENOMEM;
	} else if (o->messages < 12 || is_round(o->messages) || o->messages % 256 == 0) {
		template_compare(o->template, c->key, p);
	}
	o->messages++;
	if (at < o->first)
		o->first = at;
	if (at > o->last)
		o->last = at;
	core_learn(&o->core, message, o->messages >= 4, unfind, &context);
	vote(o, p->mailer);
	float weight = 1 / (o->messages < 16 ? (float)o->messages : 16);

	o->cover += (candidate->cover - o->cover) * weight;
	o->mailer_share += ((p->mailer == o->mailer ? 1.0f : 0.0f) - o->mailer_share) * weight;
	if (is_round(o->messages) || o->messages % (o->messages < 64 ? 8 : 256) == 0)
		found_anew(c, place);
	return 0;
}

static void name_write(uint64_t name, char to[CAMPAIGN_NAME])
{
	static const char hex[] = "0123456789abcdef";

	memcpy(to, "c-", 2);
	for (int i = 0; i < 12; i++)
		to[2 + i] = hex[name >> (44 - 4 * i) & 15];
	to[14] = '\0';
}

/* A number of 48 bits for each serial number, none twice: four rounds of a Feistel network. */
static uint64_t name_of(uint64_t key, uint64_t serial)
{
	uint32_t left = serial >> 24 & 0xffffff, right = serial & 0xffffff;

	for (uint64_t round = 0; round < 4; round++) {
		uint32_t next = left ^ (uint32_t)(hash64_mix(key + round, right) >> 40);

		left = right;
		right = next;
	}
	return (uint64_t)left << 24 | right;
}

/* Room for one campaign more in every table; 0, or -ENOMEM with nothing lost. */
static int reserve(struct campaigns *c)
{
	if (!c->free && c->places == c->room) {
		uint32_t room = c->room ? c->room * 2 : 1024;
		struct one *one = reallocarray(c->one, room, sizeof(*one));

		if (!one)
			return -ENOMEM;
		c->one = one;
		c->room = room;
	}
	int rc = counts_reserve(&c->counts);

	return rc < 0 ? rc : finder_reserve(&c->finder, FOUND_BY);
}

static int begin(struct campaigns *c, const struct campaign_print *p, const struct weighed *message,
	int64_t at, uint32_t *ret_place)
{
	struct core core;
	int rc = reserve(c);

	if (rc == 0)
		rc = core_make(message, &core);
	if (rc < 0)
		return rc;
	uint32_t place = c->free ? c->free - 1 : c->places++;

	c->free = c->free ? c->one[place].next : 0;
	c->one[place] = (struct one){.name = name_of(c->key, c->serial++),
		.messages = 1,
		.first = at,
		.last = at,
		.cover = 1,
		.mailer_share = 1,
		.mailer = p->mailer,
		.mailer_lead = 1,
		.core = core};
	c->alive++;
	campaigns_show(c, place);
	counts_add(&c->counts, p->shingle, p->n, hash64_mix(c->key, c->serial));
	campaigns_weigh(c, false);
	*ret_place = place;
	return 0;
}

void campaigns_forget(struct campaigns *c, uint32_t place)
{
	struct one *o = &c->one[place];

	campaigns_hide(c, place);
	core_done(&o->core);
	free(o->template);
	*o = (struct one){.next = c->free};
	c->free = place + 1;
	c->alive--;
}

static void absorb(struct one *o, const struct one *other)
{
	o->messages += other->messages;
	if (other->first < o->first)
		o->first = other->first;
	if (other->last > o->last)
		o->last = other->last;
}

/* The cores of two campaigns that a message is of: the same template? */
static bool same(const struct campaigns *c, uint32_t a, uint32_t b)
{
	struct weighed x = core_weighed(&c->one[a].core), y = core_weighed(&c->one[b].core);
	struct meeting m;

	core_meet(&x, &y, &m);
	return alike(&m,
		c->one[a].mailer != c->one[b].mailer && m.link < 1 ? &rule_stranger : &rule_new);
}

/* at[0] took the message. The one with more messages stays, of equals the older name. */
static uint32_t merge(
	struct campaigns *c, const struct candidate *at, size_t n, struct campaign_put *put)
{
	uint32_t stays = at[0].place;

	for (size_t i = 1; i < n && put->merges < CAMPAIGN_MERGES_MOST; i++) {
		uint32_t goes = at[i].place;

		if (c->one[stays].closed || !same(c, stays, goes))
			continue;
		if (c->one[goes].messages > c->one[stays].messages) {
			goes = stays;
			stays = at[i].place;
		}
		absorb(&c->one[stays], &c->one[goes]);
		name_write(c->one[goes].name, put->merged[put->merges++]);
		campaigns_forget(c, goes);
	}
	return stays;
}

int campaigns_put(struct campaigns *c, const struct campaign_print *p, int64_t at,
	struct campaign_put *ret_put)
{
	struct campaign_put put = {0};
	struct candidate candidate[CANDIDATES + 1];
	uint64_t mixed[PRINT_MOST];
	uint32_t place;

	if (p->key != print_key_hash(c->key))
		return -EINVAL;
	int rc = campaigns_age(c, at);

	if (rc < 0)
		return rc;
	weigh(c, p, mixed);
	gather(c, p, mixed);
	size_t n = best_of_tally(c->desk, candidate);
	struct weighed message = {
		p->n, {p->reach[0], p->reach[1], p->reach[2]}, p->shingle, c->desk->weight};

	n = verify(c, &message, p->mailer, candidate, n);
	if (n) {
		rc = join(c, &candidate[0], p, &message, at);
		if (rc < 0)
			return rc;
		place = merge(c, candidate, n, &put);
	} else {
		rc = begin(c, p, &message, at, &place);
		if (rc < 0)
			return rc;
		put.is_new = true;
	}
	c->puts++;
	name_write(c->one[place].name, put.name);
	*ret_put = put;
	return 0;
}

/* --- looking --- */

size_t campaigns_count(const struct campaigns *c)
{
	return c->alive;
}

static void describe(struct campaigns *c, const struct one *o, struct campaign *ret)
{
	buf_clear(&c->template_text);
	buf_clear(&c->subject_text);
	name_write(o->name, c->name_text);
	*ret = (struct campaign){.name = c->name_text,
		.messages = o->messages,
		.first = o->first,
		.last = o->last,
		.boilerplate = o->closed};
	if (!o->template)
		return;
	template_text(o->template, c->anybodys, &c->template_text);
	template_subject(o->template, c->anybodys, &c->subject_text);
	ret->template_ = buf_span(&c->template_text);
	ret->subject = buf_span(&c->subject_text);
	ret->mailer = template_mailer(o->template);
}

void campaigns_at(struct campaigns *c, size_t i, struct campaign *ret)
{
	/* From where the last look was, so that going through all of them is one pass. */
	if (i < c->looked || c->looked_puts != c->puts) {
		c->looked = c->looked_place = 0;
		c->looked_puts = c->puts;
	}
	for (;; c->looked_place++)
		if (c->one[c->looked_place].messages && c->looked++ == i)
			break;
	describe(c, &c->one[c->looked_place++], ret);
}

bool campaigns_find(struct campaigns *c, const char *name, struct campaign *ret)
{
	char text[CAMPAIGN_NAME];
	uint64_t number = strncmp(name, "c-", 2) == 0 ? strtoull(name + 2, NULL, 16) : 0;

	for (uint32_t i = 0; i < c->places; i++) {
		if (!c->one[i].messages || c->one[i].name != number)
			continue;
		name_write(number, text); /* in no other form */
		if (strcmp(text, name) == 0) {
			describe(c, &c->one[i], ret);
			return true;
		}
	}
	return false;
}
