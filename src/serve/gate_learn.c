#include "serve/gate_learn.h"

#include "mail/identity.h"
#include "serve/gate_work.h"
#include "serve/keeper_wire.h"

#include <errno.h>

static int ask(struct gate *g, struct span wish)
{
	struct buf answer = {0};
	uint32_t type = 0;
	int rc = g->parts.ask_keeper ? ipc_ask(g->parts.ask_keeper, KEEPER_LEARN, wish, -1,
					       ipc_deadline((int64_t)GATE_LEARN_S * 1000000000),
					       &type, &answer, NULL)
				     : -EAGAIN;
	int said = rc == 0 && type == KEEPER_LEARNED && answer.n == 1 ? (uint8_t)answer.p[0] : -1;

	buf_done(&answer);
	return said < 0 || said > LEARNED_MENDED ? -EAGAIN : said;
}

/* The wish into b->bytes, with the processor's turn. */
static int look(struct gate_bench *b, struct span raw, bool spam)
{
	struct verdict *v;
	int rc = judge_look(b->judge, raw, judge_relays(b->judged_by->judge), &v);

	if (rc < 0)
		return rc;
	const struct learn_wish w = {
		.identity = identity_digest(v->m), .spam = spam, .features = v->features};

	buf_clear(&b->bytes);
	learn_write(&w, &b->bytes);
	if (!buf_ok(&b->bytes))
		return -ENOMEM;
	return b->bytes.n > IPC_MOST ? -EMSGSIZE : 0;
}

int gate_learn(struct gate *g, struct span raw, bool spam)
{
	int64_t deadline = gate_now() + (int64_t)gate_config(g)->message_seconds * 1000000000;
	struct digest d = digest_of(raw);
	struct gate_bench *b;

	if (status_suspicion(g->parts.status, &d) != STATUS_CLEAN)
		return -EINVAL;
	atomic_fetch_add(&g->in_hand, 1);
	b = gate_take_bench(g, deadline);
	int rc = b ? 0 : -EAGAIN;

	if (b) {
		int slot = status_take_up(g->parts.status, &d, (uint64_t)gate_now());

		rc = look(b, raw, spam);
		gate_leave_cpu(g);
		if (slot >= 0)
			status_put_down(g->parts.status, slot);
		if (rc == 0)
			rc = ask(g, buf_span(&b->bytes));
		gate_give_bench(g, b);
	}
	atomic_fetch_sub(&g->in_hand, 1);
	return rc;
}
