/* A case file's sightings, hosts, campaigns and notices, from the ledger's index. */
#ifndef CORDON_CASE_CASE_READ_H
#define CORDON_CASE_CASE_READ_H

#include "case/case.h"
#include "judge/campaign.h"

#include <sqlite3.h>

struct case_asked {
	asn_t asn;
	int32_t day;    /* the last day that counts; below 0: that of the newest sighting */
	int32_t window; /* 1 .. CASE_WINDOW_MOST days; 0: CASE_WINDOW */
	size_t records; /* 1 .. CASE_RECORDS_MOST; 0: CASE_RECORDS */
	bool raw;       /* raw evidence will be quoted, so texts of campaigns are wanted too */
	struct campaigns *campaigns; /* for what campaigns say; may be NULL */
};

/*
 * Fills a case file from the index (docs/formats/ledger-index.md). The same index gives the same.
 * Returns 0; -ENOMEM, or -EIO with what SQLite says; then *ret_case is untouched. A network of
 * which nothing is known gives a case without sightings. Cost: a pass over the network's
 * sightings, sorted by time; some 200 bytes a host in memory.
 */
int case_read(
	sqlite3 *db, const struct case_asked *asked, struct case_file *ret_case, struct err *err);

/* Adds a record to a claim; at most `most` of them are kept, the first and the last that were added
 * always. case_claim_end() brings them into order. */
void case_claim_add(struct case_claim *claim, uint64_t seq, size_t most);
void case_claim_end(struct case_claim *claim);

#endif
