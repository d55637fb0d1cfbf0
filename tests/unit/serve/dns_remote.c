/* The gate's side of the DNS against a resolver that answers, is silent, dies and lies. */
#include "test.h"

#include "dns_fake.h"
#include "serve/dns_message.h"
#include "serve/dns_remote.h"
#include "serve/ipc.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static struct dns_fake fake;
static struct dns_remote *remote;
static _Atomic int64_t fake_now;

static int64_t fake_clock(void *context)
{
	(void)context;
	return atomic_load(&fake_now);
}

static void start(size_t bytes)
{
	struct err err = {""};

	dns_fake_start(&fake);
	if (dns_remote_new(fake.gate,
		    &(struct dns_remote_options){.bytes = bytes, .clock = fake_clock}, &remote,
		    &err) < 0)
		fail_msg("%s", err.text);
}

static void stop(void)
{
	dns_remote_free(remote);
	dns_fake_stop(&fake);
}

static struct dns_answer ask(const char *name, int milliseconds)
{
	struct dns *dns = dns_remote_dns(remote);
	struct dns_answer a;
	struct arena arena;

	arena_init(&arena, (size_t)1 << 20);
	dns->ask(dns, span_cstr(name), DNS_A, ipc_deadline(milliseconds * 1000000LL), &arena, &a);
	if (a.n) {
		assert_int_equal(a.record[0].ip.byte[0], 192);
		a.record = NULL;
	}
	arena_done(&arena);
	return a;
}

static struct dns_remote_counts counts(void)
{
	struct dns_remote_counts c;

	dns_remote_counts(remote, &c);
	return c;
}

/* For how long each kind of answer is kept, on a clock of ours. */
static void kept(void **state)
{
	static const struct {
		const char *name;
		enum dns_status status;
		uint32_t ttl; /* that the asker is told at once */
		int64_t kept; /* seconds */
	} cases[] = {
		{"ok100.example", DNS_OK, 100, 100},
		{"ok0.example", DNS_OK, 5, 5},
		{"ok4000000.example", DNS_OK, 86400, 86400},
		{"none100.example", DNS_NODATA, 100, 100},
		{"none4000.example", DNS_NODATA, 900, 900},
		{"nothing0.example", DNS_NXDOMAIN, 5, 5},
		{"nothing4000.example", DNS_NXDOMAIN, 900, 900},
		{"fail.example", DNS_TEMPFAIL, 0, 2},
	};

	(void)state;
	start(0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		unsigned before = atomic_load(&fake.asked);
		struct dns_answer a = ask(cases[i].name, 5000);

		assert_int_equal(a.status, cases[i].status);
		assert_int_equal(a.ttl, cases[i].ttl);
		atomic_fetch_add(&fake_now, cases[i].kept * SECOND - SECOND);
		a = ask(cases[i].name, 5000);
		assert_int_equal(a.status, cases[i].status);
		assert_int_equal(a.ttl, cases[i].ttl ? 1 : 0);
		assert_int_equal(atomic_load(&fake.asked), before + 1);
		atomic_fetch_add(&fake_now, SECOND);
		ask(cases[i].name, 5000);
		assert_int_equal(atomic_load(&fake.asked), before + 2);
	}
	assert_int_equal(counts().asked, 24);
	assert_int_equal(counts().cached, 8);
	assert_int_equal(counts().failed, 3);
	stop();
}

static void *ask_slow(void *context)
{
	struct dns_answer a = ask("ok.slow.example", 20000);

	*(enum dns_status *)context = a.status;
	return NULL;
}

/* Equal questions at the same time are one; what was announced is not asked again. */
static void joined(void **state)
{
	pthread_t thread[8];
	enum dns_status status[8];

	(void)state;
	start(0);
	atomic_store(&fake.mode, FAKE_DEAF);
	for (int i = 0; i < 8; i++)
		pthread_create(&thread[i], NULL, ask_slow, &status[i]);
	while (counts().asked < 8)
		usleep(1000);
	atomic_store(&fake.mode, FAKE_ANSWERS);
	for (int i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(status[i], DNS_OK);
	}
	assert_int_equal(atomic_load(&fake.asked), 1);
	assert_int_equal(counts().joined + counts().cached, 7);

	struct dns *dns = dns_remote_dns(remote);

	dns->soon(dns, SPAN("ok.soon.example"), DNS_A, ipc_deadline(SECOND));
	assert_int_equal(ask("ok.soon.example", 5000).status, DNS_OK);
	assert_int_equal(atomic_load(&fake.asked), 2);
	stop();
}

/* A name without an answer is DNS_TEMPFAIL at the asker's deadline, and the resolver is not held
 * for dead because of it. */
static void silent_name(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(ask("hang.example", 600).status, DNS_TEMPFAIL);
	assert_true(atomic_load(&fake.pinged) > 0);
	assert_int_equal(ask("hang.example", 10).status, DNS_TEMPFAIL);
	assert_int_equal(atomic_load(&fake.asked), 1); /* it is under way still */
	assert_int_equal(ask("ok.example", 5000).status, DNS_OK);
	assert_int_equal(counts().deaths, 0);
	assert_int_equal(counts().short_cut, 0);
	stop();
}

/* When the time is up, what has come is told, and nothing is waited for. */
static void overdue(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(ask("ok.example", 5000).status, DNS_OK);
	assert_int_equal(ask("ok.example", -1).status, DNS_OK);
	assert_int_equal(ask("hang.example", -1).status, DNS_TEMPFAIL);
	assert_int_equal(ask("ok3.example", -1).status, DNS_TEMPFAIL);
	while (ask("ok2.example", -1).status != DNS_OK) /* it was asked all the same */
		usleep(1000);
	stop();
}

/* Nobody out there answers: after some questions none is waited for, until an answer comes back. */
static void barren(void **state)
{
	char name[32];
	int64_t began;

	(void)state;
	start(0);
	assert_int_equal(ask("ok.example", 5000).status, DNS_OK);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "hang%d.example", i);
		assert_int_equal(ask(name, 350).status, DNS_TEMPFAIL);
	}
	assert_int_equal(counts().short_cut, 0);
	began = ipc_deadline(0);
	assert_int_equal(ask("hang9.example", 30000).status, DNS_TEMPFAIL);
	assert_true(ipc_deadline(0) - began < 20 * SECOND);
	assert_int_equal(counts().short_cut, 1);
	assert_int_equal(ask("ok.example", 5000).status, DNS_OK); /* what is known is told */
	assert_int_equal(counts().deaths, 0);
	/* It is asked all the same; when the answer comes, questions are waited for again. */
	ask("ok1.example", 5000);
	while (ask("ok1.example", 5000).status != DNS_OK)
		usleep(1000);
	assert_int_equal(ask("ok2.example", 5000).status, DNS_OK);
	stop();
}

static void lies(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(ask("bad.example", 5000).status, DNS_TEMPFAIL);
	assert_int_equal(ask("wrong.example", 5000).status, DNS_TEMPFAIL);
	assert_int_equal(counts().bad, 2);
	assert_int_equal(ask("bad.example", 5000).status, DNS_TEMPFAIL);
	assert_int_equal(atomic_load(&fake.asked), 3); /* not kept */
	assert_int_equal(counts().deaths, 0);
	stop();
}

static void until_it_answers(void)
{
	char name[32];

	for (int i = 0; i < 600; i++) {
		sprintf(name, "ok.%d.example", i);
		if (ask(name, 5000).status == DNS_OK)
			return;
		usleep(10000);
	}
	fail_msg("the resolver lives, and is not asked");
}

/* Dead: the first asker gives up long before his deadline, the next at once; alive again: found. */
static void dead(void **state)
{
	static const int modes[] = {FAKE_DEAD, FAKE_DEAF};

	(void)state;
	for (int i = 0; i < 2; i++) {
		start(0);
		assert_int_equal(ask("ok.cached.example", 5000).status, DNS_OK);
		atomic_store(&fake.mode, modes[i]);
		assert_int_equal(ask("ok.first.example", 60000).status, DNS_TEMPFAIL);
		assert_int_equal(counts().deaths, 1);
		for (int k = 0; k < 100; k++) {
			assert_int_equal(ask("ok.second.example", 60000).status, DNS_TEMPFAIL);
			assert_int_equal(ask("ok.first.example", 60000).status, DNS_TEMPFAIL);
			assert_int_equal(ask("ok.cached.example", 60000).status, DNS_OK);
		}
		assert_int_equal(counts().short_cut, 100);
		assert_int_equal(counts().deaths, 1);
		atomic_store(&fake.mode, FAKE_ANSWERS);
		until_it_answers();
		/* This one was lost with the dead one, and is asked again. */
		assert_int_equal(ask("ok.first.example", 60000).status, DNS_OK);
		stop();
	}
}

static void *ask_lost(void *context)
{
	*(struct dns_answer *)context = ask("ok.lost.example", 30000);
	return NULL;
}

/* A resolver dies with a question and another takes its place: who waits is answered by that. */
static void successor(void **state)
{
	struct dns_answer a;
	pthread_t thread;

	(void)state;
	start(0);
	assert_int_equal(ask("ok.example", 5000).status, DNS_OK);
	atomic_store(&fake.mode, FAKE_DEAD);
	pthread_create(&thread, NULL, ask_lost, &a);
	while (atomic_load(&fake.asked) < 2)
		usleep(100);
	atomic_store(&fake.instance, 2);
	atomic_store(&fake.mode, FAKE_ANSWERS);
	pthread_join(thread, NULL);
	assert_int_equal(a.status, DNS_OK);
	assert_int_equal(atomic_load(&fake.asked), 3);
	assert_int_equal(counts().deaths, 0);
	stop();
}

/* The socket takes only so much at once: a burst waits a moment, and fails nobody. */
static void *burst_thread(void *context)
{
	char name[40];
	long failed = 0;

	for (int i = 0; i < 2000; i++) {
		sprintf(name, "ok.%d.%ld.example", i, (long)(intptr_t)context);
		dns_remote_dns(remote)->soon(dns_remote_dns(remote), span_cstr(name), DNS_A, 0);
		failed += i % 10 == 9 && ask(name, 20000).status != DNS_OK;
	}
	return (void *)failed;
}

static void burst(void **state)
{
	pthread_t thread[4];

	(void)state;
	start(0);
	for (long i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, burst_thread, (void *)i);
	for (int i = 0; i < 4; i++) {
		void *failed;

		pthread_join(thread[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(counts().deaths, 0);
	stop();
}

/* The cache holds what it may, and what was used last. */
static void bounded(void **state)
{
	const size_t most = 1 << 20;
	char name[40];

	(void)state;
	start(most);
	for (int i = 0; i < 10000; i++) {
		sprintf(name, "ok.%d.example", i);
		assert_int_equal(ask(name, 20000).status, DNS_OK);
		if (i % 100 == 0)
			assert_int_equal(ask("ok.used.example", 20000).status, DNS_OK);
	}
	assert_true(counts().bytes <= most);
	assert_true(counts().entries > 1000 && counts().entries < 10000);
	unsigned before = atomic_load(&fake.asked);

	ask("ok.used.example", 5000);
	ask("ok.9999.example", 5000);
	assert_int_equal(atomic_load(&fake.asked), before);
	ask("ok.0.example", 5000);
	assert_int_equal(atomic_load(&fake.asked), before + 1);
	stop();
}

static int64_t cpu_used(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* As many are under way as may be: whoever asks for more waits for a moment, and does not work. */
static void full(void **state)
{
	char name[40];

	(void)state;
	start(0);
	for (unsigned i = 0; atomic_load(&fake.asked) < DNS_REMOTE_MOST; i++) {
		sprintf(name, "hang.%u.example", i % DNS_REMOTE_MOST);
		dns_remote_dns(remote)->soon(dns_remote_dns(remote), span_cstr(name), DNS_A, 0);
	}
	int64_t began = cpu_used();

	assert_int_equal(ask("ok.example", 20000).status, DNS_TEMPFAIL);
	assert_true(cpu_used() - began < SECOND / 20); /* of a quarter that it waits */
	stop();
}

/* Ended with questions under way. */
static void ended(void **state)
{
	struct err err;

	(void)state;
	dns_fake_start(&fake);
	assert_int_equal(dns_remote_new(fake.gate, NULL, &remote, &err), 0);
	assert_int_equal(ask("hang.example", 1).status, DNS_TEMPFAIL);
	dns_remote_dns(remote)->soon(dns_remote_dns(remote), SPAN("hang2.example"), DNS_A, 0);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(joined),
		cmocka_unit_test(silent_name),
		cmocka_unit_test(overdue),
		cmocka_unit_test(barren),
		cmocka_unit_test(lies),
		cmocka_unit_test(dead),
		cmocka_unit_test(successor),
		cmocka_unit_test(burst),
		cmocka_unit_test(bounded),
		cmocka_unit_test(full),
		cmocka_unit_test(ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
