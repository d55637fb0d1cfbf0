#include "test.h"

#include "base/file.h"
#include "case/case_prove.h"
#include "case/case_read.h"
#include "case/case_write.h"
#include "ledger/proof.h"

#include <unistd.h>

#define NOW 1795374842 /* 2026-11-22 */
#define MAIL                                                                                       \
	"Received: from bot.example ([203.0.113.5]) by mx.victim.example\n"                        \
	"\tfor <jane@victim.example>\nTo: <jane@victim.example>\nX-Mailer: Bulk\n\nHello jane\n"

static int64_t now(void *context)
{
	return NOW + (*(int64_t *)context)++;
}

/* A ledger of n sightings of a few hosts, in a new folder. Networks are not known: AS0. */
static struct ledger *make_ledger(char folder[32], int n, bool raw)
{
	static int64_t ticks;
	const struct ledger_options options = {.state_dir = folder,
		.write = true,
		.origin = "test.example/cordon",
		.clock = now,
		.clock_context = &ticks,
		.keep_raw_days = 3650};
	struct ledger *l = NULL;
	struct err err = {""};

	ticks = 0;
	strcpy(folder, "/tmp/cordon-prove.XXXXXX");
	assert_non_null(mkdtemp(folder));
	int rc = ledger_open(&options, &l, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	for (int i = 0; i < n; i++) {
		struct sighting s = {.kind = i % 3 ? SIGHTING_SPAM : SIGHTING_C2,
			.at = NOW - 86400 * (i % 50),
			.source = SPAN("mail"),
			.confidence = 90};
		char address[32], identity[32];
		bool is_new;

		snprintf(address, sizeof(address), "203.0.113.%d", i % 7);
		snprintf(identity, sizeof(identity), "sighting %d", i);
		assert_int_equal(prefix_parse(span_cstr(address), &s.where), 0);
		assert_int_equal(ledger_add_sighting(l, &s, raw ? SPAN(MAIL) : (struct span){0},
					 span_cstr(identity), &is_new, &err),
			0);
		assert_true(is_new);
	}
	assert_int_equal(ledger_commit(l, &err), 0);
	return l;
}

static void drop(struct ledger *l, const char *folder)
{
	char command[100];

	ledger_close(l);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void case_of(struct ledger *l, struct case_file *c)
{
	const struct case_asked asked = {.asn = 0, .day = -1};
	struct err err = {""};

	assert_int_equal(case_read(ledger_db(l), &asked, c, &err), 0);
	int rc = case_prove(c, ledger_log(l), &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
}

static void every_record_shown_has_a_proof_that_holds(void **state)
{
	char folder[32];
	struct ledger *l = make_ledger(folder, 400, false);
	struct case_file c;
	struct note_key key;
	struct err err;

	(void)state;
	case_of(l, &c);
	assert_int_equal(c.all.sightings, 400);
	assert_in_range(c.nrecord, 20, 200);
	assert_int_equal(note_key_parse(c.key, &key, &err), 0);
	for (size_t i = 0; i < c.nrecord; i++) {
		struct proof_said said;
		struct buf scratch = {0};
		struct record r;

		assert_int_equal(
			proof_check(c.record[i].text, c.record[i].proof, &key, &said, &err), 0);
		assert_int_equal(said.index, c.record[i].seq);
		assert_int_equal(said.tree.size, 400);
		assert_int_equal(record_read(c.record[i].text, &scratch, &r, &err), 0);
		buf_done(&scratch);
		/* And none holds of another record. */
		assert_true(proof_check(c.record[i].text, c.record[(i + 1) % c.nrecord].proof, &key,
				    &said, &err) < 0);
	}
	case_done(&c);
	drop(l, folder);
}

/* What a claim shows is of what it claims: the records behind a kind are of that kind. */
static void records_say_what_the_claim_says(void **state)
{
	char folder[32];
	struct ledger *l = make_ledger(folder, 100, false);
	struct case_file c;

	(void)state;
	case_of(l, &c);
	for (int kind = 0; kind < SIGHTING_KINDS; kind++)
		for (size_t i = 0; i < c.kind[kind].claim.n; i++) {
			struct buf text = {0}, scratch = {0};
			struct record r;

			assert_int_equal(ledger_record(l, c.kind[kind].claim.seq[i], &text,
						 &scratch, &r, NULL),
				0);
			assert_int_equal(r.sighting.kind, kind);
			buf_done(&text);
			buf_done(&scratch);
		}
	for (size_t i = 0; i < c.hosts; i++)
		for (size_t k = 0; k < c.host[i].claim.n; k++) {
			struct buf text = {0}, scratch = {0};
			char name[IP_TEXT];
			struct record r;

			assert_int_equal(
				ledger_record(l, c.host[i].claim.seq[k], &text, &scratch, &r, NULL),
				0);
			ip_format(&r.sighting.where.ip, name);
			assert_span(c.host[i].name, name);
			buf_done(&text);
			buf_done(&scratch);
		}
	case_done(&c);
	drop(l, folder);
}

static void raw_evidence_is_quoted_without_recipients(void **state)
{
	char folder[32];
	struct ledger *l = make_ledger(folder, 20, true);
	struct case_file c;
	struct err err;

	(void)state;
	case_of(l, &c);
	assert_int_equal(case_quote(&c, l, &err), 0);
	assert_int_equal(c.nraw, 7);
	for (size_t i = 0; i < c.nraw; i++) {
		assert_true(span_find(c.raw[i].text, SPAN("X-Mailer: Bulk")) >= 0);
		assert_true(span_find(c.raw[i].text, SPAN("jane")) < 0);
		assert_true(span_find(c.raw[i].text, SPAN("victim")) < 0);
	}
	case_done(&c);
	drop(l, folder);
}

static void what_is_gone_is_left_out(void **state)
{
	char folder[32];
	struct ledger *l = make_ledger(folder, 14, true);
	struct case_file c;
	struct err err;

	(void)state;
	for (uint64_t seq = 0; seq < 14; seq++)
		assert_int_equal(ledger_erase(l, seq, &err), 0);
	case_of(l, &c);
	assert_int_equal(c.erasures, 14);
	assert_int_equal(case_quote(&c, l, &err), 0);
	assert_int_equal(c.nraw, 0);
	case_done(&c);
	drop(l, folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_shown_has_a_proof_that_holds),
		cmocka_unit_test(records_say_what_the_claim_says),
		cmocka_unit_test(raw_evidence_is_quoted_without_recipients),
		cmocka_unit_test(what_is_gone_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
