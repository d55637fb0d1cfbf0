/*
 * The keeper as a process at the other end of its socket: what it said was kept is kept when it is
 * killed, nonsense does not end it, and one part that fails leaves the others.
 */
#include "test.h"

#include "judge/campaign.h"
#include "judge/judge.h"
#include "judge/learn.h"
#include "ledger/ledger.h"
#include "mail/identity.h"
#include "serve/ipc.h"
#include "serve/keeper_wire.h"
#include "serve/decisions.h"
#include "serve/role.h"
#include "serve/wire.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS ((int64_t)1000000000)

/* No supervisor stands behind it here, but a signal. */
static volatile sig_atomic_t told_to_stop;

static void tell_to_stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

enum role_word role_told(struct role_kit *kit)
{
	(void)kit;
	return told_to_stop ? ROLE_STOP : ROLE_NOTHING;
}

void role_ready(struct role_kit *kit)
{
	(void)kit;
}

void role_alive(struct role_kit *kit, enum role r)
{
	(void)kit;
	(void)r;
}

struct fixture {
	char dir[64];
	int to[2];
	pid_t pid;
	struct config config;
	struct status *status;
	struct judge_bench *bench;
	struct err err;
	uint64_t id;
	char room[IPC_MOST];
};

static void start(struct fixture *f)
{
	struct role_kit kit = {.config = &f->config, .state = f->dir, .control = -1,
		.to = {-1, -1, -1, -1}, .status = f->status};
	void *self;

	signal(SIGUSR1, tell_to_stop);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid)
		return;
	kit.to[ROLE_GATE] = f->to[1];
	if (role_keeper.open(&kit, &self, &f->err) < 0)
		_exit(9);
	_exit(role_keeper.run(&kit, self));
}

static void kill_it(struct fixture *f)
{
	kill(f->pid, SIGKILL);
	assert_int_equal(waitpid(f->pid, NULL, 0), f->pid);
}

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	strcpy(f->dir, "/tmp/cordon-keeper-XXXXXX");
	*state = f;
	if (!mkdtemp(f->dir) || config_read("/dev/null", &f->config, &f->err) < 0)
		return -1;
	f->config.gateway.log_days = 30;
	f->status = status_make(&fd);
	f->bench = judge_bench_new();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->to) < 0)
		return -1;
	start(f);
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	kill_it(f);
	config_done(&f->config);
	judge_bench_free(f->bench);
	close(f->to[0]);
	close(f->to[1]);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	free(f);
	return system(command);
}

static void tell(struct fixture *f, uint32_t type, struct span bytes, int file)
{
	assert_int_equal(
		ipc_send(f->to[0], type, 0, bytes, file, ipc_deadline(20 * SECONDS)), 0);
}

/* Asks and waits for the answer to it. */
static struct span ask(struct fixture *f, uint32_t type, struct span bytes, int file,
	uint32_t want, int *ret_file)
{
	struct ipc_head h;
	struct span answer;
	int got;

	assert_int_equal(ipc_send(f->to[0], type, ++f->id, bytes, file,
				 ipc_deadline(20 * SECONDS)), 0);
	do
		assert_int_equal(ipc_receive(f->to[0], f->room, ipc_deadline(60 * SECONDS), &h,
					 &answer, &got), 1);
	while (h.id != f->id);
	assert_int_equal(h.type, want);
	if (ret_file)
		*ret_file = got;
	else if (got >= 0)
		close(got);
	return answer;
}

static void sync_all(struct fixture *f)
{
	ask(f, KEEPER_PING, (struct span){NULL, 0}, -1, KEEPER_PONG, NULL);
}

static uint64_t counted(struct fixture *f, enum status_count c)
{
	return atomic_load(&f->status->count[c]);
}

static void decide(struct fixture *f, unsigned i)
{
	struct decided d = {.at = 1795482000 + i, .sender = SPAN("a@example.org")};
	struct buf b = {0};

	snprintf(d.id, sizeof(d.id), "%016u", i);
	decided_write(&d, &b);
	tell(f, KEEPER_DECIDED, buf_span(&b), -1);
	buf_done(&b);
}

/* The i-th message of a template, as abuse. */
static void accuse(struct fixture *f, unsigned i, uint64_t key)
{
	static const char *const extra[] = {"river", "stone", "cloud", "meadow", "lantern"};
	char raw[1024];
	struct verdict *v;

	snprintf(raw, sizeof(raw),
		"Received: from bot (bot [198.51.100.%u]) by mx.example.com\n"
		"From: x%u@y.example\nSubject: winners of the great prize %u\nMessage-ID: <%u@y>\n\n"
		"You were drawn among many thousand people of the whole country and the prize is "
		"waiting for whoever answers first, so visit http://prize.example/%u before the "
		"evening and leave your address there, kind regards, the office of prizes and "
		"lotteries of the northern counties %s\n",
		i + 1, i, i, i, i, extra[i % 5]);
	assert_int_equal(judge_look(f->bench, span_cstr(raw), NULL, &v), 0);
	struct campaign_print *p = key ? campaign_print_take(key, v->mp, v->m) : NULL;
	struct abuse_seen a = {.identity = identity_digest(v->m),
		.sighting = {.kind = SIGHTING_SPAM, .at = 1795482000 + i,
			.where = {{IP_V4, {198, 51, 100, (uint8_t)(i + 1)}}, 32},
			.source = SPAN("mail"), .confidence = 99}};
	struct buf b = {0};
	int file = ipc_seal(span_cstr(raw));

	if (p)
		a.print = (struct span){(const char *)p, campaign_print_bytes(p)};
	abuse_write(&a, &b);
	assert_true(file >= 0 && buf_ok(&b));
	tell(f, KEEPER_ABUSE, buf_span(&b), file);
	close(file);
	buf_done(&b);
	free(p);
}

/* The key under which prints are to be taken, and whether a model came along. */
static uint64_t model(struct fixture *f, uint64_t had, uint64_t *ret_number, int *ret_file)
{
	uint64_t le = htole64(had);
	struct span answer = ask(f, KEEPER_MODEL, (struct span){(const char *)&le, 8}, -1,
		KEEPER_MODEL_IS, ret_file);
	struct wire_reader r = {.left = answer};

	*ret_number = wire_get_u64(&r);
	uint64_t key = wire_get_u64(&r);

	assert_true(wire_ended(&r));
	return key;
}

static unsigned learn(struct fixture *f, unsigned i, bool spam)
{
	char raw[512];
	struct verdict *v;
	struct buf b = {0};

	snprintf(raw, sizeof(raw), "From: a@b.example\nSubject: %s %u\n\n%s\n",
		spam ? "prize" : "meeting", i, spam ? "win the prize now" : "see you at noon");
	assert_int_equal(judge_look(f->bench, span_cstr(raw), NULL, &v), 0);
	struct learn_wish w = {.identity = identity_digest(v->m), .spam = spam,
		.features = v->features};

	learn_write(&w, &b);
	struct span answer = ask(f, KEEPER_LEARN, buf_span(&b), -1, KEEPER_LEARNED, NULL);

	buf_done(&b);
	assert_int_equal(answer.n, 1);
	return (unsigned char)answer.p[0];
}

static int count_one(void *context, const struct decided *what)
{
	(void)what;
	++*(unsigned *)context;
	return 0;
}

static unsigned decisions_there(struct fixture *f)
{
	const struct decisions_question all = {.until = INT64_MAX, .action = -1};
	struct decisions *d;
	unsigned n = 0;

	assert_int_equal(decisions_open(f->dir, false, &d, NULL, &f->err), 0);
	assert_int_equal(decisions_find(d, &all, count_one, &n, &f->err), 0);
	decisions_close(d);
	return n;
}

/* Sightings of the ledger, and how many different campaigns they are in. */
static void evidence_there(struct fixture *f, int *ret_sightings, int *ret_campaigns)
{
	const struct ledger_options o = {.state_dir = f->dir};
	struct ledger *l;
	sqlite3_stmt *s;

	assert_int_equal(ledger_open(&o, &l, &f->err), 0);
	assert_int_equal(sqlite3_prepare_v2(ledger_db(l),
				 "SELECT count(*), count(DISTINCT campaign), sum(r.seq IS NOT NULL)"
				 " FROM sighting LEFT JOIN raw r USING(seq)",
				 -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	*ret_sightings = sqlite3_column_int(s, 0);
	*ret_campaigns = sqlite3_column_int(s, 1);
	assert_int_equal(sqlite3_column_int(s, 2), *ret_sightings); /* each with its evidence */
	sqlite3_finalize(s);
	ledger_close(l);
}

static void what_was_kept_outlives_it(void **state)
{
	struct fixture *f = *state;
	uint64_t number;
	int sightings, campaigns, file;
	uint64_t key = model(f, 0, &number, &file);

	assert_true(key != 0 && number != 0);
	close(file);
	for (unsigned i = 0; i < 50; i++)
		decide(f, i);
	for (unsigned i = 0; i < 10; i++)
		accuse(f, i, key);
	accuse(f, 3, key); /* a second time: adds nothing */
	assert_int_equal(learn(f, 1, true), LEARNED_NEW);
	assert_int_equal(learn(f, 1, true), LEARNED_AGAIN);
	assert_int_equal(learn(f, 1, true), LEARNED_AGAIN);
	sync_all(f);
	kill_it(f);

	assert_int_equal(decisions_there(f), 50);
	evidence_there(f, &sightings, &campaigns);
	assert_int_equal(sightings, 10);
	int before = campaigns;

	/* Its successor has the same end, and knows the template though nothing was saved. */
	start(f);
	for (unsigned i = 10; i < 15; i++)
		accuse(f, i, key);
	assert_int_equal(learn(f, 1, true), LEARNED_AGAIN);
	sync_all(f);
	kill_it(f);
	evidence_there(f, &sightings, &campaigns);
	assert_int_equal(sightings, 15);
	assert_int_equal(campaigns, before);
	start(f);
}

/* Killed at any moment: what is there is whole, and all that was acknowledged is there. */
static void killed_at_any_time(void **state)
{
	struct fixture *f = *state;
	uint64_t number, key = model(f, 0, &number, NULL);
	unsigned sent = 0;
	int sightings, campaigns;

	for (unsigned round = 0; round < 8; round++) {
		for (unsigned i = 0; i < 6; i++)
			accuse(f, sent++, key);
		sync_all(f);
		unsigned kept = sent;

		for (unsigned i = 0; i < 4; i++)
			accuse(f, sent++, key);
		usleep(round * 700);
		kill_it(f);
		evidence_there(f, &sightings, &campaigns);
		assert_true(sightings >= (int)kept && sightings <= (int)sent);
		start(f);
		sync_all(f); /* takes what was still on its way: it is in the ledger too */
		sent = kept;
		for (unsigned i = 0; i < 4; i++)
			accuse(f, sent++, key);
	}
	sync_all(f);
	kill_it(f);
	evidence_there(f, &sightings, &campaigns);
	assert_int_equal(sightings, (int)sent);
	assert_int_equal(campaigns, 1);
	start(f);
}

static void nonsense_does_not_end_it(void **state)
{
	struct fixture *f = *state;
	struct buf b = {0};
	int file = ipc_seal(SPAN("not a print"));
	uint64_t number;

	for (uint32_t type = 0; type < 16; type++) {
		if (type == KEEPER_PING)
			continue;
		tell(f, type, SPAN(""), -1);
		tell(f, type, SPAN("\xff\xff\xff\xff nonsense"), file);
	}
	struct abuse_seen a = {.sighting = {.kind = SIGHTING_SPAM, .at = 1795482000,
		.where = {{IP_V4, {198, 51, 100, 1}}, 32}, .source = SPAN("mail"),
		.confidence = 99}, .print = SPAN("no print")};

	abuse_write(&a, &b);
	tell(f, KEEPER_ABUSE, buf_span(&b), file);
	int pair[2];

	assert_int_equal(pipe(pair), 0); /* a descriptor that is no memory */
	tell(f, KEEPER_ABUSE, buf_span(&b), pair[0]);
	close(pair[0]);
	close(pair[1]);
	close(file);
	buf_done(&b);
	sync_all(f);
	assert_true(counted(f, STATUS_IPC_BAD) > 16);
	model(f, 0, &number, NULL);
	decide(f, 1);
	sync_all(f);
	assert_int_equal(decisions_there(f), 1);
	int sightings, campaigns;

	kill_it(f);
	evidence_there(f, &sightings, &campaigns); /* the abuse was real, its print was not */
	assert_int_equal(sightings, 1);
	assert_int_equal(campaigns, 0);
	start(f);
}

/* The model goes out when it changed, and only then; a judge can be made of it. */
static void the_model_is_handed_out(void **state)
{
	struct fixture *f = *state;
	uint64_t first, second, third;
	int file;

	model(f, 0, &first, &file);
	assert_true(file >= 0);
	close(file);
	model(f, first, &second, &file);
	assert_int_equal(second, first);
	assert_int_equal(file, -1);
	for (unsigned i = 0; i < 30; i++)
		learn(f, i, i & 1);
	model(f, first, &third, &file);
	assert_true(third != first && file >= 0);
	const struct judge_options o = {.ham_loss = 0.001};
	struct judge *bare, *j;
	struct span bytes;
	uint64_t ham, spam;

	assert_int_equal(ipc_map_sealed(file, (size_t)1 << 30, &bytes), 0);
	assert_int_equal(judge_open(&o, &bare, &f->err), 0);
	assert_int_equal(judge_renew(bare, bytes, &j, &f->err), 0);
	judge_learned(j, &ham, &spam);
	assert_int_equal(ham, 15);
	assert_int_equal(spam, 15);
	judge_close(j);
	judge_close(bare);
	munmap((void *)bytes.p, bytes.n);
	close(file);
}

/* Another has the ledger: abuse is lost and counted, all else goes on. */
static void one_part_fails_alone(void **state)
{
	struct fixture *f = *state;
	const struct ledger_options o = {.state_dir = f->dir, .write = true};
	struct ledger *l;

	sync_all(f);
	kill_it(f);
	assert_int_equal(ledger_open(&o, &l, &f->err), 0);
	start(f);
	accuse(f, 1, 0);
	decide(f, 1);
	assert_int_equal(learn(f, 2, true), LEARNED_NEW);
	sync_all(f);
	assert_int_equal(counted(f, STATUS_KEEPER_LOST), 1);
	assert_int_equal(counted(f, STATUS_SIGHTINGS), 0);
	assert_int_equal(decisions_there(f), 1);
	ledger_close(l);
}

/* The file of decisions is removed, and later written over: what was not committed then is lost and
 * counted, and all goes on in a new one; the ledger and the model know nothing of it. */
static void decisions_are_begun_anew(void **state)
{
	static const char *const meddling[] = {
		"rm %s/decisions.db", "yes junk | head -c 9000 >%s/decisions.db"};
	struct fixture *f = *state;
	char command[128];

	for (unsigned i = 0; i < 2; i++) {
		for (unsigned k = 0; k < 5; k++)
			decide(f, 10 * i + k);
		sync_all(f);
		assert_true(decisions_there(f) >= 5);
		uint64_t lost = counted(f, STATUS_KEEPER_LOST);

		snprintf(command, sizeof(command), meddling[i], f->dir);
		assert_int_equal(system(command), 0);
		accuse(f, i, 0);
		assert_int_equal(learn(f, i, true), LEARNED_NEW);
		sync_all(f);
		decide(f, 10 * i + 6);
		sync_all(f);
		assert_int_equal(decisions_there(f), 1);
		assert_int_equal(counted(f, STATUS_KEEPER_LOST), lost);
		assert_int_equal(counted(f, STATUS_SIGHTINGS), i + 1);
		kill_it(f); /* its successor may begin anew at once, too */
		start(f);
	}
	snprintf(command, sizeof(command), "%s/decisions.db.bad", f->dir);
	assert_int_equal(access(command, F_OK), 0);
}

/* More than it takes between two looks at the time has come before, or comes still. */
static void all_that_came_is_kept_at_the_end(void **state)
{
	struct fixture *f = *state;
	const unsigned many = 7000;
	int how;

	kill(f->pid, SIGSTOP);
	kill(f->pid, SIGUSR1);
	for (unsigned i = 0; i < 50; i++)
		decide(f, i);
	kill(f->pid, SIGCONT);
	for (unsigned i = 50; i < many; i++)
		decide(f, i);
	assert_int_equal(waitpid(f->pid, &how, 0), f->pid);
	assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	assert_int_equal(decisions_there(f), many);
	start(f);
}

static void specimens_are_kept_once(void **state)
{
	struct fixture *f = *state;
	char path[128];
	unsigned n = 0;

	for (int i = 0; i < 3; i++) {
		int file = ipc_seal(i == 2 ? SPAN("Subject: b\n\n") : SPAN("Subject: a\n\n"));

		ask(f, KEEPER_SPECIMEN, (struct span){NULL, 0}, file, KEEPER_KEPT, NULL);
		close(file);
	}
	snprintf(path, sizeof(path), "%s/specimens", f->dir);
	DIR *d = opendir(path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strstr(e->d_name, ".eml") != NULL;
	closedir(d);
	assert_int_equal(n, 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		T(what_was_kept_outlives_it),
		T(killed_at_any_time),
		T(nonsense_does_not_end_it),
		T(the_model_is_handed_out),
		T(one_part_fails_alone),
		T(decisions_are_begun_anew),
		T(all_that_came_is_kept_at_the_end),
		T(specimens_are_kept_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
