/* The table is at most half full, so a lookup of a missing name ends after a step or two. */
#include "judge/names.h"

#include "base/hash.h"

#include <stdlib.h>

struct slot {
	struct span name;
	int value;
};

struct names {
	size_t mask;
	struct slot slot[];
};

/* Takes the next name off a list, false at its end. */
static bool next_name(struct span *rest, struct span *ret_name)
{
	*rest = span_trim(*rest);
	size_t n = 0;

	while (n < rest->n && !ascii_is_space(rest->p[n]))
		n++;
	*ret_name = span_take(*rest, n);
	*rest = span_skip(*rest, n);
	return n > 0;
}

static struct slot *find(const struct names *names, struct span name)
{
	size_t i = hash64(name, 0) & names->mask;

	while (names->slot[i].name.n && !span_eq(names->slot[i].name, name))
		i = (i + 1) & names->mask;
	return (struct slot *)&names->slot[i];
}

struct names *names_new(const struct names_list *lists, size_t n, bool merge)
{
	size_t count = 0, room = 16;
	struct span rest, name;

	for (size_t i = 0; i < n; i++)
		for (rest = span_cstr(lists[i].names); next_name(&rest, &name);)
			count++;
	while (room < 2 * count)
		room *= 2;
	struct names *names = calloc(1, sizeof(*names) + room * sizeof(names->slot[0]));

	if (!names)
		return NULL;
	names->mask = room - 1;
	for (size_t i = 0; i < n; i++) {
		for (rest = span_cstr(lists[i].names); next_name(&rest, &name);) {
			struct slot *s = find(names, name);

			if (!s->name.n || merge)
				s->value |= lists[i].value;
			s->name = name;
		}
	}
	return names;
}

void names_free(struct names *names)
{
	free(names);
}

int names_get(const struct names *names, struct span name)
{
	const struct slot *s = name.n ? find(names, name) : NULL;

	return s && s->name.n ? s->value : -1;
}

bool name_one_slip(struct span a, struct span b)
{
	size_t front = 0, back = 0;

	if (a.n > b.n + 1 || b.n > a.n + 1)
		return false;
	while (front < a.n && front < b.n && a.p[front] == b.p[front])
		front++;
	while (back < a.n - front && back < b.n - front &&
		a.p[a.n - 1 - back] == b.p[b.n - 1 - back])
		back++;
	size_t left_a = a.n - front - back, left_b = b.n - front - back;

	if (left_a <= 1 && left_b <= 1)
		return left_a + left_b > 0;
	return left_a == 2 && left_b == 2 && a.p[front] == b.p[front + 1] &&
	       a.p[front + 1] == b.p[front];
}
