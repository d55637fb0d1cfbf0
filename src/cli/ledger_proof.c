/*
 * cordon ledger prove, raw, erase: what leaves the house. `prove` gives a record and its proof as
 * two files, or both in one text: the record's line, then the proof.
 */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
