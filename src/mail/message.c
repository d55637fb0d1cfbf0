/*
 * Three steps: the tree of parts (mime.c), the transfer decoding of every leaf (codec.c), and the
 * text of those that a reader is shown, in UTF-8. What is shown as it stands is not copied.
 *
 * When the arena's budget runs out a step stops where it is, the message keeps what it has, and
 * the anomaly says so; only a real lack of memory is an error.
 */
#include "mail/parser.h"

#include "base/utf8.h"
#include "mail/codec.h"
#include "mail/text.h"

#include <errno.h>
#include <stdlib.h>

#define BUDGET_USUAL ((size_t)24 << 20)

struct message_parser *message_parser_new(size_t budget)
{
	struct message_parser *mp = malloc(sizeof(*mp));

	if (!mp)
		return NULL;
	arena_init(&mp->arena, budget ? budget : BUDGET_USUAL);
	charsets_init(&mp->charsets);
	mp->domain = domain_tools_new();
	if (mp->domain)
		return mp;
	message_parser_free(mp);
	return NULL;
}

void message_parser_free(struct message_parser *mp)
{
	if (!mp)
		return;
	arena_done(&mp->arena);
	charsets_done(&mp->charsets);
	domain_tools_free(mp->domain);
	free(mp);
}

struct arena *message_arena(struct message_parser *mp)
{
	return &mp->arena;
}

struct domain_tools *message_domain_tools(struct message_parser *mp)
{
	return mp->domain;
}

const struct field *message_field(const struct message *m, enum field_id id)
{
	return fields_find(&m->part[0].fields, id);
}

const struct field *message_field_named(const struct message *m, struct span name)
{
	const struct fields *fields = &m->part[0].fields;

	for (size_t i = 0; i < fields->n; i++)
		if (span_eq_nocase(fields->at[i].name, name))
			return &fields->at[i];
	return NULL;
}

struct span message_text(struct message_parser *mp, const struct field *f)
{
	struct decoder decoder = parser_decoder(mp, &mp->message.odd);
	struct span text = {NULL, 0};

	word_text(&decoder, f->value, &text);
	return text;
}

/* What is done with a leaf. */
enum show { SHOW_NOT, SHOW_PLAIN, SHOW_HTML };

/* Text is shown; attached, only HTML is, since that is how it is opened. A multipart that is a
 * leaf because nothing in it could be parted is shown as a reader's program would: as text. */
static enum show show_of(const struct part *p)
{
	if (p->kind != PART_LEAF)
		return SHOW_NOT;
	if (span_eq(p->type, SPAN("text/html")) ||
		span_eq(p->type, SPAN("application/xhtml+xml")) ||
		span_eq(p->type, SPAN("text/x-amp-html")))
		return SHOW_HTML;
	bool text = span_starts(p->type, SPAN("text/")) || span_starts(p->type, SPAN("multipart/"));

	return text && !p->attachment ? SHOW_PLAIN : SHOW_NOT;
}

static void note_many(struct anomalies *odd, enum anomaly kind, uint32_t count)
{
	if (__builtin_add_overflow(odd->count[kind], count, &odd->count[kind]))
		odd->count[kind] = UINT32_MAX;
}

static size_t decode_into(
	struct part *p, struct span in, size_t room, char *to, struct anomalies *odd)
{
	uint32_t bad = 0;
	enum anomaly kind;
	struct uu_block block;
	size_t n;

	switch (p->transfer) {
	case TRANSFER_BASE64:
		n = base64_decode(in, to, room, &bad);
		kind = ANOMALY_BAD_BASE64;
		break;
	case TRANSFER_QP:
		n = qp_decode(in, QP_BODY, to, &bad);
		kind = ANOMALY_BAD_QP;
		break;
	default:
		bad = !uu_find(in, &block);
		n = bad ? 0 : uu_decode(block.data, to, &bad);
		kind = ANOMALY_BAD_UU;
	}
	note_many(odd, kind, bad);
	return n;
}

/* Undoes the transfer encoding of a leaf's body, up to `most` bytes. */
static int decode_leaf(struct message_parser *mp, struct part *p, size_t most)
{
	struct span in = p->body;

	p->content = in;
	if (p->transfer != TRANSFER_BASE64 && p->transfer != TRANSFER_QP &&
		p->transfer != TRANSFER_UU) {
		if (p->transfer == TRANSFER_7BIT && !utf8_is_ascii(in))
			anomaly_note(&mp->message.odd, ANOMALY_MIME_8BIT);
		return 0;
	}
	size_t room = p->transfer == TRANSFER_BASE64 ? in.n / 4 * 3 + 3 : in.n + 2;

	/* An encoded byte takes three at most in the encodings other than base64. */
	if (room > most) {
		in = span_take(in, p->transfer == TRANSFER_BASE64 ? in.n : most);
		room = p->transfer == TRANSFER_BASE64 ? most : most + 2;
		p->cut = true;
	}
	char *to = arena_alloc(&mp->arena, room);

	p->content = (struct span){NULL, 0};
	if (!to)
		return -ENOMEM;
	size_t n = decode_into(p, in, room, to, &mp->message.odd);

	arena_trim(&mp->arena, to, room, n);
	p->content = (struct span){to, n};
	return 0;
}

/* Turns a leaf's content to UTF-8 and hands it on to be shown. */
static int show_leaf(
	struct message_parser *mp, struct text_sink *sink, uint32_t part, enum show show)
{
	struct anomalies *odd = &mp->message.odd;
	const struct part *p = &mp->message.part[part];
	struct span utf8, bytes = span_take(p->content, TEXT_MOST);

	if (bytes.n < p->content.n || p->cut)
		anomaly_note(odd, ANOMALY_TOO_MUCH_TEXT);
	int rc = charset_decode(&mp->charsets, &mp->arena, p->charset, bytes, odd, &utf8);

	if (rc < 0)
		return rc;
	if (utf8.n && memchr(utf8.p, 0, utf8.n))
		anomaly_note(odd, ANOMALY_NUL_BYTE);
	return show == SHOW_HTML ? text_add_html(sink, part, utf8, odd)
				 : text_add_plain(sink, part, utf8, odd);
}

static int read_leaves(struct message_parser *mp, struct text_sink *sink)
{
	struct message *m = &mp->message;
	int rc = 0;

	for (size_t i = 0; i < m->parts && rc == 0; i++) {
		struct part *p = &m->part[i];
		enum show show = show_of(p);

		if (p->kind != PART_LEAF)
			continue;
		rc = decode_leaf(mp, p, show ? TEXT_MOST : PART_CONTENT_MOST);
		if (rc == 0 && show)
			rc = show_leaf(mp, sink, (uint32_t)i, show);
	}
	return rc;
}

int message_parse(struct message_parser *mp, struct span raw, struct message **ret_message)
{
	struct message *m = &mp->message;
	struct mime_reader reader = {.decoder = parser_decoder(mp, &m->odd),
		.scratch = mp->scratch,
		.params = &mp->params};
	struct text_sink sink;

	arena_reset(&mp->arena);
	*m = (struct message){.raw = raw};
	int rc = mime_parse(&reader, raw);

	m->part = reader.part;
	m->parts = reader.parts;
	text_sink_init(&sink, &mp->arena, mp->domain);
	if (rc == 0)
		rc = read_leaves(mp, &sink);
	text_sink_finish(&sink, m);
	if (rc < 0 && arena_spent(&mp->arena) && m->parts) {
		anomaly_note(&m->odd, ANOMALY_BUDGET);
		rc = 0;
	}
	if (rc == 0)
		*ret_message = m;
	return rc;
}
