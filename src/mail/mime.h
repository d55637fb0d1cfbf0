/*
 * The tree of parts (RFC 2046), read in one pass over the bytes and without recursion. Nothing is
 * decoded but the fields that say what a part is.
 */
#ifndef CORDON_MAIL_MIME_H
#define CORDON_MAIL_MIME_H

#include "mail/field.h"
#include "mail/param.h"

#define MIME_PARTS_MOST 10000
#define MIME_DEPTH_MOST 100

/* What mime_parse() needs beside the bytes. */
struct mime_reader {
	struct decoder decoder;
	struct field *scratch; /* scratch[FIELDS_MOST] */
	struct params *params; /* scratch too */
	struct part *part;     /* part[parts], in the arena */
	size_t parts, room;
};

/*
 * Reads raw into r->part and r->parts, which has at least one part unless memory is short.
 * `content` of the parts is left empty. Returns 0, or -ENOMEM with the parts that were read.
 */
int mime_parse(struct mime_reader *r, struct span raw);

#endif
