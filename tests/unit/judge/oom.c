/*
 * Every allocation on the way from bytes to a verdict, and to a lesson, fails once: each gives
 * -ENOMEM or a whole answer, and nothing is left behind. And a message that wants more memory than
 * a message may have is judged all the same.
 */
#include "short_memory.h"
#include "test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "judge/judge.h"
#include "judge/model.h"

#include <errno.h>

/* A message that most checks have something to say about, larger than one block of the arena. */
static void write_rich(struct buf *b)
{
	buf_str(b, "Received: from a.example (a.example [198.51.100.7]) by mx.example.org; "
		   "Mon, 12 Oct 2026 10:00:00 +0200\n"
		   "From: \"PayPal\" <a@b.example>\nReply-To: c@d.example\nTo: e@example.org\n"
		   "Subject: =?utf-8?q?Your_account_is_susp=C3=A9nded?=\n"
		   "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
		   "--b\nContent-Type: text/html; charset=windows-1251\n\n<p>Dear customer \xe0 ");
	for (int i = 0; i < 1000; i++)
		buf_printf(
			b, "<a href='http://host%d.example/x'>https://paypal.com/%d</a>\n", i, i);
	buf_str(b, "\n--b\nContent-Type: application/zip; name=invoice.pdf.exe\n"
		   "Content-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA\n--b--\n");
	assert_true(buf_ok(b));
}

/* One message judged and learned, from a cold start. */
static int judge_once(struct span raw)
{
	const struct judge_options options = {.ham_loss = 0.001};
	struct judge *j = NULL;
	struct err err;
	struct verdict *v = NULL;
	int rc = judge_open(&options, &j, &err);
	struct judge_bench *b = rc == 0 ? judge_bench_new() : NULL;
	struct model *m = b ? model_new() : NULL;

	if (rc == 0 && !m)
		rc = -ENOMEM;
	if (rc == 0)
		rc = judge_message(j, b, raw, &v);
	if (rc == 0) {
		assert_true(v->opinion.probability > 0 && v->opinion.probability < 1);
		model_learn(m, NULL, v->features, true);
	}
	model_free(m);
	judge_bench_free(b);
	judge_close(j);
	return rc;
}

static void try_all(bool on)
{
	struct buf b = {0};

	write_rich(&b);
	/* The judge, its model, the bench, its parser and scratch, the first block. */
	assert_true(fail_each(judge_once, buf_span(&b), on) >= 6);
	buf_done(&b);
}

static void each_fails_once(void **state)
{
	(void)state;
	try_all(false);
}

static void each_fails_for_good(void **state)
{
	(void)state;
	try_all(true);
}

/* The tables of the checks are made once and kept: not by a run whose allocations are counted. */
static int make_tables(void **state)
{
	struct buf b = {0};

	(void)state;
	write_rich(&b);
	assert_int_equal(judge_once(buf_span(&b)), 0);
	buf_done(&b);
	return 0;
}

#define EIGHT "\x80\x80\x80\x80\x80\x80\x80\x80"
#define MANY  EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT

/* Each of these takes all that a message may have: while it is parsed, or by those who judge it. */
static void what_asks_for_too_much_is_judged(void **state)
{
	(void)state;
	static const struct {
		const char *head, *unit;
	} cases[] = {
		{"Content-Type: multipart/mixed; boundary=b\n\n",
			"--b\nContent-Type: text/html; charset=windows-1250\n\n" MANY MANY MANY MANY
			"\n"},
		{"Content-Type: multipart/mixed; boundary=b\n\n",
			"--b\nA:\nB:\nC:\nD:\nE:\nF:\nG:\nH:\nI:\nJ:\nK:\nL:\nM:\nN:\n\nx\n"},
		{"Subject: ", "=?koi8-r?q?=C1=C1?=\n "},
		{"To: ", "=?koi8-r?q?=C1=C1?= <a@b.example>,\n "},
		{"From: ", "(\"a\"@"},
	};
	const struct judge_options options = {.ham_loss = 0.001};
	struct judge_bench *b = judge_bench_new();
	struct judge *j;
	struct verdict *v;

	assert_int_equal(judge_open(&options, &j, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf raw = {0};

		buf_str(&raw, "Received: from a ([198.51.100.7]) by b; 1 Jan 2026 00:00 +0000\n"
			      "To: a <a@b.example>, c <c@d.example>\n");
		buf_str(&raw, cases[i].head);
		while (raw.n < (size_t)7 << 20)
			buf_str(&raw, cases[i].unit);
		assert_int_equal(judge_message(j, b, buf_span(&raw), &v), 0);
		assert_true(v->m->parts > 0);
		assert_int_equal(v->chain.source.family, IP_V4);
		buf_done(&raw);
	}
	judge_bench_free(b);
	judge_close(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_fails_once, make_tables),
		cmocka_unit_test(each_fails_for_good),
		cmocka_unit_test(what_asks_for_too_much_is_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
