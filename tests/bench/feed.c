/*
 * feed FILE...: rows of lists a second, read into sightings with their identities, on one core; the
 * best of several rounds, for the machine has other things to do. The ledger is not in it.
 */
#include "trace/feed.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 5

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int take(void *context, const struct sighting *s, struct span raw, struct span identity,
	struct err *err)
{
	(void)s, (void)raw, (void)err;
	*(uint64_t *)context += identity.n;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t bytes = 0, rows = 0;
		double best = 0;

		for (int round = 0; round < ROUNDS; round++) {
			struct feed_options o = {.source = SPAN("bench"),
				.now = time(NULL),
				.take = take,
				.context = &bytes};
			struct feed_report r = {0};
			struct err err;
			double begun = seconds();

			if (feed_read(argv[i], &o, &r, &err) < 0) {
				fprintf(stderr, "%s\n", err.text);
				return 1;
			}
			rows = r.count[FEED_TAKEN];
			if (best == 0 || seconds() - begun < best)
				best = seconds() - begun;
		}
		printf("%ju sightings, %.0f a second\n", (uintmax_t)rows, (double)rows / best);
	}
	return 0;
}
