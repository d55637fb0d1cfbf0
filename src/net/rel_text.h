/*
 * AS relationships as text, as CAIDA publishes them (README of the serial-1 and serial-2 folders of
 * its AS relationships data). Serial-1 has a line a link, "PROVIDER|CUSTOMER|-1" or "PEER|PEER|0";
 * serial-2 adds "|SOURCE" behind. Comments begin with '#': "# inferred clique: 174 209 ..." (also
 * "# input clique:") names the clique, and "# source:topology|BGP|20100701|routeviews|eqix" a day;
 * others ("# IXP ASes: ...", "# step 1: ...") say nothing that a graph keeps.
 *
 * Files of 2011 ("# format:as_left|as_right|type") also have 1, customer|provider, and 3, siblings;
 * siblings are 2 in other data. Those of 2004 to 2007 had blanks between the fields and -1 for
 * customer and provider, the other way around: they are not read.
 */
#ifndef CORDON_NET_REL_TEXT_H
#define CORDON_NET_REL_TEXT_H

#include "net/graph_build.h"

#include <stdio.h>

/*
 * True when a line, no comment, looks like one of a relationship file: a file of paths has numbers
 * with '|' between them, too, so the kind must be one and no further number may stand behind it.
 */
bool rel_text_is(struct span line);

/* What a line was. Negative returns are failures of memory or size (graph_build.h). */
enum rel_line { REL_LINK, REL_COMMENT, REL_DAY, REL_BAD_FIELDS, REL_BAD_ASN, REL_BAD_KIND };

/*
 * Reads one line, without its end, into the builder. Returns an enum rel_line or a negative errno;
 * with REL_DAY *ret_day is the day that a comment tells. A file may tell several, one a table that
 * went into it; the first is the one that CAIDA names it by. An empty line is a comment.
 */
int rel_text_line(struct graph_builder *b, struct span line, int32_t *ret_day);

/*
 * Writes a graph as serial-1: comments with source, day, method, terms and clique, then links,
 * ordered by the first number, then by the second. Of peers and siblings (written as kind 2) the
 * lower number is the first. Reading it gives the same graph, but for ASes that have no link and
 * are not of the clique. Returns 0 or a negative errno when it cannot be written.
 */
int rel_text_write(const struct graph *g, FILE *to);

#endif
