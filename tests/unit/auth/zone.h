/* A zone for each test, and a budget to ask it with. */
#ifndef CORDON_TESTS_UNIT_AUTH_ZONE_H
#define CORDON_TESTS_UNIT_AUTH_ZONE_H

#include "test.h"

#include "net/dns_zone.h"

static struct dns_zone *zone;
static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, (size_t)16 << 20);
	return dns_zone_new(&zone);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	dns_zone_free(zone);
	return 0;
}

static inline void zone_add(const char *text)
{
	struct err err = {.text = ""};

	if (dns_zone_read(zone, span_cstr(text), "zone", &err) < 0)
		fail_msg("%s", err.text);
}

static inline struct dns_budget budget(uint32_t questions)
{
	return (struct dns_budget){
		.dns = dns_zone_dns(zone), .deadline = INT64_MAX, .questions = questions};
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
