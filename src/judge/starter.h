/*
 * The starter model: what every install knows on its first day. An immutable image of at most
 * 2 MB (docs/formats/starter.md), made by `cordon starter build`; it is never changed by learning;
 * what a site has learned speaks beside it, and a starter that is wrong there is believed less.
 */
#ifndef CORDON_JUDGE_STARTER_H
#define CORDON_JUDGE_STARTER_H

#include "base/err.h"
#include "judge/budget.h"
#include "judge/feature.h"

struct starter;

/*
 * The file of the one in force: CORDON_STARTER's where that is set (empty: none), the installed one,
 * or the one of the source tree. In new memory; NULL when there is none, or memory is short.
 */
char *starter_find(void);

/* Opens an image. Returns 0, or a negative errno with a sentence. starter_close() takes NULL. */
int starter_open(const char *path, struct starter **ret, struct err *err);
void starter_close(struct starter *s);

/* The same once more, to be closed as often as it was opened and shared; NULL gives NULL. Any
 * thread may share and close. */
struct starter *starter_share(struct starter *s);

/* What it says of a message, in log-odds: of each view, and of each finding. */
struct starter_opinion {
	double base;                   /* before anything is known of the message */
	double view[VIEW_COUNT];
	double finding[FINDINGS_MOST]; /* view[VIEW_FINDINGS], finding by finding */
};

void starter_opinion(const struct starter *s, const struct features *f,
	struct starter_opinion *ret);

/* What a finding of that name moves when it stands alone, in log-odds. */
double starter_finding(const struct starter *s, const char *name);

/* The log-odds over which, on mail it was not made from, no more than that share of ham came. */
double starter_threshold(const struct starter *s, double ham_loss);

#endif
