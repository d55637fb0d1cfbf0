/*
 * Checks: each looks at one kind of evidence in a message and returns findings. A finding is never
 * a verdict: what it is worth is learned (model.h), from the site's own mail and, before that,
 * from the starter model.
 *
 * A check is one file in check/ that defines one struct check, and one line in check.c's list.
 */
#ifndef CORDON_JUDGE_CHECK_H
#define CORDON_JUDGE_CHECK_H

#include "mail/address.h"
#include "mail/message.h"
#include "mail/received.h"

/* One thing that one check found. */
struct finding {
	const struct check *check;
	const char *name;     /* "link-lies/domain": the check's name, '/', and the variant; static */
	struct span evidence; /* the very bytes it rests on, in the message or decoded from it */
	struct span words;    /* a sentence for a person, in the arena: what was seen, with the values
	                         that differ; no line breaks, no control characters */
};

/* Room for findings; more than FINDINGS_MOST are not kept, and none is kept twice by name. */
#define FINDINGS_MOST 64

struct findings {
	struct finding at[FINDINGS_MOST];
	size_t n;
};

/* All that a check may look at. Made once a message by check_run(). */
struct check_input {
	struct message_parser *mp;  /* for its arena and for decoding */
	const struct message *m;
	const struct received *chain;
	struct address from, reply_to, sender; /* first mailboxes; empty spans where absent */
	bool has_from, has_reply_to, has_sender;
	struct span from_domain;    /* registrable domain of from; empty when there is none */
	struct span subject;        /* decoded */
	struct mail_date date;      /* of the Date field */
	bool has_date;
	int64_t arrived;            /* seconds since 1970 when the top Received line was written, or
	                               0 when it is not known; never the clock */
	bool is_list;               /* carries List-Id or List-Post, or an older list's marks */
};

struct check {
	const char *name;     /* "link-lies" */
	const char *words;    /* what it looks for, one line, for the man page and --list-checks */
	const char *const *variants; /* names ("link-lies/domain", ...) that it may give, NULL ends */
	/* Adds what it finds. Linear in the message, nothing asked of the network. */
	void (*run)(const struct check_input *in, struct findings *out);
};

/* All checks, in the order in which they run; NULL ends. */
extern const struct check *const checks[];

/*
 * Adds a finding, unless one of that name is there or the room is used up. The words are printf's;
 * what came from the message is passed as "%.*s" with SPAN_ARG and cleaned here (control
 * characters become '?', and the whole is cut at 300 bytes on a character's edge).
 */
void finding_add(const struct check_input *in, struct findings *out, const struct check *check,
	const char *name, struct span evidence, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/*
 * Fills *ret_in from a parsed message and its chain, and runs every check. Returns 0, or -ENOMEM.
 */
int check_run(struct message_parser *mp, const struct message *m, const struct received *chain,
	struct check_input *ret_in, struct findings *ret_findings);

#endif
