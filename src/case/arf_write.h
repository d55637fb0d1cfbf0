/*
 * Abuse Reporting Format (RFC 5965): one message that was abuse, told so that a desk's programs can
 * read it. It is used as RFC 6650, 4 wants for reports that nobody asked for: little, true, and of
 * use to who gets it.
 *
 * Of the message only a few header fields are enclosed, each written anew from what was read
 * (text/rfc822-headers): nothing that names a recipient, no local part of an address (RFC 6590: a
 * keyed hash stands for it, the same for the same address), no subject and no body.
 */
#ifndef CORDON_CASE_ARF_WRITE_H
#define CORDON_CASE_ARF_WRITE_H

#include "base/buf.h"
#include "mail/received.h"
#include "trace/sighting.h"

#define ARF_KEY_BYTES 32

struct arf_report {
	struct span raw;             /* the message */
	const struct relays *relays; /* our own; may be NULL */
	const uint8_t *key;          /* key[ARF_KEY_BYTES]: for the hashes, secret */
	const char *boundary;        /* of the multipart: not to stand in any text; A-Z a-z 0-9 - */
	enum sighting_kind kind;
	struct span source; /* address that handed it in, as text */
	int64_t arrival;    /* seconds since 1970 UTC */
	uint64_t incidents; /* messages like it from there */
	struct span mta;    /* who reports: our domain */
	struct span notice; /* name of the notice that it is part of */
};

/*
 * Appends a multipart/report entity, its header fields included, lines ending with CRLF. Returns 0
 * or -ENOMEM. Linear in the message.
 */
int arf_write(struct message_parser *mp, const struct arf_report *r, struct buf *to);

/* Appends the enclosed header fields alone; for tests. */
int arf_write_fields(struct message_parser *mp, const struct arf_report *r, struct buf *to);

/* Appends a date as header fields have it (RFC 5322, 3.3), in UTC. */
void arf_write_date(struct buf *to, int64_t at);

#endif
