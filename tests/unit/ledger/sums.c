/* Folders whose sums are signed: what was changed is named, whatever it is. */
#include "test.h"

#include "base/file.h"
#include "ledger/sums.h"
#include "ledger/tlog.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"case.html", "records/1.json", "records/1.tlog-proof", "key"};
#define FILES (sizeof(files) / sizeof(*files))

static char folder[32];
static struct note_signer signer;
static struct buf told;

static const char *path_of(const char *name)
{
	static char path[512];

	strcpy(path, folder);
	strcat(path, "/");
	return strcat(path, name);
}

static void put(const char *name, struct span bytes)
{
	FILE *f = fopen(path_of(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

static void sign(const char *name, struct span text)
{
	struct buf note = {0};

	note_sign(&signer, text, &note);
	put(name, buf_span(&note));
	buf_done(&note);
}

static int set_up(void **state)
{
	struct buf sums = {0};
	const uint8_t seed[32] = "seed";

	(void)state;
	strcpy(folder, "/tmp/cordon-sums.XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(file_make_folder(path_of("records"), NULL), 0);
	assert_int_equal(note_signer_make("example.org/log", seed, &signer), 0);
	for (size_t i = 0; i < FILES; i++) {
		put(files[i], span_cstr(files[i]));
		sums_add(&sums, files[i], span_cstr(files[i]));
	}
	put(SUMS_FILE, buf_span(&sums));
	sign(SUMS_NOTE, buf_span(&sums));
	buf_done(&sums);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	buf_done(&told);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void tell(void *context, bool known, const char *name, const char *what)
{
	(void)context;
	buf_printf(&told, "%s%s %s;", known ? "" : "extra ", name, what);
}

static int check_of(const char *path, struct sums_report *r, struct err *err)
{
	const struct sums_options options = {tell, NULL};

	buf_clear(&told);
	*err = (struct err){""};
	return sums_check(path, &signer.key, &options, NULL, r, err);
}

static void told_is(const char *text)
{
	assert_span(buf_span(&told), text);
}

static void a_whole_folder_holds(void **state)
{
	struct sums_report r;
	struct err err;
	struct buf sums = {0};

	(void)state;
	assert_int_equal(check_of(folder, &r, &err), 0);
	told_is("");
	assert_int_equal(r.files, FILES + 1); /* the sums too */
	assert_int_equal(r.changed + r.unsigned_, 0);
	assert_true(r.whole);
	/* As sha256sum has it. */
	assert_int_equal(sums_check(folder, &signer.key, NULL, &sums, &r, &err), 0);
	assert_true(
		span_starts(buf_span(&sums), SPAN("c355e195fc240d4214230a835a6941b5aaf3fe0bd799df9"
						  "23b46f1a8ae9f76c7  case.html\n")));
	assert_true(sums_has(buf_span(&sums), "records/1.json"));
	assert_false(sums_has(buf_span(&sums), "1.json"));
	buf_done(&sums);
}

static void a_flipped_byte_of_any_file_is_named(void **state)
{
	struct sums_report r;
	struct err err;

	(void)state;
	for (size_t i = 0; i < FILES; i++)
		for (size_t at = 0; at < strlen(files[i]); at++) {
			char text[64], want[128];

			strcpy(text, files[i]);
			text[at] ^= 1;
			put(files[i], span_cstr(text));
			assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
			snprintf(want, sizeof(want), "%s was changed: it is not what was signed;",
				files[i]);
			told_is(want);
			assert_int_equal(r.changed, 1);
			assert_non_null(strstr(err.text, "1 of 5 files is not what was signed"));
			put(files[i], span_cstr(files[i]));
		}
	assert_int_equal(check_of(folder, &r, &err), 0);
}

static void a_flipped_byte_of_note_or_sums_is_told(void **state)
{
	struct buf note = {0}, sums = {0};
	struct sums_report r;
	struct err err;

	(void)state;
	assert_int_equal(file_read(path_of(SUMS_NOTE), NOTE_MOST, &note, NULL), 0);
	for (size_t at = 0; at < note.n; at++) {
		note.p[at] ^= 1;
		put(SUMS_NOTE, buf_span(&note));
		assert_true(check_of(folder, &r, &err) < 0);
		assert_non_null(strstr(err.text, SUMS_NOTE));
		note.p[at] ^= 1;
	}
	put(SUMS_NOTE, buf_span(&note));
	assert_int_equal(file_read(path_of(SUMS_FILE), NOTE_MOST, &sums, NULL), 0);
	sums.p[sums.n / 2] ^= 1;
	put(SUMS_FILE, buf_span(&sums));
	assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
	told_is("SHA256SUMS was changed: it is not what was signed;");
	buf_done(&note);
	buf_done(&sums);
}

static void what_is_missing_or_no_file_is_named(void **state)
{
	struct sums_report r;
	struct err err;

	(void)state;
	unlink(path_of("key"));
	assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
	told_is("key is missing;");
	assert_int_equal(mkfifo(path_of("key"), 0600), 0);
	assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
	told_is("key is no plain file;");
	unlink(path_of("key"));
	assert_int_equal(symlink("case.html", path_of("key")), 0);
	assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
	told_is("key is no plain file;");
	unlink(path_of(SUMS_NOTE));
	assert_int_equal(check_of(folder, &r, &err), -ENOENT);
	assert_non_null(strstr(err.text, "nobody signed"));
}

static void what_nobody_signed_is_named(void **state)
{
	struct sums_report r;
	struct err err;

	(void)state;
	put("records/2.json", SPAN("x"));
	assert_int_equal(check_of(folder, &r, &err), 0);
	told_is("extra records/2.json is not of it: nobody signed it;");
	assert_int_equal(r.unsigned_, 1);
}

/* A signer's own mistake, or a stolen key, leads nowhere outside. */
static void names_that_lead_out_are_refused(void **state)
{
	static const char *const names[] = {"/etc/passwd", "../key", "records/../../key", "a//b",
		"./key", "records/", "a\\b", ""};
	struct sums_report r;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct buf sums = {0};

		sums_add(&sums, names[i], SPAN("x"));
		sign(SUMS_NOTE, buf_span(&sums));
		assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
		assert_non_null(strstr(err.text, "no sums of files"));
		told_is("");
		buf_done(&sums);
	}
	sign(SUMS_NOTE, SPAN("example.org/log\n1\nAAAA\n")); /* a checkpoint is no case */
	assert_int_equal(check_of(folder, &r, &err), -EBADMSG);
}

static void a_note_of_another_name_speaks_of_files_beside_it(void **state)
{
	struct sums_report r;
	struct err err;
	struct buf sums = {0};

	(void)state;
	sums_add(&sums, "case.html", SPAN("case.html"));
	sign("some.note", buf_span(&sums));
	buf_done(&sums);
	assert_int_equal(check_of(path_of("some.note"), &r, &err), 0);
	assert_int_equal(r.files, 1);
	assert_false(r.whole);
	put("case.html", SPAN("else"));
	assert_int_equal(check_of(path_of("some.note"), &r, &err), -EBADMSG);
	told_is("case.html was changed: it is not what was signed;");
}

static void another_key_did_not_sign(void **state)
{
	struct note_signer other;
	const uint8_t seed[32] = "other";
	struct sums_report r;
	struct err err;

	(void)state;
	assert_int_equal(note_signer_make("example.org/log", seed, &other), 0);
	assert_int_equal(sums_check(folder, &other.key, NULL, NULL, &r, &err), -ENOKEY);
	assert_int_equal(r.files, 0);
}

static void a_log_signs_for_writer_and_reader_but_no_checkpoint(void **state)
{
	char log[48], secret[64];
	struct tlog *t;
	struct err err;
	struct buf a = {0}, b = {0};

	(void)state;
	snprintf(log, sizeof(log), "%s/log", folder);
	snprintf(secret, sizeof(secret), "%s/secret", log);
	assert_int_equal(tlog_open(log, TLOG_WRITE, "example.org/log", &t, &err), 0);
	assert_int_equal(tlog_append(t, &SPAN("x"), 1, NULL, &err), 0);
	assert_int_equal(tlog_sign(t, SPAN("sums\n"), &a, &err), 0);
	assert_int_equal(tlog_sign(t, SPAN("example.org/log\n9\nAAAA\n"), &b, &err), -EINVAL);
	assert_int_equal(tlog_sign(t, SPAN("no end"), &b, &err), -EINVAL);
	assert_int_equal(tlog_sign(t, SPAN(""), &b, &err), -EINVAL);
	tlog_close(t);
	assert_int_equal(tlog_open(log, TLOG_READ, NULL, &t, &err), 0);
	assert_int_equal(tlog_sign(t, SPAN("sums\n"), &b, &err), 0);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	assert_int_equal(tlog_sign(t, SPAN("example.org/log\n"), &b, &err), -EINVAL);
	assert_int_equal(file_replace(secret, &SPAN("nothing\n"), 1, NULL), 0);
	assert_int_equal(tlog_sign(t, SPAN("sums\n"), &b, &err), -EBADMSG);
	unlink(secret);
	assert_int_equal(tlog_sign(t, SPAN("sums\n"), &b, &err), -ENOENT);
	tlog_close(t);
	buf_done(&a);
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_folder_holds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_flipped_byte_of_any_file_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_flipped_byte_of_note_or_sums_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_missing_or_no_file_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_nobody_signed_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_that_lead_out_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_note_of_another_name_speaks_of_files_beside_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_key_did_not_sign, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_log_signs_for_writer_and_reader_but_no_checkpoint, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
