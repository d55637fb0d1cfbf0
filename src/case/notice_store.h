/*
 * Where notices are until they are sent, and what became of them:
 *
 *	STATE/notices/NAME/mail.eml     the exact bytes
 *	STATE/notices/NAME/notice.json  envelope and what it is about
 *	STATE/notices/NAME/approved     digest of envelope and bytes as somebody approved them
 *	STATE/notices/NAME/sending      written before the relay is spoken to: when, digest
 *	STATE/notices/NAME/accepted     written when the relay took it: when, what it said
 *	STATE/notices/NAME/sent         written when the ledger has the record
 *	STATE/notices/key               for hashes that stand for addresses (RFC 6590), mode 0600
 *
 * The order of those files is what a crash cannot confuse: see notice_send.h.
 */
#ifndef CORDON_CASE_NOTICE_STORE_H
#define CORDON_CASE_NOTICE_STORE_H

#include "base/buf.h"
#include "case/contact.h"
#include "ledger/record.h"

#define NOTICE_MAIL_MOST ((size_t)16 << 20) /* bytes of a mail */

/* What a notice is, by its files. */
enum notice_state {
	NOTICE_DRAFT,   /* nobody approved it */
	NOTICE_CHANGED, /* approved, and changed since: as a draft */
	NOTICE_APPROVED,
	NOTICE_MAYBE,    /* the relay was spoken to, and what it said is not known */
	NOTICE_ACCEPTED, /* the relay has it, the ledger may not */
	NOTICE_SENT,
};

const char *notice_state_words(
	enum notice_state s); /* "draft", "may have been sent", ... ; static */

struct notice_meta {
	char name[NOTICE_NAME_MOST + 1];
	asn_t asn, to; /* about whom, to whom */
	bool to_upstreams;
	char sender[CONTACT_MAIL_MOST + 1];
	struct contact contact; /* mails > 0 unless there is none */
	int64_t written;        /* seconds since 1970 UTC */
	int64_t from, until;    /* the time that it tells of */
	uint64_t sightings, hosts;
};

/* Whether s may be a notice's name: a-z 0-9 -, 1 .. NOTICE_NAME_MOST bytes. */
bool notice_name_ok(struct span s);

/*
 * Makes the folder of a new notice, named STEM-1, STEM-2, ... as is free; taken() (may be NULL)
 * says of a name whether the ledger has it. Returns 0 or a negative errno with a sentence.
 */
int notice_store_make(const char *state_dir, const char *stem,
	bool (*taken)(void *context, const char *name), void *context,
	char ret_name[NOTICE_NAME_MOST + 1], struct err *err);

/* Writes mail and meta; an approval that is there stays, and then no longer fits. */
int notice_store_put(
	const char *state_dir, const struct notice_meta *meta, struct span mail, struct err *err);

/* Takes a notice away that could not be written; nothing is said when that fails too. */
void notice_store_drop(const char *state_dir, const char *name);

/* Reads them; either may be NULL. -ENOENT with a sentence when there is no such notice; -EBADMSG
 * when its files are damaged. */
int notice_store_get(const char *state_dir, const char *name, struct notice_meta *ret_meta,
	struct buf *mail, struct err *err);

/* The digest of envelope and bytes, in hex. */
void notice_store_digest(const struct notice_meta *meta, struct span mail, char digest[65]);

/* What its files say. */
int notice_store_state(
	const char *state_dir, const char *name, enum notice_state *ret_state, struct err *err);

/* Records that it is approved as it is. */
int notice_store_approve(const char *state_dir, const char *name, int64_t now, struct err *err);

/* The marks of sending; `what` is a line. Durable on return. */
int notice_store_mark(const char *state_dir, const char *name, const char *mark, int64_t now,
	const char *what, struct err *err);
int notice_store_unmark(const char *state_dir, const char *name, const char *mark, struct err *err);

/* The time of a mark, and its line (may be NULL, else room bytes); false when it is not there. */
bool notice_store_marked(const char *state_dir, const char *name, const char *mark, int64_t *ret_at,
	char *ret_what, size_t room);

/* All names, sorted, in new memory to be freed one by one with the list. */
int notice_store_names(const char *state_dir, char ***ret_names, size_t *ret_n, struct err *err);

/* The key for hashes, made when there is none. */
int notice_store_key(const char *state_dir, uint8_t ret_key[32], struct err *err);

#endif
