/*
 * The system calls that a role may make, by its rights; libseccomp writes the filter. What is not
 * listed is trapped: the process notes the call's number where the supervisor can read it, and dies
 * of SIGSYS (crash.c). A process in a stranger's hands may keep itself from dying, as it may
 * do anything with its own memory; but the call was not made, and never will be.
 *
 * Lists are of what glibc 2.36 and the libraries of the roles call; on another libc the
 * supervisor tells the name of what is lacking.
 */
#include "serve/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define N(name) SCMP_SYS(name)

/* With whatever arguments. A list ends with NONE. */
enum { NONE = -1000000 };

/* Its own memory, time, threads' waiting, and the descriptors that it has. */
static const int always[] = {
	N(read), N(readv), N(pread64), N(preadv), N(write), N(writev), N(pwrite64), N(pwritev),
	N(lseek), N(close), N(close_range), N(fstat), N(fstatfs), N(newfstatat), N(fcntl), N(dup), N(dup2), N(dup3),
	N(poll), N(ppoll), N(select), N(pselect6), N(epoll_create1), N(epoll_create), N(epoll_ctl), N(epoll_wait),
	N(epoll_pwait), N(eventfd2), N(pipe2), N(timerfd_create), N(timerfd_settime), N(timerfd_gettime),
	N(memfd_create), N(ftruncate), N(fallocate),
	N(sendmsg), N(recvmsg), N(sendto), N(recvfrom), N(recvmmsg), N(shutdown), N(getsockopt), N(setsockopt),
	N(getsockname), N(getpeername), N(accept), N(accept4),
	N(munmap), N(mremap), N(madvise), N(brk), N(mincore), N(membarrier),
	N(futex), N(set_robust_list), N(rseq), N(sched_yield), N(sched_getaffinity), N(restart_syscall),
	N(nanosleep), N(clock_nanosleep), N(clock_gettime), N(clock_getres), N(gettimeofday), N(time),
	N(getrandom), N(getpid), N(gettid), N(getppid), N(getuid), N(geteuid), N(getgid), N(getegid),
	N(uname), N(sysinfo), N(getrusage), N(getrlimit), N(times), N(getcpu),
	N(rt_sigreturn), N(rt_sigprocmask), N(rt_sigpending), N(rt_sigtimedwait), N(sigaltstack),
	N(exit), N(exit_group), NONE};

/* Files are looked for; whether they are read is Landlock's and, for opening, a rule below. */
static const int reading[] = {N(access), N(faccessat), N(faccessat2), N(stat), N(lstat), N(statx), N(statfs),
	N(getdents64), N(readlink), N(readlinkat), N(getcwd), N(flock), N(fadvise64), N(readahead), NONE};

static const int writing[] = {N(open), N(openat), N(creat), N(mkdir), N(mkdirat), N(unlink), N(unlinkat), N(rmdir),
	N(rename), N(renameat), N(renameat2), N(fsync), N(fdatasync), N(sync_file_range), N(syncfs), N(truncate),
	N(msync), N(chmod), N(fchmod), N(fchown), N(utimensat), N(umask), N(copy_file_range), N(sendfile), NONE};

static const int asking[] = {N(connect), N(bind), N(sendmmsg), NONE};

/* A call with a condition on one argument: allowed when (argument & mask) == value. */
struct rule {
	int call;
	unsigned argument;
	uint64_t mask, value;
};

#define EXACTLY  UINT64_MAX
#define NO_RULE  {NONE, 0, 0, 0}
#define CREATES  ((uint64_t)(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND))

static const struct rule always_so[] = {
	{N(mmap), 2, PROT_EXEC, 0},     /* no new code */
	{N(mprotect), 2, PROT_EXEC, 0},
	{N(ioctl), 1, EXACTLY, FIONBIO}, {N(ioctl), 1, EXACTLY, FIONREAD},
	{N(ioctl), 1, EXACTLY, TCGETS}, /* isatty(), also in libConfuse's scanner */
	{N(prctl), 0, EXACTLY, PR_SET_NAME}, {N(prctl), 0, EXACTLY, PR_SET_VMA},
	NO_RULE};

static const struct rule reading_so[] = {
	{N(openat), 2, CREATES, O_RDONLY}, {N(open), 1, CREATES, O_RDONLY}, NO_RULE};

/* A socket of the internet, and none of the kernel's (netlink), of packets or the like. */
static const struct rule asking_so[] = {
	{N(socket), 0, EXACTLY, AF_INET}, {N(socket), 0, EXACTLY, AF_INET6}, NO_RULE};

/* A thread, not a process: those share memory, files and signals with it. */
static const struct rule threads_so[] = {
	{N(clone), 0, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD,
		CLONE_VM | CLONE_SIGHAND | CLONE_THREAD}, NO_RULE};

static int allow_calls(scmp_filter_ctx f, const int *call)
{
	int rc = 0;

	for (; rc == 0 && *call != NONE; call++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, *call, 0);
	return rc;
}

static int allow_so(scmp_filter_ctx f, const struct rule *r)
{
	int rc = 0;

	for (; rc == 0 && r->call != NONE; r++) {
		struct scmp_arg_cmp c = r->mask == EXACTLY
			? SCMP_CMP(r->argument, SCMP_CMP_EQ, r->value, 0)
			: SCMP_CMP(r->argument, SCMP_CMP_MASKED_EQ, r->mask, r->value);

		rc = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, r->call, 1, &c);
	}
	return rc;
}

/*
 * Signals only to itself; their handling may change, but not that of SIGSYS. clone3's flags are in
 * memory, where no filter can look; glibc takes clone when there is no clone3.
 */
static int allow_special(scmp_filter_ctx f, const struct role_rights *rights)
{
	scmp_datum_t self = (scmp_datum_t)getpid();
	int rc = seccomp_rule_add(
		f, SCMP_ACT_ALLOW, N(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, self, 0));

	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, N(rt_sigaction), 1,
			SCMP_A0(SCMP_CMP_NE, SIGSYS, 0));
	if (rc == 0 && rights->threads)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), N(clone3), 0);
	/* prlimit64 of itself, to read. */
	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, N(prlimit64), 2,
			SCMP_A0(SCMP_CMP_EQ, 0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0));
	return rc;
}

static int allow_by_rights(scmp_filter_ctx f, const struct role_rights *rights)
{
	bool reads = rights->files_read || rights->files_write || rights->also_read;
	int rc = allow_calls(f, always);

	if (rc == 0)
		rc = allow_so(f, always_so);
	if (rc == 0)
		rc = allow_special(f, rights);
	if (rc == 0 && reads)
		rc = allow_calls(f, reading);
	if (rc == 0 && rights->files_write)
		rc = allow_calls(f, writing);
	else if (rc == 0 && reads)
		rc = allow_so(f, reading_so);
	if (rc == 0 && rights->sockets_out)
		rc = allow_calls(f, asking);
	if (rc == 0 && rights->sockets_out)
		rc = allow_so(f, asking_so);
	if (rc == 0 && rights->threads)
		rc = allow_so(f, threads_so);
	return rc;
}

int sandbox_limit_calls(const struct role_rights *rights, struct err *err)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_TRAP);

	if (!f)
		return err_sys(err, -ENOMEM, "the sandbox's rules for system calls");
	int rc = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 1);
	/* The commonest calls are found in a few comparisons rather than at the end of a list. */
	if (rc == 0)
		rc = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (rc == 0)
		rc = allow_by_rights(f, rights);
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	return rc < 0 ? err_sys(err, rc, "the sandbox's rules for system calls") : 0;
}

const char *sandbox_call_name(int number, char *to)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (name)
		snprintf(to, 40, "%s", name);
	else
		snprintf(to, 40, "number %d", number);
	free(name);
	return to;
}
