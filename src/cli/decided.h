/* What `cordon log` and `cordon why` do alike: find decisions of the gateway, and write them. */
#ifndef CORDON_CLI_DECIDED_H
#define CORDON_CLI_DECIDED_H

#include "cli/site.h"
#include "serve/decided_json.h"
#include "serve/decisions.h"

/*
 * Finds decisions in the site's state directory. Addresses of the question are looked for as they
 * are, and as their hashes where the gateway hashes them. *ret_found counts them. EXIT_DONE, or an
 * exit code with what is wrong told.
 */
int decided_find(const struct site *s, const struct decisions_question *q,
	int (*each)(void *context, const struct decided *what), void *context, size_t *ret_found);

/* The words of decision_action_name(), as an option's choices. */
#define DECIDED_ACTIONS "accept|tag|quarantine|tempfail|reject|discard"

#endif
