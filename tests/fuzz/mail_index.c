/* An index of labelled mail: every path it names is in its own bytes, and can be found again. */
#include "cli/mail_index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct mail_index x;
	struct err err;
	size_t at = 0;
	int rc = mail_index_parse(text, "folder/index", &x, &err);

	check((rc == 0) == (rc >= 0) && (rc < 0 || x.n));
	for (size_t i = 0; i < x.n; i++) {
		check(span_find(text, span_cstr(x.entry[i].path)) >= 0);
		check(x.entry[i].path[0] && x.file[i] == x.entry[i].file);
		check(x.file[i][0] == '/' || !strncmp(x.file[i], "folder/", 7));
		check(mail_index_find(&x, x.file[i], &at) != NULL && at <= i);
	}
	mail_index_done(&x);
	return 0;
}
