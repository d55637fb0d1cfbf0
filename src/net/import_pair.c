/*
 * "prefix<TAB>asn", one a line. Where several systems announced the prefix, or it was aggregated,
 * the tools write "1_2" or "{1,2}" (RFC 4271, 5.1.2: an AS_SET): the first is taken and counted,
 * for a table has one origin a prefix.
 */
#include "net/asn.h"
#include "net/import_format.h"

static size_t digits(struct span s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* The first number of a single one or a set. False when there is none. */
static bool take_origin(struct span s, asn_t *ret_asn, bool *ret_set)
{
	if (s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}')
		s = (struct span){s.p + 1, s.n - 2};
	size_t n = digits(s);

	*ret_set = n < s.n && n;
	if (!*ret_set)
		return asn_parse(s, ret_asn) == 0;
	for (size_t i = n; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !memchr("_, {}", s.p[i], 5))
			return false;
	return asn_parse(span_take(s, n), ret_asn) == 0;
}

int import_pair_line(struct import *im, struct span line)
{
	size_t n = 0;
	struct prefix p;
	bool set;
	asn_t asn;

	while (n < line.n && line.p[n] != '\t' && line.p[n] != ' ')
		n++;
	if (n == line.n)
		return IMPORT_FIELDS;
	if (prefix_parse(span_take(line, n), &p) < 0)
		return IMPORT_ADDRESS;
	if (!take_origin(span_trim(span_skip(line, n)), &asn, &set))
		return IMPORT_ASN;
	int rc = import_prefix(im, &p, asn, (struct span){NULL, 0});

	im->report.count[IMPORT_SETS] += rc == 0 && set;
	return rc;
}
