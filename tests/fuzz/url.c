/* URLs: hosts are names or addresses and read the same again; nothing is outside of its bounds. */
#include "mail/url.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* A host that was read once is plain, and must come out as it is. */
static void again(struct arena *a, const struct url *u)
{
	char text[DOMAIN_MOST + 16] = "http://";
	struct span host = u->host;
	struct url second;
	size_t n = 7;
	bool v6 = span_index(host, ':') >= 0;

	if (v6)
		text[n++] = '[';
	memcpy(text + n, host.p, host.n);
	n += host.n;
	if (v6)
		text[n++] = ']';
	check(!url_parse(a, (struct span){text, n}, URL_REFERENCE, &second));
	check(!second.bad && span_eq(second.host, host) && second.address == u->address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct arena a;
	struct url u;

	arena_init(&a, (size_t)8 << 20);
	for (int form = URL_REFERENCE; form <= URL_BARE_HOST; form++) {
		check(!url_parse(&a, in, (enum url_form)form, &u));
		check(u.host.n <= DOMAIN_MOST && u.path.n <= size);
		if (u.host.n)
			again(&a, &u);
	}
	arena_done(&a);
	return 0;
}
