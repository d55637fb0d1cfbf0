/*
 * Terms stand between blanks. What is a name and '=' is a modifier, all else a mechanism; its name
 * ends at ':' or '/'. Prefix lengths are taken off the end, since '/' may also be in a macro. Any
 * term that breaks the grammar makes the record one that says nothing (4.6).
 */
#include "auth/spf_record.h"

#include "auth/spf_macro.h"

#include <arpa/inet.h>

#define VERSION SPAN("v=spf1")

bool spf_record_is(struct span text)
{
	return span_starts_nocase(text, VERSION) &&
	       (text.n == VERSION.n || text.p[VERSION.n] == ' ');
}

bool spf_record_looks_up(enum spf_mechanism m)
{
	return m == SPF_INCLUDE || m == SPF_A || m == SPF_MX || m == SPF_PTR || m == SPF_EXISTS;
}

/* What may stand behind a mechanism's name. */
enum shape {
	BARE = 0,
	MAY_DOMAIN = 1,
	MUST_DOMAIN = 2,
	MAY_LENGTHS = 4,
	ADDRESS_4 = 8,
	ADDRESS_6 = 16,
};

static const struct {
	struct span name;
	unsigned shape;
} mechanisms[] = {
	[SPF_ALL] = {SPAN("all"), BARE},
	[SPF_INCLUDE] = {SPAN("include"), MUST_DOMAIN},
	[SPF_A] = {SPAN("a"), MAY_DOMAIN | MAY_LENGTHS},
	[SPF_MX] = {SPAN("mx"), MAY_DOMAIN | MAY_LENGTHS},
	[SPF_PTR] = {SPAN("ptr"), MAY_DOMAIN},
	[SPF_IP4] = {SPAN("ip4"), ADDRESS_4},
	[SPF_IP6] = {SPAN("ip6"), ADDRESS_6},
	[SPF_EXISTS] = {SPAN("exists"), MUST_DOMAIN},
};
#define MECHANISMS (sizeof(mechanisms) / sizeof(*mechanisms))

/*
 * Takes "/N" (or "//N" with that mark) off the end of *s, if it stands there. Returns false when
 * the number is over most or written with a zero before it (12: ip4-cidr-length).
 */
static bool cut_length(struct span *s, struct span mark, unsigned most, uint8_t *ret)
{
	size_t digits = 0;
	unsigned n = 0;

	while (digits < s->n && ascii_is_digit(s->p[s->n - 1 - digits]))
		digits++;
	struct span before = span_take(*s, s->n - digits), number = span_skip(*s, before.n);

	if (!digits || before.n < mark.n || !span_eq(span_skip(before, before.n - mark.n), mark))
		return true;
	if (digits > 3 || (digits > 1 && number.p[0] == '0'))
		return false;
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (unsigned)(number.p[i] - '0');
	if (n > most)
		return false;
	*ret = (uint8_t)n;
	*s = span_take(before, before.n - mark.n);
	return true;
}

/* ":" and an address with perhaps a length; *s is what stands behind the name. */
static const char *read_address(struct span s, int family, struct spf_term *t)
{
	unsigned bits = family == AF_INET ? 32 : 128;
	uint8_t length = (uint8_t)bits;
	char text[INET6_ADDRSTRLEN + 1];
	struct ip ip = {.family = family == AF_INET ? IP_V4 : IP_V6};

	if (!cut_length(&s, SPAN("/"), bits, &length) || s.n < 2 || s.p[0] != ':' ||
		s.n > sizeof(text))
		return "an ip4 or ip6 term without an address and length that could be";
	memcpy(text, s.p + 1, s.n - 1);
	text[s.n - 1] = '\0';
	if (memchr(text, '\0', s.n - 1) || inet_pton(family, text, ip.byte) != 1)
		return "an ip4 or ip6 term with what is no address";
	/* One that maps IPv4 is the IPv4 address (5): a client by it is taken for that too. */
	if (ip.family == IP_V6 && length >= 96 &&
		memcmp(ip.byte, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
		memmove(ip.byte, ip.byte + 12, 4);
		memset(ip.byte + 4, 0, 12);
		ip.family = IP_V4;
		length -= 96;
	}
	t->net = prefix_of(&ip, length);
	return NULL;
}

static const char *read_domain(struct span s, unsigned shape, struct spf_term *t)
{
	t->v4 = 32;
	t->v6 = 128;
	if ((shape & MAY_LENGTHS) && (!cut_length(&s, SPAN("//"), 128, &t->v6) ||
					     !cut_length(&s, SPAN("/"), 32, &t->v4)))
		return "a prefix length that cannot be";
	if (!s.n)
		return shape & MUST_DOMAIN ? "an include or exists term without a domain" : NULL;
	if (shape == BARE || s.p[0] != ':')
		return "a mechanism with something behind it that may not be there";
	t->domain = span_skip(s, 1);
	return spf_macro_is_domain(t->domain) ? NULL : "a domain that breaks the grammar";
}

static enum spf_result qualifier(struct span *s)
{
	static const char sign[] = "+-~?";
	static const enum spf_result means[] = {SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_NEUTRAL};
	const char *at = s->p[0] ? strchr(sign, s->p[0]) : NULL;

	if (!at)
		return SPF_PASS;
	*s = span_skip(*s, 1);
	return means[at - sign];
}

static const char *read_directive(struct span s, struct spf_term *t)
{
	size_t n = 0, m = 0;

	*t = (struct spf_term){.text = s};
	t->result = qualifier(&s);
	while (n < s.n && s.p[n] != ':' && s.p[n] != '/')
		n++;
	while (m < MECHANISMS && !span_eq_nocase(span_take(s, n), mechanisms[m].name))
		m++;
	if (m == MECHANISMS)
		return "a mechanism that is not known";
	t->mechanism = (enum spf_mechanism)m;
	if (mechanisms[m].shape & (ADDRESS_4 | ADDRESS_6))
		return read_address(
			span_skip(s, n), mechanisms[m].shape == ADDRESS_4 ? AF_INET : AF_INET6, t);
	return read_domain(span_skip(s, n), mechanisms[m].shape, t);
}

/* The length of the name when s is a modifier, else 0. */
static size_t modifier_name(struct span s)
{
	size_t n = 0;

	if (!s.n || !ascii_is_alpha(s.p[0]))
		return 0;
	while (n < s.n &&
		(ascii_is_alnum(s.p[n]) || s.p[n] == '-' || s.p[n] == '_' || s.p[n] == '.'))
		n++;
	return n < s.n && s.p[n] == '=' ? n : 0;
}

static const char *read_modifier(struct span s, size_t n, struct spf_record *r)
{
	struct span name = span_take(s, n), value = span_skip(s, n + 1);
	struct span *known = span_eq_nocase(name, SPAN("redirect")) ? &r->redirect
			     : span_eq_nocase(name, SPAN("exp"))    ? &r->exp
								    : NULL;

	if (!known) /* 6: unknown modifiers are passed over, when their macros are sound */
		return spf_macro_valid(value, SPF_MACRO_NAME)
			       ? NULL
			       : "a modifier that breaks the grammar";
	if (known->n) /* 6: more than one of either is an error */
		return "redirect or exp is there twice";
	*known = value;
	return spf_macro_is_domain(value) ? NULL : "a domain that breaks the grammar";
}

const char *spf_record_parse(struct span text, struct spf_record *ret_record)
{
	struct spf_record r = {.terms = span_skip(text, VERSION.n)};
	struct span rest = r.terms, s;
	struct spf_term term;

	while (span_cut(&rest, ' ', &s)) {
		size_t name = modifier_name(s);
		const char *wrong = name  ? read_modifier(s, name, &r)
				    : s.n ? read_directive(s, &term)
					  : NULL;

		if (wrong)
			return wrong;
	}
	*ret_record = r;
	return NULL;
}

bool spf_record_next(struct span *terms, struct spf_term *ret_term)
{
	struct span s;

	while (span_cut(terms, ' ', &s))
		if (s.n && !modifier_name(s))
			return !read_directive(s, ret_term);
	return false;
}
