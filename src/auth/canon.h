/*
 * Canonical forms of header fields and bodies (RFC 6376, 3.4), as a stream: what comes out goes to
 * whoever hashes it, in pieces, so nothing is held and a body is never copied.
 *
 * Line ends are LF or CRLF and come out as CRLF. In a body a CR that no LF follows is a byte like
 * any other; so are all but the last of several CRs before an LF. In a header any run of CRs before
 * an LF is part of the line end, as for the parser (mail/field.h).
 */
#ifndef CORDON_AUTH_CANON_H
#define CORDON_AUTH_CANON_H

#include "mail/message.h"

enum canon { CANON_SIMPLE, CANON_RELAXED };

/* Where it goes. Set up by canon_sink_init(). */
struct canon_sink {
	void (*write)(void *arg, const char *p, size_t n);
	void *arg;
	size_t n; /* bytes that wait in at[] */
	char at[8192];
};

void canon_sink_init(
	struct canon_sink *s, void (*write)(void *arg, const char *p, size_t n), void *arg);

/* Hands on what waits. Call it at the end. */
void canon_sink_flush(struct canon_sink *s);

/*
 * Writes a header field with its name, without the line end at its end. `without` is left out: a
 * part of the field's value (the signature that is verified, RFC 6376, 3.7), or empty. Linear.
 */
void canon_field(
	struct canon_sink *s, const struct field *f, enum canon canon, struct span without);

/* Writes CRLF. */
void canon_line_end(struct canon_sink *s);

/* Writes a body. Linear in it. */
void canon_body(struct canon_sink *s, struct span body, enum canon canon);

#endif
