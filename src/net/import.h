/*
 * Makes tables of origins, AS paths and graphs from files that others publish, and installs them in
 * a state directory. The format is told from the content:
 *
 * - CSV: "start,end,asn,name" or "prefix,asn,name", as ip-location-db and GeoLite2 have them;
 * - pairs: "prefix<TAB>asn", comments behind ';' or '#', as pyasn and RouteViews' tools write;
 * - MMDB: a MaxMind database with origins (GeoLite2-ASN, ip-location-db, IPinfo);
 * - MRT (mrt.h): tables and updates of BGP collectors;
 * - the text that bgpdump -m makes of those (bgp_text_read.h);
 * - AS relationships as CAIDA publishes them, serial-1 and serial-2 (rel_text.h).
 *
 * All may be compressed (base/stream.h). All files of one import make one table; MRT and its text
 * also give paths, relationships a graph.
 */
#ifndef CORDON_NET_IMPORT_H
#define CORDON_NET_IMPORT_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/* What an import makes. */
enum import_kind { IMPORT_TABLE, IMPORT_PATHS, IMPORT_GRAPH, IMPORT_KINDS };

const char *import_kind_name(enum import_kind kind); /* "table", ... : the suffix too; static */

/*
 * What an import counts, import_count_words() tells what each is. First what makes a line or a
 * record useless; a format's function returns these, so none of them is 0.
 */
enum import_count {
	IMPORT_FIELDS = 1, /* too few fields, or a quote that does not close */
	IMPORT_ADDRESS,    /* no address or prefix where one should be, or a range that is none */
	IMPORT_ASN,        /* no AS number */
	IMPORT_PATH,       /* no AS path */
	IMPORT_LINK,       /* relationships: of no known kind */
	IMPORT_LONG,       /* a line that is too long */
	IMPORT_TREE,       /* MMDB: a damaged tree, or one that leads to a node twice */
	IMPORT_MRT_LONG,   /* MRT: the enum mrt_odd of these names */
	IMPORT_MRT_RECORD,
	IMPORT_MRT_MESSAGE,
	IMPORT_MRT_PEER,
	IMPORT_MRT_PREFIX,
	IMPORT_MRT_ATTRIBUTE,
	IMPORT_MRT_PATH,
	IMPORT_CUT, /* files that end in the middle: what came before counts */

	/* What was taken. */
	IMPORT_ROWS,      /* rows of CSV, pairs and MMDB */
	IMPORT_ROUTES,    /* routes of a collector's table */
	IMPORT_ANNOUNCED, /* routes of updates */
	IMPORT_PREFIXES,  /* of those routes, in the table */
	IMPORT_DISTINCT,  /* of those routes' paths, cleaned */
	IMPORT_LINKS,     /* between ASes, in the graph */

	/* What was not taken, or not as it stood, for a reason. */
	IMPORT_REPEATED,       /* rows that gave addresses which were given before */
	IMPORT_SETS,           /* rows with several origins, the first taken */
	IMPORT_MANY_ORIGINS,   /* prefixes that several ASes announced: most routes decide */
	IMPORT_ORIGIN_SET,     /* routes that end in an AS_SET: its first is the origin */
	IMPORT_NO_ORIGIN,      /* routes without a path: not in the table */
	IMPORT_ORIGIN_SCOPE,   /* routes of a private or reserved AS: not in the table */
	IMPORT_WIDE,           /* default routes, and wider than any holding: not in the table */
	IMPORT_SPECIAL,        /* routes of space that is not global: not in the table */
	IMPORT_MULTICAST,      /* routes of multicast tables: passed over */
	IMPORT_LOCAL,          /* routes that the collector itself sent: passed over */
	IMPORT_WITHDRAWN,      /* counted, not applied: the table is of all that was announced */
	IMPORT_STATES,         /* changes of a session's state: counted, not applied */
	IMPORT_PATH_PREPENDED, /* struct paths_odd */
	IMPORT_PATH_SETS,
	IMPORT_PATH_CONFEDS,
	IMPORT_PATH_LOOPS,
	IMPORT_PATH_SCOPE,
	IMPORT_PATH_LONG,
	IMPORT_PATH_EMPTY,
	IMPORT_MRT_TYPE, /* enum mrt_odd */
	IMPORT_MRT_FAMILY,
	IMPORT_MRT_REPEATED,
	IMPORT_LINK_LOOPS, /* struct graph_odd */
	IMPORT_LINK_SCOPE,
	IMPORT_LINK_REPEATED,
	IMPORT_LINK_MUTUAL,
	IMPORT_LINK_CONTRARY,
	IMPORT_LINK_CIRCLES,
	IMPORT_COUNTS
};

/* What a count means for the import. */
enum import_weight {
	IMPORT_BAD, /* the input is damaged or no such file: a caller should not be content */
	IMPORT_TAKEN,
	IMPORT_NOTED, /* as it should be: left out, folded, not applied */
};

enum import_weight import_count_weight(enum import_count c);
/* "rows left out: no AS number", behind a number; and "no_asn", for programs. Static. */
const char *import_count_words(enum import_count c);
const char *import_count_key(enum import_count c);

struct import_report {
	uint64_t count[IMPORT_COUNTS];
	int32_t day;                   /* of what was made */
	struct buf path[IMPORT_KINDS]; /* of the files made, NUL behind, not counted; else empty */
	struct {
		char file[128], text[128]; /* the last part of its path; cut; UTF-8 not checked */
		uint64_t line;             /* from 1; 0 for a format without lines */
		bool record;               /* MRT: this is the first odd record, and begins at */
		uint64_t offset;           /* that byte, behind decompression */
	} first_bad;                       /* the first line or record that is useless, if any is */
	char cut[512]; /* a sentence about the first file that ends in the middle */
};

void import_report_done(struct import_report *r);

/* How far an import is. */
struct import_progress {
	uint64_t taken, size; /* bytes of this file as stored; size 0: not known */
	uint64_t items;       /* rows, routes and links so far, of all files */
};

struct import;

/* What the caller wants; all may be empty, and are then found out (see import_finish). */
struct import_options {
	bool has_day;
	int32_t day;        /* days since 1970-01-01 */
	const char *source; /* short name of where the data came from */
	const char *terms;  /* licence and attribution */
	void (*progress)(void *context, const struct import_progress *p); /* every few thousand */
	void *context;
};

/* Begins an import. The options' strings must outlive it. Returns 0 or -ENOMEM. */
int import_begin(const struct import_options *options, struct import **ret_import);
void import_free(struct import *im);

/*
 * Adds one file ("-" is standard input), or the data files of a folder such as an npm package or a
 * day of a collector: all *.csv, *.tsv, *.dat, *.mmdb and *.mrt in it, rib.*, bview.*, updates.*,
 * and *.as-rel*, also compressed; *-num.csv are passed over, for they say the same in other
 * numbers. What cannot be understood is counted, and so is a file that ends in the middle.
 *
 * Returns 0; -EINVAL when a file is of no format known; -E2BIG beyond the bounds of what is built;
 * or another negative errno when it cannot be read; with a sentence in err. After a failure the
 * import can only be freed.
 */
int import_add(struct import *im, const char *path, struct err *err);

/*
 * Writes what was found, STATE_DIR/net/DATE.SOURCE.table, .paths and .graph, each in place of one
 * of that name. The report is filled also on failure; the caller calls import_report_done().
 *
 * Date: the option; else the one that a file tells (its first comments, an MMDB's build time, the
 * version in a package.json, the time of the first record or route); else the last one in the path
 * of the first file that has one. Source: the option; else the package's name, an MMDB's type, or
 * the first file's name. Terms: the option; else the texts of the files named *LICENSE* beside the
 * files.
 *
 * Returns 0; -EINVAL when there is no date, two dates, or nothing at all to make something of; or
 * another negative errno; with a sentence in err.
 */
int import_finish(struct import *im, const char *state_dir, struct import_report *ret_report,
	struct err *err);

#endif
