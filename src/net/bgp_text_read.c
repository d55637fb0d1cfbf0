/*
 * A line is cut at its bars, from the front. The path is read in one pass: digits make a hop, and a
 * bracket says of which kind the hops are until its closing one: {sets}, (confederations) and
 * [confederations' sets] (RFC 4271 4.3, RFC 5065 3).
 */
#include "net/bgp_text_read.h"
#include "net/asn.h"
#include "net/paths_build.h"

/* A line's first field, taken apart. */
struct form {
	bool table, local, path_id;
};

static bool drop(struct span *s, struct span word)
{
	bool has = span_starts(*s, word);

	if (has)
		*s = span_skip(*s, word.n);
	return has;
}

/* Names and their additions in the order in which bgpdump puts them. */
static bool read_form(struct span name, struct form *ret)
{
	bool table = drop(&name, SPAN("TABLE_DUMP"));

	if (table)
		drop(&name, SPAN("2"));
	else if (!drop(&name, SPAN("BGP4MP")))
		return false;
	drop(&name, SPAN("_ET"));
	bool local = drop(&name, SPAN("_LOCAL"));

	*ret = (struct form){table, local, drop(&name, SPAN("_AP"))};
	return name.n == 0;
}

bool bgp_text_is(struct span line)
{
	ssize_t bar = span_index(span_take(line, 32), '|');
	struct form form;

	return bar > 0 && read_form(span_take(line, (size_t)bar), &form);
}

/* Seconds, perhaps with a fraction. */
static bool read_time(struct span s, uint32_t *ret_time)
{
	unsigned long long n;
	ssize_t dot = span_index(s, '.');

	if (span_number(dot < 0 ? s : span_take(s, (size_t)dot), UINT32_MAX, &n) < 0)
		return false;
	*ret_time = (uint32_t)n;
	return true;
}

/* The number at *at, which is moved behind it; a dot in it is of the form 1.10 (RFC 5396). */
static bool read_hop(struct span s, size_t *at, asn_t *ret_asn)
{
	size_t from = *at;
	uint64_t n = 0;

	for (; *at < s.n && ascii_is_digit(s.p[*at]); ++*at)
		n = *at - from < 11 ? n * 10 + (uint64_t)(s.p[*at] - '0') : UINT64_MAX;
	if (*at < s.n && s.p[*at] == '.') {
		do
			++*at;
		while (*at < s.n && ascii_is_digit(s.p[*at]));
		return asn_parse(span_between(s.p + from, s.p + *at), ret_asn) == 0;
	}
	*ret_asn = (asn_t)n;
	return *at > from && n <= UINT32_MAX;
}

/* The closing bracket of c, or 0. */
static char closing(char c)
{
	return c == '{' ? '}' : c == '(' ? ')' : c == '[' ? ']' : '\0';
}

static bool read_path(struct span s, struct bgp_text_room *room, struct bgp_text_route *r)
{
	uint8_t kind = HOP_AS;
	char open = '\0'; /* the bracket that will close; 0 outside */
	size_t i = 0;

	r->hops = 0;
	r->plain = true;
	while (i < s.n && r->hops < BGP_TEXT_HOPS_MOST) {
		char c = s.p[i];

		if (c == ' ' || c == ',') {
			i++;
		} else if (open && c == open) {
			open = '\0';
			kind = HOP_AS;
			i++;
		} else if (!open && closing(c)) {
			open = closing(c);
			kind = c == '{' ? HOP_SET : HOP_CONFED;
			r->plain = false;
			i++;
		} else if (read_hop(s, &i, &room->hop[r->hops])) {
			room->kind[r->hops++] = kind;
		} else {
			return false;
		}
	}
	return i == s.n && !open;
}

static int read_route(
	struct span rest, bool path_id, struct bgp_text_room *room, struct bgp_text_route *r)
{
	struct span field;

	if (!span_cut(&rest, '|', &field))
		return BGP_TEXT_FIELDS;
	if (prefix_parse(field, &r->prefix) < 0)
		return BGP_TEXT_ADDRESS;
	if (r->kind == BGP_TEXT_WITHDRAW)
		return 0;
	if (path_id && !span_cut(&rest, '|', &field))
		return BGP_TEXT_FIELDS;
	if (!span_cut(&rest, '|', &field))
		return BGP_TEXT_FIELDS;
	return read_path(field, room, r) ? 0 : BGP_TEXT_PATH;
}

/* What the third field says. */
static bool read_kind(struct span s, bool table, uint8_t *ret_kind)
{
	if (span_eq(s, SPAN("B")) || (table && span_eq(s, SPAN("A"))))
		*ret_kind = BGP_TEXT_TABLE;
	else if (span_eq(s, SPAN("A")))
		*ret_kind = BGP_TEXT_ANNOUNCE;
	else if (span_eq(s, SPAN("W")))
		*ret_kind = BGP_TEXT_WITHDRAW;
	else if (span_eq(s, SPAN("STATE")))
		*ret_kind = BGP_TEXT_STATE;
	else
		return false;
	return true;
}

int bgp_text_read(struct span line, struct bgp_text_room *room, struct bgp_text_route *ret_route)
{
	enum { NAME, TIME, KIND, PEER, PEER_ASN, FIELDS };
	struct bgp_text_route r = {.plain = true};
	struct span field[FIELDS];
	struct form form;

	for (int i = 0; i < FIELDS; i++)
		if (!span_cut(&line, '|', &field[i]))
			return BGP_TEXT_FIELDS;
	if (!read_form(field[NAME], &form) || !read_time(field[TIME], &r.time) ||
		!read_kind(field[KIND], form.table, &r.kind))
		return BGP_TEXT_FIELDS;
	r.local = form.local;
	if (ip_parse(field[PEER], &r.peer) < 0)
		return BGP_TEXT_ADDRESS;
	if (asn_parse(field[PEER_ASN], &r.peer_asn) < 0)
		return BGP_TEXT_ASN;
	int rc = r.kind == BGP_TEXT_STATE ? 0 : read_route(line, form.path_id, room, &r);

	if (rc == 0)
		*ret_route = r;
	return rc;
}
