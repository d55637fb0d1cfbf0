/*
 * The bytes are read once, from delimiter to delimiter. An entity begins with its header section;
 * what that says decides whether a multipart's boundary is opened, or the body is a message whose
 * header section follows at once. Then the next line that begins with "--" and names an open
 * boundary is looked for, and everything opened inside that multipart is closed there.
 *
 * Open boundaries are kept with their hashes: a line is hashed once, however many are open, and at
 * most MIME_DEPTH_MOST can be. Each part is opened once and closed once, so the whole is linear.
 */
#include "mail/mime.h"

#include "base/hash.h"

#include <errno.h>

/* A multipart whose boundary is being looked for. */
struct open_boundary {
	uint64_t hash;
	struct span boundary;
	uint32_t part;
};

struct walk {
	struct mime_reader *r;
	const char *begin, *end; /* of the message */
	struct open_boundary open[MIME_DEPTH_MOST + 1];
	size_t opened;
	uint32_t current; /* the deepest part that is not closed yet */
};

/* A line that is the delimiter of open[level]. */
struct delimiter {
	const char *line, *after; /* its first byte; the first byte of the next line */
	size_t level;
	bool closing;
};

/* Finds the innermost open boundary that the line's text behind "--" is. RFC 2046, 5.1.1: blanks
 * may stand behind it; a longer line that only begins with it is no delimiter. */
static bool match(const struct walk *w, struct span line, struct delimiter *ret)
{
	struct span text = span_skip(line, 2);

	while (text.n && ascii_is_space(text.p[text.n - 1]))
		text.n--;
	bool dashes = text.n > 2 && text.p[text.n - 1] == '-' && text.p[text.n - 2] == '-';
	struct span shorter = span_take(text, dashes ? text.n - 2 : text.n);
	uint64_t hash = hash64(text, 0), shorter_hash = dashes ? hash64(shorter, 0) : hash;

	for (size_t i = w->opened; i-- > 0;) {
		const struct open_boundary *o = &w->open[i];
		bool whole = o->hash == hash && span_eq(o->boundary, text);

		if (whole || (o->hash == shorter_hash && span_eq(o->boundary, shorter))) {
			ret->level = i;
			ret->closing = !whole;
			return true;
		}
	}
	return false;
}

static bool is_delimiter(void *arg, struct span line)
{
	struct delimiter unused;

	return match(arg, line, &unused);
}

/* The next delimiter at or behind from, which is the beginning of a line. */
static bool next_delimiter(const struct walk *w, const char *from, struct delimiter *ret)
{
	if (w->opened == 0)
		return false;
	while (from < w->end) {
		const char *lf = memchr(from, '\n', (size_t)(w->end - from));
		const char *stop = lf ? lf : w->end;

		if (stop - from > 2 && from[0] == '-' && from[1] == '-' &&
			match(w, span_between(from, stop), ret)) {
			ret->line = from;
			ret->after = lf ? lf + 1 : w->end;
			return true;
		}
		if (!lf)
			break;
		from = lf + 1;
	}
	return false;
}

/* A copy of s in lower case without blanks and comments; s itself when it is so already. */
static struct span plain_token(struct arena *arena, struct span s)
{
	size_t i = 0, n = 0, deep = 0;

	while (i < s.n && s.p[i] == ascii_lower(s.p[i]) && !ascii_is_space(s.p[i]) && s.p[i] != '(')
		i++;
	if (i == s.n)
		return s;
	char *to = arena_alloc(arena, s.n);

	if (!to)
		return (struct span){NULL, 0};
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '(')
			deep++;
		else if (s.p[i] == ')' && deep)
			deep--;
		else if (!deep && !ascii_is_space(s.p[i]))
			to[n++] = ascii_lower(s.p[i]);
	}
	return (struct span){to, n};
}

static enum transfer transfer_of(const struct field *f, struct anomalies *odd)
{
	static const struct {
		struct span name;
		enum transfer transfer;
	} known[] = {
		{{"7bit", 4}, TRANSFER_7BIT},
		{{"8bit", 4}, TRANSFER_8BIT},
		{{"base64", 6}, TRANSFER_BASE64},
		{{"quoted-printable", 16}, TRANSFER_QP},
		{{"binary", 6}, TRANSFER_BINARY},
		{{"x-uuencode", 10}, TRANSFER_UU},
		{{"uuencode", 8}, TRANSFER_UU},
		{{"x-uue", 5}, TRANSFER_UU},
		{{"uue", 3}, TRANSFER_UU},
	};
	struct span value = f ? span_trim(f->value) : (struct span){NULL, 0};
	size_t n = 0;

	while (n < value.n && (ascii_is_alnum(value.p[n]) || value.p[n] == '-'))
		n++;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_eq_nocase(span_take(value, n), known[i].name))
			return known[i].transfer;
	if (value.n == 0)
		return TRANSFER_7BIT;
	anomaly_note(odd, ANOMALY_BAD_TRANSFER);
	return TRANSFER_UNKNOWN;
}

/* RFC 2045, 5.2: what has no type, or none that can be read, is plain text; RFC 2046, 5.1.5: but in
 * a digest it is a message. */
static struct span default_type(const struct mime_reader *r, const struct part *p)
{
	const struct part *parent = &r->part[p->parent];

	if (parent != p && span_eq(parent->type, SPAN("multipart/digest")))
		return SPAN("message/rfc822");
	return SPAN("text/plain");
}

static int read_type(struct mime_reader *r, struct part *p)
{
	const struct field *f = fields_find(&p->fields, FIELD_CONTENT_TYPE);
	struct span charset;
	int rc;

	p->type = default_type(r, p);
	if (!f)
		return 0;
	params_read(f->value, r->decoder.odd, r->params);
	struct span type = plain_token(r->decoder.arena, r->params->value);

	if (span_index(type, '/') > 0)
		p->type = type;
	if ((rc = params_get(&r->decoder, r->params, SPAN("charset"), PARAM_BYTES, &charset)) < 0 ||
		(rc = params_get(
			 &r->decoder, r->params, SPAN("boundary"), PARAM_BYTES, &p->boundary)) < 0)
		return rc;
	p->charset = plain_token(r->decoder.arena, span_trim(charset));
	return params_get(&r->decoder, r->params, SPAN("name"), PARAM_TEXT, &p->filename);
}

static int read_disposition(struct mime_reader *r, struct part *p)
{
	const struct field *f = fields_find(&p->fields, FIELD_CONTENT_DISPOSITION);
	struct span name;

	if (!f)
		return 0;
	params_read(f->value, r->decoder.odd, r->params);
	p->attachment = span_eq_nocase(r->params->value, SPAN("attachment"));
	int rc = params_get(&r->decoder, r->params, SPAN("filename"), PARAM_TEXT, &name);

	if (rc == 0 && name.n)
		p->filename = name;
	return rc;
}

static bool is_identity(enum transfer t)
{
	return t == TRANSFER_7BIT || t == TRANSFER_8BIT || t == TRANSFER_BINARY;
}

bool mime_is_message(struct span type)
{
	return span_eq(type, SPAN("message/rfc822")) || span_eq(type, SPAN("message/global"));
}

/* Says what the part is, by its fields alone. */
static int classify(struct mime_reader *r, struct part *p)
{
	int rc = read_type(r, p);

	if (rc < 0 || (rc = read_disposition(r, p)) < 0)
		return rc;
	p->transfer = transfer_of(
		fields_find(&p->fields, FIELD_CONTENT_TRANSFER_ENCODING), r->decoder.odd);
	bool message = span_eq(p->type, SPAN("message/rfc822")) ||
		       span_eq(p->type, SPAN("message/global"));
	bool multipart = span_starts(p->type, SPAN("multipart/"));

	if (!multipart)
		p->boundary = (struct span){NULL, 0};
	while (p->boundary.n && ascii_is_space(p->boundary.p[p->boundary.n - 1]))
		p->boundary.n--;
	/* RFC 2045, 6.4: neither may be encoded. Multiparts that claim to be are not. */
	if ((multipart || message) && !is_identity(p->transfer))
		anomaly_note(r->decoder.odd, ANOMALY_BAD_TRANSFER);
	if (multipart && !p->boundary.n)
		anomaly_note(r->decoder.odd, ANOMALY_NO_BOUNDARY);
	bool nests = (multipart && p->boundary.n) || (message && is_identity(p->transfer));

	if (nests && p->depth == MIME_DEPTH_MOST)
		anomaly_note(r->decoder.odd, ANOMALY_TOO_DEEP);
	else if (nests)
		p->kind = multipart ? PART_MULTIPART : PART_MESSAGE;
	return 0;
}

struct part *mime_add_part(struct mime_reader *r, uint32_t parent)
{
	if (r->parts == MIME_PARTS_MOST) {
		anomaly_note(r->decoder.odd, ANOMALY_TOO_MANY_PARTS);
		return NULL;
	}
	void *items = r->part;

	if (arena_grow(r->decoder.arena, &items, &r->room, r->parts, sizeof(*r->part)) < 0)
		return NULL;
	r->part = items;
	struct part *p = &r->part[r->parts];

	*p = (struct part){.parent = parent, .depth = r->parts ? r->part[parent].depth + 1 : 0};
	r->parts++;
	return p;
}

/* Reads one entity that begins at from: its header section and what it says. */
static int open_part(struct walk *w, const char *from, uint32_t parent)
{
	struct mime_reader *r = w->r;
	struct part *p = mime_add_part(r, parent);
	struct field_reader fields = {.scratch = r->scratch,
		.arena = r->decoder.arena,
		.odd = r->decoder.odd,
		.stop = w->opened ? is_delimiter : NULL,
		.arg = w};
	struct span raw = span_between(from, w->end);
	size_t head;

	if (!p)
		return r->parts == MIME_PARTS_MOST ? 0 : -ENOMEM;
	int rc = fields_read(&fields, raw, &p->fields, &head);

	if (rc < 0)
		head = 0;
	p->head = span_take(raw, head);
	p->body = span_skip(raw, head);
	w->current = (uint32_t)(r->parts - 1);
	return rc < 0 || (rc = classify(r, p)) < 0 ? rc : 1;
}

/* Opens the entity at from and, as long as that is a message, the one inside it. Returns 1, 0 when
 * there may be no more parts, or -ENOMEM. */
static int open_entity(struct walk *w, const char *from, uint32_t parent)
{
	struct mime_reader *r = w->r;

	for (;;) {
		int rc = open_part(w, from, parent);

		if (rc <= 0)
			return rc;
		const struct part *p = &r->part[w->current];

		if (p->kind == PART_MULTIPART) {
			w->open[w->opened++] =
				(struct open_boundary){.hash = hash64(p->boundary, 0),
					.boundary = p->boundary,
					.part = w->current};
		}
		if (p->kind != PART_MESSAGE)
			return 1;
		from = p->body.p;
		parent = w->current;
	}
}

/* Ends the bodies of all parts that are open inside part `inside`. */
static void close_parts(struct walk *w, uint32_t inside, const char *end)
{
	for (; w->current != inside; w->current = w->r->part[w->current].parent) {
		struct span *body = &w->r->part[w->current].body;

		*body = span_between(body->p, end > body->p ? end : body->p);
	}
}

/* The end of the text before a delimiter: its line end belongs to it (RFC 2046, 5.1.1). */
static const char *before_line(const struct walk *w, const char *line)
{
	if (line > w->begin && line[-1] == '\n')
		line--;
	if (line > w->begin && line[-1] == '\r')
		line--;
	return line;
}

static int walk(struct walk *w, const char *from)
{
	struct delimiter d;
	int rc = 1;

	while (rc > 0 && next_delimiter(w, from, &d)) {
		uint32_t part = w->open[d.level].part;

		close_parts(w, part, before_line(w, d.line));
		for (size_t i = d.level + 1; i < w->opened; i++)
			anomaly_note(w->r->decoder.odd, ANOMALY_UNCLOSED_PART);
		w->opened = d.level + !d.closing;
		from = d.after;
		/* Where nothing follows, the message was cut there: that is no part. */
		if (!d.closing && from < w->end) {
			rc = open_entity(w, from, part);
			from = w->r->part[w->current].body.p;
		}
	}
	return rc;
}

/* A multipart that holds nothing shows its text as it stands: it is a leaf. */
static void mend_multiparts(struct mime_reader *r, size_t from)
{
	for (size_t i = from; i < r->parts; i++) {
		struct part *p = &r->part[i];

		if (p->kind == PART_LEAF || (i + 1 < r->parts && p[1].parent == i))
			continue;
		if (p->kind == PART_MULTIPART)
			anomaly_note(r->decoder.odd, ANOMALY_NO_BOUNDARY);
		p->kind = PART_LEAF;
	}
}

/* Reads a message whose root stands in part `parent`. */
static int read_message(struct mime_reader *r, struct span raw, uint32_t parent)
{
	const char *begin = raw.p ? raw.p : "";
	struct walk w = {.r = r, .begin = begin, .end = begin + raw.n, .current = parent};
	size_t from = r->parts;
	int rc = open_entity(&w, begin, parent);

	if (rc > 0)
		rc = walk(&w, r->part[w.current].body.p);
	for (size_t i = 0; i < w.opened; i++)
		anomaly_note(r->decoder.odd, ANOMALY_UNCLOSED_PART);
	mend_multiparts(r, from);
	return rc < 0 ? rc : 0;
}

int mime_parse(struct mime_reader *r, struct span raw)
{
	r->parts = r->room = 0;
	return read_message(r, raw, 0);
}

int mime_parse_inside(struct mime_reader *r, struct span raw, uint32_t parent)
{
	if (r->part[parent].depth == MIME_DEPTH_MOST) {
		anomaly_note(r->decoder.odd, ANOMALY_TOO_DEEP);
		return 0;
	}
	size_t before = r->parts;
	int rc = read_message(r, raw, parent);

	if (r->parts > before)
		r->part[parent].kind = PART_MESSAGE;
	return rc;
}
