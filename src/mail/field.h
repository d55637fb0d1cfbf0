/*
 * The header section of a message or part, split into fields (RFC 5322, 2.2 and 4.5).
 */
#ifndef CORDON_MAIL_FIELD_H
#define CORDON_MAIL_FIELD_H

#include "base/arena.h"
#include "mail/message.h"

#define FIELDS_MOST 1000 /* fields of one section that are read */

/* What fields_read() needs beside the bytes. */
struct field_reader {
	struct field *scratch; /* scratch[FIELDS_MOST]: where fields stand while they are counted */
	struct arena *arena;   /* where they go then */
	struct anomalies *odd;

	/* Asked of every line that begins with "--": true ends the section there, because the line
	 * is the delimiter of a multipart (RFC 2046, 5.1.1). May be NULL. */
	bool (*stop)(void *arg, struct span line);
	void *arg;
};

/*
 * Reads the section at the beginning of raw, which ends behind the first empty line, before a line
 * that stops it, before a first line that is no field at all, or with raw. Gives the fields and
 * the length of the section, its empty line included. Returns 0 or -ENOMEM. Linear.
 */
int fields_read(
	struct field_reader *reader, struct span raw, struct fields *ret_fields, size_t *ret_head);

/* The first field with that id, or NULL. O(fields). */
const struct field *fields_find(const struct fields *fields, enum field_id id);

/*
 * Writes value to `to`, which has room for value.n bytes, with its folds undone: a line end goes,
 * the white space behind it stays (RFC 5322, 2.2.3). Returns how many bytes were written.
 */
size_t field_unfold(struct span value, char *to);

#endif
