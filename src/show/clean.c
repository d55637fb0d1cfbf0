/* Text from outside, made fit to be shown. */
#include "show/clean.h"

#include "base/utf8.h"

#include <wchar.h>

/* True for what has no place in a table: controls, zero-width, direction and format characters. */
static bool is_unfit(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c >= 0xe000 && c <= 0xf8ff) || c == 0xfeff ||
	       (c >= 0xfff0 && c <= 0xfffb) || c >= 0xe0000;
}

/*
 * Takes one character as it may be shown off *rest: its bytes in to, their number returned, its
 * columns in *ret_columns. A run of white space is one space.
 */
static size_t next_shown(struct span *rest, char to[4], int *ret_columns)
{
	if (rest->p[0] > ' ' && rest->p[0] <= '~') {
		to[0] = rest->p[0];
		*rest = span_skip(*rest, 1);
		*ret_columns = 1;
		return 1;
	}
	uint32_t c = utf8_next(rest);

	if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0) {
		while (rest->n && ascii_is_space(rest->p[0]))
			*rest = span_skip(*rest, 1);
		c = ' ';
	}
	if (is_unfit(c))
		c = UTF8_BAD;
	int columns = wcwidth((wchar_t)c);

	*ret_columns = columns < 0 ? 1 : columns;
	return utf8_put(c, to);
}

void clean_text(struct buf *to, struct span s)
{
	char bytes[4];
	int columns;

	while (s.n) {
		size_t n = next_shown(&s, bytes, &columns);

		buf_add(to, (struct span){bytes, n});
	}
}

int clean_columns(struct span s)
{
	char bytes[4];
	int columns, sum = 0;

	while (s.n) {
		next_shown(&s, bytes, &columns);
		sum += columns;
	}
	return sum;
}

void clean_cell(struct buf *to, struct span s, int width)
{
	char bytes[4];
	int columns, used = 0;
	/* More bytes than this cannot fit, so a huge header costs nothing. */
	struct span head = span_take(s, (size_t)width * 16 + 16);
	bool cut = clean_columns(head) > width;

	while (head.n) {
		size_t n = next_shown(&head, bytes, &columns);

		if (used + columns > width - (cut ? 1 : 0))
			break;
		buf_add(to, (struct span){bytes, n});
		used += columns;
	}
	if (cut) {
		buf_str(to, "\u2026");
		used++;
	}
	for (; used < width; used++)
		buf_byte(to, ' ');
}

void clean_excerpt(struct buf *to, struct span s, size_t most)
{
	struct span head = span_take(s, most);

	while (head.n && head.n < s.n && (s.p[head.n] & 0xc0) == 0x80)
		head.n--;
	clean_text(to, head);
	if (head.n < s.n)
		buf_str(to, "\u2026");
}

/* True when the dot at p[i] stands within a name or an address, not behind a sentence. */
static bool is_joining_dot(struct span s, size_t i)
{
	return s.p[i] == '.' && i && i + 1 < s.n && !ascii_is_space(s.p[i - 1]) &&
	       !ascii_is_space(s.p[i + 1]) && s.p[i + 1] != '.' && s.p[i - 1] != '.';
}

/* Bytes of the letters at s that are spoilt so that "http://", "https://", "ftp://" is no link. */
static size_t scheme_length(struct span s)
{
	if (span_starts_nocase(s, SPAN("http://")) || span_starts_nocase(s, SPAN("https://")))
		return 4;
	return span_starts_nocase(s, SPAN("ftp://")) ? 3 : 0;
}

void clean_defanged(struct buf *to, struct span s, size_t most)
{
	struct buf plain = {0};

	clean_excerpt(&plain, s, most);
	struct span shown = buf_span(&plain);

	for (size_t i = 0; i < shown.n; i++) {
		size_t scheme = scheme_length(span_skip(shown, i));

		if (scheme) {
			buf_str(to, scheme == 4 ? "hxxp" : "fxp");
			i += scheme - 1;
		} else if (is_joining_dot(shown, i)) {
			buf_str(to, "[.]");
		} else if (shown.p[i] == '@') {
			buf_str(to, "[@]");
		} else {
			buf_byte(to, shown.p[i]);
		}
	}
	buf_done(&plain);
}

/* XML 1.0, 2.2 has no U+FFFE and U+FFFF; all else that it lacks is gone with the cleaning. */
static void put_escaped(struct buf *to, struct span c)
{
	switch (c.p[0]) {
	case '&': buf_str(to, "&amp;"); return;
	case '<': buf_str(to, "&lt;"); return;
	case '>': buf_str(to, "&gt;"); return;
	case '"': buf_str(to, "&quot;"); return;
	case '\'': buf_str(to, "&#39;"); return;
	}
	if (span_eq(c, SPAN("\xef\xbf\xbe")) || span_eq(c, SPAN("\xef\xbf\xbf")))
		c = SPAN("\xef\xbf\xbd");
	buf_add(to, c);
}

void clean_markup(struct buf *to, struct span s)
{
	char bytes[4];
	int columns;

	while (s.n) {
		size_t n = next_shown(&s, bytes, &columns);

		put_escaped(to, (struct span){bytes, n});
	}
}
