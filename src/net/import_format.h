/* What the parts of the importer share; see import.h for what it is. */
#ifndef CORDON_NET_IMPORT_FORMAT_H
#define CORDON_NET_IMPORT_FORMAT_H

#include "base/lines.h"
#include "net/bgp_text_read.h"
#include "net/graph_build.h"
#include "net/import.h"
#include "net/origin_count.h"
#include "net/paths_build.h"
#include "net/table_build.h"

#define IMPORT_LINE_MOST 4096 /* but for the text of bgpdump */

/* Who announces what goes by a path. */
struct import_origin {
	asn_t asn;
	bool of_set;
	int why; /* enum import_count: why it is for no table; 0 */
};

struct import {
	struct import_options options;
	struct table_builder *table;
	struct origin_count *origins; /* these two are made with the first route */
	struct paths_builder *paths;
	struct import_origin origin; /* of the last route */
	struct bgp_text_room *room;  /* with the first one of text */
	struct graph_builder *graph; /* with the first link */
	struct import_report report;
	const char *path;           /* of the file being read */
	const struct stream *from;  /* likewise */
	uint64_t items;             /* lines, records and networks so far */
	bool has_day, has_path_day; /* told by a file; found in a path */
	int32_t day, path_day;
	bool has_time; /* a line of this file told a time, the first of which is: */
	uint32_t time;
	struct buf source, terms;
	struct buf folders; /* whose LICENSE files were read, each with a NUL behind */
};

/*
 * One line of a format, without its end. Returns 0, an enum import_count of weight IMPORT_BAD for a
 * line that cannot be used, or a negative errno when memory is short or a bound is reached.
 */
typedef int import_line(struct import *im, struct span line);

int import_csv_line(struct import *im, struct span line);
int import_pair_line(struct import *im, struct span line);
int import_bgp_line(struct import *im, struct span line);
int import_rel_line(struct import *im, struct span line); /* and comments */

/* Reads the lines of a text of any format. Returns 0; -EINVAL when it is of none; or another
 * negative errno; with a sentence. */
int import_lines(struct import *im, struct lines *l, struct err *err);

/* True when the bytes look like an MMDB file; head is its beginning. */
bool import_is_mmdb(struct span head);

/* Read a whole file: first what was taken off the stream already, then the stream. */
int import_mmdb(struct import *im, struct span head, struct stream *stream, struct err *err);
int import_mrt(struct import *im, struct span head, struct stream *stream, struct err *err);

/* Adds a row. Returns 0, IMPORT_ADDRESS for a range that is none, or a negative errno. */
int import_prefix(struct import *im, const struct prefix *p, asn_t asn, struct span holder);
int import_range(struct import *im, const struct ip *first, const struct ip *last, asn_t asn,
	struct span holder);

/*
 * Adds what somebody announced: hop[n] and kind[n] as paths_builder_add() takes them. Returns 0,
 * -ENOMEM or -E2BIG. import_routes_finish() puts the prefixes of all routes into the table and
 * counts them in count[IMPORT_COUNTS].
 */
int import_route(
	struct import *im, const struct prefix *p, const asn_t *hop, const uint8_t *kind, size_t n);
int import_route_again(struct import *im, const struct prefix *p); /* by the same path */
int import_routes_finish(struct import *im, uint64_t *count);

/* Counts a line that is bad and remembers the first; line 0 for none. */
void import_skip(struct import *im, enum import_count c, uint64_t line, struct span text);

/* Remembers what is bad, unless something was before it. */
void import_first_bad(struct import *im, uint64_t line, struct span text);

/* A file that ends in the middle: a sentence that says why, and where it ended. */
void import_cut(struct import *im, const char *why);

/* One more line, record or network; shows the progress now and then. */
void import_tick(struct import *im);

/* What to say of -ENOMEM and -E2BIG while a line or record is read; returns rc. */
int import_fail(struct import *im, int rc, const char *unit, uint64_t at, struct err *err);

/* A date that the content of the file tells. Returns 0, or -EINVAL when another file told another
 * and none was asked for. */
int import_tell_day(struct import *im, int32_t day, struct err *err);

/* The same from the time of a record, unless a clock that was never set told it. */
int import_tell_time(struct import *im, uint32_t time, struct err *err);

/* import_label.c: what a path, and what lies beside the file, say of the table. */
int import_label_file(struct import *im, const char *path, struct err *err);
int import_label_package(struct import *im, const char *folder, struct err *err);

/* A file's name without ".gz" and the like behind. */
struct span import_unpacked_name(struct span name);

/* Sets the source's name unless there is one: letters, digits, '-' and '_' of it, at most 64. */
void import_tell_source(struct import *im, struct span name);

#endif
