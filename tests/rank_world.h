/*
 * Invented worlds whose truth is known: networks with a rate of abuse, hosts that come and go, and
 * sources that see some of them.
 */
#ifndef CORDON_TESTS_RANK_WORLD_H
#define CORDON_TESTS_RANK_WORLD_H

#include "rank/rank.h"

#define WORLD_DAY 20000 /* the day that is ranked */

/* What a world is like. */
struct world_plan {
	const char *name;
	size_t networks;
	double hosts;    /* that come a day, over all networks */
	double exponent; /* of size */
	double shape;    /* of the Gamma of honest networks' rates */
	double rogues;   /* share of networks that are rogue; small ones, of up to 2^13 addresses */
	double rogue_rate; /* their rates are about so many times the mean */
	double rogue_stay; /* and their hosts stay so many times as long */
	double stay;   /* days that hosts stay, in the mean over networks; they differ by a Gamma of
			  shape 4 of hazards */
	size_t giants; /* honest networks of 2^24 addresses */
	size_t sources;  /* with kinds 0, 1, 2 ... */
	double noise[8]; /* of each: how its sight differs by network; shape of a Gamma */
	size_t smeared;  /* networks of which source 0 lists `smear` hosts that do nothing */
	size_t smear;
	double bursts; /* share of arrivals that are a campaign's, of `burst` hosts in the mean */
	double burst;
	int32_t before, after; /* days that it runs before and after WORLD_DAY */
};

/* The plans that figures are reported on. plan[i].name is NULL at the end. */
extern const struct world_plan world_plans[];

struct invented {
	struct rank_world world; /* its arrays are owned here */
	double *truth;           /* truth[networks]: hosts up at a time over those of its size */
	double *rate;            /* rate[networks]: of arrivals, the same way */
	double *stay;            /* stay[networks]: days that hosts stay, in the mean */
	bool *rogue;
	struct rank_seen *seen;
	struct rank_network *network;
	size_t room;
	size_t sources;
};

/* Makes it; aborts when memory is short. */
void world_make(const struct world_plan *p, uint32_t seed, struct invented *ret_world);
void world_done(struct invented *w);

/* Draws that it is made of. random.h's generator. */
struct random;
double world_gamma(struct random *r, double shape); /* rate 1 */
uint32_t world_poisson(struct random *r, double mean);

#endif
