/* The screen of cordon top: rates and delays are those since an earlier answer, if there is one. */
#include "test.h"

#include "cli/top_show.h"

#include <stdlib.h>

/* An answer of a gateway that has seen so many messages of each of two buckets. */
static json_t *answer(int quick, int slow)
{
	json_t *n = json_array();

	for (int i = 0; i < 24; i++)
		json_array_append_new(n, json_integer(i == 6 ? quick : i == 16 ? slow : 0));
	return json_pack("{s:I, s:s, s:{s:i}, s:{s:o}, s:{s:b, s:{}}}", "started", (json_int_t)1000,
		"version", "1", "counts", "messages", quick + slow, "milliseconds", "histogram", n,
		"health", "ok", 1, "parts");
}

static char *line_of(struct buf *b, const char *start)
{
	buf_byte(b, '\0');
	assert_true(buf_ok(b));
	char *line = strstr(b->p, start);

	assert_non_null(line);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void show(json_t *now, json_t *last, json_t *minute, const char *want_messages,
	const char *want_delay)
{
	struct buf b = {0};

	top_show(&b, now, (struct top_answer){last, 2}, (struct top_answer){minute, 42}, 1100, 80);
	assert_string_equal(line_of(&b, "delay "), want_delay);
	assert_string_equal(line_of(&b, "messages "), want_messages);
	buf_done(&b);
}

/* 900 took half a millisecond to one, and then a hundred half a second to one. */
static void delays_are_of_the_last_minute(void **state)
{
	json_t *before = answer(900, 0), *now = answer(900, 100);

	(void)state;
	show(now, NULL, NULL, "messages           10.0        1,000",
		"delay        median 0.8 ms, p90 1.0 ms, p99 996 ms, since it was started");
	show(now, before, before, "messages           50.0        1,000",
		"delay        median 786 ms, p90 996 ms, p99 1.0 s, in the last 42 s");
	show(now, now, before, "messages            0.0        1,000",
		"delay        median 786 ms, p90 996 ms, p99 1.0 s, in the last 42 s");
	show(now, now, now, "messages            0.0        1,000",
		"delay        no message in the last 42 s");
	/* What cannot be, since it counts from 0 again, is none. */
	show(before, now, now, "messages            0.0          900",
		"delay        no message in the last 42 s");
	json_decref(before);
	json_decref(now);
}

static void what_lacks_is_none(void **state)
{
	json_t *nothing = json_object(), *odd = json_pack("{s:{s:[s,i,n]}, s:i, s:[]}",
					       "milliseconds", "histogram", "x", -5, "counts", 3, "health");

	(void)state;
	show(nothing, NULL, NULL, "messages            0.0            0",
		"delay        no message since it was started");
	show(odd, odd, odd, "messages            0.0            0",
		"delay        no message in the last 42 s");
	json_decref(nothing);
	json_decref(odd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_are_of_the_last_minute),
		cmocka_unit_test(what_lacks_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
