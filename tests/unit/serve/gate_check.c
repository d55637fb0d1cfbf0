/* The gate for rspamd's clients: scores, fields, answers of both protocols, lessons. */
#include "test.h"

#include "serve/gate_lines.h"
#include "serve/gate_work.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static struct config_gateway config;
static struct status *status;
static struct gate *gate;
static struct ipc_client *client;
static int keeper[2], status_fd;

static void open_gate(void)
{
	struct gate_parts parts = {
		.config = &config, .name = SPAN("mx.example.org"), .status = status};
	const struct judge_options options = {.starter = STARTER, .ham_loss = 0.001};
	struct err err = {""};

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, keeper), 0);
	assert_int_equal(ipc_client_new(keeper[0], &client, &err), 0);
	parts.keeper = keeper[0];
	parts.ask_keeper = client;
	assert_int_equal(judge_open(&options, &parts.judge, &err), 0);
	if (gate_new(&parts, &gate, &err) < 0)
		fail_msg("%s", err.text);
}

static void close_gate(void)
{
	assert_int_equal(gate_in_hand(gate), 0);
	gate_free(gate);
	ipc_client_free(client);
	close(keeper[0]);
	close(keeper[1]);
}

static int set_up(void **state)
{
	(void)state;
	config = (struct config_gateway){.judge_bytes = 1 << 20,
		.message_seconds = 10,
		.dns_questions = 50,
		.dns_milliseconds = 1000,
		.threads = 2};
	status = status_make(&status_fd);
	return status ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	status_drop(status);
	close(status_fd);
	return 0;
}

static const char spam[] =
	"From: \"PayPal\" <x@198.51.100.7>\r\nSubject: URGENT!!! YOU WON $$$ 100% FREE\r\n"
	"Message-ID: <won@198.51.100.7>\r\nContent-Type: text/html\r\n"
	"X-Spam-Flag: NO\r\nX-Cordon: ham\r\nX-Spam-Flag:\r\n never\r\n\r\n"
	"Dear Friend,\r\n\r\nYou have won the sum of US$ 4,500,000.00 in our lottery. Please click "
	"http://198.51.100.7/claim to verify your account and password now. Viagra, cialis, cheap "
	"replica watches, 100% free, act now! Unsubscribe http://198.51.100.7/u\r\n";

/* What the keeper is told of the next decision; the bytes stay until the next call. */
static struct decided told(void)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	struct decided d;
	int file;

	do {
		assert_int_equal(ipc_receive(keeper[1], room, ipc_deadline(1000000000), &head,
					 &bytes, &file),
			1);
		if (file >= 0)
			close(file);
	} while (head.type != KEEPER_DECIDED);
	assert_int_equal(decided_read(bytes, &d), 0);
	return d;
}

static json_t *check(struct gate_check *c)
{
	struct buf text = {0};

	gate_check_json(c, &text);
	json_t *j = json_loadb(text.p, text.n, 0, NULL);

	assert_non_null(j);
	buf_done(&text);
	gate_check_free(c);
	return j;
}

static const char *text_of(json_t *j, const char *name)
{
	return json_string_value(json_object_get(j, name));
}

/* --- scores --- */

static void the_threshold_is_fifteen(void **state)
{
	static const struct {
		double log_odds, threshold;
		enum action action;
		double want;
	} cases[] = {
		{3, 0.95257412682, ACTION_SPAM, 15}, /* the log-odds of that threshold are 3 */
		{0, 0.95257412682, ACTION_HAM, 0},
		{-3, 0.95257412682, ACTION_HAM, -15},
		{6, 0.95257412682, ACTION_SPAM, 30},
		{2.9999, 0.95257412682, ACTION_UNSURE, 14.99},
		{0, 0.5, ACTION_SPAM, 15}, /* its log-odds are 0: a unit is worth 15 */
		{-1, 0.5, ACTION_HAM, 0},
		{-0.5, 0.2689414213, ACTION_SPAM, 22.5}, /* -1 */
		{1000, 0.5, ACTION_SPAM, 999},
		{-1000, 0.5, ACTION_HAM, -999},
		{5, 1, ACTION_HAM, 3.61}, /* nothing is called spam */
		/* What rounding would get wrong the action sets right. */
		{2.99999999, 0.95257412682, ACTION_SPAM, 15},
		{3.1, 0.95257412682, ACTION_UNSURE, 14.99},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct verdict v = {.threshold = cases[i].threshold, .action = cases[i].action};

		v.opinion.log_odds = cases[i].log_odds;
		double got = gate_check_score(&v);

		if (got < cases[i].want - 0.0101 || got > cases[i].want + 0.0101)
			fail_msg("case %zu: %f, not %f", i, got, cases[i].want);
		assert_true((got >= GATE_CHECK_REQUIRED) == (cases[i].action == ACTION_SPAM));
	}
}

/* --- fields --- */

static void fields_are_an_envelope(void **state)
{
	static const struct {
		const char *name, *value;
	} fields[] = {
		{"rcpt", "<joe@example.org>"},
		{"FROM", " <a@b.example> "},
		{"From", "second@b.example"},
		{"Rcpt", "ann@example.org"},
		{"Ip", "[IPv6:2001:db8::7]"},
		{"Helo", "mail.b.example"},
		{"Hostname", "mail.b.example"},
		{"Queue-ID", "4ABC"},
		{"User", "joe"},
		{"Deliver-To", "nobody@example.org"},
		{"Settings", "{}"},
		{"", ""},
	};
	struct gate_check *c;
	char ip[IP_TEXT];

	(void)state;
	open_gate();
	c = gate_check_new(gate);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		gate_check_field(c, span_cstr(fields[i].name), span_cstr(fields[i].value));
	gate_check_body(c, SPAN("Subject: hi\r\n\r\nhi\r\n"));
	json_decref(check(c));
	struct decided d = told();

	assert_span(d.sender, "a@b.example");
	assert_int_equal(d.recipients, 2);
	assert_span(d.recipient[0], "joe@example.org");
	assert_span(d.recipient[1], "ann@example.org");
	assert_string_equal(ip_format(&d.ip, ip), "2001:db8::7");
	assert_span(d.helo, "mail.b.example");
	assert_span(d.queue_id, "4ABC");
	assert_span(d.user, "joe");
	assert_true(d.http && d.outgoing && !d.unjudged);

	/* Without a client, and with a recipient only by delivery. */
	c = gate_check_new(gate);
	gate_check_field(c, SPAN("IP"), SPAN("unknown"));
	gate_check_field(c, SPAN("Deliver-To"), SPAN("nobody@example.org"));
	for (int i = 0; i < 3; i++)
		gate_check_field(c, SPAN("From"), SPAN(""));
	json_decref(check(c));
	d = told();
	assert_int_equal(d.ip.family, IP_NONE);
	assert_int_equal(d.recipients, 1);
	assert_span(d.recipient[0], "nobody@example.org");
	assert_span(d.sender, "");
	close_gate();
}

/* --- answers --- */

static struct gate_check *spam_from(const char *ip)
{
	struct gate_check *c = gate_check_new(gate);

	assert_non_null(c);
	if (ip)
		gate_check_field(c, SPAN("IP"), span_cstr(ip));
	for (size_t i = 0; i < sizeof(spam) - 1; i++) /* in pieces */
		gate_check_body(c, (struct span){spam + i, 1});
	return c;
}

static void each_action_has_rspamds_name(void **state)
{
	static const char *const cases[][2] = {{"accept", "add header"}, {"tag", "rewrite subject"},
		{"quarantine", "quarantine"}, {"tempfail", "soft reject"}, {"reject", "reject"},
		{"discard", "discard"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		config.on_spam = (char *)cases[i][0];
		config.tag = (char *)"[junk] ";
		open_gate();
		json_t *j = check(spam_from("192.0.2.7"));
		const char *subject = text_of(j, "subject");

		assert_string_equal(text_of(j, "action"), cases[i][1]);
		assert_string_equal(text_of(j, "message-id"), "won@198.51.100.7");
		assert_true(json_number_value(json_object_get(j, "score")) >= 15);
		assert_int_equal(strlen(text_of(j, "id")), DECIDED_ID);
		if (strcmp(cases[i][0], "tag") == 0)
			assert_string_equal(subject, "[junk] URGENT!!! YOU WON $$$ 100% FREE");
		else
			assert_null(subject);
		json_decref(j);
		close_gate();
	}
}

static void forged_fields_are_to_be_removed(void **state)
{
	json_error_t error;
	json_t *want = json_loads("{\"X-Spam-Flag\": [2, 1], \"X-Cordon\": 1}", 0, &error);

	(void)state;
	open_gate();
	json_t *j = check(spam_from("192.0.2.7")), *milter = json_object_get(j, "milter");
	json_t *add = json_object_get(milter, "add_headers");

	assert_true(json_equal(json_object_get(milter, "remove_headers"), want));
	assert_string_equal(text_of(json_object_get(add, "X-Spam-Flag"), "value"), "YES");
	assert_true(span_starts(
		span_cstr(text_of(json_object_get(add, "X-Cordon"), "value")), SPAN("spam; p=")));
	json_decref(j);
	json_decref(want);
	close_gate();
}

/* --- RSPAMC/1.3 --- */

/* Gives a request in pieces of so many bytes; what gate_lines_take() said last. */
static int give(struct gate_lines *l, struct span s, size_t piece)
{
	int rc = 0;

	for (; rc == 0 && s.n; s = span_skip(s, piece))
		rc = gate_lines_take(l, span_take(s, piece));
	return rc;
}

static void exim_is_answered(void **state)
{
	struct buf request = {0};

	(void)state;
	open_gate();
	buf_printf(&request,
		"CHECK RSPAMC/1.3\r\nContent-length: %zu\r\nQueue-Id: 1tExim-0001\r\n"
		"From: <a@b.example>\r\nRecipient-Number: 2\r\nRcpt: <joe@example.org>\r\n"
		"Rcpt: <ann@example.org>\r\nHelo: mail.b.example\r\nIP: 192.0.2.7\r\n\r\n%s",
		sizeof(spam) - 1, spam);
	for (size_t piece = 1; piece < request.n * 2; piece *= 7) {
		struct gate_lines *l = gate_lines_new(gate);
		struct buf answer = {0};
		char version[8], result[8];
		double score, required, reject;
		int at = 0;

		assert_int_equal(give(l, buf_span(&request), piece), 1);
		gate_lines_answer(l, &answer);
		buf_byte(&answer, '\0');
		/* As Exim's spam.c reads it. */
		assert_int_equal(sscanf(answer.p,
					 "RSPAMD/%7s 0 EX_OK\r\nMetric: default; %7s %lf / %lf / "
					 "%lf\r\n%n",
					 version, result, &score, &required, &reject, &at),
			5);
		assert_string_equal(result, "True;");
		assert_true(score >= required && required == 15 && reject == 15);
		assert_memory_equal(answer.p + at, "Action: reject\r\nSymbol: ", 24);
		struct decided d = told();

		assert_span(d.queue_id, "1tExim-0001");
		assert_span(d.sender, "a@b.example");
		assert_int_equal(d.recipients, 2);
		assert_int_equal(d.bytes, sizeof(spam) - 1);
		buf_done(&answer);
		gate_lines_free(l);
	}
	buf_done(&request);
	close_gate();
}

static void what_is_no_request_is_told(void **state)
{
	static const struct {
		const char *text;
		int want;
		bool ended;
	} cases[] = {
		{"CHECK RSPAMC/1.3\r\nContent-length: 2\r\n\r\nhi", 1, false},
		{"CHECK RSPAMC/1.3\nContent-Length: 2\n\nhi, and more", 1, false},
		{"CHECK joe RSPAMC/1.2\r\nContent-length: 0\r\n\r\n", 1, false},
		{"SYMBOLS RSPAMC/1.3\r\n\r\nhi", 0, true},
		{"CHECK RSPAMC/1.3\r\n\r\n", 0, true},
		{"CHECK RSPAMC/1.3\r\nContent-length: 3\r\n\r\nhi", 0, false},
		{"CHECK RSPAMC/1.3\r\nFrom: a", 0, false},
		{"CHECK", 0, false},
		{"", 0, false},
		{"CHECK\r\n", -EBADMSG, false},
		{"CHECK SPAMC/1.2\r\n", -EBADMSG, false},
		{"RSPAMC/1.3\r\n", -EBADMSG, false},
		{"LEARN RSPAMC/1.3\r\n", -EBADMSG, false},
		{"CHECK RSPAMC/1.3\r\nno field\r\n", -EBADMSG, false},
		{"CHECK RSPAMC/1.3\r\nContent-length: -1\r\n", -EBADMSG, false},
		{"CHECK RSPAMC/1.3\r\nContent-length:\r\n", -EBADMSG, false},
		{"CHECK RSPAMC/1.3\r\nContent-length: 9999999999999999999\r\n", -EBADMSG, false},
		{"CHECK RSPAMC/1.3\r\nContent-length: 1\r\nContent-length: 1\r\n", -EBADMSG, false},
	};

	(void)state;
	open_gate();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t piece = 1; piece < 100; piece *= 5) {
			struct gate_lines *l = gate_lines_new(gate);
			int rc = give(l, span_cstr(cases[i].text), piece);

			if (rc != cases[i].want)
				fail_msg("case %zu: %d, not %d", i, rc, cases[i].want);
			assert_int_equal(gate_lines_ended(l), cases[i].ended);
			gate_lines_free(l);
		}
	close_gate();
}

static void the_head_is_bounded(void **state)
{
	static char line[GATE_LINES_LINE + 2];
	struct gate_lines *l;

	(void)state;
	open_gate();
	memset(line, 'x', sizeof(line));
	memcpy(line, "Rcpt: ", 6);
	line[GATE_LINES_LINE] = '\n';
	l = gate_lines_new(gate);
	assert_int_equal(gate_lines_take(l, SPAN("CHECK RSPAMC/1.3\r\n")), 0);
	/* The longest line, so often as the whole may be. */
	for (size_t n = GATE_LINES_LINE; n < GATE_LINES_HEAD; n += GATE_LINES_LINE + 1)
		assert_int_equal(gate_lines_take(l, (struct span){line, GATE_LINES_LINE + 1}), 0);
	int rc = 0;

	for (int i = 0; rc == 0 && i < 3; i++)
		rc = gate_lines_take(l, (struct span){line, GATE_LINES_LINE + 1});
	assert_int_equal(rc, -EBADMSG);
	gate_lines_free(l);
	l = gate_lines_new(gate);
	line[GATE_LINES_LINE] = 'x';
	assert_int_equal(gate_lines_take(l, SPAN("CHECK RSPAMC/1.3\r\n")), 0);
	assert_int_equal(gate_lines_take(l, (struct span){line, GATE_LINES_LINE + 1}), -EBADMSG);
	gate_lines_free(l);
	close_gate();
}

/* --- lessons --- */

/* The keeper, once: answers a lesson with these bytes, and says whether it was as it is to be. */
struct lesson {
	struct span answer;
	bool spam, good;
};

static void *keep(void *context)
{
	static char room[IPC_MOST];
	static struct features features;
	struct lesson *l = context;
	struct ipc_head head;
	struct learn_wish w;
	struct span bytes;
	int file;

	if (ipc_receive(keeper[1], room, ipc_deadline(5000000000), &head, &bytes, &file) != 1)
		return NULL;
	l->good = head.type == KEEPER_LEARN && head.id && file < 0 &&
		  learn_read(bytes, &features, &w) == 0 && w.spam == l->spam && !w.self &&
		  w.features->start[VIEW_COUNT] > 0;
	ipc_send(keeper[1], KEEPER_LEARNED, head.id, l->answer, -1, ipc_deadline(1000000000));
	return NULL;
}

static void lessons_are_answered_when_learned(void **state)
{
	static const struct {
		struct span answer;
		unsigned want;
		const char *words;
	} cases[] = {
		{SPAN("\0"), 200, "{\"success\":true}"},
		{SPAN("\1"), 208, "already"},
		{SPAN("\2"), 200, "{\"success\":true}"},
		{SPAN("\377"), 503, "try again later"},
		{SPAN("\3"), 503, "try again later"},
		{SPAN(""), 503, "try again later"},
		{SPAN("\0\0"), 503, "try again later"},
	};

	(void)state;
	open_gate();
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		struct lesson l = {.answer = cases[i / 2].answer, .spam = i % 2};
		struct gate_check *c = spam_from(NULL);
		struct buf text = {0};
		pthread_t thread;

		assert_int_equal(pthread_create(&thread, NULL, keep, &l), 0);
		assert_int_equal(gate_check_learn(c, l.spam, &text), cases[i / 2].want);
		pthread_join(thread, NULL);
		assert_true(l.good);
		buf_byte(&text, '\0');
		assert_non_null(strstr(text.p, cases[i / 2].words));
		buf_done(&text);
		gate_check_free(c);
	}
	close_gate();
}

static void a_lesson_of_nothing_is_refused(void **state)
{
	struct buf text = {0};

	(void)state;
	open_gate();
	struct gate_check *c = gate_check_new(gate);

	assert_int_equal(gate_check_learn(c, true, &text), 400);
	gate_check_free(c);
	buf_done(&text);
	close_gate();
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_threshold_is_fifteen),
		CASE(fields_are_an_envelope),
		CASE(each_action_has_rspamds_name),
		CASE(forged_fields_are_to_be_removed),
		CASE(exim_is_answered),
		CASE(what_is_no_request_is_told),
		CASE(the_head_is_bounded),
		CASE(lessons_are_answered_when_learned),
		CASE(a_lesson_of_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
