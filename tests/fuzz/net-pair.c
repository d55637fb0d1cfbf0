/* Lines of prefix<TAB>asn. */
#include "import_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import_lines(import_pair_line, data, size);
	return 0;
}
