/*
 * A minimal writer of MMDB files (MaxMind DB file format 2.0) with origins, so that tests and the
 * benchmark have a database of the very data they need. It exits when memory is short.
 */
#ifndef CORDON_TESTS_MMDB_WRITER_H
#define CORDON_TESTS_MMDB_WRITER_H

#include "base/buf.h"
#include "net/ip.h"

struct mmdb_writer;

/* How the origin is written: GeoLite2's two keys, or IPinfo's "asn": "AS1" and "name". */
enum mmdb_style { MMDB_GEOLITE, MMDB_IPINFO };

/* ip_version is 4 or 6; in 6 an IPv4 prefix is put under ::/96. */
struct mmdb_writer *mmdb_writer_new(int ip_version, enum mmdb_style style);
void mmdb_writer_free(struct mmdb_writer *w);

/* Adds a prefix; a longer one must come after the one that it is in. */
void mmdb_writer_add(struct mmdb_writer *w, const struct prefix *p, asn_t asn, struct span holder);

/* Adds first .. last as the fewest prefixes that make it up. */
void mmdb_writer_add_range(struct mmdb_writer *w, const struct ip *first, const struct ip *last,
	asn_t asn, struct span holder);

/* Makes 2002::/16 another way into the IPv4 tree, as MaxMind's files have it. */
void mmdb_writer_alias(struct mmdb_writer *w);

/* Appends the file's bytes. */
void mmdb_writer_finish(
	struct mmdb_writer *w, const char *type, uint64_t build_epoch, struct buf *to);

#endif
