/*
 * What a reader of a message sees, and where it leads: the parts of text are added one after the
 * other and give the message's visible text, its hidden text, its links, and counts of its HTML.
 *
 * HTML is rendered as far as that takes: blocks and line breaks give '\n', table cells and runs of
 * white space one space, images their alternative text. Hidden is what stands in elements with
 * display:none, visibility:hidden, opacity, font size or box of next to nothing, a place far off
 * the screen, `hidden`, mso-hide, letters in the colour of their ground; in noscript, template and
 * head, the title among it. The source of scripts and style sheets is neither. Style sheets count
 * with their simple rules (css.h).
 */
#ifndef CORDON_MAIL_TEXT_H
#define CORDON_MAIL_TEXT_H

#include "base/arena.h"
#include "mail/domain.h"
#include "mail/message.h"

/* Bounds for one message; beyond them TOO_MUCH_TEXT or TOO_MANY_LINKS is noted. */
#define TEXT_MOST  ((size_t)1 << 20) /* bytes of visible text, and of hidden text */
#define LINKS_MOST 5000

/* Text that grows in the arena. */
struct text_run {
	char *p;
	size_t n, room;
	char gap;     /* '\n' or ' ' to be written before the next byte; 0 for none */
	size_t start; /* where the present part starts */
	bool full;
};

/* Collects one message. To be used through the functions below. */
struct text_sink {
	struct arena *arena;
	struct domain_tools *tools;
	struct text_run visible, hidden;
	struct span lent; /* the one plain part so far, not copied yet */
	struct link *link;
	size_t links, room;
	struct html_facts html;
};

/*
 * Starts a message. What it gives lives in the arena; tools are kept and must outlive it.
 * Returns 0; allocates nothing.
 */
int text_sink_init(struct text_sink *sink, struct arena *arena, struct domain_tools *tools);

/*
 * Adds a part of plain text, as it stands, and its URLs and host names as links. utf8 must live as
 * long as the arena. Returns 0, or -ENOMEM when memory is short; what was added by then stays.
 * Linear in utf8.
 */
int text_add_plain(struct text_sink *sink, uint32_t part, struct span utf8, struct anomalies *odd);

/* True when no more plain text would be taken, nor links in it. */
bool text_is_full(const struct text_sink *sink);

/* The same as text_add_plain() for a part of HTML. */
int text_add_html(struct text_sink *sink, uint32_t part, struct span utf8, struct anomalies *odd);

/* Hands text, hidden text, links and html facts over to the message. */
void text_sink_finish(struct text_sink *sink, struct message *m);

#endif
