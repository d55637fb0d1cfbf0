/*
 * What the gateway tells of itself, out of the shared status (status.h): for collectors of metrics,
 * for whoever watches over services, for people and programs. Nothing in it names a person.
 */
#ifndef CORDON_SERVE_TOLD_H
#define CORDON_SERVE_TOLD_H

#include "base/buf.h"
#include "serve/status.h"

#include <jansson.h>

/* A part that said nothing for so long does not live. */
#define TOLD_SILENT_NS ((uint64_t)5000000000)

/* All counters and times in the text format of OpenMetrics 1.0, ended by "# EOF". now: nanoseconds
 * of CLOCK_MONOTONIC. */
void told_metrics(const struct status *s, uint64_t now, struct buf *to);

/*
 * How each part is, as an object {"ok": ..., "parts": {NAME: {"ok", "words", "starts"}}}; the
 * caller's to release, NULL when memory is short. *ret_ok: all do what they are for. A gateway
 * without its web role cannot be asked.
 */
json_t *told_health(const struct status *s, uint64_t now, bool *ret_ok);

/* Counters, times and parts as an object, likewise. */
json_t *told_status(const struct status *s, uint64_t now);

#endif
