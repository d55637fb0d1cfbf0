#include "test.h"

#include "serve/ipc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND 1000000000LL

static int pair[2];
static struct ipc_client *client;
static char room[IPC_MOST];

static int set_up(void **state)
{
	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	return ipc_client_new(pair[0], &client, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	ipc_client_free(client);
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* Takes the next question, or fails. */
static struct ipc_head next_question(struct span *bytes, int *file)
{
	struct ipc_head head = {0};

	assert_int_equal(
		ipc_receive(pair[1], room, ipc_deadline(20 * SECOND), &head, bytes, file), 1);
	assert_int_not_equal(head.id, 0);
	return head;
}

/* What a question asked later came to. */
struct seen {
	_Atomic int calls;
	uint32_t type;
	char text[16];
};

static void see(void *context, uint32_t type, struct span bytes)
{
	struct seen *s = context;

	s->type = type;
	snprintf(s->text, sizeof(s->text), "%.*s", SPAN_ARG(bytes));
	atomic_fetch_add(&s->calls, 1);
}

static void wait_calls(struct seen *s, size_t n)
{
	for (int naps = 0; naps < 20000; naps++) {
		size_t done = 0;

		for (size_t i = 0; i < n; i++)
			done += atomic_load(&s[i].calls) > 0;
		if (done == n)
			return;
		poll(NULL, 0, 1);
	}
	fail_msg("not all were answered");
}

static void *answer_once(void *context)
{
	struct span bytes;
	int file, sealed = ipc_seal(SPAN("beside"));
	struct ipc_head head = next_question(&bytes, &file);

	(void)context;
	if (file >= 0)
		close(file);
	ipc_send(pair[1], head.type + 1, head.id, bytes, sealed, 0);
	close(sealed);
	return NULL;
}

static void an_answer_finds_its_question(void **state)
{
	struct buf to = {0};
	uint32_t type = 0;
	int file = -1;
	pthread_t peer;

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		buf_clear(&to);
		pthread_create(&peer, NULL, answer_once, NULL);
		assert_int_equal(ipc_ask(client, 4, SPAN("hello"), -1, ipc_deadline(20 * SECOND),
					 &type, &to, keep ? &file : NULL),
			0);
		pthread_join(peer, NULL);
		assert_int_equal(type, 5);
		assert_span(buf_span(&to), "hello");
	}
	assert_true(file >= 0);
	close(file);
	buf_done(&to);
}

static void nobody_answers(void **state)
{
	struct seen seen[3] = {0};
	struct buf to = {0};
	uint32_t type = 9;
	int64_t before = ipc_deadline(0);

	(void)state;
	/* The later deadline first, so that the thread has to be woken for the nearer ones. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(ipc_ask_later(client, 1, SPAN("a"), -1,
					 before + (3 - i) * SECOND / 50, see, &seen[i]),
			0);
	assert_int_equal(ipc_ask(client, 1, SPAN("b"), -1, before + SECOND / 100, &type, &to, NULL),
		-ETIMEDOUT);
	assert_true(ipc_deadline(0) - before >= SECOND / 100);
	assert_int_equal(type, 9);
	wait_calls(seen, 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(seen[i].calls, 1);
		assert_int_equal(seen[i].type, 0);
	}
	assert_int_equal(ipc_ask(client, 1, SPAN("b"), -1, before, &type, &to, NULL), -ETIMEDOUT);
	buf_done(&to);
}

static void answers_nobody_asked_for_are_dropped(void **state)
{
	struct seen seen = {0};
	struct span bytes;
	int file;

	(void)state;
	assert_int_equal(
		ipc_ask_later(client, 1, SPAN("q"), -1, ipc_deadline(20 * SECOND), see, &seen), 0);
	struct ipc_head head = next_question(&bytes, &file);

	for (uint64_t i = 1; i < 200; i++)
		ipc_send(pair[1], 2, head.id + i, SPAN("wrong"), STDERR_FILENO,
			ipc_deadline(SECOND));
	ipc_send(pair[1], 2, 0, SPAN("wrong"), -1, ipc_deadline(SECOND));
	ipc_send(pair[1], 0, head.id, SPAN("no type"), -1, ipc_deadline(SECOND));
	assert_int_equal(send(pair[1], "short", 5, 0), 5);
	ipc_send(pair[1], 2, head.id, SPAN("right"), -1, ipc_deadline(SECOND));
	ipc_send(pair[1], 2, head.id, SPAN("again"), -1, ipc_deadline(SECOND));
	wait_calls(&seen, 1);
	assert_string_equal(seen.text, "right");
	assert_int_equal(ipc_client_bad(client), 1);
	assert_int_equal(seen.calls, 1);
}

static void numbers_begin_anywhere(void **state)
{
	struct ipc_client *other;
	struct seen seen[2] = {0};
	struct span bytes;
	int file;

	(void)state;
	assert_int_equal(ipc_client_new(pair[0], &other, NULL), 0);
	assert_int_equal(
		ipc_ask_later(client, 1, SPAN(""), -1, ipc_deadline(SECOND / 50), see, &seen[0]),
		0);
	assert_int_equal(
		ipc_ask_later(other, 1, SPAN(""), -1, ipc_deadline(SECOND / 50), see, &seen[1]), 0);
	uint64_t a = next_question(&bytes, &file).id, b = next_question(&bytes, &file).id;

	assert_true(a - b > 1000000 && b - a > 1000000);
	wait_calls(seen, 2);
	ipc_client_free(other);
}

static void a_full_socket_is_told_at_once(void **state)
{
	enum { MOST = 4000 };
	static struct seen seen[MOST];
	size_t asked = 0;
	int rc = 0;

	(void)state;
	memset(seen, 0, sizeof(seen));
	while (asked < MOST && rc == 0) {
		rc = ipc_ask_later(
			client, 1, SPAN("q"), -1, ipc_deadline(SECOND / 20), see, &seen[asked]);
		asked += rc == 0;
	}
	assert_int_equal(rc, -EAGAIN);
	wait_calls(seen, asked);
	assert_int_equal(seen[asked].calls, 0);
}

static void the_other_side_goes(void **state)
{
	struct seen seen = {0};
	struct buf to = {0};
	uint32_t type;

	(void)state;
	assert_int_equal(
		ipc_ask_later(client, 1, SPAN("q"), -1, ipc_deadline(20 * SECOND), see, &seen), 0);
	close(pair[1]);
	wait_calls(&seen, 1);
	assert_int_equal(seen.type, 0);
	int rc = ipc_ask(client, 1, SPAN("q"), -1, ipc_deadline(20 * SECOND), &type, &to, NULL);

	assert_true(rc == -ECONNRESET || rc == -EPIPE);
	pair[1] = dup(pair[0]);
	buf_done(&to);
}

/* Many threads ask; the peer answers in another order than was asked, and a fifth not at all. */
enum { ASKERS = 500, EACH = 20 };
static _Atomic int good, late, wrong;

static void *ask_many(void *context)
{
	size_t me = (size_t)context;
	struct buf to = {0};
	char text[32];

	for (int i = 0; i < EACH; i++) {
		bool lost = (me + (size_t)i) % 5 == 0;
		uint32_t type = 0;

		snprintf(text, sizeof(text), "%s%zu.%d", lost ? "lose" : "", me, i);
		buf_clear(&to);
		int rc = ipc_ask(client, 1, span_cstr(text), -1,
			ipc_deadline(lost ? SECOND / 100 : 60 * SECOND), &type, &to, NULL);

		if (rc == 0 && type == 2 && span_eq(buf_span(&to), span_cstr(text)))
			atomic_fetch_add(&good, 1);
		else if (lost && (rc == -ETIMEDOUT || rc == -EAGAIN))
			atomic_fetch_add(&late, 1);
		else
			atomic_fetch_add(&wrong, 1);
	}
	buf_done(&to);
	return NULL;
}

static void answer(const struct ipc_head *head, const struct buf *text)
{
	assert_int_equal(
		ipc_send(pair[1], 2, head->id, buf_span(text), -1, ipc_deadline(60 * SECOND)), 0);
}

/* Holds back one question each time, and answers it after the next. */
static void *answer_many(void *context)
{
	struct ipc_head head, held = {0};
	struct buf text = {0}, held_text = {0};
	struct span bytes;
	int file;

	(void)context;
	for (;;) {
		int rc = ipc_receive(pair[1], room,
			ipc_deadline(held.id ? SECOND / 500 : 60 * SECOND), &head, &bytes, &file);

		if (rc == 1 && span_eq(bytes, SPAN("stop")))
			break;
		if (rc == 1 && span_starts(bytes, SPAN("lose")))
			continue;
		buf_clear(&text);
		buf_add(&text, rc == 1 ? bytes : (struct span){0});
		if (rc == 1 && !held.id) {
			held = head;
			buf_clear(&held_text);
			buf_add(&held_text, bytes);
			continue;
		}
		if (rc == 1)
			answer(&head, &text);
		if (held.id)
			answer(&held, &held_text);
		held.id = 0;
	}
	buf_done(&text);
	buf_done(&held_text);
	return NULL;
}

static void many_threads_ask(void **state)
{
	static pthread_t asker[ASKERS];
	pthread_attr_t small;
	pthread_t peer;

	(void)state;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 256 << 10);
	pthread_create(&peer, NULL, answer_many, NULL);
	for (size_t i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&asker[i], &small, ask_many, (void *)i), 0);
	for (size_t i = 0; i < ASKERS; i++)
		pthread_join(asker[i], NULL);
	assert_int_equal(ipc_send(pair[0], 1, 1, SPAN("stop"), -1, ipc_deadline(SECOND)), 0);
	pthread_join(peer, NULL);
	pthread_attr_destroy(&small);
	assert_int_equal(wrong, 0);
	assert_int_equal(late, ASKERS * EACH / 5);
	assert_int_equal(good, ASKERS * EACH - ASKERS * EACH / 5);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_answer_finds_its_question),
		T(nobody_answers),
		T(answers_nobody_asked_for_are_dropped),
		T(numbers_begin_anywhere),
		T(a_full_socket_is_told_at_once),
		T(the_other_side_goes),
		T(many_threads_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
