/* Invented worlds. Gamma: Marsaglia and Tsang 2000. Poisson: Knuth, in pieces of 30. */
#include "rank_world.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>

/* clang-format off */
const struct world_plan world_plans[] = {
	{.name = "plain", .networks = 20000, .hosts = 300, .exponent = 0.8, .shape = 0.5, .stay = 10,
		.sources = 3, .noise = {2, 2, 2}, .before = 200, .after = 30},
	{.name = "rogues and giants", .networks = 20000, .hosts = 300, .exponent = 0.8, .shape = 0.7,
		.rogues = 0.01, .rogue_rate = 60, .rogue_stay = 4, .stay = 8, .giants = 20, .sources = 4,
		.noise = {3, 3, 1, 1}, .before = 200, .after = 30},
	{.name = "noisy sources", .networks = 20000, .hosts = 300, .exponent = 0.8, .shape = 0.5,
		.rogues = 0.01, .rogue_rate = 60, .rogue_stay = 2, .stay = 8, .giants = 10, .sources = 4,
		.noise = {0.15, 0.2, 4, 4}, .before = 200, .after = 30},
	{.name = "smear", .networks = 20000, .hosts = 300, .exponent = 0.8, .shape = 0.5, .rogues = 0.01,
		.rogue_rate = 60, .rogue_stay = 2, .stay = 8, .giants = 10, .sources = 4,
		.noise = {1, 3, 3, 3}, .smeared = 60, .smear = 150, .before = 200, .after = 30},
	{.name = "bursts", .networks = 20000, .hosts = 200, .exponent = 0.8, .shape = 0.5,
		.rogues = 0.01, .rogue_rate = 60, .rogue_stay = 2, .stay = 8, .giants = 10, .sources = 3,
		.noise = {2, 2, 2}, .bursts = 0.1, .burst = 20, .before = 200, .after = 30},
	{.name = "churn", .networks = 20000, .hosts = 600, .exponent = 0.6, .shape = 0.5,
		.rogues = 0.01, .rogue_rate = 40, .rogue_stay = 8, .stay = 2.5, .giants = 10, .sources = 3,
		.noise = {2, 2, 2}, .before = 200, .after = 30},
	{.name = "sparse", .networks = 30000, .hosts = 4, .exponent = 0.8, .shape = 0.3,
		.rogues = 0.005, .rogue_rate = 150, .rogue_stay = 3, .stay = 10, .giants = 10, .sources = 3,
		.noise = {2, 2, 2}, .before = 200, .after = 30},
	/* Put here after the model was made, and never tuned to. */
	{.name = "untried", .networks = 12000, .hosts = 60, .exponent = 0.5, .shape = 0.25,
		.rogues = 0.02, .rogue_rate = 25, .rogue_stay = 1, .stay = 20, .giants = 5, .sources = 5,
		.noise = {1, 0.5, 5, 2, 1}, .bursts = 0.05, .burst = 8, .before = 200, .after = 30},
	{0},
};
/* clang-format on */

static double normal(struct random *r)
{
	double u = 1 - random_unit(r), v = random_unit(r);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

double world_gamma(struct random *r, double shape)
{
	double boost = 1;

	if (shape < 1) {
		boost = pow(1 - random_unit(r), 1 / shape);
		shape++;
	}
	for (double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);;) {
		double x = normal(r), v = 1 + c * x, u = 1 - random_unit(r);

		v = v * v * v;
		if (v > 0 && log(u) < x * x / 2 + d - d * v + d * log(v))
			return d * v * boost;
	}
}

uint32_t world_poisson(struct random *r, double mean)
{
	uint32_t n = 0;

	for (; mean > 30; mean -= 30)
		n += world_poisson(r, 30);
	for (double p = exp(-mean), u = random_unit(r); u > p; n++)
		u *= random_unit(r);
	return n;
}

static void add(struct invented *w, struct rank_seen s)
{
	if (w->world.n == w->room) {
		w->room = w->room ? 2 * w->room : 65536;
		w->seen = realloc(w->seen, w->room * sizeof *w->seen);
		if (!w->seen)
			abort();
	}
	w->seen[w->world.n++] = s;
}

/* What is to be known while hosts are drawn. */
struct drawing {
	const struct world_plan *p;
	struct random *r;
	struct invented *w;
	double *stay;
	uint32_t host, campaign;
};

/* A host, as every source that sees it sees it: from its first day to its last, now and then. */
static void draw_host(struct drawing *d, uint32_t network, const double *sight, uint32_t campaign)
{
	const struct world_plan *p = d->p;
	int32_t span = p->before + p->after;
	double begins = random_unit(d->r) * (span + 60) - 60;
	double ends = begins - log(1 - random_unit(d->r)) * d->stay[network];
	int32_t first = WORLD_DAY - p->before + (int32_t)ceil(begins);
	int32_t last = WORLD_DAY - p->before + (int32_t)floor(ends);

	d->host++;
	if (last < first)
		last = first;
	for (size_t s = 0; s < p->sources; s++) {
		if (random_unit(d->r) >= sight[s])
			continue;
		add(d->w, (struct rank_seen){.network = network,
				  .host = d->host,
				  .campaign = campaign,
				  .first = first,
				  .last = last,
				  .source = (uint16_t)s,
				  .kind = (uint8_t)(s % 7),
				  .confidence = 100});
	}
}

static void draw_network(struct drawing *d, uint32_t i, double mean)
{
	const struct world_plan *p = d->p;
	double sight[8];
	/* A source that sees twice as well here would name more than all: so a third in the mean.
	 */
	for (size_t s = 0; s < p->sources; s++)
		sight[s] = world_gamma(d->r, p->noise[s]) / p->noise[s] / 3;
	/* What is beyond 1 is made up by more hosts that it alone sees. */
	uint32_t n = world_poisson(d->r, mean * (p->before + p->after + 60));

	for (uint32_t k = 0; k < n; k++) {
		uint32_t hosts = 1, campaign = 0;

		if (random_unit(d->r) < p->bursts) {
			hosts = 1 + world_poisson(d->r, p->burst * -log(1 - random_unit(d->r)));
			campaign = ++d->campaign;
		}
		for (; hosts; hosts--)
			draw_host(d, i, sight, campaign);
	}
}

static void draw_smear(struct drawing *d)
{
	for (size_t i = 0; i < d->p->smeared; i++) {
		uint32_t network = (uint32_t)random_below(d->r, d->p->networks);

		for (size_t k = 0; k < d->p->smear; k++)
			add(d->w, (struct rank_seen){.network = network,
					  .host = ++d->host,
					  .first = WORLD_DAY - 40,
					  .last = WORLD_DAY - 1,
					  .source = 0,
					  .kind = 0,
					  .confidence = 100});
	}
}

static void draw_sizes(const struct world_plan *p, struct random *r, struct invented *w)
{
	for (size_t i = 0; i < p->networks; i++) {
		double octaves = 8 - 2.2 * log(1 - random_unit(r));

		w->rogue[i] = random_unit(r) < p->rogues;
		if (octaves > 22)
			octaves = 22;
		if (w->rogue[i] && octaves > 13)
			octaves = 8 + random_unit(r) * 5;
		if (i < p->giants) {
			octaves = 24;
			w->rogue[i] = false;
		}
		w->network[i].size = exp2(octaves);
	}
}

static void draw_rates(
	const struct world_plan *p, struct random *r, struct invented *w, double *stay)
{
	double rates = 0, up = 0;

	for (size_t i = 0; i < p->networks; i++) {
		w->rate[i] = world_gamma(r, p->shape) / p->shape;
		stay[i] = p->stay * 3 / world_gamma(r, 4);
		if (w->rogue[i]) {
			w->rate[i] = p->rogue_rate * (0.3 - log(1 - random_unit(r)));
			stay[i] *= p->rogue_stay;
		}
		if (i < p->giants)
			w->rate[i] = 0.5 + random_unit(r);
		rates += w->rate[i];
	}
	for (size_t i = 0; i < p->networks; i++) {
		w->rate[i] *= (double)p->networks / rates;
		w->truth[i] = w->rate[i] * stay[i];
		up += w->truth[i];
	}
	for (size_t i = 0; i < p->networks; i++)
		w->truth[i] *= (double)p->networks / up;
}

static void *room(size_t n, size_t each)
{
	void *p = calloc(n, each);

	if (!p)
		abort();
	return p;
}

void world_make(const struct world_plan *p, uint32_t seed, struct invented *ret_world)
{
	struct random *r = room(1, sizeof *r);
	double sizes = 0;
	struct invented w = {
		.truth = room(p->networks, sizeof *w.truth),
		.rate = room(p->networks, sizeof *w.rate),
		.rogue = room(p->networks, sizeof *w.rogue),
		.network = room(p->networks, sizeof *w.network),
		.stay = room(p->networks, sizeof *w.stay),
		.sources = p->sources,
	};

	random_seed(r, seed);
	draw_sizes(p, r, &w);
	draw_rates(p, r, &w, w.stay);
	struct drawing d = {.p = p, .r = r, .w = &w, .stay = w.stay};

	for (size_t i = 0; i < p->networks; i++)
		sizes += pow(w.network[i].size, p->exponent);
	for (size_t i = 0; i < p->networks; i++)
		draw_network(&d, (uint32_t)i,
			p->hosts * pow(w.network[i].size, p->exponent) / sizes * w.rate[i]);
	draw_smear(&d);
	w.world.network = w.network;
	w.world.networks = p->networks;
	w.world.seen = w.seen;
	w.world.day = WORLD_DAY;
	free(r);
	*ret_world = w;
}

void world_done(struct invented *w)
{
	free(w->truth);
	free(w->rate);
	free(w->stay);
	free(w->rogue);
	free(w->seen);
	free(w->network);
	*w = (struct invented){0};
}
