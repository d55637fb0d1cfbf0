/*
 * An HTML tokenizer after the tokenization stage of the HTML Standard (WHATWG, 13.2.5). Tokens are
 * spans over the input: nothing is copied, and every token says where in the part it stood. The
 * tree is not built; the caller keeps what it needs of it and says, as the standard's tree stage
 * would, when the text behind a start tag is to be read as RCDATA, raw text, script or plain text.
 *
 * Input is UTF-8, but any bytes will do. Work is linear in the input, whatever it holds; memory is
 * the struct itself.
 */
#ifndef CORDON_MAIL_HTML_H
#define CORDON_MAIL_HTML_H

#include "base/arena.h"

#include <stdint.h>

/* Attributes of one tag that are kept; those behind are read and dropped. */
#define HTML_ATTRIBUTES_MOST 64

enum html_kind { HTML_TEXT, HTML_START, HTML_CLOSE, HTML_COMMENT, HTML_DOCTYPE, HTML_CDATA };

/* How text is read (the states that the tree stage may switch to). */
enum html_mode {
	HTML_DATA,    /* tags, comments and character references */
	HTML_RCDATA,  /* title, textarea: references, and the end tag of the element */
	HTML_RAWTEXT, /* style, xmp, iframe, noembed, noframes: its end tag only */
	HTML_SCRIPT, /* script: its end tag, but for those in escaped comments (13.2.5.15 to .31) */
	HTML_PLAINTEXT /* plaintext: everything to the end is text */
};

struct html_attribute {
	struct span name;  /* as written; ASCII letters are compared without case */
	struct span value; /* as written, without quotes; html_decode() resolves it */
};

struct html_token {
	enum html_kind kind;
	bool self_closing;                /* a start tag ends in "/>" */
	bool references;                  /* text: character references in it are to be resolved */
	bool quirks;                      /* a doctype that forces quirks mode */
	struct span raw;                  /* all bytes of the token */
	struct span name;                 /* of a tag or doctype, as written */
	struct span text;                 /* of text, comments and CDATA, as written */
	struct html_attribute *attribute; /* attribute[attributes]; twins are all there, and the
					   first one counts; valid until the next token */
	size_t attributes;
	struct span public_id, system_id; /* of a doctype; p is NULL when it is missing */
};

struct html {
	struct span rest; /* what is not read yet */
	struct span last; /* name of the last start tag, for its end tag in RCDATA and raw text */
	enum html_mode mode;
	bool foreign;    /* set by the caller inside SVG or MathML: CDATA sections are real */
	uint32_t errors; /* breaches of the tokenizer's rules met so far (the common ones) */
	struct html_attribute attribute[HTML_ATTRIBUTES_MOST];
};

/* Starts at the beginning of input, which must stay while tokens are used. */
void html_init(struct html *h, struct span input);

/* The next token; false at the end. */
bool html_next(struct html *h, struct html_token *ret_token);

/* The value of an attribute as written; false when the tag lacks it. name is lower case. */
bool html_attribute(const struct html_token *t, struct span name, struct span *ret_value);

/*
 * Reads a character reference (13.2.5.72 to .80). *rest begins with '&'; when a reference stands
 * there it is taken off and its one or two code points are given. Returns how many, or 0 when the
 * '&' is a plain one, and *rest is as it was. in_attribute: the stricter rule of attribute values.
 */
size_t html_reference(struct span *rest, bool in_attribute, uint32_t ret_code[2]);

/*
 * An attribute's value or a text with its references resolved and NUL as U+FFFD: in itself when
 * there is nothing to do, else in the arena. Empty when memory is short.
 */
struct span html_decode(struct arena *a, struct span value, bool in_attribute);

/*
 * The longest named character reference that s (behind the '&') begins with. Returns its length
 * with the ';' if there is one, or 0, and its one or two code points (the second 0 for one).
 */
size_t html_entity(struct span s, uint32_t ret_code[2]);

#endif
