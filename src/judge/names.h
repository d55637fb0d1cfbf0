/*
 * A read-only table from names to numbers, made once from lists in the source: open addressing over
 * hash64, the names stay where they are.
 */
#ifndef CORDON_JUDGE_NAMES_H
#define CORDON_JUDGE_NAMES_H

#include "base/span.h"

struct names;

/* One list: names parted by spaces or line ends, all with that value. */
struct names_list {
	int value; /* 0 or more */
	const char *names;
};

/*
 * Makes the table. A name in several lists gets their values or-ed together when `merge` is set,
 * else the first one. NULL when memory is short. Threads may share it.
 */
struct names *names_new(const struct names_list *lists, size_t n, bool merge);
void names_free(struct names *names);

/* The value of a name, -1 when it is not in the table. Case matters. */
int names_get(const struct names *names, struct span name);

/* True when one letter more, less or other, or two neighbours swapped, turn a into b. */
bool name_one_slip(struct span a, struct span b);

#endif
