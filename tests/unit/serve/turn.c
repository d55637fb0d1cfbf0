/* Turns: as many at once as there are, in the order of coming, the returning first, none lost. */
#include "test.h"

#include "serve/turn.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define MANY 16

static int64_t in_ms(int64_t milliseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec + milliseconds * 1000000;
}

/* Somebody who stands in line. */
struct person {
	struct turn *turn;
	enum turn_line line;
	atomic_uint *served;
	unsigned place; /* 1: the first who was served */
	pthread_t thread;
};

static void *stand(void *self)
{
	struct person *p = self;

	if (turn_take(p->turn, p->line, INT64_MAX)) {
		p->place = atomic_fetch_add(p->served, 1) + 1;
		turn_leave(p->turn);
	}
	return NULL;
}

static const void *last_of(struct turn *t, enum turn_line line)
{
	pthread_mutex_lock(&t->lock);
	const void *last = t->last[line];

	pthread_mutex_unlock(&t->lock);
	return last;
}

/* Has somebody stand in line, and waits until he does. */
static void come(struct person *p)
{
	const void *before = last_of(p->turn, p->line);

	assert_int_equal(pthread_create(&p->thread, NULL, stand, p), 0);
	while (last_of(p->turn, p->line) == before)
		usleep(100);
}

/* Every third of them had stepped aside: those come first, and all in the order in which they came.
 */
static void test_order(void **state)
{
	struct turn t;
	struct person person[MANY];
	atomic_uint served = 0;
	unsigned place = 0;

	(void)state;
	turn_init(&t, 1);
	assert_true(turn_take(&t, TURN_NEW, in_ms(0)));
	for (unsigned i = 0; i < MANY; i++) {
		person[i] = (struct person){&t, i % 3 ? TURN_NEW : TURN_BACK, &served, 0, 0};
		come(&person[i]);
	}
	assert_int_equal(served, 0);
	turn_leave(&t);
	for (unsigned i = 0; i < MANY; i++)
		pthread_join(person[i].thread, NULL);
	for (int new = 0; new < 2; new ++)
		for (unsigned i = 0; i < MANY; i++)
			if (new == (i % 3 > 0))
				assert_int_equal(person[i].place, ++place);
	assert_int_equal(t.free, 1);
	turn_done(&t);
}

/* Whoever's time is up leaves the line from wherever he stands, and the rest is as it was. */
static void test_deadline(void **state)
{
	struct turn t;
	struct person before, behind;
	atomic_uint served = 0;

	(void)state;
	turn_init(&t, 2);
	assert_true(turn_take(&t, TURN_NEW, in_ms(0)));
	assert_true(turn_take(&t, TURN_BACK, in_ms(0)));
	assert_false(turn_take(&t, TURN_NEW, in_ms(-1000)));
	assert_false(turn_take(&t, TURN_NEW, in_ms(5)));
	before = behind = (struct person){&t, TURN_NEW, &served, 0, 0};
	come(&before);
	assert_false(turn_take(&t, TURN_NEW, in_ms(5)));
	assert_false(turn_take(&t, TURN_BACK, in_ms(5)));
	come(&behind);
	turn_leave(&t);
	pthread_join(before.thread, NULL);
	pthread_join(behind.thread, NULL);
	assert_int_equal(before.place, 1);
	assert_int_equal(behind.place, 2);
	turn_leave(&t);
	assert_int_equal(t.free, 2);
	turn_done(&t);
}

/* Threads that take and leave at will, some of them in haste: never more at once than may be. */
static struct turn busy;
static atomic_uint at_once, most, had;

static void *hurry(void *self)
{
	unsigned n = (unsigned)(uintptr_t)self;

	for (unsigned i = 0; i < 2000; i++) {
		if (!turn_take(&busy, (n + i) % 2, (n + i) % 5 ? INT64_MAX : in_ms(0)))
			continue;
		unsigned now = atomic_fetch_add(&at_once, 1) + 1;

		if (now > most)
			atomic_store(&most, now);
		atomic_fetch_add(&had, 1);
		atomic_fetch_sub(&at_once, 1);
		turn_leave(&busy);
	}
	return NULL;
}

static void test_crowd(void **state)
{
	pthread_t thread[MANY];

	(void)state;
	turn_init(&busy, 3);
	for (uintptr_t i = 0; i < MANY; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, hurry, (void *)i), 0);
	for (int i = 0; i < MANY; i++)
		pthread_join(thread[i], NULL);
	assert_in_range(most, 1, 3);
	assert_in_range(had, MANY * 1600, MANY * 2000);
	assert_int_equal(busy.free, 3);
	turn_done(&busy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
