#include "test.h"

#include "mail/text.h"

struct fixture {
	struct arena arena;
	struct domain_tools *tools;
	struct text_sink sink;
	struct message m;
	struct anomalies odd;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	arena_init(&f->arena, (size_t)24 << 20);
	f->tools = domain_tools_new();
	*state = f;
	return f->tools ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	domain_tools_free(f->tools);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* Reads one part and gives the message. */
static const struct message *read_part(struct fixture *f, const char *text, bool html)
{
	arena_reset(&f->arena);
	memset(&f->odd, 0, sizeof(f->odd));
	memset(&f->m, 0, sizeof(f->m));
	text_sink_init(&f->sink, &f->arena, f->tools);
	assert_int_equal(
		(html ? text_add_html : text_add_plain)(&f->sink, 1, span_cstr(text), &f->odd), 0);
	text_sink_finish(&f->sink, &f->m);
	return &f->m;
}

struct seen {
	const char *html, *text, *hidden;
};

static void check_seen(void **state, const struct seen *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct message *m = read_part(*state, row[i].html, true);

		assert_span(m->text, row[i].text);
		assert_span(m->hidden_text, row[i].hidden);
	}
}

#define CHECK_SEEN(state, rows) check_seen(state, rows, sizeof(rows) / sizeof(rows[0]))

static void renders_text(void **state)
{
	static const struct seen rows[] = {
		{"Hello", "Hello", ""},
		{" a \n\t b ", "a b", ""},
		{"a<br>b<br/>c", "a\nb\nc", ""},
		{"<p>one</p><p>two", "one\ntwo", ""},
		{"<div><div>a</div></div>b", "a\nb", ""},
		{"a<b>b</b>c", "abc", ""},
		{"a <b> b </b> c", "a b c", ""},
		{"<table><tr><td>1<td>2<tr><td>3</table>4", "1 2\n3\n4", ""},
		{"<ul><li>a<li>b</ul>", "a\nb", ""},
		{"<pre>a\nb  c</pre>", "a\nb c", ""},
		{"&lt;b&gt; &amp;amp; &eacute;&#8364;&#x41;",
			"<b> &amp; \xc3\xa9\xe2\x82\xac"
			"A",
			""},
		{"AT&T &nosuch; &", "AT&T &nosuch; &", ""},
		{"x<img alt='a logo' src=y>z", "x a logo z", ""},
		{"a<!-- no -->b<!doctype html>c", "abc", ""},
		{"<textarea>a<b></textarea>", "a<b>", ""},
		{"a<plaintext>b</plaintext>", "a\nb</plaintext>", ""},
		{"1 < 2 <3", "1 < 2 <3", ""},
		{"a &nbsp; b&nbsp;c \xc2\xa0", "a b c", ""},
		{"a\xc3\xa0 b", "a\xc3\xa0 b", ""},
		{"<head><title>t</title>a", "a", "t"},
		{"<head><div>a</div>", "a", ""},
		{"<body><head><title>t</title>a<head>b</head>c", "abc", "t"},
		{"a\xe2\x80\x8b"
		 "b",
			"a\xe2\x80\x8b"
			"b",
			""},
	};

	CHECK_SEEN(state, rows);
}

static void hides_what_is_hidden(void **state)
{
	static const struct seen rows[] = {
		{"<head><title>T &amp; U</title></head><body>b", "b", "T & U"},
		{"a<style>p{color:red}</style><script>if (1<2) x()</script>b", "ab", ""},
		{"a<noscript>n</noscript><template>t</template>b", "ab", "nt"},
		{"a<span style='display: none'>x</span>b", "ab", "x"},
		{"a<span style='DISPLAY:NONE !important'>x<b>y</b></span>b", "ab", "xy"},
		{"<div style='visibility:hidden'>x<i style='visibility:visible'>y</i></div>", "y",
			"x"},
		{"a<font style='font-size:0'>x</font><font style='font-size:1px'>y</font>b", "ab",
			"xy"},
		{"<span style='font-size:0'>x<b style='font-size:12px'>y</b></span>", "y", "x"},
		{"<font color=white>x</font><font color=#fefefe>y</font><font color=red>z</font>",
			"z", "xy"},
		{"<table bgcolor=black><tr><td>x<font color=#fff>y</font></table>z", "y\nz", "x"},
		{"<body bgcolor='#000' text='#fff'>a<font color='#010101'>x</font>", "a", "x"},
		{"<div style='background:url(a.png);color:white'>a</div>", "a", ""},
		{"<div style='text-indent:-9999px'>x</div>a", "a", "x"},
		{"<div style='position:absolute;left:-5000px'>x</div>a", "a", "x"},
		{"<div style='max-height:0;overflow:hidden'>x</div>a", "a", "x"},
		{"<div style='max-height:0'>a</div>", "a", ""},
		{"<p hidden>x</p>a<i style='mso-hide:all'>y</i>", "a", "x\ny"},
		{"<i style='opacity:0'>x</i><i style='opacity:.5'>a</i>", "a", "x"},
		{"<style>.h{display:none}#i,b{font-size:0px}</style><p class='a h'>x</p><p "
		 "id=i>y</p>"
		 "<b>z</b>a",
			"a", "x\ny\nz"},
		{"<style>@media print{.h{display:none}} .h .g{display:none}</style><p class=h>a",
			"a", ""},
		{"<span style='display&#58;none'>x</span>a", "a", "x"},
		{"<font color=white><a href=//x.example/>a</a>x</font>", "a", "x"},
		/* What parts words parts those of the other run as well, if it takes up room. */
		{"a<font color=white> </font>b", "a b", ""},
		{"a<font color=white>x\n</font>b<font color=white>&nbsp;</font>c", "a b c", "x"},
		{"a<i style='visibility:hidden'>&nbsp;x</i>b<i style='font-size:0'> </i>c", "a bc",
			"x"},
		{"<font color=white>x</font> <font color=white>y</font>", "", "x y"},
		{"<table><tr><td><font color=white>x</font><td>a<td><font color=white>y</font>",
			"a", "x y"},
		{"a<img width=9 height=1>b<img width=1 height=1>c", "a bc", ""},
	};

	CHECK_SEEN(state, rows);
}

static void survives_crossed_tags(void **state)
{
	static const struct seen rows[] = {
		{"<font color=white><p>x</font>a</p>b", "a\nb", "x"},
		{"<div style=display:none><p>x</div>a", "a", "x"},
		{"</div></font></b>a", "a", ""},
		{"<div style=display:none><table><tr><td></div>x</table>x</div>a", "a", "x\nx"},
		{"<p style=display:none>x<p>a", "a", "x"},
		{"<li style=display:none>x<li>a", "a", "x"},
		{"<ul><li style=display:none>x<ul><li>y</ul><li>a", "a", "x\ny"},
		{"<li style=display:none><div>x<li>a", "a", "x"},
		{"<b style=display:none><i>x</b>a</i>b", "ab", "x"},
		{"a<span", "a", ""},
		{"a<!-- b", "a", ""},
	};

	CHECK_SEEN(state, rows);
}

struct linked {
	const char *text;
	bool html;
	size_t links;
	enum link_place kind; /* of the first link, as all that follows */
	const char *target, *shown, *scheme, *host, *domain, *path;
};

static void finds_links(void **state)
{
	static const struct linked rows[] = {
		{"<a href='http://www.Example.com/x?y'>the <b>site</b></a> more", true, 1,
			LINK_ANCHOR, "http://www.Example.com/x?y", "the site", "http",
			"www.example.com", "example.com", "/x?y"},
		{"<a href='http://a.example/?a=1&amp;b=2'>x", true, 1, LINK_ANCHOR,
			"http://a.example/?a=1&b=2", "x", "http", "a.example", "a.example",
			"/?a=1&b=2"},
		{"<a href=//a.co.uk><img alt='click me' src=cid:x></a>", true, 2, LINK_ANCHOR,
			"//a.co.uk", "click me", "", "a.co.uk", "a.co.uk", ""},
		{"<base href='http://a.example/d/e'><a href='f'>x</a>", true, 2, LINK_OTHER,
			"http://a.example/d/e", "", "http", "a.example", "a.example", "/d/e"},
		{"<form action=https://p.example/ method=post><input type=password></form>", true,
			1, LINK_FORM, "https://p.example/", "", "https", "p.example", "p.example",
			"/"},
		{"<td background='http://i.example/i.png'>", true, 1, LINK_IMAGE,
			"http://i.example/i.png", "", "http", "i.example", "i.example", "/i.png"},
		{"<p style=\"background:url('http://i.example/i')\">", true, 1, LINK_IMAGE,
			"http://i.example/i", "", "http", "i.example", "i.example", "/i"},
		{"<meta http-equiv=refresh content='0; URL=http://r.example/'>", true, 1,
			LINK_OTHER, "http://r.example/", "", "http", "r.example", "r.example", "/"},
		{"see http://t.example/a.", true, 1, LINK_TEXT, "http://t.example/a", "", "http",
			"t.example", "t.example", "/a"},
		{"<a href=http://a.example>http://t.example</a>", true, 1, LINK_ANCHOR,
			"http://a.example", "http://t.example", "http", "a.example", "a.example",
			""},
		{"see <http://t.example/a>.", false, 1, LINK_TEXT, "http://t.example/a", "", "http",
			"t.example", "t.example", "/a"},
		{"(see www.example.com/x_(y)).", false, 1, LINK_TEXT, "www.example.com/x_(y)", "",
			"http", "www.example.com", "example.com", "/x_(y)"},
		{"Visit Example.COM, now", false, 1, LINK_TEXT, "Example.COM", "", "http",
			"example.com", "example.com", ""},
		{"mailto:joe@example.com!", false, 1, LINK_TEXT, "mailto:joe@example.com", "",
			"mailto", "", "", "joe@example.com"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct linked *row = &rows[i];
		const struct message *m = read_part(*state, row->text, row->html);

		assert_int_equal(m->links, row->links);
		assert_int_equal(m->link[0].kind, row->kind);
		assert_int_equal(m->link[0].part, 1);
		assert_span(m->link[0].target, row->target);
		assert_span(m->link[0].shown, row->shown);
		assert_span(m->link[0].scheme, row->scheme);
		assert_span(m->link[0].host, row->host);
		assert_span(m->link[0].domain, row->domain);
		assert_span(m->link[0].path, row->path);
	}
}

static void resolves_against_the_base(void **state)
{
	const struct message *m = read_part(*state,
		"<base href='https://b.example.com:8080/d/e?f'><a href='g/h'>x</a><a href=/i>y</a>"
		"<a href='http://c.example/'>z</a>",
		true);

	assert_int_equal(m->links, 4);
	assert_span(m->link[1].target, "g/h");
	assert_span(m->link[1].scheme, "https");
	assert_span(m->link[1].host, "b.example.com");
	assert_span(m->link[1].domain, "example.com");
	assert_int_equal(m->link[1].port, 8080);
	assert_span(m->link[1].path, "/d/g/h");
	assert_span(m->link[2].path, "/i");
	assert_span(m->link[3].host, "c.example");
}

/* count pieces one after the other, to be freed. */
static char *repeated(const char *head, const char *piece, size_t count)
{
	size_t n = strlen(head), each = strlen(piece);
	char *p = malloc(n + count * each + 1);

	memcpy(p, head, n);
	for (size_t i = 0; i < count; i++)
		memcpy(p + n + i * each, piece, each);
	p[n + count * each] = '\0';
	return p;
}

static void keeps_its_bounds(void **state)
{
	struct fixture *f = *state;
	char *links = repeated("", "<a href=//a.example>x</a>", LINKS_MOST + 100);
	char *words = repeated("", "some words ", TEXT_MOST / 11 + 100);
	char *deep = repeated("", "<div>", 100000);
	char *over = repeated("", "<div style=display:none>", 600);

	assert_int_equal(read_part(f, links, true)->links, LINKS_MOST);
	assert_int_equal(f->odd.count[ANOMALY_TOO_MANY_LINKS], 100);
	for (int html = 0; html < 2; html++) {
		const struct message *m = read_part(f, words, html);

		assert_true(m->text.n <= TEXT_MOST && m->text.n > TEXT_MOST - 16);
		assert_int_equal(f->odd.count[ANOMALY_TOO_MUCH_TEXT], 1);
	}
	assert_int_equal(read_part(f, deep, true)->html.tags, 100000);
	assert_true(f->arena.used < 1000);
	assert_int_equal(read_part(f, over, true)->text.n, 0);
	free(links);
	free(words);
	free(deep);
	free(over);
}

static void parts_follow_each_other(void **state)
{
	struct fixture *f = *state;

	read_part(f, "plain", false);
	assert_int_equal(text_add_html(&f->sink, 2, SPAN("<i hidden>h</i>html"), &f->odd), 0);
	assert_int_equal(text_add_plain(&f->sink, 3, SPAN("www.example.com"), &f->odd), 0);
	text_sink_finish(&f->sink, &f->m);
	assert_span(f->m.text, "plain\nhtml\nwww.example.com");
	assert_span(f->m.hidden_text, "h");
	assert_int_equal(f->m.links, 1);
	assert_int_equal(f->m.link[0].part, 3);
	assert_int_equal(f->m.html.visible_bytes, 4);
	assert_int_equal(f->m.html.hidden_bytes, 1);
}

static void counts_facts(void **state)
{
	const struct html_facts *h = &read_part(*state,
		"<form><input type=Password><input></form><img width=1 height=0><img width=5>"
		"<script></script><style></style><iframe></iframe><!-- c -->&#97;&amp;&#8364;"
		"<img src='data:image/png;base64,x'>",
		true)
					      ->html;

	assert_int_equal(h->tags, 13);
	assert_int_equal(h->forms, 1);
	assert_int_equal(h->inputs, 2);
	assert_int_equal(h->password_inputs, 1);
	assert_int_equal(h->images, 3);
	assert_int_equal(h->tiny_images, 1);
	assert_int_equal(h->scripts, 1);
	assert_int_equal(h->styles, 1);
	assert_int_equal(h->iframes, 1);
	assert_int_equal(h->comments, 1);
	assert_int_equal(h->entities, 3);
	assert_int_equal(h->obfuscated, 1);
	assert_int_equal(h->data_urls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renders_text),
		cmocka_unit_test(hides_what_is_hidden),
		cmocka_unit_test(survives_crossed_tags),
		cmocka_unit_test(finds_links),
		cmocka_unit_test(resolves_against_the_base),
		cmocka_unit_test(keeps_its_bounds),
		cmocka_unit_test(parts_follow_each_other),
		cmocka_unit_test(counts_facts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
