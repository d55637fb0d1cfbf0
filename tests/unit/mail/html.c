#include "test.h"

#include "base/buf.h"
#include "mail/html.h"

/* Tokens in short: T text, S start tag, C end tag, # comment, D doctype, & CDATA; '|' between. */
static void put(struct buf *b, const struct html_token *t)
{
	static const char kind[] = "TSC#D&";

	if (b->n)
		buf_byte(b, '|');
	buf_byte(b, kind[t->kind]);
	buf_add(b, t->name);
	buf_add(b, t->text);
	for (size_t i = 0; i < t->attributes; i++)
		buf_printf(b, " %.*s=%.*s", SPAN_ARG(t->attribute[i].name),
			SPAN_ARG(t->attribute[i].value));
	if (t->public_id.p)
		buf_printf(b, " p:%.*s", SPAN_ARG(t->public_id));
	if (t->system_id.p)
		buf_printf(b, " s:%.*s", SPAN_ARG(t->system_id));
	buf_str(b, t->self_closing ? " /" : t->quirks ? " quirks" : "");
}

struct row {
	enum html_mode mode;
	const char *html, *tokens;
	uint32_t errors;
};

/* In the modes but DATA, the text behind a first start tag is read so. */
static void check(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++, row++) {
		struct html h;
		struct html_token t;
		struct buf b = {0};

		html_init(&h, span_cstr(row->html));
		while (html_next(&h, &t)) {
			if (!b.n && t.kind == HTML_START)
				h.mode = row->mode;
			put(&b, &t);
		}
		assert_span(buf_span(&b), row->tokens);
		assert_int_equal(h.errors, row->errors);
		buf_done(&b);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof(rows[0]))

static void reads_tags(void **state)
{
	static const struct row rows[] = {
		{HTML_DATA, "a<b>c</b>d", "Ta|Sb|Tc|Cb|Td", 0},
		{HTML_DATA, "<a b=c d='e' f=\"g\" h>", "Sa b=c d=e f=g h=", 0},
		{HTML_DATA, "<a b = c\n d>", "Sa b=c d=", 0},
		{HTML_DATA, "<a/>", "Sa /", 0},
		{HTML_DATA, "<a / >", "Sa", 0},
		{HTML_DATA, "<a b=/>", "Sa b=/", 0},
		{HTML_DATA, "<a b='c'd>", "Sa b=c d=", 1},
		{HTML_DATA, "<a =b>", "Sa =b=", 1},
		{HTML_DATA, "<a b=>", "Sa b=", 1},
		{HTML_DATA, "<a b=c\"d>", "Sa b=c\"d", 1},
		{HTML_DATA, "<a b='>'>c", "Sa b=>|Tc", 0},
		{HTML_DATA, "</a b>", "Ca b=", 1},
		{HTML_DATA, "<a<b>", "Sa<b", 0},
		{HTML_DATA, "< a <1 <", "T< a <1 <", 3},
		{HTML_DATA, "a</>b", "Ta|Tb", 1},
		{HTML_DATA, "a</ b>c", "Ta|# b|Tc", 1},
		{HTML_DATA, "</", "T</", 1},
		{HTML_DATA, "x<a b", "Tx", 1},
		{HTML_DATA, "x<a b='c", "Tx", 1},
		{HTML_DATA, "", "", 0},
	};

	(void)state;
	CHECK(rows);
}

static void reads_comments_and_doctypes(void **state)
{
	static const struct row rows[] = {
		{HTML_DATA, "<!--a-b--c-->d", "#a-b--c|Td", 0},
		{HTML_DATA, "<!-->a", "#|Ta", 1},
		{HTML_DATA, "<!--->a", "#|Ta", 1},
		{HTML_DATA, "<!---->a", "#|Ta", 0},
		{HTML_DATA, "<!----->a", "#-|Ta", 0},
		{HTML_DATA, "<!--a--!>b", "#a|Tb", 1},
		{HTML_DATA, "<!--a>b-->", "#a>b", 0},
		{HTML_DATA, "<!--a--", "#a", 1},
		{HTML_DATA, "<!--a--!", "#a", 1},
		{HTML_DATA, "<!a>b", "#a|Tb", 1},
		{HTML_DATA, "<?a?>b", "#?a?|Tb", 1},
		{HTML_DATA, "<![CDATA[a]]>b", "#[CDATA[a]]|Tb", 1},
		{HTML_DATA, "<!DOCTYPE html>", "Dhtml", 0},
		{HTML_DATA, "<!doctype HTML public 'a' \"b\">", "DHTML p:a s:b", 0},
		{HTML_DATA, "<!DOCTYPE html SYSTEM 'b'>", "Dhtml s:b", 0},
		{HTML_DATA, "<!DOCTYPE html PUBLIC 'a>b", "Dhtml p:a quirks|Tb", 1},
		{HTML_DATA, "<!DOCTYPE>", "D quirks", 1},
		{HTML_DATA, "<!DOCTYPE html x>", "Dhtml quirks", 1},
		{HTML_DATA, "<!DOCTYPE html", "Dhtml quirks", 1},
	};

	(void)state;
	CHECK(rows);
}

static void reads_raw_text(void **state)
{
	static const struct row rows[] = {
		{HTML_RCDATA, "<title>a<b></titles></TITLE >c", "Stitle|Ta<b></titles>|CTITLE|Tc",
			0},
		{HTML_RAWTEXT, "<style><!--</style>-->", "Sstyle|T<!--|Cstyle|T-->", 0},
		{HTML_RAWTEXT, "<style></style>", "Sstyle|Cstyle", 0},
		{HTML_RAWTEXT, "<style>a</style", "Sstyle|Ta</style", 0},
		{HTML_SCRIPT, "<script>a<b</script>c", "Sscript|Ta<b|Cscript|Tc", 0},
		{HTML_SCRIPT, "<script><!--</script>c", "Sscript|T<!--|Cscript|Tc", 0},
		{HTML_SCRIPT, "<script><!--<script>a</script>b</script>c",
			"Sscript|T<!--<script>a</script>b|Cscript|Tc", 0},
		{HTML_SCRIPT, "<script><!--<script>a--></script>c",
			"Sscript|T<!--<script>a-->|Cscript|Tc", 0},
		{HTML_SCRIPT, "<script><!--><script></script>c",
			"Sscript|T<!--><script>|Cscript|Tc", 0},
		{HTML_SCRIPT, "<script><!--<scripts>a</script>c",
			"Sscript|T<!--<scripts>a|Cscript|Tc", 0},
		{HTML_PLAINTEXT, "<plaintext>a</plaintext><!--", "Splaintext|Ta</plaintext><!--",
			0},
	};

	(void)state;
	CHECK(rows);
}

static void reads_cdata_in_foreign_content(void **state)
{
	struct html h;
	struct html_token t;

	(void)state;
	html_init(&h, SPAN("<![CDATA[a]>]]>b"));
	h.foreign = true;
	assert_true(html_next(&h, &t));
	assert_int_equal(t.kind, HTML_CDATA);
	assert_span(t.text, "a]>");
	assert_true(html_next(&h, &t));
	assert_span(t.text, "b");
}

static void keeps_a_bounded_number_of_attributes(void **state)
{
	struct buf b = {0};
	struct html h;
	struct html_token t;
	struct span value;

	(void)state;
	buf_str(&b, "<a A=1 a=2");
	for (int i = 0; i < 2 * HTML_ATTRIBUTES_MOST; i++)
		buf_printf(&b, " x%d=y", i);
	buf_str(&b, ">z");
	html_init(&h, buf_span(&b));
	assert_true(html_next(&h, &t));
	assert_int_equal(t.attributes, HTML_ATTRIBUTES_MOST);
	assert_true(html_attribute(&t, SPAN("a"), &value));
	assert_span(value, "1");
	assert_false(html_attribute(&t, SPAN("b"), &value));
	assert_true(html_next(&h, &t));
	assert_span(t.text, "z");
	buf_done(&b);
}

static void decodes_references(void **state)
{
	static const struct {
		const char *in;
		bool attribute;
		const char *out;
	} rows[] = {
		{"a&amp;b", false, "a&b"},
		{"&ampb &lt&gt", false, "&b <>"},
		{"?a=1&copy=2&amp=3&ltx", true, "?a=1&copy=2&amp=3&ltx"},
		{"&copy;=&copy", true, "\xc2\xa9=\xc2\xa9"},
		{"&notit;&notin;", false, "\xc2\xacit;\xe2\x88\x89"},
		{"&nGt;", false, "\xe2\x89\xab\xe2\x83\x92"},
		{"&CounterClockwiseContourIntegral;", false, "\xe2\x88\xb3"},
		{"&zwnj;&zwj", false, "\xe2\x80\x8c&zwj"},
		{"&;&x;&", false, "&;&x;&"},
		{"&#65;&#x42&#X43;", false, "ABC"},
		{"&#0;&#xD800;&#x110000;&#99999999999;", false,
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"&#128;&#x9f;", false, "\xe2\x82\xac\xc5\xb8"},
		{"&#;&#x;&#a", false, "&#;&#x;&#a"},
	};
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_span(html_decode(&a, span_cstr(rows[i].in), rows[i].attribute), rows[i].out);
	arena_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_tags),
		cmocka_unit_test(reads_comments_and_doctypes),
		cmocka_unit_test(reads_raw_text),
		cmocka_unit_test(reads_cdata_in_foreign_content),
		cmocka_unit_test(keeps_a_bounded_number_of_attributes),
		cmocka_unit_test(decodes_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
