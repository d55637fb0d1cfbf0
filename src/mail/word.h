/*
 * Encoded words (RFC 2047) and the text of header values.
 */
#ifndef CORDON_MAIL_WORD_H
#define CORDON_MAIL_WORD_H

#include "mail/charset.h"

/* What everything that turns bytes into text needs. */
struct decoder {
	struct arena *arena;
	struct charsets *charsets;
	struct anomalies *odd;
};

/*
 * A header value as text: folds undone, encoded words decoded, raw 8-bit bytes read as UTF-8 or
 * else as windows-1252, white space at both ends trimmed. Words whose text was broken between two
 * bytes of one character are put together again. Gives value itself where nothing has to change,
 * else text in the arena. Returns 0, or -ENOMEM. Linear.
 */
int word_text(struct decoder *d, struct span value, struct span *ret_text);

#endif
