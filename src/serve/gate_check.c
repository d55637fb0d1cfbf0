/*
 * The score. rspamd adds weights up and refuses from required_score on; the judge has log-odds and
 * a threshold t on them. So score = 15 (1 + (log-odds - t) / max(t, 1)): 15 at the threshold, 0
 * where spam is as likely as ham (for t of 1 and more), and every finding moves it by what it moved
 * the log-odds, on the same scale. It is rounded down, so that only what is called spam has 15.
 *
 * Protocol: the documentation of rspamd (doc/markdown/architecture/protocol.md), what its client
 * rspamc 3.4 sends and prints, and for RSPAMC/1.3 what Exim's spam.c sends and reads.
 */
#include "serve/gate_check.h"

#include "serve/crash.h"
#include "serve/gate_learn.h"
#include "show/clean.h"
#include "show/json_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#define TEXT_MOST  ((size_t)998) /* bytes of a text from outside: RFC 5322, 2.1.1 */
#define SCORE_MOST 999.0
#define LINES_MOST ((size_t)16 << 10) /* Exim has room for 32,600 bytes of an answer */

struct gate_check {
	struct gate *gate;
	struct gate_session *session;
	struct ip ip;
	char name[256], queue_id[64], deliver_to[DECIDED_TEXT_MOST];
	size_t name_n, queue_id_n, deliver_to_n;
	bool has_rcpt;
};

struct gate_check *gate_check_new(struct gate *g)
{
	struct gate_check *c = calloc(1, sizeof(*c));

	crash_watch_thread(); /* it is libmicrohttpd's, or one of gate_http.c */
	if (!c)
		return NULL;
	c->gate = g;
	c->ip.family = IP_NONE;
	c->session = gate_session_new(g);
	if (c->session) {
		gate_session_http(c->session);
		return c;
	}
	free(c);
	return NULL;
}

void gate_check_free(struct gate_check *c)
{
	if (!c)
		return;
	gate_session_free(c->session);
	free(c);
}

/* --- the request --- */

static void copy(char *to, size_t room, size_t *n, struct span s)
{
	s = span_take(s, room);
	if (s.n)
		memcpy(to, s.p, s.n);
	*n = s.n;
}

static void take_from(struct gate_check *c, struct span s)
{
	gate_session_from(c->session, s);
}

static void take_rcpt(struct gate_check *c, struct span s)
{
	gate_session_rcpt(c->session, s);
	c->has_rcpt = true;
}

static void take_ip(struct gate_check *c, struct span s)
{
	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = (struct span){s.p + 1, s.n - 2};
	if (span_starts_nocase(s, SPAN("IPv6:")))
		s = span_skip(s, 5);
	if (ip_parse(s, &c->ip) < 0) /* "unknown", "undef": handed in on the machine */
		c->ip.family = IP_NONE;
}

static void take_helo(struct gate_check *c, struct span s)
{
	gate_session_helo(c->session, s);
}

static void take_hostname(struct gate_check *c, struct span s)
{
	copy(c->name, sizeof(c->name), &c->name_n, s);
}

static void take_user(struct gate_check *c, struct span s)
{
	gate_session_user(c->session, s, (struct span){NULL, 0});
}

static void take_queue_id(struct gate_check *c, struct span s)
{
	copy(c->queue_id, sizeof(c->queue_id), &c->queue_id_n, s);
}

static void take_deliver_to(struct gate_check *c, struct span s)
{
	copy(c->deliver_to, sizeof(c->deliver_to), &c->deliver_to_n, s);
}

static void take_server(struct gate_check *c, struct span s)
{
	gate_session_server(c->session, s);
}

void gate_check_field(struct gate_check *c, struct span name, struct span value)
{
	static const struct {
		struct span name;
		void (*take)(struct gate_check *c, struct span value);
	} known[] = {
		{SPAN("From"), take_from},
		{SPAN("Rcpt"), take_rcpt},
		{SPAN("IP"), take_ip},
		{SPAN("Helo"), take_helo},
		{SPAN("Hostname"), take_hostname},
		{SPAN("User"), take_user},
		{SPAN("Queue-Id"), take_queue_id},
		{SPAN("Deliver-To"), take_deliver_to},
		{SPAN("MTA-Name"), take_server},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_eq_nocase(name, known[i].name))
			known[i].take(c, span_trim(value));
}

void gate_check_body(struct gate_check *c, struct span chunk)
{
	gate_session_body(c->session, chunk);
}

static void look(struct gate_check *c, struct gate_seen *ret)
{
	struct gate_session *s = c->session;

	gate_session_client(s, (struct span){c->name, c->name_n}, &c->ip);
	if (!c->has_rcpt && c->deliver_to_n)
		gate_session_rcpt(s, (struct span){c->deliver_to, c->deliver_to_n});
	gate_session_whole(s);
	gate_session_look(s, (struct span){c->queue_id, c->queue_id_n}, ret);
}

/* --- the answer --- */

/* The threshold as log-odds, and what a unit of log-odds is worth. */
static double threshold_of(const struct verdict *v, double *ret_unit)
{
	double p = fmin(fmax(v->threshold, 1e-9), 1 - 1e-9), t = log(p / (1 - p));

	*ret_unit = GATE_CHECK_REQUIRED / fmax(t, 1);
	return t;
}

double gate_check_score(const struct verdict *v)
{
	double unit, t = threshold_of(v, &unit);
	double score = GATE_CHECK_REQUIRED + (v->opinion.log_odds - t) * unit;

	score = floor(fmin(fmax(score, -SCORE_MOST), SCORE_MOST) * 100) / 100;
	if (v->action == ACTION_SPAM)
		return fmax(score, GATE_CHECK_REQUIRED);
	return fmin(score, GATE_CHECK_REQUIRED - 0.01);
}

static bool is_spam(const struct gate_seen *seen)
{
	return seen->judged && seen->verdict->action == ACTION_SPAM;
}

/* rspamd's name for what is to be done. */
static const char *action(const struct gate_seen *seen)
{
	static const char *const name[DECISIONS] = {
		[DECIDE_TAG] = "rewrite subject",
		[DECIDE_QUARANTINE] = "quarantine",
		[DECIDE_TEMPFAIL] = "soft reject",
		[DECIDE_REJECT] = "reject",
		[DECIDE_DISCARD] = "discard",
	};

	if (seen->action == DECIDE_ACCEPT)
		return is_spam(seen) ? "add header" : "no action";
	return name[seen->action];
}

static json_t *symbol(double score, struct span words)
{
	json_t *j = json_pack("{s:f, s:f}", "score", score, "metric_score", score);

	if (j)
		json_object_set_new(j, "description", json_text(words));
	return j;
}

static json_t *symbols(const struct verdict *v)
{
	json_t *all = json_object();
	double unit, sum = 0;

	threshold_of(v, &unit);
	for (size_t i = 0; i < v->findings.n; i++) {
		double score = round(v->opinion.finding[i] * unit * 100) / 100;
		json_t *j = symbol(score, v->findings.at[i].words);

		sum += score;
		json_object_set_new(j, "name", json_string(v->findings.at[i].name));
		json_object_set_new(all, v->findings.at[i].name, j);
	}
	/* What words, links and structure are worth by what was learned: the rest of the score. */
	json_t *rest = symbol(round((gate_check_score(v) - sum) * 100) / 100,
		SPAN("the message as a whole, by what was learned"));

	json_object_set_new(rest, "name", json_string("learned"));
	json_object_set_new(all, "learned", rest);
	return all;
}

/* A text from outside. NUL above all has to go: parsers of JSON refuse it. */
static json_t *cleaned(struct span s)
{
	struct buf text = {0};

	clean_text(&text, span_take(s, TEXT_MOST));
	json_t *j = json_text(buf_span(&text));

	buf_done(&text);
	return j;
}

/* Where fields of a name that are not to be believed stand: the number of one, a list of more. */
static json_t *remove_headers(const struct gate_session *s)
{
	json_t *all = json_object();
	const char *name;
	unsigned index;

	for (size_t i = 0; gate_session_forged(s, i, &name, &index); i++) {
		json_t *had = json_object_get(all, name), *at = json_integer(index);

		if (json_is_array(had))
			json_array_append_new(had, at);
		else if (had)
			json_object_set_new(all, name, json_pack("[O, o]", had, at));
		else
			json_object_set_new(all, name, at);
	}
	return all;
}

static void add_header(json_t *to, const char *name, struct span value)
{
	json_t *j = json_pack("{s:i}", "order", 0); /* on top */

	json_object_set_new(j, "value", json_text(value));
	json_object_set_new(to, name, j);
}

/* What is changed in the head of mail that is let in; our own users' goes out as it is. */
static json_t *milter(const struct gate_check *c, const struct gate_seen *seen)
{
	json_t *add = json_object();
	struct buf verdict = {0};

	if (seen->outgoing) {
		json_decref(add);
		return json_object();
	}
	if (seen->results.n)
		add_header(add, "Authentication-Results", seen->results);
	gate_write_verdict(&verdict, seen);
	add_header(add, GATE_VERDICT_FIELD, buf_span(&verdict));
	buf_done(&verdict);
	if (is_spam(seen))
		add_header(add, "X-Spam-Flag", SPAN("YES"));
	return json_pack(
		"{s:o, s:o}", "add_headers", add, "remove_headers", remove_headers(c->session));
}

/* The subject as it is to be, when it is. */
static void add_subject(json_t *to, const struct gate_check *c)
{
	const char *tag = gate_config(c->gate)->tag;
	struct buf text = {0};
	struct span subject;

	buf_str(&text, tag ? tag : "[SPAM] ");
	if (gate_session_subject(c->session, &subject))
		buf_add(&text, span_trim(subject));
	json_object_set_new(to, "subject", cleaned(buf_span(&text)));
	buf_done(&text);
}

/* What the server may tell who sent it. */
static void smtp_message(struct buf *to, const struct gate_seen *seen)
{
	buf_printf(to, "%.*s; if that is wrong, tell the postmaster: id %s", SPAN_ARG(seen->why),
		seen->id);
}

static json_t *thresholds(void)
{
	return json_pack("{s:f}", "reject", GATE_CHECK_REQUIRED);
}

static struct span message_id(const struct gate_seen *seen)
{
	const struct field *id =
		seen->verdict ? message_field(seen->verdict->m, FIELD_MESSAGE_ID) : NULL;
	struct span s = id ? span_trim(id->value) : SPAN("undef");

	return envelope_path(s);
}

static json_t *answer(const struct gate_check *c, const struct gate_seen *seen, double took)
{
	struct buf words = {0};
	json_t *j = json_pack("{s:b, s:f, s:f, s:s, s:s, s:f, s:b}", "is_skipped", !seen->judged,
		"score", seen->judged ? gate_check_score(seen->verdict) : 0.0, "required_score",
		GATE_CHECK_REQUIRED, "action", action(seen), "id", seen->id, "time_real", took,
		"is_spam", is_spam(seen));

	if (!j)
		return NULL;
	smtp_message(&words, seen);
	json_t *said = json_object();

	json_object_set_new(said, "smtp_message", json_text(buf_span(&words)));
	json_object_set_new(j, "messages", said);
	json_object_set_new(j, "thresholds", thresholds());
	json_object_set_new(j, "symbols", seen->judged ? symbols(seen->verdict) : json_object());
	json_object_set_new(j, "milter", milter(c, seen));
	json_object_set_new(j, "message-id", cleaned(message_id(seen)));
	if (c->queue_id_n)
		json_object_set_new(
			j, "queue-id", cleaned((struct span){c->queue_id, c->queue_id_n}));
	if (seen->action == DECIDE_TAG)
		add_subject(j, c);
	buf_done(&words);
	return j;
}

/* Takes j over. */
static void write_json(json_t *j, struct buf *to)
{
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	buf_str(to, text ? text : "{\"error\":\"memory is short\"}");
	free(text);
	json_decref(j);
}

void gate_check_json(struct gate_check *c, struct buf *to)
{
	int64_t begun = ipc_deadline(0);
	struct gate_seen seen;

	look(c, &seen);
	write_json(answer(c, &seen, (double)(ipc_deadline(0) - begun) / 1e9), to);
	gate_session_done(c->session, &seen);
}

/* "Symbol: name(1.50)", as long as there is room. */
static void write_symbols(const struct verdict *v, struct buf *to)
{
	double unit;

	threshold_of(v, &unit);
	for (size_t i = 0; i < v->findings.n && to->n < LINES_MOST; i++)
		buf_printf(to, "Symbol: %s(%.2f)\r\n", v->findings.at[i].name,
			v->opinion.finding[i] * unit);
}

void gate_check_lines(struct gate_check *c, struct buf *to)
{
	struct gate_seen seen;

	look(c, &seen);
	buf_printf(to,
		"RSPAMD/1.3 0 EX_OK\r\nMetric: default; %s; %.2f / %.2f / %.2f\r\nAction: %s\r\n",
		is_spam(&seen) ? "True" : "False",
		seen.judged ? gate_check_score(seen.verdict) : 0.0, GATE_CHECK_REQUIRED,
		GATE_CHECK_REQUIRED, action(&seen));
	if (seen.judged)
		write_symbols(seen.verdict, to);
	buf_str(to, "Message: ");
	smtp_message(to, &seen);
	buf_str(to, "\r\n\r\n");
	gate_session_done(c->session, &seen);
}

/* --- learning, and counters --- */

unsigned gate_check_learn(struct gate_check *c, bool spam, struct buf *to)
{
	struct span raw = gate_session_message(c->session);
	int rc = raw.n ? gate_learn(c->gate, raw, spam) : -ENODATA;
	unsigned status = rc == LEARNED_AGAIN               ? 208
			  : rc >= 0                         ? 200
			  : rc == -ENODATA || rc == -EINVAL ? 400
			  : rc == -EMSGSIZE                 ? 413
							    : 503;
	const char *words =
		rc == LEARNED_AGAIN ? spam ? "it has been already learned as spam"
					   : "it has been already learned as ham"
		: rc == -ENODATA    ? "there is no message: it is to be the body"
		: rc == -EINVAL     ? "a message that ended a part of the gateway is not learned"
		: rc == -EMSGSIZE   ? "the message has more to learn than is taken at a time"
				    : "it could not be learned now; try again later";

	gate_session_drop(c->session);
	if (status == 200)
		write_json(json_pack("{s:b}", "success", 1), to);
	else
		write_json(json_pack("{s:s}", "error", words), to);
	return status;
}

static json_int_t count(const struct status *s, enum status_count c)
{
	return (json_int_t)atomic_load(&s->count[c]);
}

void gate_check_stat(const struct status *s, struct buf *to)
{
	json_t *actions = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "reject",
		count(s, STATUS_REJECTED), "soft reject", count(s, STATUS_TEMPFAILED),
		"rewrite subject", count(s, STATUS_TAGGED), "quarantine",
		count(s, STATUS_QUARANTINED), "discard", count(s, STATUS_DISCARDED), "no action",
		count(s, STATUS_ACCEPTED));
	json_int_t learned = count(s, STATUS_LEARNED_USER) + count(s, STATUS_LEARNED_SELF);
	json_t *j = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:[f]}", "version",
		CORDON_VERSION, "scanned", count(s, STATUS_MESSAGES), "spam_count",
		count(s, STATUS_SPAM), "ham_count",
		count(s, STATUS_MESSAGES) - count(s, STATUS_SPAM), "learned", learned,
		"connections", count(s, STATUS_HTTP_CHECKS), "control_connections", (json_int_t)0,
		"actions", actions, "total_learns", learned, "scan_times",
		(double)status_quantile(s, 0.5) / 1e9);

	if (j)
		json_object_set_new(j, "uptime",
			json_integer((json_int_t)time(NULL) - atomic_load(&s->started)));
	write_json(j, to);
}
