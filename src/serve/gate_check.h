/*
 * One request of a client of rspamd, whichever protocol it came by: its fields become an envelope,
 * its body a message, and what is decided the answer that such clients expect.
 * docs/formats/check.md has what is understood and what is said.
 */
#ifndef CORDON_SERVE_GATE_CHECK_H
#define CORDON_SERVE_GATE_CHECK_H

#include "serve/gate_session.h"

/* What rspamd calls required_score: at the judge's threshold a message has this score. */
#define GATE_CHECK_REQUIRED 15.0

struct gate_check;

/* NULL when memory is short. */
struct gate_check *gate_check_new(struct gate *g);
void gate_check_free(struct gate_check *c); /* takes NULL */

/* A field of the request's head, in any order; those that are not known are passed over. Copied. */
void gate_check_field(struct gate_check *c, struct span name, struct span value);
/* Of the message. Memory is bounded as a session's; the rest is counted. */
void gate_check_body(struct gate_check *c, struct span chunk);

/*
 * Judges the message and appends the answer: as JSON for HTTP, and as the lines of the protocol
 * before it, RSPAMC/1.3. Once a request.
 */
void gate_check_json(struct gate_check *c, struct buf *to);
void gate_check_lines(struct gate_check *c, struct buf *to);

/* Has the message learned and appends the answer as JSON. Returns HTTP's status: 200 once it is on
 * disk, 208 when it was known with this label, 400, 413 or 503 with words. */
unsigned gate_check_learn(struct gate_check *c, bool spam, struct buf *to);

/* The gateway's counters as rspamd's clients print them. */
void gate_check_stat(const struct status *s, struct buf *to);

/* The score of a verdict: see the file. */
double gate_check_score(const struct verdict *v);

#endif
