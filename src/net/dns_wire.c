/*
 * Nothing is believed: every length is held against what is there, every pointer must lead back.
 * The answers' section is walked once for each name of a chain of CNAMEs, so the order in which a
 * server tells them does not matter.
 */
#include "net/dns_wire.h"

#include "net/dns_gather.h"

#include <errno.h>

#define HEAD        12
#define CNAMES_MOST 16
#define CLASS_IN    1
#define FLAG_ANSWER 0x8000 /* QR */
#define FLAG_CUT    0x0200 /* TC */
#define TTL_MOST    0x7fffffff

struct rr {
	char owner[DNS_WIRE_NAME];
	size_t owner_n;
	uint16_t type, class;
	uint32_t ttl;
	size_t at, end; /* its data in the message */
};

static uint32_t number(struct span s, size_t at, size_t bytes)
{
	uint32_t x = 0;

	for (size_t i = 0; i < bytes; i++)
		x = x << 8 | (unsigned char)s.p[at + i];
	return x;
}

int dns_wire_name(struct span m, size_t *at, char *to)
{
	size_t i = *at, n = 0, behind = 0, bound = i;

	for (;;) {
		if (i >= m.n)
			return -EBADMSG;
		size_t label = (unsigned char)m.p[i];

		if (label >= 0xc0) {
			if (i + 2 > m.n)
				return -EBADMSG;
			size_t to_where = number(m, i, 2) & 0x3fff;

			if (!behind)
				behind = i + 2;
			if (to_where >= bound) /* further back each time, so it ends */
				return -EBADMSG;
			i = bound = to_where;
			continue;
		}
		if (label > 63 || n + label + 1 > DNS_WIRE_NAME || i + 1 + label > m.n)
			return -EBADMSG;
		to[n++] = (char)label;
		for (size_t k = 0; k < label; k++)
			to[n++] = ascii_lower(m.p[i + 1 + k]);
		i += 1 + label;
		if (!label)
			break;
	}
	*at = behind ? behind : i;
	return (int)n;
}

size_t dns_wire_put_name(struct span name, char *to)
{
	struct span label;
	size_t n = 0;

	while (span_cut(&name, '.', &label)) {
		to[n++] = (char)label.n;
		memcpy(to + n, label.p, label.n);
		n += label.n;
	}
	to[n++] = '\0';
	return n;
}

/* A name in lower case as answers tell it; the root is empty. */
static size_t name_text(const char *wire, char *to /* DNS_NAME_TEXT */)
{
	size_t n = 0;

	to[0] = '\0';
	for (size_t i = 0; wire[i]; i += 1 + (unsigned char)wire[i]) {
		if (i)
			to[n++] = '.';
		n += dns_label_text((struct span){wire + i + 1, (unsigned char)wire[i]}, to + n);
	}
	return n;
}

static int take_rr(struct span m, size_t *at, struct rr *rr)
{
	int n = dns_wire_name(m, at, rr->owner);

	if (n < 0 || m.n - *at < 10)
		return -EBADMSG;
	rr->owner_n = (size_t)n;
	rr->type = (uint16_t)number(m, *at, 2);
	rr->class = (uint16_t)number(m, *at + 2, 2);
	rr->ttl = number(m, *at + 4, 4);
	if (rr->ttl > TTL_MOST) /* RFC 2181, 8 */
		rr->ttl = 0;
	rr->at = *at + 10;
	rr->end = rr->at + number(m, *at + 8, 2);
	if (rr->end > m.n)
		return -EBADMSG;
	*at = rr->end;
	return 0;
}

/* A name that is the last of the data. */
static int data_name(struct span m, const struct rr *rr, size_t at, char *wire)
{
	int n = dns_wire_name(span_take(m, rr->end), &at, wire);

	return n < 0 || at != rr->end ? -EBADMSG : n;
}

/* RFC 1035, 3.3.14; its strings end to end at `to`, which has room for the data. */
static int data_strings(struct span m, const struct rr *rr, char *to, struct span *ret)
{
	size_t n = 0, at = rr->at;

	while (at < rr->end) {
		size_t one = (unsigned char)m.p[at++];

		if (one > rr->end - at)
			return -EBADMSG;
		memcpy(to + n, m.p + at, one);
		n += one;
		at += one;
	}
	*ret = (struct span){to, n};
	return rr->at == rr->end ? -EBADMSG : 0;
}

static int data_address(struct span m, const struct rr *rr, struct ip *ip)
{
	size_t want = rr->type == DNS_A ? 4 : 16;

	if (rr->end - rr->at != want)
		return -EBADMSG;
	*ip = (struct ip){.family = rr->type == DNS_A ? IP_V4 : IP_V6};
	memcpy(ip->byte, m.p + rr->at, want);
	return 0;
}

/* Reads a record's data; text goes to `to`, which holds 64 KiB. */
static int read_data(struct span m, const struct rr *rr, char *to, struct dns_record *r)
{
	char wire[DNS_WIRE_NAME];
	size_t at = rr->at;
	int n;

	*r = (struct dns_record){0};
	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA: return data_address(m, rr, &r->ip);
	case DNS_TXT: return data_strings(m, rr, to, &r->text);
	case DNS_SOA:
		if (dns_wire_name(span_take(m, rr->end), &at, wire) < 0)
			return -EBADMSG;
		r->text = (struct span){to, name_text(wire, to)};
		if (dns_wire_name(span_take(m, rr->end), &at, wire) < 0 || rr->end - at != 20)
			return -EBADMSG;
		return 0;
	case DNS_MX:
		if (rr->end - rr->at < 2)
			return -EBADMSG;
		r->preference = (uint16_t)number(m, at, 2);
		at += 2;
		break;
	default: break;
	}
	n = data_name(m, rr, at, wire);
	if (n < 0)
		return n;
	r->text = (struct span){to, name_text(wire, to)};
	return 0;
}

/* An IPv4-mapped address is the IPv4 address (ip.h), which is no AAAA: such a record is none. */
static bool of_use(const struct dns_record *r)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return r->ip.family != IP_V6 || memcmp(r->ip.byte, mapped, 12) != 0;
}

struct walk {
	struct span m;
	size_t first, records; /* where the answers are */
	char name[DNS_WIRE_NAME];
	size_t name_n; /* that is looked for now */
	enum dns_type type;
	uint32_t ttl; /* the least so far */
	struct dns_gather gather;
	bool found; /* a record of the type, whether it was taken or not */
};

static void least(struct walk *w, uint32_t ttl)
{
	if (ttl < w->ttl)
		w->ttl = ttl;
}

/* Walks the answers for one name: 0, or 1 when there is a CNAME instead, which is looked for next.
 */
static int walk_once(struct walk *w)
{
	char text[65536], target[DNS_WIRE_NAME];
	size_t at = w->first;
	uint32_t target_ttl = 0;
	int target_n = 0;
	struct rr rr;

	for (size_t i = 0; i < w->records; i++) {
		struct dns_record r;

		if (take_rr(w->m, &at, &rr) < 0)
			return -EBADMSG;
		if (rr.class != CLASS_IN || rr.owner_n != w->name_n ||
			memcmp(rr.owner, w->name, rr.owner_n) != 0)
			continue;
		if (rr.type == w->type) {
			if (read_data(w->m, &rr, text, &r) < 0)
				return -EBADMSG;
			w->found = true;
			least(w, rr.ttl);
			if (of_use(&r) && !w->gather.cut && !dns_gather_add(&w->gather, &r) &&
				w->gather.failed)
				return 0;
		} else if (rr.type == DNS_CNAME && !target_n) {
			target_n = data_name(w->m, &rr, rr.at, target);
			target_ttl = rr.ttl;
			if (target_n < 0)
				return -EBADMSG;
		}
	}
	if (w->found || !target_n)
		return 0;
	least(w, target_ttl);
	memcpy(w->name, target, (size_t)target_n);
	w->name_n = (size_t)target_n;
	return 1;
}

/* RFC 2308, 5: the lesser of the SOA's own TTL and its MINIMUM, its last number. 0 without. */
static void least_of_soa(struct walk *w, size_t at, size_t records)
{
	struct rr rr;

	for (size_t i = 0; i < records && i < DNS_WIRE_RECORDS; i++) {
		if (take_rr(w->m, &at, &rr) < 0)
			break;
		if (rr.type != DNS_SOA || rr.class != CLASS_IN || rr.end - rr.at < 22)
			continue;
		least(w, rr.ttl);
		least(w, number(w->m, rr.end - 4, 4));
		return;
	}
	w->ttl = 0;
}

/* Puts *at behind so many records. */
static int pass_over(struct span m, size_t *at, size_t records)
{
	struct rr rr;
	int r = 0;

	for (size_t i = 0; i < records && r == 0; i++)
		r = take_rr(m, at, &rr);
	return r;
}

/* The head and the question: that it is an answer, and to ours. */
static int begin(struct walk *w, struct span name)
{
	char asked[DNS_WIRE_NAME];
	size_t at = HEAD;
	int n;

	if (w->m.n < HEAD || !(number(w->m, 2, 2) & FLAG_ANSWER) || number(w->m, 4, 2) != 1)
		return -EBADMSG;
	n = dns_wire_name(w->m, &at, asked);
	w->name_n = dns_wire_put_name(name, w->name);
	if (n < 0 || (size_t)n != w->name_n || memcmp(asked, w->name, w->name_n) != 0 ||
		w->m.n - at < 4 || number(w->m, at, 2) != (uint32_t)w->type ||
		number(w->m, at + 2, 2) != CLASS_IN)
		return -EBADMSG;
	w->first = at + 4;
	w->records = number(w->m, 6, 2);
	return 0;
}

static int no_records(struct walk *w, enum dns_status status, struct dns_answer *ret)
{
	size_t at = w->first;

	if (pass_over(w->m, &at, w->records) < 0)
		return -EBADMSG;
	least_of_soa(w, at, number(w->m, 8, 2));
	*ret = (struct dns_answer){.status = status, .ttl = w->ttl};
	return 0;
}

int dns_wire_answer(struct span message, struct span name, enum dns_type type, bool secure,
	struct arena *arena, struct dns_answer *ret)
{
	struct walk w = {.m = message, .type = type, .ttl = TTL_MOST, .gather = {.arena = arena}};
	int r = begin(&w, name), hops = 0;

	if (r < 0)
		return r;
	unsigned code = number(message, 2, 2) & 15;

	if ((code != 0 && code != 3) || number(message, 2, 2) & FLAG_CUT ||
		w.records > DNS_WIRE_RECORDS) {
		*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
		return 0;
	}
	while ((r = walk_once(&w)) > 0 && hops < CNAMES_MOST)
		hops++;
	if (r < 0)
		return r;
	if (r > 0) {
		*ret = (struct dns_answer){.status = DNS_TEMPFAIL};
		return 0;
	}
	if (!w.found || (!w.gather.n && !w.gather.cut && !w.gather.failed)) {
		r = no_records(&w, code == 3 ? DNS_NXDOMAIN : DNS_NODATA, ret);
		ret->secure = r == 0 && secure;
		return r;
	}
	dns_gather_end(&w.gather, type, w.ttl, secure, ret);
	return 0;
}
