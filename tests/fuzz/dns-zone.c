/* Zone files in text: what is read answers every question within its bounds. */
#include "net/dns_zone.h"

#include <stdlib.h>

static void check(const struct dns_answer *a, enum dns_type type)
{
	size_t bytes = 0;

	if ((a->status == DNS_OK) != (a->n > 0) || a->n > DNS_RECORDS_MOST)
		abort();
	for (size_t i = 0; i < a->n; i++) {
		const struct dns_record *r = &a->record[i];

		bytes += r->text.n;
		if ((type == DNS_A && r->ip.family != IP_V4) ||
			(type == DNS_AAAA && r->ip.family != IP_V6) ||
			(type == DNS_MX && i && r[-1].preference > r->preference))
			abort();
	}
	if (bytes > DNS_BYTES_MOST)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {
		DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX, DNS_NS, DNS_PTR, DNS_SOA, DNS_TXT};
	static const struct span names[] = {
		{"example", 7}, {"www.example", 11}, {"a.wild.example", 14}, {"a", 1}};
	struct span text = {(const char *)data, size};
	struct dns_zone *z;
	struct arena arena;
	struct err err;
	int r;

	if (dns_zone_new(&z) < 0)
		return 0;
	arena_init(&arena, (size_t)4 << 20);
	r = dns_zone_read(z, text, "fuzz", &err);
	if (r < 0 && strncmp(err.text, "fuzz:", 5) != 0)
		abort();
	for (size_t i = 0; i < 32; i++) {
		struct dns *dns = dns_zone_dns(z);
		struct dns_answer a;

		dns->ask(dns, names[i / 8], types[i % 8], 0, &arena, &a);
		check(&a, types[i % 8]);
	}
	arena_done(&arena);
	dns_zone_free(z);
	return 0;
}
