/* The gate from the inside: for the files that look at messages and tell the keeper of them. */
#ifndef CORDON_SERVE_GATE_WORK_H
#define CORDON_SERVE_GATE_WORK_H

#include "serve/gate.h"
#include "serve/gate_users.h"
#include "serve/turn.h"

#include <pthread.h>

/* A judge that is in use by some; the last one closes it. */
struct gate_judge {
	struct judge *judge;
	unsigned users;
};

/* One message's room. */
struct gate_bench {
	struct judge_bench *judge;
	struct arena arena; /* of authentication; a budget of its own */
	struct buf results; /* Authentication-Results */
	struct buf bytes;   /* a message to the keeper */
	struct buf auth;    /* "spf=pass ..." */
	struct buf reason;
	struct auth *proof;
	struct gate_judge *judged_by;
	struct gate_bench *next; /* in the list of free ones */
};

/* What follows from a configuration. Those that were replaced are kept: threads look at them. */
struct gate_settings {
	const struct config_gateway *config;
	struct span name; /* ours, in Authentication-Results */
	struct policy policy;
	struct prefix *own;
	size_t own_n;
	struct gate_settings *before;
};

struct gate {
	struct gate_parts parts; /* but for configuration and name: those are in the settings */
	struct gate_settings *_Atomic settings;
	struct turn cpu;      /* messages that may be worked on now */
	struct turn room;     /* benches that may still be taken */
	pthread_mutex_t lock; /* of what follows */
	struct gate_bench *free;
	struct gate_judge *judge;
	struct gate_users users;
	atomic_uint in_hand;
	_Atomic uint64_t campaign_key;
	_Atomic int64_t
		next_lesson[2];      /* of ham, of spam: when the keeper may be told of one again */
	_Atomic int64_t keeper_rest; /* it took nothing in time: not waited for until then */
};

/* A bench by the deadline (nanoseconds of CLOCK_MONOTONIC), with the judge in force; NULL when
 * there is none. The processor's turn is taken with it. */
struct gate_bench *gate_take_bench(struct gate *g, int64_t deadline);
/* Leaves the processor to others: once the looking is done, before the bench is given back. */
void gate_leave_cpu(struct gate *g);
void gate_give_bench(struct gate *g, struct gate_bench *b);

/* The settings in force. */
static inline const struct gate_settings *gate_settings(const struct gate *g)
{
	return atomic_load_explicit(&g->settings, memory_order_acquire);
}

/* Nanoseconds of CLOCK_MONOTONIC. */
int64_t gate_now(void);

#endif
