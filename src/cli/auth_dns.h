/*
 * The DNS for a command that asks one question after another: libunbound (net/dns_unbound.h) behind
 * a struct dns that waits. For one thread.
 */
#ifndef CORDON_CLI_AUTH_DNS_H
#define CORDON_CLI_AUTH_DNS_H

#include "base/err.h"
#include "net/dns.h"

struct auth_dns;

/*
 * Opens it on server[n], addresses with or without "@port"; n == 0: those of /etc/resolv.conf;
 * "root": none of them, but down from the root. Returns 0, or a negative errno with a sentence.
 */
int auth_dns_open(char *const *server, size_t n, struct auth_dns **ret, struct err *err);
void auth_dns_close(struct auth_dns *d); /* takes NULL */

struct dns *auth_dns_dns(struct auth_dns *d);

#endif
