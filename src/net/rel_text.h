/*
 * AS relationships as text, as CAIDA publishes them. Serial-1 has a line a link,
 * "PROVIDER|CUSTOMER|-1" or "PEER|PEER|0"; serial-2 adds "|SOURCE" behind. Comments begin with '#';
 * "# inferred clique: 174 209 ..." (also "# input clique:") names the clique, and a date in
 * "# source:topology|BGP|20100701|..." the day. Kinds 1 (customer|provider) and 2 (siblings) of
 * older files are read too.
 */
#ifndef CORDON_NET_REL_TEXT_H
#define CORDON_NET_REL_TEXT_H

#include "net/graph_build.h"

#include <stdio.h>

/* True when a line, no comment, looks like one of a relationship file. */
bool rel_text_is(struct span line);

/* What a line was. Negative returns are failures of memory or size (graph_build.h). */
enum rel_line { REL_LINK, REL_COMMENT, REL_DAY, REL_BAD_FIELDS, REL_BAD_ASN, REL_BAD_KIND };

/*
 * Reads one line, without its end, into the builder. Returns an enum rel_line or a negative errno;
 * with REL_DAY *ret_day is the day that a comment tells.
 */
int rel_text_line(struct graph_builder *b, struct span line, int32_t *ret_day);

/*
 * Writes a graph as serial-1: comments with source, method and clique, then links, those of the
 * lowest AS number first. Siblings are written as kind 2. Returns 0 or a negative errno.
 */
int rel_text_write(const struct graph *g, FILE *to);

#endif
