/*
 * Makes a table from files that others publish, and installs it in a state directory. The format
 * is told from the content:
 *
 * - CSV: "start,end,asn,name" or "prefix,asn,name", as ip-location-db and GeoLite2 have them;
 * - pairs: "prefix<TAB>asn", comments behind ';' or '#', as pyasn and RouteViews' tools write;
 * - MMDB: a MaxMind database with origins (GeoLite2-ASN, ip-location-db, IPinfo).
 *
 * All may be compressed (base/stream.h). All files of one import make one table.
 */
#ifndef CORDON_NET_TABLE_IMPORT_H
#define CORDON_NET_TABLE_IMPORT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* Why a row was left out. */
enum import_reason {
	IMPORT_FIELDS = 1, /* too few fields, or a quote that does not close */
	IMPORT_ADDRESS,    /* no address or prefix where one should be, or a range that is none */
	IMPORT_ASN,        /* no AS number */
	IMPORT_LONG,       /* a line over 4,096 bytes */
	IMPORT_TREE,       /* MMDB: a damaged tree, or one that leads to a node twice */
	IMPORT_REASONS
};

/* A few words for a reason: "no AS number"; static. */
const char *import_reason_words(enum import_reason reason);

struct import_report {
	uint64_t rows;                    /* understood and in the table */
	uint64_t skipped[IMPORT_REASONS]; /* left out; [0] is not used */
	uint64_t sets;                    /* of the rows: several origins given, the first taken */
	uint64_t repeated;                /* of the rows: the same addresses were given before */
	struct {
		char file[128], text[128]; /* the last part of its path; cut; UTF-8 not checked */
		uint64_t line;             /* from 1; 0 for a format without lines */
	} first_bad;                       /* the first row left out, if any was */
};

struct import;

/* What the caller wants; all may be empty, and are then found out (see import_finish). */
struct import_options {
	bool has_day;
	int32_t day;        /* days since 1970-01-01 */
	const char *source; /* short name of where the data came from */
	const char *terms;  /* licence and attribution */
};

/* Begins an import. The options' strings must outlive it. Returns 0 or -ENOMEM. */
int import_begin(const struct import_options *options, struct import **ret_import);
void import_free(struct import *im);

/*
 * Adds one file ("-" is standard input), or the data files of a folder such as an npm package:
 * all *.csv, *.tsv, *.dat and *.mmdb in it, also with .gz or .zst behind; *-num.csv are passed
 * over, for they say the same in other numbers. Rows that cannot be understood are counted.
 * Returns 0; -EINVAL when a file is of no format known; or another negative errno when it cannot
 * be read; with a sentence in err. After a failure the import can only be freed.
 */
int import_add(struct import *im, const char *path, struct err *err);

/*
 * Writes STATE_DIR/net/DATE.SOURCE.table, in place of one of that name, and appends its path to
 * *ret_path. The report is filled also on failure.
 *
 * Date: the option; else the one that a file tells (its first comments, an MMDB's build time, the
 * version in a package.json); else the last one in the path of the first file that has one.
 * Source: the option; else the package's name, an MMDB's type, or the first file's name.
 * Terms: the option; else the texts of the files named *LICENSE* beside the files.
 *
 * Returns 0; -EINVAL when there is no date, two dates, or no row at all; or another negative
 * errno; with a sentence in err.
 */
int import_finish(struct import *im, const char *state_dir, struct import_report *ret_report,
	struct buf *ret_path, struct err *err);

#endif
