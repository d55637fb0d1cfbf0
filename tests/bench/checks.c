/*
 * What the checks find, and what they cost: bench-checks INDEX [NAME]. INDEX has a line a message,
 * "ham|spam PATH", the path from the folder of INDEX. For every finding: hits on good and bad mail
 * and their shares, most telling first; then the time of each step. With NAME: the files on which
 * that finding was given, with its words; with "each": a line a message with all it gave.
 */
#include "base/buf.h"
#include "base/file.h"
#include "judge/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NAMES_MOST 512

struct count {
	const char *name;
	size_t hits[2]; /* ham, spam */
};

struct bench {
	struct message_parser *mp;
	struct count count[NAMES_MOST];
	size_t names, mails[2], bytes;
	double parse_s, walk_s, check_s;
	const char *asked;
};

/* Time that this thread had the processor, so that other work on the machine counts little. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

static void count(struct bench *b, const char *name, int spam)
{
	size_t i = 0;

	while (i < b->names && strcmp(b->count[i].name, name) != 0)
		i++;
	if (i == b->names)
		b->count[b->names++].name = name;
	b->count[i].hits[spam]++;
}

static void show(const struct finding *f, int spam, const char *path)
{
	printf("%s %s: %.*s [%.*s]\n", spam ? "spam" : "ham ", path, SPAN_ARG(f->words),
		SPAN_ARG(span_take(f->evidence, 60)));
}

static int one(struct bench *b, int spam, const char *path)
{
	struct buf raw = {0};
	struct message *m;
	struct received chain;
	struct check_input in;
	static struct findings found;
	struct err err;

	if (file_read(path, 64 << 20, &raw, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	double parse = 1, walk = 1, check = 1;

	/* The best of five rounds: each passes through all steps, so caches are as in real work. */
	for (int i = 0; i < 5; i++) {
		double t0 = now();

		if (message_parse(b->mp, buf_span(&raw), &m) < 0)
			return -1;
		double t1 = now();

		received_walk(b->mp, m, NULL, &chain);
		double t2 = now();

		check_run(b->mp, m, &chain, NULL, &in, &found);
		parse = least(parse, t1 - t0);
		walk = least(walk, t2 - t1);
		check = least(check, now() - t2);
	}
	b->parse_s += parse;
	b->walk_s += walk;
	b->check_s += check;
	b->mails[spam]++;
	b->bytes += raw.n;
	for (size_t i = 0; i < found.n; i++) {
		count(b, found.at[i].name, spam);
		if (b->asked && strcmp(b->asked, found.at[i].name) == 0)
			show(&found.at[i], spam, path);
	}
	if (b->asked && strcmp(b->asked, path) == 0)
		for (size_t i = 0; i < found.n; i++)
			printf("%-30s %.*s\n", found.at[i].name, SPAN_ARG(found.at[i].words));
	if (b->asked && strcmp(b->asked, "each") == 0) {
		printf("%s %s", spam ? "spam" : "ham", path);
		for (size_t i = 0; i < found.n; i++)
			printf(" %s", found.at[i].name);
		printf("\n");
	}
	buf_done(&raw);
	return 0;
}

static double weight(const struct bench *b, const struct count *c)
{
	double ham = ((double)c->hits[0] + 0.5) / ((double)b->mails[0] + 1);
	double spam = ((double)c->hits[1] + 0.5) / ((double)b->mails[1] + 1);

	return log(spam / ham);
}

static const struct bench *sorted;

static int by_weight(const void *a, const void *b)
{
	double d = weight(sorted, b) - weight(sorted, a);

	return (d > 0) - (d < 0);
}

static void report(struct bench *b)
{
	size_t n = b->mails[0] + b->mails[1];

	sorted = b;
	qsort(b->count, b->names, sizeof(b->count[0]), by_weight);
	printf("%-32s %6s %6s %7s %7s %6s\n", "finding", "ham", "spam", "ham %", "spam %", "log");
	for (size_t i = 0; i < b->names; i++) {
		const struct count *c = &b->count[i];

		printf("%-32s %6zu %6zu %7.2f %7.2f %6.2f\n", c->name, c->hits[0], c->hits[1],
			100.0 * (double)c->hits[0] / (double)(b->mails[0] ? b->mails[0] : 1),
			100.0 * (double)c->hits[1] / (double)(b->mails[1] ? b->mails[1] : 1),
			weight(b, c));
	}
	if (n)
		printf("%zu ham, %zu spam, %.1f KB each; parse %.1f us, received %.1f us, "
		       "checks %.1f us a message\n",
			b->mails[0], b->mails[1], (double)b->bytes / 1e3 / (double)n,
			b->parse_s * 1e6 / (double)n, b->walk_s * 1e6 / (double)n,
			b->check_s * 1e6 / (double)n);
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct buf index = {0};
	struct err err;
	struct span rest, line;

	if (argc < 2 || !(b.mp = message_parser_new(0))) {
		fprintf(stderr, "usage: bench-checks INDEX [FINDING]\n");
		return 2;
	}
	b.asked = argc > 2 ? argv[2] : NULL;
	if (file_read(argv[1], 64 << 20, &index, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (rest = buf_span(&index); span_line(&rest, &line);) {
		const char *slash = strrchr(argv[1], '/');
		ssize_t space = span_index(line, ' ');
		struct span name = span_skip(line, (size_t)(space + 1));
		char path[4096];

		if (space < 0)
			continue;
		snprintf(path, sizeof(path), "%.*s%.*s", slash ? (int)(slash - argv[1] + 1) : 0,
			argv[1], SPAN_ARG(name));
		if (one(&b, span_starts(line, SPAN("spam")), path) < 0)
			return 1;
	}
	if (!b.asked)
		report(&b);
	buf_done(&index);
	message_parser_free(b.mp);
	return 0;
}
