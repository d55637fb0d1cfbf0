/*
 * Judging. The hidden part is cut off, the rank is made of the rest, each method's numbers are made
 * into probabilities by the same means, and orders are compared. A host that was shown and is seen
 * again in the hidden part counts there, too: that it will be is part of what is foretold.
 */
#include "rank/rank_judge.h"

#include "base/hash.h"
#include "rank/rank_foretell.h"
#include "rank/rank_work.h"
#include "rank/special.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *rank_method_name(enum rank_method m)
{
	static const char *const name[] = {"cordon", "counts", "by-size", "circl"};

	return name[m];
}

const char *rank_method_words(enum rank_method m)
{
	static const char *const words[] = {"this rank", "hosts", "hosts by size",
		"CIRCL's formula: hosts a day and source, by size"};

	return words[m];
}

struct judging {
	const struct rank_world *w;
	const struct rank_trial *trial;
	uint32_t kinds; /* that are looked at */
	struct rank_seen *shown, *hidden;
	size_t n_shown, n_hidden;
	double *answer;               /* answer[networks] */
	double *badness;              /* the truth, or the answer over what is usual */
	double *number[RANK_METHODS]; /* expected hosts, before they are made into probabilities */
	double *order[RANK_METHODS];  /* how bad each method says they are: its order */
	double *estimate;             /* ours, not of the least but as likely more as less */
	double *size;                 /* ln */
	size_t *listed, n_listed; /* networks of which anything was shown: those that are ranked */
	size_t *index;            /* scratch */
	double *scratch[3];
};

static int compare_host(const void *pa, const void *pb)
{
	const struct rank_seen *a = pa, *b = pb;

	if (a->network != b->network)
		return a->network < b->network ? -1 : 1;
	return (a->host > b->host) - (a->host < b->host);
}

/* What is hidden goes to one side, what is shown to the other; a stay over the edge is in both. */
static void part(struct judging *j)
{
	const struct rank_trial *t = j->trial;
	int32_t edge = j->w->day - t->days;

	for (size_t i = 0; i < j->w->n; i++) {
		struct rank_seen s = j->w->seen[i];
		bool kept_back = t->has_source && s.source == t->source;

		if (s.network >= j->w->networks || s.last < s.first || s.first > j->w->day ||
			!(j->kinds >> (s.kind & 31) & 1))
			continue;
		if (s.first <= edge && !kept_back)
			j->shown[j->n_shown++] = s;
		if ((t->has_source && !kept_back) || s.last <= edge - (t->days ? 0 : RANK_WINDOW))
			continue;
		j->hidden[j->n_hidden++] = s;
	}
}

/* Sets to[network] to the number of hosts in s[n], which is sorted. */
static uint64_t count_hosts(struct rank_seen *s, size_t n, double *to)
{
	uint64_t hosts = 0;

	qsort(s, n, sizeof *s, compare_host);
	for (size_t i = 0; i < n; i++) {
		if (i && compare_host(&s[i - 1], &s[i]) == 0)
			continue;
		to[s[i].network]++;
		hosts++;
	}
	return hosts;
}

/* The numbers of the others. CIRCL counts each host once a day and source, over addresses. */
static void number_others(struct judging *j, const struct settings *set, uint64_t *ret_hosts)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->n_shown; i++) {
		const struct rank_seen *s = &j->shown[i];
		int32_t last = s->last < set->day ? s->last : set->day;
		int32_t start = set->day - set->window + 1,
			first = s->first > start ? s->first : start;

		if (last < start)
			continue;
		j->number[RANK_CIRCL][s->network] += last - first + 1;
		j->shown[kept++] = *s;
	}
	*ret_hosts = count_hosts(j->shown, kept, j->number[RANK_COUNTS]);
	for (size_t i = 0; i < j->w->networks; i++) {
		double size = exp(j->size[i]);

		j->order[RANK_COUNTS][i] = j->number[RANK_COUNTS][i];
		j->number[RANK_BY_SIZE][i] = j->order[RANK_BY_SIZE][i] =
			j->number[RANK_COUNTS][i] / size;
		j->order[RANK_CIRCL][i] = j->number[RANK_CIRCL][i] /= size;
	}
}

/*
 * Ours: of `days` to come, the hosts that will be seen again, those that known campaigns will
 * bring, and new ones in proportion to the rate: the counts are of arrivals in a window and a stay
 * (rank_stay.c). How much there is of each is learned from what was shown.
 */
static int number_ours(struct judging *j, const struct rank_options *o, const struct settings *set)
{
	double *number = j->number[RANK_OURS], sum = 0;
	struct rank_world w = *j->w;
	struct rank_result r;
	struct foretell f;

	w.seen = j->shown;
	w.n = j->n_shown;
	w.day = set->day;
	int rc = rank(&w, o, &r);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < w.networks; i++)
		number[i] = rank_unseen(&r, w.network[i].size);
	for (size_t i = 0; i < r.n; i++) {
		const struct rank_entry *e = &r.entry[i];
		double stay = r.stays_known ? e->stay / M_LN2 : 0;

		number[e->network] =
			e->rate_mean * e->expected * set->window / (set->window + stay);
		j->order[RANK_OURS][e->network] = e->low;
		j->estimate[e->network] = e->badness;
	}
	rank_done(&r);
	if (!j->trial->days)
		return 0;
	qsort(j->shown, j->n_shown, sizeof *j->shown, compare_host);
	foretell_learn(j->shown, j->n_shown, set->day, j->trial->days, set->window, &f);
	for (size_t i = 0; i < w.networks; i++)
		sum += number[i];
	for (size_t i = 0; i < w.networks && sum > 0; i++)
		number[i] *= f.others / sum;
	foretell_known(j->shown, j->n_shown, set->day, set->window, &f, number);
	return 0;
}

/* A negative binomial for a method's numbers. p: a, ln b, c, d, ln size, its slope. */
#define PARAMETERS 6
#define NEAREST                                                                                    \
	3.0 /* ln of the largest size: nobody foretells large counts nearer than a fifth,          \
	       whatever it looks like for small ones */

struct fitting {
	const struct judging *j;
	const double *number;
	double least; /* unit of b */
	unsigned half;
};

static unsigned half_of(size_t network)
{
	return hash64_mix(network, 0x9e37) & 1;
}

static double ln_probability(const struct fitting *f, const double *p, size_t i)
{
	double ln_mean =
		p[0] + p[2] * log(f->number[i] + f->least * exp(p[1])) + p[3] * f->j->size[i];
	double mean = exp(fmin(fmax(ln_mean, -30), 30));

	return special_ln_negative_binomial(
		f->j->answer[i], mean, exp(fmin(fmax(p[4] + p[5] * log(mean), -9), NEAREST)));
}

static double fit_of(const struct fitting *f, const double *p)
{
	double ln = 0;

	for (size_t i = 0; i < f->j->w->networks; i++)
		if (half_of(i) == f->half)
			ln += ln_probability(f, p, i);
	return ln - 0.01 * (p[1] * p[1] + p[5] * p[5]);
}

/* Nelder and Mead 1965, for a maximum; so many steps, from point[0]. */
static void climb(const struct fitting *f, double best[PARAMETERS], int steps)
{
	double point[PARAMETERS + 1][PARAMETERS], value[PARAMETERS + 1];

	for (int i = 0; i <= PARAMETERS; i++) {
		memcpy(point[i], best, sizeof point[i]);
		if (i)
			point[i][i - 1] += 0.5;
		value[i] = fit_of(f, point[i]);
	}
	while (steps-- > 0) {
		double centre[PARAMETERS] = {0}, try[PARAMETERS], next[PARAMETERS];
		int worst = 0, top = 0;

		for (int i = 1; i <= PARAMETERS; i++) {
			worst = value[i] < value[worst] ? i : worst;
			top = value[i] > value[top] ? i : top;
		}
		for (int i = 0; i <= PARAMETERS; i++)
			for (int k = 0; k < PARAMETERS; k++)
				centre[k] += i == worst ? 0 : point[i][k] / PARAMETERS;
		for (int k = 0; k < PARAMETERS; k++)
			try[k] = 2 * centre[k] - point[worst][k];
		double got = fit_of(f, try), stretch = got > value[top]     ? 2
						       : got > value[worst] ? 0
									    : -0.5;

		if (stretch != 0) {
			for (int k = 0; k < PARAMETERS; k++)
				next[k] = centre[k] + stretch * (centre[k] - point[worst][k]);
			double more = fit_of(f, next);

			if (more > got) {
				memcpy(try, next, sizeof try);
				got = more;
			}
		}
		if (got > value[worst]) {
			memcpy(point[worst], try, sizeof try);
			value[worst] = got;
			continue;
		}
		for (int i = 0; i <= PARAMETERS; i++) { /* all towards the best one */
			for (int k = 0; k < PARAMETERS && i != top; k++)
				point[i][k] = (point[i][k] + point[top][k]) / 2;
			value[i] = i == top ? value[i] : fit_of(f, point[i]);
		}
	}
	int top = 0;

	for (int i = 1; i <= PARAMETERS; i++)
		top = value[i] > value[top] ? i : top;
	memcpy(best, point[top], sizeof point[top]);
}

static double log_score(const struct judging *j, const double *number)
{
	struct fitting f = {.j = j, .number = number};
	double ln = 0, sum = 0, positive = 0, answers = 0;

	for (size_t i = 0; i < j->w->networks; i++) {
		sum += number[i];
		positive += number[i] > 0;
		answers += j->answer[i];
	}
	f.least = positive > 0 ? sum / positive : 1;
	for (f.half = 0; f.half < 2; f.half++) {
		double p[PARAMETERS] = {
			log(answers / (double)j->w->networks) - log(f.least), -2, 1, 0, -1, 0};

		climb(&f, p, 250);
		climb(&f, p, 250);
		for (size_t i = 0; i < j->w->networks; i++)
			if (half_of(i) != f.half)
				ln += ln_probability(&f, p, i);
	}
	return ln / (double)j->w->networks;
}

static int compare_index(const void *pa, const void *pb, void *context)
{
	const double *sorting = context;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;

	if (sorting[a] != sorting[b])
		return sorting[a] > sorting[b] ? -1 : 1;
	return (a > b) - (a < b);
}

/* Networks by a value, the greatest first. */
static void sort_by(struct judging *j, double *value)
{
	for (size_t i = 0; i < j->w->networks; i++)
		j->index[i] = i;
	qsort_r(j->index, j->w->networks, sizeof *j->index, compare_index, value);
}

/* Ranks among the networks listed, those of the same value sharing the mean of theirs. */
static void ranks_of(struct judging *j, double *value, double *ret_rank)
{
	memcpy(j->index, j->listed, j->n_listed * sizeof *j->index);
	qsort_r(j->index, j->n_listed, sizeof *j->index, compare_index, value);
	for (size_t i = 0, end; i < j->n_listed; i = end) {
		for (end = i; end < j->n_listed && value[j->index[end]] == value[j->index[i]];
			end++)
			;
		for (size_t k = i; k < end; k++)
			ret_rank[j->index[k]] = (double)(i + end - 1) / 2;
	}
}

static double spearman(struct judging *j, double *a, double *b)
{
	double *ra = j->scratch[0], *rb = j->scratch[1];
	double mean = (double)(j->n_listed - 1) / 2, ab = 0, aa = 0, bb = 0;

	ranks_of(j, a, ra);
	ranks_of(j, b, rb);
	for (size_t k = 0; k < j->n_listed; k++) {
		size_t i = j->listed[k];

		ab += (ra[i] - mean) * (rb[i] - mean);
		aa += (ra[i] - mean) * (ra[i] - mean);
		bb += (rb[i] - mean) * (rb[i] - mean);
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static double precision(struct judging *j, double *order, double *right)
{
	size_t first = j->w->networks < RANK_FIRST ? j->w->networks : RANK_FIRST, n = 0;
	double *is_right = j->scratch[2];

	memset(is_right, 0, j->w->networks * sizeof *is_right);
	sort_by(j, right);
	for (size_t i = 0; i < first; i++)
		is_right[j->index[i]] = 1;
	sort_by(j, order);
	for (size_t i = 0; i < first; i++)
		n += is_right[j->index[i]] > 0;
	return first ? (double)n / (double)first : 0;
}

/* Without a truth: hidden hosts over what the hidden part has for the size, half a host beside
 * both, so that one host of a tiny network is not the worst of all. The line is fitted to the
 * answers. */
static void find_badness(struct judging *j)
{
	double n = 0, sum = 0, best = -INFINITY, exponent = 1;

	if (j->trial->truth) {
		memcpy(j->badness, j->trial->truth, j->w->networks * sizeof *j->badness);
		return;
	}
	for (size_t i = 0; i < j->w->networks; i++)
		sum += j->answer[i];
	for (double b = 0; b <= 1.2; b += 0.05) { /* quasi-likelihood of a variance mean + mean^2 */
		double sizes = 0, ln = 0;

		for (size_t i = 0; i < j->w->networks; i++)
			sizes += exp(b * j->size[i]);
		for (size_t i = 0; i < j->w->networks; i++) {
			double mean = sum / sizes * exp(b * j->size[i]);

			ln += j->answer[i] * log(mean / (0.1 + mean)) - 0.1 * log1p(mean / 0.1);
		}
		if (ln > best) {
			best = ln;
			exponent = b;
		}
	}
	for (size_t i = 0; i < j->w->networks; i++)
		n += exp(exponent * j->size[i]);
	for (size_t i = 0; i < j->w->networks; i++)
		j->badness[i] = (j->answer[i] + 0.5) / (sum / n * exp(exponent * j->size[i]) + 0.5);
}

static void compare_all(struct judging *j, struct rank_judgement *r)
{
	find_badness(j);
	for (size_t i = 0; i < j->w->networks; i++)
		if (j->number[RANK_COUNTS][i] > 0)
			j->listed[j->n_listed++] = i;
	for (int m = 0; m < RANK_METHODS; m++) {
		double *by_hosts = m == RANK_OURS ? j->number[m] : j->order[m];

		r->score[m] = (struct rank_score){
			.log_score = log_score(j, j->number[m]),
			.of_hosts = spearman(j, by_hosts, j->answer),
			.of_badness =
				spearman(j, m == RANK_OURS ? j->estimate : j->order[m], j->badness),
			.first_of_hosts = precision(j, by_hosts, j->answer),
			.first_of_badness = precision(j, j->order[m], j->badness),
		};
	}
	for (size_t i = 0; i < j->w->networks; i++) {
		r->seen += j->number[RANK_COUNTS][i] > 0;
		r->hidden += j->answer[i] > 0;
	}
	r->networks = j->w->networks;
}

static int make_room(struct judging *j)
{
	size_t n = j->w->networks + 1;
	double **const all[] = {&j->answer, &j->badness, &j->size, &j->number[0], &j->number[1],
		&j->number[2], &j->number[3], &j->order[0], &j->order[1], &j->order[2],
		&j->order[3], &j->estimate, &j->scratch[0], &j->scratch[1], &j->scratch[2]};
	bool short_of = false;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		*all[i] = calloc(n, sizeof **all[i]);
		short_of |= !*all[i];
	}
	j->shown = malloc((j->w->n + 1) * sizeof *j->shown);
	j->hidden = malloc((j->w->n + 1) * sizeof *j->hidden);
	j->index = malloc(n * sizeof *j->index);
	j->listed = malloc(n * sizeof *j->listed);
	return short_of || !j->shown || !j->hidden || !j->index || !j->listed ? -ENOMEM : 0;
}

static void judging_done(struct judging *j)
{
	for (int m = 0; m < RANK_METHODS; m++) {
		free(j->number[m]);
		free(j->order[m]);
	}
	for (int i = 0; i < 3; i++)
		free(j->scratch[i]);
	free(j->answer);
	free(j->badness);
	free(j->estimate);
	free(j->size);
	free(j->shown);
	free(j->hidden);
	free(j->index);
	free(j->listed);
}

int rank_judge(const struct rank_world *w, const struct rank_options *o, const struct rank_trial *t,
	struct rank_judgement *ret_judgement)
{
	struct judging j = {.w = w, .trial = t};
	struct rank_judgement r = {0};
	struct settings set = {.day = w->day - t->days,
		.window = o->window > 0 ? o->window : RANK_WINDOW,
		.kinds = o->kinds ? o->kinds : UINT32_MAX};
	int rc = make_room(&j);

	set.half_life = o->half_life > 0 ? o->half_life : set.window > 3 ? set.window / 3 : 1;

	j.kinds = set.kinds;
	if (rc == 0) {
		part(&j);
		rc = j.n_shown && j.n_hidden ? number_ours(&j, o, &set) : -EINVAL;
	}
	if (rc == 0) {
		for (size_t i = 0; i < w->networks; i++)
			j.size[i] = log(fmax(w->network[i].size, 1));
		number_others(&j, &set, &r.hosts_shown);
		r.hosts_hidden = count_hosts(j.hidden, j.n_hidden, j.answer);
		compare_all(&j, &r);
		*ret_judgement = r;
	}
	judging_done(&j);
	return rc;
}
