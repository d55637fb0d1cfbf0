/*
 * Nothing is answered before the end of a message: a mail server that can go on without an answer
 * is told that it may (SMFIP_NR_*), and for one that cannot libmilter answers. So a message costs
 * one exchange, and is decided once, when all of it is known.
 *
 * libmilter's callbacks have no argument of ours, and there is one listener a process, so the gate
 * stands in a variable.
 */
#include "serve/gate_milter.h"

#include "serve/gate_milter_io.h"
#include "serve/gate_session.h"

#include <errno.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define STACK     ((size_t)512 << 10) /* what judging needs is a fifth of it */
#define BACKLOG   1024
#define HALF_OPEN 64 /* connections beyond the sessions, that have not introduced themselves yet   \
		      */

static struct gate *the_gate;
static atomic_bool ended;

#define NO_ANSWER                                                                                  \
	(SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR |            \
		SMFIP_NR_EOH | SMFIP_NR_BODY)

static struct status *status_here(void);

/* What a connection has: the session, and whether header values keep their leading blanks. */
struct connection {
	struct gate_session *session;
	bool blanks;
};

static struct connection *connection_new(SMFICTX *ctx)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (c && !(c->session = gate_session_new(the_gate))) {
		free(c);
		c = NULL;
	}
	if (!c)
		return NULL;
	smfi_setpriv(ctx, c);
	status_add(status_here(), STATUS_SESSIONS, 1);
	atomic_fetch_add(&status_here()->sessions_now, 1);
	return c;
}

static struct gate_session *session_of(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (!c) /* another connection over the same socket: SMFIC_QUIT_NC */
		c = connection_new(ctx);
	return c ? c->session : NULL;
}

static struct span macro(SMFICTX *ctx, const char *name)
{
	return span_cstr(smfi_getsymval(ctx, (char *)name));
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
	unsigned long f2, unsigned long f3, unsigned long *ret_actions, unsigned long *ret_steps,
	unsigned long *ret_f2, unsigned long *ret_f3)
{
	static const struct {
		int where;
		const char *names;
	} wanted[] = {
		{SMFIM_CONNECT, "j {client_addr} {client_name} {client_resolve}"},
		{SMFIM_HELO, ""},
		{SMFIM_ENVFROM, "i {auth_authen} {tls_version}"},
		{SMFIM_ENVRCPT, ""},
		{SMFIM_EOM, "i"},
	};
	long most = gate_config(the_gate)->sessions;

	(void)f2, (void)f3;
	if (most > 0 && atomic_load(&status_here()->sessions_now) >= (unsigned)most) {
		status_add(status_here(), STATUS_SESSIONS_REFUSED, 1);
		return SMFIS_REJECT; /* the connection is closed */
	}
	struct connection *c = connection_new(ctx);

	if (!c)
		return SMFIS_REJECT;
	for (size_t i = 0; actions & SMFIF_SETSYMLIST && i < sizeof(wanted) / sizeof(*wanted); i++)
		if (*wanted[i].names)
			smfi_setsymlist(ctx, wanted[i].where, (char *)wanted[i].names);
	c->blanks = steps & SMFIP_HDR_LEADSPC;
	*ret_actions =
		actions & (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST);
	*ret_steps = NO_ANSWER | SMFIP_NOUNKNOWN | SMFIP_NODATA | (steps & SMFIP_HDR_LEADSPC);
	*ret_f2 = *ret_f3 = 0;
	return SMFIS_CONTINUE;
}

static struct ip ip_of(SMFICTX *ctx, const struct sockaddr *a)
{
	struct ip ip = {.family = IP_NONE};

	if (ip_parse(macro(ctx, "{client_addr}"), &ip) == 0)
		return ip;
	if (a && a->sa_family == AF_INET)
		return ip_from_v4(ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr));
	if (a && a->sa_family == AF_INET6) {
		ip.family = IP_V6;
		memcpy(ip.byte, &((const struct sockaddr_in6 *)a)->sin6_addr, 16);
	}
	return ip;
}

/*
 * A name that leads back to the address: Postfix's {client_name} is one or "unknown"; Sendmail says
 * in {client_resolve} whether its name is.
 */
static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
	struct gate_session *s = session_of(ctx);
	struct span name = macro(ctx, "{client_name}"), resolved = macro(ctx, "{client_resolve}");
	struct ip ip = ip_of(ctx, address);

	if (!s)
		return SMFIS_NOREPLY;
	if (!name.n && span_eq(resolved, SPAN("OK")))
		name = span_cstr(host);
	if (resolved.n && !span_eq(resolved, SPAN("OK")))
		name = (struct span){NULL, 0};
	gate_session_client(s, name, &ip);
	gate_session_server(s, macro(ctx, "j"));
	return SMFIS_NOREPLY;
}

static sfsistat on_helo(SMFICTX *ctx, char *helo)
{
	struct gate_session *s = session_of(ctx);

	if (s)
		gate_session_helo(s, span_cstr(helo));
	return SMFIS_NOREPLY;
}

static sfsistat on_mail(SMFICTX *ctx, char **argv)
{
	struct gate_session *s = session_of(ctx);

	if (!s)
		return SMFIS_NOREPLY;
	gate_io_message(true);
	gate_session_mail(s, span_cstr(argv[0]));
	gate_session_user(s, macro(ctx, "{auth_authen}"), macro(ctx, "{tls_version}"));
	return SMFIS_NOREPLY;
}

static sfsistat on_rcpt(SMFICTX *ctx, char **argv)
{
	struct gate_session *s = session_of(ctx);

	if (s)
		gate_session_rcpt(s, span_cstr(argv[0]));
	return SMFIS_NOREPLY;
}

static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
	struct gate_session *s = session_of(ctx);
	struct connection *c = smfi_getpriv(ctx);
	struct span v = span_cstr(value);

	if (!s)
		return SMFIS_NOREPLY;
	if (!c->blanks) { /* the mail server has taken one off */
		gate_session_header_bare(s, span_cstr(name), v);
		return SMFIS_NOREPLY;
	}
	gate_session_header(s, span_cstr(name), v);
	return SMFIS_NOREPLY;
}

static sfsistat on_end_of_head(SMFICTX *ctx)
{
	struct gate_session *s = session_of(ctx);

	if (s)
		gate_session_end_of_head(s);
	return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	struct gate_session *s = session_of(ctx);

	if (s)
		gate_session_body(s, (struct span){(const char *)bytes, n});
	return SMFIS_NOREPLY;
}

static sfsistat on_abort(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	gate_io_message(false);
	if (c)
		gate_session_drop(c->session);
	return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx)
{
	struct connection *c = smfi_getpriv(ctx);

	if (!c)
		return SMFIS_CONTINUE;
	gate_session_free(c->session);
	free(c);
	smfi_setpriv(ctx, NULL);
	atomic_fetch_sub(&status_here()->sessions_now, 1);
	return SMFIS_CONTINUE;
}

/* --- what is decided becomes changes and an answer --- */

/* A header's value as the mail server takes it: with its leading blank or without; lines parted by
 * LF. The text is b's. */
static char *value_text(struct buf *b, const struct connection *c, struct span value)
{
	struct span rest = value, line;
	bool first = true;

	buf_clear(b);
	if (c->blanks)
		buf_byte(b, ' ');
	for (; span_line(&rest, &line); first = false) {
		if (!first)
			buf_byte(b, '\n');
		buf_add(b, line);
	}
	buf_byte(b, '\0');
	return buf_ok(b) ? b->p : NULL;
}

static void insert(SMFICTX *ctx, struct buf *b, const char *name, struct span value)
{
	char *text = value_text(b, smfi_getpriv(ctx), value);

	if (text)
		smfi_insheader(ctx, 0, (char *)name, text);
}

static void take_out_forged(SMFICTX *ctx, const struct gate_session *s)
{
	const char *name;
	unsigned index;

	for (size_t i = 0; gate_session_forged(s, i, &name, &index); i++)
		smfi_chgheader(ctx, (char *)name, (int)index, NULL);
}

static void tag_subject(SMFICTX *ctx, struct buf *b, const struct gate_session *s)
{
	const char *tag = gate_config(the_gate)->tag;
	struct buf value = {0};
	struct span subject;
	bool had = gate_session_subject(s, &subject);

	buf_str(&value, tag ? tag : "[SPAM] ");
	if (had)
		buf_add(&value, span_trim(subject));
	char *text = value_text(b, smfi_getpriv(ctx), buf_span(&value));

	if (text && had)
		smfi_chgheader(ctx, (char *)"Subject", 1, text);
	else if (text)
		smfi_addheader(ctx, (char *)"Subject", text);
	buf_done(&value);
}

/* Of mail that is let in: ours on top, in the order in which they are read. Our own users' mail
 * goes out as it is, but for a tag where that is asked for. */
static void change_head(SMFICTX *ctx, const struct gate_session *s, const struct gate_seen *seen)
{
	struct buf b = {0}, value = {0};

	if (seen->action == DECIDE_TAG)
		tag_subject(ctx, &b, s);
	if (!seen->outgoing) {
		take_out_forged(ctx, s);
		if (seen->judged && seen->verdict->action == ACTION_SPAM)
			insert(ctx, &b, "X-Spam-Flag", SPAN("YES"));
		gate_write_verdict(&value, seen);
		insert(ctx, &b, GATE_VERDICT_FIELD, buf_span(&value));
		if (seen->results.n)
			insert(ctx, &b, "Authentication-Results", seen->results);
	}
	buf_done(&value);
	buf_done(&b);
}

/* RFC 3463: X.7.1, delivery not authorised; RFC 7489, 10.3, has it for DMARC. */
static sfsistat refuse(SMFICTX *ctx, const struct gate_seen *seen, bool for_good)
{
	static const char *const words[POLICY_REASONS] = {
		[POLICY_DMARC] = "The owner of its From domain asks for this, as neither SPF nor "
				 "DKIM vouches for it (DMARC)",
		[POLICY_OUTGOING] = "This looks like spam, and so it is not sent; "
				    "has somebody else got hold of the account?",
		[POLICY_FAILURE] = "It cannot be looked at now",
	};
	const char *why = words[seen->reason];
	char text[300];

	snprintf(text, sizeof(text), "%s%s. If that is wrong, tell the postmaster: id %s",
		why ? why : "This is taken for unwanted mail",
		for_good ? "" : "; please try again later", seen->id);
	smfi_setreply(ctx, (char *)(for_good ? "550" : "451"),
		(char *)(for_good ? "5.7.1" : "4.7.1"), text);
	return for_good ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat answer(SMFICTX *ctx, const struct gate_session *s, const struct gate_seen *seen)
{
	char text[200];

	switch (seen->action) {
	case DECIDE_REJECT: return refuse(ctx, seen, true);
	case DECIDE_TEMPFAIL: return refuse(ctx, seen, false);
	case DECIDE_DISCARD: return SMFIS_DISCARD;
	case DECIDE_QUARANTINE:
		change_head(ctx, s, seen);
		snprintf(text, sizeof(text), "%s, id %s", policy_reason_words(seen->reason),
			seen->id);
		smfi_quarantine(ctx, text);
		return SMFIS_CONTINUE;
	case DECIDE_ACCEPT:
	case DECIDE_TAG: change_head(ctx, s, seen); break;
	default: break;
	}
	return SMFIS_CONTINUE;
}

static sfsistat on_end(SMFICTX *ctx)
{
	struct gate_session *s = session_of(ctx);
	struct gate_seen seen;

	gate_io_message(false); /* the thread holds it until it is answered */
	if (!s)
		return SMFIS_CONTINUE;
	gate_session_look(s, macro(ctx, "i"), &seen);
	sfsistat rc = answer(ctx, s, &seen);

	gate_session_done(s, &seen);
	return rc;
}

/* --- the listener --- */

static struct status *status_here(void)
{
	return gate_status(the_gate);
}

/* As libmilter has addresses: "inet:PORT@[ADDRESS]", "unix:PATH". */
static int write_address(const char *where, char *to, size_t room)
{
	const char *colon = strrchr(where, ':');
	struct ip ip;

	if (where[0] == '/')
		return snprintf(to, room, "unix:%s", where) < (int)room ? 0 : -ENAMETOOLONG;
	if (!colon || !colon[1])
		return -EINVAL;
	struct span host = span_between(where, colon);

	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct span){host.p + 1, host.n - 2};
	if (ip_parse(host, &ip) < 0)
		return -EINVAL;
	snprintf(to, room, "inet%s:%s@[%.*s]", ip.family == IP_V6 ? "6" : "", colon + 1,
		SPAN_ARG(host));
	return 0;
}

int gate_milter_listen(const char *where, struct err *err)
{
	static const struct smfiDesc filter = {
		.xxfi_name = (char *)"cordon",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_header = on_header,
		.xxfi_eoh = on_end_of_head,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};
	char address[256];
	int rc = write_address(where, address, sizeof(address));

	if (rc < 0)
		return err_set(err, rc,
			"milter: \"%s\" is no address to listen on, such as 127.0.0.1:7350, "
			"[::1]:7350 or /run/cordon/milter",
			where);
	if (smfi_register(filter) == MI_FAILURE || smfi_setconn(address) == MI_FAILURE ||
		smfi_setbacklog(BACKLOG) == MI_FAILURE ||
		smfi_settimeout(GATE_MILTER_SILENCE_S) == MI_FAILURE)
		return err_sys(err, -ENOMEM, "milter");
	errno = 0;
	mode_t old = umask(0117); /* as listen_on() */
	int opened = smfi_opensocket(true);

	umask(old);
	if (opened == MI_FAILURE)
		return err_sys(err, errno ? -errno : -EADDRINUSE, "milter: %s", where);
	return 0;
}

static void *serve(void *unused)
{
	(void)unused;
	smfi_main();
	atomic_store(&ended, true);
	return NULL;
}

void gate_milter_bound(void)
{
	gate_io_bound((unsigned)gate_config(the_gate)->sessions + HALF_OPEN,
		&gate_status(the_gate)->count[STATUS_SESSIONS_REFUSED]);
}

int gate_milter_serve(struct gate *gate, struct err *err)
{
	pthread_attr_t small;
	pthread_t thread;

	the_gate = gate;
	gate_milter_bound();
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	pthread_setattr_default_np(&small); /* for the threads that libmilter starts */
	int rc = -pthread_create(&thread, &small, serve, NULL);

	pthread_attr_destroy(&small);
	if (rc < 0)
		return err_sys(err, rc, "milter: a thread");
	pthread_detach(thread);
	return 0;
}

bool gate_milter_serves(void)
{
	return !atomic_load(&ended);
}

unsigned gate_milter_stop(bool cut)
{
	return gate_io_stop(cut);
}
