/*
 * X-ARF reports: version 4 (https://xarf.org, schemas of the specification), version 3 as JSON, and
 * the fields of version 0.2, which stand in a part of a mail as "Name: value".
 *
 * What of a report is a sighting is decided here: abuse by a host that was seen. Reports about
 * copyright, brands, open services and registrations are not, and say so.
 */
#ifndef CORDON_TRACE_XARF_H
#define CORDON_TRACE_XARF_H

#include "mail/domain.h"
#include "mail/message.h"
#include "trace/feed.h"

#include <jansson.h>

#define XARF_SIGHTINGS 2 /* the host, and the command server that it was led by */

/* Spans are of the report, the arena, or of `reporter`. */
struct xarf {
	struct sighting sighting[XARF_SIGHTINGS]; /* at is 0 when there is no readable date,
						     confidence when nothing is said of it; source
						     is empty: see reporter */
	size_t n;
	char reporter[SIGHTING_SOURCE_MOST + 1]; /* "by.NAME", whom no one has checked */
	struct span id;                          /* the report's own; empty when it has none */
};

/* Whether an object is a report at all: it names a version of X-ARF. */
bool xarf_is(const json_t *value);

/*
 * Reads a report, which must stay as it is. Returns FEED_TAKEN; why it is none of ours, or none at
 * all (enum feed_count); or -ENOMEM. *ret_report is untouched but when it is taken.
 */
int xarf_read(
	struct arena *a, struct domain_tools *tools, const json_t *report, struct xarf *ret_report);

/* The same for the fields of version 0.2. */
int xarf_read_fields(struct arena *a, const struct fields *fields, struct xarf *ret_report);

/* The registrable domain of a URL's host, or the host when it is an address; the empty span when it
 * has neither. In the URL or the arena. */
struct span xarf_advertised(struct arena *a, struct domain_tools *tools, struct span url);

#endif
