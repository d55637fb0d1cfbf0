/*
 * The mail: multipart/mixed of the words, the list of hosts, records with proofs, and then, each as
 * a multipart/report of its own (RFC 6522, which no longer wants it to be at the top), the reports
 * for programs: X-ARF as Abusix has it travel by mail (Feedback-Type: xarf, the JSON as third
 * part), and ARF. Boundaries are made of the notice's name, so that the same facts give the same
 * bytes.
 */
#include "case/notice.h"

#include "case/arf_write.h"
#include "show/words.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BASE64 57 /* bytes that become a line of 76 */

static void put_base64(struct buf *to, struct span s)
{
	while (s.n) {
		struct span piece = span_take(s, LINE_BASE64);
		char *p = buf_reserve(to, 80);

		if (!p)
			return;
		sodium_bin2base64(p, 80, (const unsigned char *)piece.p, piece.n,
			sodium_base64_VARIANT_ORIGINAL);
		to->n += strlen(p);
		buf_str(to, "\r\n");
		s = span_skip(s, piece.n);
	}
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

static void put_crlf(struct buf *to, struct span text)
{
	struct span line;

	while (span_line(&text, &line)) {
		buf_add(to, line);
		buf_str(to, "\r\n");
	}
}

/* The organisation as a display name (RFC 5322, 3.4; RFC 2047, 5). Encoded words hold 75
 * characters, so a long name is cut, at a character's edge. */
static void put_name(struct buf *to, struct span org)
{
	char text[80];

	if (is_ascii(org)) {
		buf_byte(to, '"');
		for (size_t i = 0; i < org.n && i < 200; i++) {
			if (org.p[i] == '"' || org.p[i] == '\\')
				buf_byte(to, '\\');
			if (org.p[i] >= 0x20 && org.p[i] < 0x7f)
				buf_byte(to, org.p[i]);
		}
		buf_byte(to, '"');
		return;
	}
	org = span_take(org, 44);
	while (org.n && ((unsigned char)org.p[org.n - 1] & 0xc0) == 0x80)
		org.n--;
	if (org.n && ((unsigned char)org.p[org.n - 1] & 0xc0) == 0xc0)
		org.n--;
	sodium_bin2base64(text, sizeof(text), (const unsigned char *)org.p, org.n,
		sodium_base64_VARIANT_ORIGINAL);
	buf_printf(to, "=?utf-8?B?%s?=", text);
}

static void put_subject(const struct notice *n, struct buf *to)
{
	const struct notice_facts *f = n->facts;
	bool first = true;

	buf_printf(to, "Subject: [%s] abuse from AS%u:\r\n ", n->name, f->asn);
	for (int i = 0; i < SIGHTING_KINDS; i++) {
		if (f->kind[notice_order[i]].sightings == 0)
			continue;
		buf_printf(to, "%s%s", first ? "" : ", ", sighting_kind_name(notice_order[i]));
		first = false;
	}
	if (f->led.sightings)
		buf_printf(to, "%shosting of what abuse leads to", first ? "" : ", ");
	buf_str(to, "\r\n");
}

/* So that nobody else's mail has the same, and the same notice has it again. */
static void put_message_id(const struct notice *n, struct buf *to)
{
	unsigned char hash[crypto_generichash_BYTES];
	char text[2 * 8 + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)n->name, strlen(n->name),
		n->key, ARF_KEY_BYTES);
	sodium_bin2hex(text, sizeof(text), hash, 8);
	buf_printf(to, "Message-ID: <%s.%s@%.*s>\r\n", n->name, text, SPAN_ARG(n->by.domain));
}

static void put_head(const struct notice *n, struct buf *to)
{
	buf_str(to, "From: ");
	put_name(to, n->by.org);
	buf_printf(to, "\r\n <%.*s>\r\nTo: ", SPAN_ARG(n->by.mail));
	for (size_t i = 0; i < n->to->mails; i++)
		buf_printf(to, "%s<%s>", i ? ",\r\n " : "", n->to->mail[i]);
	buf_str(to, "\r\n");
	put_subject(n, to);
	buf_str(to, "Date: ");
	arf_write_date(to, n->written);
	buf_str(to, "\r\n");
	put_message_id(n, to);
	buf_printf(to,
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"%s-0\"\r\n\r\n",
		n->name);
}

static void begin_part(const struct notice *n, struct buf *to)
{
	buf_printf(to, "--%s-0\r\n", n->name);
}

static void put_words(const struct notice *n, struct buf *to)
{
	struct buf words = {0};

	notice_words(n, &words);
	begin_part(n, to);
	if (is_ascii(buf_span(&words))) {
		buf_str(to, "Content-Type: text/plain; charset=us-ascii\r\n\r\n");
		put_crlf(to, buf_span(&words));
	} else {
		buf_str(to, "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: base64\r\n\r\n");
		put_base64(to, buf_span(&words));
	}
	to->failed |= !buf_ok(&words);
	buf_done(&words);
}

static void put_file(const struct notice *n, const char *name, const char *type, struct span bytes,
	struct buf *to)
{
	begin_part(n, to);
	buf_printf(to,
		"Content-Type: %s;\r\n name=\"%s\"\r\n"
		"Content-Disposition: attachment;\r\n filename=\"%s\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n",
		type, name, name);
	put_base64(to, bytes);
}

/* Whether the i-th host is among the first of its sort, so that many of one do not leave the other
 * out. */
static bool is_within(const struct notice_facts *f, size_t i, size_t acts, size_t led)
{
	return i < f->acts ? i < acts : i - f->acts < led;
}

void notice_csv(const struct notice_facts *f, struct buf *to)
{
	char first[SIGHTING_TIME_TEXT], last[SIGHTING_TIME_TEXT];

	buf_str(to, "host,port,kind,sightings,first_seen,last_seen,confidence,sources,first_record,"
		    "last_record,how\r\n");
	for (size_t i = 0; i < f->hosts; i++) {
		const struct notice_host *h = &f->host[i];

		if (!is_within(f, i, NOTICE_ROWS_MOST, NOTICE_ROWS_MOST))
			continue;

		buf_printf(to, "%.*s,", SPAN_ARG(h->name));
		if (h->port)
			buf_printf(to, "%u", h->port);
		buf_printf(to, ",%s,%llu,%s,%s,%u,\"%.*s\",%llu,%llu,%s\r\n",
			sighting_kind_name(h->kind), (unsigned long long)h->count,
			sighting_time_format(h->first, first), sighting_time_format(h->last, last),
			h->confidence, SPAN_ARG(h->sources), (unsigned long long)h->first_seq,
			(unsigned long long)h->last_seq, h->led_to ? "led-to" : "did");
	}
}

/* The newest record of a host with its proof; false when it cannot be had. */
static bool get_proof(
	const struct notice *n, const struct notice_host *h, struct buf *record, struct buf *proof)
{
	const struct notice_evidence *e = n->evidence;

	return e && h->last_seq != NOTICE_NONE && e->record(e->context, h->last_seq, record) == 0 &&
	       e->proof(e->context, h->last_seq, proof) == 0 && buf_ok(record) && buf_ok(proof);
}

int notice_xarf(const struct notice *n, size_t i, struct buf *to)
{
	const struct notice_host *h = &n->facts->host[i];
	struct buf record = {0}, proof = {0}, id = {0};
	bool proven = get_proof(n, h, &record, &proof);
	const struct xarf_evidence evidence[] = {
		{"application/json", "a record of the log that this rests on", buf_span(&record)},
		{"text/plain", "proof that the record is in the log (C2SP tlog-proof)",
			buf_span(&proof)},
	};
	struct xarf_report r = {
		.by = n->by,
		.host = h->name,
		.kind = h->kind,
		.by_mail = h->by_mail,
		.led_to = h->led_to,
		.port = h->port,
		.count = h->count,
		.first = h->first,
		.last = h->last,
		.confidence = h->confidence,
		.asn = n->facts->asn,
		.sources = h->sources,
		.notice = span_cstr(n->name),
		.evidence = evidence,
		.nevidence = proven ? 2 : 0,
	};

	buf_printf(&id, "%.*s %s %zu", SPAN_ARG(n->by.domain), n->name, i);
	xarf_make_id(buf_span(&id), r.id);
	int rc = buf_ok(&id) ? xarf_write(&r, to) : -ENOMEM;

	buf_done(&record);
	buf_done(&proof);
	buf_done(&id);
	return rc;
}

static int put_xarf(const struct notice *n, size_t i, struct buf *to)
{
	struct buf json = {0};
	int rc = notice_xarf(n, i, &json);

	begin_part(n, to);
	buf_printf(to,
		"Content-Type: multipart/report; report-type=feedback-report;\r\n"
		" boundary=\"%s-x%zu\"\r\n\r\n"
		"--%s-x%zu\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
		"X-ARF v4 report %zu of notice %s:\r\n%s, %.*s\r\n"
		"\r\n--%s-x%zu\r\nContent-Type: message/feedback-report\r\n\r\n"
		"Feedback-Type: xarf\r\nUser-Agent: cordon/" CORDON_VERSION "\r\nVersion: 1\r\n"
		"\r\n--%s-x%zu\r\nContent-Type: application/json; name=\"xarf.json\"\r\n"
		"Content-Disposition: attachment; filename=\"xarf.json\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n",
		n->name, i, n->name, i, i + 1, n->name, sighting_kind_name(n->facts->host[i].kind),
		SPAN_ARG(n->facts->host[i].name), n->name, i, n->name, i);
	put_base64(to, buf_span(&json));
	buf_printf(to, "--%s-x%zu--\r\n", n->name, i);
	buf_done(&json);
	return rc;
}

static int put_arf(struct message_parser *mp, const struct notice *n, size_t i, struct buf *to)
{
	const struct notice_host *h = &n->facts->host[i];
	struct buf raw = {0};
	char boundary[64];
	int rc = 0;

	snprintf(boundary, sizeof(boundary), "%s-a%zu", n->name, i);
	if (n->evidence->raw(n->evidence->context, h->raw_seq, &raw) == 0 && raw.n) {
		const struct arf_report r = {
			.raw = buf_span(&raw),
			.relays = n->relays,
			.key = n->key,
			.boundary = boundary,
			.kind = h->kind,
			.source = h->name,
			.arrival = h->raw_at,
			.incidents = h->count,
			.mta = n->by.domain,
			.notice = span_cstr(n->name),
		};

		begin_part(n, to);
		rc = arf_write(mp, &r, to);
	}
	buf_done(&raw);
	return rc;
}

/* A message that leads to several hosts is the newest record of each; it is attached once. */
static bool is_first_of(const struct notice_facts *f, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (f->host[k].last_seq == f->host[i].last_seq &&
			is_within(f, k, NOTICE_PROOFS_MOST, NOTICE_PROOFS_MOST))
			return false;
	return true;
}

static void put_proofs(const struct notice *n, struct buf *to)
{
	char name[64];

	for (size_t i = 0; i < n->facts->hosts; i++) {
		const struct notice_host *h = &n->facts->host[i];
		struct buf record = {0}, proof = {0};

		if (is_within(n->facts, i, NOTICE_PROOFS_MOST, NOTICE_PROOFS_MOST) &&
			is_first_of(n->facts, i) && get_proof(n, h, &record, &proof)) {
			snprintf(name, sizeof(name), "record-%llu.json",
				(unsigned long long)h->last_seq);
			put_file(n, name, "application/json", buf_span(&record), to);
			snprintf(name, sizeof(name), "record-%llu.proof",
				(unsigned long long)h->last_seq);
			put_file(n, name, "text/plain; charset=utf-8", buf_span(&proof), to);
		}
		buf_done(&record);
		buf_done(&proof);
	}
}

static void put_csv(const struct notice *n, struct buf *to)
{
	struct buf csv = {0};

	notice_csv(n->facts, &csv);
	put_file(n, "hosts.csv", "text/csv", buf_span(&csv), to);
	to->failed |= !buf_ok(&csv);
	buf_done(&csv);
}

int notice_write(struct message_parser *mp, const struct notice *n, struct buf *to)
{
	size_t samples = 0;
	int rc = 0;

	put_head(n, to);
	put_words(n, to);
	put_csv(n, to);
	put_proofs(n, to);
	for (size_t i = 0; i < n->attachments; i++)
		put_file(n, n->attachment[i].name, n->attachment[i].type, n->attachment[i].bytes,
			to);
	for (size_t i = 0; rc == 0 && i < n->facts->hosts; i++)
		if (is_within(n->facts, i, NOTICE_REPORTS_MOST, NOTICE_LED_MOST))
			rc = put_xarf(n, i, to);
	for (size_t i = 0; rc == 0 && n->evidence && i < n->facts->acts; i++) {
		const struct notice_host *h = &n->facts->host[i];

		if (!h->by_mail || h->raw_seq == NOTICE_NONE || samples == NOTICE_SAMPLES_MOST)
			continue;
		samples++;
		rc = put_arf(mp, n, i, to);
	}
	buf_printf(to, "--%s-0--\r\n", n->name);
	return rc < 0 ? rc : buf_ok(to) ? 0 : -ENOMEM;
}
