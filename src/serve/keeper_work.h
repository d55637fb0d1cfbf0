/* The keeper from the inside. */
#ifndef CORDON_SERVE_KEEPER_WORK_H
#define CORDON_SERVE_KEEPER_WORK_H

#include "judge/learn.h"
#include "judge/starter.h"
#include "ledger/ledger.h"
#include "serve/decisions.h"
#include "serve/ipc.h"
#include "serve/keeper_part.h"
#include "serve/own.h"
#include "serve/person.h"
#include "serve/prints.h"
#include "serve/role.h"

/* A part that can fail by itself, and is tried again while the others go on. */
struct keeper_open {
	bool open;
	int64_t again; /* nanoseconds of CLOCK_MONOTONIC: not tried before */
};

struct keeper {
	struct role_kit *kit;
	struct keeper_open part[KEEPER_PARTS];
	/* evidence */
	struct shelf *shelf;
	struct ledger *ledger;
	struct campaigns *campaigns; /* NULL: they could not be brought up to date */
	struct prints *prints;
	uint64_t journaled; /* records of the log below this are in the journal or saved */
	size_t raw_bytes;   /* raw evidence that is not committed */
	size_t added;       /* records that are not committed */
	/* lessons */
	struct starter *starter;
	struct learner *learner;
	struct own *own;
	uint64_t model;       /* the number of the model: one more with each change */
	bool lessons_waiting; /* learned, not committed */
	struct features *features;
	bool said_spam; /* what the person says whose lesson is being learned */
	uint64_t waiting[64]; /* waiting[n_waiting]: questions to be answered when it is */
	uint8_t outcome[64];
	size_t n_waiting;
	/* decisions */
	struct decisions *decisions;
	size_t decided;         /* not committed */
	int64_t decisions_anew; /* when the file was last begun anew while it was open; 0: never */
	struct person_key people; /* of hashes, once has_people */
	bool has_people;
};

/* Says something for the log of the service, a line on standard error. */
void keeper_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Evidence (keeper_evidence.c). Each returns 0 or a negative errno with a sentence; on failure the
 * part is closed, by the caller. */
int evidence_open(struct keeper *k, struct err *err);
void evidence_close(struct keeper *k);
int evidence_add(struct keeper *k, const struct abuse_seen *a, struct span raw, struct err *err);
int evidence_commit(struct keeper *k, struct err *err);
int evidence_save(struct keeper *k, struct err *err); /* the campaigns; after a commit */

/* Lessons (keeper_lessons.c). */
int lessons_open_starter(struct keeper *k, struct err *err); /* before the sandbox: what the model
								learns depends on what it says */
int lessons_open(struct keeper *k, struct err *err);
void lessons_close(struct keeper *k);
/* Learns; id 0: nobody waits for the outcome. */
int lessons_add(struct keeper *k, const struct learn_wish *w, uint64_t id, struct err *err);
int lessons_commit(struct keeper *k, struct err *err);   /* and answers who waits */
int lessons_catch_up(struct keeper *k, struct err *err); /* with other learners */
void lessons_tell_model(struct keeper *k, uint64_t id, struct span question);
void lessons_refuse(struct keeper *k, uint64_t id); /* answers that it could not be learned */

#endif
