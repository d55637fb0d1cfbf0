/*
 * MimeKit's HTML tokenizer cases, token by token. MimeKit gives script data in pieces where we
 * give one, reads CDATA sections everywhere and noscript as raw text: the pieces are joined,
 * `foreign` is set, and so is the mode. Then nothing may differ.
 */
#include "data.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "mail/html.h"
#include "mail/html_tag.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const name[] = {"Gimhae_Kim_clan", "badly-quoted-attr", "blocked", "cdata",
	"papercut", "papercut-4.4", "plaintext", "script-data", "test", "xamarin3"};

/* Text with line ends and tabs as escapes; carriage returns are dropped. */
static void put_text(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n')
			buf_str(b, "\\n");
		else if (s.p[i] == '\t')
			buf_str(b, "\\t");
		else if (s.p[i] != '\r')
			buf_byte(b, s.p[i]);
	}
}

static void put_attribute(struct buf *b, struct arena *a, const struct html_attribute *at)
{
	struct span value = html_decode(a, at->value, true);

	buf_byte(b, ' ');
	buf_add(b, at->name);
	/* A name alone has its value right behind it and empty. */
	if (!value.n && at->value.p == span_end(at->name))
		return;
	buf_str(b, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"')
			buf_byte(b, '\\');
		buf_byte(b, value.p[i]);
	}
	buf_byte(b, '"');
}

static void put_tag(struct buf *b, struct arena *a, const struct html_token *t)
{
	buf_printf(b, "Tag: <%s%.*s", t->kind == HTML_CLOSE ? "/" : "", SPAN_ARG(t->name));
	for (size_t i = 0; i < t->attributes; i++)
		put_attribute(b, a, &t->attribute[i]);
	buf_str(b, t->self_closing ? "/>\n" : ">\n");
}

static void put_doctype(struct buf *b, const struct html_token *t)
{
	buf_str(b, "DocType: <!DOCTYPE HTML");
	if (t->public_id.p)
		buf_printf(b, " PUBLIC \"%.*s\"", SPAN_ARG(t->public_id));
	else if (t->system_id.p)
		buf_str(b, " SYSTEM");
	if (t->system_id.p)
		buf_printf(b, " \"%.*s\"", SPAN_ARG(t->system_id));
	buf_str(b, ">\n");
}

static enum html_mode mode_behind(const struct html_token *t)
{
	switch (html_tag(t->name)) {
	case TAG_TITLE:
	case TAG_TEXTAREA: return HTML_RCDATA;
	case TAG_STYLE:
	case TAG_XMP:
	case TAG_IFRAME:
	case TAG_NOEMBED:
	case TAG_NOFRAMES:
	case TAG_NOSCRIPT: return HTML_RAWTEXT;
	case TAG_SCRIPT: return HTML_SCRIPT;
	case TAG_PLAINTEXT: return HTML_PLAINTEXT;
	default: return HTML_DATA;
	}
}

/* Our tokens as MimeKit prints them. */
static void put_tokens(struct buf *b, struct arena *a, struct span in)
{
	struct html h;
	struct html_token t;
	enum html_mode mode = HTML_DATA;

	html_init(&h, in);
	h.foreign = true;
	while (html_next(&h, &t)) {
		switch (t.kind) {
		case HTML_TEXT:
			buf_str(b, mode == HTML_SCRIPT ? "ScriptData: " : "Data: ");
			put_text(b, t.references ? html_decode(a, t.text, false) : t.text);
			buf_byte(b, '\n');
			break;
		case HTML_CDATA: buf_printf(b, "CData: %.*s\n", SPAN_ARG(t.text)); break;
		case HTML_COMMENT: buf_printf(b, "Comment: %.*s\n", SPAN_ARG(t.text)); break;
		case HTML_DOCTYPE: put_doctype(b, &t); break;
		default: put_tag(b, a, &t); break;
		}
		mode = HTML_DATA;
		if (t.kind == HTML_START)
			mode = h.mode = mode_behind(&t);
	}
}

/* The expectation without carriage returns, neighbouring pieces of script data joined. */
static void put_expected(struct buf *b, struct span in)
{
	struct span line;
	bool script = false;

	while (span_line(&in, &line)) {
		bool piece = span_starts(line, SPAN("ScriptData: "));

		if (piece && script) {
			b->n--;
			buf_add(b, span_skip(line, 12));
		} else {
			buf_add(b, line);
		}
		buf_byte(b, '\n');
		script = piece;
	}
}

/* Compares line by line. Returns how many differ, 5 at most. */
static unsigned compare(const char *file, struct span ours, struct span theirs)
{
	struct span a = {NULL, 0}, b = a;
	unsigned wrong = 0, lines = 0;

	while (wrong < 5) {
		bool more = span_line(&ours, &a), also = span_line(&theirs, &b);

		if (!more && !also)
			break;
		lines++;
		if (more == also && span_eq(a, b))
			continue;
		wrong++;
		printf("%s, token %u\n  ours:   %.*s\n  theirs: %.*s\n", file, lines,
			SPAN_ARG(span_take(a, more ? 300 : 0)),
			SPAN_ARG(span_take(b, also ? 300 : 0)));
	}
	printf("%s: %u tokens, %u wrong\n", file, lines, wrong);
	return wrong;
}

/* A file of the suite without its byte order mark. */
static struct span read_case(const char *folder, const char *file, const char *ending)
{
	char path[8300];

	snprintf(path, sizeof(path), "%s/UnitTests/TestData/html/%s%s", folder, file, ending);
	struct span s = data_read(path);

	if (!s.p)
		printf("%s cannot be read\n", path);
	return s;
}

/* One of the cases is in windows-1252; the tokenizer takes UTF-8. */
static struct span to_utf8(struct arena *a, struct span s)
{
	size_t left = s.n, room = 3 * s.n;
	char *in = (char *)s.p, *to = arena_alloc(a, room), *out = to;
	iconv_t cd = iconv_open("UTF-8", "WINDOWS-1252");

	if (utf8_valid(s) || !to || cd == (iconv_t)-1)
		return s;
	iconv(cd, &in, &left, &out, &room);
	iconv_close(cd);
	return span_between(to, out);
}

static struct span without_mark(struct span s)
{
	return span_starts(s, SPAN("\xef\xbb\xbf")) ? span_skip(s, 3) : s;
}

static unsigned run_case(const char *folder, const char *file)
{
	bool utf8 = strcmp(file, "Gimhae_Kim_clan") == 0;
	struct span in = read_case(folder, file, utf8 ? ".utf-8.html" : ".html");
	struct span expected = read_case(folder, file, ".tokens");
	struct buf ours = {0}, lines = {0}, theirs = {0};
	struct arena a;

	arena_init(&a, (size_t)64 << 20);
	put_tokens(&ours, &a, to_utf8(&a, without_mark(in)));
	/* Comments may hold line ends: both go through the same cutting. */
	put_expected(&lines, buf_span(&ours));
	put_expected(&theirs, without_mark(expected));
	unsigned wrong = compare(file, buf_span(&lines), buf_span(&theirs));

	wrong += !in.n || !expected.n;
	buf_done(&ours);
	buf_done(&lines);
	buf_done(&theirs);
	arena_done(&a);
	free((char *)in.p);
	free((char *)expected.p);
	return wrong;
}

int main(void)
{
	const char *folder = data_unpack("suites/mimekit");
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		wrong += run_case(folder, name[i]);
	return wrong ? 1 : 0;
}
