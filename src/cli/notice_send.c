/* cordon notice approve, cordon notice send: nothing goes out but what somebody looked at. */
#include "case/notice_limit.h"
#include "cli/notice.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void print_state(const char *name, const char *sentence, bool json, const char *became)
{
	if (json)
		notice_print_json(json_pack(
			"{s:s, s:s, s:s}", "notice", name, "became", became, "said", sentence));
	else
		notice_say(name, sentence);
}

static int approve(const char *state, const char *name, int64_t now, bool quiet, bool json)
{
	struct notice_meta m;
	struct buf mail = {0};
	enum notice_state s;
	struct err err;
	int rc = notice_store_get(state, name, &m, &mail, &err);

	if (rc == 0)
		rc = notice_store_state(state, name, &s, &err);
	if (rc == 0 && s > NOTICE_APPROVED)
		rc = err_set(&err, -EINVAL, "%s: is not to be approved: %s", name,
			notice_state_words(s));
	if (rc == 0)
		rc = notice_store_approve(state, name, now, &err);
	if (rc == 0 && !quiet && !json) {
		printf("From %s, to", m.sender);
		for (size_t i = 0; i < m.contact.mails; i++)
			printf("%s %s", i ? "," : "", m.contact.mail[i]);
		printf(":\n\n");
		for (size_t i = 0; i < mail.n; i++)
			if (mail.p[i] != '\r')
				putchar(mail.p[i]);
		puts("");
	}
	buf_done(&mail);
	if (rc < 0)
		return notice_told(rc, &err);
	print_state(name, "approved as it is; 'cordon notice send' sends it", json, "approved");
	return EXIT_DONE;
}

int notice_approve_main(int argc, char **argv)
{
	static const struct usage usage = {"notice approve", "NAME...",
		"Shows the whole mail as it will be sent, and approves exactly these bytes.",
		"Any later change takes the approval back.\n"
		"Exit codes: 0 done, 1 a notice could not be approved, 2 usage, 3 the system "
		"failed."};
	struct notice_desk d = {0};
	bool quiet = false, json = false;
	const struct option_row rows[] = {
		{"quiet", 'q', OPTION_FLAG, &quiet, NULL, "do not show the mail"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "one JSON object a notice"},
		SITE_OPTIONS(&d.config, &d.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no notice given; 'cordon notice list' shows them");
	code = site_open(&d.site, d.config, d.state);
	for (; code != EXIT_SYSTEM && code != EXIT_USAGE && first < argc; first++) {
		int one = approve(d.site.state, argv[first], time(NULL), quiet, json);

		code = one > code ? one : code;
	}
	site_close(&d.site);
	return code;
}

/* What sending needs. */
struct post {
	struct notice_desk desk;
	struct smtp_relay relay;
	struct buf password;
	bool again, json;
};

static int allowed(void *context, const struct notice_meta *m, char said[256], struct err *err)
{
	struct post *p = context;
	const struct config_notice *c = &p->desk.site.config.notice;
	const struct notice_limits limits = {c->network_days, c->contact_daily, c->hourly};

	return notice_limit(ledger_db(p->desk.site.ledger), p->desk.site.state, &limits, m,
		p->desk.now, said, err);
}

static enum smtp_outcome deliver(void *context, const struct notice_meta *m, struct span mail,
	char said[SMTP_SAID], struct err *err)
{
	struct post *p = context;
	const char *to[CONTACT_MAILS_MOST];

	for (size_t i = 0; i < m->contact.mails; i++)
		to[i] = m->contact.mail[i];
	return smtp_send(&p->relay, m->sender, to, m->contact.mails, mail, said, err);
}

static bool recorded(void *context, const char *name)
{
	struct post *p = context;

	return notice_in_ledger(ledger_db(p->desk.site.ledger), name);
}

static int record(
	void *context, const struct notice_meta *m, struct span mail, int64_t at, struct err *err)
{
	struct post *p = context;
	struct record r = {
		.type = RECORD_NOTICE,
		.notice = {m->asn, span_cstr(m->name), m->to_upstreams, m->to},
	};
	struct buf identity = {0};
	bool new;

	(void)at; /* the ledger's own clock dates it */
	notice_identity(&identity, "notice", m->name);
	int rc = buf_ok(&identity)
			 ? ledger_add(p->desk.site.ledger, &r, mail, buf_span(&identity), &new, err)
			 : err_sys(err, -ENOMEM, "%s", m->name);

	buf_done(&identity);
	return rc < 0 ? rc : ledger_commit(p->desk.site.ledger, err);
}

static bool on_loopback(const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return !strncmp(host, "127.", 4) || !strncmp(host, "[::1]", 5) ||
	       !strncmp(host, "localhost", 9);
}

static int read_password(struct post *p, const char *path)
{
	struct err err;

	if (file_read(path, 1024, &p->password, &err) < 0) {
		tell_error(&err);
		return EXIT_USAGE;
	}
	struct span s = span_trim(buf_span(&p->password));

	if (s.n == 0 || span_index(s, '\n') >= 0) {
		err_set(&err, 0, "%s: is to hold the password alone, in one line", path);
		tell_error(&err);
		return EXIT_USAGE;
	}
	memmove(p->password.p, s.p, s.n);
	p->password.p[s.n] = '\0';
	p->relay.password = p->password.p;
	return EXIT_DONE;
}

static int set_up_relay(struct post *p)
{
	const struct config_notice *c = &p->desk.site.config.notice;
	struct smtp_relay *r = &p->relay;
	struct err err;

	if (!c->relay || !c->from || !contact_mail_ok(span_cstr(c->from))) {
		err_set(&err, 0,
			"nothing can be sent: set notice_relay = \"smtp://127.0.0.1:25\" and "
			"notice_from = \"abuse@mx.example.org\" in the configuration");
		tell_error(&err);
		return EXIT_USAGE;
	}
	*r = (struct smtp_relay){.url = c->relay,
		.user = c->user,
		.ca_file = c->ca_file,
		.helo = strrchr(c->from, '@') + 1};
	if (!c->tls)
		r->tls = on_loopback(c->relay) ? SMTP_TLS_MAY : SMTP_TLS_MUST;
	else
		r->tls = !strcmp(c->tls, "must")  ? SMTP_TLS_MUST
			 : !strcmp(c->tls, "may") ? SMTP_TLS_MAY
						  : SMTP_TLS_NEVER;
	if (c->user && r->tls != SMTP_TLS_MUST && strncmp(c->relay, "smtps:", 6) != 0 &&
		!on_loopback(c->relay)) {
		err_set(&err, 0,
			"notice_user: a password goes to %s only under notice_tls = \"must\"",
			c->relay);
		tell_error(&err);
		return EXIT_USAGE;
	}
	return c->user && c->password_file ? read_password(p, c->password_file) : EXIT_DONE;
}

static const char *const became_names[] = {[NOTICE_WENT] = "sent",
	[NOTICE_FINISHED] = "recorded",
	[NOTICE_WAS_SENT] = "was-sent",
	[NOTICE_WAITS] = "waits",
	[NOTICE_UNAPPROVED] = "not-approved",
	[NOTICE_UNCERTAIN] = "may-have-been-sent",
	[NOTICE_FAILED] = "failed"};

static int send_one(struct post *p, const char *name)
{
	const struct notice_sender s = {
		.state_dir = p->desk.site.state,
		.now = p->desk.now,
		.again = p->again,
		.context = p,
		.allowed = allowed,
		.deliver = deliver,
		.recorded = recorded,
		.record = record,
	};
	enum notice_sending became;
	char said[512] = "", words[600];
	struct err err;
	int rc = notice_send(&s, name, &became, said, &err);

	if (rc < 0)
		return notice_told(rc, &err);
	if (became == NOTICE_WENT)
		snprintf(words, sizeof(words), "sent; the relay says: %s", said);
	else
		snprintf(words, sizeof(words), "%s%s",
			became == NOTICE_WAITS || became == NOTICE_FAILED ? "not sent: " : "",
			said);
	print_state(name, words, p->json, became_names[became]);
	return became <= NOTICE_WAS_SENT ? EXIT_DONE : EXIT_INPUT;
}

/* Whether `send` without names takes it: what was approved, and what a crash left. */
static bool is_due(const struct post *p, const char *name)
{
	enum notice_state s;

	return notice_store_state(p->desk.site.state, name, &s, NULL) == 0 &&
	       (s == NOTICE_CHANGED || s == NOTICE_APPROVED || s == NOTICE_MAYBE ||
		       s == NOTICE_ACCEPTED);
}

static int send_all(struct post *p)
{
	char **names;
	size_t n, sent = 0;
	struct err err;
	int code = EXIT_DONE, rc = notice_store_names(p->desk.site.state, &names, &n, &err);

	if (rc < 0)
		return notice_told(rc, &err);
	for (size_t i = 0; i < n; i++) {
		if (code != EXIT_SYSTEM && is_due(p, names[i])) {
			int one = send_one(p, names[i]);

			code = one > code ? one : code;
			sent++;
		}
		free(names[i]);
	}
	free(names);
	if (sent == 0 && !p->json)
		puts("Nothing is approved and waits to be sent.");
	return code;
}

int notice_send_main(int argc, char **argv)
{
	static const struct usage usage = {"notice send", "[NAME...]",
		"Sends notices that were approved, all of them unless some are named.",
		"They go through the relay that is set (notice_relay), within the limits that are "
		"set,\n"
		"and each is recorded in the ledger.\n"
		"Exit codes: 0 done, 1 a notice was not sent, 2 usage, 3 the system failed."};
	struct post p = {0};
	const struct option_row rows[] = {
		{"again", 0, OPTION_FLAG, &p.again, NULL, "also what may have been sent already"},
		{"json", 'j', OPTION_FLAG, &p.json, NULL, "one JSON object a notice"},
		SITE_OPTIONS(&p.desk.config, &p.desk.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (p.again && first == argc)
		return usage_error(&usage, "--again is for notices that are named");
	code = notice_desk_open(&p.desk, true);
	if (code == EXIT_DONE)
		code = set_up_relay(&p);
	if (code == EXIT_DONE && first == argc)
		code = send_all(&p);
	for (; first < argc && (code == EXIT_DONE || code == EXIT_INPUT); first++) {
		int one = send_one(&p, argv[first]);

		code = one > code ? one : code;
	}
	if (p.password.p)
		explicit_bzero(p.password.p, p.password.n);
	buf_done(&p.password);
	notice_desk_close(&p.desk);
	return code;
}
