/* The resolver as a process, asked through the gate's side: answers, its death, its silence, and
 * askers that misbehave. */
#include "test.h"

#include "dns_server.h"
#include "serve/dns_message.h"
#include "serve/dns_remote.h"
#include "serve/ipc.h"
#include "serve/resolver.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ASKERS 2

static struct dns_server *server;
static int port;
static int ours[ASKERS], its[ASKERS]; /* ends of the channels; both stay open here as they do in
					 the supervisor */
static pid_t pid;
static struct dns_remote *remote;

static void child(void)
{
	char address[32];
	const char *const forward[] = {address};
	struct resolver *r;
	struct err err = {""};

	sprintf(address, "127.0.0.1@%d", port);
	if (resolver_open(&(struct dns_unbound_options){.forward = forward, .forwards = 1}, &r,
		    &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	for (int i = 0; i < ASKERS; i++) {
		close(ours[i]);
		if (resolver_serve(r, its[i]) < 0)
			_exit(2);
	}
	resolver_run(r);
	resolver_free(r);
	_exit(0);
}

static void start_child(void)
{
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child();
}

static void start(void)
{
	struct err err = {""};

	server = dns_server_start(&port);
	for (int i = 0; i < ASKERS; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
		ours[i] = pair[0];
		its[i] = pair[1];
	}
	start_child();
	if (dns_remote_new(ours[0], &(struct dns_remote_options){0}, &remote, &err) < 0)
		fail_msg("%s", err.text);
}

/* Ends it as its askers do when they are gone. */
static void stop(void)
{
	int status;

	dns_remote_free(remote);
	for (int i = 0; i < ASKERS; i++) {
		close(its[i]);
		close(ours[i]);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	dns_server_stop(server);
}

static struct arena arena;

static struct dns_answer ask(const char *name, enum dns_type type)
{
	struct dns *dns = dns_remote_dns(remote);
	struct dns_answer a;

	dns->ask(dns, span_cstr(name), type, ipc_deadline(60000000000), &arena, &a);
	return a;
}

static void answers(void **state)
{
	static const struct {
		const char *name;
		enum dns_type type;
		enum dns_status status;
		size_t text_n;
		bool cut;
	} cases[] = {
		{"ok.test.example", DNS_A, DNS_OK, 0, false},
		{"ok.test.example", DNS_MX, DNS_OK, 15, false},
		{"ok.test.example", DNS_TXT, DNS_OK, 2, false},
		{"none.test.example", DNS_A, DNS_NODATA, 0, false},
		{"nothing.test.example", DNS_A, DNS_NXDOMAIN, 0, false},
		{"servfail.test.example", DNS_A, DNS_TEMPFAIL, 0, false},
		{"big.test.example", DNS_TXT, DNS_OK, 7500, false},
		{"flood.test.example", DNS_TXT, DNS_OK, 1000, true},
		{"1.2.0.192.in-addr.arpa", DNS_PTR, DNS_OK, 15, false},
	};

	(void)state;
	start();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_answer a = ask(cases[i].name, cases[i].type);

		if (a.status != cases[i].status)
			fail_msg("%s: %s", cases[i].name, dns_status_name(a.status));
		assert_int_equal(a.cut, cases[i].cut);
		if (a.n)
			assert_int_equal(a.record[0].text.n, cases[i].text_n);
	}
	stop();
}

/* Killed with questions under way: its successor on the same channel answers them. */
static void killed(void **state)
{
	struct dns *dns;
	struct dns_remote_counts c;

	(void)state;
	start();
	dns = dns_remote_dns(remote);
	assert_int_equal(ask("ok.test.example", DNS_A).status, DNS_OK);
	kill(pid, SIGSTOP); /* so that they are surely under way when it dies */
	dns->soon(dns, SPAN("ok1.test.example"), DNS_A, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	start_child();
	assert_int_equal(ask("ok1.test.example", DNS_A).status, DNS_OK);
	assert_int_equal(ask("ok2.test.example", DNS_A).status, DNS_OK);
	dns_remote_counts(remote, &c);
	assert_int_equal(c.deaths, 0);
	stop();
}

/* Hanging: held for dead; going on: found alive. */
static void hanging(void **state)
{
	struct dns_remote_counts c;
	enum dns_status status = DNS_TEMPFAIL;
	char name[40];

	(void)state;
	start();
	assert_int_equal(ask("ok.test.example", DNS_A).status, DNS_OK);
	kill(pid, SIGSTOP);
	assert_int_equal(ask("ok1.test.example", DNS_A).status, DNS_TEMPFAIL);
	assert_int_equal(ask("ok2.test.example", DNS_A).status, DNS_TEMPFAIL);
	dns_remote_counts(remote, &c);
	assert_int_equal(c.deaths, 1);
	assert_int_equal(c.short_cut, 1);
	kill(pid, SIGCONT);
	for (int i = 0; i < 600 && status != DNS_OK; i++) {
		sprintf(name, "ok%d.test.example", i);
		status = ask(name, DNS_A).status;
		usleep(10000);
	}
	assert_int_equal(status, DNS_OK);
	stop();
}

/* An asker that sends what is none, and one that asks and never reads, cost the other nothing. */
static void askers(void **state)
{
	struct dns_question q = {.type = DNS_TXT, .milliseconds = 1000};
	struct buf b = {0};
	int sent = 0;

	(void)state;
	start();
	for (int i = 0; i < 100; i++) {
		assert_int_equal(ipc_send(ours[0], (uint32_t)i, 5, SPAN("no question"), -1,
					 ipc_deadline(1000000000)),
			0);
		send(ours[0], "x", 1, 0);
	}
	q.n = (size_t)sprintf(q.name, "big.test.example");
	dns_question_write(&q, &b);
	while (sent < 5000 &&
		ipc_send(ours[1], DNS_ASK, 1, buf_span(&b), -1, ipc_deadline(200000000)) == 0)
		sent++;
	assert_true(sent < 5000); /* it takes no more than it can answer */
	assert_int_equal(ask("ok.test.example", DNS_A).status, DNS_OK);

	/* And when he reads, he gets what was kept for him. */
	char *room = malloc(IPC_MOST);
	struct ipc_head head;
	struct span bytes;
	int file, got = 0;

	while (got < sent &&
		ipc_receive(ours[1], room, ipc_deadline(2000000000), &head, &bytes, &file) == 1)
		got++;
	assert_true(got > 10);
	free(room);
	buf_done(&b);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(killed),
		cmocka_unit_test(hanging),
		cmocka_unit_test(askers),
	};

	arena_init(&arena, (size_t)1 << 24);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_done(&arena);
	return failed;
}
