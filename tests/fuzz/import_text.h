/* Imports a fuzzer's bytes as a file and asks the table that comes of it, if one does. */
#ifndef CORDON_FUZZ_IMPORT_TEXT_H
#define CORDON_FUZZ_IMPORT_TEXT_H

#include "net/import_format.h"
#include "net/table.h"

#include <stdlib.h>

static inline struct import *fuzz_import_begin(void)
{
	struct import *im;

	if (import_begin(&(struct import_options){.has_day = true}, &im) < 0)
		abort();
	im->path = "fuzz";
	return im;
}

/* The table must open and answer, whatever went in. */
static inline void fuzz_import_end(struct import *im)
{
	struct table_label label = {0};
	struct buf payload = {0};
	struct origin o;
	struct table *t;

	if (table_builder_finish(im->table, &label, &payload, NULL) < 0 ||
		table_open_memory(buf_span(&payload), &t) < 0)
		abort();
	for (uint32_t i = 0; i < 256; i++) {
		struct ip ip = ip_from_v4(i << 24 | 1);

		table_lookup(t, &ip, &o);
	}
	table_close(t);
	buf_done(&payload);
	import_free(im);
}

/* Line by line through a format's own function. */
static inline void fuzz_import_lines(import_line *format, const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, line;
	struct import *im = fuzz_import_begin();

	while (span_line(&rest, &line))
		if (format(im, span_take(line, IMPORT_LINE_MOST)) < 0)
			abort();
	fuzz_import_end(im);
}

#endif
