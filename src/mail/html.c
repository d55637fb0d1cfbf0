/*
 * The standard tells a state machine a character at a time. Here every construct is read at once:
 * a state that only waits for a byte is a memchr(), and a state that is the place in the code needs
 * no number. What it comes to is the same, and each function names the states that it stands for.
 *
 * A construct that the input's end cuts off is read as the standard has it: a tag is dropped, a
 * comment or doctype is given as far as it goes. So no byte is looked at twice but for a few behind
 * each '<', and the work is linear.
 *
 * Line ends are not normalised: '\r' counts as white space wherever '\n' does.
 */
#include "mail/html.h"

#include "base/utf8.h"

void html_init(struct html *h, struct span input)
{
	h->rest = input;
	h->last = (struct span){NULL, 0};
	h->mode = HTML_DATA;
	h->foreign = false;
	h->errors = 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* What ends a tag's name. */
static bool ends_name(char c)
{
	return is_space(c) || c == '/' || c == '>';
}

/* The byte at an offset; NUL beyond the end, which no rule looks for. */
static char at(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* Takes the token's bytes, up to an offset of the rest, off the rest. */
static void take(struct html *h, struct html_token *t, size_t n)
{
	t->raw = span_take(h->rest, n);
	h->rest = span_skip(h->rest, n);
}

/* One attribute name and value at *i (13.2.5.33 to .39); false when the input ends in it. */
static bool read_attribute(struct html *h, size_t *i, struct html_attribute *ret)
{
	struct span s = h->rest;
	size_t from = *i, k = from + 1; /* a '=' in first place belongs to the name */

	h->errors += s.p[from] == '=';
	while (k < s.n && s.p[k] != '=' && !ends_name(s.p[k]))
		k++;
	ret->name = span_between(s.p + from, s.p + k);
	ret->value = (struct span){s.p + k, 0};
	while (k < s.n && is_space(s.p[k]))
		k++;
	*i = k;
	if (at(s, k) != '=')
		return k < s.n;
	for (k++; k < s.n && is_space(s.p[k]); k++)
		;
	*i = k;
	if (k == s.n)
		return false;
	char quote = s.p[k];

	if (quote == '>') {
		h->errors++; /* missing-attribute-value */
		return true;
	}
	if (quote == '"' || quote == '\'') {
		const char *end = memchr(s.p + k + 1, quote, s.n - k - 1);

		if (!end)
			return false;
		ret->value = span_between(s.p + k + 1, end);
		*i = (size_t)(end - s.p) + 1;
		h->errors += *i < s.n && !ends_name(s.p[*i]);
		return *i < s.n;
	}
	for (from = k; k < s.n && s.p[k] != '>' && !is_space(s.p[k]); k++)
		h->errors += s.p[k] == '"' || s.p[k] == '<';
	ret->value = span_between(s.p + from, s.p + k);
	*i = k;
	return k < s.n;
}

/* A start or end tag whose name begins at offset `from` (13.2.5.8, .32 to .40). */
static bool read_tag(struct html *h, struct html_token *t, size_t from)
{
	struct span s = h->rest;
	size_t i = from;

	while (i < s.n && !ends_name(s.p[i]))
		i++;
	t->kind = from == 1 ? HTML_START : HTML_CLOSE;
	t->name = span_between(s.p + from, s.p + i);
	t->attribute = h->attribute;
	for (;;) {
		bool slash = false; /* right before; not one that ends a value */

		for (; i < s.n && (is_space(s.p[i]) || s.p[i] == '/'); i++)
			slash = s.p[i] == '/';
		if (i >= s.n)
			break;
		if (s.p[i] == '>') {
			t->self_closing = slash;
			take(h, t, i + 1);
			if (t->kind == HTML_START)
				h->last = t->name;
			h->errors += t->kind == HTML_CLOSE && t->attributes;
			return true;
		}
		struct html_attribute dropped;
		bool room = t->attributes < HTML_ATTRIBUTES_MOST;

		if (!read_attribute(h, &i, room ? &h->attribute[t->attributes] : &dropped))
			break;
		t->attributes += room;
	}
	h->errors++; /* eof-in-tag: the tag is dropped and nothing is left */
	h->rest = span_skip(s, s.n);
	return false;
}

/* "<!--" was read (13.2.5.43 to .52): ends at "-->" or "--!>", at once at ">" or "->". */
static bool read_comment(struct html *h, struct html_token *t)
{
	struct span s = span_skip(h->rest, 4);
	size_t i = 0;

	t->kind = HTML_COMMENT;
	t->text = span_take(s, 0);
	for (;; i++) {
		const char *gt = i < s.n ? memchr(s.p + i, '>', s.n - i) : NULL;

		if (!gt)
			break;
		i = (size_t)(gt - s.p);
		if (i == 0 || (i == 1 && s.p[0] == '-')) {
			h->errors++; /* abrupt-closing-of-empty-comment */
			take(h, t, 4 + i + 1);
			return true;
		}
		size_t bang = s.p[i - 1] == '!';

		if (i < 2 + bang || s.p[i - bang - 1] != '-' || s.p[i - bang - 2] != '-')
			continue;
		h->errors += bang != 0;
		t->text = span_take(s, i - bang - 2);
		take(h, t, 4 + i + 1);
		return true;
	}
	h->errors++; /* eof-in-comment; a half-read end is not part of it */
	t->text = s;
	if (s.n >= 3 && memcmp(s.p + s.n - 3, "--!", 3) == 0)
		t->text.n -= 3;
	else
		for (int k = 0; k < 2 && t->text.n && s.p[t->text.n - 1] == '-'; k++)
			t->text.n--;
	take(h, t, h->rest.n);
	return true;
}

/* Everything from `from` up to '>' is a comment (13.2.5.41). */
static bool read_bogus_comment(struct html *h, struct html_token *t, size_t from)
{
	struct span s = span_skip(h->rest, from);
	ssize_t end = span_index(s, '>');

	h->errors++;
	t->kind = HTML_COMMENT;
	t->text = end < 0 ? s : span_take(s, (size_t)end);
	take(h, t, from + t->text.n + (end >= 0));
	return true;
}

static struct span skip_space(struct span s)
{
	while (s.n && is_space(s.p[0]))
		s = span_skip(s, 1);
	return s;
}

/* A quoted identifier at the beginning of *s (13.2.5.58 to .66); false when there is none. */
static bool read_id(struct span *s, struct span *ret_id)
{
	struct span in = skip_space(*s);
	char quote = at(in, 0);

	if (quote != '"' && quote != '\'')
		return false;
	in = span_skip(in, 1);
	ssize_t end = span_index(in, quote);

	*ret_id = end < 0 ? in : span_take(in, (size_t)end);
	*s = span_skip(in, ret_id->n + 1);
	return end >= 0;
}

/* "<!DOCTYPE" was read (13.2.5.53 to .68). The first '>' ends it, even in quotes. */
static bool read_doctype(struct html *h, struct html_token *t)
{
	struct span s = span_skip(h->rest, 9);
	ssize_t end = span_index(s, '>');

	t->kind = HTML_DOCTYPE;
	take(h, t, end < 0 ? h->rest.n : 9 + (size_t)end + 1);
	s = skip_space(end < 0 ? s : span_take(s, (size_t)end));
	while (t->name.n < s.n && !is_space(s.p[t->name.n]))
		t->name.n++;
	t->name.p = s.p;
	s = skip_space(span_skip(s, t->name.n));
	t->quirks = end < 0 || !t->name.n;
	if (span_starts_nocase(s, SPAN("PUBLIC"))) {
		s = span_skip(s, 6);
		if (!read_id(&s, &t->public_id))
			t->quirks = true;
		else if (skip_space(s).n)
			t->quirks |= !read_id(&s, &t->system_id);
	} else if (span_starts_nocase(s, SPAN("SYSTEM"))) {
		s = span_skip(s, 6);
		t->quirks |= !read_id(&s, &t->system_id);
	} else if (s.n) {
		t->quirks = true;
	}
	h->errors += t->quirks;
	return true;
}

/* "<![CDATA[" in foreign content (13.2.5.69 to .71). */
static bool read_cdata(struct html *h, struct html_token *t)
{
	struct span s = span_skip(h->rest, 9);
	ssize_t end = span_find(s, SPAN("]]>"));

	h->errors += end < 0;
	t->kind = HTML_CDATA;
	t->text = end < 0 ? s : span_take(s, (size_t)end);
	take(h, t, 9 + t->text.n + (end < 0 ? 0 : 3));
	return true;
}

/* Whether the '<' at the beginning of s starts markup rather than being text (13.2.5.6, .7). */
static bool starts_markup(struct span s)
{
	char c = at(s, 1);

	if (c == '!' || c == '?')
		return true;
	return ascii_is_alpha(c) || (c == '/' && s.n > 2);
}

/* The rest begins with markup. False when it gives no token: "</>" or what the end cuts off. */
static bool read_markup(struct html *h, struct html_token *t)
{
	struct span s = h->rest;

	if (s.p[1] == '!') {
		if (span_starts(s, SPAN("<!--")))
			return read_comment(h, t);
		if (span_starts_nocase(s, SPAN("<!DOCTYPE")))
			return read_doctype(h, t);
		if (h->foreign && span_starts(s, SPAN("<![CDATA[")))
			return read_cdata(h, t);
		return read_bogus_comment(h, t, 2);
	}
	if (s.p[1] == '?')
		return read_bogus_comment(h, t, 1);
	if (s.p[1] != '/')
		return read_tag(h, t, 1);
	if (ascii_is_alpha(s.p[2]))
		return read_tag(h, t, 2);
	if (s.p[2] != '>')
		return read_bogus_comment(h, t, 2);
	h->errors++; /* missing-end-tag-name: "</>" is nothing at all */
	h->rest = span_skip(s, 3);
	return false;
}

/* Length of the text up to the next markup (13.2.5.1). */
static size_t data_length(struct html *h)
{
	struct span s = h->rest;

	for (size_t i = 0; i < s.n; i++) {
		const char *lt = memchr(s.p + i, '<', s.n - i);

		if (!lt)
			break;
		i = (size_t)(lt - s.p);
		if (starts_markup(span_skip(s, i)))
			return i;
		h->errors++; /* invalid-first-character-of-tag-name */
	}
	return s.n;
}

/* Whether s begins with "</name" and a byte that ends a name: the appropriate end tag. */
static bool is_end_tag(struct span s, struct span name)
{
	return s.n > name.n + 2 && s.p[1] == '/' && ends_name(s.p[name.n + 2]) &&
	       span_starts_nocase(span_skip(s, 2), name);
}

/* Length of RCDATA or raw text up to its end tag (13.2.5.2, .3, .9 to .14). */
static size_t raw_length(struct html *h)
{
	struct span s = h->rest;

	for (size_t i = 0; i < s.n; i++) {
		const char *lt = memchr(s.p + i, '<', s.n - i);

		if (!lt)
			break;
		i = (size_t)(lt - s.p);
		if (is_end_tag(span_skip(s, i), h->last))
			return i;
	}
	return s.n;
}

/* Whether s begins with "<script" and a byte that ends a name. */
static bool is_script_tag(struct span s)
{
	return s.n > 7 && ends_name(s.p[7]) && span_starts_nocase(s, SPAN("<script"));
}

/*
 * Length of script data up to its end tag (13.2.5.4, .15 to .31). Inside "<!--" a "<script" begins
 * a double escape, in which "</script" only ends the escape; "-->" ends either.
 */
static size_t script_length(struct html *h)
{
	struct span s = h->rest;
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	size_t dash = 0; /* dashes right before this byte */

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		size_t dashes = dash;

		dash = c == '-' ? dash + 1 : 0;
		if (c == '>' && dashes >= 2)
			state = PLAIN;
		if (c != '<')
			continue;
		struct span here = span_skip(s, i);

		if (state == PLAIN && span_starts(here, SPAN("<!--"))) {
			state = ESCAPED;
			i += 3;
			dash = 2;
		} else if (is_end_tag(here, h->last)) {
			if (state != DOUBLE)
				return i;
			state = ESCAPED;
		} else if (state == ESCAPED && is_script_tag(here)) {
			state = DOUBLE;
		}
	}
	return s.n;
}

/* Text in the present mode; false when there is none before the markup. */
static bool read_text(struct html *h, struct html_token *t)
{
	size_t n;

	switch (h->mode) {
	case HTML_DATA: n = data_length(h); break;
	case HTML_RCDATA:
	case HTML_RAWTEXT: n = raw_length(h); break;
	case HTML_SCRIPT: n = script_length(h); break;
	default: n = h->rest.n; break;
	}
	t->kind = HTML_TEXT;
	t->references = h->mode == HTML_DATA || h->mode == HTML_RCDATA;
	h->mode = h->mode == HTML_PLAINTEXT ? HTML_PLAINTEXT : HTML_DATA;
	if (!n)
		return false;
	take(h, t, n);
	t->text = t->raw;
	return true;
}

/* Field by field: the compiler's way to clear the whole struct costs as much as a short tag. */
static void clear(struct html_token *t)
{
	const struct span none = {NULL, 0};

	t->self_closing = t->references = t->quirks = false;
	t->name = t->text = t->public_id = t->system_id = none;
	t->attributes = 0;
}

bool html_next(struct html *h, struct html_token *ret_token)
{
	while (h->rest.n) {
		clear(ret_token);
		if (read_text(h, ret_token) || (h->rest.n && read_markup(h, ret_token)))
			return true;
	}
	return false;
}

bool html_attribute(const struct html_token *t, struct span name, struct span *ret_value)
{
	for (size_t i = 0; i < t->attributes; i++) {
		if (span_eq_nocase(t->attribute[i].name, name)) {
			*ret_value = t->attribute[i].value;
			return true;
		}
	}
	return false;
}
