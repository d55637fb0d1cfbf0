/*
 * lookup TABLE CSV...: lookups a second in a table, and in an MMDB of the same rows through
 * libmaxminddb, side by side: the same random addresses, each asked for its AS number. The best of
 * several rounds counts, for the machine has other things to do.
 */
#include "mmdb_writer.h"
#include "net/table.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ADDRESSES (1u << 20)
#define ROUNDS    7

struct bench {
	struct table *table;
	MMDB_s db;
	uint32_t *v4;
	struct ip *v6;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Rows are well formed here: what a quote holds is taken as it stands. */
static void read_csv(const char *path, struct mmdb_writer *w, struct bench *b, uint64_t *seed)
{
	FILE *f = fopen(path, "r");
	char line[1024], first[64], last[64], holder[512];
	static uint32_t n;
	unsigned asn;
	struct ip from, to;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63[^,],%63[^,],%u,%511[^\n]", first, last, &asn, holder) != 4 ||
			ip_parse(span_cstr(first), &from) < 0 || ip_parse(span_cstr(last), &to) < 0)
			continue;
		mmdb_writer_add_range(w, &from, &to, asn, span_cstr(holder));
		if (from.family ==
			IP_V6) /* random IPv6 addresses hit nothing: take those of rows */
			b->v6[n++ % ADDRESSES] = from;
	}
	if (f)
		fclose(f);
	for (uint32_t i = n; n && i < ADDRESSES; i++)
		b->v6[i] = b->v6[next_random(seed) % n];
}

static asn_t ours_fast(struct bench *b, uint32_t i)
{
	return table_lookup_v4(b->table, b->v4[i]);
}

static asn_t ours_whole(struct bench *b, uint32_t i)
{
	struct ip ip = ip_from_v4(b->v4[i]);
	struct origin o = {0};

	table_lookup(b->table, &ip, &o);
	return o.asn;
}

static asn_t ours_v6(struct bench *b, uint32_t i)
{
	struct origin o = {0};

	table_lookup(b->table, &b->v6[i], &o);
	return o.asn;
}

static asn_t asn_of(MMDB_lookup_result_s *r)
{
	MMDB_entry_data_s d;

	if (!r->found_entry ||
		MMDB_get_value(&r->entry, &d, "autonomous_system_number", NULL) != MMDB_SUCCESS)
		return 0;
	return d.uint32;
}

static MMDB_lookup_result_s their_find_v4(struct bench *b, uint32_t i)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(b->v4[i])};
	int rc;

	return MMDB_lookup_sockaddr(&b->db, (struct sockaddr *)&sa, &rc);
}

/* Without reading the AS number: the least that the library can do. */
static asn_t theirs_bare(struct bench *b, uint32_t i)
{
	return their_find_v4(b, i).entry.offset;
}

static asn_t theirs_v4(struct bench *b, uint32_t i)
{
	MMDB_lookup_result_s r = their_find_v4(b, i);

	return asn_of(&r);
}

static asn_t theirs_v6(struct bench *b, uint32_t i)
{
	struct sockaddr_in6 sa = {.sin6_family = AF_INET6};
	int rc;

	memcpy(&sa.sin6_addr, b->v6[i].byte, 16);
	MMDB_lookup_result_s r = MMDB_lookup_sockaddr(&b->db, (struct sockaddr *)&sa, &rc);

	return asn_of(&r);
}

/* Lookups a second, the best of the rounds; *ret_sum is of all answers, to compare. Inlined, so
 * that the function asked is known to the compiler. */
static inline __attribute__((always_inline)) double measure(
	asn_t (*ask)(struct bench *b, uint32_t i), struct bench *b, uint64_t *ret_sum)
{
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		double t = seconds();

		*ret_sum = 0;
		for (uint32_t i = 0; i < ADDRESSES; i++)
			*ret_sum += ask(b, i);
		t = ADDRESSES / (seconds() - t);
		best = t > best ? t : best;
	}
	return best;
}

static void open_both(struct bench *b, const char *path, struct mmdb_writer *w)
{
	struct buf image = {0};
	struct err err;
	char name[] = "/dev/shm/lookup.XXXXXX";
	int fd = mkstemp(name);
	FILE *f = fdopen(fd, "w");

	mmdb_writer_finish(w, "GeoLite2-ASN", 1750118400, &image);
	printf("MMDB: %.1f MB\n", (double)image.n / 1e6);
	fwrite(image.p, 1, image.n, f);
	fclose(f);
	buf_done(&image);
	if (MMDB_open(name, MMDB_MODE_MMAP, &b->db) != MMDB_SUCCESS) {
		fputs("libmaxminddb refuses the database\n", stderr);
		exit(1);
	}
	unlink(name);
	double t = seconds();

	if (table_open(path, &b->table, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	printf("table opened and checked in %.2f ms\n", (seconds() - t) * 1e3);
}

int main(int argc, char **argv)
{
	struct bench b = {
		.v4 = calloc(ADDRESSES, sizeof(*b.v4)), .v6 = calloc(ADDRESSES, sizeof(*b.v6))};
	struct mmdb_writer *w = mmdb_writer_new(6, MMDB_GEOLITE);
	uint64_t seed = 20080501, sum[6];

	if (argc < 3 || !b.v4 || !b.v6)
		return 2;
	for (int i = 2; i < argc; i++)
		read_csv(argv[i], w, &b, &seed);
	for (uint32_t i = 0; i < ADDRESSES; i++)
		b.v4[i] = (uint32_t)(next_random(&seed) >> 32);
	open_both(&b, argv[1], w);
	double fast = measure(ours_fast, &b, &sum[0]), whole = measure(ours_whole, &b, &sum[1]);
	double bare = measure(theirs_bare, &b, &sum[5]), theirs = measure(theirs_v4, &b, &sum[2]);
	double v6 = measure(ours_v6, &b, &sum[3]), their6 = measure(theirs_v6, &b, &sum[4]);

	printf("IPv4, AS number: %6.1f M/s\n", fast / 1e6);
	printf("IPv4, whole:     %6.1f M/s\n", whole / 1e6);
	printf("libmaxminddb:    %6.1f M/s, without the AS number %.1f M/s\n", theirs / 1e6,
		bare / 1e6);
	printf("ratio:           %6.1f (whole %.1f; against the bare walk %.1f)\n", fast / theirs,
		whole / theirs, fast / bare);
	printf("IPv6, whole:     %6.1f M/s, libmaxminddb %.1f M/s, ratio %.1f\n", v6 / 1e6,
		their6 / 1e6, v6 / their6);
	printf("answers %s\n",
		sum[0] == sum[2] && sum[1] == sum[2] && sum[3] == sum[4] ? "agree" : "DIFFER");
	table_close(b.table);
	MMDB_close(&b.db);
	mmdb_writer_free(w);
	free(b.v4);
	free(b.v6);
	return sum[0] == sum[2] && sum[3] == sum[4] ? 0 : 1;
}
