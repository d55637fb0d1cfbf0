/* Rows of CSV with origins. */
#include "import_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_import_lines(import_csv_line, data, size);
	return 0;
}
