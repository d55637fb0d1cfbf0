/*
 * A DMARC policy record taken apart (RFC 9989, 4.7 and 4.8; pct of RFC 7489, 6.3). Asks nothing.
 *
 * Tolerant as the RFC asks: what is not known is passed over, what is wrong behind the version is
 * as if it were not there, but for policies, which the record is worth nothing without.
 */
#ifndef CORDON_AUTH_DMARC_RECORD_H
#define CORDON_AUTH_DMARC_RECORD_H

#include "auth/dmarc.h"

enum dmarc_tag { DMARC_TAG_ABSENT, DMARC_TAG_GOOD, DMARC_TAG_WRONG };
enum dmarc_psd { DMARC_PSD_UNSAID, DMARC_PSD_YES, DMARC_PSD_NO };

/* A policy tag. */
struct dmarc_wish {
	enum dmarc_tag tag;
	enum dmarc_policy policy; /* when it is good */
};

struct dmarc_record {
	struct dmarc_wish p, sp, np;
	bool strict_dkim, strict_spf;
	bool testing;  /* t=y */
	bool reported; /* rua names at least one URI that could be */
	unsigned pct;  /* 0 .. 100; 100 when it is not said */
	enum dmarc_psd psd;
};

/*
 * Reads a TXT record. Returns false when it is no DMARC record: it does not begin with the version,
 * exactly "DMARC1" in capitals. Linear.
 */
bool dmarc_record_parse(struct span text, struct dmarc_record *ret);

/*
 * Settles what the record says of policy: false when it is worth nothing, because a policy in it is
 * wrong, or p is not there though RFC 7489 requires it, and no report could tell the owner so
 * (RFC 7489, 6.6.3; RFC 9989, 4.10.1). One that is wrong but reported says none.
 */
bool dmarc_record_settle(struct dmarc_record *r, bool must_have_p);

#endif
