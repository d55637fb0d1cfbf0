/* Decisions are found again by what a postmaster knows of them, outlive the process, go when their
 * time is up; a file that is none of ours is put aside. */
#include "test.h"

#include "base/file.h"
#include "serve/decisions.h"
#include "serve/person.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
	char dir[64];
	struct decisions *d;
	struct err err;
	char ids[1024]; /* of what was found, each with a blank behind it */
	struct decided last;
	char text[256];
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-decisions-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) && decisions_open(f->dir, true, &f->d, NULL, &f->err) == 0 ? 0 : -1;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	decisions_close(f->d);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	free(f);
	return system(command);
}

static const struct decided some[] = {
	{.id = "0000000000000001", .at = 1000, .action = DECIDE_ACCEPT, .verdict = ACTION_HAM,
		.ip = {IP_V4, {192, 0, 2, 7}}, .asn = 64500, .sender = SPAN("Anna@Example.org"),
		.recipient = {SPAN("bert@example.com"), SPAN("Carl@Example.net")}, .recipients = 2,
		.recipients_left_out = 3, .queue_id = SPAN("4XyA"), .probability = 0.01,
		.finding = {SPAN("thread/reply"), SPAN("list")}, .weight = {-2.5F, -0.125F},
		.findings = 2, .reason = SPAN("it is ham"), .auth = SPAN("spf=pass")},
	{.id = "0000000000000002", .at = 2000, .action = DECIDE_REJECT, .verdict = ACTION_SPAM,
		.ip = {IP_V6, {0x20, 1, 0x0d, 0xb8}}, .asn = 64501, .sender = SPAN("win@prize.example"),
		.recipient = {SPAN("bert@example.com")}, .recipients = 1, .queue_id = SPAN("4XyB"),
		.outgoing = true},
	{.id = "0000000000000003", .at = 3000, .action = DECIDE_TAG, .verdict = ACTION_SPAM,
		.ip = {IP_V4, {198, 51, 100, 1}}, .sender = SPAN(""), .unjudged = true,
		.recipient = {SPAN("dora@example.com")}, .recipients = 1},
};

static void add_all(struct fixture *f)
{
	for (size_t i = 0; i < sizeof(some) / sizeof(*some); i++)
		assert_int_equal(decisions_add(f->d, &some[i], &f->err), 0);
	assert_int_equal(decisions_commit(f->d, &f->err), 0);
}

static int note(void *context, const struct decided *what)
{
	struct fixture *f = context;

	snprintf(f->ids + strlen(f->ids), sizeof(f->ids) - strlen(f->ids), "%c ", what->id[15]);
	f->last = *what;
	snprintf(f->text, sizeof(f->text), "%.*s|%.*s|%.*s|%.*s|%.*s", SPAN_ARG(what->sender),
		SPAN_ARG(what->recipient[what->recipients - 1]), SPAN_ARG(what->queue_id),
		SPAN_ARG(what->reason),
		SPAN_ARG(what->findings ? what->finding[what->findings - 1] : SPAN("")));
	return 0;
}

static const char *found(struct fixture *f, struct decisions_question q)
{
	if (!q.until)
		q.until = INT64_MAX;
	f->ids[0] = '\0';
	assert_int_equal(decisions_find(f->d, &q, note, f, &f->err), 0);
	return f->ids;
}

#define Q(...) ((struct decisions_question){.action = -1, __VA_ARGS__})

static void found_by_what_is_known(void **state)
{
	struct fixture *f = *state;
	struct prefix net;

	add_all(f);
	assert_string_equal(found(f, Q(.id = NULL)), "1 2 3 ");
	assert_string_equal(found(f, Q(.id = "0000000000000002")), "2 ");
	assert_string_equal(found(f, Q(.sender = "anna@example.ORG")), "1 ");
	assert_string_equal(found(f, Q(.sender = "@prize.example")), "2 ");
	assert_string_equal(found(f, Q(.recipient = "BERT@example.com")), "1 2 ");
	assert_string_equal(found(f, Q(.recipient = "@example.net")), "1 ");
	assert_string_equal(found(f, Q(.recipient = "bert")), "");
	assert_string_equal(
		found(f, Q(.sender = "nobody@x.example", .sender_hash = "win@prize.example")), "2 ");
	assert_string_equal(
		found(f, Q(.recipient = "x@x", .recipient_hash = "dora@example.com")), "3 ");
	assert_string_equal(found(f, Q(.queue_id = "4XyB")), "2 ");
	assert_string_equal(found(f, Q(.asn = 64500)), "1 ");
	struct decisions_question q = Q(.outgoing = true);

	assert_string_equal(found(f, q), "2 ");
	q = Q(.since = 2000);
	assert_string_equal(found(f, q), "2 3 ");
	q.until = 3000;
	assert_string_equal(found(f, q), "2 ");
	q = Q(.most = 2);
	assert_string_equal(found(f, q), "2 3 ");
	q.action = DECIDE_TAG;
	assert_string_equal(found(f, q), "3 ");
	assert_int_equal(prefix_parse(SPAN("192.0.2.0/24"), &net), 0);
	assert_string_equal(found(f, Q(.network = &net)), "1 ");
	assert_string_equal(found(f, Q(.recipient = "@example.com")), "1 2 3 ");
	q = Q(.recipient = "@example.com", .most = 2);
	assert_string_equal(found(f, q), "2 3 ");
	q.sender = "@prize.example";
	assert_string_equal(found(f, q), "2 ");
	assert_string_equal(found(f, Q(.recipient = "@example.com", .network = &net)), "1 ");
	static const struct {
		const char *network, *ids;
	} nets[] = {{"0.0.0.0/0", "1 3 "}, {"::/0", "2 "}, {"192.0.2.7", "1 "}, {"192.0.2.6/31", "1 "},
		{"192.0.2.8/29", ""}, {"192.0.2.0/29", "1 "}, {"198.0.0.0/7", "3 "},
		{"2001:db8::/128", "2 "}, {"2001:db8:8000::/33", ""}, {"3200::/7", ""}};

	for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
		assert_int_equal(prefix_parse(span_cstr(nets[i].network), &net), 0);
		assert_string_equal(found(f, Q(.network = &net)), nets[i].ids);
	}
	assert_int_equal(prefix_parse(SPAN("2001:db8::/32"), &net), 0);
	assert_string_equal(found(f, Q(.network = &net)), "2 ");
}

/* A message to two of a domain is one. */
static void a_message_is_found_once(void **state)
{
	struct fixture *f = *state;
	struct decided two = some[1];

	two.recipient[1] = SPAN("carl@example.com");
	two.recipients = 2;
	assert_int_equal(decisions_add(f->d, &two, &f->err), 0);
	assert_int_equal(decisions_add(f->d, &some[0], &f->err), 0);
	assert_string_equal(found(f, Q(.recipient = "@example.com", .most = 2)), "2 1 ");
}

static void all_of_it_comes_back(void **state)
{
	struct fixture *f = *state;

	add_all(f);
	assert_string_equal(found(f, Q(.id = "0000000000000001")), "1 ");
	assert_string_equal(f->text, "anna@example.org|carl@example.net|4XyA|it is ham|list");
	assert_int_equal(f->last.recipients, 2);
	assert_int_equal(f->last.recipients_left_out, 3);
	assert_int_equal(f->last.findings, 2);
	assert_true(f->last.weight[0] == -2.5F && f->last.weight[1] == -0.125F);
	assert_true(f->last.probability == 0.01);
	assert_int_equal(f->last.verdict, ACTION_HAM);
	assert_int_equal(ip_compare(&f->last.ip, &some[0].ip), 0);
	assert_string_equal(found(f, Q(.id = "0000000000000003")), "3 ");
	assert_true(f->last.unjudged && !f->last.outgoing && !f->last.http);
	assert_int_equal(f->last.asn, 0);
}

static void an_id_is_there_once(void **state)
{
	struct fixture *f = *state;
	struct decided again = some[0];

	add_all(f);
	again.at = 4000;
	again.recipients = 1;
	assert_int_equal(decisions_add(f->d, &again, &f->err), 0);
	assert_int_equal(decisions_commit(f->d, &f->err), 0);
	assert_string_equal(found(f, Q(.id = NULL)), "2 3 1 ");
	assert_int_equal(f->last.recipients, 1);
}

static void what_was_not_committed_is_dropped(void **state)
{
	struct fixture *f = *state;

	add_all(f);
	struct decided more = some[0];

	more.id[15] = '9';
	assert_int_equal(decisions_add(f->d, &more, &f->err), 0);
	decisions_close(f->d);
	assert_int_equal(decisions_open(f->dir, false, &f->d, NULL, &f->err), 0);
	assert_string_equal(found(f, Q(.id = NULL)), "1 2 3 ");
	assert_true(decisions_add(f->d, &more, &f->err) < 0); /* a reader adds nothing */
}

static void time_ends_them(void **state)
{
	struct fixture *f = *state;

	add_all(f);
	assert_int_equal(decisions_expire(f->d, 3000, &f->err), 2);
	assert_string_equal(found(f, Q(.id = NULL)), "3 ");
	assert_string_equal(found(f, Q(.recipient = "bert@example.com")), "");
	assert_int_equal(decisions_expire(f->d, 3000, &f->err), 0);
}

static void a_reader_is_told_that_there_is_none(void **state)
{
	struct fixture *f = *state;
	struct decisions *d;

	assert_int_equal(decisions_open("/tmp/cordon-no-such-folder", false, &d, NULL, &f->err),
		-ENOENT);
	assert_non_null(strstr(f->err.text, "cordon serve"));
}

static void damage_is_put_aside(void **state)
{
	struct fixture *f = *state;
	char path[96];
	struct span junk = SPAN("this is no database, whatever its name says, and it is long enough");
	bool aside = false;

	decisions_close(f->d);
	f->d = NULL;
	snprintf(path, sizeof(path), "%s/decisions.db", f->dir);
	assert_int_equal(file_replace(path, &junk, 1, &f->err), 0);
	assert_int_equal(decisions_open(f->dir, false, &f->d, NULL, &f->err), -EBADMSG);
	assert_int_equal(decisions_open(f->dir, true, &f->d, &aside, &f->err), 0);
	assert_true(aside);
	add_all(f);
	assert_string_equal(found(f, Q(.id = NULL)), "1 2 3 ");
	strcat(path, ".bad");
	assert_int_equal(access(path, F_OK), 0);
}

/* What others may do to the file while its writer has it open, in a shell; what a commit says to
 * it, and which decisions there are once it is opened anew. 4 is added and not committed meanwhile. */
static const struct {
	const char *what, *command;
	int said;
	const char *left;
	bool bad; /* decisions.db.bad is there afterwards */
} meddling[] = {
	{"nothing", "true", 0, "1 2 3 4 ", false},
	{"read by another", "sqlite3 decisions.db 'SELECT count(*) FROM decision' >/dev/null", 0,
		"1 2 3 4 ", false},
	{"touched", "touch decisions.db", 0, "1 2 3 4 ", false},
	{"removed", "rm decisions.db", -ESTALE, "", false},
	{"removed with all that is beside it", "rm decisions.db*", -ESTALE, "", false},
	{"moved away", "mv decisions.db old.db", -ESTALE, "", false},
	{"replaced by nothing", "touch new && mv new decisions.db", -ESTALE, "", false},
	{"replaced by junk", "head -c 9000 /dev/zero >new && mv new decisions.db", -ESTALE, "", true},
	{"replaced by an earlier one", "cp before new && mv new decisions.db", -ESTALE, "1 ", false},
	{"overwritten by an earlier one", "cat before >decisions.db", -EBADMSG, "", true},
	{"overwritten by junk", "yes junk | head -c 9000 >decisions.db", -EBADMSG, "", true},
	{"emptied", ": >decisions.db", -EBADMSG, "", true},
	{"cut", "truncate -s 300 decisions.db", -EBADMSG, "", true},
};

static void meddling_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct decided more = some[2];
	char command[256], bad[96];

	more.id[15] = '4';
	more.at = 5000;
	for (size_t i = 0; i < sizeof(meddling) / sizeof(*meddling); i++) {
		bool aside = false;

		decisions_close(f->d);
		snprintf(command, sizeof(command), "cd %s && rm -f *", f->dir);
		assert_int_equal(system(command), 0);
		assert_int_equal(decisions_open(f->dir, true, &f->d, NULL, &f->err), 0);
		assert_int_equal(decisions_add(f->d, &some[0], &f->err), 0);
		assert_int_equal(decisions_commit(f->d, &f->err), 0);
		snprintf(command, sizeof(command), "cd %s && sqlite3 decisions.db '.backup before'",
			f->dir);
		assert_int_equal(system(command), 0);
		add_all(f);
		snprintf(command, sizeof(command), "cd %s && %s", f->dir, meddling[i].command);
		assert_int_equal(system(command), 0);
		assert_int_equal(decisions_add(f->d, &more, &f->err), 0);
		int said = decisions_commit(f->d, &f->err);

		if (said != meddling[i].said)
			fail_msg("%s: %d", meddling[i].what, said);
		decisions_close(f->d);
		if (said == -EBADMSG)
			assert_int_equal(decisions_put_aside(f->dir, &f->err), 0);
		assert_int_equal(decisions_open(f->dir, true, &f->d, &aside, &f->err), 0);
		snprintf(bad, sizeof(bad), "%s/decisions.db.bad", f->dir);
		if (strcmp(found(f, Q(.id = NULL)), meddling[i].left) ||
			(access(bad, F_OK) == 0) != meddling[i].bad)
			fail_msg("%s: %s are left", meddling[i].what, f->ids);
	}
}

/* Behind its head damage is found when it is met; then as above. */
static void damage_inside_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct decided more = some[0];
	char command[256];
	int rc = 0;

	for (int i = 0; i < 3000; i++) {
		snprintf(more.id, sizeof(more.id), "%016d", i);
		assert_int_equal(decisions_add(f->d, &more, &f->err), 0);
	}
	assert_int_equal(decisions_commit(f->d, &f->err), 0);
	decisions_close(f->d); /* the log goes into the file */
	assert_int_equal(decisions_open(f->dir, true, &f->d, NULL, &f->err), 0);
	snprintf(command, sizeof(command),
		"head -c 300000 /dev/zero | dd of=%s/decisions.db bs=4096 seek=1 conv=notrunc "
		"status=none", f->dir);
	assert_int_equal(system(command), 0);
	for (int i = 0; rc == 0 && i < 3; i++) {
		snprintf(more.id, sizeof(more.id), "%016d", 5000 + i);
		rc = decisions_add(f->d, &more, &f->err);
	}
	assert_int_equal(rc, -EBADMSG);
}

static void people_are_hashed_alike(void **state)
{
	struct fixture *f = *state;
	struct person_key key, again, other = {{1}};
	char a[PERSON_MOST], b[PERSON_MOST];

	assert_int_equal(person_key_read(f->dir, false, &key, &f->err), -ENOENT);
	assert_int_equal(person_key_read(f->dir, true, &key, &f->err), 0);
	assert_int_equal(person_key_read(f->dir, false, &again, &f->err), 0);
	assert_memory_equal(&key, &again, sizeof(key));
	person_hash(&key, SPAN("Anna@Example.org"), a);
	assert_int_equal(strlen(a), 17 + strlen("@example.org"));
	assert_string_equal(a + 17, "@example.org");
	assert_null(strstr(a, "anna"));
	assert_string_equal(person_hash(&again, SPAN("anna@example.ORG"), b), a);
	assert_string_not_equal(person_hash(&other, SPAN("anna@example.org"), b), a);
	assert_string_not_equal(person_hash(&key, SPAN("bert@example.org"), b), a);
	assert_string_equal(person_hash(&key, SPAN(""), b), "");
	assert_int_equal(strlen(person_hash(&key, SPAN("postmaster"), b)), 17);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		T(found_by_what_is_known),
		T(a_message_is_found_once),
		T(all_of_it_comes_back),
		T(an_id_is_there_once),
		T(what_was_not_committed_is_dropped),
		T(time_ends_them),
		T(a_reader_is_told_that_there_is_none),
		T(damage_is_put_aside),
		T(meddling_is_noticed),
		T(damage_inside_is_noticed),
		T(people_are_hashed_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
