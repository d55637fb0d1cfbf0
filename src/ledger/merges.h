/* Campaigns that turned out to be one, in the ledger, so that the index can be made from the log. */
#ifndef CORDON_LEDGER_MERGES_H
#define CORDON_LEDGER_MERGES_H

#include "judge/campaign.h"
#include "ledger/ledger.h"

/* Adds a record for each campaign that became part of another as a print was put. Returns 0 or a
 * negative errno with a sentence. */
int ledger_add_merges(struct ledger *l, const struct campaign_put *put, struct err *err);

#endif
