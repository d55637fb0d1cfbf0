/*
 * Reads what Debian's bgpdump prints with -m: a line a route, fields parted by '|'.
 *
 *   TABLE_DUMP2|1277971199|B|PEER|PEER AS|PREFIX|AS PATH|ORIGIN|NEXT HOP|...
 *   BGP4MP|1171158060|A|PEER|PEER AS|PREFIX|AS PATH|...      an announcement
 *   BGP4MP|1171158065|W|PEER|PEER AS|PREFIX                  a withdrawal
 *   BGP4MP|1027377515|STATE|PEER|PEER AS|OLD|NEW             a change of the session's state
 *
 * Also TABLE_DUMP; and names with _ET (the time has a fraction), _LOCAL, and _AP (RFC 7911: the
 * number of the path stands behind the prefix). What comes behind the path is not looked at.
 */
#ifndef CORDON_NET_BGP_TEXT_READ_H
#define CORDON_NET_BGP_TEXT_READ_H

#include "net/ip.h"

/* A line may have this many bytes, a path this many hops: more than a line can hold. */
#define BGP_TEXT_LINE_MOST ((size_t)64 << 10)
#define BGP_TEXT_HOPS_MOST (BGP_TEXT_LINE_MOST / 2)

enum bgp_text_kind { BGP_TEXT_TABLE, BGP_TEXT_ANNOUNCE, BGP_TEXT_WITHDRAW, BGP_TEXT_STATE };

struct bgp_text_route {
	uint8_t kind;   /* enum bgp_text_kind */
	uint32_t time;  /* seconds since 1970 */
	struct ip peer; /* the collector's neighbour, who saw the route */
	asn_t peer_asn;
	struct prefix prefix; /* but for BGP_TEXT_STATE */
	size_t hops;          /* of the path in struct bgp_text_room */
	bool plain;           /* all hops are HOP_AS */
	bool local;           /* an update that the collector sent, not one it got */
};

/* Where the path of a line goes, vantage point first; 160 KiB. */
struct bgp_text_room {
	asn_t hop[BGP_TEXT_HOPS_MOST];
	uint8_t kind[BGP_TEXT_HOPS_MOST]; /* enum hop_kind, paths_build.h */
};

/* True when a line begins as one of these does. */
bool bgp_text_is(struct span line);

/* What is wrong with a line. */
enum bgp_text_bad { BGP_TEXT_FIELDS = 1, BGP_TEXT_ADDRESS, BGP_TEXT_ASN, BGP_TEXT_PATH };

/*
 * Reads one line, without its end. Returns 0, or an enum bgp_text_bad: a field is missing or says
 * what is not known; no address or prefix; no AS number; no path. Cost: linear in the line up to
 * its path.
 */
int bgp_text_read(struct span line, struct bgp_text_room *room, struct bgp_text_route *ret_route);

#endif
