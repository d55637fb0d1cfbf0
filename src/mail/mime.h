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

/*
 * Reads raw, what leaf `parent` decodes to, as a message inside it: the leaf becomes PART_MESSAGE,
 * the parts are added behind all others. Does nothing when there may be no more parts or they would
 * nest too deep. Returns as mime_parse().
 */
int mime_parse_inside(struct mime_reader *r, struct span raw, uint32_t parent);

/* Adds a leaf that stands in part `parent`, all empty but for parent and depth; NULL when there may
 * be no more parts or memory is short. Pointers to parts are void after it. */
struct part *mime_add_part(struct mime_reader *r, uint32_t parent);

/* True for a type whose body is a message: message/rfc822, message/global. */
bool mime_is_message(struct span type);

#endif
