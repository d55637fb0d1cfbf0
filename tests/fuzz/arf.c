/* Mails that may be feedback reports. */
#include "feed_sink.h"
#include "trace/arf.h"
#include "trace/xarf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp, *inner;
	struct fields fields;
	struct message *m;
	struct sighting s;
	const char *field;
	struct arf r;

	if (!mp && (!(mp = message_parser_new(0)) || !(inner = message_parser_new(0))))
		abort();
	if (message_parse(mp, (struct span){(const char *)data, size}, &m) < 0)
		abort();
	int rc = arf_read(mp, m, inner, &r);

	if (rc == FEED_TAKEN)
		rc = arf_sighting(mp, &r, &s);
	if (rc == FEED_TAKEN) {
		s.source = SPAN("fuzz");
		s.confidence = 1;
		s.at = FEED_NOW;
		if (sighting_check(&s, &field) < 0)
			abort();
	}
	if (arf_find_xarf(mp, m, &fields)) {
		struct xarf x;

		if (xarf_read_fields(message_arena(mp), &fields, &x) == FEED_TAKEN && x.n != 1)
			abort();
	}
	return 0;
}
