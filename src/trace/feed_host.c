/*
 * What is plainly an address or prefix is taken as such; all else is refanged and then read as a
 * browser would read it (mail/url.h), but for the odd forms of addresses: "127.1" in a list is
 * rather a typing error than 127.0.0.1.
 */
#include "trace/feed_host.h"

#include "mail/url.h"

#include <errno.h>

#define HOST_TEXT_MOST 8192 /* bytes of a URL that are looked at */

static unsigned family_bits(const struct ip *ip)
{
	return ip->family == IP_V4 ? 32 : 128;
}

static bool bit_at(const struct ip *ip, unsigned i)
{
	return ip->byte[i / 8] >> (7 - i % 8) & 1;
}

/* The last address of a prefix. */
static struct ip last_of(const struct prefix *p)
{
	struct ip ip = p->ip;

	for (unsigned i = p->length; i < family_bits(&ip); i++)
		ip.byte[i / 8] |= (uint8_t)(1 << (7 - i % 8));
	return ip;
}

/* The address behind; false when there is none. */
static bool next_of(struct ip *ip)
{
	for (unsigned i = family_bits(ip) / 8; i--;)
		if (++ip->byte[i])
			return true;
	return false;
}

/* The widest prefix that begins at an address and does not go over last. */
static struct prefix widest(const struct ip *from, const struct ip *last)
{
	struct prefix p = {*from, (uint8_t)family_bits(from)};

	while (p.length && !bit_at(from, p.length - 1u)) {
		struct prefix wider = {*from, (uint8_t)(p.length - 1)};
		struct ip end = last_of(&wider);

		if (ip_compare(&end, last) > 0)
			break;
		p = wider;
	}
	return p;
}

size_t feed_host_range(
	const struct ip *first, const struct ip *last, struct prefix ret_prefix[FEED_RANGE_MOST])
{
	struct ip at = *first;
	size_t n = 0;

	if (first->family != last->family || ip_compare(first, last) > 0)
		return 0;
	for (;;) {
		if (n == FEED_RANGE_MOST)
			return 0;
		ret_prefix[n] = widest(&at, last);
		at = last_of(&ret_prefix[n++]);
		if (ip_compare(&at, last) >= 0 || !next_of(&at))
			return n;
	}
}

static bool read_port(struct span s, uint16_t *ret_port)
{
	unsigned long long n;

	if (span_number(s, 65535, &n) < 0 || n == 0)
		return false;
	*ret_port = (uint16_t)n;
	return true;
}

/* "192.0.2.1:80", "[2001:db8::1]:80", "[2001:db8::1]". */
static bool read_address_port(struct span s, struct feed_host *h)
{
	bool bracket = s.n && s.p[0] == '[';
	ssize_t at = bracket ? span_index(s, ']') : span_index(s, ':');
	struct ip ip;

	if (at < 0 || ip_parse(bracket ? span_between(s.p + 1, s.p + at) : span_take(s, (size_t)at),
			      &ip) < 0)
		return false;
	struct span rest = span_skip(s, (size_t)at + bracket);

	if (rest.n && (rest.p[0] != ':' || !read_port(span_skip(rest, 1), &h->port)))
		return false;
	h->where[0] = prefix_of(&ip, family_bits(&ip));
	h->n = 1;
	return true;
}

/* Returns FEED_TAKEN, FEED_RANGE, or FEED_NO_HOST when it is no address in any form. */
static int read_address(struct span s, struct feed_host *h)
{
	ssize_t dash = span_index(s, '-');
	struct ip first, last;

	if (prefix_parse(s, &h->where[0]) == 0) {
		h->n = 1;
		return FEED_TAKEN;
	}
	if (read_address_port(s, h))
		return FEED_TAKEN;
	if (dash < 0 || ip_parse(span_trim(span_take(s, (size_t)dash)), &first) < 0 ||
		ip_parse(span_trim(span_skip(s, (size_t)dash + 1)), &last) < 0)
		return FEED_NO_HOST;
	h->n = feed_host_range(&first, &last, h->where);
	return h->n ? FEED_TAKEN : FEED_RANGE;
}

/* What stands in brackets for a character that was to be made harmless. */
static const struct {
	struct span shown, meant;
} fangs[] = {
	{SPAN("."), SPAN(".")},
	{SPAN("dot"), SPAN(".")},
	{SPAN(" dot "), SPAN(".")},
	{SPAN(":"), SPAN(":")},
	{SPAN("://"), SPAN("://")},
	{SPAN(":/"), SPAN(":/")},
	{SPAN("/"), SPAN("/")},
};

/* The fang that s, behind an opening bracket, begins with; its length with the closing one. */
static const struct span *fang_at(struct span s, char close, size_t *ret_n)
{
	for (size_t i = 0; i < sizeof(fangs) / sizeof(*fangs); i++)
		if (s.n > fangs[i].shown.n && s.p[fangs[i].shown.n] == close &&
			span_starts_nocase(s, fangs[i].shown)) {
			*ret_n = fangs[i].shown.n + 1;
			return &fangs[i].meant;
		}
	return NULL;
}

/* Undoes it all, into room for s.n bytes. */
static struct span refang(struct span s, char *to)
{
	static const char open[] = "[({", close[] = "])}";
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		const char *bracket = s.p[i] ? strchr(open, s.p[i]) : NULL;
		size_t used = 0;
		const struct span *meant =
			bracket ? fang_at(span_skip(s, i + 1), close[bracket - open], &used) : NULL;

		if (meant) {
			memcpy(to + n, meant->p, meant->n);
			n += meant->n;
			i += used + 1;
		} else {
			to[n++] = s.p[i++];
		}
	}
	struct span done = {to, n};

	if (span_starts_nocase(done, SPAN("hxxp")) || span_starts_nocase(done, SPAN("h**p")))
		memcpy(to, "http", 4);
	return done;
}

/* Letters, digits, hyphens and the underscore that many names have although RFC 1123, 2.1 knows
 * none; two labels at least, the last no number. */
static bool is_name(struct span s)
{
	struct span label = {NULL, 0}, rest = s;
	size_t labels = 0;

	if (s.n > DOMAIN_MOST)
		return false;
	for (; span_cut(&rest, '.', &label); labels++) {
		if (!label.n || label.n > 63)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
				return false;
	}
	unsigned long long n;

	return labels > 1 && span_number(label, ~0ull, &n) == -EINVAL;
}

/* Names that lead to no host of the public network: RFC 6761, 6762, 7686, 8375, and what home
 * routers and hosts files say. */
static bool is_local(struct span s)
{
	static const char *const last[] = {"localhost", "local", "localdomain", "lan", "internal",
		"invalid", "onion", "broadcasthost", "home.arpa", "ip6-localhost", "ip6-loopback",
		"ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters",
		"ip6-allhosts"};

	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++) {
		struct span l = span_cstr(last[i]);

		if (span_ends_nocase(s, l) && (s.n == l.n || s.p[s.n - l.n - 1] == '.'))
			return true;
	}
	return false;
}

static int read_name(struct arena *a, struct span s, struct feed_host *h)
{
	bool whole = span_find(s, SPAN("://")) >= 0;
	struct url u;

	if (!whole) {
		if (span_index(s, '@') >= 0) /* a mail address names a person, not a host */
			return FEED_NO_HOST;
		s = span_skip(s, span_starts(s, SPAN("*.")) ? 2 : s.n && s.p[0] == '.');
	}
	if (url_parse(a, s, whole ? URL_REFERENCE : URL_BARE_HOST, &u) < 0)
		return -ENOMEM;
	if (u.bad || !u.host.n || (u.address && u.odd_host && !whole))
		return FEED_NO_HOST;
	h->port = u.port;
	if (u.address) {
		unsigned long long n;

		/* "192.0.2.0/33" is a prefix that is none. */
		if (prefix_parse(u.host, &h->where[0]) < 0 ||
			(!whole && span_number(span_skip(u.path, 1), ~0ull, &n) != -EINVAL))
			return FEED_NO_HOST;
		h->n = 1;
		return FEED_TAKEN;
	}
	if (is_local(u.host))
		return FEED_LOCAL_NAME;
	h->domain = u.host;
	return is_name(u.host) ? FEED_TAKEN : FEED_NO_HOST;
}

int feed_host_read(struct arena *a, struct span text, struct feed_host *ret_host)
{
	struct span s = span_trim(text);

	ret_host->n = 0;
	ret_host->port = 0;
	ret_host->domain = (struct span){NULL, 0};
	if (!s.n || s.n > HOST_TEXT_MOST)
		return FEED_NO_HOST;
	int rc = read_address(s, ret_host);

	if (rc != FEED_NO_HOST)
		return rc;
	char *room = arena_alloc(a, s.n);

	if (!room)
		return -ENOMEM;
	s = refang(s, room);
	rc = read_address(s, ret_host);
	return rc == FEED_NO_HOST ? read_name(a, s, ret_host) : rc;
}
