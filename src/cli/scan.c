/* cordon scan: judges mail, a row a message, and names the networks behind the spam. */
#include "cli/mailrun.h"
#include "cli/report.h"
#include "cli/site.h"
#include "cli/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NETWORKS_SHOWN 15

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TSV };

struct scan {
	struct site site;
	struct networks *networks;
	enum format format;
	int width;
	unsigned long long count[3]; /* by enum action */
};

static int write_json(struct buf *rows, const struct origin_of_mail *o, const struct verdict *v,
	const struct trace *t)
{
	json_t *j = report_json(o, v, t);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	if (text) {
		buf_str(rows, text);
		buf_byte(rows, '\n');
	}
	json_decref(j);
	free(text);
	return text ? 0 : -ENOMEM;
}

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	struct scan *s = context;
	struct origin_of_mail o = {m->path, m->number, m->cut};
	struct verdict *v;
	struct trace t;
	int rc = judge_message(s->site.judge, bench, m->raw, &v);

	if (rc == 0)
		rc = trace_message(v->mp, v->m, &v->chain, s->site.shelf, NULL, &t);
	if (rc < 0)
		return rc;
	m->verdict = (int)v->action;
	if (v->action == ACTION_SPAM && !(m->kept = trace_keep(&t)))
		return -ENOMEM;
	switch (s->format) {
	case FORMAT_TABLE: report_table_row(rows, s->width, v); break;
	case FORMAT_TSV: report_tsv_row(rows, &o, v, &t); break;
	case FORMAT_JSON: return write_json(rows, &o, v, &t);
	}
	return 0;
}

static int take(void *context, struct mail *m, struct err *err)
{
	struct scan *s = context;

	s->count[m->verdict]++;
	if (m->kept && networks_add(s->networks, m->kept) < 0)
		return err_set(err, -ENOMEM, "memory is short");
	return 0;
}

static void print_head(const struct scan *s)
{
	struct buf b = {0};

	if (s->format == FORMAT_TABLE)
		report_table_head(&b, s->width);
	else if (s->format == FORMAT_TSV)
		report_tsv_head(&b);
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

/* What a person asks after the rows: how many, and who is behind them. */
static void print_summary(struct scan *s)
{
	uint64_t ham, spam;
	size_t n;
	const struct network *ranked = networks_ranked(s->networks, &n);
	struct buf b = {0};

	unsigned long long all = s->count[0] + s->count[1] + s->count[2];

	judge_learned(s->site.judge, &ham, &spam);
	buf_printf(&b, "\n%llu message%s: %llu ham, %llu unsure, %llu spam. ", all,
		all == 1 ? "" : "s", s->count[ACTION_HAM], s->count[ACTION_UNSURE],
		s->count[ACTION_SPAM]);
	if (ham + spam)
		buf_printf(&b, "This site has learned %llu ham and %llu spam.\n",
			(unsigned long long)ham, (unsigned long long)spam);
	else if (s->site.starter)
		buf_str(&b, "Nothing was learned here yet: the starter model judged.\n");
	else
		buf_str(&b,
			"Nothing was learned here yet and there is no starter model, so nothing "
			"could be told: 'cordon learn' teaches.\n");
	if (s->count[ACTION_SPAM]) {
		buf_str(&b, "\nThe networks behind the spam:\n");
		if (shelf_count(s->site.shelf))
			report_networks(&b, s->width, ranked, n, NETWORKS_SHOWN);
		else
			buf_str(&b, "not known: no table of networks is installed; 'cordon net "
				    "import FILE' installs one\n");
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static int run(struct scan *s, const char *const *paths, size_t n)
{
	const struct mailrun mailrun = {.context = s, .look = look, .take = take};

	s->networks = networks_new();
	if (!s->networks)
		return EXIT_SYSTEM;
	print_head(s);
	int code = mailrun_paths(&mailrun, paths, n);

	if (s->format == FORMAT_TABLE)
		print_summary(s);
	networks_free(s->networks);
	return code;
}

int scan_main(int argc, char **argv)
{
	static const struct usage usage = {"scan", "PATH...",
		"Judges mail: a message, '-', an mbox, a Maildir, an MH folder, or a tree of "
		"these.",
		"Prints what each message is, how likely it is spam, and the chief reason; then "
		"the\n"
		"networks behind the spam. Nothing is changed and nothing is asked of the "
		"network.\n"
		"json: one object a line. tsv: the first line names the columns.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL;
	int format = FORMAT_TABLE, code;
	bool json = false;
	const struct option_row rows[] = {
		{"format", 'f', OPTION_CHOICE, &format, "table|json|tsv", "how to write (table)"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "the same as --format json"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no mail named ('-' is standard input)");
	struct scan s = {.format = json ? FORMAT_JSON : (enum format)format, .width = term_width()};

	code = site_open_all(&s.site, config, state);
	if (code == EXIT_DONE)
		code = run(&s, (const char *const *)argv + first, (size_t)(argc - first));
	site_close(&s.site);
	return code;
}
