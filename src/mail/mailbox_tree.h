/* Walks a folder for the files that hold mail: a Maildir, an MH folder, or a tree of both. */
#ifndef CORDON_MAIL_MAILBOX_TREE_H
#define CORDON_MAIL_MAILBOX_TREE_H

#include "base/buf.h"
#include "base/err.h"

struct mailbox_level;

/* Embedded by its user; all zero is a good start. */
struct mailbox_tree {
	struct mailbox_level *level; /* level[depth]: the folders under way, outermost first */
	size_t depth, room;
	struct buf path;             /* of the file that was given last, with a NUL */
	bool anything;               /* its folder is no Maildir or MH folder: it may be no mail */
};

/* Begins with a folder. Returns 0 or a negative errno with a sentence in err. */
int mailbox_tree_enter(struct mailbox_tree *t, const char *folder, struct err *err);

/*
 * The path of the next file, valid until the next call. Returns 1; 0 at the end; or a negative
 * errno with a sentence for a folder that cannot be read: the walk goes on behind it. Memory: the
 * names of the folders under way.
 */
int mailbox_tree_next(struct mailbox_tree *t, const char **ret_path, struct err *err);

void mailbox_tree_done(struct mailbox_tree *t);

#endif
