/*
 * DMARC with a DNS made of the input: the first line is the From domain, that of SPF and those of
 * signatures between blanks; the others are TXT records, drawn by a hash of the name. Questions
 * stay within the bound; a result follows from what is aligned; and a record that is read says only
 * what may be said.
 */
#include "auth/dmarc_record.h"
#include "base/hash.h"

#include <stdint.h>
#include <stdlib.h>

#define LINES_MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct made {
	struct dns dns;
	struct dns_record line[LINES_MOST];
	size_t n;
};

static void check(bool good)
{
	if (!good)
		abort();
}

/* A line that begins with '!' fails, with '-' is not there; two may be at one name. */
static void ask(struct dns *dns, struct span name, enum dns_type type, int64_t deadline,
	struct arena *arena, struct dns_answer *ret)
{
	struct made *m = (struct made *)dns;
	uint64_t hash = hash64(name, (uint64_t)type);
	size_t at = m->n ? hash % m->n : 0;

	(void)deadline;
	(void)arena;
	ret->status = DNS_NXDOMAIN;
	if (!m->n || span_starts(m->line[at].text, SPAN("-")))
		return;
	ret->status = DNS_TEMPFAIL;
	if (span_starts(m->line[at].text, SPAN("!")))
		return;
	*ret = (struct dns_answer){.status = DNS_OK,
		.record = &m->line[at],
		.n = at + 1 < m->n && (hash >> 40) % 8 == 0 ? 2 : 1};
}

static void check_record(struct span text)
{
	struct dmarc_record r;

	if (!dmarc_record_parse(text, &r))
		return;
	check(r.pct <= 100);
	if (dmarc_record_settle(&r, false))
		check(r.p.tag == DMARC_TAG_GOOD && r.p.policy <= DMARC_ASK_REJECT);
}

static void check_result(const struct dmarc *d, const struct dns_budget *b)
{
	bool aligned = d->spf_aligned || d->dkim_aligned;

	check(b->asked <= DMARC_QUESTIONS_MOST);
	check((d->result == DMARC_PASS) == aligned);
	check((d->reason == NULL) == aligned);
	check(d->apply <= d->policy && (d->apply == DMARC_ASK_NONE || d->result == DMARC_FAIL));
	check(!d->found_at.n || d->found_at.n <= d->from.n);
	check(d->organisation.n <= d->from.n);
}

static void once(struct dmarc_question *q, struct made *m)
{
	struct dns_budget b = {.dns = &m->dns, .deadline = INT64_MAX, .questions = 1000};
	struct arena arena;
	struct dmarc d;

	arena_init(&arena, (size_t)1 << 20);
	check(dmarc_check(q, &b, &arena, &d) == 0);
	check_result(&d, &b);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_tools *domains;
	struct span rest = {(const char *)data, size}, first, line;
	struct made m = {.dns = {.ask = ask}};
	struct spf spf = {.result = size & 1 ? SPF_PASS : SPF_TEMPERROR};
	struct dkim dkim = {.n = 0};

	if (!domains)
		domains = domain_tools_new();
	if (!span_line(&rest, &first))
		return 0;
	struct dmarc_question q = {.spf = &spf, .dkim = &dkim, .domains = domains};

	span_cut(&first, ' ', &q.from);
	span_cut(&first, ' ', &spf.domain);
	while (dkim.n < DKIM_MOST && span_cut(&first, ' ', &dkim.signature[dkim.n].domain))
		dkim.signature[dkim.n++].result = DKIM_PASS;
	while (m.n < LINES_MOST && span_line(&rest, &line)) {
		check_record(line);
		m.line[m.n++].text = line;
	}
	once(&q, &m);
	q.org = DMARC_BY_TREE_WALK;
	once(&q, &m);
	return 0;
}
