/* libunbound against a server that answers, hangs, cuts, lies and floods (dns_server.h). */
#include "test.h"

#include "dns_server.h"
#include "net/dns_unbound.h"

#include <errno.h>
#include <event2/event.h>
#include <time.h>
#include <unistd.h>

static struct event_base *base;

struct asked {
	const char *name;
	enum dns_type type;
	enum dns_status expect;
	int answers; /* how often done() was called */
	struct dns_answer answer;
	char text[64]; /* the first record */
};

static int under_way;

static void done(void *context, const struct dns_answer *a)
{
	struct asked *q = context;

	q->answers++;
	q->answer = *a;
	if (a->n && (q->type == DNS_A || q->type == DNS_AAAA))
		ip_format(&a->record[0].ip, q->text);
	else if (a->n)
		snprintf(q->text, sizeof(q->text), "%.*s",
			SPAN_ARG(span_take(a->record[0].text, 63)));
	if (--under_way == 0)
		event_base_loopbreak(base);
}

static int64_t in_milliseconds(int ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + ms * 1000000LL;
}

static void ask_all(struct dns_unbound *u, struct asked *q, size_t n, int ms)
{
	under_way = (int)n + 1;
	for (size_t i = 0; i < n; i++)
		dns_unbound_ask(
			u, span_cstr(q[i].name), q[i].type, in_milliseconds(ms), done, &q[i]);
	if (--under_way)
		event_base_dispatch(base);
	for (size_t i = 0; i < n; i++) {
		if (q[i].answers != 1)
			fail_msg("%s: %d answers", q[i].name, q[i].answers);
		if (q[i].answer.status != q[i].expect)
			fail_msg("%s: %s, not %s", q[i].name, dns_status_name(q[i].answer.status),
				dns_status_name(q[i].expect));
	}
}

static struct dns_unbound *start(struct dns_unbound_options o)
{
	struct dns_unbound *u = NULL;
	struct err err = {""};

	base = event_base_new();
	assert_non_null(base);
	if (dns_unbound_new(base, &o, &u, &err) < 0)
		fail_msg("%s", err.text);
	return u;
}

static void stop(struct dns_unbound *u)
{
	dns_unbound_free(u);
	event_base_free(base);
}

/* A resolver that we ask for everything. */
static void forwarder(void **state)
{
	struct asked q[] = {
		{"ok.test.example", DNS_A, DNS_OK},
		{"ok.test.example", DNS_TXT, DNS_OK},
		{"ok.test.example", DNS_MX, DNS_OK},
		{"1.2.0.192.in-addr.arpa", DNS_PTR, DNS_OK}, /* not kept from it by libunbound */
		{"1.0.0.10.in-addr.arpa", DNS_PTR, DNS_OK},
		{"ok\xff\"1.test.example", DNS_A, DNS_OK},
		{"none.test.example", DNS_A, DNS_NODATA},
		{"nothing.test.example", DNS_A, DNS_NXDOMAIN},
		{"servfail.test.example", DNS_A, DNS_TEMPFAIL},
		{"refused.test.example", DNS_A, DNS_TEMPFAIL},
		{"big.test.example", DNS_TXT, DNS_OK},
		{"flood.test.example", DNS_TXT, DNS_OK},
		{"chain1.test.example", DNS_A, DNS_TEMPFAIL},
	};
	struct dns_unbound_counts counts;
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32];
	const char *const forward[] = {address};
	int port;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	u = start((struct dns_unbound_options){.forward = forward, .forwards = 1});
	ask_all(u, q, sizeof(q) / sizeof(*q), 20000);
	assert_string_equal(q[0].text, "192.0.2.1");
	assert_string_equal(q[1].text, "ok");
	assert_string_equal(q[2].text, "ok.test.example");
	assert_true(q[0].answer.ttl > 0 && q[0].answer.ttl <= 60);
	assert_true(q[6].answer.ttl > 0 && q[6].answer.ttl <= 20); /* the SOA's minimum */
	assert_false(q[0].answer.secure);
	assert_false(q[10].answer.cut);
	assert_true(q[11].answer.cut); /* over DNS_BYTES_MOST */

	unsigned before = dns_server_asked(s);

	q[0].answers = 0;
	ask_all(u, q, 1, 20000);
	assert_int_equal(dns_server_asked(s), before); /* from the cache */
	dns_unbound_counts(u, &counts);
	assert_int_equal(counts.asked, sizeof(q) / sizeof(*q) + 1);
	assert_int_equal(counts.waiting, 0);
	assert_int_equal(counts.late, 0);
	stop(u);
	dns_server_stop(s);
}

/* What hangs or lies costs the asker his deadline, and others nothing. */
static void hostile(void **state)
{
	struct asked q[] = {
		{"hang.test.example", DNS_A, DNS_TEMPFAIL},
		{"cut.test.example", DNS_A, DNS_TEMPFAIL},
		{"ever.test.example", DNS_A, DNS_TEMPFAIL},
		{"liar.test.example", DNS_A, DNS_TEMPFAIL},
		{"other.test.example", DNS_A, DNS_TEMPFAIL},
		{"garbage.test.example", DNS_A, DNS_TEMPFAIL},
		{"ok2.test.example", DNS_A, DNS_OK},
	};
	struct dns_unbound_counts counts;
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32];
	const char *const forward[] = {address};
	int port;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	u = start((struct dns_unbound_options){.forward = forward, .forwards = 1});
	ask_all(u, q, sizeof(q) / sizeof(*q), 1500);
	dns_unbound_counts(u, &counts);
	assert_int_equal(counts.failed, 6);
	stop(u); /* with questions still under way */
	dns_server_stop(s);
}

/* What was not asked for is not believed: neither as an answer nor for who asks for it later. */
static void poison(void **state)
{
	struct asked first[] = {
		{"poison.test.example", DNS_A, DNS_OK},
		{"stranger.test.example", DNS_A, DNS_NODATA},
	};
	struct asked then[] = {{"ok7.victim.example", DNS_A, DNS_OK}};
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32];
	const char *const forward[] = {address};
	const struct dns_unbound_stub stub[] = {{"example", address}};
	int port;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	for (int as_stub = 0; as_stub < 2; as_stub++) {
		u = as_stub ? start((struct dns_unbound_options){.stub = stub, .stubs = 1})
			    : start((struct dns_unbound_options){.forward = forward, .forwards = 1});
		first[0].answers = first[1].answers = then[0].answers = 0;
		ask_all(u, first, 2, 5000);
		assert_string_equal(first[0].text, "192.0.2.1");
		ask_all(u, then, 1, 5000);
		assert_string_equal(then[0].text, "192.0.2.1");
		stop(u);
	}
	dns_server_stop(s);
}

/* Down from the root: delegations that lead nowhere but to each other. */
static void loops(void **state)
{
	struct asked q[] = {
		{"a.loopa.example", DNS_A, DNS_TEMPFAIL},
		{"b.loopb.example", DNS_A, DNS_TEMPFAIL},
		{"chain1.example", DNS_A, DNS_TEMPFAIL},
		{"ok.example", DNS_A, DNS_OK},
	};
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32];
	const struct dns_unbound_stub stub[] = {{"example", address}};
	int port;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	u = start((struct dns_unbound_options){.stub = stub, .stubs = 1});
	ask_all(u, q, sizeof(q) / sizeof(*q), 20000);
	if (dns_server_asked(s) > 200)
		fail_msg("%u questions for four", dns_server_asked(s));
	stop(u);
	dns_server_stop(s);
}

/* More than may wait is refused at once; what waited is answered at its deadline. */
static void bounds(void **state)
{
	static struct asked q[100];
	static char name[100][40];
	struct dns_unbound_counts counts;
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32];
	const char *const forward[] = {address};
	int port;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	u = start((struct dns_unbound_options){.forward = forward, .forwards = 1, .waiting = 10});
	for (int i = 0; i < 100; i++) {
		sprintf(name[i], "hang%d.test.example", i);
		q[i] = (struct asked){name[i], DNS_A, DNS_TEMPFAIL};
	}
	ask_all(u, q, 100, 300);
	dns_unbound_counts(u, &counts);
	assert_int_equal(counts.refused, 90);
	assert_int_equal(counts.late, 10);
	assert_int_equal(counts.waiting, 0);
	assert_int_equal(counts.under_way, 10);
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 10; i++) {
			sprintf(name[i], "hang%d-%d.test.example", round, i);
			q[i].answers = 0;
		}
		ask_all(u, q, 10, 100);
	}
	dns_unbound_counts(u, &counts);
	assert_int_equal(counts.under_way, 20); /* twice as many go on, no more */
	assert_int_equal(counts.refused, 120);

	struct asked past = {"ok.test.example", DNS_A, DNS_TEMPFAIL};

	ask_all(u, &past, 1, -5);
	stop(u);
	dns_server_stop(s);
}

/* A resolver that was dead to us is asked again soon after it lives. */
static void again(void **state)
{
	struct asked q = {"ok1.test.example", DNS_A, DNS_TEMPFAIL};
	struct dns_server *s;
	struct dns_unbound *u;
	char address[32], name[40];
	const char *const forward[] = {address};
	int port, tries = 0;

	(void)state;
	s = dns_server_start(&port);
	sprintf(address, "127.0.0.1@%d", port);
	u = start((struct dns_unbound_options){.forward = forward, .forwards = 1});
	dns_server_mute(s, 1);
	ask_all(u, &q, 1, 2000);
	dns_server_mute(s, 0);
	do {
		sprintf(name, "ok%d.test.example", 2 + tries++);
		q = (struct asked){name, DNS_A, DNS_OK};
		under_way = 1;
		dns_unbound_ask(u, span_cstr(name), DNS_A, in_milliseconds(2000), done, &q);
		if (under_way)
			event_base_dispatch(base);
	} while (q.answer.status != DNS_OK && tries < 20);
	assert_int_equal(q.answer.status, DNS_OK);
	stop(u);
	dns_server_stop(s);
}

static void resolv_conf(void **state)
{
	static const struct {
		const char *text, *addresses;
	} cases[] = {
		{"nameserver 192.0.2.53\n", "192.0.2.53 "},
		{"# nameserver 192.0.2.1\nsearch x\nnameserver\t2001:db8::53\r\n", "2001:db8::53 "},
		{"  nameserver fe80::1%eth0\nnameserver 1.2.3\nnameserver 127.0.0.1 # us",
			"fe80::1 127.0.0.1 "},
		{"nameservers 192.0.2.53\nnameserver\nnameserver \n", ""},
		{"nameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\nnameserver 1.1.1.4\n"
		 "nameserver 1.1.1.5\nnameserver 1.1.1.6\nnameserver 1.1.1.7\nnameserver 1.1.1.8\n"
		 "nameserver 1.1.1.9\n",
			"1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char to[DNS_UNBOUND_FORWARDS][IP_TEXT], all[800] = "";
		size_t n = dns_unbound_read_resolv_conf(span_cstr(cases[i].text), to);

		for (size_t k = 0; k < n; k++)
			strcat(strcat(all, to[k]), " ");
		assert_string_equal(all, cases[i].addresses);
	}
}

static void errors(void **state)
{
	static const char *const bad[] = {"resolver.example"}, *const port[] = {"192.0.2.1@0"};
	static const struct dns_unbound_stub stub[] = {{"example", "x"}};
	static const struct {
		struct dns_unbound_options o;
		int code;
		const char *words;
	} cases[] = {
		{{.forward = bad, .forwards = 1}, -EINVAL,
			"resolver.example is no address of a resolver"},
		{{.forward = port, .forwards = 1}, -EINVAL, "192.0.2.1@0 is no address"},
		{{.stub = stub, .stubs = 1}, -EINVAL, "x is no address"},
		{{.resolv_conf = "/nonexistent/resolv.conf"}, -ENOENT, "/nonexistent/resolv.conf"},
		{{.resolv_conf = "/dev/null"}, -EINVAL, "/dev/null names no resolver"},
		{{.trust_anchor = "/nonexistent/root.key"}, -ENOENT, "/nonexistent/root.key"},
		{{.hosts = "/nonexistent/hosts"}, -ENOENT, "/nonexistent/hosts"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct dns_unbound *u = NULL;
		struct err err = {""};

		base = event_base_new();
		assert_int_equal(dns_unbound_new(base, &cases[i].o, &u, &err), cases[i].code);
		assert_null(u);
		if (!strstr(err.text, cases[i].words))
			fail_msg("%s", err.text);
		event_base_free(base);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwarder),
		cmocka_unit_test(hostile),
		cmocka_unit_test(poison),
		cmocka_unit_test(loops),
		cmocka_unit_test(bounds),
		cmocka_unit_test(again),
		cmocka_unit_test(resolv_conf),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
