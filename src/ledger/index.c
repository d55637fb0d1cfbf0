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
#include "ledger/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS   10000
#define TABLES_AT 512 /* bytes of the text that names the tables of origins; beyond, a hash */

/* clang-format off */
#define STATEMENTS_X(X)                                                                            \
	X(ADD_RECORD, "INSERT INTO record(seq,type,logged,id) VALUES(?,?,?,?)")                    \
	X(ADD_SIGHTING, "INSERT INTO sighting(seq,at,kind,source,host,network,campaign,confidence,"\
		"port,day_only) VALUES(?,?,?,?,?,?,?,?,?,?)")                                      \
	X(ADD_ADVERTISED, "INSERT OR IGNORE INTO advertised(seq,host,network) VALUES(?,?,?)")      \
	X(ADD_RAW, "INSERT INTO raw(seq,day,place) VALUES(?,?,?)")                                 \
	X(ADD_NOTICE, "INSERT OR IGNORE INTO notice(seq,name,asn,recipient,to_upstreams,at)"       \
		" VALUES(?,?,?,?,?,?)")                                                            \
	X(ADD_ANSWER, "INSERT INTO answer(seq,notice,what,at) VALUES(?,?,?,?)")                    \
	X(FIND_SOURCE, "SELECT id FROM source WHERE name=?")                                       \
	X(NEW_SOURCE, "INSERT INTO source(name) VALUES(?)")                                        \
	X(FIND_HOST, "SELECT id FROM host WHERE name=?")                                           \
	X(NEW_HOST, "INSERT INTO host(name) VALUES(?)")                                            \
	X(FIND_CAMPAIGN, "SELECT id FROM campaign WHERE name=?")                                   \
	X(NEW_CAMPAIGN, "INSERT INTO campaign(name) VALUES(?)")                                    \
	X(FIND_NETWORK, "SELECT id FROM network WHERE asn=? AND prefix=? AND holder=?")            \
	X(NEW_NETWORK, "INSERT INTO network(asn,prefix,holder) VALUES(?,?,?)")                     \
	X(PARENT_OF, "SELECT ifnull(parent,id) FROM campaign WHERE id=?")                          \
	X(SET_PARENT, "UPDATE campaign SET parent=?2 WHERE (id=?1 OR parent=?1) AND id<>?2")       \
	X(DROP_RAW, "DELETE FROM raw WHERE seq=?")                                                 \
	X(EXPIRE_RAW, "DELETE FROM raw WHERE day<?")                                               \
	X(FIND_ID, "SELECT seq FROM record WHERE id=?")                                            \
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

static const char *const statement_sql[] = {
#define X(id, sql) sql,
	STATEMENTS_X(X)
#undef X
};

struct index_file {
	char path[PATH_MAX - 16], final[PATH_MAX - 16]; /* the same but for one that is made anew */
	sqlite3 *db;
	sqlite3_stmt *statement[STATEMENTS]; /* prepared when first used */
	const struct shelf *shelf;
	bool write, making, open_batch;
	uint64_t size, committed;
	int64_t last_logged, committed_logged;
	uint8_t root[32];
	struct idmap source, host, campaign, network;
	struct buf key; /* scratch */
};

/* --- errors --- */

static int fail_code(const struct index_file *x, int code, const char *words, struct err *err)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return err_sys(err, -ENOMEM, "%s", x->path);
	case SQLITE_FULL:
		return err_sys(err, -ENOSPC, "%s", x->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, -EBUSY, "%s: another program writes it", x->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return err_set(err, -EACCES, "%s: %s", x->path, words);
	case SQLITE_IOERR:
		return err_set(err, -EIO, "%s: %s", x->path, words);
	default:
		return err_set(err, -EBADMSG,
			"%s: the index is damaged (%s); `cordon ledger reindex` makes it again "
			"from the log",
			x->path, words);
	}
}

static int fail(const struct index_file *x, struct err *err)
{
	return fail_code(x, sqlite3_extended_errcode(x->db), sqlite3_errmsg(x->db), err);
}

static int odd(const struct index_file *x, const char *words, struct err *err)
{
	return fail_code(x, SQLITE_CORRUPT, words, err);
}

/* --- statements --- */

static int run_sql(struct index_file *x, const char *sql, struct err *err)
{
	return sqlite3_exec(x->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(x, err);
}

static sqlite3_stmt *get(struct index_file *x, enum statement which)
{
	sqlite3_stmt **s = &x->statement[which];

	if (!*s)
		sqlite3_prepare_v3(x->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
	return *s;
}

static int bind_text(sqlite3_stmt *s, int i, struct span text)
{
	return sqlite3_bind_text(s, i, text.p ? text.p : "", (int)text.n, SQLITE_STATIC);
}

/* Runs to its end what gives no rows. */
static int step_done(struct index_file *x, sqlite3_stmt *s, struct err *err)
{
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : fail(x, err);

	sqlite3_reset(s);
	return rc;
}

/* Steps to one row at most: 1 and the number in its first column, 0, or a negative errno. */
static int step_number(struct index_file *x, sqlite3_stmt *s, int64_t *ret_n, struct err *err)
{
	int code = sqlite3_step(s), rc;

	if (code == SQLITE_ROW) {
		*ret_n = sqlite3_column_int64(s, 0);
		rc = 1;
	} else {
		rc = code == SQLITE_DONE ? 0 : fail(x, err);
	}
	sqlite3_reset(s);
	return rc;
}

static int set_number(struct index_file *x, const char *key, int64_t n, struct err *err)
{
	sqlite3_stmt *s = get(x, SET_META);

	if (!s)
		return fail(x, err);
	bind_text(s, 1, span_cstr(key));
	sqlite3_bind_int64(s, 2, n);
	return step_done(x, s, err);
}

static int set_bytes(struct index_file *x, const char *key, struct span bytes, struct err *err)
{
	sqlite3_stmt *s = get(x, SET_META);

	if (!s)
		return fail(x, err);
	bind_text(s, 1, span_cstr(key));
	sqlite3_bind_blob(s, 2, bytes.p ? bytes.p : "", (int)bytes.n, SQLITE_STATIC);
	return step_done(x, s, err);
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
	sqlite3_stmt *s = x->shelf ? get(x, GET_META) : NULL;
	bool dated = false;

	if (!s)
		return false;
	name_tables(x->shelf, &now);
	bind_text(s, 1, SPAN("tables"));
	if (sqlite3_step(s) == SQLITE_ROW) {
		struct span then = {sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)};

		dated = x->committed > 0 && buf_ok(&now) && !span_eq(then, buf_span(&now));
	}
	sqlite3_reset(s);
	buf_done(&now);
	return dated;
}

/* --- opening --- */

static void close_db(struct index_file *x)
{
	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(x->statement[i]);
		x->statement[i] = NULL;
	}
	sqlite3_close(x->db);
	x->db = NULL;
}

/* A file from anywhere may be opened: what it brings along is not run, and its bounds are ours. */
static int defend(struct index_file *x, struct err *err)
{
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_limit(x->db, SQLITE_LIMIT_LENGTH, 16 << 20);
	sqlite3_limit(x->db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
	sqlite3_busy_timeout(x->db, BUSY_MS);
	return run_sql(x, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
		err);
}

static int open_db(struct index_file *x, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (x->write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
	mode_t old = umask(077);
	int code = sqlite3_open_v2(x->path, &x->db, flags, NULL);

	umask(old);
	if (code == SQLITE_OK)
		return defend(x, err);
	return x->db ? fail(x, err) : err_sys(err, -ENOMEM, "%s", x->path);
}

static int make_tables(struct index_file *x, bool order, struct err *err)
{
	struct buf tables = {0};
	int rc = run_sql(x, "BEGIN IMMEDIATE", err);

	if (rc == 0)
		rc = run_sql(x, index_schema, err);
	if (rc == 0 && order)
		rc = run_sql(x, index_schema_order, err);
	if (rc == 0)
		rc = set_number(x, "version", INDEX_VERSION, err);
	if (rc == 0)
		rc = set_number(x, "size", 0, err);
	name_tables(x->shelf, &tables);
	if (rc == 0)
		rc = buf_ok(&tables) ? set_bytes(x, "tables", buf_span(&tables), err)
				     : err_sys(err, -ENOMEM, "%s", x->path);
	buf_done(&tables);
	return rc == 0 ? run_sql(x, "COMMIT", err) : rc;
}

/* The first number that a query gives, or -1 when it gives none or one below zero. */
static int ask_number(struct index_file *x, const char *sql, int64_t *ret_n, struct err *err)
{
	sqlite3_stmt *s;
	int64_t n = -1;

	if (sqlite3_prepare_v2(x->db, sql, -1, &s, NULL) != SQLITE_OK)
		return fail(x, err);
	int rc = step_number(x, s, &n, err);

	sqlite3_finalize(s);
	if (rc >= 0)
		*ret_n = rc == 1 ? n : -1;
	return rc < 0 ? rc : 0;
}

static int read_root(struct index_file *x, struct err *err)
{
	sqlite3_stmt *s = get(x, GET_META);
	int rc = 0;

	if (!s)
		return fail(x, err);
	bind_text(s, 1, SPAN("root"));
	int code = sqlite3_step(s);

	if (code == SQLITE_ROW && sqlite3_column_bytes(s, 0) == sizeof(x->root))
		memcpy(x->root, sqlite3_column_blob(s, 0), sizeof(x->root));
	else if (code != SQLITE_ROW && code != SQLITE_DONE)
		rc = fail(x, err);
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
		return err_set(err, -EBADMSG,
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
	if (rc < 0)
		return rc;
	x->last_logged = x->committed_logged = last < 0 ? 0 : last;
	return read_root(x, err);
}

static int settle(struct index_file *x, bool fresh, struct err *err)
{
	int rc = 0;

	if (x->write)
		rc = run_sql(x,
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
			"PRAGMA wal_autocheckpoint=16384; PRAGMA journal_size_limit=67108864;"
			"PRAGMA cache_size=-131072;",
			err);
	/* The files of the write-ahead log stay, so that a reader who may not make them can read. */
	if (rc == 0 && x->write)
		sqlite3_file_control(x->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &(int){1});
	if (rc == 0 && fresh)
		rc = make_tables(x, true, err);
	return rc == 0 ? read_state(x, err) : rc;
}

static struct index_file *new_index(
	const char *folder, bool write, const struct shelf *shelf, struct err *err)
{
	struct index_file *x = calloc(1, sizeof(*x));

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
	if ((size_t)snprintf(x->final, sizeof(x->final), "%s/index.db", folder) >=
		sizeof(x->final) - 8) {
		err_sys(err, -ENAMETOOLONG, "%s", folder);
		free(x);
		return NULL;
	}
	strcpy(x->path, x->final);
	return x;
}

int index_open(const char *folder, bool write, const struct shelf *shelf, struct index_file **ret,
	struct err *err)
{
	struct index_file *x = new_index(folder, write, shelf, err);
	struct stat st;
	int rc = 0;

	if (!x)
		return -ENOMEM;
	bool fresh = stat(x->path, &st) < 0 || st.st_size == 0;

	if (fresh && !write)
		rc = err_set(err, -ENOENT,
			"%s: there is no index; `cordon ledger reindex` makes it from the log",
			x->path);
	if (rc == 0)
		rc = open_db(x, err);
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
	close_db(x);
	if (x->making)
		unlink(x->path);
	idmap_done(&x->source);
	idmap_done(&x->host);
	idmap_done(&x->campaign);
	idmap_done(&x->network);
	buf_done(&x->key);
	free(x);
}

/* --- making one anew --- */

int index_make(
	const char *folder, const struct shelf *shelf, struct index_file **ret, struct err *err)
{
	struct index_file *x = new_index(folder, true, shelf, err);
	int rc;

	if (!x)
		return -ENOMEM;
	strcat(x->path, ".new");
	x->making = true;
	unlink(x->path);
	rc = open_db(x, err);
	/* Nothing of it counts before it is whole, so nothing need be safe before. */
	if (rc == 0)
		rc = run_sql(x,
			"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
			"PRAGMA cache_size=-262144;",
			err);
	if (rc == 0)
		rc = make_tables(x, false, err);
	if (rc == 0)
		rc = run_sql(x, "BEGIN", err);
	x->open_batch = rc == 0;
	if (rc < 0)
		index_close(x);
	else
		*ret = x;
	return rc;
}

static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return rc == -EINVAL ? 0 : rc;
}

/*
 * The old one's write-ahead log must not be taken for the new one's: it is emptied into the old
 * file while that can be, and removed before the new one stands in its place. Readers keep what
 * they have open.
 */
static int take_place(const struct index_file *x, struct err *err)
{
	char wal[PATH_MAX], shm[PATH_MAX], folder[PATH_MAX];
	sqlite3 *old;

	if (sqlite3_open_v2(x->final, &old, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_wal_checkpoint_v2(old, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(old);
	snprintf(wal, sizeof(wal), "%s-wal", x->final);
	snprintf(shm, sizeof(shm), "%s-shm", x->final);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(x->final, '/') - x->final),
		x->final);
	unlink(wal);
	unlink(shm);
	int rc = sync_path(x->path);

	if (rc == 0 && rename(x->path, x->final) < 0)
		rc = -errno;
	if (rc == 0)
		rc = sync_path(folder);
	return rc < 0 ? err_sys(err, rc, "%s", x->final) : 0;
}

int index_finish(struct index_file *x, const uint8_t root[32], struct err *err)
{
	int rc = index_commit(x, root, err);

	if (rc == 0)
		rc = run_sql(x, index_schema_order, err);
	if (rc == 0) {
		close_db(x);
		rc = take_place(x, err);
	}
	if (rc == 0)
		x->making = false;
	index_close(x);
	return rc;
}

/* --- names to numbers --- */

/* The number of a name in one of the tables of names; makes it when it is not there. */
static int id_of(struct index_file *x, struct idmap *m, enum statement find, enum statement new,
	struct span name, int64_t *ret_id, struct err *err)
{
	uint64_t hash[2];
	int64_t id = idmap_get(m, name, hash);
	int rc = id >= 0;

	if (id >= 0) {
		*ret_id = id;
		return 0;
	}
	sqlite3_stmt *s = get(x, find);

	if (!s)
		return fail(x, err);
	/* One that is made anew knows all of its names until it forgets them. */
	if (!x->making || m->forgot) {
		bind_text(s, 1, name);
		rc = step_number(x, s, &id, err);
	}
	if (rc == 0) {
		s = get(x, new);
		if (!s)
			return fail(x, err);
		bind_text(s, 1, name);
		rc = step_done(x, s, err);
		id = sqlite3_last_insert_rowid(x->db);
	}
	if (rc < 0)
		return rc;
	idmap_set(m, hash, id);
	*ret_id = id;
	return 0;
}

static int host_of(struct index_file *x, struct span name, int64_t *ret_id, struct err *err)
{
	return id_of(x, &x->host, FIND_HOST, NEW_HOST, name, ret_id, err);
}

static void bind_network(
	sqlite3_stmt *s, const struct attribution *a, const char *prefix)
{
	sqlite3_bind_int64(s, 1, a->origin.asn);
	bind_text(s, 2, span_cstr(prefix));
	bind_text(s, 3, a->origin.holder);
}

static int find_network(
	struct index_file *x, const struct attribution *a, int64_t *ret_id, struct err *err)
{
	char prefix[IP_TEXT];
	sqlite3_stmt *find = get(x, FIND_NETWORK), *new = get(x, NEW_NETWORK);

	if (!find || !new)
		return fail(x, err);
	prefix_format(&a->origin.prefix, prefix);
	bind_network(find, a, prefix);
	int rc = step_number(x, find, ret_id, err);

	if (rc)
		return rc < 0 ? rc : 0;
	bind_network(new, a, prefix);
	rc = step_done(x, new, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(x->db);
	return rc;
}

/* Whose an address was on a day; 0 when that is not known. */
static int network_of(struct index_file *x, const struct ip *ip, int32_t day, int64_t *ret_id,
	struct err *err)
{
	struct attribution a;
	uint64_t hash[2];
	int rc = 0;

	*ret_id = 0;
	if (!x->shelf || !shelf_attribute(x->shelf, ip, day, &a) || !a.found)
		return 0;
	buf_clear(&x->key);
	buf_add(&x->key, (struct span){(const char *)&a.origin.asn, sizeof(a.origin.asn)});
	buf_add(&x->key, (struct span){(const char *)&a.origin.prefix, sizeof(a.origin.prefix)});
	buf_add(&x->key, a.origin.holder);
	if (!buf_ok(&x->key))
		return err_sys(err, -ENOMEM, "%s", x->path);
	int64_t id = idmap_get(&x->network, buf_span(&x->key), hash);

	if (id < 0) {
		rc = find_network(x, &a, &id, err);
		if (rc == 0)
			idmap_set(&x->network, hash, id);
	}
	if (rc == 0)
		*ret_id = id;
	return rc;
}

/* --- adding --- */

/* The numbers of what a sighting names. */
struct numbers {
	int64_t source, host, network, campaign; /* campaign -1 for none */
};

static int number_names(
	struct index_file *x, const struct sighting *s, struct numbers *ret, struct err *err)
{
	char text[IP_TEXT];
	const struct ip *ip = &s->where.ip;
	struct span name = s->domain;
	struct numbers n = {.network = 0, .campaign = -1};
	int rc = id_of(x, &x->source, FIND_SOURCE, NEW_SOURCE, s->source, &n.source, err);

	if (ip->family != IP_NONE)
		name = span_cstr(s->where.length == (ip->family == IP_V4 ? 32 : 128)
					 ? ip_format(ip, text)
					 : prefix_format(&s->where, text));
	if (rc == 0)
		rc = host_of(x, name, &n.host, err);
	if (rc == 0 && ip->family != IP_NONE)
		rc = network_of(x, ip, sighting_day(s->at), &n.network, err);
	if (rc == 0 && s->campaign.n)
		rc = id_of(x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, s->campaign, &n.campaign,
			err);
	if (rc == 0)
		*ret = n;
	return rc;
}

static int add_advertised(struct index_file *x, uint64_t seq, const struct sighting *s,
	struct span host, struct err *err)
{
	int64_t id, network = 0;
	struct ip ip;
	int rc = host_of(x, host, &id, err);

	if (rc == 0 && ip_parse(host, &ip) == 0)
		rc = network_of(x, &ip, sighting_day(s->at), &network, err);
	if (rc < 0)
		return rc;
	sqlite3_stmt *add = get(x, ADD_ADVERTISED);

	if (!add)
		return fail(x, err);
	sqlite3_bind_int64(add, 1, (int64_t)seq);
	sqlite3_bind_int64(add, 2, id);
	sqlite3_bind_int64(add, 3, network);
	return step_done(x, add, err);
}

static int add_sighting(
	struct index_file *x, uint64_t seq, const struct sighting *s, struct err *err)
{
	struct numbers n = {0};
	int rc = number_names(x, s, &n, err);

	if (rc < 0)
		return rc;
	sqlite3_stmt *add = get(x, ADD_SIGHTING);

	if (!add)
		return fail(x, err);
	sqlite3_bind_int64(add, 1, (int64_t)seq);
	sqlite3_bind_int64(add, 2, s->at);
	sqlite3_bind_int(add, 3, (int)s->kind);
	sqlite3_bind_int64(add, 4, n.source);
	sqlite3_bind_int64(add, 5, n.host);
	sqlite3_bind_int64(add, 6, n.network);
	if (n.campaign >= 0)
		sqlite3_bind_int64(add, 7, n.campaign);
	else
		sqlite3_bind_null(add, 7);
	sqlite3_bind_int(add, 8, s->confidence);
	sqlite3_bind_int(add, 9, s->port);
	sqlite3_bind_int(add, 10, s->day_only);
	rc = step_done(x, add, err);
	for (size_t i = 0; i < s->advertises && rc == 0; i++)
		rc = add_advertised(x, seq, s, s->advertised[i], err);
	return rc;
}

static int merge_campaigns(struct index_file *x, const struct record *r, struct err *err)
{
	int64_t from, into;
	sqlite3_stmt *parent = get(x, PARENT_OF), *set = get(x, SET_PARENT);
	int rc = parent && set ? 0 : fail(x, err);

	if (rc == 0)
		rc = id_of(x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, r->campaign.campaign,
			&from, err);
	if (rc == 0)
		rc = id_of(x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, r->campaign.into, &into,
			err);
	if (rc < 0)
		return rc;
	/* What it went into may itself have gone into another. One that comes back to itself is
	 * one already. */
	sqlite3_bind_int64(parent, 1, into);
	rc = step_number(x, parent, &into, err);
	if (rc < 0 || into == from)
		return rc < 0 ? rc : 0;
	sqlite3_bind_int64(set, 1, from);
	sqlite3_bind_int64(set, 2, into);
	return step_done(x, set, err);
}

static int add_notice(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	sqlite3_stmt *s = get(x, ADD_NOTICE);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	bind_text(s, 2, r->notice.name);
	sqlite3_bind_int64(s, 3, r->notice.asn);
	sqlite3_bind_int64(s, 4, r->notice.to);
	sqlite3_bind_int(s, 5, r->notice.to_upstreams);
	sqlite3_bind_int64(s, 6, r->logged);
	return step_done(x, s, err);
}

static int add_answer(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	sqlite3_stmt *s = get(x, ADD_ANSWER);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	bind_text(s, 2, r->answer.notice);
	sqlite3_bind_int(s, 3, (int)r->answer.what);
	sqlite3_bind_int64(s, 4, r->answer.at);
	return step_done(x, s, err);
}

static int drop_raw(struct index_file *x, uint64_t seq, struct err *err)
{
	sqlite3_stmt *s = get(x, DROP_RAW);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	return step_done(x, s, err);
}

static int add_by_type(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	switch (r->type) {
	case RECORD_SIGHTING:
		return add_sighting(x, seq, &r->sighting, err);
	case RECORD_CAMPAIGN:
		return merge_campaigns(x, r, err);
	case RECORD_NOTICE:
		return add_notice(x, seq, r, err);
	case RECORD_ANSWER:
		return add_answer(x, seq, r, err);
	case RECORD_ERASURE:
		return drop_raw(x, r->erasure.record, err);
	default:
		return 0;
	}
}

static int add_record(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	sqlite3_stmt *s = get(x, ADD_RECORD);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	sqlite3_bind_int(s, 2, (int)r->type);
	sqlite3_bind_int64(s, 3, r->logged);
	sqlite3_bind_blob(s, 4, r->id, sizeof(r->id), SQLITE_STATIC);
	return step_done(x, s, err);
}

static int add_raw(
	struct index_file *x, uint64_t seq, const struct vault_place *place, struct err *err)
{
	sqlite3_stmt *s = get(x, ADD_RAW);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	sqlite3_bind_int(s, 2, place->day);
	sqlite3_bind_int64(s, 3, (int64_t)place->offset);
	return step_done(x, s, err);
}

void index_undo(struct index_file *x)
{
	if (x->open_batch)
		sqlite3_exec(x->db, "ROLLBACK", NULL, NULL, NULL);
	x->open_batch = false;
	x->size = x->committed;
	x->last_logged = x->committed_logged;
	idmap_clear(&x->source);
	idmap_clear(&x->host);
	idmap_clear(&x->campaign);
	idmap_clear(&x->network);
}

static int undo(struct index_file *x, int rc)
{
	index_undo(x);
	return rc;
}

int index_begin(struct index_file *x, struct err *err)
{
	int rc = run_sql(x, "BEGIN IMMEDIATE", err);

	x->open_batch = rc == 0;
	return rc;
}

int index_add(struct index_file *x, uint64_t seq, const struct record *r,
	const struct vault_place *place, struct err *err)
{
	if (!x->open_batch || seq != x->size)
		return err_set(err, -EINVAL, "%s: record %llu is not the next", x->path,
			(unsigned long long)seq);
	int rc = add_record(x, seq, r, err);

	if (rc == 0)
		rc = add_by_type(x, seq, r, err);
	if (rc == 0 && place)
		rc = add_raw(x, seq, place, err);
	if (rc < 0)
		return undo(x, rc);
	x->size++;
	x->last_logged = r->logged;
	return 0;
}

int index_commit(struct index_file *x, const uint8_t root[32], struct err *err)
{
	int rc = set_number(x, "size", (int64_t)x->size, err);

	if (rc == 0)
		rc = set_bytes(x, "root", (struct span){(const char *)root, 32}, err);
	if (rc == 0)
		rc = run_sql(x, "COMMIT", err);
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
	sqlite3_stmt *s = get(x, EXPIRE_RAW);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int(s, 1, before);
	return step_done(x, s, err);
}

/* --- asking --- */

int index_find(struct index_file *x, const uint8_t id[RECORD_ID_BYTES], uint64_t *ret_seq,
	struct err *err)
{
	sqlite3_stmt *s = get(x, FIND_ID);
	int64_t seq = 0;

	if (!s)
		return fail(x, err);
	sqlite3_bind_blob(s, 1, id, RECORD_ID_BYTES, SQLITE_STATIC);
	int rc = step_number(x, s, &seq, err);

	if (rc == 1)
		*ret_seq = (uint64_t)seq;
	return rc;
}

int index_place(struct index_file *x, uint64_t seq, struct vault_place *ret_place, struct err *err)
{
	sqlite3_stmt *s = get(x, FIND_RAW);

	if (!s)
		return fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	int code = sqlite3_step(s), rc = 0;

	if (code == SQLITE_ROW) {
		*ret_place = (struct vault_place){
			sqlite3_column_int(s, 0), (uint64_t)sqlite3_column_int64(s, 1)};
		rc = 1;
	} else if (code != SQLITE_DONE) {
		rc = fail(x, err);
	}
	sqlite3_reset(s);
	return rc;
}

uint64_t index_size(const struct index_file *x)
{
	return x->size;
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
