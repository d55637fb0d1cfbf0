/* For index.c, index_add.c and index_make.c alone: an index that is open, and its statements. */
#ifndef CORDON_LEDGER_INDEX_WORK_H
#define CORDON_LEDGER_INDEX_WORK_H

#include "ledger/idmap.h"
#include "ledger/index.h"
#include "ledger/index_seen.h"

#include <limits.h>

/* Rows of `record` and `sighting` are put in by so many, which is half the work of one by one. */
#define INDEX_ROWS     32
#define INDEX_RECORD   4 /* columns */
#define INDEX_SIGHTING 10
#define INDEX_TIMES_32(v)                                                                          \
	INDEX_TIMES_8(v) "," INDEX_TIMES_8(v) "," INDEX_TIMES_8(v) "," INDEX_TIMES_8(v)
#define INDEX_TIMES_8(v) v "," v "," v "," v "," v "," v "," v "," v
#define INTO_RECORD      "INSERT INTO record(seq,type,logged,id) VALUES"
#define INTO_SIGHTING                                                                              \
	"INSERT INTO sighting(seq,at,kind,source,host,network,campaign,confidence,port,day_only)"  \
	" VALUES"

/* clang-format off */
#define STATEMENTS_X(X)                                                                            \
	X(ADD_RECORD, INTO_RECORD "(?,?,?,?)")                                                     \
	X(ADD_RECORDS, INTO_RECORD INDEX_TIMES_32("(?,?,?,?)"))                                    \
	X(ADD_SIGHTING, INTO_SIGHTING "(?,?,?,?,?,?,?,?,?,?)")                                     \
	X(ADD_SIGHTINGS, INTO_SIGHTING INDEX_TIMES_32("(?,?,?,?,?,?,?,?,?,?)"))                    \
	X(ADD_ADVERTISED, "INSERT OR IGNORE INTO advertised(seq,host,network) VALUES(?,?,?)")      \
	X(ADD_RAW, "INSERT INTO raw(seq,day,place) VALUES(?,?,?)")                                 \
	X(ADD_NOTICE, "INSERT OR IGNORE INTO notice(seq,name,asn,recipient,to_upstreams,at)"       \
		" VALUES(?,?,?,?,?,?)")                                                            \
	X(ADD_ANSWER, "INSERT INTO answer(seq,notice,what,at) VALUES(?,?,?,?)")                    \
	X(FIND_SOURCE, "SELECT id FROM source WHERE name=?")                                       \
	X(NEW_SOURCE, "INSERT INTO source(name) VALUES(?)")                                        \
	X(NAME_OF_HOST, "SELECT name FROM host WHERE id=?")                                        \
	X(NEW_HOST, "INSERT INTO host(name) VALUES(?)")                                            \
	X(FIND_CAMPAIGN, "SELECT id FROM campaign WHERE name=?")                                   \
	X(NEW_CAMPAIGN, "INSERT INTO campaign(name) VALUES(?)")                                    \
	X(FIND_NETWORK, "SELECT id FROM network WHERE asn=? AND prefix=? AND holder=?")            \
	X(NEW_NETWORK, "INSERT INTO network(asn,prefix,holder) VALUES(?,?,?)")                     \
	X(PARENT_OF, "SELECT ifnull(parent,id) FROM campaign WHERE id=?")                          \
	X(SET_PARENT, "UPDATE campaign SET parent=?2 WHERE (id=?1 OR parent=?1) AND id<>?2")       \
	X(DROP_RAW, "DELETE FROM raw WHERE seq=?")                                                 \
	X(EXPIRE_RAW, "DELETE FROM raw WHERE day<?")                                               \
	X(ID_OF_RECORD, "SELECT id FROM record WHERE seq=?")                                       \
	X(FIND_RAW, "SELECT day,place FROM raw WHERE seq=?")                                       \
	X(SET_META, "INSERT OR REPLACE INTO meta(key,value) VALUES(?,?)")                          \
	X(GET_META, "SELECT value FROM meta WHERE key=?")
/* clang-format on */

enum statement {
#define X(id, sql) id,
	STATEMENTS_X(X)
#undef X
		STATEMENTS
};

/* The sorts of runs (runs.h). */
#define INDEX_RUNS_IDS   1  /* the first 8 bytes of a record's id; its place in the log */
#define INDEX_RUNS_HOSTS 2  /* hash of a name, its number */
#define INDEX_RUNS_SEEN  16 /* and one for each epoch: index_seen.h */

/* Entries of two words that wait to be put into their runs. */
struct pending {
	uint64_t *entry; /* entry[2 * n] */
	size_t n, room;
	struct idmap known; /* what waits, by all of its name; it forgets nothing */
	struct runs runs;
};

/* Rows that are not put in yet. A column of -1 is NULL; the id is a record's fourth. */
struct rows {
	size_t records, sightings;
	int64_t record[INDEX_ROWS][INDEX_RECORD - 1];
	uint8_t id[INDEX_ROWS][RECORD_ID_BYTES];
	int64_t sighting[INDEX_ROWS][INDEX_SIGHTING];
};

struct index_file {
	char path[PATH_MAX - 16], final[PATH_MAX - 16]; /* the same but for one that is made anew */
	sqlite3 *db;
	sqlite3_stmt *statement[STATEMENTS]; /* prepared when first used */
	const struct shelf *shelf;
	bool write, making, open_batch;
	bool looking; /* a transaction that has only read yet is open */
	uint64_t size, committed;
	int64_t last_logged, committed_logged;
	uint8_t root[32];
	struct idmap source, host, campaign, network;
	struct pending ids, hosts;
	struct seen_batch seen;
	struct rows rows;
	uint64_t seed;  /* of the hashes of hosts' names */
	struct buf key; /* scratch */
};

/* What SQLite said last, as an errno with a sentence. */
int index_fail(const struct index_file *x, struct err *err);
int index_failed(sqlite3 *db, struct err *err);

/* The statement, ready to be bound; NULL when it cannot be prepared: index_fail(). */
sqlite3_stmt *index_get(struct index_file *x, enum statement which);

/* Binds text that stays where it is until the statement is stepped. */

/* Runs what gives no rows to its end. */
int index_run(struct index_file *x, sqlite3_stmt *s, struct err *err);

/* Steps to one row at most: 1 and the number in its first column; 0; or a negative errno. */
int index_number(struct index_file *x, sqlite3_stmt *s, int64_t *ret_n, struct err *err);

/* Runs SQL of several statements. */
int index_exec(struct index_file *x, const char *sql, struct err *err);

/*
 * Adds an entry that waits, under its whole name; looks one up: 1 and its number, 0, or a negative
 * errno. is() tells whether that number's name is the one that was asked for.
 */
int index_pend(struct index_file *x, struct pending *p, uint64_t key, struct span name,
	int64_t number, struct err *err);
int index_look_up(struct index_file *x, struct pending *p, uint64_t key, struct span name,
	enum statement name_of, int64_t *ret_number, struct err *err);

/* Puts what waits into its runs; forgets it, and what is known of the runs. */
int index_flush(struct index_file *x, struct err *err);
void index_drop_pending(struct index_file *x);

/* Opens x->path; closes it. Makes the tables in it, and their order too. */
int index_open_db(struct index_file *x, struct err *err);
void index_close_db(struct index_file *x);
int index_make_tables(struct index_file *x, bool order, struct err *err);

/* One that is closed, its paths set; NULL with a sentence. */
struct index_file *index_new(
	const char *folder, bool write, const struct shelf *shelf, struct err *err);

#endif
