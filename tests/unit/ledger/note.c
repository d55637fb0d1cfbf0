/* Signed notes: what Go's golang.org/x/mod/sumdb/note documents, and everything that is none. */
#include "test.h"

#include <errno.h>

#include "ledger/note.h"

#define DASH "\xe2\x80\x94 "

/* The example of the Go package's documentation. */
#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SKEY "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define TEXT                                                                                       \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define SIG                                                                                        \
	DASH "PeterNeumann "                                                                       \
	     "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"            \
	     "otpRZb6KE6RyyBwJnAM=\n"
#define OTHER DASH "somebody.example AAAAAAAA\n"

static struct note_key peter(void)
{
	struct note_key k;

	assert_int_equal(note_key_parse(SPAN(VKEY), &k, NULL), 0);
	return k;
}

static void known(void **state)
{
	struct note_key k = peter();
	struct note_signer s;
	struct span text;
	struct buf note = {0};
	struct err err = {""};
	char to[256];

	(void)state;
	assert_string_equal(note_key_format(&k, to), VKEY);
	assert_int_equal(note_open(SPAN(TEXT "\n" SIG), &k, &text, &err), 0);
	assert_span(text, TEXT);
	assert_int_equal(note_signer_parse(SPAN(SKEY "\n"), &s, &err), 0);
	assert_memory_equal(&s.key, &k, sizeof(k));
	note_signer_format(&s, to);
	assert_string_equal(to, SKEY);
	note_sign(&s, SPAN(TEXT), &note);
	assert_span(buf_span(&note), TEXT "\n" SIG);
	buf_done(&note);
	note_signer_done(&s);
}

static void opens(void **state)
{
	static const struct {
		struct span note;
		int rc;
	} table[] = {
		{SPAN(TEXT "\n" OTHER SIG), 0},
		{SPAN(TEXT "\n" SIG OTHER), 0},
		{SPAN(TEXT "\n" SIG SIG), 0},
		{SPAN(TEXT "\n" OTHER), -ENOKEY},
		/* the name with another hash, the hash with another name */
		{SPAN(TEXT "\n" DASH "PeterNeumann AAAAAAAA\n"), -ENOKEY},
		{SPAN(TEXT "\n" DASH "PeterNeuman x08go/ZJkuBS\n"), -ENOKEY},
		/* name and hash, another signature */
		{SPAN(TEXT "\n" DASH "PeterNeumann x08go/ZJkuBS\n"), -EKEYREJECTED},
		{SPAN("x" TEXT "\n" SIG), -EKEYREJECTED},
		{SPAN(TEXT "\n" SIG DASH "PeterNeumann x08go/ZJkuBS\n"), -EKEYREJECTED},
		{SPAN(""), -EBADMSG},
		{SPAN("\n"), -EBADMSG},
		{SPAN("\n\n"), -EBADMSG},
		{SPAN(TEXT), -EBADMSG},
		{SPAN(TEXT "\n"), -EBADMSG},
		{SPAN(TEXT SIG), -EBADMSG},
		{SPAN(TEXT "\n" SIG "\n"), -EBADMSG},
		{SPAN(TEXT "\n" SIG "x"), -EBADMSG},
		{SPAN(TEXT "\n" SIG "x\n"), -EBADMSG},
		{SPAN(TEXT "\n" DASH "a AAAAAAA\n" SIG), -EBADMSG},  /* no padding */
		{SPAN(TEXT "\n" DASH "a AAAAAAB=\n" SIG), -EBADMSG}, /* bits behind the end */
		{SPAN(TEXT "\n" DASH "a AAAA\n" SIG), -EBADMSG},     /* no hash */
		{SPAN(TEXT "\n" DASH " AAAAAAAA\n" SIG), -EBADMSG},
		{SPAN(TEXT "\n" DASH "a+b AAAAAAAA\n" SIG), -EBADMSG},
		{SPAN(TEXT "\n" DASH "a AAAAAAAA \n" SIG), -EBADMSG},
		{SPAN("a\tb\n" TEXT "\n" SIG), -EBADMSG},
		{SPAN("a\r\n" TEXT "\n" SIG), -EBADMSG},
		{SPAN("\xff\n" TEXT "\n" SIG), -EBADMSG},
	};
	struct note_key k = peter();

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct err err = {""};
		struct span text = SPAN("untouched");
		int rc = note_open(table[i].note, &k, &text, &err);

		if (rc != table[i].rc)
			print_error("case %zu: %d, %s\n", i, rc, err.text);
		assert_int_equal(rc, table[i].rc);
		assert_int_equal(rc < 0, err.text[0] != '\0');
		if (rc < 0)
			assert_span(text, "untouched");
	}
}

/* The text may hold empty lines: the last one parts. */
static void empty_lines(void **state)
{
	struct note_signer s;
	struct buf note = {0};
	struct span text;
	uint8_t seed[32] = {7};

	(void)state;
	assert_int_equal(note_signer_make("é.example/x", seed, &s), 0);
	note_sign(&s, SPAN("\n\na\n\n\nb\n\n"), &note);
	assert_int_equal(note_open(buf_span(&note), &s.key, &text, NULL), 0);
	assert_span(text, "\n\na\n\n\nb\n\n");
	/* every byte counts */
	for (size_t i = 0; i < note.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			note.p[i] ^= (char)(1 << bit);
			assert_true(note_open(buf_span(&note), &s.key, &text, NULL) < 0);
			note.p[i] ^= (char)(1 << bit);
		}
	buf_done(&note);
	note_signer_done(&s);
}

static void many_signatures(void **state)
{
	struct note_key k = peter();
	struct span text;
	struct buf note = {0};

	(void)state;
	for (int n = 63; n <= 64; n++) {
		buf_clear(&note);
		buf_str(&note, TEXT "\n");
		for (int i = 0; i < n; i++)
			buf_str(&note, OTHER);
		buf_str(&note, SIG);
		assert_int_equal(
			note_open(buf_span(&note), &k, &text, NULL), n == 63 ? 0 : -EBADMSG);
	}
	buf_done(&note);
}

static void keys(void **state)
{
	static const char *const bad[] = {"", "a", "a+", "a+c74f20a3+", "+c74f20a3+AR",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+Axpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", VKEY "A",
		VKEY "+", SKEY};
	static const char *const names[] = {
		"", "a b", "a+b", "a\nb", "a\302\240b", "a\xe3\x80\x80", "\xff"};
	uint8_t seed[32] = {0};
	char name[NOTE_NAME_MOST + 2], text[256];
	struct note_signer s;
	struct note_key k;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(note_key_parse(span_cstr(bad[i]), &k, &err), -EINVAL);
	assert_int_equal(note_signer_parse(SPAN(VKEY), &s, &err), -EINVAL);
	assert_int_equal(note_signer_parse(SPAN("PRIVATE+KEY+" VKEY), &s, &err), -EINVAL);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(note_signer_make(names[i], seed, &s), -EINVAL);
	memset(name, 'n', sizeof(name));
	name[NOTE_NAME_MOST + 1] = '\0';
	assert_int_equal(note_signer_make(name, seed, &s), -EINVAL);
	name[NOTE_NAME_MOST] = '\0';
	assert_int_equal(note_signer_make(name, seed, &s), 0);
	assert_int_equal(note_key_parse(span_cstr(note_key_format(&s.key, text)), &k, &err), 0);
	assert_memory_equal(&k, &s.key, sizeof(k));
	note_signer_format(&s, text);
	assert_int_equal(note_signer_parse(span_cstr(text), &s, &err), 0);
	note_signer_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(opens),
		cmocka_unit_test(empty_lines),
		cmocka_unit_test(many_signatures),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
