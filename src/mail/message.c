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

#define BUDGET_USUAL ((size_t)16 << 20)
#define BUDGET_AFTER 4 /* one part in so many is kept for those who read the parsed message */

struct message_parser *message_parser_new(size_t budget)
{
	struct message_parser *mp = malloc(sizeof(*mp));

	if (!mp)
		return NULL;
	mp->budget = budget ? budget : BUDGET_USUAL;
	arena_init(&mp->arena, mp->budget);
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

static bool is_encoded(const struct part *p)
{
	return p->transfer == TRANSFER_BASE64 || p->transfer == TRANSFER_QP ||
	       p->transfer == TRANSFER_UU;
}

static size_t decode_into(
	enum transfer transfer, struct span in, size_t room, char *to, struct anomalies *odd)
{
	uint32_t bad = 0;
	struct uu_block block;
	size_t n;

	switch (transfer) {
	case TRANSFER_BASE64:
		n = base64_decode(in, to, room, &bad);
		note_many(odd, ANOMALY_BAD_BASE64, bad);
		return n;
	case TRANSFER_QP:
		n = qp_decode(in, QP_BODY, to, &bad);
		note_many(odd, ANOMALY_BAD_QP, bad);
		return n;
	default:
		bad = !uu_find(in, &block);
		n = bad ? 0 : uu_decode(block.data, to, &bad);
		note_many(odd, ANOMALY_BAD_UU, bad);
		return n;
	}
}

/* Undoes the transfer encoding of a leaf's body, up to `most` bytes. */
static int decode_leaf(struct message_parser *mp, struct part *p, size_t most)
{
	struct anomalies *odd = &mp->message.odd;
	struct span in = p->body;

	if (!is_encoded(p)) {
		p->content = in;
		if (p->transfer == TRANSFER_7BIT && !utf8_is_ascii(in))
			anomaly_note(odd, ANOMALY_MIME_8BIT);
		return 0;
	}
	bool base64 = p->transfer == TRANSFER_BASE64;
	size_t room = base64 ? in.n / 4 * 3 + 3 : in.n + 2;

	/* Base64 stops by itself when the room is full; the others write no more than they read. */
	if (room > most + 2) {
		p->cut = true;
		room = most + 2;
		if (!base64)
			in = span_take(in, most);
	}
	char *to = arena_alloc(&mp->arena, room);

	if (!to)
		return -ENOMEM;
	size_t n = decode_into(p->transfer, in, room, to, odd);

	arena_trim(&mp->arena, to, room, n);
	p->content = (struct span){to, n};
	return 0;
}

/* Decodes the last lines of quoted-printable or uuencoded data. */
static size_t decode_last_lines(const struct part *p, char *to)
{
	struct span in = p->body;
	struct uu_block block;
	uint32_t bad = 0;

	if (p->transfer == TRANSFER_UU && uu_find(in, &block))
		in = block.data;
	if (in.n > PART_TAIL_MOST) {
		in = span_skip(in, in.n - PART_TAIL_MOST);
		ssize_t line = span_index(in, '\n');

		in = span_skip(in, (size_t)(line + 1));
	}
	return p->transfer == TRANSFER_QP ? qp_decode(in, QP_BODY, to, &bad)
					  : uu_decode(in, to, &bad);
}

struct span message_part_tail(struct message_parser *mp, const struct part *p)
{
	struct span all = p->content;

	if (!p->cut)
		return all.n > PART_TAIL_MOST ? span_skip(all, all.n - PART_TAIL_MOST) : all;
	char *to = arena_alloc(&mp->arena, PART_TAIL_MOST + 2);

	if (!to)
		return (struct span){NULL, 0};
	size_t n = p->transfer == TRANSFER_BASE64 ? base64_decode_tail(p->body, to, PART_TAIL_MOST)
						  : decode_last_lines(p, to);

	return (struct span){to, n};
}

/* What reading the leaves works on. */
struct leaves {
	struct message_parser *mp;
	struct mime_reader *reader; /* owns the parts, which may grow */
	struct text_sink sink;
};

/*
 * The charset that HTML itself declares, in a meta element near its beginning (the prescan of the
 * HTML Standard, 13.2.3.2, in short); empty when there is none.
 */
static struct span html_charset(struct span html)
{
	struct span rest = span_take(html, 1024);
	ssize_t meta = span_find_nocase(rest, SPAN("<meta")), at;

	if (meta < 0)
		return (struct span){NULL, 0};
	rest = span_skip(rest, (size_t)meta);
	if ((at = span_find_nocase(rest, SPAN("charset"))) < 0)
		return (struct span){NULL, 0};
	rest = span_skip(rest, (size_t)at + 7);
	while (rest.n && (ascii_is_space(rest.p[0]) || strchr("=\"'", rest.p[0])))
		rest = span_skip(rest, 1);
	size_t n = 0;

	while (n < rest.n && (ascii_is_alnum(rest.p[n]) || strchr("-_:.", rest.p[n])))
		n++;
	struct span label = span_take(rest, n);
	const char *name = charset_name(label);

	/* Bytes in which "<meta" can be read are not UTF-16, whatever they say. */
	return name && strncmp(name, "UTF-16", 6) != 0 ? label : (struct span){NULL, 0};
}

/* A leaf's content as UTF-8. */
static int leaf_text(
	struct message_parser *mp, struct part *p, enum show show, struct span *ret_text)
{
	struct anomalies *odd = &mp->message.odd;
	struct span bytes = span_take(p->content, TEXT_MOST), charset = p->charset;

	if (bytes.n < p->content.n || p->cut)
		anomaly_note(odd, ANOMALY_TOO_MUCH_TEXT);
	if (span_starts(bytes, SPAN("\xef\xbb\xbf"))) {
		bytes = span_skip(bytes, 3);
		charset = SPAN("utf-8");
	}
	if (!charset.n && show == SHOW_HTML && !utf8_is_ascii(bytes))
		charset = html_charset(bytes);
	int rc = charset_decode(&mp->charsets, &mp->arena, charset, bytes, odd, ret_text);

	if (rc == 0 && ret_text->n && memchr(ret_text->p, 0, ret_text->n))
		anomaly_note(odd, ANOMALY_NUL_BYTE);
	return rc;
}

/* A leaf of its own for a uuencoded block inside the text of part `parent`. */
static int add_uu_leaf(struct leaves *l, const struct uu_block *block, uint32_t parent)
{
	struct part *p = mime_add_part(l->reader, parent);

	if (!p)
		return l->reader->parts == MIME_PARTS_MOST ? 0 : -ENOMEM;
	p->body = block->whole;
	p->transfer = TRANSFER_UU;
	p->type = SPAN("application/octet-stream");
	p->filename = block->name;
	p->attachment = true;
	return 0;
}

/* Shows plain text, less its uuencoded blocks. */
static int show_plain(struct leaves *l, uint32_t part, struct span text)
{
	struct anomalies *odd = &l->mp->message.odd;
	struct uu_block block;
	int rc = 0;

	while (rc == 0 && uu_find(text, &block)) {
		struct span before = span_between(text.p, block.whole.p);

		if (before.n)
			rc = text_add_plain(&l->sink, part, before, odd);
		if (rc == 0)
			rc = add_uu_leaf(l, &block, part);
		text = span_skip(text, before.n + block.whole.n);
	}
	return rc < 0 ? rc : text_add_plain(&l->sink, part, text, odd);
}

static int show_leaf(struct leaves *l, uint32_t part, enum show show)
{
	struct span text;

	/* Of plain text nothing more would be taken: it need not take memory to be decoded. */
	if (show == SHOW_PLAIN && text_is_full(&l->sink)) {
		anomaly_note(&l->mp->message.odd, ANOMALY_TOO_MUCH_TEXT);
		return 0;
	}
	int rc = leaf_text(l->mp, &l->reader->part[part], show, &text);

	if (rc < 0)
		return rc;
	return show == SHOW_HTML ? text_add_html(&l->sink, part, text, &l->mp->message.odd)
				 : show_plain(l, part, text);
}

static int read_leaf(struct leaves *l, uint32_t part)
{
	struct part *p = &l->reader->part[part];
	enum show show = show_of(p);
	bool message = is_encoded(p) && mime_is_message(p->type);
	int rc = decode_leaf(l->mp, p,
		message ? SIZE_MAX - 2
		: show  ? TEXT_MOST
			: PART_CONTENT_MOST);

	if (rc == 0 && message)
		rc = mime_parse_inside(l->reader, p->content, part);
	else if (rc == 0 && show)
		rc = show_leaf(l, part, show);
	return rc;
}

/*
 * A message whose lines all end with a bare CR, as old Macintosh programs wrote it, is read from a
 * copy with LF in their place, so that its lines are lines everywhere. Offsets stay what they were.
 */
static struct span mend_lines(struct message_parser *mp, struct span raw)
{
	if (!raw.n || memchr(raw.p, '\n', raw.n) || !memchr(raw.p, '\r', raw.n))
		return raw;
	struct span copy = arena_copy(&mp->arena, raw);

	for (size_t i = 0; i < copy.n; i++)
		if (copy.p[i] == '\r')
			((char *)copy.p)[i] = '\n';
	if (copy.n)
		anomaly_note(&mp->message.odd, ANOMALY_BARE_CR);
	return copy.n ? copy : raw;
}

int message_parse(struct message_parser *mp, struct span raw, struct message **ret_message)
{
	struct message *m = &mp->message;
	struct mime_reader reader = {.decoder = parser_decoder(mp, &m->odd),
		.scratch = mp->scratch,
		.params = &mp->params};
	struct leaves leaves = {.mp = mp, .reader = &reader};

	arena_reset(&mp->arena);
	mp->arena.budget = mp->budget - mp->budget / BUDGET_AFTER;
	*m = (struct message){.raw = raw};
	m->raw = mend_lines(mp, raw);
	text_sink_init(&leaves.sink, &mp->arena, mp->domain);
	int rc = mime_parse(&reader, m->raw);

	for (size_t i = 0; i < reader.parts && rc == 0; i++)
		if (reader.part[i].kind == PART_LEAF)
			rc = read_leaf(&leaves, (uint32_t)i);
	m->part = reader.part;
	m->parts = reader.parts;
	text_sink_finish(&leaves.sink, m);
	if (rc < 0 && arena_spent(&mp->arena) && m->parts) {
		anomaly_note(&m->odd, ANOMALY_BUDGET);
		rc = 0;
	}
	/* Whatever it took to read the message, there is room left to judge it. */
	mp->arena.budget = mp->budget;
	mp->arena.spent = false;
	if (rc == 0)
		*ret_message = m;
	return rc;
}
