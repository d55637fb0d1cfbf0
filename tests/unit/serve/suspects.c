#include "test.h"

#include "serve/suspects.h"

#include <unistd.h>

static struct status *status;
static struct suspects suspects;
static int fd;

static int set_up(void **state)
{
	(void)state;
	suspects = (struct suspects){0};
	status = status_make(&fd);
	return status ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	status_drop(status);
	close(fd);
	return 0;
}

static struct digest name(const char *s)
{
	return digest_of(span_cstr(s));
}

static int in_hand(const char *s, uint64_t since)
{
	struct digest d = name(s);

	return status_take_up(status, &d, since);
}

static enum status_suspicion suspicion(const char *s)
{
	struct digest d = name(s);

	return status_suspicion(status, &d);
}

/* Of each death: the messages in hand, the marked ones, and what is known of a..d after it. */
static void deaths_are_counted(void **state)
{
	static const struct {
		const char *held, *marked;
		size_t counted, specimens;
		const char *known; /* of "abcd": 0 clean, 1 suspect, 2 specimen */
	} rows[] = {
		{"", "", 0, 0, "0000"},
		{"ab", "b", 1, 0, "0100"}, /* one thread died with its message */
		{"bc", "c", 1, 0, "0110"},
		{"ab", "", 2, 1, "1210"}, /* nobody knows which */
		{"b", "b", 1, 0, "1210"}, /* a third time, which should not be */
		{"abcd", "d", 1, 0, "1211"},
		{"cd", "cd", 2, 2, "1222"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t specimens = 77;

		for (const char *p = rows[i].held; *p; p++) {
			int slot = in_hand((char[]){*p, 0}, 5);

			status->slot[slot].killer = strchr(rows[i].marked, *p) != NULL;
		}
		assert_int_equal(suspects_count(&suspects, status, &specimens), rows[i].counted);
		assert_int_equal(specimens, rows[i].specimens);
		for (const char *p = "abcd"; *p; p++)
			if ((int)suspicion((char[]){*p, 0}) != rows[i].known[*p - 'a'] - '0')
				fail_msg("row %zu: %c is %d", i, *p, suspicion((char[]){*p, 0}));
		for (int k = 0; k < STATUS_SLOTS; k++)
			assert_true(!status->slot[k].since && !status->slot[k].killer);
	}
}

static void the_oldest_are_forgotten(void **state)
{
	char text[16];
	size_t specimens;

	(void)state;
	for (int i = 0; i < STATUS_SUSPECTS + 10; i++) {
		snprintf(text, sizeof(text), "%d", i);
		in_hand(text, 5);
		suspects_count(&suspects, status, &specimens);
		in_hand("often", 5); /* and so never the oldest */
		suspects_count(&suspects, status, &specimens);
	}
	assert_int_equal(suspects.n, STATUS_SUSPECTS);
	assert_int_equal(suspicion("0"), STATUS_CLEAN);
	assert_int_equal(suspicion(text), STATUS_SUSPECT);
	assert_int_equal(suspicion("often"), STATUS_SPECIMEN);
}

/* All slots full, as a role could make them. */
static void many_at_once(void **state)
{
	char text[16];
	size_t specimens;

	(void)state;
	for (int i = 0; i < STATUS_SLOTS; i++) {
		snprintf(text, sizeof(text), "%d", i);
		assert_true(in_hand(text, 5) >= 0);
	}
	assert_int_equal(suspects_count(&suspects, status, &specimens), STATUS_SLOTS);
	assert_int_equal(suspects.n, STATUS_SUSPECTS);
	assert_int_equal(specimens, 0);
}

static void stuck_messages_are_marked(void **state)
{
	size_t specimens;

	(void)state;
	in_hand("old", 1000);
	in_hand("new", 5000);
	assert_int_equal(suspects_mark_stuck(status, 1000), 0);
	assert_int_equal(suspects_mark_stuck(status, 1001), 1);
	assert_int_equal(suspects_count(&suspects, status, &specimens), 1);
	assert_int_equal(suspicion("old"), STATUS_SUSPECT);
	assert_int_equal(suspicion("new"), STATUS_CLEAN);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(deaths_are_counted),
		T(the_oldest_are_forgotten),
		T(many_at_once),
		T(stuck_messages_are_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
