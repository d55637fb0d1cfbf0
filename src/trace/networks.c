#include "trace/networks.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

#define ADDRESSES_MOST 65536 /* of all networks together */

struct networks {
	struct network *at; /* at[n], by number */
	size_t n, room;
	struct network *ranked;
	uint64_t *address; /* open hash set over family, AS and bytes; 0 is free */
	size_t addresses, slots;
};

struct networks *networks_new(void)
{
	struct networks *n = calloc(1, sizeof(*n));

	if (n)
		n->address = calloc(n->slots = 1024, sizeof(*n->address));
	if (n && !n->address) {
		free(n);
		return NULL;
	}
	return n;
}

void networks_free(struct networks *n)
{
	if (!n)
		return;
	free(n->at);
	free(n->ranked);
	free(n->address);
	free(n);
}

static void put_address(uint64_t *set, size_t slots, uint64_t key)
{
	size_t at = key % slots;

	while (set[at] && set[at] != key)
		at = (at + 1) % slots;
	set[at] = key;
}

/* True when the address was not there and is now. */
static bool is_new_address(struct networks *n, const struct ip *ip)
{
	uint64_t key = hash64((struct span){(const char *)ip, sizeof(*ip)}, 0) | 1;
	size_t at = key % n->slots;

	for (; n->address[at]; at = (at + 1) % n->slots)
		if (n->address[at] == key)
			return false;
	if (n->addresses >= ADDRESSES_MOST)
		return false;
	if (n->addresses * 2 >= n->slots) {
		uint64_t *more = calloc(n->slots * 2, sizeof(*more));

		if (!more)
			return false;
		for (size_t i = 0; i < n->slots; i++)
			if (n->address[i])
				put_address(more, n->slots * 2, n->address[i]);
		free(n->address);
		n->address = more;
		n->slots *= 2;
	}
	put_address(n->address, n->slots, key);
	n->addresses++;
	return true;
}

static void copy_holder(char *to, size_t room, struct span holder)
{
	struct span s = span_take(holder, room - 1);

	while (s.n && s.n < holder.n && (holder.p[s.n] & 0xc0) == 0x80)
		s.n--;
	if (s.n)
		memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

/* Index of the first network whose number is not under asn. */
static size_t place_of(const struct networks *n, asn_t asn)
{
	size_t low = 0, high = n->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (n->at[mid].asn < asn)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct network *network_of(struct networks *n, const struct traced *t)
{
	asn_t asn = t->on.found ? t->on.origin.asn : 0;
	size_t i = place_of(n, asn);

	if (i < n->n && n->at[i].asn == asn)
		return &n->at[i];
	if (n->n == n->room) {
		size_t room = n->room ? n->room * 2 : 64;
		struct network *more = realloc(n->at, room * sizeof(*more));

		if (!more)
			return NULL;
		n->at = more;
		n->room = room;
	}
	memmove(&n->at[i + 1], &n->at[i], (n->n - i) * sizeof(*n->at));
	n->n++;
	n->at[i] = (struct network){.asn = asn, .first_day = INT32_MAX, .last_day = INT32_MIN};
	copy_holder(n->at[i].holder, sizeof(n->at[i].holder), t->on.origin.holder);
	return &n->at[i];
}

static struct network *seen(struct networks *n, const struct traced *t, int32_t day)
{
	struct network *w = network_of(n, t);

	if (!w)
		return NULL;
	if (day < w->first_day)
		w->first_day = day;
	if (day > w->last_day)
		w->last_day = day;
	w->stale |= t->on.found && t->on.stale;
	return w;
}

int networks_add(struct networks *n, const struct trace *t)
{
	struct network *w;

	if (t->has_source) {
		if (!(w = seen(n, &t->source, t->day)))
			return -ENOMEM;
		w->messages++;
		w->addresses += is_new_address(n, &t->source.ip);
	}
	for (size_t i = 0; i < t->hosts; i++) {
		for (size_t k = 0; k < t->host[i].n; k++) {
			if (!(w = seen(n, &t->host[i].at[k], t->day)))
				return -ENOMEM;
			w->hosts++;
		}
	}
	return 0;
}

static int by_weight(const void *a, const void *b)
{
	const struct network *x = a, *y = b;

	if (x->messages != y->messages)
		return x->messages < y->messages ? 1 : -1;
	if (x->hosts != y->hosts)
		return x->hosts < y->hosts ? 1 : -1;
	return (x->asn > y->asn) - (x->asn < y->asn);
}

const struct network *networks_ranked(struct networks *n, size_t *ret_n)
{
	struct network *ranked = realloc(n->ranked, (n->n + 1) * sizeof(*ranked));

	*ret_n = 0;
	if (!ranked)
		return NULL;
	n->ranked = ranked;
	*ret_n = n->n;
	if (n->n) {
		memcpy(ranked, n->at, n->n * sizeof(*ranked));
		qsort(ranked, n->n, sizeof(*ranked), by_weight);
	}
	return ranked;
}
