/* Hosts as people write them in lists: addresses, prefixes, ranges, names, URLs, with a port, and
 * all of it defanged. */
#ifndef CORDON_TRACE_FEED_HOST_H
#define CORDON_TRACE_FEED_HOST_H

#include "base/arena.h"
#include "trace/feed.h"

struct feed_host {
	struct prefix where[FEED_RANGE_MOST]; /* where[n], ascending; n is 1 but for ranges */
	size_t n;                             /* 0: it is a name */
	struct span domain;                   /* lower case, A-labels; of the text or the arena */
	uint16_t port;                        /* 0: not said */
};

/*
 * Reads one: "192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9", "[2001:db8::1]:80",
 * "192.0.2.1:80", "bad.example", "*.bad.example", "hxxp://bad[.]example/x". Returns FEED_TAKEN;
 * FEED_NO_HOST, FEED_RANGE, FEED_LOCAL_NAME; or -ENOMEM. Linear.
 */
int feed_host_read(struct arena *a, struct span text, struct feed_host *ret_host);

/* The prefixes that make up first .. last of one family, at most FEED_RANGE_MOST. Returns how many,
 * 0 when the range ends before it begins, is of two families, or of more. */
size_t feed_host_range(
	const struct ip *first, const struct ip *last, struct prefix ret_prefix[FEED_RANGE_MOST]);

#endif
