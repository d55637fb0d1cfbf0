/*
 * What a service manager is told of us: systemd's protocol, sd_notify(3), which is a datagram of
 * lines to the socket that NOTIFY_SOCKET names. It is documented and stable, and too small for a
 * library that would come into the process which keeps root's rights.
 */
#ifndef CORDON_SERVE_NOTIFY_H
#define CORDON_SERVE_NOTIFY_H

#include <stdint.h>

/* Sends lines ("READY=1\nSTATUS=..."), printf's format. Without NOTIFY_SOCKET, or when nobody takes
 * it, nothing happens. */
void notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Nanoseconds after which the manager ends a service that does not say WATCHDOG=1; 0: never. */
int64_t notify_watchdog(void);

#endif
