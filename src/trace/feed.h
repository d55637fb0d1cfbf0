/*
 * Lists and reports of abuse that others publish, read into sightings (sighting.h): lists of
 * addresses, prefixes, ranges, names and URLs; tables with named columns; hosts files; JSON lines;
 * reports in X-ARF (xarf.h) and ARF (arf.h). What is read is told in docs/formats/feed.md.
 *
 * What cannot be read is counted and the first of it shown; the rest is taken. Nothing is asked of
 * the network: a name stays a name.
 */
#ifndef CORDON_TRACE_FEED_H
#define CORDON_TRACE_FEED_H

#include "base/err.h"
#include "trace/sighting.h"

/* What a file is. FEED_AUTO: told from its first lines. X(ID, "name", "in words") */
#define FEED_FORMATS_X(X)                                                                          \
	X(AUTO, "auto", "told from the first lines")                                               \
	X(LIST, "list", "a host a line")                                                           \
	X(CSV, "csv", "a table with named columns")                                                \
	X(HOSTS, "hosts", "a hosts file")                                                          \
	X(LEVELS, "levels", "addresses and how many lists name each")                              \
	X(JSON, "json", "JSON: X-ARF reports, or objects with named fields")                       \
	X(MAIL, "mail", "mail with reports in ARF or X-ARF")

enum feed_format {
#define X(id, name, words) FEED_##id,
	FEED_FORMATS_X(X)
#undef X
		FEED_FORMATS
};

const char *feed_format_name(enum feed_format format);  /* static */
const char *feed_format_words(enum feed_format format); /* static */

/* What a count means: the input is damaged; left out for a reason; or taken, but not quite as it
 * stood. */
enum feed_weight { FEED_IS_TAKEN, FEED_IS_BAD, FEED_IS_LEFT, FEED_IS_NOTED };

/* What is counted. X(ID, WEIGHT, "key", "what one of them is") */
#define FEED_COUNTS_X(X)                                                                           \
	X(TAKEN, TAKEN, "taken", "a sighting")                                                     \
	X(LONG, BAD, "long", "the line is too long")                                               \
	X(NO_HOST, BAD, "no_host", "no address, prefix, range or name")                            \
	X(QUOTE, BAD, "quote", "a quote that does not close")                                      \
	X(COLUMN, BAD, "column", "no host in the row")                                             \
	X(RANGE, BAD, "range", "a range that ends before it begins, or of too many prefixes")      \
	X(BAD_JSON, BAD, "bad_json", "no JSON, or too deep or too large")                          \
	X(BAD_REPORT, BAD, "bad_report", "a report without what it must have, or cut off")         \
	X(NOT_PUBLIC, LEFT, "not_public", "a private or reserved address")                         \
	X(WIDE, LEFT, "wide", "a prefix wider than any holding")                                   \
	X(LOCAL_NAME, LEFT, "local_name", "a name of no public network")                           \
	X(RIGHTS, LEFT, "rights", "a report about copyright or brands")                            \
	X(CONTENT, LEFT, "content", "a report of illegal pictures, which is for the police")       \
	X(NOT_SEEN, LEFT, "not_seen", "a report of what may be abused, not of abuse seen")         \
	X(CRAWLER, LEFT, "crawler", "a report about a crawler")                                    \
	X(TYPE, LEFT, "type", "a report of a type that is not known")                              \
	X(NOT_SPAM, LEFT, "not_spam", "a report that it is no spam")                               \
	X(OPT_OUT, LEFT, "opt_out", "a wish to be taken off a list")                               \
	X(NOT_PROVEN, LEFT, "not_proven", "failed authentication, as of forwarded mail too")       \
	X(NO_SOURCE, LEFT, "no_source", "a report without a source that can be believed")          \
	X(NO_REPORT, LEFT, "no_report", "a mail that is no report")                                \
	X(FOREIGN, LEFT, "foreign", "a file of a folder that holds no mail")                       \
	X(ABOUT_ITSELF, LEFT, "about_itself", "what the list says of itself")                      \
	X(LATE, NOTED, "late", "dated in the future: taken as of today")                           \
	X(NO_DATE, NOTED, "no_date", "a date that cannot be read: the list's is taken")            \
	X(MONTH, NOTED, "month", "dated to the month: taken as of its first day")

enum feed_count {
#define X(id, weight, key, words) FEED_##id,
	FEED_COUNTS_X(X)
#undef X
		FEED_COUNTS
};

enum feed_weight feed_count_weight(enum feed_count c);
const char *feed_count_key(enum feed_count c);   /* static */
const char *feed_count_words(enum feed_count c); /* static */

#define FEED_SHOWN 5 /* of what cannot be read, so many are shown */

/* What came of one file or of several. */
struct feed_report {
	uint64_t count[FEED_COUNTS];
	uint64_t kind[SIGHTING_KINDS]; /* of those taken */
	int64_t first, last;           /* their earliest and latest time; 0 when none */
	enum feed_format format;       /* of the last file */
	struct feed_shown {
		enum feed_count why;
		char file[128]; /* the last part of its path */
		bool message;   /* `number` counts messages, from 1; else lines, from 1 */
		uint64_t number;
		char text[96]; /* the beginning of it; bytes as they came, NUL-terminated */
	} shown[FEED_SHOWN];
	size_t showns;
};

/* How far the reading is. */
struct feed_progress {
	uint64_t done, size; /* bytes of this file as stored; size 0: not known */
	uint64_t items;      /* lines, values or messages of this file */
};

/* What the caller knows, and where sightings go. */
struct feed_options {
	enum feed_format format;
	bool has_kind;
	enum sighting_kind kind; /* of what does not say it itself; reports do */
	struct span source;      /* as in struct sighting. Empty: reports are of their reporter,
				    "by." and its name; lists are refused */
	bool has_day;
	int32_t day;        /* of all of it, whatever it says; days since 1970-01-01 */
	int64_t now;        /* seconds since 1970 UTC */
	uint8_t confidence; /* in percent, of all of it; 0: what the feed says, else that of one
			       witness (feed_confidence()) */

	/*
	 * Takes a sighting. raw is the report it rests on, empty for lists: a line says no more
	 * than the sighting does. identity is the same whenever the same comes again: of lists
	 * source, kind, host and day; of a report its own identity, kind and host. All spans are
	 * valid during the call. What it returns below 0 ends the reading.
	 */
	int (*take)(void *context, const struct sighting *s, struct span raw, struct span identity,
		struct err *err);
	void (*progress)(void *context, const struct feed_progress *p); /* may be NULL */
	void *context;
};

/* Bounds; what is over is counted and passed over. */
#define FEED_LINE_MOST ((size_t)16 << 10) /* bytes of a line or row */
#define FEED_JSON_MOST ((size_t)64 << 20) /* bytes of a JSON file; more is refused */
#define FEED_VALUE_MOST                                                                            \
	((size_t)24 << 20)     /* bytes of a value in it: X-ARF allows 15 MB of evidence */
#define FEED_VALUE_NODES 20000 /* commas, colons and brackets in a value */
#define FEED_DEPTH_MOST  64
#define FEED_RANGE_MOST  64 /* prefixes of a range "a-b"; IPv4 needs at most 62 */

/*
 * Reads a file (base/stream.h: also compressed, "-" for standard input) or a folder of mail, and
 * adds to *report, which the caller has zeroed before the first. Returns 0, also when much could
 * not be read; -EINVAL when the file is of no use: a list without a source, a table without a
 * column of hosts; -EFBIG beyond a bound of the whole; what take() returned; or another negative
 * errno when it cannot be read, after what came before has been taken; with a sentence.
 * Cost: linear. Memory: about 1 MiB; of JSON the file and 4 times the largest value; of mail as
 * the parser's.
 */
int feed_read(const char *path, const struct feed_options *options, struct feed_report *report,
	struct err *err);

/* How sure it is, in percent, when `lists` witnesses say so and none denies it: Laplace's rule of
 * succession, (n + 1) / (n + 2). 67 for one, at most 99. */
uint8_t feed_confidence(uint64_t lists);

#endif
