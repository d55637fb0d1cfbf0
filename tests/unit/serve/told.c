/* What the gateway tells of itself: every counter once, in a form that collectors read, and the
 * truth by part. */
#include "test.h"

#include "serve/keeper_part.h"
#include "serve/role.h"
#include "serve/told.h"

#include <stdlib.h>

#define NOW ((uint64_t)1000000000000)

static struct status *all_well(void)
{
	struct status *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	for (int r = 0; r < ROLES; r++) {
		s->part[r].pid = 100 + r;
		s->part[r].ready = 1;
		s->part[r].starts = 1;
		s->part[r].alive = NOW - 1000;
	}
	s->keeps = (1u << KEEPER_PARTS) - 1;
	return s;
}

static const char *line_of(const char *text, const char *begin)
{
	static char line[256];
	char at_line[128];

	snprintf(at_line, sizeof(at_line), "\n%s", begin);
	const char *p = strstr(text, at_line);

	assert_non_null(p);
	p++;
	snprintf(line, sizeof(line), "%.*s", (int)(strchrnul(p, '\n') - p), p);
	return line;
}

static void metrics(void **state)
{
	struct status *s = all_well();
	struct buf b = {0};

	(void)state;
	status_add(s, STATUS_REJECTED, 7);
	s->sessions_now = 3;
	s->part[ROLE_KEEPER].starts = 4;
	status_time(s, 20000);    /* between 16 and 32 us */
	status_time(s, 3000000);  /* 3 ms */
	s->keeps &= ~(1u << KEEPER_PART_LESSONS);
	told_metrics(s, NOW, &b);
	buf_byte(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(line_of(b.p, "cordon_action_rejected_total"),
		"cordon_action_rejected_total 7");
	assert_string_equal(line_of(b.p, "cordon_sessions_open "), "cordon_sessions_open 3");
	assert_string_equal(line_of(b.p, "cordon_part_up{part=\"gate\"}"),
		"cordon_part_up{part=\"gate\"} 1");
	assert_string_equal(line_of(b.p, "cordon_part_up{part=\"model\"}"),
		"cordon_part_up{part=\"model\"} 0");
	assert_string_equal(line_of(b.p, "cordon_part_starts_total{part=\"keeper\"}"),
		"cordon_part_starts_total{part=\"keeper\"} 4");
	assert_string_equal(line_of(b.p, "cordon_message_seconds_count"),
		"cordon_message_seconds_count 2");
	assert_string_equal(line_of(b.p, "cordon_message_seconds_bucket{le=\"1.6e-05\"}"),
		"cordon_message_seconds_bucket{le=\"1.6e-05\"} 0");
	assert_string_equal(line_of(b.p, "cordon_message_seconds_bucket{le=\"3.2e-05\"}"),
		"cordon_message_seconds_bucket{le=\"3.2e-05\"} 1");
	assert_string_equal(line_of(b.p, "cordon_message_seconds_bucket{le=\"+Inf\"}"),
		"cordon_message_seconds_bucket{le=\"+Inf\"} 2");
	assert_string_equal(b.p + b.n - 1 - strlen("# EOF\n"), "# EOF\n");
	buf_done(&b);
	free(s);
}

static const char *words(json_t *health, const char *part)
{
	return json_string_value(
		json_object_get(json_object_get(json_object_get(health, "parts"), part), "words"));
}

static void health(void **state)
{
	struct status *s = all_well();
	bool ok;
	json_t *j = told_health(s, NOW, &ok);

	(void)state;
	assert_true(ok);
	assert_string_equal(words(j, "gate"), "serves");
	json_decref(j);

	s->part[ROLE_RESOLVER].alive = NOW - 2 * TOLD_SILENT_NS;
	s->part[ROLE_KEEPER].ready = 0;
	s->part[ROLE_GATE].pid = 0;
	s->keeps &= ~(1u << KEEPER_PART_EVIDENCE);
	j = told_health(s, NOW, &ok);
	assert_false(ok);
	assert_string_equal(words(j, "resolver"), "does not answer");
	assert_string_equal(words(j, "keeper"), "starting");
	assert_string_equal(words(j, "gate"), "not running");
	assert_string_equal(words(j, "web"), "serves");
	assert_non_null(strstr(words(j, "ledger"), "cannot be written"));
	assert_string_equal(words(j, "decisions"), "is written");
	json_decref(j);
	free(s);
}

static void status_has_all(void **state)
{
	struct status *s = all_well();

	(void)state;
	status_add(s, STATUS_MESSAGES, 5);
	status_time(s, 1000000);
	json_t *j = told_status(s, NOW), *n = json_object_get(j, "counts");

	assert_int_equal(json_object_size(n), STATUS_COUNTS);
	assert_int_equal(json_integer_value(json_object_get(n, "messages")), 5);
	assert_true(json_real_value(json_object_get(json_object_get(j, "milliseconds"), "p99")) >= 1);
	assert_true(json_is_true(json_object_get(json_object_get(j, "health"), "ok")));
	json_decref(j);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics),
		cmocka_unit_test(health),
		cmocka_unit_test(status_has_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
