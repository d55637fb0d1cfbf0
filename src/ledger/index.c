/*
 * Each record is a row in `record` and one in the table of its type. Names that many records share
 * have numbers, which are remembered here (idmap.h), so that a sighting costs two inserts and one
 * look at its id.
 *
 * Nothing is ever mended in place: what SQLite calls damaged, and what is not as we left it, is
 * told, and made again from the log.
 */
#include "ledger/index.h"

#include "base/hash.h"
#include "ledger/db.h"
#include "ledger/index_work.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS   10000
#define TABLES_AT 512 /* bytes of the text that names the tables of origins; beyond, a hash */

static const char *const statement_sql[] = {
#define X(id, sql) sql,
	STATEMENTS_X(X)
#undef X
};

/* --- errors --- */

static int fail_code(const char *path, int code, const char *words, struct err *err)
{
	int rc = db_errno(code);

	switch (rc) {
	case -ENOMEM:
	case -ENOSPC: return err_sys(err, rc, "%s", path);
	case -EBUSY: return err_set(err, rc, "%s: another program writes it", path);
	case -EBADMSG:
		return err_set(err, rc,
			"%s: the index is damaged (%s); `cordon ledger reindex` makes it again "
			"from the log",
			path, words);
	default: return err_set(err, rc, "%s: %s", path, words);
	}
}

int index_fail(const struct index_file *x, struct err *err)
{
	return fail_code(x->path, sqlite3_extended_errcode(x->db), sqlite3_errmsg(x->db), err);
}

int index_failed(sqlite3 *db, struct err *err)
{
	const char *path = sqlite3_db_filename(db, "main");

	return fail_code(path && *path ? path : "the index", sqlite3_extended_errcode(db),
		sqlite3_errmsg(db), err);
}

static int odd(const struct index_file *x, const char *words, struct err *err)
{
	return fail_code(x->path, SQLITE_CORRUPT, words, err);
}

/* --- statements --- */

int index_exec(struct index_file *x, const char *sql, struct err *err)
{
	return sqlite3_exec(x->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : index_fail(x, err);
}

sqlite3_stmt *index_get(struct index_file *x, enum statement which)
{
	sqlite3_stmt **s = &x->statement[which];

	if (!*s)
		sqlite3_prepare_v3(
			x->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
	return *s;
}

/* Runs to its end what gives no rows. */
int index_run(struct index_file *x, sqlite3_stmt *s, struct err *err)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : index_fail(x, err);

	sqlite3_reset(s);
	return rc;
}

/* Steps to one row at most: 1 and the number in its first column, 0, or a negative errno. */
int index_number(struct index_file *x, sqlite3_stmt *s, int64_t *ret_n, struct err *err)
{
	int code = sqlite3_step(s), rc;

	if (code == SQLITE_ROW) {
		*ret_n = sqlite3_column_int64(s, 0);
		rc = 1;
	} else {
		rc = code == SQLITE_DONE ? 0 : index_fail(x, err);
	}
	sqlite3_reset(s);
	return rc;
}

static int set_number(struct index_file *x, const char *key, int64_t n, struct err *err)
{
	sqlite3_stmt *s = index_get(x, SET_META);

	if (!s)
		return index_fail(x, err);
	db_bind(s, 1, span_cstr(key));
	sqlite3_bind_int64(s, 2, n);
	return index_run(x, s, err);
}

static int set_bytes(struct index_file *x, const char *key, struct span bytes, struct err *err)
{
	sqlite3_stmt *s = index_get(x, SET_META);

	if (!s)
		return index_fail(x, err);
	db_bind(s, 1, span_cstr(key));
	sqlite3_bind_blob(s, 2, bytes.p ? bytes.p : "", (int)bytes.n, SQLITE_STATIC);
	return index_run(x, s, err);
}

/* --- tables of origins --- */

/* What attributes, as text: days and sources; what is longer than is pleasant to read, as a hash.
 */
static void name_tables(const struct shelf *shelf, struct buf *to)
{
	for (size_t i = 0; shelf && i < shelf_count(shelf); i++) {
		struct table_info info;

		shelf_info(shelf, i, &info);
		buf_printf(to, "%s%d %.*s %llu", i ? "; " : "", info.day, SPAN_ARG(info.source),
			(unsigned long long)info.bytes);
	}
	if (to->n > TABLES_AT) {
		uint64_t h = hash64(buf_span(to), 0);

		buf_clear(to);
		buf_printf(to, "%zu tables %016llx", shelf_count(shelf), (unsigned long long)h);
	}
}

bool index_is_dated(struct index_file *x)
{
	struct buf now = {0};
	sqlite3_stmt *s = x->shelf ? index_get(x, GET_META) : NULL;
	bool dated = false;

	if (!s)
		return false;
	name_tables(x->shelf, &now);
	db_bind(s, 1, SPAN("tables"));
	if (sqlite3_step(s) == SQLITE_ROW) {
		struct span then = {sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)};

		dated = x->committed > 0 && buf_ok(&now) && !span_eq(then, buf_span(&now));
	}
	sqlite3_reset(s);
	buf_done(&now);
	return dated;
}

/* --- opening --- */

void index_close_db(struct index_file *x)
{
	runs_done(&x->ids.runs);
	runs_done(&x->hosts.runs);
	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(x->statement[i]);
		x->statement[i] = NULL;
	}
	sqlite3_close(x->db);
	x->db = NULL;
}

int index_open_db(struct index_file *x, struct err *err)
{
	int rc = db_open(x->path, x->write, &x->db, err);

	runs_init(&x->ids.runs, x->db, INDEX_RUNS_IDS, 2);
	runs_init(&x->hosts.runs, x->db, INDEX_RUNS_HOSTS, 2);
	if (rc < 0)
		return rc;
	/* A file from anywhere may be opened: its bounds are ours. */
	sqlite3_limit(x->db, SQLITE_LIMIT_LENGTH, 16 << 20);
	sqlite3_limit(x->db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
	sqlite3_busy_timeout(x->db, BUSY_MS);
	/* What is deleted names nobody, and need not be written over. */
	return index_exec(x,
		"PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
		"PRAGMA secure_delete=OFF;",
		err);
}

int index_make_tables(struct index_file *x, bool order, struct err *err)
{
	struct buf tables = {0};
	int rc = index_exec(x, "BEGIN IMMEDIATE", err);

	if (rc == 0)
		rc = index_exec(x, index_schema, err);
	if (rc == 0 && order)
		rc = index_exec(x, index_schema_order, err);
	if (rc == 0)
		rc = set_number(x, "version", INDEX_VERSION, err);
	if (rc == 0)
		rc = set_number(x, "size", 0, err);
	randombytes_buf(&x->seed, sizeof(x->seed));
	if (rc == 0)
		rc = set_number(x, "seed", (int64_t)x->seed, err);
	name_tables(x->shelf, &tables);
	if (rc == 0)
		rc = buf_ok(&tables) ? set_bytes(x, "tables", buf_span(&tables), err)
				     : err_sys(err, -ENOMEM, "%s", x->path);
	buf_done(&tables);
	return rc == 0 ? index_exec(x, "COMMIT", err) : rc;
}

/* The first number that a query gives, or -1 when it gives none or one below zero. */
static int ask_number(struct index_file *x, const char *sql, int64_t *ret_n, struct err *err)
{
	sqlite3_stmt *s;
	int64_t n = -1;

	if (sqlite3_prepare_v2(x->db, sql, -1, &s, NULL) != SQLITE_OK)
		return index_fail(x, err);
	int rc = index_number(x, s, &n, err);

	sqlite3_finalize(s);
	if (rc >= 0)
		*ret_n = rc == 1 ? n : -1;
	return rc < 0 ? rc : 0;
}

static int read_seed(struct index_file *x, struct err *err)
{
	sqlite3_stmt *s = index_get(x, GET_META);
	int64_t seed;

	if (!s)
		return index_fail(x, err);
	db_bind(s, 1, SPAN("seed"));
	int rc = index_number(x, s, &seed, err);

	if (rc == 1)
		x->seed = (uint64_t)seed;
	return rc == 0 ? odd(x, "it lacks a number", err) : rc < 0 ? rc : 0;
}

static int read_root(struct index_file *x, struct err *err)
{
	sqlite3_stmt *s = index_get(x, GET_META);
	int rc = 0;

	if (!s)
		return index_fail(x, err);
	db_bind(s, 1, SPAN("root"));
	int code = sqlite3_step(s);

	if (code == SQLITE_ROW && sqlite3_column_bytes(s, 0) == sizeof(x->root))
		memcpy(x->root, sqlite3_column_blob(s, 0), sizeof(x->root));
	else if (code != SQLITE_ROW && code != SQLITE_DONE)
		rc = index_fail(x, err);
	sqlite3_reset(s);
	return rc;
}

/* Whether it is an index of ours: nothing in it but our tables, of our version; how far it is. */
static int read_state(struct index_file *x, struct err *err)
{
	int64_t foreign, version, size, last;
	int rc = ask_number(x,
		"SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table','index')", &foreign,
		err);

	if (rc == 0 && foreign != 0)
		return odd(x, "it has views or triggers", err);
	if (rc == 0)
		rc = ask_number(x, "SELECT value FROM meta WHERE key='version'", &version, err);
	if (rc == 0 && version != INDEX_VERSION)
		return err_set(err, -ESTALE,
			"%s: the index is of another version; `cordon ledger reindex` makes it "
			"again from the log",
			x->path);
	if (rc == 0)
		rc = ask_number(x, "SELECT value FROM meta WHERE key='size'", &size, err);
	if (rc == 0)
		rc = ask_number(x, "SELECT max(seq) FROM record", &last, err);
	/* Every record of the log has its row. */
	if (rc == 0 && (size < 0 || (size == 0 ? last > 0 : last != size - 1)))
		return odd(x, "it says another size than it has", err);
	if (rc < 0)
		return rc;
	x->size = x->committed = (uint64_t)size;
	rc = ask_number(x, "SELECT logged FROM record ORDER BY seq DESC LIMIT 1", &last, err);
	if (rc == 0)
		rc = read_seed(x, err);
	if (rc < 0)
		return rc;
	x->last_logged = x->committed_logged = last < 0 ? 0 : last;
	return read_root(x, err);
}

static int settle(struct index_file *x, bool fresh, struct err *err)
{
	int rc = 0;

	if (x->write)
		rc = index_exec(x,
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
			"PRAGMA wal_autocheckpoint=16384; PRAGMA journal_size_limit=67108864;"
			"PRAGMA cache_size=-131072;",
			err);
	/* The files of the write-ahead log stay, so that a reader who may not make them can read.
	 */
	if (rc == 0 && x->write)
		sqlite3_file_control(x->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &(int){1});
	if (rc == 0 && fresh)
		rc = index_make_tables(x, true, err);
	/* A reader sees one state until it closes, whatever is written meanwhile: its numbers agree
	 * with each other, and with the log as it was opened. */
	if (rc == 0 && !x->write)
		rc = index_exec(x, "BEGIN", err);
	return rc == 0 ? read_state(x, err) : rc;
}

int index_limit(struct index_file *x, uint32_t mib, struct err *err)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA cache_size=-%llu", (unsigned long long)mib << 10);
	return index_exec(x, text, err);
}

struct index_file *index_new(
	const char *folder, bool write, const struct shelf *shelf, struct err *err)
{
	struct index_file *x = calloc(1, sizeof(*x));

	/* Without its own books of memory SQLite need not lock them. Once it runs this is refused,
	 * which does no harm. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (!x) {
		err_sys(err, -ENOMEM, "%s", folder);
		return NULL;
	}
	x->write = write;
	x->shelf = shelf;
	idmap_init(&x->source);
	idmap_init(&x->host);
	idmap_init(&x->campaign);
	idmap_init(&x->network);
	idmap_init(&x->ids.known);
	idmap_init(&x->hosts.known);
	if ((size_t)snprintf(x->final, sizeof(x->final), "%s/index.db", folder) >=
		sizeof(x->final) - 8) {
		err_sys(err, -ENAMETOOLONG, "%s", folder);
		free(x);
		return NULL;
	}
	strcpy(x->path, x->final);
	return x;
}

/* A writer that was stopped before it had made the tables leaves a file with nothing in it. */
static int find_tables(struct index_file *x, bool *ret_none, struct err *err)
{
	int64_t n;
	int rc = ask_number(x, "SELECT count(*) FROM sqlite_schema", &n, err);

	if (rc == 0)
		*ret_none = n == 0;
	return rc;
}

int index_open(const char *folder, bool write, const struct shelf *shelf, struct index_file **ret,
	struct err *err)
{
	struct index_file *x = index_new(folder, write, shelf, err);
	struct stat st;
	int rc = 0;

	if (!x)
		return -ENOMEM;
	bool fresh = stat(x->path, &st) < 0 || st.st_size == 0;

	if (!fresh || write)
		rc = index_open_db(x, err);
	if (rc == 0 && !fresh)
		rc = find_tables(x, &fresh, err);
	if (rc == 0 && fresh && !write)
		rc = err_set(err, -ENOENT,
			"%s: there is no index; `cordon ledger reindex` makes it from the log",
			x->path);
	if (rc == 0)
		rc = settle(x, fresh, err);
	if (rc < 0)
		index_close(x);
	else
		*ret = x;
	return rc;
}

void index_close(struct index_file *x)
{
	if (!x)
		return;
	index_close_db(x);
	if (x->making)
		unlink(x->path);
	idmap_done(&x->source);
	idmap_done(&x->host);
	idmap_done(&x->campaign);
	idmap_done(&x->network);
	idmap_done(&x->ids.known);
	idmap_done(&x->hosts.known);
	free(x->ids.entry);
	free(x->hosts.entry);
	seen_done(&x->seen);
	buf_done(&x->key);
	free(x);
}

void index_undo(struct index_file *x)
{
	if (x->open_batch || x->looking)
		sqlite3_exec(x->db, "ROLLBACK", NULL, NULL, NULL);
	x->open_batch = x->looking = false;
	x->size = x->committed;
	x->last_logged = x->committed_logged;
	idmap_clear(&x->source);
	idmap_clear(&x->host);
	idmap_clear(&x->campaign);
	idmap_clear(&x->network);
	index_drop_pending(x);
}

static int undo(struct index_file *x, int rc)
{
	index_undo(x);
	return rc;
}

int index_begin(struct index_file *x, struct err *err)
{
	int rc = x->looking || x->open_batch ? 0 : index_exec(x, "BEGIN IMMEDIATE", err);

	x->open_batch = rc == 0;
	x->looking = false;
	return rc;
}

int index_commit(struct index_file *x, const uint8_t root[32], struct err *err)
{
	int rc = index_flush(x, err);

	if (rc == 0)
		rc = set_number(x, "size", (int64_t)x->size, err);
	if (rc == 0)
		rc = set_bytes(x, "root", (struct span){(const char *)root, 32}, err);
	if (rc == 0)
		rc = index_exec(x, "COMMIT", err);
	if (rc < 0)
		return undo(x, rc);
	x->open_batch = false;
	x->committed = x->size;
	x->committed_logged = x->last_logged;
	memcpy(x->root, root, 32);
	return 0;
}

int index_expire(struct index_file *x, int32_t before, struct err *err)
{
	sqlite3_stmt *s = index_get(x, EXPIRE_RAW);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int(s, 1, before);
	return index_run(x, s, err);
}

/* --- asking --- */

int index_find(
	struct index_file *x, const uint8_t id[RECORD_ID_BYTES], uint64_t *ret_seq, struct err *err)
{
	int64_t seq = 0;
	uint64_t key;

	/* A writer looks often, and is alone: its transaction stays open until it has something to
	 * write, which saves the locks. */
	if (x->write && !x->open_batch && !x->looking) {
		int begun = index_exec(x, "BEGIN", err);

		if (begun < 0)
			return begun;
		x->looking = true;
	}
	memcpy(&key, id, sizeof(key));
	int rc = index_look_up(x, &x->ids, le64toh(key),
		(struct span){(const char *)id, RECORD_ID_BYTES}, ID_OF_RECORD, &seq, err);

	if (rc == 1)
		*ret_seq = (uint64_t)seq;
	return rc;
}

int index_place(struct index_file *x, uint64_t seq, struct vault_place *ret_place, struct err *err)
{
	sqlite3_stmt *s = index_get(x, FIND_RAW);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	int code = sqlite3_step(s), rc = 0;

	if (code == SQLITE_ROW) {
		*ret_place = (struct vault_place){
			sqlite3_column_int(s, 0), (uint64_t)sqlite3_column_int64(s, 1)};
		rc = 1;
	} else if (code != SQLITE_DONE) {
		rc = index_fail(x, err);
	}
	sqlite3_reset(s);
	return rc;
}

uint64_t index_size(const struct index_file *x)
{
	return x->size;
}

uint64_t index_waiting(const struct index_file *x)
{
	return x->open_batch ? x->size - x->committed : 0;
}

const uint8_t *index_root(const struct index_file *x)
{
	return x->root;
}

int64_t index_last_logged(const struct index_file *x)
{
	return x->last_logged;
}

sqlite3 *index_db(struct index_file *x)
{
	return x->db;
}
