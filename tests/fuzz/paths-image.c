/* The payload of an image of paths, as if its checksum were right: what opens must be readable to
 * its last hop, and no path longer than it may be. */
#include "net/paths.h"

#include <stdlib.h>
#include <string.h>

static void read_all(const struct paths *p)
{
	volatile uint64_t sum = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (p->start[i + 1] <= p->start[i] ||
			p->start[i + 1] - p->start[i] > PATH_HOPS_MOST)
			abort();
		for (uint32_t h = p->start[i]; h < p->start[i + 1]; h++)
			sum += p->hop[h];
		sum += p->routes[i];
	}
	for (size_t i = 0; i < p->info.source.n; i++)
		sum += (unsigned char)p->info.source.p[i];
	for (size_t i = 0; i < p->info.terms.n; i++)
		sum += (unsigned char)p->info.terms.p[i];
	(void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1); /* aligned, and with an end that the sanitizer sees */
	struct paths *p;

	memcpy(copy, data, size);
	if (paths_open_memory((struct span){copy, size}, &p) == 0) {
		read_all(p);
		paths_close(p);
	}
	free(copy);
	return 0;
}
