#include "base/huge.h"

#include <stdint.h>
#include <sys/mman.h>

#define PAGE ((size_t)2 << 20)

/* Bytes to the next whole page. */
static size_t whole(size_t n)
{
	return (n + PAGE - 1) & ~(PAGE - 1);
}

void *huge_alloc(size_t n)
{
	size_t bytes;

	if (__builtin_add_overflow(n, 2 * PAGE, &bytes))
		return NULL;
	bytes = whole(n) + PAGE;
	char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return NULL;
	/* mmap() aligns to small pages: what stands over at both ends goes back. */
	size_t before = whole((uintptr_t)map) - (uintptr_t)map;

	if (before)
		munmap(map, before);
	munmap(map + before + whole(n), PAGE - before);
	madvise(map + before, whole(n), MADV_HUGEPAGE); /* refused, it is slower, not wrong */
	return map + before;
}

void huge_free(void *p, size_t n)
{
	if (p)
		munmap(p, whole(n));
}
