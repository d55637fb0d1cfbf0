/*
 * The MRT reader over a table made up here, routes with path hops and lines of text a second, and
 * over shapes that could make it slow, at size n and 2 n: linear is a ratio of about 2.
 * bench-mrt [PREFIXES [N-KB]]
 */
#include "mrt_writer.h"
#include "net/bgp_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PEERS 20

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void take_hops(struct buf *to, struct mrt *m, const struct mrt_event *e)
{
	struct mrt_hops hops;

	(void)to, (void)e;
	mrt_hops(m, &hops);
}

static void take_line(struct buf *to, struct mrt *m, const struct mrt_event *e)
{
	bgp_text_line(to, m, e);
	if (to->n > 1 << 18)
		buf_clear(to);
}

/* Reads it once; returns the seconds. */
static double read_once(struct span file,
	void (*take)(struct buf *, struct mrt *, const struct mrt_event *), uint64_t *ret_events)
{
	const struct mrt_event *e;
	struct buf text = {0};
	struct stream *stream;
	struct mrt *m;

	if (stream_open("/dev/null", &stream, NULL) < 0 || mrt_new(stream, file, &m) < 0)
		exit(3);
	double start = now();

	while (mrt_next(m, &e, NULL) > 0)
		take(&text, m, e);
	start = now() - start;
	*ret_events = mrt_report(m)->events;
	mrt_free(m);
	stream_close(stream);
	buf_done(&text);
	return start;
}

static double best_of(struct span file,
	void (*take)(struct buf *, struct mrt *, const struct mrt_event *), uint64_t *ret_events)
{
	double best = 1e9;

	for (int i = 0; i < 4; i++) {
		double t = read_once(file, take, ret_events);

		if (i && t < best)
			best = t;
	}
	return best;
}

/* Paths of 3 to 6 hops, as most are. */
static void add_prefix(struct buf *to, uint32_t number, const struct mrt_peer *peers, struct buf *a)
{
	struct ip ip = ip_from_v4((16777216 + number) << 8);
	struct prefix p = prefix_of(&ip, 24);
	struct mrt_rib rib = mrt_rib_begin(to, 1000000000, 2, number, &p);

	for (uint32_t i = 0; i < PEERS; i++) {
		uint32_t x = (number * PEERS + i) * 2654435761U;
		asn_t hop[6] = {
			peers[i].asn, x >> 20, 3356, x >> 16 & 8191, x >> 15, number % 70000 + 1};

		buf_clear(a);
		mrt_put_attribute(a, BGP_ORIGIN, (struct span){"\0", 1});
		mrt_put_path(a, 4, hop, 3 + (x >> 30));
		mrt_put_next_hop(a, &peers[i].ip);
		if (x & 1 << 12)
			mrt_put_number(a, BGP_MED, x >> 22);
		mrt_put_number(a, BGP_COMMUNITIES, x);
		mrt_rib_entry(to, &rib, i, 999999999, 0, buf_span(a));
	}
	mrt_rib_end(to, &rib);
}

static void measure_table(uint32_t prefixes)
{
	struct mrt_peer peers[PEERS];
	struct buf file = {0}, a = {0};
	uint64_t events;

	for (uint32_t i = 0; i < PEERS; i++)
		peers[i] = (struct mrt_peer){ip_from_v4(0xc0000201 + i), 3000 + i, i};
	mrt_put_peers(&file, 1000000000, peers, PEERS, false);
	for (uint32_t i = 0; i < prefixes; i++)
		add_prefix(&file, i, peers, &a);
	double hops = best_of(buf_span(&file), take_hops, &events);
	double lines = best_of(buf_span(&file), take_line, &events);

	printf("table of %u prefixes by %d peers, %zu MB: %.1f M routes/s with hops, %.1f M "
	       "lines/s\n",
		prefixes, PEERS, file.n / 1000000, (double)events / hops / 1e6,
		(double)events / lines / 1e6);
	buf_done(&file);
	buf_done(&a);
}

static const struct mrt_peer one = {{IP_V4, {192, 0, 2, 1}}, 64500, 0};

static void put_update(struct buf *to, struct span attributes, struct span announced)
{
	struct buf body = {0};

	mrt_put_update(&body, (struct span){NULL, 0}, attributes, announced);
	mrt_put_message(to, (struct mrt_stamp){1, -1}, 1, &one, 2, buf_span(&body));
	buf_done(&body);
}

static void fill(struct buf *to, const char *bytes, size_t n, size_t most)
{
	while (to->n + n <= most)
		buf_add(to, (struct span){bytes, n});
}

/* Half of each message a path of 16,000 hops, half 30,000 prefixes 0.0.0.0/0. */
static void long_path(struct buf *to, size_t n)
{
	struct buf a = {0}, path = {0}, announced = {0};

	while (path.n < 32000) {
		mrt_put8(&path, BGP_SEQUENCE);
		mrt_put8(&path, 255);
		fill(&path, "\x01", 1, path.n + 510);
	}
	mrt_put_attribute(&a, BGP_AS_PATH, buf_span(&path));
	fill(&announced, "\0", 1, 30000);
	while (to->n < n)
		put_update(to, buf_span(&a), buf_span(&announced));
	buf_done(&a);
	buf_done(&path);
	buf_done(&announced);
}

/* Sets of one, so that each hop is a segment, in both paths. */
static void many_segments(struct buf *to, size_t n)
{
	struct buf a = {0}, path = {0};

	fill(&path, "\1\1\0\7", 4, 28000);
	mrt_put_attribute(&a, BGP_AS_PATH, buf_span(&path));
	buf_clear(&path);
	fill(&path, "\1\1\0\0\0\7", 6, 28000);
	mrt_put_attribute(&a, BGP_AS4_PATH, buf_span(&path));
	while (to->n < n)
		put_update(to, buf_span(&a), SPAN("\0\0\0"));
	buf_done(&a);
	buf_done(&path);
}

static void many_attributes(struct buf *to, size_t n)
{
	struct buf a = {0};

	fill(&a, "\xc0\x08\0", 3, 60000);
	while (to->n < n)
		put_update(to, buf_span(&a), SPAN("\0"));
	buf_done(&a);
}

static void empty_records(struct buf *to, size_t n)
{
	while (to->n < n)
		mrt_record_end(to, mrt_record_begin(to, 1, MRT_TABLE_DUMP_V2, 77));
}

/* Each says that it has 65,535 peers. */
static void peer_tables(struct buf *to, size_t n)
{
	while (to->n < n) {
		size_t at = mrt_record_begin(to, 1, MRT_TABLE_DUMP_V2, 1);

		buf_add(to, SPAN("\0\0\0\0\0\0\xff\xff"));
		mrt_record_end(to, at);
	}
}

/* One record as long as may be, of entries without attributes, of peers that are not there. */
static void entries_without_peer(struct buf *to, size_t n)
{
	struct prefix p = {.ip.family = IP_V4};

	while (to->n < n) {
		struct mrt_rib rib = mrt_rib_begin(to, 1, 2, 1, &p);

		for (unsigned i = 0; i < 65535 && to->n < n; i++)
			mrt_rib_entry(to, &rib, 9, 1, 0, (struct span){NULL, 0});
		mrt_rib_end(to, &rib);
	}
}

static void measure_shapes(size_t n)
{
	static const struct {
		const char *name;
		void (*write)(struct buf *, size_t);
	} shapes[] = {{"long path, many prefixes", long_path}, {"many segments", many_segments},
		{"many attributes", many_attributes}, {"empty records", empty_records},
		{"peer tables", peer_tables}, {"entries without peer", entries_without_peer}};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct buf once = {0}, twice = {0};
		uint64_t events;

		shapes[i].write(&once, n);
		shapes[i].write(&twice, 2 * n);
		double a = best_of(buf_span(&once), take_hops, &events);
		double b = best_of(buf_span(&twice), take_hops, &events);

		printf("%-26s %7zu KB %8.2f ms %8.2f ms  x%.2f\n", shapes[i].name, twice.n >> 10,
			a * 1e3, b * 1e3, b / a);
		buf_done(&once);
		buf_done(&twice);
	}
}

int main(int argc, char **argv)
{
	measure_table(argc > 1 ? (uint32_t)atol(argv[1]) : 50000);
	measure_shapes((argc > 2 ? (size_t)atol(argv[2]) : 4000) << 10);
	return 0;
}
