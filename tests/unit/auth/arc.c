/* ARC: chains that hold, and what breaks one: in form, in a signature, in the DNS. */
#include "test.h"

#include "auth/body_hash.h"
#include "dkim_case.h"

static const char head[] = "From: Ann <ann@example.org>\r\nTo: list@example.net\r\nSubject: hi\r\n";

#define BODY SPAN("Hello\r\n")

/* One who hands on. */
struct hop {
	const char *message_tags, *seal_tags; /* behind "i=N; "; NULL: as usual */
	const char *results;                  /* the whole value; NULL: as usual */
	bool no_results, no_message, no_seal, twice;
	enum case_key key;
};

#define MESSAGE_TAGS "a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa"
#define SEAL_TAGS    "a=rsa-sha256; d=example.org; s=rsa; cv="

struct chain {
	struct buf top;   /* all fields so far, the newest first */
	struct buf canon; /* those that a seal signs */
};

static void prepend(struct buf *to, struct span s)
{
	struct buf old = *to;

	*to = (struct buf){0};
	buf_add(to, s);
	buf_add(to, buf_span(&old));
	buf_done(&old);
}

static void add_field(struct chain *c, struct span field)
{
	signer_canon_field(&c->canon, field, true);
	prepend(&c->top, field);
}

static void add_hop(struct chain *c, unsigned i, const struct hop *hop, struct span body)
{
	char tags[512];
	struct buf field = {0}, whole = {0};
	struct signer s = {.key = &case_key[hop->key],
		.field = "ARC-Message-Signature",
		.tags = tags,
		.names = "from:to:subject",
		.relaxed_head = true,
		.relaxed_body = true,
		.length = -1};

	if (hop->results)
		buf_printf(&field, "ARC-Authentication-Results: %s\r\n", hop->results);
	else
		buf_printf(&field,
			"ARC-Authentication-Results: i=%u; mx%u.example;\r\n dkim=pass\r\n", i, i);
	if (!hop->no_results)
		add_field(c, buf_span(&field));
	field.n = 0;
	snprintf(tags, sizeof(tags), "i=%u; %s", i,
		hop->message_tags ? hop->message_tags : MESSAGE_TAGS);
	buf_add(&whole, buf_span(&c->top));
	buf_str(&whole, head);
	signer_sign(&field, &s, buf_span(&whole), body);
	for (int k = 0; k <= hop->twice && !hop->no_message; k++)
		add_field(c, buf_span(&field));
	field.n = 0;
	snprintf(tags, sizeof(tags), "i=%u; %s%s", i, hop->seal_tags ? hop->seal_tags : SEAL_TAGS,
		hop->seal_tags ? ""
		: i == 1       ? "none"
			       : "pass");
	signer_seal(&field, &case_key[hop->key], tags, buf_span(&c->canon));
	if (!hop->no_seal)
		add_field(c, buf_span(&field));
	buf_done(&field);
	buf_done(&whole);
}

static void finish(struct chain *c, struct span body)
{
	buf_str(&c->top, head);
	buf_str(&c->top, "\r\n");
	buf_add(&c->top, body);
	buf_done(&c->canon);
}

static void expect(const char *what, const struct arc *arc, const char *result, const char *reason)
{
	if (strcmp(arc_result_name(arc->result), result) != 0 ||
		strcmp(arc->reason ? arc->reason : "", reason) != 0)
		fail_msg("%s: %s (%s), not %s (%s)", what, arc_result_name(arc->result),
			arc->reason ? arc->reason : "", result, reason);
}

/* The body's hashes that DKIM made are taken over where the same was asked for, and nowhere else. */
static void taken_over(void **state)
{
	static const struct {
		const char *tags; /* of DKIM */
		bool relaxed, taken;
		long length;
	} table[] = {
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa", true, true, -1},
		{"v=1; a=rsa-sha256; c=relaxed/simple; d=example.org; s=rsa", false, false, -1},
		{"v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa", true, false, 3},
		{"v=1; a=rsa-sha1; c=relaxed/relaxed; d=example.org; s=rsa", true, false, -1},
		{"v=2; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=rsa", true, false, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct signer s = {.key = &case_key[CASE_RSA],
			.field = "DKIM-Signature",
			.tags = table[i].tags,
			.names = "from:to:subject",
			.relaxed_head = true,
			.relaxed_body = table[i].relaxed,
			.length = table[i].length,
			.sha1 = strstr(table[i].tags, "sha1")};
		struct chain c = {0};
		struct dkim dkim;
		struct message *m;
		struct arc arc;

		signer_sign(&c.top, &s, span_cstr(head), BODY);
		add_hop(&c, 1, &(struct hop){0}, BODY);
		add_hop(&c, 2, &(struct hop){0}, BODY);
		finish(&c, BODY);
		assert_int_equal(message_parse(case_parser, buf_span(&c.top), &m), 0);
		struct dns_budget dns = {
			.dns = dns_zone_dns(case_zone), .deadline = INT64_MAX, .questions = 99};
		struct arena *arena = message_arena(case_parser);

		assert_int_equal(dkim_verify(m, &dns, CASE_NOW, arena, &dkim), 0);
		assert_int_equal(dkim.hashes, i < 4);
		assert_int_equal(arc_verify(m, &dns, &dkim, arena, &arc), 0);
		expect(table[i].tags, &arc, "pass", "");

		/* A hash that is wrong shows whether it was taken. */
		struct body_hash wrong = {0};

		if (dkim.hashes)
			wrong = dkim.hashed[0];
		wrong.digest[0] ^= 1;
		dkim.hashed = &wrong;
		assert_int_equal(arc_verify(m, &dns, &dkim, arena, &arc), 0);
		expect(table[i].tags, &arc, table[i].taken ? "fail" : "pass",
			table[i].taken ? "message signature 2: body hash did not verify" : "");
		buf_done(&c.top);
	}
}

static void chains_that_hold(void **state)
{
	(void)state;
	for (unsigned n = 0; n <= ARC_MOST; n += n < 3 ? 1 : 47) {
		struct chain c = {0};

		for (unsigned i = 1; i <= n; i++)
			add_hop(&c, i, &(struct hop){0}, BODY);
		finish(&c, BODY);
		struct arc arc = case_arc(buf_span(&c.top));

		expect("chain", &arc, n ? "pass" : "none", "");
		assert_int_equal(arc.n, n);
		assert_int_equal(arc.oldest_pass, 0);
		assert_int_equal(case_dns.asked, n > 0);
		if (n) {
			assert_span(arc.set[0].results, "mx1.example;\r\n dkim=pass");
			assert_span(arc.set[n - 1].domain, "example.org");
			assert_span(arc.set[n - 1].selector, "rsa");
		}
		buf_done(&c.top);
	}
}

/* RFC 8617, 5.2, 5: a list that changes the body leaves the signatures before it without effect. */
static void oldest_pass(void **state)
{
	(void)state;
	for (unsigned changed_at = 1; changed_at <= 4; changed_at++) {
		struct chain c = {0};

		for (unsigned i = 1; i <= 4; i++)
			add_hop(&c, i, &(struct hop){0},
				i < changed_at ? BODY : SPAN("changed\r\n"));
		finish(&c, SPAN("changed\r\n"));
		struct arc arc = case_arc(buf_span(&c.top));

		expect("changed", &arc, "pass", "");
		assert_int_equal(arc.oldest_pass, changed_at == 1 ? 0 : changed_at);
		buf_done(&c.top);
	}
}

/* Chains of two; the second hop (or the first) does something. */
static void chains_that_break(void **state)
{
#define KEY(s)  "a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=" s
#define SEAL(s) "a=rsa-sha256; d=example.org; s=" s
	static const struct {
		unsigned at;
		struct hop hop;
		const char *result, *reason;
	} table[] = {
		{2,
			{.message_tags = "a=ed25519-sha256; c=simple; d=example.org; s=ed",
				.key = CASE_ED25519,
				.seal_tags = "a=ed25519-sha256; d=example.org; s=ed; cv=pass"},
			"fail", "message signature 2: signature did not verify"}, /* c= is not how
										     it was made */
		{2,
			{.message_tags = "a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=ed",
				.key = CASE_ED25519,
				.seal_tags = "a=ed25519-sha256; d=example.org; s=ed; cv=pass"},
			"pass", ""},
		{2, {.no_results = true}, "fail", "set 2: a field is missing"},
		{2, {.no_message = true}, "fail", "set 2: a field is missing"},
		{2, {.no_seal = true}, "fail", "set 2: a field is missing"},
		{1, {.no_results = true}, "fail", "set 1: a field is missing"},
		{1, {.no_seal = true}, "fail", "set 1: a field is missing"},
		{2, {.twice = true}, "fail", "set 2: a field stands twice"},
		{2, {.seal_tags = SEAL("rsa") "; cv=fail"}, "fail",
			"seal 2: it says that the chain had failed"},
		{2, {.seal_tags = SEAL("rsa") "; cv=none"}, "fail",
			"seal 2: its cv= is not what it must be"},
		{2, {.seal_tags = SEAL("rsa") "; cv=PASS"}, "fail",
			"seal 2: its cv= is not what it must be"},
		{1, {.seal_tags = SEAL("rsa") "; cv=pass"}, "fail",
			"seal 1: its cv= is not what it must be"},
		{1, {.seal_tags = SEAL("rsa") "; cv=fail"}, "fail",
			"seal 1: its cv= is not what it must be"},
		{1, {.seal_tags = SEAL("rsa")}, "fail", "seal 1: a required tag is missing"},
		{1, {.seal_tags = SEAL("rsa") "; cv=none; h=from"}, "fail",
			"seal 1: a seal has a list of fields"},
		{1, {.seal_tags = SEAL("rsa") "; cv=none; cv=none"}, "fail", "a tag stands twice"},
		{2, {.results = "i=3; mx"}, "fail", "set 2: a field is missing"},
		{2, {.results = "i=51; mx"}, "fail", "the instance is none that could be"},
		{2, {.results = "i=0; mx"}, "fail", "the instance is none that could be"},
		{2, {.results = "i=2"}, "fail", "the instance is none that could be"},
		{2, {.results = "mx; i=2"}, "fail", "the instance is none that could be"},
		{2, {.results = "i=2; mx\r spf=pass"}, "fail",
			"set 2: a bare CR stands in a field"},
		{2, {.results = " i = 2 ; mx"}, "pass", ""},
		{2, {.message_tags = MESSAGE_TAGS "; v=1"}, "pass",
			""}, /* 4.1.2: a version is ignored */
		{2, {.message_tags = KEY("nowhere")}, "fail",
			"message signature 2: no key for signature"},
		{2, {.seal_tags = SEAL("nowhere") "; cv=pass"}, "fail",
			"seal 2: no key for signature"},
		{1, {.seal_tags = SEAL("nowhere") "; cv=none"}, "fail",
			"seal 1: no key for signature"},
		{2, {.message_tags = KEY("broken")}, "temperror",
			"message signature 2: no answer for its key from the DNS"},
		{2, {.seal_tags = SEAL("broken") "; cv=pass"}, "temperror",
			"seal 2: no answer for its key from the DNS"},
		{1, {.seal_tags = SEAL("broken") "; cv=none"}, "temperror",
			"seal 1: no answer for its key from the DNS"},
		{1, {.message_tags = KEY("broken")}, "pass",
			""}, /* only the newest must hold: 5.2, 4 */
		{1, {.message_tags = "a=unheard-of; d=x; s=y"}, "pass", ""},
		{2, {.message_tags = KEY("broken"), .seal_tags = SEAL("nowhere") "; cv=pass"},
			"fail", "seal 2: no key for signature"}, /* it cannot pass any more */
		{2, {.message_tags = KEY("notext")}, "fail",
			"message signature 2: no key for signature"},
		{2, {.message_tags = KEY("rsa1024")}, "fail",
			"message signature 2: signature did not verify"},
		{2, {.message_tags = KEY("rsa512"), .key = CASE_RSA512}, "fail",
			"message signature 2: the key is shorter than 1024 bits"},
		{2,
			{.seal_tags = SEAL("rsa512") "; cv=pass",
				.message_tags = KEY("rsa512"),
				.key = CASE_RSA512},
			"fail", "message signature 2: the key is shorter than 1024 bits"},
		{2, {.seal_tags = "a=rsa-sha1; d=example.org; s=rsa; cv=pass"}, "fail",
			"seal 2: rsa-sha1 is not accepted"},
	};

	(void)state;
	case_fail("broken", DNS_FAULT_SERVFAIL);
	case_no_text("notext");
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct chain c = {0};
		char what[32];

		snprintf(what, sizeof(what), "row %zu", i);
		for (unsigned k = 1; k <= 2; k++)
			add_hop(&c, k, table[i].at == k ? &table[i].hop : &(struct hop){0}, BODY);
		finish(&c, BODY);
		struct arc arc = case_arc(buf_span(&c.top));

		expect(what, &arc, table[i].result, table[i].reason);
		buf_done(&c.top);
	}
}

/* Any change of a set's fields breaks a seal; of the body or of signed fields, the newest
 * signature. */
static void changes(void **state)
{
	static const char *const find[] = {"dkim=pass", "mx1.example", "i=2;", "From: Ann", "Hello",
		"bh=", "cv=none", "cv=pass", "d=example.org"};
	struct buf all = {0};

	(void)state;
	struct chain c = {0};

	for (unsigned i = 1; i <= 2; i++)
		add_hop(&c, i, &(struct hop){0}, BODY);
	finish(&c, BODY);
	for (size_t i = 0; i < sizeof(find) / sizeof(*find); i++) {
		size_t from = 0;
		ssize_t at;

		/* each place where it stands, one at a time */
		while ((at = span_find(span_skip(buf_span(&c.top), from), span_cstr(find[i]))) >=
			0) {
			all.n = 0;
			buf_add(&all, buf_span(&c.top));
			all.p[from + (size_t)at] ^= 1;
			if (case_arc(buf_span(&all)).result != ARC_FAIL)
				fail_msg("%s at %zu", find[i], from + (size_t)at);
			from += (size_t)at + 1;
		}
		assert_true(from > 0);
	}
	buf_done(&all);
	buf_done(&c.top);
}

/* More sets than may be, and budgets that run out. */
static void bounds(void **state)
{
	struct chain c = {0};

	(void)state;
	for (unsigned i = 1; i <= 2; i++)
		add_hop(&c, i,
			&(struct hop){.message_tags = i == 2 ? KEY("rsa1024") : NULL,
				.key = i == 2 ? CASE_RSA1024 : CASE_RSA,
				.seal_tags = i == 2 ? SEAL("rsa1024") "; cv=pass" : NULL},
			BODY);
	finish(&c, BODY);
	static const struct {
		uint32_t questions;
		const char *result, *reason;
	} table[] = {
		{0, "temperror", "message signature 2: too many questions to the DNS"},
		{1, "temperror", "seal 1: too many questions to the DNS"},
		{2, "pass", ""},
	};
	for (size_t i = 0; i < 3; i++) {
		struct arc arc = case_arc_within(buf_span(&c.top), table[i].questions);

		expect("budget", &arc, table[i].result, table[i].reason);
	}
	struct chain many = {0};

	for (unsigned i = 1; i <= ARC_MOST + 1; i++)
		add_hop(&many, i, &(struct hop){0}, BODY);
	finish(&many, BODY);
	struct arc arc = case_arc(buf_span(&many.top));

	expect("too many", &arc, "fail", "the instance is none that could be");
	buf_done(&c.top);
	buf_done(&many.top);
}

static void short_of_memory(void **state)
{
	struct chain c = {0};
	struct message *m;
	int r = -1;

	(void)state;
	add_hop(&c, 1, &(struct hop){0}, BODY);
	finish(&c, BODY);
	assert_int_equal(message_parse(case_parser, buf_span(&c.top), &m), 0);
	for (size_t room = 0; r != 1; room += 512) {
		struct dns_budget b = {
			.dns = dns_zone_dns(case_zone), .deadline = INT64_MAX, .questions = 9};
		struct arc arc = {.n = 77};
		struct arena small;

		arena_init(&small, room);
		r = arc_verify(m, &b, NULL, &small, &arc);
		if (r < 0)
			assert_int_equal(arc.n, 77);
		else if (arc.result == ARC_PASS)
			r = 1;
		else
			assert_int_equal(arc.result, ARC_TEMPERROR);
		arena_done(&small);
		assert_true(room < 1 << 20);
	}
	buf_done(&c.top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_that_hold),
		cmocka_unit_test(taken_over),
		cmocka_unit_test(oldest_pass),
		cmocka_unit_test(chains_that_break),
		cmocka_unit_test(changes),
		cmocka_unit_test(bounds),
		cmocka_unit_test(short_of_memory),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
