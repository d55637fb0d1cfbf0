/* A list, a table, JSON and mail while memory runs short: told, nothing leaked. */
#include "short_memory.h"

#include "feed_sink.h"

#include <unistd.h>

char *__wrap_strdup(const char *s);

/* The C library's own would not be counted when it is given back. */
char *__wrap_strdup(const char *s)
{
	char *p = malloc(strlen(s) + 1);

	return p ? strcpy(p, s) : NULL;
}

static char folder[64];

static const char *const texts[] = {
	"192.0.2.1\nhxxp://bad[.]example/\nM\xc3\xbcnchen.example\n",
	"ip,port,type\n\"192.0.2.1\",80,c2\n",
	"{\"ip\":\"192.0.2.1\",\"tags\":[\"c2\"],\"port\":80}\n{\"xarf_version\":\"4.0.0\","
	"\"type\":"
	"\"phishing\",\"source_identifier\":\"192.0.2.1\",\"url\":\"http://a.bad.example/\"}",
	"From: fbl@provider.example\nContent-Type: multipart/report; boundary=b\n\n"
	"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
	"Reported-URI: http://bad.example/\n\n"
	"--b\nContent-Type: message/rfc822\n\n"
	"Received: from x ([192.0.2.7]) by y; Mon, 23 Nov 2026 10:00:00 +0000\n\nx\n--b--\n",
};

#define FILES (sizeof(texts) / sizeof(*texts))

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test-feed-memory.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	for (size_t i = 0; i < FILES; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%zu", folder, i);
		FILE *f = fopen(path, "w");

		if (!f || fputs(texts[i], f) < 0 || fclose(f) != 0)
			return -1;
	}
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

/* One file, of the number in raw. */
static int once(struct span raw)
{
	struct feed_sink k = {.count_only = true};
	struct feed_options o = feed_sink_options(&k);
	struct feed_report r = {0};
	struct err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/%.*s", folder, SPAN_ARG(raw));
	int rc = feed_read(path, &o, &r, &err);

	assert_true(rc < 0 || k.n > 0);
	feed_sink_done(&k);
	return rc;
}

static void short_memory_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < FILES; i++) {
		char number[2] = {(char)('0' + i), '\0'};

		assert_int_equal(once(span_cstr(number)), 0); /* what is made once and kept */
		assert_true(fail_each(once, span_cstr(number), false) > 2);
		assert_true(fail_each(once, span_cstr(number), true) > 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
