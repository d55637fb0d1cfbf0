/* The elements of HTML that mail reading tells apart, as numbers, and what kind each is. */
#ifndef CORDON_MAIL_HTML_TAG_H
#define CORDON_MAIL_HTML_TAG_H

#include "base/span.h"

#include <stdint.h>

/* Kinds of element. */
enum html_tag_kind {
	KIND_BLOCK = 1,  /* begins and ends a line, ends an open p */
	KIND_VOID = 2,   /* has no content and no end tag */
	KIND_FORMAT = 4, /* its end tag ends it over blocks that are still open (13.2.6.1) */
	KIND_SCOPE = 8,  /* end tags inside do not end elements outside (13.2.4.2) */
	KIND_TABLE = 16  /* its end tag ends everything up to its table */
};

/* clang-format off */
/* X(identifier, "name", kinds), in the order of their names. */
#define HTML_TAGS(X) \
	X(A, "a", KIND_FORMAT) X(ADDRESS, "address", KIND_BLOCK) X(AREA, "area", KIND_VOID) \
	X(ARTICLE, "article", KIND_BLOCK) X(ASIDE, "aside", KIND_BLOCK) X(B, "b", KIND_FORMAT) \
	X(BASE, "base", KIND_VOID) X(BASEFONT, "basefont", KIND_VOID) \
	X(BGSOUND, "bgsound", KIND_VOID) X(BIG, "big", KIND_FORMAT) \
	X(BLOCKQUOTE, "blockquote", KIND_BLOCK) X(BODY, "body", KIND_BLOCK) X(BR, "br", KIND_VOID) \
	X(BUTTON, "button", 0) X(CAPTION, "caption", KIND_BLOCK | KIND_SCOPE | KIND_TABLE) \
	X(CENTER, "center", KIND_BLOCK) X(CODE, "code", KIND_FORMAT) X(COL, "col", KIND_VOID) \
	X(DD, "dd", KIND_BLOCK) X(DETAILS, "details", KIND_BLOCK) X(DIALOG, "dialog", KIND_BLOCK) \
	X(DIR, "dir", KIND_BLOCK) X(DIV, "div", KIND_BLOCK) X(DL, "dl", KIND_BLOCK) \
	X(DT, "dt", KIND_BLOCK) X(EM, "em", KIND_FORMAT) X(EMBED, "embed", KIND_VOID) \
	X(FIELDSET, "fieldset", KIND_BLOCK) X(FIGCAPTION, "figcaption", KIND_BLOCK) \
	X(FIGURE, "figure", KIND_BLOCK) X(FONT, "font", KIND_FORMAT) X(FOOTER, "footer", KIND_BLOCK) \
	X(FORM, "form", KIND_BLOCK) X(FRAME, "frame", KIND_VOID) X(FRAMESET, "frameset", KIND_BLOCK) \
	X(H1, "h1", KIND_BLOCK) X(H2, "h2", KIND_BLOCK) X(H3, "h3", KIND_BLOCK) \
	X(H4, "h4", KIND_BLOCK) X(H5, "h5", KIND_BLOCK) X(H6, "h6", KIND_BLOCK) X(HEAD, "head", 0) \
	X(HEADER, "header", KIND_BLOCK) X(HGROUP, "hgroup", KIND_BLOCK) \
	X(HR, "hr", KIND_BLOCK | KIND_VOID) X(HTML, "html", KIND_BLOCK | KIND_SCOPE) \
	X(I, "i", KIND_FORMAT) X(IFRAME, "iframe", 0) X(IMAGE, "image", KIND_VOID) \
	X(IMG, "img", KIND_VOID) X(INPUT, "input", KIND_VOID) X(KEYGEN, "keygen", KIND_VOID) \
	X(LEGEND, "legend", KIND_BLOCK) X(LI, "li", KIND_BLOCK) X(LINK, "link", KIND_VOID) \
	X(LISTING, "listing", KIND_BLOCK) X(MAIN, "main", KIND_BLOCK) X(MATH, "math", 0) \
	X(MENU, "menu", KIND_BLOCK) X(META, "meta", KIND_VOID) X(NAV, "nav", KIND_BLOCK) \
	X(NOBR, "nobr", KIND_FORMAT) X(NOEMBED, "noembed", 0) X(NOFRAMES, "noframes", 0) \
	X(NOSCRIPT, "noscript", 0) X(OBJECT, "object", KIND_SCOPE) X(OL, "ol", KIND_BLOCK) \
	X(OPTGROUP, "optgroup", KIND_BLOCK) X(OPTION, "option", KIND_BLOCK) X(P, "p", KIND_BLOCK) \
	X(PARAM, "param", KIND_VOID) X(PLAINTEXT, "plaintext", KIND_BLOCK) X(PRE, "pre", KIND_BLOCK) \
	X(S, "s", KIND_FORMAT) X(SCRIPT, "script", 0) X(SECTION, "section", KIND_BLOCK) \
	X(SELECT, "select", 0) X(SMALL, "small", KIND_FORMAT) X(SOURCE, "source", KIND_VOID) \
	X(SPAN, "span", 0) X(STRIKE, "strike", KIND_FORMAT) X(STRONG, "strong", KIND_FORMAT) \
	X(STYLE, "style", 0) X(SUMMARY, "summary", KIND_BLOCK) X(SVG, "svg", 0) \
	X(TABLE, "table", KIND_BLOCK | KIND_SCOPE | KIND_TABLE) \
	X(TBODY, "tbody", KIND_BLOCK | KIND_TABLE) X(TD, "td", KIND_SCOPE | KIND_TABLE) \
	X(TEMPLATE, "template", KIND_SCOPE) X(TEXTAREA, "textarea", 0) \
	X(TFOOT, "tfoot", KIND_BLOCK | KIND_TABLE) X(TH, "th", KIND_SCOPE | KIND_TABLE) \
	X(THEAD, "thead", KIND_BLOCK | KIND_TABLE) X(TITLE, "title", 0) \
	X(TR, "tr", KIND_BLOCK | KIND_TABLE) X(TRACK, "track", KIND_VOID) X(TT, "tt", KIND_FORMAT) \
	X(U, "u", KIND_FORMAT) X(UL, "ul", KIND_BLOCK) X(WBR, "wbr", KIND_VOID) \
	X(XMP, "xmp", KIND_BLOCK)
/* clang-format on */

enum html_tag {
#define X(id, name, kinds) TAG_##id,
	HTML_TAGS(X)
#undef X
		TAG_OTHER, /* any other element: inline, with an end tag */
	TAG_COUNT
};

/* The number of a tag's name, in any case. A few compares. */
enum html_tag html_tag(struct span name);

/* Its kinds, enum html_tag_kind. */
unsigned html_tag_kinds(enum html_tag tag);

#endif
