/*
 * What is noted of a role's death while it dies: whose message the thread had in hand, and the
 * system call that it may not make. All of it is safe in signal handlers.
 */
#ifndef CORDON_SERVE_CRASH_H
#define CORDON_SERVE_CRASH_H

#include "serve/status.h"

/*
 * Watches for SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT and SIGSYS in the whole process. The signal
 * then ends it as it would have. part is the role's place in status->part. To be called once, before
 * the sandbox.
 */
void crash_watch(struct status *status, unsigned part);

/* Gives the calling thread a stack of its own for that, until it ends, so that running out of its stack
 * is noted as well: otherwise all messages in hand would be blamed. Each thread that looks at
 * messages calls it; the second time it does nothing. crash_watch() does it for its own thread.
 * Without memory it is not done. */
void crash_watch_thread(void);

#endif
