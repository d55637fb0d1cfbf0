/* What tests of DKIM and ARC share: keys, a zone that has them, and runs. */
#ifndef CORDON_TESTS_UNIT_AUTH_DKIM_CASE_H
#define CORDON_TESTS_UNIT_AUTH_DKIM_CASE_H

#include "auth/arc.h"
#include "dkim_signer.h"
#include "net/dns_zone.h"

enum case_key { CASE_RSA, CASE_RSA1024, CASE_RSA512, CASE_ED25519, CASE_KEYS };

#define CASE_NOW INT64_C(1700000000)

extern struct signer_key case_key[CASE_KEYS];
extern struct dns_zone *case_zone; /* SELECTOR._domainkey.example.org: rsa, rsa1024, rsa512, ed */
extern struct message_parser *case_parser;
extern struct dns_budget case_dns; /* filled anew by each run */

/* Group fixtures. */
int case_setup(void **state);
int case_teardown(void **state);

/* Adds TXT at NAME._domainkey.example.org; a %s in the text is p= of the key. */
void case_record(const char *name, const char *text, enum case_key key);

/* Lets every question about that name fail, or makes it one without TXT. */
void case_fail(const char *name, enum dns_fault fault);
void case_no_text(const char *name);

/* Parses and verifies; what is given lives until the next run. */
struct dkim case_dkim(struct span raw);
struct arc case_arc(struct span raw);

/* The same with so many questions. */
struct dkim case_dkim_within(struct span raw, uint32_t questions);
struct arc case_arc_within(struct span raw, uint32_t questions);

/* A message: signature's field, head, empty line, body. The buffer is emptied first. */
void case_sign(struct buf *to, const struct signer *s, const char *head, struct span body);

/* Fails the test unless that is the result and, where reason is not NULL, that the reason. */
void case_expect(const char *what, const struct dkim *dkim, const char *result, const char *reason);

#endif
