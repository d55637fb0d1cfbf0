/*
 * Splits a stream of bytes into the messages of an mbox, or takes it as the one message that it
 * is. Knows nothing of files. Memory is bounded by the longest message that is kept, twice over.
 */
#ifndef CORDON_MAIL_MBOX_H
#define CORDON_MAIL_MBOX_H

#include "mail/mailbox.h"

/* Reads up to n bytes as stream_read() does: how many, 0 at the end, or a negative errno. */
typedef ssize_t mbox_read_fn(void *context, char *to, size_t n, struct err *err);

/* Embedded by its user; all zero is a good start. No field is for others to touch. */
struct mbox {
	mbox_read_fn *read;
	void *context;
	const char *name;     /* of the stream, for sentences */
	size_t most;          /* bytes of a message that are kept */
	char *p;              /* the window on the stream: p[at] .. p[n - 1] is not used yet */
	size_t at, n, room;
	uint64_t offset;      /* of p[0] in the stream */
	uint64_t number;      /* messages given so far */
	size_t given;         /* bytes behind p[at] that the last message took */
	int failed;           /* the stream's failure, to be told once all before it is given */
	struct err err;
	bool ended;           /* the stream gives no more */
	bool begun, split;    /* the beginning has been looked at; it is an mbox */
	bool doubted;         /* see mbox_doubt() */
	bool foreign;         /* it is no mail, and was passed over */
	bool passing;         /* the last message was cut: its rest is to be passed over */
	bool midline, blank;  /* where that begins: inside a line; behind a blank line */
};

/*
 * Begins a stream; the window of the one before is used again. name must live as long as the
 * stream. most is MAILBOX_MESSAGE_MOST but in tests.
 */
void mbox_begin(struct mbox *m, const char *name, mbox_read_fn *read, void *context, size_t most);

/*
 * Called behind mbox_begin() where nobody said that the stream is mail: a stream that begins with
 * neither a header field nor a separator line then gives no message, and no failure either.
 */
void mbox_doubt(struct mbox *m);

/* True when a doubted stream was passed over. */
bool mbox_is_foreign(const struct mbox *m);

/*
 * The next message: everything of the item but its path. Returns 1; 0 at the end; -EBADMSG when
 * there is no mail in the stream; or what read() failed with, after the messages before that.
 * Spans live until the next call.
 */
int mbox_next(struct mbox *m, struct mailbox_item *ret_item, struct err *err);

/* Frees the memory. */
void mbox_done(struct mbox *m);

#endif
