/*
 * Tables with named columns: CSV as RFC 4180 has it, but for line breaks in quotes, also parted by
 * tabs, semicolons or '|'. The head may be quoted, and may stand in a comment.
 */
#include "trace/feed_work.h"

/*
 * Takes a field off *rest; false at the end. In quotes it is copied to *scratch, which moves on:
 * room for the line is enough for all its fields. *ret_bad is set for a quote that does not close.
 * White space before a quote is dropped: abuse.ch parts its columns by ", ".
 */
static bool take_field(
	struct span *rest, char separator, char **scratch, struct span *ret_field, bool *ret_bad)
{
	struct span s = *rest;
	char *to = *scratch;
	size_t i = 0;

	while (i < s.n && s.p[i] == ' ')
		i++;
	if (i == s.n || s.p[i] != '"')
		return span_cut(rest, separator, ret_field);
	for (i++; i < s.n && !(s.p[i] == '"' && (i + 1 == s.n || s.p[i + 1] != '"')); i++) {
		i += s.p[i] == '"';
		*to++ = s.p[i];
	}
	for (*ret_bad = i++ >= s.n; i < s.n && s.p[i] != separator; i++)
		*ret_bad |= s.p[i] != ' ' && s.p[i] != '\r';
	*ret_field = span_between(*scratch, to);
	*scratch = to;
	*rest = i < s.n ? span_skip(s, i + 1) : (struct span){NULL, 0};
	return true;
}

/* Splits a line into fields; returns how many there are, of which field[] has the first. */
static size_t split(struct span line, char separator, char room[FEED_LINE_MOST],
	struct span field[FEED_COLUMNS_MOST], bool *ret_bad)
{
	char *scratch = room;
	struct span one;
	size_t n = 0;

	*ret_bad = false;
	line = span_take(line, FEED_LINE_MOST);
	while (!*ret_bad && take_field(&line, separator, &scratch, &one, ret_bad)) {
		if (n < FEED_COLUMNS_MOST)
			field[n] = one;
		n++;
	}
	return n;
}

/* What parts most fields of a line; a comma when nothing does. */
static char separator_of(struct span line)
{
	static const char separators[] = {',', '\t', ';', '|'};
	size_t best = 0, most = 0;

	for (size_t i = 0; i < sizeof(separators); i++) {
		size_t n = 0;

		for (size_t j = 0; j < line.n; j++)
			n += line.p[j] == separators[i];
		if (n > most) {
			most = n;
			best = i;
		}
	}
	return separators[best];
}

bool feed_csv_head(struct feed *f, struct span line)
{
	char room[FEED_LINE_MOST];
	struct span field[FEED_COLUMNS_MOST];
	bool bad, host = false, source = false;
	char separator = separator_of(span_take(line, FEED_LINE_MOST));
	size_t n = split(line, separator, room, field, &bad);

	if (bad || n == 0 || n > FEED_COLUMNS_MOST)
		return false;
	for (size_t i = 0; i < n; i++) {
		f->column[i] = feed_column_of(field[i]);
		bool is_host =
			f->column[i].role == FEED_ROLE_HOST || f->column[i].role == FEED_ROLE_START;

		host |= is_host;
		source |= is_host && !f->column[i].destination;
	}
	for (size_t i = 0; source && i < n; i++)
		if (f->column[i].destination)
			f->column[i].role = FEED_ROLE_NONE;
	f->separator = separator;
	f->columns = host ? n : 0;
	return host;
}

size_t feed_csv_width(const struct feed *f, struct span line)
{
	char room[FEED_LINE_MOST];
	struct span field[FEED_COLUMNS_MOST];
	bool bad;

	return split(line, f->separator, room, field, &bad);
}

/* Whether a row is the head once more, as where tables were strung together. */
static bool is_head(const struct feed *f, const struct span *field, size_t n)
{
	size_t known = 0;

	if (n != f->columns)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (f->column[i].role == FEED_ROLE_NONE)
			continue;
		known++;
		if (feed_column_of(field[i]).role != f->column[i].role)
			return false;
	}
	return known > 0;
}

int feed_csv_line(struct feed *f, struct span line)
{
	char room[FEED_LINE_MOST];
	struct span field[FEED_COLUMNS_MOST], text;
	struct feed_row row = {0};
	bool bad;

	if (!span_trim(line).n || feed_is_comment(line, &text))
		return 0;
	size_t n = split(line, f->separator, room, field, &bad);

	if (n > FEED_COLUMNS_MOST)
		n = FEED_COLUMNS_MOST;
	if (is_head(f, field, n))
		return 0;
	if (bad)
		return feed_odd(f, FEED_QUOTE, line);
	for (size_t i = 0; i < n && i < f->columns; i++)
		feed_row_put(&row, f->column[i], field[i]);
	return feed_row_take(f, &row, line);
}
