#include "test.h"

#include "mail/mbox.h"

#include <errno.h>

/* A stream in memory that gives at most step bytes at a time, and fails at its end if told to. */
struct source {
	struct span rest;
	size_t step;
	int failure;
};

static ssize_t read_source(void *context, char *to, size_t n, struct err *err)
{
	struct source *s = context;

	if (n > s->step)
		n = s->step;
	if (n > s->rest.n)
		n = s->rest.n;
	if (n == 0 && s->failure)
		return err_set(err, s->failure, "the source failed");
	if (n)
		memcpy(to, s->rest.p, n);
	s->rest = span_skip(s->rest, n);
	return (ssize_t)n;
}

/* Writes what comes out as "{from}raw" a message, '+' behind one that was cut, '!' for a failure.
 */
static void list(struct span input, size_t step, size_t most, char *to, size_t room)
{
	struct source source = {.rest = input, .step = step};
	struct mbox m = {0};
	struct mailbox_item item;
	size_t at = 0;
	uint64_t number = 1;
	int rc;

	mbox_begin(&m, "x", read_source, &source, most);
	*to = '\0';
	while ((rc = mbox_next(&m, &item, NULL)) == 1) {
		assert_int_equal(item.number, number++);
		if (item.in_mbox)
			at += (size_t)snprintf(to + at, room - at, "{%.*s}", SPAN_ARG(item.from));
		else
			assert_int_equal(item.from.n, 0);
		at += (size_t)snprintf(
			to + at, room - at, "%.*s%s", SPAN_ARG(item.raw), item.cut ? "+" : "");
	}
	if (rc < 0) {
		assert_int_equal(rc, -EBADMSG);
		snprintf(to + at, room - at, "!");
		assert_int_equal(mbox_next(&m, &item, NULL), 0);
	}
	mbox_done(&m);
}

/* clang-format off: the table stays as it is written */
#define DATE  "a@b Mon Jan  1 00:00:00 2001"
#define FROM  "From " DATE "\n"
#define DATED "{" DATE "}"

static const struct {
	const char *about, *input, *want;
} splits[] = {
	{"two messages; the blank line between them is the mailbox's",
		FROM "A: 1\n\none\n\n" FROM "A: 2\n\ntwo\n\n",
		DATED "A: 1\n\none\n" DATED "A: 2\n\ntwo\n"},
	{"no line end at the end", FROM "A: 1\n\none", DATED "A: 1\n\none"},
	{"CRLF", "From x@y Mon Jan 1 00:00:00 2001\r\nA: 1\r\n\r\none\r\n\r\n" FROM "A: 2\n\ntwo\n",
		"{x@y Mon Jan 1 00:00:00 2001}A: 1\r\n\r\none\r\n" DATED "A: 2\n\ntwo\n"},
	{"a BOM and blank lines first", "\xef\xbb\xbf\r\n\n\n" FROM "A: 1\n\none\n",
		DATED "A: 1\n\none\n"},
	{"one message without a separator", "A: 1\n\nFrom here\n\n" FROM "B: 2\n",
		"A: 1\n\nFrom here\n\n" FROM "B: 2\n"},
	{"a BOM before it",
		"\xef\xbb\xbf"
		"A: 1\n\none\n",
		"A: 1\n\none\n"},
	{"a header field is no separator", "From: a@b\n\none\n", "From: a@b\n\none\n"},
	{"nor is a quoted line", ">From a@b\nA: 1\n\n", ">From a@b\nA: 1\n\n"},
	{"a message with no body keeps the end of its header", FROM "A: 1\n\n" FROM "A: 2\n\n\n",
		DATED "A: 1\n\n" DATED "A: 2\n\n"},
	{"a header that never ends", FROM "A: 1\n" FROM "A: 2\n", DATED "A: 1\n" DATED "A: 2\n"},
	{"empty messages", FROM FROM "\n" FROM, DATED FROM "\n" DATED},
	{"a sentence splits nothing", FROM "A: 1\n\nSee:\n\nFrom Russia with love\nYear: 1963\n",
		DATED "A: 1\n\nSee:\n\nFrom Russia with love\nYear: 1963\n"},
	{"one word does, before a header field", FROM "A: 1\n\none\n\nFrom -\nA: 2\n\ntwo\n",
		DATED "A: 1\n\none\n{-}A: 2\n\ntwo\n"},
	{"and not before anything else", FROM "A: 1\n\none\n\nFrom -\n\ntwo\n",
		DATED "A: 1\n\none\n\nFrom -\n\ntwo\n"},
	{"one word needs the blank line, but for Mozilla's",
		FROM "A: 1\n\none\nFrom me\nA: 2\n\ntwo\nFrom - \nA: 3\n\n",
		DATED "A: 1\n\none\nFrom me\nA: 2\n\ntwo\n{-}A: 3\n\n"},
	{"no blank line, a date, a field", FROM "A: 1\n\none\n" FROM "A: 2\n\ntwo\n",
		DATED "A: 1\n\none\n" DATED "A: 2\n\ntwo\n"},
	{"no blank line, a date, no field", FROM "A: 1\n\none\n" FROM "two words\n",
		DATED "A: 1\n\none\n" FROM "two words\n"},
	{"dates of other shapes",
		"From a  Tue, 11 Sep 01 8:46 EDT\nA: 1\n\n\nFrom b@c Wed Sep 12 00:00 MET DST "
		"2001\nA: 2\n",
		"{a  Tue, 11 Sep 01 8:46 EDT}A: 1\n\n{b@c Wed Sep 12 00:00 MET DST 2001}A: 2\n"},
	{"quoting is undone one deep, in the body",
		FROM "A: 1\n\n>From a\n>>From b\n>>>>From c\n>from\n> From\nx >From \n>From d",
		DATED "A: 1\n\nFrom a\n>From b\n>>>From c\n>from\n> From\nx >From \nFrom d"},
	{"and not in the header", FROM ">From a remote\nA: 1\n\nx\n",
		DATED ">From a remote\nA: 1\n\nx\n"},
	{"a true length hides what looks like a separator, and nothing is unquoted",
		FROM "Content-Length: 50\n\n"
		     "x\n\n" FROM "B: 1\n>From \n\n"
		     "\n" FROM "A: 2\n\ntwo\n",
		DATED "Content-Length: 50\n\n"
		      "x\n\n" FROM "B: 1\n>From \n\n" DATED "A: 2\n\ntwo\n"},
	{"a true length to the end of the file", FROM "content-length: 38\n\n\n" FROM "B:\n",
		DATED "content-length: 38\n\n\n" FROM "B:\n"},
	{"a length beyond the end of the file",
		FROM "Content-Length: 99\n\none\n\n" FROM "A: 2\n\ntwo\n",
		DATED "Content-Length: 99\n\none\n" DATED "A: 2\n\ntwo\n"},
	{"a length that leads into a line",
		FROM "Content-Length: 1\n\none\n\n" FROM "A: 2\n\ntwo\n",
		DATED "Content-Length: 1\n\none\n" DATED "A: 2\n\ntwo\n"},
	{"an absurd length", FROM "Content-Length: 99999999999999999999999\n\none\n",
		DATED "Content-Length: 99999999999999999999999\n\none\n"},
	{"a length of nothing", FROM "Content-Length: 0\n\n" FROM "A: 2\n\ntwo\n",
		DATED "Content-Length: 0\n\n" DATED "A: 2\n\ntwo\n"},
	{"text that is no header is mail still", "just text\n", "just text\n"},
	{"an empty file", "", "!"},
	{"a file of blank lines", "\n\r\n\n", "!"},
};

/* clang-format on */

static void splits_whatever_the_writer_did(void **state)
{
	(void)state;
	static const size_t steps[] = {1, 2, 3, 7, 64, 65536};
	char got[4096];

	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
			list(span_cstr(splits[i].input), steps[k], 4096, got, sizeof(got));
			if (strcmp(got, splits[i].want))
				print_error(
					"%s, %zu bytes at a time:\n", splits[i].about, steps[k]);
			assert_string_equal(got, splits[i].want);
		}
	}
}

static void a_binary_file_is_no_mail(void **state)
{
	(void)state;
	char got[64];

	list((struct span){"\x7f"
			   "ELF\0\0\1",
		     7},
		9, 4096, got, sizeof(got));
	assert_string_equal(got, "!");
	list((struct span){"A: b\n\n\0\0\1", 9}, 9, 4096, got, sizeof(got));
	assert_string_equal(got, "A: b\n\n");
}

/* What is over the bound is passed over, and the message behind it is found. */
static void long_messages_are_cut(void **state)
{
	(void)state;
	static const struct {
		const char *body, *want;
	} cases[] = {
		{"12345678\n", "A: 1\n\n12345678\n"},
		{"123456789\n", "A: 1\n\n123456789+"},
		{"1234\n678\n", "A: 1\n\n1234\n678\n"},
		{"1234\n678\n\n", "A: 1\n\n1234\n678\n+"},
		{"1234\n678\nabc\ndef\n", "A: 1\n\n1234\n678\n+"},
		{"123456789012345678901234567890\n", "A: 1\n\n123456789+"},
		{"123456789012\n" FROM "2\n", "A: 1\n\n123456789+"},
		{">From \n8901234567890\n", "A: 1\n\nFrom \n89+"},
		{"12345678\n\n>From x\n", "A: 1\n\n12345678\n+"},
	};
	char got[4096], input[4096], want[4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t step = 1; step < 200; step += 13) {
			snprintf(input, sizeof(input), FROM "A: 1\n\n%s\n" FROM "B: 2\n",
				cases[i].body);
			snprintf(want, sizeof(want), DATED "%s" DATED "B: 2\n", cases[i].want);
			list(span_cstr(input), step, 15, got, sizeof(got));
			assert_string_equal(got, want);
		}
	}
	list(SPAN("A: 1\n\n1234567890"), 3, 15, got, sizeof(got));
	assert_string_equal(got, "A: 1\n\n123456789+");
	list(SPAN("A: 1\n\n123456789"), 3, 15, got, sizeof(got));
	assert_string_equal(got, "A: 1\n\n123456789");
}

static void a_failure_waits_for_what_came_before(void **state)
{
	(void)state;
	struct source source = {
		.rest = SPAN(FROM "A: 1\n\none\n\n" FROM "A: 2\n\ntw"), .step = 5, .failure = -EIO};
	struct mbox m = {0};
	struct mailbox_item item;
	struct err err = {""};

	mbox_begin(&m, "x", read_source, &source, 4096);
	assert_int_equal(mbox_next(&m, &item, &err), 1);
	assert_int_equal(mbox_next(&m, &item, &err), 1);
	assert_span(item.raw, "A: 2\n\ntw");
	assert_string_equal(err.text, "");
	assert_int_equal(mbox_next(&m, &item, &err), -EIO);
	assert_string_equal(err.text, "the source failed");
	assert_int_equal(mbox_next(&m, &item, &err), 0);
	mbox_done(&m);
}

static void offsets_lead_to_the_message(void **state)
{
	(void)state;
	const struct span input =
		SPAN("\xef\xbb\xbf\n" FROM "A: 1\n\none\n\n" FROM "A: 2\n\ntwo\n");
	struct source source = {.rest = input, .step = 4};
	struct mbox m = {0};
	struct mailbox_item item;

	mbox_begin(&m, "x", read_source, &source, 4096);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mbox_next(&m, &item, NULL), 1);
		assert_memory_equal(input.p + item.offset, item.raw.p, item.raw.n);
	}
	mbox_done(&m);
}

/* A source without end in memory: the same piece again and again. */
struct tape {
	struct span piece;
	size_t at;
	uint64_t left;
};

static ssize_t read_tape(void *context, char *to, size_t n, struct err *err)
{
	struct tape *t = context;
	size_t i;

	(void)err;
	if (n > t->left)
		n = (size_t)t->left;
	for (i = 0; i < n; i++) {
		to[i] = t->piece.p[t->at];
		t->at = t->at + 1 == t->piece.n ? 0 : t->at + 1;
	}
	t->left -= n;
	return (ssize_t)n;
}

/* Reads all of it and returns the size that the window grew to. */
static size_t window_after(const char *piece, uint64_t bytes, size_t most)
{
	struct tape tape = {.piece = span_cstr(piece), .left = bytes};
	struct mbox m = {0};
	struct mailbox_item item;

	mbox_begin(&m, "x", read_tape, &tape, most);
	while (mbox_next(&m, &item, NULL) == 1)
		assert_true(item.raw.n <= most);
	size_t room = m.room;

	assert_int_equal(tape.left, 0);
	mbox_done(&m);
	return room;
}

static void memory_does_not_grow_with_the_mailbox(void **state)
{
	(void)state;
	const char *small = FROM "A: 1\n\n>From here\none\n\n";
	const char *lie = FROM "Content-Length: 99000\n\none\n\n";

	assert_int_equal(window_after(small, 100000, 100000), window_after(small, 4000000, 100000));
	assert_true(window_after(lie, 4000000, 100000) <= 300000);
	assert_true(window_after(FROM "no end of it\n", 1000000, 100000) <= 300000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_whatever_the_writer_did),
		cmocka_unit_test(a_binary_file_is_no_mail),
		cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(a_failure_waits_for_what_came_before),
		cmocka_unit_test(offsets_lead_to_the_message),
		cmocka_unit_test(memory_does_not_grow_with_the_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
