/* Encodings that hide plain text from simple filters. Some honest programs encode needlessly too,
 * so each habit has its own name. */
#include "base/utf8.h"
#include "judge/check/list.h"

static const char *const variants[] = {"encoding/base64-plain", "encoding/base64-html",
	"encoding/base64-cut", "encoding/qp-letters", "encoding/subject", "encoding/from-name",
	"encoding/entities", "encoding/uu", "encoding/charset", "encoding/raw-8bit", NULL};

/* Escapes "=XX" that stand for ASCII letters or digits, of which none needs one. */
static size_t needless_escapes(struct span body)
{
	size_t n = 0;

	for (const char *p = body.p; body.n && (p = memchr(p, '=', (size_t)(span_end(body) - p)));
		p++) {
		if (span_end(body) - p < 3)
			break;
		int high = ascii_hex(p[1]), low = ascii_hex(p[2]);

		if (high >= 0 && low >= 0 && ascii_is_alnum((char)(high * 16 + low)))
			n++;
	}
	return n;
}

/* True when an encoded word's value decodes to ASCII alone: it needed no encoding. */
static bool is_needless(const struct field *f, struct span decoded)
{
	return f && decoded.n && span_find(f->value, SPAN("=?")) >= 0 && utf8_is_ascii(decoded) &&
	       span_find(decoded, SPAN("=?")) < 0;
}

static void look_at_part(const struct check_input *in, struct findings *out, const struct part *p)
{
	if (p->transfer == TRANSFER_BASE64 && p->content.n > 40 && utf8_is_ascii(p->content))
		finding_add(in, out, &check_encoding,
			span_eq(p->type, SPAN("text/html")) ? "encoding/base64-html"
							    : "encoding/base64-plain",
			span_take(p->body, 200), "Plain ASCII text is hidden in base64");
	if (p->transfer == TRANSFER_QP) {
		size_t n = needless_escapes(span_take(p->body, 65536));

		/* Some programs escape a letter at the start of a line ("From", "."). */
		if (n > 20)
			finding_add(in, out, &check_encoding, "encoding/qp-letters",
				span_take(p->body, 200),
				"Plain letters are written as escapes (%zu)", n);
	}
	if (p->transfer == TRANSFER_UU)
		finding_add(in, out, &check_encoding, "encoding/uu", span_take(p->body, 200),
			"Text is uuencoded");
	if (p->charset.n && !span_starts(p->charset, SPAN("utf-8")) &&
		!span_starts(p->charset, SPAN("us-ascii")) && p->content.n > 40 &&
		utf8_is_ascii(p->content) && !span_starts(p->charset, SPAN("iso-")) &&
		!span_starts(p->charset, SPAN("windows-125")))
		finding_add(in, out, &check_encoding, "encoding/charset", p->charset,
			"Plain ASCII text is declared as %.*s", SPAN_ARG(p->charset));
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct message *m = in->m;
	const struct field *from = in->field[FIELD_FROM];
	const struct field *subject = in->field[FIELD_SUBJECT];

	for (size_t i = 0; i < m->parts && i < 50; i++)
		if (m->part[i].kind == PART_LEAF && !m->part[i].attachment &&
			span_starts(m->part[i].type, SPAN("text/")))
			look_at_part(in, out, &m->part[i]);
	if (is_needless(subject, in->subject))
		finding_add(in, out, &check_encoding, "encoding/subject", subject->value,
			"The subject is encoded though it is plain ASCII");
	if (in->has_from && is_needless(from, in->from.name))
		finding_add(in, out, &check_encoding, "encoding/from-name", from->value,
			"The sender's name is encoded though it is plain ASCII");
	if (m->html.obfuscated >= 20)
		finding_add(in, out, &check_encoding, "encoding/entities", (struct span){0},
			"Plain letters are written as character references (%u)",
			m->html.obfuscated);
	if (m->odd.count[ANOMALY_BAD_BASE64])
		finding_add(in, out, &check_encoding, "encoding/base64-cut", (struct span){0},
			"Base64 is malformed or cut short");
	if (subject && !utf8_is_ascii(subject->value))
		finding_add(in, out, &check_encoding, "encoding/raw-8bit", subject->value,
			"The subject holds unencoded bytes beyond ASCII");
}

const struct check check_encoding = {"encoding", "encodings that hide plain text", variants, run};
