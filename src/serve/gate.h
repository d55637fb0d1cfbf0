/*
 * What all threads of the gate share: the judge in force, the tables of networks, who answers
 * questions to the DNS, where the keeper is; and the bounds on judging at a time.
 */
#ifndef CORDON_SERVE_GATE_H
#define CORDON_SERVE_GATE_H

#include "base/config.h"
#include "judge/judge.h"
#include "net/dns.h"
#include "net/shelf.h"
#include "serve/ipc.h"
#include "serve/policy.h"
#include "serve/status.h"

#include <stdatomic.h>

/* What the gate is made of. All but the judge stays the caller's, and as long as the gate. */
struct gate_parts {
	const struct config_gateway *config;
	struct span name;          /* ours, in Authentication-Results */
	struct judge *judge;       /* given over */
	const struct shelf *shelf; /* NULL: no tables */
	struct dns *dns;           /* NULL: nothing is asked: authentication is left out */
	struct status *status;
	int keeper;                /* socket to it; -1: there is none, what it would keep is lost */
	struct ipc_client *ask_keeper; /* questions over the same socket; NULL: none */
	uint64_t campaign_key;     /* of prints; 0: none are taken yet */
};

struct gate;

/*
 * Makes it: settings are read, of which -EINVAL tells what is wrong with a sentence; then the judge
 * is still the caller's. config->threads messages are judged at a time (0: as many as cores), and
 * up to GATE_BENCHES_MOST are in hand, those that wait for the DNS with them.
 */
#define GATE_BENCHES_MOST 128
int gate_new(const struct gate_parts *parts, struct gate **ret, struct err *err);
void gate_free(struct gate *g); /* no message may be in hand; takes NULL */

/*
 * Takes a newer model (judge_renew()); messages in hand end with the old one. Any thread, one at a
 * time. Returns 0 or a negative errno with a sentence; then the old one stays.
 */
int gate_renew(struct gate *g, struct span model, struct err *err);

/*
 * Takes a newer configuration, and our name by it; both stay the caller's and as long as the gate,
 * for messages in hand go on with what they began with, and each question to the older one is as
 * good. config->threads stays as it was. Any thread, one at a time. Returns 0, -ENOMEM, or -EINVAL
 * with a sentence that names the setting; then the older one stays.
 */
int gate_configure(
	struct gate *g, const struct config_gateway *c, struct span name, struct err *err);

/* The key of campaigns' prints, when it is known. Any thread. */
void gate_set_campaign_key(struct gate *g, uint64_t key);

/* The configuration in force, and the status it was made of. */
const struct config_gateway *gate_config(const struct gate *g);
struct status *gate_status(const struct gate *g);

/* How many messages are in hand now. */
unsigned gate_in_hand(const struct gate *g);

/*
 * Writes an id: the milliseconds since 1970 in 42 bits, then 38 random bits, in letters of five
 * bits, so that ids are in order of time and cannot be guessed.
 */
void gate_id(int64_t milliseconds, uint64_t random, char to[DECIDED_ID + 1]);

#endif
