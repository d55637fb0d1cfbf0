#include "sample_index.h"

#include "base/file.h"
#include "case/case_json.h"
#include "case/case_points.h"
#include "case/case_read.h"
#include "case/case_write.h"

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOSTILE                                                                                    \
	"</table><script>alert(1)</script><img src=x onerror=\"a()\">' \xe2\x80\xae"               \
	"gnp.exe\x1b[2J\xff\x01 http://evil.example/a@b"

/* A case of the sample with everything that others add, all of it hostile. */
static void fill(struct case_file *c, sqlite3 *db, bool hostile)
{
	static const struct case_hurt hurt[] = {{{64506, SPAN(HOSTILE)}, SPAN("lost"), 1, 0.125}};
	static const struct case_ranked ranked[] = {
		{{64511, SPAN("Silverstrand")}, 300, 2, 1.5, 3, 4, false},
		{{64505, SPAN(HOSTILE)}, 512, 1.23456, 0.5, 3, 5, true}};
	static const struct case_other upstream[] = {{64507, SPAN(HOSTILE)}, {65544, {NULL, 0}}};
	static const struct span prefix[] = {{"198.51.100.0/24", 15}};
	const struct case_asked asked = {.asn = 64505, .day = -1};
	struct err err = {""};
	uint64_t *seq;

	if (hostile) {
		sqlite3_stmt *s;

		assert_int_equal(
			sqlite3_prepare_v2(db, "UPDATE host SET name = ?1 || id", -1, &s, NULL),
			SQLITE_OK);
		sqlite3_bind_text(s, 1, HOSTILE, -1, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(s), SQLITE_DONE);
		sqlite3_finalize(s);
	}
	sample_led(db);
	assert_int_equal(case_read(db, &asked, c, &err), 0);
	c->network = (struct case_network){.holder = SPAN(HOSTILE),
		.announces = true,
		.v4_prefixes = 2,
		.v4_addresses = 512,
		.prefix = prefix,
		.prefixes = 1,
		.prefixes_all = 2,
		.upstream = upstream,
		.upstreams = 2,
		.table = {true, SPAN(HOSTILE), SPAN("terms"), SAMPLE_DAY - 3, 3, false},
		.graph = {true, SPAN("as-rel"), {0}, SAMPLE_DAY, 0, false}};
	c->rank = (struct case_rank){.present = true,
		.place = 2,
		.networks = 9,
		.window = 90,
		.row = ranked,
		.rows = 2,
		.stay = 3.25,
		.stay_low = 1,
		.stay_high = 9};
	c->depeer = (struct case_depeer){.present = true,
		.verdict = SPAN(HOSTILE),
		.hurt_words = SPAN("1 network cut off as well."),
		.hurt = hurt,
		.nhurt = 1,
		.hurt_all = 1};
	if (hostile)
		c->campaign[0].subject = c->campaign[0].mailer = c->campaign[0].template_ =
			SPAN(HOSTILE);
	c->key = SPAN("test+01234567+AAAA");
	c->checkpoint = SPAN("test\n15\nAAAA\n\n\xe2\x80\x94 test AAAA\n");
	assert_int_equal(case_cited(c, &seq, &c->nrecord), 0);
	c->record = arena_zalloc(&c->memory, c->nrecord, sizeof(*c->record));
	for (size_t i = 0; i < c->nrecord; i++)
		c->record[i] = (struct case_record){seq[i], SPAN("{\"a\":\"<script>\"}"),
			SPAN("c2sp.org/tlog-proof@v1\nindex 1\n")};
	free(seq);
}

static json_t *json_of(const struct case_file *c)
{
	struct buf b = {0};

	assert_int_equal(case_json(&b, c), 0);
	json_t *j = json_loadb(b.p, b.n, 0, NULL);

	assert_non_null(j);
	buf_done(&b);
	return j;
}

static void json_says_what_was_counted(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	fill(&c, db, false);
	json_t *j = json_of(&c), *all = json_object_get(j, "all");

	assert_int_equal(json_integer_value(json_object_get(j, "asn")), 64505);
	assert_int_equal(json_integer_value(json_object_get(all, "sightings")), 9);
	assert_int_equal(json_array_size(json_object_get(j, "records")), 13);
	json_t *led = json_object_get(j, "led");

	assert_int_equal(json_integer_value(json_object_get(led, "sightings")), 3);
	assert_int_equal(json_array_size(json_object_get(led, "led_to")), 2);
	assert_int_equal(json_array_size(json_object_get(j, "kinds")), 3);
	json_t *row = json_array_get(json_object_get(json_object_get(j, "rank"), "of_its_size"), 1);

	assert_true(json_real_value(json_object_get(row, "badness")) == 1.2346);
	assert_true(json_is_integer(json_object_get(row, "high")));
	json_decref(j);
	case_done(&c);
	sqlite3_close(db);
}

/* Every record that any claim shows is among the records. */
static void check_shown(json_t *j, json_t *records)
{
	const char *key;
	json_t *v;
	size_t i, k;

	if (json_is_array(j))
		json_array_foreach(j, i, v) check_shown(v, records);
	if (!json_is_object(j))
		return;
	json_t *shown = json_object_get(j, "shown");

	json_array_foreach(shown, i, v)
	{
		bool found = false;
		json_t *r;

		json_array_foreach(records, k, r) found |=
			json_equal(json_object_get(r, "record"), v);
		assert_true(found);
	}
	json_object_foreach(j, key, v) check_shown(v, records);
}

static void every_claim_has_its_records(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;

	(void)state;
	fill(&c, db, false);
	json_t *j = json_of(&c);

	check_shown(j, json_object_get(j, "records"));
	json_decref(j);
	case_done(&c);
	sqlite3_close(db);
}

static void read_back(const char *folder, const char *name, struct buf *to)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_read(path, (size_t)16 << 20, to, NULL), 0);
	buf_byte(to, '\0');
	to->n--;
}

static void write_into(const char *folder, bool hostile)
{
	sqlite3 *db = sample_index();
	struct case_file c;
	struct err err = {""};

	fill(&c, db, hostile);
	assert_int_equal(case_write(folder, &c, &err), 0);
	assert_string_equal(err.text, "");
	case_done(&c);
	sqlite3_close(db);
}

static void hostile_text_never_breaks_out(void **state)
{
	char folder[] = "/tmp/cordon-case.XXXXXX";
	struct buf html = {0}, pdf = {0}, json = {0};

	(void)state;
	assert_non_null(mkdtemp(folder));
	write_into(folder, true);
	read_back(folder, "case.html", &html);
	read_back(folder, "case.pdf", &pdf);
	read_back(folder, "case.json", &json);
	assert_null(strstr(html.p, "<script"));
	assert_null(strstr(html.p, "<img"));
	assert_null(strstr(html.p, "\x1b"));
	assert_null(strstr(html.p, "\xe2\x80\xae"));
	assert_non_null(strstr(html.p, "hxxp://evil[.]example/a[@]b"));
	assert_true(span_find(buf_span(&pdf), SPAN("JavaScript")) < 0);
	assert_null(strstr(json.p, "\x1b"));
	if (getenv("LOOK")) {
		char command[600];

		snprintf(command, sizeof(command), "cp -r %s %s", folder, getenv("LOOK"));
		assert_int_equal(system(command), 0);
	}
	buf_done(&html);
	buf_done(&pdf);
	buf_done(&json);
	char command[100];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void same_ledger_same_bytes(void **state)
{
	static const char *const files[] = {"case.html", "case.pdf", "case.json", "records.txt",
		"SHA256SUMS", "key", "checkpoint", "records/3.json", "records/3.tlog-proof"};
	char a[] = "/tmp/cordon-case.XXXXXX", b[] = "/tmp/cordon-case.XXXXXX", command[100];

	(void)state;
	assert_non_null(mkdtemp(a));
	assert_non_null(mkdtemp(b));
	write_into(a, false);
	write_into(b, false);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct buf x = {0}, y = {0};

		read_back(a, files[i], &x);
		read_back(b, files[i], &y);
		assert_true(x.n > 0 && span_eq(buf_span(&x), buf_span(&y)));
		buf_done(&x);
		buf_done(&y);
	}
	snprintf(command, sizeof(command), "rm -r %s %s", a, b);
	assert_int_equal(system(command), 0);
}

static void note_name(void *context, const char *name, struct span words)
{
	struct buf *names = context;

	assert_true(words.n > 10 && words.p[words.n - 1] == '.');
	buf_printf(names, "%s ", name);
}

static void points_hold_when_their_numbers_do(void **state)
{
	sqlite3 *db = sample_index();
	struct case_file c;
	struct buf names = {0};

	(void)state;
	fill(&c, db, false);
	assert_int_equal(case_points_for(&c, note_name, &names), 4);
	assert_span(buf_span(&names), "gone-quickly few-left answers may-be-usual ");
	buf_clear(&names);
	/* Nor does it speak for it that its sources say nothing of anybody any more. */
	c.looking = 0;
	case_points_for(&c, note_name, &names);
	assert_span(buf_span(&names), "gone-quickly answers may-be-usual ");
	buf_clear(&names);
	c.looking = 2;
	/* What nobody looked at again may be there still. */
	for (size_t k = 0; k < c.sources; k++)
		c.source[k].days = 1;
	case_points_for(&c, note_name, &names);
	assert_span(buf_span(&names), "answers may-be-usual ");
	buf_clear(&names);
	for (size_t k = 0; k < c.sources; k++)
		c.source[k].days = 2;
	case_points_unknown(&c, note_name, &names);
	assert_span(buf_span(&names),
		"truth-of-sources not-witnessed table-days-off day-only network-not-known "
		"led-by-name whole-prefixes sampling records-not-shown clock ");
	buf_done(&names);
	case_done(&c);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_says_what_was_counted),
		cmocka_unit_test(every_claim_has_its_records),
		cmocka_unit_test(hostile_text_never_breaks_out),
		cmocka_unit_test(same_ledger_same_bytes),
		cmocka_unit_test(points_hold_when_their_numbers_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
