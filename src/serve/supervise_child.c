/* One role at a time: started, heard, found dead. */
#include "serve/supervise_work.h"

#include "serve/control.h"
#include "serve/ipc.h"
#include "serve/sandbox.h"
#include "show/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND      1000000000LL
#define TELL_MOST   30        /* sentences of a role a second */
#define SOCKET_ROOM (4 << 20) /* bytes under way between two roles, where the system allows it */
#define HIGH        64        /* descriptors from here on are free while they are put in place */

void supervise_tell(struct supervisor *s, const char *format, ...)
{
	char text[700];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	s->o->tell(s->o->context, text);
}

static int make_channel(struct supervisor *s, enum role a, enum role b)
{
	const int room = SOCKET_ROOM;
	int pair[2];

	if (!s->o->roles[a] || !s->o->roles[b])
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	for (int i = 0; i < 2; i++)
		if (setsockopt(pair[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
			setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	s->channel[a][b] = pair[0];
	s->channel[b][a] = pair[1];
	return 0;
}

int supervise_channels(struct supervisor *s)
{
	int rc = make_channel(s, ROLE_GATE, ROLE_RESOLVER);

	return rc < 0 ? rc : make_channel(s, ROLE_GATE, ROLE_KEEPER);
}

/* Puts from[n] into the descriptors first, first + 1, ..., and closes all others behind them. -1:
 * /dev/null. Only what may be called between fork and exec. */
static void place_files(const int *from, unsigned n, int first)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), high[16];

	for (unsigned i = 0; i < n; i++)
		high[i] = fcntl(from[i] < 0 ? null : from[i], F_DUPFD, HIGH);
	dup2(null, STDIN_FILENO);
	for (unsigned i = 0; i < n; i++)
		dup2(high[i], first + (int)i);
	close_range((unsigned)first + n, ~0U, 0);
}

/* The child's side: becomes the role. */
static void become(struct supervisor *s, enum role r, int control)
{
	int files[CONTROL_FD_TO - CONTROL_FD + ROLES] = {control, s->status_file, s->config_file};
	const char *program = s->o->program ? s->o->program : "/proc/self/exe";
	const char *file = s->o->config_file, *user = s->config.gateway.user;
	char starts[16];
	const char *const words[] = {"cordon-gateway", "role", role_name(r), s->o->state,
		file ? file : "", user ? user : "", starts, NULL};

	for (int k = 0; k < ROLES; k++)
		files[CONTROL_FD_TO - CONTROL_FD + k] = s->channel[r][k];
	snprintf(starts, sizeof(starts), "%u", s->child[r].starts);
	int exe = open(program, O_RDONLY);

	/* Above what is closed: the program is run by its descriptor. */
	int all[sizeof(files) / sizeof(*files) + 1];

	memcpy(all, files, sizeof(files));
	all[sizeof(files) / sizeof(*files)] = exe;
	place_files(all, sizeof(all) / sizeof(*all), CONTROL_FD);
	exe = CONTROL_FD + (int)(sizeof(files) / sizeof(*files));
	fcntl(exe, F_SETFD, FD_CLOEXEC);
	fexecve(exe, (char *const *)words, environ);
	_exit(127);
}

/* It dies: what is due then. */
static void wait_longer(struct supervisor *s, struct child *c)
{
	const struct supervise_times *t = &s->o->times;
	int64_t now = ipc_deadline(0);

	if (now - c->started >= t->healthy)
		c->wait = 0;
	c->due = now + c->wait;
	c->wait = c->wait ? 2 * c->wait : t->first_wait;
	if (c->wait > t->most_wait)
		c->wait = t->most_wait;
}

int supervise_start(struct supervisor *s, enum role r)
{
	struct child *c = &s->child[r];
	struct status_part *part = &s->status->part[r];
	int pair[2];

	c->due = 0;
	c->started = ipc_deadline(0);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		int rc = -errno;

		wait_longer(s, c);
		return rc;
	}
	atomic_store(&part->denied, 0);
	atomic_store(&part->alive, (uint64_t)c->started);
	pid_t pid = fork();

	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		become(s, r, pair[1]);
	}
	int rc = pid < 0 ? -errno : 0;

	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		wait_longer(s, c);
		return rc;
	}
	c->pid = pid;
	c->control = pair[0];
	c->ready = c->stopping = c->failed = c->anew = false;
	c->killed = NULL;
	c->starts++;
	atomic_store(&part->pid, pid);
	atomic_store(&part->starts, c->starts);
	return 0;
}

void supervise_kill(struct supervisor *s, enum role r, const char *why)
{
	struct child *c = &s->child[r];

	if (!c->pid || c->killed)
		return;
	c->killed = why;
	kill(c->pid, SIGKILL);
}

void supervise_stop(struct supervisor *s, enum role r, int64_t by)
{
	struct child *c = &s->child[r];

	c->stopping = true;
	c->stop_by = by;
	ipc_send(c->control, CONTROL_STOP, 0, (struct span){0}, -1, 0);
}

/* "was killed by signal 11 (Segmentation fault)", into to. */
static void say_how(struct supervisor *s, enum role r, int wait_status, struct buf *to)
{
	int denied = atomic_load(&s->status->part[r].denied), signal = WTERMSIG(wait_status);
	char name[40];

	if (s->child[r].killed)
		buf_printf(to, "was killed: %s", s->child[r].killed);
	else if (WIFEXITED(wait_status))
		buf_printf(to, "ended with %d", WEXITSTATUS(wait_status));
	else if (signal == SIGSYS && denied > 0)
		buf_printf(to, "died of a system call that it may not make: %s (%d)",
			sandbox_call_name(denied - 1, name), denied - 1);
	else
		buf_printf(to, "died of signal %d (%s)", signal, strsignal(signal));
}

/* What the gate had in hand is counted. */
static void count_suspects(struct supervisor *s, struct buf *to)
{
	size_t specimens, n = suspects_count(&s->suspects, s->status, &specimens);

	atomic_store(&s->status->sessions_now, 0);
	if (n)
		buf_printf(to, "; %zu message%s in hand", n, n == 1 ? "" : "s");
	if (specimens)
		buf_printf(to, ", %zu the second time: set aside and passed by policy", specimens);
}

void supervise_died(struct supervisor *s, enum role r, int wait_status)
{
	struct child *c = &s->child[r];
	struct buf how = {0};
	bool was_told = c->stopping && !c->killed && WIFEXITED(wait_status);

	supervise_hear(s, r); /* its last words */
	atomic_store(&s->status->part[r].ready, 0);
	atomic_store(&s->status->part[r].pid, 0);
	close(c->control);
	c->control = -1;
	c->pid = 0;
	say_how(s, r, wait_status, &how);
	if (r == ROLE_GATE)
		count_suspects(s, &how);
	if (s->stopping)
		c->due = 0;
	else if (c->anew)
		c->due = 1;
	else
		wait_longer(s, c);
	if (!was_told) {
		double wait = (double)(c->due - ipc_deadline(0)) / (double)SECOND;

		if (c->due)
			buf_printf(
				&how, "; it is started again %s", wait < 0.05 ? "at once" : "soon");
		if (c->due && wait >= 0.05)
			buf_printf(&how, ", in %.1f s", wait);
		supervise_tell(s, "%s %.*s", role_name(r), SPAN_ARG(buf_span(&how)));
	}
	buf_done(&how);
}

/* A sentence of a role is shown cleaned, and not more often than somebody could read. */
static void pass_on(struct supervisor *s, enum role r, struct span words)
{
	struct child *c = &s->child[r];
	struct buf shown = {0};
	int64_t second = ipc_deadline(0) / SECOND;

	if (second != c->told_at) {
		if (c->told > TELL_MOST)
			supervise_tell(
				s, "%s told %u sentences more", role_name(r), c->told - TELL_MOST);
		c->told_at = second;
		c->told = 0;
	}
	if (++c->told > TELL_MOST)
		return;
	clean_text(&shown, span_take(words, 600));
	supervise_tell(s, "%s: %.*s", role_name(r), SPAN_ARG(buf_span(&shown)));
	buf_done(&shown);
}

static void send_all(struct supervisor *s, enum role but, enum control_type type, int file)
{
	for (int r = 0; r < ROLES; r++)
		if (s->child[r].pid && r != (int)but)
			ipc_send(s->child[r].control, type, 0, (struct span){0}, file, 0);
}

static void take(struct supervisor *s, enum role r, uint32_t type, struct span bytes)
{
	struct child *c = &s->child[r];

	switch (type) {
	case CONTROL_READY:
		c->ready = true;
		atomic_store(&s->status->part[r].ready, 1);
		break;
	case CONTROL_PUBLISHED: send_all(s, r, CONTROL_TABLES, -1); break;
	case CONTROL_TELL: pass_on(s, r, bytes); break;
	case CONTROL_FAILED:
		c->failed = true;
		pass_on(s, r, bytes);
		if (!s->was_ready && !s->fault_code) {
			s->fault_code = -EIO;
			err_set(&s->fault, -EIO, "%s cannot begin", role_name(r));
		}
		break;
	default: status_add(s->status, STATUS_IPC_BAD, 1);
	}
}

void supervise_hear(struct supervisor *s, enum role r)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	int file, rc;

	for (int i = 0; i < 100; i++) {
		rc = ipc_receive(s->child[r].control, room, 0, &head, &bytes, &file);
		if (rc == -EBADMSG)
			status_add(s->status, STATUS_IPC_BAD, 1);
		else if (rc <= 0)
			return;
		else
			take(s, r, head.type, bytes);
		if (rc == 1 && file >= 0)
			close(file);
	}
}
