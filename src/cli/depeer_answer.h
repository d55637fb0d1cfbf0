/*
 * What `cordon depeer` found out, and the sentences that tell it. The report, the JSON and the
 * picture all take the answer and share the sentences, so none says what another does not.
 */
#ifndef CORDON_CLI_DEPEER_ANSWER_H
#define CORDON_CLI_DEPEER_ANSWER_H

#include "cli/atlas.h"
#include "cut/depeer.h"
#include "cut/part.h"
#include "cut/starve.h"

struct depeer_answer {
	const struct atlas *atlas;
	const struct depeer_question *question;
	struct depeer depeer;
	struct part_sets part;
	const struct starve_question *limit; /* of --reach; NULL when that was not asked */
	struct starve starve;                /* empty then */
};

/*
 * Works everything out. The atlas and the questions must outlive the answer; limit may be NULL.
 * Returns 0 or -ENOMEM. Cost: see depeer(), part_find() and, with a limit, starve_find().
 */
int depeer_answer_find(const struct atlas *atlas, const struct depeer_question *question,
	const struct starve_question *limit, struct depeer_answer *ret_answer);
void depeer_answer_done(struct depeer_answer *a);

/* The words of programs: "cuts-off"; "lost"; "found"; "optimal"; static. */
const char *depeer_outlook_name(const struct depeer_answer *a);
const char *depeer_hurt_name(const struct depeer_hurt *h);
const char *depeer_part_name(const struct depeer_answer *a);
const char *depeer_starve_name(const struct depeer_answer *a);

/* What a measure counts, for a person: "networks", "IPv4 addresses", ... ; static. */
const char *depeer_counts(const struct measure *m);

/* The measure that tells most besides networks: weight, else IPv4 addresses; 0, which is networks,
 * when there is neither. */
size_t depeer_chief(const struct depeer_answer *a);

/* The targets by number: "AS26780", "AS26780 and AS27595". */
void depeer_targets(struct buf *to, const struct depeer_answer *a);

/* Will it work at all, and how much reach is left: two or three sentences. */
void depeer_verdict(struct buf *to, const struct depeer_answer *a);

/* How many are hurt, and how. */
void depeer_hurt_words(struct buf *to, const struct depeer_answer *a);

/* The few that suffice: how many, how surely, and what peers would leave. The sets are not told. */
void depeer_part_words(struct buf *to, const struct depeer_answer *a);

/* The set that brings reach under the share asked for, with its proof. */
void depeer_starve_words(struct buf *to, const struct depeer_answer *a);

/* Why somebody may carry the targets next: "a peer of it already; 2 of its customers buy there". */
void depeer_candidate_words(struct buf *to, const struct depeer_candidate *c);

#endif
