/*
 * Declarations are cut at ';' and ':', and a handful of properties are looked at. Rules are kept in
 * a hash table under their selector's hash; two rules with one selector are merged, so a look-up is
 * one probe for the tag and two for each class and id.
 */
#include "mail/css.h"

#include "base/hash.h"

#include <stdlib.h>

#define NAME(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

struct named_color {
	struct span name;
	uint32_t color;
};

/* The 16 of HTML 4 and those others that mail uses. */
static const struct named_color named[] = {{NAME("white"), 0xffffff}, {NAME("black"), 0},
	{NAME("red"), 0xff0000}, {NAME("blue"), 0xff}, {NAME("green"), 0x8000},
	{NAME("gray"), 0x808080}, {NAME("grey"), 0x808080}, {NAME("silver"), 0xc0c0c0},
	{NAME("maroon"), 0x800000}, {NAME("yellow"), 0xffff00}, {NAME("olive"), 0x808000},
	{NAME("lime"), 0xff00}, {NAME("aqua"), 0xffff}, {NAME("cyan"), 0xffff},
	{NAME("teal"), 0x8080}, {NAME("navy"), 0x80}, {NAME("fuchsia"), 0xff00ff},
	{NAME("magenta"), 0xff00ff}, {NAME("purple"), 0x800080}, {NAME("orange"), 0xffa500},
	{NAME("snow"), 0xfffafa}, {NAME("ivory"), 0xfffff0}, {NAME("azure"), 0xf0ffff},
	{NAME("ghostwhite"), 0xf8f8ff}, {NAME("floralwhite"), 0xfffaf0},
	{NAME("whitesmoke"), 0xf5f5f5}, {NAME("mintcream"), 0xf5fffa},
	{NAME("lightyellow"), 0xffffe0}, {NAME("beige"), 0xf5f5dc}, {NAME("linen"), 0xfaf0e6},
	{NAME("pink"), 0xffc0cb}, {NAME("gainsboro"), 0xdcdcdc}, {NAME("lightgray"), 0xd3d3d3},
	{NAME("lightgrey"), 0xd3d3d3}, {NAME("darkgray"), 0xa9a9a9}, {NAME("darkgrey"), 0xa9a9a9},
	{NAME("dimgray"), 0x696969}, {NAME("darkblue"), 0x8b}, {NAME("darkred"), 0x8b0000},
	{NAME("darkgreen"), 0x6400}, {NAME("brown"), 0xa52a2a}, {NAME("gold"), 0xffd700},
	{NAME("crimson"), 0xdc143c}, {NAME("royalblue"), 0x4169e1}, {NAME("lightblue"), 0xadd8e6},
	{NAME("steelblue"), 0x4682b4}, {NAME("tomato"), 0xff6347}};

/* The number that s begins with, and what is behind it; false when there is none. */
static bool number(struct span s, double *ret, struct span *ret_unit)
{
	char text[24], *end;
	struct span head = span_take(s, sizeof(text) - 1);

	/* No hexadecimal, no "inf": what strtod() takes beyond CSS. */
	if (!head.n || !(ascii_is_digit(head.p[0]) || strchr("+-.", head.p[0])) || !head.p[0])
		return false;
	memcpy(text, head.p, head.n);
	text[head.n] = '\0';
	for (size_t i = 0; i < head.n; i++)
		if (!ascii_is_digit(text[i]) && !strchr("+-.", text[i]))
			text[i] = '\0';
	*ret = strtod(text, &end);
	*ret_unit = span_skip(s, (size_t)(end - text));
	return end > text;
}

/* A length in pixels, roughly. */
static bool pixels(struct span s, double *ret)
{
	static const struct {
		struct span unit;
		double pixels;
	} unit[] = {{NAME("px"), 1}, {NAME("pt"), 4 / 3.}, {NAME("rem"), 16}, {NAME("em"), 16},
		{NAME("ex"), 8}, {NAME("ch"), 8}, {NAME("%"), 0.16}, {NAME("vw"), 10},
		{NAME("vh"), 8}, {NAME("in"), 96}, {NAME("cm"), 38}, {NAME("mm"), 3.8},
		{NAME("pc"), 16}};
	struct span rest;

	if (!number(s, ret, &rest))
		return false;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++)
		if (span_starts_nocase(rest, unit[i].unit)) {
			*ret *= unit[i].pixels;
			break;
		}
	return true;
}

static bool hex_color(struct span s, uint32_t *ret)
{
	uint32_t c = 0;

	if (s.n != 3 && s.n != 4 && s.n != 6 && s.n != 8)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0)
			return false;
		if (i < (s.n > 4 ? 6 : 3))
			c = c << (s.n > 4 ? 4 : 8) | (uint32_t)digit * (s.n > 4 ? 1 : 0x11);
	}
	*ret = c;
	return true;
}

/* "rgb(1, 2, 3)", "rgba(1 2 3 / 50%)". A see-through one cannot be told. */
static uint32_t rgb_color(struct span s)
{
	uint32_t color = 0;
	double value;

	s = span_skip(s, (size_t)(span_index(s, '(') + 1));
	for (int i = 0; i < 4; i++) {
		while (s.n && (s.p[0] == ',' || s.p[0] == '/' || ascii_is_space(s.p[0])))
			s = span_skip(s, 1);
		if (!number(s, &value, &s))
			return i == 3 ? color : CSS_UNKNOWN;
		if (s.n && s.p[0] == '%') {
			value *= i == 3 ? 0.01 : 2.55;
			s = span_skip(s, 1);
		}
		if (i == 3)
			return value < 0.1 ? CSS_UNKNOWN : color;
		color = color << 8 | (uint32_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
	}
	return color;
}

uint32_t css_color(struct span s)
{
	uint32_t color;

	s = span_trim(s);
	if (s.n && s.p[0] == '#')
		return hex_color(span_skip(s, 1), &color) ? color : CSS_UNKNOWN;
	if (span_starts_nocase(s, SPAN("rgb")))
		return rgb_color(s);
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (span_eq_nocase(s, named[i].name))
			return named[i].color;
	return s.n == 6 && hex_color(s, &color) ? color : CSS_UNKNOWN;
}

bool css_color_near(uint32_t a, uint32_t b)
{
	if (a >= CSS_UNKNOWN || b >= CSS_UNKNOWN)
		return false;
	for (int shift = 0; shift < 24; shift += 8) {
		int x = (int)(a >> shift & 255), y = (int)(b >> shift & 255);

		if (abs(x - y) > 16)
			return false;
	}
	return true;
}

struct css css_over(struct css a, struct css b)
{
	a.hides = (uint8_t)((a.hides & ~b.known) | b.hides);
	a.known |= b.known;
	if (b.color != CSS_UNSET)
		a.color = b.color;
	if (b.ground != CSS_UNSET)
		a.ground = b.ground;
	return a;
}

/* What takes two declarations to hide. */
struct box {
	bool empty, clipped, afloat, away;
};

static void decide(struct css *c, enum css_hide bit, bool hides)
{
	c->known |= (uint8_t)bit;
	c->hides = (uint8_t)(hides ? c->hides | bit : c->hides & ~bit);
}

/* The ground of "background": its first word that is a colour; unknown when there is none. */
static uint32_t ground(struct span value)
{
	struct span word;
	uint32_t color = CSS_UNKNOWN;

	if (span_starts_nocase(value, SPAN("rgb")))
		return rgb_color(value);
	if (span_eq_nocase(value, SPAN("none")) || span_eq_nocase(value, SPAN("transparent")) ||
		span_eq_nocase(value, SPAN("inherit")))
		return CSS_UNSET;
	while (color == CSS_UNKNOWN && span_cut(&value, ' ', &word)) {
		if (span_starts_nocase(word, SPAN("url(")))
			return CSS_UNKNOWN;
		color = css_color(word);
	}
	return color;
}

/* "font: italic 0px/1 serif": the size is the word that begins with a digit. */
static void font(struct css *c, struct span value)
{
	struct span word;
	double px;

	while (span_cut(&value, ' ', &word)) {
		if (pixels(word, &px)) {
			decide(c, CSS_TINY, px <= 2);
			return;
		}
	}
}

static void box_property(struct box *box, struct span name, struct span value)
{
	static const struct span size[] = {
		NAME("height"), NAME("width"), NAME("max-height"), NAME("max-width")};
	static const struct span place[] = {NAME("left"), NAME("top"), NAME("right"),
		NAME("bottom"), NAME("margin-left"), NAME("margin-top")};
	double px;

	if (span_eq_nocase(name, SPAN("overflow"))) {
		box->clipped = span_starts_nocase(value, SPAN("hidden"));
	} else if (span_eq_nocase(name, SPAN("position"))) {
		box->afloat = span_starts_nocase(value, SPAN("absolute")) ||
			      span_starts_nocase(value, SPAN("fixed"));
	} else if (pixels(value, &px)) {
		for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++)
			box->empty |= px < 1 && span_eq_nocase(name, size[i]);
		for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++)
			box->away |= px <= -500 && span_eq_nocase(name, place[i]);
	}
}

static void declare(struct css *c, struct box *box, struct span name, struct span value)
{
	struct span rest;
	double x;

	if (span_eq_nocase(name, SPAN("display"))) {
		decide(c, CSS_DISPLAY, span_starts_nocase(value, SPAN("none")));
	} else if (span_eq_nocase(name, SPAN("mso-hide"))) {
		if (span_starts_nocase(value, SPAN("all")))
			decide(c, CSS_DISPLAY, true);
	} else if (span_eq_nocase(name, SPAN("visibility"))) {
		decide(c, CSS_VISIBILITY, !span_starts_nocase(value, SPAN("visible")));
	} else if (span_eq_nocase(name, SPAN("opacity"))) {
		if (number(value, &x, &rest))
			decide(c, CSS_OPACITY, x < 0.1);
	} else if (span_eq_nocase(name, SPAN("font-size"))) {
		decide(c, CSS_TINY, pixels(value, &x) && x <= 2);
	} else if (span_eq_nocase(name, SPAN("font"))) {
		font(c, value);
	} else if (span_eq_nocase(name, SPAN("color"))) {
		c->color = css_color(value);
	} else if (span_eq_nocase(name, SPAN("background-color")) ||
		   span_eq_nocase(name, SPAN("background"))) {
		c->ground = ground(value);
	} else if (span_eq_nocase(name, SPAN("background-image"))) {
		c->ground = CSS_UNKNOWN;
	} else if (span_eq_nocase(name, SPAN("text-indent"))) {
		if (pixels(value, &x) && x <= -100)
			decide(c, CSS_BOX, true);
	} else {
		box_property(box, name, value);
	}
}

/* Without comments and space before it, and without "!important". */
static struct span clean(struct span s)
{
	s = span_trim(s);
	while (span_starts(s, SPAN("/*"))) {
		ssize_t end = span_find(span_skip(s, 2), SPAN("*/"));

		s = end < 0 ? span_take(s, 0) : span_trim(span_skip(s, (size_t)end + 4));
	}
	ssize_t bang = span_index(s, '!');

	return bang < 0 ? s : span_trim(span_take(s, (size_t)bang));
}

/* Takes the next declaration off *s: to a ';' that stands in no string and no brackets. */
static bool cut_declaration(struct span *s, struct span *ret)
{
	size_t depth = 0, i = 0;
	char quote = '\0';

	if (!s->n)
		return false;
	for (; i < s->n; i++) {
		char c = s->p[i];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == ';' && !depth)
			break;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
	}
	*ret = span_take(*s, i);
	*s = span_skip(*s, i + 1);
	return true;
}

struct css css_declarations(struct span s)
{
	struct css c = CSS_NOTHING;
	struct box box = {0};
	struct span declaration;

	while (cut_declaration(&s, &declaration)) {
		declaration = clean(declaration);
		ssize_t colon = span_index(declaration, ':');

		if (colon > 0)
			declare(&c, &box, span_trim(span_take(declaration, (size_t)colon)),
				clean(span_skip(declaration, (size_t)colon + 1)));
	}
	if ((box.empty && box.clipped) || (box.afloat && box.away))
		decide(&c, CSS_BOX, true);
	return c;
}

void css_sheet_init(struct css_sheet *sheet)
{
	sheet->rules = 0;
}

#define PLACES (2 * CSS_RULES_MOST)

/* The key of a selector: tag (or nothing), '.' or '#' (or 0), name. Never 0. */
static uint64_t key_of(struct span tag, char kind, struct span name)
{
	uint64_t h = (uint64_t)(unsigned char)kind;

	for (size_t i = 0; i < tag.n; i++)
		h = hash64_mix(h, (uint64_t)(unsigned char)ascii_lower(tag.p[i]));
	return hash64(name, h) | 1;
}

/* The place of a key, or the free one where it would stand. */
static size_t place_of(const struct css_sheet *sheet, uint64_t key)
{
	size_t i = (key >> 8) % PLACES;

	while (sheet->key[i] && sheet->key[i] != key)
		i = (i + 1) % PLACES;
	return i;
}

static bool is_simple_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && !(s.p[i] & 0x80))
			return false;
	return s.n > 0;
}

/* Takes a simple selector apart; false when it is none. */
static bool selector_key(struct span s, uint64_t *ret_key)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '.' && s.p[i] != '#')
		i++;
	struct span tag = span_take(s, i), name = span_skip(s, i + 1);

	if ((tag.n && !is_simple_name(tag)) || (i < s.n && !is_simple_name(name)) || !s.n)
		return false;
	*ret_key = key_of(tag, i < s.n ? s.p[i] : '\0', name);
	return true;
}

static void add_rule(struct css_sheet *sheet, struct span selectors, const struct css *css)
{
	struct span one;
	uint64_t key;

	if (!css->known && css->color == CSS_UNSET && css->ground == CSS_UNSET)
		return;
	while (span_cut(&selectors, ',', &one)) {
		if (!selector_key(clean(one), &key))
			continue;
		if (!sheet->rules)
			memset(sheet->key, 0, sizeof(sheet->key));
		size_t i = place_of(sheet, key);

		if (sheet->key[i]) {
			sheet->css[i] = css_over(sheet->css[i], *css);
		} else if (sheet->rules < CSS_RULES_MOST) {
			sheet->key[i] = key;
			sheet->css[i] = *css;
			sheet->rules++;
		}
	}
}

/* Passes over an "@" rule: to its ';', or over its block with the blocks inside. */
static struct span skip_at_rule(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{')
			depth++;
		else if (s.p[i] == '}' && depth <= 1)
			return span_skip(s, i + 1);
		else if (s.p[i] == '}')
			depth--;
		else if (s.p[i] == ';' && !depth)
			return span_skip(s, i + 1);
	}
	return span_skip(s, s.n);
}

/* White space, comments and the marks of HTML comments before a rule. */
static struct span skip_between(struct span s)
{
	for (;;) {
		struct span before = s;

		while (s.n && ascii_is_space(s.p[0]))
			s = span_skip(s, 1);
		if (span_starts(s, SPAN("<!--")))
			s = span_skip(s, 4);
		else if (span_starts(s, SPAN("-->")))
			s = span_skip(s, 3);
		else if (span_starts(s, SPAN("/*"))) {
			ssize_t end = span_find(span_skip(s, 2), SPAN("*/"));

			s = end < 0 ? span_skip(s, s.n) : span_skip(s, (size_t)end + 4);
		}
		if (s.n == before.n)
			return s;
	}
}

void css_sheet_add(struct css_sheet *sheet, struct span s)
{
	for (s = skip_between(s); s.n; s = skip_between(s)) {
		if (s.p[0] == '@') {
			s = skip_at_rule(s);
			continue;
		}
		ssize_t open = span_index(s, '{');

		if (open < 0)
			return;
		struct span selectors = span_take(s, (size_t)open);

		s = span_skip(s, (size_t)open + 1);
		ssize_t close = span_index(s, '}');
		struct span body = close < 0 ? s : span_take(s, (size_t)close);
		struct css css = css_declarations(body);

		add_rule(sheet, selectors, &css);
		s = span_skip(s, body.n + 1);
	}
}

static void over(const struct css_sheet *sheet, struct css *c, uint64_t key)
{
	size_t i = place_of(sheet, key);

	if (sheet->key[i])
		*c = css_over(*c, sheet->css[i]);
}

struct css css_sheet_find(
	const struct css_sheet *sheet, struct span tag, struct span class, struct span id)
{
	const struct span none = {NULL, 0};
	struct css c = CSS_NOTHING;
	struct span name;

	if (!sheet->rules)
		return c;
	over(sheet, &c, key_of(tag, '\0', none));
	for (int i = 0; i < 8 && span_cut(&class, ' ', &name); i++) {
		if (!name.n)
			continue;
		over(sheet, &c, key_of(none, '.', name));
		over(sheet, &c, key_of(tag, '.', name));
	}
	if (id.n) {
		over(sheet, &c, key_of(none, '#', id));
		over(sheet, &c, key_of(tag, '#', id));
	}
	return c;
}
