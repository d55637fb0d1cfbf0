/*
 * CSV as RFC 4180 has it, but for line breaks in quotes, which no such table has: fields parted by
 * commas, in quotes where they need be, a quote in quotes doubled.
 *
 * "start,end,asn,name" or "prefix,asn,name", told apart by the slash. Further fields are ignored.
 */
#include "net/asn.h"
#include "net/import_format.h"

#define FIELDS 4

/*
 * Takes a field off *rest. In quotes it is copied to *scratch, which moves on; room for the line is
 * enough for all its fields. Returns 1, 0 at the end, or -1 for a quote that does not close.
 */
static int take_field(struct span *rest, char **scratch, struct span *ret_field)
{
	struct span s = *rest;
	char *to = *scratch;
	size_t i = 1;

	if (!s.n || s.p[0] != '"')
		return span_cut(rest, ',', ret_field);
	while (i < s.n && !(s.p[i] == '"' && (i + 1 == s.n || s.p[i + 1] != '"'))) {
		*to++ = s.p[i];
		i += s.p[i] == '"' ? 2 : 1;
	}
	if (i >= s.n || (i + 1 < s.n && s.p[i + 1] != ','))
		return -1;
	*ret_field = span_between(*scratch, to);
	*scratch = to;
	*rest = i + 1 < s.n ? span_skip(s, i + 2) : (struct span){NULL, 0};
	return 1;
}

static int take_row(struct import *im, const struct span *field, size_t n)
{
	bool range = span_index(field[0], '/') < 0;
	struct span holder = n > 2u + range ? field[2 + range] : (struct span){NULL, 0};
	struct ip first, last;
	struct prefix p;
	asn_t asn;

	if (n < 2u + range)
		return IMPORT_FIELDS;
	if (range ? ip_parse(field[0], &first) < 0 || ip_parse(field[1], &last) < 0
		  : prefix_parse(field[0], &p) < 0)
		return IMPORT_ADDRESS;
	if (asn_parse(field[1 + range], &asn) < 0)
		return IMPORT_ASN;
	return range ? import_range(im, &first, &last, asn, holder)
		     : import_prefix(im, &p, asn, holder);
}

int import_csv_line(struct import *im, struct span line)
{
	char room[IMPORT_LINE_MOST], *scratch = room;
	struct span field[FIELDS];
	size_t n = 0;

	while (n < FIELDS) {
		int got = take_field(&line, &scratch, &field[n]);

		if (got < 0)
			return IMPORT_FIELDS;
		if (got == 0)
			break;
		n++;
	}
	return n ? take_row(im, field, n) : IMPORT_FIELDS;
}
