/* Two questions a host. */
#include "trace/dns_addresses.h"

#define MEMORY ((size_t)256 << 10) /* of one answer */

void dns_addresses_init(struct dns_addresses *d)
{
	*d = (struct dns_addresses){0};
	arena_init(&d->arena, MEMORY);
}

void dns_addresses_done(struct dns_addresses *d)
{
	arena_done(&d->arena);
}

static int addresses(void *context, struct span host, struct ip *to, size_t room)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA};
	struct dns_addresses *d = context;
	struct dns_answer a;
	size_t n = 0;

	dns_soon(&d->budget, host, DNS_AAAA);
	for (size_t i = 0; i < 2 && n < room; i++) {
		arena_reset(&d->arena);
		dns_ask(&d->budget, host, types[i], &d->arena, &a);
		for (size_t k = 0; k < a.n && n < room; k++)
			to[n++] = a.record[k].ip;
	}
	return (int)n;
}

struct resolver dns_addresses_resolver(struct dns_addresses *d)
{
	return (struct resolver){addresses, d};
}
