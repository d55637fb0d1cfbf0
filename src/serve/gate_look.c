/*
 * The order is that of cost and of need: a message that ended the gate before is not parsed; the
 * parsed message is authenticated, since questions take the longest; then it is judged, decided and
 * traced, the processor is left to the next one, and the keeper is told.
 */
#include "serve/gate_look.h"

#include "serve/gate_tell.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

/* One message on its way. */
struct look {
	struct gate *g;
	const struct envelope *e;
	struct span raw;
	struct gate_bench *b;
	struct gate_seen *seen;
	int64_t begun, deadline;
	struct trace trace;
	bool traced;
};

bool gate_is_outgoing(const struct gate *g, const struct envelope *e)
{
	const struct gate_settings *s = gate_settings(g);

	if (e->user.n)
		return true;
	for (size_t i = 0; i < s->own_n; i++)
		if (prefix_has(&s->own[i], &e->ip))
			return true;
	return false;
}

static void name_it(char id[DECIDED_ID + 1])
{
	struct timespec t;
	uint64_t random;

	clock_gettime(CLOCK_REALTIME, &t);
	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)t.tv_nsec; /* not before the system's generator is seeded */
	gate_id((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000, random, id);
}

/* "spf=pass dkim=pass dmarc=fail", for the log; the best of the signatures speaks for DKIM. */
static void write_auth(struct buf *to, const struct auth *a)
{
	enum dkim_result dkim = a->dkim.n ? a->dkim.signature[0].result : DKIM_NONE;

	for (size_t i = 0; i < a->dkim.n; i++)
		if (a->dkim.signature[i].result == DKIM_PASS)
			dkim = DKIM_PASS;
	if (a->has_client)
		buf_printf(to, "iprev=%s spf=%s ", iprev_result_name(a->iprev),
			spf_result_name(a->spf.result));
	buf_printf(
		to, "dkim=%s dmarc=%s", dkim_result_name(dkim), dmarc_result_name(a->dmarc.result));
	if (a->arc.result != ARC_NONE)
		buf_printf(to, " arc=%s", arc_result_name(a->arc.result));
}

static int authenticate(struct look *l, struct verdict *v)
{
	const struct config_gateway *c = gate_config(l->g);
	struct gate_bench *b = l->b;
	int64_t until = l->begun + (int64_t)c->dns_milliseconds * 1000000;
	struct dns_budget dns = {.dns = l->g->parts.dns,
		.deadline = until < l->deadline ? until : l->deadline,
		.questions = (uint32_t)c->dns_questions};
	const struct auth_question q = {.ip = l->e->ip,
		.helo = l->e->helo,
		.mail_from = l->e->mail_from,
		.receiver = gate_settings(l->g)->name,
		.now = l->e->at,
		.org = c->dmarc_organisation && !strcmp(c->dmarc_organisation, "walk")
			       ? DMARC_BY_TREE_WALK
			       : DMARC_BY_SUFFIX_LIST,
		.draw = (uint32_t)(l->begun / 1000 % 100),
		.domains = message_domain_tools(v->mp)};
	int rc = auth_check(&q, v->mp, v->m, &dns, &b->arena, b->proof);

	status_add(l->g->parts.status, STATUS_DNS_QUESTIONS, dns.asked);
	status_add(l->g->parts.status, STATUS_DNS_FAILED, dns.failed);
	if (rc < 0)
		return rc;
	l->seen->auth = b->proof;
	v->auth = b->proof;
	auth_results(&b->results, b->proof, &q);
	l->seen->results = buf_span(&b->results);
	write_auth(&b->auth, b->proof);
	return 0;
}

/* RFC 8601, 5: what claims to be ours was not written by us. */
static void take_out_forged(const struct message *m, struct span name)
{
	struct fields *f = &m->part[0].fields;
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].id != FIELD_AUTHENTICATION_RESULTS ||
			!auth_results_by(f->at[i].value, name))
			f->at[kept++] = f->at[i];
	f->n = kept;
}

/* Mail from outside, as it is handed in: not our own users', and not what somebody has stored and asks
 * about over HTTP. */
static bool comes_in(const struct look *l)
{
	return !l->seen->outgoing && (!l->e->http || l->e->ip.family != IP_NONE);
}

static int judge(struct look *l)
{
	struct gate_bench *b = l->b;
	struct judge *j = b->judged_by->judge;
	struct verdict *v;
	int rc = judge_parse(b->judge, l->raw, &v);

	if (rc == 0 && comes_in(l) && l->g->parts.dns)
		rc = authenticate(l, v);
	if (rc < 0)
		return rc;
	take_out_forged(v->m, gate_settings(l->g)->name);
	rc = judge_parsed(b->judge, judge_relays(j));
	if (rc < 0)
		return rc;
	judge_weigh(j, b->judge);
	l->seen->verdict = v;
	l->traced = trace_message(v->mp, v->m, &v->chain, l->g->parts.shelf, NULL, &l->trace) == 0;
	return 0;
}

/* Waits for the keeper, and leaves the processor to others meanwhile. */
static bool is_kept(struct look *l)
{
	turn_leave(&l->g->cpu);
	bool kept = gate_tell_specimen(l->g, l->raw, l->deadline);

	turn_take(&l->g->cpu, TURN_BACK, INT64_MAX);
	return kept;
}

/* The message was in hand when the gate died: it is judged once more, when it is safe elsewhere. */
static bool may_be_judged(struct look *l, const struct digest *d)
{
	switch (status_suspicion(l->g->parts.status, d)) {
	case STATUS_CLEAN: return true;
	case STATUS_SUSPECT: return is_kept(l);
	case STATUS_SPECIMEN: break;
	}
	status_add(l->g->parts.status, STATUS_SPECIMENS, 1);
	return false;
}

static void write_why(struct look *l, bool suspect)
{
	struct gate_seen *seen = l->seen;
	struct buf *why = &l->b->reason;
	unsigned messages, spam;

	buf_str(why, policy_reason_words(seen->reason));
	if (suspect)
		buf_str(why, ": it ended the gate when it was judged before");
	else if (!seen->judged)
		buf_str(why, ": memory is short");
	if (l->e->user.n && seen->judged) {
		pthread_mutex_lock(&l->g->lock);
		gate_users_saw(&l->g->users, l->e->user, seen->verdict->action == ACTION_SPAM,
			l->e->at, &messages, &spam);
		pthread_mutex_unlock(&l->g->lock);
		if (spam)
			buf_printf(why, "; of this user's last %u messages %u were spam", messages,
				spam);
	}
	seen->why = buf_ok(why) ? buf_span(why) : span_cstr(policy_reason_words(seen->reason));
}

static void decide(struct look *l)
{
	struct gate_seen *seen = l->seen;
	const struct policy_case c = {
		.judged = seen->judged,
		.outgoing = seen->outgoing,
		.verdict = seen->verdict ? seen->verdict->action : ACTION_HAM,
		.dmarc = seen->auth ? seen->auth->dmarc.apply : DMARC_ASK_NONE,
	};

	seen->action = policy_decide(&gate_settings(l->g)->policy, &c, &seen->reason);
	seen->why = span_cstr(policy_reason_words(seen->reason));
}

static void count(struct look *l)
{
	static const enum status_count action[DECISIONS] = {
		[DECIDE_ACCEPT] = STATUS_ACCEPTED,
		[DECIDE_TAG] = STATUS_TAGGED,
		[DECIDE_QUARANTINE] = STATUS_QUARANTINED,
		[DECIDE_TEMPFAIL] = STATUS_TEMPFAILED,
		[DECIDE_REJECT] = STATUS_REJECTED,
		[DECIDE_DISCARD] = STATUS_DISCARDED,
	};
	static const enum status_count verdict[] = {[ACTION_HAM] = STATUS_HAM,
		[ACTION_UNSURE] = STATUS_UNSURE,
		[ACTION_SPAM] = STATUS_SPAM};
	struct status *s = l->g->parts.status;

	status_add(s, STATUS_MESSAGES, 1);
	status_add(s, action[l->seen->action], 1);
	if (l->seen->verdict)
		status_add(s, verdict[l->seen->verdict->action], 1);
	if (l->seen->outgoing)
		status_add(s, STATUS_OUTGOING, 1);
	if (!l->seen->judged && l->seen->action == DECIDE_ACCEPT)
		status_add(s, STATUS_PASSED, 1);
	if (l->e->http)
		status_add(s, STATUS_HTTP_CHECKS, 1);
	status_time(s, (uint64_t)(gate_now() - l->begun));
}

static void look_with_bench(struct look *l, const struct digest *d, uint64_t bytes)
{
	struct gate *g = l->g;
	struct gate_bench *b = l->b;
	int slot = status_take_up(g->parts.status, d, (uint64_t)gate_now());
	bool may = may_be_judged(l, d);

	buf_clear(&b->results);
	buf_clear(&b->auth);
	buf_clear(&b->reason);
	l->seen->judged = may && judge(l) == 0;
	if (!l->seen->judged)
		l->seen->verdict = NULL;
	decide(l);
	write_why(l, !may);
	gate_leave_cpu(g);
	if (l->traced && comes_in(l) && l->seen->verdict->action == ACTION_SPAM)
		gate_tell_abuse(g, b, l->seen->verdict, &l->trace, l->raw, l->e->at);
	if (l->traced && comes_in(l))
		gate_tell_lesson(g, b, l->seen->verdict, &l->trace);
	gate_tell_decided(
		g, b, l->e, l->seen, l->traced ? &l->trace : NULL, bytes, gate_now() - l->begun);
	if (slot >= 0)
		status_put_down(g->parts.status, slot);
}

void gate_look(struct gate *g, const struct envelope *e, struct span raw, size_t lines,
	uint64_t bytes, struct gate_seen *ret)
{
	int64_t now = gate_now();
	struct look l = {.g = g,
		.e = e,
		.raw = raw,
		.seen = ret,
		.begun = now,
		.deadline = now + (int64_t)gate_config(g)->message_seconds * 1000000000};

	atomic_fetch_add(&g->in_hand, 1);
	*ret = (struct gate_seen){.outgoing = gate_is_outgoing(g, e)};
	name_it(ret->id);
	l.b = gate_take_bench(g, l.deadline);
	ret->bench = l.b;
	if (l.b) {
		struct digest d =
			digest_of(span_skip(raw, lines)); /* the same when it comes again */

		look_with_bench(&l, &d, bytes);
	} else {
		decide(&l);
		gate_tell_decided(g, NULL, e, ret, NULL, bytes, gate_now() - now);
	}
	count(&l);
}

void gate_look_not(struct gate *g, struct gate_seen *ret)
{
	static const struct envelope unknown = {.http = false};
	struct look l = {.g = g, .e = &unknown, .seen = ret, .begun = gate_now()};

	atomic_fetch_add(&g->in_hand, 1);
	*ret = (struct gate_seen){.judged = false};
	name_it(ret->id);
	decide(&l);
	count(&l);
}

void gate_seen_done(struct gate *g, struct gate_seen *seen)
{
	if (seen->bench)
		gate_give_bench(g, seen->bench);
	atomic_fetch_sub(&g->in_hand, 1);
}

void gate_write_verdict(struct buf *to, const struct gate_seen *seen)
{
	if (seen->judged)
		buf_printf(to, "%s; p=%.4f; id=%s", action_name(seen->verdict->action),
			seen->verdict->opinion.probability, seen->id);
	else
		buf_printf(to, "unjudged; id=%s", seen->id);
}
