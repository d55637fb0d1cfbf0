/*
 * Which message is this? The same message is found again although it was stored by another program:
 * as mbox or Maildir, with LF or CRLF, read or unread.
 */
#ifndef CORDON_MAIL_IDENTITY_H
#define CORDON_MAIL_IDENTITY_H

#include "base/hash.h"
#include "mail/message.h"

/*
 * The digest of a message over its header fields and body, with each line end as LF, without blank
 * lines at the end, and without the fields that mailbox programs change as they go: Status,
 * X-Status, X-Keywords, X-UID, X-IMAP, X-IMAPbase, Content-Length, Lines, X-Mozilla-*, X-Evolution*,
 * X-Gnus-*. Linear in the message.
 */
struct digest identity_digest(const struct message *m);

#endif
