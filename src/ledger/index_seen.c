/* Three words: host and network; campaign, source and kind; day, day taken in, confidence, count.
 */
#include "ledger/index_seen.h"

#include "ledger/index_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY_BITS  17
#define KIND_BITS 8
#define BATCH     ((size_t)1 << 19) /* entries that are sorted at once, of a whole index */

/* --- entries --- */

static uint64_t cut_day(int32_t day)
{
	return day < 0 ? 0 : day > SEEN_DAY_MOST ? SEEN_DAY_MOST : (uint64_t)day;
}

static void pack(const struct seen *s, uint64_t e[3])
{
	e[0] = (uint64_t)s->host << 32 | s->network;
	e[1] = (uint64_t)s->campaign << 32 | (uint64_t)(s->source & 0xffffff) << KIND_BITS |
	       s->kind;
	e[2] = cut_day(s->day) << (DAY_BITS + RUNS_FOLD) | cut_day(s->logged) << RUNS_FOLD |
	       (uint64_t)(s->confidence & 127) << RUNS_COUNT |
	       (s->count & ((1u << RUNS_COUNT) - 1));
}

static int32_t day_of(const uint64_t e[3])
{
	return (int32_t)(e[2] >> (DAY_BITS + RUNS_FOLD));
}

static int32_t logged_of(const uint64_t e[3])
{
	return (int32_t)(e[2] >> RUNS_FOLD & SEEN_DAY_MOST);
}

static void unpack(const uint64_t e[3], struct seen *s)
{
	*s = (struct seen){
		.host = (uint32_t)(e[0] >> 32),
		.network = (uint32_t)e[0],
		.campaign = (uint32_t)(e[1] >> 32),
		.source = (uint32_t)(e[1] >> KIND_BITS & 0xffffff),
		.kind = (uint8_t)e[1],
		.confidence = (uint8_t)(e[2] >> RUNS_COUNT & 127),
		.day = day_of(e),
		.logged = logged_of(e),
		.count = (uint32_t)(e[2] & ((1u << RUNS_COUNT) - 1)),
	};
}

/* --- putting in --- */

int seen_add(struct seen_batch *b, const struct seen *s)
{
	if (b->n == b->room) {
		size_t room = 2 * b->room + 64;
		uint64_t *more = realloc(b->entry, 3 * room * sizeof *more);

		if (!more)
			return -ENOMEM;
		b->entry = more;
		b->room = room;
	}
	pack(s, b->entry + 3 * b->n++);
	return 0;
}

static int32_t epoch_of(const uint64_t *e)
{
	return day_of(e) / SEEN_EPOCH;
}

static int compare_epochs(const void *a, const void *b)
{
	int32_t x = epoch_of(a), y = epoch_of(b);

	return (x > y) - (x < y);
}

/* Most batches are of one epoch; only others need be sorted by it. */
static void part_by_epoch(struct seen_batch *b)
{
	for (size_t i = 1; i < b->n; i++)
		if (epoch_of(b->entry + 3 * i) != epoch_of(b->entry)) {
			qsort(b->entry, b->n, 3 * sizeof *b->entry, compare_epochs);
			return;
		}
}

int seen_put(struct seen_batch *b, sqlite3 *db, struct err *err)
{
	int rc = 0;

	part_by_epoch(b);
	for (size_t i = 0, end; i < b->n && rc == 0; i = end) {
		int32_t epoch = epoch_of(b->entry + 3 * i);
		struct runs r;

		for (end = i; end < b->n && epoch_of(b->entry + 3 * end) == epoch; end++)
			;
		runs_init(&r, db, INDEX_RUNS_SEEN + epoch, 3);
		rc = runs_put(&r, b->entry + 3 * i, end - i, err);
		runs_done(&r);
	}
	b->n = 0;
	return rc;
}

void seen_done(struct seen_batch *b)
{
	free(b->entry);
	*b = (struct seen_batch){0};
}

/* --- reading --- */

int seen_open(struct seen_walk *w, sqlite3 *db, int32_t first, int32_t last, int32_t known,
	uint32_t from, uint32_t to, struct err *err)
{
	first = (int32_t)cut_day(first);
	last = last < 0 ? -1 : (int32_t)cut_day(last);
	w->first = first;
	w->last = last;
	w->known = known;
	if (last < first) { /* nothing */
		w->runs = (struct runs_walk){0};
		return 0;
	}
	return runs_walk_open(&w->runs, db, 3, INDEX_RUNS_SEEN + first / SEEN_EPOCH,
		INDEX_RUNS_SEEN + last / SEEN_EPOCH, (uint64_t)from << 32,
		(uint64_t)to << 32 | UINT32_MAX, err);
}

int seen_next(struct seen_walk *w, struct seen *ret, struct err *err)
{
	uint64_t e[RUNS_WORDS];
	int rc;

	while ((rc = runs_walk_next(&w->runs, e, err)) == 1)
		if (day_of(e) >= w->first && day_of(e) <= w->last && logged_of(e) <= w->known) {
			unpack(e, ret);
			return 1;
		}
	return rc;
}

void seen_close(struct seen_walk *w)
{
	runs_walk_close(&w->runs);
}

/* --- against the rows --- */

#define ROWS                                                                                       \
	"SELECT s.host, s.network, ifnull(s.campaign, 0), s.source, s.kind, s.at, r.logged,"       \
	" s.confidence FROM sighting s JOIN record r ON r.seq = s.seq"

static void read_row(sqlite3_stmt *row, struct seen *s)
{
	*s = (struct seen){
		.host = (uint32_t)sqlite3_column_int64(row, 0),
		.network = (uint32_t)sqlite3_column_int64(row, 1),
		.campaign = (uint32_t)sqlite3_column_int64(row, 2),
		.source = (uint32_t)sqlite3_column_int64(row, 3),
		.kind = (uint8_t)sqlite3_column_int(row, 4),
		.day = sighting_day(sqlite3_column_int64(row, 5)),
		.logged = sighting_day(sqlite3_column_int64(row, 6)),
		.confidence = (uint8_t)sqlite3_column_int(row, 7),
		.count = 1,
	};
}

/* Makes the entries of the rows of one index in another, which may be the same. */
static int make(sqlite3 *from, sqlite3 *to, struct err *err)
{
	struct seen_batch b = {0};
	sqlite3_stmt *row = NULL;
	struct seen s;
	int code = SQLITE_DONE, rc = 0;

	if (sqlite3_prepare_v2(from, ROWS, -1, &row, NULL) != SQLITE_OK)
		return index_failed(from, err);
	while (rc == 0 && (code = sqlite3_step(row)) == SQLITE_ROW) {
		read_row(row, &s);
		rc = seen_add(&b, &s) < 0 ? err_sys(err, -ENOMEM, "the index") : 0;
		if (rc == 0 && b.n >= BATCH)
			rc = seen_put(&b, to, err);
	}
	if (rc == 0)
		rc = code == SQLITE_DONE ? seen_put(&b, to, err) : index_failed(from, err);
	sqlite3_finalize(row);
	seen_done(&b);
	return rc;
}

int seen_make(sqlite3 *db, struct err *err)
{
	return make(db, db, err);
}

/* Entries whose counts were too great for one are one here. */
struct whole {
	struct runs_walk walk;
	uint64_t e[RUNS_WORDS], next[RUNS_WORDS], count;
	int more; /* next is there */
};

static int whole_open(struct whole *w, sqlite3 *db, struct err *err)
{
	int rc = runs_walk_open(&w->walk, db, 3, INDEX_RUNS_SEEN, INT64_MAX, 0, UINT64_MAX, err);

	w->more = rc == 0 ? runs_walk_next(&w->walk, w->next, err) : 0;
	return rc == 0 && w->more < 0 ? w->more : rc;
}

/* 1, 0 at the end, or a negative errno. */
static int whole_next(struct whole *w, struct err *err)
{
	const uint64_t counts = (1ull << RUNS_COUNT) - 1, low = (1ull << RUNS_FOLD) - 1;

	if (w->more <= 0)
		return w->more;
	memcpy(w->e, w->next, sizeof w->e);
	w->count = 0;
	while (w->more == 1 && w->next[0] == w->e[0] && w->next[1] == w->e[1] &&
		w->next[2] >> RUNS_FOLD == w->e[2] >> RUNS_FOLD) {
		w->count += w->next[2] & counts;
		if ((w->next[2] & low & ~counts) > (w->e[2] & low))
			w->e[2] = w->next[2];
		w->more = runs_walk_next(&w->walk, w->next, err);
	}
	w->e[2] &= ~counts;
	return w->more < 0 ? w->more : 1;
}

static int compare(struct whole *a, struct whole *b, struct err *err)
{
	int more_a, more_b;

	while ((more_a = whole_next(a, err)) >= 0 && (more_b = whole_next(b, err)) >= 0) {
		bool same = more_a == more_b;

		if (same && more_a == 0)
			return 0;
		if (!same || memcmp(a->e, b->e, sizeof a->e) != 0 || a->count != b->count)
			return err_set(err, -EBADMSG,
				"the index tells the rank what its sightings do not: it was "
				"changed or is damaged; `cordon ledger reindex` makes it again "
				"from the log");
	}
	return more_a < 0 ? more_a : more_b;
}

/* What the rows give is made in a file of SQLite's own that is gone when it is closed. */
int seen_check(sqlite3 *db, struct err *err)
{
	struct whole a = {0}, b = {0};
	sqlite3 *own = NULL;
	int rc = 0;

	if (sqlite3_open("", &own) != SQLITE_OK ||
		sqlite3_exec(own, "PRAGMA journal_mode=OFF; BEGIN", NULL, NULL, NULL) !=
			SQLITE_OK ||
		sqlite3_exec(own, index_schema, NULL, NULL, NULL) != SQLITE_OK)
		rc = own ? index_failed(own, err) : err_sys(err, -ENOMEM, "the index");
	if (rc == 0)
		rc = make(db, own, err);
	if (rc == 0)
		rc = whole_open(&a, db, err);
	if (rc == 0)
		rc = whole_open(&b, own, err);
	if (rc == 0)
		rc = compare(&a, &b, err);
	runs_walk_close(&a.walk);
	runs_walk_close(&b.walk);
	sqlite3_close(own);
	return rc;
}
