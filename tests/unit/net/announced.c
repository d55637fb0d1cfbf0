#include "test.h"

#include "base/random.h"
#include "net/announced.h"
#include "net/table_build.h"

#include <errno.h>

struct made {
	struct table_builder *b;
	struct buf payload;
	struct table *t;
	struct announced *list;
	size_t n;
};

static void begin(struct made *m)
{
	*m = (struct made){0};
	assert_int_equal(table_builder_new(&m->b), 0);
}

static void add(struct made *m, const char *prefix, asn_t asn, const char *holder)
{
	struct prefix p;
	uint32_t origin;

	assert_int_equal(prefix_parse(span_cstr(prefix), &p), 0);
	assert_int_equal(table_builder_origin(m->b, asn, span_cstr(holder), &origin), 0);
	assert_int_equal(table_builder_add_prefix(m->b, &p, origin), 0);
}

static void count(struct made *m)
{
	struct table_label label = {0};

	assert_int_equal(table_builder_finish(m->b, &label, &m->payload, NULL), 0);
	assert_int_equal(table_open_memory(buf_span(&m->payload), &m->t), 0);
	assert_int_equal(announced_count(m->t, &m->list, &m->n), 0);
}

static void done(struct made *m)
{
	free(m->list);
	table_close(m->t);
	table_builder_free(m->b);
	buf_done(&m->payload);
}

static void assert_one(const struct made *m, struct announced want, const char *holder)
{
	const struct announced *a = announced_find(m->list, m->n, want.asn);

	assert_non_null(a);
	assert_int_equal(a->v4_prefixes, want.v4_prefixes);
	assert_int_equal(a->v6_prefixes, want.v6_prefixes);
	assert_int_equal(a->v4_addresses, want.v4_addresses);
	assert_int_equal(a->v6_48s, want.v6_48s);
	assert_span(a->holder, holder);
}

static void what_each_announces_is_counted(void **state)
{
	(void)state;
	struct made m;

	begin(&m);
	add(&m, "192.0.2.0/24", 20, "Twenty");
	add(&m, "198.51.100.0/24", 10, "");
	add(&m, "198.51.100.64/26", 20, "Twenty"); /* a hole in 10's */
	add(&m, "198.51.100.128/26", 10, "Ten");   /* its own, inside its own */
	add(&m, "203.0.112.0/24", 30, "Thirty");   /* side by side: one segment, two prefixes */
	add(&m, "203.0.113.0/24", 30, "Thirty");
	add(&m, "203.0.114.0/25", 40, "Covered"); /* by the two halves */
	add(&m, "203.0.114.0/26", 30, "Thirty");
	add(&m, "203.0.114.64/26", 30, "Thirty");
	add(&m, "203.0.115.0/24", 0, "Nobody");
	add(&m, "2001:db8::/32", 10, "Ten");
	add(&m, "2001:db8:1::/48", 20, "Twenty");
	add(&m, "2001:db8:2:3::/64", 20, "Twenty");
	add(&m, "::/0", 50, "All");
	count(&m);
	assert_int_equal(m.n, 5);
	assert_one(&m, (struct announced){10, 2, 1, 192, 65536}, "Ten");
	assert_one(&m, (struct announced){20, 2, 2, 320, 2}, "Twenty");
	assert_one(&m, (struct announced){30, 4, 0, 640, 0}, "Thirty");
	assert_one(&m, (struct announced){40, 0, 0, 0, 0}, "Covered");
	assert_null(announced_find(m.list, m.n, 0));
	assert_null(announced_find(m.list, m.n, 15));
	assert_null(announced_find(m.list, 0, 10));
	const struct announced *all = announced_find(m.list, m.n, 50);

	assert_int_equal(all->v6_prefixes, 1);
	assert_int_equal(all->v6_48s, (1ull << 48) - 65536);
	done(&m);
}

static void ranges_are_counted_as_they_are(void **state)
{
	(void)state;
	struct ip first = ip_from_v4(0xc0000200), last = ip_from_v4(0xc0000205);
	struct made m;
	uint32_t origin;

	begin(&m);
	assert_int_equal(table_builder_origin(m.b, 7, SPAN("Seven"), &origin), 0);
	assert_int_equal(table_builder_add_range(m.b, &first, &last, origin), 0);
	first = ip_from_v4(0xc0000206);
	last = ip_from_v4(0xffffffff);
	assert_int_equal(table_builder_add_range(m.b, &first, &last, origin), 0);
	count(&m);
	assert_one(&m, (struct announced){7, 2, 0, 0x100000000 - 0xc0000200, 0}, "Seven");
	done(&m);
}

static void an_empty_table_announces_nothing(void **state)
{
	(void)state;
	struct made m;

	begin(&m);
	count(&m);
	assert_int_equal(m.n, 0);
	done(&m);
}

#define ENTRIES 40
#define ROOM    256 /* addresses of IPv4, or /56s of IPv6 */

/* Entry i is `length` bits, of the ROOM's bits those at `at`. */
struct entry {
	uint32_t at, size;
	asn_t asn;
	bool seen;
};

/* The narrowest entry that holds a place, the first given of those as wide; -1 for none. */
static int narrowest(const struct entry *e, uint32_t place)
{
	int best = -1;

	for (int i = 0; i < ENTRIES; i++) {
		if (place - e[i].at < e[i].size && (best < 0 || e[i].size < e[best].size))
			best = i;
	}
	return best;
}

/* Random prefixes crowded into a small room, against a search of each place in it. */
static void try_random(struct random *r, enum ip_family family)
{
	struct announced want[5] = {{0}};
	struct entry e[ENTRIES];
	struct made m;

	begin(&m);
	for (int i = 0; i < ENTRIES; i++) {
		unsigned bits = (unsigned)random_below(r, 9);
		char text[64];

		e[i] = (struct entry){.size = ROOM >> bits, .asn = 1 + (asn_t)random_below(r, 4)};
		e[i].at = (uint32_t)random_below(r, 1u << bits) * e[i].size;
		if (family == IP_V4)
			snprintf(text, sizeof(text), "192.0.2.%u/%u", e[i].at, 24 + bits);
		else
			snprintf(text, sizeof(text), "2001:db8:0:%x::/%u", e[i].at << 8, 48 + bits);
		add(&m, text, e[i].asn, "x");
	}
	count(&m);
	for (uint32_t place = 0; place < ROOM; place++) {
		int i = narrowest(e, place);

		if (i < 0)
			continue;
		want[e[i].asn].v4_addresses++;
		want[e[i].asn].v4_prefixes += !e[i].seen;
		e[i].seen = true;
	}
	for (asn_t asn = 1; asn < 5; asn++) {
		const struct announced *a = announced_find(m.list, m.n, asn);
		uint32_t prefixes = !a ? 0 : family == IP_V4 ? a->v4_prefixes : a->v6_prefixes;

		assert_int_equal(prefixes, want[asn].v4_prefixes);
		if (a && family == IP_V4)
			assert_int_equal(a->v4_addresses, want[asn].v4_addresses);
	}
	done(&m);
}

static void random_tables_are_as_searched(void **state)
{
	(void)state;
	struct random r;

	random_seed(&r, 3);
	for (int i = 0; i < 60; i++)
		try_random(&r, i % 2 ? IP_V4 : IP_V6);
}

/* The segments of a table tell the same as look-ups at their ends. */
static void segments_are_what_lookups_say(void **state)
{
	(void)state;
	struct table_segment s;
	struct made m;
	size_t n = 0;

	begin(&m);
	add(&m, "192.0.2.0/24", 20, "Twenty");
	add(&m, "192.0.2.128/25", 30, "Thirty");
	add(&m, "192.0.3.0/24", 20, "Twenty");
	add(&m, "255.0.0.0/8", 20, "Twenty");
	add(&m, "2001:db8::/32", 30, "Thirty");
	add(&m, "2001:db8:1::/48", 20, "Twenty");
	count(&m);
	for (int family = IP_V4; family <= IP_V6; family += 2) {
		struct table_cursor c = {.family = (enum ip_family)family};

		for (; table_next_segment(m.t, &c, &s); n++) {
			struct origin first, last;
			struct span holder;

			assert_true(table_lookup(m.t, &s.first, &first));
			assert_true(table_lookup(m.t, &s.last, &last));
			assert_int_equal(table_origin(m.t, s.origin, &holder), first.asn);
			assert_int_equal(first.asn, last.asn);
			assert_true(span_eq(holder, first.holder));
			assert_int_equal(first.prefix.length, s.length);
			assert_true(ip_compare(&s.first, &s.last) <= 0);
		}
	}
	assert_int_equal(n, 4 + 3);
	assert_int_equal(table_origins(m.t), 2);
	done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_each_announces_is_counted),
		cmocka_unit_test(ranges_are_counted_as_they_are),
		cmocka_unit_test(an_empty_table_announces_nothing),
		cmocka_unit_test(random_tables_are_as_searched),
		cmocka_unit_test(segments_are_what_lookups_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
