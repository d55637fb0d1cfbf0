/*
 * What the gateway learns by itself: each bound holds, what people say goes, and thirty days of an
 * attacker's mail cost no more good mail than the budget allows, while the same mail without the
 * bounds does.
 */
#include "test.h"

#include "base/random.h"
#include "judge/judge.h"
#include "mail/identity.h"
#include "serve/own.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY 86400

struct fixture {
	char dir[64];
	struct own *own;
	struct err err;
	struct features *features;
	int undone;
	bool undone_fails;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/cordon-own-XXXXXX");
	*state = f;
	f->features = calloc(1, sizeof(*f->features));
	return mkdtemp(f->dir) && own_open(f->dir, &f->own, NULL, &f->err) == 0 ? 0 : -1;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	char command[128];

	own_close(f->own);
	free(f->features);
	snprintf(command, sizeof(command), "rm -rf %s", f->dir);
	free(f);
	return system(command);
}

/* A clear wish: message number i of a network and a campaign. */
static struct learn_wish wish(struct fixture *f, bool spam, uint32_t i, asn_t asn, uint64_t campaign)
{
	struct learn_wish w = {.spam = spam, .self = true, .asn = asn, .campaign = campaign,
		.probability = spam ? 0.9999 : 0.0001, .features = f->features};

	memcpy(w.identity.byte, &i, sizeof(i));
	w.identity.byte[8] = spam;
	return w;
}

static int asked(struct fixture *f, const struct learn_wish *w, int64_t now)
{
	return own_ask(f->own, w, 1000, 1000, now, &f->err);
}

static void learned(struct fixture *f, const struct learn_wish *w, int64_t now)
{
	assert_int_equal(asked(f, w, now), OWN_YES);
	assert_int_equal(own_note(f->own, w, now, &f->err), 0);
}

static void only_clear_cases_once_taught(void **state)
{
	struct fixture *f = *state;
	struct learn_wish w = wish(f, true, 1, 64500, 1);

	assert_int_equal(asked(f, &w, DAY), OWN_YES);
	assert_int_equal(own_ask(f->own, &w, OWN_TAUGHT - 1, 1000, DAY, &f->err), OWN_UNTAUGHT);
	assert_int_equal(own_ask(f->own, &w, 1000, OWN_TAUGHT - 1, DAY, &f->err), OWN_UNTAUGHT);
	w.probability = 0.99;
	assert_int_equal(asked(f, &w, DAY), OWN_UNCLEAR);
	w.probability = 0.0001; /* clear, but of the other label */
	assert_int_equal(asked(f, &w, DAY), OWN_UNCLEAR);
	w.spam = false;
	assert_int_equal(asked(f, &w, DAY), OWN_YES);
	w.probability = NAN;
	assert_int_equal(asked(f, &w, DAY), OWN_UNCLEAR);
	w.probability = 0;
	assert_int_equal(asked(f, &w, DAY), OWN_YES);
}

static void a_network_teaches_little(void **state)
{
	struct fixture *f = *state;
	int64_t now = DAY;
	uint32_t i = 0;

	for (int day = 0; day < OWN_NET / OWN_NET_DAILY; day++, now += DAY + 1) {
		for (int k = 0; k < OWN_NET_DAILY; k++) {
			struct learn_wish w = wish(f, true, i, 64500, 100 + i);
			struct learn_wish other = wish(f, false, i, 64600 + i, 200 + i);

			learned(f, &w, now);
			learned(f, &other, now);
			i++;
		}
		struct learn_wish more = wish(f, true, 99, 64500, 99);

		assert_int_equal(asked(f, &more, now), OWN_NETWORK);
		more.asn = 64501;
		assert_int_equal(asked(f, &more, now), OWN_YES);
	}
	struct learn_wish more = wish(f, true, 99, 64500, 99);

	assert_int_equal(asked(f, &more, now), OWN_NETWORK); /* a new day, the same window */
	assert_int_equal(asked(f, &more, now + (int64_t)OWN_WINDOW * DAY), OWN_YES);
}

static void what_is_alike_teaches_once(void **state)
{
	struct fixture *f = *state;
	struct learn_wish w = wish(f, false, 1, 64500, 7);

	learned(f, &w, DAY);
	struct learn_wish again = wish(f, false, 2, 64501, 7);

	assert_int_equal(asked(f, &again, DAY), OWN_ALIKE);
	again.campaign = 8;
	assert_int_equal(asked(f, &again, DAY), OWN_YES);
}

static void no_label_runs_ahead(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < OWN_LEAD; i++) {
		struct learn_wish w = wish(f, true, i, 64500 + i, 1 + i);

		learned(f, &w, DAY);
	}
	struct learn_wish more = wish(f, true, 99, 64999, 99), ham = wish(f, false, 1, 64998, 98);

	assert_int_equal(asked(f, &more, DAY), OWN_AHEAD);
	learned(f, &ham, DAY);
	assert_int_equal(asked(f, &more, DAY), OWN_YES);
}

static void a_day_and_a_part_are_enough(void **state)
{
	struct fixture *f = *state;
	struct learn_wish more = wish(f, true, 9999, 70000, 9999);

	for (uint32_t i = 0; i < OWN_DAILY; i++) {
		struct learn_wish spam = wish(f, true, i, 65000 + i, 1 + i);
		struct learn_wish ham = wish(f, false, i, 66000 + i, 5000 + i);

		learned(f, &spam, DAY);
		learned(f, &ham, DAY);
	}
	assert_int_equal(asked(f, &more, DAY), OWN_ENOUGH);
	assert_int_equal(asked(f, &more, 2 * DAY + 1), OWN_YES);
	/* Of 1,000 it may have a quarter; of 60 + 40 that are its own, 15 less 40. */
	assert_int_equal(own_ask(f->own, &more, 1000, 60 + OWN_DAILY, 2 * DAY + 1, &f->err),
		OWN_ENOUGH);
}

static int undo(
	void *context, const struct digest *identity, const struct features *features, struct err *err)
{
	struct fixture *f = context;

	assert_int_equal(features_bytes(features), features_bytes(f->features));
	assert_true(identity->byte[8] == 1);
	f->undone++;
	return f->undone_fails ? err_set(err, -EIO, "no") : 0;
}

static void people_undo_it(void **state)
{
	struct fixture *f = *state;
	struct learn_wish w = wish(f, true, 1, 64500, 7), other = wish(f, true, 2, 64501, 8);
	size_t n;

	learned(f, &w, DAY);
	learned(f, &other, DAY);
	/* One like it, of another network, as an earlier window's rules let in. */
	struct learn_wish like = wish(f, true, 3, 64502, 7);

	assert_int_equal(own_note(f->own, &like, DAY, &f->err), 0);

	/* Said to be what it was taken for: nothing to undo. */
	assert_int_equal(own_contradicted(f->own, &w.identity, true, DAY, undo, f, &n, &f->err), 0);
	assert_int_equal(n + (size_t)f->undone, 0);
	/* A failure undoes nothing. */
	f->undone_fails = true;
	assert_int_equal(own_contradicted(f->own, &w.identity, false, DAY, undo, f, &n, &f->err),
		-EIO);
	f->undone_fails = false;
	f->undone = 0;
	assert_int_equal(own_contradicted(f->own, &w.identity, false, DAY, undo, f, &n, &f->err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(f->undone, 2);
	/* Its network is not believed for a window, others are. */
	struct learn_wish again = wish(f, true, 5, 64500, 50);

	assert_int_equal(asked(f, &again, 2 * DAY), OWN_DISTRUST);
	assert_int_equal(asked(f, &again, (OWN_WINDOW + 2) * (int64_t)DAY), OWN_YES);
	again.asn = 64501;
	assert_int_equal(asked(f, &again, 2 * DAY), OWN_YES);
	assert_int_equal(own_contradicted(f->own, &w.identity, false, DAY, undo, f, &n, &f->err), 0);
	assert_int_equal(n, 0);
}

/* It is all on disk: opened again, it goes on. */
static void it_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct learn_wish w = wish(f, false, 1, 64500, 7), again = wish(f, false, 2, 64501, 7);

	learned(f, &w, DAY);
	own_close(f->own);
	f->own = NULL;
	assert_int_equal(own_open(f->dir, &f->own, NULL, &f->err), 0);
	assert_int_equal(asked(f, &again, DAY), OWN_ALIKE);
}

/* --- the flood --- */

#define WORDS    600  /* of each kind of mail */
#define LENGTH   70   /* words of a message */
#define TAUGHT   1200 /* of each label, by people */
#define HELD_OUT 2000 /* good messages that are judged at the end */
#define BUDGET   0.001

enum source { SITE_HAM, SITE_SPAM, STUFFED, WORMED };

/*
 * A message of its own: good mail and spam have words of their own and some in common, and every
 * fifth good one is news of a shop that was asked for, half of it in the words of spam. The attacker
 * knows the site's words and ways. Stuffed mail is spam that day by day takes on more of them, each
 * day so little that it is still clearly spam to whoever learned the day before, until good words
 * and headers look like spam; wormed mail is good words with some of the attacker's, so that those
 * come to look good.
 */
static struct span flood_mail(struct random *r, enum source source, unsigned day, unsigned i, char *to,
	size_t room)
{
	const bool news = source == SITE_HAM && random_below(r, 5) == 0;
	const unsigned share_ham[] = {[SITE_HAM] = news ? 45 : 85, [SITE_SPAM] = 5, [STUFFED] = 5 + day * 85 / 30,
		[WORMED] = 85};
	bool good = (source == SITE_HAM && !news) || source == WORMED ||
		    (source == STUFFED && random_below(r, 30) < day);
	int n = snprintf(to, room,
		"From: %s%u@%s.example\nTo: staff@site.example\nSubject: %s %u\n"
		"Message-ID: <%u.%d@m.example>\n%s\n",
		good ? "colleague" : "offers", (unsigned)random_below(r, 60), good ? "work" : "deal",
		good ? "Re: plan" : "Deal", i, i, (int)source,
		good ? "In-Reply-To: <1@site.example>\n" : "");

	for (int k = 0; k < LENGTH; k++) {
		unsigned kind = (unsigned)random_below(r, 100), w = (unsigned)random_below(r, WORDS);
		const char *stem = kind < share_ham[source] ? "ham" : kind < 90 ? "deal" : "both";

		if (source == WORMED && kind >= share_ham[source])
			stem = "worm";
		n += snprintf(to + n, room - (size_t)n, "%s%c%c%u ", stem, 'a' + (char)(w % 26),
			'a' + (char)(w / 26), w);
	}
	return (struct span){to, (size_t)n};
}

struct flood {
	struct fixture *f;
	struct learner *learner;
	struct judge *bare, *judge;
	struct judge_bench *bench;
	struct random random;
	unsigned day, number, learned, offered;
	bool bounded;
	char raw[4096];
};

static struct verdict *flood_look(struct flood *x, enum source source)
{
	struct verdict *v;
	struct span raw = flood_mail(&x->random, source, x->day, x->number++, x->raw, sizeof(x->raw));

	assert_int_equal(judge_message(x->judge, x->bench, raw, &v), 0);
	return v;
}

static void renew(struct flood *x)
{
	struct judge *j;

	assert_int_equal(judge_renew(x->bare, learner_model(x->learner), &j, &x->f->err), 0);
	judge_close(x->judge);
	x->judge = j;
}

static void teach(struct flood *x)
{
	for (int i = 0; i < 2 * TAUGHT; i++) {
		struct verdict *v = flood_look(x, i & 1 ? SITE_SPAM : SITE_HAM);
		struct digest d = identity_digest(v->m);

		assert_int_equal(learner_learn(x->learner, &d, v->features, i & 1, TEACHER_PERSON,
					 &x->f->err), LEARNED_NEW);
	}
	assert_int_equal(learner_commit(x->learner, &x->f->err), 0);
	renew(x);
}

/* One message comes; where the judge is sure, it would like to learn it. */
static void arrive(struct flood *x, enum source source, asn_t asn, int64_t now)
{
	struct verdict *v = flood_look(x, source);
	struct learn_wish w = {.identity = identity_digest(v->m), .self = true,
		.spam = v->opinion.log_odds > 0, .asn = asn, .campaign = x->number,
		.probability = v->opinion.probability, .features = v->features};
	uint64_t ham, spam;

	if (fabs(v->opinion.log_odds) < OWN_SURE)
		return;
	x->offered++;
	learner_learned(x->learner, &ham, &spam);
	if (x->bounded) {
		if (own_ask(x->f->own, &w, ham, spam, now, &x->f->err) != OWN_YES)
			return;
		assert_int_equal(own_note(x->f->own, &w, now, &x->f->err), 0);
	}
	assert_true(learner_learn(x->learner, &w.identity, w.features, w.spam, TEACHER_OWN,
			    &x->f->err) >= 0);
	if (++x->learned % 10 == 0)
		renew(x);
}

/* Thirty days: 20 messages of the site's a day, and 300 of the attacker's, from 100 networks. */
static void thirty_days(struct flood *x)
{
	for (x->day = 0; x->day < 30; x->day++) {
		for (int i = 0; i < 320; i++) {
			int64_t now = (int64_t)(20000 + x->day) * DAY + i * 270;
			bool site = i % 16 == 0;
			enum source s = site ? i & 16 ? SITE_SPAM : SITE_HAM
					     : i & 1 ? STUFFED : WORMED;

			arrive(x, s, site ? 100 + (asn_t)i % 12 : 64500 + (asn_t)i % 100, now);
		}
		assert_int_equal(learner_commit(x->learner, &x->f->err), 0);
	}
	renew(x);
}

/* The share of good mail that would be lost now. */
static double lost(struct flood *x)
{
	unsigned n = 0;

	for (int i = 0; i < HELD_OUT; i++)
		n += flood_look(x, SITE_HAM)->action == ACTION_SPAM;
	return (double)n / HELD_OUT;
}

/* The share of the site's spam that is called so. */
static double caught(struct flood *x)
{
	unsigned n = 0;

	for (int i = 0; i < HELD_OUT; i++)
		n += flood_look(x, SITE_SPAM)->action == ACTION_SPAM;
	return (double)n / HELD_OUT;
}

static void flood(struct fixture *f, bool bounded, double *ret_lost, double *ret_caught)
{
	const struct judge_options options = {.ham_loss = BUDGET};
	struct flood x = {.f = f, .bounded = bounded};

	random_seed(&x.random, 11);
	x.bench = judge_bench_new();
	assert_non_null(x.bench);
	assert_int_equal(judge_open(&options, &x.bare, &f->err), 0);
	assert_int_equal(judge_open(&options, &x.judge, &f->err), 0);
	assert_int_equal(learner_open(f->dir, NULL, &x.learner, &f->err), 0);
	teach(&x);
	assert_true(lost(&x) <= BUDGET);
	double before = caught(&x);

	thirty_days(&x);
	*ret_lost = lost(&x);
	*ret_caught = caught(&x);
	print_message("%s: %u clear messages, %u learned; good mail lost %.2f %%, spam caught "
		      "%.1f %% (%.1f %% before)\n",
		bounded ? "with bounds" : "without", x.offered, x.learned, 100 * *ret_lost,
		100 * *ret_caught, 100 * before);
	learner_close(x.learner);
	judge_close(x.bare);
	judge_close(x.judge);
	judge_bench_free(x.bench);
}

static void a_flood_stays_within_the_budget(void **state)
{
	double share, spam;

	flood(*state, true, &share, &spam);
	assert_true(share <= BUDGET);
	assert_true(spam > 0.9);
}

static void without_bounds_it_would_not(void **state)
{
	double share, spam;

	flood(*state, false, &share, &spam);
	assert_true(share > BUDGET || spam < 0.9);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		T(only_clear_cases_once_taught),
		T(a_network_teaches_little),
		T(what_is_alike_teaches_once),
		T(no_label_runs_ahead),
		T(a_day_and_a_part_are_enough),
		T(people_undo_it),
		T(it_is_remembered),
		T(a_flood_stays_within_the_budget),
		T(without_bounds_it_would_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
