/* The journal of prints: what was added comes back in order, up to what is torn. */
#include "test.h"

#include "judge/campaign.h"
#include "serve/prints.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char dir[64], path[128];
	struct prints *p;
	struct message_parser *mp;
	struct err err;
	char seen[64]; /* the time of each print that was put, a digit each */
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-prints-XXXXXX");
	*state = f;
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/campaigns.prints", f->dir);
	f->mp = message_parser_new(0);
	return prints_open(f->dir, &f->p, &f->err);
}

static int drop(void **state)
{
	struct fixture *f = *state;

	prints_close(f->p);
	message_parser_free(f->mp);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static struct campaign_print *print_of(struct fixture *f, const char *text)
{
	struct message *m;

	assert_int_equal(message_parse(f->mp, span_cstr(text), &m), 0);
	struct campaign_print *p = campaign_print_take(5, f->mp, m);

	assert_non_null(p);
	return p;
}

/* Adds prints of records from..to - 1, whose time is their number. */
static void add(struct fixture *f, uint64_t from, uint64_t to)
{
	struct campaign_print *p = print_of(f, "Subject: x\n\nsome words to be looked at\n");

	for (uint64_t i = from; i < to; i++)
		assert_int_equal(prints_add(f->p, i, (int64_t)i, p, &f->err), 0);
	free(p);
}

static int note(void *context, const struct campaign_print *print, int64_t at, struct err *err)
{
	struct fixture *f = context;

	(void)err;
	assert_true(campaign_print_bytes(print) > 0);
	snprintf(f->seen + strlen(f->seen), sizeof(f->seen) - strlen(f->seen), "%d", (int)at);
	return at == 9 ? -EIO : 0;
}

static uint64_t replay(struct fixture *f, uint64_t from, uint64_t end)
{
	uint64_t next;

	f->seen[0] = '\0';
	assert_int_equal(prints_replay(f->p, from, end, note, f, &next, &f->err), 0);
	return next;
}

static void they_come_back(void **state)
{
	struct fixture *f = *state;

	add(f, 3, 6);
	assert_int_equal(replay(f, 3, 6), 3); /* nothing is there before the sync */
	assert_int_equal(prints_sync(f->p, &f->err), 0);
	assert_int_equal(prints_add(f->p, 6, 6, NULL, &f->err), 0); /* a record of another kind */
	add(f, 7, 8);
	assert_int_equal(prints_sync(f->p, &f->err), 0);
	assert_int_equal(replay(f, 3, 8), 8);
	assert_string_equal(f->seen, "3457");
	assert_int_equal(replay(f, 4, 6), 6);
	assert_string_equal(f->seen, "45");
	assert_int_equal(replay(f, 5, 20), 8); /* reaches no further */
	assert_string_equal(f->seen, "57");
	assert_int_equal(replay(f, 0, 8), 0); /* begins too late */
	assert_string_equal(f->seen, "");
	assert_int_equal(replay(f, 8, 8), 8);
	assert_int_equal(prints_clear(f->p, &f->err), 0);
	assert_int_equal(replay(f, 3, 8), 3);
}

static void the_later_of_two_counts(void **state)
{
	struct fixture *f = *state;
	struct campaign_print *p = print_of(f, "Subject: y\n\nother words of another message\n");

	add(f, 1, 4);
	assert_int_equal(prints_add(f->p, 2, 7, p, &f->err), 0);
	assert_int_equal(prints_sync(f->p, &f->err), 0);
	assert_int_equal(replay(f, 1, 4), 4);
	assert_string_equal(f->seen, "173");
	free(p);
}

static void a_failure_is_passed_on(void **state)
{
	struct fixture *f = *state;
	uint64_t next;

	add(f, 8, 11);
	assert_int_equal(prints_sync(f->p, &f->err), 0);
	assert_int_equal(prints_replay(f->p, 8, 11, note, f, &next, &f->err), -EIO);
	assert_int_equal(next, 9);
}

/* Cut anywhere, and with any byte changed, what is whole before it comes back and nothing else. */
static void what_is_torn_ends_it(void **state)
{
	struct fixture *f = *state;
	struct stat whole;

	add(f, 1, 4);
	assert_int_equal(prints_sync(f->p, &f->err), 0);
	assert_int_equal(stat(f->path, &whole), 0);
	for (off_t i = 0; i < whole.st_size; i++) {
		char byte;
		FILE *file = fopen(f->path, "r+b");

		assert_non_null(file);
		fseek(file, i, SEEK_SET);
		assert_int_equal(fread(&byte, 1, 1, file), 1);
		byte ^= 0x10;
		fseek(file, i, SEEK_SET);
		fwrite(&byte, 1, 1, file);
		fclose(file);
		uint64_t reached = replay(f, 1, 4);

		assert_int_equal(reached, 1 + i / (whole.st_size / 3));
		file = fopen(f->path, "r+b");
		assert_non_null(file);
		byte ^= 0x10;
		fseek(file, i, SEEK_SET);
		fwrite(&byte, 1, 1, file);
		fclose(file);
	}
	for (off_t n = whole.st_size - 1; n >= 0; n--) {
		assert_int_equal(truncate(f->path, n), 0);
		assert_int_equal(replay(f, 1, 4), 1 + n / (whole.st_size / 3));
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		T(they_come_back),
		T(the_later_of_two_counts),
		T(a_failure_is_passed_on),
		T(what_is_torn_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
