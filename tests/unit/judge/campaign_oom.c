/*
 * Every allocation on the way from a few messages to their campaigns, saved and opened again, fails
 * once: each run ends well or with -ENOMEM, and nothing is left behind.
 */
#include "short_memory.h"

#include "judge/campaign.h"

#include <unistd.h>

static char dir[] = "/tmp/cordon-campaign-oom-XXXXXX";

static const char *const mails[] = {
	"From: a@b.example\nTo: c@d.example\nSubject: one\n\nthe quick brown fox jumps over the "
	"lazy dog while seven wizards mix potions\n",
	"From: a@b.example\nTo: c@d.example\nSubject: one\n\nthe quick brown fox jumps over the "
	"lazy dog while seven wizards mix drinks\n",
	"Subject: two\nContent-Type: text/html\n\n<p>another <a href='http://x.example/y'>text</a> "
	"altogether\n",
	"From: a@b.example\nTo: c@d.example\nSubject: one\n\nthe quick brown fox jumps over the "
	"lazy dog while nine wizards mix potions\n",
};

static int put_all(struct campaigns *c, struct message_parser *mp)
{
	for (size_t i = 0; i < sizeof(mails) / sizeof(*mails); i++) {
		struct message *m;
		struct campaign_put put;

		if (message_parse(mp, span_cstr(mails[i]), &m) < 0)
			return -ENOMEM;
		struct campaign_print *p = campaign_print_take(campaigns_key(c), mp, m);
		int rc = p ? campaigns_put(c, p, (int64_t)i, &put) : -ENOMEM;

		free(p);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int once(struct span raw)
{
	struct campaigns *c = NULL;
	struct message_parser *mp = message_parser_new(0);
	struct err err;
	int rc = mp ? campaigns_open(dir, true, NULL, &c, &err) : -ENOMEM;

	(void)raw;
	if (rc == 0)
		rc = put_all(c, mp);
	if (rc == 0)
		rc = campaigns_save(c, 1, &err);
	campaigns_close(c);
	message_parser_free(mp);
	return rc;
}

static void each_allocation_may_fail(void **state)
{
	char command[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	/* From nothing, and from what the runs before saved. */
	assert_true(fail_each(once, SPAN(""), false) > 10);
	assert_true(fail_each(once, SPAN(""), true) > 10);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
