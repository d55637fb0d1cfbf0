/* cordon case: the case file of a network, as a page, as PDF and as JSON, with its proofs. */
#include "case/case_json.h"
#include "case/case_prove.h"
#include "case/case_read.h"
#include "case/case_write.h"
#include "cli/case_network.h"
#include "cli/case_rank.h"
#include "cli/cli.h"
#include "cli/site.h"
#include "net/asn.h"
#include "net/day.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct options {
	const char *config, *state, *out, *date;
	unsigned long window, records;
	bool json, raw;
	struct case_asked asked;
};

static int read_options(struct options *o, const struct usage *usage, const char *as)
{
	if (asn_parse(span_cstr(as), &o->asked.asn) < 0 || !o->asked.asn)
		return usage_error(usage, "'%s' is no AS number such as AS64500", as);
	o->asked.day = -1;
	if (o->date && day_parse(span_cstr(o->date), &o->asked.day) < 0)
		return usage_error(usage, "--date: '%s' is no date like 2008-11-11", o->date);
	if (o->window < 1 || o->window > CASE_WINDOW_MOST)
		return usage_error(usage, "--window takes 1 to %d days", CASE_WINDOW_MOST);
	if (o->records < 1 || o->records > CASE_RECORDS_MOST)
		return usage_error(usage, "--records takes 1 to %d", CASE_RECORDS_MOST);
	o->asked.window = (int32_t)o->window;
	o->asked.records = o->records;
	return EXIT_DONE;
}

/* What campaigns say is of use but not needed: without them their names are told. */
static struct campaigns *open_campaigns(const struct site *s)
{
	struct campaigns *campaigns = NULL;
	struct err err;
	int rc = campaigns_open(s->state, false, NULL, &campaigns, &err);

	if (rc < 0 && rc != -ENOENT)
		tell_error(&err);
	return rc < 0 ? NULL : campaigns;
}

static int fill(const struct options *o, struct site *s, struct case_file *c, struct err *err)
{
	struct case_asked asked = o->asked;

	asked.campaigns = open_campaigns(s);
	asked.raw = o->raw;
	int rc = case_read(ledger_db(s->ledger), &asked, c, err);

	campaigns_close(asked.campaigns);
	if (rc < 0)
		return rc;
	rc = case_network_fill(c, s->shelf, err);
	if (rc == 0)
		rc = case_rank_fill(c, ledger_db(s->ledger), s->shelf, err);
	if (rc == 0)
		rc = case_prove(c, ledger_log(s->ledger), err);
	if (rc == 0)
		rc = case_check(c, ledger_db(s->ledger), err);
	if (rc == 0 && o->raw)
		rc = case_quote(c, s->ledger, err);
	if (rc < 0)
		case_done(c);
	return rc;
}

static int print_json(const struct case_file *c)
{
	struct buf json = {0};
	struct err err;
	int code = EXIT_DONE;

	if (case_json(&json, c) == 0) {
		fwrite(json.p, 1, json.n, stdout);
		putchar('\n');
	} else {
		err_sys(&err, -ENOMEM, "case");
		tell_error(&err);
		code = EXIT_SYSTEM;
	}
	buf_done(&json);
	return code;
}

static void print_done(const struct case_file *c, const char *folder)
{
	struct buf words = {0};

	buf_printf(&words, "AS%u", c->asn);
	if (c->network.holder.n) {
		buf_byte(&words, ' ');
		clean_excerpt(&words, c->network.holder, 60);
	}
	buf_str(&words, ": ");
	words_count(&words, c->all.sightings, "sighting", "sightings");
	buf_str(&words, " of ");
	words_count(&words, c->all.hosts, "host", "hosts");
	buf_str(&words, "; ");
	if (c->led.all.sightings) {
		words_count(&words, c->led.all.sightings, "leads", "lead");
		buf_str(&words, " to ");
		words_count(&words, c->led.all.hosts, "host there; ", "hosts there; ");
	}
	words_count(&words, c->nrecord, "record", "records");
	buf_str(&words, " shown with proofs.\n");
	fwrite(words.p, 1, words.n, stdout);
	buf_done(&words);
	printf("Written: %s/case.html, case.pdf, case.json.\n", folder);
	if (c->signer)
		printf("Signed with the log's key. To check: cordon ledger check --key %s/key "
		       "--case %s\n",
			folder, folder);
	else if (c->nrecord)
		printf("To check: cordon ledger check --key %s/key %s/records.txt\n", folder,
			folder);
	if (!c->signer)
		fprintf(stderr, "cordon: the folder is not signed: %.*s\n",
			SPAN_ARG(c->why_unsigned));
}

static int write_out(const struct options *o, const struct case_file *c)
{
	char own[64], day[DAY_TEXT];
	const char *folder = o->out ? o->out : own;
	struct err err;

	snprintf(own, sizeof(own), "case-AS%u-%s", c->asn, day_format(c->day, day));
	if (case_write(folder, c, &err) < 0) {
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	print_done(c, folder);
	return EXIT_DONE;
}

static int run(const struct options *o)
{
	struct site s;
	struct case_file c;
	struct err err;
	int code = site_open(&s, o->config, o->state);

	if (code == EXIT_DONE)
		code = site_open_shelf(&s);
	if (code == EXIT_DONE)
		code = site_open_ledger(&s, false);
	if (code == EXIT_DONE && fill(o, &s, &c, &err) < 0) {
		tell_error(&err);
		code = EXIT_SYSTEM;
	} else if (code == EXIT_DONE) {
		code = o->json ? print_json(&c) : write_out(o, &c);
		case_done(&c);
	}
	site_close(&s);
	return code;
}

int case_main(int argc, char **argv)
{
	static const struct usage usage = {"case", "AS",
		"Writes the case file of a network: what the ledger holds about it, with proofs.",
		"AS is a number such as AS64500 or 64500. The folder gets case.html, case.pdf and "
		"case.json,\n"
		"the records that the case shows, and a proof of each that 'cordon ledger check' "
		"verifies\n"
		"offline. The same ledger and tables give the same files.\n"
		"Exit codes: 0 done, 1 there is no ledger, 2 usage, 3 the system failed."};
	struct options o = {.window = CASE_WINDOW, .records = CASE_RECORDS};
	const struct option_row rows[] = {
		{"out", 'o', OPTION_STRING, &o.out, "DIR", "where to (case-AS-DATE)"},
		{"date", 'd', OPTION_STRING, &o.date, "DATE",
			"the last day that counts (that of the newest sighting)"},
		{"window", 'w', OPTION_NUMBER, &o.window, "DAYS", "so many days up to it (365)"},
		{"records", 0, OPTION_NUMBER, &o.records, "N",
			"records shown behind a claim, at most 8 (4)"},
		{"raw", 0, OPTION_FLAG, &o.raw, NULL, "quote raw evidence too, redacted"},
		{"json", 'j', OPTION_FLAG, &o.json, NULL, "print the JSON; write no files"},
		SITE_OPTIONS(&o.config, &o.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first != 1)
		return usage_error(&usage, first == argc ? "no AS given" : "one AS at a time");
	code = read_options(&o, &usage, argv[first]);
	return finish_output(code == EXIT_DONE ? run(&o) : code);
}
