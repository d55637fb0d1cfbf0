/* What the readers of feeds share: one file under way, a row of a list, and how a sighting is
 * handed on. For the feed_*.c files. */
#ifndef CORDON_TRACE_FEED_WORK_H
#define CORDON_TRACE_FEED_WORK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/lines.h"
#include "mail/message.h"
#include "trace/feed.h"
#include "trace/feed_when.h"

/* What a column of a table or a field of an object is. */
enum feed_role {
	FEED_ROLE_NONE,
	FEED_ROLE_HOST,
	FEED_ROLE_START, /* of a range */
	FEED_ROLE_END,
	FEED_ROLE_FIRST, /* when it was seen first, last, or at all */
	FEED_ROLE_LAST,
	FEED_ROLE_DATE,
	FEED_ROLE_PORT,
	FEED_ROLE_CONFIDENCE,
	FEED_ROLE_LISTS, /* by how many lists it is named */
	FEED_ROLE_KIND,
};

/* A column's role, and how much it is preferred to others of the same: 0 is best. Of the two ends
 * of a connection the source is preferred, for the other is who suffered; but a list of command
 * servers has only destinations. */
struct feed_column {
	enum feed_role role;
	uint8_t rank;
	bool destination;
};

/* What a column or field of that name is. */
struct feed_column feed_column_of(struct span name);

#define FEED_ROW_HOSTS 8
#define FEED_ROW_KINDS 4

/* A row of any list, as text; empty spans where it says nothing. */
struct feed_row {
	struct span host[FEED_ROW_HOSTS]; /* by rank: the first that is not empty counts */
	struct span end;                  /* of a range that begins with the host */
	struct span kind[FEED_ROW_KINDS]; /* the first that means one counts */
	struct span first, last, date, port, confidence, lists;
};

/* Puts the value of a column into the row. */
void feed_row_put(struct feed_row *row, struct feed_column c, struct span value);

#define FEED_COLUMNS_MOST 64

struct feed {
	const struct feed_options *o;
	struct feed_report *report;
	struct err *err;
	const char *name;                  /* the last part of the path */
	uint64_t number;                   /* of the line or message under way, from 1 */
	bool messages;                     /* it is a message */
	struct feed_when when;             /* of what has no date of its own */
	bool today;                        /* that is today, for want of a better one */
	struct message_parser *mp, *inner; /* made when first needed */
	struct arena arena;                /* for one item */
	struct buf identity;
	uint64_t looked; /* bytes that JSON was looked at by, to be cut: for tests of its cost */
	struct feed_column column[FEED_COLUMNS_MOST]; /* of a table */
	size_t columns;
	char separator;
};

/* Counts one, and shows it when it is bad. Returns 0. */
int feed_odd(struct feed *f, enum feed_count why, struct span text);

/*
 * Hands a sighting on: checks that it is public and fills in what the options or the list say.
 * kind, where or domain, at (0: the list's), port, confidence (0: not said), source (empty: the
 * options') are the maker's. id tells a report from others; empty for lists. Returns 0, also when
 * it was left out, or what take() returned.
 */
int feed_give(struct feed *f, struct sighting *s, struct span raw, struct span id);

/* Takes a row; shown is what is shown when it is bad. Returns 0 or a negative errno. */
int feed_row_take(struct feed *f, const struct feed_row *row, struct span shown);

/* The readers: a line of each kind; all of a JSON file; all of a mailbox. Return as above. */
int feed_list_line(struct feed *f, struct span line);
int feed_hosts_line(struct feed *f, struct span line);
int feed_levels_line(struct feed *f, struct span line);
int feed_csv_line(struct feed *f, struct span line);
int feed_json_read(struct feed *f, struct span text);
int feed_mail_read(struct feed *f, const char *path);

/* All X-ARF reports and objects of a text of JSON that stands in a mail. *ret_reports counts the
 * reports; anything else in it is passed over. */
int feed_json_reports(struct feed *f, struct span text, size_t *ret_reports);

/* True for a line that is a comment as a whole, with *ret_text what it says. */
bool feed_is_comment(struct span line, struct span *ret_text);

/* True when a line names columns with a host among them; f's columns are then set. */
bool feed_csv_head(struct feed *f, struct span line);

/* Fields of a row as it is split by f->separator. */
size_t feed_csv_width(const struct feed *f, struct span line);

/* What the first lines are of. Sets the columns of a table. */
enum feed_format feed_tell(struct feed *f, struct span held);

#endif
