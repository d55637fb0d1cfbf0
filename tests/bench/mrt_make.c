/*
 * mrt_make PREFIXES PEERS ASES: writes a collector's table (TABLE_DUMP_V2) to standard output as
 * large and as varied as one likes: PREFIXES, one in six of IPv6; as many routes of each as there
 * are PEERS, but one in fifty; paths of a made-up graph of that many ASES (graph_make.h). Says on
 * standard error what it wrote.
 *
 * A path is the best route of an origin to the vantage point, backwards: as long and as branched as
 * the right one, and 20 searches give all. On top of that one AS in eight prepends, one prefix in a
 * hundred has two origins, and one route in two thousand ends in a set. Attributes are as in the
 * updates that a collector had in 2016: four communities a route, every third with MED.
 */
#include "graph_make.h"
#include "base/random.h"
#include "mrt_writer.h"
#include "net/routes.h"

#include <stdio.h>
#include <stdlib.h>

#define SEED  1
#define TIME  1277971199u
#define FLUSH ((size_t)1 << 20)
#define HOPS  48 /* of a path with its prepending */

struct make {
	struct random random;
	struct graph *g;
	struct route **to; /* to[peers][nodes]: best routes to the vantage points */
	uint32_t *vantage; /* vantage[peers], nodes */
	uint32_t peers;
	uint64_t routes, hops;
	struct buf out, attributes;
};

static void *must(void *p)
{
	if (!p) {
		perror("mrt_make");
		exit(3);
	}
	return p;
}

static void flush(struct make *m, size_t more_than)
{
	if (m->out.n <= more_than)
		return;
	if (fwrite(m->out.p, 1, m->out.n, stdout) != m->out.n) {
		perror("mrt_make");
		exit(3);
	}
	buf_clear(&m->out);
}

/* The vantage points: networks that sell transit, for those feed collectors. */
static void choose_vantage(struct make *m)
{
	struct routes *search;

	m->vantage = must(calloc(m->peers, sizeof(*m->vantage)));
	m->to = must(calloc(m->peers, sizeof(*m->to)));
	if (routes_new(m->g, &search) < 0)
		must(NULL);
	for (uint32_t i = 0; i < m->peers; i++) {
		do
			m->vantage[i] = (uint32_t)random_below(&m->random, m->g->nodes);
		while (graph_down(m->g, m->vantage[i]).n < 3);
		m->to[i] = must(calloc(m->g->nodes, sizeof(*m->to[i])));
		routes_best(search, m->vantage[i], NULL, m->to[i]);
	}
	routes_free(search);
}

/* One AS in eight prepends, always as often. */
static uint32_t repeats(asn_t asn)
{
	return asn % 8 ? 1 : 2 + asn / 8 % 3;
}

/* The path of a vantage point to an origin. Returns its hops, 0 when it has none. */
static size_t path_of(const struct make *m, uint32_t peer, uint32_t origin, asn_t *hop)
{
	const struct route *to = m->to[peer];
	asn_t backwards[HOPS];
	size_t n = 0;

	if (to[origin].class == ROUTE_NONE)
		return 0;
	for (uint32_t node = origin; node != GRAPH_NONE && n < HOPS; node = to[node].next) {
		uint32_t times = node == m->vantage[peer] ? 1 : repeats(m->g->asn[node]);

		while (times-- && n < HOPS)
			backwards[n++] = m->g->asn[node];
	}
	for (size_t i = 0; i < n; i++)
		hop[i] = backwards[n - 1 - i];
	return n;
}

static struct ip peer_ip(uint32_t peer, enum ip_family family)
{
	struct ip ip = ip_from_v4(0xc6336401 + peer); /* 198.51.100.1 and on */

	if (family == IP_V6)
		ip = (struct ip){IP_V6, {0x20, 0x01, 0x0d, 0xb8, [14] = 1, [15] = (uint8_t)peer}};
	return ip;
}

static void put_next_hop(struct make *m, uint32_t peer, enum ip_family family)
{
	struct ip ip = peer_ip(peer, family);
	char abridged[17] = {16}; /* RFC 6396 4.3.4: the length and the next hop alone */

	if (family == IP_V4) {
		mrt_put_next_hop(&m->attributes, &ip);
		return;
	}
	memcpy(abridged + 1, ip.byte, 16);
	mrt_put_attribute(&m->attributes, BGP_MP_REACH, (struct span){abridged, sizeof(abridged)});
}

/* Zero to eight of them, four on average. */
static void put_communities(struct make *m, asn_t asn)
{
	struct buf value = {0};
	size_t n = random_below(&m->random, 9);

	for (size_t i = 0; i < n; i++)
		mrt_put32(&value, (asn & 0xffff) << 16 | (uint32_t)random_below(&m->random, 5000));
	if (n)
		mrt_put_attribute(&m->attributes, BGP_COMMUNITIES, buf_span(&value));
	buf_done(&value);
}

static void put_path(struct make *m, const asn_t *hop, size_t n)
{
	char text[HOPS * 12], *to = text;

	if (random_below(&m->random, 2000)) {
		mrt_put_path(&m->attributes, 4, hop, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		to += sprintf(to, "%u ", hop[i]);
	sprintf(to, "{%u,%u}", hop[0], hop[n - 1]);
	mrt_put_path_text(&m->attributes, BGP_AS_PATH, 4, text);
}

static void put_attributes(
	struct make *m, uint32_t peer, enum ip_family family, const asn_t *hop, size_t n)
{
	buf_clear(&m->attributes);
	mrt_put_attribute(&m->attributes, BGP_ORIGIN, (struct span){"\0", 1});
	put_path(m, hop, n);
	put_next_hop(m, peer, family);
	if (random_below(&m->random, 3) == 0)
		mrt_put_number(&m->attributes, BGP_MED, (uint32_t)random_below(&m->random, 1000));
	put_communities(m, hop[0]);
}

/* All routes of a prefix; two origins when the second is another. */
static void put_prefix(
	struct make *m, uint32_t sequence, const struct prefix *p, uint32_t origin, uint32_t second)
{
	enum ip_family family = (enum ip_family)p->ip.family;
	struct mrt_rib rib = mrt_rib_begin(&m->out, TIME, family == IP_V4 ? 2 : 4, sequence, p);

	for (uint32_t i = 0; i < m->peers; i++) {
		asn_t hop[HOPS];
		uint32_t from = random_below(&m->random, 2) ? origin : second;
		size_t n = random_below(&m->random, 50) ? path_of(m, i, from, hop) : 0;

		if (!n)
			continue;
		put_attributes(m, i, family, hop, n);
		mrt_rib_entry(&m->out, &rib, family == IP_V4 ? i : m->peers + i,
			TIME - (uint32_t)random_below(&m->random, 1000000), 0,
			buf_span(&m->attributes));
		m->routes++;
		m->hops += n;
	}
	mrt_rib_end(&m->out, &rib);
	flush(m, FLUSH);
}

/* Lengths as often as tables have them, of a hundred. */
static unsigned length_of(struct make *m, enum ip_family family)
{
	static const struct {
		unsigned below, v4, v6;
	} rows[] = {{60, 24, 48}, {70, 23, 32}, {82, 22, 44}, {88, 21, 40}, {94, 20, 36},
		{97, 19, 46}, {99, 18, 33}, {100, 16, 29}};
	size_t at = random_below(&m->random, 100), i = 0;

	while (at >= rows[i].below)
		i++;
	return family == IP_V4 ? rows[i].v4 : rows[i].v6;
}

/* The prefixes of a family, in order, none inside another, all global. Of each run an AS holds
 * some. */
static void put_family(struct make *m, enum ip_family family, uint32_t count)
{
	uint64_t at = family == IP_V4 ? 1u << 24 : 0x2400000000000000; /* IPv6: the upper half */
	uint32_t origin = 0, second;
	unsigned bits = family == IP_V4 ? 32 : 64;

	for (uint32_t i = 0; i < count;) {
		unsigned length = length_of(m, family);
		uint64_t size = (uint64_t)1 << (bits - length), first = (at + size - 1) & -size;
		struct ip ip = ip_from_v4((uint32_t)first);

		if (family == IP_V6) {
			ip = (struct ip){.family = IP_V6};
			for (int b = 0; b < 8; b++)
				ip.byte[b] = (uint8_t)(first >> (56 - 8 * b));
		}
		at = first + size;
		if (ip_scope(&ip) != IP_GLOBAL)
			continue;
		if (random_below(&m->random, 4) == 0)
			origin = (uint32_t)random_below(&m->random, m->g->nodes);
		second = random_below(&m->random, 100)
				 ? origin
				 : (uint32_t)random_below(&m->random, m->g->nodes);
		put_prefix(m, i++, &(struct prefix){ip, (uint8_t)length}, origin, second);
	}
}

static void put_peers(struct make *m)
{
	struct mrt_peer *peers = must(calloc(2 * (size_t)m->peers, sizeof(*peers)));

	for (uint32_t i = 0; i < 2 * m->peers; i++) {
		uint32_t peer = i % m->peers;

		peers[i] = (struct mrt_peer){peer_ip(peer, i < m->peers ? IP_V4 : IP_V6),
			m->g->asn[m->vantage[peer]], i};
	}
	mrt_put_peers(&m->out, TIME, peers, 2 * (size_t)m->peers, false);
	free(peers);
}

int main(int argc, char **argv)
{
	struct make m = {.peers = argc == 4 ? (uint32_t)atoi(argv[2]) : 0};
	uint32_t prefixes = argc == 4 ? (uint32_t)atoi(argv[1]) : 0;

	if (argc != 4 || !m.peers || m.peers > 200 || atoi(argv[3]) < 100) {
		fprintf(stderr, "usage: mrt_make PREFIXES PEERS ASES >FILE\n");
		return 2;
	}
	random_seed(&m.random, SEED);
	m.g = graph_make_open((uint32_t)atoi(argv[3]), SEED);
	choose_vantage(&m);
	put_peers(&m);
	put_family(&m, IP_V4, prefixes - prefixes / 6);
	put_family(&m, IP_V6, prefixes / 6);
	flush(&m, 0);
	fprintf(stderr, "%ju routes, %.1f hops each\n", (uintmax_t)m.routes,
		(double)m.hops / (double)(m.routes ? m.routes : 1));
	for (uint32_t i = 0; i < m.peers; i++)
		free(m.to[i]);
	free(m.to);
	free(m.vantage);
	graph_close(m.g);
	buf_done(&m.out);
	buf_done(&m.attributes);
	return fflush(stdout) ? 3 : 0;
}
