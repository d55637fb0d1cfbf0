/*
 * Every view is a logistic regression, trained in a few passes near its boundary as the site's
 * model is. The findings' is one of named evidence and is trained to its end: a finding's weight is
 * the mean of those that lean its way (lean.h), learned too, and a part of its own, under a penalty
 * that keeps it small where little was seen; it never crosses its lean. The mixer is a regression
 * over the views' answers about mail that they did not see.
 */
#include "judge/starter_train.h"

#include "base/random.h"
#include "judge/lean.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PASSES          4
#define RATE            2.0
#define MARGIN          0.2
#define FINDING_PASSES  60
#define FINDING_RATE    0.05
#define FINDING_PENALTY 0.001 /* of the squared own part, a message */
#define MEAN_RATE       0.1   /* of the means, as a part of FINDING_RATE: all findings move them */
#define MIX_STEPS       4000
#define MIX_RATE        0.05
#define MIX_PENALTY     0.001
#define FOLDS           5
#define NO_SOURCE       TRAINER_SOURCES_MOST
#define SEED            20081111u

struct sample {
	struct features *f;
	unsigned source;
	bool spam;
	double weight;           /* mean 1 over all samples */
	double held[VIEW_COUNT]; /* the views' log-odds when its source was held out, squashed */
	double joint;            /* and the mixer's of these */
};

struct trainer {
	struct sample *at;
	size_t n, room;
	float *weight;   /* weight[STARTER_SLOTS], being trained; of findings their own part */
	uint8_t *lean;   /* lean[STARTER_SLOTS]: enum lean of the finding there */
	float *bound;    /* bound[STARTER_SLOTS]: and how much it may weigh */
	size_t *finding; /* finding[findings]: slots of all that the checks can give */
	size_t findings;
	float mean[LEAN_COUNT]; /* of the findings that lean so; 0 for LEAN_EITHER */
};

/* Finds the slots of all findings there can be and which way each leans. False without memory. */
static bool note_findings(struct trainer *t)
{
	size_t n = 0;

	for (const struct check *const *c = checks; *c; c++)
		for (const char *const *name = (*c)->variants; *name; name++)
			n++;
	t->finding = calloc(n + 1, sizeof(*t->finding));
	if (!t->finding)
		return false;
	for (const struct check *const *c = checks; *c; c++)
		for (const char *const *name = (*c)->variants; *name; name++) {
			size_t slot = starter_slot(feature_of_finding(*name));

			t->finding[t->findings++] = slot;
			t->lean[slot] = (uint8_t)finding_lean(*name);
			t->bound[slot] = (float)finding_bound(*name);
		}
	return true;
}

struct trainer *trainer_new(void)
{
	struct trainer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->weight = calloc(STARTER_SLOTS, sizeof(*t->weight));
	t->lean = calloc(STARTER_SLOTS, sizeof(*t->lean));
	t->bound = calloc(STARTER_SLOTS, sizeof(*t->bound));
	if (!t->weight || !t->lean || !t->bound || !note_findings(t)) {
		trainer_free(t);
		return NULL;
	}
	return t;
}

void trainer_free(struct trainer *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->at[i].f);
	free(t->at);
	free(t->weight);
	free(t->lean);
	free(t->bound);
	free(t->finding);
	free(t);
}

int trainer_add(struct trainer *t, unsigned source, const struct features *f, bool spam)
{
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 1024;
		struct sample *more = realloc(t->at, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		t->at = more;
		t->room = room;
	}
	size_t bytes = features_bytes(f);
	struct features *copy = malloc(bytes);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, f, bytes);
	t->at[t->n++] = (struct sample){.f = copy, .source = source, .spam = spam};
	return 0;
}

/* Gives each source, and each label in it, the same weight in all. Returns how many sources there
 * are, or -EINVAL when one has a single label or there are fewer than two. */
static int weigh(struct trainer *t)
{
	size_t count[TRAINER_SOURCES_MOST][2] = {0};
	int sources = 0;

	for (size_t i = 0; i < t->n; i++)
		count[t->at[i].source][t->at[i].spam]++;
	for (size_t s = 0; s < TRAINER_SOURCES_MOST; s++) {
		if (!count[s][0] != !count[s][1])
			return -EINVAL;
		sources += count[s][0] > 0;
	}
	for (size_t i = 0; i < t->n; i++)
		t->at[i].weight = (double)t->n /
				  (2.0 * sources * (double)count[t->at[i].source][t->at[i].spam]);
	return sources > 1 ? sources : -EINVAL;
}

static double sigmoid(double z)
{
	return 1 / (1 + exp(-z));
}

static double view_sum(const struct trainer *t, const struct features *f, enum view v)
{
	double sum = 0;

	for (size_t i = f->start[v]; i < f->start[v + 1]; i++) {
		size_t slot = starter_slot(f->hash[i]);

		sum += (double)t->weight[slot];
		if (v == VIEW_FINDINGS)
			sum += (double)t->mean[t->lean[slot]];
	}
	return sum * starter_scale(v, (size_t)(f->start[v + 1] - f->start[v]));
}

static void add_to_view(struct trainer *t, const struct features *f, enum view v, double step)
{
	for (size_t i = f->start[v]; i < f->start[v + 1]; i++)
		t->weight[starter_slot(f->hash[i])] += (float)step;
}

/* Bytes and words: near the boundary, for features of unit length. */
static void train_view(struct trainer *t, const struct sample *s, enum view v)
{
	size_t n = (size_t)(s->f->start[v + 1] - s->f->start[v]);
	double error = (double)s->spam - sigmoid(view_sum(t, s->f, v));

	if (n && fabs(error) > MARGIN)
		add_to_view(t, s->f, v, RATE * error * fmin(s->weight, 2) * starter_scale(v, n));
}

/* Keeps a finding's whole weight, mean and own part, on the side that it leans to and in bounds. */
static void keep_lean(struct trainer *t, size_t slot)
{
	float mean = t->mean[t->lean[slot]], most = t->bound[slot];
	float low = t->lean[slot] == LEAN_ABUSE ? 0 : -most;
	float high = t->lean[slot] == LEAN_HONEST ? 0 : most;

	t->weight[slot] = fminf(fmaxf(t->weight[slot], low - mean), high - mean);
}

static void train_findings(struct trainer *t, const struct sample *s)
{
	const enum view v = VIEW_FINDINGS;
	double error = (double)s->spam - sigmoid(view_sum(t, s->f, v));
	float step = (float)(FINDING_RATE * s->weight * error);

	for (size_t i = s->f->start[v]; i < s->f->start[v + 1]; i++) {
		size_t slot = starter_slot(s->f->hash[i]);
		enum lean lean = (enum lean)t->lean[slot];

		t->weight[slot] += step - (float)FINDING_PENALTY * t->weight[slot];
		if (lean != LEAN_EITHER)
			t->mean[lean] += (float)MEAN_RATE * step;
		keep_lean(t, slot);
	}
	t->mean[LEAN_ABUSE] = fmaxf(t->mean[LEAN_ABUSE], 0);
	t->mean[LEAN_HONEST] = fminf(t->mean[LEAN_HONEST], 0);
}

static void shuffle(size_t *order, size_t n, struct random *r)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = random_below(r, i), kept = order[i - 1];

		order[i - 1] = order[k];
		order[k] = kept;
	}
}

/* Trains bytes and words on every source but one (NO_SOURCE: on all). order[n] is scratch. */
static void train_views(struct trainer *t, unsigned without, size_t *order)
{
	struct random r;
	size_t n = 0;

	random_seed(&r, SEED);
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].source != without)
			order[n++] = i;
	for (int pass = 0; pass < PASSES; pass++) {
		shuffle(order, n, &r);
		for (size_t i = 0; i < n; i++)
			for (enum view v = 0; v < VIEW_FINDINGS; v++)
				train_view(t, &t->at[order[i]], v);
	}
}

/* Trains the findings on all but one of FOLDS parts (FOLDS: on all). */
static void train_all_findings(struct trainer *t, size_t without, size_t *order)
{
	struct random r;
	size_t n = 0;

	random_seed(&r, SEED);
	for (size_t i = 0; i < t->n; i++)
		if (i % FOLDS != without)
			order[n++] = i;
	for (int pass = 0; pass < FINDING_PASSES; pass++) {
		shuffle(order, n, &r);
		for (size_t i = 0; i < n; i++)
			train_findings(t, &t->at[order[i]]);
	}
}

static unsigned highest_source(const struct trainer *t)
{
	unsigned most = 0;

	for (size_t i = 0; i < t->n; i++)
		most = t->at[i].source > most ? t->at[i].source : most;
	return most;
}

static void forget(struct trainer *t)
{
	memset(t->weight, 0, STARTER_SLOTS * sizeof(*t->weight));
	memset(t->mean, 0, sizeof(t->mean));
}

static double squash(double z)
{
	return STARTER_SQUASH * tanh(z / STARTER_SQUASH);
}

/*
 * What each view says of messages it was not trained on. Bytes and words are of a time and place,
 * so a whole source is held out; a finding means the same everywhere, so a fifth of each.
 */
static void answer_held_out(struct trainer *t, unsigned sources, size_t *order)
{
	for (unsigned source = 0; source < sources; source++) {
		forget(t);
		train_views(t, source, order);
		for (size_t i = 0; i < t->n; i++)
			for (enum view v = 0; t->at[i].source == source && v < VIEW_FINDINGS; v++)
				t->at[i].held[v] = squash(view_sum(t, t->at[i].f, v));
	}
	for (size_t fold = 0; fold < FOLDS; fold++) {
		forget(t);
		train_all_findings(t, fold, order);
		for (size_t i = fold; i < t->n; i += FOLDS)
			t->at[i].held[VIEW_FINDINGS] =
				squash(view_sum(t, t->at[i].f, VIEW_FINDINGS));
	}
}

static double mixed(const struct starter_image *image, const double held[VIEW_COUNT])
{
	double z = (double)image->base;

	for (enum view v = 0; v < VIEW_COUNT; v++)
		z += (double)image->mix[v] * held[v];
	return z;
}

/* Gradient descent on the held-out answers; a view that misleads gets a weight of 0, never less. */
static void train_mixer(struct trainer *t, struct starter_image *image)
{
	for (enum view v = 0; v < VIEW_COUNT; v++)
		image->mix[v] = 1.0f / VIEW_COUNT;
	for (int step = 0; step < MIX_STEPS; step++) {
		double slope[VIEW_COUNT] = {0}, base = 0;

		for (size_t i = 0; i < t->n; i++) {
			const struct sample *s = &t->at[i];
			double error =
				s->weight * ((double)s->spam - sigmoid(mixed(image, s->held)));

			base += error;
			for (enum view v = 0; v < VIEW_COUNT; v++)
				slope[v] += error * s->held[v];
		}
		image->base += (float)(MIX_RATE * base / (double)t->n);
		for (enum view v = 0; v < VIEW_COUNT; v++) {
			double w = (double)image->mix[v];

			w += MIX_RATE * (slope[v] / (double)t->n - MIX_PENALTY * w);
			image->mix[v] = (float)fmax(w, 0);
		}
	}
}

/* Gives every finding, also those never seen, its whole weight as one number. */
static void add_means(struct trainer *t)
{
	for (size_t i = 0; i < t->findings; i++) {
		size_t slot = t->finding[i];

		keep_lean(t, slot);
		t->weight[slot] += t->mean[t->lean[slot]];
	}
}

/* The largest weight of a view's tokens, in size. */
static float largest_weight(const struct trainer *t, enum view v)
{
	float most = 1e-9f;

	for (size_t i = 0; i < t->n; i++) {
		const struct features *f = t->at[i].f;

		for (size_t k = f->start[v]; k < f->start[v + 1]; k++)
			most = fmaxf(most, fabsf(t->weight[starter_slot(f->hash[k])]));
	}
	return most;
}

/* Writes one weight as a byte, in units of its view's. */
static void quantise_slot(
	const struct trainer *t, struct starter_image *image, enum view v, size_t slot)
{
	float weight = t->weight[slot] / image->unit[v];

	image->weight[slot] = (int8_t)lrintf(fmaxf(-127, fminf(127, weight)));
}

/* Weights as bytes: each view in units of a 127th of its largest. */
static void quantise(const struct trainer *t, struct starter_image *image)
{
	for (enum view v = 0; v < VIEW_COUNT; v++)
		image->unit[v] = largest_weight(t, v) / 127;
	for (size_t i = 0; i < t->n; i++) {
		const struct features *f = t->at[i].f;

		for (enum view v = 0; v < VIEW_COUNT; v++)
			for (size_t k = f->start[v]; k < f->start[v + 1]; k++)
				quantise_slot(t, image, v, starter_slot(f->hash[k]));
	}
	for (size_t i = 0; i < t->findings; i++)
		quantise_slot(t, image, VIEW_FINDINGS, t->finding[i]);
}

/* The scores of held-out ham, every source with the same weight. */
static void fill_budget(const struct trainer *t, struct budget *b)
{
	*b = (struct budget){0};
	for (size_t i = 0; i < t->n; i++)
		if (!t->at[i].spam)
			budget_put(b, t->at[i].joint, (float)(t->at[i].weight * 2));
}

/* The scores of one source: the mixer's, or those of one view alone. Returns how many. */
static size_t scores_of(const struct trainer *t, unsigned source, int view, struct scored *s)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct sample *x = &t->at[i];

		if (x->source == source)
			s[n++] = (struct scored){
				sigmoid(view < 0 ? x->joint : x->held[view]), x->spam};
	}
	return n;
}

static int report_source(const struct trainer *t, unsigned source, double threshold,
	struct scored *s, struct trainer_report *r)
{
	struct roc_result alone;
	double over[2] = {0};
	size_t n = scores_of(t, source, -1, s);

	if (!n)
		return 0;
	int rc = roc_evaluate(s, n, &r->held[source]);

	for (size_t i = 0; i < n; i++)
		over[s[i].spam] += s[i].score >= threshold;
	r->lost[source] = over[0] / (double)r->held[source].ham;
	r->found[source] = over[1] / (double)r->held[source].spam;
	for (int v = 0; rc == 0 && v < VIEW_COUNT; v++) {
		scores_of(t, source, v, s);
		rc = roc_evaluate(s, n, &alone);
		r->view[source][v] = alone.roca1;
	}
	return rc;
}

static int report_on(const struct trainer *t, const struct starter_image *image, double ham_loss,
	struct trainer_report *r)
{
	struct scored *s = calloc(t->n, sizeof(*s));
	double start = log((1 - ham_loss) / ham_loss);
	double threshold = sigmoid(budget_threshold(&image->budget, ham_loss, start));
	int rc = s ? 0 : -ENOMEM;

	for (unsigned source = 0; rc == 0 && source < TRAINER_SOURCES_MOST; source++)
		rc = report_source(t, source, threshold, s, r);
	free(s);
	return rc;
}

int trainer_make(struct trainer *t, double ham_loss, struct starter_image *ret,
	struct trainer_report *ret_report)
{
	size_t *order = calloc(t->n + 1, sizeof(*order));
	int rc = order ? weigh(t) : -ENOMEM;

	memset(ret, 0, sizeof(*ret));
	memset(ret_report, 0, sizeof(*ret_report));
	if (rc > 0) {
		answer_held_out(t, highest_source(t) + 1, order);
		train_mixer(t, ret);
		for (size_t i = 0; i < t->n; i++)
			t->at[i].joint = mixed(ret, t->at[i].held);
		forget(t);
		train_views(t, NO_SOURCE, order);
		train_all_findings(t, FOLDS, order);
		add_means(t);
		quantise(t, ret);
		fill_budget(t, &ret->budget);
		rc = report_on(t, ret, ham_loss, ret_report);
	}
	free(order);
	return rc;
}
