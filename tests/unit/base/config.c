#include "test.h"

#include "base/config.h"

#include <errno.h>
#include <unistd.h>

static char path[] = "/tmp/cordon-config-XXXXXX";
static struct err err;

/* Reads a configuration of that text; its file is gone afterwards. */
static int read_text(const char *text, size_t n, struct config *c)
{
	strcpy(strrchr(path, '-'), "-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	int rc = config_read(path, c, &err);

	unlink(path);
	return rc;
}

static void settings_are_read(void **state)
{
	const char text[] = "# ours\nham_loss = 0.01 # one in a hundred\n"
			    "state = \"/a#b//c\" // where\n/* two\nlines */\n"
			    "relays = {\"192.0.2.1\", \"2001:db8::/32\"}\n"
			    "relay_names = {'.example.com'}\n"
			    "ledger_name = \"mx.example.com/cordon\"\nkeep_raw_days = -1\n";
	struct config c;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &c), 0);
	assert_true(c.ham_loss == 0.01);
	assert_string_equal(c.state, "/a#b//c");
	assert_int_equal(c.nets, 2);
	assert_string_equal(c.relay_nets[1], "2001:db8::/32");
	assert_int_equal(c.names, 1);
	assert_string_equal(c.relay_names[0], ".example.com");
	assert_string_equal(c.ledger_name, "mx.example.com/cordon");
	assert_int_equal(c.keep_raw_days, -1);
	config_done(&c);
}

static void defaults_need_no_file(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_text("", 0, &c), 0);
	assert_true(c.ham_loss == 0.001);
	assert_null(c.state);
	assert_null(c.ledger_name);
	assert_int_equal(c.keep_raw_days, 90);
	assert_int_equal(c.nets + c.names, 0);
	config_done(&c);
}

static void errors_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *at;
	} rows[] = {
		{"x = 1\n", ":1: "},
		{"# c\nx = 1\n", ":2: "},
		{"ham_loss = 0.1 # c\n// c\n/* c\n\n*/\nx = 1\n", ":6: "},
		{"state = \"\\\"# no comment\"\nx = 1\n", ":2: "},
		{"state = 'a//b'\n\nx = 1\n", ":3: "},
		{"state = a//b\nx = 1\n", ":2: "},
		{"\nham_loss = 0\n", ":2: ham_loss is a share"},
		{"ham_loss = 0.2", ":1: ham_loss is a share"},
		{"ham_loss = nan", ":1: ham_loss is a share"},
		{"ledger_name = \"a b\"", ":1: ledger_name is a name"},
		{"ledger_name = \"a+b\"", ":1: ledger_name is a name"},
		{"ledger_name = \"m\xc3\xbc\"", ":1: ledger_name is a name"},
		{"keep_raw_days = -2", ":1: keep_raw_days is a number"},
		{"keep_raw_days = 36501", ":1: keep_raw_days is a number"},
		{"keep_raw_days = x", ":1: "},
		{"relays = {\"a\"", ":1: "},
		{"state = \"", ":1: "},
		{"# c\n /* no end\n", ":2: the comment has no end"},
		{"/* a *//* b\n*/x = 1\n", ":2: "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct config c = {.ham_loss = 7};

		assert_int_equal(read_text(rows[i].text, strlen(rows[i].text), &c), -EINVAL);
		assert_true(c.ham_loss == 7);
		if (strncmp(err.text, path, strlen(path)) ||
			strncmp(err.text + strlen(path), rows[i].at, strlen(rows[i].at)))
			fail_msg("row %zu: %s, not %s", i, err.text, rows[i].at);
	}
}

static void no_text_is_told(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(read_text("state = \"a\0b\"", 13, &c), -EINVAL);
	assert_non_null(strstr(err.text, "holds a zero byte"));
	assert_int_equal(config_read("/", &c, &err), -EISDIR);
	assert_int_equal(config_read("/none/such", &c, &err), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read),
		cmocka_unit_test(defaults_need_no_file),
		cmocka_unit_test(errors_name_file_and_line),
		cmocka_unit_test(no_text_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
