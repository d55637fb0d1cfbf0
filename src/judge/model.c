/*
 * One table of slots serves all views, as a token's hash holds its view. A slot has the weight of
 * the logistic regression and the counts of the naive Bayes side by side, so that a token costs
 * one cache line.
 *
 * A view of n tokens gives two log-odds, each scaled by 1 / sqrt(n) so that long messages do not
 * shout:
 *	regression   z = sum of weights
 *	Bayes        z = sum of log odds of those tokens that are at least e times likelier in one
 *	             class than in the other (counts compared as rates, smoothed)
 * Each is squashed to at most SQUASH by tanh, then the mixer adds them with weights of 0 or more.
 * The findings have Bayes alone: a regression over a score of names added noise and no knowledge.
 */
#include "judge/model.h"

#include "base/huge.h"

#include <math.h>

#define SLOT_BITS 20
#define SLOTS     ((size_t)1 << SLOT_BITS)
#define MEMBERS   (2 * VIEW_COUNT)

#define RATE     4.0f         /* learning rate of the regression, for features of unit length */
#define MARGIN   0.25f        /* it learns when its error exceeds this */
#define SHARE    0.3f         /* its error: this much of the joint answer's, the rest its own */
#define SMOOTH   0.3f         /* Bayes: strength of the prior, in observations */
#define STRONG   2.718281828f /* Bayes hears tokens with at least these odds */
#define EDGE     4.0f         /* Bayes learns when wrong, or when its log-odds are within this */
#define BAYES    0.5f         /* Bayes' log-odds are about twice as wide as the regression's */
#define SQUASH   8.0f         /* no member says more than this */
#define MIX      1.5f         /* the mixer's weights start at this, divided by the members */
#define MIX_RATE 0.01f
#define MENDS    5  /* passes that mending takes at most */
#define AHEAD    16 /* tokens whose slots are on their way from memory */

struct slot {
	float weight;
	uint16_t count[2]; /* ham, spam */
};

/* The state, as it is stored. All of it is zero in a model that has learned nothing. */
struct state {
	uint64_t learned[2];          /* messages, ham and spam */
	float mix[MEMBERS];           /* what was added to the start weight */
	float starter_mix;            /* likewise of the starter, which starts at 1 */
	float trained[VIEW_COUNT][2]; /* messages that each view's Bayes has counted */
	struct budget budget;
	struct slot slot[SLOTS];
};

struct model {
	struct state state;
};

struct model *model_new(void)
{
	return huge_alloc(sizeof(struct model));
}

void model_free(struct model *m)
{
	huge_free(m, sizeof(*m));
}

void model_clear(struct model *m)
{
	memset(&m->state, 0, sizeof(m->state));
}

void *model_state(struct model *m)
{
	return &m->state;
}

size_t model_state_bytes(void)
{
	return sizeof(struct state);
}

void model_learned(const struct model *m, uint64_t *ret_ham, uint64_t *ret_spam)
{
	*ret_ham = m->state.learned[0];
	*ret_spam = m->state.learned[1];
}

static const struct slot *slot_of(const struct state *s, uint32_t token)
{
	return &s->slot[token >> (32 - SLOT_BITS)];
}

static float sigmoid(float z)
{
	return 1 / (1 + expf(-z));
}

static float squash(float z)
{
	return SQUASH * tanhf(z / SQUASH);
}

/* What the members say of one message, before and after squashing. */
struct answer {
	float raw[MEMBERS]; /* 2 * view: regression, 2 * view + 1: Bayes */
	float voice[MEMBERS];
	float starter; /* the starter's log-odds */
	float joint;
};

/*
 * Spam counts are scaled by `ratio` to ham's number of messages. With ham count h and scaled spam
 * count r, p = r / (h + r) seen h + c times gives odds of (SMOOTH + seen p) / (SMOOTH + seen (1 -
 * p)).
 */
static float bayes_log_odds(const struct slot *s, float ratio)
{
	if (!(s->count[0] | s->count[1])) /* most tokens are new: told before any arithmetic */
		return 0;
	float h = s->count[0], c = s->count[1];
	float r = c * ratio, prior = SMOOTH * (h + r);
	float spam = prior + (h + c) * r, ham = prior + (h + c) * h;

	/* Most tokens are weak: they are told without a division. */
	return spam >= STRONG * ham || ham >= STRONG * spam ? logf(spam / ham) : 0;
}

/* Counts are compared as rates: what spam's are multiplied by. */
static float spam_ratio(const struct state *s, size_t view)
{
	return (s->trained[view][0] + 1) / (s->trained[view][1] + 1);
}

static bool has_regression(size_t view)
{
	return view != VIEW_FINDINGS;
}

static void ask_view(const struct state *s, const struct features *f, size_t v, struct answer *a)
{
	const uint32_t *token = f->hash + f->start[v];
	size_t n = f->start[v + 1] - f->start[v];
	const uint32_t *end = f->hash + f->start[VIEW_COUNT]; /* into the next view as well */
	float ratio = spam_ratio(s, v), regression = 0, bayes = 0;
	float scale = n ? 1 / sqrtf((float)n) : 0;

	for (size_t i = 0; i < n; i++) {
		if (token + i + AHEAD < end)
			__builtin_prefetch(slot_of(s, token[i + AHEAD]));
		const struct slot *slot = slot_of(s, token[i]);

		regression += slot->weight;
		bayes += bayes_log_odds(slot, ratio);
	}
	a->raw[2 * v] = has_regression(v) ? regression * scale : 0;
	a->raw[2 * v + 1] = bayes * scale;
	a->voice[2 * v] = squash(a->raw[2 * v]);
	a->voice[2 * v + 1] = squash(a->raw[2 * v + 1] * BAYES);
}

static float mix_of(const struct state *s, size_t member)
{
	return MIX / MEMBERS + s->mix[member];
}

static float starter_mix_of(const struct state *s)
{
	return 1 + s->starter_mix;
}

static void ask(const struct state *s, const struct starter_opinion *starter,
	const struct features *f, struct answer *a)
{
	a->starter = 0;
	if (starter) {
		a->starter = (float)starter->base;
		for (size_t v = 0; v < VIEW_COUNT; v++)
			a->starter += (float)starter->view[v];
	}
	a->joint = starter_mix_of(s) * a->starter;
	if (s->learned[0] + s->learned[1] == 0) {
		/* A table of zeros has nothing to say; on the first day it is not even read. */
		memset(a->raw, 0, sizeof(a->raw));
		memset(a->voice, 0, sizeof(a->voice));
		return;
	}
	for (size_t v = 0; v < VIEW_COUNT; v++) {
		ask_view(s, f, v, a);
		a->joint += mix_of(s, 2 * v) * a->voice[2 * v];
		a->joint += mix_of(s, 2 * v + 1) * a->voice[2 * v + 1];
	}
}

/* Shares what the view of findings said among the findings, by what each put in. */
static void share_findings(
	const struct state *s, const struct features *f, const struct answer *a, struct opinion *o)
{
	const size_t v = VIEW_FINDINGS, n = f->start[v + 1] - f->start[v], bayes = 2 * v + 1;
	float ratio = spam_ratio(s, v), scale = n ? 1 / sqrtf((float)n) : 0;
	float kept = a->raw[bayes] != 0 ? a->voice[bayes] / a->raw[bayes] : 0;

	for (size_t i = 0; i < n && i < FINDINGS_MOST; i++) {
		const struct slot *slot = slot_of(s, f->hash[f->start[v] + i]);

		o->finding[i] +=
			(double)(mix_of(s, bayes) * kept * scale * bayes_log_odds(slot, ratio));
	}
}

void model_opinion(const struct model *m, const struct starter *s, const struct features *f,
	struct opinion *ret)
{
	struct opinion o = {0};
	struct starter_opinion starter;
	struct answer a;

	if (s)
		starter_opinion(s, f, &starter);
	ask(&m->state, s ? &starter : NULL, f, &a);
	double weight = (double)starter_mix_of(&m->state);

	o.log_odds = (double)a.joint;
	o.probability = 1 / (1 + exp(-o.log_odds));
	o.starter = weight * (double)a.starter;
	o.base = s ? weight * starter.base : 0;
	o.site = o.log_odds - o.starter;
	for (size_t v = 0; v < VIEW_COUNT; v++) {
		o.view[v] = (double)(mix_of(&m->state, 2 * v) * a.voice[2 * v] +
				     mix_of(&m->state, 2 * v + 1) * a.voice[2 * v + 1]);
		if (s)
			o.view[v] += weight * starter.view[v];
	}
	for (size_t i = 0; s && i < FINDINGS_MOST; i++)
		o.finding[i] = weight * starter.finding[i];
	share_findings(&m->state, f, &a, &o);
	*ret = o;
}

static void count(struct slot *slot, bool spam, bool mend)
{
	if (mend && slot->count[!spam])
		slot->count[!spam]--;
	if (++slot->count[spam] == UINT16_MAX) {
		slot->count[0] /= 2;
		slot->count[1] /= 2;
	}
}

static void learn_view(struct state *s, const struct features *f, size_t v, const struct answer *a,
	bool spam, bool mend)
{
	const uint32_t *token = f->hash + f->start[v];
	size_t n = f->start[v + 1] - f->start[v];
	float z = a->raw[2 * v], bayes = a->raw[2 * v + 1];
	float error = (1 - SHARE) * ((float)spam - sigmoid(z)) +
		      SHARE * ((float)spam - sigmoid(a->joint));
	bool by_regression = has_regression(v) && fabsf(error) > MARGIN;
	bool by_bayes = (bayes > 0) != spam || fabsf(bayes) < EDGE;

	if (!n || !(by_regression || by_bayes))
		return;
	float step = by_regression ? RATE * error / sqrtf((float)n) : 0;

	if (by_bayes) {
		s->trained[v][spam]++;
		if (mend && s->trained[v][!spam] > 0)
			s->trained[v][!spam]--;
	}
	for (size_t i = 0; i < n; i++) {
		struct slot *slot = &s->slot[token[i] >> (32 - SLOT_BITS)];

		slot->weight += step;
		if (by_bayes)
			count(slot, spam, mend);
	}
}

static void learn(
	struct state *s, const struct features *f, const struct answer *a, bool spam, bool mend)
{
	float error = (float)spam - sigmoid(a->joint);

	for (size_t i = 0; i < MEMBERS; i++) {
		float step = MIX_RATE * error * a->voice[i];

		s->mix[i] = fmaxf(-MIX / MEMBERS, s->mix[i] + step);
	}
	s->starter_mix = fmaxf(-1, s->starter_mix + MIX_RATE * error * squash(a->starter));
	for (size_t v = 0; v < VIEW_COUNT; v++)
		learn_view(s, f, v, a, spam, mend);
}

static void answer_of(const struct state *state, const struct starter *s, const struct features *f,
	struct answer *ret)
{
	struct starter_opinion starter;

	if (s)
		starter_opinion(s, f, &starter);
	ask(state, s ? &starter : NULL, f, ret);
}

void model_learn(struct model *m, const struct starter *s, const struct features *f, bool spam)
{
	struct answer a;

	answer_of(&m->state, s, f, &a);
	if (!spam)
		budget_add(&m->state.budget, (double)a.joint);
	learn(&m->state, f, &a, spam, false);
	m->state.learned[spam]++;
}

void model_learn_own(struct model *m, const struct starter *s, const struct features *f, bool spam)
{
	struct answer a;

	answer_of(&m->state, s, f, &a);
	learn(&m->state, f, &a, spam, false);
	m->state.learned[spam]++;
}

void model_mend(
	struct model *m, const struct starter *s, const struct features *f, bool spam, bool own)
{
	struct answer a;

	answer_of(&m->state, s, f, &a);
	/* The score it had when it was first learned is not kept; the one it has now stands for it.
	 */
	if (spam && !own)
		budget_remove(&m->state.budget, (double)a.joint);
	else if (!spam)
		budget_add(&m->state.budget, (double)a.joint);
	for (int i = 0; i < MENDS && (i == 0 || (a.joint > 0) != spam); i++) {
		learn(&m->state, f, &a, spam, i == 0);
		answer_of(&m->state, s, f, &a);
	}
	m->state.learned[spam]++;
	if (m->state.learned[!spam])
		m->state.learned[!spam]--;
}

double model_threshold(const struct model *m, const struct starter *s, double ham_loss)
{
	/* With no past of the site's own: the starter's, or calibrated odds taken at their word. */
	double start = s ? starter_threshold(s, ham_loss) : log((1 - ham_loss) / ham_loss);

	return budget_threshold(&m->state.budget, ham_loss, start);
}
