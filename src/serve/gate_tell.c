/*
 * The keeper may be slow, or dead. A message waits for it for some milliseconds; after one that was
 * not taken, nobody waits for a second.
 */
#include "serve/gate_tell.h"

#include "judge/campaign.h"
#include "mail/identity.h"
#include "serve/own.h"
#include "trace/mail_sighting.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define LESSON_EVERY ((int64_t)2 * 1000 * 1000 * 1000)
#define PATIENCE     ((int64_t)20 * 1000 * 1000)
#define REST         ((int64_t)1000 * 1000 * 1000)

static void tell(struct gate *g, uint32_t type, struct span bytes, int file)
{
	int64_t now = gate_now();
	bool rests = now < atomic_load(&g->keeper_rest);

	if (g->parts.keeper < 0)
		return;
	if (ipc_send(g->parts.keeper, type, 0, bytes, file, rests ? 0 : now + PATIENCE) == 0)
		return;
	status_add(g->parts.status, STATUS_KEEPER_LOST, 1);
	atomic_store(&g->keeper_rest, gate_now() + REST);
}

/* The findings that moved most, the weightiest first. */
static void add_findings(struct decided *d, const struct verdict *v)
{
	const double *moved = v->opinion.finding;

	for (size_t i = 0; i < v->findings.n; i++) {
		size_t at = d->findings < DECIDED_FINDINGS ? d->findings++ : DECIDED_FINDINGS - 1;

		if (at == DECIDED_FINDINGS - 1 && fabs(moved[i]) <= fabs((double)d->weight[at]) &&
			d->finding[at].n)
			continue;
		for (; at > 0 && fabs((double)d->weight[at - 1]) < fabs(moved[i]); at--) {
			d->weight[at] = d->weight[at - 1];
			d->finding[at] = d->finding[at - 1];
		}
		d->weight[at] = (float)moved[i];
		d->finding[at] = span_cstr(v->findings.at[i].name);
	}
}

static void add_verdict(struct decided *d, const struct verdict *v, const struct trace *t)
{
	const struct field *id = message_field(v->m, FIELD_MESSAGE_ID);

	d->verdict = v->action;
	d->probability = v->opinion.probability;
	d->threshold = v->threshold;
	d->from_domain = v->in.from_host;
	d->message_id = id ? span_trim(id->value) : (struct span){NULL, 0};
	if (t && t->has_source && t->source.on.found)
		d->asn = t->source.on.origin.asn;
	add_findings(d, v);
}

void gate_tell_decided(struct gate *g, struct gate_bench *b, const struct envelope *e,
	const struct gate_seen *seen, const struct trace *t, uint64_t bytes, int64_t took)
{
	struct decided d = {
		.at = e->at,
		.microseconds = (uint32_t)(took / 1000),
		.action = seen->action,
		.ip = e->ip,
		.outgoing = seen->outgoing,
		.http = e->http,
		.unjudged = !seen->judged,
		.bytes = bytes,
		.sender = e->mail_from,
		.recipients = e->rcpts,
		.recipients_left_out = e->rcpts_left_out,
		.queue_id = e->queue_id,
		.user = e->user,
		.helo = e->helo,
		.auth = b ? buf_span(&b->auth) : (struct span){NULL, 0},
		.reason = seen->why,
	};

	memcpy(d.id, seen->id, sizeof(d.id));
	memcpy(d.recipient, e->rcpt, e->rcpts * sizeof(*e->rcpt));
	if (seen->verdict)
		add_verdict(&d, seen->verdict, t);
	struct buf own = {0}, *to = b ? &b->bytes : &own;

	buf_clear(to);
	decided_write(&d, to);
	if (buf_ok(to))
		tell(g, KEEPER_DECIDED, buf_span(to), -1);
	buf_done(&own);
}

void gate_tell_abuse(struct gate *g, struct gate_bench *b, const struct verdict *v,
	const struct trace *t, struct span raw, int64_t now)
{
	const struct mail_sighting_rules rules = {.now = now, .source = SPAN("mail"), .kind = -1};
	uint64_t key = atomic_load(&g->campaign_key);
	struct mail_sighting s;

	if (g->parts.keeper < 0 || mail_sighting_make(v, t, &rules, &s) != MAIL_SIGHTING_MADE)
		return;
	struct campaign_print *print = key ? campaign_print_take(key, v->mp, v->m) : NULL;
	const struct abuse_seen a = {
		.identity = identity_digest(v->m),
		.sighting = s.sighting,
		.print = {(const char *)print, print ? campaign_print_bytes(print) : 0},
	};
	int file = ipc_seal(raw);

	buf_clear(&b->bytes);
	abuse_write(&a, &b->bytes);
	if (buf_ok(&b->bytes) && file >= 0)
		tell(g, KEEPER_ABUSE, buf_span(&b->bytes), file);
	else
		status_add(g->parts.status, STATUS_KEEPER_LOST, 1);
	if (file >= 0)
		close(file);
	free(print);
}

/* Whether it is this label's turn; then the next turn is a while later. */
static bool takes_turn(_Atomic int64_t *next)
{
	int64_t now = gate_now(), due = atomic_load(next);

	return now >= due && atomic_compare_exchange_strong(next, &due, now + LESSON_EVERY);
}

void gate_tell_lesson(
	struct gate *g, struct gate_bench *b, const struct verdict *v, const struct trace *t)
{
	uint64_t key = atomic_load(&g->campaign_key);
	bool spam = v->opinion.log_odds > 0;

	if (!gate_config(g)->learn_self || g->parts.keeper < 0 || !key ||
		fabs(v->opinion.log_odds) <= OWN_SURE || !takes_turn(&g->next_lesson[spam]))
		return;
	struct campaign_print *print = campaign_print_take(key, v->mp, v->m);

	if (!print)
		return;
	const struct learn_wish w = {
		.identity = identity_digest(v->m),
		.spam = spam,
		.self = true,
		.asn = t->has_source && t->source.on.found ? t->source.on.origin.asn : 0,
		.campaign = campaign_print_alike(print),
		.probability = v->opinion.probability,
		.features = v->features,
	};

	buf_clear(&b->bytes);
	learn_write(&w, &b->bytes);
	if (buf_ok(&b->bytes) && b->bytes.n <= IPC_MOST)
		tell(g, KEEPER_LEARN, buf_span(&b->bytes), -1);
	free(print);
}

bool gate_tell_specimen(struct gate *g, struct span raw, int64_t deadline)
{
	int file = ipc_seal(raw);
	struct buf answer = {0};
	uint32_t type = 0;
	bool kept = file >= 0 && g->parts.ask_keeper &&
		    ipc_ask(g->parts.ask_keeper, KEEPER_SPECIMEN, (struct span){NULL, 0}, file,
			    deadline, &type, &answer, NULL) == 0 &&
		    type == KEEPER_KEPT;

	if (file >= 0)
		close(file);
	buf_done(&answer);
	return kept;
}
