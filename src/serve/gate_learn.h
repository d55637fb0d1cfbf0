/* What a person says of a message: its features go to the keeper, which alone learns. */
#ifndef CORDON_SERVE_GATE_LEARN_H
#define CORDON_SERVE_GATE_LEARN_H

#include "judge/learn.h"
#include "serve/gate.h"

/*
 * Looks at a message and has it learned. Returns an enum learned once that is on disk; -EAGAIN when
 * the gate has no room for it in time, or the keeper did not answer or could not learn it; -EINVAL
 * for one that ended the gate before; -EMSGSIZE for one with more to learn than the keeper takes at
 * a time; -ENOMEM. Takes at most config->message_seconds, and the learning GATE_LEARN_S.
 */
#define GATE_LEARN_S 10
int gate_learn(struct gate *g, struct span raw, bool spam);

#endif
