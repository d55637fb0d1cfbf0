#include "test.h"

#include "mail/url.h"

static struct arena arena;

struct row {
	const char *url;
	enum url_form form;
	const char *scheme, *host, *path;
	uint16_t port;
	const char *marks; /* u userinfo, a address, o odd host, r relative, b bad */
};

static void check(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++, row++) {
		struct url u;
		char marks[6] = "";

		arena_reset(&arena);
		assert_int_equal(url_parse(&arena, span_cstr(row->url), row->form, &u), 0);
		strcat(marks, u.userinfo ? "u" : "");
		strcat(marks, u.address ? "a" : "");
		strcat(marks, u.odd_host ? "o" : "");
		strcat(marks, u.relative ? "r" : "");
		strcat(marks, u.bad ? "b" : "");
		assert_span(u.scheme, row->scheme);
		assert_span(u.host, row->host);
		assert_span(u.path, row->path);
		assert_int_equal(u.port, row->port);
		assert_string_equal(marks, row->marks);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof(rows[0]))
#define REF         URL_REFERENCE
#define BARE        URL_BARE_HOST

static void takes_urls_apart(void **state)
{
	static const struct row rows[] = {
		{"http://a.example/b?c#d", REF, "http", "a.example", "/b?c#d", 0, ""},
		{"HTTPS://A.Example", REF, "https", "a.example", "", 0, ""},
		{"http://a.example:8080/", REF, "http", "a.example", "/", 8080, ""},
		{"http://u:p@a.example:80", REF, "http", "a.example", "", 80, "u"},
		{"http://bank.example@evil.example/", REF, "http", "evil.example", "/", 0, "u"},
		{"http://a@b@c.example/", REF, "http", "c.example", "/", 0, "u"},
		{"//a.example/b", REF, "", "a.example", "/b", 0, ""},
		{"b/c", REF, "", "", "b/c", 0, "r"},
		{"/b", REF, "", "", "/b", 0, "r"},
		{"", REF, "", "", "", 0, "r"},
		{"a.example/b", BARE, "http", "a.example", "/b", 0, ""},
		{"a.example:81", BARE, "http", "a.example", "", 81, ""},
		{"mailto:joe@a.example", REF, "mailto", "", "joe@a.example", 0, ""},
		{"cid:1@a", REF, "cid", "", "1@a", 0, ""},
		{"DATA:text/html,x\ny", REF, "data", "", "text/html,x\ny", 0, ""},
		{"gopher://h.example/p", REF, "gopher", "h.example", "/p", 0, ""},
		{"file:///etc/x", REF, "file", "", "/etc/x", 0, ""},
		{"file://srv/x", REF, "file", "srv", "/x", 0, ""},
		{"  http://a.example/  ", REF, "http", "a.example", "/", 0, ""},
	};

	(void)state;
	CHECK(rows);
}

static void takes_odd_forms(void **state)
{
	static const struct row rows[] = {
		{"http:\\\\a.example\\b", REF, "http", "a.example", "\\b", 0, ""},
		{"http:a.example/", REF, "http", "a.example", "/", 0, ""},
		{"http:////a.example/", REF, "http", "a.example", "/", 0, ""},
		{"ht\ntp://a.ex\tample/", REF, "http", "a.example", "/", 0, "o"},
		{"http://a.example/b\nc", REF, "http", "a.example", "/bc", 0, ""},
		{"http://%61.example/", REF, "http", "a.example", "/", 0, "o"},
		{"http://a%2eexample/", REF, "http", "a.example", "/", 0, "o"},
		{"http://a.example./", REF, "http", "a.example", "/", 0, "o"},
		{"http://a..example/", REF, "http", "a..example", "/", 0, "o"},
		{"http://3232235777/", REF, "http", "192.168.1.1", "/", 0, "ao"},
		{"http://0xC0.0250.1.1/", REF, "http", "192.168.1.1", "/", 0, "ao"},
		{"http://192.168.257/", REF, "http", "192.168.1.1", "/", 0, "ao"},
		{"http://192.168.1.1/", REF, "http", "192.168.1.1", "/", 0, "a"},
		{"http://0x7f000001", REF, "http", "127.0.0.1", "", 0, "ao"},
		{"http://[2001:DB8:0::1]:8/", REF, "http", "2001:db8::1", "/", 8, "a"},
		{"http://[::ffff:192.0.2.1]/", REF, "http", "192.0.2.1", "/", 0, "ao"},
		{"http://b\xc3\xbc"
		 "cher.example/",
			REF, "http", "xn--bcher-kva.example", "/", 0, ""},
		{"http://B\xc3\x9c"
		 "CHER.example/",
			REF, "http", "xn--bcher-kva.example", "/", 0, ""},
		{"http://\xef\xbd\x81.example/", REF, "http", "a.example", "/", 0, "o"},
		{"http://a\xe3\x80\x82"
		 "example/",
			REF, "http", "a.example", "/", 0, "o"},
	};

	(void)state;
	CHECK(rows);
}

static void refuses_impossible_hosts(void **state)
{
	static const struct row rows[] = {
		{"http://", REF, "http", "", "", 0, "b"},
		{"http:///", REF, "http", "", "", 0, "b"},
		{"http://a b/", REF, "http", "", "/", 0, "b"},
		{"http://a%00b/", REF, "http", "", "/", 0, "ob"},
		{"http://a^b/", REF, "http", "", "/", 0, "b"},
		{"http://1.2.3.4.5/", REF, "http", "", "/", 0, "b"},
		{"http://256.1.1.1/", REF, "http", "", "/", 0, "b"},
		{"http://1.2.3.09/", REF, "http", "", "/", 0, "b"},
		{"http://4294967296/", REF, "http", "", "/", 0, "b"},
		{"http://[::1/", REF, "http", "", "/", 0, "b"},
		{"http://[zz]/", REF, "http", "", "/", 0, "b"},
		{"http://a.example:99999/", REF, "http", "a.example", "/", 0, "b"},
		{"http://a.example:x/", REF, "http", "a.example", "/", 0, "b"},
	};

	(void)state;
	CHECK(rows);
}

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_urls_apart),
		cmocka_unit_test(takes_odd_forms),
		cmocka_unit_test(refuses_impossible_hosts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
