/*
 * The chain of Received lines. What our own relay wrote of its peer can be believed; below that
 * any line may be forged, and forgers get details wrong.
 */
#include "judge/brand.h"
#include "judge/check/list.h"
#include "judge/hosts.h"

#include <stdio.h>

static const char *const variants[] = {"received/none", "received/one", "received/time-back",
	"received/slow", "received/helo-own", "received/helo-brand", "received/helo-ip",
	"received/helo-no-dot", "received/helo-localhost", "received/helo-other-ip",
	"received/no-rdns", "received/rdns-dynamic", "received/rdns-other", "received/inside",
	"received/impossible", "received/bad-address", "received/web-user", "received/aligned",
	"received/encrypted", "received/plain", NULL};

/* Clocks of honest relays differ by minutes; hours are another matter. */
#define BACKWARD_S (6 * 3600)
#define SLOW_S     (12 * 3600)

static const struct hop *boundary(const struct check_input *in)
{
	ssize_t i = in->chain->boundary;

	return i >= 0 && (size_t)i < in->chain->hops ? &in->chain->hop[i] : NULL;
}

static void look_at_times(const struct check_input *in, struct findings *out)
{
	const struct hop *above = NULL;

	for (size_t i = 0; i < in->chain->hops; i++) {
		const struct hop *h = &in->chain->hop[i];

		if (!h->has_date)
			continue;
		/* The line above was written later. */
		int64_t took = above ? above->date.unix_s - h->date.unix_s : 0;

		if (took < -BACKWARD_S)
			finding_add(in, out, &check_received, "received/time-back", h->field->value,
				"A relay says that it had the mail %lld hours after the next one "
				"got it",
				(long long)-took / 3600);
		else if (took > SLOW_S)
			finding_add(in, out, &check_received, "received/slow", h->field->value,
				"The mail lay %lld hours between two relays",
				(long long)took / 3600);
		above = h;
	}
}

/* True for addresses that only mean something inside a site. */
static bool is_inside(const struct ip *ip)
{
	enum ip_scope scope = ip_scope(ip);

	return ip->family &&
	       (scope == IP_LOOPBACK || scope == IP_PRIVATE || scope == IP_LINK_LOCAL);
}

/* True when the name holds the address's own numbers, as names of dial-up pools do. */
static bool names_address(struct span name, const struct ip *ip)
{
	char octet[4][4];
	int met = 0;

	if (ip->family != IP_V4)
		return false;
	for (int i = 0; i < 4; i++)
		snprintf(octet[i], sizeof(octet[i]), "%u", ip->byte[i]);
	/* Two octets of two digits or more, anywhere, are no chance. */
	for (int i = 0; i < 4; i++)
		met += ip->byte[i] > 9 && span_find(name, span_cstr(octet[i])) >= 0;
	return met >= 3 || (met == 2 && (ip->byte[2] <= 9 || ip->byte[3] <= 9));
}

static bool is_dynamic(struct span name, const struct ip *ip)
{
	static const struct span words[] = {{"dyn", 3}, {"dial", 4}, {"dsl", 3}, {"cable", 5},
		{"pool", 4}, {"ppp", 3}, {"dhcp", 4}, {"client", 6}, {"broadband", 9}, {"cust", 4},
		{"home", 4}, {"mobile", 6}, {"wifi", 4}};

	if (names_address(name, ip))
		return true;
	bool digits = false;

	for (size_t i = 0; i < name.n && !digits; i++)
		digits = ascii_is_digit(name.p[i]);
	for (size_t i = 0; digits && i < sizeof(words) / sizeof(words[0]); i++)
		if (span_find_nocase(name, words[i]) >= 0)
			return true;
	return false;
}

/* What an address literal in HELO holds: "[192.0.2.1]", "[IPv6:...]", or bare. */
static bool helo_address(struct span helo, struct ip *ret_ip, bool *ret_bare)
{
	*ret_bare = !(helo.n > 2 && helo.p[0] == '[' && helo.p[helo.n - 1] == ']');
	if (!*ret_bare)
		helo = span_between(helo.p + 1, span_end(helo) - 1);
	if (span_starts_nocase(helo, SPAN("IPv6:")))
		helo = span_skip(helo, 5);
	return ip_parse(helo, ret_ip) == 0;
}

static void look_at_helo_name(
	const struct check_input *in, struct findings *out, const struct hop *h, struct span helo)
{
	struct span domain = check_domain(in, helo),
		    rdns = check_domain(in, check_lower(in, h->rdns));
	struct span ours = check_domain(in, check_lower(in, h->by));
	const struct brand *b = domain.n ? brand_of_domain(domain) : NULL;

	if (span_eq(helo, SPAN("localhost")) || span_starts(helo, SPAN("localhost.")))
		finding_add(in, out, &check_received, "received/helo-localhost", h->field->value,
			"The sending host called itself localhost");
	else if (span_index(helo, '.') < 0)
		finding_add(in, out, &check_received, "received/helo-no-dot", h->field->value,
			"The sending host called itself \"%.*s\", which is no full name",
			SPAN_ARG(helo));
	if (!domain.n || is_inside(&h->ip))
		return;
	if ((span_eq(domain, in->own_domain) || span_eq(domain, ours)) && !span_eq(domain, rdns))
		finding_add(in, out, &check_received, "received/helo-own", h->field->value,
			"A foreign host called itself %.*s, a name of the receiving site",
			SPAN_ARG(helo));
	else if (b && rdns.n && !brand_owns(b, rdns))
		finding_add(in, out, &check_received, "received/helo-brand", h->field->value,
			"The sending host called itself %.*s but is %.*s", SPAN_ARG(helo),
			SPAN_ARG(h->rdns));
	if (rdns.n && span_eq(rdns, in->from_domain))
		finding_add(in, out, &check_received, "received/aligned", h->field->value,
			"The sending host %.*s is of the sender's own domain", SPAN_ARG(h->rdns));
	else if (rdns.n && !span_eq(rdns, domain))
		finding_add(in, out, &check_received, "received/rdns-other", h->field->value,
			"The sending host called itself %.*s but its address belongs to %.*s",
			SPAN_ARG(helo), SPAN_ARG(h->rdns));
}

static void look_at_source(const struct check_input *in, struct findings *out, const struct hop *h)
{
	struct span helo = check_lower(in, h->helo);
	struct ip ip;
	bool bare;

	if (is_inside(&h->ip))
		finding_add(in, out, &check_received, "received/inside", h->field->value,
			"The mail came from a private address: from inside, or its path is lost");
	if (h->ip.family && helo.n && !h->rdns.n)
		finding_add(in, out, &check_received, "received/no-rdns", h->field->value,
			"The sending address has no name");
	else if (h->ip.family && is_dynamic(h->rdns, &h->ip))
		finding_add(in, out, &check_received, "received/rdns-dynamic", h->field->value,
			"The sending host %.*s is named like a customer's line, not like a mail "
			"server",
			SPAN_ARG(h->rdns));
	if (!helo.n)
		return;
	if (!helo_address(helo, &ip, &bare))
		look_at_helo_name(in, out, h, helo);
	else if (h->ip.family && !ip_eq(&ip, &h->ip) && ip_scope(&ip) == IP_GLOBAL)
		finding_add(in, out, &check_received, "received/helo-other-ip", h->field->value,
			"The sending host called itself by an address that is not its own");
	else if (bare)
		finding_add(in, out, &check_received, "received/helo-ip", h->field->value,
			"The sending host called itself by a bare address, against RFC 5321");
}

/* True when s begins with four numbers with dots and a closing bracket, one of them over 255. */
static bool is_bad_address(struct span s)
{
	bool over = false;

	for (int part = 0; part < 4; part++) {
		unsigned value = 0, digits = 0;

		while (digits < s.n && digits < 4 && ascii_is_digit(s.p[digits]))
			value = value * 10 + (unsigned)(s.p[digits++] - '0');
		over |= value > 255;
		if (!digits || digits == s.n || !strchr(part < 3 ? "." : "])", s.p[digits]))
			return false;
		s = span_skip(s, digits + 1);
	}
	return over;
}

static bool has_bad_address(struct span s)
{
	ssize_t at;

	while ((at = span_index(s, '[')) >= 0) {
		s = span_skip(s, (size_t)at + 1);
		if (is_bad_address(s))
			return true;
	}
	return false;
}

/* Debian's and Red Hat's web servers run as users 33 and 48. */
static bool is_web_user(struct span value)
{
	ssize_t at = span_find(value, SPAN("(from "));

	if (at >= 0) {
		struct span user = span_skip(value, (size_t)at + 6);

		return span_starts(user, SPAN("www-data@")) || span_starts(user, SPAN("apache@")) ||
		       span_starts(user, SPAN("nobody@"));
	}
	at = span_find(value, SPAN(", from userid "));
	value = span_skip(value, (size_t)(at + 14));
	return at >= 0 && (span_starts(value, SPAN("33)")) || span_starts(value, SPAN("48)")));
}

static void look_at_lines(const struct check_input *in, struct findings *out)
{
	for (size_t i = 0; i < in->chain->hops && i < 30; i++) {
		const struct hop *h = &in->chain->hop[i];
		struct span value = span_take(h->field->value, 2000);

		if (!h->by.n && !h->ip.family && !h->has_date)
			finding_add(in, out, &check_received, "received/impossible", value,
				"A Received line says nothing that a relay would write");
		if (has_bad_address(value))
			finding_add(in, out, &check_received, "received/bad-address", value,
				"A Received line names an address that cannot be");
		if (i + 1 == in->chain->hops && is_web_user(value))
			finding_add(in, out, &check_received, "received/web-user", value,
				"The mail was written by a web server's own user");
	}
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct hop *h = boundary(in);

	if (!in->chain->hops) {
		finding_add(in, out, &check_received, "received/none", (struct span){0},
			"The mail carries no Received line at all");
		return;
	}
	if (in->chain->hops == 1)
		finding_add(in, out, &check_received, "received/one",
			in->chain->hop[0].field->value,
			"The mail came to the site in one step, from no other mail server");
	look_at_times(in, out);
	look_at_lines(in, out);
	if (h && !h->local) {
		look_at_source(in, out, h);
		if (h->with.n)
			finding_add(in, out, &check_received,
				span_find_nocase(h->with, SPAN("SMTPS")) >= 0 ? "received/encrypted"
									      : "received/plain",
				h->field->value, "The mail was handed over with %.*s",
				SPAN_ARG(h->with));
	}
}

const struct check check_received = {"received",
	"relays that call themselves what they are not, and lines that cannot be", variants, run};
