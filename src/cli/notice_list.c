/* cordon notice list: what is drafted, what was sent, what came back, and whether it helped. */
#include "cli/notice.h"

#include "net/asn.h"
#include "net/day.h"
#include "show/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SENT_MOST 10000

struct listing {
	struct notice_desk desk;
	bool json;
	asn_t asn; /* 0: all */
	size_t shown;
};

/* When abuse from a network was seen last. */
static int64_t last_seen(sqlite3 *db, asn_t asn)
{
	sqlite3_stmt *q;
	int64_t at = 0;

	if (sqlite3_prepare_v2(db,
		    "SELECT max(s.at) FROM network w JOIN sighting s ON s.network = w.id"
		    " WHERE w.asn = ?1",
		    -1, &q, NULL) != SQLITE_OK)
		return 0;
	sqlite3_bind_int64(q, 1, asn);
	if (sqlite3_step(q) == SQLITE_ROW)
		at = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return at;
}

/* It ended when nothing was seen for the days that are set, since it was sent. */
static const char *outcome(const struct listing *l, const struct notice_past *p, int64_t last)
{
	int64_t quiet = l->desk.site.config.notice.quiet_days * 86400;

	if (l->desk.now - p->at < quiet)
		return "too-early";
	return l->desk.now - last < quiet ? "goes-on" : "ended";
}

static void print_row(const char *name, asn_t asn, asn_t to, const char *date, const char *state,
	const char *more)
{
	char about[16], whom[16];

	snprintf(about, sizeof(about), "AS%u", asn);
	snprintf(whom, sizeof(whom), "AS%u", to);
	printf("%-28s  %-12s  %-12s  %s  %s%s%s\n", name, about, whom, date, state,
		*more ? "; " : "", more);
}

static int show_sent(struct listing *l, const struct notice_past *p)
{
	int64_t last = last_seen(ledger_db(l->desk.site.ledger), p->asn);
	const char *how = outcome(l, p, last);
	char name[NOTICE_NAME_MOST + 1], date[DAY_TEXT], seen[DAY_TEXT] = "never";
	long long days = (l->desk.now - p->at) / 86400;
	struct buf more = {0};

	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(p->name));
	if (last)
		day_format((int32_t)(last / 86400), seen);
	l->shown++;
	if (l->json)
		return notice_print_json(
			json_pack("{s:s, s:I, s:I, s:b, s:s, s:I, s:I, s:s?, s:I, s:I, s:s}",
				"notice", name, "asn", (json_int_t)p->asn, "to", (json_int_t)p->to,
				"to_upstreams", p->to_upstreams, "state", "sent", "at",
				(json_int_t)p->at, "days", (json_int_t)days, "answer",
				p->answered ? answer_name(p->answer) : NULL, "since",
				(json_int_t)p->since, "last_seen", (json_int_t)last, "abuse", how));
	buf_printf(&more, "%s; ", p->answered ? answer_words(p->answer) : "no answer");
	words_count(&more, p->since, "sighting", "sightings");
	buf_printf(&more, " since, the last %s", seen);
	if (*how != 't')
		buf_printf(&more, "; the abuse %s", *how == 'e' ? "ended" : "goes on");
	buf_byte(&more, '\0');
	print_row(name, p->asn, p->to, day_format((int32_t)(p->at / 86400), date), "sent",
		buf_ok(&more) ? more.p : "");
	buf_done(&more);
	return EXIT_DONE;
}

static int show_stored(struct listing *l, const char *name)
{
	struct notice_meta m;
	enum notice_state s;
	char date[DAY_TEXT], more[CONTACT_MAIL_MOST + 8] = "";
	struct err err;
	int rc = notice_store_get(l->desk.site.state, name, &m, NULL, &err);

	if (rc == 0)
		rc = notice_store_state(l->desk.site.state, name, &s, &err);
	/* A draft that was cut off while it was made has no files yet. */
	if (rc < 0)
		return rc == -ENOENT ? EXIT_DONE : notice_told(rc, &err);
	if ((l->asn && m.asn != l->asn) || notice_in_ledger(ledger_db(l->desk.site.ledger), name))
		return EXIT_DONE;
	l->shown++;
	if (l->json)
		return notice_print_json(json_pack("{s:s, s:I, s:I, s:b, s:s, s:I, s:s}", "notice",
			name, "asn", (json_int_t)m.asn, "to", (json_int_t)m.to, "to_upstreams",
			m.to_upstreams, "state", notice_state_words(s), "at", (json_int_t)m.written,
			"recipient", m.contact.mails ? m.contact.mail[0] : ""));
	if (m.contact.mails)
		snprintf(more, sizeof(more), "to %s", m.contact.mail[0]);
	print_row(name, m.asn, m.to, day_format((int32_t)(m.written / 86400), date),
		notice_state_words(s), more);
	return EXIT_DONE;
}

static int show_all(struct listing *l)
{
	struct notice_past *past;
	size_t n;
	char **names;
	struct err err;
	int code = EXIT_DONE;
	int rc = notice_store_names(l->desk.site.state, &names, &n, &err);

	if (rc < 0)
		return notice_told(rc, &err);
	for (size_t i = 0; i < n; i++) {
		int one = show_stored(l, names[i]);

		code = one > code ? one : code;
		free(names[i]);
	}
	free(names);
	rc = notice_history(
		ledger_db(l->desk.site.ledger), l->asn, SENT_MOST, &l->desk.arena, &past, &n, &err);
	if (rc < 0)
		return notice_told(rc, &err);
	for (size_t i = 0; i < n; i++)
		show_sent(l, &past[i]);
	if (l->shown == 0 && !l->json)
		puts("There are no notices.");
	return code;
}

int notice_list_main(int argc, char **argv)
{
	static const struct usage usage = {"notice list", "[AS]",
		"Lists drafts, then what was sent, the newest first.",
		"Exit codes: 0 done, 1 there is no ledger or a notice is damaged, 2 usage,\n"
		"3 the system failed."};
	struct listing l = {0};
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &l.json, NULL, "one JSON object a notice"},
		SITE_OPTIONS(&l.desk.config, &l.desk.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first > 1 || (first < argc && asn_parse(span_cstr(argv[first]), &l.asn) < 0))
		return usage_error(&usage, "at most one AS number is wanted, such as AS64500");
	code = notice_desk_open(&l.desk, false);
	if (code == EXIT_DONE)
		code = show_all(&l);
	notice_desk_close(&l.desk);
	return code;
}
