/*
 * Who serves which connection, in place of libmilter's own pool of threads: its worker.o is left
 * out when it is linked (meson.build), and the listener finds these two under the names that it
 * asks for.
 *
 * libmilter's pool goes over the list of all connections whenever one of them has something. It
 * counts a thread as idle until that has woken, so that a connection may wait for another one's
 * message to be done, through all of its DNS; and whoever is served next is the first in the list,
 * so that connections at its end can wait for seconds under load. Here each thread waits in epoll
 * for the next connection that has something, whichever has waited longest, and whenever nobody is
 * left waiting one more thread is.
 */
#ifndef CORDON_SERVE_GATE_MILTER_POOL_H
#define CORDON_SERVE_GATE_MILTER_POOL_H

#include <libmilter/mfapi.h>

/* In place of mi_pool_controller_init(): begins to serve. MI_SUCCESS, or MI_FAILURE. */
int gate_milter_pool_init(void);

/* In place of mi_start_session(): takes the connection that this thread accepted last. MI_SUCCESS,
 * or MI_FAILURE, and then libmilter frees ctx. */
int gate_milter_pool_session(SMFICTX *ctx);

#endif
