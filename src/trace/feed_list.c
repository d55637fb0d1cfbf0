/*
 * Lists without named columns: the first word of a line is the host. What stands behind '#' or ';'
 * is a comment, also where a URL has them: its host stands before.
 */
#include "trace/feed_host.h"
#include "trace/feed_work.h"

/* Takes the next word off *rest: up to white space, a comma or '|'; without quotes around it. */
static bool take_word(struct span *rest, struct span *ret_word)
{
	struct span s = span_trim(*rest);
	size_t n = 0;

	while (n < s.n && !ascii_is_space(s.p[n]) && s.p[n] != ',' && s.p[n] != '|')
		n++;
	*ret_word = span_take(s, n);
	*rest = span_skip(s, n + (n < s.n));
	if (ret_word->n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[n - 1] == s.p[0])
		*ret_word = span_between(s.p + 1, s.p + n - 1);
	return s.n > 0;
}

/* What of a line is no comment. */
static struct span without_comment(struct span line)
{
	struct span text;

	if (feed_is_comment(line, &text))
		return (struct span){NULL, 0};
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' || line.p[i] == ';')
			return span_trim(span_take(line, i));
	return span_trim(line);
}

/* "a - b": the second word is the dash alone, or begins the end of the range. */
static bool take_range_end(struct span rest, struct span *ret_end)
{
	struct span word;

	if (!take_word(&rest, &word) || word.p[0] != '-')
		return false;
	if (word.n > 1)
		*ret_end = span_skip(word, 1);
	else if (!take_word(&rest, ret_end))
		return false;
	return true;
}

int feed_list_line(struct feed *f, struct span line)
{
	struct span rest = without_comment(line);
	struct feed_row row = {0};

	if (!take_word(&rest, &row.host[0]))
		return 0;
	take_range_end(rest, &row.end);
	return feed_row_take(f, &row, line);
}

int feed_levels_line(struct feed *f, struct span line)
{
	struct span rest = without_comment(line);
	struct feed_row row = {0};

	if (!take_word(&rest, &row.host[0]))
		return 0;
	take_word(&rest, &row.lists);
	return feed_row_take(f, &row, line);
}

/* An address that leads nowhere, as hosts files give it to the names that they block. */
static bool is_nowhere(struct span word)
{
	struct ip ip;

	return ip_parse(word, &ip) == 0 &&
	       (ip_scope(&ip) == IP_LOOPBACK || span_eq(word, SPAN("0.0.0.0")) ||
		       span_eq(word, SPAN("::")));
}

int feed_hosts_line(struct feed *f, struct span line)
{
	struct span rest = without_comment(line), word = {NULL, 0};
	struct feed_row row = {0};
	int rc = 0;

	if (!take_word(&rest, &word))
		return 0;
	if (!is_nowhere(word))
		return feed_list_line(f, line);
	while (rc == 0 && take_word(&rest, &row.host[0]))
		/* "0.0.0.0 0.0.0.0" stands in some of them. */
		rc = is_nowhere(row.host[0]) || span_index(row.host[0], '.') < 0
			     ? feed_odd(f, FEED_LOCAL_NAME, line)
			     : feed_row_take(f, &row, line);
	return rc;
}

bool feed_is_comment(struct span line, struct span *ret_text)
{
	struct span s = span_trim(line);

	if (!s.n || (s.p[0] != '#' && s.p[0] != ';' && !span_starts(s, SPAN("//"))))
		return false;
	while (s.n && (s.p[0] == '#' || s.p[0] == ';' || s.p[0] == '/'))
		s = span_skip(s, 1);
	*ret_text = span_trim(s);
	return true;
}

/* "Received: ...", "From x@y ...". */
static bool is_mail(struct span line)
{
	size_t n = 0;

	if (span_starts(line, SPAN("From ")))
		return true;
	while (n < line.n && (ascii_is_alnum(line.p[n]) || line.p[n] == '-'))
		n++;
	return n > 1 && n < line.n && line.p[n] == ':' && ascii_is_alpha(line.p[0]) &&
	       (n + 1 == line.n || line.p[n + 1] == ' ' || line.p[n + 1] == '\t');
}

/* '{', or '[' with a value behind it that no address in brackets begins with. */
static bool is_json(struct span held)
{
	struct span s = span_trim(held);

	if (s.n && s.p[0] == '{')
		return true;
	if (!s.n || s.p[0] != '[')
		return false;
	s = span_trim(span_skip(s, 1));
	return s.n && (s.p[0] == '{' || s.p[0] == ']');
}

/* The first line that is neither empty nor a comment; false when none is held. */
static bool first_row(struct span held, struct span *ret_line)
{
	struct span text;

	while (span_line(&held, ret_line))
		if (span_trim(*ret_line).n && !feed_is_comment(*ret_line, &text))
			return true;
	return false;
}

/* The head of a table is its first row, or a comment above it with as many columns, as abuse.ch's
 * have it. */
static bool has_head(struct feed *f, struct span held, struct span row)
{
	struct span line, text;

	if (feed_csv_head(f, row))
		return true;
	while (span_line(&held, &line) && line.p != row.p)
		if (feed_is_comment(line, &text) && feed_csv_head(f, text) && f->columns > 1 &&
			feed_csv_width(f, row) == f->columns)
			return true;
	f->columns = 0;
	return false;
}

enum feed_format feed_tell(struct feed *f, struct span held)
{
	struct span row, word, rest;

	if (span_starts(held, SPAN("\xef\xbb\xbf")))
		held = span_skip(held, 3);
	if (is_json(held))
		return FEED_JSON;
	if (!first_row(held, &row))
		return FEED_LIST;
	rest = row;
	if (is_mail(row))
		return FEED_MAIL;
	if (has_head(f, held, row))
		return FEED_CSV;
	return take_word(&rest, &word) && is_nowhere(word) && take_word(&rest, &word) ? FEED_HOSTS
										      : FEED_LIST;
}
