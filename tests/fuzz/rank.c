/*
 * A rank of any arrays: the first byte says how many networks, the second and third the window and
 * the kinds; then sizes, notices and sightings are cut off the bytes. What makes no sense is in
 * them too. Every figure of the rank is finite and in order, entries stand in order, and two
 * threads give what one gives; a judgement of the same has finite scores.
 */
#include "rank/rank_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY       20000
#define SEEN_MOST 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

struct arrays {
	struct rank_network network[64];
	struct rank_notice notice[8];
	struct rank_seen seen[SEEN_MOST];
	struct rank_world world;
};

/* Sizes by a byte: none, not a number, without end, below 0, tiny, and powers of two. */
static double size_of(uint8_t byte)
{
	static const double odd[] = {0, NAN, INFINITY, -1, 1e-300, 1e300, -INFINITY, 0.5};

	return byte < 8 ? odd[byte] : exp2((double)byte / 6);
}

/* Days by a byte: near the day, and at the ends of what a number holds. */
static int32_t day_of(uint8_t byte)
{
	if (byte >= 4)
		return DAY + 40 - 2 * byte;
	return byte == 0 ? INT32_MIN : byte == 1 ? INT32_MAX : byte == 2 ? -4000001 : 3999999;
}

static void read_seen(struct arrays *a, const uint8_t *b)
{
	int32_t first = day_of(b[3]);
	int64_t last = (int64_t)first + b[4] % 64 - (b[4] == 255);

	a->seen[a->world.n++] = (struct rank_seen){
		.network = b[0] == 255 ? UINT32_MAX : b[0] % 72,
		.host = b[1] % 2 ? b[1] : (uint32_t)(b[1] << 8 | b[2]),
		.campaign = b[2] % 8 < 5 ? 0 : b[2],
		.first = first,
		.last = last > INT32_MAX   ? INT32_MAX
			: last < INT32_MIN ? INT32_MIN
					   : (int32_t)last,
		.source = b[5] == 255 ? UINT16_MAX : b[5] % 12,
		.kind = b[6] % 20,
		.confidence = b[7] % 104,
		.bits = b[6] > 200 ? b[7] : 0,
	};
}

static void read_arrays(struct arrays *a, const uint8_t *data, size_t size)
{
	size_t networks = data[0] % 65, at = 3;

	for (size_t i = 0; i < networks && at < size; i++)
		a->network[i].size = size_of(data[at++]);
	for (; at + 1 < size && a->world.notices < data[0] / 32u; at += 2)
		a->notice[a->world.notices++] = (struct rank_notice){
			data[at] % 72, day_of(data[at + 1]), (enum rank_answer)(data[at] % 6)};
	for (; at + 7 < size && a->world.n < SEEN_MOST; at += 8)
		read_seen(a, data + at);
	a->world.network = a->network;
	a->world.networks = networks;
	a->world.seen = a->seen;
	a->world.notice = a->notice;
	a->world.day = DAY;
}

static void check_entry(const struct rank_entry *e, size_t networks)
{
	must(e->network < networks);
	must(e->low >= 0 && e->low <= e->badness && e->badness <= e->high && isfinite(e->high));
	must(e->rate_low >= 0 && e->rate_low <= e->rate && e->rate <= e->rate_high);
	must(isfinite(e->rate_high) && isfinite(e->rate_mean) && e->rate_mean >= 0);
	must(isfinite(e->stay_factor) && e->stay_factor > 0);
	must(isfinite(e->silence_factor) && e->silence_factor > 0);
	must(isfinite(e->expected) && e->expected >= 0 && isfinite(e->counted));
	must(e->counted >= 0 && isfinite(e->before) && e->before >= 0);
	must(isfinite(e->stay_low) && e->stay_low <= e->stay && e->stay <= e->stay_high);
	must(isfinite(e->stay_high) && !isnan(e->stay_seen));
	must(e->hosts + e->listed > 0 && e->sources > 0 && e->silent <= e->notices);
}

static void check_rank(const struct rank_result *r, size_t networks)
{
	must(r->n <= networks && r->streams <= RANK_STREAMS);
	for (size_t i = 0; i < r->n; i++) {
		check_entry(&r->entry[i], networks);
		must(i == 0 || r->entry[i - 1].low >= r->entry[i].low);
	}
	for (size_t i = 0; i < r->streams; i++) {
		const struct rank_stream *s = &r->stream[i];

		must(isfinite(s->scale) && isfinite(s->exponent) && isfinite(s->agreement));
		must(isfinite(s->unit) && s->unit > 0 && s->astray >= 0 && s->astray <= 1);
	}
	for (double size = 1; size < 1e12; size *= 64)
		must(isfinite(rank_unseen(r, size)));
}

static void check_judgement(const struct rank_world *w, const struct rank_options *o)
{
	const struct rank_trial trial = {.days = 30};
	struct rank_judgement j;

	if (rank_judge(w, o, &trial, &j) < 0)
		return;
	for (int m = 0; m < RANK_METHODS; m++) {
		must(isfinite(j.score[m].log_score) && fabs(j.score[m].of_hosts) <= 1.000001);
		must(fabs(j.score[m].of_badness) <= 1.000001);
		must(j.score[m].first_of_hosts <= 1 && j.score[m].first_of_badness <= 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arrays *a = size < 3 ? NULL : calloc(1, sizeof *a);
	struct rank_result one, two;

	if (!a)
		return 0;
	struct rank_options o = {
		.window = data[1], .kinds = data[2] % 4 ? 0 : data[2], .threads = 1};

	read_arrays(a, data, size);
	must(rank(&a->world, &o, &one) == 0);
	check_rank(&one, a->world.networks);
	o.threads = 2;
	must(rank(&a->world, &o, &two) == 0);
	must(one.n == two.n && !memcmp(one.entry, two.entry, one.n * sizeof *one.entry));
	rank_done(&one);
	rank_done(&two);
	if (data[1] % 8 == 0)
		check_judgement(&a->world, &o);
	free(a);
	return 0;
}
