/*
 * A DNS server on loopback for tests, that does what the first label of the name says:
 *
 *   ok       A 192.0.2.1, MX 10 ok.NAME, PTR and NS ok.NAME, TXT of the text "ok"
 *   none     NODATA with a SOA     nothing   NXDOMAIN with a SOA     servfail, refused
 *   big      cut over UDP; over TCP a TXT of 30 strings of 250 bytes
 *   hang     silence               cut       cut over UDP, silence over TCP
 *   ever     cut over UDP and over TCP
 *   liar     another id            other     the answer to another question
 *   poison   right, and beside it that ok7.victim.example is 203.0.113.66
 *   stranger that, in place of an answer
 *   flood    cut over UDP; over TCP 64 KiB of records; over UDP also ten datagrams of garbage
 *   garbage  bytes without sense
 *   chainN   a CNAME to chainN+1, for ever
 *   loopa    a delegation to ns.loopb.NAME without its address; loopb: to ns.loopa.NAME
 *
 * Names are as these with anything behind the label's letters, as hang17.
 */
#ifndef CORDON_TESTS_DNS_SERVER_H
#define CORDON_TESTS_DNS_SERVER_H

struct dns_server;

/* Starts one in a thread, on a free port; its number. */
struct dns_server *dns_server_start(int *ret_port);
void dns_server_stop(struct dns_server *s);

/* Questions that it got so far. */
unsigned dns_server_asked(const struct dns_server *s);

/* From now on, until unset, it is silent whatever it is asked. */
void dns_server_mute(struct dns_server *s, int mute);

#endif
