/* Names, and the budget that every question goes through. */
#include "net/dns.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#define LABEL_MOST 63

int dns_name(struct span name, char *to)
{
	size_t label = 0;

	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (!name.n || name.n >= DNS_NAME)
		return -EINVAL;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '.' ? !label : (c == '\0' || label == LABEL_MOST))
			return -EINVAL;
		label = c == '.' ? 0 : label + 1;
		to[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	if (!label)
		return -EINVAL;
	to[name.n] = '\0';
	return (int)name.n;
}

static bool plain(char c)
{
	return c > ' ' && c < 0x7f && !strchr(".\\\"();@$", c);
}

size_t dns_label_text(struct span label, char *to)
{
	char *p = to;

	for (size_t i = 0; i < label.n; i++) {
		if (plain(label.p[i]))
			*p++ = ascii_lower(label.p[i]);
		else
			p += sprintf(p, "\\%03u", (unsigned char)label.p[i]);
	}
	*p = '\0';
	return (size_t)(p - to);
}

size_t dns_name_text(struct span name, char *to)
{
	struct span label;
	size_t n = 0;

	to[0] = '\0';
	while (span_cut(&name, '.', &label)) {
		if (n)
			to[n++] = '.';
		n += dns_label_text(label, to + n);
	}
	return n;
}

const char *dns_reverse_name(const struct ip *ip, char *to)
{
	const uint8_t *b = ip->byte;

	if (ip->family == IP_V4) {
		snprintf(to, DNS_NAME, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]);
		return to;
	}
	char *p = to;

	for (int i = 15; i >= 0; i--)
		p += sprintf(p, "%x.%x.", b[i] & 15, b[i] >> 4);
	strcpy(p, "ip6.arpa");
	return to;
}

void dns_ask(struct dns_budget *b, struct span name, enum dns_type type, struct arena *arena,
	struct dns_answer *ret)
{
	char fit[DNS_NAME];
	int n = dns_name(name, fit);

	*ret = (struct dns_answer){.status = DNS_UNFIT};
	if (n < 0)
		return;
	ret->status = DNS_SPENT;
	if (!b->dns || !b->questions)
		return;
	b->questions--;
	b->asked++;
	/* Also when the time is up: what was told beforehand may be answered, and must not be
	 * hidden by a name of an enemy's that took all of it. */
	b->dns->ask(b->dns, (struct span){fit, (size_t)n}, type, b->deadline, arena, ret);
	b->failed += ret->status == DNS_TEMPFAIL;
}

void dns_soon(struct dns_budget *b, struct span name, enum dns_type type)
{
	char fit[DNS_NAME];
	int n;

	if (!b->dns || !b->dns->soon || !b->questions)
		return;
	n = dns_name(name, fit);
	if (n > 0)
		b->dns->soon(b->dns, (struct span){fit, (size_t)n}, type, b->deadline);
}

static const struct {
	enum dns_type type;
	const char *name;
} types[] = {{DNS_A, "A"}, {DNS_NS, "NS"}, {DNS_CNAME, "CNAME"}, {DNS_SOA, "SOA"}, {DNS_PTR, "PTR"},
	{DNS_MX, "MX"}, {DNS_TXT, "TXT"}, {DNS_AAAA, "AAAA"}};
#define TYPES (sizeof(types) / sizeof(*types))

const char *dns_type_name(enum dns_type type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	return "?";
}

enum dns_type dns_type_of(struct span name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strlen(types[i].name) == name.n &&
			strncasecmp(types[i].name, name.p, name.n) == 0)
			return types[i].type;
	return 0;
}

const char *dns_status_name(enum dns_status status)
{
	static const char *const name[] = {
		"ok", "nodata", "nxdomain", "tempfail", "spent", "unfit"};

	return name[status];
}
