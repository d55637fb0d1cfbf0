/*
 * A table in shards, each with its own lock. An entry is a question under way or its answer, as the
 * bytes that came, which were looked at once and are read anew for each asker: no pointers to keep.
 * It is counted by who holds it: the table, the question under way, and those who wait.
 *
 * Each question under way knows in which age of the resolver it was sent. An age ends when the
 * resolver is held for dead, or another one answers; a question of an age that has ended is asked
 * again by the next who waits for it, at the latest a quarter of a second later.
 */
#include "serve/dns_remote.h"

#include "base/hash.h"
#include "serve/dns_message.h"
#include "serve/ipc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define SHARDS      64
#define BYTES       ((size_t)32 << 20)
#define BUCKET      256 /* bytes of cache for each bucket of the table */
#define SECOND      1000000000LL
#define SLICE       (SECOND / 4) /* of waiting */
#define PING_WITHIN (2 * SECOND)
#define OVERHEAD    48 /* of two allocations */
#define BARREN      8  /* questions in a row that nobody out there answered */
#define BARREN_FOR  (2 * SECOND)

struct entry {
	struct entry *next;          /* in the bucket */
	struct entry *newer, *older; /* by use */
	uint64_t hash, age;
	int64_t until; /* when the answer is too old */
	pthread_cond_t answered;
	unsigned holders;
	bool done, in_table;
	enum dns_type type;
	char *body; /* of a DNS_ANSWER; NULL: there was none */
	size_t body_n, name_n;
	char name[];
};

struct shard {
	pthread_mutex_t lock;
	struct entry **bucket;
	struct entry *newest, *oldest;
	size_t bytes, entries;
};

struct dns_remote {
	struct dns dns;
	struct ipc_client *ipc;
	int fd;
	int64_t (*clock)(void *context);
	void *context;
	uint64_t seed;
	size_t shard_bytes, buckets; /* of each shard; buckets a power of two */
	struct shard shard[SHARDS];
	_Atomic uint64_t age, instance;
	_Atomic int64_t heard, next_ping; /* CLOCK_MONOTONIC */
	atomic_bool dead, pinging, has_instance;
	atomic_uint under_way;
	atomic_uint barren;   /* questions in a row without an answer from out there */
	_Atomic int64_t good; /* CLOCK_MONOTONIC of the last one that was answered */
	_Atomic uint64_t asked, cached, joined, failed, short_cut, deaths, bad;
};

/* What ipc_client keeps for us with a question. */
struct flight {
	struct dns_remote *r;
	struct entry *e;
	uint64_t age;
};

static void count(_Atomic uint64_t *c)
{
	atomic_fetch_add_explicit(c, 1, memory_order_relaxed);
}

static struct shard *shard_of(struct dns_remote *r, uint64_t hash)
{
	return &r->shard[hash >> 58];
}

static struct entry **bucket_of(struct dns_remote *r, uint64_t hash)
{
	return &shard_of(r, hash)->bucket[hash & (r->buckets - 1)];
}

static size_t cost(const struct entry *e)
{
	return sizeof(*e) + e->name_n + e->body_n + OVERHEAD;
}

static void let_go(struct entry *e)
{
	if (--e->holders)
		return;
	pthread_cond_destroy(&e->answered);
	free(e->body);
	free(e);
}

static void unlink_by_use(struct shard *s, struct entry *e)
{
	*(e->newer ? &e->newer->older : &s->newest) = e->older;
	*(e->older ? &e->older->newer : &s->oldest) = e->newer;
}

static void link_newest(struct shard *s, struct entry *e)
{
	e->newer = NULL;
	e->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = e;
	s->newest = e;
}

static void take_out(struct dns_remote *r, struct entry *e)
{
	struct shard *s = shard_of(r, e->hash);
	struct entry **link = bucket_of(r, e->hash);

	if (!e->in_table)
		return;
	while (*link != e)
		link = &(*link)->next;
	*link = e->next;
	unlink_by_use(s, e);
	s->bytes -= cost(e);
	s->entries--;
	e->in_table = false;
	let_go(e);
}

/* The least used goes while there is too much; what is under way stays, and is bounded otherwise.
 */
static void make_room(struct dns_remote *r, struct shard *s)
{
	for (struct entry *e = s->oldest, *newer; e && s->bytes > r->shard_bytes; e = newer) {
		newer = e->newer;
		if (e->done)
			take_out(r, e);
	}
}

static struct entry *find(struct dns_remote *r, uint64_t hash, struct span name, enum dns_type type)
{
	struct entry *e = *bucket_of(r, hash);

	while (e && (e->hash != hash || e->type != type ||
			    !span_eq((struct span){e->name, e->name_n}, name)))
		e = e->next;
	return e;
}

static struct entry *put_in(
	struct dns_remote *r, uint64_t hash, struct span name, enum dns_type type)
{
	struct shard *s = shard_of(r, hash);
	struct entry *e = malloc(sizeof(*e) + name.n);
	pthread_condattr_t attr;

	if (!e)
		return NULL;
	*e = (struct entry){
		.hash = hash, .type = type, .name_n = name.n, .holders = 1, .in_table = true};
	memcpy(e->name, name.p, name.n);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&e->answered, &attr);
	pthread_condattr_destroy(&attr);
	e->next = *bucket_of(r, hash);
	*bucket_of(r, hash) = e;
	link_newest(s, e);
	s->bytes += cost(e);
	s->entries++;
	return e;
}

/* A message of the resolver came; another one than before has lost what was asked. */
static void heard(struct dns_remote *r, uint64_t instance)
{
	atomic_store(&r->heard, ipc_deadline(0));
	if (!atomic_exchange(&r->has_instance, true))
		atomic_store(&r->instance, instance);
	else if (atomic_exchange(&r->instance, instance) != instance)
		atomic_fetch_add(&r->age, 1);
	atomic_store(&r->dead, false);
}

static void ponged(void *context, uint32_t type, struct span bytes)
{
	struct dns_remote *r = context;
	uint64_t instance;

	if (type == DNS_PONG && dns_pong_read(bytes, &instance) == 0) {
		heard(r, instance);
	} else if (!atomic_exchange(&r->dead, true)) {
		atomic_fetch_add(&r->age, 1);
		count(&r->deaths);
	}
	if (type && type != DNS_PONG)
		count(&r->bad);
	atomic_store(&r->pinging, false);
}

/* Asks for a sign of life, unless one is awaited already or was asked for within this second. */
static void ping(struct dns_remote *r, int64_t now)
{
	if (now < atomic_load(&r->next_ping) || atomic_exchange(&r->pinging, true))
		return;
	atomic_store(&r->next_ping, now + SECOND);
	if (ipc_ask_later(
		    r->ipc, DNS_PING, (struct span){NULL, 0}, -1, now + PING_WITHIN, ponged, r) < 0)
		ponged(r, 0, (struct span){NULL, 0});
}

static int64_t seconds_kept(const struct dns_answer *a)
{
	int64_t most = a->status == DNS_OK ? DNS_REMOTE_TTL_MOST : DNS_REMOTE_TTL_NONE_MOST;

	if (a->status == DNS_TEMPFAIL)
		return DNS_REMOTE_TTL_FAILED;
	return a->ttl < DNS_REMOTE_TTL_LEAST ? DNS_REMOTE_TTL_LEAST : a->ttl < most ? a->ttl : most;
}

static void note_outcome(struct dns_remote *r, bool answered)
{
	if (answered) {
		atomic_store(&r->barren, 0);
		atomic_store(&r->good, ipc_deadline(0));
	} else {
		atomic_fetch_add(&r->barren, 1);
	}
}

/*
 * The resolver lives and nobody answers it: a line that is cut, servers that are down. Then waiting
 * would cost every message all of its time, so questions are sent and not waited for, until one of
 * them comes back. One domain whose servers are silent does not do that: others are answered.
 */
static bool is_barren(const struct dns_remote *r)
{
	return atomic_load(&r->barren) >= BARREN &&
	       ipc_deadline(0) - atomic_load(&r->good) > BARREN_FOR;
}

/* Puts an answer into its entry, or none when the bytes are no answer; the shard is locked. */
static void settle(struct dns_remote *r, struct entry *e, struct span bytes)
{
	struct shard *s = shard_of(r, e->hash);
	struct dns_answer a;
	uint64_t instance;
	bool good = dns_answer_read(bytes, e->type, NULL, &instance, &a) == 0;

	if (good) {
		heard(r, instance);
		note_outcome(r, a.status != DNS_TEMPFAIL);
		e->body = malloc(bytes.n);
	} else if (bytes.n) {
		count(&r->bad);
	}
	e->done = true;
	if (e->body) {
		memcpy(e->body, bytes.p, bytes.n);
		s->bytes -= e->in_table ? cost(e) : 0;
		e->body_n = bytes.n;
		s->bytes += e->in_table ? cost(e) : 0;
		e->until = r->clock(r->context) + seconds_kept(&a) * SECOND;
	} else {
		take_out(r, e);
	}
	pthread_cond_broadcast(&e->answered);
	make_room(r, s);
}

static void landed(void *context, uint32_t type, struct span bytes)
{
	struct flight *f = context;
	struct shard *s = shard_of(f->r, f->e->hash);

	pthread_mutex_lock(&s->lock);
	if (type && type != DNS_ANSWER) {
		count(&f->r->bad);
		bytes.n = 0;
	}
	/* Without an answer, it is not over when the question was asked again since. */
	if (!f->e->done && (bytes.n || f->age == f->e->age))
		settle(f->r, f->e, bytes);
	let_go(f->e);
	pthread_mutex_unlock(&s->lock);
	atomic_fetch_sub(&f->r->under_way, 1);
	free(f);
}

/* Sends an entry's question; the shard is locked. Returns 0 or a negative errno. */
static int launch(struct dns_remote *r, struct entry *e)
{
	struct dns_question q = {
		.type = e->type, .milliseconds = DNS_REMOTE_MILLISECONDS, .n = e->name_n};
	struct flight *f = malloc(sizeof(*f));
	struct buf b = {0};
	int rc = f ? 0 : -ENOMEM;

	memcpy(q.name, e->name, e->name_n);
	dns_question_write(&q, &b);
	if (atomic_fetch_add(&r->under_way, 1) >= DNS_REMOTE_MOST && rc == 0)
		rc = -EBUSY;
	if (rc == 0) {
		*f = (struct flight){r, e, atomic_load(&r->age)};
		e->holders++;
		rc = !buf_ok(&b)
			     ? -ENOMEM
			     : ipc_ask_later(r->ipc, DNS_ASK, buf_span(&b), -1,
				       ipc_deadline(DNS_REMOTE_MILLISECONDS * 1000000LL + SECOND),
				       landed, f);
		if (rc < 0)
			e->holders--;
		else
			e->age = f->age; /* it cannot land before: the shard is locked */
	}
	if (rc < 0) {
		atomic_fetch_sub(&r->under_way, 1);
		free(f);
	}
	buf_done(&b);
	return rc;
}

/*
 * The entry of a question, asked if it must be: 0, and *ret_new when it was asked just now; or
 * -EAGAIN when the resolver takes no more at the moment, -EBUSY when so many are under way as may
 * be, -EHOSTDOWN when it is held for dead, -ENOMEM. The shard is locked.
 */
static int entry_for(struct dns_remote *r, uint64_t hash, struct span name, enum dns_type type,
	struct entry **ret, bool *ret_new)
{
	struct entry *e = find(r, hash, name, type);
	int rc;

	if (e && e->done && e->until <= r->clock(r->context)) {
		take_out(r, e);
		e = NULL;
	}
	*ret_new = !e;
	if (e) {
		*ret = e;
		return 0;
	}
	if (atomic_load(&r->dead)) {
		count(&r->short_cut);
		ping(r, ipc_deadline(0));
		return -EHOSTDOWN;
	}
	e = put_in(r, hash, name, type);
	rc = e ? launch(r, e) : -ENOMEM;
	if (rc < 0 && e)
		take_out(r, e);
	if (rc == 0)
		*ret = e;
	return rc;
}

/* The same, and for a moment waits until the resolver takes it: a burst may fill the socket. While
 * nobody out there answers, those that are under way stay for long, and none waits for them. */
static int entry_soon(struct dns_remote *r, uint64_t hash, struct span name, enum dns_type type,
	int64_t deadline, struct entry **ret, bool *ret_new)
{
	int64_t now = ipc_deadline(0), until = now + SLICE < deadline ? now + SLICE : deadline;
	struct shard *s = shard_of(r, hash);
	struct pollfd p = {.fd = r->fd, .events = POLLOUT};
	int rc;

	while (rc = entry_for(r, hash, name, type, ret, ret_new),
		(rc == -EAGAIN || (rc == -EBUSY && !is_barren(r))) && now < until) {
		pthread_mutex_unlock(&s->lock);
		poll(&p, rc == -EAGAIN, 5); /* the socket has room when it is not the socket */
		now = ipc_deadline(0);
		pthread_mutex_lock(&s->lock);
	}
	if (rc == -EAGAIN || rc == -EBUSY)
		ping(r, now);
	return rc;
}

/* Waits for an entry to be answered, a slice at a time, and looks after the resolver meanwhile. */
static void wait_for(struct dns_remote *r, struct entry *e, int64_t deadline)
{
	struct shard *s = shard_of(r, e->hash);
	int64_t now = ipc_deadline(0);

	while (!e->done && now < deadline && !atomic_load(&r->dead)) {
		int64_t until = deadline - now < SLICE ? deadline : now + SLICE;
		struct timespec t = {until / SECOND, until % SECOND};

		if (e->age != atomic_load(&r->age) && launch(r, e) < 0)
			return;
		pthread_cond_timedwait(&e->answered, &s->lock, &t);
		now = ipc_deadline(0);
		if (!e->done && now - atomic_load(&r->heard) > SLICE)
			ping(r, now);
	}
	if (atomic_load(&r->dead))
		ping(r, now);
}

/* Reads an entry's answer for an asker; its TTL is what is left. */
static void tell(
	struct dns_remote *r, const struct entry *e, struct arena *arena, struct dns_answer *ret)
{
	int64_t left = e->until - r->clock(r->context);
	uint64_t instance;

	if (!e->body || dns_answer_read((struct span){e->body, e->body_n}, e->type, arena,
				&instance, ret) < 0)
		*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	if (ret->status != DNS_TEMPFAIL)
		ret->ttl = left < SECOND ? 1 : (uint32_t)(left / SECOND);
}

static uint64_t key(const struct dns_remote *r, struct span name, enum dns_type type)
{
	return hash64(name, hash64_mix(r->seed, type));
}

static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	struct dns_remote *r = (struct dns_remote *)dns;
	uint64_t hash = key(r, name, type);
	struct shard *s = shard_of(r, hash);
	struct entry *e = NULL;
	bool new = false, waited = false, in_time = ipc_deadline(0) < deadline;

	*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	count(&r->asked);
	pthread_mutex_lock(&s->lock);
	if (entry_soon(r, hash, name, type, deadline, &e, &new) == 0) {
		bool ready = e->done;

		e->holders++;
		if (!ready && !is_barren(r)) {
			if ((waited = dns->waits))
				dns->waits(dns->waits_context, true);
			wait_for(r, e, deadline);
			if (!e->done && in_time && !atomic_load(&r->dead))
				note_outcome(r, false);
		} else if (!ready) {
			count(&r->short_cut);
		}
		if (e->done)
			tell(r, e, arena, ret);
		if (ready || !new)
			count(ready ? &r->cached : &r->joined);
		if (e->in_table) {
			unlink_by_use(s, e);
			link_newest(s, e);
		}
		let_go(e);
	}
	pthread_mutex_unlock(&s->lock);
	if (waited)
		dns->waits(dns->waits_context, false);
	if (ret->status == DNS_TEMPFAIL)
		count(&r->failed);
}

static void soon(struct dns *dns, struct span name, enum dns_type type, int64_t deadline)
{
	struct dns_remote *r = (struct dns_remote *)dns;
	uint64_t hash = key(r, name, type);
	struct shard *s = shard_of(r, hash);
	struct entry *e;
	bool new;

	(void)deadline;
	pthread_mutex_lock(&s->lock);
	entry_for(r, hash, name, type, &e, &new);
	pthread_mutex_unlock(&s->lock);
}

static int64_t monotonic(void *context)
{
	(void)context;
	return ipc_deadline(0);
}

static int shards_make(struct dns_remote *r, size_t bytes)
{
	r->shard_bytes = bytes / SHARDS;
	for (r->buckets = 16; r->buckets < r->shard_bytes / BUCKET;)
		r->buckets *= 2;
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&r->shard[i].lock, NULL);
		r->shard[i].bucket = calloc(r->buckets, sizeof(struct entry *));
		if (!r->shard[i].bucket)
			return -ENOMEM;
	}
	return 0;
}

int dns_remote_new(
	int fd, const struct dns_remote_options *o, struct dns_remote **ret, struct err *err)
{
	static const struct dns_remote_options usual;
	struct dns_remote *r = calloc(1, sizeof(*r));
	int e;

	if (!r)
		return err_sys(err, -ENOMEM, "DNS");
	if (!o)
		o = &usual;
	r->dns.ask = ask;
	r->dns.soon = soon;
	r->clock = o->clock ? o->clock : monotonic;
	r->context = o->context;
	r->fd = fd;
	atomic_store(&r->heard, ipc_deadline(0));
	atomic_store(&r->good, ipc_deadline(0));
	e = shards_make(r, o->bytes ? o->bytes : BYTES);
	if (e == 0 && getrandom(&r->seed, sizeof(r->seed), 0) < 0)
		e = -errno;
	if (e < 0)
		err_sys(err, e, "DNS");
	else
		e = ipc_client_new(fd, &r->ipc, err);
	if (e < 0) {
		dns_remote_free(r);
		return e;
	}
	*ret = r;
	return 0;
}

void dns_remote_free(struct dns_remote *r)
{
	if (!r)
		return;
	ipc_client_free(r->ipc); /* which ends all that is under way */
	for (size_t i = 0; i < SHARDS; i++) {
		while (r->shard[i].newest)
			take_out(r, r->shard[i].newest);
		free(r->shard[i].bucket);
		pthread_mutex_destroy(&r->shard[i].lock);
	}
	free(r);
}

struct dns *dns_remote_dns(struct dns_remote *r)
{
	return &r->dns;
}

void dns_remote_counts(struct dns_remote *r, struct dns_remote_counts *ret)
{
	*ret = (struct dns_remote_counts){.asked = r->asked,
		.cached = r->cached,
		.joined = r->joined,
		.failed = r->failed,
		.short_cut = r->short_cut,
		.deaths = r->deaths,
		.bad = r->bad};
	for (size_t i = 0; i < SHARDS; i++) {
		pthread_mutex_lock(&r->shard[i].lock);
		ret->bytes += r->shard[i].bytes;
		ret->entries += r->shard[i].entries;
		pthread_mutex_unlock(&r->shard[i].lock);
	}
}
