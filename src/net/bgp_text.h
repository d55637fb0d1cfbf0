/* Routes of MRT files as text: a line each. */
#ifndef CORDON_NET_BGP_TEXT_H
#define CORDON_NET_BGP_TEXT_H

#include "base/buf.h"
#include "net/mrt.h"

/*
 * Appends the last event of a reader as `bgpdump -m` writes it, with the line's end:
 *
 *	TABLE_DUMP2|TIME|B|PEER|AS|PREFIX|PATH|ORIGIN|NEXT HOP|LOCAL
 *PREF|MED|COMMUNITIES|AG|AGGREGATOR| BGP4MP|TIME|A|... the same BGP4MP|TIME|W|PEER|AS|PREFIX
 *	BGP4MP|TIME|STATE|PEER|AS|OLD|NEW
 *
 * The first word tells the form of the record. A path identifier (RFC 8050) stands behind the
 * prefix. AG means that there is ATOMIC_AGGREGATE, NAG that there is none. Cost: linear in the
 * line.
 */
void bgp_text_line(struct buf *to, struct mrt *m, const struct mrt_event *e);

/* Appends the event as a JSON object, with the line's end; keys are those of cordon-net(1). */
void bgp_text_json(struct buf *to, struct mrt *m, const struct mrt_event *e);

#endif
