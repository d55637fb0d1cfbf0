/*
 * Lines of bgpdump -m: what is read is within its room; what is imported comes to paths that open
 * and to prefixes in order. The table is left to the other targets, since making one is slow.
 */
#include "import_text.h"
#include "net/asn.h"

static struct bgp_text_room room;

static void read_line(struct span line)
{
	struct bgp_text_route r;
	int bad = bgp_text_read(line, &room, &r);

	if (bad)
		return;
	if (!bgp_text_is(line) || r.kind > BGP_TEXT_STATE || r.hops > line.n / 2 + 1)
		abort();
	for (size_t i = 0; r.kind <= BGP_TEXT_ANNOUNCE && i < r.hops; i++)
		if (room.kind[i] > HOP_CONFED || (r.plain && room.kind[i] != HOP_AS))
			abort();
}

static void check_routes(struct import *im)
{
	struct prefix_origin o, before;
	struct paths *p;

	if (paths_builder_open(im->paths, &(struct paths_label){0}, &p) < 0)
		abort();
	paths_close(p);
	origin_count_sort(im->origins);
	for (bool first = true; origin_count_next(im->origins, &o); first = false, before = o) {
		int order = first ? -1 : ip_compare(&before.prefix.ip, &o.prefix.ip);

		if (order > 0 || (order == 0 && before.prefix.length >= o.prefix.length))
			abort();
		if (!asn_may_stand(o.asn) || !o.origins)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, line;
	struct import *im = fuzz_import_begin();

	while (span_line(&rest, &line)) {
		line = span_take(line, BGP_TEXT_LINE_MOST);
		read_line(line);
		if (import_bgp_line(im, line) < 0)
			abort();
	}
	if (im->paths)
		check_routes(im);
	import_free(im);
	return 0;
}
