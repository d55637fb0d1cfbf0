/*
 * Lists of "tag=value" parted by semicolons, as in DKIM and ARC header fields and in key and policy
 * records (RFC 6376, 3.2).
 */
#ifndef CORDON_AUTH_TAG_LIST_H
#define CORDON_AUTH_TAG_LIST_H

#include "base/span.h"

#include <stdint.h>

/* A list with more tags is not read. */
#define TAGS_MOST 64

struct tag {
	struct span name;
	struct span value; /* without white space at its ends; folds inside stay */
	struct span whole; /* with it: all from behind '=' up to the semicolon or the end */
};

struct tag_list {
	struct tag at[TAGS_MOST]; /* in their order */
	size_t n;
};

/*
 * Reads a list. Spans are of text. Names have case. Returns 0; -EINVAL when the syntax is broken
 * (a piece without '=' or without a name, a control character; bytes over 127 are let through,
 * RFC 8616); -EEXIST when a name stands twice, which spoils the whole list (RFC 6376, 3.2); -E2BIG
 * when there are more than TAGS_MOST. An empty text is a list of none. Linear.
 */
int tag_list_read(struct span text, struct tag_list *ret_list);

/* The tag of that name; NULL when it is not there. */
const struct tag *tag_list_get(const struct tag_list *list, const char *name);

/*
 * Decodes base64 that white space may stand in. Returns the length, -EINVAL for what is no base64,
 * or -E2BIG when it is longer than room.
 */
ssize_t tag_base64(struct span value, uint8_t *to, size_t room);

/* Takes the next piece of a list parted by colons off *rest, trimmed; false at the end. */
bool tag_piece(struct span *rest, struct span *ret_piece);

/* True when `word` is a piece of that list; case counts. */
bool tag_lists(struct span value, const char *word);

#endif
