/*
 * A notice on its way, with a relay and a ledger that do what the test says, and crashes at every
 * step: a child does the sending and ends at once where it is to crash.
 */
#include "test.h"

#include "case/notice_send.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static char state_dir[64];

/* What others saw; in memory that children share. */
struct world {
	int mails, records;
	int64_t recorded_at;
	enum smtp_outcome outcome;
	bool crash_before_relay, crash_after_relay, crash_after_accepted, crash_after_record;
	int record_fails, not_allowed;
};

static struct world *w;

static int allowed(void *context, const struct notice_meta *m, char said[256], struct err *err)
{
	(void)context;
	(void)m;
	(void)err;
	strcpy(said, "too soon");
	return !w->not_allowed;
}

static enum smtp_outcome deliver(void *context, const struct notice_meta *m, struct span mail,
	char said[SMTP_SAID], struct err *err)
{
	int64_t at;

	(void)context;
	/* Whoever crashes from here on must find the mark. */
	assert_true(notice_store_marked(state_dir, m->name, "sending", &at, NULL, 0));
	assert_span(mail, "the mail\r\n");
	if (w->crash_before_relay)
		_exit(9);
	w->mails += w->outcome == SMTP_SENT;
	if (w->crash_after_relay)
		_exit(9);
	strcpy(said, "250 queued");
	err_set(err, -EIO, "as the test says");
	return w->outcome;
}

static bool recorded(void *context, const char *name)
{
	(void)context;
	(void)name;
	return w->records > 0;
}

static int record(
	void *context, const struct notice_meta *m, struct span mail, int64_t at, struct err *err)
{
	(void)context;
	(void)m;
	(void)mail;
	if (w->crash_after_accepted)
		_exit(9);
	if (w->record_fails)
		return err_set(err, -ENOSPC, "full");
	w->records = 1;
	w->recorded_at = at;
	if (w->crash_after_record)
		_exit(9);
	return 0;
}

static const struct notice_meta meta = {
	.name = "n-20261123-as64500-1",
	.asn = 64500,
	.to = 64500,
	.sender = "abuse@mx.example.org",
	.contact = {.from = CONTACT_LIST,
		.mail = {"abuse@example.net"},
		.mails = 1,
		.said = "list"},
	.written = 1000,
	.sightings = 3,
	.hosts = 2,
};

static struct notice_sender sender(bool again)
{
	return (struct notice_sender){.state_dir = state_dir,
		.now = 5000,
		.again = again,
		.allowed = allowed,
		.deliver = deliver,
		.recorded = recorded,
		.record = record};
}

/* A new folder with the notice in it, approved when `approve`. */
static void begin(bool approve)
{
	char made[NOTICE_NAME_MOST + 1];

	strcpy(state_dir, "/tmp/cordon-notice.XXXXXX");
	assert_non_null(mkdtemp(state_dir));
	assert_int_equal(
		notice_store_make(state_dir, "n-20261123-as64500", NULL, NULL, made, NULL), 0);
	assert_string_equal(made, meta.name);
	assert_int_equal(notice_store_put(state_dir, &meta, SPAN("the mail\r\n"), NULL), 0);
	if (approve)
		assert_int_equal(notice_store_approve(state_dir, meta.name, 2000, NULL), 0);
	*w = (struct world){.outcome = SMTP_SENT};
}

static void end(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", state_dir);
	assert_int_equal(system(command), 0);
}

static void sends(bool again, int rc, enum notice_sending want)
{
	struct notice_sender s = sender(again);
	enum notice_sending became;
	char said[512];
	struct err err;
	int got = notice_send(&s, meta.name, &became, said, &err);

	assert_int_equal(got, rc);
	if (rc == 0 && became != want)
		fail_msg("became %d, not %d: %s", became, want, said);
}

/* Sends in a child, which must crash. */
static void crashes(bool again)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct notice_sender s = sender(again);
		enum notice_sending became;
		char said[512];

		notice_send(&s, meta.name, &became, said, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	w->crash_before_relay = w->crash_after_relay = w->crash_after_accepted =
		w->crash_after_record = false;
}

static void is(enum notice_state want)
{
	enum notice_state s;

	assert_int_equal(notice_store_state(state_dir, meta.name, &s, NULL), 0);
	if (s != want)
		fail_msg("is '%s', not '%s'", notice_state_words(s), notice_state_words(want));
}

static void went_once(void)
{
	assert_int_equal(w->mails, 1);
	assert_int_equal(w->records, 1);
	is(NOTICE_SENT);
	sends(true, 0, NOTICE_WAS_SENT);
	assert_int_equal(w->mails, 1);
}

static void what_is_approved_goes_once(void **state)
{
	(void)state;
	begin(true);
	is(NOTICE_APPROVED);
	sends(false, 0, NOTICE_WENT);
	went_once();
	end();
}

static void what_is_not_approved_does_not_go(void **state)
{
	(void)state;
	begin(false);
	is(NOTICE_DRAFT);
	sends(true, 0, NOTICE_UNAPPROVED);
	assert_int_equal(w->mails, 0);
	end();
}

static void a_change_takes_the_approval_back(void **state)
{
	struct notice_meta other = meta;

	(void)state;
	begin(true);
	assert_int_equal(notice_store_put(state_dir, &meta, SPAN("the mail.\r\n"), NULL), 0);
	is(NOTICE_CHANGED);
	sends(true, 0, NOTICE_UNAPPROVED);
	/* The recipient alone. */
	strcpy(other.contact.mail[0], "abuse@example.com");
	assert_int_equal(notice_store_put(state_dir, &other, SPAN("the mail\r\n"), NULL), 0);
	is(NOTICE_CHANGED);
	sends(true, 0, NOTICE_UNAPPROVED);
	/* As it was approved, it goes. */
	assert_int_equal(notice_store_put(state_dir, &meta, SPAN("the mail\r\n"), NULL), 0);
	sends(false, 0, NOTICE_WENT);
	went_once();
	end();
}

static void a_limit_keeps_it_for_later(void **state)
{
	(void)state;
	begin(true);
	w->not_allowed = 1;
	sends(false, 0, NOTICE_WAITS);
	is(NOTICE_APPROVED);
	w->not_allowed = 0;
	sends(false, 0, NOTICE_WENT);
	went_once();
	end();
}

static void a_relay_that_does_not_take_it_leaves_it_as_it_was(void **state)
{
	static const enum smtp_outcome outcomes[] = {SMTP_REFUSED, SMTP_NOT_SENT};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(true);
		w->outcome = outcomes[i];
		sends(false, 0, NOTICE_FAILED);
		is(NOTICE_APPROVED);
		w->outcome = SMTP_SENT;
		sends(false, 0, NOTICE_WENT);
		went_once();
		end();
	}
}

static void what_may_have_been_sent_is_not_sent_again_unasked(void **state)
{
	(void)state;
	begin(true);
	w->outcome = SMTP_UNKNOWN;
	sends(false, 0, NOTICE_UNCERTAIN);
	is(NOTICE_MAYBE);
	w->outcome = SMTP_SENT;
	sends(false, 0, NOTICE_UNCERTAIN);
	assert_int_equal(w->mails, 0);
	sends(true, 0, NOTICE_WENT);
	went_once();
	end();
}

static void crashes_are_survived(void **state)
{
	(void)state;
	begin(true);
	w->crash_before_relay = true;
	crashes(false);
	is(NOTICE_MAYBE);
	sends(false, 0, NOTICE_UNCERTAIN);
	assert_int_equal(w->mails, 0);
	sends(true, 0, NOTICE_WENT);
	went_once();
	end();

	/* The relay has it, and nobody knows: never silently a second time. */
	begin(true);
	w->crash_after_relay = true;
	crashes(false);
	is(NOTICE_MAYBE);
	sends(false, 0, NOTICE_UNCERTAIN);
	assert_int_equal(w->mails, 1);
	assert_int_equal(w->records, 0);
	end();

	begin(true);
	w->crash_after_accepted = true;
	crashes(false);
	is(NOTICE_ACCEPTED);
	sends(false, 0, NOTICE_FINISHED);
	assert_int_equal(w->recorded_at, 5000);
	went_once();
	end();

	begin(true);
	w->crash_after_record = true;
	crashes(false);
	is(NOTICE_ACCEPTED);
	sends(false, 0, NOTICE_FINISHED);
	went_once();
	end();
}

static void a_ledger_that_is_full_is_told_and_finished_later(void **state)
{
	(void)state;
	begin(true);
	w->record_fails = 1;
	sends(false, -ENOSPC, NOTICE_WENT);
	is(NOTICE_ACCEPTED);
	w->record_fails = 0;
	sends(false, 0, NOTICE_FINISHED);
	went_once();
	end();
}

static void names_and_files_are_checked(void **state)
{
	static const char *const bad[] = {"", "..", "a/b", "N-1", "n_1", "n-1 ", "../n-1",
		"n-00000000000000000000000000000000"};
	char name[NOTICE_NAME_MOST + 1], path[128];
	struct notice_meta m;
	char **names;
	size_t n;
	uint8_t key[32], again[32];

	(void)state;
	begin(true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(notice_store_get(state_dir, bad[i], &m, NULL, NULL), -EINVAL);
	assert_int_equal(notice_store_get(state_dir, "n-2", &m, NULL, NULL), -ENOENT);
	assert_int_equal(
		notice_store_make(state_dir, "n-20261123-as64500", NULL, NULL, name, NULL), 0);
	assert_string_equal(name, "n-20261123-as64500-2");
	assert_int_equal(notice_store_key(state_dir, key, NULL), 0);
	assert_int_equal(notice_store_key(state_dir, again, NULL), 0);
	assert_memory_equal(key, again, 32);
	assert_int_equal(notice_store_names(state_dir, &names, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], meta.name);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	assert_int_equal(notice_store_get(state_dir, meta.name, &m, NULL, NULL), 0);
	assert_string_equal(m.contact.mail[0], "abuse@example.net");
	assert_int_equal(m.contact.from, CONTACT_LIST);
	assert_int_equal(m.sightings, 3);
	snprintf(path, sizeof(path), "%s/notices/%s/notice.json", state_dir, meta.name);
	assert_int_equal(truncate(path, 20), 0);
	assert_int_equal(notice_store_get(state_dir, meta.name, &m, NULL, NULL), -EBADMSG);
	sends(false, -EBADMSG, NOTICE_WENT);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_approved_goes_once),
		cmocka_unit_test(what_is_not_approved_does_not_go),
		cmocka_unit_test(a_change_takes_the_approval_back),
		cmocka_unit_test(a_limit_keeps_it_for_later),
		cmocka_unit_test(a_relay_that_does_not_take_it_leaves_it_as_it_was),
		cmocka_unit_test(what_may_have_been_sent_is_not_sent_again_unasked),
		cmocka_unit_test(crashes_are_survived),
		cmocka_unit_test(a_ledger_that_is_full_is_told_and_finished_later),
		cmocka_unit_test(names_and_files_are_checked),
	};

	w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
