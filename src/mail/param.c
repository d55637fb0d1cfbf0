/*
 * The value is split in one pass into names and raw values. What is asked for is then put together
 * from its sections by their numbers, so that order and gaps need no search.
 */
#include "mail/param.h"

#include "mail/field.h"

#include <errno.h>

struct lexer {
	struct span rest;
	struct anomalies *odd;
	bool no_comment; /* no comment closes from here on: '(' is a letter */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The length of the comment that s begins with (RFC 5322, 3.2.2), which nests; 0 when it never
 * closes. */
static size_t comment_length(struct span s)
{
	size_t deep = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			deep++;
		else if (s.p[i] == ')' && --deep == 0)
			return i + 1;
	}
	return 0;
}

/* Skips blanks and comments. A '(' that never closes is passed over once, alone: what stands
 * behind it, a boundary perhaps, must not vanish. */
static void skip_blanks(struct lexer *l)
{
	for (;;) {
		while (l->rest.n && is_blank(l->rest.p[0]))
			l->rest = span_skip(l->rest, 1);
		if (!l->rest.n || l->rest.p[0] != '(' || l->no_comment)
			return;
		size_t n = comment_length(l->rest);

		if (!n) {
			anomaly_note(l->odd, ANOMALY_BAD_PARAMETER);
			l->no_comment = true;
		}
		l->rest = span_skip(l->rest, n ? n : 1);
	}
}

static bool is_name_byte(char c)
{
	return !is_blank(c) && c != ';' && c != '=' && c != '(' && c != '"' && c != ',';
}

/* Takes a run of name bytes. */
static struct span take_name(struct span *rest)
{
	size_t n = 0;

	while (n < rest->n && is_name_byte(rest->p[n]))
		n++;
	struct span name = span_take(*rest, n);

	*rest = span_skip(*rest, n);
	return name;
}

/* True when s, behind a blank, begins with "name=": a semicolon was forgotten. */
static bool is_param_ahead(struct span s)
{
	struct span name = take_name(&s);

	return name.n && s.n && s.p[0] == '=';
}

/* Takes an unquoted value: to the ';', a comment, or what looks like the next parameter. Blanks
 * inside stay: file names are written so. */
static struct span take_bare(struct lexer *l)
{
	struct span *rest = &l->rest;
	size_t n = 0;

	for (; n < rest->n && rest->p[n] != ';'; n++) {
		if (n == 0 || !is_blank(rest->p[n - 1]) || is_blank(rest->p[n]))
			continue;
		if (rest->p[n] == '(' && !l->no_comment)
			break;
		if (is_param_ahead(span_skip(*rest, n))) {
			anomaly_note(l->odd, ANOMALY_BAD_PARAMETER);
			break;
		}
	}
	struct span value = span_trim(span_take(*rest, n));

	*rest = span_skip(*rest, n);
	return value;
}

/* Takes a quoted value; one that never closes ends with the line, or at a ';' before that. */
static struct span take_quoted(struct lexer *l)
{
	struct span *rest = &l->rest;
	struct span in = span_skip(*rest, 1);
	size_t n = 0;

	for (; n < in.n && in.p[n] != '"'; n++)
		if (in.p[n] == '\\' && n + 1 < in.n)
			n++;
	if (n < in.n) {
		*rest = span_skip(in, n + 1);
		return span_take(in, n);
	}
	anomaly_note(l->odd, ANOMALY_BAD_PARAMETER);
	*rest = in;
	for (n = 0; n < in.n && in.p[n] != ';' && in.p[n] != '\r' && in.p[n] != '\n';)
		n++;
	*rest = span_skip(in, n);
	return span_trim(span_take(in, n));
}

/* Takes "*", "*N" or "*N*" off the end of the name (RFC 2231, 3 and 4). */
static void read_section(struct param *p)
{
	ssize_t star = span_index(p->name, '*');
	unsigned long long section;

	p->section = -1;
	if (star < 0)
		return;
	struct span tail = span_skip(p->name, (size_t)star + 1);

	p->name.n = (size_t)star;
	if (tail.n == 0) {
		p->extended = true;
		return;
	}
	if (tail.p[tail.n - 1] == '*') {
		p->extended = true;
		tail.n--;
	}
	if (span_number(tail, PARAMS_MOST - 1, &section) == 0)
		p->section = (int16_t)section;
}

static bool take_param(struct lexer *l, struct param *ret_param)
{
	struct span *rest = &l->rest;
	struct span name = take_name(rest);

	skip_blanks(l);
	if (!rest->n || rest->p[0] != '=') {
		/* Junk; a byte that stops names is passed over, or nothing would move. */
		anomaly_note(l->odd, ANOMALY_BAD_PARAMETER);
		if (!name.n)
			*rest = span_skip(*rest, 1);
		return false;
	}
	*rest = span_skip(*rest, 1);
	skip_blanks(l);
	bool quoted = rest->n && rest->p[0] == '"';

	*ret_param = (struct param){.name = name, .quoted = quoted};
	ret_param->value = quoted ? take_quoted(l) : take_bare(l);
	read_section(ret_param);
	return ret_param->name.n > 0;
}

/*
 * What stands first: up to ';', a comment, or a parameter without a ';' before it. Comments beside
 * the '/' of a type are inside of it (RFC 2045, 5.1; RFC 822, 3.1.4), and stay.
 */
static struct span take_value(struct lexer *l)
{
	struct span value;

	skip_blanks(l);
	value = take_bare(l);
	ssize_t comment = span_index(value, '(');

	if (comment >= 0)
		return span_trim(span_take(value, (size_t)comment));
	for (skip_blanks(l); l->rest.n; skip_blanks(l)) {
		bool open = value.n && value.p[value.n - 1] == '/';

		if (l->rest.p[0] != '/' && !(open && ascii_is_alnum(l->rest.p[0])))
			break;
		struct span more = take_bare(l);

		if (!more.n)
			break;
		value = span_between(value.p, span_end(more));
	}
	return value;
}

void params_read(struct span field_value, struct anomalies *odd, struct params *ret_params)
{
	struct lexer l = {.rest = field_value, .odd = odd};

	ret_params->n = 0;
	ret_params->value = take_value(&l);
	for (;;) {
		skip_blanks(&l);
		if (!l.rest.n)
			break;
		if (l.rest.p[0] == ';') {
			l.rest = span_skip(l.rest, 1);
			continue;
		}
		if (ret_params->n == PARAMS_MOST) {
			anomaly_note(odd, ANOMALY_BAD_PARAMETER);
			break;
		}
		if (take_param(&l, &ret_params->at[ret_params->n]))
			ret_params->n++;
	}
}

/* Takes escapes and folds out. A backslash before anything but '"' and '\' is meant: it stands in
 * the paths that some mailers write. Writes at most value.n bytes. */
static size_t unquote(struct span value, char *to)
{
	size_t n = field_unfold(value, to), out = 0;

	for (size_t i = 0; i < n; i++) {
		if (to[i] == '\\' && i + 1 < n && (to[i + 1] == '"' || to[i + 1] == '\\'))
			i++;
		to[out++] = to[i];
	}
	return out;
}

static int plain(
	struct decoder *d, const struct param *p, enum param_form form, struct span *ret_value)
{
	struct span value = p->value;

	if (p->quoted && value.n &&
		(memchr(value.p, '\\', value.n) || memchr(value.p, '\n', value.n))) {
		char *to = arena_alloc(d->arena, value.n);

		if (!to)
			return -ENOMEM;
		value = (struct span){to, unquote(value, to)};
	}
	if (form == PARAM_TEXT)
		return word_text(d, value, ret_value);
	*ret_value = value;
	return 0;
}

/* Undoes percent-encoding (RFC 2231, 4). */
static size_t percent_decode(struct span value, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		int high = -1, low = -1;

		if (value.p[i] == '%' && i + 2 < value.n) {
			high = ascii_hex(value.p[i + 1]);
			low = ascii_hex(value.p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			to[n++] = (char)(high << 4 | low);
			i += 2;
		} else if (value.p[i] != '\r' && value.p[i] != '\n') {
			to[n++] = value.p[i];
		}
	}
	return n;
}

/* Takes "charset'language'" off the beginning of an extended value. */
static struct span take_charset(struct span *value)
{
	ssize_t first = span_index(*value, '\'');

	if (first < 0)
		return (struct span){NULL, 0};
	struct span charset = span_take(*value, (size_t)first);
	struct span rest = span_skip(*value, (size_t)first + 1);
	ssize_t second = span_index(rest, '\'');

	if (second < 0)
		return (struct span){NULL, 0};
	*value = span_skip(rest, (size_t)second + 1);
	return charset;
}

/* Joins the sections part[n] in their order and converts them from the first one's charset. */
static int join(struct decoder *d, const struct param *const *part, size_t n, struct span *ret_text)
{
	struct span charset = {NULL, 0};
	size_t room = 0, out = 0;

	for (size_t i = 0; i < n; i++)
		room += part[i]->value.n;
	char *to = arena_alloc(d->arena, room);

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct span value = part[i]->value;

		if (part[i]->extended && i == 0)
			charset = take_charset(&value);
		out += part[i]->extended ? percent_decode(value, to + out)
					 : unquote(value, to + out);
	}
	return charset_decode(
		d->charsets, d->arena, charset, (struct span){to, out}, d->odd, ret_text);
}

int params_get(struct decoder *d, const struct params *params, struct span name,
	enum param_form form, struct span *ret_value)
{
	const struct param *bare = NULL, *extended = NULL, *part[PARAMS_MOST];
	int least = PARAMS_MOST;
	size_t n = 0;

	*ret_value = (struct span){NULL, 0};
	for (size_t i = params->n; i-- > 0;) {
		const struct param *p = &params->at[i];

		if (!span_eq_nocase(p->name, name))
			continue;
		if (p->section >= 0 && least == PARAMS_MOST)
			memset(part, 0, sizeof(part));
		if (p->section >= 0)
			part[p->section] = p;
		if (p->section >= 0 && p->section < least)
			least = p->section;
		if (p->section < 0 && p->extended)
			extended = p;
		else if (p->section < 0)
			bare = p;
	}
	/* Some mailers count from 1. */
	while (least + n < PARAMS_MOST && part[least + n])
		n++;
	if (n)
		return join(d, part + least, n, ret_value);
	if (extended)
		return join(d, &extended, 1, ret_value);
	return bare ? plain(d, bare, form, ret_value) : 0;
}
