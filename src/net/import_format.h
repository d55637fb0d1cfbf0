/* What the parts of the importer share; see table_import.h for what it is. */
#ifndef CORDON_NET_IMPORT_FORMAT_H
#define CORDON_NET_IMPORT_FORMAT_H

#include "base/stream.h"
#include "net/table_build.h"
#include "net/table_import.h"

#define IMPORT_LINE_MOST 4096

struct import {
	struct import_options options;
	struct table_builder *builder;
	struct import_report report;
	const char *path;           /* of the file being read */
	bool has_day, has_path_day; /* told by a file; found in a path */
	int32_t day, path_day;
	struct buf source, terms;
	struct buf folders; /* whose LICENSE files were read, each with a NUL behind */
};

/*
 * One line of a format, without its end. Returns 0, an enum import_reason for a line that cannot be
 * used, or a negative errno when memory is short.
 */
typedef int import_line(struct import *im, struct span line);

int import_csv_line(struct import *im, struct span line);
int import_pair_line(struct import *im, struct span line);

/* True when the bytes look like an MMDB file; head is its beginning. */
bool import_is_mmdb(struct span head);

/* Reads a whole MMDB: first what was taken off the stream already, then the stream. */
int import_mmdb(struct import *im, struct span head, struct stream *stream, struct err *err);

/* Reads "13335" or "AS13335". Returns 0 or IMPORT_ASN. */
int import_asn(struct span s, asn_t *ret_asn);

/* Adds a row. Returns 0, IMPORT_ADDRESS for a range that is none, or a negative errno. */
int import_prefix(struct import *im, const struct prefix *p, asn_t asn, struct span holder);
int import_range(struct import *im, const struct ip *first, const struct ip *last, asn_t asn,
	struct span holder);

/* Counts a row that was left out; line 0 for none. */
void import_skip(struct import *im, enum import_reason reason, uint64_t line, struct span text);

/* A date that the content of the file tells. Returns 0, or -EINVAL when another file told another
 * and none was asked for. */
int import_tell_day(struct import *im, int32_t day, struct err *err);

/* import_label.c: what a path, and what lies beside the file, say of the table. */
int import_label_file(struct import *im, const char *path, struct err *err);
int import_label_package(struct import *im, const char *folder, struct err *err);

/* Sets the source's name unless there is one: letters, digits, '-' and '_' of it, at most 64. */
void import_tell_source(struct import *im, struct span name);

#endif
