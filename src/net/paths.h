/*
 * The AS paths that vantage points saw on one day, cleaned, each kept once: what relationships are
 * inferred from, and who sees whom. Built while tables are imported (paths_build.h), written as an
 * immutable image (docs/formats/paths.md) and mapped read-only.
 *
 * A path begins at the vantage point (the peer of the collector) and ends at the origin. Prepended
 * repeats are folded into one hop.
 */
#ifndef CORDON_NET_PATHS_H
#define CORDON_NET_PATHS_H

#include "base/err.h"
#include "net/ip.h"

#define PATH_HOPS_MOST 64 /* longer ones, folded, are left out and counted */

/* How many routes of the import were what. */
struct paths_odd {
	uint64_t routes;    /* all routes offered that had a path */
	uint64_t prepended; /* had repeats, which were folded */
	uint64_t sets;      /* had an AS_SET (RFC 4271 4.3): the path ends before the first one */
	uint64_t loops;     /* an AS twice, not side by side: left out */
	uint64_t scope;     /* a private, reserved or AS_TRANS number in it: left out */
	uint64_t confeds;   /* had confederation segments (RFC 5065): these are passed over */
	uint64_t long_ones; /* over PATH_HOPS_MOST hops: left out */
	uint64_t empty;     /* no hop left: left out */
};

/* Where the paths come from. Spans live as long as they are open. */
struct paths_info {
	int32_t day;        /* days since 1970-01-01 */
	struct span source; /* short name */
	struct span terms;  /* licence and attribution to show; may be empty */
	struct paths_odd odd;
	uint64_t bytes; /* size of the image's payload */
};

struct paths {
	uint32_t n;             /* paths, in no order that means anything, but the same each time */
	const uint32_t *start;  /* start[n + 1] */
	const asn_t *hop;       /* the hops of path i are hop[start[i]] .. hop[start[i + 1] - 1] */
	const uint32_t *routes; /* routes[n]: how many routes (prefixes) had that path; saturates */
	struct paths_info info;
	struct paths_owner *owner; /* what is mapped or allocated; paths_close() knows */
};

/* As table_open() and table_open_memory() of table.h. */
int paths_open(const char *path, struct paths **ret_paths, struct err *err);
int paths_open_memory(struct span payload, struct paths **ret_paths);
void paths_close(struct paths *p);

#endif
