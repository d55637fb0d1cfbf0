/*
 * A record of the ledger: canonical JSON (RFC 8785) with a schema and a version, at most a few
 * hundred bytes. What each holds: docs/formats/record.md.
 *
 * Nothing in it names a person: no recipient, no sender's address, no subject, no full URL. What
 * the record rests on is in the vault; the record holds the commitment to it.
 */
#ifndef CORDON_LEDGER_RECORD_H
#define CORDON_LEDGER_RECORD_H

#include "base/buf.h"
#include "base/err.h"
#include "trace/sighting.h"

/* The schemas. The order is that of the index and never changes. X(ID, "name") */
#define RECORD_TYPES_X(X)                                                                          \
	X(SIGHTING, "sighting") /* an abuse seen */                                                \
	X(CAMPAIGN, "campaign") /* one campaign turned out to be part of another */                \
	X(NOTICE, "notice")     /* a notice was sent about a network */                            \
	X(ANSWER, "answer")     /* what came back */                                               \
	X(ERASURE, "erasure")   /* raw evidence of a record was erased before its time */          \
	X(CLOCK, "clock")       /* our clock went backwards: records are in the order of the log */

enum record_type {
#define X(id, name) RECORD_##id,
	RECORD_TYPES_X(X)
#undef X
		RECORD_TYPES
};

const char *record_type_name(enum record_type type); /* static */

/* What came back on a notice. X(ID, "name", "in words") */
#define ANSWERS_X(X)                                                                               \
	X(RECEIPT, "receipt", "a receipt or ticket number only")                                   \
	X(ACTED, "acted", "they say that they ended it")                                           \
	X(PROMISED, "promised", "they say that they will look at it")                              \
	X(REFUSED, "refused", "they will not act")                                                 \
	X(BOUNCED, "bounced", "the notice could not be delivered")

enum answer {
#define X(id, name, words) ANSWER_##id,
	ANSWERS_X(X)
#undef X
		ANSWERS
};

const char *answer_name(enum answer a);  /* static */
const char *answer_words(enum answer a); /* static */

#define RECORD_ID_BYTES      16
#define NOTICE_NAME_MOST     32
#define RECORD_CAMPAIGN_MOST 32           /* bytes of a campaign's name: a-z 0-9 - */
#define RECORD_TIME_MOST     253402300799 /* 9999-12-31T23:59:59Z; times are from 0 */

#define RECORD_VERSION 2 /* that is written; 1 is read, too */

/* Spans of a record that was read are of its text, or static. */
struct record {
	enum record_type type;
	uint8_t version; /* of its text; 0: RECORD_VERSION. What was read is written as it was */
	int64_t logged;  /* when it was taken in, by our clock; seconds since 1970 UTC */
	uint8_t id[RECORD_ID_BYTES]; /* of what it tells: taking the same in twice gives the same
					id (keyed, so nobody else can compute it) */
	bool has_raw;
	uint8_t raw[32]; /* commitment to the raw evidence (vault.h) */
	union {
		struct sighting sighting;
		struct {
			struct span campaign, into;
		} campaign;
		struct {
			asn_t asn; /* about whom */
			struct span
				name; /* of the notice, NOTICE_NAME_MOST bytes at most: a-z 0-9 - */
			bool to_upstreams; /* else to the network itself */
			asn_t to;          /* the network that it was sent to */
		} notice;
		struct {
			struct span notice; /* its name */
			enum answer what;
			int64_t at;
		} answer;
		struct {
			uint64_t record; /* index of the record whose raw evidence is gone */
		} erasure;
		struct {
			int64_t before; /* what the clock said last */
		} clock;
	};
};

/* Whether it is within its bounds. Returns 0, or -EINVAL with a sentence that names the field. */
int record_check(const struct record *r, struct err *err);

/* Appends the canonical JSON, without a line end. The record must be within its bounds: returns 0,
 * or -EINVAL with a sentence that names the field. */
int record_write(const struct record *r, struct buf *to, struct err *err);

/*
 * Reads one. Its spans are of the text: nothing in a canonical record is escaped, so scratch stays
 * empty and may be NULL. Returns 0; or -EINVAL with a sentence that names the field: unknown schema
 * or version, a field that is missing, unknown, twice there or out of its bounds, or text that is
 * not canonical. Cost: linear, at most 64 KiB. What is read gives the same bytes when written.
 */
int record_read(struct span text, struct buf *scratch, struct record *ret_record, struct err *err);

#endif
