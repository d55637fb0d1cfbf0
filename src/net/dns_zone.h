/*
 * A struct dns that answers from memory: from a zone file in text, or from what a test adds. For
 * tests, replays and `--zone FILE`. The file is the whole DNS: names of any domain stand in one,
 * and what does not stand there is NXDOMAIN.
 *
 * The text is a subset of master files (RFC 1035, 5): `name TTL IN TYPE data`, where TTL, IN, and
 * a name that is that of the line before may lack; $ORIGIN, $TTL, @, (), ;, "strings", \DDD and \X.
 * A, AAAA, CNAME, MX, NS, PTR, SOA and TXT are answered; of other types only that the name exists.
 * Wildcards are followed (RFC 4592), CNAMEs too (16 of them, then DNS_TEMPFAIL). Two types are of
 * our own, for what fails in real life:
 *
 *     broken.example.  SERVFAIL       no answer for types that have no record at this name
 *     broken.example.  SERVFAIL MX    no answer for MX, whatever there is
 *     slow.example.    TIMEOUT TXT    the same, but only at the asker's deadline
 *
 * Where no $ORIGIN was said, names are whole with or without the last dot.
 */
#ifndef CORDON_NET_DNS_ZONE_H
#define CORDON_NET_DNS_ZONE_H

#include "base/err.h"
#include "net/dns.h"

struct dns_zone;

/* A file may have so many bytes. */
#define DNS_ZONE_BYTES_MOST ((size_t)64 << 20)

/* TTL of records that none is told for, and of NODATA and NXDOMAIN; seconds. */
#define DNS_ZONE_TTL      3600
#define DNS_ZONE_TTL_NONE 300

enum dns_fault { DNS_FAULT_SERVFAIL, DNS_FAULT_TIMEOUT };

/* An empty one. Returns 0 or -ENOMEM. */
int dns_zone_new(struct dns_zone **ret_zone);
void dns_zone_free(struct dns_zone *z); /* NULL is fine */

/* Opens a file ("-": standard input). Returns 0, or a negative errno with a sentence. */
int dns_zone_open(const char *path, struct dns_zone **ret_zone, struct err *err);

/* Who answers. Many threads may ask at once while nobody adds. Lives as long as z. Constant cost,
 * but for names under no name that is there: then linear in their labels. */
struct dns *dns_zone_dns(struct dns_zone *z);

/*
 * Adds what a text says. `name` is what errors call it. Returns 0, or -EINVAL with "NAME:LINE: what
 * is wrong, and what to write"; z then holds the lines before. -ENOMEM.
 */
int dns_zone_read(struct dns_zone *z, struct span text, const char *name, struct err *err);

/*
 * Adds a record as an answer would give it (names in text as \DDD, TXT as its bytes). Of a type
 * that is none of ours, only the name is added. Copies all. Returns 0; -EINVAL when a name is none
 * that could be, -EEXIST when a CNAME would stand beside other records (RFC 1034, 3.6.2), -ENOMEM.
 */
int dns_zone_add(struct dns_zone *z, struct span name, enum dns_type type, uint32_t ttl,
	const struct dns_record *r);

/* A name fails from now on: for one type, or (0) for all that have no record there. Returns 0,
 * -EINVAL or -ENOMEM. */
int dns_zone_fail(struct dns_zone *z, struct span name, enum dns_type type, enum dns_fault fault);

#endif
