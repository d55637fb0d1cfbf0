/*
 * Messages one after another out of whatever mail is kept in: a single message, an mbox (mboxo,
 * mboxrd, mboxcl, mboxcl2), a Maildir, an MH folder, a tree of such files; plain or compressed
 * (base/stream.h).
 * Streams: memory is bounded by the longest message that is read, not by the mailbox.
 */
#ifndef CORDON_MAIL_MAILBOX_H
#define CORDON_MAIL_MAILBOX_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct mailbox;

/* Bytes of one message that are read; what is over is passed over and `cut` says so. */
#define MAILBOX_MESSAGE_MOST ((size_t)8 << 20)

/* One message. The spans live until the next call on the mailbox. */
struct mailbox_item {
	struct span raw;    /* without the mbox separator line, ">From " quoting undone */
	struct span from;   /* the mbox separator line without "From "; empty when there is none */
	const char *path;   /* the file it is in; "-" for standard input */
	uint64_t offset;    /* of its first byte in the (decompressed) file, behind the separator */
	uint64_t number;    /* 1 for the first message of that file */
	bool in_mbox;       /* the file holds messages behind separator lines */
	bool cut;           /* longer than MAILBOX_MESSAGE_MOST */
};

/* How far the reading is, for progress. total is 0 when it cannot be known (standard input). */
struct mailbox_progress {
	uint64_t done, total; /* bytes as stored on disk */
	uint64_t foreign;     /* files passed over because they hold no mail */
};

/*
 * Opens paths[n] to be read one after the other; "-" is standard input. Trees are walked in the
 * order of their names, numbers by value (so 2 stands before 10); names beginning with '.' are
 * passed over, but for a Maildir's own subfolders; a Maildir's tmp is not read; symbolic links to
 * folders are not followed below a path. A tree is walked as it is read.
 *
 * A tree may hold other files than mail: a README, an INDEX, sources, pictures. A file of a tree
 * that begins with neither a header field nor an mbox separator is passed over and counted (see
 * struct mailbox_progress), and is no failure. Files of a Maildir or MH folder, and files that are
 * named themselves, are mail by that, and are read whatever they begin with.
 * Nothing is read yet. Returns 0 or -ENOMEM.
 */
int mailbox_open(const char *const *paths, size_t n, struct mailbox **ret_mailbox);
void mailbox_close(struct mailbox *mb);

/*
 * The next message. Returns 1 and the item, 0 at the end, or a negative errno for a file that
 * cannot be read (missing, not permitted, damaged gzip, ...), with a sentence in err that names
 * it; the reading goes on with the next file at the next call. Files that hold no mail at all
 * (empty, or binary without a header) give -EBADMSG in the same way, unless they are passed over.
 */
int mailbox_next(struct mailbox *mb, struct mailbox_item *ret_item, struct err *err);

void mailbox_progress(const struct mailbox *mb, struct mailbox_progress *ret_progress);

#endif
