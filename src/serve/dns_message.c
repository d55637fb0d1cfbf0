/* Strict on both sides: the one that reads may have been taken over, or the one that writes. */
#include "serve/dns_message.h"

#include "serve/wire.h"

#include <errno.h>

#define SECURE 1
#define CUT    2

static bool known(enum dns_type type)
{
	return dns_type_of(span_cstr(dns_type_name(type))) == type;
}

void dns_question_write(const struct dns_question *q, struct buf *to)
{
	wire_u16(to, (uint16_t)q->type);
	wire_u32(to, q->milliseconds);
	wire_text(to, (struct span){q->name, q->n}, DNS_NAME);
}

int dns_question_read(struct span bytes, struct dns_question *ret)
{
	struct wire_reader r = {.left = bytes};
	struct dns_question q;

	q.type = wire_get_u16(&r);
	q.milliseconds = wire_get_u32(&r);
	struct span name = wire_get_text(&r, DNS_NAME);
	int n = dns_name(name, q.name);

	if (!wire_ended(&r) || n < 0 || (size_t)n != name.n ||
		memcmp(q.name, name.p, name.n) != 0 || !known(q.type) ||
		q.milliseconds > DNS_MILLISECONDS_MOST)
		return -EBADMSG;
	q.n = (size_t)n;
	*ret = q;
	return 0;
}

void dns_pong_write(uint64_t instance, struct buf *to)
{
	wire_u64(to, instance);
}

int dns_pong_read(struct span bytes, uint64_t *ret_instance)
{
	struct wire_reader r = {.left = bytes};
	uint64_t instance = wire_get_u64(&r);

	if (!wire_ended(&r))
		return -EBADMSG;
	*ret_instance = instance;
	return 0;
}

static void write_record(const struct dns_record *record, enum dns_type type, struct buf *to)
{
	if (type == DNS_A || type == DNS_AAAA) {
		size_t n = type == DNS_A ? 4 : 16;

		buf_add(to, (struct span){(const char *)record->ip.byte, n});
		return;
	}
	if (type == DNS_MX)
		wire_u16(to, record->preference);
	wire_text(to, record->text, DNS_BYTES_MOST);
}

void dns_answer_write(
	uint64_t instance, const struct dns_answer *a, enum dns_type type, struct buf *to)
{
	size_t n = a->n < DNS_RECORDS_MOST ? a->n : DNS_RECORDS_MOST;

	wire_u64(to, instance);
	wire_u8(to, (uint8_t)a->status);
	wire_u8(to, (uint8_t)((a->secure ? SECURE : 0) | (a->cut ? CUT : 0)));
	wire_u32(to, a->ttl);
	wire_u16(to, (uint16_t)n);
	for (size_t i = 0; i < n; i++)
		write_record(&a->record[i], type, to);
}

/* A name as answers tell it (dns_name_text()): nothing that could be anything else where it is
 * written. */
static bool name_is_fit(struct span s)
{
	if (s.n >= DNS_NAME_TEXT)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr("\"();@$", s.p[i]) ||
			(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
	return true;
}

static bool read_record(struct wire_reader *r, enum dns_type type, struct dns_record *ret)
{
	*ret = (struct dns_record){0};
	if (type == DNS_A || type == DNS_AAAA) {
		size_t n = type == DNS_A ? 4 : 16;
		struct span ip = wire_get(r, n);

		ret->ip.family = type == DNS_A ? IP_V4 : IP_V6;
		if (ip.n)
			memcpy(ret->ip.byte, ip.p, n);
		return !r->bad;
	}
	if (type == DNS_MX)
		ret->preference = wire_get_u16(r);
	ret->text = wire_get_text(r, DNS_BYTES_MOST);
	return !r->bad && (type == DNS_TXT || name_is_fit(ret->text));
}

/* Reads the records: into the arena, or to look at them. */
static int read_records(
	struct wire_reader *r, enum dns_type type, struct arena *arena, struct dns_answer *a)
{
	struct dns_record one = {0}, *record = NULL;
	uint16_t last = 0;
	size_t bytes = 0;

	if (arena && a->n && !(record = arena_zalloc(arena, a->n, sizeof(*record))))
		return -ENOMEM;
	for (size_t i = 0; i < a->n; i++) {
		bool fit = read_record(r, type, &one);

		bytes += one.text.n;
		if (!fit || bytes > DNS_BYTES_MOST || one.preference < last)
			return -EBADMSG;
		last = one.preference;
		if (!record)
			continue;
		record[i] = one;
		record[i].text = arena_copy(arena, one.text);
		if (record[i].text.n != one.text.n)
			return -ENOMEM;
	}
	a->record = record;
	return wire_ended(r) ? 0 : -EBADMSG;
}

int dns_answer_read(struct span bytes, enum dns_type type, struct arena *arena,
	uint64_t *ret_instance, struct dns_answer *ret)
{
	struct wire_reader r = {.left = bytes};
	uint64_t instance = wire_get_u64(&r);
	struct dns_answer a = {.status = wire_get_u8(&r)};
	uint8_t flags = wire_get_u8(&r);
	int e;

	a.ttl = wire_get_u32(&r);
	a.n = wire_get_u16(&r);
	a.secure = flags & SECURE;
	a.cut = flags & CUT;
	if (r.bad || a.status > DNS_TEMPFAIL || flags & ~(SECURE | CUT) || a.n > DNS_RECORDS_MOST ||
		(a.status == DNS_OK) != (a.n > 0) || (a.status == DNS_TEMPFAIL && a.ttl))
		return -EBADMSG;
	e = read_records(&r, type, arena, &a);
	if (e < 0)
		return e;
	*ret_instance = instance;
	*ret = a;
	return 0;
}
