/* Words of feeds and reports: what kind of abuse they mean, and names of sources. */
#ifndef CORDON_TRACE_FEED_WORDS_H
#define CORDON_TRACE_FEED_WORDS_H

#include "trace/feed.h"

/* The kind that a text such as "botnet_cc", "SSH Bruteforce" or "malware:zeus" means. False when
 * none of our words is in it. Cost: its first 256 bytes. */
bool feed_words_kind(struct span text, enum sighting_kind *ret_kind);

/*
 * The name of a reporter as that of a source: "by." and its letters and digits, what is between
 * them one '-': "by.example-cert". So nobody who sends reports passes for a list, or for our own
 * mail. "by.unknown" when nothing is left. At most SIGHTING_SOURCE_MOST bytes and a NUL.
 */
struct span feed_words_reporter(struct span name, char to[SIGHTING_SOURCE_MOST + 1]);

/* Confidence in percent of "95", "0.95", "95%", "high" (RFC 8727's and MISP's words). False for
 * others and for numbers out of range. Of a number with a point up to 1.0 it is a share. */
bool feed_words_confidence(struct span text, uint8_t *ret_percent);

#endif
