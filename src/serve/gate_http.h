/*
 * The gate for rspamd's clients: over HTTP, and by the protocol before it (gate_lines.h) on the
 * same address. docs/formats/check.md has what is asked and answered.
 *
 * A thread takes connections and waits for their first byte, which tells the protocol; then each is
 * served by a thread of its own. There are at most GATE_HTTP_MOST; those beyond wait to be
 * accepted. One that says nothing for GATE_HTTP_SILENCE_S, or is not done with a request in
 * GATE_HTTP_LONGEST_S, is closed.
 */
#ifndef CORDON_SERVE_GATE_HTTP_H
#define CORDON_SERVE_GATE_HTTP_H

#include "serve/gate.h"

#define GATE_HTTP_MOST      256
#define GATE_HTTP_SILENCE_S 15
#define GATE_HTTP_LONGEST_S 180
#define GATE_HTTP_HEAD      ((size_t)256 << 10) /* bytes of a request's line and fields, at most */

struct gate_http;

/* Binds an address as listen_on() takes it. Returns 0 or a negative errno with a sentence. */
int gate_http_listen(const char *where, struct gate_http **ret, struct err *err);

/* Serves, on threads of its own, until gate_http_close(); gate lives as long. Returns 0 or a
 * negative errno with a sentence. */
int gate_http_serve(struct gate_http *h, struct gate *gate, struct err *err);

/*
 * Takes no connections from now on, and has those closed on which no request is under way; to be
 * called again and again. Requests that have begun are answered, and those that have arrived; they
 * are the last ones of their connections. cut: those that are not whole yet are ended as well.
 * Returns how many connections are left; 0 of NULL.
 */
unsigned gate_http_stop(struct gate_http *h, bool cut);

/* Ends it, and frees it. Requests in hand are cut off. Takes NULL. */
void gate_http_close(struct gate_http *h);

#endif
