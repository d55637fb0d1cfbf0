#include "test.h"

#include "judge/judge.h"
#include "mails.h"

#include <math.h>

struct fixture {
	struct judge_bench *bench;
	struct model *model;
	struct features kept; /* of the last mail looked at */
	char raw[2048];
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->bench = judge_bench_new();
	f->model = model_new();
	*state = f;
	return f->bench && f->model ? 0 : -1;
}

static int drop(void **state)
{
	struct fixture *f = *state;

	judge_bench_free(f->bench);
	model_free(f->model);
	free(f);
	return 0;
}

static const struct features *look(struct fixture *f, bool spam, unsigned i)
{
	struct verdict *v;

	assert_int_equal(judge_look(f->bench, mail_write(f->raw, sizeof(f->raw), spam, i), NULL, &v),
		0);
	memcpy(&f->kept, v->features, features_bytes(v->features));
	return &f->kept;
}

static double log_odds(struct fixture *f, bool spam, unsigned i)
{
	struct opinion o;

	model_opinion(f->model, NULL, look(f, spam, i), &o);
	return o.log_odds;
}

static void learn_some(struct fixture *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		model_learn(f->model, NULL, look(f, true, i), true);
		model_learn(f->model, NULL, look(f, false, i), false);
	}
}

static void nothing_learned_says_nothing(void **state)
{
	struct fixture *f = *state;
	struct opinion o;

	model_opinion(f->model, NULL, look(f, true, 1), &o);
	assert_true(o.log_odds == 0);
	assert_true(o.probability == 0.5);
}

static void what_was_learned_holds_for_new_mail(void **state)
{
	struct fixture *f = *state;
	uint64_t ham, spam;

	learn_some(f, 30);
	for (unsigned i = 100; i < 120; i++) {
		assert_true(log_odds(f, true, i) > 1);
		assert_true(log_odds(f, false, i) < -1);
	}
	model_learned(f->model, &ham, &spam);
	assert_int_equal(ham, 30);
	assert_int_equal(spam, 30);
	model_clear(f->model);
	assert_true(log_odds(f, true, 100) == 0);
}

static void the_parts_of_an_opinion_add_up(void **state)
{
	struct fixture *f = *state;
	struct opinion o;
	double views = 0, findings = 0;

	learn_some(f, 30);
	model_opinion(f->model, NULL, look(f, true, 77), &o);
	for (size_t v = 0; v < VIEW_COUNT; v++)
		views += o.view[v];
	for (size_t i = 0; i < FINDINGS_MOST; i++)
		findings += o.finding[i];
	assert_true(fabs(views - o.log_odds) < 1e-3);
	assert_true(fabs(findings - o.view[VIEW_FINDINGS]) < 1e-3);
	assert_true(o.starter == 0);
	assert_true(fabs(o.probability - 1 / (1 + exp(-o.log_odds))) < 1e-12);
}

static void a_wrong_label_can_be_mended(void **state)
{
	struct fixture *f = *state;
	uint64_t ham, spam;

	learn_some(f, 30);
	model_learn(f->model, NULL, look(f, false, 200), true);
	model_mend(f->model, NULL, look(f, false, 200), false, false);
	assert_true(log_odds(f, false, 200) < 0);
	assert_true(log_odds(f, false, 201) < 0);
	model_learned(f->model, &ham, &spam);
	assert_int_equal(ham, 31);
	assert_int_equal(spam, 30);
}

static void the_state_is_all_there_is(void **state)
{
	struct fixture *f = *state;
	struct model *copy = model_new();
	struct opinion a, b;

	learn_some(f, 10);
	memcpy(model_state(copy), model_state(f->model), model_state_bytes());
	model_opinion(f->model, NULL, look(f, true, 50), &a);
	model_opinion(copy, NULL, &f->kept, &b);
	assert_memory_equal(&a, &b, sizeof(a));
	model_free(copy);
}

static void the_threshold_follows_the_hams_scores(void **state)
{
	struct fixture *f = *state;

	/* Odds of 999 to 1, taken at their word, while there is no past. */
	assert_true(fabs(model_threshold(f->model, NULL, 0.001) - log(999)) < 1e-9);
	for (unsigned i = 0; i < 1500; i++)
		model_learn(f->model, NULL, look(f, false, i), false);
	assert_true(model_threshold(f->model, NULL, 0.001) < 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_learned_says_nothing, make, drop),
		cmocka_unit_test_setup_teardown(what_was_learned_holds_for_new_mail, make, drop),
		cmocka_unit_test_setup_teardown(the_parts_of_an_opinion_add_up, make, drop),
		cmocka_unit_test_setup_teardown(a_wrong_label_can_be_mended, make, drop),
		cmocka_unit_test_setup_teardown(the_state_is_all_there_is, make, drop),
		cmocka_unit_test_setup_teardown(the_threshold_follows_the_hams_scores, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
