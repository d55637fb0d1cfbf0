/* Names: registrable domains end their host, and are their own; skeletons are their own. */
#include "base/utf8.h"
#include "mail/domain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_tools *tools;
	struct span in = {(const char *)data, size}, ascii;
	struct arena a;

	if (!tools)
		tools = domain_tools_new();
	arena_init(&a, (size_t)8 << 20);
	struct span domain = domain_registrable(tools, in);

	check(domain.n <= in.n && span_end(domain) == span_end(in));
	check(!domain.n || span_eq(domain_registrable(tools, domain), domain));
	domain_known_suffix(tools, in);
	if (!domain_to_ascii(&a, in, &ascii))
		domain_to_unicode(&a, ascii);
	struct span skeleton = domain_skeleton(&a, in);

	check(span_eq(domain_skeleton(&a, skeleton), skeleton));
	check(!utf8_valid(in) || utf8_valid(skeleton));
	script_mixed(in);
	check(count_invisible(in) + count_bidi(in) <= size);
	arena_done(&a);
	return 0;
}
