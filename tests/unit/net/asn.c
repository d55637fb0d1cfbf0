#include "test.h"

#include "net/asn.h"

#include <errno.h>

/* Both ends of every block of IANA's registry, and their neighbours. */
static void scopes_are_those_of_the_registry(void **state)
{
	(void)state;
	static const struct {
		asn_t asn;
		enum asn_scope scope;
	} rows[] = {
		{0, ASN_RESERVED},
		{1, ASN_PUBLIC},
		{112, ASN_PUBLIC},
		{23455, ASN_PUBLIC},
		{23456, ASN_RESERVED},
		{23457, ASN_PUBLIC},
		{64495, ASN_PUBLIC},
		{64496, ASN_DOCUMENTATION},
		{64511, ASN_DOCUMENTATION},
		{64512, ASN_PRIVATE},
		{65534, ASN_PRIVATE},
		{65535, ASN_RESERVED},
		{65536, ASN_DOCUMENTATION},
		{65551, ASN_DOCUMENTATION},
		{65552, ASN_RESERVED},
		{131071, ASN_RESERVED},
		{131072, ASN_PUBLIC},
		{4199999999, ASN_PUBLIC},
		{4200000000, ASN_PRIVATE},
		{4294967294, ASN_PRIVATE},
		{4294967295, ASN_RESERVED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool stands = rows[i].scope == ASN_PUBLIC || rows[i].scope == ASN_DOCUMENTATION;

		if (asn_scope(rows[i].asn) != rows[i].scope)
			fail_msg("AS%u is %d", rows[i].asn, asn_scope(rows[i].asn));
		assert_int_equal(asn_may_stand(rows[i].asn), stands);
	}
}

static void numbers_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		asn_t asn;
	} rows[] = {
		{"0", 0},
		{"13335", 13335},
		{"AS13335", 13335},
		{"as1", 1},
		{"4294967295", 4294967295},
		{"1.10", 65546},
		{"AS0.1", 1},
		{"65535.65535", 4294967295},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		asn_t asn = 7;

		assert_int_equal(asn_parse(span_cstr(rows[i].in), &asn), 0);
		if (asn != rows[i].asn)
			fail_msg("%s is read as %u", rows[i].in, asn);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {"", "AS", "ASN1", "-1", "+1", " 1", "1 ", "4294967296",
		"1.", ".1", ".", "1.2.3", "65536.1", "1.65536", "0x10", "1,2"};
	asn_t asn = 7;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (asn_parse(span_cstr(rows[i]), &asn) != -EINVAL)
			fail_msg("taken: \"%s\"", rows[i]);
	assert_int_equal(asn, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes_are_those_of_the_registry),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(what_is_no_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
