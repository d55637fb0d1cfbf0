/*
 * The supervisor: starts the roles, each as the same program again, makes the channels between them,
 * and starts again what dies. It parses nothing but its configuration and short messages of roles,
 * and speaks to no network.
 *
 * A role is started again at once when it dies the first time; then after 0.1, 0.2, 0.4, ... seconds,
 * at most 10; having lived for a minute it counts as healthy again. A role that has not said that it
 * lives for 30 seconds is killed, and a gate that has one message in hand for longer than judging it
 * may take (message_seconds) and 5 seconds more.
 */
#ifndef CORDON_SERVE_SUPERVISE_H
#define CORDON_SERVE_SUPERVISE_H

#include "serve/role.h"

/* Times in nanoseconds. supervise_usual() gives those above. */
struct supervise_times {
	int64_t first_wait, most_wait; /* before a role is started again */
	int64_t healthy;               /* having lived so long, its waits begin anew */
	int64_t silence;               /* without a sign of life */
	int64_t begin;                 /* to become ready in */
	int64_t grace;                 /* beyond message_seconds */
	int64_t stop;                  /* to stop in, beyond message_seconds for the gate */
};

struct supervise_options {
	const struct role_definition *const *roles; /* roles[ROLES], NULL for none; only whether it
						       is there counts here */
	const char *program;       /* to start roles with; NULL: this one, /proc/self/exe */
	const char *config_file;   /* read again on SIGHUP; NULL: none, and the defaults stay */
	const struct config *config;
	const char *state;         /* the state directory, there */
	struct supervise_times times;
	/* Tells the operator a sentence. */
	void (*tell)(void *context, const char *sentence);
	/* All roles are ready, for the first time; or NULL. */
	void (*ready)(void *context);
	void *context;
};

struct supervise_times supervise_usual(void);

/*
 * Runs until SIGTERM or SIGINT, or until a role cannot begin at the start; both are blocked and taken
 * here, as are SIGHUP and SIGCHLD. Returns 0 when it was told to stop and all roles have stopped; a
 * negative errno with a sentence otherwise. The calling process is to have no other threads.
 */
int supervise(const struct supervise_options *o, struct err *err);

#endif
