/*
 * What the gateway is doing, in memory that all roles share: counters, times, which parts live, and
 * which messages are in hand. Written without locks, each number by itself; read at any time.
 */
#ifndef CORDON_SERVE_STATUS_H
#define CORDON_SERVE_STATUS_H

#include "base/hash.h"
#include "serve/delays.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Counters: only ever grow. X(ID, "metric name", "what it counts") */
#define STATUS_COUNTS_X(X)                                                                         \
	X(SESSIONS, "sessions", "milter sessions begun")                                           \
	X(SESSIONS_REFUSED, "sessions_refused", "sessions beyond the most, not looked at")         \
	X(MESSAGES, "messages", "messages decided")                                                \
	X(HAM, "verdict_ham", "messages called ham")                                               \
	X(UNSURE, "verdict_unsure", "messages called unsure")                                      \
	X(SPAM, "verdict_spam", "messages called spam")                                            \
	X(OUTGOING, "outgoing", "messages of our own users")                                       \
	X(ACCEPTED, "action_accepted", "accepted as they were, or with header fields")             \
	X(TAGGED, "action_tagged", "accepted with a changed subject")                              \
	X(QUARANTINED, "action_quarantined", "put into quarantine")                                \
	X(TEMPFAILED, "action_tempfailed", "asked to come again later")                            \
	X(REJECTED, "action_rejected", "refused")                                                  \
	X(DISCARDED, "action_discarded", "accepted and thrown away")                               \
	X(PASSED, "passed_unjudged", "passed by policy, since a part failed")                      \
	X(TOO_LARGE, "too_large", "of which only the beginning was judged")                        \
	X(HTTP_CHECKS, "http_checks", "messages judged over HTTP")                                 \
	X(DNS_QUESTIONS, "dns_questions", "questions of the gate")                                 \
	X(DNS_CACHED, "dns_cached", "answered from its cache")                                     \
	X(DNS_FAILED, "dns_failed", "not answered in time")                                        \
	X(SIGHTINGS, "sightings", "abuse taken into the ledger")                                   \
	X(KEEPER_LOST, "keeper_lost", "messages to the keeper that it did not take in time")       \
	X(LEARNED_USER, "learned_user", "messages learned from users")                             \
	X(LEARNED_SELF, "learned_self", "messages learned by itself")                              \
	X(LEARN_HELD, "learn_held", "not learned by itself, for its balance or limits")            \
	X(SPECIMENS, "specimens", "messages set aside since they ended a role twice")              \
	X(IPC_BAD, "ipc_bad", "messages between roles that were not well formed")

enum status_count {
#define X(id, name, words) STATUS_##id,
	STATUS_COUNTS_X(X)
#undef X
		STATUS_COUNTS
};

/* Times of messages, from the end of their data to the decision (delays.h). */
#define STATUS_BUCKETS DELAYS_BUCKETS

/* One message in hand. */
struct status_slot {
	_Atomic uint64_t since;     /* nanoseconds of CLOCK_MONOTONIC; 0: free */
	_Atomic uint32_t killer;    /* the thread that had it died with it */
	struct digest digest;       /* of its bytes, set before `since` */
};
#define STATUS_SLOTS 1024

struct status_part {
	_Atomic uint64_t alive;  /* nanoseconds of CLOCK_MONOTONIC when it said so last */
	_Atomic uint32_t ready;  /* it serves */
	_Atomic uint32_t starts; /* how often it was started */
	_Atomic int32_t pid;     /* 0: it does not run */
	_Atomic int32_t denied;  /* the system call that it died of, + 1 */
};

/* A message that was in hand when the gate died. The list is written by the supervisor, and only
 * while there is no gate. */
struct status_suspect {
	struct digest digest;
	uint32_t deaths;
};
#define STATUS_SUSPECTS 64

struct status {
	_Atomic uint64_t count[STATUS_COUNTS];
	_Atomic uint64_t bucket[STATUS_BUCKETS];
	_Atomic uint64_t nanoseconds;  /* sum over all messages */
	_Atomic uint32_t sessions_now;
	_Atomic int64_t started;       /* seconds since 1970 UTC */
	struct status_part part[4];    /* by enum role */
	_Atomic uint32_t keeps;        /* a bit for each enum keeper_part that is open */
	struct status_slot slot[STATUS_SLOTS];
	_Atomic uint32_t suspects;
	struct status_suspect suspect[STATUS_SUSPECTS];
};

/* Makes it: a memfd mapped and shared, which nobody can cut off; the descriptor goes to the roles.
 * And takes it from one. NULL with errno set when that fails; status_drop() unmaps. */
struct status *status_make(int *ret_fd);
struct status *status_take(int fd);
void status_drop(struct status *s);

static inline void status_add(struct status *s, enum status_count c, uint64_t n)
{
	atomic_fetch_add_explicit(&s->count[c], n, memory_order_relaxed);
}

/* One message took so long. */
void status_time(struct status *s, uint64_t nanoseconds);

/* delays_quantile() of all messages. */
uint64_t status_quantile(const struct status *s, double share);

/* Marks a message as in hand until status_put_down(); a slot's number, -1 when all are taken. The
 * slot of the calling thread is what a fatal signal marks as the killer (crash.c). */
int status_take_up(struct status *s, const struct digest *d, uint64_t now);
void status_put_down(struct status *s, int slot);

/* The slot that the calling thread took up and has not put down, or -1. Safe in signal handlers. */
int status_slot_here(void);

/* What a slot (0 .. STATUS_SLOTS - 1) holds; false when it is free. */
bool status_slot_read(const struct status *s, int slot, uint64_t *ret_since, struct digest *ret);

/* What is known of a message before it is judged. */
enum status_suspicion {
	STATUS_CLEAN,
	STATUS_SUSPECT,  /* it was in hand when the gate died: the keeper is to have it (KEEPER_SPECIMEN)
			    before it is judged again */
	STATUS_SPECIMEN, /* so twice: it is passed by policy and not judged */
};
enum status_suspicion status_suspicion(const struct status *s, const struct digest *d);

#endif
