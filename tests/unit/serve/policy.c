/* All combinations of settings and facts, against what the header says, told another way here. */
#include "test.h"

#include "serve/policy.h"

#include <errno.h>
#include <stdlib.h>

/* From the least to the gravest, as the header has them. */
static const enum decision_action order[] = {DECIDE_ACCEPT, DECIDE_TAG, DECIDE_QUARANTINE,
	DECIDE_TEMPFAIL, DECIDE_DISCARD, DECIDE_REJECT};

static size_t rank(enum decision_action a)
{
	for (size_t i = 0; i < DECISIONS; i++)
		if (order[i] == a)
			return i;
	abort();
}

static enum decision_action graver(enum decision_action a, enum decision_action b)
{
	return rank(a) >= rank(b) ? a : b;
}

static enum decision_action expected(const struct policy *p, const struct policy_case *c)
{
	enum decision_action judged = c->verdict == ACTION_SPAM     ? p->on_spam
				      : c->verdict == ACTION_UNSURE ? p->on_unsure
								    : DECIDE_ACCEPT;

	if (!c->judged)
		return p->on_failure;
	if (c->outgoing)
		return c->verdict == ACTION_SPAM ? p->on_outgoing_spam : DECIDE_ACCEPT;
	if (c->dmarc == DMARC_ASK_REJECT)
		return graver(judged, p->on_dmarc_reject);
	if (c->dmarc == DMARC_ASK_QUARANTINE)
		return graver(judged, p->on_dmarc_quarantine);
	return judged;
}

/* Every setting at every action, in every case: 2 * 2 * 3 * 3 facts. */
static void test_all(void **state)
{
	size_t cases = 0;

	(void)state;
	for (unsigned n = 0; n < 6 * 6 * 6 * 6 * 6 * 2; n++) {
		unsigned x = n;
		struct policy p;

		p.on_spam = (enum decision_action)(x % 6), x /= 6;
		p.on_unsure = (enum decision_action)(x % 6), x /= 6;
		p.on_outgoing_spam = (enum decision_action)(x % 6), x /= 6;
		p.on_dmarc_reject = (enum decision_action)(x % 6), x /= 6;
		p.on_dmarc_quarantine = (enum decision_action)(x % 6), x /= 6;
		p.on_failure = x ? DECIDE_TEMPFAIL : DECIDE_ACCEPT;
		for (unsigned f = 0; f < 36; f++, cases++) {
			const struct policy_case c = {f & 1, f >> 1 & 1,
				(enum action)(f / 4 % 3), (enum dmarc_policy)(f / 12)};
			enum policy_reason why = POLICY_REASONS;

			assert_int_equal(policy_decide(&p, &c, &why), expected(&p, &c));
			assert_true(why < POLICY_REASONS);
			assert_int_equal(why == POLICY_FAILURE, !c.judged);
			if (c.judged && c.outgoing)
				assert_int_equal(
					why == POLICY_OUTGOING, c.verdict == ACTION_SPAM);
		}
	}
	assert_int_equal(cases, 6 * 6 * 6 * 6 * 6 * 2 * 36);
}

static void test_reasons(void **state)
{
	static const struct {
		struct policy_case c;
		enum decision_action action;
		enum policy_reason why;
	} t[] = {
		{{true, false, ACTION_HAM, DMARC_ASK_NONE}, DECIDE_ACCEPT, POLICY_HAM},
		{{true, false, ACTION_UNSURE, DMARC_ASK_NONE}, DECIDE_ACCEPT, POLICY_UNSURE},
		{{true, false, ACTION_SPAM, DMARC_ASK_NONE}, DECIDE_REJECT, POLICY_SPAM},
		{{true, false, ACTION_HAM, DMARC_ASK_QUARANTINE}, DECIDE_TAG, POLICY_DMARC},
		{{true, false, ACTION_HAM, DMARC_ASK_REJECT}, DECIDE_REJECT, POLICY_DMARC},
		/* what the judge says comes first where both come to the same */
		{{true, false, ACTION_SPAM, DMARC_ASK_REJECT}, DECIDE_REJECT, POLICY_SPAM},
		{{true, true, ACTION_UNSURE, DMARC_ASK_REJECT}, DECIDE_ACCEPT, POLICY_UNSURE},
		{{true, true, ACTION_SPAM, DMARC_ASK_NONE}, DECIDE_TEMPFAIL, POLICY_OUTGOING},
		{{false, false, ACTION_SPAM, DMARC_ASK_REJECT}, DECIDE_ACCEPT, POLICY_FAILURE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(*t); i++) {
		const struct policy p = POLICY_DEFAULT;
		enum policy_reason why;

		assert_int_equal(policy_decide(&p, &t[i].c, &why), t[i].action);
		assert_int_equal(why, t[i].why);
		assert_true(policy_reason_words(why)[0] != '\0');
	}
}

static void test_read(void **state)
{
	char accept[] = "accept", tag[] = "tag", ignore[] = "ignore", wrong[] = "drop",
	     tempfail[] = "tempfail";
	struct config_gateway c = {.on_spam = tag, .on_dmarc_reject = ignore, .on_failure = tempfail};
	struct policy p;
	struct err err;

	(void)state;
	assert_int_equal(policy_read(&c, &p, &err), 0);
	assert_int_equal(p.on_spam, DECIDE_TAG);
	assert_int_equal(p.on_unsure, POLICY_DEFAULT.on_unsure);
	assert_int_equal(p.on_dmarc_reject, DECIDE_ACCEPT);
	assert_int_equal(p.on_failure, DECIDE_TEMPFAIL);
	c.on_unsure = ignore; /* only DMARC can be */
	assert_int_equal(policy_read(&c, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "on_unsure"));
	c.on_unsure = accept;
	c.on_failure = tag;
	assert_int_equal(policy_read(&c, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "on_failure is accept or tempfail"));
	c.on_failure = NULL;
	c.on_spam = wrong;
	assert_int_equal(policy_read(&c, &p, &err), -EINVAL);
	assert_non_null(strstr(err.text, "\"drop\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
