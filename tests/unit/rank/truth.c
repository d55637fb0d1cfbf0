/*
 * The rank beside the truth of small invented worlds: its intervals of 90 % hold it about so often,
 * and what it foretells is nearer than what plain counts do. Seeds are fixed, so nothing here hangs
 * on chance; the slack says what a right model may be off by on other seeds.
 */
#include "test.h"

#include "rank/rank_judge.h"
#include "rank_world.h"

#include <math.h>

#define SEEDS  3 /* of worlds for the intervals */
#define JUDGED 2 /* and for what is foretold */

static const struct world_plan plain = {.name = "plain",
	.networks = 2000,
	.hosts = 60,
	.exponent = 0.8,
	.shape = 0.5,
	.stay = 10,
	.sources = 3,
	.noise = {2, 2, 2},
	.before = 200,
	.after = 30};
static const struct world_plan rogues = {.name = "rogues",
	.networks = 2000,
	.hosts = 60,
	.exponent = 0.8,
	.shape = 0.7,
	.rogues = 0.01,
	.rogue_rate = 60,
	.rogue_stay = 4,
	.stay = 8,
	.giants = 4,
	.sources = 4,
	.noise = {3, 3, 1, 1},
	.before = 200,
	.after = 30};

/* Hosts of a network that are up at a time, before the one factor that no source could tell. */
static double hosts_up(const struct world_plan *p, const struct invented *w, uint32_t network)
{
	return w->truth[network] * pow(w->network[network].size, p->exponent);
}

static void count_held(const struct world_plan *p, uint32_t seed, double *held, double *n)
{
	struct invented w;
	struct rank_result r;
	double told = 0, up = 0;

	world_make(p, seed, &w);
	assert_int_equal(rank(&w.world, &(struct rank_options){.threads = 1}, &r), 0);
	for (size_t i = 0; i < r.n; i++) {
		told += r.entry[i].rate_mean * r.entry[i].expected * r.entry[i].stay_factor;
		up += hosts_up(p, &w, r.entry[i].network);
	}
	for (size_t i = 0; i < r.n; i++) {
		const struct rank_entry *e = &r.entry[i];
		double truth = hosts_up(p, &w, e->network) * told / up / e->expected;

		*held += truth >= e->low && truth <= e->high;
	}
	*n += (double)r.n;
	rank_done(&r);
	world_done(&w);
}

/*
 * Of n networks 0.9 n are held, off by 3 sqrt(0.9 * 0.1 / n) by chance were they independent; those
 * of one world share what was learned of it, so twice that. The model leaves the doubt about what
 * it learned out of the interval (docs/design/rank.md): 0.03 below for that, no more.
 */
static void coverage(void **state)
{
	const struct world_plan *plans[] = {&plain, &rogues};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		double held = 0, n = 0;

		for (uint32_t seed = 1; seed <= SEEDS; seed++)
			count_held(plans[i], seed, &held, &n);
		double slack = 2 * 3 * sqrt(0.9 * 0.1 / n);

		print_message("%s: %.1f %% of %.0f held, 90 +- %.1f %%\n", plans[i]->name,
			100 * held / n, n, 100 * slack);
		assert_true(slack < 0.06);
		assert_true(held / n > RANK_SURE - slack - 0.03);
		assert_true(held / n < RANK_SURE + slack);
	}
}

/* In the mean over the first seeds. A judgement costs more than a rank, and with fewer networks
 * than these the two cannot be told apart on the plain world: what is usual has then to be learned
 * of too few. */
static void beats_counts(void **state)
{
	const struct world_plan *plans[] = {&plain, &rogues};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		double better = 0;

		for (uint32_t seed = 1; seed <= JUDGED; seed++) {
			struct invented w;
			struct rank_judgement j;

			world_make(plans[i], seed, &w);
			const struct rank_trial t = {.days = 30, .truth = w.truth};
			const struct rank_options o = {.threads = 1};

			w.world.day += 30;
			assert_int_equal(rank_judge(&w.world, &o, &t, &j), 0);
			better += j.score[RANK_OURS].log_score - j.score[RANK_COUNTS].log_score;
			world_done(&w);
		}
		print_message("%s: better by %.4f a network\n", plans[i]->name, better / JUDGED);
		assert_true(better > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coverage),
		cmocka_unit_test(beats_counts),
	};

	return cmocka_run_group_tests_name("rank-truth", tests, NULL, NULL);
}
