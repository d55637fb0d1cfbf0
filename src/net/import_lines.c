/*
 * Text: the first line that is no comment tells the format; then every line goes to the format's
 * own function, which says what it made of it.
 */
#include "net/day.h"
#include "net/import_format.h"
#include "net/rel_text.h"

#include <errno.h>

struct format {
	import_line *line;
	size_t longest;
	bool names;    /* a first line of column names */
	bool whole;    /* every line has an end: one without is the rest of a longer one */
	bool comments; /* its function takes them too */
};

static bool is_comment(struct span line)
{
	return !line.n || line.p[0] == '#' || line.p[0] == ';';
}

/* What a format is told from: the first line that is neither empty nor a comment. */
static struct span first_row(struct span head)
{
	struct span line;

	while (span_line(&head, &line))
		if (!is_comment(span_trim(line)))
			return line;
	return (struct span){NULL, 0};
}

static const struct format *format_of(struct span head)
{
	static const struct format csv = {import_csv_line, IMPORT_LINE_MOST, true, false, false},
				   pair = {import_pair_line, IMPORT_LINE_MOST, false, false, false},
				   bgp = {import_bgp_line, BGP_TEXT_LINE_MOST, false, true, false},
				   rel = {import_rel_line, BGP_TEXT_LINE_MOST, false, true, true};
	struct span row = first_row(head);
	size_t n = 0;
	struct prefix p;

	if (memchr(row.p ? row.p : "", '\0', row.n))
		return NULL;
	if (bgp_text_is(row))
		return &bgp;
	if (rel_text_is(row))
		return &rel;
	while (n < row.n && row.p[n] != '\t' && row.p[n] != ' ' && row.p[n] != ',')
		n++;
	if (n < row.n && row.p[n] == ',')
		return &csv;
	return n < row.n && prefix_parse(span_take(row, n), &p) == 0 ? &pair : NULL;
}

/* A comment may tell of which day the table is: "; Original file : rib.20080501.0644.bz2". */
static int read_comment(struct import *im, struct span line, struct err *err)
{
	int32_t day;

	if (im->report.count[IMPORT_ROWS] || im->has_day || !day_find(line, &day))
		return 0;
	return import_tell_day(im, day, err);
}

/* Names of columns: the first holds neither '.' nor ':', which every address does. */
static bool is_header(struct span line)
{
	struct span first = {NULL, 0};

	span_cut(&line, ',', &first);
	return span_index(first, '.') < 0 && span_index(first, ':') < 0;
}

/* False when the line just taken is the last one and stops without "\n". */
static bool has_end(const struct lines *l)
{
	return !l->ended || l->from < l->to || (l->from && l->room[l->from - 1] == '\n');
}

static bool stream_fails(struct lines *l)
{
	char none;

	return stream_read(l->stream, &none, 1, NULL) < 0;
}

/* Where a line stands, and what is known of it. */
struct place {
	uint64_t number; /* from 1 */
	bool too_long;
	bool names; /* it may be one of column names */
};

static int read_row(struct import *im, const struct format *f, struct span line,
	const struct place *at, struct err *err)
{
	bool had_time = im->has_time;
	int rc = at->too_long ? IMPORT_LONG : f->line(im, line);

	if (rc < 0)
		return import_fail(im, rc, "line", at->number, err);
	if (rc > 0 && !(at->names && is_header(line)))
		import_skip(im, (enum import_count)rc, at->number, line);
	return im->has_time && !had_time ? import_tell_time(im, im->time, err) : 0;
}

static int cut(struct import *im, const char *why, uint64_t lines)
{
	struct err at;

	err_set(&at, -EBADMSG, "%s, behind %ju lines", why, (uintmax_t)lines);
	import_cut(im, at.text);
	return 0;
}

/* Where the stream fails the last line may be cut: it is dropped, and the next call tells why. */
static int read_lines(struct import *im, const struct format *f, struct lines *l, struct err *err)
{
	struct place at = {0, false, f->names};
	struct err why = {""};
	struct span line;
	int rc;

	while ((rc = lines_next(l, f->longest, &line, &at.too_long, &why)) > 0) {
		if (!has_end(l) && stream_fails(l))
			continue;
		if (!has_end(l) && f->whole)
			return cut(im, "the last line has no end", at.number);
		at.number++;
		rc = is_comment(line) && !f->comments ? read_comment(im, line, err)
						      : read_row(im, f, line, &at, err);
		if (rc < 0)
			return rc;
		at.names = at.names && is_comment(line);
		import_tick(im);
	}
	if (rc == -EBADMSG)
		return cut(im, why.text, at.number);
	return rc < 0 ? err_set(err, rc, "%s", why.text) : 0;
}

int import_lines(struct import *im, struct lines *l, struct err *err)
{
	struct span head;
	int rc = lines_peek(l, &head, err);
	const struct format *f = rc < 0 ? NULL : format_of(head);

	if (rc < 0)
		return rc;
	if (!f)
		return err_set(err, -EINVAL,
			"%s: neither CSV (start,end,asn,name), nor prefix<TAB>asn, nor MMDB, nor "
			"MRT, nor text of bgpdump -m, nor AS relationships; if it is an archive, "
			"unpack it first",
			im->path);
	return read_lines(im, f, l, err);
}
