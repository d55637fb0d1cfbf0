/*
 * Making the starter model out of labelled mail of several sources. Each source is held out in turn:
 * what the views learned from the others is asked about it (of the findings, what they learned from
 * the other four fifths of all mail), and only from such answers does the mixer learn how far a view
 * may be believed on mail of another time and place. The figures that come with a model are of the
 * same answers.
 */
#ifndef CORDON_JUDGE_STARTER_TRAIN_H
#define CORDON_JUDGE_STARTER_TRAIN_H

#include "judge/roc.h"
#include "judge/starter_image.h"

struct trainer;

#define TRAINER_SOURCES_MOST 8

/* An empty trainer; NULL when memory is short. trainer_free() takes NULL. */
struct trainer *trainer_new(void);
void trainer_free(struct trainer *t);

/*
 * Adds one message of source 0 .. TRAINER_SOURCES_MOST - 1; the features are copied. Every source
 * counts the same, and so do its ham and its spam, however many there are. Returns 0 or -ENOMEM.
 */
int trainer_add(struct trainer *t, unsigned source, const struct features *f, bool spam);

/* How the model does on each source when that was held out. */
struct trainer_report {
	struct roc_result held[TRAINER_SOURCES_MOST];
	double found[TRAINER_SOURCES_MOST]; /* share of spam over the threshold for that ham_loss */
	double lost[TRAINER_SOURCES_MOST];  /* and of ham */
	double view[TRAINER_SOURCES_MOST][VIEW_COUNT]; /* 1 - area under each view's own curve */
};

/*
 * Makes the image. Needs two sources or more, each with ham and spam. Returns 0, -EINVAL without
 * them, or -ENOMEM. The same messages in the same order give the same bytes. Some seconds.
 */
int trainer_make(struct trainer *t, double ham_loss, struct starter_image *ret,
	struct trainer_report *ret_report);

#endif
