/* Sightings as a STIX 2.1 bundle (OASIS Standard, 10 June 2021), for threat intelligence platforms.
 */
#ifndef CORDON_CLI_LEDGER_STIX_H
#define CORDON_CLI_LEDGER_STIX_H

#include "ledger/ledger.h"

#include <stdio.h>

/*
 * Writes the sightings whose indexes stand in temp.chosen (ledger_select.h) as one bundle. Of each
 * host and kind: an indicator, the observed data with the host and its network, and a sighting of
 * the former by the latter, with how often, from when to when, and the index of its first record;
 * of command servers an infrastructure; of campaigns what indicates them. Identifiers follow from
 * what they name, so the same records give the same bytes, and hosts and networks have those that
 * others give them (2.9 of the standard). Returns 0 or a negative errno with a sentence. Memory
 * does not grow with the records.
 */
int ledger_stix_write(FILE *to, struct ledger *l, struct err *err);

#endif
