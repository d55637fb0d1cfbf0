/* DMARC records: what is one, what it says, and what a wrong one is worth. */
#include "test.h"

#include "auth/dmarc_record.h"

static void is_record(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
		{"v=DMARC1", true},
		{"v=DMARC1;", true},
		{"v = DMARC1 ; p=none", true},
		{"V=DMARC1;p=none", true},
		{"v=DMARC1; ;;x; =y; p", true},
		{"v=dmarc1; p=none", false},
		{"v=DMARC2; p=none", false},
		{"v=DMARC1 p=none", false},
		{"v=DMARC12; p=none", false},
		{" v=DMARC1; p=none", false},
		{"p=none; v=DMARC1", false},
		{"v=spf1 -all", false},
		{"", false},
	};
	struct dmarc_record r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (dmarc_record_parse(span_cstr(cases[i].text), &r) != cases[i].is)
			fail_msg("%s", cases[i].text);
}

static void tags(void **state)
{
	struct dmarc_record r;

	(void)state;
	assert_true(dmarc_record_parse(
		SPAN("v=DMARC1;P=Reject ; sp= quarantine; np=none; ADKIM=S; aspf=s; pct=30; t=y;"
		     "psd=n; rua=mailto:a@b.example!10m; fo=1:d:s; p=none; pct=70; unknown=1"),
		&r));
	assert_int_equal(r.p.policy, DMARC_ASK_REJECT);
	assert_int_equal(r.sp.policy, DMARC_ASK_QUARANTINE);
	assert_int_equal(r.np.tag, DMARC_TAG_GOOD);
	assert_int_equal(r.np.policy, DMARC_ASK_NONE);
	assert_true(r.strict_dkim && r.strict_spf && r.testing && r.reported);
	assert_int_equal(r.pct, 30);
	assert_int_equal(r.psd, DMARC_PSD_NO);
}

static void defaults(void **state)
{
	static const char *const same[] = {"v=DMARC1",
		"v=DMARC1; adkim=x; aspf=rs; t=yes; psd=maybe; pct=101; rua=nobody",
		"v=DMARC1; pct=-1; rua=,:,a:"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct dmarc_record r;

		assert_true(dmarc_record_parse(span_cstr(same[i]), &r));
		assert_int_equal(r.p.tag, DMARC_TAG_ABSENT);
		assert_int_equal(r.sp.tag, DMARC_TAG_ABSENT);
		assert_false(r.strict_dkim || r.strict_spf || r.testing || r.reported);
		assert_int_equal(r.pct, 100);
		assert_int_equal(r.psd, DMARC_PSD_UNSAID);
	}
}

/* Wrong policies: none when a report could tell, else the record is worth nothing. */
static void settles(void **state)
{
	static const struct {
		const char *text;
		bool must_have_p, worth;
		enum dmarc_policy p;
	} cases[] = {
		{"v=DMARC1; p=reject", true, true, DMARC_ASK_REJECT},
		{"v=DMARC1", false, true, DMARC_ASK_NONE},
		{"v=DMARC1", true, false, 0},
		{"v=DMARC1; rua=mailto:a@b", true, true, DMARC_ASK_NONE},
		{"v=DMARC1; p=block", false, false, 0},
		{"v=DMARC1; p=block; rua=mailto:a@b", false, true, DMARC_ASK_NONE},
		{"v=DMARC1; p=reject; sp=block", true, false, 0},
		{"v=DMARC1; p=reject; sp=block; rua=x, mailto:a@b", true, true, DMARC_ASK_NONE},
		{"v=DMARC1; p=reject; np=", true, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dmarc_record r;

		assert_true(dmarc_record_parse(span_cstr(cases[i].text), &r));
		if (dmarc_record_settle(&r, cases[i].must_have_p) != cases[i].worth)
			fail_msg("%s", cases[i].text);
		if (cases[i].worth)
			assert_int_equal(r.p.policy, cases[i].p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_record),
		cmocka_unit_test(tags),
		cmocka_unit_test(defaults),
		cmocka_unit_test(settles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
