/*
 * cordon ledger check: what a stranger does with what left the house. Neither configuration nor
 * state is opened: it must tell the same on any machine.
 *
 * No line of a proof begins with '{', so in a text of records with their proofs the next record is
 * found. A case is a folder whose sums the log's key has signed (ledger/sums.h).
 */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "ledger/proof.h"
#include "ledger/sums.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAMED_MOST 20 /* files that nobody signed, by name */

struct check_run {
	const struct usage *usage;
	struct note_key key;
	bool json;
	struct span raw, salt; /* of the raw evidence, to be held against the record */
	bool has_raw;
	bool quiet;    /* what holds is only counted */
	uint64_t held; /* records that do */
	uint64_t named;
	int code;
};

/* Whether salt and raw are what the record commits to. */
static int check_raw(const struct check_run *c, const struct record *r, struct err *err)
{
	uint8_t sum[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;

	if (!r->has_raw)
		return err_set(err, -EBADMSG, "the record commits to no raw evidence");
	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const uint8_t *)c->salt.p, c->salt.n);
	crypto_hash_sha256_update(&hash, (const uint8_t *)c->raw.p, c->raw.n);
	crypto_hash_sha256_final(&hash, sum);
	if (memcmp(sum, r->raw, sizeof(sum)))
		return err_set(
			err, -EBADMSG, "raw evidence and salt are not what the record commits to");
	return 0;
}

static void print_holds(
	const struct check_run *c, const struct record *r, const struct proof_said *said)
{
	char time[SIGHTING_TIME_TEXT];
	struct buf b = {0};

	buf_printf(&b, "The proof holds: this is record %llu of the log ",
		(unsigned long long)said->index);
	clean_text(&b, span_cstr(c->key.name));
	buf_str(&b, ", in the tree of ");
	words_count(&b, said->tree.size, "record", "records");
	buf_str(&b, " that its key signed.\n");
	if (c->has_raw)
		buf_str(&b, "The raw evidence is what the record commits to, byte for byte.\n");
	buf_str(&b, "It says: ");
	ledger_cmd_words(r, &b);
	buf_printf(&b,
		"; logged %s by the log's own clock.\n"
		"What this does not prove:\n"
		"- that it is true: it is what the keeper of the log wrote down, and cannot "
		"change or take\n"
		"  back without being found out;\n"
		"- that the key is theirs: take it from where they publish it;\n"
		"- that others are shown the same log: ask for their checkpoint, and have it "
		"compared\n"
		"  ('cordon ledger verify --against').\n",
		sighting_time_format(r->logged, time));
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static void print_json(bool holds, const struct proof_said *said, struct span record)
{
	if (holds)
		printf("{\"holds\":true,\"index\":%llu,\"size\":%llu,\"record\":%.*s}\n",
			(unsigned long long)said->index, (unsigned long long)said->tree.size,
			SPAN_ARG(record));
	else
		printf("{\"holds\":false}\n");
}

static void check_one(struct check_run *c, const char *name, struct span record, struct span proof)
{
	struct proof_said said;
	struct buf scratch = {0};
	struct record r;
	struct err err;

	/* A record ends without a line end; editors and shells add one. */
	if (record.n && record.p[record.n - 1] == '\n')
		record.n--;
	int rc = proof_check(record, proof, &c->key, &said, &err);

	if (rc == 0)
		rc = record_read(record, &scratch, &r, &err);
	if (rc == 0 && c->has_raw)
		rc = check_raw(c, &r, &err);
	c->held += rc == 0;
	if (c->json && !c->quiet)
		print_json(rc == 0, &said, record);
	else if (rc == 0 && !c->quiet)
		print_holds(c, &r, &said);
	if (rc < 0) {
		err_set(&err, rc, "%s: does not hold: %s", name, err.text);
		tell_error(&err);
		c->code = EXIT_INPUT;
	}
	buf_done(&scratch);
}

/* A text of `prove`: pairs of a record's line and a proof. */
static void check_pairs(struct check_run *c, const char *name, struct span text)
{
	struct err err;

	if (!text.n || text.p[0] != '{') {
		err_set(&err, -EBADMSG,
			"%s: does not begin with a record; name record and proof, or one file as "
			"'cordon ledger prove' prints it",
			name);
		tell_error(&err);
		c->code = EXIT_INPUT;
		return;
	}
	while (text.n) {
		ssize_t end = span_index(text, '\n');
		struct span record = span_take(text, end < 0 ? text.n : (size_t)end);

		text = span_skip(text, end < 0 ? text.n : (size_t)end + 1);
		ssize_t next = span_find(text, SPAN("\n{"));
		struct span proof = span_take(text, next < 0 ? text.n : (size_t)next + 1);

		text = span_skip(text, proof.n);
		check_one(c, name, record, proof);
	}
}

/* The key: as text, or the file that has it. */
static int read_key(struct check_run *c, const char *given)
{
	struct buf text = {0};
	struct err err;
	int rc = 0;

	if (!given)
		return usage_error(c->usage, "--key is needed: the log's public key, from where "
					     "its keeper publishes it");
	if (access(given, F_OK) == 0)
		rc = file_read(given, 4096, &text, &err);
	else
		buf_str(&text, given);
	if (rc == 0)
		rc = note_key_parse(span_trim(buf_span(&text)), &c->key, &err);
	buf_done(&text);
	if (rc == 0)
		return EXIT_DONE;
	err_set(&err, rc, "--key: %s", err.text);
	tell_error(&err);
	return EXIT_USAGE;
}

static int read_input(const char *path, size_t most, struct buf *to)
{
	struct err err;

	if (file_read(path, most, to, &err) == 0)
		return EXIT_DONE;
	tell_error(&err);
	return EXIT_INPUT;
}

/* Mail programs and file transfers change line ends. No line of a record or proof ends with a CR of
 * its own, so these are taken away. */
static void mend_line_ends(struct buf *text)
{
	size_t to = 0;

	for (size_t i = 0; i < text->n; i++)
		if (text->p[i] != '\r' || i + 1 == text->n || text->p[i + 1] != '\n')
			text->p[to++] = text->p[i];
	text->n = to;
}

static void check_files(struct check_run *c, const char *const *path, size_t n)
{
	struct buf first = {0}, proof = {0};

	c->code = read_input(path[0], (size_t)64 << 20, &first);
	mend_line_ends(&first);
	if (c->code == EXIT_DONE && n == 1)
		check_pairs(c, path[0], buf_span(&first));
	if (c->code == EXIT_DONE && n == 2)
		c->code = read_input(path[1], PROOF_MOST, &proof);
	mend_line_ends(&proof);
	if (c->code == EXIT_DONE && n == 2)
		check_one(c, path[1], buf_span(&first), buf_span(&proof));
	buf_done(&first);
	buf_done(&proof);
}

/* --- a case --- */

static void tell_file(void *context, bool known, const char *name, const char *what)
{
	struct check_run *c = context;
	struct buf b = {0};
	struct err err;

	if (!known && ++c->named > NAMED_MOST)
		return;
	clean_excerpt(&b, span_cstr(name), 200);
	buf_byte(&b, '\0');
	err_set(&err, 0, "%s: %s", buf_ok(&b) ? b.p : "a file", what);
	tell_error(&err);
	buf_done(&b);
}

/* The records of a case's folder, all of them, with the same key. */
static void check_records(struct check_run *c, const char *folder)
{
	char path[4096];
	struct buf text = {0};

	if ((size_t)snprintf(path, sizeof(path), "%s/records.txt", folder) >= sizeof(path))
		return;
	c->code = read_input(path, (size_t)64 << 20, &text);
	if (c->code == EXIT_DONE && text.n)
		check_pairs(c, path, buf_span(&text));
	buf_done(&text);
}

static void print_case(const struct check_run *c, const struct sums_report *r, bool holds)
{
	struct buf b = {0};

	if (c->json) {
		printf("{\"holds\":%s,\"files\":%llu,\"changed\":%llu,\"unsigned\":%llu,"
		       "\"records\":%llu}\n",
			holds ? "true" : "false", (unsigned long long)r->files,
			(unsigned long long)r->changed, (unsigned long long)r->unsigned_,
			(unsigned long long)c->held);
		return;
	}
	if (!holds)
		return;
	words_count(&b, r->files, "file is", "files are");
	buf_str(&b, " byte for byte what the key of the log ");
	clean_text(&b, span_cstr(c->key.name));
	buf_str(&b, " signed.\n");
	if (c->held) {
		words_count(&b, c->held, "record", "records");
		buf_str(&b, c->held == 1 ? " with its proof was" : " with their proofs were");
		buf_str(&b, " in that log.\n");
	}
	if (r->unsigned_) {
		words_count(&b, r->unsigned_, "file beside them is", "files beside them are");
		buf_str(&b, " not signed: take nothing from there.\n");
	}
	buf_str(&b, "What this does not prove:\n"
		    "- that what they say is true: it is what the keeper of the log wrote down;\n"
		    "- that the key is theirs: take it from where they publish it.\n");
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

/* A folder with SHA256SUMS.note, or a note of another name and the files beside it. */
static void check_case(struct check_run *c, const char *path)
{
	const struct sums_options options = {tell_file, c};
	struct sums_report report = {0};
	struct buf sums = {0};
	struct err err;
	int rc = sums_check(path, &c->key, &options, &sums, &report, &err);

	c->quiet = true;
	if (rc < 0) {
		err_set(&err, rc, "does not hold: %s", err.text);
		tell_error(&err);
		c->code = EXIT_INPUT;
	} else if (report.whole && sums_has(buf_span(&sums), "records.txt")) {
		check_records(c, path);
	}
	print_case(c, &report, c->code == EXIT_DONE);
	buf_done(&sums);
}

int ledger_check_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger check", "RECORD PROOF | FILE | --case DIR",
		"Checks that a record was in a log, or that a case file is as it was signed, with "
		"nothing but\n"
		"these files and the log's key.",
		"FILE is what 'cordon ledger prove' printed: records, each with its proof. No "
		"state "
		"is opened\n"
		"and nobody is asked. DIR is what 'cordon case' wrote.\n"
		"Exit codes: 0 it holds, 1 it does not, 2 usage."};
	const char *key = NULL, *raw = NULL, *salt = NULL, *folder = NULL;
	struct check_run c = {.usage = &usage};
	const struct option_row rows[] = {
		{"key", 'k', OPTION_STRING, &key, "KEY|FILE", "the log's public key; needed"},
		{"case", 0, OPTION_STRING, &folder, "DIR|NOTE",
			"a case: all files in it, and its records"},
		{"raw", 0, OPTION_STRING, &raw, "FILE", "also that this is the raw evidence"},
		{"salt", 0, OPTION_STRING, &salt, "FILE", "with this salt, which came with it"},
		{"json", 'j', OPTION_FLAG, &c.json, NULL, "an object a record"},
		{0},
	};
	struct buf raw_bytes = {0}, salt_bytes = {0};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (folder && (argc > first || raw || salt))
		return usage_error(&usage, "--case takes one folder, and no records beside it");
	if (!folder && (argc - first < 1 || argc - first > 2))
		return usage_error(&usage, "takes a record and its proof, one file with both, or "
					   "--case DIR");
	if (!raw != !salt)
		return usage_error(&usage, "--raw and --salt are given together");
	code = read_key(&c, key);
	if (code == EXIT_DONE && raw)
		code = read_input(raw, VAULT_RAW_MOST, &raw_bytes);
	if (code == EXIT_DONE && raw)
		code = read_input(salt, 4096, &salt_bytes);
	if (code == EXIT_DONE && folder) {
		check_case(&c, folder);
		code = c.code;
	} else if (code == EXIT_DONE) {
		c.has_raw = raw != NULL;
		c.raw = buf_span(&raw_bytes);
		c.salt = buf_span(&salt_bytes);
		check_files(&c, (const char *const *)argv + first, (size_t)(argc - first));
		code = c.code;
	}
	buf_done(&raw_bytes);
	buf_done(&salt_bytes);
	return code;
}
