/*
 * X-ARF v4 reports (https://xarf.org, JSON Schema 2020-12), one a host and kind of abuse, valid by
 * the schemas. X-ARF wants a report an incident; all that one host did in one way within the time
 * that a notice tells of is taken as one.
 *
 * Nothing is made up to please a schema: where a type demands what is not known (the source port of
 * a mail, the path of a page) a type that does not is taken. docs/design/notice.md has the table.
 */
#ifndef CORDON_CASE_XARF_WRITE_H
#define CORDON_CASE_XARF_WRITE_H

#include "base/buf.h"
#include "trace/sighting.h"

#define XARF_ID 37 /* a UUID as text and its NUL */

/* Who reports. The domain is of the mail address. */
struct xarf_party {
	struct span org, mail, domain;
};

/* What it rests on; goes in as base64 with its SHA-256. At most 50 a report, 5 MiB each. */
struct xarf_evidence {
	const char *type;        /* "text/csv" */
	const char *description; /* at most 500 bytes */
	struct span bytes;
};

struct xarf_report {
	struct xarf_party by;
	char id[XARF_ID];
	struct span host; /* an address, a prefix or a host name, as text */
	enum sighting_kind kind;
	bool by_mail;        /* our own mail showed it, not somebody's list */
	bool led_to;         /* abuse of that kind leads to the host, which did not do it */
	uint16_t port;       /* 0: not known */
	uint64_t count;      /* sightings */
	int64_t first, last; /* seconds since 1970 UTC */
	uint8_t confidence;  /* the highest, in percent */
	asn_t asn;
	struct span sources;                  /* names, parted by commas */
	struct span notice;                   /* name of the notice that it is part of */
	const struct xarf_evidence *evidence; /* evidence[nevidence] */
	size_t nevidence;
};

/* "messaging/spam", "content/phishing", ...: what the report will be; static. */
const char *xarf_type(const struct xarf_report *r);

/* Appends the JSON, indented, with its keys in order and a line end. Returns 0 or -ENOMEM. */
int xarf_write(const struct xarf_report *r, struct buf *to);

/* A UUID (RFC 9562, 5.8: version 8, by BLAKE2b of the text) that the same text gives again. X-ARF
 * asks for the form of a UUID and that it be unique. */
void xarf_make_id(struct span text, char to[XARF_ID]);

#endif
