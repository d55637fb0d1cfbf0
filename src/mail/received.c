/*
 * The walk goes down while the peer of a line is ours: then that peer wrote the line below, and it
 * can be believed as well. It stops at the first peer that is not, which is the source.
 *
 * What is not believed, though it would often be true: a reverse name in the writer's own domain.
 * A provider's customers have such names, so a bot in one of its homes would pass for one of its
 * relays, and the line that it forged would lay its mail at another's door. It is better to stop
 * one line early, at an address that is certain; `relays` says what else is ours.
 */
#include "mail/received.h"

#include "base/arena.h"

#include <errno.h>

#define HOPS_MOST ((size_t)100)

static bool name_is_ours(struct span name, const struct relays *relays)
{
	for (size_t i = 0; i < relays->names && name.n; i++) {
		struct span ours = relays->name[i];

		if (ours.n && ours.p[0] == '.' ? span_ends_nocase(name, ours)
					       : span_eq_nocase(name, ours))
			return true;
	}
	return false;
}

/* 6to4 (RFC 3056) of a private IPv4 address: so Google writes its own machines. */
static bool is_private_6to4(const struct ip *ip)
{
	if (ip->family != IP_V6 || ip->byte[0] != 0x20 || ip->byte[1] != 0x02)
		return false;
	struct ip v4 = {.family = IP_V4};

	memcpy(v4.byte, ip->byte + 2, 4);
	return ip_scope(&v4) == IP_PRIVATE;
}

/*
 * Microsoft 365 hands messages on between machines of its own at global IPv6 addresses. They are
 * inside when the line is by one of them: then the site's mail is kept there.
 */
static bool is_microsoft_inside(const struct hop *h)
{
	struct prefix microsoft = {{.family = IP_V6, .byte = {0x26, 0x03, 0x10}}, 24};

	return prefix_has(&microsoft, &h->ip) &&
	       (span_ends_nocase(h->by, SPAN(".outlook.com")) ||
		       span_ends_nocase(h->by, SPAN(".office365.com")));
}

static bool address_is_ours(const struct ip *ip, const struct relays *relays)
{
	enum ip_scope scope = ip_scope(ip);

	if (scope == IP_LOOPBACK || scope == IP_PRIVATE || scope == IP_LINK_LOCAL)
		return true;
	for (size_t i = 0; i < relays->nets; i++)
		if (prefix_has(&relays->net[i], ip))
			return true;
	return is_private_6to4(ip);
}

/* True when b is in the domain that a is in: a's own name or what is behind its first dot. */
static bool is_sibling(struct span a, struct span b)
{
	ssize_t dot = span_index(a, '.');
	struct span domain = dot < 0 ? a : span_skip(a, (size_t)dot);
	bool deep = dot >= 0 && span_index(span_skip(domain, 1), '.') >= 0;

	if (span_eq_nocase(a, b))
		return true;
	if (deep && span_ends_nocase(b, domain))
		return true;
	return a.n < b.n && span_ends_nocase(b, a) && b.p[b.n - a.n - 1] == '.';
}

/* True when a writer's name says where it is: a domain, not an address, "localhost" or "mx". */
static bool says_where(struct span name)
{
	struct ip ip;

	return span_index(name, '.') > 0 && ip_parse(name, &ip) < 0 &&
	       !span_starts_nocase(name, SPAN("localhost."));
}

/* True when two writers may be of one site: when nothing is said against it. */
static bool is_same_site(struct span a, struct span b)
{
	return !says_where(a) || !says_where(b) || is_sibling(a, b) || is_sibling(b, a);
}

/* True when the line below h was written by the site too. site: the last writer's name above. */
static bool is_inside(
	const struct hop *h, const struct hop *below, struct span site, const struct relays *relays)
{
	if (h->local) /* a mailbox that the site reads is where the site's mail arrived */
		return received_is_fetch(h->with) || is_same_site(site, below->by);
	if (!h->ip.family)
		return false;
	return address_is_ours(&h->ip, relays) || name_is_ours(h->rdns, relays) ||
	       is_microsoft_inside(h);
}

static void find_boundary(struct received *r, const struct relays *relays)
{
	struct span site = {NULL, 0};
	size_t i = 0;

	r->boundary = -1;
	for (; i < r->hops; i++) {
		struct hop *h = &r->hop[i];

		h->trusted = true;
		r->boundary = (ssize_t)i;
		if (h->by.n)
			site = h->by;
		if (i + 1 == r->hops || !is_inside(h, &r->hop[i + 1], site, relays))
			break;
		if (received_is_fetch(h->with))
			site = (struct span){NULL, 0}; /* another's machine from here on */
	}
	if (r->boundary < 0)
		return;
	const struct hop *last = &r->hop[i];

	if (last->local || !ip_may_look_up(&last->ip) || address_is_ours(&last->ip, relays) ||
		name_is_ours(last->rdns, relays) || is_microsoft_inside(last))
		return;
	r->source = last->ip;
	r->source_name = last->rdns;
	r->source_helo = last->helo;
}

int received_walk(struct message_parser *mp, const struct message *m, const struct relays *relays,
	struct received *ret_received)
{
	static const struct relays none;
	const struct fields *fields = &m->part[0].fields;
	struct received r = {.boundary = -1};
	size_t lines = 0;

	for (size_t i = 0; i < fields->n && lines < HOPS_MOST; i++)
		lines += fields->at[i].id == FIELD_RECEIVED;
	r.hop = arena_zalloc(message_arena(mp), lines, sizeof(*r.hop));
	if (!r.hop)
		return -ENOMEM;
	for (size_t i = 0; r.hops < lines; i++) {
		if (fields->at[i].id != FIELD_RECEIVED)
			continue;
		received_parse(fields->at[i].value, &r.hop[r.hops]);
		r.hop[r.hops++].field = &fields->at[i];
	}
	find_boundary(&r, relays ? relays : &none);
	*ret_received = r;
	return 0;
}
