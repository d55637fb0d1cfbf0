/* X-ARF reports: whatever JSON says, what is taken is within the bounds of a sighting. */
#include "feed_sink.h"
#include "trace/xarf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_tools *tools;
	json_t *j = json_loadb((const char *)data, size, 0, NULL);
	const char *field;
	struct arena a;
	struct xarf x;

	if (!tools)
		tools = domain_tools_new();
	arena_init(&a, (size_t)1 << 20);
	if (j && xarf_is(j)) {
		int rc = xarf_read(&a, tools, j, &x);

		if (rc < 0 && !arena_spent(&a))
			abort();
		for (size_t i = 0; rc == FEED_TAKEN && i < x.n; i++) {
			struct sighting s = x.sighting[i];

			s.source = span_cstr(x.reporter);
			s.at = FEED_NOW;
			s.confidence = s.confidence ? s.confidence : 1;
			if (sighting_check(&s, &field) < 0)
				abort();
		}
	}
	json_decref(j);
	arena_done(&a);
	return 0;
}
