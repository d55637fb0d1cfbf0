/*
 * Feedback reports by mail: ARF (RFC 5965, 6591, 6650), and X-ARF as a part of a mail.
 *
 * A report may be by anybody. What it says of the source is what the reporter says; where it does
 * not say, the enclosed message's topmost Received line does, which by definition the reporter's
 * own server wrote. Lines below it, the sender's domain and the recipient are not used.
 */
#ifndef CORDON_TRACE_ARF_H
#define CORDON_TRACE_ARF_H

#include "mail/message.h"
#include "trace/feed.h"

/* Feedback-Type: RFC 5965, 7.3, and RFC 6591, 6430. X(ID, "name", WHY, KIND): why it is taken or
 * not */
#define ARF_TYPES_X(X)                                                                             \
	X(ABUSE, "abuse", TAKEN, SPAM)                                                             \
	X(FRAUD, "fraud", TAKEN, PHISH)                                                            \
	X(VIRUS, "virus", TAKEN, MALWARE)                                                          \
	X(AUTH_FAILURE, "auth-failure", NOT_PROVEN, SPAM)                                          \
	X(NOT_SPAM, "not-spam", NOT_SPAM, SPAM)                                                    \
	X(OPT_OUT, "opt-out", OPT_OUT, SPAM)                                                       \
	X(OPT_OUT_LIST, "opt-out-list", OPT_OUT, SPAM)                                             \
	X(OTHER, "other", TYPE, SPAM)

enum arf_type {
#define X(id, name, why, kind) ARF_##id,
	ARF_TYPES_X(X)
#undef X
		ARF_TYPES
};

const char *arf_type_name(enum arf_type type); /* static */

#define ARF_URIS_MOST 16

/* What a report says. Spans are of the message or its parser's arena. */
struct arf {
	enum arf_type type;
	struct ip source; /* Source-IP, else of the enclosed message; family IP_NONE: not known */
	bool enclosed;    /* it is of the enclosed message */
	uint16_t port;    /* Source-Port (RFC 6692); 0: not said */
	int64_t at;       /* Arrival-Date or Received-Date, else the date of the enclosed message's
			     topmost line, else of the report; seconds since 1970 UTC; 0: none */
	uint64_t incidents;             /* 1 when not said */
	struct span domain;             /* Reported-Domain, the first; lower case as it came */
	struct span uri[ARF_URIS_MOST]; /* Reported-URI */
	size_t uris;
	struct span reporter; /* domain of the report's From; who sent it may have made it up */
};

/*
 * Reads a mail that was parsed. inner is another parser, for the message that the report encloses.
 * Mail that Microsoft's JMRP forwards without a report is read as one of abuse. Returns FEED_TAKEN
 * and the report; FEED_NO_REPORT; FEED_BAD_REPORT for one without a
 * Feedback-Type; or -ENOMEM. Linear.
 */
int arf_read(struct message_parser *mp, const struct message *m, struct message_parser *inner,
	struct arf *ret_report);

/*
 * The sighting of a report: at 0 and confidence 0 where it says nothing, source empty. Returns
 * FEED_TAKEN, or why it gives none. Of fraud and malware without a source the host of the first
 * URI that has one is it. Spans are of the report and the parser's arena.
 */
int arf_sighting(
	struct message_parser *mp, const struct arf *report, struct sighting *ret_sighting);

/* The fields of version 0.2 of X-ARF in a mail that says "X-XARF: PLAIN" (or SECURE, BULK), or
 * X-ARF: yes; false when there are none. */
bool arf_find_xarf(struct message_parser *mp, const struct message *m, struct fields *ret_fields);

#endif
