/* The tree of parts, through message_parse(). */
#include "test.h"

#include "base/buf.h"
#include "mail/message.h"

static struct message_parser *mp;

#define MULTI(b) "Content-Type: multipart/mixed; boundary=" b "\n\n"

/*
 * A message, and its tree: a part is its depth, a letter for its kind (l m r), and the body of a
 * leaf in brackets.
 */
static const struct {
	const char *raw, *tree;
} cases[] = {
	{"", "0l[]"},
	{"A: b\n\nx\n", "0l[x\n]"},
	{MULTI("b") "pre\n--b\n\nx\n--b\n\ny\n--b--\npost\n", "0m 1l[x] 1l[y]"},
	{MULTI("b") "--b\r\n\r\nx\r\n\r\n--b  \t\r\n\r\ny\r\n--b-- \r\n", "0m 1l[x\r\n] 1l[y]"},
	{MULTI("b") "--b\n\nx", "0m 1l[x]"},
	{MULTI("b") "--b\n\nx\n--b\n", "0m 1l[x]"},
	{MULTI("b") "--b\n--b\n--b--", "0m 1l[] 1l[]"},
	{MULTI("b") "--b\nC: d\n--b--", "0m 1l[]"},
	{MULTI("b") "no part\n", "0l[no part\n]"},
	{"Content-Type: multipart/mixed\n\n--b\n\nx\n", "0l[--b\n\nx\n]"},
	{MULTI("a") "--ab\n\nx\n--a\n\ny\n--ab\nz\n--a--\n", "0m 1l[y\n--ab\nz]"},
	{MULTI("ab") "--ab\n" MULTI("a") "--a\n\nx\n--ab\n\ny\n--ab--\n", "0m 1m 2l[x] 1l[y]"},
	{MULTI("a") "--a\n" MULTI("b") "--b\n\nx\n--b--\n--a\n\ny\n--a--", "0m 1m 2l[x] 1l[y]"},
	{MULTI("b") "--b\n" MULTI("b") "--b\n\nx\n--b--\n--b--\n", "0m 1m 2l[x]"},
	{MULTI("b--") "--b--\n\nx\n--b----\n", "0m 1l[x]"},
	{MULTI("a") "--a\nContent-Type: multipart/mixed; boundary=b\n--b\n\nx\n--b--\n--a--",
		"0m 1m 2l[x]"},
	{MULTI("a") "--a\nContent-Type: message/rfc822\n\nS: t\n\nx\n--a--", "0m 1r 2l[x]"},
	{MULTI("a") "--a\nContent-Type: message/rfc822\n\nS: t\n--a\n\ny\n--a--",
		"0m 1r 2l[] 1l[y]"},
	{"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nS: t\n\nx",
		"0r 1r 2l[x]"},
	{"Content-Type: multipart/digest; boundary=a\n\n--a\n\nS: t\n\nx\n--a--", "0m 1r 2l[x]"},
	{"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nUzogdAoKeAo=\n",
		"0r 1l[x\n]"},
	{"Content-Type: multipart/mixed; boundary=b\r\r--b\r\rx\r--b--\r", "0m 1l[x]"},
	{"\nhi\nbegin 644 c\n#0V%T\nend\n",
		"0l[hi\nbegin 644 c\n#0V%T\nend\n] 1l[begin 644 c\n#0V%T\nend\n]"},
};

static struct message *parse(struct span raw)
{
	struct message *m = NULL;

	assert_int_equal(message_parse(mp, raw, &m), 0);
	return m;
}

static void reads_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct message *m = parse(span_cstr(cases[i].raw));
		struct buf got = {0};

		for (size_t k = 0; k < m->parts; k++) {
			const struct part *p = &m->part[k];

			buf_printf(&got, "%s%u%c", k ? " " : "", p->depth, "lmr"[p->kind]);
			if (p->kind == PART_LEAF)
				buf_printf(&got, "[%.*s]", SPAN_ARG(p->body));
		}
		assert_span(buf_span(&got), cases[i].tree);
		buf_done(&got);
	}
}

static void says_what_a_part_is(void **state)
{
	(void)state;
	struct message *m =
		parse(SPAN("Content-Type: Image / PNG; name=a.png; charset=\"UTF-8\"\n"
			   "Content-Transfer-Encoding: Base64 (really)\n"
			   "Content-Disposition: ATTACHMENT; filename=b.png\n\naGk=\n"));
	const struct part *p = m->part;

	assert_span(p->type, "image/png");
	assert_span(p->charset, "utf-8");
	assert_span(p->filename, "b.png");
	assert_true(p->attachment);
	assert_int_equal(p->transfer, TRANSFER_BASE64);
	assert_span(p->content, "hi");
	assert_span(p->head, "Content-Type: Image / PNG; name=a.png; charset=\"UTF-8\"\n"
			     "Content-Transfer-Encoding: Base64 (really)\n"
			     "Content-Disposition: ATTACHMENT; filename=b.png\n\n");
	m = parse(SPAN("Content-Type: (a) Text (b) / (c(d)) HTML (e); charset=us-ascii (f)\n\nx"));
	assert_span(m->part->type, "text/html");
	assert_span(m->part->charset, "us-ascii");
	m = parse(SPAN("Content-Type: nonsense\nContent-Transfer-Encoding: rot13\n\nx"));
	assert_span(m->part->type, "text/plain");
	assert_int_equal(m->part->transfer, TRANSFER_UNKNOWN);
	assert_int_equal(m->odd.count[ANOMALY_BAD_TRANSFER], 1);
}

static void notes_what_is_odd(void **state)
{
	(void)state;
	static const struct {
		const char *raw;
		enum anomaly odd;
		unsigned count;
	} odd[] = {
		{MULTI("b") "--b\n\nx\n", ANOMALY_UNCLOSED_PART, 1},
		{MULTI("b") "--b\n\nx\n--b--\n", ANOMALY_UNCLOSED_PART, 0},
		{MULTI("a") "--a\n" MULTI("b") "--b\n\n--a--", ANOMALY_UNCLOSED_PART, 1},
		{MULTI("b") "x", ANOMALY_NO_BOUNDARY, 1},
		{"Content-Type: multipart/mixed\n\n", ANOMALY_NO_BOUNDARY, 1},
		{"\ncaf\xe9", ANOMALY_MIME_8BIT, 1},
		{"Content-Transfer-Encoding: base64\n\n*", ANOMALY_BAD_BASE64, 1},
		{"Content-Transfer-Encoding: quoted-printable\n\n=*", ANOMALY_BAD_QP, 1},
		{"Content-Transfer-Encoding: x-uuencode\n\nx", ANOMALY_BAD_UU, 1},
		{"Content-Type: text/plain; charset=klingon\n\nx", ANOMALY_BAD_CHARSET, 1},
	};

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		if (parse(span_cstr(odd[i].raw))->odd.count[odd[i].odd] != odd[i].count)
			fail_msg("%s: not %u", odd[i].raw, odd[i].count);
}

static void depth_and_parts_are_bounded(void **state)
{
	(void)state;
	struct buf b = {0};

	for (int i = 0; i < 150; i++)
		buf_printf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
	struct message *m = parse(buf_span(&b));

	assert_int_equal(m->parts, 101);
	assert_int_equal(m->part[100].depth, 100);
	assert_int_equal(m->part[100].kind, PART_LEAF);
	assert_int_equal(m->odd.count[ANOMALY_TOO_DEEP], 1);
	buf_clear(&b);
	buf_str(&b, MULTI("b"));
	for (int i = 0; i < 10050; i++)
		buf_str(&b, "--b\n\nx\n");
	m = parse(buf_span(&b));
	assert_int_equal(m->parts, 10000);
	assert_int_equal(m->odd.count[ANOMALY_TOO_MANY_PARTS], 1);
	buf_done(&b);
}

static void large_attachments_have_a_beginning_and_an_end(void **state)
{
	(void)state;
	struct buf b = {0};

	buf_str(&b, "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n");
	for (int i = 0; i < 10000; i++)
		buf_str(&b, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYw\n");
	buf_str(&b, "ZW5k\n");
	struct message *m = parse(buf_span(&b));
	struct span tail = message_part_tail(mp, m->part);

	assert_true(m->part->cut);
	assert_true(m->part->content.n >= PART_CONTENT_MOST);
	assert_true(m->part->content.n <= PART_CONTENT_MOST + 2);
	assert_true(tail.n <= PART_TAIL_MOST && tail.n + 5 > PART_TAIL_MOST);
	assert_span(span_skip(tail, tail.n - 6), "ef0end");
	buf_done(&b);
	m = parse(SPAN("\nshort"));
	assert_span(message_part_tail(mp, m->part), "short");
}

static int setup(void **state)
{
	(void)state;
	mp = message_parser_new(0);
	return mp ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	message_parser_free(mp);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_trees),
		cmocka_unit_test(says_what_a_part_is),
		cmocka_unit_test(notes_what_is_odd),
		cmocka_unit_test(depth_and_parts_are_bounded),
		cmocka_unit_test(large_attachments_have_a_beginning_and_an_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
