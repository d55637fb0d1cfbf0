/*
 * cordon ledger export: records for programs. JSON, CSV and STIX go to standard output or, whole or
 * not at all, into a file; tiles are the public folder of the log, copied so that a web server may
 * serve the copy while the log grows.
 */
#include "base/file.h"
#include "cli/ledger_cmd.h"
#include "cli/ledger_select.h"
#include "cli/ledger_stix.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_STIX, FORMAT_TILES };

/* --- records, one after another --- */

static void csv_text(struct buf *to, struct span s)
{
	struct buf clean = {0};

	clean_text(&clean, s);
	buf_byte(to, '"');
	/* What a table program would take for a formula is none. */
	if (clean.n && strchr("=+-@", clean.p[0]))
		buf_byte(to, '\'');
	for (size_t i = 0; i < clean.n; i++) {
		if (clean.p[i] == '"')
			buf_byte(to, '"');
		buf_byte(to, clean.p[i]);
	}
	buf_byte(to, '"');
	buf_done(&clean);
}

static void csv_sighting(struct buf *b, const struct ledger_row *row, const struct sighting *s)
{
	char text[IP_TEXT], time[SIGHTING_TIME_TEXT];
	bool one = s->where.length == (s->where.ip.family == IP_V4 ? 32 : 128);

	buf_printf(b, "%.*s,%s,", s->day_only ? 10 : 20, sighting_time_format(s->at, time),
		sighting_kind_name(s->kind));
	if (s->where.ip.family != IP_NONE)
		buf_str(b, one ? ip_format(&s->where.ip, text) : prefix_format(&s->where, text));
	else
		buf_add(b, s->domain);
	buf_byte(b, ',');
	if (s->port)
		buf_printf(b, "%u", s->port);
	buf_byte(b, ',');
	if (row->asn)
		buf_printf(b, "%u,%.*s,", row->asn, SPAN_ARG(row->prefix));
	else
		buf_str(b, ",,");
	if (row->asn)
		csv_text(b, row->holder);
	buf_printf(b, ",%.*s,%.*s,%u,", SPAN_ARG(s->campaign), SPAN_ARG(s->source), s->confidence);
	for (size_t i = 0; i < s->advertises; i++)
		buf_printf(b, "%s%.*s", i ? " " : "", SPAN_ARG(s->advertised[i]));
	buf_byte(b, ',');
}

/* The columns are told in cordon-ledger(1); what is no sighting has its words in the last. */
static void csv_row(struct buf *b, const struct ledger_row *row, const struct record *r)
{
	char time[SIGHTING_TIME_TEXT];
	struct buf words = {0};

	buf_printf(b, "%llu,%s,%s,", (unsigned long long)row->seq, record_type_name(r->type),
		sighting_time_format(r->logged, time));
	if (r->type == RECORD_SIGHTING) {
		csv_sighting(b, row, &r->sighting);
	} else {
		buf_str(b, ",,,,,,,,,,,");
		ledger_cmd_words(r, &words);
		csv_text(b, buf_span(&words));
	}
	buf_byte(b, '\n');
	buf_done(&words);
}

static int write_rows(FILE *to, struct ledger *l, const struct ledger_chosen *c, enum format format,
	struct err *err)
{
	struct buf text = {0}, scratch = {0}, out = {0};
	struct ledger_select *select = NULL;
	struct ledger_row row;
	struct record r;
	int rc = ledger_select_open(l, c, &select, err);

	if (rc == 0 && format == FORMAT_CSV)
		fputs("index,type,logged,seen,kind,host,port,asn,prefix,holder,campaign,source,"
		      "confidence,advertises,words\n",
			to);
	while (rc == 0 && (rc = ledger_select_next(select, &row, err)) > 0) {
		buf_clear(&text);
		buf_clear(&scratch);
		buf_clear(&out);
		rc = ledger_record(l, row.seq, &text, &scratch, &r, err);
		if (rc < 0)
			break;
		if (format == FORMAT_CSV)
			csv_row(&out, &row, &r);
		else
			buf_printf(&out, "{\"index\":%llu,\"record\":%.*s}\n",
				(unsigned long long)row.seq, SPAN_ARG(buf_span(&text)));
		if (!buf_ok(&out))
			rc = err_sys(err, -ENOMEM, "record %llu", (unsigned long long)row.seq);
		else if (fwrite(out.p, 1, out.n, to) < out.n)
			rc = err_sys(err, -errno, "writing");
	}
	ledger_select_close(select);
	buf_done(&text);
	buf_done(&scratch);
	buf_done(&out);
	return rc;
}

static int write_to(FILE *to, struct ledger *l, const struct ledger_chosen *c, enum format format,
	struct err *err)
{
	if (format != FORMAT_STIX)
		return write_rows(to, l, c, format, err);
	int rc = ledger_select_into_temp(l, c, err);

	return rc < 0 ? rc : ledger_stix_write(to, l, err);
}

/* Into PATH.part, which then takes its place. */
static int write_file(const char *path, struct ledger *l, const struct ledger_chosen *c,
	enum format format, struct err *err)
{
	char *part;

	if (asprintf(&part, "%s.part", path) < 0)
		return err_sys(err, -ENOMEM, "%s", path);
	FILE *to = fopen(part, "we");
	int rc = to ? write_to(to, l, c, format, err) : err_sys(err, -errno, "%s", part);

	if (rc == 0 && (fflush(to) != 0 || fsync(fileno(to)) != 0))
		rc = err_sys(err, -errno, "%s", part);
	if (to && fclose(to) != 0 && rc == 0)
		rc = err_sys(err, -errno, "%s", part);
	if (rc == 0 && rename(part, path) < 0)
		rc = err_sys(err, -errno, "%s", path);
	if (rc < 0 && to)
		unlink(part);
	free(part);
	return rc;
}

/* --- tiles --- */

/* nftw() has no context argument; one copy is made at a time. */
static struct {
	size_t skip; /* bytes of the folder's own path */
	const char *to;
	uint64_t files;
	struct err *err;
	int rc;
} copy;

/* Tiles never change, so what is there with the same size is there. The checkpoint comes last, so
 * that whoever reads the copy finds all that it names. */
static int copy_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + copy.skip;
	struct buf bytes = {0};
	struct stat there;
	char *to = NULL;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode) || !strcmp(name, "/checkpoint"))
		return 0;
	if (asprintf(&to, "%s%s", copy.to, name) < 0)
		copy.rc = err_sys(copy.err, -ENOMEM, "%s", path);
	if (copy.rc == 0 && (stat(to, &there) < 0 || there.st_size != st->st_size)) {
		copy.rc = file_read(path, (size_t)1 << 30, &bytes, copy.err);
		char *end = strrchr(to, '/');

		if (copy.rc == -ENOENT) { /* a tile that became full meanwhile */
			copy.rc = 0;
		} else if (copy.rc == 0) {
			*end = '\0';
			copy.rc = file_make_folder(to, copy.err);
			*end = '/';
			const struct span all = buf_span(&bytes);

			if (copy.rc == 0)
				copy.rc = file_replace(to, &all, 1, copy.err);
			copy.files++;
		}
	}
	buf_done(&bytes);
	free(to);
	return copy.rc;
}

static int read_checkpoint(const char *folder, struct buf *to, struct err *err)
{
	char *path;

	if (asprintf(&path, "%s/checkpoint", folder) < 0)
		return err_sys(err, -ENOMEM, "%s", folder);
	int rc = file_read(path, NOTE_MOST, to, err);

	free(path);
	return rc;
}

/* The folders in a copy may be read by a web server. */
static int open_folder(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_D ? chmod(path, 0755) : 0;
}

/* Copies until the log did not grow meanwhile, or a few times: then the last checkpoint that was
 * read before its tiles were copied is the copy's. */
static int copy_tiles(const char *from, const char *to, struct err *err)
{
	struct buf before = {0}, after = {0};
	int rc = read_checkpoint(from, &before, err);

	copy.skip = strlen(from);
	copy.to = to;
	copy.err = err;
	copy.rc = 0;
	for (int turn = 0; rc == 0 && turn < 5; turn++) {
		if (nftw(from, copy_one, 16, FTW_PHYS) != 0)
			rc = copy.rc ? copy.rc : err_sys(err, -errno, "%s", from);
		buf_clear(&after);
		if (rc == 0)
			rc = read_checkpoint(from, &after, err);
		if (rc == 0 && span_eq(buf_span(&before), buf_span(&after)))
			break;
		if (rc == 0 && turn < 4) {
			buf_clear(&before);
			buf_add(&before, buf_span(&after));
		}
	}
	const struct span checkpoint = buf_span(&before);
	char *path = NULL;

	if (rc == 0 && asprintf(&path, "%s/checkpoint", to) < 0)
		rc = err_sys(err, -ENOMEM, "%s", to);
	if (rc == 0)
		rc = file_replace(path, &checkpoint, 1, err);
	if (rc == 0 && nftw(to, open_folder, 16, FTW_PHYS) != 0)
		rc = err_sys(err, -errno, "%s", to);
	free(path);
	buf_done(&before);
	buf_done(&after);
	return rc;
}

static int export_tiles(const char *state, const char *out)
{
	struct err err;
	char *from;

	if (asprintf(&from, "%s/ledger/log", state) < 0)
		return EXIT_SYSTEM;
	int rc = copy_tiles(from, out, &err);

	free(from);
	if (rc < 0)
		return ledger_cmd_told(rc, &err);
	struct buf words = {0};

	buf_printf(&words, "%s: ", out);
	words_count(&words, copy.files, "file is", "files are");
	buf_str(&words, " new; a web server that serves it serves the log.\n");
	fwrite(words.p, 1, words.n, stdout);
	buf_done(&words);
	return EXIT_DONE;
}

/* --- the command --- */

static int export_rows(struct ledger *l, const struct ledger_chosen *c, int format, const char *out)
{
	struct err err;
	int rc = out ? write_file(out, l, c, (enum format)format, &err)
		     : write_to(stdout, l, c, (enum format)format, &err);

	if (rc == -EPIPE && !out)
		return EXIT_DONE; /* the reader has seen enough */
	return rc < 0 ? ledger_cmd_told(rc, &err) : EXIT_DONE;
}

int ledger_export_main(int argc, char **argv)
{
	static const struct usage usage = {"ledger export", "",
		"Writes records for programs: all, or those that the options choose.",
		"json: as 'show --json'. csv: a line a record, the first names the columns. stix: "
		"one STIX 2.1\n"
		"bundle of the sightings. tiles: a copy of the public log (c2sp.org/tlog-tiles), "
		"into the folder\n"
		"that --out names; the same folder again takes only what is new."};
	const char *config = NULL, *state = NULL, *out = NULL;
	struct ledger_filter f = LEDGER_FILTER_NONE;
	int format = FORMAT_JSON, code;
	const struct option_row rows[] = {
		{"format", 'f', OPTION_CHOICE, &format, "json|csv|stix|tiles",
			"how to write (json)"},
		{"out", 'o', OPTION_STRING, &out, "PATH", "file, for tiles folder, to write"},
		LEDGER_FILTER_OPTIONS(&f),
		SITE_OPTIONS(&config, &state),
		{0},
	};
	struct ledger_chosen chosen;
	struct site site;
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "takes no argument; --out names where to");
	if (format == FORMAT_TILES && !out)
		return usage_error(&usage, "--out names the folder that the tiles go to");
	code = ledger_select_read(&usage, &f, &chosen);
	if (code == EXIT_DONE)
		code = ledger_cmd_open(&site, false, config, state);
	if (code != EXIT_DONE)
		return code;
	if (format == FORMAT_TILES)
		code = export_tiles(site.state, out);
	else
		code = export_rows(site.ledger, &chosen, format, out);
	site_close(&site);
	return code;
}
