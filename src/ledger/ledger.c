/*
 * What is added is gathered: raw evidence in the vault's buffer, the record's text here. A commit
 * makes it durable from the bottom up. The vault first, so that no record is ever without the
 * evidence that it commits to; then the log, which is the moment that counts; then the index, which
 * is read off the texts in the way that it would be read off the log. So whatever a crash leaves is
 * mended by reading on in the log from where the index is.
 */
#include "ledger/ledger.h"

#include "base/file.h"
#include "ledger/places.h"
#include "ledger/secret.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CLOCK_SLACK 2      /* seconds that a clock may be set back without a word, as NTP does */
#define CATCH_UP    65536  /* records that the index takes in at a time when it is behind */
#define LAG         131072 /* records that the index may be behind while many come in */
#define SLOTS       ((size_t)LEDGER_BATCH * 2 + 2)
#define SLOTS_ROOM  32768 /* the next power of two, so that the table is half empty at most */

_Static_assert(SLOTS_ROOM >= SLOTS, "a batch fits");

/* A record that was added and is not yet in the log. */
struct waiting {
	uint8_t id[RECORD_ID_BYTES];
	size_t offset, n; /* of its text */
	bool has_place;
	struct vault_place place;
};

struct ledger {
	char folder[PATH_MAX - 32];
	struct ledger_options options;
	struct tlog *log;
	struct vault *vault;
	struct index_file *index;
	struct places places;
	uint8_t id_key[32];
	bool broken;                              /* the index lacks what the log has */
	int64_t last_logged;                      /* of what was added or is in the log */
	int32_t day;                              /* of the batch */
	size_t bytes;                             /* of the batch, raw evidence counted */
	struct waiting waiting[LEDGER_BATCH + 1]; /* and one for what a record brings along */
	size_t n;
	struct buf text;           /* of all that waits */
	struct buf entry;          /* scratch: one that was read */
	uint16_t slot[SLOTS_ROOM]; /* ids of what waits: place in waiting[] and one; 0: none */
};

static void tell(const struct ledger *l, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(const struct ledger *l, const char *format, ...)
{
	char text[512];
	va_list ap;

	if (!l->options.tell)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	l->options.tell(l->options.tell_context, text);
}

static int64_t now(const struct ledger *l)
{
	return l->options.clock ? l->options.clock(l->options.clock_context) : (int64_t)time(NULL);
}

/* --- the index reads the log --- */

struct reading {
	struct ledger *l;
	struct index_file *index;
	uint64_t done, total;
	void (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/* Takes the text of a record into an index. place NULL: it is looked for. */
static int index_text(struct ledger *l, struct index_file *x, uint64_t seq, struct span text,
	const struct vault_place *place, struct err *err)
{
	struct vault_place found;
	struct record r;
	int rc = record_read(text, NULL, &r, err);

	if (rc < 0)
		return err_set(err, rc, "record %llu of the log cannot be read: %s",
			(unsigned long long)seq, err ? err->text : "");
	if (r.has_raw && !place) {
		rc = places_find(&l->places, sighting_day(r.logged), r.raw, &found, err);
		place = rc == 1 ? &found : NULL;
	}
	return rc < 0 ? rc : index_add(x, seq, &r, place, err);
}

static int index_entry(void *context, uint64_t seq, struct span entry, struct err *err)
{
	struct reading *r = context;
	struct err own;
	int rc = index_text(r->l, r->index, seq, entry, NULL, err ? err : &own);

	if (rc == 0 && r->progress && (++r->done & 0xfff) == 0)
		r->progress(r->context, r->done, r->total);
	return rc;
}

/* Reads on from where the index is, some records at a time. */
static int catch_up(struct ledger *l, struct err *err)
{
	struct tlog_tree tree = tlog_tree(l->log);
	struct reading r = {.l = l, .index = l->index};
	uint8_t root[32];
	int rc = 0;

	while (rc == 0 && index_size(l->index) < tree.size) {
		uint64_t from = index_size(l->index);
		uint64_t to = tree.size - from > CATCH_UP ? from + CATCH_UP : tree.size;

		rc = tlog_root_at(l->log, to, root, err);
		if (rc == 0)
			rc = index_begin(l->index, err);
		if (rc == 0)
			rc = tlog_walk(l->log, from, to, index_entry, &r, err);
		if (rc == 0)
			rc = index_commit(l->index, root, err);
		else
			index_undo(l->index);
	}
	return rc;
}

/* Whether the index is of this log: its root is the log's as it was then. */
static int check_index(struct ledger *l, struct err *err)
{
	uint64_t size = index_size(l->index), of_log = tlog_tree(l->log).size;
	uint8_t root[32];

	if (size > of_log)
		return err_set(err, -EBADMSG,
			"%s/index.db: the index has %llu records and the log %llu; if no copy of "
			"the log was brought back it is damaged; `cordon ledger verify` looks at "
			"it, `cordon ledger reindex` makes the index again",
			l->folder, (unsigned long long)size, (unsigned long long)of_log);
	if (size == 0)
		return 0;
	int rc = tlog_root_at(l->log, size, root, err);

	if (rc == 0 && memcmp(root, index_root(l->index), sizeof(root)) != 0)
		return err_set(err, -EBADMSG,
			"%s/index.db: the index is of another log; `cordon ledger reindex` makes "
			"it "
			"again",
			l->folder);
	return rc;
}

/* --- opening --- */

static int expire(struct ledger *l, struct err *err)
{
	int32_t keep = l->options.keep_raw_days, today = sighting_day(now(l));
	int32_t before = keep ? today - keep : today + 1;
	size_t files;

	if (keep < 0)
		return 0;
	int rc = vault_expire(l->vault, before, &files, err);

	if (rc == 0 && files)
		tell(l, "raw evidence of %zu %s was erased, as it was older than %d %s", files,
			files == 1 ? "day" : "days", keep, keep == 1 ? "day" : "days");
	return rc == 0 ? index_expire(l->index, before, err) : rc;
}

/* The key of ids; without the old one what comes in twice is not known as such. */
static int open_key(struct ledger *l, struct err *err)
{
	char path[PATH_MAX];
	bool made;

	snprintf(path, sizeof(path), "%s/id.key", l->folder);
	int rc = secret_read(path, l->id_key, l->options.write, &made, err);

	if (rc == -ENOENT && !l->options.write) { /* of an empty log, or not for this reader */
		randombytes_buf(l->id_key, sizeof(l->id_key));
		return 0;
	}
	if (rc == 0 && made && tlog_tree(l->log).size)
		tell(l,
			"%s was gone and was made anew: what is in the ledger is taken in a second "
			"time when it comes again",
			path);
	return rc;
}

/* An index of another version, and whatever it says, counts for nothing. */
static int renew_index(struct ledger *l, struct err *err)
{
	tell(l, "the index is of another version, and is made again from the log");
	int rc = ledger_reindex(l, NULL, NULL, err);

	return rc == 0 ? expire(l, err) : rc;
}

static int open_index(struct ledger *l, struct err *err)
{
	bool write = l->options.write;
	int rc = index_open(l->folder, write, l->options.shelf, &l->index, err);

	if (rc == -ESTALE && write)
		return renew_index(l, err);
	if (rc == 0 && write && l->options.index_mib)
		rc = index_limit(l->index, l->options.index_mib, err);
	/* A writer beside this reader may have added to both since the log was opened. */
	if (rc == 0 && !write && index_size(l->index) > tlog_tree(l->log).size)
		rc = tlog_refresh(l->log, err);
	if (rc == 0)
		rc = check_index(l, err);
	if (rc < 0)
		return rc;
	uint64_t behind = tlog_tree(l->log).size - index_size(l->index);

	if (behind && write)
		rc = catch_up(l, err);
	if (behind && rc == 0)
		tell(l, "the index was %llu %s behind the log%s", (unsigned long long)behind,
			behind == 1 ? "record" : "records",
			write ? " and has read them" : "; the next writer sees to it");
	if (rc == 0 && write && index_is_dated(l->index))
		tell(l, "other tables of networks are installed than those that records were "
			"attributed by; `cordon ledger reindex` attributes all anew");
	l->last_logged = index_last_logged(l->index);
	return rc == 0 && write ? expire(l, err) : rc;
}

static int open_parts(struct ledger *l, struct err *err)
{
	const struct ledger_options *o = &l->options;
	bool write = o->write;

	if ((size_t)snprintf(l->folder, sizeof(l->folder), "%s/ledger", o->state_dir) >=
		sizeof(l->folder))
		return err_sys(err, -ENAMETOOLONG, "%s", o->state_dir);
	if (!write && access(l->folder, F_OK) < 0 && errno == ENOENT)
		return err_set(err, -ENOENT,
			"%s: there is no ledger yet; `cordon ingest` and `cordon feed import` "
			"begin one",
			l->folder);
	int rc = write ? file_make_folder(l->folder, err) : 0;

	/* The log first: its lock keeps a second writer out of all of it. */
	if (rc == 0)
		rc = tlog_open(l->folder, write ? TLOG_WRITE : TLOG_READ, o->origin, &l->log, err);
	if (rc == 0)
		rc = vault_open(l->folder, write, &l->vault, err);
	if (rc == 0)
		rc = open_key(l, err);
	l->places.vault = l->vault;
	if (rc == 0 && !o->anew)
		rc = open_index(l, err);
	places_done(&l->places);
	return rc;
}

int ledger_open(const struct ledger_options *options, struct ledger **ret_ledger, struct err *err)
{
	struct ledger *l = sodium_init() < 0 ? NULL : calloc(1, sizeof(*l));

	if (!l)
		return err_sys(err, -ENOMEM, "%s", options->state_dir);
	l->options = *options;
	int rc = open_parts(l, err);

	if (rc < 0)
		ledger_close(l);
	else
		*ret_ledger = l;
	return rc;
}

/* Commits what the index has taken in, for others to see. That it fails is told; it is mended by
 * reading on in the log. */
static int settle_index(struct ledger *l)
{
	struct err why = {""};

	if (index_waiting(l->index) == 0)
		return 0;
	int rc = index_commit(l->index, tlog_tree(l->log).root, &why);

	if (rc < 0) {
		l->broken = true;
		tell(l, "the log has the records, the index could not take them: %s", why.text);
	}
	return rc;
}

void ledger_close(struct ledger *l)
{
	if (!l)
		return;
	if (l->index)
		settle_index(l);
	index_close(l->index);
	vault_close(l->vault);
	tlog_close(l->log);
	places_done(&l->places);
	buf_done(&l->text);
	buf_done(&l->entry);
	sodium_memzero(l->id_key, sizeof(l->id_key));
	free(l);
}

/* --- what waits --- */

static void id_of(const struct ledger *l, struct span identity, uint8_t ret_id[RECORD_ID_BYTES])
{
	crypto_generichash(ret_id, RECORD_ID_BYTES, (const uint8_t *)identity.p, identity.n,
		l->id_key, sizeof(l->id_key));
}

/* The slot of an id: its own, or the free one where it would stand. */
static uint16_t *slot_of(struct ledger *l, const uint8_t id[RECORD_ID_BYTES])
{
	uint32_t hash;

	memcpy(&hash, id, sizeof(hash));
	for (size_t i = hash % SLOTS_ROOM;; i = (i + 1) % SLOTS_ROOM) {
		uint16_t at = l->slot[i];

		if (at == 0 || memcmp(l->waiting[at - 1].id, id, RECORD_ID_BYTES) == 0)
			return &l->slot[i];
	}
}

/* Nothing waits any more. */
static void drop(struct ledger *l)
{
	if (l->n)
		memset(l->slot, 0, sizeof(l->slot));
	l->n = 0;
	l->bytes = 0;
	buf_clear(&l->text);
}

static int undo(struct ledger *l, int rc)
{
	vault_undo(l->vault);
	drop(l);
	l->last_logged = l->index ? index_last_logged(l->index) : 0;
	return rc;
}

static int has(struct ledger *l, const uint8_t id[RECORD_ID_BYTES], struct err *err)
{
	uint64_t seq;

	return *slot_of(l, id) ? 1 : index_find(l->index, id, &seq, err);
}

bool ledger_has(struct ledger *l, struct span identity)
{
	uint8_t id[RECORD_ID_BYTES];

	id_of(l, identity, id);
	return l->index && has(l, id, NULL) == 1;
}

/* --- adding --- */

/* Whether anything can be added at all. */
static int check_open(const struct ledger *l, struct err *err)
{
	if (!l->options.write)
		return err_set(err, -EACCES, "%s: opened for reading", l->folder);
	if (!l->index || l->broken)
		return err_set(err, -EIO,
			"%s: the index lacks what the log has; open the ledger again", l->folder);
	return 0;
}

/* Puts the record, whose id is set, behind what waits. */
static int put(struct ledger *l, struct record *r, struct span raw, struct err *err)
{
	struct waiting *w = &l->waiting[l->n];

	r->has_raw = raw.n > 0 && l->options.keep_raw_days != 0;
	int rc = record_check(r, err);

	*w = (struct waiting){.offset = l->text.n, .has_place = r->has_raw};
	if (rc < 0)
		return rc;
	if (r->has_raw && (rc = vault_put(l->vault, sighting_day(r->logged), raw, &w->place, r->raw,
				   err)) < 0)
		return undo(l, rc);
	rc = record_write(r, &l->text, err);
	if (rc < 0)
		return undo(l, rc);
	w->n = l->text.n - w->offset;
	memcpy(w->id, r->id, sizeof(w->id));
	*slot_of(l, r->id) = (uint16_t)(l->n + 1);
	l->n++;
	l->bytes += w->n + raw.n;
	l->last_logged = r->logged;
	return 0;
}

/* A clock that was set back is a record of its own, so that who reads the log knows why times in it
 * are out of order. */
static int log_clock(struct ledger *l, int64_t at, struct err *err)
{
	struct record r = {.type = RECORD_CLOCK, .logged = at, .clock.before = l->last_logged};
	char was[SIGHTING_TIME_TEXT], is[SIGHTING_TIME_TEXT];

	randombytes_buf(r.id, sizeof(r.id)); /* each is one of its own */
	sighting_time_format(l->last_logged, was);
	int rc = put(l, &r, SPAN(""), err);

	if (rc == 0)
		tell(l,
			"the clock went backwards, from %s to %s: records are in the order of the "
			"log",
			was, sighting_time_format(at, is));
	return rc;
}

static int commit_batch(struct ledger *l, struct err *err);

/* What comes before a record: a full batch, another day, a clock that was set back. */
static int make_way(struct ledger *l, int64_t *ret_logged, struct err *err)
{
	int64_t at = now(l);
	int rc = 0;

	if (at < l->last_logged && at >= l->last_logged - CLOCK_SLACK)
		at = l->last_logged;
	if (at < 0 || at > RECORD_TIME_MOST)
		return err_set(err, -EINVAL, "the clock says no time that can be: set it");
	if (l->n >= LEDGER_BATCH - 1 || l->bytes > LEDGER_BATCH_BYTES ||
		(l->n && sighting_day(at) != l->day))
		rc = commit_batch(l, err);
	if (rc == 0)
		rc = check_open(l, err);
	if (rc == 0 && at < l->last_logged)
		rc = log_clock(l, at, err);
	if (rc == 0) {
		l->day = sighting_day(at);
		*ret_logged = at;
	}
	return rc;
}

int ledger_add(struct ledger *l, struct record *r, struct span raw, struct span identity,
	bool *ret_new, struct err *err)
{
	int rc = check_open(l, err);

	if (rc < 0)
		return rc;
	id_of(l, identity, r->id);
	rc = has(l, r->id, err);
	if (rc == 0) {
		r->logged = 0;
		rc = record_check(r, err);
	}
	if (rc == 0)
		rc = make_way(l, &r->logged, err);
	if (rc == 0)
		rc = put(l, r, raw, err);
	if (rc < 0)
		return rc;
	*ret_new = rc == 0;
	return 0;
}

int ledger_add_sighting(struct ledger *l, const struct sighting *s, struct span raw,
	struct span identity, bool *ret_new, struct err *err)
{
	struct record r = {.type = RECORD_SIGHTING, .sighting = *s};

	return ledger_add(l, &r, raw, identity, ret_new, err);
}

uint64_t ledger_next(const struct ledger *l)
{
	return tlog_tree(l->log).size + l->n;
}

/* --- committing --- */

static int append_log(struct ledger *l, uint64_t *ret_first, struct err *err)
{
	struct span *entries = calloc(l->n, sizeof(*entries));

	if (!entries)
		return err_sys(err, -ENOMEM, "%s", l->folder);
	for (size_t i = 0; i < l->n; i++)
		entries[i] = (struct span){l->text.p + l->waiting[i].offset, l->waiting[i].n};
	int rc = tlog_append(l->log, entries, l->n, ret_first, err);

	free(entries);
	return rc;
}

static int append_index(struct ledger *l, uint64_t first, struct err *err)
{
	int rc = index_begin(l->index, err);

	for (size_t i = 0; i < l->n && rc == 0; i++) {
		const struct waiting *w = &l->waiting[i];

		rc = index_text(l, l->index, first + i, (struct span){l->text.p + w->offset, w->n},
			w->has_place ? &w->place : NULL, err);
	}
	if (rc < 0)
		index_undo(l->index);
	return rc;
}

/* The index takes the batch in, and commits when it has many: what it writes for each is the less.
 */
static int commit_batch(struct ledger *l, struct err *err)
{
	struct err why = {""};
	uint64_t first;

	if (l->n == 0)
		return 0;
	int rc = vault_sync(l->vault, err);

	if (rc == 0)
		rc = append_log(l, &first, err);
	/* A batch of which it is not known whether it is in the log keeps its raw evidence: records
	 * without theirs could not be mended, raw evidence without a record expires. */
	if (rc == 0 || tlog_has_failed(l->log))
		vault_keep(l->vault);
	if (rc < 0)
		return undo(l, rc);
	rc = append_index(l, first, &why);
	if (rc < 0) {
		l->broken = true;
		tell(l, "the log has the records, the index could not take them: %s", why.text);
	} else if (index_waiting(l->index) >= LAG) {
		settle_index(l);
	}
	drop(l);
	return 0;
}

int ledger_commit(struct ledger *l, struct err *err)
{
	int rc = commit_batch(l, err);

	if (rc == 0 && l->index)
		settle_index(l);
	return rc;
}

bool ledger_is_behind(const struct ledger *l)
{
	return l->broken;
}

int ledger_reindex(struct ledger *l, void (*progress)(void *context, uint64_t done, uint64_t total),
	void *context, struct err *err)
{
	struct tlog_tree tree = tlog_tree(l->log);
	struct reading r = {.l = l, .total = tree.size, .progress = progress, .context = context};
	int rc = l->options.write ? ledger_commit(l, err)
				  : err_set(err, -EACCES, "%s: opened for reading", l->folder);

	if (rc == 0)
		rc = index_make(l->folder, l->options.shelf, &r.index, err);
	if (rc < 0)
		return rc;
	tree = tlog_tree(l->log);
	rc = tlog_walk(l->log, 0, tree.size, index_entry, &r, err);
	places_done(&l->places);
	if (rc < 0) {
		index_close(r.index);
		return rc;
	}
	index_close(l->index);
	l->index = NULL;
	rc = index_finish(r.index, tree.root, err);
	int opened = index_open(l->folder, true, l->options.shelf, &l->index, rc < 0 ? NULL : err);

	if (opened == 0) {
		l->last_logged = index_last_logged(l->index);
		l->broken = index_size(l->index) != tree.size;
	}
	return rc < 0 ? rc : opened;
}

/* --- reading --- */

int ledger_record(struct ledger *l, uint64_t seq, struct buf *text, struct buf *scratch,
	struct record *ret_record, struct err *err)
{
	buf_clear(text);
	int rc = tlog_entry(l->log, seq, text, err);

	return rc < 0 ? rc : record_read(buf_span(text), scratch, ret_record, err);
}

/* Where the raw evidence of a record stands. The index knows, and what it does not know is looked
 * for. */
static int place_of(struct ledger *l, uint64_t seq, struct vault_place *ret_place, struct err *err)
{
	struct record r;
	int rc = ledger_record(l, seq, &l->entry, NULL, &r, err);

	if (rc < 0)
		return rc;
	if (!r.has_raw)
		return err_set(err, -ENOENT, "record %llu never had raw evidence",
			(unsigned long long)seq);
	rc = l->index ? index_place(l->index, seq, ret_place, err) : 0;
	if (rc == 0)
		rc = places_find(&l->places, sighting_day(r.logged), r.raw, ret_place, err);
	if (rc < 0)
		return rc;
	return rc == 1 ? 0
		       : err_set(err, -ENOENT,
				 "the raw evidence of record %llu has expired or was erased",
				 (unsigned long long)seq);
}

int ledger_raw(
	struct ledger *l, uint64_t seq, uint8_t ret_salt[32], struct buf *to, struct err *err)
{
	struct vault_place place;
	int rc = place_of(l, seq, &place, err);

	return rc < 0 ? rc : vault_get(l->vault, place, ret_salt, to, err);
}

int ledger_erase(struct ledger *l, uint64_t seq, struct err *err)
{
	struct record r = {.type = RECORD_ERASURE, .erasure.record = seq};
	struct vault_place place;
	char identity[48];
	bool new;
	int rc = check_open(l, err);

	if (rc == 0)
		rc = ledger_commit(l, err);
	if (rc == 0)
		rc = place_of(l, seq, &place, err);
	if (rc == 0)
		rc = vault_erase(l->vault, place, err);
	if (rc < 0)
		return rc;
	snprintf(identity, sizeof(identity), "erasure of record %llu", (unsigned long long)seq);
	rc = ledger_add(l, &r, SPAN(""), span_cstr(identity), &new, err);
	return rc < 0 ? rc : ledger_commit(l, err);
}

struct tlog *ledger_log(struct ledger *l)
{
	return l->log;
}

sqlite3 *ledger_db(struct ledger *l)
{
	if (l->index)
		settle_index(l);
	return l->index ? index_db(l->index) : NULL;
}
