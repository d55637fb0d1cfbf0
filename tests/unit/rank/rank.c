/* The rank: what may not carry a network, what may not matter, and what must not break it. */
#include "test.h"

#include "base/random.h"
#include "rank/rank.h"
#include "rank_world.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define DAY 20000

/* A world to add to: a thousand networks of 4,096 addresses, of which every tenth has a host. */
struct field {
	struct rank_network network[1000];
	struct rank_seen *seen;
	size_t n, room;
};

static void put(struct field *f, struct rank_seen s)
{
	if (f->n == f->room) {
		f->room = f->room ? 2 * f->room : 1024;
		f->seen = realloc(f->seen, f->room * sizeof *f->seen);
		assert_non_null(f->seen);
	}
	if (!s.confidence)
		s.confidence = 90;
	if (!s.first)
		s.first = s.last = DAY - 3;
	f->seen[f->n++] = s;
}

static struct field *field_new(void)
{
	struct field *f = calloc(1, sizeof *f);

	assert_non_null(f);
	for (uint32_t i = 0; i < 1000; i++) {
		f->network[i].size = 4096;
		for (uint32_t k = 0; i % 10 == 5 && k < 1 + i / 10 % 3; k++)
			put(f, (struct rank_seen){.network = i,
				       .host = 1000000 + 10 * i + k,
				       .source = (uint16_t)((i / 10 + k) % 3)});
	}
	return f;
}

static void field_free(struct field *f)
{
	free(f->seen);
	free(f);
}

static struct rank_result ranked(const struct field *f)
{
	const struct rank_world w = {
		.network = f->network, .networks = 1000, .seen = f->seen, .n = f->n, .day = DAY};
	const struct rank_options o = {.threads = 1};
	struct rank_result r;

	assert_int_equal(rank(&w, &o, &r), 0);
	return r;
}

static struct rank_entry of(const struct rank_result *r, uint32_t network, size_t *ret_place)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->entry[i].network != network)
			continue;
		if (ret_place)
			*ret_place = i;
		return r->entry[i];
	}
	fail_msg("network %u is not in the rank", network);
	return (struct rank_entry){0};
}

static void sane(const struct rank_entry *e)
{
	assert_true(e->low > 0 && e->low <= e->badness && e->badness <= e->high);
	assert_true(e->rate_low <= e->rate && e->rate <= e->rate_high);
	assert_true(isfinite(e->high) && isfinite(e->counted) && isfinite(e->expected));
}

static void empty(void **state)
{
	struct rank_result r;
	const struct rank_world nothing = {.day = DAY};
	struct rank_network network[5] = {{256}, {0}, {-3}, {NAN}, {INFINITY}};
	const struct rank_world silent = {.network = network, .networks = 5, .day = DAY};

	(void)state;
	assert_int_equal(rank(&nothing, &(struct rank_options){0}, &r), 0);
	assert_int_equal(r.n, 0);
	rank_done(&r);
	assert_int_equal(rank(&silent, &(struct rank_options){0}, &r), 0);
	assert_int_equal(r.n, 0);
	rank_done(&r);
	assert_int_equal(rank(&silent, &(struct rank_options){.window = -1}, &r), -EINVAL);
}

/* However often and by whomever one host is named, it is one host. */
static void one_host(void **state)
{
	struct field *f = field_new();
	size_t once_at, often_at;

	(void)state;
	put(f, (struct rank_seen){.network = 1, .host = 1, .source = 0});
	for (uint32_t i = 0; i < 300; i++)
		put(f, (struct rank_seen){.network = 2,
			       .host = 2,
			       .source = (uint16_t)(i % 3),
			       .kind = (uint8_t)(i % 7),
			       .confidence = 100,
			       .first = DAY - 80,
			       .last = DAY - (int32_t)(i % 60)});
	for (uint32_t i = 0; i < 12; i++)
		put(f, (struct rank_seen){
			       .network = 3, .host = 30 + i, .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);
	struct rank_entry often = of(&r, 2, &often_at);

	of(&r, 3, &once_at);
	assert_int_equal(often.hosts, 1);
	assert_true(once_at < often_at);
	rank_done(&r);
	field_free(f);
}

/* A thousand hosts of one campaign count as fewer than five. */
static void one_campaign(void **state)
{
	struct field *f = field_new();
	size_t burst_at, apart_at;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		put(f, (struct rank_seen){.network = 2,
			       .host = 2000 + i,
			       .campaign = 7,
			       .source = (uint16_t)(i % 3)});
	for (uint32_t i = 0; i < 30; i++)
		put(f, (struct rank_seen){
			       .network = 3, .host = 5000 + i, .source = (uint16_t)(i % 3)});
	for (uint32_t i = 0; i < 6; i++)
		put(f, (struct rank_seen){.network = 4,
			       .host = 4,
			       .campaign = 7 + i % 2,
			       .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);
	struct rank_entry burst = of(&r, 2, &burst_at);

	of(&r, 3, &apart_at);
	assert_int_equal(burst.campaigns, 1);
	assert_int_equal(of(&r, 4, NULL).campaigns, 2); /* one host, named for both by three */
	assert_int_equal(burst.hosts, 1000);
	assert_true(apart_at < burst_at);
	rank_done(&r);
	field_free(f);
}

/* Two hundred hosts that one source alone names stand behind thirty that three name. */
static void one_source(void **state)
{
	struct field *f = field_new();
	size_t alone_at, agreed_at;

	(void)state;
	for (uint32_t i = 0; i < 200; i++)
		put(f, (struct rank_seen){.network = 2, .host = 2000 + i, .source = 1});
	for (uint32_t i = 0; i < 30; i++)
		put(f, (struct rank_seen){
			       .network = 3, .host = 5000 + i, .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);
	struct rank_entry alone = of(&r, 2, &alone_at), agreed = of(&r, 3, &agreed_at);

	assert_true(agreed_at < alone_at);
	assert_true(
		log(alone.rate_high / alone.rate_low) > log(agreed.rate_high / agreed.rate_low));
	rank_done(&r);
	field_free(f);
}

/* Where a source lists prefixes of networks in which others see hosts, a listed prefix is about
 * what a host is, one decision, and not all of its addresses. But where one prefix is all that a
 * source says, that is not much. */
static void listed(void **state)
{
	struct field *f = field_new();
	struct rank_entry host, prefix, hosts;

	(void)state;
	put(f, (struct rank_seen){.network = 1, .host = 1});
	put(f, (struct rank_seen){.network = 2, .host = 2, .bits = 8});
	for (uint32_t i = 0; i < 10; i++)
		put(f, (struct rank_seen){
			       .network = 15 + 30 * i, .host = 400 + i, .bits = 8 + i % 3 * 4});
	put(f, (struct rank_seen){.network = 4, .host = 4, .bits = 8, .source = 9});
	for (uint32_t i = 0; i < 256; i++)
		put(f, (struct rank_seen){
			       .network = 3, .host = 5000 + i, .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);

	host = of(&r, 1, NULL);
	prefix = of(&r, 2, NULL);
	hosts = of(&r, 3, NULL);
	assert_true(host.rate < 2 * prefix.rate && 10 * prefix.rate < hosts.rate);
	assert_true(of(&r, 4, NULL).rate_low < prefix.rate_low);
	assert_int_equal(prefix.listed, 1);
	assert_int_equal(prefix.hosts, 0);
	rank_done(&r);
	field_free(f);
}

/* With one bad host a /24 is uncertain, not first; a giant with as many as its size brings is
 * usual. */
static void small_and_giant(void **state)
{
	struct field *f = field_new();
	size_t small_at, giant_at;

	(void)state;
	f->network[1].size = 256;
	f->network[2].size = 1 << 24;
	put(f, (struct rank_seen){.network = 1, .host = 1});
	for (uint32_t i = 0; i < 600; i++)
		put(f, (struct rank_seen){
			       .network = 2, .host = 2000 + i, .source = (uint16_t)(i % 3)});
	for (uint32_t i = 0; i < 60; i++)
		put(f, (struct rank_seen){
			       .network = 3, .host = 5000 + i, .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);
	struct rank_entry small = of(&r, 1, &small_at), bad;

	of(&r, 2, &giant_at);
	assert_int_equal(r.entry[0].network, 3);
	assert_true(small_at > 3 && giant_at > 3);
	bad = of(&r, 3, NULL);
	assert_true(small.high / small.low > 1.5 * bad.high / bad.low);
	rank_done(&r);
	field_free(f);
}

/* What was last seen long ago counts less. */
static void recency(void **state)
{
	struct field *f = field_new();
	size_t old_at, new_at;

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		put(f, (struct rank_seen){.network = 1,
			       .host = 100 + i,
			       .first = DAY - 85,
			       .last = DAY - 80,
			       .source = (uint16_t)(i % 3)});
		put(f, (struct rank_seen){.network = 2,
			       .host = 200 + i,
			       .first = DAY - 8,
			       .last = DAY - 3,
			       .source = (uint16_t)(i % 3)});
		put(f, (struct rank_seen){.network = 3,
			       .host = 300 + i,
			       .first = DAY - 180,
			       .last = DAY - 95});
		put(f, (struct rank_seen){
			       .network = 3, .host = 300 + i, .first = DAY + 1, .last = DAY + 3});
	}
	struct rank_result r = ranked(f);

	of(&r, 1, &old_at);
	of(&r, 2, &new_at);
	assert_true(new_at < old_at);
	for (size_t i = 0; i < r.n; i++)
		assert_true(r.entry[i].network != 3); /* before the window, and after the day */
	rank_done(&r);
	field_free(f);
}

/* Hosts that stay count for more than hosts that go, and a silent desk for more than one that acts.
 */
static void stays_and_silence(void **state)
{
	struct field *f = field_new();
	struct rank_notice notice[8];

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		int32_t first = DAY - 85 + 2 * (int32_t)i;

		put(f, (struct rank_seen){.network = 1,
			       .host = 100 + i,
			       .first = first,
			       .last = DAY - (int32_t)(i % 4),
			       .source = (uint16_t)(i % 3)});
		put(f, (struct rank_seen){.network = 2,
			       .host = 200 + i,
			       .first = first,
			       .last = first + (int32_t)(i % 3),
			       .source = (uint16_t)(i % 3)});
		put(f, (struct rank_seen){.network = 3,
			       .host = 300 + i,
			       .first = first,
			       .last = first + (int32_t)(i % 3),
			       .source = (uint16_t)(i % 3)});
	}
	for (uint32_t i = 0; i < 8; i++)
		notice[i] = (struct rank_notice){
			i < 4 ? 2 : 3, DAY - 20, i < 4 ? RANK_ACTED : RANK_SILENT};
	const struct rank_world w = {.network = f->network,
		.networks = 1000,
		.seen = f->seen,
		.n = f->n,
		.notice = notice,
		.notices = 8,
		.day = DAY};
	struct rank_result r;

	assert_int_equal(rank(&w, &(struct rank_options){.threads = 1}, &r), 0);
	struct rank_entry stay = of(&r, 1, NULL), go = of(&r, 2, NULL), mute = of(&r, 3, NULL);

	assert_true(r.stays_known);
	assert_true(stay.stay_factor > 1.3 && go.stay_factor < 0.7);
	assert_true(stay.stay > 20 && go.stay < 4);
	assert_true(stay.stay_low < stay.stay && stay.stay < stay.stay_high);
	assert_true(stay.stay_seen < 0); /* over half are still up */
	assert_true(go.stay_seen == 2);
	assert_int_equal(stay.gone, 0);
	assert_int_equal(mute.silent, 4);
	assert_int_equal(go.notices, 4);
	assert_int_equal(go.silent, 0);
	assert_true(mute.silence_factor > 1 && go.silence_factor < 1);
	assert_true(mute.badness > go.badness);
	rank_done(&r);
	field_free(f);
}

static void same_results(const struct rank_result *a, const struct rank_result *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->entry, b->entry, a->n * sizeof *a->entry);
	assert_memory_equal(a->prior, b->prior, sizeof a->prior);
}

/* To the bit: in any order of observations, by any number of threads. */
static void order_and_threads(void **state)
{
	const struct world_plan plan = {.networks = 3000,
		.hosts = 60,
		.exponent = 0.8,
		.shape = 0.5,
		.rogues = 0.02,
		.rogue_rate = 40,
		.rogue_stay = 3,
		.stay = 8,
		.sources = 4,
		.noise = {2, 2, 1, 1},
		.bursts = 0.1,
		.burst = 5,
		.before = 120,
		.after = 5};
	struct random *random = malloc(sizeof *random);
	struct invented w;
	struct rank_result one, other;

	(void)state;
	assert_non_null(random);
	random_seed(random, 5);
	world_make(&plan, 5, &w);
	assert_int_equal(rank(&w.world, &(struct rank_options){.threads = 1}, &one), 0);
	assert_true(one.n > 100);
	for (size_t i = 0; i < one.n; i++)
		sane(&one.entry[i]);
	assert_int_equal(rank(&w.world, &(struct rank_options){.threads = 3}, &other), 0);
	same_results(&one, &other);
	rank_done(&other);
	for (size_t i = w.world.n - 1; i > 0; i--) {
		size_t k = random_below(random, i + 1);
		struct rank_seen s = w.seen[i];

		w.seen[i] = w.seen[k];
		w.seen[k] = s;
	}
	assert_int_equal(rank(&w.world, &(struct rank_options){.threads = 2}, &other), 0);
	same_results(&one, &other);
	rank_done(&other);
	rank_done(&one);
	world_done(&w);
	free(random);
}

/* What cannot be is left out and counted; what is beyond all measure is ranked. */
static void hostile(void **state)
{
	struct field *f = field_new();

	(void)state;
	put(f, (struct rank_seen){.network = 1000, .host = 1});
	put(f, (struct rank_seen){.network = 1, .host = 1, .kind = RANK_KINDS});
	put(f, (struct rank_seen){.network = 1, .host = 1, .first = 9, .last = 8});
	put(f, (struct rank_seen){.network = 1, .host = 1, .first = INT32_MIN, .last = INT32_MAX});
	put(f, (struct rank_seen){.network = 1, .host = 1, .confidence = 101});
	put(f, (struct rank_seen){.network = 1, .host = 1, .bits = 129});
	put(f, (struct rank_seen){.network = 4, .host = 4, .bits = 128, .source = UINT16_MAX});
	for (uint32_t i = 0; i < 300; i++) /* more streams than there is room for */
		put(f, (struct rank_seen){.network = 6, .host = i, .source = (uint16_t)(100 + i)});
	f->network[3].size = 1e300;
	put(f, (struct rank_seen){.network = 3, .host = 3});
	struct rank_result r = ranked(f);

	assert_int_equal(r.unfit, 6);
	assert_int_equal(r.streams, RANK_STREAMS);
	for (size_t i = 0; i < r.n; i++)
		sane(&r.entry[i]);
	rank_done(&r);
	field_free(f);
}

/* A million hosts in 256 addresses: beyond all measure, and first. */
static void flooded(void **state)
{
	struct field *f = field_new();

	(void)state;
	f->network[2].size = 256;
	for (uint32_t i = 0; i < 1000000; i++)
		put(f, (struct rank_seen){
			       .network = 2, .host = 10000 + i, .source = (uint16_t)(i % 3)});
	struct rank_result r = ranked(f);

	assert_int_equal(r.entry[0].network, 2);
	for (size_t i = 0; i < r.n; i++)
		sane(&r.entry[i]);
	rank_done(&r);
	field_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(one_host),
		cmocka_unit_test(one_campaign),
		cmocka_unit_test(one_source),
		cmocka_unit_test(listed),
		cmocka_unit_test(small_and_giant),
		cmocka_unit_test(recency),
		cmocka_unit_test(stays_and_silence),
		cmocka_unit_test(order_and_threads),
		cmocka_unit_test(hostile),
		cmocka_unit_test(flooded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
