/* The gateway's web role asked for what it is doing. */
#ifndef CORDON_CLI_TOP_ASK_H
#define CORDON_CLI_TOP_ASK_H

#include "base/err.h"

#include <jansson.h>

/*
 * GET /api/v1/status at `where`: "127.0.0.1:7352", "[::1]:7352" or the path of a UNIX socket. Waits
 * two seconds at most, goes through no proxy, follows nothing. Returns 0 and an object, the
 * caller's to release; or a negative errno with a sentence.
 */
int top_ask(const char *where, json_t **ret, struct err *err);

#endif
