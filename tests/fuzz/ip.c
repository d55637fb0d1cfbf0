/*
 * Addresses and prefixes: what is read must come out canonical and read back as the same, and the
 * C library must agree on what an address is.
 */
#include "net/ip.h"

#include <arpa/inet.h>
#include <stdlib.h>

static void check_ip(struct span s)
{
	struct ip ip, back;
	char text[IP_TEXT], z[IP_TEXT] = "";
	uint8_t theirs[16];
	bool good = ip_parse(s, &ip) == 0;

	if (s.n < sizeof(z) && !memchr(s.p, 0, s.n)) {
		memcpy(z, s.p, s.n);
		if (good !=
			(inet_pton(AF_INET, z, theirs) == 1 || inet_pton(AF_INET6, z, theirs) == 1))
			abort();
	}
	if (good && (ip_parse(span_cstr(ip_format(&ip, text)), &back) < 0 || !ip_eq(&ip, &back)))
		abort();
	if (good)
		ip_scope_name(ip_scope(&ip));
}

static void check_prefix(struct span s)
{
	struct prefix p, back;
	char text[IP_TEXT];

	if (prefix_parse(s, &p) < 0)
		return;
	if (!prefix_has(&p, &p.ip) || strlen(prefix_format(&p, text)) >= IP_TEXT)
		abort();
	if (prefix_parse(span_cstr(text), &back) < 0 || !ip_eq(&p.ip, &back.ip) ||
		p.length != back.length)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span s = {(const char *)data, size};

	if (size) {
		check_ip(s);
		check_prefix(s);
	}
	return 0;
}
