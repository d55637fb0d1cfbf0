/* What supervise.c and supervise_child.c share. */
#ifndef CORDON_SERVE_SUPERVISE_WORK_H
#define CORDON_SERVE_SUPERVISE_WORK_H

#include "serve/supervise.h"
#include "serve/suspects.h"

#include <time.h>

struct child {
	pid_t pid;           /* 0: does not run */
	int control;         /* our end; -1 while it does not run */
	bool ready;
	bool stopping;       /* it was told to stop */
	bool anew;           /* and is to be started again then, with new settings */
	bool failed;         /* it said that it cannot begin */
	int64_t started;     /* when it was started last */
	int64_t due;         /* when it is to be started, 0: not at all */
	int64_t stop_by;     /* killed when it has not stopped by then */
	int64_t wait;        /* before it is started again the next time */
	unsigned starts;
	const char *killed;  /* why we killed it */
	int64_t told_at;     /* the second in which it told something last, */
	unsigned told;       /* and how often */
};

struct supervisor {
	const struct supervise_options *o;
	struct config config;  /* the one in force */
	int config_file;       /* as a sealed memfd */
	struct status *status;
	int status_file;
	int channel[ROLES][ROLES]; /* channel[a][b]: a's end of the one to b; -1: none */
	struct child child[ROLES];
	struct suspects suspects;
	struct timespec tables; /* when tables of networks were installed last, as of the start */
	bool stopping, was_ready;
	int64_t excused; /* signs of life are not asked for before: we slept ourselves */
	struct err fault;      /* why it ends, when a role cannot begin */
	int fault_code;
};

void supervise_tell(struct supervisor *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The channels between roles. 0 or a negative errno. */
int supervise_channels(struct supervisor *s);

/* Starts a role: 0, or a negative errno, and then it is due again later. */
int supervise_start(struct supervisor *s, enum role r);

/* A role has died: what is told, counted and when it is due again. */
void supervise_died(struct supervisor *s, enum role r, int wait_status);

/* Kills a role. why: as in "was killed: WHY". */
void supervise_kill(struct supervisor *s, enum role r, const char *why);

/* Tells a role to stop; it is killed when it has not by then (nanoseconds of CLOCK_MONOTONIC). */
void supervise_stop(struct supervisor *s, enum role r, int64_t by);

/* Takes what a role says. */
void supervise_hear(struct supervisor *s, enum role r);

#endif
