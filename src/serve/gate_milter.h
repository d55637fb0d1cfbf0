/*
 * The milter protocol (version 6) over libmilter: what mail servers say becomes a session, and what
 * is decided becomes what they are told to do.
 *
 * libmilter has one listener a process; there is one thread for each connection that is being
 * served (gate_milter_pool.h). Connections beyond config->sessions are turned away when they
 * introduce themselves, and the mail server then does what it does without us; those far beyond are
 * closed as they come (gate_milter_io.h).
 */
#ifndef CORDON_SERVE_GATE_MILTER_H
#define CORDON_SERVE_GATE_MILTER_H

#include "serve/gate.h"

/* A session that says nothing for so long is closed, up to two minutes later. Mail servers keep
 * theirs open as long as their client's. */
#define GATE_MILTER_SILENCE_S 3700

/*
 * Listens at an address as the configuration has it: "127.0.0.1:7350", "[::1]:7350" or a path; a
 * socket that stands there already is replaced. Once a process. Returns 0 or a negative errno with
 * a sentence.
 */
int gate_milter_listen(const char *where, struct err *err);

/* Serves, on threads of its own, until the process ends; gate lives as long. Returns 0 or a
 * negative errno with a sentence. */
int gate_milter_serve(struct gate *gate, struct err *err);

/* Takes the most connections from the gate's configuration anew. */
void gate_milter_bound(void);

/* False when libmilter gave up: the listener ended. */
bool gate_milter_serves(void);

/* Takes no new sessions from now on, and ends those that have no message under way: gate_io_stop(). */
unsigned gate_milter_stop(bool cut);

#endif
