/*
 * What outsiders said stands in a result only as a value: plain when it is a token or an address
 * of plain parts, else quoted; what has control characters or other than ASCII, or is longer than
 * any name or address, is left out. All else is words of ours. Lines are folded before a piece
 * that would go beyond the 78th column.
 */
#include "auth/auth.h"

#include <stdio.h>

#define VALUE_MOST 320 /* RFC 5321, 4.5.3.1: 64 bytes, '@', 255 */
#define COLUMNS    78

static bool is_token_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("()<>@,;:\\\"/[]?=", c);
}

static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_char(s.p[i]))
			return false;
	return s.n > 0;
}

/* Letters, digits, '-', '_' and dots between them: a host name as the DNS has them. */
static bool is_host(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' &&
			(s.p[i] != '.' || i == 0 || s.p[i - 1] == '.'))
			return false;
	return s.n > 0;
}

/* "local@host" or "@host", as a value may be without quotes (RFC 8601, 2.2: pvalue). */
static bool is_plain_address(struct span s)
{
	ssize_t at = span_rindex(s, '@');
	struct span local = span_take(s, at < 0 ? 0 : (size_t)at);

	if (at < 0 || !is_host(span_skip(s, (size_t)at + 1)))
		return false;
	return !local.n || (is_token(local) && local.p[0] != '.' && local.p[local.n - 1] != '.' &&
				   span_find(local, SPAN("..")) < 0);
}

static bool may_quote(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n > 0 && s.n <= VALUE_MOST;
}

static void put_quoted(struct buf *to, struct span s)
{
	buf_byte(to, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_byte(to, '\\');
		buf_byte(to, s.p[i]);
	}
	buf_byte(to, '"');
}

/* Where the line began, for folding. */
struct line {
	struct buf *to;
	size_t from;
};

/* A piece, behind a blank or on a line of its own. */
static void put_piece(struct line *l, struct span piece)
{
	bool fold = l->to->n - l->from + piece.n >= COLUMNS;

	buf_str(l->to, fold ? "\n\t" : " ");
	if (fold)
		l->from = l->to->n;
	buf_add(l->to, piece);
}

/* " name=value"; nothing when the value is empty or may not stand in one. */
static void put_property(struct line *l, const char *name, struct span value)
{
	struct buf piece = {0};

	if (!may_quote(value))
		return;
	buf_str(&piece, name);
	buf_byte(&piece, '=');
	if (is_token(value) || is_plain_address(value))
		buf_add(&piece, value);
	else
		put_quoted(&piece, value);
	l->to->failed = l->to->failed || !buf_ok(&piece);
	put_piece(l, buf_span(&piece));
	buf_done(&piece);
}

static struct line put_method(struct buf *to, const char *method, const char *result)
{
	struct line l = {.to = to};

	buf_str(to, ";\n\t");
	l.from = to->n;
	buf_printf(to, "%s=%s", method, result);
	return l;
}

/* Reasons are static words of ours. */
static void put_reason(struct line *l, const char *reason)
{
	if (reason)
		put_property(l, "reason", span_cstr(reason));
}

static void put_iprev(struct buf *to, const struct auth *a, const struct auth_question *q)
{
	struct line l = put_method(to, "iprev", iprev_result_name(a->iprev));
	char ip[IP_TEXT];

	put_property(&l, "policy.iprev", span_cstr(ip_format(&q->ip, ip)));
	if (is_host(a->name)) {
		put_piece(&l, SPAN("("));
		buf_add(to, a->name);
		buf_byte(to, ')');
	}
}

static void put_spf(struct buf *to, const struct spf *spf, const char *property, struct span value)
{
	struct line l = put_method(to, "spf", spf_result_name(spf->result));

	put_reason(&l, spf->reason);
	put_property(&l, property, value);
}

static void put_signature(struct buf *to, const struct dkim_signature *s)
{
	struct line l = put_method(to, "dkim", dkim_result_name(s->result));

	put_reason(&l, s->reason);
	put_property(&l, "header.d", s->domain);
	put_property(&l, "header.s", s->selector);
	put_property(&l, "header.a", s->algorithm);
	put_property(&l, "header.i", s->identity);
	put_property(&l, "header.b", s->b);
}

static void put_dkim(struct buf *to, const struct dkim *dkim)
{
	if (!dkim->n)
		put_method(to, "dkim", dkim_result_name(DKIM_NONE));
	for (size_t i = 0; i < dkim->n; i++)
		put_signature(to, &dkim->signature[i]);
}

static void put_arc(struct buf *to, const struct auth *a, const struct auth_question *q)
{
	struct line l = put_method(to, "arc", arc_result_name(a->arc.result));
	char text[IP_TEXT];

	if (a->arc.result != ARC_NONE)
		put_reason(&l, a->arc.reason);
	if (a->arc.result == ARC_PASS) {
		snprintf(text, sizeof(text), "%u", a->arc.oldest_pass);
		put_property(&l, "header.oldest-pass", span_cstr(text));
	}
	if (a->arc.result != ARC_NONE && a->has_client)
		put_property(&l, "smtp.remote-ip", span_cstr(ip_format(&q->ip, text)));
}

static void put_dmarc(struct buf *to, const struct dmarc *d)
{
	struct line l = put_method(to, "dmarc", dmarc_result_name(d->result));

	put_reason(&l, d->reason);
	if (d->result == DMARC_FAIL)
		put_property(&l, "policy.dmarc", span_cstr(dmarc_policy_name(d->apply)));
	put_property(&l, "header.from", d->from);
	if (d->result != DMARC_PASS && d->result != DMARC_FAIL)
		return;
	put_piece(&l, SPAN("(p="));
	buf_printf(to, "%s)", dmarc_policy_name(d->policy));
}

void auth_results(struct buf *to, const struct auth *a, const struct auth_question *q)
{
	if (is_token(q->receiver) && q->receiver.n <= VALUE_MOST)
		buf_add(to, q->receiver);
	else if (may_quote(q->receiver))
		put_quoted(to, q->receiver);
	else
		buf_str(to, "localhost");
	if (a->has_client) {
		put_iprev(to, a, q);
		put_spf(to, &a->spf_helo, "smtp.helo", q->helo);
	}
	if (a->has_client && !a->spf.of_helo)
		put_spf(to, &a->spf, "smtp.mailfrom", q->mail_from);
	put_dkim(to, &a->dkim);
	put_arc(to, a, q);
	put_dmarc(to, &a->dmarc);
}

/* Blanks, line ends and comments, which may nest (RFC 5322, 3.2.2). */
static struct span skip_blank(struct span s)
{
	size_t depth = 0, i = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '(')
			depth++;
		else if (depth && s.p[i] == ')')
			depth--;
		else if (depth && s.p[i] == '\\')
			i++;
		else if (!depth && !ascii_is_space(s.p[i]))
			break;
	}
	return span_skip(s, i);
}

/* True when s begins with id, quoted or not, and more of a name does not follow. */
static bool begins_with(struct span s, struct span id)
{
	bool quoted = s.n && s.p[0] == '"';
	size_t at = quoted, k = 0;

	while (at < s.n && k < id.n) {
		at += quoted && s.p[at] == '\\' && at + 1 < s.n;
		if (ascii_lower(s.p[at++]) != ascii_lower(id.p[k++]))
			return false;
	}
	if (k < id.n)
		return false;
	at += at < s.n && s.p[at] == '.'; /* the root's dot */
	return at == s.n || (quoted ? s.p[at] == '"' : !is_token_char(s.p[at]));
}

/* "i=N;" of ARC-Authentication-Results (RFC 8617, 4.1.1). */
static struct span skip_instance(struct span s)
{
	struct span rest = s, first;

	if (!s.n || ascii_lower(s.p[0]) != 'i' || !span_cut(&rest, ';', &first))
		return s;
	first = skip_blank(span_skip(first, 1));
	return first.n && first.p[0] == '=' ? skip_blank(rest) : s;
}

bool auth_results_by(struct span value, struct span id)
{
	if (id.n && id.p[id.n - 1] == '.')
		id.n--;
	return id.n && begins_with(skip_instance(skip_blank(value)), id);
}
