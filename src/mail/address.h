/*
 * Address lists of From, To, Reply-To and their like (RFC 5322, 3.4, with the obsolete forms, and
 * RFC 6532's UTF-8). Broken lists give the best reading.
 */
#ifndef CORDON_MAIL_ADDRESS_H
#define CORDON_MAIL_ADDRESS_H

#include "base/arena.h"
#include "mail/message.h"

/* One mailbox. Spans live as long as the arena. */
struct address {
	struct span name;   /* display name, decoded (RFC 2047), quotes and comments taken off; or the
	                       comment when there is no other name */
	struct span local;  /* left of the last '@', quotes taken off */
	struct span domain; /* right of it, lower case; empty when there is no '@' */
	struct span group;  /* display name of the group it stands in; else empty */
};

/*
 * Reads a list. At most 1,000 mailboxes are read; more count as BAD_ADDRESS in odd (may be NULL).
 * Returns how many, 0 for an empty or unreadable value, or -ENOMEM. Linear in the value.
 */
int address_list(struct message_parser *mp, struct span value, struct anomalies *odd,
	struct address **ret_list);

/* The first mailbox of the first field with that id; false when there is none. */
bool address_first(struct message_parser *mp, const struct message *m, enum field_id id,
	struct address *ret_address);

#endif
