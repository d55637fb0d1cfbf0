/*
 * The ledger: the log (tlog.h), which is the truth; the raw evidence beside it (vault.h); and the
 * index over it (index.h). One writer, any number of readers.
 *
 * Everything stands in STATE/ledger. Time and the tables of networks are arguments.
 */
#ifndef CORDON_LEDGER_LEDGER_H
#define CORDON_LEDGER_LEDGER_H

#include "ledger/index.h"
#include "ledger/record.h"
#include "ledger/tlog.h"
#include "ledger/vault.h"

struct ledger;

struct ledger_options {
	const char *state_dir;
	bool write;
	const char *origin;              /* of a log that is made; NULL: HOSTNAME/cordon */
	const struct shelf *shelf;       /* for the index; may be NULL */
	int64_t (*clock)(void *context); /* seconds since 1970 UTC; NULL: the system's */
	void *clock_context;
	int32_t keep_raw_days; /* raw evidence older than that is erased by a writer; 0: none is
				  kept; below 0: for ever */
	uint32_t index_mib; /* of the index that a writer keeps in its own memory, beside what the
			       system keeps of the file: MiB, at most; 0: 128, for imports */
	bool anew; /* the index is not opened, for ledger_reindex(): until then the log alone can be
		      read, and nothing added */
	/* Told what is odd and no failure: the clock went backwards, the index was behind, raw
	 * evidence has expired. May be NULL. */
	void (*tell)(void *context, const char *sentence);
	void *tell_context;
};

/*
 * Opens it; a writer makes what is not there, and takes into the index what the log has more. A
 * reader without a ledger gets -ENOENT and a sentence that says how one comes to be; -EBUSY when
 * another writes, with its number; -EBADMSG when the log is damaged, or the index is, or is of
 * another log; errors otherwise as of the parts.
 */
int ledger_open(const struct ledger_options *options, struct ledger **ret_ledger, struct err *err);
void ledger_close(struct ledger *l); /* what was not committed is dropped */

/*
 * Takes a sighting in, with the raw evidence that it rests on (empty: none) and what makes it the
 * same when it comes again (identity: the message's bytes, or source, kind, host and day; the
 * record's id is made of it under a key of this ledger, FOLDER/id.key).
 * *ret_new is false when the ledger, or what was not committed yet, has it. It is in the ledger
 * when ledger_commit() returned 0. Returns 0; -EINVAL with the field named; or another negative
 * errno.
 */
int ledger_add_sighting(struct ledger *l, const struct sighting *s, struct span raw,
	struct span identity, bool *ret_new, struct err *err);

/* Whether the ledger, or what was not committed yet, has a record of that identity, so that what
 * would be done beside adding it need not be done twice. */
bool ledger_has(struct ledger *l, struct span identity);

/* The same for records of other types: type and union of r are the caller's, the rest is filled in.
 */
int ledger_add(struct ledger *l, struct record *r, struct span raw, struct span identity,
	bool *ret_new, struct err *err);

/* The index in the log that the next record will have, if what waits is committed. */
uint64_t ledger_next(const struct ledger *l);

/*
 * Makes all that was added durable, in order: vault, log, index. On failure nothing of the batch is
 * in the log, and it is dropped: whoever acknowledges what was added says so to those it had it
 * from. When the index alone fails the records are in the ledger: 0, told by tell() and by
 * ledger_is_behind(), and nothing more is taken until the ledger is opened again, which mends it.
 *
 * Also done by ledger_add*() itself every LEDGER_BATCH records, LEDGER_BATCH_BYTES of records and
 * raw evidence, and at midnight UTC; but then the index is shown to other programs every 131,072
 * records only, or at the next ledger_commit() or ledger_close().
 */
#define LEDGER_BATCH       8192
#define LEDGER_BATCH_BYTES ((size_t)64 << 20)
int ledger_commit(struct ledger *l, struct err *err);
bool ledger_is_behind(const struct ledger *l); /* the index lacks what the log has */

/*
 * Makes the index again from the log (and the vault's places) alone; progress() may be NULL. On
 * failure the old one stays. What ledger_db() gave before is closed. Memory: some 100 MiB, and 24
 * bytes for each piece of raw evidence of a day.
 */
int ledger_reindex(struct ledger *l, void (*progress)(void *context, uint64_t done, uint64_t total),
	void *context, struct err *err);

/* Erases the raw evidence of a record for good and logs that it was done, as one commit. -ERANGE
 * for a record that is not there, -ENOENT for one that never had any or whose is gone. */
int ledger_erase(struct ledger *l, uint64_t seq, struct err *err);

/* Reads the record of an index, its text in place of what `text` held, which must outlive it;
 * scratch may be NULL. Its raw evidence: appended to `to`, -ENOENT as vault_get(). */
int ledger_record(struct ledger *l, uint64_t seq, struct buf *text, struct buf *scratch,
	struct record *ret_record, struct err *err);
int ledger_raw(
	struct ledger *l, uint64_t seq, uint8_t ret_salt[32], struct buf *to, struct err *err);

/* The parts, for reading; the index's is NULL in a ledger opened `anew`, until it is made. */
struct tlog *ledger_log(struct ledger *l);
sqlite3 *ledger_db(struct ledger *l);

#endif
