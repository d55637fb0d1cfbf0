/*
 * HTML to text. The tokenizer gives tags and text; a stack of open elements says what is in force:
 * whether and how the text is hidden, the colour of letters and ground. The tree itself is never
 * built. End tags close what a browser's would in the common cases: the implied ends of p, li, td
 * and their like, end tags that cross, end tags of nothing.
 *
 * Bounds: DEPTH_MOST elements are on the stack, deeper ones are only counted and have the style of
 * the deepest. An end tag looks down the stack only when such an element is open (`open` counts
 * them), so a flood of unclosed or of unopened tags costs a few steps a tag.
 */
#include "mail/css.h"
#include "mail/html.h"
#include "mail/html_tag.h"
#include "mail/text_sink.h"

#include "base/utf8.h"

#define DEPTH_MOST 512

/* Hidden for good: in an element that no style of its own shows again. */
#define HIDE_FOR_GOOD (CSS_DISPLAY | CSS_OPACITY | CSS_BOX)

/* Attributes that are looked at, by the length of their names. X(identifier, "name") */
#define ATTRIBUTES(X)                                                                              \
	X(ID, "id")                                                                                \
	X(ALT, "alt")                                                                              \
	X(SRC, "src")                                                                              \
	X(DATA, "data")                                                                            \
	X(HREF, "href")                                                                            \
	X(TEXT, "text")                                                                            \
	X(TYPE, "type")                                                                            \
	X(CLASS, "class")                                                                          \
	X(COLOR, "color")                                                                          \
	X(STYLE, "style")                                                                          \
	X(WIDTH, "width")                                                                          \
	X(ACTION, "action")                                                                        \
	X(HEIGHT, "height")                                                                        \
	X(HIDDEN, "hidden")                                                                        \
	X(BGCOLOR, "bgcolor")                                                                      \
	X(CONTENT, "content")                                                                      \
	X(BACKGROUND, "background")                                                                \
	X(FORMACTION, "formaction")                                                                \
	X(HTTP_EQUIV, "http-equiv")

enum attribute {
#define X(id, name) AT_##id,
	ATTRIBUTES(X)
#undef X
		AT_COUNT
};

static const struct span attribute_name[] = {
#define X(id, name) {name, sizeof(name) - 1},
	ATTRIBUTES(X)
#undef X
};

struct element {
	uint8_t tag;   /* enum html_tag */
	uint8_t hides; /* enum css_hide in force */
	uint32_t color, ground;
};

struct page {
	struct text_sink *sink;
	uint32_t part;
	struct anomalies *odd;
	struct html html;
	struct css_sheet sheet;
	struct element stack[DEPTH_MOST];
	uint32_t depth;           /* elements on the stack; stack[0] is the page itself */
	uint32_t beyond;          /* elements open beyond it */
	uint32_t open[TAG_COUNT]; /* how many of each are on the stack */
	struct span at[AT_COUNT]; /* attributes of the present tag, decoded; p is NULL for none */
	uint8_t set[AT_COUNT];    /* which of them are there, set[sets] */
	uint32_t sets;
	struct url base;
	bool has_base;
	size_t written; /* visible text up to here was looked through for URLs */
	bool in_body;   /* something of the page's body was met */
	bool in_anchor;
	ssize_t anchor; /* index of the open anchor's link; -1 when it has none */
	uint32_t anchor_depth;
	size_t anchor_from, anchor_hidden; /* visible and hidden text when it began */
	int failed;                        /* -ENOMEM sticks */
};

static struct element *top(struct page *p)
{
	return &p->stack[p->depth - 1];
}

static bool is_hidden(struct page *p)
{
	const struct element *e = top(p);

	return e->hides || css_color_near(e->color, e->ground);
}

static struct text_run *run_of(struct page *p)
{
	return is_hidden(p) ? &p->sink->hidden : &p->sink->visible;
}

static void failed(struct page *p, int r)
{
	if (r < 0)
		p->failed = r;
}

static void break_line(struct page *p)
{
	run_gap(&p->sink->visible, '\n');
	run_gap(&p->sink->hidden, '\n');
}

static void gap_words(struct page *p)
{
	run_gap(&p->sink->visible, ' ');
	run_gap(&p->sink->hidden, ' ');
}

/* Looks for URLs in the visible text since the last look. */
static void scan_written(struct page *p)
{
	struct span text = run_from(&p->sink->visible, p->written);

	if (text.n)
		failed(p, sink_written(p->sink, p->part, text, p->odd));
	p->written = p->sink->visible.n;
}

static void end_anchor(struct page *p)
{
	if (!p->in_anchor)
		return;
	const struct text_sink *sink = p->sink;

	if (p->anchor >= 0) {
		struct link *l = &sink->link[p->anchor];

		l->shown = span_trim(run_from(&sink->visible, p->anchor_from));
		l->hidden |= !l->shown.n && sink->hidden.n > p->anchor_hidden;
	}
	p->written = sink->visible.n;
	p->in_anchor = false;
}

static void pop(struct page *p)
{
	struct element *e = top(p);
	unsigned kinds = html_tag_kinds((enum html_tag)e->tag);

	if (kinds & KIND_BLOCK)
		break_line(p);
	p->open[e->tag]--;
	p->depth--;
	/* An anchor goes on over the end of a block, but not of a cell (13.2.4.3, markers). */
	if (p->in_anchor && p->depth < p->anchor_depth && (kinds & KIND_SCOPE))
		end_anchor(p);
}

static void pop_to(struct page *p, uint32_t depth)
{
	p->beyond = 0;
	while (p->depth > depth)
		pop(p);
}

/* Whether an element of the kinds in `stop` hides those outside; of blocks, these three never do.
 */
static bool is_stop(enum html_tag tag, unsigned stop)
{
	if (stop & KIND_BLOCK && (tag == TAG_ADDRESS || tag == TAG_DIV || tag == TAG_P))
		return false;
	return html_tag_kinds(tag) & stop;
}

/* The index of the nearest open element of that tag, up to a stop; 0 when there is none. */
static uint32_t find_open(struct page *p, enum html_tag tag, unsigned stop)
{
	if (!p->open[tag])
		return 0;
	for (uint32_t i = p->depth - 1; i > 0; i--) {
		if (p->stack[i].tag == tag)
			return i;
		if (is_stop((enum html_tag)p->stack[i].tag, stop))
			break;
	}
	return 0;
}

/* Takes a formatting element out from under blocks that stay open (13.2.6.4.7, adoption). */
static void remove_format(struct page *p, uint32_t i)
{
	const struct element gone = p->stack[i], *below = &p->stack[i - 1];
	uint8_t its = (uint8_t)(gone.hides & ~below->hides);

	for (uint32_t k = i + 1; k < p->depth; k++) {
		struct element *e = &p->stack[k];

		e->hides &= (uint8_t)~its;
		if (e->color == gone.color)
			e->color = below->color;
		if (e->ground == gone.ground)
			e->ground = below->ground;
		p->stack[k - 1] = *e;
	}
	p->open[gone.tag]--;
	p->depth--;
}

/* Whether an open block stands above index i. */
static bool has_block_above(const struct page *p, uint32_t i)
{
	for (i++; i < p->depth; i++)
		if (html_tag_kinds((enum html_tag)p->stack[i].tag) & (KIND_BLOCK | KIND_SCOPE))
			return true;
	return false;
}

static void close_tag(struct page *p, enum html_tag tag)
{
	unsigned kinds = html_tag_kinds(tag);

	if (tag == TAG_A)
		end_anchor(p);
	if (tag == TAG_BR || tag == TAG_P)
		break_line(p);
	if (p->beyond && !(kinds & KIND_TABLE)) {
		p->beyond--;
		return;
	}
	uint32_t i = find_open(p, tag, kinds & KIND_FORMAT ? 0 : KIND_SCOPE);

	if ((kinds & KIND_TABLE) && !i)
		i = find_open(p, tag, 0);
	if (!i)
		return;
	if ((kinds & KIND_FORMAT) && has_block_above(p, i))
		remove_format(p, i);
	else
		pop_to(p, i);
}

/* Closes an open `tag`, unless a stop stands between. */
static void close_implied(struct page *p, enum html_tag tag, unsigned stop)
{
	uint32_t i = find_open(p, tag, stop);

	if (i)
		pop_to(p, i);
}

/* The end tags that a start tag makes good (13.2.6.4.7 and the table modes, 13.2.6.4.9 to .15). */
static void imply_ends(struct page *p, enum html_tag tag)
{
	switch (tag) {
	case TAG_LI: close_implied(p, TAG_LI, KIND_SCOPE | KIND_BLOCK); break;
	case TAG_DD:
	case TAG_DT:
		close_implied(p, TAG_DD, KIND_SCOPE | KIND_BLOCK);
		close_implied(p, TAG_DT, KIND_SCOPE | KIND_BLOCK);
		break;
	case TAG_OPTION: close_implied(p, TAG_OPTION, KIND_SCOPE); break;
	case TAG_TR:
	case TAG_TBODY:
	case TAG_THEAD:
	case TAG_TFOOT:
	case TAG_TD:
	case TAG_TH:
		close_implied(p, TAG_TD, KIND_SCOPE);
		close_implied(p, TAG_TH, KIND_SCOPE);
		if (tag != TAG_TD && tag != TAG_TH)
			close_implied(p, TAG_TR, KIND_SCOPE);
		break;
	default: break;
	}
	if ((html_tag_kinds(tag) & KIND_BLOCK) && !(html_tag_kinds(tag) & KIND_TABLE))
		close_implied(p, TAG_P, KIND_SCOPE);
}

/* The number of an attribute's name; AT_COUNT for those that are not looked at. */
static size_t attribute_id(struct span name)
{
	size_t i = 0;

	while (i < AT_COUNT && attribute_name[i].n < name.n)
		i++;
	for (; i < AT_COUNT && attribute_name[i].n == name.n; i++)
		if (span_starts_nocase(name, attribute_name[i]))
			return i;
	return AT_COUNT;
}

/* Reads the attributes of a tag into p->at; of twins the first one counts (13.2.5.33). */
static void gather(struct page *p, const struct html_token *t)
{
	while (p->sets > 0)
		p->at[p->set[--p->sets]] = (struct span){NULL, 0};
	for (size_t i = 0; i < t->attributes; i++) {
		size_t id = attribute_id(t->attribute[i].name);

		if (id == AT_COUNT || p->at[id].p)
			continue;
		p->at[id] = html_decode(p->sink->arena, t->attribute[i].value, true);
		if (p->at[id].p)
			p->set[p->sets++] = (uint8_t)id;
	}
}

/* What an element says of its style: by attributes of old, style sheets, its style attribute. */
static struct css style_of(struct page *p, struct span name, enum html_tag tag)
{
	struct css c = CSS_NOTHING;
	const struct span *at = p->at;

	if (at[AT_BGCOLOR].n)
		c.ground = css_color(at[AT_BGCOLOR]);
	if (at[AT_BACKGROUND].n)
		c.ground = CSS_UNKNOWN;
	if (tag == TAG_FONT && at[AT_COLOR].n)
		c.color = css_color(at[AT_COLOR]);
	if (tag == TAG_BODY && at[AT_TEXT].n)
		c.color = css_color(at[AT_TEXT]);
	if (p->sheet.rules)
		c = css_over(c, css_sheet_find(&p->sheet, name, at[AT_CLASS], at[AT_ID]));
	if (at[AT_STYLE].n)
		c = css_over(c, css_declarations(at[AT_STYLE]));
	if (at[AT_HIDDEN].p) {
		c.known |= CSS_DISPLAY;
		c.hides |= CSS_DISPLAY;
	}
	return c;
}

/* The style in force inside an element. */
static struct element element_of(struct page *p, const struct html_token *t, enum html_tag tag)
{
	const struct element *outer = top(p);
	struct css c = style_of(p, t->name, tag);
	uint8_t inherited = (uint8_t)(outer->hides & (HIDE_FOR_GOOD | ~c.known));
	struct element e = {
		(uint8_t)tag, (uint8_t)(inherited | c.hides), outer->color, outer->ground};

	if (tag == TAG_NOSCRIPT || tag == TAG_TEMPLATE || tag == TAG_HEAD)
		e.hides |= CSS_DISPLAY;
	if (tag == TAG_A)
		e.color = 0x0000ee; /* what browsers give links */
	if (c.color != CSS_UNSET)
		e.color = c.color;
	if (c.ground != CSS_UNSET)
		e.ground = c.ground;
	return e;
}

static void push(struct page *p, struct element e)
{
	if (p->depth == DEPTH_MOST) {
		p->beyond++;
		return;
	}
	p->open[e.tag]++;
	p->stack[p->depth++] = e;
}

/* A link out of an attribute. Returns its index, or -1. */
static ssize_t link_from(struct page *p, enum link_place kind, struct span target, bool hidden)
{
	struct link *l;

	if (!target.n)
		return -1;
	int r = sink_link(
		p->sink, kind, p->part, target, p->has_base ? &p->base : NULL, p->odd, &l);

	failed(p, r);
	if (r <= 0)
		return -1;
	l->hidden = hidden;
	return l - p->sink->link;
}

/* Without a quote at the beginning, and at the end the same one. */
static struct span unquote(struct span s)
{
	char quote = s.n ? s.p[0] : '\0';

	if (quote != '"' && quote != '\'')
		return s;
	s = span_skip(s, 1);
	ssize_t end = span_index(s, quote);

	return end < 0 ? s : span_take(s, (size_t)end);
}

/* Every url(...) of a style. */
static void style_links(struct page *p, struct span css, bool hidden)
{
	ssize_t at;

	while ((at = span_find(css, SPAN("url("))) >= 0) {
		css = span_skip(css, (size_t)at + 4);
		ssize_t end = span_index(css, ')');

		if (end < 0)
			return;
		link_from(p, LINK_IMAGE, unquote(span_trim(span_take(css, (size_t)end))), hidden);
		css = span_skip(css, (size_t)end);
	}
}

static void begin_anchor(struct page *p, bool hidden)
{
	struct span href = p->at[AT_HREF];

	end_anchor(p);
	if (!p->at[AT_HREF].p)
		return;
	scan_written(p);
	p->in_anchor = true;
	p->anchor_depth = p->depth;
	p->anchor = link_from(p, LINK_ANCHOR, href, hidden);
	p->anchor_from = p->sink->visible.n;
	p->anchor_hidden = p->sink->hidden.n;
}

/* A size attribute in pixels; -1 when it is missing or no number. */
static int size_of(struct span s)
{
	int n = 0;
	size_t i = 0;

	s = span_trim(s);
	for (; i < s.n && i < 6 && ascii_is_digit(s.p[i]); i++)
		n = n * 10 + (s.p[i] - '0');
	return i ? n : -1;
}

static void image(struct page *p, bool hidden)
{
	int width = size_of(p->at[AT_WIDTH]), height = size_of(p->at[AT_HEIGHT]);
	bool tiny = width >= 0 && width <= 1 && height >= 0 && height <= 1;
	struct text_run *run = hidden ? &p->sink->hidden : &p->sink->visible;

	p->sink->html.images++;
	p->sink->html.tiny_images += tiny;
	link_from(p, LINK_IMAGE, p->at[AT_SRC], hidden || tiny);
	struct span alt = p->at[AT_ALT];

	if (!tiny || alt.n)
		run_gap(run, ' ');
	if (!alt.n)
		return;
	failed(p, run_add_text(p->sink->arena, run, alt, false));
	run_gap(run, ' ');
}

/* "5; url=https://..." of a meta refresh. */
static void meta(struct page *p)
{
	struct span content = p->at[AT_CONTENT];
	ssize_t at = span_find_nocase(content, SPAN("url="));

	if (at < 0 || !span_eq_nocase(p->at[AT_HTTP_EQUIV], SPAN("refresh")))
		return;
	link_from(p, LINK_OTHER, unquote(span_trim(span_skip(content, (size_t)at + 4))), true);
}

static void base(struct page *p)
{
	struct span href = p->at[AT_HREF];

	if (p->has_base || !href.n)
		return;
	link_from(p, LINK_OTHER, href, true);
	failed(p, url_parse(p->sink->arena, href, URL_REFERENCE, &p->base));
	p->has_base = p->base.host.n > 0;
}

static void input(struct page *p, bool hidden)
{
	p->sink->html.inputs++;
	p->sink->html.password_inputs +=
		span_eq_nocase(span_trim(p->at[AT_TYPE]), SPAN("password"));
	link_from(p, LINK_FORM, p->at[AT_FORMACTION], hidden);
	link_from(p, LINK_IMAGE, p->at[AT_SRC], hidden);
}

/* What a start tag counts as and leads to. */
static void note_tag(struct page *p, enum html_tag tag, bool hidden)
{
	struct html_facts *f = &p->sink->html;

	switch (tag) {
	case TAG_A: begin_anchor(p, hidden); break;
	case TAG_AREA: link_from(p, LINK_ANCHOR, p->at[AT_HREF], hidden); break;
	case TAG_IMG:
	case TAG_IMAGE: image(p, hidden); break;
	case TAG_FORM:
		f->forms++;
		link_from(p, LINK_FORM, p->at[AT_ACTION], hidden);
		break;
	case TAG_INPUT: input(p, hidden); break;
	case TAG_BUTTON: link_from(p, LINK_FORM, p->at[AT_FORMACTION], hidden); break;
	case TAG_META: meta(p); break;
	case TAG_BASE: base(p); break;
	case TAG_LINK: link_from(p, LINK_OTHER, p->at[AT_HREF], true); break;
	case TAG_SCRIPT:
		f->scripts++;
		link_from(p, LINK_OTHER, p->at[AT_SRC], true);
		break;
	case TAG_IFRAME:
	case TAG_FRAME:
		f->iframes++;
		link_from(p, LINK_OTHER, p->at[AT_SRC], hidden);
		break;
	case TAG_EMBED:
	case TAG_SOURCE:
	case TAG_TRACK: link_from(p, LINK_OTHER, p->at[AT_SRC], hidden); break;
	case TAG_OBJECT: link_from(p, LINK_OTHER, p->at[AT_DATA], hidden); break;
	default: break;
	}
}

/* Attributes that any element may lead with. */
static void note_attributes(struct page *p, bool hidden)
{
	struct span style = p->at[AT_STYLE];

	if (style.n)
		style_links(p, style, hidden);
	link_from(p, LINK_IMAGE, p->at[AT_BACKGROUND], hidden);
}

/* How the text behind a start tag is to be read (13.2.6.4.4, .7). */
static enum html_mode mode_of(enum html_tag tag)
{
	switch (tag) {
	case TAG_TITLE:
	case TAG_TEXTAREA: return HTML_RCDATA;
	case TAG_STYLE:
	case TAG_XMP:
	case TAG_IFRAME:
	case TAG_NOEMBED:
	case TAG_NOFRAMES: return HTML_RAWTEXT;
	case TAG_SCRIPT: return HTML_SCRIPT;
	case TAG_PLAINTEXT: return HTML_PLAINTEXT;
	default: return HTML_DATA;
	}
}

static void add_references(struct page *p, struct text_run *run, struct span s, bool lines)
{
	struct html_facts *f = &p->sink->html;
	uint32_t code[2];
	char utf8[8];

	while (s.n && !p->failed && !run->full) {
		ssize_t amp = span_index(s, '&');
		struct span plain = amp < 0 ? s : span_take(s, (size_t)amp);

		failed(p, run_add_text(p->sink->arena, run, plain, lines));
		s = span_skip(s, plain.n);
		if (!s.n)
			break;
		bool numeric = s.n > 1 && s.p[1] == '#';
		size_t codes = html_reference(&s, false, code), n = 0;

		if (!codes) {
			utf8[n++] = '&';
			s = span_skip(s, 1);
		} else {
			f->entities++;
			f->obfuscated += numeric && code[0] < 0x80 && ascii_is_alpha((char)code[0]);
		}
		for (size_t i = 0; i < codes; i++)
			n += utf8_put(code[i], utf8 + n);
		failed(p, run_add_text(p->sink->arena, run, (struct span){utf8, n}, lines));
	}
}

/*
 * What is not of the head ends it, and begins the body (13.2.6.4.4, "anything else"). tag is
 * TAG_OTHER for text.
 */
static void leave_head(struct page *p, enum html_tag tag)
{
	switch (tag) {
	case TAG_HTML:
	case TAG_HEAD:
	case TAG_META:
	case TAG_LINK:
	case TAG_BASE:
	case TAG_BASEFONT:
	case TAG_BGSOUND:
	case TAG_TITLE:
	case TAG_STYLE:
	case TAG_SCRIPT:
	case TAG_NOSCRIPT:
	case TAG_NOFRAMES:
	case TAG_TEMPLATE: return;
	default: break;
	}
	if (top(p)->tag == TAG_HEAD)
		pop(p);
	p->in_body |= !p->open[TAG_HEAD];
}

/* Whether text begins or ends with white space. */
static bool has_blank_edge(struct span s)
{
	if (!s.n)
		return false;
	return ascii_is_space(s.p[0]) || ascii_is_space(s.p[s.n - 1]) ||
	       span_starts(s, SPAN("\xc2\xa0")) || span_starts(s, SPAN("&nbsp")) ||
	       span_ends_nocase(s, SPAN("\xc2\xa0")) || span_ends_nocase(s, SPAN("&nbsp;"));
}

/*
 * Blanks in hidden text part visible words, and the other way round; but not where the text takes
 * up no room: the colour of the ground, visibility and opacity leave it its room.
 */
static void part_words(struct page *p, struct span text)
{
	struct text_sink *sink = p->sink;

	if (!(top(p)->hides & ~(CSS_VISIBILITY | CSS_OPACITY)) && has_blank_edge(text))
		run_gap(is_hidden(p) ? &sink->visible : &sink->hidden, ' ');
}

static void text(struct page *p, const struct html_token *t)
{
	if (!p->in_body && span_trim(t->text).n)
		leave_head(p, TAG_OTHER);
	struct text_run *run = run_of(p);
	bool lines = p->open[TAG_PRE] || p->open[TAG_XMP] || p->open[TAG_LISTING];

	part_words(p, t->text);
	if (t->references)
		add_references(p, run, t->text, lines);
	else
		failed(p, run_add_text(p->sink->arena, run, t->text, lines));
}

/* The text of an element that is read apart; its end tag is the next token. */
static void raw_content(struct page *p, enum html_tag tag)
{
	struct html_token t;

	p->html.mode = mode_of(tag);
	struct span before = p->html.rest;

	if (tag == TAG_PLAINTEXT || !html_next(&p->html, &t))
		return;
	if (t.kind != HTML_TEXT) {
		/* No content: the token is the end tag itself. */
		p->html.rest = before;
		p->html.mode = HTML_DATA;
		return;
	}
	if (tag == TAG_STYLE) {
		css_sheet_add(&p->sheet, t.text);
		style_links(p, t.text, false);
	} else if (tag == TAG_XMP || tag == TAG_TEXTAREA) {
		text(p, &t);
	} else if (tag == TAG_TITLE) {
		add_references(p, &p->sink->hidden, t.text, false);
		run_gap(&p->sink->hidden, '\n');
	}
}

static void start(struct page *p, const struct html_token *t)
{
	enum html_tag tag = html_tag(t->name);
	unsigned kinds = html_tag_kinds(tag);

	p->sink->html.tags++;
	p->sink->html.styles += tag == TAG_STYLE;
	if (tag == TAG_BR || (kinds & KIND_BLOCK))
		break_line(p);
	else if (tag == TAG_TD || tag == TAG_TH)
		gap_words(p);
	if (!p->in_body)
		leave_head(p, tag);
	else if (tag == TAG_HEAD)
		return; /* a second head, or one in the body, is none */
	imply_ends(p, tag);
	if (tag == TAG_A)
		close_tag(p, TAG_A);
	gather(p, t);
	struct element e = element_of(p, t, tag);

	note_tag(p, tag, e.hides);
	if (p->at[AT_STYLE].n || p->at[AT_BACKGROUND].n)
		note_attributes(p, e.hides);
	if (kinds & KIND_VOID)
		return;
	/* The colours of the page are in force even outside of body. */
	if (tag == TAG_BODY || tag == TAG_HTML)
		p->stack[0] = (struct element){TAG_OTHER, e.hides, e.color, e.ground};
	if (!((tag == TAG_SVG || tag == TAG_MATH || p->html.foreign) && t->self_closing))
		push(p, e);
	p->html.foreign = p->open[TAG_SVG] || p->open[TAG_MATH];
	if (mode_of(tag) != HTML_DATA && !p->html.foreign)
		raw_content(p, tag);
}

static void token(struct page *p, const struct html_token *t)
{
	switch (t->kind) {
	case HTML_TEXT:
	case HTML_CDATA: text(p, t); break;
	case HTML_START: start(p, t); break;
	case HTML_CLOSE:
		p->sink->html.tags++;
		close_tag(p, html_tag(t->name));
		p->html.foreign = p->open[TAG_SVG] || p->open[TAG_MATH];
		break;
	case HTML_COMMENT: p->sink->html.comments++; break;
	default: break;
	}
}

static void page_init(struct page *p, struct text_sink *sink, uint32_t part, struct span utf8,
	struct anomalies *odd)
{
	p->sink = sink;
	p->part = part;
	p->odd = odd;
	html_init(&p->html, utf8);
	css_sheet_init(&p->sheet);
	memset(p->open, 0, sizeof(p->open));
	memset(p->at, 0, sizeof(p->at));
	p->sets = 0;
	p->stack[0] = (struct element){TAG_OTHER, 0, 0x000000, 0xffffff};
	p->open[TAG_OTHER] = 1;
	p->depth = 1;
	p->beyond = 0;
	p->has_base = p->in_anchor = p->in_body = false;
	p->written = sink->visible.n;
	p->failed = 0;
}

/* Bytes that a part added to a run, without the line end that parts it from the one before. */
static uint32_t grown(const struct text_run *run, size_t before)
{
	size_t n = run->n - before;

	return (uint32_t)(n && before ? n - 1 : n);
}

int text_add_html(struct text_sink *sink, uint32_t part, struct span utf8, struct anomalies *odd)
{
	struct page p;
	struct html_token t;
	int r = sink_settle(sink);
	size_t visible = sink->visible.n, hidden = sink->hidden.n;

	if (r)
		return r;
	page_init(&p, sink, part, utf8, odd);
	while (!p.failed && html_next(&p.html, &t))
		token(&p, &t);
	if (p.html.errors)
		anomaly_note(odd, ANOMALY_BAD_HTML);
	if (sink->visible.full || sink->hidden.full)
		anomaly_note(odd, ANOMALY_TOO_MUCH_TEXT);
	end_anchor(&p);
	scan_written(&p);
	sink->html.visible_bytes += grown(&sink->visible, visible);
	sink->html.hidden_bytes += grown(&sink->hidden, hidden);
	return p.failed;
}
