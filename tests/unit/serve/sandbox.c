/*
 * Each role's rights are put on in a process of its own, which then tries one thing: what the role
 * needs is done, and everything else kills it or is refused.
 */
#include "test.h"

#include "mail/charset.h"
#include "mail/domain.h"
#include "serve/crash.h"
#include "serve/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/cordon-sandbox-XXXXXX";
static char inside[64], fresh[64], outside[64];
static int datagram, stream; /* sockets from before the sandbox */

/* An act gives 0 when it was done, -1 with errno when it was refused. */
static int open_inside(void)
{
	return open(inside, O_RDONLY);
}

static int open_outside(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int open_proc(void)
{
	return open("/proc/self/mem", O_RDONLY);
}

static int write_inside(void)
{
	return open(inside, O_WRONLY);
}

static int append_inside(void)
{
	return open(inside, O_RDONLY | O_APPEND);
}

static int create_inside(void)
{
	return open(fresh, O_CREAT | O_RDWR, 0600);
}

static int write_outside(void)
{
	return open(outside, O_WRONLY);
}

static int create_outside(void)
{
	return open("/tmp/cordon-sandbox-outside", O_CREAT | O_RDWR, 0600);
}

static int remove_inside(void)
{
	return unlink(inside);
}

static int rename_inside(void)
{
	return rename(inside, fresh);
}

static int rename_out(void)
{
	return rename(inside, "/tmp/cordon-sandbox-outside");
}

static int remove_outside(void)
{
	return unlink(outside);
}

static int truncate_outside(void)
{
	return truncate(outside, 0);
}

static int change_mode(void)
{
	return chmod(inside, 0777);
}

static int make_link(void)
{
	return symlink("/etc/passwd", fresh);
}

static int make_node(void)
{
	return mknod(fresh, S_IFIFO | 0600, 0);
}

static int make_inet(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0);
}

static int make_inet6(void)
{
	return socket(AF_INET6, SOCK_STREAM, 0);
}

static int make_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int make_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int make_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0);
}

static int make_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int connect_datagram(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(datagram, (struct sockaddr *)&to, sizeof(to));
}

static int bind_stream(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return bind(stream, (struct sockaddr *)&at, sizeof(at));
}

static int listen_stream(void)
{
	return listen(stream, 1);
}

static int run_program(void)
{
	return execl("/bin/true", "true", NULL);
}

static int run_at(void)
{
	return (int)syscall(SYS_execveat, AT_FDCWD, "/bin/true", NULL, NULL, 0);
}

static int make_process(void)
{
	return fork() < 0 ? -1 : 0;
}

static int make_process_newly(void)
{
	struct clone_args a = {.exit_signal = SIGCHLD};

	return (int)syscall(SYS_clone3, &a, sizeof(a));
}

static void *nothing(void *context)
{
	return context;
}

static int make_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, nothing, NULL);

	errno = rc;
	return rc ? -1 : pthread_join(t, NULL);
}

static int trace_parent(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int read_parent(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {folder, 1};

	return (int)process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static int kill_parent(void)
{
	return kill(getppid(), 0);
}

static int kill_thread_of_parent(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static int kill_all(void)
{
	return kill(-1, 0);
}

static int mount_something(void)
{
	return mount("none", "/mnt", "tmpfs", 0, NULL);
}

static int change_root(void)
{
	return chroot("/tmp");
}

static int become_root(void)
{
	return setresuid(0, 0, 0);
}

static int unshare_all(void)
{
	return unshare(CLONE_NEWUSER);
}

static int raise_limit(void)
{
	struct rlimit more = {1 << 20, 1 << 20};

	return setrlimit(RLIMIT_NOFILE, &more);
}

static int make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

static int turn_to_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static int be_dumped(void)
{
	return prctl(PR_SET_DUMPABLE, 1);
}

static int catch_denial(void)
{
	return (int)syscall(SYS_rt_sigaction, SIGSYS, NULL, NULL, 8);
}

static int fake_input(void)
{
	return ioctl(0, TIOCSTI, "x");
}

/* Calls that nobody needs, by number; arguments of none are good. */
#define ACT(name)                                                                                  \
	{                                                                                          \
#name, NULL, SYS_##name,                                                           \
		{                                                                                  \
			DIES, DIES, DIES, DIES                                                     \
		}                                                                                  \
	}

/* What all roles do. */
static int live(void)
{
	int fd = memfd_create("x", MFD_ALLOW_SEALING), pair[2];
	char *p = malloc(4 << 20), byte;
	struct timespec t = {0, 1000};

	if (fd < 0 || !p || write(fd, "x", 1) != 1 || pread(fd, &byte, 1, 0) != 1 || pipe(pair))
		return -1;
	memset(p, 1, 4 << 20);
	free(p);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) || nanosleep(&t, NULL) || close(fd))
		return -1;
	prctl(PR_SET_NAME, "x");
	return time(NULL) > 0 && send(stream, "x", 1, MSG_NOSIGNAL) < 0 ? 0 : -1;
}

static int too_many_files(void)
{
	for (int i = 0; i < 100000; i++)
		if (dup(0) < 0)
			return -1;
	return 0;
}

static int too_much_memory(void)
{
	void *p = mmap(NULL, (size_t)1 << 40, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? -1 : 0;
}

enum outcome { DONE, DIES, REFUSED /* EACCES, EXDEV */, NO_MORE /* EMFILE, ENOMEM */, NO_CALL };

/* clang-format off */
static const struct {
	const char *name;
	int (*act)(void);
	long call;
	enum outcome want[ROLES]; /* gate, resolver, keeper, web */
} acts[] = {
	{"live", live, 0, {DONE, DONE, DONE, DONE}},
	{"open a file of the state", open_inside, 0, {DIES, DIES, DONE, DONE}},
	{"open a file outside", open_outside, 0, {DIES, DIES, REFUSED, REFUSED}},
	{"open its own memory", open_proc, 0, {DIES, DIES, REFUSED, REFUSED}},
	{"write to a file of the state", write_inside, 0, {DIES, DIES, DONE, DIES}},
	{"append to a file of the state", append_inside, 0, {DIES, DIES, DONE, DIES}},
	{"make a file in the state", create_inside, 0, {DIES, DIES, DONE, DIES}},
	{"write to a file outside", write_outside, 0, {DIES, DIES, REFUSED, DIES}},
	{"make a file outside", create_outside, 0, {DIES, DIES, REFUSED, DIES}},
	{"rename in the state", rename_inside, 0, {DIES, DIES, DONE, DIES}},
	{"rename to outside", rename_out, 0, {DIES, DIES, REFUSED, DIES}},
	{"remove from the state", remove_inside, 0, {DIES, DIES, DONE, DIES}},
	{"remove outside", remove_outside, 0, {DIES, DIES, REFUSED, DIES}},
	{"cut a file outside", truncate_outside, 0, {DIES, DIES, REFUSED, DIES}},
	{"change a mode", change_mode, 0, {DIES, DIES, DONE, DIES}},
	{"make a symbolic link", make_link, 0, {DIES, DIES, DIES, DIES}},
	{"make a fifo", make_node, 0, {DIES, DIES, DIES, DIES}},
	{"make an IPv4 socket", make_inet, 0, {DIES, DONE, DIES, DIES}},
	{"make an IPv6 socket", make_inet6, 0, {DIES, DONE, DIES, DIES}},
	{"make a UNIX socket", make_unix, 0, {DIES, DIES, DIES, DIES}},
	{"make a netlink socket", make_netlink, 0, {DIES, DIES, DIES, DIES}},
	{"make a packet socket", make_packet, 0, {DIES, DIES, DIES, DIES}},
	{"make a pair of sockets", make_pair, 0, {DIES, DIES, DIES, DIES}},
	{"connect", connect_datagram, 0, {DIES, DONE, DIES, DIES}},
	{"bind a TCP port", bind_stream, 0, {DIES, REFUSED, DIES, DIES}},
	{"listen", listen_stream, 0, {DIES, DIES, DIES, DIES}},
	{"run a program", run_program, 0, {DIES, DIES, DIES, DIES}},
	{"run a program by execveat", run_at, 0, {DIES, DIES, DIES, DIES}},
	{"fork", make_process, 0, {DIES, DIES, DIES, DIES}},
	{"fork by clone3", make_process_newly, 0, {NO_CALL, DIES, DIES, NO_CALL}},
	{"make a thread", make_thread, 0, {DONE, DIES, DIES, DONE}},
	{"trace the supervisor", trace_parent, 0, {DIES, DIES, DIES, DIES}},
	{"read the supervisor's memory", read_parent, 0, {DIES, DIES, DIES, DIES}},
	{"signal the supervisor", kill_parent, 0, {DIES, DIES, DIES, DIES}},
	{"signal a thread of the supervisor", kill_thread_of_parent, 0, {DIES, DIES, DIES, DIES}},
	{"signal all", kill_all, 0, {DIES, DIES, DIES, DIES}},
	{"mount", mount_something, 0, {DIES, DIES, DIES, DIES}},
	{"change the root", change_root, 0, {DIES, DIES, DIES, DIES}},
	{"become root", become_root, 0, {DIES, DIES, DIES, DIES}},
	{"unshare", unshare_all, 0, {DIES, DIES, DIES, DIES}},
	{"raise a limit", raise_limit, 0, {DIES, DIES, DIES, DIES}},
	{"map memory as code", make_code, 0, {DIES, DIES, DIES, DIES}},
	{"turn memory into code", turn_to_code, 0, {DIES, DIES, DIES, DIES}},
	{"be dumped", be_dumped, 0, {DIES, DIES, DIES, DIES}},
	{"handle SIGSYS", catch_denial, 0, {DIES, DIES, DIES, DIES}},
	{"type for the user", fake_input, 0, {DIES, DIES, DIES, DIES}},
	{"open too many files", too_many_files, 0, {NO_MORE, NO_MORE, NO_MORE, NO_MORE}},
	ACT(bpf), ACT(io_uring_setup), ACT(userfaultfd), ACT(perf_event_open), ACT(keyctl), ACT(add_key),
	ACT(init_module), ACT(finit_module), ACT(kexec_load), ACT(setns), ACT(pivot_root), ACT(umount2),
	ACT(swapon), ACT(reboot), ACT(settimeofday), ACT(clock_settime), ACT(adjtimex), ACT(sethostname),
	ACT(setuid), ACT(setgid), ACT(setgroups), ACT(capset), ACT(personality), ACT(acct), ACT(quotactl),
	ACT(shmget), ACT(msgget), ACT(semget), ACT(mq_open), ACT(inotify_init1), ACT(fanotify_init),
	ACT(open_by_handle_at), ACT(name_to_handle_at), ACT(link), ACT(linkat), ACT(chown),
	ACT(setxattr), ACT(seccomp), ACT(landlock_create_ruleset), ACT(pidfd_open), ACT(pidfd_getfd),
	ACT(pidfd_send_signal), ACT(process_madvise), ACT(tkill), ACT(rt_sigqueueinfo), ACT(vfork),
	ACT(memfd_secret), ACT(pkey_mprotect), ACT(remap_file_pages), ACT(modify_ldt), ACT(iopl), ACT(arch_prctl),
	ACT(sched_setscheduler), ACT(sched_setaffinity), ACT(setpriority), ACT(ioprio_set), ACT(syslog), ACT(vhangup),
	ACT(fsopen), ACT(open_tree), ACT(move_mount), ACT(openat2), ACT(splice), ACT(vmsplice), ACT(tee), ACT(kcmp),
};
/* clang-format on */

static const struct role_rights *const rights[ROLES] = {
	[ROLE_GATE] = &role_gate.rights,
	[ROLE_RESOLVER] = &role_resolver.rights,
	[ROLE_KEEPER] = &role_keeper.rights,
	[ROLE_WEB] = &role_web.rights,
};

static enum outcome outcome_of(int wait_status)
{
	if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGSYS)
		return DIES;
	if (!WIFEXITED(wait_status))
		return NO_MORE + 100;
	switch (WEXITSTATUS(wait_status)) {
	case 0: return DONE;
	case EACCES:
	case EXDEV: return REFUSED;
	case EMFILE:
	case ENOMEM: return NO_MORE;
	case ENOSYS: return NO_CALL;
	default: return NO_MORE + 1 + (enum outcome)WEXITSTATUS(wait_status);
	}
}

/* Does one act behind the sandbox of a role, in a process of its own. */
static enum outcome try(const struct role_rights *r, int (*act)(void), long call)
{
	const struct sandbox_place place = {.state = folder};
	struct err err = {0};
	int wait_status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		signal(SIGSYS, SIG_DFL); /* cmocka handles it */
		if (sandbox_enter(r, &place, &err) < 0) {
			fprintf(stderr, "sandbox: %s\n", err.text);
			_exit(250);
		}
		long rc = act ? act() : syscall(call, 0, 0, 0, 0, 0, 0);

		_exit(rc < 0 ? errno : 0);
	}
	waitpid(pid, &wait_status, 0);
	return outcome_of(wait_status);
}

static void put_file(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(inside, sizeof(inside), "%s/inside", folder);
	snprintf(fresh, sizeof(fresh), "%s/fresh", folder);
	snprintf(outside, sizeof(outside), "%s-outside", folder);
	datagram = socket(AF_INET, SOCK_DGRAM, 0);
	stream = socket(AF_INET, SOCK_STREAM, 0);
	return datagram >= 0 && stream >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(inside);
	unlink(fresh);
	unlink(outside);
	unlink("/tmp/cordon-sandbox-outside");
	return rmdir(folder);
}

static void roles_do_what_they_need_and_no_more(void **state)
{
	int landlock = sandbox_landlock();

	(void)state;
	if (landlock < 4)
		print_message("Landlock is of version %d here: what only it refuses is left out\n",
			landlock);
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		for (int r = 0; r < ROLES; r++) {
			if (acts[i].want[r] == REFUSED && landlock < 4)
				continue;
			put_file(inside);
			put_file(outside);
			unlink(fresh);
			enum outcome got = try(rights[r], acts[i].act, acts[i].call);

			if (got != acts[i].want[r])
				fail_msg("%s may %s: outcome %d, not %d", role_name(r),
					acts[i].name, got, acts[i].want[r]);
		}
}

/* What judging needs of files is read before; behind the sandbox no charset opens one. */
static int read_all_charsets(void)
{
	const struct span bytes = SPAN("\x1b$B\xa4\xb3\x81\x30\xe4~{");
	struct domain_tools *t = domain_tools_new();
	char to[CHARSET_ROOM(32)];
	struct anomalies odd = {0};
	struct charsets c;

	charsets_init(&c);
	for (size_t i = 0; i < charset_labels_n; i++)
		charset_write(&c, span_cstr(charset_labels[i].label), bytes, to, &odd);
	charsets_done(&c);
	bool listed = t && domain_registrable(t, SPAN("www.example.com")).n == 11;

	domain_tools_free(t);
	return listed ? 0 : -1;
}

static void charsets_need_no_files(void **state)
{
	(void)state;
	charsets_load_all();
	domain_tools_free(domain_tools_new());
	assert_int_equal(try(rights[ROLE_GATE], read_all_charsets, 0), DONE);
}

static void other_paths_may_be_read(void **state)
{
	static const char *const paths[] = {"/etc/passwd", "/none/such", NULL};
	struct role_rights r = {.also_read = paths, .files = 64};

	(void)state;
	if (!sandbox_landlock())
		skip();
	put_file(inside);
	assert_int_equal(try(&r, open_outside, 0), DONE);
	assert_int_equal(try(&r, open_inside, 0), REFUSED);
	assert_int_equal(try(&r, write_inside, 0), DIES);
}

static void memory_has_a_bound(void **state)
{
	struct role_rights r = {.memory = (size_t)1 << 30};

	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	skip(); /* which reserves terabytes */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	skip();
#endif
#endif
	assert_int_equal(try(&r, too_much_memory, 0), NO_MORE);
}

static void nobody_is_root(void **state)
{
	const struct sandbox_place place = {.state = folder, .user = "nobody"};
	const struct sandbox_place missing = {.state = folder, .user = "no-such-user"};
	struct err err = {0};
	int wait_status;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can become another\n");
		skip();
	}
	pid_t pid = fork();

	if (pid == 0) {
		if (sandbox_enter(rights[ROLE_GATE], &place, &err) < 0)
			_exit(2);
		_exit(geteuid() == 0 || getuid() == 0 || getegid() == 0);
	}
	waitpid(pid, &wait_status, 0);
	assert_int_equal(wait_status, 0);
	assert_int_equal(sandbox_change_user(&missing, &err), -ENOENT);
	assert_non_null(strstr(err.text, "useradd --system no-such-user"));
}

static void *sleep_long(void *context)
{
	sleep(100);
	return context;
}

/* A thread that runs already would stay outside. */
static void threads_come_later(void **state)
{
	const struct sandbox_place place = {.state = folder};
	int wait_status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		pthread_t t;
		pthread_create(&t, NULL, sleep_long, NULL);
		_exit(sandbox_enter(rights[ROLE_GATE], &place, NULL) != -EBUSY);
	}
	waitpid(pid, &wait_status, 0);
#if !defined(__SANITIZE_ADDRESS__)
	assert_true(WIFEXITED(wait_status));
#endif
}

static void calls_have_names(void **state)
{
	char to[40];

	(void)state;
	assert_string_equal(sandbox_call_name(SYS_openat, to), "openat");
	assert_string_equal(sandbox_call_name(100000, to), "number 100000");
}

/* What is noted while a process dies. */
static int *volatile nowhere;

enum death { DENIED, FAULT, ABORT, KILLED, OVERFLOW, IN_THREAD };

static int overflow_stack(volatile char *p, int n)
{
	volatile char room[4096];

	room[0] = (char)(*p + n);
	if (n == 1 << 30)
		return 0;
	return overflow_stack(room, n + 1) + room[0];
}

static void *fault_here(void *context)
{
	struct status *s = context;
	struct digest d = digest_of(SPAN("this"));

	crash_watch_thread();
	status_take_up(s, &d, 5);
	*nowhere = 1;
	return NULL;
}

static void die(struct status *s, enum death how)
{
	const struct sandbox_place place = {.state = folder};
	struct digest other = digest_of(SPAN("other")), mine = digest_of(SPAN("this"));
	pthread_t t;

	crash_watch(s, ROLE_GATE);
	if (sandbox_enter(rights[ROLE_GATE], &place, NULL) < 0)
		_exit(1);
	int first = status_take_up(s, &other, 5);

	if (how == IN_THREAD) {
		pthread_create(&t, NULL, fault_here, s);
		pthread_join(t, NULL);
	}
	(void)first;
	status_take_up(s, &mine, 5);
	if (how == DENIED)
		open("/etc/passwd", O_RDONLY);
	if (how == FAULT)
		*nowhere = 1;
	if (how == ABORT)
		abort();
	if (how == OVERFLOW)
		_exit(overflow_stack((char[]){1}, 1));
	for (;;)
		pause(); /* which is not allowed, so it spins or dies */
}

static void deaths_are_noted(void **state)
{
	static const struct {
		enum death how;
		int signal;
		bool marked, denied;
	} rows[] = {
		{DENIED, SIGSYS, true, true},
		{FAULT, SIGSEGV, true, false},
		{ABORT, SIGABRT, true, false},
		{OVERFLOW, SIGSEGV, true, false},
		{IN_THREAD, SIGSEGV, true, false},
	};
	struct digest mine = digest_of(SPAN("this")), got;
	uint64_t since;
	int fd, wait_status;

	(void)state;
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
	skip(); /* it has handlers of its own */
#endif
#endif
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct status *s = status_make(&fd);
		pid_t pid = fork();

		if (pid == 0)
			die(s, rows[i].how);
		waitpid(pid, &wait_status, 0);
		if (!WIFSIGNALED(wait_status) || WTERMSIG(wait_status) != rows[i].signal)
			fail_msg("row %zu: ended with %x", i, (unsigned)wait_status);
		for (int k = 0; k < STATUS_SLOTS; k++)
			if (status_slot_read(s, k, &since, &got)) {
				bool is_mine = !memcmp(&got, &mine, sizeof(got));

				if (s->slot[k].killer != (is_mine && rows[i].marked))
					fail_msg("row %zu: slot %d is marked %u", i, k,
						s->slot[k].killer);
			}
		assert_int_equal(s->part[ROLE_GATE].denied, rows[i].denied ? SYS_openat + 1 : 0);
		status_drop(s);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_do_what_they_need_and_no_more),
		cmocka_unit_test(charsets_need_no_files),
		cmocka_unit_test(other_paths_may_be_read),
		cmocka_unit_test(memory_has_a_bound),
		cmocka_unit_test(nobody_is_root),
		cmocka_unit_test(threads_come_later),
		cmocka_unit_test(calls_have_names),
		cmocka_unit_test(deaths_are_noted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
