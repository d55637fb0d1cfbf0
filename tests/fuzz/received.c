/*
 * Received lines: every span must lie in the line, an address must be of a known family, and a
 * chain's boundary and source must agree with its lines.
 */
#include "mail/received.h"

#include <stdlib.h>

static void check_span(struct span line, struct span s)
{
	if (s.n && (s.p < line.p || s.p + s.n > line.p + line.n))
		abort();
}

static void check_hop(struct span line, const struct hop *h)
{
	const struct span spans[] = {h->helo, h->rdns, h->by, h->with, h->id, h->for_};

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		check_span(line, spans[i]);
	if (h->ip.family != IP_NONE && h->ip.family != IP_V4 && h->ip.family != IP_V6)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	struct span input = {(const char *)data, size};
	struct message *m;
	struct received r;
	struct hop hop;

	received_parse(input, &hop);
	check_hop(input, &hop);
	if (!mp)
		mp = message_parser_new(0);
	if (message_parse(mp, input, &m) < 0 || received_walk(mp, m, NULL, &r) < 0)
		return 0;
	for (size_t i = 0; i < r.hops; i++) {
		check_hop(m->raw, &r.hop[i]); /* a copy where lines end with a bare CR */
		if (r.hop[i].trusted != ((ssize_t)i <= r.boundary))
			abort();
	}
	if (r.boundary >= (ssize_t)r.hops || (r.hops > 0) != (r.boundary >= 0))
		abort();
	if (r.source.family && (!ip_may_look_up(&r.source) || r.hop[r.boundary].local))
		abort();
	return 0;
}
