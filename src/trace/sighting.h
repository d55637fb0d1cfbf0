/*
 * A sighting: one abuse seen once. What arrives as mail, a line of somebody's list or a report
 * becomes the same few facts here, before it goes into the ledger.
 *
 * The words are those of the field: kinds as in XARF's classes and STIX's sighting object; what is
 * known of people is left out by design (docs/formats/record.md).
 */
#ifndef CORDON_TRACE_SIGHTING_H
#define CORDON_TRACE_SIGHTING_H

#include "net/ip.h"

#include <stdint.h>

/* What kind of abuse. The order is that of the ledger's index and never changes; new ones go to the
 * end. X(ID, "name", "in words") */
#define SIGHTING_KINDS_X(X)                                                                        \
	X(SPAM, "spam", "handed in spam")                                                          \
	X(PHISH, "phish", "phishing: mail or a page that poses as another, or swindles")           \
	X(MALWARE, "malware", "malware: sent, offered for download, or at work on the host")       \
	X(C2, "c2", "a command server of a botnet")                                                \
	X(SCAN, "scan", "probing for open ports or weaknesses")                                    \
	X(ATTACK, "attack", "an attack: on a web site, on passwords, by flood")                    \
	X(LISTED, "listed", "on somebody's list, which does not say for what")

enum sighting_kind {
#define X(id, name, words) SIGHTING_##id,
	SIGHTING_KINDS_X(X)
#undef X
		SIGHTING_KINDS
};

/* "spam", "c2", ... and the same in words; static. */
const char *sighting_kind_name(enum sighting_kind kind);
const char *sighting_kind_words(enum sighting_kind kind);

/* The kind of a name, any case; -EINVAL when there is none. */
int sighting_kind_parse(struct span name, enum sighting_kind *ret_kind);

#define SIGHTING_SOURCE_MOST 32 /* bytes of a source's name */
#define SIGHTING_HOSTS_MOST  4  /* advertised hosts that are kept */

/* Spans are the maker's and live as long as it says. */
struct sighting {
	enum sighting_kind kind;
	int64_t at;          /* when it was seen: seconds since 1970-01-01 UTC, 1980 .. 2199 */
	bool day_only;       /* `at` is known to the day, and is its first second */
	struct prefix where; /* the address (longest prefix) or prefix that did it; family IP_NONE
				when only a name is known */
	uint16_t port;       /* 0: not known */
	struct span domain;  /* the host name that did it or offers it: lower case, A-labels; empty
				when only an address is known. One of where and domain is set */
	struct span source;  /* who says so: "mail" for our own, else the list's or reporter's name;
				a-z 0-9 . _ -, 1 .. SIGHTING_SOURCE_MOST bytes */
	uint8_t confidence;  /* how sure that it is abuse, in percent, 1 .. 100 */
	struct span campaign; /* name of the campaign (judge/campaign.h); empty for none */
	struct span advertised[SIGHTING_HOSTS_MOST]; /* registrable domains or addresses that it
							leads to; for mail */
	size_t advertises;
};

/* The day of a time, and a time as "2026-11-23T18:54:02Z" (RFC 3339), and back: that form alone, or
 * a day "2026-11-23". -EINVAL for others. */
#define SIGHTING_TIME_TEXT 24
int32_t sighting_day(int64_t at);
const char *sighting_time_format(int64_t at, char to[SIGHTING_TIME_TEXT]);
int sighting_time_parse(struct span text, int64_t *ret_at, bool *ret_day_only);

/*
 * Whether all of it is within the bounds above. Returns 0, or -EINVAL with the name of the field
 * that is not in *ret_field (static).
 */
int sighting_check(const struct sighting *s, const char **ret_field);

#endif
