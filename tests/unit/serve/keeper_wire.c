/* What the gate tells the keeper comes out as it went in; what is cut or changed is refused or at
 * least within bounds. */
#include "test.h"

#include "judge/campaign.h"
#include "serve/keeper_wire.h"

#include <errno.h>
#include <stdlib.h>

static const struct decided example = {
	.id = "01jd3v9zk2mwq0tx",
	.at = 1795482000,
	.microseconds = 1234,
	.action = DECIDE_REJECT,
	.verdict = ACTION_SPAM,
	.probability = 0.9987,
	.threshold = 0.97,
	.ip = {IP_V4, {192, 0, 2, 7}},
	.asn = 64500,
	.outgoing = true,
	.unjudged = true,
	.bytes = 5000000000,
	.sender = SPAN("win@prize.example"),
	.recipient = {SPAN("a@example.org"), SPAN("b@example.org")},
	.recipients = 2,
	.recipients_left_out = 49998,
	.queue_id = SPAN("4Xy7zK1abc"),
	.message_id = SPAN("<1@prize.example>"),
	.user = SPAN("user"),
	.helo = SPAN("helo.example"),
	.from_domain = SPAN("prize.example"),
	.auth = SPAN("spf=fail dmarc=none"),
	.reason = SPAN("it is spam"),
	.finding = {SPAN("link-lies/domain"), SPAN("greeting/unknown")},
	.weight = {2.5F, -0.25F},
	.findings = 2,
};

#define assert_same(a, b)                                                                          \
	do {                                                                                       \
		assert_int_equal((a).n, (b).n);                                                    \
		assert_memory_equal((a).p, (b).p, (a).n);                                          \
	} while (0)

static void decisions_come_back(void **state)
{
	struct buf b = {0}, again = {0};
	struct decided d;

	(void)state;
	decided_write(&example, &b);
	assert_true(buf_ok(&b));
	assert_int_equal(decided_read(buf_span(&b), &d), 0);
	assert_string_equal(d.id, example.id);
	assert_int_equal(d.at, example.at);
	assert_int_equal(d.action, DECIDE_REJECT);
	assert_true(d.outgoing && d.unjudged && !d.http);
	assert_true(d.probability == example.probability && d.threshold == example.threshold);
	assert_int_equal(ip_compare(&d.ip, &example.ip), 0);
	assert_int_equal(d.asn, 64500);
	assert_true(d.bytes == 5000000000);
	assert_same(d.sender, example.sender);
	assert_same(d.reason, example.reason);
	assert_int_equal(d.recipients, 2);
	assert_same(d.recipient[1], example.recipient[1]);
	assert_int_equal(d.recipients_left_out, 49998);
	assert_int_equal(d.findings, 2);
	assert_same(d.finding[0], example.finding[0]);
	assert_true(d.weight[1] == -0.25F);
	decided_write(&d, &again);
	assert_same(buf_span(&again), buf_span(&b));
	buf_done(&again);
	buf_done(&b);
}

static void long_texts_are_cut(void **state)
{
	char text[DECIDED_TEXT_MOST + 100];
	struct decided d = example, back;
	struct buf b = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	d.helo = (struct span){text, sizeof(text)};
	decided_write(&d, &b);
	assert_int_equal(decided_read(buf_span(&b), &back), 0);
	assert_int_equal(back.helo.n, DECIDED_TEXT_MOST);
	assert_same(back.from_domain, example.from_domain);
	buf_done(&b);
}

static struct abuse_seen abuse(void)
{
	struct abuse_seen a = {.print = SPAN("print")};

	memset(a.identity.byte, 7, DIGEST_BYTES);
	a.sighting = (struct sighting){
		.kind = SIGHTING_PHISH,
		.at = 1795482000,
		.where = {{IP_V6, {0x20, 1, 0x0d, 0xb8, [15] = 9}}, 128},
		.source = SPAN("mail"),
		.confidence = 98,
		.advertised = {SPAN("prize.example"), SPAN("192.0.2.9")},
		.advertises = 2,
	};
	return a;
}

static void abuse_comes_back(void **state)
{
	struct abuse_seen a = abuse(), back;
	struct buf b = {0};

	(void)state;
	abuse_write(&a, &b);
	assert_int_equal(abuse_read(buf_span(&b), &back), 0);
	assert_memory_equal(&back.identity, &a.identity, sizeof(a.identity));
	assert_int_equal(back.sighting.kind, SIGHTING_PHISH);
	assert_int_equal(back.sighting.where.length, 128);
	assert_int_equal(ip_compare(&back.sighting.where.ip, &a.sighting.where.ip), 0);
	assert_int_equal(back.sighting.advertises, 2);
	assert_same(back.sighting.advertised[1], a.sighting.advertised[1]);
	assert_same(back.print, a.print);

	/* A sighting that the ledger would refuse does not come that far. */
	a.sighting.confidence = 101;
	buf_clear(&b);
	abuse_write(&a, &b);
	assert_int_equal(abuse_read(buf_span(&b), &back), -EBADMSG);
	buf_done(&b);
}

static struct features *some_features(void)
{
	struct features *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	for (unsigned i = 0; i <= VIEW_COUNT; i++)
		f->start[i] = (uint16_t)(i * 5);
	for (unsigned i = 0; i < VIEW_COUNT * 5; i++)
		f->hash[i] = i * 77;
	return f;
}

static void lessons_come_back(void **state)
{
	struct features *f = some_features(), *room = calloc(1, sizeof(*room));
	struct learn_wish w = {.spam = true, .self = true, .asn = 64500, .campaign = 5,
		.probability = 0.999, .features = f};
	struct learn_wish back;
	struct buf b = {0};

	(void)state;
	assert_non_null(room);
	learn_write(&w, &b);
	assert_int_equal(learn_read(buf_span(&b), room, &back), 0);
	assert_true(back.spam && back.self);
	assert_int_equal(back.campaign, 5);
	assert_memory_equal(room, f, features_bytes(f));

	/* Views that overlap, or more than there is room for. */
	f->start[2] = 3;
	buf_clear(&b);
	learn_write(&w, &b);
	assert_int_equal(learn_read(buf_span(&b), room, &back), -EBADMSG);
	buf_done(&b);
	free(room);
	free(f);
}

/* Every beginning of a message is refused, and so is one byte too many. */
static void what_is_cut_is_refused(void **state)
{
	struct features *f = some_features(), *room = calloc(1, sizeof(*room));
	const struct learn_wish w = {.features = f};
	const struct abuse_seen a = abuse();
	struct buf b[3] = {{0}};
	union {
		struct decided d;
		struct abuse_seen a;
		struct learn_wish w;
	} to;

	(void)state;
	assert_non_null(room);
	decided_write(&example, &b[0]);
	abuse_write(&a, &b[1]);
	learn_write(&w, &b[2]);
	for (int kind = 0; kind < 3; kind++) {
		size_t whole = b[kind].n;

		buf_byte(&b[kind], 0);
		for (size_t n = 0; n <= whole + 1; n++) {
			char *copy = malloc(n ? n : 1); /* so that a byte too far is seen */
			struct span s = {copy, n};

			assert_non_null(copy);
			memcpy(copy, b[kind].p, n);
			int rc = kind == 0 ? decided_read(s, &to.d)
				: kind == 1 ? abuse_read(s, &to.a)
					    : learn_read(s, room, &to.w);
			assert_int_equal(rc, n == whole ? 0 : -EBADMSG);
			free(copy);
		}
		buf_done(&b[kind]);
	}
	free(room);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decisions_come_back),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(abuse_comes_back),
		cmocka_unit_test(lessons_come_back),
		cmocka_unit_test(what_is_cut_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
