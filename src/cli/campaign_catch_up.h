/*
 * Campaigns and the ledger are two things on disk, and a crash may come between them. The ledger is
 * the truth; the campaigns keep how far it was when they were saved, and what came after that is
 * put into them again from the raw evidence. So a state of campaigns that was lost is made anew as
 * well.
 */
#ifndef CORDON_CLI_CAMPAIGN_CATCH_UP_H
#define CORDON_CLI_CAMPAIGN_CATCH_UP_H

#include "base/err.h"
#include "judge/campaign.h"
#include "ledger/ledger.h"

/*
 * Puts every message into c that the ledger has since campaigns_mark(c) with a campaign and with
 * raw evidence. What was erased is passed over. Returns 0 or a negative errno with a sentence.
 * Cost: the messages since the last save; nothing after an orderly end.
 */
int campaign_catch_up(struct campaigns *c, struct ledger *l, struct err *err);

#endif
