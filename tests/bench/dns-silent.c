/*
 * What thousands of questions cost whose server is silent, in memory and in time until libunbound
 * gives up; asked of a resolver, or down from the root.
 *
 *	bench-dns-silent [QUESTIONS]
 */
#include "dns_server.h"
#include "net/dns_unbound.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S 120

static struct event_base *base;
static long left;

static void done(void *context, const struct dns_answer *a)
{
	(void)context;
	(void)a;
	if (--left == 0)
		event_base_loopbreak(base);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long resident_kib(void)
{
	long all = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%ld %ld", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void ask(struct dns_unbound *u, long questions)
{
	left = questions;
	for (long i = 0; i < questions; i++) {
		char name[64];
		int n = snprintf(name, sizeof(name), "hang%ld.test%ld.example", i, i % 100);

		dns_unbound_ask(
			u, (struct span){name, (size_t)n}, DNS_TXT, now() + 2000000000, done, NULL);
	}
	if (left)
		event_base_dispatch(base);
}

static int measure(const char *what, const struct dns_unbound_options *o, long questions)
{
	struct dns_unbound_counts c;
	struct dns_unbound *u;
	struct err err;
	int64_t begin = now();

	base = event_base_new();
	if (!base || dns_unbound_new(base, o, &u, &err) < 0) {
		fprintf(stderr, "bench-dns-silent: %s\n", base ? err.text : "no event loop");
		return 1;
	}
	long before = resident_kib();

	ask(u, questions / 2);
	ask(u, questions - questions / 2);
	dns_unbound_counts(u, &c);
	printf("%s: %ld asked, %lu refused, %u under way, %ld KiB more\n", what, questions,
		(unsigned long)c.refused, c.under_way, resident_kib() - before);
	for (int i = 0; i < WAIT_S && c.under_way; i++) {
		struct timeval t = {1, 0};

		event_base_loopexit(base, &t);
		event_base_dispatch(base);
		dns_unbound_counts(u, &c);
	}
	printf("%s: %u under way after %.0f s\n", what, c.under_way, (double)(now() - begin) / 1e9);
	dns_unbound_free(u);
	event_base_free(base);
	return 0;
}

int main(int argc, char **argv)
{
	long questions = argc > 1 ? atol(argv[1]) : 8000;
	char address[32];
	const char *const forward[] = {address};
	const struct dns_unbound_stub stub[] = {{".", address}};
	int port, failed;
	struct dns_server *s = dns_server_start(&port);

	snprintf(address, sizeof(address), "127.0.0.1@%d", port);
	failed = measure("a resolver",
		&(struct dns_unbound_options){.forward = forward, .forwards = 1}, questions);
	failed |= measure("from the root", &(struct dns_unbound_options){.stub = stub, .stubs = 1},
		questions);
	dns_server_stop(s);
	return failed;
}
