/*
 * Two passes over the head of the message: the first collects what names recipients, from the
 * fields that do (To, Cc, Delivered-To, "for <...>" in Received, ...), in pieces, for a text says
 * "Jane" where the address says jane.doe; the second writes lines of
 * the fields in the list below, and a few of the text, word by word: a word with an '@' is struck
 * out, and so is one that holds a name of a recipient. Encoded text (RFC 2047, base64 bodies) could
 * hide a name, so encoded words are struck out and encoded bodies not quoted.
 */
#include "case/redact.h"

#include "show/clean.h"

#define LOOK_AT    ((size_t)256 << 10)
#define NAMES_MOST 128
#define NAME_LEAST 3 /* bytes; shorter ones would strike out half of any text */

struct names {
	struct span of[NAMES_MOST];
	size_t n;
	bool full; /* there were more, or hidden ones: then nobody's words are quoted */
};

static const struct span recipients[] = {SPAN("to"), SPAN("cc"), SPAN("bcc"), SPAN("delivered-to"),
	SPAN("envelope-to"), SPAN("x-original-to"), SPAN("x-envelope-to"), SPAN("apparently-to"),
	SPAN("resent-to"), SPAN("resent-cc"), SPAN("x-rcpt-to"), SPAN("x-delivered-to")};

/* Of the way, and of the program. Not From: abuse poses as people whom the recipient knows. */
static const struct span quoted[] = {SPAN("received"), SPAN("date"), SPAN("subject"),
	SPAN("x-mailer"), SPAN("user-agent"), SPAN("mime-version"), SPAN("content-type"),
	SPAN("content-transfer-encoding"), SPAN("x-originating-ip"), SPAN("x-priority")};

static bool is_in(struct span name, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(name, list[i]))
			return true;
	return false;
}

/* Takes a field with its continuation lines; false at the end of the header. */
static bool next_field(struct span *rest, struct span *ret_field)
{
	struct span line, before = *rest;

	if (!span_line(rest, &line) || !span_trim(line).n)
		return false;
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		span_line(rest, &line);
	*ret_field = span_between(before.p, span_end(line));
	return true;
}

static struct span field_name(struct span field)
{
	ssize_t colon = span_index(field, ':');

	return colon < 0 ? (struct span){0} : span_trim(span_take(field, (size_t)colon));
}

/* What parts words of addresses. */
static bool is_mark(char c)
{
	return ascii_is_space(c) || (c > 0 && strchr("<>()[],;:\"'", c));
}

/* Takes the next word off, between marks. */
static bool next_word(struct span *rest, struct span *ret_word)
{
	size_t n = 0;

	while (rest->n && is_mark(rest->p[0]))
		*rest = span_skip(*rest, 1);
	while (n < rest->n && !is_mark(rest->p[n]))
		n++;
	*ret_word = span_take(*rest, n);
	*rest = span_skip(*rest, n);
	return n > 0;
}

static void add_name(struct names *names, struct span name)
{
	if (name.n < NAME_LEAST)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (span_eq_nocase(names->of[i], name))
			return;
	if (names->n < NAMES_MOST)
		names->of[names->n++] = name;
	else
		names->full = true;
}

/* The pieces of "jane.doe-smith2": people are called by them. */
static void add_pieces(struct names *names, struct span s)
{
	while (s.n) {
		size_t n = 0;

		while (n < s.n && ((unsigned char)s.p[n] >= 0x80 || ascii_is_alpha(s.p[n])))
			n++;
		add_name(names, span_take(s, n));
		s = span_skip(s, n + (n < s.n));
	}
}

/* Whether a name may stand elsewhere in other bytes: it is encoded, or has letters beyond ASCII,
 * whose capitals are not looked for. */
static bool is_hidden(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] > 0x7f)
			return true;
	return span_find(word, SPAN("=?")) >= 0;
}

/* All words of a recipient's field: of the name, the local part, the domain but for its last label,
 * which many share. */
static void add_words(struct names *names, struct span value)
{
	struct span word;

	while (next_word(&value, &word)) {
		ssize_t at = span_rindex(word, '@');
		struct span domain = span_skip(word, (size_t)(at + 1));
		ssize_t dot = span_rindex(domain, '.');

		names->full |= is_hidden(word);
		if (at < 0) {
			add_pieces(names, word);
			continue;
		}
		add_pieces(names, span_take(word, (size_t)at));
		add_pieces(names, dot < 0 ? domain : span_take(domain, (size_t)dot));
	}
}

/* "for <user@example.net>" of a Received field (RFC 5321, 4.4). */
static void add_received(struct names *names, struct span value)
{
	struct span word;

	while (next_word(&value, &word))
		if (span_eq_nocase(word, SPAN("for")) && next_word(&value, &word) &&
			span_index(word, '@') >= 0)
			add_words(names, word);
}

static void collect(struct names *names, struct span raw)
{
	struct span field;

	while (next_field(&raw, &field)) {
		struct span name = field_name(field), value = span_skip(field, name.n + 1);

		if (is_in(name, recipients, sizeof(recipients) / sizeof(*recipients)))
			add_words(names, value);
		else if (span_eq_nocase(name, SPAN("received")))
			add_received(names, value);
	}
}

static bool is_struck(const struct names *names, struct span word)
{
	if (span_index(word, '@') >= 0 || span_find(word, SPAN("=?")) >= 0 ||
		span_find_nocase(word, SPAN("%40")) >= 0)
		return true;
	for (size_t i = 0; i < names->n; i++)
		if (span_find_nocase(word, names->of[i]) >= 0)
			return true;
	return false;
}

/* A word as it may be shown. Of a link, or what may be one, only the host: what is behind may tell
 * who was written to. */
static void put_word(struct buf *to, const struct names *names, struct span word)
{
	size_t n = span_starts(word, SPAN("//")) ? 2 : 0;

	if (is_struck(names, word)) {
		buf_str(to, "[struck out]");
		return;
	}
	while (n < word.n && !memchr("/?#\\", word.p[n], 4))
		n++;
	buf_add(to, span_take(word, n));
	buf_str(to, n < word.n ? "/[...]" : "");
}

/* A line, or a field as one line, word by word; words that are cut off are not shown, for a name
 * may stand in them. */
static void put_line(struct buf *to, const struct names *names, struct span line)
{
	struct buf fit = {0};
	size_t room = REDACT_LINE_MOST;

	while (line.n && room) {
		size_t n = 0;

		while (n < line.n && n < room && is_mark(line.p[n]))
			n++;
		buf_add(&fit, span_take(line, n));
		line = span_skip(line, n);
		room -= n;
		for (n = 0; n < line.n && !is_mark(line.p[n]);)
			n++;
		if (n > room)
			break;
		if (n)
			put_word(&fit, names, span_take(line, n));
		line = span_skip(line, n);
		room -= n;
	}
	clean_defanged(to, buf_span(&fit), fit.n);
	buf_str(to, line.n ? " [cut]\n" : "\n");
	to->failed |= fit.failed;
	buf_done(&fit);
}

/* Whether the body is text as it stands. */
static bool is_encoded(struct span field, bool encoded)
{
	if (!span_eq_nocase(field_name(field), SPAN("content-transfer-encoding")))
		return encoded;
	return span_find_nocase(field, SPAN("base64")) >= 0 ||
	       span_find_nocase(field, SPAN("quoted-printable")) >= 0;
}

void redact_message(struct buf *to, struct span raw)
{
	struct names names = {0};
	struct span rest = span_take(raw, LOOK_AT), field, line;
	bool encoded = false;
	size_t n = 0;

	collect(&names, rest);
	while (next_field(&rest, &field)) {
		encoded = is_encoded(field, encoded);
		if (is_in(field_name(field), quoted, sizeof(quoted) / sizeof(*quoted)) &&
			!(names.full && span_eq_nocase(field_name(field), SPAN("subject"))) &&
			n++ < REDACT_HEADER_MOST)
			put_line(to, &names, field);
	}
	/* Names in encoded text cannot be found, and neither can more than there is room for. */
	if (encoded || names.full) {
		buf_str(to, "\n[text not quoted]\n");
		return;
	}
	buf_byte(to, '\n');
	for (n = 0; n < REDACT_TEXT_MOST && span_line(&rest, &line); n++) {
		if (span_find_nocase(line, SPAN("Content-Transfer-Encoding")) >= 0 ||
			span_starts(line, SPAN("--"))) {
			buf_str(to, "[further parts not quoted]\n");
			return;
		}
		put_line(to, &names, line);
	}
	if (rest.n)
		buf_str(to, "[more]\n");
}
