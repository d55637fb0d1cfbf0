/* A socket to listen on, as the configuration names it: "127.0.0.1:7352", "[::1]:7352", or the path
 * of a UNIX socket. */
#ifndef CORDON_SERVE_LISTEN_H
#define CORDON_SERVE_LISTEN_H

#include "base/err.h"

/*
 * Binds and listens. A UNIX socket that nobody listens on any more is taken out first; it is made for
 * its owner and group. Returns 0 and the descriptor, the caller's to close, or a negative errno with
 * a sentence.
 */
int listen_on(const char *where, int *ret_fd, struct err *err);

/*
 * Gives a UNIX socket that root has made to the user that the gateway becomes, and to his group, so
 * that who is in that group reaches it. Nothing is done for an address, for NULL, or when it is not
 * root who asks; user: NULL or "" for nobody else. Returns 0 or a negative errno with a sentence.
 */
int listen_give(const char *where, const char *user, struct err *err);

#endif
