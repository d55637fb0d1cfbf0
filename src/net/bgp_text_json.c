/* The same events as objects: numbers and addresses alone, so nothing is to be escaped. */
#include "net/bgp_text.h"

static void add_ip(struct buf *to, const char *key, const struct ip *ip)
{
	char text[IP_TEXT];

	buf_printf(to, ",\"%s\":\"%s\"", key, ip_format(ip, text));
}

/* What encloses the hops of a segment; a sequence's are the path's own. */
static const struct {
	const char *open, *close;
} enclosed[] = {
	[BGP_SET] = {"[", "]"},
	[BGP_SEQUENCE] = {"", ""},
	[BGP_CONFED_SEQUENCE] = {"{\"confed\":[", "]}"},
	[BGP_CONFED_SET] = {"{\"confed_set\":[", "]}"},
};

static unsigned type_of(const struct bgp_path *path, size_t i)
{
	return path->segment ? path->segment[i] & ~BGP_SEGMENT_BEGINS : BGP_SEQUENCE;
}

static void add_path(struct buf *to, const struct bgp_path *path)
{
	buf_str(to, ",\"path\":[");
	for (size_t i = 0; i < path->n; i++) {
		bool begins = path->segment && path->segment[i] & BGP_SEGMENT_BEGINS;
		bool ends = i + 1 == path->n ||
			    (path->segment && path->segment[i + 1] & BGP_SEGMENT_BEGINS);

		buf_printf(to, "%s%s%u%s", i ? "," : "",
			begins ? enclosed[type_of(path, i)].open : "", path->hop[i],
			ends ? enclosed[type_of(path, i)].close : "");
	}
	buf_str(to, path->damaged ? "],\"path_damaged\":true" : "]");
}

static void add_communities(struct buf *to, const struct bgp_attributes *a)
{
	uint32_t c, part[3];

	for (size_t i = 0; bgp_community(a, i, &c); i++)
		buf_printf(to, "%s\"%u:%u\"", i ? "," : ",\"communities\":[", c >> 16, c & 0xffff);
	if (bgp_community(a, 0, &c))
		buf_byte(to, ']');
	for (size_t i = 0; bgp_large_community(a, i, part); i++)
		buf_printf(to, "%s\"%u:%u:%u\"", i ? "," : ",\"large_communities\":[", part[0],
			part[1], part[2]);
	if (bgp_large_community(a, 0, part))
		buf_byte(to, ']');
}

static void add_attributes(struct buf *to, const struct mrt_event *e)
{
	static const char *const origins[] = {"igp", "egp", "incomplete"};
	const struct bgp_attributes *a = &e->attributes;
	struct bgp_aggregator by;
	struct ip hop;
	uint32_t n;
	uint8_t origin;

	if (bgp_origin(a, &origin) && origin <= 2)
		buf_printf(to, ",\"origin\":\"%s\"", origins[origin]);
	if (bgp_next_hop(a, e->mp ? BGP_MP_REACH : BGP_NEXT_HOP, &hop))
		add_ip(to, "next_hop", &hop);
	if (bgp_number(a, BGP_LOCAL_PREF, &n))
		buf_printf(to, ",\"local_pref\":%u", n);
	if (bgp_number(a, BGP_MED, &n))
		buf_printf(to, ",\"med\":%u", n);
	add_communities(to, a);
	if (a->has >> BGP_ATOMIC_AGGREGATE & 1)
		buf_str(to, ",\"atomic_aggregate\":true");
	if (bgp_aggregator(a, &by)) {
		buf_printf(to, ",\"aggregator_as\":%u", by.asn);
		add_ip(to, "aggregator", &by.ip);
	}
}

void bgp_text_json(struct buf *to, struct mrt *m, const struct mrt_event *e)
{
	static const char *const kinds[] = {"table", "announce", "withdraw", "state"};
	struct bgp_path path;
	char text[IP_TEXT];

	buf_printf(to, "{\"kind\":\"%s\",\"time\":%u", kinds[e->kind], e->time);
	if (e->type == MRT_BGP4MP_ET)
		buf_printf(to, ".%06u", e->usec < 1000000 ? e->usec : 999999);
	if (e->kind == MRT_TABLE)
		buf_printf(to, ",\"changed\":%u", e->changed);
	add_ip(to, "peer", &e->peer->ip);
	buf_printf(to, ",\"peer_as\":%u%s", e->peer->asn, e->local ? ",\"sent\":true" : "");
	if (e->kind == MRT_STATE) {
		buf_printf(to, ",\"from\":%u,\"to\":%u", e->from, e->to);
	} else {
		buf_printf(to, ",\"prefix\":\"%s\"%s", prefix_format(&e->prefix, text),
			e->multicast ? ",\"multicast\":true" : "");
		if (e->add_path)
			buf_printf(to, ",\"path_id\":%u", e->path_id);
	}
	if (e->kind == MRT_TABLE || e->kind == MRT_ANNOUNCE) {
		mrt_path(m, &path);
		add_path(to, &path);
		add_attributes(to, e);
	}
	buf_str(to, "}\n");
}
