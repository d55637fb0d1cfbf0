/* A date. */
#include "mail/date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_date d = {.odd = false};

	if (date_parse((struct span){(const char *)data, size}, &d) < 0)
		return 0;
	/* Years 1 to 9999, and the largest zone either way. */
	if (d.unix_s < -62135596800LL - 6000 * 60 || d.unix_s > 253402300800LL + 6000 * 60)
		abort();
	return 0;
}
