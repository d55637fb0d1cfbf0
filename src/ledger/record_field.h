/*
 * For record.c and record_field.c alone: the members that a record of each schema has, and how each
 * reads and writes itself.
 */
#ifndef CORDON_LEDGER_RECORD_FIELD_H
#define CORDON_LEDGER_RECORD_FIELD_H

#include "ledger/record.h"

#define RECORD_NUMBER_MOST                                                                         \
	((1ULL << 53) - 1) /* what every reader of JSON keeps exactly: RFC 8785, 3.1 */
#define RECORD_DAY_SECONDS 86400
#define RECORD_SOURCE      SPAN("mail") /* who says so when nobody is named */

/* One member as it stands in the text. */
enum form { STRING, NUMBER, BOOL, LIST };

struct member {
	struct span key, text; /* a string's and a list's without what encloses it */
	enum form form;
	uint64_t number; /* of a number or a truth value */
};

/* How a member writes its value: returns one past its end, or NULL when the record has none. And
 * how it reads it: NULL, or what is wrong with it. */
struct field {
	const char *name;
	bool needed;
	enum form form;
	char *(*write)(const struct record *r, char *to);
	const char *(*read)(const struct member *m, struct record *r);
};

/* The fields of each schema in each version from 1, in the order of their names; ended by one without
 * a name. */
extern const struct field *const record_fields[RECORD_VERSION][RECORD_TYPES];

/* What names may be: lower case words with a few signs, within their lengths. */
bool record_is_word(struct span s, const char *more, size_t most);
bool record_is_domain(struct span s);
bool record_is_host(struct span s); /* a domain, or an address in canonical form */
bool record_is_campaign(struct span s);
bool record_is_notice(struct span s);

/* Bits of an address: 32 or 128. */
static inline unsigned record_bits_of(const struct ip *ip)
{
	return ip->family == IP_V4 ? 32 : 128;
}

#endif
