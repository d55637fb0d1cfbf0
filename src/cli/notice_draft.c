/*
 * cordon notice draft: gathers, finds the contact, writes, stores and shows. Nothing is sent; and
 * nobody is asked but the registries, and they only when neither the own list nor what they said
 * before has the answer.
 */
#include "cli/notice.h"

#include "base/file.h"
#include "case/arf_write.h"
#include "case/rdap_fetch.h"
#include "ledger/tlog.h"
#include "net/asn.h"
#include "net/day.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY_SECONDS    86400
#define WINDOW_USUAL   14
#define UPSTREAMS_MOST 3

enum { TO_NETWORK, TO_UPSTREAMS };

struct draft {
	struct notice_desk desk;
	const struct usage *usage;
	const char *date, *attach;
	int to;
	unsigned long window;
	bool early, json, offline;
	asn_t asn;
	int64_t until;
	struct buf list; /* the own contacts */
	struct buf attached;
	struct notice_case file; /* for upstreams */
	struct notice_facts facts;
	struct message_parser *mp;
	uint8_t key[ARF_KEY_BYTES];
	char log_key[256];
};

static int get_record(void *context, uint64_t seq, struct buf *to)
{
	struct buf scratch = {0};
	struct record r;
	int rc = ledger_record(context, seq, to, &scratch, &r, NULL);

	buf_done(&scratch);
	return rc;
}

static int get_proof(void *context, uint64_t seq, struct buf *to)
{
	return tlog_prove(ledger_log(context), seq, to, NULL);
}

static int get_raw(void *context, uint64_t seq, struct buf *to)
{
	uint8_t salt[32];

	return ledger_raw(context, seq, salt, to, NULL);
}

/* Who writes; without an address nothing can be written. */
static int check_sender(const struct draft *d)
{
	const struct config_notice *c = &d->desk.site.config.notice;
	struct err err;

	if (c->from && contact_mail_ok(span_cstr(c->from)))
		return EXIT_DONE;
	err_set(&err, -EINVAL,
		"notices need an address that answers go to: set notice_from = "
		"\"abuse@mx.example.org\" in the configuration%s%s",
		c->from ? "; it is no address: " : "", c->from ? c->from : "");
	tell_error(&err);
	return EXIT_USAGE;
}

static int read_list(struct draft *d)
{
	const char *path = d->desk.site.config.notice.contacts;
	struct err err;
	int rc = path ? file_read(path, CONTACT_LIST_MOST, &d->list, &err) : 0;

	if (rc == 0 && path)
		rc = contact_list_check(buf_span(&d->list), path, &err);
	return rc < 0 ? notice_told(rc, &err) : EXIT_DONE;
}

/* An address of the network that abuse was seen at, to ask the registry about. */
static bool an_address(const struct notice_facts *f, struct ip *ret_ip)
{
	struct prefix p;

	for (size_t i = 0; i < f->hosts; i++)
		if (prefix_parse(f->host[i].name, &p) == 0 && ip_may_look_up(&p.ip)) {
			*ret_ip = p.ip;
			return true;
		}
	return false;
}

/* Always gives one, with a sentence where it comes from or why there is none. */
static void find_contact(struct draft *d, asn_t asn, struct contact *ret)
{
	const struct config_notice *c = &d->desk.site.config.notice;
	const struct rdap_options o = {
		.state_dir = d->desk.site.state,
		.bootstrap = c->rdap_bootstrap,
		.now = d->desk.now,
		.days = (int)c->rdap_days,
		.offline = d->offline,
	};
	struct ip ip = {0};
	struct err err;

	if (contact_list_find(buf_span(&d->list), asn, ret))
		return;
	if (asn != d->asn || !an_address(&d->facts, &ip))
		ip.family = IP_NONE;
	if (rdap_contact(&o, asn, ip.family == IP_NONE ? NULL : &ip, ret, &err) < 0)
		tell_error(&err);
}

static struct xarf_party who_writes(const struct draft *d)
{
	const struct config_notice *c = &d->desk.site.config.notice;
	struct span mail = span_cstr(c->from);

	return (struct xarf_party){
		.org = c->name ? span_cstr(c->name) : mail,
		.mail = mail,
		.domain = span_skip(mail, (size_t)span_rindex(mail, '@') + 1),
	};
}

/* Writes the notice under a name that is there. */
static int write_mail(struct draft *d, const char *name, asn_t to, const struct contact *contact,
	struct buf *mail, struct buf *words)
{
	const struct notice_evidence evidence = {
		d->desk.site.ledger, get_record, get_proof, get_raw, d->log_key};
	const char *file = d->attach ? strrchr(d->attach, '/') : NULL;
	const struct notice_case *c = &d->file;
	struct notice_attachment attachment[4];
	size_t attachments = 0;

	if (c->pdf.n)
		attachment[attachments++] = (struct notice_attachment){
			c->pdf_name, "application/pdf", buf_span(&c->pdf)};
	/* As bytes: mail programs write text with other line ends, which the note does not sign. */
	if (c->records.n)
		attachment[attachments++] = (struct notice_attachment){
			c->records_name, "application/octet-stream", buf_span(&c->records)};
	if (c->note.n)
		attachment[attachments++] = (struct notice_attachment){
			c->note_name, "application/octet-stream", buf_span(&c->note)};
	if (d->attach)
		attachment[attachments++] = (struct notice_attachment){file ? file + 1 : d->attach,
			"application/octet-stream", buf_span(&d->attached)};
	const struct notice n = {
		.name = name,
		.facts = &d->facts,
		.to_upstreams = d->to == TO_UPSTREAMS,
		.to_asn = to,
		.to = contact,
		.by = who_writes(d),
		.written = d->desk.now,
		.quiet_days = (int)d->desk.site.config.notice.quiet_days,
		.relays = &d->desk.site.relays,
		.key = d->key,
		.evidence = &evidence,
		.attachment = attachment,
		.attachments = attachments,
	};

	notice_words(&n, words);
	return notice_write(d->mp, &n, mail);
}

static int store(struct draft *d, const char *name, asn_t to, const struct contact *contact,
	struct span mail, struct err *err)
{
	struct notice_meta m = {
		.asn = d->asn,
		.to = to,
		.to_upstreams = d->to == TO_UPSTREAMS,
		.contact = *contact,
		.written = d->desk.now,
		.from = d->facts.from,
		.until = d->facts.until,
		.sightings = d->facts.sightings,
		.hosts = d->facts.hosts,
	};

	snprintf(m.name, sizeof(m.name), "%s", name);
	snprintf(m.sender, sizeof(m.sender), "%s", d->desk.site.config.notice.from);
	return notice_store_put(d->desk.site.state, &m, mail, err);
}

static json_t *draft_json(const struct draft *d, const char *name, asn_t to,
	const struct contact *c, const struct buf *words)
{
	json_t *mails = json_array();

	for (size_t i = 0; i < c->mails; i++)
		json_array_append_new(mails, json_string(c->mail[i]));
	return json_pack("{s:s?, s:I, s:I, s:b, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s#}",
		"notice", name, "asn", (json_int_t)d->asn, "to", (json_int_t)to, "to_upstreams",
		d->to == TO_UPSTREAMS, "recipients", mails, "contact", contact_from_name(c->from),
		"contact_said", c->said, "from", (json_int_t)d->facts.from, "until",
		(json_int_t)d->facts.until, "sightings", (json_int_t)d->facts.sightings, "hosts",
		(json_int_t)d->facts.hosts, "led", (json_int_t)d->facts.led.sightings, "words",
		words->p ? words->p : "", words->n);
}

static void tell_contact(asn_t to, const struct contact *c)
{
	struct err err;

	err_set(&err, 0, "AS%u has no address to write to: %s%s", to, c->said,
		c->from == CONTACT_STOP ? ""
					: "; a line 'AS64500 abuse@example.net' in the file that "
					  "notice_contacts names "
					  "gives it one");
	tell_error(&err);
}

static void print_words(const char *name, const struct contact *c, const struct buf *words)
{
	if (c->mails) {
		printf("Notice %s, a draft, to", name);
		for (size_t i = 0; i < c->mails; i++)
			printf("%s %s", i ? "," : "", c->mail[i]);
		printf("\n(%s)\n\n", c->said);
	}
	fwrite(words->p ? words->p : "", 1, words->n, stdout);
	if (c->mails)
		printf("\nNothing was sent. 'cordon notice approve %s' shows the whole mail and "
		       "approves it.\n",
			name);
}

/* One notice to one network. Without an address the words are shown, and nothing is stored. */
static int draft_one(struct draft *d, asn_t to)
{
	char stem[NOTICE_NAME_MOST], name[NOTICE_NAME_MOST + 1] = "n-unsent", date[DAY_TEXT];
	struct buf mail = {0}, words = {0};
	struct contact contact;
	struct err err;
	int rc = 0;

	find_contact(d, to, &contact);
	day_format((int32_t)((d->until - 1) / DAY_SECONDS), date);
	snprintf(stem, sizeof(stem), "n-%.4s%.2s%.2s-as%u", date, date + 5, date + 8, d->asn);
	if (contact.mails)
		rc = notice_store_make(d->desk.site.state, stem, notice_in_ledger,
			ledger_db(d->desk.site.ledger), name, &err);
	if (rc == 0 && write_mail(d, name, to, &contact, &mail, &words) < 0)
		rc = err_sys(&err, -ENOMEM, "%s", name);
	if (rc == 0 && contact.mails)
		rc = store(d, name, to, &contact, buf_span(&mail), &err);
	if (rc < 0 && contact.mails && strcmp(name, "n-unsent"))
		notice_store_drop(d->desk.site.state, name);
	int code = rc < 0 ? notice_told(rc, &err) : contact.mails ? EXIT_DONE : EXIT_INPUT;

	if (rc == 0 && d->json)
		notice_print_json(draft_json(d, contact.mails ? name : NULL, to, &contact, &words));
	else if (rc == 0)
		print_words(name, &contact, &words);
	if (rc == 0 && contact.mails == 0)
		tell_contact(to, &contact);
	buf_done(&mail);
	buf_done(&words);
	return code;
}

/* Why it is too early for the upstreams; NULL when it is time. */
static const char *too_early(const struct draft *d, char to[300])
{
	const struct config_notice *c = &d->desk.site.config.notice;
	const struct notice_past *first = NULL;
	int64_t quiet = c->quiet_days * DAY_SECONDS;

	for (size_t i = 0; i < d->facts.pasts; i++)
		if (!d->facts.past[i].to_upstreams)
			first = &d->facts.past[i];
	if (!first) {
		snprintf(to, 300, "AS%u itself was not written to yet", d->asn);
		return to;
	}
	int64_t days = (d->until - first->at) / DAY_SECONDS;

	if (days < c->upstream_days) {
		snprintf(to, 300,
			"AS%u was written to %lld %s ago, and has %ld (notice_upstream_days)",
			d->asn, (long long)(days < 0 ? 0 : days), days == 1 ? "day" : "days",
			c->upstream_days);
		return to;
	}
	if (first->since == 0 || d->facts.last < d->until - quiet) {
		snprintf(to, 300, "the abuse ended: nothing was seen from AS%u %s", d->asn,
			first->since == 0 ? "since it was written to" : "for notice_quiet_days");
		return to;
	}
	return NULL;
}

static int draft_upstreams(struct draft *d)
{
	struct notice_upstream up[UPSTREAMS_MOST];
	int32_t day = (int32_t)((d->until - 1) / DAY_SECONDS);
	char why[300];
	struct err err;
	int code = EXIT_DONE;

	if (!d->early && too_early(d, why)) {
		err_set(&err, 0, "%s; --early writes to its upstreams all the same", why);
		tell_error(&err);
		return EXIT_INPUT;
	}
	int n = notice_upstreams(&d->desk.site, d->asn, day, up, UPSTREAMS_MOST, &err);

	if (n < 0)
		return notice_told(n, &err);
	if (n == 0) {
		err_set(&err, 0, "AS%u has no upstream in the graph of networks", d->asn);
		tell_error(&err);
		return EXIT_INPUT;
	}
	if (notice_case(&d->desk.site, d->asn, day, &d->file, &err) < 0) {
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	for (int i = 0; i < n; i++) {
		int one = draft_one(d, up[i].asn);

		code = one > code ? one : code;
		if (!d->json && i + 1 < n)
			puts("");
	}
	return code;
}

static int prepare(struct draft *d)
{
	struct err err;
	int rc = notice_gather(ledger_db(d->desk.site.ledger), d->asn,
		d->until - (int64_t)d->window * DAY_SECONDS, d->until, &d->desk.arena, &d->facts,
		&err);

	if (rc == 0)
		rc = notice_store_key(d->desk.site.state, d->key, &err);
	if (rc == 0 && d->attach)
		rc = file_read(d->attach, NOTICE_MAIL_MOST / 2, &d->attached, &err);
	if (rc == 0 && !(d->mp = message_parser_new(0)))
		rc = err_sys(&err, -ENOMEM, "AS%u", d->asn);
	if (rc < 0)
		return notice_told(rc, &err);
	note_key_format(tlog_key(ledger_log(d->desk.site.ledger)), d->log_key);
	return EXIT_DONE;
}

static int run(struct draft *d)
{
	int32_t day;
	int code = notice_desk_open(&d->desk, false);

	if (code != EXIT_DONE)
		return code;
	d->until = d->desk.now;
	if (d->date && day_parse(span_cstr(d->date), &day) < 0)
		return usage_error(d->usage, "--date: '%s' is no date like 2008-11-11", d->date);
	if (d->date)
		d->until = ((int64_t)day + 1) * DAY_SECONDS;
	code = check_sender(d);
	if (code == EXIT_DONE)
		code = read_list(d);
	if (code == EXIT_DONE)
		code = prepare(d);
	if (code != EXIT_DONE)
		return code;
	return d->to == TO_UPSTREAMS ? draft_upstreams(d) : draft_one(d, d->asn);
}

int notice_draft_main(int argc, char **argv)
{
	static const struct usage usage = {"notice draft", "AS",
		"Writes a notice about all abuse seen from a network, and keeps it as a draft.",
		"Nothing is sent. The contact is that of your own list (notice_contacts), else "
		"what the\n"
		"registries say, who are asked over the Internet unless --offline is given.\n"
		"Exit codes: 0 done, 1 there is nothing to tell, no address, or it is too early;\n"
		"2 usage, 3 the system failed."};
	struct draft d = {.usage = &usage, .window = WINDOW_USUAL};
	const struct option_row rows[] = {
		{"to", 0, OPTION_CHOICE, &d.to, "network|upstreams", "whom to write to"},
		{"date", 'd', OPTION_STRING, &d.date, "DATE", "as of that day (default today)"},
		{"window", 'w', OPTION_NUMBER, &d.window, "DAYS", "how far back (default 14)"},
		{"attach", 0, OPTION_STRING, &d.attach, "FILE", "attach it too"},
		{"early", 0, OPTION_FLAG, &d.early, NULL, "write to upstreams before it is time"},
		{"offline", 0, OPTION_FLAG, &d.offline, NULL,
			"ask nobody: own list and what was kept"},
		{"json", 'j', OPTION_FLAG, &d.json, NULL, "one JSON object a notice"},
		SITE_OPTIONS(&d.desk.config, &d.desk.state),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (argc - first != 1 || asn_parse(span_cstr(argv[first]), &d.asn) < 0)
		return usage_error(&usage, "one AS number is wanted, such as AS64500");
	if (d.window < 1 || d.window > 3650)
		return usage_error(&usage, "--window is a number of days from 1 to 3650");
	code = run(&d);
	message_parser_free(d.mp);
	buf_done(&d.list);
	buf_done(&d.attached);
	notice_case_done(&d.file);
	notice_desk_close(&d.desk);
	return code;
}
