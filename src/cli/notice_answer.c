/* cordon notice answer: what came back is put on record, the mail itself with the raw evidence. */
#include "cli/notice.h"

#include "base/file.h"
#include "net/day.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

struct arrival {
	struct notice_desk desk;
	const char *file, *date, *name;
	enum answer what;
	struct buf raw;
	int64_t at;
};

static bool answer_parse(const char *text, enum answer *ret)
{
	for (int i = 0; i < ANSWERS; i++)
		if (!strcasecmp(text, answer_name((enum answer)i))) {
			*ret = (enum answer)i;
			return true;
		}
	return false;
}

/* Two answers are the same when notice, kind, day and mail are. */
static int add(struct arrival *a, bool *ret_new, struct err *err)
{
	struct record r = {.type = RECORD_ANSWER, .answer = {span_cstr(a->name), a->what, a->at}};
	struct buf identity = {0};

	notice_identity(&identity, "answer", a->name);
	buf_printf(&identity, " %s %lld ", answer_name(a->what), (long long)(a->at / 86400));
	buf_add(&identity, buf_span(&a->raw));
	int rc = buf_ok(&identity) ? ledger_add(a->desk.site.ledger, &r, buf_span(&a->raw),
					     buf_span(&identity), ret_new, err)
				   : err_sys(err, -ENOMEM, "%s", a->name);

	buf_done(&identity);
	return rc < 0 ? rc : ledger_commit(a->desk.site.ledger, err);
}

static int run(struct arrival *a, const struct usage *usage)
{
	struct err err;
	int32_t day;
	bool new = false;
	int rc = 0, code = notice_desk_open(&a->desk, true);

	if (code != EXIT_DONE)
		return code;
	a->at = a->desk.now;
	if (a->date && day_parse(span_cstr(a->date), &day) < 0)
		return usage_error(usage, "--date: '%s' is no date like 2008-11-11", a->date);
	if (a->date)
		a->at = (int64_t)day * 86400;
	if (!notice_in_ledger(ledger_db(a->desk.site.ledger), a->name))
		rc = err_set(&err, -ENOENT,
			"%s: the ledger has no notice of that name that was sent; 'cordon notice "
			"list' "
			"shows them",
			a->name);
	if (rc == 0 && a->file)
		rc = file_read(a->file, VAULT_RAW_MOST, &a->raw, &err);
	if (rc == 0)
		rc = add(a, &new, &err);
	if (rc < 0)
		return notice_told(rc, &err);
	printf("%s: %s: %s\n", a->name, answer_words(a->what),
		new ? "recorded" : "the ledger has that already");
	return EXIT_DONE;
}

int notice_answer_main(int argc, char **argv)
{
	static const struct usage usage = {"notice answer",
		"NAME receipt|acted|promised|refused|bounced",
		"Records what came back on a notice.",
		"receipt: a ticket number only; acted: they say that they ended it; promised: they "
		"say\n"
		"that they will look at it; refused: they will not act; bounced: it could not be\n"
		"delivered. The mail is kept encrypted with the raw evidence, the ledger has its\n"
		"commitment.\n"
		"Exit codes: 0 done, 1 no such notice was sent, 2 usage, 3 the system failed."};
	struct arrival a = {0};
	const struct option_row rows[] = {
		{"file", 'f', OPTION_STRING, &a.file, "MAIL", "the mail ('-': standard input)"},
		{"date", 'd', OPTION_STRING, &a.date, "DATE", "when it came (default now)"},
		SITE_OPTIONS(&a.desk.config, &a.desk.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first != 2 || !answer_parse(argv[first + 1], &a.what))
		return usage_error(&usage, "a notice and one of receipt, acted, promised, refused, "
					   "bounced are wanted");
	a.name = argv[first];
	code = run(&a, &usage);
	buf_done(&a.raw);
	notice_desk_close(&a.desk);
	return code;
}
