/*
 * Master files, entry by entry: an entry is a line, or several held together by parentheses. Its
 * pieces are first cut as they stand, with their backslashes; what a backslash means is known only
 * where a piece is used, for \. in a name is no dot that parts labels.
 */
#include "net/dns_zone.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#define PIECES_MOST 512 /* of an entry */
#define TXT_MOST    65535
#define TTL_MOST    0x7fffffff /* RFC 2181, 8 */
#define SHOWN       64

struct reader {
	struct dns_zone *zone;
	struct span rest;
	const char *file;
	unsigned long line, first_line; /* where we are; where the entry began */
	struct err *err;

	char origin[DNS_NAME_TEXT], owner[DNS_NAME_TEXT]; /* "": none yet */
	uint32_t ttl;

	bool blank; /* the entry begins with a blank: the owner is that of the last */
	struct span piece[PIECES_MOST];
	bool quoted[PIECES_MOST];
	size_t pieces, at; /* at: the next one to be looked at */
};

static int fail(struct reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int fail(struct reader *r, const char *format, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return err_set(r->err, -EINVAL, "%s:%lu: %s", r->file, r->first_line, text);
}

/* Text of the file fit for a sentence about it. */
static const char *shown(struct span s, char *to /* SHOWN */)
{
	size_t n = s.n < 40 ? s.n : 40;

	for (size_t i = 0; i < n; i++)
		to[i] = s.p[i] >= ' ' && s.p[i] < 0x7f ? s.p[i] : '?';
	strcpy(to + n, s.n > n ? "..." : "");
	return to;
}

/* The end of what begins at p[0] and goes up to a byte of `stop`; a backslash hides the next. */
static size_t until(struct span s, const char *stop)
{
	size_t i = 0;

	while (i < s.n && !(s.p[i] && strchr(stop, s.p[i])))
		i += s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] != '\n' ? 2 : 1;
	return i < s.n ? i : s.n;
}

static int take_piece(struct reader *r)
{
	bool quoted = r->rest.p[0] == '"';
	struct span s = span_skip(r->rest, quoted);
	size_t n = until(s, quoted ? "\"\n" : " \t\r\n;()\"");

	if (!r->pieces)
		r->first_line = r->line;
	if (quoted && (n == s.n || s.p[n] != '"'))
		return fail(r, "a string does not end on its line: close it with \"");
	if (r->pieces == PIECES_MOST)
		return fail(r, "more than %d pieces in an entry: is a ( not closed?", PIECES_MOST);
	r->piece[r->pieces] = span_take(s, n);
	r->quoted[r->pieces++] = quoted;
	r->rest = span_skip(s, n + quoted);
	return 0;
}

/* Takes the pieces of the next entry; 1, 0 at the end of the text, or -EINVAL. */
static int take_entry(struct reader *r)
{
	unsigned depth = 0;

	r->pieces = r->at = 0;
	r->first_line = r->line;
	r->blank = r->rest.n && (r->rest.p[0] == ' ' || r->rest.p[0] == '\t');
	while (r->rest.n) {
		char c = r->rest.p[0];
		int e = 0;

		if (c == ';') {
			r->rest = span_skip(r->rest, until(r->rest, "\n"));
			continue;
		}
		if (c == '\n') {
			r->rest = span_skip(r->rest, 1);
			r->line++;
			if (!depth)
				return 1;
			continue;
		}
		if (c == ')' && !depth--)
			return fail(r, "a ) without its (");
		depth += c == '(';
		if (strchr(" \t\r()", c) && c)
			r->rest = span_skip(r->rest, 1);
		else
			e = take_piece(r);
		if (e < 0)
			return e;
	}
	if (depth)
		return fail(r, "a ( is never closed");
	return r->pieces > 0;
}

/* The next piece, which must be there: `what` says what it is. */
static int want(struct reader *r, const char *what, struct span *ret_piece)
{
	if (r->at == r->pieces)
		return fail(r, "the line ends where %s is to stand", what);
	*ret_piece = r->piece[r->at++];
	return 0;
}

/* Seconds, or with units as 1h30m. */
static bool read_ttl(struct span s, uint32_t *ret_ttl)
{
	static const char unit[] = "smhdw";
	static const uint32_t seconds[] = {1, 60, 3600, 86400, 604800};
	uint64_t sum = 0, n = 0;
	bool digits = false;

	for (size_t i = 0; i < s.n && sum + n <= TTL_MOST; i++) {
		char c = ascii_lower(s.p[i]);
		const char *u = c ? strchr(unit, c) : NULL;

		if (ascii_is_digit(c)) {
			n = n * 10 + (uint64_t)(c - '0');
		} else if (u && digits) {
			sum += n * seconds[u - unit];
			n = 0;
		} else {
			return false;
		}
		digits = ascii_is_digit(c);
	}
	if (!s.n || !ascii_is_digit(s.p[0]) || sum + n > TTL_MOST)
		return false;
	*ret_ttl = (uint32_t)(sum + n);
	return true;
}

/* A name whole, as text with the backslashes that it came with and no last dot; "" is the root. */
static int whole(struct reader *r, struct span s, char *to)
{
	size_t n = s.n;
	bool ends = n && s.p[n - 1] == '.' && !(n > 1 && s.p[n - 2] == '\\');
	char text[SHOWN];

	if (!n)
		return fail(r, "a name is empty: the root is written as .");
	if (span_eq(s, SPAN("@"))) {
		strcpy(to, r->origin);
		return 0;
	}
	if (n + 1 + strlen(r->origin) >= DNS_NAME_TEXT)
		return fail(r, "the name %s is too long: 253 bytes are the most", shown(s, text));
	memcpy(to, s.p, n);
	to[n - ends] = '\0';
	if (!ends && r->origin[0]) {
		to[n] = '.';
		strcpy(to + n + 1, r->origin);
	}
	return 0;
}

static int want_name(struct reader *r, char *to)
{
	struct span s = {NULL, 0};
	int e = want(r, "a name", &s);

	return e < 0 ? e : whole(r, s, to);
}

static int want_number(struct reader *r, unsigned long long most, unsigned long long *ret_n)
{
	struct span s = {NULL, 0};
	char text[SHOWN];
	int e = want(r, "a number", &s);

	if (e == 0 && span_number(s, most, ret_n) < 0)
		return fail(r, "%s is no number from 0 to %llu", shown(s, text), most);
	return e;
}

static int read_address(struct reader *r, enum dns_type type, struct dns_record *record)
{
	struct span s = {NULL, 0};
	char text[SHOWN];
	int e = want(r, "an address", &s);

	if (e < 0)
		return e;
	if (ip_parse(s, &record->ip) < 0 || record->ip.family != (type == DNS_A ? IP_V4 : IP_V6))
		return fail(r, "%s is no IPv%d address: write as %s", shown(s, text),
			type == DNS_A ? 4 : 6, type == DNS_A ? "192.0.2.1" : "2001:db8::1");
	return 0;
}

/* One string of a TXT without its backslashes; its length, at most 255. */
static int read_string(struct reader *r, struct span s, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++, n++) {
		unsigned long long byte = (unsigned char)s.p[i];

		if (n == 255)
			return fail(r, "a string has over 255 bytes: part it in several, which "
				       "are joined without blanks");
		if (byte == '\\' && i + 1 < s.n) {
			byte = (unsigned char)s.p[++i];
			if (ascii_is_digit(s.p[i])) {
				if (i + 2 >= s.n ||
					span_number((struct span){s.p + i, 3}, 255, &byte) < 0)
					return fail(r, "a backslash with a digit wants three, at "
						       "most \\255");
				i += 2;
			}
		}
		to[n] = (char)byte;
	}
	return (int)n;
}

static int read_strings(struct reader *r, char *to, struct dns_record *record)
{
	size_t n = 0;
	struct span s = {NULL, 0};
	int e = want(r, "a string", &s);

	for (r->at--; e >= 0 && r->at < r->pieces; r->at++) {
		e = n + 255 > TXT_MOST ? fail(r, "a TXT of over %d bytes", TXT_MOST)
				       : read_string(r, r->piece[r->at], to + n);
		if (e > 0)
			n += (size_t)e;
	}
	record->text = (struct span){to, n};
	return e < 0 ? e : 0;
}

/* What stands behind the type; `to` holds TXT_MOST bytes. */
static int read_data(struct reader *r, enum dns_type type, char *to, struct dns_record *record)
{
	unsigned long long n = 0;
	char other[DNS_NAME_TEXT];
	int e = 0;

	switch (type) {
	case DNS_A:
	case DNS_AAAA: return read_address(r, type, record);
	case DNS_TXT: return read_strings(r, to, record);
	case DNS_MX:
		e = want_number(r, 65535, &n);
		if (e < 0)
			return e;
		record->preference = (uint16_t)n;
		break;
	default: break;
	}
	e = want_name(r, to);
	record->text = span_cstr(to);
	if (e == 0 && type == DNS_SOA) {
		e = want_name(r, other);
		for (int i = 0; e == 0 && i < 5; i++) {
			uint32_t ttl = 0;
			struct span s = {NULL, 0};

			e = want(r, "a number", &s);
			if (e == 0 && !read_ttl(s, &ttl) && span_number(s, UINT32_MAX, &n) < 0)
				e = fail(r, "a SOA has two names and five numbers");
		}
	}
	return e;
}

/* Types that are read over, but for their name. */
static bool known_other(struct span s)
{
	static const char *const names[] = {"CAA", "CDNSKEY", "CDS", "DNAME", "DNSKEY", "DS",
		"HINFO", "HTTPS", "LOC", "NAPTR", "NSEC", "NSEC3", "NSEC3PARAM", "RP", "RRSIG",
		"SPF", "SRV", "SSHFP", "SVCB", "TLSA"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_eq_nocase(s, span_cstr(names[i])))
			return true;
	return span_starts_nocase(s, SPAN("TYPE"));
}

static int added(struct reader *r, int e, const char *type)
{
	if (e == -EEXIST)
		return fail(r,
			"%.200s has a CNAME, or more than one record and this CNAME: a "
			"CNAME stands alone",
			r->owner);
	if (e == -EINVAL)
		return fail(r,
			"%s of %.200s: a name that cannot be (a label has 1 to 63 bytes, a "
			"name 253)",
			type, r->owner);
	return e < 0 ? err_sys(r->err, e, "%s:%lu", r->file, r->first_line) : 0;
}

static int take_fault(struct reader *r, enum dns_fault fault)
{
	enum dns_type type = 0;
	char text[SHOWN];

	if (r->at < r->pieces) {
		type = dns_type_of(r->piece[r->at++]);
		if (!type)
			return fail(r,
				"%s is no type that can fail: write A, TXT, ..., or nothing "
				"for all",
				shown(r->piece[r->at - 1], text));
	}
	return added(r, dns_zone_fail(r->zone, span_cstr(r->owner), type, fault), "SERVFAIL");
}

static int take_record(struct reader *r, struct span name, uint32_t ttl)
{
	char data[TXT_MOST + 1];
	struct dns_record record = {0};
	enum dns_type type = dns_type_of(name);
	char text[SHOWN];
	int e;

	if (span_eq_nocase(name, SPAN("SERVFAIL")))
		return take_fault(r, DNS_FAULT_SERVFAIL);
	if (span_eq_nocase(name, SPAN("TIMEOUT")))
		return take_fault(r, DNS_FAULT_TIMEOUT);
	if (!type && !known_other(name))
		return fail(r,
			"%s is no type: write A, AAAA, CNAME, MX, NS, PTR, SOA, TXT, "
			"SERVFAIL or TIMEOUT",
			shown(name, text));
	if (!type) {
		r->at = r->pieces;
		return added(
			r, dns_zone_add(r->zone, span_cstr(r->owner), 0, ttl, &record), "type");
	}
	e = read_data(r, type, data, &record);
	if (e < 0)
		return e;
	return added(r, dns_zone_add(r->zone, span_cstr(r->owner), type, ttl, &record),
		dns_type_name(type));
}

/* [owner] [TTL] [IN] type data, the middle two in any order. */
static int take_line(struct reader *r)
{
	uint32_t ttl = r->ttl;
	bool has_ttl = false, has_class = false;
	struct span s = {NULL, 0};
	int e = 0;

	if (!r->blank)
		e = want_name(r, r->owner);
	else if (!r->owner[0])
		e = fail(r, "the first line lacks a name: begin it at the left edge");
	for (;;) {
		if (e == 0)
			e = want(r, "a type", &s);
		if (e < 0)
			return e;
		if (!has_class && span_eq_nocase(s, SPAN("IN")))
			has_class = true;
		else if (!has_ttl && read_ttl(s, &ttl))
			has_ttl = true;
		else
			break;
	}
	e = take_record(r, s, ttl);
	if (e == 0 && r->at < r->pieces)
		return fail(r, "there is more on the line than belongs to a %.*s",
			SPAN_ARG(span_take(s, 20)));
	return e;
}

static int take_directive(struct reader *r)
{
	struct span s = r->piece[r->at++], value;
	char origin[DNS_NAME_TEXT], text[SHOWN];
	int e;

	if (span_eq_nocase(s, SPAN("$ORIGIN"))) {
		e = want_name(r, origin);
		if (e == 0)
			strcpy(r->origin, origin);
		return e;
	}
	if (!span_eq_nocase(s, SPAN("$TTL")))
		return fail(r, "%s is not known: there are $ORIGIN and $TTL", shown(s, text));
	e = want(r, "a time", &value);
	if (e == 0 && !read_ttl(value, &r->ttl))
		return fail(r, "%s is no time: write seconds, or as 1h", shown(value, text));
	return e;
}

int dns_zone_read(struct dns_zone *z, struct span text, const char *name, struct err *err)
{
	struct reader r = {
		.zone = z, .rest = text, .file = name, .line = 1, .err = err, .ttl = DNS_ZONE_TTL};
	int e;

	while ((e = take_entry(&r)) > 0) {
		if (!r.pieces)
			continue;
		if (!r.blank && !r.quoted[0] && r.piece[0].n && r.piece[0].p[0] == '$')
			e = take_directive(&r);
		else
			e = take_line(&r);
		if (e < 0)
			break;
	}
	return e;
}
