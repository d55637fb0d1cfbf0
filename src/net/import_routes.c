/*
 * Routes of collectors, out of MRT or its text. Each gives its path to the store of paths and its
 * prefix with the origin to the counts, from which the table is made at the end.
 */
#include "net/asn.h"
#include "net/import_format.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Registries hand out at most a /8 of IPv4, and a /16 of IPv6 (IANA, "IPv4 Address Space" and the
 * registries' own largest). What is wider is a default route in one piece or some: everybody's
 * addresses would be attributed to whoever leaked it.
 */
#define WIDEST_V4 8
#define WIDEST_V6 16

/* Why a prefix is not for the table; 0 when it is. */
static int unfit(const struct prefix *p)
{
	if (p->length < (p->ip.family == IP_V4 ? WIDEST_V4 : WIDEST_V6))
		return IMPORT_WIDE;
	return ip_may_look_up(&p->ip) ? 0 : IMPORT_SPECIAL;
}

/*
 * The last AS of a path that is no part of a confederation; of a set (RFC 4271, 5.1.2) the first.
 */
static struct import_origin find_origin(const asn_t *hop, const uint8_t *kind, size_t n)
{
	struct import_origin o = {0};

	while (n && kind && kind[n - 1] == HOP_CONFED)
		n--;
	if (!n)
		return (struct import_origin){.why = IMPORT_NO_ORIGIN};
	o.of_set = kind && kind[n - 1] == HOP_SET;
	while (n > 1 && kind && kind[n - 1] == HOP_SET && kind[n - 2] == HOP_SET)
		n--;
	o.asn = hop[n - 1];
	o.why = asn_may_stand(o.asn) ? 0 : IMPORT_ORIGIN_SCOPE;
	return o;
}

static int begin(struct import *im)
{
	int rc = im->origins ? 0 : origin_count_new(&im->origins);

	if (rc == 0 && !im->paths)
		rc = paths_builder_new(&im->paths);
	return rc;
}

static int count_origin(struct import *im, const struct prefix *p)
{
	const struct import_origin *o = &im->origin;
	int why = unfit(p);

	im->report.count[IMPORT_ORIGIN_SET] += !why && o->of_set;
	why = why ? why : o->why;
	if (!why)
		return origin_count_add(im->origins, p, o->asn);
	im->report.count[why]++;
	return 0;
}

int import_route(
	struct import *im, const struct prefix *p, const asn_t *hop, const uint8_t *kind, size_t n)
{
	int rc = im->paths ? 0 : begin(im);

	if (rc == 0)
		rc = paths_builder_add(im->paths, hop, kind, n);
	if (rc < 0)
		return rc;
	im->origin = find_origin(hop, kind, n);
	return count_origin(im, p);
}

int import_route_again(struct import *im, const struct prefix *p)
{
	paths_builder_again(im->paths);
	return count_origin(im, p);
}

int import_routes_finish(struct import *im, uint64_t *count)
{
	struct prefix_origin o;
	uint32_t origin;
	int rc = 0;

	if (!im->origins)
		return 0;
	origin_count_sort(im->origins);
	while (rc == 0 && origin_count_next(im->origins, &o)) {
		rc = table_builder_origin(im->table, o.asn, (struct span){NULL, 0}, &origin);
		if (rc == 0)
			rc = table_builder_add_prefix(im->table, &o.prefix, origin);
		count[IMPORT_PREFIXES] += rc == 0;
		count[IMPORT_MANY_ORIGINS] += rc == 0 && o.origins > 1;
	}
	origin_count_free(im->origins); /* its memory is the table's now */
	im->origins = NULL;
	return rc;
}

int import_bgp_line(struct import *im, struct span line)
{
	static const int why[] = {[BGP_TEXT_FIELDS] = IMPORT_FIELDS,
		[BGP_TEXT_ADDRESS] = IMPORT_ADDRESS,
		[BGP_TEXT_ASN] = IMPORT_ASN,
		[BGP_TEXT_PATH] = IMPORT_PATH};
	static const int counts[] = {[BGP_TEXT_TABLE] = IMPORT_ROUTES,
		[BGP_TEXT_ANNOUNCE] = IMPORT_ANNOUNCED,
		[BGP_TEXT_WITHDRAW] = IMPORT_WITHDRAWN,
		[BGP_TEXT_STATE] = IMPORT_STATES};
	struct bgp_text_route r;

	if (!im->room && !(im->room = malloc(sizeof(*im->room))))
		return -ENOMEM;
	int bad = bgp_text_read(line, im->room, &r);

	if (bad)
		return why[bad];
	if (!im->has_time) {
		im->has_time = true;
		im->time = r.time;
	}
	im->report.count[r.local && r.kind == BGP_TEXT_ANNOUNCE ? IMPORT_LOCAL : counts[r.kind]]++;
	if (r.local || (r.kind != BGP_TEXT_TABLE && r.kind != BGP_TEXT_ANNOUNCE))
		return 0;
	return import_route(im, &r.prefix, im->room->hop, r.plain ? NULL : im->room->kind, r.hops);
}
