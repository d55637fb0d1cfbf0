/*
 * SPF with a DNS made of the input, in which every name leads somewhere: the first line is the
 * client's address, its HELO and MAIL FROM between blanks; the others are answers, drawn by a hash
 * of the name. Whatever they say, questions stay within the bound, and what comes out is of the
 * kinds that may.
 */
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/hash.h"

#include <stdint.h>
#include <stdlib.h>

#define LINES_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct made {
	struct dns dns;
	struct span line[LINES_MOST];
	size_t n;
};

static void check(bool good)
{
	if (!good)
		abort();
}

static void answer(struct span line, uint64_t hash, enum dns_type type, struct dns_record *r)
{
	*r = (struct dns_record){.text = line, .preference = (uint16_t)hash};
	if (type == DNS_A)
		r->ip = ip_from_v4((uint32_t)(hash >> 32));
	if (type == DNS_AAAA)
		r->ip = (struct ip){.family = IP_V6, .byte = {0x20, 1, (uint8_t)hash}};
}

/* A line that begins with '!' is a name that fails, with '-' one that is not there. */
static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	struct made *m = (struct made *)dns;
	uint64_t hash = hash64(name, (uint64_t)type);
	struct span line = m->n ? m->line[hash % m->n] : SPAN("-");
	size_t n = type == DNS_TXT ? 1 + (hash >> 20) % 8 / 7 : 1 + (hash >> 20) % 13;
	struct dns_record *record = arena_zalloc(arena, n, sizeof(*record));

	(void)deadline;
	ret->status = DNS_TEMPFAIL;
	if (!record || span_starts(line, SPAN("!")))
		return;
	ret->status = DNS_NXDOMAIN;
	if (span_starts(line, SPAN("-")))
		return;
	for (size_t i = 0; i < n; i++)
		answer(line, hash64_mix(hash, i), type, &record[i]);
	*ret = (struct dns_answer){.status = DNS_OK, .record = record, .n = n};
}

/* A sound record gives its terms again, and their names fit. */
static void check_record(struct span text, const struct spf_question *q, struct arena *arena)
{
	struct spf_macro_values v = {.local = q->mail_from,
		.sender = q->helo,
		.domain = q->helo,
		.helo = q->helo,
		.ip = q->ip};
	struct spf_record r;
	struct spf_term t;
	struct span name;

	if (!spf_record_is(text) || spf_record_parse(text, &r))
		return;
	while (spf_record_next(&r.terms, &t)) {
		check(t.mechanism <= SPF_EXISTS && t.v4 <= 32 && t.v6 <= 128);
		if (!t.domain.n || spf_macro_expand(t.domain, SPF_MACRO_NAME, &v, arena, &name) < 0)
			continue;
		check(name.n <= 254 || span_index(span_take(name, name.n - 254), '.') < 0);
	}
}

static void take_lines(struct made *m, struct span rest)
{
	struct span line;

	while (m->n < LINES_MOST && span_line(&rest, &line))
		m->line[m->n++] = line;
}

static void check_result(const struct spf *spf, const struct dns_budget *b)
{
	bool wrong = spf->result == SPF_TEMPERROR || spf->result == SPF_PERMERROR;

	check(b->asked <= SPF_QUESTIONS_MOST);
	check(spf->lookups <= 10 && spf->void_lookups <= 3);
	check(!wrong || spf->reason);
	check(wrong || spf->result == SPF_NONE || !spf->reason);
	check(spf->explanation.n <= SPF_MACRO_TEXT_MOST);
	check(!spf->explanation.n || spf->result == SPF_FAIL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size}, first, ip;
	struct spf_question q = {.receiver = SPAN("mx.example"), .now = 1};
	struct made m = {.dns = {.ask = ask}};
	struct dns_budget b = {.dns = &m.dns, .deadline = INT64_MAX, .questions = 1000};
	struct arena arena;
	struct spf spf;

	if (!span_line(&rest, &first))
		return 0;
	arena_init(&arena, (size_t)8 << 20);
	span_cut(&first, ' ', &ip);
	span_cut(&first, ' ', &q.helo);
	q.mail_from = first;
	if (ip_parse(ip, &q.ip) < 0)
		q.ip = ip_from_v4(0xc0000201);
	take_lines(&m, rest);
	check(spf_check(&q, &b, &arena, &spf) == 0);
	check_result(&spf, &b);
	for (size_t i = 0; i < m.n; i++)
		check_record(m.line[i], &q, &arena);
	arena_done(&arena);
	return 0;
}
