/*
 * Short memory on demand, for programs linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free: a chosen allocation fails, and what
 * is not given back is counted. Included by one file of such a program.
 */
#ifndef CORDON_TESTS_SHORT_MEMORY_H
#define CORDON_TESTS_SHORT_MEMORY_H

#include "test.h"

#include <errno.h>
#include <stdbool.h>

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

/*
 * Runs once(raw) with the first allocation failing, then the second, and so on until all were
 * given; `on`: those behind it fail too. Each run ends well or with -ENOMEM and gives back what it
 * took; the last ends well. Returns how many ended with -ENOMEM.
 */
static unsigned fail_each(int (*once)(struct span raw), struct span raw, bool on)
{
	unsigned failed = 0;

	fail_on = on;
	for (fail_at = 1;; fail_at++) {
		long before = alive;

		asked = 0;
		int rc = once(raw);

		assert_true(rc == 0 || rc == -ENOMEM);
		failed += rc < 0;
		assert_int_equal(alive, before);
		if (asked < fail_at) {
			assert_int_equal(rc, 0);
			break;
		}
	}
	fail_at = 0;
	return failed;
}

#endif
