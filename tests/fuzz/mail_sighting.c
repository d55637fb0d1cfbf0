/*
 * A message through judge and trace into a sighting: the sighting is within its bounds, the ledger
 * takes it as a record, and what is read from that record is the same. So no message can end an
 * intake by what is in it. What it advertises names none of its recipients.
 */
#include "ledger/record.h"
#include "trace/mail_sighting.h"

#include <stdlib.h>

#define NOW 1795464000LL /* 2026-11-23 */

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_record(const struct sighting *s)
{
	struct record r = {.type = RECORD_SIGHTING, .logged = NOW, .sighting = *s}, again;
	struct buf text = {0}, scratch = {0};
	struct err err;

	check(record_write(&r, &text, &err) == 0);
	check(record_read(buf_span(&text), &scratch, &again, &err) == 0);
	check(again.sighting.at == s->at && again.sighting.kind == s->kind &&
		again.sighting.advertises == s->advertises);
	for (size_t i = 0; i < s->advertises; i++)
		check(span_eq(again.sighting.advertised[i], s->advertised[i]));
	buf_done(&text);
	buf_done(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct mail_sighting_rules rules = {
		.now = NOW, .source = {"mail", 4}, .kind = -1};
	static struct judge_bench *bench;
	struct mail_sighting m;
	struct verdict *v;
	struct trace t;
	const char *field;

	if (!bench)
		check((bench = judge_bench_new()) != NULL);
	if (judge_look(bench, (struct span){(const char *)data, size}, NULL, &v) < 0 ||
		trace_message(v->mp, v->m, &v->chain, NULL, NULL, &t) < 0)
		return 0;
	if (mail_sighting_make(v, &t, &rules, &m) != MAIL_SIGHTING_MADE)
		return 0;
	check(sighting_check(&m.sighting, &field) == 0);
	check_record(&m.sighting);
	for (size_t i = 0; i < m.sighting.advertises; i++)
		check(!span_eq(m.sighting.advertised[i], v->in.own_domain));
	return 0;
}
