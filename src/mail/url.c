/*
 * The states of the URL Standard (4.4, basic URL parser; 3.5, host parsing), cut to what mail
 * needs: the parts up to the path. Ordinary URLs are views of the input; whatever is escaped, not
 * ASCII or in capitals takes a copy of the host.
 */
#include "mail/url.h"

#include "base/utf8.h"
#include "net/ip.h"

#include <errno.h>
#include <stdio.h>

/* Schemes whose URLs have a host and take backslashes as slashes (URL Standard, 4.2). */
static const char *const special[] = {"http", "https", "ftp", "ws", "wss", "file"};

static bool is_special(struct span scheme)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (span_eq(scheme, span_cstr(special[i])))
			return true;
	return false;
}

/* Without C0 controls and space at the ends. */
static struct span trim(struct span s)
{
	while (s.n && (unsigned char)s.p[0] <= ' ')
		s = span_skip(s, 1);
	while (s.n && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

static bool is_stripped(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

/* Takes tabs and line ends out; in itself when there are none. *ret_first: where the first was. */
static int strip(struct arena *a, struct span *s, size_t *ret_first)
{
	size_t n = 0, first = 0;

	while (first < s->n && !is_stripped(s->p[first]))
		first++;
	*ret_first = first;
	if (first == s->n)
		return 0;
	char *to = arena_alloc(a, s->n);

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++)
		if (!is_stripped(s->p[i]))
			to[n++] = s->p[i];
	arena_trim(a, to, s->n, n);
	*s = (struct span){to, n};
	return 0;
}

/* A copy of s in lower case; s itself when it is so already. */
static int lower(struct arena *a, struct span s, struct span *ret)
{
	size_t i = 0;

	while (i < s.n && ascii_lower(s.p[i]) == s.p[i])
		i++;
	*ret = s;
	if (i == s.n)
		return 0;
	char *to = arena_alloc(a, s.n);

	if (!to)
		return -ENOMEM;
	for (i = 0; i < s.n; i++)
		to[i] = ascii_lower(s.p[i]);
	*ret = (struct span){to, s.n};
	return 0;
}

/* Length of the scheme that s begins with, 0 when there is none (scheme start, scheme states). */
static size_t scheme_length(struct span s)
{
	size_t i = 0;

	if (!s.n || !ascii_is_alpha(s.p[0]))
		return 0;
	while (i < s.n &&
		(ascii_is_alnum(s.p[i]) || s.p[i] == '+' || s.p[i] == '-' || s.p[i] == '.'))
		i++;
	return i < s.n && s.p[i] == ':' ? i : 0;
}

/* Replaces %XX by its byte (percent-decode). */
static int percent_decode(struct arena *a, struct span *s)
{
	size_t n = 0;
	char *to = arena_alloc(a, s->n);

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < s->n; i++) {
		int high = i + 2 < s->n && s->p[i] == '%' ? ascii_hex(s->p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex(s->p[i + 2]) : -1;

		if (low < 0) {
			to[n++] = s->p[i];
			continue;
		}
		to[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*s = (struct span){to, n};
	return 0;
}

/* Forbidden domain code points (URL Standard, 3.2). */
static bool is_forbidden(char c)
{
	switch (c) {
	case '#':
	case '/':
	case ':':
	case '<':
	case '>':
	case '?':
	case '@':
	case '[':
	case '\\':
	case ']':
	case '^':
	case '|':
	case '%':
	case 0x7f: return true;
	default: return (unsigned char)c <= ' ';
	}
}

/*
 * One number of an IPv4 address: decimal, 0 octal, 0x hexadecimal (IPv4 number parser).
 * Returns 0 and a value that saturates, or -1.
 */
static int ipv4_number(struct span s, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned base = 10;

	if (!s.n)
		return -1;
	if (s.n >= 2 && s.p[0] == '0') {
		base = ascii_lower(s.p[1]) == 'x' ? 16 : 8;
		s = span_skip(s, base == 16 ? 2 : 1);
	}
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return -1;
		if (value <= UINT32_MAX)
			value = value * base + (unsigned)digit;
	}
	*ret = value;
	return 0;
}

/* Ends-in-a-number checker: such a host must be an IPv4 address. */
static bool ends_in_number(struct span host)
{
	struct span label = span_skip(host, (size_t)(span_rindex(host, '.') + 1));
	size_t i = 0;
	uint64_t value;

	while (i < label.n && ascii_is_digit(label.p[i]))
		i++;
	if (label.n && i == label.n)
		return true;
	return label.n >= 2 && label.p[0] == '0' && ipv4_number(label, &value) == 0;
}

/* IPv4 parser: one to four numbers, the last fills what is left. */
static int read_ipv4(struct arena *a, struct url *u)
{
	struct span rest = u->host, piece;
	uint64_t part[4], value = 0;
	size_t n = 0;

	while (span_cut(&rest, '.', &piece)) {
		if (n == 4 || ipv4_number(piece, &part[n]))
			return -EINVAL;
		n++;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		if (part[i] > 255)
			return -EINVAL;
		value |= part[i] << (24 - 8 * i);
	}
	if (part[n - 1] >> (8 * (5 - n)))
		return -EINVAL;
	value |= part[n - 1];
	char text[16];
	int length = snprintf(text, sizeof(text), "%u.%u.%u.%u", (unsigned)(value >> 24) & 255,
		(unsigned)(value >> 16) & 255, (unsigned)(value >> 8) & 255, (unsigned)value & 255);
	struct span plain = {text, (size_t)length};

	u->address = true;
	if (span_eq(plain, u->host))
		return 0;
	u->odd_host = true;
	u->host = arena_copy(a, plain);
	return u->host.p ? 0 : -ENOMEM;
}

/* "[...]" (IPv6 parser). An IPv4-mapped address is read as the IPv4 address that it is. */
static int read_ipv6(struct arena *a, struct span s, struct url *u)
{
	char text[IP_TEXT];
	struct ip ip;

	if (s.n < 4 || s.p[s.n - 1] != ']')
		return -EINVAL;
	s = span_take(span_skip(s, 1), s.n - 2);
	if (span_index(s, ':') < 0 || ip_parse(s, &ip))
		return -EINVAL;
	u->address = true;
	u->odd_host |= ip.family == IP_V4;
	u->host = arena_copy(a, span_cstr(ip_format(&ip, text)));
	return u->host.p ? 0 : -ENOMEM;
}

/* Takes dots off the end, and tells of empty labels. */
static void check_labels(struct url *u)
{
	struct span h = u->host;

	while (h.n && h.p[h.n - 1] == '.') {
		u->odd_host = true;
		h.n--;
	}
	for (size_t i = 0; i < h.n; i++)
		u->odd_host |= h.p[i] == '.' && (i == 0 || h.p[i - 1] == '.');
	u->host = h;
}

/* Whether letters that are not ASCII came out as plain ASCII, or dots are not the full stop. */
static bool is_folded(struct span utf8, struct span ascii)
{
	if (utf8_is_ascii(utf8))
		return false;
	return span_find(ascii, SPAN("xn--")) < 0 || span_find(utf8, SPAN("\xe3\x80\x82")) >= 0 ||
	       span_find(utf8, SPAN("\xef\xbc\x8e")) >= 0 ||
	       span_find(utf8, SPAN("\xef\xbd\xa1")) >= 0;
}

/* A host of a special scheme (host parser). Returns -EINVAL for what cannot be one. */
static int read_host(struct arena *a, struct span s, struct url *u)
{
	int r;

	if (s.n && s.p[0] == '[')
		return read_ipv6(a, s, u);
	if (span_index(s, '%') >= 0) {
		u->odd_host = true;
		r = percent_decode(a, &s);
		if (r)
			return r;
	}
	struct span ascii;

	r = domain_to_ascii(a, s, &ascii);
	if (r)
		return r;
	u->odd_host |= is_folded(s, ascii);
	for (size_t i = 0; i < ascii.n; i++)
		if (is_forbidden(ascii.p[i]))
			return -EINVAL;
	u->host = ascii;
	check_labels(u);
	if (!u->host.n || u->host.n > DOMAIN_MOST)
		return -EINVAL;
	return ends_in_number(u->host) ? read_ipv4(a, u) : 0;
}

/* ":port" behind the host (port state). */
static void read_port(struct span s, struct url *u)
{
	unsigned long long port = 0;

	if (s.n && span_number(s, UINT16_MAX, &port))
		u->bad = true;
	u->port = (uint16_t)port;
}

/* user:password@host:port (authority, host and port states). */
static int read_authority(struct arena *a, struct span s, struct url *u)
{
	ssize_t userinfo = span_rindex(s, '@');

	if (userinfo >= 0) {
		u->userinfo = true;
		s = span_skip(s, (size_t)userinfo + 1);
	}
	ssize_t bracket = s.n && s.p[0] == '[' ? span_rindex(s, ']') : -1;
	size_t from = bracket < 0 ? 0 : (size_t)bracket;
	ssize_t colon = span_index(span_skip(s, from), ':');

	if (colon >= 0) {
		read_port(span_skip(s, from + (size_t)colon + 1), u);
		s = span_take(s, from + (size_t)colon);
	}
	int r = read_host(a, s, u);

	if (r == -ENOMEM)
		return r;
	if (r) {
		u->bad = true;
		u->host = (struct span){NULL, 0};
	}
	return 0;
}

/* Splits authority and path; s begins behind the slashes. */
static int read_rest(struct arena *a, struct span s, bool backslash, struct url *u)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '/' && s.p[i] != '?' && s.p[i] != '#' &&
		!(backslash && s.p[i] == '\\'))
		i++;
	u->path = span_skip(s, i);
	return read_authority(a, span_take(s, i), u);
}

/* How many slashes, of either kind, s begins with. */
static size_t slashes(struct span s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == '/' || s.p[i] == '\\'))
		i++;
	return i;
}

/* What stands behind the scheme, or all when there is none. */
static int read_after_scheme(struct arena *a, struct span s, enum url_form form, struct url *u)
{
	if (u->scheme.n && !is_special(u->scheme)) {
		if (span_starts(s, SPAN("//")))
			return read_rest(a, span_skip(s, 2), false, u);
		u->path = s;
		return 0;
	}
	size_t n = slashes(s);

	if (span_eq(u->scheme, SPAN("file"))) {
		/* "file:///path" has no host; "file://server/share" has. */
		if (n != 2) {
			u->path = span_skip(s, n > 2 ? n - 1 : 0);
			return 0;
		}
	} else if (!u->scheme.n && n < 2 && (n || form == URL_REFERENCE)) {
		u->relative = true;
		u->path = s;
		return 0;
	}
	return read_rest(a, span_skip(s, n), true, u);
}

int url_parse(struct arena *a, struct span s, enum url_form form, struct url *ret_url)
{
	size_t first;

	*ret_url = (struct url){0};
	s = trim(s);
	/* A data URL is as long as what it holds: do not walk it. */
	if (span_starts_nocase(s, SPAN("data:"))) {
		ret_url->scheme = SPAN("data");
		ret_url->path = span_skip(s, 5);
		return 0;
	}
	int r = strip(a, &s, &first);

	if (r)
		return r;
	size_t n = form == URL_BARE_HOST ? 0 : scheme_length(s);

	if (form == URL_BARE_HOST)
		ret_url->scheme = SPAN("http");
	else
		r = lower(a, span_take(s, n), &ret_url->scheme);
	if (r)
		return r;
	r = read_after_scheme(a, span_skip(s, n ? n + 1 : 0), form, ret_url);
	if (ret_url->host.n && first < s.n - ret_url->path.n)
		ret_url->odd_host = true;
	return r;
}
