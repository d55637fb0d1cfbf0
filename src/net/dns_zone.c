/*
 * Names in a hash table, each with the list of what it has. A name brings all names above it into
 * the table, so that what lies between (an empty non-terminal) is NODATA and never NXDOMAIN, and so
 * that the closest encloser, under which a wildcard counts, is the first name above that is there.
 */
#include "net/dns_zone.h"

#include "base/file.h"
#include "base/hash.h"
#include "net/dns_gather.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define CNAMES_MOST 16
#define MEMORY_MOST ((size_t)1 << 30)

struct rr {
	struct rr *next;
	enum dns_type type;
	uint32_t ttl;
	struct dns_record record;
	struct span target; /* CNAME: as it would be asked for, without \DDD */
};

struct fault {
	struct fault *next;
	enum dns_type type; /* 0: all without records */
	enum dns_fault fault;
};

struct node {
	struct node *next; /* in the bucket */
	uint64_t hash;
	struct span name;
	struct rr *first, *last;
	struct fault *fault;
};

struct dns_zone {
	struct dns dns;
	struct arena arena;
	struct node **bucket; /* [buckets], a power of two */
	size_t buckets, nodes;
};

static struct node *find(const struct dns_zone *z, struct span name)
{
	uint64_t hash = hash64(name, 0);

	for (struct node *n = z->bucket[hash & (z->buckets - 1)]; n; n = n->next)
		if (n->hash == hash && span_eq(n->name, name))
			return n;
	return NULL;
}

/* Twice the buckets. When memory is short the chains are longer, which is no failure. */
static void grow(struct dns_zone *z)
{
	size_t buckets = z->buckets * 2;
	struct node **bucket = calloc(buckets, sizeof(struct node *));

	if (!bucket)
		return;
	for (size_t i = 0; i < z->buckets; i++) {
		for (struct node *n = z->bucket[i], *next; n; n = next) {
			next = n->next;
			n->next = bucket[n->hash & (buckets - 1)];
			bucket[n->hash & (buckets - 1)] = n;
		}
	}
	free(z->bucket);
	z->bucket = bucket;
	z->buckets = buckets;
}

static struct node *add_node(struct dns_zone *z, struct span name)
{
	struct node *n = arena_zalloc(&z->arena, 1, sizeof(*n));

	if (!n)
		return NULL;
	n->name = arena_copy(&z->arena, name);
	if (n->name.n != name.n)
		return NULL;
	if (z->nodes >= z->buckets)
		grow(z);
	n->hash = hash64(name, 0);
	n->next = z->bucket[n->hash & (z->buckets - 1)];
	z->bucket[n->hash & (z->buckets - 1)] = n;
	z->nodes++;
	return n;
}

static struct span parent(struct span name)
{
	ssize_t dot = span_index(name, '.');

	return dot < 0 ? (struct span){NULL, 0} : span_skip(name, (size_t)dot + 1);
}

/* The node of a name, made if need be, and before it those of all names above. */
static struct node *need(struct dns_zone *z, struct span name)
{
	struct span missing[DNS_NAME / 2];
	struct node *n = NULL;
	size_t count = 0;

	for (; name.n && !(n = find(z, name)); name = parent(name))
		missing[count++] = name;
	while (count && (n = add_node(z, missing[count - 1])))
		count--;
	return n;
}

/* What is asked for when an answer tells a name as this text: \DDD and \X are bytes. */
static int name_bytes(struct span text, char *to)
{
	char raw[DNS_NAME_TEXT];
	size_t n = 0;

	if (text.n >= DNS_NAME_TEXT)
		return -EINVAL;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\' && i + 3 < text.n && ascii_is_digit(text.p[i + 1])) {
			unsigned long long byte;

			if (span_number((struct span){text.p + i + 1, 3}, 255, &byte) < 0)
				return -EINVAL;
			c = (char)byte;
			i += 3;
		} else if (c == '\\') {
			if (++i == text.n)
				return -EINVAL;
			c = text.p[i];
		} else {
			raw[n++] = c;
			continue;
		}
		if (c == '.') /* a label with a dot in it cannot be asked for */
			return -EINVAL;
		raw[n++] = c;
	}
	return dns_name((struct span){raw, n}, to);
}

static bool has_name(enum dns_type type)
{
	return type == DNS_CNAME || type == DNS_NS || type == DNS_PTR || type == DNS_MX ||
	       type == DNS_SOA;
}

static int fill(struct dns_zone *z, struct rr *rr, const struct dns_record *r)
{
	char target[DNS_NAME], text[DNS_NAME_TEXT];
	struct span name = {target, 0}, told = r->text;

	rr->record = *r;
	if (has_name(rr->type) && r->text.n) { /* none: the root, as of a null MX (RFC 7505) */
		int n = name_bytes(r->text, target);

		if (n < 0)
			return n;
		name.n = (size_t)n;
		told = (struct span){text, dns_name_text(name, text)};
	}
	rr->target = arena_copy(&z->arena, name);
	rr->record.text = arena_copy(&z->arena, told);
	return rr->target.n == name.n && rr->record.text.n == told.n ? 0 : -ENOMEM;
}

int dns_zone_add(struct dns_zone *z, struct span name, enum dns_type type, uint32_t ttl,
	const struct dns_record *r)
{
	char to[DNS_NAME];
	int n = name_bytes(name, to);
	struct node *node;
	struct rr *rr;

	if (n < 0)
		return n;
	if (type == DNS_CNAME && !r->text.n)
		return -EINVAL;
	node = need(z, (struct span){to, (size_t)n});
	if (!node)
		return -ENOMEM;
	if (strcmp(dns_type_name(type), "?") == 0)
		return 0;
	if (node->first && (type == DNS_CNAME || node->first->type == DNS_CNAME))
		return -EEXIST;
	rr = arena_zalloc(&z->arena, 1, sizeof(*rr));
	if (!rr)
		return -ENOMEM;
	rr->type = type;
	rr->ttl = ttl;
	n = fill(z, rr, r);
	if (n < 0)
		return n;
	*(node->last ? &node->last->next : &node->first) = rr;
	node->last = rr;
	return 0;
}

int dns_zone_fail(struct dns_zone *z, struct span name, enum dns_type type, enum dns_fault fault)
{
	char to[DNS_NAME];
	int n = name_bytes(name, to);
	struct node *node = n < 0 ? NULL : need(z, (struct span){to, (size_t)n});
	struct fault *f = arena_alloc(&z->arena, sizeof(*f));

	if (n < 0)
		return n;
	if (!node || !f)
		return -ENOMEM;
	*f = (struct fault){.next = node->fault, .type = type, .fault = fault};
	node->fault = f;
	return 0;
}

/* RFC 4592, 3.3: a name that is not there is that of the wildcard under its closest encloser. */
static const struct node *wildcard(const struct dns_zone *z, struct span name)
{
	char star[DNS_NAME + 2] = "*.";

	for (name = parent(name); name.n && !find(z, name);)
		name = parent(name);
	if (!name.n)
		return find(z, SPAN("*"));
	memcpy(star + 2, name.p, name.n);
	return find(z, (struct span){star, name.n + 2});
}

static void sleep_until(int64_t deadline)
{
	struct timespec t = {deadline / 1000000000, deadline % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static bool fails(const struct node *n, enum dns_type type, int64_t deadline)
{
	const struct fault *f = n->fault;

	for (; f && f->type != type; f = f->next)
		;
	if (f && f->fault == DNS_FAULT_TIMEOUT)
		sleep_until(deadline);
	return f;
}

static const struct rr *first_of(const struct rr *rr, enum dns_type type)
{
	while (rr && rr->type != type)
		rr = rr->next;
	return rr;
}

static void tell(const struct rr *rr, uint32_t ttl, struct arena *arena, struct dns_answer *ret)
{
	struct dns_gather g = {.arena = arena};
	enum dns_type type = rr->type;

	for (; rr; rr = first_of(rr->next, type)) {
		if (rr->ttl < ttl)
			ttl = rr->ttl;
		if (!dns_gather_add(&g, &rr->record))
			break;
	}
	dns_gather_end(&g, type, ttl, false, ret);
}

static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	const struct dns_zone *z = (const struct dns_zone *)dns;
	uint32_t ttl = UINT32_MAX;

	*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
	for (int i = 0; i <= CNAMES_MOST; i++) {
		const struct node *n = find(z, name);
		const struct rr *rr;
		uint32_t none = ttl < DNS_ZONE_TTL_NONE ? ttl : DNS_ZONE_TTL_NONE;

		if (!n)
			n = wildcard(z, name);
		if (!n) {
			*ret = (struct dns_answer){.status = DNS_NXDOMAIN, .ttl = none};
			return;
		}
		if (fails(n, type, deadline))
			return;
		rr = first_of(n->first, type);
		if (rr) {
			tell(rr, ttl, arena, ret);
			return;
		}
		if (!n->first || n->first->type != DNS_CNAME) {
			if (!fails(n, 0, deadline))
				*ret = (struct dns_answer){.status = DNS_NODATA, .ttl = none};
			return;
		}
		if (n->first->ttl < ttl)
			ttl = n->first->ttl;
		name = n->first->target;
	}
}

int dns_zone_new(struct dns_zone **ret_zone)
{
	struct dns_zone *z = calloc(1, sizeof(*z));

	if (!z)
		return -ENOMEM;
	z->dns.ask = ask;
	z->buckets = 64;
	z->bucket = calloc(z->buckets, sizeof(struct node *));
	arena_init(&z->arena, MEMORY_MOST);
	if (!z->bucket) {
		free(z);
		return -ENOMEM;
	}
	*ret_zone = z;
	return 0;
}

void dns_zone_free(struct dns_zone *z)
{
	if (!z)
		return;
	arena_done(&z->arena);
	free(z->bucket);
	free(z);
}

struct dns *dns_zone_dns(struct dns_zone *z)
{
	return &z->dns;
}

int dns_zone_open(const char *path, struct dns_zone **ret_zone, struct err *err)
{
	struct buf text = {0};
	struct dns_zone *z = NULL;
	int r = file_read(path, DNS_ZONE_BYTES_MOST, &text, err);

	if (r >= 0 && (r = dns_zone_new(&z)) < 0)
		err_sys(err, r, "%s", path);
	if (r >= 0)
		r = dns_zone_read(z, buf_span(&text), path, err);
	buf_done(&text);
	if (r < 0) {
		dns_zone_free(z);
		return r;
	}
	*ret_zone = z;
	return 0;
}
