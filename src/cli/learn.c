/*
 * cordon learn: teaches the judge. All cores read and take features; one thread learns, in order,
 * and commits every few thousand messages, so that other learners get their turn.
 */
#include "cli/mailrun.h"
#include "cli/site.h"
#include "cli/term.h"
#include "judge/learn.h"
#include "mail/identity.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A commit compares the whole model with what is on disk and waits for the disk: some 10 ms. */
#define COMMIT_EVERY 2000

struct learn {
	struct site site;
	struct starter *starter;
	struct learner *learner;
	bool spam, verbose;
	unsigned long commit_every;
	unsigned long long count[3], uncommitted;
	struct buf names; /* what --verbose says once the commit has come back */
};

/* What a worker leaves for the learning thread. */
struct lesson {
	struct digest identity;
	struct features *features;
};

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	const struct learn *l = context;
	struct verdict *v;
	int rc = judge_look(bench, m->raw, &l->site.relays, &v);
	size_t bytes = rc < 0 ? 0 : features_bytes(v->features);
	struct lesson *lesson = rc < 0 ? NULL : malloc(sizeof(*lesson) + bytes);

	(void)rows;
	if (!lesson)
		return -ENOMEM;
	lesson->identity = identity_digest(v->m);
	lesson->features = (struct features *)(lesson + 1);
	memcpy(lesson->features, v->features, bytes);
	m->kept = lesson;
	return 0;
}

static int commit(struct learn *l, struct err *err)
{
	int rc = learner_commit(l->learner, err);

	if (rc == 0) {
		progress_make_way();
		fwrite(l->names.p, 1, l->names.n, stdout);
		fflush(stdout);
	}
	buf_clear(&l->names);
	l->uncommitted = 0;
	return rc;
}

static int take(void *context, struct mail *m, struct err *err)
{
	static const char *const words[] = {"learned", "known", "mended"};
	struct learn *l = context;
	const struct lesson *lesson = m->kept;
	int rc = learner_learn(l->learner, &lesson->identity, lesson->features, l->spam,
		TEACHER_PERSON, err);

	if (rc < 0) {
		buf_clear(&l->names); /* none of these came to be on disk */
		return rc;
	}
	l->count[rc]++;
	if (l->verbose) {
		buf_printf(&l->names, "%s\t", words[rc]);
		clean_text(&l->names, span_cstr(m->path)); /* whoever names files may be hostile */
		if (m->number)
			buf_printf(&l->names, "\t%llu", (unsigned long long)m->number);
		buf_byte(&l->names, '\n');
	}
	return ++l->uncommitted >= l->commit_every ? commit(l, err) : 0;
}

static int run(struct learn *l, const char *const *paths, size_t n)
{
	const struct mailrun mailrun = {
		.context = l, .look = look, .take = take, .kept_bytes = FEATURES_TYPICAL};
	struct err err;

	if ((l->site.starter && starter_open(l->site.starter, &l->starter, &err) < 0) ||
		learner_open(l->site.state, l->starter, &l->learner, &err) < 0) {
		tell_error(&err);
		return EXIT_SYSTEM;
	}
	int code = mailrun_paths(&mailrun, paths, n);

	if (commit(l, &err) < 0) {
		tell_error(&err);
		code = EXIT_SYSTEM;
	}
	if (code != EXIT_SYSTEM && !l->verbose)
		printf("learned %llu as %s, mended %llu, knew %llu already\n",
			l->count[LEARNED_NEW], l->spam ? "spam" : "ham", l->count[LEARNED_MENDED],
			l->count[LEARNED_AGAIN]);
	return code;
}

int learn_main(int argc, char **argv)
{
	static const struct usage usage = {"learn", "ham|spam PATH...",
		"Learns messages as ham or as spam ('-' is one message or an mbox on standard "
		"input).",
		"A message learned twice counts once; learned the other way, it is mended. What "
		"was\n"
		"said to be learned is on disk; mail can be judged all the while.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *state = NULL;
	struct learn l = {.commit_every = COMMIT_EVERY};
	int code;
	const struct option_row rows[] = {
		{"verbose", 'v', OPTION_FLAG, &l.verbose, NULL,
			"a line a message once it is on disk: learned, known or mended"},
		{"commit-every", 0, OPTION_NUMBER, &l.commit_every, "N",
			"messages between two commits to disk (2000)"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	const char *label = first < argc ? argv[first] : "";

	if (strcmp(label, "ham") && strcmp(label, "spam"))
		return usage_error(&usage, "the first argument is ham or spam");
	if (++first == argc)
		return usage_error(&usage, "no mail named ('-' is standard input)");
	l.spam = !strcmp(label, "spam");
	code = site_open(&l.site, config, state);
	if (code == EXIT_DONE)
		code = run(&l, (const char *const *)argv + first, (size_t)(argc - first));
	learner_close(l.learner);
	starter_close(l.starter);
	buf_done(&l.names);
	site_close(&l.site);
	return code;
}
