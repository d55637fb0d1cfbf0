/*
 * The message stands in one buffer behind room for the lines that the mail server will put on top
 * of it: what they say is known only at its end, and so nothing is moved.
 */
#include "serve/gate_session.h"

#include "serve/gate_work.h"

#include <stdlib.h>
#include <time.h>

#define LINES_MOST  ((size_t)4096) /* of envelope_lines() */
#define NAME_MOST   ((size_t)256)
#define PATH_MOST   ((size_t)DECIDED_TEXT_MOST)
#define FORGED_MOST 16384 /* more do not fit into the head that mail servers take */

const char *const gate_session_forgeable[] = {"Authentication-Results", "X-Cordon", "X-Spam-Flag",
	"X-Spam-Status", "X-Spam-Level", "X-Spam-Score", "X-Spam", "X-Spam-Action", NULL};
#define FORGEABLE 8

/* A text that is kept, cut. */
struct text {
	char p[NAME_MOST];
	size_t n;
};

struct forged {
	uint16_t name, index;
};

/* A message under way. */
struct mail {
	struct span from, rcpt[DECIDED_RECIPIENTS];
	size_t rcpts, rcpts_left_out;
	char text[(DECIDED_RECIPIENTS + 1) * DECIDED_TEXT_MOST];
	size_t text_n;
	char *raw;      /* LINES_MOST bytes of room, then the message */
	size_t n, room; /* of the message */
	uint64_t bytes; /* that came */
	bool cut;
	size_t subject, subject_n; /* where its value stands; n of SIZE_MAX: there is none */
	struct forged *forged;
	size_t forged_n, forged_room;
	unsigned met[FORGEABLE];
};

struct gate_session {
	struct gate *gate;
	struct ip ip;
	struct text name, helo, server, user, tls;
	struct mail *mail;
	bool http;
};

static _Atomic size_t held; /* bytes of raw over all sessions */

struct gate_session *gate_session_new(struct gate *g)
{
	struct gate_session *s = calloc(1, sizeof(*s));

	if (s)
		s->gate = g;
	return s;
}

void gate_session_free(struct gate_session *s)
{
	if (!s)
		return;
	gate_session_drop(s);
	free(s);
}

static void set(struct text *t, struct span s)
{
	s = span_take(s, sizeof(t->p));
	if (s.n)
		memcpy(t->p, s.p, s.n);
	t->n = s.n;
}

static struct span get(const struct text *t)
{
	return (struct span){t->p, t->n};
}

void gate_session_client(struct gate_session *s, struct span name, const struct ip *ip)
{
	bool known = name.n && name.p[0] != '[' && !span_eq_nocase(name, SPAN("unknown"));

	s->ip = *ip;
	set(&s->name, known ? name : SPAN(""));
}

void gate_session_helo(struct gate_session *s, struct span helo)
{
	set(&s->helo, helo);
}

void gate_session_server(struct gate_session *s, struct span name)
{
	set(&s->server, name);
}

void gate_session_user(struct gate_session *s, struct span user, struct span tls)
{
	set(&s->user, user);
	set(&s->tls, tls);
}

static struct mail *mail_of(struct gate_session *s)
{
	if (!s->mail && (s->mail = calloc(1, sizeof(*s->mail))))
		s->mail->subject_n = SIZE_MAX;
	return s->mail;
}

void gate_session_drop(struct gate_session *s)
{
	struct mail *m = s->mail;

	if (!m)
		return;
	atomic_fetch_sub(&held, m->room);
	free(m->raw);
	free(m->forged);
	free(m);
	s->mail = NULL;
}

/* Keeps a text in the mail's own room: there is some for as many addresses as are kept. */
static struct span keep(struct mail *m, struct span s)
{
	char *to = m->text + m->text_n;

	s = span_take(s,
		PATH_MOST < sizeof(m->text) - m->text_n ? PATH_MOST : sizeof(m->text) - m->text_n);
	if (s.n)
		memcpy(to, s.p, s.n);
	m->text_n += s.n;
	return (struct span){to, s.n};
}

void gate_session_mail(struct gate_session *s, struct span from)
{
	gate_session_drop(s);
	struct mail *m = mail_of(s);

	if (m)
		m->from = keep(m, envelope_path(from));
}

void gate_session_http(struct gate_session *s)
{
	s->http = true;
}

void gate_session_from(struct gate_session *s, struct span from)
{
	struct mail *m = mail_of(s);

	if (m && !m->from.p)
		m->from = keep(m, envelope_path(from));
}

void gate_session_rcpt(struct gate_session *s, struct span to)
{
	struct mail *m = mail_of(s);

	if (!m)
		return;
	if (m->rcpts < DECIDED_RECIPIENTS)
		m->rcpt[m->rcpts++] = keep(m, envelope_path(to));
	else
		m->rcpts_left_out++;
}

/* Room for n bytes more, as far as the bounds allow: how many there are. */
static size_t make_room(struct gate_session *s, struct mail *m, size_t n)
{
	size_t most = (size_t)gate_config(s->gate)->judge_bytes, room = m->room ? m->room : 8192;

	if (m->n + n <= m->room)
		return n;
	if (atomic_load(&held) > GATE_HELD_MOST && most > GATE_HELD_LEAST)
		most = GATE_HELD_LEAST;
	if (m->n + n > most)
		n = m->n < most ? most - m->n : 0;
	if (m->n + n <= m->room)
		return n;
	while (room < m->n + n)
		room *= 2;
	char *new = realloc(m->raw, LINES_MOST + room);

	if (!new)
		return m->room - m->n;
	atomic_fetch_add(&held, room - m->room);
	m->raw = new;
	m->room = room;
	return n;
}

static void add(struct gate_session *s, struct mail *m, struct span bytes)
{
	m->bytes += bytes.n;
	if (m->cut) /* nothing may stand behind a gap */
		return;
	size_t n = make_room(s, m, bytes.n);

	if (n)
		memcpy(m->raw + LINES_MOST + m->n, bytes.p, n);
	m->n += n;
	m->cut = n < bytes.n;
}

/* Which of the forgeable names that is; -1 for none. */
static int forgeable(struct span name)
{
	if (name.n < 6 || (ascii_lower(name.p[0]) != 'x' && ascii_lower(name.p[0]) != 'a'))
		return -1;
	for (int i = 0; i < FORGEABLE; i++)
		if (span_eq_nocase(name, span_cstr(gate_session_forgeable[i])))
			return i;
	return -1;
}

static void note_forged(struct gate_session *s, struct mail *m, int name, struct span value)
{
	unsigned index = ++m->met[name];

	/* Others' results are for those who trust them. */
	if (name == 0 && !auth_results_by(value, gate_settings(s->gate)->name))
		return;
	if (m->forged_n == m->forged_room) {
		size_t room = m->forged_room ? m->forged_room * 2 : 8;
		struct forged *new =
			room <= FORGED_MOST ? realloc(m->forged, room * sizeof(*new)) : NULL;

		if (!new)
			return;
		m->forged = new;
		m->forged_room = room;
	}
	if (index <= UINT16_MAX)
		m->forged[m->forged_n++] = (struct forged){(uint16_t)name, (uint16_t)index};
}

static void add_header(
	struct gate_session *s, struct span name, struct span blank, struct span value)
{
	struct mail *m = mail_of(s);
	struct span line, rest = value;
	bool first = true;

	if (!m)
		return;
	int which = forgeable(name);

	if (which >= 0)
		note_forged(s, m, which, value);
	add(s, m, name);
	add(s, m, SPAN(":"));
	add(s, m, blank);
	size_t begin = m->n;

	for (; span_line(&rest, &line); first = false) {
		if (!first)
			add(s, m, SPAN("\r\n"));
		add(s, m, line);
	}
	if (m->subject_n == SIZE_MAX && span_eq_nocase(name, SPAN("Subject"))) {
		m->subject = begin;
		m->subject_n = m->n - begin;
	}
	add(s, m, SPAN("\r\n"));
}

void gate_session_header(struct gate_session *s, struct span name, struct span value)
{
	add_header(s, name, SPAN(""), value);
}

void gate_session_header_bare(struct gate_session *s, struct span name, struct span value)
{
	add_header(s, name, SPAN(" "), value);
}

void gate_session_end_of_head(struct gate_session *s)
{
	struct mail *m = mail_of(s);

	if (m)
		add(s, m, SPAN("\r\n"));
}

void gate_session_body(struct gate_session *s, struct span chunk)
{
	struct mail *m = mail_of(s);

	if (m)
		add(s, m, chunk);
}

struct span gate_session_message(const struct gate_session *s)
{
	const struct mail *m = s->mail;

	return m && m->raw ? (struct span){m->raw + LINES_MOST, m->n} : (struct span){NULL, 0};
}

/* One field, with the lines that go on: what add_header() notes of one that comes alone. */
static void note_field(struct gate_session *s, struct mail *m, struct span field)
{
	ssize_t colon = span_index(field, ':');
	struct span name = span_take(field, colon < 0 ? 0 : (size_t)colon);
	struct span value = span_skip(field, name.n + 1);
	int which = forgeable(name);

	if (which >= 0)
		note_forged(s, m, which, value);
	if (m->subject_n == SIZE_MAX && span_eq_nocase(name, SPAN("Subject"))) {
		m->subject = (size_t)(value.p - (m->raw + LINES_MOST));
		m->subject_n = value.n;
	}
}

void gate_session_whole(struct gate_session *s)
{
	struct span rest = gate_session_message(s), line, field = {NULL, 0};

	while (span_line(&rest, &line) && line.n) {
		if (field.p && (line.p[0] == ' ' || line.p[0] == '\t')) {
			field.n = (size_t)(span_end(line) - field.p);
			continue;
		}
		if (field.p)
			note_field(s, s->mail, field);
		field = line;
	}
	if (field.p)
		note_field(s, s->mail, field);
}

static struct envelope envelope_of(const struct gate_session *s, struct span queue_id)
{
	const struct mail *m = s->mail;
	struct envelope e = {.ip = s->ip,
		.name = get(&s->name),
		.helo = get(&s->helo),
		.tls = get(&s->tls),
		.user = get(&s->user),
		.mail_from = m->from,
		.rcpts = m->rcpts,
		.rcpts_left_out = m->rcpts_left_out,
		.queue_id = queue_id,
		.server = get(&s->server),
		.at = time(NULL),
		.http = s->http};

	memcpy(e.rcpt, m->rcpt, sizeof(e.rcpt));
	return e;
}

void gate_session_look(struct gate_session *s, struct span queue_id, struct gate_seen *ret)
{
	struct mail *m = mail_of(s);
	struct buf lines = {0};

	if (m && !m->raw)
		add(s, m, SPAN("\r\n")); /* a message without anything */
	if (!m || !m->raw) {
		gate_look_not(s->gate, ret);
		return;
	}
	struct envelope e = envelope_of(s, queue_id);

	if (!s->http || e.ip.family != IP_NONE)
		envelope_lines(&e, gate_settings(s->gate)->name, &lines);
	size_t n = buf_ok(&lines) && lines.n <= LINES_MOST ? lines.n : 0;

	if (n)
		memcpy(m->raw + LINES_MOST - n, lines.p, n);
	buf_done(&lines);
	if (m->cut)
		status_add(s->gate->parts.status, STATUS_TOO_LARGE, 1);
	gate_look(s->gate, &e, (struct span){m->raw + LINES_MOST - n, n + m->n}, n, m->bytes, ret);
}

void gate_session_done(struct gate_session *s, struct gate_seen *seen)
{
	gate_seen_done(s->gate, seen);
	gate_session_drop(s);
}

bool gate_session_forged(
	const struct gate_session *s, size_t i, const char **ret_name, unsigned *ret_index)
{
	const struct mail *m = s->mail;

	if (!m || i >= m->forged_n)
		return false;
	const struct forged *f = &m->forged[m->forged_n - 1 - i];

	*ret_name = gate_session_forgeable[f->name];
	*ret_index = f->index;
	return true;
}

bool gate_session_subject(const struct gate_session *s, struct span *ret_value)
{
	const struct mail *m = s->mail;

	if (!m || m->subject_n == SIZE_MAX)
		return false;
	*ret_value = (struct span){m->raw + LINES_MOST + m->subject, m->subject_n};
	return true;
}
