/* Answers as registries give them (their shapes, written anew), and what an enemy may answer. */
#include "test.h"

#include "case/rdap.h"

#include <errno.h>
#include <locale.h>

#define CARD(fn, mail)                                                                             \
	"\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\",\"" fn   \
	"\"],[\"adr\",{\"label\":\"1 Main Street\"},\"text\",[\"\",\"\",\"\",\"\",\"\",\"\",\"\"]]," \
	"[\"email\",{\"type\":\"work\"},\"text\",\"" mail "\"]]]"
#define HEAD "{\"rdapConformance\":[\"rdap_level_0\"],\"objectClassName\":\"autnum\",\"handle\":\"AS64500\"," \
	"\"startAutnum\":64500,\"endAutnum\":64500,\"name\":\"EXAMPLE-NET\""
#define ENTITY(roles, card) "{\"objectClassName\":\"entity\",\"handle\":\"X\",\"roles\":[" roles "]," card "}"

static const struct {
	const char *what, *answer;
	const char *mails; /* with blanks between */
	const char *who;
	bool role;
	const char *other, *holder;
	unsigned odd;
} cases[] = {
	{"abuse at the top (ARIN's and APNIC's way)",
		HEAD ",\"entities\":[" ENTITY("\"technical\"", CARD("NOC", "noc@example.net")) ","
		ENTITY("\"abuse\"", CARD("Abuse Desk", "abuse@example.net")) "]}",
		"abuse@example.net", "Abuse Desk", true, "technical", "", 0},
	{"abuse nested in the registrant (RIPE's way)",
		HEAD ",\"entities\":[{\"objectClassName\":\"entity\",\"roles\":[\"registrant\"],"
		CARD("Example Org", "office@example.net") ",\"entities\":["
		ENTITY("\"abuse\"", CARD("Desk", "abuse@example.net")) "]}]}",
		"abuse@example.net", "Desk", true, "registrant", "Example Org", 0},
	{"one entity, several roles, in capitals",
		HEAD ",\"entities\":[" ENTITY("\"administrative\",\"ABUSE\"", CARD("All", "all@example.net")) "]}",
		"all@example.net", "All", true, "", "", 0},
	{"the nearer one counts; several of one depth add up",
		HEAD ",\"entities\":[{\"roles\":[\"registrant\"],\"entities\":["
		ENTITY("\"abuse\"", CARD("Far", "far@example.net")) "]},"
		ENTITY("\"abuse\"", CARD("Near", "near@example.net")) ","
		ENTITY("\"abuse\"", CARD("Near too", "too@example.net")) "]}",
		"near@example.net too@example.net", "Near", true, "", "", 0},
	{"mailto: and repeated addresses",
		HEAD ",\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",["
		"[\"email\",{},\"uri\",\"mailto:abuse@example.net\"],[\"EMAIL\",{},\"text\",\" ABUSE@example.net \"]]]}]}",
		"abuse@example.net", "", true, "", "", 0},
	{"no abuse role", HEAD ",\"entities\":[" ENTITY("\"technical\"", CARD("NOC", "noc@example.net")) "]}",
		"", "", false, "technical", "", 0},
	{"no entities", HEAD "}", "", "", false, "", "", 0},
	{"abuse without an address", HEAD ",\"entities\":[" ENTITY("\"abuse\"", "\"lang\":\"en\"") "]}",
		"", "", true, "", "", 0},
	{"an address in remarks is no contact",
		HEAD ",\"remarks\":[{\"title\":\"abuse\",\"description\":[\"abuse-mailbox: abuse@example.org\"]}],"
		"\"entities\":[" ENTITY("\"registrant\"", "\"remarks\":[{\"description\":[\"send abuse to x@example.org\"]}]") "]}",
		"", "", false, "", "", 0},
	{"bad addresses are counted",
		HEAD ",\"entities\":[" ENTITY("\"abuse\"", CARD("A", "abuse at example")) ","
		ENTITY("\"abuse\"", CARD("B", "a@example.net\\r\\nBcc: b@example.net")) ","
		ENTITY("\"abuse\"", CARD("C", "a\\u0000@example.net")) ","
		ENTITY("\"abuse\"", CARD("D", "good@example.net")) "]}",
		"good@example.net", "D", true, "", "", 3},
	{"names are cleaned",
		HEAD ",\"entities\":[" ENTITY("\"abuse\"", CARD("De\\u001b[2Jsk\\u202e", "abuse@example.net")) "]}",
		"abuse@example.net", "De\uFFFD[2Jsk\uFFFD", true, "", "", 0},
	{"odd shapes",
		HEAD ",\"entities\":[1,null,[],{\"roles\":\"abuse\"},{\"roles\":[3]},"
		"{\"roles\":[\"abuse\"],\"vcardArray\":{}},{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",\"x\"]},"
		"{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[[],[\"email\"],[\"email\",{},\"text\",[\"a@example.net\"]]]]}]}",
		"", "", true, "", "", 5},
	{"an answer about an entity",
		"{\"objectClassName\":\"entity\",\"handle\":\"X\",\"roles\":[\"abuse\"]," CARD("Desk", "abuse@example.net") "}",
		"abuse@example.net", "Desk", true, "", "", 0},
};

static void answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rdap_answer a;
		struct err err;
		char mails[1024] = "";

		if (rdap_read(span_cstr(cases[i].answer), &a, &err) < 0)
			fail_msg("%s: %s", cases[i].what, err.text);
		for (size_t k = 0; k < a.abuse.mails; k++) {
			strcat(mails, k ? " " : "");
			strcat(mails, a.abuse.mail[k]);
		}
		if (strcmp(mails, cases[i].mails) || strcmp(a.abuse_who, cases[i].who) ||
			a.has_abuse_role != cases[i].role || strcmp(a.other, cases[i].other) ||
			strcmp(a.holder, cases[i].holder) || a.odd != cases[i].odd)
			fail_msg("%s: '%s' '%s' %d '%s' '%s' %u", cases[i].what, mails, a.abuse_who,
				a.has_abuse_role, a.other, a.holder, a.odd);
	}
}

static void an_entity_may_be_elsewhere(void **state)
{
	struct rdap_answer a;

	(void)state;
	assert_int_equal(
		rdap_read(SPAN(HEAD ",\"entities\":[{\"roles\":[\"abuse\"],\"links\":[{\"rel\":\"alternate\","
				    "\"href\":\"https://x.example/\"},{\"rel\":\"self\",\"href\":\"https://rdap.example/entity/X\"}]}]}"),
			&a, NULL),
		0);
	assert_string_equal(a.link, "https://rdap.example/entity/X");
	assert_string_equal(a.name, "EXAMPLE-NET");
}

/* n times open, then the middle, then n times close. */
static struct buf nested(size_t n, const char *open, const char *middle, const char *close)
{
	struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		buf_str(&b, open);
	buf_str(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_str(&b, close);
	assert_true(buf_ok(&b));
	return b;
}

static void hostile_answers_are_bounded(void **state)
{
	struct rdap_answer a;
	struct buf b;

	(void)state;
	/* Within the depth that is read, abuse may stand deep. */
	b = nested(15, "{\"entities\":[", "{\"roles\":[\"abuse\"]," CARD("Deep", "deep@example.net") "}", "]}");
	assert_int_equal(rdap_read(buf_span(&b), &a, NULL), 0);
	assert_string_equal(a.abuse.mail[0], "deep@example.net");
	buf_done(&b);
	/* Deeper is refused before it is parsed. */
	b = nested(100000, "{\"entities\":[", "{}", "]}");
	assert_int_equal(rdap_read(buf_span(&b), &a, NULL), -EBADMSG);
	buf_done(&b);
	/* Brackets inside of a text are no depth. */
	b = nested(1000, "[", "", "");
	{
		struct buf c = {0};

		buf_printf(&c, HEAD ",\"x\":\"\\\"%.*s\"}", SPAN_ARG(buf_span(&b)));
		assert_int_equal(rdap_read(buf_span(&c), &a, NULL), 0);
		buf_done(&c);
	}
	buf_done(&b);
	/* More entities than are looked at: the first count, the rest is counted. */
	b = nested(0, "", HEAD ",\"entities\":[" ENTITY("\"abuse\"", CARD("A", "first@example.net")), "");
	for (int i = 0; i < 2000; i++)
		buf_str(&b, ",{\"roles\":[\"abuse\"]," CARD("B", "x@example.net") "}");
	buf_str(&b, "]}");
	assert_int_equal(rdap_read(buf_span(&b), &a, NULL), 0);
	assert_string_equal(a.abuse.mail[0], "first@example.net");
	assert_int_equal(a.odd, 2001 - RDAP_ENTITIES_MOST);
	buf_done(&b);
	/* Too big. */
	b = nested(RDAP_ANSWER_MOST, " ", "{}", "");
	assert_int_equal(rdap_read(buf_span(&b), &a, NULL), -EBADMSG);
	buf_done(&b);
}

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const texts[] = {"", "[]", "1", "null", "{", "<html>", "{}x", "{\"a\":1,}"};
	struct rdap_answer a;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(rdap_read(span_cstr(texts[i]), &a, &err), -EBADMSG);
}

static const char asn_json[] = "{\"version\":\"1.0\",\"services\":["
	"[[\"64496-64499\",\"64505\"],[\"https://rdap.one.example/rdap/\"]],"
	"[[\"64500-64504\"],[\"http://rdap.two.example\",\"https://rdap.two.example\"]],"
	"[[\"x\",\"1-\",\"-\",5,\"65536-65551\"],[\"http://rdap.three.example/\"]],"
	"[[\"70000\"],[\"ftp://nobody.example/\"]]]}";
static const char ip_json[] = "{\"services\":["
	"[[\"192.0.0.0/16\",\"2001:db8::/32\"],[\"https://wide.example/\"]],"
	"[[\"192.0.2.0/24\"],[\"https://narrow.example/\"]]]}";

static void registries_are_found(void **state)
{
	static const struct {
		asn_t asn;
		const char *ip, *url;
		int rc;
	} table[] = {
		{64496, NULL, "https://rdap.one.example/rdap/", 0},
		{64505, NULL, "https://rdap.one.example/rdap/", 0},
		{64504, NULL, "https://rdap.two.example/", 0},
		{65540, NULL, "http://rdap.three.example/", 0},
		{70000, NULL, "", -ENOENT},
		{64506, NULL, "", -ENOENT},
		{0, "192.0.2.9", "https://narrow.example/", 0},
		{0, "192.0.3.9", "https://wide.example/", 0},
		{0, "2001:db8::1", "https://wide.example/", 0},
		{0, "198.51.100.1", "", -ENOENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf to = {0};
		struct ip ip;
		int rc;

		if (table[i].ip) {
			assert_int_equal(ip_parse(span_cstr(table[i].ip), &ip), 0);
			rc = rdap_bootstrap_ip(span_cstr(ip_json), &ip, &to, NULL);
		} else {
			rc = rdap_bootstrap_asn(span_cstr(asn_json), table[i].asn, &to, NULL);
		}
		assert_int_equal(rc, table[i].rc);
		assert_span(buf_span(&to), table[i].url);
		buf_done(&to);
	}
	struct buf to = {0};

	assert_int_equal(rdap_bootstrap_asn(SPAN("{}"), 1, &to, NULL), -EBADMSG);
	assert_int_equal(rdap_bootstrap_asn(SPAN("[]"), 1, &to, NULL), -EBADMSG);
	buf_done(&to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(an_entity_may_be_elsewhere),
		cmocka_unit_test(hostile_answers_are_bounded),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(registries_are_found),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
