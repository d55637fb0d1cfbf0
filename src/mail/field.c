/*
 * One pass over the lines. A line that begins with white space belongs to the field before it, so
 * a field is closed only when the next one begins: the value is a span from behind the colon to
 * the last line's end, folds and all, and nothing is copied.
 *
 * Ids are found by the length of the name: no length has more than five names.
 */
#include "mail/field.h"

#include "base/utf8.h"

#include <errno.h>

#define LINE_MOST 998 /* RFC 5322, 2.1.1 */

static const char *const names[FIELD_COUNT] = {[FIELD_OTHER] = "",
#define X(id, name) [FIELD_##id] = name,
	FIELDS(X)
#undef X
};

/* clang-format off */
static const uint8_t by_length[][5] = {
	[2] = {FIELD_TO, FIELD_CC},
	[3] = {FIELD_BCC},
	[4] = {FIELD_FROM, FIELD_DATE},
	[6] = {FIELD_SENDER},
	[7] = {FIELD_SUBJECT, FIELD_LIST_ID},
	[8] = {FIELD_RECEIVED, FIELD_REPLY_TO, FIELD_X_MAILER},
	[9] = {FIELD_LIST_POST},
	[10] = {FIELD_MESSAGE_ID, FIELD_REFERENCES, FIELD_PRECEDENCE, FIELD_USER_AGENT,
		FIELD_CONTENT_ID},
	[11] = {FIELD_RETURN_PATH, FIELD_IN_REPLY_TO},
	[12] = {FIELD_CONTENT_TYPE, FIELD_MIME_VERSION, FIELD_DELIVERED_TO},
	[14] = {FIELD_DKIM_SIGNATURE},
	[16] = {FIELD_LIST_UNSUBSCRIBE},
	[19] = {FIELD_CONTENT_DISPOSITION},
	[22] = {FIELD_AUTHENTICATION_RESULTS},
	[25] = {FIELD_CONTENT_TRANSFER_ENCODING},
};

/* RFC 5322, 3.6, and RFC 2045, 3: these stand at most once. */
static const uint64_t once = 1ULL << FIELD_FROM | 1ULL << FIELD_SENDER | 1ULL << FIELD_REPLY_TO |
	1ULL << FIELD_TO | 1ULL << FIELD_CC | 1ULL << FIELD_BCC | 1ULL << FIELD_SUBJECT |
	1ULL << FIELD_DATE | 1ULL << FIELD_MESSAGE_ID | 1ULL << FIELD_IN_REPLY_TO |
	1ULL << FIELD_REFERENCES | 1ULL << FIELD_MIME_VERSION | 1ULL << FIELD_CONTENT_TYPE |
	1ULL << FIELD_CONTENT_TRANSFER_ENCODING | 1ULL << FIELD_CONTENT_DISPOSITION |
	1ULL << FIELD_CONTENT_ID;
/* clang-format on */

enum field_id field_id(struct span name)
{
	if (name.n >= sizeof(by_length) / sizeof(*by_length))
		return FIELD_OTHER;
	const uint8_t *ids = by_length[name.n];

	for (size_t i = 0; i < sizeof(*by_length) && ids[i]; i++) {
		const char *want = names[ids[i]];

		if (ascii_lower(want[0]) == ascii_lower(name.p[0]) &&
			span_eq_nocase(name, (struct span){want, name.n}))
			return ids[i];
	}
	return FIELD_OTHER;
}

const char *field_name(enum field_id id)
{
	return names[id];
}

const struct field *fields_find(const struct fields *fields, enum field_id id)
{
	for (size_t i = 0; i < fields->n; i++)
		if (fields->at[i].id == id)
			return &fields->at[i];
	return NULL;
}

size_t field_unfold(struct span value, char *to)
{
	size_t n = 0;

	while (value.n) {
		const char *lf = memchr(value.p, '\n', value.n);
		size_t line = lf ? (size_t)(lf - value.p) : value.n;
		size_t text = line;

		while (text && value.p[text - 1] == '\r')
			text--;
		memcpy(to + n, value.p, text);
		n += text;
		value = span_skip(value, line + 1);
	}
	return n;
}

/*
 * Takes a line off *rest, without its end. Any run of CR before the LF is part of the end; a CR
 * that no LF follows ends a line too, as mail from old systems and hostile mail have it.
 */
static struct span take_line(struct span *rest, struct anomalies *odd)
{
	const char *lf = memchr(rest->p, '\n', rest->n);
	struct span line = {rest->p, lf ? (size_t)(lf - rest->p) : rest->n};
	size_t whole = line.n + (lf != NULL);

	while (lf && line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n + 2 < whole)
		anomaly_note(odd, ANOMALY_BARE_CR);
	const char *cr = memchr(line.p, '\r', line.n);

	if (cr) {
		anomaly_note(odd, ANOMALY_BARE_CR);
		line.n = (size_t)(cr - line.p);
		whole = line.n + 1;
	}
	if (line.n > LINE_MOST)
		anomaly_note(odd, ANOMALY_LONG_LINE);
	*rest = span_skip(*rest, whole);
	return line;
}

/*
 * Splits "Name: value". RFC 5322, 2.2: a name is printable ASCII without the colon; 4.5: white
 * space may stand before the colon. 8-bit names are let through: nothing else could be meant.
 */
static bool split(struct span line, struct field *ret_field, bool *ret_space)
{
	const char *colon = memchr(line.p, ':', line.n);

	if (!colon || colon == line.p)
		return false;
	struct span name = span_between(line.p, colon);

	while (name.n && (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t'))
		name.n--;
	*ret_space = name.p + name.n != colon;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 127)
			return false;
	*ret_field = (struct field){.name = name,
		.value = span_between(colon + 1, line.p + line.n),
		.id = field_id(name)};
	return true;
}

/* Where the section is read to. */
struct section {
	struct span rest;
	size_t n;      /* fields */
	uint64_t seen; /* ids, as bits */
	bool started;  /* a field, or a line that counts as one, has been read */
	bool in_field; /* continuations belong to scratch[n - 1] */
	bool ended;
};

static void add_field(struct field_reader *r, struct section *s, struct field field)
{
	uint64_t bit = 1ULL << field.id & once;

	if (s->seen & bit)
		anomaly_note(r->odd, ANOMALY_HEADER_TWICE);
	s->seen |= bit;
	s->in_field = s->n < FIELDS_MOST;
	if (s->in_field)
		r->scratch[s->n++] = field;
	else
		anomaly_note(r->odd, ANOMALY_TOO_MANY_HEADERS);
}

/* Reads the next line; false when the section ends there. */
static bool section_step(struct field_reader *r, struct section *s, bool first)
{
	struct span rest = s->rest;
	struct span line = take_line(&rest, r->odd);
	struct field field;
	bool space;

	if (line.n == 0) {
		s->ended = true;
		s->rest = rest;
		return false;
	}
	if (span_starts(line, SPAN("--")) && r->stop && r->stop(r->arg, line)) {
		s->ended = true;
		return false;
	}
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		struct field *f = s->in_field ? &r->scratch[s->n - 1] : NULL;

		if (f)
			f->value.n = (size_t)(line.p + line.n - f->value.p);
		else if (!s->started)
			anomaly_note(r->odd, ANOMALY_HEADER_JUNK);
	} else if (split(line, &field, &space)) {
		if (space)
			anomaly_note(r->odd, ANOMALY_HEADER_SPACE);
		add_field(r, s, field);
		s->started = true;
	} else if (!(first && span_starts(line, SPAN("From ")))) {
		anomaly_note(r->odd, ANOMALY_HEADER_JUNK);
		s->in_field = false;
		/* Nothing but text: the section was left out, and this is the body. So it is at a
		 * line that may be the delimiter of the very multipart that the section declares.
		 */
		if (!s->started || span_starts(line, SPAN("--")))
			return false;
	}
	s->rest = rest;
	return true;
}

static void note_bytes(struct span head, const struct fields *fields, struct anomalies *odd)
{
	if (memchr(head.p, 0, head.n))
		anomaly_note(odd, ANOMALY_NUL_BYTE);
	if (utf8_is_ascii(head))
		return;
	for (size_t i = 0; i < fields->n; i++)
		if (!utf8_valid(fields->at[i].value))
			anomaly_note(odd, ANOMALY_HEADER_8BIT);
}

int fields_read(
	struct field_reader *reader, struct span raw, struct fields *ret_fields, size_t *ret_head)
{
	struct section s = {.rest = raw};
	bool first = true;

	while (s.rest.n && section_step(reader, &s, first))
		first = false;
	if (!s.ended)
		anomaly_note(reader->odd, ANOMALY_NO_BODY);
	struct fields fields = {.n = s.n};

	if (s.n) {
		fields.at = arena_alloc(reader->arena, s.n * sizeof(*fields.at));
		if (!fields.at)
			return -ENOMEM;
		memcpy(fields.at, reader->scratch, s.n * sizeof(*fields.at));
	}
	*ret_head = raw.n - s.rest.n;
	if (raw.n)
		note_bytes(span_take(raw, *ret_head), &fields, reader->odd);
	*ret_fields = fields;
	return 0;
}
