#include "test.h"

#include "base/image.h"
#include "judge/judge.h"
#include "judge/lean.h"
#include "judge/starter_train.h"
#include "mails.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

static struct starter_image *image;
static char path[] = "/tmp/cordon-starter-XXXXXX";

static struct trainer *trained_on(unsigned sources, unsigned each)
{
	struct judge_bench *bench = judge_bench_new();
	struct trainer *t = trainer_new();
	char raw[2048];
	struct verdict *v;

	for (unsigned i = 0; i < sources * each * 2; i++) {
		bool spam = i % 2;

		assert_int_equal(judge_look(bench, mail_write(raw, sizeof(raw), spam, i), NULL, &v),
			0);
		assert_int_equal(trainer_add(t, i / 2 % sources, v->features, spam), 0);
	}
	judge_bench_free(bench);
	return t;
}

static int make(void **state)
{
	struct trainer *t = trained_on(2, 40);
	struct trainer_report report;
	struct err err;
	int fd = mkstemp(path);

	(void)state;
	image = malloc(sizeof(*image));
	if (fd < 0 || trainer_make(t, 0.001, image, &report) < 0)
		return -1;
	close(fd);
	trainer_free(t);
	/* Mail this plain is told apart however it is held out. */
	if (report.held[0].roca1 > 0.01 || report.held[1].roca1 > 0.01)
		return -1;
	return image_write(path, STARTER_MAGIC, STARTER_VERSION,
		(struct span){(const char *)image, sizeof(*image)}, &err);
}

static int drop(void **state)
{
	(void)state;
	free(image);
	return unlink(path);
}

static void it_judges_new_mail(void **state)
{
	struct judge_bench *bench = judge_bench_new();
	struct judge_options options = {.starter = path, .ham_loss = 0.001};
	struct judge *j;
	struct verdict *v;
	struct err err;
	char raw[2048];

	(void)state;
	assert_int_equal(judge_open(&options, &j, &err), 0);
	for (unsigned i = 500; i < 510; i++) {
		for (int spam = 0; spam < 2; spam++) {
			double sum = 0;

			assert_int_equal(judge_message(j, bench,
						 mail_write(raw, sizeof(raw), spam, i), &v),
				0);
			assert_true(spam ? v->opinion.probability > 0.8
					 : v->opinion.probability < 0.2);
			for (size_t k = 0; k < FINDINGS_MOST; k++)
				sum += v->opinion.finding[k];
			assert_true(sum - v->opinion.view[VIEW_FINDINGS] < 1e-6);
			assert_true(v->opinion.view[VIEW_FINDINGS] - sum < 1e-6);
		}
	}
	judge_close(j);
	judge_bench_free(bench);
}

static void no_finding_crosses_its_lean(void **state)
{
	struct starter *s;
	struct err err;

	(void)state;
	assert_int_equal(starter_open(path, &s, &err), 0);
	for (const struct check *const *c = checks; *c; c++) {
		for (const char *const *name = (*c)->variants; *name; name++) {
			double w = starter_finding(s, *name);

			if (finding_lean(*name) == LEAN_ABUSE)
				assert_true(w >= 0);
			if (finding_lean(*name) == LEAN_HONEST)
				assert_true(w <= 0);
		}
	}
	starter_close(s);
}

/* SPF that tells all of it apart counts no more than it may; what is not bounded counts more. */
static void no_finding_exceeds_its_bound(void **state)
{
	struct judge_bench *bench = judge_bench_new();
	struct starter_image *made = malloc(sizeof(*made));
	struct trainer *t = trainer_new();
	struct trainer_report report;
	char raw[2048];
	struct verdict *v;

	(void)state;
	for (unsigned i = 0; i < 160; i++) {
		bool spam = i % 2;
		int n = snprintf(raw, sizeof(raw),
			"Authentication-Results: mx.hollerith.example; spf=%s%s\n"
			"Received: from a.example (a.example [192.0.2.7]) by mx.hollerith.example "
			"with ESMTP id 1 for <tomas@hollerith.example>; Mon, 5 Oct 2026 10:00:00 "
			"+0000\nFrom: <a@a.example>\nTo: tomas@hollerith.example\n%sSubject: %u\n\n%u\n",
			spam ? "fail" : "pass", i % 10 > 7 ? "; dmarc=pass" : "",
			spam ? "Precedence: bulk\n" : "", i, i);

		assert_int_equal(
			judge_look(bench, (struct span){raw, (size_t)n}, NULL, &v), 0);
		assert_int_equal(trainer_add(t, i / 2 % 2, v->features, spam), 0);
	}
	assert_int_equal(trainer_make(t, 0.001, made, &report), 0);
	double unit = (double)made->unit[VIEW_FINDINGS];
#define WEIGHT(name) (unit * made->weight[starter_slot(feature_of_finding(name))])
	assert_true(fabs(WEIGHT("auth/spf-fail") - finding_bound("auth/spf-fail")) < unit);
	assert_true(WEIGHT("bulk/precedence") > finding_bound("auth/spf-fail"));
	assert_true(finding_bound("bulk/precedence") > 100);
	assert_true(finding_bound("auth/spf-forwarded") == 0);
	free(made);
	trainer_free(t);
	judge_bench_free(bench);
}

static void the_same_mail_makes_the_same_image(void **state)
{
	struct trainer *t = trained_on(2, 40);
	struct starter_image *again = malloc(sizeof(*again));
	struct trainer_report report;

	(void)state;
	assert_int_equal(trainer_make(t, 0.001, again, &report), 0);
	assert_memory_equal(again, image, sizeof(*again));
	free(again);
	trainer_free(t);
}

static void one_source_is_too_few(void **state)
{
	struct trainer *t = trained_on(1, 10);
	struct starter_image *none = malloc(sizeof(*none));
	struct trainer_report report;

	(void)state;
	assert_int_equal(trainer_make(t, 0.001, none, &report), -EINVAL);
	free(none);
	trainer_free(t);
}

static void another_file_is_refused(void **state)
{
	struct starter *s;
	struct err err;

	(void)state;
	assert_int_equal(starter_open("/dev/null", &s, &err), -EBADMSG);
	assert_int_equal(starter_open("/nonexistent", &s, &err), -ENOENT);
	assert_non_null(strstr(err.text, "/nonexistent"));
}

static void numbers_without_sense_are_refused(void **state)
{
	char other[] = "/tmp/cordon-starter-XXXXXX";
	struct starter_image *bad = malloc(sizeof(*bad));
	struct span payload = {(const char *)bad, sizeof(*bad)};
	struct starter *s;
	struct err err;
	int fd = mkstemp(other);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (int i = 0; i < 3; i++) {
		*bad = *image;
		if (i == 0)
			bad->base = NAN;
		else if (i == 1)
			bad->mix[VIEW_TEXT] = -1;
		else
			bad->budget.weight[7] = INFINITY;
		assert_int_equal(
			image_write(other, STARTER_MAGIC, STARTER_VERSION, payload, &err), 0);
		assert_int_equal(starter_open(other, &s, &err), -EBADMSG);
		assert_non_null(strstr(err.text, other));
	}
	unlink(other);
	free(bad);
}

static void leans_are_as_told(void **state)
{
	static const struct {
		const char *name;
		enum lean lean;
	} cases[] = {
		{"link-lies/brand", LEAN_ABUSE},
		{"link-lies/sender", LEAN_EITHER},
		{"attachment/program", LEAN_ABUSE},
		{"list/id", LEAN_HONEST},
		{"thread/reply", LEAN_HONEST},
		{"thread/fake-reply", LEAN_ABUSE},
		{"wording/sign-in-subject", LEAN_EITHER},
		{"wording/verify-strong", LEAN_ABUSE},
		{"not/known", LEAN_ABUSE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(finding_lean(cases[i].name), cases[i].lean);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_judges_new_mail),
		cmocka_unit_test(no_finding_crosses_its_lean),
		cmocka_unit_test(no_finding_exceeds_its_bound),
		cmocka_unit_test(the_same_mail_makes_the_same_image),
		cmocka_unit_test(one_source_is_too_few),
		cmocka_unit_test(another_file_is_refused),
		cmocka_unit_test(numbers_without_sense_are_refused),
		cmocka_unit_test(leans_are_as_told),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
