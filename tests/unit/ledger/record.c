#include "test.h"

#include "ledger/record.h"

#include <errno.h>
#include <jansson.h>

#define ID     "\"id\":\"AAECAwQFBgcICQoLDA0ODw\","
#define RAW    "\"raw\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
#define LOG    "\"logged\":1795435200,"
#define AT     "\"at\":1795435142,"
#define SURE   "\"confidence\":95,"
#define IP     "\"ip\":\"203.0.113.9\","
#define KIND   "\"kind\":\"spam\","
#define SIGHT  "\"schema\":\"sighting\",\"source\":\"mail\",\"v\":1"
#define REST   LOG SIGHT
#define SIGHT2 "\"schema\":\"sighting/2\",\"sure\":95"
#define LEADS  "\"leads\":[\"shop.example\",\"198.51.100.7\"],"
#define C      "\"schema\":\"campaign\",\"v\":1"

/* What is canonical, and within its bounds. */
static const char *const good[] = {
	"{" AT SURE ID IP KIND REST "}",
	"{\"advertises\":[\"shop.example\"]," AT
	"\"campaign\":\"c-0123456789ab\"," SURE ID IP KIND LOG RAW SIGHT "}",
	"{\"advertises\":[\"shop.example\",\"198.51.100.7\",\"2001:db8::1\",\"xn--80ak6aa92e."
	"example\"]," AT SURE ID IP KIND REST "}",
	"{" AT SURE ID IP KIND LOG "\"port\":25," SIGHT "}",
	"{" SURE "\"day\":\"2008-11-11\"," ID IP KIND REST "}",
	"{" AT SURE ID KIND LOG "\"prefix\":\"203.0.113.0/24\"," SIGHT "}",
	"{" AT SURE ID KIND LOG "\"prefix\":\"2001:db8::/32\"," SIGHT "}",
	"{" AT SURE ID "\"ip\":\"2001:db8::9\"," KIND REST "}",
	"{" AT SURE "\"domain\":\"evil.example\"," ID KIND REST "}",
	"{" AT "\"confidence\":1," ID IP "\"kind\":\"c2\"," LOG
	"\"schema\":\"sighting\",\"source\":\"a.b_c-9\",\"v\":1}",
	"{\"campaign\":\"c-1\"," ID "\"into\":\"c-2\"," LOG C "}",
	"{\"asn\":27595," ID LOG "\"name\":\"n-27595-20261123\",\"schema\":\"notice\",\"to\":27595,"
	"\"upstreams\":false,\"v\":1}",
	"{\"asn\":4294967295," ID LOG "\"name\":\"n\"," RAW "\"schema\":\"notice\",\"to\":1,"
	"\"upstreams\":true,\"v\":1}",
	"{" AT ID LOG "\"notice\":\"n-1\",\"schema\":\"answer\",\"v\":1,\"what\":\"acted\"}",
	"{" ID LOG "\"record\":0,\"schema\":\"erasure\",\"v\":1}",
	"{" ID LOG "\"record\":9007199254740991,\"schema\":\"erasure\",\"v\":1}",
	"{\"before\":1795435300," ID LOG "\"schema\":\"clock\",\"v\":1}",
	/* Version 2. */
	"{" AT ID IP KIND LOG SIGHT2 "}",
	"{" AT "\"campaign\":\"c-0123456789ab\"," ID IP KIND LEADS LOG RAW SIGHT2 "}",
	"{\"day\":\"2008-11-11\"," ID KIND LOG "\"port\":25,\"prefix\":\"203.0.113.0/24\","
	"\"schema\":\"sighting/2\",\"source\":\"a.b_c-9\",\"sure\":1}",
	"{\"campaign\":\"c-1\"," ID "\"into\":\"c-2\"," LOG "\"schema\":\"campaign/2\"}",
	"{\"asn\":27595," ID LOG "\"name\":\"n-1\",\"schema\":\"notice/2\",\"to\":27595,"
	"\"upstreams\":false}",
	"{" AT ID LOG "\"notice\":\"n-1\",\"schema\":\"answer/2\",\"what\":\"acted\"}",
	"{" ID LOG "\"record\":9007199254740991,\"schema\":\"erasure/2\"}",
	"{\"before\":1795435300," ID LOG "\"schema\":\"clock/2\"}",
};

static void what_is_read_gives_the_same_bytes(void **state)
{
	struct buf again = {0};
	struct record r;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (record_read(span_cstr(good[i]), NULL, &r, &err) < 0)
			fail_msg("%s: %s", good[i], err.text);
		buf_clear(&again);
		assert_int_equal(record_write(&r, &again, &err), 0);
		assert_span(buf_span(&again), good[i]);
	}
	buf_done(&again);
}

/* RFC 8785 by another's hand: of such values, JSON in order and compact is all that it asks. */
static void another_library_writes_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		json_t *read = json_loads(good[i], JSON_REJECT_DUPLICATES, NULL);
		char *written = json_dumps(read, JSON_COMPACT | JSON_SORT_KEYS);

		assert_non_null(written);
		assert_string_equal(written, good[i]);
		free(written);
		json_decref(read);
	}
}

static void every_part_is_read(void **state)
{
	struct record r;
	const struct sighting *s = &r.sighting;

	(void)state;
	assert_int_equal(record_read(span_cstr(good[1]), NULL, &r, NULL), 0);
	assert_int_equal(r.type, RECORD_SIGHTING);
	assert_int_equal(r.logged, 1795435200);
	for (int i = 0; i < RECORD_ID_BYTES; i++)
		assert_int_equal(r.id[i], i);
	assert_true(r.has_raw);
	assert_int_equal(s->at, 1795435142);
	assert_false(s->day_only);
	assert_int_equal(s->confidence, 95);
	assert_int_equal(s->kind, SIGHTING_SPAM);
	assert_int_equal(ip_v4(&s->where.ip), 0xcb007109);
	assert_int_equal(s->where.length, 32);
	assert_span(s->campaign, "c-0123456789ab");
	assert_span(s->source, "mail");
	assert_int_equal(s->advertises, 1);
	assert_span(s->advertised[0], "shop.example");
	assert_int_equal(r.version, 1);
	assert_int_equal(record_read(span_cstr(good[18]), NULL, &r, NULL), 0);
	assert_int_equal(r.version, 2);
	assert_int_equal(s->confidence, 95);
	assert_span(s->source, "mail");
	assert_int_equal(s->advertises, 2);
	assert_span(s->advertised[1], "198.51.100.7");
	assert_int_equal(record_read(span_cstr(good[19]), NULL, &r, NULL), 0);
	assert_span(s->source, "a.b_c-9");
	assert_int_equal(record_read(span_cstr(good[4]), NULL, &r, NULL), 0);
	assert_true(s->day_only);
	assert_int_equal(s->at, 14194 * 86400);
	assert_int_equal(record_read(span_cstr(good[12]), NULL, &r, NULL), 0);
	assert_int_equal(r.notice.asn, 4294967295u);
	assert_true(r.notice.to_upstreams);
	assert_int_equal(r.notice.to, 1);
	assert_int_equal(record_read(span_cstr(good[13]), NULL, &r, NULL), 0);
	assert_int_equal(r.answer.what, ANSWER_ACTED);
	assert_int_equal(r.answer.at, 1795435142);
}

/* What is refused, and what the sentence says of it. */
static const struct {
	const char *text, *says;
} bad[] = {
	{"", "not an object"},
	{"[]", "not an object"},
	{"{}", "not canonical"},
	{" {" AT SURE ID IP KIND REST "}", "not an object"},
	{"{" AT SURE ID IP KIND REST "} ", "at its end"},
	{"{" AT SURE ID IP KIND REST "}\n", "at its end"},
	{"{" AT SURE ID IP KIND REST, "at its end"},
	{"{" AT SURE ID IP KIND REST ",}", "not canonical"},
	{"{ " AT SURE ID IP KIND REST "}", "not canonical"},
	{"{\"at\": 1795435142," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{\"at\":01795435142," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{\"at\":1795435142.0," SURE ID IP KIND REST "}", "at its end"},
	{"{\"at\":1.795435142e9," SURE ID IP KIND REST "}", "at its end"},
	{"{\"at\":-1," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{\"at\":9007199254740992," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{\"at\":99999999999999999999999," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{\"at\":0," SURE ID IP KIND REST "}", "\"at\" is out of its bounds"},
	{"{\"at\":1," SURE ID IP KIND REST "}", "\"at\" is out of its bounds"},
	{"{\"at\":\"1795435142\"," SURE ID IP KIND REST "}", "\"at\" is of another type"},
	{"{\"at\":null," SURE ID IP KIND REST "}", "\"at\": not a value"},
	{"{" AT AT SURE ID IP KIND REST "}", "\"at\" stands twice or out of order"},
	{"{" SURE AT ID IP KIND REST "}", "\"at\" stands twice or out of order"},
	{"{" SURE ID IP KIND REST "}", "\"at\" is out of its bounds"},
	{"{" AT ID IP KIND REST "}", "\"confidence\" is missing"},
	{"{" AT SURE IP KIND REST "}", "\"id\" is missing"},
	{"{" AT SURE ID KIND REST "}", "\"domain\" is out of its bounds"},
	{"{" AT SURE ID IP REST "}", "\"kind\" is missing"},
	{"{" AT SURE ID IP KIND SIGHT "}", "\"logged\" is missing"},
	{"{" AT SURE ID IP KIND LOG "\"source\":\"mail\",\"v\":1}", "\"schema\" is missing"},
	{"{" AT SURE ID IP KIND LOG "\"schema\":\"sighting\",\"source\":\"mail\"}",
		"\"v\" is missing"},
	{"{" AT SURE ID IP KIND LOG "\"schema\":\"sighting\",\"v\":1}", "\"source\" is missing"},
	{"{" AT SURE ID IP KIND LOG "\"schema\":\"sight\",\"source\":\"mail\",\"v\":1}",
		"\"schema\" is not known"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/2\",\"source\":\"mail\",\"sure\":95}",
		"\"source\" \"mail\" is not written"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/3\",\"sure\":95}",
		"\"sighting\": this version is not known"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/1\",\"sure\":95}",
		"this version is not known"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/\",\"sure\":95}",
		"this version is not known"},
	{"{" AT ID IP KIND LOG SIGHT2 ",\"v\":2}", "\"v\" is not known"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/2\"}", "\"sure\" is missing"},
	{"{" AT ID IP KIND LOG "\"schema\":\"sighting/2\",\"sure\":0}",
		"\"sure\" is out of its bounds"},
	{"{" AT SURE ID IP KIND LOG SIGHT2 "}", "\"confidence\" is not known"},
	{"{" AT ID IP KIND LEADS LOG SIGHT "}", "\"confidence\" is missing"},
	{"{" ID LOG "\"record\":1,\"schema\":\"erasure\"}", "\"v\" is missing"},
	{"{" AT SURE ID IP KIND LOG "\"schema\":\"sighting\",\"source\":\"mail\",\"v\":2}",
		"\"v\": this version is not known"},
	{"{" AT SURE ID IP KIND LOG "\"rcpt\":\"you@b.example\"," SIGHT "}",
		"\"rcpt\" is not known"},
	{"{" AT SURE ID IP KIND REST ",\"zip\":\"1\"}", "\"zip\" is not known"},
	{"{\"aa\":1," AT SURE ID IP KIND REST "}", "\"aa\" is not known"},
	{"{" AT SURE ID IP "\"kind\":\"Spam\"," REST "}", "\"kind\" is not known"},
	{"{" AT "\"confidence\":0," ID IP KIND REST "}", "\"confidence\" is out of its bounds"},
	{"{" AT "\"confidence\":101," ID IP KIND REST "}", "\"confidence\" is out of its bounds"},
	{"{" AT SURE "\"day\":\"2008-11-11\"," ID IP KIND REST "}", "\"day\" stands beside"},
	{"{" SURE "\"day\":\"2008-02-30\"," ID IP KIND REST "}", "\"day\" is no day"},
	{"{" SURE "\"day\":\"20081111\"," ID IP KIND REST "}", "\"day\" is no day"},
	{"{" AT SURE ID "\"ip\":\"203.0.113.009\"," KIND REST "}", "\"ip\" is no address"},
	{"{" AT SURE ID "\"ip\":\"2001:DB8::9\"," KIND REST "}", "\"ip\" is no address"},
	{"{" AT SURE ID "\"ip\":\"::ffff:203.0.113.9\"," KIND REST "}", "\"ip\" is no address"},
	{"{" AT SURE ID IP KIND LOG "\"prefix\":\"10.0.0.0/8\"," SIGHT "}",
		"\"prefix\" stands beside"},
	{"{" AT SURE ID KIND LOG "\"prefix\":\"10.0.0.1/8\"," SIGHT "}", "\"prefix\" is no prefix"},
	{"{" AT SURE ID KIND LOG "\"prefix\":\"10.0.0.1/32\"," SIGHT "}",
		"\"prefix\" is no prefix"},
	{"{" AT SURE "\"domain\":\"evil.example\"," ID IP KIND REST "}",
		"\"domain\" is out of its bounds"},
	{"{" AT SURE "\"domain\":\"Evil.example\"," ID KIND REST "}",
		"\"domain\" is not such a name"},
	{"{" AT SURE "\"domain\":\"\"," ID KIND REST "}", "\"domain\" is not such a name"},
	{"{" AT SURE "\"domain\":\"a@b.example\"," ID KIND REST "}",
		"\"domain\" is not such a name"},
	{"{" AT SURE "\"domain\":\"evil.example/path\"," ID KIND REST "}",
		"\"domain\" is not such a name"},
	{"{\"advertises\":[]," AT SURE ID IP KIND REST "}", "\"advertises\": not a value"},
	{"{\"advertises\":[\"a\",\"b\",\"c\",\"d\",\"e\"]," AT SURE ID IP KIND REST "}",
		"\"advertises\" has more than 4 hosts"},
	{"{\"advertises\":[\"A\"]," AT SURE ID IP KIND REST "}",
		"\"advertises\" has what is no host"},
	{"{\"advertises\":[\"a\",]," AT SURE ID IP KIND REST "}", "\"advertises\": not a value"},
	{"{\"advertises\":[\"http://a.example/b\"]," AT SURE ID IP KIND REST "}",
		"\"advertises\" has what is no host"},
	{"{" AT "\"campaign\":\"\\u0061\"," SURE ID IP KIND REST "}", "\"campaign\": not a value"},
	{"{" AT "\"campaign\":\"a b\"," SURE ID IP KIND REST "}",
		"\"campaign\" is not such a name"},
	{"{" AT SURE "\"id\":\"AAECAwQFBgcICQoLDA0ODx\"," IP KIND REST "}",
		"\"id\" is not base64url"}, /* bits left over */
	{"{" AT SURE "\"id\":\"\xc1"
	 "AECAwQFBgcICQoLDA0ODw\"," IP KIND REST "}",
		"\"id\": not a value"}, /* which libsodium takes for 'A' */
	{"{" AT SURE "\"id\":\"AAECAwQFBgcICQoLDA0O\"," IP KIND REST "}",
		"\"id\" is not base64url"},
	{"{" AT SURE "\"id\":\"AAECAwQFBgcICQoLDA0ODw==\"," IP KIND REST "}",
		"\"id\" is not base64url"},
	{"{" AT SURE "\"id\":\"AAECAwQFBgcICQoLDA0OD+\"," IP KIND REST "}",
		"\"id\" is not base64url"},
	{"{" AT SURE ID IP KIND LOG "\"port\":0," SIGHT "}", "\"port\" is out of its bounds"},
	{"{" AT SURE ID IP KIND LOG "\"port\":65536," SIGHT "}", "\"port\" is out of its bounds"},
	{"{" AT SURE ID IP KIND LOG "\"schema\":\"sighting\",\"source\":\"My list\",\"v\":1}",
		"\"source\" is out of its bounds"},
	{"{" ID "\"into\":\"c-2\"," LOG C "}", "\"campaign\" is missing"},
	{"{\"asn\":0," ID LOG
	 "\"name\":\"n\",\"schema\":\"notice\",\"to\":1,\"upstreams\":true,\"v\":1}",
		"\"asn\" is out of its bounds"},
	{"{\"asn\":1," ID LOG
	 "\"name\":\"n\",\"schema\":\"notice\",\"to\":1,\"upstreams\":1,\"v\":1}",
		"\"upstreams\" is of another type"},
	{"{" AT ID LOG "\"notice\":\"n-1\",\"schema\":\"answer\",\"v\":1,\"what\":\"maybe\"}",
		"\"what\" is not known"},
	{"{\"\\u0000\":1," AT SURE ID IP KIND REST "}", "not canonical"},
	{"{\"\x1b[2J\":1," AT SURE ID IP KIND REST "}", "not canonical"},
	{"{\"<script>\":1," AT SURE ID IP KIND REST "}", "\"(?)\" is not known"},
};

static void what_is_refused_is_named(void **state)
{
	struct record r = {.logged = 7};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (record_read(span_cstr(bad[i].text), NULL, &r, &err) != -EINVAL)
			fail_msg("taken: %s", bad[i].text);
		if (!strstr(err.text, bad[i].says))
			fail_msg("%s\n  says: %s\n  should say: %s", bad[i].text, err.text,
				bad[i].says);
	}
	assert_int_equal(r.logged, 7);
}

/* A record that is cut off anywhere, or has one byte more, is never taken for another. */
static void no_beginning_of_a_record_is_one(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		for (size_t n = 0; n < strlen(good[i]); n++)
			assert_int_equal(
				record_read((struct span){good[i], n}, NULL, &r, NULL), -EINVAL);
}

static void what_is_out_of_bounds_is_not_written(void **state)
{
	struct ip ip = ip_from_v4(0x01020304);
	struct record fine = {.type = RECORD_SIGHTING,
		.sighting = {.at = 1795435142,
			.confidence = 1,
			.source = SPAN("mail"),
			.where = prefix_of(&ip, 32)}};
	struct buf b = {0};
	struct err err;

	(void)state;
	assert_int_equal(record_write(&fine, &b, &err), 0);
	buf_clear(&b);
#define REFUSES(change, field)                                                                     \
	do {                                                                                       \
		struct record r = fine;                                                            \
		change;                                                                            \
		assert_int_equal(record_write(&r, &b, &err), -EINVAL);                             \
		assert_non_null(strstr(err.text, "\"" field "\""));                                \
	} while (0)
	REFUSES(r.type = RECORD_TYPES, "schema");
	REFUSES(r.logged = -1, "logged");
	REFUSES(r.logged = RECORD_TIME_MOST + 1, "logged");
	REFUSES(r.sighting.at = -5, "at");
	REFUSES(r.sighting.day_only = true, "day");
	REFUSES(r.sighting.kind = SIGHTING_KINDS, "kind");
	REFUSES(r.version = 3, "schema");
	REFUSES(r.sighting.confidence = 0, "sure");
	REFUSES((r.version = 1, r.sighting.confidence = 0), "confidence");
	REFUSES(r.sighting.source = SPAN(""), "source");
	REFUSES(r.sighting.source = SPAN("a\"b"), "source");
	REFUSES(r.sighting.where.length = 24, "prefix"); /* bits beyond it are set */
	REFUSES(r.sighting.campaign = SPAN("c 1"), "campaign");
	REFUSES(r.sighting.campaign = SPAN("c-\0"), "campaign");
	REFUSES((r.sighting.advertised[0] = SPAN("x/y"), r.sighting.advertises = 1), "leads");
	REFUSES(r.sighting.advertises = 5, "leads");
	REFUSES((r.type = RECORD_CLOCK, r.clock.before = -1), "before");
	REFUSES((r.type = RECORD_ERASURE, r.erasure.record = 1ULL << 53), "record");
#undef REFUSES
	assert_int_equal(b.n, 0);
	buf_done(&b);
}

/* The largest that there can be, and that of a common mail. */
static void a_record_is_small(void **state)
{
	char name[254];
	struct record r = {.type = RECORD_SIGHTING,
		.logged = RECORD_TIME_MOST,
		.has_raw = true,
		.sighting = {.at = 7258118399, .confidence = 100, .port = 65535, .advertises = 4}};
	struct buf b = {0};
	struct record back;

	(void)state;
	memset(name, 'a', sizeof(name));
	r.sighting.domain = (struct span){name, 253};
	r.sighting.source = (struct span){name, SIGHTING_SOURCE_MOST};
	r.sighting.campaign = (struct span){name, RECORD_CAMPAIGN_MOST};
	for (int i = 0; i < 4; i++)
		r.sighting.advertised[i] = (struct span){name, 253};
	assert_int_equal(record_write(&r, &b, NULL), 0);
	assert_true(b.n < 1700);
	assert_int_equal(record_read(buf_span(&b), NULL, &back, NULL), 0);
	buf_done(&b);
	r.sighting.domain.n = 254;
	assert_int_equal(record_write(&r, &b, NULL), -EINVAL);
	/* On disk 34 bytes of hashes and lengths come to it. */
	assert_true(strlen("{" AT "\"campaign\":\"c-0123456789ab\"," ID IP KIND LEADS LOG RAW SIGHT2
			   "}") <= 266);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_gives_the_same_bytes),
		cmocka_unit_test(another_library_writes_the_same_bytes),
		cmocka_unit_test(every_part_is_read),
		cmocka_unit_test(what_is_refused_is_named),
		cmocka_unit_test(no_beginning_of_a_record_is_one),
		cmocka_unit_test(what_is_out_of_bounds_is_not_written),
		cmocka_unit_test(a_record_is_small),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
