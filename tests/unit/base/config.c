#include "test.h"

#include "base/config_table.h"

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
	assert_null(c.notice.from);
	assert_int_equal(c.notice.network_days, 14);
	assert_string_equal(c.gateway.milter, "127.0.0.1:7350");
	assert_string_equal(c.gateway.on_spam, "reject");
	assert_string_equal(c.gateway.tag, "[SPAM] ");
	assert_null(c.gateway.name);
	assert_int_equal(c.gateway.dns_n + c.gateway.own_n, 0);
	assert_int_equal(c.gateway.judge_bytes, 8 << 20);
	assert_false(c.gateway.hash_addresses);
	assert_true(c.gateway.learn_self);
	config_done(&c);
}

static void the_gateway_is_set(void **state)
{
	const char text[] =
		"milter = \"/run/cordon/milter\" check = \"[::1]:80\" web = \"\"\n"
		"dns = {\"192.0.2.53@5353\", \"2001:db8::1\"} own_nets = {\"10.0.0.0/8\"}\n"
		"on_dmarc_reject = ignore user = '' tag = '' learn_self = no\n"
		"host_name = \"mx.example.com\" threads = 3\n";
	struct config c;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &c), 0);
	assert_string_equal(c.gateway.milter, "/run/cordon/milter");
	assert_string_equal(c.gateway.check, "[::1]:80");
	assert_null(c.gateway.web);
	assert_int_equal(c.gateway.dns_n, 2);
	assert_string_equal(c.gateway.own_nets[0], "10.0.0.0/8");
	assert_string_equal(c.gateway.on_dmarc_reject, "ignore");
	assert_null(c.gateway.user);
	assert_null(c.gateway.tag);
	assert_false(c.gateway.learn_self);
	assert_string_equal(c.gateway.name, "mx.example.com");
	assert_int_equal(c.gateway.threads, 3);
	config_done(&c);
}

/* What is printed is read again as the same, and printed the same. */
static void what_is_printed_can_be_read(void **state)
{
	static const char *const texts[] = {
		"",
		"ham_loss = 0.0123456789 keep_raw_days = -1 hash_addresses = true sessions = 7\n",
		"state = \"a \\\"b\\\" \\\\ ${HOME} $x # no // comment /* at all \xc3\xbc\"\n",
		("relays = {\"192.0.2.1\"} relay_names = {\"a\", \"b{,}\\\"c\"} tag = \"\" "
		 "web = \"\"\n"),
		"dns = {\"root\"} own_nets = {\"::/0\", \"1.2.3.4\"} notice_tls = must\n",
	};

	(void)state;
	setenv("HOME", "wrong", 1);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (int changed = 0; changed < 2; changed++) {
			struct buf first = {0}, again = {0}, all = {0};
			struct config c, d;

			assert_int_equal(read_text(texts[i], strlen(texts[i]), &c), 0);
			config_print(&c, changed, &first);
			assert_int_equal(config_parse(buf_span(&first), "printed", &d, &err), 0);
			config_print(&d, changed, &again);
			assert_true(span_eq(buf_span(&first), buf_span(&again)));
			buf_clear(&again);
			config_print(&c, false, &all);
			config_print(&d, false, &again);
			assert_true(span_eq(buf_span(&all), buf_span(&again)));
			assert_true(!changed || i || first.n == 0);
			config_done(&c);
			config_done(&d);
			buf_done(&first);
			buf_done(&again);
			buf_done(&all);
		}
}

static void all_is_told_of_each(void **state)
{
	struct buf all = {0};
	struct config c;
	struct span line, rest;
	size_t settings = 0;

	(void)state;
	assert_int_equal(read_text("", 0, &c), 0);
	config_print(&c, false, &all);
	rest = buf_span(&all);
	while (span_line(&rest, &line)) {
		assert_true(line.n <= 100);
		settings += line.n && line.p[0] != '#';
	}
	size_t rows = 0;

	for (const struct setting *s = config_table; s->name; s++, rows++) {
		assert_true(strlen(s->words) > 20);
		assert_true((s->kind != SETTING_NUMBER && s->kind != SETTING_SHARE) ||
			s->low < s->high);
	}
	assert_int_equal(settings, rows);
	assert_true(settings > 40);
	config_done(&c);
	buf_done(&all);
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
		{"relays = {\"192.0.2.1\",\n\"x\", \"192.0.2.2\"}", ":2: relays: 'x' does not fit"},
		{"relays = {\"192.0.2.0/33\"}", ":1: relays: '192.0.2.0/33' does"},
		{"relays = {\"\"}", ":1: relays: '' does"},
		{"own_nets = {\"::/129\"}", ":1: own_nets: '::/129' does"},
		{"\non_spam = \"rejct\"", ":2: on_spam is \"accept\", \"tag\", \"quarantine\", "
					  "\"tempfail\", \"reject\" or \"discard\", not 'rejct'"},
		{"on_spam = \"\"", ":1: on_spam is \"accept\""},
		{"on_spam = ignore", ":1: on_spam is \"accept\""},
		{"on_failure = reject", ":1: on_failure is \"accept\" or \"tempfail\", not"},
		{"on_spm = reject", ":1: no such option 'on_spm'; is 'on_spam' meant?"},
		{"wholly_else = 1", ":1: no such option 'wholly_else'; 'cordon config print'"},
		{"message_seconds = soon", ":1: invalid integer value for option "
					   "'message_seconds'; message_seconds is "
					   "a number of seconds from 1 to 600"},
		{"message_seconds = 0", ":1: message_seconds is a number of seconds from 1 to 600"},
		{"hash_addresses = 7",
			":1: invalid boolean value for option 'hash_addresses'; hash_addresses is "
			"true or false"},
		{"on_spam \"tag\"", ":1: missing equal sign after option 'on_spam'"},
		{"milter = \"localhost:1\"", ":1: milter is an address with its port"},
		{"milter = \"127.0.0.1\"", ":1: milter is an address with its port"},
		{"milter = \"127.0.0.1:0\"", ":1: milter is an address with its port"},
		{"milter = \"127.0.0.1:65536\"", ":1: milter is an address with its port"},
		{"milter = \"::1:80\"", ":1: milter is an address with its port"},
		{"milter = \"[::1]\"", ":1: milter is an address with its port"},
		{"milter = \"[1.2.3.4]:5\"", ":1: milter is an address with its port"},
		{"milter = \"[]:5\"", ":1: milter is an address with its port"},
		{"milter = \":5\"", ":1: milter is an address with its port"},
		{"milter = \"127.0.0.1:7352\"", ": milter, check and web need an address each"},
		{"dns = {\"127.0.0.1:53\"}", ":1: dns: '127.0.0.1:53' does not fit"},
		{"dns = {\"127.0.0.1@\"}", ":1: dns: '127.0.0.1@' does not fit"},
		{"dns = {\"root\", \"127.0.0.1\"}", ": dns: \"root\" stands alone"},
		{"tag = \"a\\nb\"", ":1: tag is a text of at most"},
		{"tag = \"\xc3\xbc\"", ":1: tag is a text of at most"},
		{"state = \"a\\nb\"", ":1: state is the path"},
		{"host_name = \"a b\"", ":1: host_name is a host's name"},
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
		cmocka_unit_test(the_gateway_is_set),
		cmocka_unit_test(what_is_printed_can_be_read),
		cmocka_unit_test(all_is_told_of_each),
		cmocka_unit_test(errors_name_file_and_line),
		cmocka_unit_test(no_text_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
