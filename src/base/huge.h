/*
 * Large tables that are looked up all over, on huge pages where the system gives them: with small
 * pages nearly every look-up is a walk through the page tables, which costs more than the work.
 */
#ifndef CORDON_BASE_HUGE_H
#define CORDON_BASE_HUGE_H

#include <stddef.h>

/* n bytes of zeros, n > 0, at a multiple of 2 MiB; untouched pages cost nothing. NULL when memory
 * is short. */
void *huge_alloc(size_t n);

/* Gives back what huge_alloc(n) gave; NULL is taken. */
void huge_free(void *p, size_t n);

#endif
