#include "test.h"

#include "base/buf.h"
#include "mail/field.h"

static struct field scratch[FIELDS_MOST];
static struct arena arena;

static bool stop(void *arg, struct span line)
{
	(void)arg;
	return span_eq(line, SPAN("--b"));
}

static size_t read(struct span raw, struct anomalies *odd, struct fields *ret)
{
	struct field_reader r = {.scratch = scratch, .arena = &arena, .odd = odd, .stop = stop};
	size_t head;

	*odd = (struct anomalies){0};
	assert_int_equal(fields_read(&r, raw, ret, &head), 0);
	return head;
}

/* Fields as "name=value|", and the anomaly that must be counted once; ANOMALY_COUNT for none. */
static const struct {
	const char *raw, *fields, *rest;
	enum anomaly odd;
} cases[] = {
	{"A: b\nC:d\n\nbody", "A= b|C=d|", "body", ANOMALY_COUNT},
	{"A: b\r\nC: d\r\n\r\nbody", "A= b|C= d|", "body", ANOMALY_COUNT},
	{"A: b\n c\n\td\nE: f\n\n", "A= b\n c\n\td|E= f|", "", ANOMALY_COUNT},
	{"\nbody", "", "body", ANOMALY_COUNT},
	{"A : b\n\n", "A= b|", "", ANOMALY_HEADER_SPACE},
	{"A: b\n \nC: d\n\n", "A= b\n |C= d|", "", ANOMALY_COUNT},
	{"From x@y Mon\nA: b\n\n", "A= b|", "", ANOMALY_COUNT},
	{"A: b\nFrom x@y Mon\nC: d\n\n", "A= b|C= d|", "", ANOMALY_HEADER_JUNK},
	{"A: b\njunk\n more\nC: d\n\n", "A= b|C= d|", "", ANOMALY_HEADER_JUNK},
	{"no field at all\nA: b\n\n", "", "no field at all\nA: b\n\n", ANOMALY_HEADER_JUNK},
	{"A: b\n--b\nC: d\n\n", "A= b|", "--b\nC: d\n\n", ANOMALY_COUNT},
	{"A: b\n--other\nC: d\n\n", "A= b|", "--other\nC: d\n\n", ANOMALY_HEADER_JUNK},
	{"A: b\n", "A= b|", "", ANOMALY_NO_BODY},
	{"A: b\rC: d\n\n", "A= b|C= d|", "", ANOMALY_BARE_CR},
	{"A: b\r\r\nC: d\r\n\r\n", "A= b|C= d|", "", ANOMALY_BARE_CR},
	{"From: a\nfrom: b\n\n", "From= a|from= b|", "", ANOMALY_HEADER_TWICE},
	{"Received: a\nReceived: b\n\n", "Received= a|Received= b|", "", ANOMALY_COUNT},
	{"A: caf\xe9\n\n", "A= caf\xe9|", "", ANOMALY_HEADER_8BIT},
	{"A: caf\xc3\xa9\n\n", "A= caf\xc3\xa9|", "", ANOMALY_COUNT},
	{":b\nA: b\n\n", "", ":b\nA: b\n\n", ANOMALY_HEADER_JUNK},
};

static void reads_sections(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span raw = span_cstr(cases[i].raw);
		struct buf got = {0};
		struct anomalies odd;
		struct fields fields;
		size_t head = read(raw, &odd, &fields);

		for (size_t k = 0; k < fields.n; k++)
			buf_printf(&got, "%.*s=%.*s|", SPAN_ARG(fields.at[k].name),
				SPAN_ARG(fields.at[k].value));
		assert_span(buf_span(&got), cases[i].fields);
		assert_span(span_skip(raw, head), cases[i].rest);
		for (int k = 0; k < ANOMALY_COUNT; k++)
			if (k != ANOMALY_NO_BODY && odd.count[k] != (k == (int)cases[i].odd))
				fail_msg("%s: %s %u", cases[i].raw, anomaly_name(k), odd.count[k]);
		buf_done(&got);
	}
}

static void long_lines_nul_bytes_and_many_fields(void **state)
{
	(void)state;
	struct buf b = {0};
	struct anomalies odd;
	struct fields fields;

	buf_str(&b, "A: ");
	for (int i = 0; i < 996; i++)
		buf_byte(&b, i ? 'x' : 0);
	buf_str(&b, "\n\n");
	read(buf_span(&b), &odd, &fields);
	assert_int_equal(odd.count[ANOMALY_LONG_LINE], 1);
	assert_int_equal(odd.count[ANOMALY_NUL_BYTE], 1);
	buf_clear(&b);
	for (int i = 0; i < FIELDS_MOST + 5; i++)
		buf_str(&b, "X: y\n more\n");
	size_t head = read(buf_span(&b), &odd, &fields);

	assert_int_equal(head, b.n);
	assert_int_equal(fields.n, FIELDS_MOST);
	assert_span(fields.at[FIELDS_MOST - 1].value, " y\n more");
	assert_int_equal(odd.count[ANOMALY_TOO_MANY_HEADERS], 5);
	buf_done(&b);
}

static void every_name_has_its_id(void **state)
{
	(void)state;
	for (int id = 1; id < FIELD_COUNT; id++) {
		char upper[64];
		const char *name = field_name(id);

		for (size_t i = 0; i <= strlen(name); i++)
			upper[i] = ascii_is_alpha(name[i]) ? (char)(name[i] & ~0x20) : name[i];
		assert_int_equal(field_id(span_cstr(name)), id);
		assert_int_equal(field_id(span_cstr(upper)), id);
		upper[0]++;
		assert_int_equal(field_id(span_cstr(upper)), FIELD_OTHER);
	}
	assert_int_equal(field_id((struct span){NULL, 0}), FIELD_OTHER);
	assert_int_equal(field_id(SPAN("X-A-Name-That-Is-Longer-Than-Them-All")), FIELD_OTHER);
}

static void unfolds(void **state)
{
	(void)state;
	char to[32];

	assert_span(
		((struct span){to, field_unfold(SPAN("a\r\n b\n\tc\r\r\n d"), to)}), "a b\tc d");
	assert_int_equal(field_unfold((struct span){NULL, 0}, to), 0);
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sections),
		cmocka_unit_test(long_lines_nul_bytes_and_many_fields),
		cmocka_unit_test(every_name_has_its_id),
		cmocka_unit_test(unfolds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
