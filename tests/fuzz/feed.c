/* Lists of every format, in memory: the first byte says which; JSON whole, the others by lines.
 * What is taken must be within the bounds of a sighting (feed_sink.h checks it). */
#include "feed_sink.h"
#include "trace/feed_host.h"
#include "trace/feed_work.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	struct span text = {(const char *)data + (size > 0), size - (size > 0)}, rest = text, line;
	struct feed_sink k = {.count_only = true};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct err err;
	struct feed f = {.o = &o,
		.report = &r,
		.err = &err,
		.name = "fuzz",
		.when = {86400 * 14000LL, FEED_DAY}};
	static int (*const readers[])(struct feed * f, struct span line) = {
		feed_list_line, feed_hosts_line, feed_levels_line, feed_csv_line};

	if (!mp)
		mp = message_parser_new(0);
	f.mp = mp;
	f.today = true;
	arena_init(&f.arena, (size_t)1 << 20);
	enum feed_format told = feed_tell(&f, text);
	unsigned which = size ? data[0] % 6 : 0;

	if (which == 5 || told == FEED_JSON) {
		if (feed_json_read(&f, text) < 0)
			abort();
	} else {
		if (which == 3 && !f.columns)
			which = 0;
		if (which == 4)
			which = f.columns ? 3 : 0;
		while (span_line(&rest, &line)) {
			arena_reset(&f.arena);
			if (readers[which](&f, span_take(line, FEED_LINE_MOST)) < 0)
				abort();
		}
	}
	if (r.count[FEED_TAKEN] != k.n)
		abort();
	buf_done(&f.identity);
	arena_done(&f.arena);
	feed_sink_done(&k);
	return 0;
}
