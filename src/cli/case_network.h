/* What a case file says of a network besides the ledger: from tables, graph and routes of the day
 * nearest its own. What is not installed is said to be missing, with how to install it. */
#ifndef CORDON_CLI_CASE_NETWORK_H
#define CORDON_CLI_CASE_NETWORK_H

#include "case/case.h"
#include "net/shelf.h"

/* Fills c->network and c->depeer. Returns 0 or a negative errno with a sentence. Cost: a pass over
 * the tables nearest the day, and one what-if (cut/depeer.h). */
int case_network_fill(struct case_file *c, struct shelf *shelf, struct err *err);

#endif
