/*
 * Redaction by construction: instead of striking out of a message what must not be shown, the few
 * facts that a desk needs are read and written anew. What was read is still looked at twice: a
 * value that holds any word of a recipient's address or name (a Message-ID or HELO may) is left
 * out, and so is whatever is not plain ASCII.
 */
#include "case/arf_write.h"

#include "mail/address.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define WORDS_MOST 256
#define LEFT_OUT   "[left out]"

/* What names a recipient: local parts, and the words of local parts and names. */
struct secrets {
	struct span word[WORDS_MOST];
	size_t n;
};

static void add_word(struct secrets *s, struct span word)
{
	/* Shorter words would strike out everything. */
	if (word.n >= 3 && s->n < WORDS_MOST)
		s->word[s->n++] = word;
}

static void add_words(struct secrets *s, struct span text)
{
	size_t from = 0;

	for (size_t i = 0; text.n && i <= text.n; i++) {
		if (i < text.n && (ascii_is_alnum(text.p[i]) || (unsigned char)text.p[i] >= 0x80))
			continue;
		add_word(s, (struct span){text.p + from, i - from});
		from = i + 1;
	}
}

static bool is_recipient_field(const struct field *f)
{
	static const struct span others[] = {SPAN("X-Original-To"), SPAN("Envelope-To"),
		SPAN("X-Envelope-To"), SPAN("X-Delivered-To"), SPAN("Original-Recipient"),
		SPAN("Resent-To"), SPAN("Apparently-To"), SPAN("X-Rcpt-To"),
		SPAN("X-Forwarded-To")};

	if (f->id == FIELD_TO || f->id == FIELD_CC || f->id == FIELD_BCC ||
		f->id == FIELD_DELIVERED_TO)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (span_eq_nocase(f->name, others[i]))
			return true;
	return false;
}

static int find_secrets(struct message_parser *mp, const struct message *m,
	const struct received *chain, struct secrets *s)
{
	const struct fields *fields = &m->part[0].fields;

	for (size_t i = 0; i < fields->n; i++) {
		struct address *list;
		int n = is_recipient_field(&fields->at[i])
				? address_list(mp, fields->at[i].value, NULL, &list)
				: 0;

		if (n < 0)
			return n;
		for (int k = 0; k < n; k++) {
			add_word(s, list[k].local);
			add_words(s, list[k].local);
			add_words(s, list[k].name);
		}
	}
	for (size_t i = 0; i < chain->hops; i++) {
		ssize_t at = span_rindex(chain->hop[i].for_, '@');
		struct span local = span_take(chain->hop[i].for_, at < 0 ? 0 : (size_t)at);

		add_word(s, local);
		add_words(s, local);
	}
	return 0;
}

/* Whether a value may be shown: printable ASCII that names no recipient. */
static bool may_show(const struct secrets *s, struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < 0x20 || value.p[i] > 0x7e)
			return false;
	for (size_t i = 0; i < s->n; i++)
		if (span_find_nocase(value, s->word[i]) >= 0)
			return false;
	return value.n > 0 && value.n < 400;
}

static void put(struct buf *to, const struct secrets *s, struct span value)
{
	buf_add(to, may_show(s, value) ? value : SPAN(LEFT_OUT));
}

/* RFC 6590, 2: the local part's keyed hash in base64 stands for it. */
static void put_redacted(const struct arf_report *r, const struct secrets *s,
	const struct address *a, struct buf *to)
{
	unsigned char hash[crypto_generichash_BYTES];
	char text[32];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)a->local.p, a->local.n,
		r->key, ARF_KEY_BYTES);
	sodium_bin2base64(text, sizeof(text), hash, 15, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_printf(to, "<%s@", text);
	if (may_show(s, a->domain))
		buf_add(to, a->domain);
	else
		buf_str(to, "redacted.invalid");
	buf_str(to, ">");
}

void arf_write_date(struct buf *to, int64_t at)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)at;
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return;
	buf_printf(to, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], 1900 + tm.tm_year, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The one line of the chain that our own machine wrote about a stranger. */
static void put_received(const struct received *chain, const struct secrets *s, struct buf *to)
{
	const struct hop *h = chain->boundary < 0 ? NULL : &chain->hop[chain->boundary];
	char text[IP_TEXT];

	if (!h || h->ip.family == IP_NONE)
		return;
	buf_str(to, "Received: from ");
	put(to, s, h->helo);
	buf_str(to, " (");
	if (h->rdns.n)
		put(to, s, h->rdns);
	buf_printf(to, "%s[%s%s])\r\n by ", h->rdns.n ? " " : "",
		h->ip.family == IP_V6 ? "IPv6:" : "", ip_format(&h->ip, text));
	put(to, s, h->by);
	buf_str(to, ";\r\n ");
	if (h->has_date)
		arf_write_date(to, h->date.unix_s);
	buf_str(to, "\r\n");
}

static void put_plain(
	const struct message *m, enum field_id id, const struct secrets *s, struct buf *to)
{
	const struct field *f = message_field(m, id);

	if (!f)
		return;
	buf_printf(to, "%s: ", field_name(id));
	put(to, s, span_trim(f->value));
	buf_str(to, "\r\n");
}

static int write_fields(struct message_parser *mp, const struct arf_report *r,
	const struct message *m, struct buf *to)
{
	struct secrets *s = &(struct secrets){0};
	struct received chain;
	struct address from;
	int rc = received_walk(mp, m, r->relays, &chain);

	if (rc == 0)
		rc = find_secrets(mp, m, &chain, s);
	if (rc < 0)
		return rc;
	put_received(&chain, s, to);
	put_plain(m, FIELD_DATE, s, to);
	if (address_first(mp, m, FIELD_FROM, &from)) {
		buf_str(to, "From: ");
		put_redacted(r, s, &from, to);
		buf_str(to, "\r\n");
	}
	put_plain(m, FIELD_MESSAGE_ID, s, to);
	put_plain(m, FIELD_X_MAILER, s, to);
	put_plain(m, FIELD_USER_AGENT, s, to);
	buf_str(to, "Subject: " LEFT_OUT "\r\n");
	return buf_ok(to) ? 0 : -ENOMEM;
}

int arf_write_fields(struct message_parser *mp, const struct arf_report *r, struct buf *to)
{
	struct message *m;
	int rc = message_parse(mp, r->raw, &m);

	return rc < 0 ? rc : write_fields(mp, r, m, to);
}

/* RFC 5965, 7.3 and the registry that it made. */
static const char *feedback_type(enum sighting_kind kind)
{
	return kind == SIGHTING_PHISH ? "fraud" : kind == SIGHTING_MALWARE ? "virus" : "abuse";
}

static void write_report(const struct arf_report *r, struct buf *to)
{
	struct ip ip;

	buf_printf(to,
		"--%s\r\nContent-Type: message/feedback-report\r\n\r\n"
		"Feedback-Type: %s\r\nUser-Agent: cordon/" CORDON_VERSION "\r\nVersion: 1\r\n",
		r->boundary, feedback_type(r->kind));
	if (ip_parse(r->source, &ip) == 0)
		buf_printf(to, "Source-IP: %.*s\r\n", SPAN_ARG(r->source));
	buf_str(to, "Arrival-Date: ");
	arf_write_date(to, r->arrival);
	buf_printf(to, "\r\nReporting-MTA: dns; %.*s\r\n", SPAN_ARG(r->mta));
	buf_printf(
		to, "Incidents: %llu\r\n", (unsigned long long)(r->incidents ? r->incidents : 1));
}

int arf_write(struct message_parser *mp, const struct arf_report *r, struct buf *to)
{
	buf_printf(to,
		"Content-Type: multipart/report; report-type=feedback-report;\r\n"
		" boundary=\"%s\"\r\n\r\n"
		"--%s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
		"This is an abuse report (RFC 5965) for one message received from\r\n%.*s on ",
		r->boundary, r->boundary, SPAN_ARG(r->source));
	arf_write_date(to, r->arrival);
	buf_printf(to, ",\r\npart of notice %.*s. Names of people are redacted (RFC 6590).\r\n",
		SPAN_ARG(r->notice));
	write_report(r, to);
	buf_printf(to, "\r\n--%s\r\nContent-Type: text/rfc822-headers\r\n\r\n", r->boundary);
	int rc = arf_write_fields(mp, r, to);

	buf_printf(to, "\r\n--%s--\r\n", r->boundary);
	return rc < 0 ? rc : buf_ok(to) ? 0 : -ENOMEM;
}
