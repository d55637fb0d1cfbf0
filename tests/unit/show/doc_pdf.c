#include "test.h"

#include "sample_doc.h"
#include "show/doc_pdf.h"

static void write_pdf(struct buf *to, unsigned rows)
{
	struct doc d;
	struct err err = {""};

	sample_doc(&d, rows);
	int rc = doc_pdf(to, &d, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	doc_done(&d);
}

static size_t count(const struct buf *b, const char *what)
{
	struct span rest = buf_span(b);
	size_t n = 0;

	for (ssize_t at; (at = span_find(rest, span_cstr(what))) >= 0; n++)
		rest = span_skip(rest, (size_t)at + 1);
	return n;
}

static void same_document_same_bytes(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	write_pdf(&a, 30);
	write_pdf(&b, 30);
	assert_true(span_starts(buf_span(&a), SPAN("%PDF-1.")));
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	if (getenv("LOOK")) {
		FILE *f = fopen(getenv("LOOK"), "w");

		fwrite(a.p, 1, a.n, f);
		fclose(f);
	}
	buf_done(&a);
	buf_done(&b);
}

static void its_date_is_the_documents(void **state)
{
	struct buf a = {0};

	(void)state;
	write_pdf(&a, 1);
	assert_int_equal(count(&a, "/CreationDate (20261122191402"), 1);
	assert_int_equal(count(&a, "/ModDate (20261122191402"), 1);
	buf_done(&a);
}

static void it_is_tagged_and_outlined(void **state)
{
	struct buf a = {0};

	(void)state;
	write_pdf(&a, 3);
	assert_true(count(&a, "/StructTreeRoot") > 0);
	assert_true(count(&a, "/Outlines") > 0);
	assert_true(count(&a, "/S /TH") > 0);
	assert_int_equal(count(&a, "/JavaScript"), 0);
	buf_done(&a);
}

static void long_tables_go_over_pages(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	write_pdf(&a, 2);
	write_pdf(&b, 300);
	assert_true(count(&b, "/Type /Page ") > count(&a, "/Type /Page ") + 3);
	buf_done(&a);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_document_same_bytes),
		cmocka_unit_test(its_date_is_the_documents),
		cmocka_unit_test(it_is_tagged_and_outlined),
		cmocka_unit_test(long_tables_go_over_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
