/*
 * Two bounds. As many as there are processors have the turn, so that a thousand
 * sessions that end at once are judged one after the other, each in the time it takes alone. A
 * bench is the memory that a message in hand needs; a message that waits for the DNS keeps its
 * bench and leaves the processor, so slow resolvers cost memory, not throughput.
 */
#include "serve/gate_work.h"

#include "auth/auth.h"
#include "base/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define ARENA_MOST ((size_t)4 << 20)

int64_t gate_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A message that waits for the DNS leaves the processor to others. */
static void dns_waits(void *context, bool begins)
{
	struct gate *g = context;

	if (begins)
		turn_leave(&g->cpu);
	else
		turn_take(&g->cpu, TURN_BACK, INT64_MAX);
}

static void free_settings(struct gate_settings *s)
{
	while (s) {
		struct gate_settings *before = s->before;

		free(s->own);
		free(s);
		s = before;
	}
}

static int read_own_nets(struct gate_settings *s, struct err *err)
{
	const struct config_gateway *c = s->config;

	s->own = calloc(c->own_n + 1, sizeof(*s->own));
	if (!s->own)
		return err_sys(err, -ENOMEM, "own_nets");
	for (s->own_n = 0; s->own_n < c->own_n; s->own_n++)
		if (prefix_parse(span_cstr(c->own_nets[s->own_n]), &s->own[s->own_n]) < 0)
			return err_set(err, -EINVAL,
				"own_nets: '%s' is no address or prefix (192.0.2.0/24)",
				c->own_nets[s->own_n]);
	return 0;
}

int gate_configure(
	struct gate *g, const struct config_gateway *c, struct span name, struct err *err)
{
	struct gate_settings *s = calloc(1, sizeof(*s));

	if (!s)
		return err_sys(err, -ENOMEM, "the gate");
	s->config = c;
	s->name = name;
	int rc = policy_read(c, &s->policy, err);

	if (rc == 0)
		rc = read_own_nets(s, err);
	if (rc < 0) {
		free_settings(s);
		return rc;
	}
	s->before = atomic_load(&g->settings);
	atomic_store_explicit(&g->settings, s, memory_order_release);
	return 0;
}

int gate_new(const struct gate_parts *parts, struct gate **ret, struct err *err)
{
	struct gate *g = calloc(1, sizeof(*g));
	struct gate_judge *j = calloc(1, sizeof(*j));
	long threads = parts->config->threads > 0 ? parts->config->threads : (long)pool_cores();

	if (!g || !j) {
		free(g);
		free(j);
		return err_sys(err, -ENOMEM, "the gate");
	}
	g->parts = *parts;
	g->campaign_key = parts->campaign_key;
	pthread_mutex_init(&g->lock, NULL);
	turn_init(&g->cpu, (unsigned)threads);
	turn_init(&g->room, GATE_BENCHES_MOST);
	if (g->parts.dns) {
		g->parts.dns->waits = dns_waits;
		g->parts.dns->waits_context = g;
	}
	g->judge = j;
	int rc = gate_configure(g, parts->config, parts->name, err);

	if (rc < 0) {
		gate_free(g);
		return rc;
	}
	*j = (struct gate_judge){parts->judge, 1};
	*ret = g;
	return 0;
}

static void free_bench(struct gate_bench *b)
{
	if (!b)
		return;
	judge_bench_free(b->judge);
	arena_done(&b->arena);
	buf_done(&b->results);
	buf_done(&b->bytes);
	buf_done(&b->auth);
	buf_done(&b->reason);
	free(b->proof);
	free(b);
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	while (g->free) {
		struct gate_bench *b = g->free;

		g->free = b->next;
		free_bench(b);
	}
	judge_close(g->judge->judge);
	free(g->judge);
	free_settings(g->settings);
	turn_done(&g->cpu);
	turn_done(&g->room);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

/* The judge in force, for one more user. */
static struct gate_judge *use_judge(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	struct gate_judge *j = g->judge;

	j->users++;
	pthread_mutex_unlock(&g->lock);
	return j;
}

static void leave_judge(struct gate *g, struct gate_judge *j)
{
	pthread_mutex_lock(&g->lock);
	bool last = --j->users == 0;

	pthread_mutex_unlock(&g->lock);
	if (!last)
		return;
	judge_close(j->judge);
	free(j);
}

int gate_renew(struct gate *g, struct span model, struct err *err)
{
	struct gate_judge *new = calloc(1, sizeof(*new)), *old = use_judge(g);
	int rc = new ? judge_renew(old->judge, model, &new->judge, err)
		     : err_sys(err, -ENOMEM, "the judge");

	if (rc == 0) {
		new->users = 1;
		pthread_mutex_lock(&g->lock);
		g->judge = new;
		pthread_mutex_unlock(&g->lock);
		leave_judge(g, old); /* the gate's own use of it */
	} else {
		free(new);
	}
	leave_judge(g, old);
	return rc;
}

void gate_set_campaign_key(struct gate *g, uint64_t key)
{
	atomic_store(&g->campaign_key, key);
}

const struct config_gateway *gate_config(const struct gate *g)
{
	return gate_settings(g)->config;
}

struct status *gate_status(const struct gate *g)
{
	return g->parts.status;
}

unsigned gate_in_hand(const struct gate *g)
{
	return atomic_load(&g->in_hand);
}

void gate_id(int64_t milliseconds, uint64_t random, char to[DECIDED_ID + 1])
{
	unsigned __int128 id = (unsigned __int128)((uint64_t)milliseconds & ((1ULL << 42) - 1))
				       << 38 |
			       (random & ((1ULL << 38) - 1));

	for (int i = DECIDED_ID - 1; i >= 0; i--, id >>= 5)
		to[i] = DECIDED_ID_LETTERS[(unsigned)id & 31];
	to[DECIDED_ID] = '\0';
}

static struct gate_bench *make_bench(void)
{
	struct gate_bench *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	arena_init(&b->arena, ARENA_MOST);
	b->judge = judge_bench_new();
	b->proof = malloc(sizeof(*b->proof));
	if (b->judge && b->proof)
		return b;
	free_bench(b);
	return NULL;
}

struct gate_bench *gate_take_bench(struct gate *g, int64_t deadline)
{
	if (!turn_take(&g->room, TURN_NEW, deadline))
		return NULL;
	if (!turn_take(&g->cpu, TURN_NEW, deadline)) {
		turn_leave(&g->room);
		return NULL;
	}
	pthread_mutex_lock(&g->lock);
	struct gate_bench *b = g->free;

	if (b)
		g->free = b->next;
	pthread_mutex_unlock(&g->lock);
	if (!b)
		b = make_bench();
	if (!b) {
		turn_leave(&g->cpu);
		turn_leave(&g->room);
		return NULL;
	}
	b->judged_by = use_judge(g);
	return b;
}

void gate_leave_cpu(struct gate *g)
{
	turn_leave(&g->cpu);
}

void gate_give_bench(struct gate *g, struct gate_bench *b)
{
	leave_judge(g, b->judged_by);
	arena_reset(&b->arena);
	pthread_mutex_lock(&g->lock);
	b->next = g->free;
	g->free = b;
	pthread_mutex_unlock(&g->lock);
	turn_leave(&g->room);
}
