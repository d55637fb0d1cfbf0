/* The Authentication-Results field: what it says, and that nobody else can say it. */
#include "test.h"

#include "auth/auth.h"

static char *written(const struct auth *a, const struct auth_question *q)
{
	struct buf to = {0};

	auth_results(&to, a, q);
	assert_true(buf_ok(&to));
	buf_byte(&to, '\0');
	return to.p;
}

static void full(void **state)
{
	struct auth_question q = {.ip = ip_from_v4(0xc0000201),
		.helo = SPAN("mail.example.com"),
		.mail_from = SPAN("bob@example.com"),
		.receiver = SPAN("mx.example.org")};
	struct auth a = {.has_client = true,
		.iprev = IPREV_PASS,
		.name = SPAN("mail.example.com"),
		.spf_helo = {.result = SPF_NONE},
		.spf = {.result = SPF_TEMPERROR, .reason = "the DNS did not answer"},
		.dkim = {.n = 2,
			.signature = {{.result = DKIM_PASS,
					      .domain = SPAN("example.com"),
					      .selector = SPAN("2026"),
					      .identity = SPAN("@example.com"),
					      .algorithm = SPAN("rsa-sha256"),
					      .b = SPAN("AbC/+123")},
				{.result = DKIM_NEUTRAL, .reason = "it has no key"}}},
		.arc = {.result = ARC_PASS, .oldest_pass = 2},
		.dmarc = {.result = DMARC_FAIL,
			.policy = DMARC_ASK_REJECT,
			.apply = DMARC_ASK_QUARANTINE,
			.from = SPAN("example.net"),
			.reason = "no"}};
	char *got = written(&a, &q);

	(void)state;
	assert_string_equal(got,
		"mx.example.org;\n"
		"\tiprev=pass policy.iprev=192.0.2.1 (mail.example.com);\n"
		"\tspf=none smtp.helo=mail.example.com;\n"
		"\tspf=temperror reason=\"the DNS did not answer\" smtp.mailfrom=bob@example.com;\n"
		"\tdkim=pass header.d=example.com header.s=2026 header.a=rsa-sha256\n"
		"\theader.i=@example.com header.b=\"AbC/+123\";\n"
		"\tdkim=neutral reason=\"it has no key\";\n"
		"\tarc=pass header.oldest-pass=2 smtp.remote-ip=192.0.2.1;\n"
		"\tdmarc=fail reason=no policy.dmarc=quarantine header.from=example.net "
		"(p=reject)");
	free(got);
}

static void least(void **state)
{
	struct auth_question q = {.receiver = SPAN("")};
	struct auth a = {.dmarc = {.result = DMARC_NONE}};
	char *got = written(&a, &q);

	(void)state;
	assert_string_equal(got, "localhost;\n\tdkim=none;\n\tarc=none;\n\tdmarc=none");
	free(got);
}

/* The null sender: one result of SPF, that of the HELO. */
static void null_sender(void **state)
{
	struct auth_question q = {.ip = {.family = IP_V6, .byte = {0x20, 1, 0xd, 0xb8}},
		.helo = SPAN("h.example"),
		.receiver = SPAN("mx")};
	struct auth a = {.has_client = true,
		.iprev = IPREV_PERMERROR,
		.spf_helo = {.result = SPF_PASS},
		.spf = {.result = SPF_PASS, .of_helo = true}};
	char *got = written(&a, &q);

	(void)state;
	assert_string_equal(got,
		"mx;\n\tiprev=permerror policy.iprev=\"2001:db8::\";\n"
		"\tspf=pass smtp.helo=h.example;\n\tdkim=none;\n\tarc=none;\n\tdmarc=none");
	free(got);
}

/* What a sender may say of itself, and how it stands in the field; NULL: not at all. */
static void quoting(void **state)
{
	static const struct {
		struct span said;
		const char *written;
	} cases[] = {
		{SPAN("bob@example.com"), "bob@example.com"},
		{SPAN("bob+tag_1-x@example.com"), "bob+tag_1-x@example.com"},
		{SPAN("a=b@example.com"), "\"a=b@example.com\""},
		{SPAN("a;dkim=pass@example.com"), "\"a;dkim=pass@example.com\""},
		{SPAN("\"a b\"@example.com"), "\"\\\"a b\\\"@example.com\""},
		{SPAN("a\\\"; dkim=pass (@x"), "\"a\\\\\\\"; dkim=pass (@x\""},
		{SPAN(".a@example.com"), "\".a@example.com\""},
		{SPAN("a..b@example.com"), "\"a..b@example.com\""},
		{SPAN("a@b@example.com"), "\"a@b@example.com\""},
		{SPAN("a@exam ple.com"), "\"a@exam ple.com\""},
		{SPAN("a@[192.0.2.1]"), "\"a@[192.0.2.1]\""},
		{SPAN("bob"), "bob"},
		{SPAN("a@example.com\n\tdkim=pass"), NULL},
		{SPAN("a\r@example.com"), NULL},
		{SPAN("a\0@example.com"), NULL},
		{SPAN("g\xc3\xb6@example.com"), NULL},
		{SPAN("\x7f@example.com"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct auth_question q = {
			.ip = ip_from_v4(1), .mail_from = cases[i].said, .receiver = SPAN("mx")};
		struct auth a = {.has_client = true, .spf = {.result = SPF_FAIL}};
		char *got = written(&a, &q), want[128];

		snprintf(want, sizeof(want), "spf=fail%s%s;\n",
			cases[i].written ? " smtp.mailfrom=" : "",
			cases[i].written ? cases[i].written : "");
		if (!strstr(got, want))
			fail_msg("%s\nin: %s", want, got);
		free(got);
	}
}

/* The longest values: no line grows beyond what a mail may have (RFC 5322, 2.1.1). */
static void lines(void **state)
{
	char longest[700];

	memset(longest, '"', sizeof(longest));
	for (size_t n = 1; n <= sizeof(longest); n++) {
		struct span s = {longest, n};
		struct auth_question q = {
			.ip = ip_from_v4(1), .mail_from = s, .helo = s, .receiver = s};
		struct auth a = {.has_client = true,
			.name = s,
			.dkim = {.n = DKIM_MOST},
			.dmarc = {.from = s}};

		for (size_t i = 0; i < DKIM_MOST; i++)
			a.dkim.signature[i] = (struct dkim_signature){.domain = s,
				.selector = s,
				.identity = s,
				.algorithm = s,
				.b = s,
				.reason = "because"};
		char *got = written(&a, &q), *line = got;

		while (*line) {
			size_t length = strcspn(line, "\n");

			assert_true(length <= 720);
			line += length + (line[length] != '\0');
		}
		free(got);
	}
	(void)state;
}

static void by(void **state)
{
	static const struct {
		struct span value;
		bool ours;
	} cases[] = {
		{SPAN("mx.example.org; spf=pass"), true},
		{SPAN(" MX.Example.ORG ; spf=pass"), true},
		{SPAN("\r\n\tmx.example.org;spf=pass"), true},
		{SPAN("mx.example.org 1; none"), true},
		{SPAN("mx.example.org/1; none"), true},
		{SPAN("mx.example.org.; none"), true},
		{SPAN("mx.example.org"), true},
		{SPAN("(a (nested\\)) comment) mx.example.org (x); none"), true},
		{SPAN("\"mx.example.org\"; none"), true},
		{SPAN("\"m\\x.example.org\"; none"), true},
		{SPAN("mx.example.org(x); none"), true},
		{SPAN("i=1; mx.example.org; none"), true},
		{SPAN("i = 12 (x) ;\n mx.example.org; none"), true},
		{SPAN("mx.example.org.evil.example; none"), false},
		{SPAN("amx.example.org; none"), false},
		{SPAN("mx.example.orga; none"), false},
		{SPAN("\"mx.example.org evil\"; none"), false},
		{SPAN("evil.example; mx.example.org"), false},
		{SPAN("(mx.example.org); none"), false},
		{SPAN("mx.example"), false},
		{SPAN("i.example; mx.example.org"), false},
		{SPAN(""), false},
		{SPAN("((("), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (auth_results_by(cases[i].value, SPAN("mx.example.org")) != cases[i].ours)
			fail_msg("%.*s", SPAN_ARG(cases[i].value));
	assert_true(auth_results_by(SPAN("mx.example.org; x"), SPAN("mx.example.org.")));
	assert_false(auth_results_by(SPAN("mx.example.org; x"), SPAN("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full),
		cmocka_unit_test(least),
		cmocka_unit_test(null_sender),
		cmocka_unit_test(quoting),
		cmocka_unit_test(lines),
		cmocka_unit_test(by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
