/* The gate: ids, users, a message put together from a session's pieces, looked at, told and decided. */
#include "test.h"

#include "serve/gate_session.h"
#include "serve/gate_work.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static struct config_gateway config;
static struct status *status;
static struct gate *gate;
static int keeper[2], status_fd;

static void open_gate(void)
{
	struct gate_parts parts = {.config = &config,
		.name = SPAN("mx.example.org"),
		.status = status};
	const struct judge_options options = {.starter = STARTER, .ham_loss = 0.001};
	struct err err = {""};

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, keeper), 0);
	parts.keeper = keeper[0];
	parts.campaign_key = 7;
	assert_int_equal(judge_open(&options, &parts.judge, &err), 0);
	if (gate_new(&parts, &gate, &err) < 0)
		fail_msg("%s", err.text);
}

static void close_gate(void)
{
	assert_int_equal(gate_in_hand(gate), 0);
	gate_free(gate);
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

static void ids_are_in_order_of_time(void **state)
{
	char a[DECIDED_ID + 1], b[DECIDED_ID + 1];

	(void)state;
	gate_id(0, 0, a);
	assert_string_equal(a, "0000000000000000");
	gate_id(((int64_t)1 << 42) - 1, UINT64_MAX, b);
	assert_string_equal(b, "zzzzzzzzzzzzzzzz");
	for (int64_t at = 1795464000000; at < 1795464002000; at += 7) {
		gate_id(at, UINT64_MAX, a);
		gate_id(at + 1, 0, b);
		assert_true(strcmp(a, b) < 0);
	}
}

static void users_are_remembered_for_hours(void **state)
{
	static struct gate_users users;
	unsigned messages, spam;

	(void)state;
	for (int i = 0; i < 10; i++)
		gate_users_saw(&users, SPAN("joe"), i % 2, 1795464000 + i, &messages, &spam);
	assert_int_equal(messages, 10);
	assert_int_equal(spam, 5);
	gate_users_saw(&users, SPAN("ann"), true, 1795464010, &messages, &spam);
	assert_int_equal(messages, 1);
	gate_users_saw(&users, SPAN("joe"), false, 1795464009 + 3600, &messages, &spam);
	assert_int_equal(messages, 6); /* half of ten, and this one */
	gate_users_saw(&users, SPAN("joe"), false, 1795464000, &messages, &spam); /* a clock jumps back */
	assert_int_equal(messages, 7);
	/* any number of others */
	for (int i = 0; i < 100000; i++) {
		char name[16];
		int n = snprintf(name, sizeof(name), "u%d", i);

		gate_users_saw(&users, (struct span){name, (size_t)n}, true, 1795464000 + i, &messages,
			&spam);
		assert_int_equal(messages, 1);
	}
}

/* --- sessions --- */

static void client(struct gate_session *s, const char *address, const char *name)
{
	struct ip ip;

	assert_int_equal(ip_parse(span_cstr(address), &ip), 0);
	gate_session_client(s, span_cstr(name), &ip);
	gate_session_helo(s, SPAN("helo.example.net"));
	gate_session_server(s, SPAN("mta.example.org"));
}

static void message(struct gate_session *s, const char *subject, const char *body)
{
	gate_session_mail(s, SPAN("<a@example.net>"));
	gate_session_rcpt(s, SPAN("<b@example.org>"));
	gate_session_header(s, SPAN("From"), SPAN(" A <a@example.net>"));
	gate_session_header(s, SPAN("Subject"), span_cstr(subject));
	gate_session_end_of_head(s);
	gate_session_body(s, span_cstr(body));
}

/* What the keeper was told last. */
static char told_room[IPC_MOST];
static int told(uint32_t type, struct span *ret_bytes)
{
	struct ipc_head head;
	int file = -1;

	assert_int_equal(ipc_receive(keeper[1], told_room, ipc_deadline(1000000000), &head,
				 ret_bytes, &file),
		1);
	assert_int_equal(head.type, type);
	return file;
}

static const char scam[] =
	"Dear Friend,\r\n\r\nYou have won the sum of US$ 4,500,000.00 in our lottery. Please click "
	"http://198.51.100.7/claim to verify your account and password now. Viagra, cialis, cheap "
	"replica watches, 100% free, act now! Unsubscribe http://198.51.100.7/u\r\n";

static void a_message_is_decided_and_told(void **state)
{
	struct gate_seen seen;
	struct span bytes;
	struct decided d;

	(void)state;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "mail.example.net");
	for (int i = 0; i < 3; i++) { /* several over one connection */
		message(s, " Minutes of the meeting", "Hello Joe,\r\n\r\nhere they are.\r\n");
		gate_session_look(s, SPAN("4QUEUE"), &seen);
		assert_true(seen.judged);
		assert_false(seen.outgoing);
		assert_null(seen.auth);
		const struct received *chain = &seen.verdict->chain;

		assert_span(chain->source_name, "mail.example.net");
		assert_span(chain->source_helo, "helo.example.net");
		assert_span(chain->hop[0].by, "mta.example.org");
		assert_span(chain->hop[0].id, "4QUEUE");
		assert_span(seen.verdict->in.return_domain, "example.net");
		assert_int_equal(gate_in_hand(gate), 1);
		char id[DECIDED_ID + 1];

		memcpy(id, seen.id, sizeof(id));
		enum decision_action action = seen.action;

		gate_session_done(s, &seen);
		if (action != DECIDE_ACCEPT)
			close(told(KEEPER_ABUSE, &bytes));
		told(KEEPER_DECIDED, &bytes);
		assert_int_equal(decided_read(bytes, &d), 0);
		assert_string_equal(d.id, id);
		assert_int_equal(d.action, action);
		assert_span(d.sender, "a@example.net");
		assert_span(d.recipient[0], "b@example.org");
		assert_int_equal(d.recipients, 1);
		assert_span(d.from_domain, "example.net");
		assert_span(d.queue_id, "4QUEUE");
		assert_true(d.findings > 0);
		for (size_t f = 1; f < d.findings; f++)
			assert_true(d.weight[f] * d.weight[f] <=
				    d.weight[f - 1] * d.weight[f - 1]);
	}
	gate_session_free(s);
	assert_int_equal(status->count[STATUS_MESSAGES], 3);
	close_gate();
}

/* The worst sample of ours that is called spam, in pieces of one byte and at once. */
static void spam_is_a_sighting(void **state)
{
	char reject[] = "reject";
	struct gate_seen seen;
	struct abuse_seen a;
	struct span bytes, raw;
	struct decided d;

	(void)state;
	config.on_spam = reject;
	open_gate();
	struct gate_session *s = gate_session_new(gate);
	double first = 0;

	for (int piece = 0; piece < 2; piece++) {
		client(s, "192.0.2.7", "unknown");
		gate_session_mail(s, SPAN("<>"));
		gate_session_rcpt(s, SPAN("<b@example.org>"));
		gate_session_header(s, SPAN("Subject"), SPAN(" URGENT!!! YOU WON $$$ 100% FREE"));
		gate_session_header(s, SPAN("From"), SPAN(" \"PayPal\" <x@198.51.100.7>"));
		gate_session_header(s, SPAN("Content-Type"), SPAN(" text/html"));
		gate_session_end_of_head(s);
		for (size_t i = 0; !piece && i < sizeof(scam) - 1; i++)
			gate_session_body(s, (struct span){scam + i, 1});
		if (piece)
			gate_session_body(s, span_cstr(scam));
		gate_session_look(s, SPAN(""), &seen);
		assert_int_equal(seen.verdict->action, ACTION_SPAM);
		assert_int_equal(seen.action, DECIDE_REJECT);
		assert_int_equal(seen.reason, POLICY_SPAM);
		assert_true(!piece || seen.verdict->opinion.log_odds == first);
		first = seen.verdict->opinion.log_odds;
		gate_session_done(s, &seen);
		int file = told(KEEPER_ABUSE, &bytes);

		assert_int_equal(abuse_read(bytes, &a), 0);
		assert_true(a.print.n > 0);
		assert_int_equal(a.sighting.where.ip.family, IP_V4);
		assert_int_equal(ipc_map_sealed(file, 1 << 20, &raw), 0);
		assert_true(span_find(raw, SPAN("[192.0.2.7]")) > 0);
		assert_true(span_find(raw, SPAN("claim to verify")) > 0);
		close(file);
		told(KEEPER_DECIDED, &bytes);
		assert_int_equal(decided_read(bytes, &d), 0);
		assert_int_equal(d.verdict, ACTION_SPAM);
	}
	gate_session_free(s);
	close_gate();
}

static void our_own_users_are_judged_and_not_accused(void **state)
{
	char net[] = "192.0.2.0/28", *nets[] = {net};
	struct gate_seen seen;
	struct span bytes;
	struct decided d;

	(void)state;
	config.own_nets = nets;
	config.own_n = 1;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	for (int by_user = 0; by_user < 2; by_user++) {
		client(s, by_user ? "203.0.113.9" : "192.0.2.7", "unknown");
		message(s, " URGENT!!! YOU WON $$$ 100% FREE", scam);
		gate_session_header(s, SPAN("Authentication-Results"), SPAN(" mx.example.org; x"));
		gate_session_user(s, by_user ? SPAN("joe") : SPAN(""), SPAN("TLSv1.3"));
		gate_session_look(s, SPAN("1"), &seen);
		assert_true(seen.outgoing && seen.judged);
		if (seen.verdict->action == ACTION_SPAM)
			assert_int_equal(seen.reason, POLICY_OUTGOING);
		gate_session_done(s, &seen);
		told(KEEPER_DECIDED, &bytes); /* and nothing before it */
		assert_int_equal(decided_read(bytes, &d), 0);
		assert_true(d.outgoing);
		assert_span(d.user, by_user ? "joe" : "");
		if (by_user && d.verdict == ACTION_SPAM)
			assert_true(span_find(d.reason, SPAN("last 1 messages 1 were")) > 0);
	}
	assert_int_equal(status->count[STATUS_OUTGOING], 2);
	gate_session_free(s);
	close_gate();
}

static void a_newer_configuration_counts(void **state)
{
	char net[] = "192.0.2.0/28", bad_net[] = "192.0.2.0/99", *nets[] = {net},
	     *bad_nets[] = {bad_net};
	char reject[] = "reject", accept[] = "accept";
	struct config_gateway newer = config, bad = config;
	struct gate_seen seen;
	struct span bytes;
	struct err err;

	(void)state;
	config.on_spam = accept;
	newer.on_outgoing_spam = reject;
	newer.own_nets = nets;
	newer.own_n = bad.own_n = 1;
	bad.own_nets = bad_nets;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	for (int i = 0; i < 3; i++) {
		client(s, "192.0.2.7", "unknown");
		message(s, " URGENT!!! YOU WON $$$ 100% FREE", scam);
		if (i == 1) /* within a message */
			assert_int_equal(
				gate_configure(gate, &newer, SPAN("new.example.org"), &err), 0);
		if (i == 2) /* changes nothing */
			assert_int_equal(gate_configure(gate, &bad, SPAN("bad"), &err), -EINVAL);
		gate_session_look(s, SPAN("1"), &seen);
		assert_int_equal(seen.action, i ? DECIDE_REJECT : DECIDE_ACCEPT);
		assert_int_equal(seen.outgoing, i > 0);
		gate_session_done(s, &seen);
		if (i == 0)
			close(told(KEEPER_ABUSE, &bytes));
		told(KEEPER_DECIDED, &bytes);
		assert_ptr_equal(gate_config(gate), i ? &newer : &config);
	}
	assert_span(gate_settings(gate)->name, "new.example.org");
	gate_session_free(s);
	close_gate();
}

static void what_is_too_much_is_counted(void **state)
{
	static char chunk[65536];
	struct gate_seen seen;
	struct span bytes;
	struct decided d;

	(void)state;
	config.judge_bytes = 100000;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	memset(chunk, 'x', sizeof(chunk));
	client(s, "192.0.2.7", "unknown");
	message(s, " big", "");
	for (int i = 0; i < 50000; i++)
		gate_session_rcpt(s, SPAN("<someone.with.a.long.name@example.org>"));
	for (int i = 0; i < 1600; i++) /* 100 MB */
		gate_session_body(s, (struct span){chunk, sizeof(chunk)});
	gate_session_look(s, SPAN("1"), &seen);
	assert_true(seen.judged);
	assert_true(seen.verdict->m->raw.n < 105000);
	gate_session_done(s, &seen);
	while (status->count[STATUS_SPAM]) {
		close(told(KEEPER_ABUSE, &bytes));
		break;
	}
	told(KEEPER_DECIDED, &bytes);
	assert_int_equal(decided_read(bytes, &d), 0);
	assert_true(d.bytes > 104000000 && d.bytes < 106000000);
	assert_int_equal(d.recipients, DECIDED_RECIPIENTS);
	assert_int_equal(d.recipients_left_out, 50001 - DECIDED_RECIPIENTS);
	assert_span(d.recipient[15], "someone.with.a.long.name@example.org");
	assert_int_equal(status->count[STATUS_TOO_LARGE], 1);
	gate_session_free(s);
	close_gate();
}

static void forged_fields_are_found(void **state)
{
	static const struct {
		const char *name;
		unsigned index;
	} want[] = {{"X-Spam-Flag", 2}, {"Authentication-Results", 3}, {"X-Cordon", 1},
		{"Authentication-Results", 1}, {"X-Spam-Flag", 1}};
	struct gate_seen seen;
	const char *name;
	unsigned index;
	struct span subject;

	(void)state;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "unknown");
	gate_session_mail(s, SPAN("<a@example.net>"));
	gate_session_header(s, SPAN("X-Spam-Flag"), SPAN(" NO"));
	gate_session_header(s, SPAN("Authentication-Results"), SPAN(" mx.example.org; dkim=pass"));
	gate_session_header(s, SPAN("authentication-results"), SPAN(" other.example; dkim=pass"));
	gate_session_header(s, SPAN("x-cordon"), SPAN(" ham"));
	gate_session_header(s, SPAN("Authentication-Results"), SPAN("\n mx.example.org\n ; spf=pass"));
	gate_session_header(s, SPAN("X-SPAM-FLAG"), SPAN("NO"));
	gate_session_header(s, SPAN("Subject"), SPAN(" one\n\ttwo"));
	gate_session_header(s, SPAN("Subject"), SPAN(" three"));
	gate_session_end_of_head(s);
	for (size_t i = 0; i < 5; i++) {
		assert_true(gate_session_forged(s, i, &name, &index));
		assert_string_equal(name, want[i].name);
		assert_int_equal(index, want[i].index);
	}
	assert_false(gate_session_forged(s, 5, &name, &index));
	assert_true(gate_session_subject(s, &subject));
	assert_span(subject, " one\r\n\ttwo");
	gate_session_look(s, SPAN("1"), &seen);
	/* the judge sees other's results alone */
	size_t results = 0;

	for (size_t i = 0; i < seen.verdict->m->part[0].fields.n; i++)
		results += seen.verdict->m->part[0].fields.at[i].id == FIELD_AUTHENTICATION_RESULTS;
	assert_int_equal(results, 1);
	gate_session_done(s, &seen);
	gate_session_free(s);
	close_gate();
}

/* Pieces in any order, none at all, and messages that never end. */
static void disorder_is_taken_as_it_comes(void **state)
{
	struct gate_seen seen;
	const char *name;
	unsigned index;
	struct span subject;

	(void)state;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	assert_false(gate_session_forged(s, 0, &name, &index));
	assert_false(gate_session_subject(s, &subject));
	gate_session_drop(s);
	gate_session_look(s, SPAN(""), &seen);
	assert_true(seen.judged);
	gate_session_done(s, &seen);
	gate_session_body(s, SPAN("body first"));
	gate_session_end_of_head(s);
	gate_session_header(s, SPAN(""), SPAN(""));
	gate_session_rcpt(s, SPAN(""));
	gate_session_look(s, SPAN(""), &seen);
	assert_true(seen.judged);
	gate_session_done(s, &seen);
	message(s, "", "dropped");
	message(s, "", "and again");
	gate_session_free(s);
	close_gate();
}

/* A message that was in hand when the gate died is not judged before somebody has it. */
static void a_killer_is_passed(void **state)
{
	char tempfail[] = "tempfail";
	struct gate_seen seen;
	struct span bytes;
	struct decided d;

	(void)state;
	config.on_failure = tempfail;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "unknown");
	status->suspect[0] = (struct status_suspect){
		digest_of(SPAN("From: A <a@example.net>\r\nSubject: bang\r\n\r\nbang\r\n")), 2};
	status->suspects = 1;
	message(s, " bang", "bang\r\n");
	gate_session_look(s, SPAN("1"), &seen);
	assert_false(seen.judged);
	assert_int_equal(seen.action, DECIDE_TEMPFAIL);
	gate_session_done(s, &seen);
	told(KEEPER_DECIDED, &bytes);
	assert_int_equal(decided_read(bytes, &d), 0);
	assert_true(d.unjudged);
	assert_true(span_find(d.reason, SPAN("it ended the gate")) > 0);
	gate_session_free(s);
	close_gate();
}

static void *look_at_suspect(void *seen)
{
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "unknown");
	message(s, " bang", "bang\r\n");
	gate_session_look(s, SPAN("1"), seen);
	gate_session_done(s, seen);
	gate_session_free(s);
	return NULL;
}

/* One that waits until the keeper has it does not have others wait. */
static void a_suspect_waits_alone(void **state)
{
	static char room[IPC_MOST];
	struct gate_seen suspect, seen;
	struct ipc_head head;
	struct span bytes;
	struct err err;
	pthread_t thread;
	int asked[2], file;

	(void)state;
	config.threads = 1;
	open_gate();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, asked), 0);
	assert_int_equal(ipc_client_new(asked[0], &gate->parts.ask_keeper, &err), 0);
	status->suspect[0] = (struct status_suspect){
		digest_of(SPAN("From: A <a@example.net>\r\nSubject: bang\r\n\r\nbang\r\n")), 1};
	status->suspects = 1;
	assert_int_equal(pthread_create(&thread, NULL, look_at_suspect, &suspect), 0);
	assert_int_equal(ipc_receive(asked[1], room, INT64_MAX, &head, &bytes, &file), 1);
	close(file);
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "unknown");
	message(s, " hello", "Hello Joe\r\n");
	gate_session_look(s, SPAN("2"), &seen);
	assert_true(seen.judged);
	gate_session_done(s, &seen);
	gate_session_free(s);
	assert_int_equal(ipc_send(asked[1], KEEPER_KEPT, head.id, SPAN(""), -1, INT64_MAX), 0);
	pthread_join(thread, NULL);
	assert_true(suspect.judged); /* its time was not over */
	ipc_client_free(gate->parts.ask_keeper);
	close(asked[0]);
	close(asked[1]);
	close_gate();
}

/* What it is sure of it wishes to learn, of each label one in a while, and never from our own users. */
static void clear_cases_are_wished_to_be_learned(void **state)
{
	static struct features room;
	struct gate_seen seen;
	struct span bytes;
	struct learn_wish w;

	(void)state;
	config.learn_self = true;
	open_gate();
	struct gate_session *s = gate_session_new(gate);

	for (int i = 0; i < 4; i++) {
		client(s, "192.0.2.7", "unknown");
		gate_session_mail(s, SPAN("<>"));
		gate_session_user(s, i == 0 ? SPAN("joe") : SPAN(""), SPAN(""));
		gate_session_header(s, SPAN("Subject"), SPAN(" URGENT!!! YOU WON $$$ 100% FREE"));
		gate_session_header(s, SPAN("From"), SPAN(" \"PayPal\" <x@198.51.100.7>"));
		gate_session_header(s, SPAN("Content-Type"), SPAN(" text/html"));
		gate_session_end_of_head(s);
		gate_session_body(s, span_cstr(scam));
		gate_session_look(s, SPAN(""), &seen);
		double sure = seen.verdict->opinion.log_odds;

		gate_session_done(s, &seen);
		if (i > 0)
			close(told(KEEPER_ABUSE, &bytes));
		if (i == 1 && sure > 7) {
			told(KEEPER_LEARN, &bytes);
			assert_int_equal(learn_read(bytes, &room, &w), 0);
			assert_true(w.self && w.spam && w.campaign && w.probability > 0.99);
		}
		told(KEEPER_DECIDED, &bytes);
	}
	gate_session_free(s);
	close_gate();
}

/* --- many threads, and newer models under them --- */

static void *worker(void *unused)
{
	(void)unused;
	for (int i = 0; i < 40; i++) {
		struct gate_session *s = gate_session_new(gate);
		struct gate_seen seen;

		client(s, "192.0.2.7", "unknown");
		message(s, " hello", "Hello Joe,\r\nhow are you?\r\n");
		gate_session_look(s, SPAN("1"), &seen);
		if (!seen.judged)
			abort();
		gate_session_done(s, &seen);
		gate_session_free(s);
	}
	return NULL;
}

static void models_change_under_messages_in_hand(void **state)
{
	struct model *m = model_new();
	pthread_t thread[8];
	struct err err;

	(void)state;
	open_gate();
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, worker, NULL), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(gate_renew(gate,
					 (struct span){model_state(m), model_state_bytes()}, &err),
			0);
	assert_true(gate_renew(gate, SPAN("no model"), &err) < 0);
	for (int i = 0; i < 8; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(status->count[STATUS_MESSAGES], 320);
	model_free(m);
	close_gate();
}

/* When all that may be in hand are, a message waits for its time and is then decided unjudged. */
static void a_message_waits_no_longer_than_it_may(void **state)
{
	struct gate_bench *bench[2];
	struct gate_seen seen;

	(void)state;
	config.message_seconds = 0;
	open_gate();
	for (int i = 0; i < 2; i++)
		assert_non_null(bench[i] = gate_take_bench(gate, gate_now() + 1000000000));
	struct gate_session *s = gate_session_new(gate);

	client(s, "192.0.2.7", "unknown");
	message(s, " hello", "Hello Joe\r\n");
	gate_session_look(s, SPAN("1"), &seen);
	assert_false(seen.judged);
	assert_int_equal(seen.action, DECIDE_ACCEPT);
	gate_session_done(s, &seen);
	assert_int_equal(status->count[STATUS_PASSED], 1);
	for (int i = 0; i < 2; i++) {
		gate_leave_cpu(gate);
		gate_give_bench(gate, bench[i]);
	}
	gate_session_free(s);
	close_gate();
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_in_order_of_time),
		cmocka_unit_test(users_are_remembered_for_hours),
		CASE(a_message_is_decided_and_told),
		CASE(spam_is_a_sighting),
		CASE(our_own_users_are_judged_and_not_accused),
		CASE(a_newer_configuration_counts),
		CASE(what_is_too_much_is_counted),
		CASE(forged_fields_are_found),
		CASE(disorder_is_taken_as_it_comes),
		CASE(a_killer_is_passed),
		CASE(a_suspect_waits_alone),
		CASE(clear_cases_are_wished_to_be_learned),
		CASE(models_change_under_messages_in_hand),
		CASE(a_message_waits_no_longer_than_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
