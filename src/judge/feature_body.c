/* The view of the body: subject, links, the parts and how they are declared, proportions. */
#include "judge/token.h"

#define SUBJECT_BYTES 120
#define LINKS_MOST    40
#define PARTS_MOST    40
#define PATH_PIECES   8
#define NAME_LABELS   3

/* A host's last labels with those behind each; of an IPv4 address, what stands before each dot. */
static void add_host(struct tokens *t, const struct link *l)
{
	bool address = !l->domain.n && l->host.n && ascii_is_digit(l->host.p[l->host.n - 1]);
	size_t labels = 0;

	token_add(t, "host", l->host);
	for (size_t i = l->host.n; i > 0 && labels < NAME_LABELS; i--)
		if (l->host.p[i - 1] == '.') {
			token_add(t, address ? "net" : "domain",
				address ? span_take(l->host, i - 1) : span_skip(l->host, i));
			labels++;
		}
}

static void add_path(struct tokens *t, struct span path)
{
	size_t pieces = 0, start = 0;

	token_add_shape(t, "path shape", span_take(path, 40), 40, true);
	for (size_t i = 0; i <= path.n && pieces < PATH_PIECES; i++) {
		if (i < path.n && ascii_is_alnum(path.p[i]))
			continue;
		if (i > start + 1) {
			token_add_folded(t, "path", span_between(path.p + start, path.p + i));
			pieces++;
		}
		start = i + 1;
	}
}

static void add_links(struct tokens *t, const struct message *m)
{
	for (size_t i = 0; i < m->links && i < LINKS_MOST; i++) {
		const struct link *l = &m->link[i];

		if (span_eq(l->scheme, SPAN("mailto"))) {
			token_add_folded(t, "mailto", span_take(l->path, 100));
			continue;
		}
		if (!l->host.n)
			continue;
		add_host(t, l);
		add_path(t, span_take(l->path, 400));
		if (l->userinfo)
			token_add(t, "userinfo", SPAN(""));
		if (l->port)
			token_add_number(t, "port", l->port);
	}
}

/* The punctuation of a Content-Type field: words become one 'a'. */
static void add_type_form(struct tokens *t, struct span value)
{
	char form[90];
	size_t n = 0;

	for (size_t i = 0; i < value.n && n < sizeof(form); i++) {
		char c = value.p[i];

		if (memchr(";=\" \t\n", c, 6))
			form[n++] = c;
		else if (!n || form[n - 1] != 'a')
			form[n++] = 'a';
	}
	token_add(t, "type form", (struct span){form, n});
}

static void add_part(struct tokens *t, const struct part *p)
{
	uint32_t type = token_hash(token_tag("type"), p->type);

	token_put(t, type + (p->depth > 2 ? 2 : p->depth));
	token_put(t, token_hash(type * 3, p->charset) * 3 + (uint32_t)p->transfer);
	token_add(t, "charset", p->charset);
	for (size_t i = 0; i < p->fields.n; i++) {
		const struct field *f = &p->fields.at[i];

		if (f->id == FIELD_CONTENT_TYPE)
			add_type_form(t, f->value);
		else if (f->id == FIELD_CONTENT_DISPOSITION)
			token_add_folded(t, "disposition", span_trim(span_take(f->value, 11)));
	}
	if (p->filename.n) {
		ssize_t dot = span_rindex(p->filename, '.');

		if (dot >= 0)
			token_add_folded(t, "extension", span_skip(p->filename, (size_t)dot));
		token_add(t, "file", p->filename);
		token_add_shape(t, "file shape", p->filename, 100, true);
	}
	if (p->boundary.n) {
		token_add_shape(t, "boundary", p->boundary, 100, true);
		token_add_shape(t, "boundary begin", p->boundary, 14, false);
	}
}

static void add_parts(struct tokens *t, const struct message *m)
{
	size_t html = 0, plain = 0, other = 0, base64 = 0, qp = 0;

	for (size_t i = 0; i < m->parts && i < PARTS_MOST; i++) {
		const struct part *p = &m->part[i];

		add_part(t, p);
		if (p->kind != PART_LEAF)
			continue;
		if (span_eq(p->type, SPAN("text/html")))
			html++;
		else if (span_starts(p->type, SPAN("text/")))
			plain++;
		else
			other++;
		base64 += p->transfer == TRANSFER_BASE64;
		qp += p->transfer == TRANSFER_QP;
	}
	token_add_number(t, "structure",
		(uint32_t)((html > 1 ? 2 : html) + 3 * (plain > 1 ? 2 : plain) +
			   9 * (other > 2 ? 2 : other) + 27 * !!base64 + 54 * !!qp));
}

enum byte_class { OTHER, UPPER, LOWER, HIGH, DIGIT, SHOUT, DOLLAR, CLASSES };

static const uint8_t byte_class[256] = {
	['A' ... 'Z'] = UPPER,
	['a' ... 'z'] = LOWER,
	[0x80 ... 0xff] = HIGH,
	['0' ... '9'] = DIGIT,
	['!'] = SHOUT,
	['$'] = DOLLAR,
};

/* Lines that begin with '>'. */
static size_t count_quoted(struct span s)
{
	size_t n = 0;
	ssize_t at;

	for (; (at = span_index(s, '\n')) >= 0; s = span_skip(s, (size_t)at + 1))
		n += (size_t)at + 1 < s.n && s.p[at + 1] == '>';
	return n;
}

/* Letters, digits and marks as shares of the text, in sixteenths, or as scales. */
static void add_proportions(struct tokens *t, const struct message *m)
{
	struct span s = span_take(m->text, 16384);
	size_t n[CLASSES] = {0};

	for (size_t i = 0; i < s.n; i++)
		n[byte_class[(unsigned char)s.p[i]]]++;
	token_add_number(t, "upper", (uint32_t)(n[UPPER] * 16 / (n[UPPER] + n[LOWER] + 1)));
	token_add_number(t, "8bit", (uint32_t)(n[HIGH] * 16 / (s.n + 1)));
	token_add_number(t, "digits", (uint32_t)(n[DIGIT] * 16 / (s.n + 1)));
	token_add_number(t, "shouts", token_scale(n[SHOUT]));
	token_add_number(t, "dollars", token_scale(n[DOLLAR]));
	token_add_number(t, "quoted", token_scale(count_quoted(s)));
	token_add_number(t, "size", token_scale(m->raw.n));
	token_add_number(t, "text size", token_scale(m->text.n));
	token_add_number(t, "visible", (uint32_t)(m->text.n * 8 / (m->part[0].body.n + 1)));
}

void feature_body(struct tokens *t, const struct check_input *in)
{
	token_add_grams(t, span_take(in->subject, SUBJECT_BYTES));
	add_links(t, in->m);
	add_parts(t, in->m);
	add_proportions(t, in->m);
}
