/*
 * bench-rank [FIRST [SEEDS]]: on invented worlds of which the truth is known, how often the
 * intervals of 90 % hold it, and how well the rank foretells, beside plain rules. Figures are
 * reported on seeds from 101 on; 1 to 9 were looked at while the model was made.
 */
#include "rank_world.h"

#include "rank/rank_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct sums {
	double held, below, n; /* badness in its interval, below it; networks */
	double first, first_n; /* of the first hundred */
	struct rank_score score[RANK_METHODS];
};

/*
 * Truth in the units of the rank: a network's own hosts up at a time over what the rank expects of
 * a usual one. One factor for all networks is settled by their sum, for what part of the hosts
 * sources see is nothing that they could tell.
 */
static void cover(const struct world_plan *p, const struct invented *w, struct sums *s)
{
	struct rank_result r;
	double told = 0, true_sum = 0;

	if (rank(&w->world, &(struct rank_options){0}, &r) < 0)
		abort();
	for (size_t i = 0; i < r.n; i++) {
		const struct rank_entry *e = &r.entry[i];

		if (p->smear && e->sources == 1)
			continue; /* its hosts may be made up */
		told += e->rate_mean * e->expected * e->stay_factor;
		true_sum += w->truth[e->network] * pow(w->network[e->network].size, p->exponent);
	}
	for (size_t i = 0; i < r.n; i++) {
		const struct rank_entry *e = &r.entry[i];
		double truth = w->truth[e->network] *
			       pow(w->network[e->network].size, p->exponent) * told / true_sum /
			       e->expected;
		bool held = truth >= e->low && truth <= e->high;

		s->held += held;
		s->below += truth < e->low;
		s->n++;
		s->first += i < 100 && held;
		s->first_n += i < 100;
	}
	rank_done(&r);
}

static void judge(const struct world_plan *p, struct invented *w, struct sums *s)
{
	const struct rank_trial t = {.days = p->after, .truth = w->truth};
	struct rank_judgement j;

	w->world.day += p->after;
	if (rank_judge(&w->world, &(struct rank_options){0}, &t, &j) < 0)
		abort();
	w->world.day -= p->after;
	for (int m = 0; m < RANK_METHODS; m++) {
		s->score[m].log_score += j.score[m].log_score;
		s->score[m].of_hosts += j.score[m].of_hosts;
		s->score[m].of_badness += j.score[m].of_badness;
		s->score[m].first_of_hosts += j.score[m].first_of_hosts;
		s->score[m].first_of_badness += j.score[m].first_of_badness;
	}
}

static void run(const struct world_plan *p, uint32_t first, uint32_t seeds)
{
	struct sums s = {0};

	for (uint32_t seed = first; seed < first + seeds; seed++) {
		struct invented w;

		world_make(p, seed, &w);
		cover(p, &w, &s);
		judge(p, &w, &s);
		world_done(&w);
	}
	printf("%s: %.0f networks seen; 90 %% intervals hold %.1f %% (truth below %.1f %%), of the "
	       "first "
	       "hundred %.1f %%\n",
		p->name, s.n, 100 * s.held / s.n, 100 * s.below / s.n, 100 * s.first / s.first_n);
	for (int m = 0; m < RANK_METHODS; m++) {
		const struct rank_score *x = &s.score[m];

		printf("  %-8s log score %8.5f  hosts: correlation %.3f, first 50 %3.0f %%"
		       "  badness: correlation %.3f, first 50 %3.0f %%\n",
			rank_method_name((enum rank_method)m), x->log_score / seeds,
			x->of_hosts / seeds, 100 * x->first_of_hosts / seeds, x->of_badness / seeds,
			100 * x->first_of_badness / seeds);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	uint32_t first = argc > 1 ? (uint32_t)atoi(argv[1]) : 101;
	uint32_t seeds = argc > 2 ? (uint32_t)atoi(argv[2]) : 2;

	for (const struct world_plan *p = world_plans; p->name; p++)
		run(p, first, seeds ? seeds : 1);
	return 0;
}
