#include "test.h"

#include "sample_doc.h"
#include "show/doc_html.h"

static void write_html(struct buf *to, unsigned rows)
{
	struct doc d;
	struct err err = {""};

	sample_doc(&d, rows);
	assert_int_equal(doc_html(to, &d, &err), 0);
	buf_byte(to, '\0');
	to->n--;
	doc_done(&d);
}

static size_t count(const struct buf *b, const char *what)
{
	struct span rest = buf_span(b);
	size_t n = 0;

	for (ssize_t at; (at = span_find_nocase(rest, span_cstr(what))) >= 0; n++)
		rest = span_skip(rest, (size_t)at + 1);
	return n;
}

/* Every '<' begins a tag that we write, whatever the texts hold. */
static void nothing_breaks_out(void **state)
{
	static const char *const ours[] = {"!DOCTYPE", "a", "bdi", "body", "caption", "circle",
		"code", "desc", "details", "div", "figcaption", "figure", "h1", "h2", "h3", "head",
		"html", "li", "main", "meta", "nav", "ol", "p", "path", "pre", "rect", "strong",
		"style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "title",
		"tr", "ul"};
	struct buf b = {0};
	struct span rest;

	(void)state;
	write_html(&b, 10);
	rest = buf_span(&b);
	for (ssize_t at; (at = span_index(rest, '<')) >= 0;) {
		size_t n = 0, i;

		rest = span_skip(rest, (size_t)at + 1);
		rest = span_skip(rest, rest.p[0] == '/');
		while (n < rest.n && (ascii_is_alnum(rest.p[n]) || rest.p[n] == '!'))
			n++;
		for (i = 0; i < sizeof(ours) / sizeof(*ours); i++)
			if (span_eq(span_take(rest, n), span_cstr(ours[i])))
				break;
		assert_true(i < sizeof(ours) / sizeof(*ours));
	}
	assert_int_equal(count(&b, "<script"), 0);
	assert_int_equal(count(&b, "<img"), 0);
	assert_int_equal(count(&b, "\xe2\x80\xae"), 0);
	assert_int_equal(count(&b, "\x1b"), 0);
	assert_int_equal(count(&b, "http://198"), 0);
	assert_int_equal(count(&b, "hxxp://198[.]51[.]100[.]7/a[@]b[.]example"), 10);
	buf_done(&b);
}

static void it_forbids_scripts_and_the_network(void **state)
{
	struct buf b = {0};

	(void)state;
	write_html(&b, 1);
	assert_int_equal(count(&b, "content=\"default-src 'none'; style-src 'sha256-"), 1);
	assert_int_equal(count(&b, "lang=\"en\""), 1);
	assert_int_equal(count(&b, " style=\""), 0);
	assert_int_equal(count(&b, " src="), count(&b, "src=x"));
	buf_done(&b);
}

static void tables_have_heads_and_plots_have_words(void **state)
{
	struct buf b = {0};

	(void)state;
	write_html(&b, 5);
	assert_int_equal(count(&b, "<th scope=\"col\""), 4);
	assert_int_equal(count(&b, "<th scope=\"row\""), 5);
	assert_int_equal(count(&b, "<caption "), 1);
	assert_int_equal(count(&b, "role=\"img\""), count(&b, "<svg "));
	assert_int_equal(count(&b, "<desc "), count(&b, "<svg "));
	assert_int_equal(count(&b, "<li><a href=\"#first\">What was seen</a></li>"), 1);
	buf_done(&b);
}

static void same_document_same_page(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	write_html(&a, 20);
	write_html(&b, 20);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	if (getenv("LOOK")) {
		FILE *f = fopen(getenv("LOOK"), "w");

		fwrite(a.p, 1, a.n, f);
		fclose(f);
	}
	buf_done(&a);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_breaks_out),
		cmocka_unit_test(it_forbids_scripts_and_the_network),
		cmocka_unit_test(tables_have_heads_and_plots_have_words),
		cmocka_unit_test(same_document_same_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
