/*
 * cordon ledger prove, check, raw, erase: what leaves the house, and what a stranger does with it.
 *
 * `prove` gives a record and its proof as two files, or both in one text: the record's line, then
 * the proof. No line of a proof begins with '{', so `check` finds where the next record begins.
 * `check` opens neither configuration nor state: it must tell the same on any machine.
 */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "ledger/proof.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* --- prove --- */

static int prove_one(struct ledger *l, uint64_t seq, const char *folder)
{
	struct buf record = {0}, proof = {0};
	char name[64];
	struct err err;
	int rc = tlog_entry(ledger_log(l), seq, &record, &err), code = EXIT_DONE;

	if (rc == 0)
		rc = tlog_prove(ledger_log(l), seq, &proof, &err);
	if (rc == 0 && (!buf_ok(&record) || !buf_ok(&proof)))
		rc = err_sys(&err, -ENOMEM, "record %llu", (unsigned long long)seq);
	if (rc < 0) {
		code = ledger_cmd_told(rc, &err);
	} else if (folder) {
		snprintf(name, sizeof(name), "%llu.json", (unsigned long long)seq);
		code = ledger_cmd_file(folder, name, buf_span(&record));
		snprintf(name, sizeof(name), "%llu.tlog-proof", (unsigned long long)seq);
		if (code == EXIT_DONE)
			code = ledger_cmd_file(folder, name, buf_span(&proof));
	} else {
		fwrite(record.p, 1, record.n, stdout);
		putchar('\n');
		fwrite(proof.p, 1, proof.n, stdout);
	}
	buf_done(&record);
	buf_done(&proof);
	return code;
}

/* The key beside the proofs, for those who know whose folder it is. */
static int write_key(struct ledger *l, const char *folder)
{
	char text[257];

	note_key_format(tlog_key(ledger_log(l)), text);
	size_t n = strlen(text);

	text[n++] = '\n';
	return ledger_cmd_file(folder, "key", (struct span){text, n});
}

int ledger_prove_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger prove", "N...",
		"Writes records and the proofs that they are in the log.",
		"The record is a line of JSON, the proof the text of c2sp.org/tlog-proof below it; "
		"with --out\n"
		"they are the files N.json and N.tlog-proof, and beside them the public key. "
		"'cordon ledger\n"
		"check' reads either, on any machine."};
	const char *config = NULL, *state = NULL, *folder = NULL;
	const struct option_row rows[] = {
		{"out", 'o', OPTION_STRING, &folder, "DIR", "write files there"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct site site;
	uint64_t seq;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(
			&usage, "no record named; 'cordon ledger show' tells their indexes");
	for (int i = first; i < argc; i++)
		if ((code = ledger_cmd_seq(&usage, argv[i], &seq)) != EXIT_DONE)
			return code;
	code = ledger_cmd_open(&site, false, config, state);
	if (code != EXIT_DONE)
		return code;
	if (folder)
		code = write_key(site.ledger, folder);
	for (int i = first; i < argc && code != EXIT_SYSTEM; i++) {
		ledger_cmd_seq(&usage, argv[i], &seq);
		int one = prove_one(site.ledger, seq, folder);

		code = one > code ? one : code;
	}
	site_close(&site);
	return code;
}

/* --- check --- */

struct check_run {
	const struct usage *usage;
	struct note_key key;
	bool json;
	struct span raw, salt; /* of the raw evidence, to be held against the record */
	bool has_raw;
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
	if (c->json)
		print_json(rc == 0, &said, record);
	else if (rc == 0)
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

int ledger_check_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger check", "RECORD PROOF | FILE",
		"Checks that a record was in a log, with nothing but these files and the log's "
		"key.",
		"FILE is what 'cordon ledger prove' printed: records, each with its proof. No "
		"state "
		"is opened\n"
		"and nobody is asked.\n"
		"Exit codes: 0 it holds, 1 it does not, 2 usage."};
	const char *key = NULL, *raw = NULL, *salt = NULL;
	struct check_run c = {.usage = &usage};
	const struct option_row rows[] = {
		{"key", 'k', OPTION_STRING, &key, "KEY|FILE", "the log's public key; needed"},
		{"raw", 0, OPTION_STRING, &raw, "FILE", "also that this is the raw evidence"},
		{"salt", 0, OPTION_STRING, &salt, "FILE", "with this salt, which came with it"},
		{"json", 'j', OPTION_FLAG, &c.json, NULL, "an object a record"},
		{0},
	};
	struct buf raw_bytes = {0}, salt_bytes = {0};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first < 1 || argc - first > 2)
		return usage_error(&usage, "takes a record and its proof, or one file with both");
	if (!raw != !salt)
		return usage_error(&usage, "--raw and --salt are given together");
	code = read_key(&c, key);
	if (code == EXIT_DONE && raw)
		code = read_input(raw, VAULT_RAW_MOST, &raw_bytes);
	if (code == EXIT_DONE && raw)
		code = read_input(salt, 4096, &salt_bytes);
	if (code == EXIT_DONE) {
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

/* --- raw evidence --- */

static void explain_raw(uint64_t seq, const struct record *r, const char *folder)
{
	struct buf b = {0};
	unsigned long long n = seq;

	buf_printf(&b, "%sThis is the evidence as it came in: it names people. ",
		folder ? "" : "cordon: ");
	buf_str(&b, "Record ");
	buf_printf(&b, "%llu commits to it:\n", n);
	if (folder)
		buf_printf(
			&b, "  cat %s/%llu.salt %s/%llu.raw | sha256sum\n", folder, n, folder, n);
	else
		buf_str(&b, "  cat SALT RAW | sha256sum    (--salt writes the salt)\n");
	buf_str(&b, "gives ");
	ledger_cmd_hex(&b, r->raw, sizeof(r->raw));
	buf_str(&b, ", which is the record's \"raw\", there in base64url.\n");
	fwrite(b.p, 1, b.n, folder ? stdout : stderr);
	buf_done(&b);
}

static int write_raw(
	uint64_t seq, const struct record *r, struct span raw, struct span salt, const char *folder)
{
	char name[64];

	snprintf(name, sizeof(name), "%llu.raw", (unsigned long long)seq);
	int code = ledger_cmd_file(folder, name, raw);

	snprintf(name, sizeof(name), "%llu.salt", (unsigned long long)seq);
	if (code == EXIT_DONE)
		code = ledger_cmd_file(folder, name, salt);
	if (code == EXIT_DONE)
		explain_raw(seq, r, folder);
	return code;
}

static int give_raw(struct ledger *l, uint64_t seq, const char *folder, bool only_salt)
{
	struct buf raw = {0}, text = {0}, scratch = {0};
	uint8_t salt[32];
	struct record r;
	struct err err;
	int rc = ledger_record(l, seq, &text, &scratch, &r, &err), code = EXIT_DONE;

	if (rc == 0)
		rc = ledger_raw(l, seq, salt, &raw, &err);
	if (rc < 0)
		code = ledger_cmd_told(rc, &err);
	else if (folder)
		code = write_raw(seq, &r, buf_span(&raw),
			(struct span){(const char *)salt, sizeof(salt)}, folder);
	else {
		explain_raw(seq, &r, NULL);
		if (only_salt)
			fwrite(salt, 1, sizeof(salt), stdout);
		else
			fwrite(raw.p, 1, raw.n, stdout);
	}
	buf_done(&raw);
	buf_done(&text);
	buf_done(&scratch);
	return code;
}

int ledger_raw_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger raw", "N",
		"Writes the raw evidence of a record, such as the whole message, as it came in.",
		"With its salt anybody can check with sha256sum that it is what the record commits "
		"to. It\n"
		"names people: give it to nobody but whom it concerns."};
	const char *config = NULL, *state = NULL, *folder = NULL;
	bool salt = false;
	const struct option_row rows[] = {
		{"out", 'o', OPTION_STRING, &folder, "DIR", "as the files N.raw and N.salt there"},
		{"salt", 0, OPTION_FLAG, &salt, NULL, "the 32 bytes of the salt instead"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct site site;
	uint64_t seq;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first != 1)
		return usage_error(&usage, "takes the index of one record");
	if (!folder && isatty(STDOUT_FILENO))
		return usage_error(
			&usage, "this is a terminal: name a folder by --out, or a file by '>'");
	code = ledger_cmd_seq(&usage, argv[first], &seq);
	if (code == EXIT_DONE)
		code = ledger_cmd_open(&site, false, config, state);
	if (code != EXIT_DONE)
		return code;
	code = give_raw(site.ledger, seq, folder, salt);
	site_close(&site);
	return code;
}

int ledger_erase_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger erase", "N --yes",
		"Erases the raw evidence of a record, and its salt, for good.",
		"The record stays and every proof still holds; that it was erased is recorded. "
		"Copies and\n"
		"backups of the state directory are not reached."};
	const char *config = NULL, *state = NULL;
	bool yes = false;
	const struct option_row rows[] = {
		{"yes", 'y', OPTION_FLAG, &yes, NULL, "yes, for good; needed"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct site site;
	struct err err;
	uint64_t seq;
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first != 1)
		return usage_error(&usage, "takes the index of one record");
	code = ledger_cmd_seq(&usage, argv[first], &seq);
	if (code == EXIT_DONE && !yes)
		return usage_error(&usage, "what is erased does not come back: say --yes");
	if (code == EXIT_DONE)
		code = ledger_cmd_open(&site, true, config, state);
	if (code != EXIT_DONE)
		return code;
	int rc = ledger_erase(site.ledger, seq, &err);

	site_close(&site);
	if (rc < 0)
		return ledger_cmd_told(rc, &err);
	printf("The raw evidence of record %llu is gone, and that is recorded.\n",
		(unsigned long long)seq);
	return EXIT_DONE;
}
