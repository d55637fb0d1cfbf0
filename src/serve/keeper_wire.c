/* Written in the order of the structs. A reader takes numbers into its bounds before it uses them. */
#include "serve/keeper_wire.h"

#include "judge/campaign.h"
#include "serve/wire.h"

#include <errno.h>
#include <math.h>

const char *decision_action_name(enum decision_action a)
{
	static const char *const name[] = {
#define X(id, name) name,
		DECISIONS_X(X)
#undef X
	};

	return name[a];
}

/* --- what several have --- */

static void write_ip(struct buf *to, const struct ip *ip)
{
	wire_u8(to, ip->family);
	buf_add(to, (struct span){(const char *)ip->byte, sizeof(ip->byte)});
}

static void read_ip(struct wire_reader *r, struct ip *ret)
{
	ret->family = wire_get_u8(r);
	struct span bytes = wire_get(r, sizeof(ret->byte));

	if (ret->family != IP_NONE && ret->family != IP_V4 && ret->family != IP_V6)
		r->bad = true;
	memset(ret->byte, 0, sizeof(ret->byte));
	if (!r->bad && ret->family)
		memcpy(ret->byte, bytes.p, ret->family == IP_V4 ? 4 : sizeof(ret->byte));
}

static void write_digest(struct buf *to, const struct digest *d)
{
	buf_add(to, (struct span){(const char *)d->byte, DIGEST_BYTES});
}

static void read_digest(struct wire_reader *r, struct digest *ret)
{
	struct span bytes = wire_get(r, DIGEST_BYTES);

	if (bytes.n)
		memcpy(ret->byte, bytes.p, DIGEST_BYTES);
}

/* A number below `end`. */
static unsigned read_below(struct wire_reader *r, unsigned end)
{
	unsigned x = wire_get_u8(r);

	if (x >= end)
		r->bad = true;
	return r->bad ? 0 : x;
}

static double read_finite(struct wire_reader *r)
{
	double x = wire_get_double(r);

	if (!isfinite(x))
		r->bad = true;
	return r->bad ? 0 : x;
}

/* --- what was decided --- */

/* X(member): texts. */
#define TEXTS_X(X)                                                                                 \
	X(sender) X(queue_id) X(message_id) X(user) X(helo) X(from_domain) X(auth) X(reason)

enum { FLAG_OUTGOING = 1, FLAG_HTTP = 2, FLAG_UNJUDGED = 4 };

void decided_write(const struct decided *d, struct buf *to)
{
	buf_add(to, (struct span){d->id, DECIDED_ID});
	wire_u64(to, (uint64_t)d->at);
	wire_u32(to, d->microseconds);
	wire_u8(to, (uint8_t)d->action);
	wire_u8(to, (uint8_t)d->verdict);
	wire_u8(to, (uint8_t)((d->outgoing ? FLAG_OUTGOING : 0) | (d->http ? FLAG_HTTP : 0) |
			    (d->unjudged ? FLAG_UNJUDGED : 0)));
	wire_double(to, d->probability);
	wire_double(to, d->threshold);
	write_ip(to, &d->ip);
	wire_u32(to, d->asn);
	wire_u64(to, d->bytes);
#define X(member) wire_text(to, d->member, DECIDED_TEXT_MOST);
	TEXTS_X(X)
#undef X
	wire_u8(to, (uint8_t)d->recipients);
	for (size_t i = 0; i < d->recipients; i++)
		wire_text(to, d->recipient[i], DECIDED_TEXT_MOST);
	wire_u32(to, (uint32_t)d->recipients_left_out);
	wire_u8(to, (uint8_t)d->findings);
	for (size_t i = 0; i < d->findings; i++) {
		wire_text(to, d->finding[i], DECIDED_TEXT_MOST);
		wire_double(to, (double)d->weight[i]);
	}
}

static bool is_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!memchr(DECIDED_ID_LETTERS, id.p[i], sizeof(DECIDED_ID_LETTERS) - 1))
			return false;
	return id.n == DECIDED_ID;
}

static void read_lists(struct wire_reader *r, struct decided *d)
{
	d->recipients = read_below(r, DECIDED_RECIPIENTS + 1);
	for (size_t i = 0; i < d->recipients; i++)
		d->recipient[i] = wire_get_text(r, DECIDED_TEXT_MOST);
	d->recipients_left_out = wire_get_u32(r);
	d->findings = read_below(r, DECIDED_FINDINGS + 1);
	for (size_t i = 0; i < d->findings; i++) {
		d->finding[i] = wire_get_text(r, DECIDED_TEXT_MOST);
		d->weight[i] = (float)read_finite(r);
	}
}

int decided_read(struct span bytes, struct decided *ret)
{
	struct wire_reader r = {.left = bytes};
	struct decided d = {.at = 0};
	struct span id = wire_get(&r, DECIDED_ID);

	if (!is_id(id))
		return -EBADMSG;
	memcpy(d.id, id.p, DECIDED_ID);
	d.at = (int64_t)wire_get_u64(&r);
	d.microseconds = wire_get_u32(&r);
	d.action = (enum decision_action)read_below(&r, DECISIONS);
	d.verdict = (enum action)read_below(&r, ACTION_SPAM + 1);
	unsigned flags = read_below(&r, 8);

	d.outgoing = flags & FLAG_OUTGOING;
	d.http = flags & FLAG_HTTP;
	d.unjudged = flags & FLAG_UNJUDGED;
	d.probability = read_finite(&r);
	d.threshold = read_finite(&r);
	read_ip(&r, &d.ip);
	d.asn = wire_get_u32(&r);
	d.bytes = wire_get_u64(&r);
#define X(member) d.member = wire_get_text(&r, DECIDED_TEXT_MOST);
	TEXTS_X(X)
#undef X
	read_lists(&r, &d);
	if (!wire_ended(&r) || d.at < 0 || d.at > DECIDED_AT_MOST)
		return -EBADMSG;
	*ret = d;
	return 0;
}

/* --- abuse --- */

void abuse_write(const struct abuse_seen *a, struct buf *to)
{
	const struct sighting *s = &a->sighting;

	write_digest(to, &a->identity);
	wire_u8(to, (uint8_t)s->kind);
	wire_u64(to, (uint64_t)s->at);
	wire_u8(to, s->day_only);
	write_ip(to, &s->where.ip);
	wire_u8(to, s->where.length);
	wire_u16(to, s->port);
	wire_text(to, s->domain, DECIDED_TEXT_MOST);
	wire_text(to, s->source, SIGHTING_SOURCE_MOST);
	wire_u8(to, s->confidence);
	wire_u8(to, (uint8_t)s->advertises);
	for (size_t i = 0; i < s->advertises; i++)
		wire_text(to, s->advertised[i], DECIDED_TEXT_MOST);
	wire_text(to, a->print, CAMPAIGN_PRINT_MOST);
}

int abuse_read(struct span bytes, struct abuse_seen *ret)
{
	struct wire_reader r = {.left = bytes};
	struct abuse_seen a = {.print = {NULL, 0}};
	struct sighting *s = &a.sighting;
	const char *field;

	read_digest(&r, &a.identity);
	s->kind = (enum sighting_kind)read_below(&r, SIGHTING_KINDS);
	s->at = (int64_t)wire_get_u64(&r);
	s->day_only = read_below(&r, 2);
	read_ip(&r, &s->where.ip);
	s->where.length = wire_get_u8(&r);
	s->port = wire_get_u16(&r);
	s->domain = wire_get_text(&r, DECIDED_TEXT_MOST);
	s->source = wire_get_text(&r, SIGHTING_SOURCE_MOST);
	s->confidence = wire_get_u8(&r);
	s->advertises = read_below(&r, SIGHTING_HOSTS_MOST + 1);
	for (size_t i = 0; i < s->advertises; i++)
		s->advertised[i] = wire_get_text(&r, DECIDED_TEXT_MOST);
	a.print = wire_get_text(&r, CAMPAIGN_PRINT_MOST);
	if (!wire_ended(&r) || sighting_check(s, &field) < 0)
		return -EBADMSG;
	*ret = a;
	return 0;
}

/* --- lessons --- */

void learn_write(const struct learn_wish *w, struct buf *to)
{
	write_digest(to, &w->identity);
	wire_u8(to, w->spam);
	wire_u8(to, w->self);
	wire_u32(to, w->asn);
	wire_u64(to, w->campaign);
	wire_double(to, w->probability);
	buf_add(to, (struct span){(const char *)w->features, features_bytes(w->features)});
}

int learn_read(struct span bytes, struct features *room, struct learn_wish *ret)
{
	struct wire_reader r = {.left = bytes};
	struct learn_wish w = {.features = room};

	read_digest(&r, &w.identity);
	w.spam = read_below(&r, 2);
	w.self = read_below(&r, 2);
	w.asn = wire_get_u32(&r);
	w.campaign = wire_get_u64(&r);
	w.probability = read_finite(&r);
	if (r.bad || !features_read(r.left, room))
		return -EBADMSG;
	*ret = w;
	return 0;
}
