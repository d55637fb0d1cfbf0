/* An address list. */
#include "base/utf8.h"
#include "mail/address.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	struct anomalies odd = {0};
	struct address *list = NULL;
	struct message *m;

	if (!mp)
		mp = message_parser_new(0);
	/* An empty message gives the arena back. */
	if (!mp || message_parse(mp, (struct span){NULL, 0}, &m) < 0)
		abort();
	int n = address_list(mp, (struct span){(const char *)data, size}, &odd, &list);

	if (n < 0 || n > 1000)
		abort();
	for (int i = 0; i < n; i++)
		if (!utf8_valid(list[i].name) || span_index(list[i].domain, '@') >= 0)
			abort();
	return 0;
}
