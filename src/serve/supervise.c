/*
 * One loop over signals and the roles' control sockets, four times a second at least, when clocks
 * are looked at. It trusts no clock too much: having slept itself - the machine was suspended, or
 * too busy - it gives every role time to speak before it takes silence for death.
 */
#include "serve/supervise_work.h"

#include "serve/control.h"
#include "serve/ipc.h"
#include "serve/notify.h"
#include "serve/sandbox.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define TICK   250 /* milliseconds */

/* The order in which roles stop: who takes mail in first, who keeps what came of it last. */
static const enum role stop_order[ROLES] = {ROLE_WEB, ROLE_GATE, ROLE_RESOLVER, ROLE_KEEPER};

struct supervise_times supervise_usual(void)
{
	return (struct supervise_times){
		.first_wait = SECOND / 10,
		.most_wait = 10 * SECOND,
		.healthy = 60 * SECOND,
		.silence = 30 * SECOND,
		.begin = 120 * SECOND,
		.grace = 5 * SECOND,
		.stop = 15 * SECOND,
	};
}

/* The configuration as the roles get it. */
static int seal_config(const struct config *c)
{
	struct buf text = {0};

	config_print(c, false, &text);
	int fd = buf_ok(&text) ? ipc_seal(buf_span(&text)) : -ENOMEM;

	buf_done(&text);
	return fd;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_list(char **a, size_t a_n, char **b, size_t b_n)
{
	bool equal = a_n == b_n;

	for (size_t i = 0; equal && i < a_n; i++)
		equal = same(a[i], b[i]);
	return equal;
}

/* When a file came into STATE/net, or went, last; zero when there is none. */
static struct timespec tables_changed(const struct supervisor *s)
{
	struct stat st = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/net", s->o->state);
	return stat(path, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

/* Settings that are used once, mostly before the sandbox, and files that are opened then. */
static void tell_of_late_settings(struct supervisor *s, const struct config *c)
{
	const struct config_gateway *a = &s->config.gateway, *b = &c->gateway;
	const struct {
		const char *name;
		bool same;
	} rows[] = {
		{"milter", same(a->milter, b->milter)},
		{"check", same(a->check, b->check)},
		{"web", same(a->web, b->web)},
		{"user", same(a->user, b->user)},
		{"state", same(s->config.state, c->state)},
		{"threads", a->threads == b->threads},
		{"ham_loss",
			!(s->config.ham_loss < c->ham_loss || s->config.ham_loss > c->ham_loss)},
		{"relays", same_list(s->config.relay_nets, s->config.nets, c->relay_nets, c->nets)},
		{"relay_names", same_list(s->config.relay_names, s->config.names, c->relay_names,
					c->names)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!rows[i].same)
			supervise_tell(s, "the new '%s' counts when the gateway is started again",
				rows[i].name);
	struct timespec now = tables_changed(s);

	if (now.tv_sec != s->tables.tv_sec || now.tv_nsec != s->tables.tv_nsec)
		supervise_tell(
			s, "the new tables of networks count when the gateway is started again");
}

/* Whom to ask is read before the sandbox, too; but a new resolver is there at once, and what was
 * asked of the old one is only asked for later. */
static void renew_resolver(struct supervisor *s)
{
	struct child *c = &s->child[ROLE_RESOLVER];

	if (!c->pid || c->stopping)
		return;
	c->anew = true;
	supervise_stop(s, ROLE_RESOLVER, ipc_deadline(0) + s->o->times.stop);
}

static void reload(struct supervisor *s)
{
	struct config c;
	struct err err;
	int64_t now = ipc_deadline(0);

	notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now / 1000);
	int file = -1, rc = config_read(s->o->config_file, &c, &err);

	if (rc == 0) {
		file = seal_config(&c);
		if (file < 0)
			rc = err_sys(&err, file, "the configuration");
		if (rc < 0)
			config_done(&c);
	}
	if (rc < 0) {
		supervise_tell(s, "%s; the configuration stays as it was", err.text);
	} else {
		tell_of_late_settings(s, &c);
		if (!same_list(s->config.gateway.dns, s->config.gateway.dns_n, c.gateway.dns,
			    c.gateway.dns_n))
			renew_resolver(s);
		close(s->config_file);
		config_done(&s->config);
		s->config = c;
		s->config_file = file;
		supervise_tell(s, "the configuration was read again");
	}
	for (int r = 0; r < ROLES; r++)
		if (s->child[r].pid) {
			if (rc == 0)
				ipc_send(s->child[r].control, CONTROL_CONFIG, 0, (struct span){0},
					s->config_file, 0);
			ipc_send(s->child[r].control, CONTROL_TABLES, 0, (struct span){0}, -1, 0);
		}
	notify("READY=1");
}

static void reap(struct supervisor *s)
{
	int wait_status;
	pid_t pid;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
		for (int r = 0; r < ROLES; r++)
			if (s->child[r].pid == pid)
				supervise_died(s, r, wait_status);
}

static void take_signals(struct supervisor *s, int signals)
{
	struct signalfd_siginfo i;

	while (read(signals, &i, sizeof(i)) == sizeof(i)) {
		if (i.ssi_signo == SIGHUP && !s->stopping) {
			reload(s);
		} else if ((i.ssi_signo == SIGTERM || i.ssi_signo == SIGINT) && !s->stopping) {
			s->stopping = true;
			notify("STOPPING=1");
		}
	}
	reap(s);
}

static bool runs(const struct supervisor *s)
{
	for (int r = 0; r < ROLES; r++)
		if (s->child[r].pid)
			return true;
	return false;
}

/* Tells the next role to stop once those before it have; kills those that take too long. */
static void stop_next(struct supervisor *s, int64_t now)
{
	for (int i = 0; i < ROLES; i++) {
		enum role r = stop_order[i];
		struct child *c = &s->child[r];

		c->due = 0;
		if (!c->pid)
			continue;
		if (!c->stopping) {
			supervise_stop(s, r,
				now + s->o->times.stop +
					(r == ROLE_GATE ? s->config.gateway.message_seconds * SECOND
							: 0));
		} else if (now > c->stop_by) {
			supervise_kill(s, r, "it did not stop when it was told to");
		}
		return;
	}
}

/* Silence, and messages that take too long. */
static void look_after(struct supervisor *s, enum role r, int64_t now)
{
	const struct supervise_times *t = &s->o->times;
	struct child *c = &s->child[r];
	int64_t alive = (int64_t)atomic_load(&s->status->part[r].alive);
	int64_t most = s->config.gateway.message_seconds * SECOND + t->grace;

	if (c->pid && c->stopping && now > c->stop_by)
		supervise_kill(s, r, "it did not stop when it was told to");
	if (!c->pid || c->stopping || now < s->excused)
		return;
	if (!c->ready) {
		if (now - c->started > t->begin)
			supervise_kill(s, r, "it was not ready in time");
		return;
	}
	if (now - alive > t->silence)
		supervise_kill(s, r, "it gave no sign of life");
	else if (r == ROLE_GATE && now > most && !c->killed &&
		 suspects_mark_stuck(s->status, (uint64_t)(now - most)))
		supervise_kill(s, r, "judging a message took too long");
}

static void look_around(struct supervisor *s)
{
	int64_t now = ipc_deadline(0);

	if (s->stopping) {
		stop_next(s, now);
		return;
	}
	for (int r = 0; r < ROLES; r++) {
		look_after(s, r, now);
		if (!s->child[r].pid && s->child[r].due && now >= s->child[r].due) {
			int rc = supervise_start(s, r);

			if (rc < 0)
				supervise_tell(
					s, "%s cannot be started: %s", role_name(r), strerror(-rc));
		}
	}
}

static void tell_ready(struct supervisor *s)
{
	for (int r = 0; r < ROLES; r++)
		if (s->o->roles[r] && !s->child[r].ready)
			return;
	if (s->was_ready)
		return;
	s->was_ready = true;
	notify("READY=1\nMAINPID=%ld", (long)getpid());
	if (s->o->ready)
		s->o->ready(s->o->context);
}

/* At the start a role that cannot begin ends it all: somebody is there to read why. */
static void give_up(struct supervisor *s)
{
	for (int r = 0; r < ROLES && !s->was_ready && !s->fault_code && !s->stopping; r++)
		if (s->o->roles[r] && !s->child[r].pid && s->child[r].starts >= 3) {
			s->fault_code = -EIO;
			err_set(&s->fault, -EIO, "%s does not begin", role_name(r));
		}
	if (s->fault_code)
		s->stopping = true;
}

/* Waits for something to do. */
static void wait_and_hear(struct supervisor *s, int signals)
{
	struct pollfd p[ROLES + 1];
	int64_t before = ipc_deadline(0), soonest = before + TICK * SECOND / 1000;

	for (int r = 0; r < ROLES; r++) {
		p[r] = (struct pollfd){.fd = s->child[r].control, .events = POLLIN};
		if (s->child[r].due && s->child[r].due < soonest)
			soonest = s->child[r].due;
	}
	p[ROLES] = (struct pollfd){.fd = signals, .events = POLLIN};
	int64_t left = soonest - before;

	poll(p, ROLES + 1, left > 0 ? (int)(left * 1000 / SECOND) + 1 : 0);
	int64_t now = ipc_deadline(0);

	if (now - before > 3 * SECOND)
		s->excused = now + s->o->times.silence;
	for (int r = 0; r < ROLES; r++)
		if (p[r].revents && s->child[r].pid)
			supervise_hear(s, r);
	take_signals(s, signals);
}

static void loop(struct supervisor *s, int signals)
{
	int64_t watchdog = notify_watchdog(), said = 0;

	do {
		look_around(s);
		wait_and_hear(s, signals);
		tell_ready(s);
		give_up(s);
		if (watchdog && ipc_deadline(0) - said >= watchdog / 4) {
			said = ipc_deadline(0);
			notify("WATCHDOG=1");
		}
	} while (!s->stopping || runs(s));
}

static int begin(struct supervisor *s, struct err *err)
{
	struct buf text = {0};
	int rc;

	for (int a = 0; a < ROLES; a++) {
		s->child[a].control = -1;
		for (int b = 0; b < ROLES; b++)
			s->channel[a][b] = -1;
	}
	config_print(s->o->config, false, &text);
	rc = config_parse(buf_span(&text), "configuration", &s->config, err);
	buf_done(&text);
	if (rc < 0)
		return rc;
	s->tables = tables_changed(s);
	s->config_file = seal_config(&s->config);
	s->status = status_make(&s->status_file);
	if (s->config_file < 0 || !s->status)
		return err_sys(
			err, s->config_file < 0 ? s->config_file : -errno, "what roles share");
	rc = supervise_channels(s);
	if (rc < 0)
		return err_sys(err, rc, "the channels between roles");
	for (int r = 0; r < ROLES && rc == 0; r++)
		if (s->o->roles[r])
			rc = supervise_start(s, r);
	return rc < 0 ? err_sys(err, rc, "a role cannot be started") : 0;
}

static void end(struct supervisor *s)
{
	for (int r = 0; r < ROLES; r++)
		if (s->child[r].pid) {
			kill(s->child[r].pid, SIGKILL);
			waitpid(s->child[r].pid, NULL, 0);
			close(s->child[r].control);
		}
	for (int a = 0; a < ROLES; a++)
		for (int b = 0; b < ROLES; b++)
			if (s->channel[a][b] >= 0)
				close(s->channel[a][b]);
	if (s->config_file > 0)
		close(s->config_file);
	if (s->status)
		close(s->status_file);
	status_drop(s->status);
	config_done(&s->config);
}

static void tell_of_sandbox(struct supervisor *s)
{
	int version = sandbox_landlock();

	if (!version)
		supervise_tell(s, "this kernel has no Landlock: roles that open files are held by "
				  "permissions and system calls alone");
	else if (version < 3)
		supervise_tell(s,
			"Landlock is of version %d here: a role that reads files could "
			"cut off those that its user may write",
			version);
}

int supervise(const struct supervise_options *o, struct err *err)
{
	static struct supervisor s; /* with a list of suspects it is large */
	sigset_t set, before;
	int rc;

	s = (struct supervisor){.o = o};
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, &before);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);

	rc = signals < 0 ? err_sys(err, -errno, "signals") : begin(&s, err);
	if (rc == 0) {
		tell_of_sandbox(&s);
		loop(&s, signals);
		rc = s.fault_code;
		if (rc < 0)
			err_set(err, rc, "%s", s.fault.text);
	}
	end(&s);
	if (signals >= 0)
		close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
