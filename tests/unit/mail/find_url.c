#include "test.h"

#include "base/buf.h"
#include "mail/find_url.h"

static struct domain_tools *tools;

/* All that is found, with '|' behind each; bare hosts with a '~' before. */
static void check_found(const char *text, const char *found)
{
	struct url_finder f;
	struct span url;
	enum url_form form;
	struct buf b = {0};

	url_finder_init(&f, tools, span_cstr(text));
	while (url_finder_next(&f, &url, &form)) {
		buf_str(&b, form == URL_BARE_HOST ? "~" : "");
		buf_add(&b, url);
		buf_byte(&b, '|');
	}
	assert_span(buf_span(&b), found);
	buf_done(&b);
}

struct row {
	const char *text, *found;
};

static void check(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_found(row[i].text, row[i].found);
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof(rows[0]))

static void finds_urls(void **state)
{
	static const struct row rows[] = {
		{"http://a.example", "http://a.example|"},
		{"at HTTPS://a.example/b, and ftp://c.example.",
			"HTTPS://a.example/b|ftp://c.example|"},
		{"(http://a.example/b)", "http://a.example/b|"},
		{"http://a.example/b_(c)", "http://a.example/b_(c)|"},
		{"[http://a.example/b]?!", "http://a.example/b|"},
		{"\"http://a.example/b\"", "http://a.example/b|"},
		{"<http://a.example/b>", "http://a.example/b|"},
		{"<http://a.example/b\r\n c>", "http://a.example/b\r\n c|"},
		{"<http://a.example/b\nc", "http://a.example/b|"},
		{"http://a.example/b\nc>", "http://a.example/b|"},
		{"see.http://a.example", "http://a.example|"},
		{"http://a.example/?u=http://b.example", "http://a.example/?u=http://b.example|"},
		{"\xe2\x80\x9chttp://a.example\xe2\x80\x9d", "http://a.example|"},
		{"http://b\xc3\xbc"
		 "cher.example/x",
			"http://b\xc3\xbc"
			"cher.example/x|"},
		{"mailto:a@b.example.", "mailto:a@b.example|"},
		{"mailto:nobody", ""},
		{"http:// a", ""},
		{"gopher://a", ""},
		{"12:30 and ://", ""},
	};

	(void)state;
	CHECK(rows);
}

static void finds_bare_hosts(void **state)
{
	static const struct row rows[] = {
		{"www.example.com", "~www.example.com|"},
		{"www.a.nosuchsuffix", "~www.a.nosuchsuffix|"},
		{"go to example.com, now", "~example.com|"},
		{"example.com/a?b", "~example.com/a?b|"},
		{"example.com:8080/a", "~example.com:8080/a|"},
		{"example.com: see", "~example.com|"},
		{"EXAMPLE.CO.UK!", "~EXAMPLE.CO.UK|"},
		{"joe.doe@example.com", ""},
		{"End.Start and e.g. 1.5 and ...", ""},
		{"setup.sh readme.md x.py", ""},
		{"example.sh/x", "~example.sh/x|"},
		{"/usr/lib/a.com", ""},
		{"a..com", ""},
		{"b\xc3\xbc"
		 "cher.com",
			""},
		{"\xe8\xaf\xb7"
		 "example.com",
			"~example.com|"},
		{"=example.com", "~example.com|"},
		{"-example.com-", "~example.com|"},
		{"192.0.2.1", ""},
		{".", ""},
		{"", ""},
	};

	(void)state;
	CHECK(rows);
}

static int set_up(void **state)
{
	(void)state;
	tools = domain_tools_new();
	return tools ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	domain_tools_free(tools);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_urls),
		cmocka_unit_test(finds_bare_hosts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
