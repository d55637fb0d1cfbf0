/* cordon ledger: the evidence. Its subcommands, what they share, and the smallest of them. */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "cli/term.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A writer would make a ledger where there is none; to look after one it must be there. */
static int must_be_there(const struct site *s)
{
	char *key;
	struct err err;

	if (asprintf(&key, "%s/ledger/log/key", s->state) < 0)
		return EXIT_SYSTEM;
	bool is_there = access(key, F_OK) == 0;

	free(key);
	if (is_there)
		return EXIT_DONE;
	err_set(&err, -ENOENT,
		"%s/ledger: there is no ledger; 'cordon ingest' and 'cordon feed import' make one",
		s->state);
	tell_error(&err);
	return EXIT_INPUT;
}

int ledger_cmd_open(struct site *site, bool write, const char *config, const char *state)
{
	int code = site_open(site, config, state);

	if (code == EXIT_DONE && write)
		code = must_be_there(site);
	if (code == EXIT_DONE)
		code = site_open_ledger(site, write);
	if (code != EXIT_DONE)
		site_close(site);
	return code;
}

int ledger_cmd_told(int rc, const struct err *err)
{
	tell_error(err);
	return rc == -ENOENT || rc == -ERANGE || rc == -EBADMSG ? EXIT_INPUT : EXIT_SYSTEM;
}

int ledger_cmd_seq(const struct usage *usage, const char *text, uint64_t *ret_seq)
{
	unsigned long long n;

	if (span_number(span_cstr(text), INT64_MAX - 1, &n) < 0)
		return usage_error(
			usage, "the index of a record is a number from 0, not '%s'", text);
	*ret_seq = n;
	return EXIT_DONE;
}

static void write_time(struct buf *to, int64_t at, bool day_only)
{
	char text[SIGHTING_TIME_TEXT];

	buf_printf(to, "%.*s", day_only ? 10 : 20, sighting_time_format(at, text));
}

static void sighting_words(const struct sighting *s, struct buf *to)
{
	char text[IP_TEXT];

	buf_str(to, "on ");
	write_time(to, s->at, s->day_only);
	buf_str(to, " ");
	if (s->where.ip.family == IP_NONE)
		clean_defanged(to, s->domain, 253);
	else if (s->where.length == (s->where.ip.family == IP_V4 ? 32 : 128))
		buf_str(to, ip_format(&s->where.ip, text));
	else
		buf_str(to, prefix_format(&s->where, text));
	if (s->port)
		buf_printf(to, " port %u", s->port);
	buf_printf(to, " was seen, for %s: %s", sighting_kind_name(s->kind),
		sighting_kind_words(s->kind));
	for (size_t i = 0; i < s->advertises; i++) {
		buf_str(to, i ? ", " : "; it advertises ");
		clean_defanged(to, s->advertised[i], 253);
	}
	if (s->campaign.n) {
		buf_str(to, "; campaign ");
		clean_text(to, s->campaign);
	}
	buf_str(to, "; seen by ");
	clean_text(to, s->source);
	buf_printf(to, ", %u %% sure", s->confidence);
}

void ledger_cmd_words(const struct record *r, struct buf *to)
{
	switch (r->type) {
	case RECORD_SIGHTING: sighting_words(&r->sighting, to); break;
	case RECORD_CAMPAIGN:
		buf_str(to, "campaign ");
		clean_text(to, r->campaign.campaign);
		buf_str(to, " turned out to be part of ");
		clean_text(to, r->campaign.into);
		break;
	case RECORD_NOTICE:
		buf_str(to, "notice ");
		clean_text(to, r->notice.name);
		buf_printf(to, " about AS%u went to %sAS%u", r->notice.asn,
			r->notice.to_upstreams ? "its upstream " : "", r->notice.to);
		break;
	case RECORD_ANSWER:
		buf_str(to, "on notice ");
		clean_text(to, r->answer.notice);
		buf_printf(to, " came back: %s, ", answer_words(r->answer.what));
		write_time(to, r->answer.at, false);
		break;
	case RECORD_ERASURE:
		buf_printf(to, "the raw evidence of record %llu was erased",
			(unsigned long long)r->erasure.record);
		break;
	case RECORD_CLOCK:
		buf_str(to, "the clock went backwards, from ");
		write_time(to, r->clock.before, false);
		break;
	case RECORD_TYPES: break;
	}
}

void ledger_cmd_hex(struct buf *to, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(to, "%02x", bytes[i]);
}

int ledger_cmd_file(const char *folder, const char *name, struct span bytes)
{
	struct err err;
	char *path = NULL;
	int rc = file_make_folder(folder, &err);

	if (rc == 0 && asprintf(&path, "%s/%s", folder, name) < 0)
		rc = err_sys(&err, -ENOMEM, "%s", folder);
	if (rc == 0)
		rc = file_replace(path, &bytes, 1, &err);
	free(path);
	return rc < 0 ? ledger_cmd_told(-EIO, &err) : EXIT_DONE;
}

/* Those without arguments that open the ledger and do one thing. */
static int run_plain(const struct usage *usage, int (*open)(struct site *), int argc, char **argv,
	int (*act)(struct ledger *l, struct err *err))
{
	const char *config = NULL, *state = NULL;
	const struct option_row rows[] = {SITE_OPTIONS(&config, &state), {0}};
	struct site site;
	struct err err;
	int code, rc = 0, first = option_read(usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(usage, "takes no argument");
	code = site_open(&site, config, state);
	if (code != EXIT_DONE)
		return code;
	code = open(&site);
	if (code == EXIT_DONE)
		rc = act(site.ledger, &err);
	site_close(&site);
	return rc < 0 ? ledger_cmd_told(rc, &err) : code;
}

static int open_to_read(struct site *s)
{
	return site_open_ledger(s, false);
}

static int open_anew(struct site *s)
{
	int code = must_be_there(s);

	return code == EXIT_DONE ? site_open_ledger_anew(s) : code;
}

static int print_checkpoint(struct ledger *l, struct err *err)
{
	struct span c = tlog_checkpoint(ledger_log(l));

	(void)err;
	fwrite(c.p, 1, c.n, stdout);
	return 0;
}

static int print_key(struct ledger *l, struct err *err)
{
	char text[256];

	(void)err;
	puts(note_key_format(tlog_key(ledger_log(l)), text));
	return 0;
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	progress_show(done, total, done, "records");
}

static int reindex(struct ledger *l, struct err *err)
{
	int rc = ledger_reindex(l, show_progress, NULL, err);

	progress_clear();
	if (rc == 0) {
		struct buf words = {0};

		buf_str(&words, "The index was made again from the log: ");
		words_count(&words, tlog_tree(ledger_log(l)).size, "record", "records");
		buf_str(&words, ".\n");
		fwrite(words.p, 1, words.n, stdout);
		buf_done(&words);
	}
	return rc;
}

static int checkpoint_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger checkpoint", "",
		"Prints the signed checkpoint of now: give it to somebody who keeps it.", NULL};

	return run_plain(&usage, open_to_read, argc, argv, print_checkpoint);
}

static int key_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger key", "",
		"Prints the public key by which others check proofs: publish it.", NULL};

	return run_plain(&usage, open_to_read, argc, argv, print_key);
}

static int reindex_main(int argc, char **argv)
{
	static const struct usage usage = {
		"ledger reindex", "", "Makes the index again, from the log alone.", NULL};

	return run_plain(&usage, open_anew, argc, argv, reindex);
}

int ledger_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"show", "records, by time, network, kind, campaign, host", ledger_show_main},
		{"verify", "compute the whole log anew", ledger_verify_main},
		{"prove", "a record and the proof that it is in the log", ledger_prove_main},
		{"check", "check a proof, with nothing but proof, record and key",
			ledger_check_main},
		{"raw", "the raw evidence of a record", ledger_raw_main},
		{"erase", "erase the raw evidence of a record for good", ledger_erase_main},
		{"export", "for programs: JSON, CSV, STIX, tiles", ledger_export_main},
		{"checkpoint", "the signed checkpoint of now", checkpoint_main},
		{"key", "the public key", key_main},
		{"reindex", "make the index again from the log", reindex_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon ledger",
		"The evidence: what was seen, in a log that cannot be changed without being found "
		"out.",
		argc, argv);
}
