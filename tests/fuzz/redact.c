/* Redaction: whatever a message holds, no address of mail and nothing to be followed is quoted. */
#include "case/redact.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char to[] = "To: <victor@recipient.example>\n";
	struct buf raw = {0}, out = {0};

	buf_str(&raw, to);
	buf_add(&raw, (struct span){(const char *)data, size});
	redact_message(&out, buf_span(&raw));
	struct span shown = buf_span(&out);

	check(buf_ok(&out));
	check(span_index(shown, '@') < 0);
	check(span_find_nocase(shown, SPAN("recipient.example")) < 0);
	check(span_find_nocase(shown, SPAN("victor")) < 0);
	check(span_find_nocase(shown, SPAN("http://")) < 0);
	check(shown.n <= (REDACT_HEADER_MOST + REDACT_TEXT_MOST + 3) * 8 * REDACT_LINE_MOST);
	buf_done(&raw);
	buf_done(&out);
	return 0;
}
