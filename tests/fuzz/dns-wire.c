/* Answers of the DNS to a question for a.example, of the type that the first byte says. */
#include "net/dns_wire.h"

#include <errno.h>
#include <stdlib.h>

static bool name_fits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || (s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
	return s.n < DNS_NAME_TEXT;
}

static void check(const struct dns_answer *a, enum dns_type type)
{
	size_t bytes = 0;

	if ((a->status == DNS_OK) != (a->n > 0) || a->n > DNS_RECORDS_MOST ||
		a->status > DNS_TEMPFAIL || (a->status == DNS_TEMPFAIL && a->ttl))
		abort();
	for (size_t i = 0; i < a->n; i++) {
		const struct dns_record *r = &a->record[i];

		bytes += r->text.n;
		if ((type == DNS_A && r->ip.family != IP_V4) ||
			(type == DNS_AAAA && r->ip.family != IP_V6) ||
			(type == DNS_MX && i && r[-1].preference > r->preference) ||
			(type != DNS_TXT && !name_fits(r->text)))
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
	struct dns_answer a = {.status = DNS_TEMPFAIL};
	struct arena arena;
	int r;

	if (size < 2)
		return 0;
	struct span m = {(const char *)data + 1, size - 1};
	enum dns_type type = types[data[0] % 8];

	arena_init(&arena, (size_t)1 << 20);
	r = dns_wire_answer(m, SPAN("a.example"), type, true, &arena, &a);
	if (r < 0 && (r != -EBADMSG || a.status != DNS_TEMPFAIL))
		abort();
	check(&a, type);
	arena_done(&arena);
	return 0;
}
