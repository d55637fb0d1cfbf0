/*
 * The supervisor with roles of this program, which do what the setting `tag` tells them. It runs in
 * a process of its own; what it tells comes through a pipe, and the service manager's socket is
 * ours.
 */
#include "test.h"

#include "serve/ipc.h"
#include "serve/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1000000000LL

/* ---- The roles. ---- */

static struct role_kit *own_kit;

static void *hold_and_fault(void *name)
{
	struct digest d = digest_of(span_cstr(name));

	status_take_up(own_kit->status, &d, (uint64_t)ipc_deadline(0));
	raise(SIGSEGV);
	return NULL;
}

static void *hold(void *name)
{
	struct digest d = digest_of(span_cstr(name));

	status_take_up(own_kit->status, &d, (uint64_t)ipc_deadline(0));
	for (;;)
		poll(NULL, 0, 1000);
	return NULL;
}

/* Does what the setting says; false: it lives no more. */
static bool obey(struct role_kit *kit, enum role r)
{
	static char name[64];
	const char *tag = kit->config->gateway.tag;
	char who[16] = "", what[16] = "";
	pthread_t t;

	if (!tag || sscanf(tag, "%15s %15s %63s", who, what, name) < 2 || strcmp(who, role_name(r)))
		return true;
	if (!strcmp(what, "fault"))
		pthread_create(&t, NULL, hold_and_fault, name);
	if (!strcmp(what, "hold"))
		pthread_create(&t, NULL, hold, name);
	if (!strcmp(what, "open") && open("/etc/passwd", O_RDONLY) >= 0)
		role_tell(kit, "a file was opened");
	if (!strcmp(what, "exit"))
		_exit(7);
	if (!strcmp(what, "publish"))
		role_published(kit);
	if (!strcmp(what, "babble"))
		for (int i = 0; i < 1000; i++)
			role_tell(kit, "babble\033[2J");
	if (!strcmp(what, "suspicion")) {
		struct digest d = digest_of(span_cstr(name));

		role_tell(kit, "suspicion of %s is %d", name, status_suspicion(kit->status, &d));
	}
	return strcmp(what, "silence") != 0;
}

static int open_role(struct role_kit *kit, void **ret_self, struct err *err)
{
	const char *name = kit->config->gateway.name;

	own_kit = kit;
	*ret_self = kit;
	if (name && !strcmp(name, "no-begin"))
		return err_set(err, -EADDRINUSE, "the port is taken");
	return 0;
}

static int run_role(struct role_kit *kit, enum role r)
{
	struct pollfd p = {.fd = kit->control, .events = POLLIN};
	bool lives = true;

	role_ready(kit);
	role_tell(kit, "runs as %d, starts %u", (int)getpid(), kit->starts);
	for (;;) {
		if (lives)
			role_alive(kit, r);
		poll(&p, 1, 50);
		switch (role_told(kit)) {
		case ROLE_STOP: role_tell(kit, "stops"); return 0;
		case ROLE_RELOAD: lives = obey(kit, r); break;
		case ROLE_TABLES: role_tell(kit, "takes tables"); break;
		default: break;
		}
	}
}

/* Asks the resolver all the time, and tells what came of it when it is told of tables. */
static int run_gate(struct role_kit *kit, void *self)
{
	struct pollfd p = {.fd = kit->control, .events = POLLIN};
	struct ipc_client *c;
	struct buf to = {0};
	unsigned good = 0, lost = 0;
	uint32_t type;
	bool lives = true;

	(void)self;
	if (ipc_client_new(kit->to[ROLE_RESOLVER], &c, NULL) < 0)
		return 1;
	role_ready(kit);
	role_tell(kit, "runs as %d, starts %u", (int)getpid(), kit->starts);
	for (;;) {
		if (lives)
			role_alive(kit, ROLE_GATE);
		buf_clear(&to);
		int rc = ipc_ask(c, 1, SPAN("?"), -1, ipc_deadline(SECOND / 20), &type, &to, NULL);

		good += rc == 0;
		lost += rc != 0;
		poll(&p, 1, 1);
		switch (role_told(kit)) {
		case ROLE_STOP: role_tell(kit, "stops"); return 0;
		case ROLE_RELOAD: lives = obey(kit, ROLE_GATE); break;
		case ROLE_TABLES:
			role_tell(kit, "answers %s, lost %s", good ? "some" : "none",
				lost ? "some" : "none");
			good = lost = 0;
			break;
		default: break;
		}
	}
}

static void *answer(void *context)
{
	struct role_kit *kit = context;
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	int file;

	for (;;)
		if (ipc_receive(kit->to[ROLE_GATE], room, ipc_deadline(SECOND), &head, &bytes,
			    &file) == 1)
			ipc_send(kit->to[ROLE_GATE], 2, head.id, bytes, -1, 0);
	return NULL;
}

static int run_resolver(struct role_kit *kit, void *self)
{
	pthread_t t;

	(void)self;
	pthread_create(&t, NULL, answer, kit);
	return run_role(kit, ROLE_RESOLVER);
}

static int run_keeper(struct role_kit *kit, void *self)
{
	(void)self;
	return run_role(kit, ROLE_KEEPER);
}

static const struct role_definition test_gate = {.role = ROLE_GATE,
	.rights = {.threads = true, .files = 64},
	.open = open_role,
	.run = run_gate};
static const struct role_definition test_resolver = {.role = ROLE_RESOLVER,
	.rights = {.threads = true, .sockets_out = true, .files = 64},
	.open = open_role,
	.run = run_resolver};
static const struct role_definition test_keeper = {.role = ROLE_KEEPER,
	.rights = {.threads = true, .files_read = true, .files_write = true, .files = 64},
	.open = open_role,
	.run = run_keeper};
static const struct role_definition *const roles[ROLES] = {
	[ROLE_GATE] = &test_gate, [ROLE_RESOLVER] = &test_resolver, [ROLE_KEEPER] = &test_keeper};

/* ---- The test's side. ---- */

static char folder[] = "/tmp/cordon-supervise-XXXXXX";
static char config_path[64], notify_path[64];
static pid_t supervisor;
static int from_it, manager;

static void write_line(void *context, const char *sentence)
{
	dprintf(*(int *)context, "%s\n", sentence);
}

static void write_ready(void *context)
{
	dprintf(*(int *)context, "all ready\n");
}

static void write_config(const char *text)
{
	FILE *f = fopen(config_path, "w");

	/* As root it would be the user that is set, who need not be there. */
	fprintf(f, "user = \"\"\nmessage_seconds = 1\n%s\n", text);
	fclose(f);
}

static int run_supervisor(int to)
{
	struct supervise_options o = {.roles = roles,
		.config_file = config_path,
		.state = folder,
		.tell = write_line,
		.ready = write_ready,
		.context = &to,
		.times = {.first_wait = SECOND / 10,
			.most_wait = SECOND / 5,
			.healthy = 600 * SECOND,
			.silence = SECOND * 3 / 2,
			.begin = 60 * SECOND,
			.grace = SECOND / 5,
			.stop = 30 * SECOND}};
	struct config c;
	struct err err;

	if (config_read(config_path, &c, &err) < 0)
		return 2;
	o.config = &c;
	int rc = supervise(&o, &err);

	if (rc < 0)
		dprintf(to, "%s\n", err.text);
	config_done(&c);
	return rc < 0 ? 1 : 0;
}

/* The next line, into to; false when none comes in twenty seconds. */
static bool next_line(char *to, size_t room)
{
	size_t n = 0;

	for (;;) {
		struct pollfd p = {.fd = from_it, .events = POLLIN};

		if (poll(&p, 1, 10000) != 1 || read(from_it, to + n, 1) != 1)
			return false;
		if (to[n] == '\n')
			break;
		n += n + 1 < room - 1;
	}
	to[n] = '\0';
	return true;
}

/* Waits for a line that holds that, and gives the rest of it; others are passed over. */
static const char *wait_for(const char *what)
{
	static char line[1024], seen[8192];
	size_t n = 0;

	seen[0] = '\0';
	while (next_line(line, sizeof(line))) {
		const char *at = strstr(line, what);

		if (at)
			return at + strlen(what);
		n += (size_t)snprintf(seen + n, sizeof(seen) - n, "%s\n", line);
		if (n >= sizeof(seen))
			n = 0;
	}
	fail_msg("it did not tell '%s', but\n%s", what, seen);
	return NULL;
}

static pid_t pid_of(const char *role)
{
	char what[32];

	snprintf(what, sizeof(what), "%s: runs as ", role);
	return (pid_t)strtol(wait_for(what), NULL, 10);
}

static void tell_roles(const char *tag)
{
	char text[128];

	snprintf(text, sizeof(text), "tag = \"%s\"", tag);
	write_config(text);
	kill(supervisor, SIGHUP);
}

static void begin_it(void)
{
	int pipes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	supervisor = fork();
	if (supervisor == 0) {
		close(pipes[0]);
		_exit(run_supervisor(pipes[1]));
	}
	close(pipes[1]);
	from_it = pipes[0];
}

static int it_ended(void)
{
	int wait_status = 0;

	waitpid(supervisor, &wait_status, 0);
	supervisor = 0;
	return wait_status;
}

static int end_it(void)
{
	kill(supervisor, SIGTERM);
	return it_ended();
}

static int set_up(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(config_path, sizeof(config_path), "%s/conf", folder);
	snprintf(notify_path, sizeof(notify_path), "%s/notify", folder);
	strcpy(at.sun_path, notify_path);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setenv("NOTIFY_SOCKET", notify_path, 1);
	setenv("WATCHDOG_USEC", "400000", 1);
	unsetenv("WATCHDOG_PID");
	return bind(manager, (struct sockaddr *)&at, sizeof(at));
}

static int tear_down(void **state)
{
	(void)state;
	unlink(config_path);
	unlink(notify_path);
	return rmdir(folder);
}

static int begin(void **state)
{
	(void)state;
	write_config("");
	begin_it();
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (supervisor)
		end_it();
	close(from_it);
	return 0;
}

/* Waits until the service manager was sent that. */
static void wait_notified(const char *what)
{
	char text[600];
	ssize_t n;

	for (;;) {
		struct pollfd p = {.fd = manager, .events = POLLIN};

		if (poll(&p, 1, 20000) != 1)
			fail_msg("the service manager was not told %s", what);
		n = recv(manager, text, sizeof(text) - 1, 0);
		text[n < 0 ? 0 : n] = '\0';
		if (strstr(text, what))
			return;
	}
}

static void it_begins_and_stops_in_order(void **state)
{
	(void)state;
	wait_for("all ready");
	wait_notified("READY=1");
	wait_notified("WATCHDOG=1");
	kill(supervisor, SIGHUP);
	wait_notified("RELOADING=1");
	wait_notified("READY=1");
	kill(supervisor, SIGTERM);
	wait_notified("STOPPING=1");
	wait_for("gate: stops");
	wait_for("resolver: stops");
	wait_for("keeper: stops");
	assert_int_equal(it_ended(), 0);
}

static void others_go_on_when_one_dies(void **state)
{
	static const struct {
		const char *role;
		int signal;
		const char *told;
	} rows[] = {
		{"resolver", SIGKILL, "resolver died of signal 9"},
		{"keeper", SIGSEGV, "keeper died of signal 11"},
		{"resolver", SIGABRT, "resolver died of signal 6"},
		{"resolver", SIGSTOP, "resolver was killed: it gave no sign of life"},
	};

	(void)state;
	wait_for("all ready");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* Whose number is told when it begins. */
		write_config("tag = \"resolver exit\"");
		kill(supervisor, SIGHUP);
		wait_for("resolver ended with 7; it is started again");
		pid_t resolver = pid_of("resolver");

		write_config("tag = \"keeper exit\"");
		kill(supervisor, SIGHUP);
		wait_for("keeper ended with 7; it is started again");
		pid_t keeper = pid_of("keeper");

		write_config("");
		kill(!strcmp(rows[i].role, "keeper") ? keeper : resolver, rows[i].signal);
		wait_for(rows[i].told);
		pid_of(rows[i].role);
		kill(supervisor, SIGHUP);
		wait_for("gate: answers some"); /* its channel outlived the other end's process */
		kill(supervisor, SIGHUP);
		wait_for("gate: answers some");
	}
	assert_int_equal(end_it(), 0);
}

static void a_killer_is_known(void **state)
{
	(void)state;
	wait_for("all ready");
	tell_roles("gate suspicion evil");
	wait_for("suspicion of evil is 0");
	tell_roles("gate hold good");
	wait_for("gate: answers");
	tell_roles("gate fault evil");
	wait_for("gate died of signal 11 (Segmentation fault); 1 message in hand; it is started "
		 "again at once");
	assert_non_null(strstr(wait_for("gate: runs as"), "starts 1"));
	tell_roles("gate suspicion evil");
	wait_for("suspicion of evil is 1");
	tell_roles("gate suspicion good");
	wait_for("suspicion of good is 0");
	tell_roles("gate fault evil");
	wait_for("1 message in hand, 1 the second time: set aside and passed by policy");
	wait_for("gate: runs as");
	tell_roles("gate suspicion evil");
	wait_for("suspicion of evil is 2");
}

static void a_message_that_takes_too_long(void **state)
{
	(void)state;
	wait_for("all ready");
	tell_roles("gate hold slow");
	wait_for("gate was killed: judging a message took too long; 1 message in hand");
	wait_for("gate: runs as");
	tell_roles("gate suspicion slow");
	wait_for("suspicion of slow is 1");
}

static void what_may_not_be_is_told(void **state)
{
	(void)state;
	wait_for("all ready");
	tell_roles("gate open");
	wait_for("gate died of a system call that it may not make: openat (257)");
	wait_for("gate: runs as");
	tell_roles("resolver silence");
	wait_for("resolver was killed: it gave no sign of life");
}

static void again_and_again_is_later_and_later(void **state)
{
	(void)state;
	wait_for("all ready");
	pid_t pid = 0;

	tell_roles("keeper exit");
	wait_for("keeper ended with 7; it is started again at once");
	static const char *const waits[] = {"in 0.1 s", "in 0.2 s", "in 0.2 s"};

	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		pid = pid_of("keeper");
		kill(pid, SIGKILL);
		wait_for(waits[i]);
	}
}

static void a_bad_configuration_changes_nothing(void **state)
{
	(void)state;
	wait_for("all ready");
	write_config("on_spam = maybe\ntag = \"gate exit\"");
	kill(supervisor, SIGHUP);
	assert_non_null(strstr(wait_for(":3: on_spam is "), "the configuration stays as it was"));
	write_config("web = \"127.0.0.1:1\"");
	kill(supervisor, SIGHUP);
	wait_for("the new 'web' counts when the gateway is started again");
	wait_for("the configuration was read again");
	wait_for("gate: answers some");
	write_config("dns = {\"127.0.0.1\"}");
	kill(supervisor, SIGHUP);
	wait_for("the configuration was read again");
	assert_non_null(strstr(wait_for("resolver: runs as"), "starts 1"));
	assert_int_equal(end_it(), 0);
}

static void tables_are_passed_on(void **state)
{
	(void)state;
	wait_for("all ready");
	tell_roles("keeper publish");
	wait_for("resolver: takes tables");
	wait_for("resolver: takes tables"); /* the second, by the keeper's word */
}

static void nobody_is_drowned(void **state)
{
	char line[1024];
	int babbled = 0;

	(void)state;
	wait_for("all ready");
	tell_roles("gate babble");
	wait_for("keeper: takes tables"); /* the others are heard all the same */
	end_it();
	while (next_line(line, sizeof(line)))
		babbled += strstr(line, "babble") != NULL;
	assert_true(babbled <= 100);
}

static void what_cannot_begin_ends_it(void **state)
{
	int wait_status;

	(void)state;
	end_it();
	close(from_it);
	write_config("host_name = \"no-begin\"");
	begin_it();
	wait_for("the port is taken");
	wait_for(" cannot begin");
	waitpid(supervisor, &wait_status, 0);
	supervisor = 0;
	assert_true(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 1);
}

static void roles_go_with_their_supervisor(void **state)
{
	(void)state;
	wait_for("all ready");
	tell_roles("gate exit");
	pid_t gate = pid_of("gate");

	kill(supervisor, SIGKILL);
	waitpid(supervisor, NULL, 0);
	supervisor = 0;
	for (int i = 0; i < 20000 && kill(gate, 0) == 0; i++)
		poll(NULL, 0, 1);
	assert_int_equal(kill(gate, 0), -1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(it_begins_and_stops_in_order),
		T(others_go_on_when_one_dies),
		T(a_killer_is_known),
		T(a_message_that_takes_too_long),
		T(what_may_not_be_is_told),
		T(again_and_again_is_later_and_later),
		T(a_bad_configuration_changes_nothing),
		T(tables_are_passed_on),
		T(nobody_is_drowned),
		T(what_cannot_begin_ends_it),
		T(roles_go_with_their_supervisor),
	};

	if (argc > 1 && !strcmp(argv[1], "role"))
		return role_main(roles, argc, argv);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
