#include "test.h"

#include "mail/identity.h"

static struct message_parser *mp;

static int make(void **state)
{
	(void)state;
	mp = message_parser_new(0);
	return mp ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	message_parser_free(mp);
	return 0;
}

static struct digest of(const char *raw)
{
	struct message *m;

	assert_int_equal(message_parse(mp, span_cstr(raw), &m), 0);
	return identity_digest(m);
}

static void stored_otherwise_it_is_the_same(void **state)
{
	static const char *const same[] = {
		"From: a@b.example\r\nSubject: x\r\n y\r\n\r\none\r\ntwo\r\n",
		"From: a@b.example\nSubject: x\n y\n\none\ntwo",
		"From: a@b.example\nSubject: x\n y\n\none\ntwo\n\n\n",
		("Status: RO\nX-Status: A\nFrom: a@b.example\nX-UID: 17\nSubject: x\n y\n"
		 "X-Mozilla-Keys: $label1\nContent-Length: 8\nLines: 2\n\none\ntwo\n"),
	};
	struct digest want = of("From: a@b.example\nSubject: x\n y\n\none\ntwo\n");

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct digest got = of(same[i]);

		assert_memory_equal(&got, &want, sizeof(got));
	}
}

static void another_mail_is_another(void **state)
{
	static const char *const others[] = {
		"From: a@b.example\nSubject: x\n y\n\none\ntwo more\n",
		"From: a@b.example\nSubject: x y\n\none\ntwo\n",
		"From: c@b.example\nSubject: x\n y\n\none\ntwo\n",
		"Subject: x\n y\nFrom: a@b.example\n\none\ntwo\n",
		"From: a@b.example\nSubject: x\n y\nStat: RO\n\none\ntwo\n",
		"From: a@b.example\nSubject: x\n y\n\n\none\ntwo\n",
	};
	struct digest first = of("From: a@b.example\nSubject: x\n y\n\none\ntwo\n");

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct digest got = of(others[i]);

		assert_memory_not_equal(&got, &first, sizeof(got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stored_otherwise_it_is_the_same),
		cmocka_unit_test(another_mail_is_another),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
