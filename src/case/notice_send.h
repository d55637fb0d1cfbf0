/*
 * Sending one notice, in an order that no crash confuses:
 *
 *	1. `sending` is made durable,
 *	2. the relay is given the mail,
 *	3. `accepted` is made durable when it took it; `sending` goes when it certainly did not,
 *	4. the ledger gets the record, durable,
 *	5. `sent` is made durable.
 *
 * A crash between 1 and 3 leaves `sending` alone: it may have been sent. That is told, and it is
 *not sent again unless somebody says so. One between 3 and 5 leaves `accepted`: it is sent, and the
 *next run goes on at 4; a record that the ledger has already changes nothing, for its id is made of
 *the notice's name. So no notice goes twice without a word, and none that went is forgotten.
 */
#ifndef CORDON_CASE_NOTICE_SEND_H
#define CORDON_CASE_NOTICE_SEND_H

#include "case/notice_smtp.h"
#include "case/notice_store.h"

/* What sending needs beside the folder. */
struct notice_sender {
	const char *state_dir;
	int64_t now;
	bool again; /* what may have been sent is sent again */
	void *context;
	/* Whether it may go now; as notice_limit(). */
	int (*allowed)(void *context, const struct notice_meta *m, char said[256], struct err *err);
	/* Gives it to the relay; as smtp_send(). */
	enum smtp_outcome (*deliver)(void *context, const struct notice_meta *m, struct span mail,
		char said[SMTP_SAID], struct err *err);
	/* Whether the ledger has the record. */
	bool (*recorded)(void *context, const char *name);
	/* Makes the ledger's record, durable on return; 0 also when it is there already. */
	int (*record)(void *context, const struct notice_meta *m, struct span mail, int64_t at,
		struct err *err);
};

/* What became of it. */
enum notice_sending {
	NOTICE_WENT,       /* sent and recorded, now */
	NOTICE_FINISHED,   /* it was sent before, and is recorded now */
	NOTICE_WAS_SENT,   /* sent and recorded before: nothing was done */
	NOTICE_WAITS,      /* a limit keeps it; may go later */
	NOTICE_UNAPPROVED, /* nobody approved it as it is */
	NOTICE_UNCERTAIN,  /* it may have been sent, before or now */
	NOTICE_FAILED,     /* it was certainly not sent */
};

/*
 * Sends it if it may. *ret_sending says what became of it, and said (room for 512 bytes) a sentence
 * about it. Returns 0, or a negative errno with a sentence when files or the ledger fail; a notice
 * that was sent by then is NOTICE_ACCEPTED, and the next call goes on.
 */
int notice_send(const struct notice_sender *s, const char *name, enum notice_sending *ret_sending,
	char said[512], struct err *err);

#endif
