#include "net/asn.h"

#include <errno.h>

/* The registry's blocks that are not for public use, ascending; what lies between them is. */
static const struct block {
	asn_t first, last;
	enum asn_scope scope;
} blocks[] = {
	{0, 0, ASN_RESERVED},                   /* RFC 7607 */
	{23456, 23456, ASN_RESERVED},           /* AS_TRANS, RFC 6793 */
	{64496, 64511, ASN_DOCUMENTATION},      /* RFC 5398 */
	{64512, 65534, ASN_PRIVATE},            /* RFC 6996 */
	{65535, 65535, ASN_RESERVED},           /* RFC 7300 */
	{65536, 65551, ASN_DOCUMENTATION},      /* RFC 5398 */
	{65552, 131071, ASN_RESERVED},          /* IANA */
	{4200000000, 4294967294, ASN_PRIVATE},  /* RFC 6996 */
	{4294967295, 4294967295, ASN_RESERVED}, /* RFC 7300 */
};

enum asn_scope asn_scope(asn_t asn)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (asn <= blocks[i].last)
			return asn < blocks[i].first ? ASN_PUBLIC : blocks[i].scope;
	return ASN_PUBLIC;
}

bool asn_may_stand(asn_t asn)
{
	enum asn_scope scope = asn_scope(asn);

	return scope == ASN_PUBLIC || scope == ASN_DOCUMENTATION;
}

int asn_parse(struct span s, asn_t *ret_asn)
{
	unsigned long long high = 0, low;

	if (span_starts_nocase(s, SPAN("AS")))
		s = span_skip(s, 2);
	ssize_t dot = span_index(s, '.');

	if (dot >= 0 && span_number(span_take(s, (size_t)dot), UINT16_MAX, &high) < 0)
		return -EINVAL;
	if (span_number(span_skip(s, (size_t)(dot + 1)), dot < 0 ? UINT32_MAX : UINT16_MAX, &low) <
		0)
		return -EINVAL;
	*ret_asn = (asn_t)(high << 16 | low);
	return 0;
}
