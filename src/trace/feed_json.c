/*
 * JSON as feeds have it: one value, an array of them, or a value a line (RFC 7464 and JSON lines).
 * All three are cut into objects first, by brackets and quotes alone, so that each is bounded
 * before it is parsed, and one that is broken costs no other. A text whose brackets do not close is
 * taken line by line from there on.
 */
#include "base/hash.h"
#include "trace/feed_work.h"
#include "trace/xarf.h"

#include <errno.h>
#include <stdio.h>

struct cutter {
	struct span rest;
	uint64_t line; /* of the rest's first byte, from 1 */
	bool by_line;  /* no value goes over a line's end */
	uint64_t looked;
};

/* What a look for the end of an object has met. */
struct scan {
	size_t depth, deepest, nodes;
	bool quoted, escaped;
};

static void scan_byte(struct scan *s, char c)
{
	if (s->quoted) {
		s->quoted = c != '"' || s->escaped;
		s->escaped = c == '\\' && !s->escaped;
		return;
	}
	s->quoted = c == '"';
	s->nodes += c == ',' || c == ':' || c == '{' || c == '[';
	s->depth += c == '{' || c == '[';
	s->depth -= s->depth && (c == '}' || c == ']');
	if (s->depth > s->deepest)
		s->deepest = s->depth;
}

/* Takes n bytes off, and counts their lines. */
static struct span advance(struct cutter *c, size_t n)
{
	struct span taken = span_take(c->rest, n), rest = taken;

	for (ssize_t at; (at = span_index(rest, '\n')) >= 0; c->line++)
		rest = span_skip(rest, (size_t)at + 1);
	c->rest = span_skip(c->rest, n);
	return taken;
}

static size_t line_length(struct span s)
{
	ssize_t at = span_index(s, '\n');

	return at < 0 ? s.n : (size_t)at;
}

/* Takes the object that the rest begins with; FEED_BAD_JSON for one that is out of bounds or does
 * not close. */
static enum feed_count cut_object(struct cutter *c, struct span *ret_value)
{
	size_t n = 0, most = c->by_line ? line_length(c->rest) : c->rest.n;
	struct scan s = {0};

	do
		scan_byte(&s, c->rest.p[n++]);
	while (s.depth && n < most);
	c->looked += n;
	if (s.depth) {
		c->by_line = true;
		*ret_value = advance(c, line_length(c->rest));
		return FEED_BAD_JSON;
	}
	*ret_value = advance(c, n);
	return n > FEED_VALUE_MOST || s.nodes > FEED_VALUE_NODES || s.deepest > FEED_DEPTH_MOST
		       ? FEED_BAD_JSON
		       : FEED_TAKEN;
}

/* The next object, or what is none; false at the end. *ret_line is where it begins. */
static bool cut(
	struct cutter *c, struct span *ret_value, enum feed_count *ret_is, uint64_t *ret_line)
{
	size_t n = 0;

	while (n < c->rest.n &&
		(ascii_is_space(c->rest.p[n]) || memchr(",[]\x1e", c->rest.p[n], 4)))
		n++;
	advance(c, n);
	*ret_line = c->line;
	if (!c->rest.n)
		return false;
	if (c->rest.p[0] == '{') {
		*ret_is = cut_object(c, ret_value);
	} else {
		*ret_value = advance(c, line_length(c->rest));
		*ret_is = FEED_BAD_JSON;
	}
	return true;
}

/* A value as text: strings as they are, numbers written out, strings of an array behind one
 * another. */
static struct span text_of(struct feed *f, const json_t *j)
{
	char number[32];
	struct span s = {NULL, 0};
	size_t i;
	json_t *one;

	if (json_is_string(j))
		return (struct span){json_string_value(j), json_string_length(j)};
	if (json_is_number(j)) {
		if (json_is_integer(j))
			snprintf(number, sizeof(number), "%jd", (intmax_t)json_integer_value(j));
		else
			snprintf(number, sizeof(number), "%.6g", json_real_value(j));
		return arena_copy(&f->arena, span_cstr(number));
	}
	char joined[256];
	size_t n = 0;

	json_array_foreach(j, i, one)
	{
		struct span t = {json_string_value(one), json_string_length(one)};

		if (!json_is_string(one) || n + t.n + 1 > sizeof(joined))
			continue;
		memcpy(joined + n, t.p, t.n);
		n += t.n;
		joined[n++] = ' ';
	}
	return n ? arena_copy(&f->arena, (struct span){joined, n}) : s;
}

/* True when a field names the source end of a connection, or a host without an end. */
static bool has_source(const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		struct feed_column c = feed_column_of(span_cstr(key));

		if (c.role == FEED_ROLE_HOST && !c.destination)
			return true;
	}
	return false;
}

/* An object whose fields are named as the columns of a table. */
static int take_object(struct feed *f, const json_t *object, struct span text)
{
	bool source = has_source(object);
	struct feed_row row = {0};
	const char *key;
	json_t *value;

	if (!f->o->source.n)
		return err_set(f->err, -EINVAL,
			"%s: a list does not say whose it is; a source must be named", f->name);
	json_object_foreach((json_t *)object, key, value)
	{
		struct feed_column c = feed_column_of(span_cstr(key));

		if (c.role != FEED_ROLE_NONE && !(source && c.destination))
			feed_row_put(&row, c, text_of(f, value));
	}
	return feed_row_take(f, &row, text);
}

static int take_report(struct feed *f, const json_t *report, struct span text)
{
	struct xarf x;
	int rc = xarf_read(&f->arena, message_domain_tools(f->mp), report, &x);

	if (rc == -ENOMEM && arena_spent(&f->arena))
		rc = FEED_BAD_REPORT;
	if (rc < 0)
		return err_set(f->err, rc, "no memory for %s", f->name);
	if (rc != FEED_TAKEN)
		return feed_odd(f, (enum feed_count)rc, text);
	struct digest d = digest_of(text);
	struct span id =
		x.id.n && x.id.n <= 256 ? x.id : (struct span){(char *)d.byte, DIGEST_BYTES};

	f->report->count[FEED_NO_DATE] += x.sighting[0].at == 0;
	for (size_t i = 0; i < x.n; i++) {
		x.sighting[i].source = span_cstr(x.reporter);
		rc = feed_give(f, &x.sighting[i], text, id);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* An object of a list that tells of the list, as the last line of DROP does. */
static bool is_about_list(const json_t *j)
{
	const char *type = json_string_value(json_object_get(j, "type"));

	return type && !strcmp(type, "metadata");
}

static int take_value(struct feed *f, struct span text, bool reports_only, size_t *reports)
{
	json_error_t why;
	json_t *j = json_loadb(text.p, text.n, 0, &why);
	int rc = 0;

	if (!j && json_error_code(&why) == json_error_out_of_memory)
		return err_set(f->err, -ENOMEM, "no memory for %s", f->name);
	if (!j)
		return reports_only ? 0 : feed_odd(f, FEED_BAD_JSON, text);
	if (xarf_is(j)) {
		++*reports;
		rc = take_report(f, j, text);
	} else if (!reports_only) {
		rc = is_about_list(j) ? feed_odd(f, FEED_ABOUT_ITSELF, text)
				      : take_object(f, j, text);
	}
	json_decref(j);
	return rc;
}

/* The time in the last line of a list that ends with one about itself. */
static void read_own_date(struct feed *f, struct span text)
{
	struct span s = span_trim(text);
	ssize_t at = span_rindex(s, '\n');
	struct span last = span_skip(s, at < 0 ? 0 : (size_t)at + 1);
	json_t *j = last.n < FEED_LINE_MOST ? json_loadb(last.p, last.n, 0, NULL) : NULL;
	json_int_t then = json_integer_value(json_object_get(j, "timestamp"));

	if (j && is_about_list(j) && then >= FEED_EARLIEST && then <= FEED_LATEST)
		f->when = (struct feed_when){then, FEED_SECOND};
	json_decref(j);
}

int feed_json_read(struct feed *f, struct span text)
{
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_skip(text, 3);
	struct cutter c = {text, 1, false, 0};
	struct span value;
	enum feed_count is;
	size_t reports = 0;
	int rc = 0;

	if (!f->mp)
		f->mp = message_parser_new(0);
	if (!f->mp)
		return err_set(f->err, -ENOMEM, "no memory for %s", f->name);
	if (f->today)
		read_own_date(f, text);
	while (rc == 0 && cut(&c, &value, &is, &f->number)) {
		arena_reset(&f->arena);
		rc = is == FEED_TAKEN ? take_value(f, value, false, &reports)
				      : feed_odd(f, is, value);
	}
	f->looked += c.looked;
	return rc;
}

int feed_json_reports(struct feed *f, struct span text, size_t *ret_reports)
{
	struct cutter c = {text, 1, false, 0};
	struct span value;
	enum feed_count is;
	uint64_t line;
	int rc = 0;

	while (rc == 0 && cut(&c, &value, &is, &line)) {
		arena_reset(&f->arena);
		if (is == FEED_TAKEN)
			rc = take_value(f, value, true, ret_reports);
	}
	return rc;
}
