#include "judge/judge.h"

#include "judge/store.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

struct judge {
	struct model *model;
	struct starter *starter;
	const struct relays *relays;
	double ham_loss;
	double threshold; /* log-odds */
};

struct judge_bench {
	struct message_parser *mp;
	struct feature_scratch *scratch;
	struct features features;
	struct verdict verdict;
};

const char *action_name(enum action a)
{
	static const char *const names[] = {"ham", "unsure", "spam"};

	return names[a];
}

/* Copies what was learned; nothing learned yet, in whatever way, is no failure. */
static int load(struct model *m, const char *state_dir, struct err *err)
{
	struct store *store;
	int rc = store_open(state_dir, false, &store, err);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	rc = store_begin(store, err);
	if (rc == 0)
		rc = store_load(store, model_state(m), model_state_bytes(), err);
	store_close(store);
	return rc < 0 ? rc : 0;
}

static int take(struct model *m, struct span bytes, struct err *err)
{
	if (bytes.n != model_state_bytes())
		return err_set(err, -EBADMSG, "a learned model of %zu bytes, not %zu", bytes.n,
			model_state_bytes());
	memcpy(model_state(m), bytes.p, bytes.n);
	return 0;
}

/* Has read what judging reads of the system's files, since whoever judges may not later on. */
static int warm_up(struct err *err)
{
	struct domain_tools *t = domain_tools_new();

	domain_tools_free(t);
	return t ? 0 : err_set(err, -ENOMEM, "the list of public suffixes cannot be read");
}

int judge_open(const struct judge_options *options, struct judge **ret_judge, struct err *err)
{
	struct judge *j = calloc(1, sizeof(*j));
	int rc = j && (j->model = model_new()) ? 0 : err_sys(err, -ENOMEM, "the judge");

	if (rc == 0)
		rc = warm_up(err);
	if (rc == 0 && options->state_dir)
		rc = load(j->model, options->state_dir, err);
	if (rc == 0 && options->starter)
		rc = starter_open(options->starter, &j->starter, err);
	if (rc < 0) {
		judge_close(j);
		return rc;
	}
	j->relays = options->relays;
	j->ham_loss = options->ham_loss;
	j->threshold = model_threshold(j->model, j->starter, j->ham_loss);
	*ret_judge = j;
	return 0;
}

int judge_renew(
	const struct judge *old, struct span model, struct judge **ret_judge, struct err *err)
{
	struct judge *j = calloc(1, sizeof(*j));
	int rc = j && (j->model = model_new()) ? 0 : err_sys(err, -ENOMEM, "the judge");

	if (rc == 0)
		rc = take(j->model, model, err);
	if (rc < 0) {
		judge_close(j);
		return rc;
	}
	j->starter = starter_share(old->starter);
	j->relays = old->relays;
	j->ham_loss = old->ham_loss;
	j->threshold = model_threshold(j->model, j->starter, j->ham_loss);
	*ret_judge = j;
	return 0;
}

void judge_close(struct judge *j)
{
	if (!j)
		return;
	starter_close(j->starter);
	model_free(j->model);
	free(j);
}

void judge_learned(const struct judge *j, uint64_t *ret_ham, uint64_t *ret_spam)
{
	model_learned(j->model, ret_ham, ret_spam);
}

struct judge_bench *judge_bench_new(void)
{
	struct judge_bench *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->mp = message_parser_new(0);
	b->scratch = feature_scratch_new();
	if (!b->mp || !b->scratch) {
		judge_bench_free(b);
		return NULL;
	}
	return b;
}

void judge_bench_free(struct judge_bench *b)
{
	if (!b)
		return;
	message_parser_free(b->mp);
	feature_scratch_free(b->scratch);
	free(b);
}

int judge_parse(struct judge_bench *b, struct span raw, struct verdict **ret_verdict)
{
	struct message *m;
	int rc = message_parse(b->mp, raw, &m);

	if (rc < 0)
		return rc;
	b->verdict = (struct verdict){.mp = b->mp, .m = m, .features = &b->features};
	*ret_verdict = &b->verdict;
	return 0;
}

int judge_parsed(struct judge_bench *b, const struct relays *relays)
{
	struct verdict *v = &b->verdict;
	int rc = received_walk(b->mp, v->m, relays, &v->chain);

	if (rc == 0)
		rc = check_run(b->mp, v->m, &v->chain, v->auth, &v->in, &v->findings);
	if (rc < 0)
		return rc;
	features_take(b->scratch, &v->in, &v->findings, v->features);
	return 0;
}

int judge_look(struct judge_bench *b, struct span raw, const struct relays *relays,
	struct verdict **ret_verdict)
{
	struct verdict *v;
	int rc = judge_parse(b, raw, &v);

	if (rc == 0)
		rc = judge_parsed(b, relays);
	if (rc == 0)
		*ret_verdict = v;
	return rc;
}

void judge_weigh(const struct judge *j, struct judge_bench *b)
{
	struct verdict *v = &b->verdict;

	model_opinion(j->model, j->starter, v->features, &v->opinion);
	v->threshold = 1 / (1 + exp(-j->threshold));
	if (v->opinion.log_odds <= 0)
		v->action = ACTION_HAM;
	else
		v->action = v->opinion.log_odds >= j->threshold ? ACTION_SPAM : ACTION_UNSURE;
}

const struct relays *judge_relays(const struct judge *j)
{
	return j->relays;
}

int judge_message(
	const struct judge *j, struct judge_bench *b, struct span raw, struct verdict **ret_verdict)
{
	int rc = judge_look(b, raw, j->relays, ret_verdict);

	if (rc == 0)
		judge_weigh(j, b);
	return rc;
}
