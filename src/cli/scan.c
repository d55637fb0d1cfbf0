/* cordon scan: judges mail, a row a message, and names the networks behind the spam. */
#include "cli/scanner.h"

#include <errno.h>
#include <stdio.h>

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	struct verdict *v;
	struct trace t;
	int rc = scanner_look(context, bench, m, rows, &v, &t);

	if (rc == 0 && v->action == ACTION_SPAM && !(m->kept = trace_keep(&t)))
		return -ENOMEM;
	return rc;
}

static int take(void *context, struct mail *m, struct err *err)
{
	return scanner_take(context, m, m->kept, err);
}

static void print_summary(const struct scanner *s)
{
	struct buf b = {0};

	buf_byte(&b, '\n');
	scanner_verdicts(s, &b);
	if (s->count[ACTION_SPAM]) {
		buf_byte(&b, '\n');
		scanner_networks(s, "the spam", &b);
	}
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static int run(struct scanner *s, const char *const *paths, size_t n)
{
	const struct mailrun mailrun = {.context = s, .look = look, .take = take};
	int code = scanner_begin(s);

	if (code == EXIT_DONE) {
		code = mailrun_paths(&mailrun, paths, n);
		if (s->format == SCANNER_TABLE)
			print_summary(s);
	}
	scanner_done(s);
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
	int format = SCANNER_TABLE, code;
	bool json = false;
	const struct option_row rows[] = {
		SCANNER_OPTIONS(&format, &json),
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no mail named ('-' is standard input)");
	struct site site;
	struct scanner s = {
		.site = &site, .format = json ? SCANNER_JSON : (enum scanner_format)format};

	code = site_open_all(&site, config, state);
	if (code == EXIT_DONE)
		code = run(&s, (const char *const *)argv + first, (size_t)(argc - first));
	site_close(&site);
	return code;
}
