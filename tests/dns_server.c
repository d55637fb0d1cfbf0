/* One thread, one socket for UDP, and for TCP a connection a question. */
#include "dns_server.h"

#include "net/dns_wire.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CONNECTIONS 64

struct dns_server {
	pthread_t thread;
	int udp, tcp, connection[CONNECTIONS];
	atomic_int stop, mute;
	atomic_uint asked;
};

struct reply {
	char byte[70000];
	size_t n;
};

static void put(struct reply *r, unsigned x, size_t bytes)
{
	while (bytes--)
		r->byte[r->n++] = (char)(x >> (8 * bytes));
}

static void put_name(struct reply *r, const char *name)
{
	r->n += dns_wire_put_name(span_cstr(name), r->byte + r->n);
}

static void set(struct reply *r, size_t at, unsigned x)
{
	r->byte[at] = (char)(x >> 8);
	r->byte[at + 1] = (char)x;
}

/* A record but for its data, of the name asked for. */
static void put_rr(struct reply *r, unsigned type, unsigned n)
{
	put(r, 0xc00c, 2);
	put(r, type, 2);
	put(r, 1, 2);
	put(r, 60, 4);
	put(r, n, 2);
}

static void put_name_rr(struct reply *r, unsigned type, int preference, const char *name)
{
	char wire[DNS_WIRE_NAME];
	size_t n = dns_wire_put_name(span_cstr(name), wire);

	put_rr(r, type, (unsigned)n + (preference >= 0 ? 2 : 0));
	if (preference >= 0)
		put(r, (unsigned)preference, 2);
	memcpy(r->byte + r->n, wire, n);
	r->n += n;
}

static void put_soa(struct reply *r)
{
	put(r, 0, 1); /* of the root */
	put(r, DNS_SOA, 2);
	put(r, 1, 2);
	put(r, 30, 4);
	put(r, 22, 2);
	put(r, 0, 2);
	for (int i = 0; i < 4; i++)
		put(r, 1, 4);
	put(r, 20, 4);
	set(r, 8, 1);
}

static void put_ok(struct reply *r, unsigned type)
{
	set(r, 6, 1);
	if (type == DNS_A) {
		put_rr(r, type, 4);
		put(r, 0xc0000201, 4);
	} else if (type == DNS_TXT) {
		put_rr(r, type, 3);
		put(r, 0x026f6b, 3);
	} else if (type == DNS_AAAA) {
		set(r, 6, 0);
		put_soa(r);
	} else {
		put_name_rr(r, type, type == DNS_MX ? 10 : -1, "ok.test.example");
	}
}

/* An address of a name that nobody asked for. */
static void put_victim(struct reply *r)
{
	put_name(r, "ok7.victim.example");
	put(r, DNS_A, 2);
	put(r, 1, 2);
	put(r, 3600, 4);
	put(r, 4, 2);
	put(r, 0xcb007142, 4);
}

/* In the answer, beside the right one, and among what is additional. */
static void put_poison(struct reply *r, unsigned type)
{
	put_ok(r, type);
	put_victim(r);
	set(r, 6, 2);
	put_victim(r);
	set(r, 10, 1);
}

static void put_big(struct reply *r, unsigned records, unsigned strings)
{
	set(r, 6, records);
	for (unsigned i = 0; i < records; i++) {
		put_rr(r, DNS_TXT, strings * 251);
		for (unsigned k = 0; k < strings; k++) {
			put(r, 250, 1);
			memset(r->byte + r->n, 'a' + (int)(i % 26), 250);
			r->n += 250;
		}
	}
}

static int starts(const char *name, const char *word)
{
	return strncmp(name, word, strlen(word)) == 0;
}

static void put_referral(struct reply *r, const char *name, const char *to)
{
	const char *zone = strstr(name, "loop");
	char target[300];

	/* The zone is from the label that loops on; its server is in the other zone. */
	snprintf(target, sizeof(target), "ns.%s.%s", to, strchr(zone, '.') + 1);
	set(r, 2, 0x8000);
	set(r, 8, 1);
	put_name(r, zone);
	put(r, DNS_NS, 2);
	put(r, 1, 2);
	put(r, 60, 4);
	size_t at = r->n;

	put(r, 0, 2);
	put_name(r, target);
	set(r, at, (unsigned)(r->n - at - 2));
}

/* What to say to a question; n 0: nothing. Sets r's n behind the question before. */
static void behave(struct reply *r, const char *name, unsigned type, int tcp)
{
	unsigned chain;
	char next[300];

	if (strstr(name, "loopa"))
		put_referral(r, name, "loopb");
	else if (strstr(name, "loopb"))
		put_referral(r, name, "loopa");
	else if (starts(name, "hang") || (starts(name, "cut") && tcp))
		r->n = 0;
	else if (!tcp && (starts(name, "big") || starts(name, "flood") || starts(name, "cut")))
		set(r, 2, 0x8780);
	else if (starts(name, "ever"))
		set(r, 2, 0x8780);
	else if (starts(name, "nothing"))
		set(r, 2, 0x8583), put_soa(r);
	else if (starts(name, "none"))
		put_soa(r);
	else if (starts(name, "servfail"))
		set(r, 2, 0x8582);
	else if (starts(name, "refused"))
		set(r, 2, 0x8585);
	else if (starts(name, "big"))
		put_big(r, 1, 30);
	else if (starts(name, "flood"))
		put_big(r, 64, 4);
	else if (starts(name, "poison"))
		put_poison(r, type);
	else if (starts(name, "stranger"))
		put_victim(r), set(r, 6, 1);
	else if (starts(name, "garbage"))
		memset(r->byte + 2, 0x5a, 60), r->n = 62;
	else if (starts(name, "liar"))
		put_ok(r, type), r->byte[0] ^= 0x55;
	else if (starts(name, "other"))
		put_ok(r, type), r->byte[13] ^= 1;
	else if (sscanf(name, "chain%u", &chain) == 1) {
		set(r, 6, 1);
		snprintf(next, sizeof(next), "chain%u.%s", chain + 1, strchr(name, '.') + 1);
		put_name_rr(r, DNS_CNAME, -1, next);
	} else
		put_ok(r, type);
}

/* The name as text, good enough for tests. */
static void text_of(const char *wire, char *to)
{
	size_t n = 0;

	for (size_t i = 0; wire[i]; i += 1 + (unsigned char)wire[i]) {
		if (i)
			to[n++] = '.';
		memcpy(to + n, wire + i + 1, (unsigned char)wire[i]);
		n += (unsigned char)wire[i];
	}
	to[n] = '\0';
}

static void answer(struct dns_server *s, struct span q, int tcp, struct reply *r)
{
	char wire[DNS_WIRE_NAME], name[DNS_NAME + 2];
	size_t at = 12;

	r->n = 0;
	if (q.n < 17 || dns_wire_name(q, &at, wire) < 0 || at + 4 > q.n)
		return;
	atomic_fetch_add(&s->asked, 1);
	if (atomic_load(&s->mute))
		return;
	text_of(wire, name);
	memcpy(r->byte, q.p, at + 4);
	memset(r->byte + 4, 0, 8);
	r->n = at + 4;
	set(r, 2, 0x8580); /* QR AA RD RA */
	set(r, 4, 1);
	behave(r, name, (unsigned char)q.p[at] << 8 | (unsigned char)q.p[at + 1], tcp);
}

static void serve_udp(struct dns_server *s, struct reply *r)
{
	char q[4096];
	struct sockaddr_storage from;
	socklen_t n = sizeof(from);
	ssize_t got = recvfrom(s->udp, q, sizeof(q), 0, (struct sockaddr *)&from, &n);

	if (got <= 0)
		return;
	if (memmem(q, (size_t)got, "flood", 5)) {
		static const char garbage[60000];

		for (int i = 0; i < 10; i++)
			sendto(s->udp, garbage, sizeof(garbage), 0, (struct sockaddr *)&from, n);
	}
	answer(s, (struct span){q, (size_t)got}, 0, r);
	if (r->n)
		sendto(s->udp, r->byte, r->n, 0, (struct sockaddr *)&from, n);
}

static void write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

/* One question of a connection; what hangs is left open. */
static void serve_tcp(struct dns_server *s, int *fd, struct reply *r)
{
	unsigned char head[2];
	char q[4096];
	ssize_t got = recv(*fd, head, 2, MSG_WAITALL);
	size_t n = got == 2 ? (size_t)head[0] << 8 | head[1] : 0;

	if (!n || n > sizeof(q) || recv(*fd, q, n, MSG_WAITALL) != (ssize_t)n) {
		close(*fd);
		*fd = -1;
		return;
	}
	answer(s, (struct span){q, n}, 1, r);
	if (!r->n)
		return;
	head[0] = (unsigned char)(r->n >> 8);
	head[1] = (unsigned char)r->n;
	write_all(*fd, (char *)head, 2);
	write_all(*fd, r->byte, r->n);
}

static void *serve(void *context)
{
	static struct reply r;
	struct dns_server *s = context;
	struct pollfd p[2 + CONNECTIONS];

	while (!atomic_load(&s->stop)) {
		p[0] = (struct pollfd){.fd = s->udp, .events = POLLIN};
		p[1] = (struct pollfd){.fd = s->tcp, .events = POLLIN};
		for (int i = 0; i < CONNECTIONS; i++)
			p[2 + i] = (struct pollfd){.fd = s->connection[i], .events = POLLIN};
		if (poll(p, 2 + CONNECTIONS, 50) <= 0)
			continue;
		if (p[0].revents)
			serve_udp(s, &r);
		for (int i = 0; i < CONNECTIONS; i++)
			if (p[2 + i].revents)
				serve_tcp(s, &s->connection[i], &r);
		for (int i = 0; i < CONNECTIONS && p[1].revents; i++)
			if (s->connection[i] < 0) {
				s->connection[i] = accept(s->tcp, NULL, NULL);
				break;
			}
	}
	return NULL;
}

struct dns_server *dns_server_start(int *ret_port)
{
	struct dns_server *s = calloc(1, sizeof(*s));
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	assert(s);
	for (int i = 0; i < CONNECTIONS; i++)
		s->connection[i] = -1;
	/* The same port for both; another when that of the one is taken for the other. */
	do {
		a.sin_port = 0;
		s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		s->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (bind(s->udp, (struct sockaddr *)&a, sizeof(a)) == 0 &&
			getsockname(s->udp, (struct sockaddr *)&a, &n) == 0 &&
			bind(s->tcp, (struct sockaddr *)&a, sizeof(a)) == 0)
			break;
		close(s->udp);
		close(s->tcp);
	} while (1);
	listen(s->tcp, CONNECTIONS);
	*ret_port = ntohs(a.sin_port);
	pthread_create(&s->thread, NULL, serve, s);
	return s;
}

void dns_server_stop(struct dns_server *s)
{
	atomic_store(&s->stop, 1);
	pthread_join(s->thread, NULL);
	for (int i = 0; i < CONNECTIONS; i++)
		if (s->connection[i] >= 0)
			close(s->connection[i]);
	close(s->udp);
	close(s->tcp);
	free(s);
}

unsigned dns_server_asked(const struct dns_server *s)
{
	return atomic_load(&s->asked);
}

void dns_server_mute(struct dns_server *s, int mute)
{
	atomic_store(&s->mute, mute);
}
