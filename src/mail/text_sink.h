/* Inside of text.h: what its two readers, plain and HTML, write with. */
#ifndef CORDON_MAIL_TEXT_SINK_H
#define CORDON_MAIL_TEXT_SINK_H

#include "mail/text.h"
#include "mail/url.h"

/* Room for n more bytes, TEXT_MOST or not. Returns 0 or -ENOMEM. */
int run_reserve(struct arena *a, struct text_run *run, size_t n);

/* Appends bytes as they are, behind the gap; cut at TEXT_MOST, which sets run->full. */
int run_add(struct arena *a, struct text_run *run, struct span s);

/*
 * Appends text with white space collapsed to one space; at line ends inside, to '\n' when lines
 * is set (pre). NUL bytes are dropped (HTML Standard, 13.2.6.4.7).
 */
int run_add_text(struct arena *a, struct text_run *run, struct span s, bool lines);

/* Wants a gap before the next byte: '\n' wins over ' '. None at the beginning of a part. */
void run_gap(struct text_run *run, char gap);

/* What of a run is behind an offset. */
struct span run_from(const struct text_run *run, size_t offset);

/*
 * Adds a link with its target as decoded. base may be NULL. Returns 1 and the link (good until the
 * next one is added), 0 when it is dropped (empty, or beyond the bound), or -ENOMEM.
 */
int sink_link(struct text_sink *sink, enum link_place kind, uint32_t part, struct span target,
	const struct url *base, struct anomalies *odd, struct link **ret_link);

/* Adds the URLs written out in text as links. Returns 0 or -ENOMEM. */
int sink_written(struct text_sink *sink, uint32_t part, struct span text, struct anomalies *odd);

/* Makes sure that text that was lent is copied, since more follows. */
int sink_settle(struct text_sink *sink);

#endif
