/*
 * cordon ingest: scans mail, and what is abuse goes into the ledger.
 *
 * Workers judge, trace, and take a campaign's print; the calling thread goes through the abuse in
 * order: what the ledger has already is left alone, the rest is put into its campaign and then into
 * the ledger, which makes batches durable. Campaigns are saved at the end with how far the ledger
 * was; what a crash takes from them is put again at the next start (campaign_catch_up.h).
 */
#include "cli/campaign_catch_up.h"
#include "cli/scanner.h"
#include "ledger/merges.h"
#include "mail/identity.h"
#include "show/words.h"
#include "trace/mail_sighting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct ingest {
	struct site site;
	struct scanner scanner;
	struct mail_sighting_rules rules;
	struct campaigns *campaigns;
	uint64_t key;    /* of their prints */
	uint64_t before; /* records in the ledger at the start */
	/* Abusive messages: made sightings, by kind; known already; left out. */
	uint64_t made[SIGHTING_KINDS], known, no_source, no_date, unfit;
	bool failed; /* the ledger took no more */
};

/* What a worker leaves of an abusive message. */
struct abuse {
	struct digest identity;
	enum mail_sighting_lack lack;
	struct mail_sighting sighting;
	struct trace *trace;
	struct campaign_print *print;
};

static void drop(void *kept)
{
	struct abuse *c = kept;

	free(c->trace);
	free(c->print);
	free(c);
}

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	const struct ingest *in = context;
	struct verdict *v;
	struct trace t;
	int rc = scanner_look(&in->scanner, bench, m, rows, &v, &t);

	if (rc < 0 || (v->action != ACTION_SPAM && !in->rules.trap))
		return rc;
	struct abuse *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	m->kept = c;
	c->lack = mail_sighting_make(v, &t, &in->rules, &c->sighting);
	if (c->lack)
		return 0;
	c->identity = identity_digest(v->m);
	c->trace = trace_keep(&t);
	c->print = campaign_print_take(in->key, v->mp, v->m);
	return c->trace && c->print ? 0 : -ENOMEM;
}

static int add(struct ingest *in, struct abuse *c, struct span raw, struct err *err)
{
	const struct span identity = {(const char *)c->identity.byte, DIGEST_BYTES};
	struct sighting *s = &c->sighting.sighting;
	struct campaign_put put;
	bool is_new;

	if (ledger_has(in->site.ledger, identity)) {
		in->known++;
		return 0;
	}
	if (campaigns_put(in->campaigns, c->print, s->at, &put) < 0)
		return err_sys(err, -ENOMEM, "campaigns");
	s->campaign = span_cstr(put.name);
	int rc = ledger_add_sighting(in->site.ledger, s, raw, identity, &is_new, err);

	if (rc == -EINVAL) { /* no message may end the run by what is in it */
		tell_error(err);
		in->unfit++;
		return 0;
	}
	if (rc == 0)
		rc = ledger_add_merges(in->site.ledger, &put, err);
	in->made[s->kind] += rc == 0;
	return rc;
}

static int take(void *context, struct mail *m, struct err *err)
{
	struct ingest *in = context;
	struct abuse *c = m->kept;
	int rc = 0;

	if (c && c->lack == MAIL_SIGHTING_MADE)
		rc = add(in, c, m->raw, err);
	else if (c && c->lack == MAIL_SIGHTING_NO_SOURCE)
		in->no_source++;
	else if (c)
		in->no_date++;
	in->failed = rc < 0;
	return rc < 0 ? rc : scanner_take(&in->scanner, m, c ? c->trace : NULL, err);
}

static uint64_t all_made(const struct ingest *in)
{
	uint64_t n = 0;

	for (int i = 0; i < SIGHTING_KINDS; i++)
		n += in->made[i];
	return n;
}

/* The campaigns that this run's sightings are in: how many, and how many of them are new. */
static void count_campaigns(const struct ingest *in, uint64_t *ret_all, uint64_t *ret_new)
{
	static const char sql[] =
		"SELECT count(*), coalesce(sum(first >= ?1), 0) FROM"
		" (SELECT min(s.seq) AS first FROM sighting s JOIN campaign c ON c.id = s.campaign"
		"  WHERE coalesce(c.parent, c.id) IN"
		"   (SELECT coalesce(d.parent, d.id) FROM sighting t JOIN campaign d"
		"    ON d.id = t.campaign WHERE t.seq >= ?1)"
		"  GROUP BY coalesce(c.parent, c.id))";
	sqlite3_stmt *q;

	*ret_all = *ret_new = 0;
	if (sqlite3_prepare_v2(ledger_db(in->site.ledger), sql, -1, &q, NULL) != SQLITE_OK)
		return;
	sqlite3_bind_int64(q, 1, (sqlite3_int64)in->before);
	if (sqlite3_step(q) == SQLITE_ROW) {
		*ret_all = (uint64_t)sqlite3_column_int64(q, 0);
		*ret_new = (uint64_t)sqlite3_column_int64(q, 1);
	}
	sqlite3_finalize(q);
}

static void write_kinds(const struct ingest *in, struct buf *to)
{
	const char *before = " (";

	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (in->made[i]) {
			buf_printf(to, "%s%llu %s", before, (unsigned long long)in->made[i],
				sighting_kind_name((enum sighting_kind)i));
			before = ", ";
		}
	buf_str(to, *before == ',' ? ")" : "");
}

static void write_left_out(struct buf *to, uint64_t n, const char *why)
{
	if (!n)
		return;
	words_count(to, n, "message was", "messages were");
	buf_printf(to, " left out: %s.\n", why);
}

/* What a person asks after a run: what is new, what was left out and why, what is held now. */
static void print_summary(const struct ingest *in)
{
	const struct tlog *log = ledger_log(in->site.ledger);
	uint64_t campaigns, new_ones;
	struct buf b = {0};

	count_campaigns(in, &campaigns, &new_ones);
	buf_byte(&b, '\n');
	scanner_verdicts(&in->scanner, &b);
	buf_str(&b, "\nInto the ledger: ");
	words_count(&b, all_made(in), "new sighting", "new sightings");
	write_kinds(in, &b);
	buf_str(&b, "; ");
	words_count(&b, in->known, "was", "were");
	buf_str(&b, " there already.\n");
	write_left_out(&b, in->no_source, "no believed Received line names who handed it in");
	write_left_out(&b, in->no_date, "nothing says when it came, or it says a time to come");
	write_left_out(&b, in->unfit, "the ledger refuses what they would say, as told");
	if (campaigns) {
		buf_str(&b, "The new ones are in ");
		words_count(&b, campaigns, "campaign", "campaigns");
		buf_str(&b, ", of which ");
		words_count(&b, new_ones, "is new", "are new");
		buf_str(&b, ".\n");
	}
	buf_printf(&b, "It is the log %s and holds ", tlog_key(log)->name);
	words_count(&b, tlog_tree(log).size, "record", "records");
	buf_str(&b, ".\n");
	if (all_made(in) + in->known) {
		buf_byte(&b, '\n');
		scanner_networks(&in->scanner, "the abuse", &b);
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

/* The same for programs, when no rows were asked for. */
static void print_json(const struct ingest *in)
{
	const struct tlog *log = ledger_log(in->site.ledger);
	uint64_t campaigns, new_ones;
	json_t *kinds = json_object();

	count_campaigns(in, &campaigns, &new_ones);
	for (int i = 0; i < SIGHTING_KINDS; i++)
		json_object_set_new(kinds, sighting_kind_name((enum sighting_kind)i),
			json_integer((json_int_t)in->made[i]));
	json_t *j = json_pack("{s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:I}", "ham",
		(json_int_t)in->scanner.count[ACTION_HAM], "unsure",
		(json_int_t)in->scanner.count[ACTION_UNSURE], "spam",
		(json_int_t)in->scanner.count[ACTION_SPAM], "new", kinds, "known",
		(json_int_t)in->known, "without_source", (json_int_t)in->no_source, "without_date",
		(json_int_t)in->no_date, "unfit", (json_int_t)in->unfit, "campaigns",
		(json_int_t)campaigns, "campaigns_new", (json_int_t)new_ones, "log",
		tlog_key(log)->name, "records", (json_int_t)tlog_tree(log).size);

	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

/* Makes durable what the run has gathered; campaigns behind the ledger, whose size they keep. */
static int commit(struct ingest *in)
{
	const char *stands =
		"the ledger holds what it held before the last batch; mail that is taken "
		"in again counts once";
	struct err err = {""};
	int rc = in->failed ? -EIO : ledger_commit(in->site.ledger, &err);

	if (rc == 0) {
		stands = "the ledger has all of it; the next run puts the campaigns level with it";
		rc = campaigns_save(
			in->campaigns, tlog_tree(ledger_log(in->site.ledger)).size, &err);
	}
	if (rc == 0 && !ledger_is_behind(in->site.ledger))
		return EXIT_DONE;
	if (rc == 0)
		stands = "the ledger has all of it; the next run puts the index level with it";
	else if (!in->failed)
		tell_error(&err);
	fprintf(stderr, "cordon: %s\n", stands);
	return EXIT_SYSTEM;
}

static int open_campaigns(struct ingest *in)
{
	struct err err;
	int rc = campaigns_open(in->site.state, true, NULL, &in->campaigns, &err);

	if (rc == 0)
		rc = campaign_catch_up(in->campaigns, in->site.ledger, &err);
	if (rc == 0) {
		in->key = campaigns_key(in->campaigns);
		return EXIT_DONE;
	}
	tell_error(&err);
	return EXIT_SYSTEM;
}

static int run(struct ingest *in, const char *const *paths, size_t n)
{
	const struct mailrun mailrun = {.context = in,
		.look = look,
		.take = take,
		.drop = drop,
		.kept_bytes = sizeof(struct abuse) + CAMPAIGN_PRINT_MOST / 4};
	int code = open_campaigns(in);

	in->before = tlog_tree(ledger_log(in->site.ledger)).size;
	if (code == EXIT_DONE)
		code = scanner_begin(&in->scanner);
	if (code != EXIT_DONE)
		return code;
	code = mailrun_paths(&mailrun, paths, n);
	int committed = commit(in);

	code = committed > code ? committed : code;
	if (code == EXIT_SYSTEM)
		return code;
	if (in->scanner.format == SCANNER_TABLE)
		print_summary(in);
	else if (in->scanner.quiet)
		print_json(in);
	return code;
}

/* Whether the ledger takes that for the name of a source. */
static bool is_source(struct span name)
{
	const struct sighting s = {.at = 1791280800,
		.where = {.ip = {.family = IP_V4}},
		.source = name,
		.confidence = 1};
	const char *field;

	return sighting_check(&s, &field) == 0;
}

int ingest_main(int argc, char **argv)
{
	static const struct usage usage = {"ingest", "PATH...",
		"Judges mail as scan does, and puts what is abuse into the ledger.",
		"Each message called spam becomes a sighting: who handed it in, when, what kind of "
		"abuse,\n"
		"what it advertises, which campaign it is of. The message itself is kept "
		"encrypted, "
		"apart\n"
		"from the log, for as long as the configuration says. Taking the same mail in "
		"twice "
		"adds\n"
		"nothing.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL, *source = NULL;
	int format = SCANNER_TABLE, code;
	bool json = false;
	struct ingest in = {.rules = {.now = time(NULL), .kind = -1}};
	const struct option_row rows[] = {
		SCANNER_OPTIONS(&format, &json),
		{"quiet", 'q', OPTION_FLAG, &in.scanner.quiet, NULL,
			"no rows, only what came of it; with --json one object"},
		{"trap", 0, OPTION_FLAG, &in.rules.trap, NULL,
			"all of it is abuse: mail of an address that no honest mail comes to"},
		{"kind", 'k', OPTION_CHOICE, &in.rules.kind, "spam|phish|malware",
			"what kind of abuse it is (the findings tell)"},
		{"source", 0, OPTION_STRING, &source, "NAME",
			"who saw it, for the records (mail, of a trap: trap)"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no mail named ('-' is standard input)");
	in.rules.source = span_cstr(source ? source : in.rules.trap ? "trap" : "mail");
	if (!is_source(in.rules.source))
		return usage_error(&usage,
			"--source takes 1 to %d of a-z, 0-9, '.', '_' and '-', not '%s'",
			SIGHTING_SOURCE_MOST, source);
	in.scanner.site = &in.site;
	in.scanner.format = json ? SCANNER_JSON : (enum scanner_format)format;
	code = site_open_all(&in.site, config, state);
	if (code == EXIT_DONE)
		code = site_open_ledger(&in.site, true);
	if (code == EXIT_DONE)
		code = run(&in, (const char *const *)argv + first, (size_t)(argc - first));
	scanner_done(&in.scanner);
	campaigns_close(in.campaigns);
	site_close(&in.site);
	return code;
}
