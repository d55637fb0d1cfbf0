/*
 * A macro string is taken off piece by piece: a run of plain text, "%%" and its like, or
 * "%{letter digits r delimiters}". What is made of the pieces goes into a window: a name keeps its
 * last bytes, for it loses labels on the left when it is too long, and a text keeps its first. So
 * a record of a thousand macros needs no more memory than one.
 */
#include "auth/spf_macro.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_MOST 253

/* One piece. */
struct piece {
	bool expands; /* it began with '%' */
	char letter;  /* in lower case; 0: plain is taken as it is */
	struct span plain;
	bool escape; /* it was in upper case: escape for URLs (7.3) */
	bool reverse;
	unsigned keep;       /* parts on the right to keep; 0: all */
	unsigned delimiters; /* a bit each; 0: "." */
};

/* The bit of a delimiter; 0 for what is none. */
static const uint8_t delimiter[256] = {
	['.'] = 1, ['-'] = 2, ['+'] = 4, [','] = 8, ['/'] = 16, ['_'] = 32, ['='] = 64};

/* "{...}" behind the '%'. */
static bool braces(struct span *rest, enum spf_macro_place place, struct piece *ret)
{
	ssize_t end = span_index(*rest, '}');
	struct span in;
	size_t i = 1, digits;
	unsigned keep = 0;

	if (end < 2)
		return false;
	in = (struct span){rest->p + 1, (size_t)end - 1};
	ret->letter = ascii_lower(in.p[0]);
	ret->escape = ret->letter != in.p[0];
	if (!strchr(place == SPF_MACRO_TEXT ? "slodiphcrtv" : "slodiphv", ret->letter))
		return false;
	for (; i < in.n && ascii_is_digit(in.p[i]); i++)
		keep = keep > 1000 ? keep : keep * 10 + (unsigned)(in.p[i] - '0');
	digits = i - 1;
	if (digits && !keep) /* 7.3: MUST be nonzero */
		return false;
	ret->keep = keep;
	ret->reverse = i < in.n && ascii_lower(in.p[i]) == 'r';
	for (i += ret->reverse; i < in.n; i++) {
		unsigned bit = delimiter[(uint8_t)in.p[i]];

		if (!bit)
			return false;
		ret->delimiters |= bit;
	}
	*rest = span_skip(*rest, (size_t)end + 1);
	return true;
}

static bool macro(struct span *rest, enum spf_macro_place place, struct piece *ret)
{
	struct span behind = span_skip(*rest, 1);

	if (!behind.n)
		return false;
	switch (behind.p[0]) {
	case '%': ret->plain = SPAN("%"); break;
	case '_': ret->plain = SPAN(" "); break;
	case '-': ret->plain = SPAN("%20"); break;
	case '{': *rest = behind; return braces(rest, place, ret);
	default: return false;
	}
	*rest = span_skip(*rest, 2);
	return true;
}

/* Takes the next piece off *rest: 1, 0 at the end, -EINVAL. */
static int next(struct span *rest, enum spf_macro_place place, struct piece *ret)
{
	size_t n = 0;

	*ret = (struct piece){.letter = 0};
	if (!rest->n)
		return 0;
	ret->expands = rest->p[0] == '%';
	if (ret->expands)
		return macro(rest, place, ret) ? 1 : -EINVAL;
	for (; n < rest->n && rest->p[n] != '%'; n++) {
		char c = rest->p[n];

		if (c < 0x20 || c > 0x7e || (c == ' ' && place == SPF_MACRO_NAME))
			return -EINVAL;
	}
	ret->plain = span_take(*rest, n);
	*rest = span_skip(*rest, n);
	return 1;
}

bool spf_macro_valid(struct span s, enum spf_macro_place place)
{
	struct piece piece;
	int got;

	while ((got = next(&s, place, &piece)) > 0)
		;
	return got == 0;
}

/* toplabel: letters, digits and inner hyphens, not all of them digits. */
static bool top_label(struct span s)
{
	bool other = false;

	if (!s.n || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
		other = other || !ascii_is_digit(s.p[i]);
	}
	return other;
}

bool spf_macro_is_domain(struct span s)
{
	struct piece piece, last = {.letter = 0};
	int got;

	while ((got = next(&s, SPF_MACRO_NAME, &piece)) > 0)
		last = piece;
	if (got < 0 || last.expands)
		return got == 0;
	struct span tail = last.plain;

	if (tail.n && tail.p[tail.n - 1] == '.')
		tail.n--;
	ssize_t dot = span_rindex(tail, '.');

	return dot >= 0 && top_label(span_skip(tail, (size_t)dot + 1));
}

bool spf_macro_uses(struct span s, char letter)
{
	struct piece piece;

	while (next(&s, SPF_MACRO_TEXT, &piece) > 0)
		if (piece.letter == letter)
			return true;
	return false;
}

/* What is kept of the output. */
struct window {
	enum spf_macro_place place;
	char byte[4 * SPF_MACRO_TEXT_MOST];
	size_t n;
};

static void add(struct window *w, char c)
{
	if (w->n == sizeof(w->byte)) {
		if (w->place == SPF_MACRO_TEXT)
			return;
		w->n = sizeof(w->byte) / 2;
		memcpy(w->byte, w->byte + w->n, w->n);
	}
	w->byte[w->n++] = c;
}

static void add_all(struct window *w, struct span s, bool escape)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!escape || ascii_is_alnum(c) || (c && strchr("-._~", c))) { /* RFC 3986, 2.3 */
			add(w, c);
			continue;
		}
		add(w, '%');
		add(w, "0123456789ABCDEF"[(unsigned char)c >> 4]);
		add(w, "0123456789ABCDEF"[c & 15]);
	}
}

/* An address as i: dotted, of IPv6 every nibble (7.3). */
static struct span dotted(const struct ip *ip, char *to)
{
	char *p = to;

	if (ip->family == IP_V4)
		return span_cstr(ip_format(ip, to));
	for (int i = 0; i < 16; i++)
		p += sprintf(p, "%s%X.%X", i ? "." : "", ip->byte[i] >> 4, ip->byte[i] & 15);
	return span_between(to, p);
}

#define VALUE_ROOM (2 * SPF_MACRO_VALUE_MOST + 1)

static struct span number(int64_t n, char *to)
{
	return (struct span){to, (size_t)snprintf(to, VALUE_ROOM, "%" PRId64, n)};
}

/* s is "l@o". */
static struct span sender(const struct spf_macro_values *v, char *to)
{
	struct span l = span_take(v->local, SPF_MACRO_VALUE_MOST);
	struct span o = span_take(v->sender, SPF_MACRO_VALUE_MOST);

	memcpy(to, l.p, l.n);
	to[l.n] = '@';
	memcpy(to + l.n + 1, o.p, o.n);
	return (struct span){to, l.n + 1 + o.n};
}

/* What a letter stands for; `to` is room for what must be made. */
static struct span value(char letter, const struct spf_macro_values *v, char *to)
{
	switch (letter) {
	case 's': return sender(v, to);
	case 'l': return v->local;
	case 'o': return v->sender;
	case 'd': return v->domain;
	case 'i': return dotted(&v->ip, to);
	case 'p': return v->validated.n ? v->validated : SPAN("unknown");
	case 'h': return v->helo;
	case 'c': return span_cstr(ip_format(&v->ip, to));
	case 'r': return v->receiver.n ? v->receiver : SPAN("unknown");
	case 't': return number(v->now, to);
	default: return v->ip.family == IP_V4 ? SPAN("in-addr") : SPAN("ip6");
	}
}

static bool parts_here(const struct piece *p, char c)
{
	return delimiter[(uint8_t)c] & (p->delimiters ? p->delimiters : delimiter['.']);
}

/* The part that ends before `end`: its beginning. */
static size_t part_begins(const struct piece *p, struct span s, size_t end)
{
	while (end && !parts_here(p, s.p[end - 1]))
		end--;
	return end;
}

/* Parts on the right are kept: of the reversed value, those are on the value's left. */
static struct span keep_forward(const struct piece *p, struct span s)
{
	size_t from = s.n;

	for (unsigned k = p->keep; k; k--) {
		from = part_begins(p, s, from);
		if (!from)
			return s;
		from -= k > 1;
	}
	return p->keep ? span_skip(s, from) : s;
}

static struct span keep_reversed(const struct piece *p, struct span s)
{
	unsigned parts = 0;

	for (size_t i = 0; p->keep && i < s.n; i++)
		if (parts_here(p, s.p[i]) && ++parts == p->keep)
			return span_take(s, i);
	return s;
}

static void add_reversed(struct window *w, const struct piece *p, struct span s)
{
	size_t end = s.n, from;

	for (;;) {
		from = part_begins(p, s, end);
		add_all(w, (struct span){s.p + from, end - from}, p->escape);
		if (!from)
			return;
		add(w, '.');
		end = from - 1;
	}
}

static void add_forward(struct window *w, const struct piece *p, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (parts_here(p, s.p[i]))
			add(w, '.');
		else
			add_all(w, (struct span){s.p + i, 1}, p->escape);
}

static void add_value(struct window *w, const struct piece *p, const struct spf_macro_values *v)
{
	char room[VALUE_ROOM];
	struct span s = span_take(value(p->letter, v, room), VALUE_ROOM);

	if (p->letter != 's')
		s = span_take(s, SPF_MACRO_VALUE_MOST);
	if (p->reverse)
		add_reversed(w, p, keep_reversed(p, s));
	else if (p->keep || p->delimiters)
		add_forward(w, p, keep_forward(p, s));
	else
		add_all(w, s, p->escape);
}

/* Labels go on the left until it fits; one that is all too long by itself stays as it is, and is no
 * name. */
static struct span fit(const struct window *w)
{
	struct span s = {w->byte, w->n};

	if (w->place == SPF_MACRO_TEXT)
		return span_take(s, SPF_MACRO_TEXT_MOST);
	while (s.n > NAME_MOST + (s.p[s.n - 1] == '.')) {
		ssize_t dot = span_index(s, '.');

		if (dot < 0 || (size_t)dot + 1 == s.n)
			break;
		s = span_skip(s, (size_t)dot + 1);
	}
	return s;
}

int spf_macro_expand(struct span s, enum spf_macro_place place, const struct spf_macro_values *v,
	struct arena *arena, struct span *ret)
{
	struct window w = {.place = place};
	struct span made, kept;
	struct piece piece;

	while (next(&s, place, &piece) > 0)
		if (piece.letter)
			add_value(&w, &piece, v);
		else
			add_all(&w, piece.plain, false);
	made = fit(&w);
	kept = arena_copy(arena, made);
	if (made.n && !kept.n)
		return -ENOMEM;
	*ret = kept;
	return 0;
}
