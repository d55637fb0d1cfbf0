/* Makes the store of paths: routes go in one by one, the image comes out. */
#ifndef CORDON_NET_PATHS_BUILD_H
#define CORDON_NET_PATHS_BUILD_H

#include "base/buf.h"
#include "net/paths.h"

struct paths_builder;

/* Returns 0 or -ENOMEM. */
int paths_builder_new(struct paths_builder **ret_builder);
void paths_builder_free(struct paths_builder *b);

/* How much is kept: each path takes its hops and two. 1 GiB; some 38 million paths of today's
 * length, 20 times what 20 vantage points of 2026 have. */
#define PATHS_WORDS_MOST ((size_t)1 << 28)

/* A hop of a path as it was received. */
enum hop_kind { HOP_AS, HOP_SET, HOP_CONFED };

/*
 * Adds one route's path as it was received, from vantage point to origin: hop[n], and kind[n] of
 * enum hop_kind, or NULL when all are HOP_AS. Cleans it, counts what was odd, keeps it once.
 * Of several reasons to leave it out the first one met from the vantage point counts.
 * Returns 0, -ENOMEM, or -E2BIG beyond PATHS_WORDS_MOST. Cost: one hash of the path, and the
 * square of its hops, at most 64 of them, to see loops.
 */
int paths_builder_add(struct paths_builder *b, const asn_t *hop, const uint8_t *kind, size_t n);

/*
 * Adds another route with the path of the last call that returned 0, as if that were made again: an
 * update may announce many prefixes by one long path. Constant time.
 */
void paths_builder_again(struct paths_builder *b);

/* Paths so far, and what was odd in the routes; the second lives as long as the builder. */
uint32_t paths_builder_count(const struct paths_builder *b);
const struct paths_odd *paths_builder_odd(const struct paths_builder *b);

/* What the paths tell of themselves (struct paths_info); all are copied. */
struct paths_label {
	int32_t day;
	struct span source, terms;
};

/* As table_builder_finish(), table_build.h; paths_builder_open() gives them in memory. */
int paths_builder_finish(
	struct paths_builder *b, const struct paths_label *label, struct buf *payload);
int paths_builder_open(
	struct paths_builder *b, const struct paths_label *label, struct paths **ret_paths);
int paths_write(const char *path, struct span payload, struct err *err);

#endif
