/*
 * cordon ledger verify: the log is computed anew from its entries. It is opened by itself, not as a
 * ledger, so that a damaged index or vault does not stand in the way of what is the truth; what is
 * wrong with those is told apart, as they can be made again or are meant to go. Then the index is
 * held against it, row by row, because all numbers are read from there.
 */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "cli/term.h"
#include "ledger/index_check.h"
#include "ledger/index_seen.h"
#include "show/words.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct verify {
	struct site site;
	bool json;
	uint64_t faults;                   /* told by the log */
	uint64_t unreadable;               /* entries that are no record */
	uint64_t raw, raw_wrong, raw_gone; /* pieces of raw evidence looked at */
	bool index_there;                  /* an index stands beside the log */
	uint64_t index_wrong;              /* of its rows; 1 when it cannot be used at all */
};

static void tell(void *context, const char *fault)
{
	struct verify *v = context;
	struct err err;

	v->faults++;
	err_set(&err, -EBADMSG, "%s", fault);
	tell_error(&err);
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	progress_show(done, total, done, "records");
}

static int read_older(const char *path, struct buf *to)
{
	struct err err;

	if (!path || file_read(path, NOTE_MOST, to, &err) == 0)
		return EXIT_DONE;
	tell_error(&err);
	return EXIT_INPUT;
}

static int look_at_record(void *context, uint64_t index, struct span entry, struct err *err)
{
	struct verify *v = context;
	struct buf scratch = {0};
	struct record r;
	struct err why;

	(void)err;
	if (record_read(entry, &scratch, &r, &why) < 0) {
		err_set(&why, -EBADMSG, "record %llu: %s", (unsigned long long)index, why.text);
		tell_error(&why);
		v->unreadable++;
	}
	buf_done(&scratch);
	return 0;
}

/* Checks a kept piece of raw evidence against the commitment in its record. */
static int look_at_raw(struct verify *v, uint64_t seq, struct buf *raw, struct err *err)
{
	struct buf text = {0}, scratch = {0};
	uint8_t salt[32], sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;
	struct record r;
	struct err why;

	buf_clear(raw);
	int rc = ledger_raw(v->site.ledger, seq, salt, raw, &why);

	if (rc == 0)
		rc = ledger_record(v->site.ledger, seq, &text, &scratch, &r, &why);
	if (rc == 0) {
		crypto_hash_sha256_init(&hash);
		crypto_hash_sha256_update(&hash, salt, sizeof(salt));
		crypto_hash_sha256_update(&hash, (const uint8_t *)raw->p, raw->n);
		crypto_hash_sha256_final(&hash, sum);
		if (!r.has_raw || memcmp(sum, r.raw, sizeof(sum)))
			rc = err_set(&why, -EBADMSG,
				"raw evidence of record %llu: is not what the record commits to",
				(unsigned long long)seq);
	}
	buf_done(&text);
	buf_done(&scratch);
	v->raw++;
	v->raw_gone += rc == -ENOENT;
	if (rc == 0 || rc == -ENOENT)
		return 0;
	if (rc != -EBADMSG)
		return err_set(err, rc, "%s", why.text);
	tell_error(&why);
	v->raw_wrong++;
	return 0;
}

static int verify_raw(struct verify *v, struct err *err)
{
	sqlite3_stmt *q;
	struct buf raw = {0};
	int rc = 0, step = SQLITE_DONE;

	if (sqlite3_prepare_v2(ledger_db(v->site.ledger), "SELECT seq FROM raw ORDER BY seq", -1,
		    &q, NULL) != SQLITE_OK)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(ledger_db(v->site.ledger)));
	while (rc == 0 && (step = sqlite3_step(q)) == SQLITE_ROW) {
		rc = look_at_raw(v, (uint64_t)sqlite3_column_int64(q, 0), &raw, err);
		progress_show(v->raw, 0, v->raw, "pieces of raw evidence");
	}
	progress_clear();
	if (rc == 0 && step != SQLITE_DONE)
		rc = err_set(err, -EIO, "index: %s", sqlite3_errmsg(ledger_db(v->site.ledger)));
	sqlite3_finalize(q);
	buf_done(&raw);
	return rc;
}

static void print_words(const struct verify *v, struct tlog *log, const struct tlog_report *r,
	bool continues, bool with_raw)
{
	bool good = !v->faults && !v->unreadable;
	struct buf b = {0};

	buf_printf(&b, "The log %s: ", tlog_key(log)->name);
	words_count(&b, r->entries, "record", "records");
	buf_str(&b, ", ");
	words_count(&b, r->tiles, "file", "files");
	buf_str(&b, " of hashes and records, ");
	words_count(&b, r->bytes, "byte", "bytes");
	buf_str(&b,
		good ? ", computed anew: every record, every hash and the signature are right.\n"
		     : ", computed anew: NOT all of it is right; what is wrong was told above.\n");
	if (r->first_bad_entry != UINT64_MAX)
		buf_printf(&b, "The first record that is touched is %llu.\n",
			(unsigned long long)r->first_bad_entry);
	if (continues && good)
		buf_str(&b, "It continues the checkpoint that was kept: nothing of that was taken "
			    "away or changed.\n");
	if (good && v->index_there)
		buf_str(&b,
			v->index_wrong
				? "The index over it is NOT right, see above: what is read from "
				  "it cannot be trusted until 'cordon ledger reindex' was run.\n"
				: "The index over it tells the same, row by row.\n");
	if (with_raw) {
		words_count(&b, v->raw - v->raw_gone, "piece", "pieces");
		buf_str(&b, " of raw evidence looked at: ");
		if (v->raw_wrong)
			words_count(&b, v->raw_wrong, "is not what its record commits to.\n",
				"are not what their records commit to.\n");
		else
			buf_str(&b, "each is what its record commits to.\n");
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static void print_json(
	const struct verify *v, struct tlog *log, const struct tlog_report *r, bool good)
{
	printf("{\"good\":%s,\"log\":\"%s\",\"records\":%llu,\"files\":%llu,\"bytes\":%llu,"
	       "\"damaged\":%llu,\"first_bad\":",
		good ? "true" : "false", tlog_key(log)->name, (unsigned long long)r->entries,
		(unsigned long long)r->tiles, (unsigned long long)r->bytes,
		(unsigned long long)(v->faults + v->unreadable));
	if (r->first_bad_entry == UINT64_MAX)
		printf("null");
	else
		printf("%llu", (unsigned long long)r->first_bad_entry);
	printf(",\"index_wrong\":%llu,\"raw\":%llu,\"raw_wrong\":%llu}\n",
		(unsigned long long)v->index_wrong, (unsigned long long)(v->raw - v->raw_gone),
		(unsigned long long)v->raw_wrong);
}

#define ROWS_TOLD 10

struct index_look {
	struct verify *v;
	struct index_check check;
};

static int look_at_row(void *context, uint64_t index, struct span entry, struct err *err)
{
	struct index_look *x = context;
	struct err why;
	int rc = index_check_record(&x->check, index, entry, &why);

	progress_show(index, 0, index, "rows of the index");
	if (rc == -EBADMSG && ++x->v->index_wrong <= ROWS_TOLD)
		tell_error(&why);
	return rc < 0 && rc != -EBADMSG ? err_set(err, rc, "%s", why.text) : 0;
}

/* How many records the index says that it has; what the log has more is not missing, it comes. */
static uint64_t rows_to_look_at(sqlite3 *db, uint64_t records)
{
	sqlite3_stmt *q;
	uint64_t size = records;

	if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key = 'size'", -1, &q, NULL) ==
			SQLITE_OK &&
		sqlite3_step(q) == SQLITE_ROW)
		size = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return size < records ? size : records;
}

/* What the rank reads, against the rows. */
static int verify_seen(struct verify *v, sqlite3 *db, struct err *err)
{
	struct err why;
	int rc = seen_check(db, &why);

	if (rc == -EBADMSG) {
		v->index_wrong++;
		tell_error(&why);
		return 0;
	}
	return rc < 0 ? err_set(err, rc, "%s", why.text) : 0;
}

/* The index beside a log that is good. An index that cannot be opened has been told. */
static int verify_index(struct verify *v, struct err *err)
{
	struct index_look x = {.v = v};

	if (!v->site.ledger && site_open_ledger(&v->site, false) != EXIT_DONE) {
		v->index_wrong = 1;
		return 0;
	}
	struct tlog *log = ledger_log(v->site.ledger);
	sqlite3 *db = ledger_db(v->site.ledger);
	int rc = index_check_open(&x.check, db, err);

	if (rc == 0)
		rc = tlog_walk(
			log, 0, rows_to_look_at(db, tlog_tree(log).size), look_at_row, &x, err);
	index_check_close(&x.check);
	progress_clear();
	if (rc == 0)
		rc = verify_seen(v, db, err);
	return rc;
}

/* Log and records; what is damaged is told and counted. Returns 0 or another failure. */
static int verify_log(struct verify *v, struct tlog *log, struct span older,
	struct tlog_report *ret, struct err *err)
{
	const struct tlog_verify_options o = {
		.older = older, .tell = tell, .progress = show_progress, .context = v};
	int rc = tlog_verify(log, &o, ret, err);

	progress_clear();
	if (rc == -EBADMSG && !v->faults)
		tell(v, err->text);
	else if (rc == 0)
		rc = tlog_walk(log, 0, tlog_tree(log).size, look_at_record, v, err);
	return rc == -EBADMSG ? 0 : rc;
}

static int verify_all(struct verify *v, struct tlog *log, struct span older, bool with_raw)
{
	struct tlog_report report = {.first_bad_entry = UINT64_MAX};
	struct err err;
	int rc = verify_log(v, log, older, &report, &err);

	if (rc == 0 && v->index_there && !v->faults && !v->unreadable)
		rc = verify_index(v, &err);
	if (rc == 0 && with_raw) {
		int code = v->site.ledger ? EXIT_DONE : site_open_ledger(&v->site, false);

		if (code != EXIT_DONE)
			return code;
		rc = verify_raw(v, &err);
	}
	if (rc < 0)
		return ledger_cmd_told(rc, &err);
	bool good = !v->faults && !v->unreadable && !v->raw_wrong && !v->index_wrong;

	if (v->json)
		print_json(v, log, &report, good);
	else
		print_words(v, log, &report, older.n > 0, with_raw);
	return good ? EXIT_DONE : EXIT_INPUT;
}

static bool has_index(const char *folder)
{
	char *path;

	if (asprintf(&path, "%s/index.db", folder) < 0)
		return false;
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static int run(struct verify *v, struct span older, bool with_raw)
{
	struct tlog *log;
	char *folder;
	struct err err;

	if (asprintf(&folder, "%s/ledger", v->site.state) < 0)
		return EXIT_SYSTEM;
	int rc = tlog_open(folder, TLOG_READ, NULL, &log, &err);

	v->index_there = has_index(folder);
	free(folder);
	if (rc < 0)
		return ledger_cmd_told(rc, &err);
	int code = verify_all(v, log, older, with_raw);

	tlog_close(log);
	return code;
}

int ledger_verify_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger verify", "",
		"Computes the whole log anew: records, hashes, signature.",
		"Every fault is told. Whoever kept an older checkpoint sees with --against whether "
		"the log\n"
		"still holds all that it held then.\n"
		"Exit codes: 0 all is right, 1 something is damaged, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL, *against = NULL;
	bool with_raw = false;
	struct verify v = {0};
	const struct option_row rows[] = {
		{"against", 'a', OPTION_STRING, &against, "FILE",
			"an older checkpoint that somebody kept ('-': standard input)"},
		{"raw", 0, OPTION_FLAG, &with_raw, NULL,
			"also that the raw evidence is what the records commit to"},
		{"json", 'j', OPTION_FLAG, &v.json, NULL, "one object"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct buf older = {0};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument");
	code = read_older(against, &older);
	if (code == EXIT_DONE)
		code = site_open(&v.site, config, state);
	if (code == EXIT_DONE) {
		code = run(&v, buf_span(&older), with_raw);
		site_close(&v.site);
	}
	buf_done(&older);
	return code;
}
