/*
 * Checks: each looks at one kind of evidence in a message and returns findings. A finding is never
 * a verdict: what it is worth is learned (model.h), from the site's own mail and, before that,
 * from the starter model.
 *
 * A check is one file in check/ that defines one struct check, and one line in check.c's list.
 */
#ifndef CORDON_JUDGE_CHECK_H
#define CORDON_JUDGE_CHECK_H

#include "auth/auth.h"
#include "judge/check/phrases.h"
#include "mail/address.h"
#include "mail/message.h"
#include "mail/received.h"

/* One thing that one check found. */
struct finding {
	const struct check *check;
	const char *name; /* "link-lies/domain": the check's name, '/', and the variant; static */
	struct span evidence; /* the very bytes it rests on, in the message or decoded from it */
	struct span words; /* a sentence for a person, in the arena: what was seen, with the values
			      that differ; no line breaks, no control characters */
};

/* Room for findings; more than FINDINGS_MOST are not kept, and none is kept twice by name. */
#define FINDINGS_MOST 64

/* Room for recipients and for signing domains; more are not looked at. */
#define RECIPIENTS_MOST 8
#define SIGNERS_MOST    4

struct findings {
	struct finding at[FINDINGS_MOST];
	size_t n;
};

/*
 * Fields that checks ask for beyond those of message.h, found in one pass over the head.
 * X(identifier, "name in lower case"), in runs: of the envelope, of list managers, of scripts, of
 * mailing services.
 */
#define MARKS(X)                                                                                   \
	X(ORIGINAL_TO, "x-original-to")                                                            \
	X(ENVELOPE_TO, "envelope-to")                                                              \
	X(X_ENVELOPE_TO, "x-envelope-to")                                                          \
	X(MAILING_LIST, "x-mailing-list")                                                          \
	X(BEEN_THERE, "x-beenthere")                                                               \
	X(EZMLM, "mailing-list")                                                                   \
	X(LOOP, "x-loop")                                                                          \
	X(MAILMAN, "x-mailman-version")                                                            \
	X(MAILMAN_RULE, "x-mailman-rule-misses")                                                   \
	X(SYMPA, "x-sympa-to")                                                                     \
	X(GOOGLE_GROUP, "x-google-group-id")                                                       \
	X(LISTSERVER, "x-listserver")                                                              \
	X(ORIGINAL_FROM, "x-original-from")                                                        \
	X(DISCOURSE, "x-discourse-post-id")                                                        \
	X(GITHUB_SENDER, "x-github-sender")                                                        \
	X(GITHUB_REASON, "x-github-reason")                                                        \
	X(GITLAB, "x-gitlab-project")                                                              \
	X(BUGZILLA, "x-bugzilla-reason")                                                           \
	X(DEBIAN_PR, "x-debian-pr-message")                                                        \
	X(JIRA, "x-jira-fingerprint")                                                              \
	X(PHP_ORIGINATING, "x-php-originating-script")                                             \
	X(PHP_SCRIPT, "x-php-script")                                                              \
	X(CAMPAIGN, "x-campaign")                                                                  \
	X(CAMPAIGN_ID, "x-campaignid")                                                             \
	X(FEEDBACK_ID, "feedback-id")                                                              \
	X(MAILGUN, "x-mailgun-sid")                                                                \
	X(SENDGRID, "x-sg-eid")                                                                    \
	X(MAILCHIMP, "x-mc-user")                                                                  \
	X(SES, "x-ses-outgoing")                                                                   \
	X(REPORT_ABUSE, "x-report-abuse")                                                          \
	X(CSA, "x-csa-complaints")                                                                 \
	X(PRIORITY, "x-priority")                                                                  \
	X(IMPORTANCE, "importance")                                                                \
	X(RECEIPT, "disposition-notification-to")                                                  \
	X(UNSUBSCRIBE_POST, "list-unsubscribe-post")                                               \
	X(AUTO_SUBMITTED, "auto-submitted")                                                        \
	X(AUTO_REPLY, "x-autoreply")                                                               \
	X(AUTO_SUPPRESS, "x-auto-response-suppress")

enum mark {
#define X(id, name) MARK_##id,
	MARKS(X)
#undef X
		MARK_COUNT
};

/* All that a check may look at. Made once a message by check_run(). */
struct check_input {
	struct message_parser *mp; /* for its arena and for decoding */
	const struct message *m;
	const struct received *chain;
	const struct auth *auth; /* what we proved ourselves; NULL when nothing was looked at */
	struct address from, reply_to, sender, to; /* first mailboxes; empty spans where absent */
	bool has_from, has_reply_to, has_sender, has_to;
	struct span from_domain; /* registrable domain of from; empty when there is none */
	struct span subject;     /* decoded */
	struct mail_date date;   /* of the Date field */
	bool has_date;
	int64_t arrived;           /* seconds since 1970 when the top Received line was written, or
				      0 when it is not known; never the clock */
	bool is_list;              /* carries List-Id or List-Post, or an older list's marks */
	bool is_reply;             /* carries In-Reply-To or References */
	struct span from_host;     /* whole domain of from, as in the address */
	struct span return_domain; /* registrable domain of Return-Path */
	struct span rcpt[RECIPIENTS_MOST]; /* rcpt[rcpts]: recipients, "local@domain": first those
				       of the envelope (Delivered-To and its like, "for" of believed
				       Received lines), then To and Cc */
	size_t rcpts, rcpts_sure;          /* all of them; those of the envelope */
	struct span own_domain; /* registrable domain of the first recipient; empty when not
				   known or when anybody may have a mailbox there */
	struct span signer[SIGNERS_MOST]; /* signer[signers]: registrable domains that DKIM
				       signatures name (d=): those that hold where auth is there,
				       else claims, for nothing is verified here */
	size_t signers;
	const struct field *mark[MARK_COUNT];   /* the first field of each name; NULL for none */
	struct words_text subject_words;        /* folded */
	struct words_text words;                /* the visible text, folded */
	struct words_hits hit[PHRASE_IDS];      /* what of phrases.h it holds, by theme */
	const struct field *field[FIELD_COUNT]; /* the first field of each id; NULL for none */
};

struct check {
	const char *name;  /* "link-lies" */
	const char *words; /* what it looks for, one line, for the man page and --list-checks */
	/* Names ("link-lies/domain", ...) that it may give, NULL ends. */
	const char *const *variants;
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

/* The registrable domain of a host or address domain, lower case; empty when it has none. In the
 * arena or in the host. */
struct span check_domain(const struct check_input *in, struct span host);

/* s with ASCII letters in lower case, in the arena; empty when memory is short. */
struct span check_lower(const struct check_input *in, struct span s);

/* True when a registrable domain is the sender's: of From, of a signature, of Return-Path. */
bool check_is_sender(const struct check_input *in, struct span domain);

/*
 * Fills *ret_in from a parsed message, its chain, and what was proven of its sender (NULL: nothing
 * was looked at), and runs every check. Returns 0, or -ENOMEM.
 */
int check_run(struct message_parser *mp, const struct message *m, const struct received *chain,
	const struct auth *auth, struct check_input *ret_in, struct findings *ret_findings);

#endif
