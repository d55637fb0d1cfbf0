/*
 * Short memory on demand, for programs linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free: a chosen allocation fails, and what
 * is not given back is counted. Included by one file of such a program.
 */
#ifndef CORDON_TESTS_SHORT_MEMORY_H
#define CORDON_TESTS_SHORT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static unsigned long asked, fail_at; /* the allocation that fails; 0: none */
static bool fail_on;                 /* and all behind it */
static long alive;

static bool fails(void)
{
	asked++;
	return fail_at && (asked == fail_at || (fail_on && asked > fail_at));
}

void *__wrap_malloc(size_t n)
{
	void *p = fails() ? NULL : __real_malloc(n);

	alive += p != NULL;
	return p;
}

void *__wrap_calloc(size_t count, size_t n)
{
	void *p = fails() ? NULL : __real_calloc(count, n);

	alive += p != NULL;
	return p;
}

void *__wrap_realloc(void *old, size_t n)
{
	void *p = fails() ? NULL : __real_realloc(old, n);

	alive += p && !old;
	return p;
}

void __wrap_free(void *p)
{
	alive -= p != NULL;
	__real_free(p);
}

#endif
