/*
 * The judge: what a message is, how sure, and why. It looks at the message with three kinds of
 * evidence - the starter model, which every install begins with, what the site itself has learned,
 * and the checks' findings - and gives one calibrated probability.
 *
 * A struct judge is read-only after it was opened and may be used by any number of threads, each
 * with its own judge_bench. Learning is learn.h's.
 */
#ifndef CORDON_JUDGE_JUDGE_H
#define CORDON_JUDGE_JUDGE_H

#include "base/err.h"
#include "judge/check.h"
#include "judge/feature.h"
#include "judge/model.h"

struct judge;

enum action {
	ACTION_HAM,    /* more likely ham */
	ACTION_UNSURE, /* more likely spam, but under the threshold that the budget of ham sets */
	ACTION_SPAM
};

/* "ham", "unsure", "spam"; static. */
const char *action_name(enum action a);

/* What the judge says of one message. Spans and pointers live until the bench's next message. */
struct verdict {
	struct message_parser *mp;  /* the bench's own, for its arena */
	const struct message *m;
	const struct auth *auth;    /* what was proven of the sender: set between judge_parse() and
				       judge_parsed() by who looked, and to live as long; NULL:
				       nothing was looked at, as with stored mail */
	struct received chain;
	struct check_input in;      /* sender, subject, dates as the checks saw them */
	struct findings findings;
	struct features *features;  /* what the models saw */
	struct opinion opinion;     /* log-odds, probability, and what moved them (model.h) */
	double threshold;           /* least probability for ACTION_SPAM */
	enum action action;
};

struct judge_options {
	const char *state_dir;       /* what the site learned; NULL: nothing */
	const char *starter;         /* the starter model's image; NULL: none */
	double ham_loss;             /* share of ham that may be lost, see budget.h */
	const struct relays *relays; /* ours; may be NULL; kept, not copied */
};

/*
 * Opens a judge. A state directory in which nothing was learned is no failure. Returns 0 or a
 * negative errno with a sentence in err. Cost: the model is copied once, about 5 ms.
 */
int judge_open(const struct judge_options *options, struct judge **ret_judge, struct err *err);
void judge_close(struct judge *j);

/*
 * The same judge with a newer model of the site's (learner_model()'s bytes, copied): starter, share of
 * ham and relays are the old one's, which may be closed before or after. Opens no file. Returns 0, or
 * -EBADMSG for bytes that are no model of this version, or -ENOMEM, with a sentence.
 */
int judge_renew(
	const struct judge *old, struct span model, struct judge **ret_judge, struct err *err);

/* Messages the site has learned, of either label. */
void judge_learned(const struct judge *j, uint64_t *ret_ham, uint64_t *ret_spam);

/* One thread's room for judging: parser, features, findings. NULL when memory is short. */
struct judge_bench;
struct judge_bench *judge_bench_new(void);
void judge_bench_free(struct judge_bench *b);

/*
 * Looks at a message: parses it, walks its chain, runs the checks, extracts features; no opinion
 * yet. raw must stay as it is while the verdict is used. Returns 0 and the verdict, which is the
 * bench's, or -ENOMEM.
 */
int judge_look(struct judge_bench *b, struct span raw, const struct relays *relays,
	struct verdict **ret_verdict);

/*
 * judge_look() in two steps, for who looks at the message in between: judge_parse() gives mp and m;
 * fields may then be taken out of m->part[0].fields, and judge_parsed() does the rest. Each returns
 * 0 or -ENOMEM.
 */
int judge_parse(struct judge_bench *b, struct span raw, struct verdict **ret_verdict);
int judge_parsed(struct judge_bench *b, const struct relays *relays);

/* The opinion of both models of what was looked at, threshold and action. */
void judge_weigh(const struct judge *j, struct judge_bench *b);

/* The relays it was opened with; may be NULL. */
const struct relays *judge_relays(const struct judge *j);

/* Judges a message: judge_look(), then judge_weigh(). */
int judge_message(const struct judge *j, struct judge_bench *b, struct span raw,
	struct verdict **ret_verdict);

#endif
