/*
 * A run is a row of `run` and some of `run_part`, whose numbers are the run's and the part's, so
 * that parts stand in the file one behind the other. A part fills one page of SQLite's. What has no
 * place in memory is never needed: a run is written as its entries come out of the merge.
 */
#include "ledger/runs.h"

#include "ledger/index_work.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PART_BYTES  4032 /* of a page of 4096, less what SQLite needs of a row: no overflow page */
#define PART_BITS   24   /* of a part's number in its run */
#define BLOCK_WORDS 8    /* of the filter: 512 bits, a line of the processor's cache */
#define BLOCK_HOLDS 42   /* entries: 12 bits each, so some 0.5 % pass that are not there */
#define PROBES      5

/* --- entries --- */

static size_t part_entries(unsigned words)
{
	return PART_BYTES / 8 / words;
}

static sqlite3_int64 part_id(int64_t run, uint64_t part)
{
	return (sqlite3_int64)((uint64_t)run << PART_BITS | part);
}

static int compare_words(const uint64_t *a, const uint64_t *b, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static int compare_2(const void *a, const void *b)
{
	return compare_words(a, b, 2);
}

static int compare_3(const void *a, const void *b)
{
	return compare_words(a, b, 3);
}

/* Whether b went into a: the greater confidence, and both counts if there is room for them. */
static bool fold(uint64_t *a, const uint64_t *b, unsigned words)
{
	const uint64_t count = (1ull << RUNS_COUNT) - 1, low = (1ull << RUNS_FOLD) - 1;

	if (words != 3 || a[0] != b[0] || a[1] != b[1] || a[2] >> RUNS_FOLD != b[2] >> RUNS_FOLD)
		return false;
	uint64_t sum = (a[2] & count) + (b[2] & count);
	uint64_t sure = (a[2] & low) > (b[2] & low) ? a[2] & low & ~count : b[2] & low & ~count;

	if (sum > count)
		return false;
	a[2] = (a[2] & ~low) | sure | sum;
	return true;
}

static size_t sort_entries(uint64_t *entry, size_t n, unsigned words)
{
	size_t kept = 0;

	qsort(entry, n, words * sizeof *entry, words == 2 ? compare_2 : compare_3);
	for (size_t i = 0; i < n; i++) {
		const uint64_t *e = entry + i * words;

		if (kept && fold(entry + (kept - 1) * words, e, words))
			continue;
		memmove(entry + kept++ * words, e, words * sizeof *entry);
	}
	return kept;
}

/* --- statements --- */

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret, struct err *err)
{
	return sqlite3_prepare_v2(db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : index_failed(db, err);
}

static int run_once(sqlite3 *db, sqlite3_stmt *s, struct err *err)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : index_failed(db, err);

	sqlite3_reset(s);
	return rc;
}

static int damaged(struct err *err)
{
	return err_set(err, -EBADMSG,
		"the index is damaged (a run of entries is not as it was written); `cordon ledger "
		"reindex` makes it again from the log");
}

/* A part's words as they stand in a row; how many there are, or a negative errno. */
static int read_part(sqlite3_stmt *row, int column, unsigned words, uint64_t *to, struct err *err)
{
	const void *p = sqlite3_column_blob(row, column);
	int bytes = sqlite3_column_bytes(row, column);

	if (!p) /* memory was short, or there is nothing */
		return index_failed(sqlite3_db_handle(row), err);
	if (bytes <= 0 || bytes > PART_BYTES || bytes % (8 * (int)words))
		return damaged(err);
	memcpy(to, p, (size_t)bytes);
	for (int i = 0; i < bytes / 8; i++)
		to[i] = le64toh(to[i]);
	return bytes / 8;
}

/* --- merging --- */

static bool before(const struct runs_walk *w, uint32_t a, uint32_t b)
{
	return compare_words(w->source[a].at, w->source[b].at, w->words) < 0;
}

/* The first of the heap has changed: down with it as far as it belongs. */
static void sift(struct runs_walk *w)
{
	size_t at = 0;

	for (;;) {
		size_t least = at, left = 2 * at + 1;

		if (left < w->heaped && before(w, w->heap[left], w->heap[least]))
			least = left;
		if (left + 1 < w->heaped && before(w, w->heap[left + 1], w->heap[least]))
			least = left + 1;
		if (least == at)
			return;
		uint32_t swap = w->heap[at];

		w->heap[at] = w->heap[least];
		w->heap[least] = swap;
		at = least;
	}
}

static void push(struct runs_walk *w, uint32_t source)
{
	size_t at = w->heaped++;

	for (; at && before(w, source, w->heap[(at - 1) / 2]); at = (at - 1) / 2)
		w->heap[at] = w->heap[(at - 1) / 2];
	w->heap[at] = source;
}

/* The next part of a run: 1, 0 at its end, or a negative errno. */
static int refill(struct runs_walk *w, struct runs_source *s, struct err *err)
{
	int code = s->row ? sqlite3_step(s->row) : SQLITE_DONE;

	if (code == SQLITE_DONE)
		return 0;
	if (code != SQLITE_ROW)
		return index_failed(w->db, err);
	int n = read_part(s->row, 0, w->words, s->part, err);

	if (n < 0)
		return n;
	s->at = s->part;
	s->end = s->part + n;
	return 1;
}

static struct runs_source *add_source(struct runs_walk *w)
{
	if (w->sources == w->room) {
		size_t room = 2 * w->room + 8;
		struct runs_source *more = realloc(w->source, room * sizeof *more);
		uint32_t *heap = more ? realloc(w->heap, room * sizeof *heap) : NULL;

		w->source = more ? more : w->source;
		if (!heap)
			return NULL;
		w->heap = heap;
		w->room = room;
	}
	w->source[w->sources] = (struct runs_source){0};
	return &w->source[w->sources++];
}

/* Entries of a run from its part `first` on that are not before `from`. */
static int walk_run(struct runs_walk *w, int64_t id, uint64_t first, uint64_t from, struct err *err)
{
	struct runs_source *s = add_source(w);
	int rc = s ? 0 : err_sys(err, -ENOMEM, "the index");

	if (rc == 0)
		rc = prepare(w->db,
			"SELECT entries FROM run_part WHERE id >= ?1 AND id < ?2 ORDER BY id",
			&s->row, err);
	if (rc < 0)
		return rc;
	s->part = malloc(PART_BYTES);
	if (!s->part)
		return err_sys(err, -ENOMEM, "the index");
	sqlite3_bind_int64(s->row, 1, part_id(id, first));
	sqlite3_bind_int64(s->row, 2, part_id(id + 1, 0));
	rc = refill(w, s, err);
	while (rc == 1 && s->at[0] < from) {
		s->at += w->words;
		if (s->at == s->end)
			rc = refill(w, s, err);
	}
	if (rc == 1 && s->at[0] <= w->to)
		push(w, (uint32_t)(w->sources - 1));
	return rc < 0 ? rc : 0;
}

static int walk_memory(struct runs_walk *w, const uint64_t *entry, size_t n, struct err *err)
{
	struct runs_source *s = add_source(w);

	if (!s)
		return err_sys(err, -ENOMEM, "the index");
	s->at = entry;
	s->end = entry + n * w->words;
	if (n)
		push(w, (uint32_t)(w->sources - 1));
	return 0;
}

static int step(struct runs_walk *w, struct err *err)
{
	struct runs_source *s = &w->source[w->heap[0]];
	int rc = 1;

	s->at += w->words;
	if (s->at == s->end)
		rc = refill(w, s, err);
	if (rc < 0)
		return rc;
	if (rc == 0 || s->at[0] > w->to)
		w->heap[0] = w->heap[--w->heaped];
	sift(w);
	return 0;
}

int runs_walk_next(struct runs_walk *w, uint64_t ret_entry[RUNS_WORDS], struct err *err)
{
	if (!w->heaped)
		return 0;
	memcpy(ret_entry, w->source[w->heap[0]].at, w->words * sizeof *ret_entry);
	int rc;

	do
		rc = step(w, err);
	while (rc == 0 && w->heaped && fold(ret_entry, w->source[w->heap[0]].at, w->words));
	return rc < 0 ? rc : 1;
}

void runs_walk_close(struct runs_walk *w)
{
	for (size_t i = 0; i < w->sources; i++) {
		sqlite3_finalize(w->source[i].row);
		free(w->source[i].part);
	}
	free(w->source);
	free(w->heap);
	*w = (struct runs_walk){0};
}

/* A fence, which the caller frees, and of how many parts it tells. */
static int read_fence(
	sqlite3_stmt *row, int column, uint64_t **ret, uint64_t *ret_parts, struct err *err)
{
	const void *p = sqlite3_column_blob(row, column);
	size_t bytes = (size_t)sqlite3_column_bytes(row, column);

	if (!p)
		return index_failed(sqlite3_db_handle(row), err);
	uint64_t *fence = malloc(bytes + 8);

	if (!fence)
		return err_sys(err, -ENOMEM, "the index");
	memcpy(fence, p, bytes);
	*ret = fence;
	*ret_parts = bytes / 8;
	return 0;
}

/* The part in which the first entry of a key may stand, by the first words of all. */
static uint64_t part_of(const uint64_t *fence, uint64_t parts, uint64_t key)
{
	uint64_t low = 0, high = parts;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (le64toh(fence[middle]) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : 0;
}

static uint64_t parts_of(uint64_t entries, unsigned words)
{
	return (entries + part_entries(words) - 1) / part_entries(words);
}

int runs_walk_open(struct runs_walk *w, sqlite3 *db, unsigned words, int64_t of_from, int64_t of_to,
	uint64_t from, uint64_t to, struct err *err)
{
	sqlite3_stmt *row = NULL;
	int code = SQLITE_DONE;

	*w = (struct runs_walk){.db = db, .words = words, .to = to};
	int rc = prepare(
		db, "SELECT id, fence FROM run WHERE of BETWEEN ?1 AND ?2 ORDER BY id", &row, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(row, 1, of_from);
	sqlite3_bind_int64(row, 2, of_to);
	while (rc == 0 && (code = sqlite3_step(row)) == SQLITE_ROW) {
		uint64_t *fence = NULL, parts = 0;

		rc = read_fence(row, 1, &fence, &parts, err);
		if (rc < 0)
			break;
		rc = walk_run(
			w, sqlite3_column_int64(row, 0), part_of(fence, parts, from), from, err);
		free(fence);
	}
	if (rc == 0 && code != SQLITE_DONE)
		rc = index_failed(db, err);
	sqlite3_finalize(row);
	return rc;
}

/* --- filters --- */

static uint64_t blocks_of(uint64_t entries)
{
	return entries / BLOCK_HOLDS + 1;
}

/* Keys in their order meet blocks in their order. */
static uint64_t *block_of(uint64_t *filter, uint64_t entries, uint64_t key)
{
	return filter + BLOCK_WORDS * (uint64_t)((unsigned __int128)key * blocks_of(entries) >> 64);
}

static void filter_add(uint64_t *filter, uint64_t entries, uint64_t key)
{
	uint64_t *block = block_of(filter, entries, key);

	for (int i = 0; i < PROBES; i++, key >>= 9)
		block[key >> 6 & (BLOCK_WORDS - 1)] |= 1ull << (key & 63);
}

static bool filter_has(uint64_t *filter, uint64_t entries, uint64_t key)
{
	const uint64_t *block = block_of(filter, entries, key);

	for (int i = 0; i < PROBES; i++, key >>= 9)
		if (!(block[key >> 6 & (BLOCK_WORDS - 1)] >> (key & 63) & 1))
			return false;
	return true;
}

/* --- the list of runs --- */

void runs_init(struct runs *r, sqlite3 *db, int64_t of, unsigned words)
{
	*r = (struct runs){.db = db, .of = of, .words = words};
}

static void drop_from(struct runs *r, size_t first)
{
	for (size_t i = first; i < r->n; i++) {
		free(r->run[i].fence);
		free(r->run[i].filter);
	}
	r->n = first < r->n ? first : r->n;
}

void runs_forget(struct runs *r)
{
	drop_from(r, 0);
	r->loaded = false;
}

void runs_done(struct runs *r)
{
	drop_from(r, 0);
	free(r->run);
	sqlite3_finalize(r->part);
	*r = (struct runs){0};
}

static int append(struct runs *r, struct runs_run run, struct err *err)
{
	struct runs_run *more = realloc(r->run, (r->n + 1) * sizeof *more);

	if (!more)
		return err_sys(err, -ENOMEM, "the index");
	r->run = more;
	r->run[r->n++] = run;
	return 0;
}

static int load(struct runs *r, struct err *err)
{
	sqlite3_stmt *row = NULL;
	int rc, code = SQLITE_DONE;

	if (r->loaded)
		return 0;
	rc = prepare(r->db, "SELECT id, n FROM run WHERE of = ?1 ORDER BY id", &row, err);
	if (rc < 0)
		return rc;
	sqlite3_bind_int64(row, 1, r->of);
	while (rc == 0 && (code = sqlite3_step(row)) == SQLITE_ROW)
		rc = append(r,
			(struct runs_run){.id = sqlite3_column_int64(row, 0),
				.n = (uint64_t)sqlite3_column_int64(row, 1)},
			err);
	if (rc == 0 && code != SQLITE_DONE)
		rc = index_failed(r->db, err);
	sqlite3_finalize(row);
	r->loaded = rc == 0;
	if (rc < 0)
		drop_from(r, 0);
	return rc;
}

/* --- writing --- */

/* A run that is being written. */
struct writing {
	struct runs *r;
	struct runs_run run;
	uint64_t part[PART_BYTES / 8];
	size_t in_part; /* words */
	uint64_t parts, room;
	sqlite3_stmt *insert;
};

static int write_part(struct writing *w, struct err *err)
{
	if (w->in_part == 0)
		return 0;
	if (w->parts == w->room) {
		w->room = 2 * w->room + 16;
		uint64_t *more = realloc(w->run.fence, w->room * sizeof *more);

		if (!more)
			return err_sys(err, -ENOMEM, "the index");
		w->run.fence = more;
	}
	w->run.fence[w->parts] = w->part[0];
	sqlite3_bind_int64(w->insert, 1, part_id(w->run.id, w->parts++));
	sqlite3_bind_blob(w->insert, 2, w->part, (int)(w->in_part * 8), SQLITE_STATIC);
	w->in_part = 0;
	return run_once(w->r->db, w->insert, err);
}

static int write_entry(struct writing *w, const uint64_t *e, uint64_t most, struct err *err)
{
	const unsigned words = w->r->words;

	if (w->run.filter)
		filter_add(w->run.filter, most, e[0]);
	for (unsigned i = 0; i < words; i++)
		w->part[w->in_part++] = htole64(e[i]);
	w->run.n++;
	return w->in_part == part_entries(words) * words ? write_part(w, err) : 0;
}

static int write_row(struct writing *w, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = prepare(
		w->r->db, "INSERT INTO run(id, of, n, fence) VALUES(?1, ?2, ?3, ?4)", &s, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(s, 1, w->run.id);
	sqlite3_bind_int64(s, 2, w->r->of);
	sqlite3_bind_int64(s, 3, (int64_t)w->run.n);
	sqlite3_bind_blob64(s, 4, w->run.fence, w->parts * 8, SQLITE_STATIC);
	rc = run_once(w->r->db, s, err);
	sqlite3_finalize(s);
	return rc;
}

static int next_id(sqlite3 *db, int64_t *ret_id, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = prepare(db, "SELECT ifnull(max(id), 0) + 1 FROM run", &s, err);

	if (rc == 0 && sqlite3_step(s) == SQLITE_ROW)
		*ret_id = sqlite3_column_int64(s, 0);
	else if (rc == 0)
		rc = index_failed(db, err);
	sqlite3_finalize(s);
	return rc;
}

/* Writes what a walk gives, `most` entries or fewer. */
static int write_run(struct runs *r, struct runs_walk *walk, uint64_t most, struct runs_run *ret,
	struct err *err)
{
	struct writing w = {.r = r};
	uint64_t e[RUNS_WORDS];
	int rc = next_id(r->db, &w.run.id, err);

	if (rc == 0)
		rc = prepare(
			r->db, "INSERT INTO run_part(id, entries) VALUES(?1, ?2)", &w.insert, err);
	/* A filter is no more than a help: it fits the run only when nothing can be folded. */
	if (r->words == 2)
		w.run.filter = calloc(blocks_of(most), BLOCK_WORDS * sizeof(uint64_t));
	while (rc == 0 && (rc = runs_walk_next(walk, e, err)) == 1)
		rc = write_entry(&w, e, most, err);
	if (rc == 0)
		rc = write_part(&w, err);
	if (rc == 0)
		rc = write_row(&w, err);
	sqlite3_finalize(w.insert);
	if (w.run.n != most) { /* the rows say another number than there is */
		free(w.run.filter);
		w.run.filter = NULL;
	}
	if (rc == 0) {
		*ret = w.run;
		return 0;
	}
	free(w.run.fence);
	free(w.run.filter);
	return rc;
}

static int remove_runs(struct runs *r, size_t first, struct err *err)
{
	sqlite3_stmt *row = NULL, *part = NULL;
	int rc = prepare(r->db, "DELETE FROM run WHERE id = ?1", &row, err);

	if (rc == 0)
		rc = prepare(r->db, "DELETE FROM run_part WHERE id >= ?1 AND id < ?2", &part, err);
	for (size_t i = first; i < r->n && rc == 0; i++) {
		sqlite3_bind_int64(row, 1, r->run[i].id);
		sqlite3_bind_int64(part, 1, part_id(r->run[i].id, 0));
		sqlite3_bind_int64(part, 2, part_id(r->run[i].id + 1, 0));
		rc = run_once(r->db, row, err);
		if (rc == 0)
			rc = run_once(r->db, part, err);
	}
	sqlite3_finalize(row);
	sqlite3_finalize(part);
	return rc;
}

/* The first run that goes into one with n entries that are new, and how many those are then. */
static size_t merge_from(const struct runs *r, uint64_t n, uint64_t *ret_most)
{
	size_t first = r->n;

	for (; first; first--) {
		uint64_t more = r->run[first - 1].n;

		if (more >= 2 * n && more + n > part_entries(r->words))
			break;
		n += more;
	}
	*ret_most = n;
	return first;
}

int runs_put(struct runs *r, uint64_t *entry, size_t n, struct err *err)
{
	struct runs_walk walk = {.db = r->db, .words = r->words, .to = UINT64_MAX};
	struct runs_run run = {0};
	uint64_t most;
	int rc = n ? load(r, err) : 0;

	if (n == 0 || rc < 0)
		return rc;
	n = sort_entries(entry, n, r->words);
	size_t first = merge_from(r, n, &most);

	rc = walk_memory(&walk, entry, n, err);
	for (size_t i = first; i < r->n && rc == 0; i++)
		rc = walk_run(&walk, r->run[i].id, 0, 0, err);
	if (rc == 0)
		rc = write_run(r, &walk, most, &run, err);
	runs_walk_close(&walk);
	if (rc == 0)
		rc = remove_runs(r, first, err);
	if (rc == 0) {
		drop_from(r, first);
		rc = append(r, run, err);
	}
	if (rc < 0) {
		free(run.fence);
		free(run.filter);
		runs_forget(r);
	}
	return rc;
}

/* --- finding --- */

static int load_fence(struct runs *r, struct runs_run *run, struct err *err)
{
	sqlite3_stmt *row = NULL;
	int rc = prepare(r->db, "SELECT fence FROM run WHERE id = ?1", &row, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(row, 1, run->id);
	uint64_t *fence = NULL, parts = 0;

	rc = sqlite3_step(row) == SQLITE_ROW ? read_fence(row, 0, &fence, &parts, err)
					     : index_failed(r->db, err);
	sqlite3_finalize(row);
	if (rc == 0 && (!parts || parts != parts_of(run->n, r->words))) {
		free(fence);
		return damaged(err);
	}
	if (rc == 0)
		run->fence = fence;
	return rc;
}

/* Reads a run for its filter, which is worth it for one who asks often. Without memory: none. */
static int load_filter(struct runs *r, struct runs_run *run, struct err *err)
{
	struct runs_walk w = {.db = r->db, .words = r->words, .to = UINT64_MAX};
	uint64_t e[RUNS_WORDS], *filter;
	int rc;

	run->asked = 0;
	filter = calloc(blocks_of(run->n), BLOCK_WORDS * sizeof *filter);
	if (!filter)
		return 0;
	rc = walk_run(&w, run->id, 0, 0, err);
	while (rc == 0 && (rc = runs_walk_next(&w, e, err)) == 1) {
		filter_add(filter, run->n, e[0]);
		rc = 0;
	}
	runs_walk_close(&w);
	if (rc == 0)
		run->filter = filter;
	else
		free(filter);
	return rc;
}

/* Entries of the key in one run; they may go on in the parts behind. */
static int find_in(struct runs *r, const struct runs_run *run, uint64_t key,
	int (*take)(void *context, uint64_t number), void *context, struct err *err)
{
	const uint64_t parts = parts_of(run->n, r->words);
	uint64_t at = part_of(run->fence, parts, key), part[PART_BYTES / 8];

	for (; at < parts && le64toh(run->fence[at]) <= key; at++) {
		sqlite3_bind_int64(r->part, 1, part_id(run->id, at));
		int n = sqlite3_step(r->part) == SQLITE_ROW ? read_part(r->part, 0, 2, part, err)
							    : index_failed(r->db, err);
		int rc = n < 0 ? n : 0;
		size_t low = 0, high = n > 0 ? (size_t)n / 2 : 0, last = high;

		sqlite3_reset(r->part);
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (part[2 * middle] < key)
				low = middle + 1;
			else
				high = middle;
		}
		for (; rc == 0 && low < last && part[2 * low] == key; low++)
			rc = take(context, part[2 * low + 1]);
		if (rc)
			return rc;
	}
	return 0;
}

int runs_find(struct runs *r, uint64_t key, int (*take)(void *context, uint64_t number),
	void *context, struct err *err)
{
	int rc = load(r, err);

	if (rc == 0 && !r->part)
		rc = prepare(r->db, "SELECT entries FROM run_part WHERE id = ?1", &r->part, err);
	for (size_t i = 0; i < r->n && rc == 0; i++) {
		struct runs_run *run = &r->run[i];

		if (run->filter && !filter_has(run->filter, run->n, key))
			continue;
		if (!run->filter && ++run->asked > 64 + run->n / 1024)
			rc = load_filter(r, run, err);
		if (rc == 0 && !run->fence)
			rc = load_fence(r, run, err);
		if (rc == 0)
			rc = find_in(r, run, key, take, context, err);
	}
	return rc;
}
