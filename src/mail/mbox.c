/*
 * The stream is seen through a window that begins with the message in hand. Offsets are counted
 * from there, not pointers kept, because filling the window may move it.
 *
 * A message ends where the next separator line stands. What is one (RFC 4155 leaves it open, and
 * writers differ) is decided by evidence: behind a blank line, "From " with a date is enough, and
 * "From " with one word is when a header field follows. With no blank line before it, a header
 * field must follow and a date be there, or nothing but Mozilla's "-". So 'From Russia with love'
 * in a body splits nothing, and a mailbox whose writer left out the blank lines still comes apart.
 *
 * A Content-Length (mboxcl, mboxcl2) is trusted only when it leads exactly to the end of the file
 * or to a separator: it may come from the sender, or be stale. Then the body is taken as it is;
 * else one '>' is taken off every line of '>'s and "From " in it.
 */
#include "mail/mbox.h"

#include <errno.h>
#include <stdlib.h>

#define WINDOW_LEAST ((size_t)64 << 10)
#define WINDOW_LARGE ((size_t)1 << 20)
#define BEGINNING    ((size_t)4096) /* is enough to tell what a stream is */
#define LINE_MOST    ((size_t)1024) /* longer lines are no separators */

void mbox_begin(struct mbox *m, const char *name, mbox_read_fn *read, void *context, size_t most)
{
	*m = (struct mbox){
		.read = read,
		.context = context,
		.name = name,
		.most = most,
		.p = m->p,
		.room = m->room,
	};
}

void mbox_doubt(struct mbox *m)
{
	m->doubted = true;
}

bool mbox_is_foreign(const struct mbox *m)
{
	return m->foreign;
}

void mbox_done(struct mbox *m)
{
	free(m->p);
	*m = (struct mbox){0};
}

static size_t held(const struct mbox *m)
{
	return m->n - m->at;
}

/* What is held from that offset on. */
static struct span ahead(const struct mbox *m, size_t offset)
{
	return span_skip((struct span){m->p + m->at, held(m)}, offset);
}

static void consume(struct mbox *m, size_t n)
{
	m->at += n;
}

/*
 * Lets the window begin at its first unused byte, with room for want bytes. It has room for a
 * quarter more, so it is moved only after a quarter of the bytes that are moved have been used:
 * linear in all. Small windows have more, which costs nothing.
 */
static int make_room(struct mbox *m, size_t want)
{
	size_t keep = held(m);

	if (keep)
		memmove(m->p, m->p + m->at, keep);
	m->offset += m->at;
	m->at = 0;
	m->n = keep;
	if (m->room - m->room / 5 < want) {
		size_t room = want < WINDOW_LEAST / 2 ? WINDOW_LEAST
			      : want < WINDOW_LARGE   ? 2 * want
						      : want + want / 4;
		char *p = realloc(m->p, room); /* large blocks are not copied */

		if (!p)
			return -ENOMEM;
		m->p = p;
		m->room = room;
	}
	return 0;
}

/* Holds at least want bytes, unless the stream ends before: then false. Moves the window. */
static bool fill(struct mbox *m, size_t want)
{
	while (held(m) < want && !m->ended) {
		ssize_t got = -ENOMEM;

		if (m->room - m->at >= want || make_room(m, want) == 0)
			got = m->read(m->context, m->p + m->n, m->room - m->n, &m->err);
		else
			err_sys(&m->err, -ENOMEM, "%s", m->name);
		if (got > 0)
			m->n += (size_t)got;
		else
			m->ended = true;
		if (got < 0)
			m->failed = (int)got;
	}
	return held(m) >= want;
}

/* The offset behind the line that starts there, or behind as much as a separator may have of it. */
static size_t line_end(struct mbox *m, size_t start)
{
	fill(m, start + LINE_MOST);
	struct span line = span_take(ahead(m, start), LINE_MOST);
	ssize_t at = span_index(line, '\n');

	return start + (at < 0 ? line.n : (size_t)at + 1);
}

/* How many bytes the line end at the beginning of s has: 1, 2 (CRLF), or 0 when there is none. */
static size_t newline(struct span s)
{
	return span_starts(s, SPAN("\n")) ? 1 : span_starts(s, SPAN("\r\n")) ? 2 : 0;
}

static bool is_month(struct span word)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i < sizeof(months) - 1; i += 3)
		if (span_eq_nocase(word, (struct span){months + i, 3}))
			return true;
	return false;
}

/* "9:05", "12:50:27" */
static bool is_time(struct span word)
{
	size_t digits = 0;

	while (digits < word.n && ascii_is_digit(word.p[digits]))
		digits++;
	return digits >= 1 && digits <= 2 && word.n >= digits + 3 && word.p[digits] == ':' &&
	       ascii_is_digit(word.p[digits + 1]) && ascii_is_digit(word.p[digits + 2]);
}

/* What a separator line holds behind "From ". */
struct shape {
	unsigned words;
	bool month, day, time, dash; /* dash: "From -" */
};

static struct shape shape_of(struct span line)
{
	struct shape shape = {0};
	struct span word;

	while (span_cut(&line, ' ', &word)) {
		word = span_trim(word);
		if (word.n && word.p[word.n - 1] == ',')
			word.n--;
		if (!word.n)
			continue;
		shape.dash = ++shape.words == 1 && span_eq(word, SPAN("-"));
		shape.month = shape.month || is_month(word);
		shape.time = shape.time || is_time(word);
		shape.day = shape.day ||
			    (word.n <= 2 && span_number(word, 31, &(unsigned long long){0}) == 0);
	}
	return shape;
}

/* True when a header field, or the line of a relay of old (">From "), stands there. */
static bool header_follows(struct span s)
{
	size_t n = 0;

	if (span_starts(s, SPAN(">From ")))
		return true;
	while (n < s.n && n < 76 && s.p[n] > ' ' && s.p[n] < 127 && s.p[n] != ':')
		n++;
	if (n == 0)
		return false;
	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return n < s.n && s.p[n] == ':';
}

/* Judges the line from start to end by the rules at the head of this file. */
static bool is_separator(struct mbox *m, size_t start, size_t end, bool blank)
{
	struct span line = span_take(ahead(m, start), end - start);

	if (!span_starts(line, SPAN("From ")) || line.n > LINE_MOST)
		return false;
	struct shape shape = shape_of(span_skip(line, 5));
	bool dated = shape.month && shape.day && shape.time;

	if (dated && blank)
		return true;
	if (!dated && !shape.dash && !(blank && shape.words == 1))
		return false;
	fill(m, end + LINE_MOST);
	return header_follows(span_take(ahead(m, end), LINE_MOST));
}

/* A message while its end is looked for. Offsets are from the window's first unused byte. */
struct scan {
	size_t line;   /* start of the line looked at; in the end, of what follows the message */
	size_t seen;   /* bytes of that line that are known to hold no line end */
	size_t body;   /* where the body starts; 0 inside the header */
	size_t quoted; /* the first quoted "From " line of the body; 0 for none */
	size_t end; /* where the message ends by its Content-Length; 0 when that is not trusted */
	unsigned long long length;
	bool has_length;
	bool midline, blank; /* the line is the rest of one; the one before is blank */
};

enum found { SEPARATOR, END, OVER };

/* Any depth of quoting: mboxrd adds one '>' to each. */
static bool is_quoted(struct span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n > 0 && span_starts(span_skip(line, n), SPAN("From "));
}

static void read_length(struct scan *s, struct span line)
{
	const struct span name = SPAN("Content-Length:");

	if (!s->has_length && span_starts_nocase(line, name) &&
		span_number(span_trim(span_skip(line, name.n)), SIZE_MAX / 4, &s->length) == 0)
		s->has_length = true;
}

/* Takes in a whole line that is no separator. */
static void note_line(struct scan *s, struct span line)
{
	s->blank = newline(line) == line.n;
	if (s->body) {
		if (line.p[0] == '>' && !s->quoted && is_quoted(line))
			s->quoted = s->line;
	} else if (s->blank) {
		s->body = s->line + line.n;
	} else if (ascii_lower(line.p[0]) == 'c') {
		read_length(s, line);
	}
}

/* Follows the Content-Length. True when it leads to a separator or to the end. */
static bool trust_length(struct mbox *m, struct scan *s)
{
	if (!s->has_length || s->length > m->most)
		return false;
	size_t target = s->body + (size_t)s->length, at = target;

	fill(m, target + 2);
	if (held(m) < target)
		return false;
	if (m->p[m->at + target - 1] != '\n' && newline(ahead(m, target)) == 0 && held(m) > target)
		return false;
	/* A few only: messages whose lengths lead to one long run of blank lines cost no more. */
	for (size_t n; at < target + 8 && (n = newline(ahead(m, at))) > 0; fill(m, at + 2))
		at += n;
	if (fill(m, at + 1) && !is_separator(m, at, line_end(m, at), true))
		return false;
	s->line = at;
	s->end = target;
	return true;
}

/*
 * The hot loop: passes over whole lines that begin with nothing that matters to a body. Returns
 * the offset of the first line that may matter or is not whole.
 */
static size_t skip_plain(struct span s)
{
	const char *line = s.p, *end = s.p + s.n;

	while (line < end && *line != 'F' && *line != '>' && *line != '\n' && *line != '\r') {
		const char *at = memchr(line, '\n', (size_t)(end - line));

		if (!at)
			break;
		line = at + 1;
	}
	return (size_t)(line - s.p);
}

/* Looks for the end of the message, no farther than line s->line > limit. Linear. */
static enum found find_end(struct mbox *m, struct scan *s, size_t limit)
{
	while (s->line <= limit) {
		size_t plain =
			s->body && !s->midline && !s->seen ? skip_plain(ahead(m, s->line)) : 0;

		if (plain) {
			s->line += plain;
			s->blank = false;
			continue;
		}
		struct span rest = ahead(m, s->line);
		ssize_t at = span_index(span_skip(rest, s->seen), '\n');
		size_t end = at < 0 ? held(m) : s->line + s->seen + (size_t)at + 1;

		if (at < 0 && end <= limit && fill(m, end + 1)) {
			s->seen = end - s->line;
			continue;
		}
		if (at < 0 && end > limit)
			return OVER;
		if (!rest.n)
			return END;
		if (rest.p[0] == 'F' && !s->midline && is_separator(m, s->line, end, s->blank))
			return SEPARATOR;
		note_line(s, span_take(ahead(m, s->line), end - s->line));
		s->midline = false;
		s->line = end;
		s->seen = 0;
		if (s->body == end && trust_length(m, s))
			return held(m) > s->line ? SEPARATOR : END;
	}
	return OVER;
}

/* Passes over what was left of a message that was cut, holding no more than a line of it. */
static void pass_over(struct mbox *m)
{
	struct scan s = {.body = 1, .midline = m->midline, .blank = m->blank};

	m->passing = false;
	while (find_end(m, &s, WINDOW_LEAST) == OVER) {
		if (s.line == 0) {
			s.line = held(m);
			s.midline = true;
		}
		consume(m, s.line);
		s = (struct scan){.body = 1, .midline = s.midline, .blank = s.blank};
	}
	consume(m, s.line);
}

/* Takes one '>' off quoted lines of p[n], of which the first starts it. Returns the new length. */
static size_t unquote(char *p, size_t n)
{
	size_t to = 0, from = 0, line = 0;

	while (line < n) {
		if (p[line] == '>' && is_quoted((struct span){p + line, n - line})) {
			memmove(p + to, p + from, line - from);
			to += line - from;
			from = line + 1;
		}
		const char *next = memchr(p + line, '\n', n - line);

		line = next ? (size_t)(next - p) + 1 : n;
	}
	memmove(p + to, p + from, n - from);
	return to + n - from;
}

/* The message whose separator line is at the beginning of the window. */
static void next_split(struct mbox *m, struct mailbox_item *item)
{
	size_t start = line_end(m, 0);
	struct scan s = {.line = start};
	enum found found = find_end(m, &s, start + m->most + 2);
	size_t end = found == OVER ? start + m->most : s.end ? s.end : s.line;

	m->given = s.line;
	if (found == OVER && s.line < end) {
		m->given = end;
		s.midline = true;
		s.blank = false;
	}
	m->passing = found == OVER;
	m->midline = s.midline;
	m->blank = s.blank;
	char *p = m->p + m->at;

	/* The blank line before a separator is the mailbox's, unless it ends the header. */
	if (found != OVER && !s.end && s.blank && end > s.body)
		end -= p[end - 1] == '\n' && end - 2 > s.body && p[end - 2] == '\r' ? 2 : 1;
	item->offset = m->offset + m->at + start;
	item->cut = found == OVER || end - start > m->most;
	if (item->cut)
		end = start + m->most;
	/* A quoted line may stand behind the place where the message was cut. */
	if (s.quoted && s.quoted < end && !s.end)
		end = s.quoted + unquote(p + s.quoted, end - s.quoted);
	item->raw = (struct span){p + start, end - start};
	item->from = span_trim((struct span){p + 5, start - 5});
	item->in_mbox = true;
}

/* The whole stream is one message. */
static void take_whole(struct mbox *m, struct mailbox_item *item)
{
	while (held(m) <= m->most && fill(m, held(m) + 1))
		;
	item->raw = span_take(ahead(m, 0), m->most);
	item->offset = m->offset + m->at;
	item->cut = held(m) > m->most;
	m->given = held(m);
	m->ended = true;
}

/* True when a header begins there, or the rest of one whose first lines were lost. */
static bool begins_header(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
		ssize_t at = span_index(s, '\n');

		s = span_skip(s, at < 0 ? s.n : (size_t)at + 1);
	}
	return header_follows(s);
}

/* Looks at the beginning: what is this stream? */
static int begin(struct mbox *m, struct err *err)
{
	size_t blank = 0;

	m->begun = true;
	fill(m, BEGINNING + 3);
	if (span_starts(ahead(m, 0), SPAN("\xef\xbb\xbf")))
		consume(m, 3);
	/* No more than that is looked at, however much the stream gave at once. */
	struct span first = span_take(ahead(m, 0), BEGINNING);

	for (size_t n; (n = newline(span_skip(first, blank))) > 0;)
		blank += n;
	first = span_skip(first, blank);
	m->split = span_starts(first, SPAN("From "));
	m->foreign = m->doubted && !m->split && (first.n || !m->failed) && !begins_header(first);
	if (m->foreign)
		return 0;
	if (blank == held(m) && m->ended && !m->failed)
		return err_set(err, -EBADMSG, "%s: no mail in it: it is empty", m->name);
	if (m->split)
		consume(m, blank);
	if (!header_follows(first) && !m->split && span_index(first, '\0') >= 0)
		return err_set(err, -EBADMSG, "%s: no mail in it: a binary file", m->name);
	return 0;
}

int mbox_next(struct mbox *m, struct mailbox_item *ret_item, struct err *err)
{
	struct mailbox_item item = {.number = ++m->number};

	consume(m, m->given);
	m->given = 0;
	if (m->passing)
		pass_over(m);
	int rc = m->begun ? 0 : begin(m, err);

	if (rc < 0 || m->foreign) {
		consume(m, held(m));
		m->ended = true;
		return rc;
	}
	if (!fill(m, 1)) {
		rc = m->failed;
		m->failed = 0;
		if (rc < 0 && err)
			*err = m->err;
		return rc;
	}
	if (m->split)
		next_split(m, &item);
	else
		take_whole(m, &item);
	*ret_item = item;
	return 1;
}
