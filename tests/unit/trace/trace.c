#include "test.h"

#include "trace/trace.h"

static struct message_parser *mp;

static int make(void **state)
{
	(void)state;
	mp = message_parser_new(0);
	return mp ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	message_parser_free(mp);
	return 0;
}

/* Knows one host, and counts how often it is asked. */
static int asked;

static int addresses(void *context, struct span host, struct ip *to, size_t room)
{
	(void)context;
	asked++;
	assert_true(room >= 2);
	if (!span_eq(host, SPAN("shop.example")))
		return 0;
	ip_parse(SPAN("192.0.2.7"), &to[0]);
	ip_parse(SPAN("2001:db8::7"), &to[1]);
	return 2;
}

static const struct resolver resolver = {addresses, NULL};

static void trace(const char *raw, const struct resolver *r, struct trace *ret)
{
	static struct received chain;
	struct message *m;

	assert_int_equal(message_parse(mp, span_cstr(raw), &m), 0);
	assert_int_equal(received_walk(mp, m, NULL, &chain), 0);
	assert_int_equal(trace_message(mp, m, &chain, NULL, r, ret), 0);
}

#define MAIL                                                                                       \
	"Received: from bot.example (bot.example [203.0.113.9]) by mx.example (Postfix) with ESMTP"  \
	" id A1 for <x@mx.example>; Tue, 6 Oct 2026 10:00:00 +0000\n"                                \
	"Received: from forged.example ([198.51.100.1]) by bot.example; Tue, 6 Oct 2020 10:00:00 "    \
	"+0000\nFrom: a@b.example\nDate: Mon, 1 Jan 2001 00:00:00 +0000\n"                            \
	"Content-Type: text/html\n\n"                                                                \
	"<a href=\"http://shop.example/1\">x</a><a href=\"http://shop.example/2\">y</a>"             \
	"<img src=\"http://pixel.example/p.gif\"><a href=\"http://198.51.100.77/\">z</a>\n"

static void source_day_and_hosts(void **state)
{
	struct trace t;

	(void)state;
	asked = 0;
	trace(MAIL, NULL, &t);
	assert_true(t.has_source);
	assert_int_equal(ip_v4(&t.source.ip), 0xcb007109);
	assert_span(t.source_name, "bot.example");
	/* The relay's clock, not the sender's Date. */
	assert_true(t.day_known);
	assert_int_equal(t.day, 20732);
	assert_int_equal(t.at, 20732 * 86400LL + 10 * 3600);
	assert_true(t.at_ours);
	assert_int_equal(t.hosts, 3);
	assert_span(t.host[0].host, "shop.example");
	assert_int_equal(t.host[0].links, 2);
	assert_true(t.host[0].clickable);
	assert_int_equal(t.host[0].n, 0);
	assert_span(t.host[1].domain, "pixel.example");
	assert_false(t.host[1].clickable);
	assert_int_equal(t.host[2].n, 1);
	assert_int_equal(asked, 0);
}

static void a_resolver_is_asked_for_names_alone(void **state)
{
	struct trace t;

	(void)state;
	asked = 0;
	trace(MAIL, &resolver, &t);
	assert_int_equal(asked, 2);
	assert_int_equal(t.host[0].n, 2);
	assert_int_equal(t.host[0].at[1].ip.family, IP_V6);
	assert_int_equal(t.host[1].n, 0);
}

static void what_is_kept_outlives_the_message(void **state)
{
	struct trace t;

	(void)state;
	trace(MAIL, &resolver, &t);
	struct trace *kept = trace_keep(&t);

	trace("From: x\n\nother\n", NULL, &t);
	assert_int_equal(ip_v4(&kept->source.ip), 0xcb007109);
	assert_int_equal(kept->hosts, 2);
	assert_int_equal(kept->host[0].n, 2);
	assert_int_equal(ip_v4(&kept->host[1].at[0].ip), 0xc633644d);
	free(kept);
}

static void without_dates_the_day_is_not_known(void **state)
{
	struct trace t;

	(void)state;
	trace("From: x\n\ny\n", NULL, &t);
	assert_false(t.day_known);
	assert_false(t.has_source);
	trace("Date: Mon, 1 Jan 1901 00:00:00 +0000\n\ny\n", NULL, &t);
	assert_false(t.day_known);
	trace("Date: Sun, 11 Nov 2008 21:00:00 +0000\n\ny\n", NULL, &t);
	assert_true(t.day_known);
	assert_int_equal(t.day, 14194);
}

static void many_hosts_stay_bounded(void **state)
{
	size_t n = 0, room = 1 << 20;
	char *raw = malloc(room);
	struct trace t;

	(void)state;
	n += (size_t)snprintf(raw, room, "Content-Type: text/html\n\n");
	for (int i = 0; i < 4000; i++)
		n += (size_t)snprintf(raw + n, room - n, "<a href=\"http://h%d.example/\">x</a>",
			i % 2000);
	trace(raw, NULL, &t);
	assert_int_equal(t.hosts, TRACE_HOSTS_MOST);
	assert_int_equal(t.host[0].links, 2);
	free(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(source_day_and_hosts),
		cmocka_unit_test(a_resolver_is_asked_for_names_alone),
		cmocka_unit_test(what_is_kept_outlives_the_message),
		cmocka_unit_test(without_dates_the_day_is_not_known),
		cmocka_unit_test(many_hosts_stay_bounded),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
