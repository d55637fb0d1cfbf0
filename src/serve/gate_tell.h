/* What the gate tells the keeper of a message. */
#ifndef CORDON_SERVE_GATE_TELL_H
#define CORDON_SERVE_GATE_TELL_H

#include "serve/gate_look.h"
#include "serve/gate_work.h"

/* What was decided. took: nanoseconds. Not waited for longer than some milliseconds; what the keeper
 * does not take is counted as lost. b and t may be NULL. */
void gate_tell_decided(struct gate *g, struct gate_bench *b, const struct envelope *e,
	const struct gate_seen *seen, const struct trace *t, uint64_t bytes, int64_t took);

/* A sighting of abuse, when one can be made of it, with the message beside it. */
void gate_tell_abuse(struct gate *g, struct gate_bench *b, const struct verdict *v,
	const struct trace *t, struct span raw, int64_t now);

/* That the judge is so sure of a message that it might be learned from; the keeper decides whether it
 * is (own.h). Of each label one in some seconds is told. */
void gate_tell_lesson(struct gate *g, struct gate_bench *b, const struct verdict *v,
	const struct trace *t);

/* A message that may end the gate, before it is judged again: true once the keeper has it. */
bool gate_tell_specimen(struct gate *g, struct span raw, int64_t deadline);

#endif
