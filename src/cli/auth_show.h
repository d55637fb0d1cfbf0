/* What was proven of a message's sender, with reasons: as text for a person, as an object. */
#ifndef CORDON_CLI_AUTH_SHOW_H
#define CORDON_CLI_AUTH_SHOW_H

#include "auth/auth.h"
#include "mail/mailbox.h"

#include <jansson.h>

/* All that is shown of one message. */
struct auth_shown {
	const struct mailbox_item *item;
	const struct auth_question *question;
	const struct auth *auth;
};

/* A line a method, then the Authentication-Results field. Cleaned for a terminal. */
void auth_show_text(struct buf *to, const struct auth_shown *s);

/* The same as an object, the caller's to release; NULL when memory is short. */
json_t *auth_show_json(const struct auth_shown *s);

#endif
