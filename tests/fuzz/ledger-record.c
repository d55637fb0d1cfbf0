/* A record: what is read gives the same bytes when it is written. */
#include "ledger/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct buf again = {0};
	struct record r;
	struct err err = {""};

	if (record_read(text, NULL, &r, &err) < 0) {
		/* What is said of it is fit for a terminal. */
		for (const char *p = err.text; *p; p++)
			if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
				abort();
		return 0;
	}
	if (record_write(&r, &again, &err) < 0 || !span_eq(buf_span(&again), text))
		abort();
	buf_done(&again);
	return 0;
}
