/*
 * The gate's side of the DNS: questions that its cache answers, and those that go to a resolver's
 * process (here a thread that answers at once, so that what is measured is the way there and back).
 *
 *	bench-dns [QUESTIONS [THREADS]]
 *
 * 20,000 names in random order, every fourth question for a TXT. CPU time is that of the asking
 * threads.
 */
#include "base/random.h"
#include "dns_fake.h"
#include "serve/dns_remote.h"
#include "serve/ipc.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define NAMES 20000

static struct dns_remote *remote;
static unsigned long questions = 2000000, failed;
static double cpu[64];

static double thread_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall(void)
{
	return (double)ipc_deadline(0) / 1e9;
}

static void ask(unsigned long i, struct arena *arena)
{
	struct dns *dns = dns_remote_dns(remote);
	struct dns_answer a;
	char name[40];
	int n = snprintf(name, sizeof(name), "ok.selector%lu.domain%lu.example", i % 7, i);

	arena_reset(arena);
	dns->ask(dns, (struct span){name, (size_t)n}, i % 4 ? DNS_A : DNS_TXT,
		ipc_deadline(10000000000), arena, &a);
	failed += a.status != DNS_OK;
}

static void *ask_all(void *context)
{
	struct random r;
	struct arena arena;
	double begin = thread_seconds();

	random_seed(&r, (uint32_t)(intptr_t)context);
	arena_init(&arena, (size_t)1 << 20);
	for (unsigned long i = 0; i < questions; i++)
		ask(random_below(&r, NAMES), &arena);
	arena_done(&arena);
	cpu[(intptr_t)context] = thread_seconds() - begin;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct dns_fake fake;
	struct dns_remote_counts c;
	struct err err;
	struct arena arena;
	pthread_t thread[64];
	long threads = argc > 2 ? atol(argv[2]) : 1;
	double begin, sum = 0, took;

	if (argc > 1)
		questions = strtoul(argv[1], NULL, 10);
	if (threads < 1 || threads > 64)
		threads = 1;
	dns_fake_start(&fake);
	if (dns_remote_new(fake.gate, &(struct dns_remote_options){0}, &remote, &err) < 0) {
		fprintf(stderr, "bench-dns: %s\n", err.text);
		return 1;
	}
	arena_init(&arena, (size_t)1 << 20);
	begin = wall();
	for (unsigned long i = 0; i < NAMES; i++)
		ask(i, &arena);
	took = wall() - begin;
	printf("asked, one at a time    %10.0f a second of wall time\n", NAMES / took);
	begin = wall();
	for (long i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, ask_all, (void *)i);
	for (long i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		sum += cpu[i];
	}
	took = wall() - begin;
	printf("cached, %ld threads       %10.0f a second of CPU time, %.0f of wall time\n",
		threads, (double)questions * (double)threads / sum,
		(double)questions * (double)threads / took);
	dns_remote_counts(remote, &c);
	printf("cache                   %10.0f bytes an answer, %llu answers, %lu failed\n",
		(double)c.bytes / (double)c.entries, (unsigned long long)c.entries, failed);
	arena_done(&arena);
	dns_remote_free(remote);
	dns_fake_stop(&fake);
	return failed != 0;
}
