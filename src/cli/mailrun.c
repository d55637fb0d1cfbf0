/*
 * One thread reads messages into bundles, all cores look at them, the calling thread takes them in
 * order. Nothing grows with the mailbox: bundles are bounded in bytes (base/pool.h), and of a
 * message only what the command keeps outlives it.
 */
#include "cli/mailrun.h"

#include "base/pool.h"
#include "cli/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define BUNDLE_BYTES    ((size_t)256 << 10)
#define BUNDLE_MESSAGES 64

/* What a bundle counts for in the pool: its own bytes and those that looking at it may take. So two
 * of the largest messages are not in memory together. */
#define BUNDLE_COST 4

/* What may be in memory, by that count: bundles enough for every core. */
#define WORKER_BYTES ((size_t)8 << 20)

struct bundle {
	struct buf raw, rows;
	struct mail mail[BUNDLE_MESSAGES];
	size_t offset[BUNDLE_MESSAGES]; /* of each in raw, which may move while it grows */
	size_t n;
	struct err err; /* of the file behind the last message */
	bool has_err;
};

struct state {
	const struct mailrun *run;
	struct mailbox *mailbox;
	struct judge_bench **bench; /* bench[workers] */
	unsigned workers;
	bool ended, stopped; /* no more mail; take() has failed */
	uint64_t taken, failed;
	int code;
};

static void bundle_free(const struct mailrun *run, struct bundle *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free((char *)b->mail[i].path);
		if (run->drop && b->mail[i].kept)
			run->drop(b->mail[i].kept);
		else
			free(b->mail[i].kept);
	}
	buf_done(&b->raw);
	buf_done(&b->rows);
	free(b);
}

static void put(struct bundle *b, const struct mailbox_item *item)
{
	struct mail *m = &b->mail[b->n];

	*m = (struct mail){.path = strdup(item->path),
		.number = item->in_mbox ? item->number : 0,
		.cut = item->cut,
		.raw = {NULL, item->raw.n}};
	b->offset[b->n++] = b->raw.n;
	buf_add(&b->raw, item->raw);
	m->failed = !m->path || !buf_ok(&b->raw);
}

/* Fills a bundle until it is full, or a file fails, or the mail ends. The mailbox's spans live only
 * until its next call, so each message is copied once. */
static void fill(struct state *s, struct bundle *b)
{
	struct mailbox_item item;

	while (b->n < BUNDLE_MESSAGES && b->raw.n < BUNDLE_BYTES) {
		int rc = mailbox_next(s->mailbox, &item, &b->err);

		s->ended |= rc == 0;
		b->has_err = rc < 0;
		if (rc <= 0)
			break;
		put(b, &item);
	}
	for (size_t i = 0; i < b->n; i++)
		b->mail[i].raw.p = b->raw.p + b->offset[i];
}

static void *make(void *context, size_t *ret_bytes)
{
	struct state *s = context;

	if (s->ended)
		return NULL;
	struct bundle *b = calloc(1, sizeof(*b));

	if (!b) {
		s->code = EXIT_SYSTEM;
		return NULL;
	}
	fill(s, b);
	if (!b->n && !b->has_err) {
		bundle_free(s->run, b);
		return NULL;
	}
	*ret_bytes = sizeof(*b) + b->raw.room * BUNDLE_COST + b->n * (512 + s->run->kept_bytes);
	return b;
}

static void work(void *context, unsigned worker, void *job)
{
	struct state *s = context;
	struct bundle *b = job;

	for (size_t i = 0; i < b->n; i++) {
		struct mail *m = &b->mail[i];

		if (!m->failed)
			m->failed =
				s->run->look(s->run->context, s->bench[worker], m, &b->rows) < 0;
	}
}

static void take_mail(struct state *s, struct mail *m)
{
	struct err err;

	if (s->stopped)
		return;
	if (m->failed) {
		s->failed++;
		s->code = EXIT_SYSTEM;
		return;
	}
	s->taken++;
	if (!s->run->take || s->run->take(s->run->context, m, &err) >= 0)
		return;
	tell_error(&err);
	s->ended = s->stopped = true;
	s->code = EXIT_SYSTEM;
}

static void take(void *context, void *job)
{
	struct state *s = context;
	struct bundle *b = job;
	struct mailbox_progress p;

	if (b->rows.n) {
		progress_make_way();
		fwrite(b->rows.p, 1, b->rows.n, stdout);
	}
	for (size_t i = 0; i < b->n; i++)
		take_mail(s, &b->mail[i]);
	if (b->has_err) {
		tell_error(&b->err);
		if (s->code == EXIT_DONE)
			s->code = EXIT_INPUT;
	}
	mailbox_progress(s->mailbox, &p);
	progress_show(p.done, p.total, s->taken, "messages");
	bundle_free(s->run, b);
}

static int start(struct state *s, const char *const *paths, size_t n)
{
	int rc = mailbox_open(paths, n, &s->mailbox);

	s->workers = pool_cores();
	s->bench = calloc(s->workers, sizeof(struct judge_bench *));
	if (rc < 0 || !s->bench)
		return -ENOMEM;
	for (unsigned i = 0; i < s->workers; i++)
		if (!(s->bench[i] = judge_bench_new()))
			return -ENOMEM;
	return 0;
}

int mailrun_paths(const struct mailrun *run, const char *const *paths, size_t n)
{
	struct state s = {.run = run, .code = EXIT_DONE};
	const struct pool_task task = {&s, make, work, take};
	int rc = start(&s, paths, n);

	progress_show(0, 0, 0, "messages");
	if (rc == 0)
		rc = pool_run(&task, s.workers, s.workers * WORKER_BYTES);
	progress_clear();
	tell_foreign(s.mailbox);
	if (rc < 0 || s.failed)
		fprintf(stderr, "cordon: memory was short for %s\n",
			rc < 0 ? "the run" : "some messages");
	for (unsigned i = 0; s.bench && i < s.workers; i++)
		judge_bench_free(s.bench[i]);
	free(s.bench);
	mailbox_close(s.mailbox);
	return rc < 0 ? EXIT_SYSTEM : s.code;
}
