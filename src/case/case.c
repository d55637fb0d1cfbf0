/* What the parts of a case file share. */
#include "case/case.h"

#include <errno.h>
#include <stdlib.h>

void case_done(struct case_file *c)
{
	arena_done(&c->memory);
	*c = (struct case_file){0};
}

struct span case_keep(struct case_file *c, struct span s)
{
	return arena_copy(&c->memory, s);
}

/* A list that grows; n is what it would hold, so that a short one is told. */
struct list {
	uint64_t *seq;
	size_t n, room;
	bool failed;
};

static void add(struct list *l, uint64_t seq)
{
	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		uint64_t *more = reallocarray(l->seq, room, sizeof(*more));

		if (!more) {
			l->failed = true;
			return;
		}
		l->seq = more;
		l->room = room;
	}
	l->seq[l->n++] = seq;
}

static void add_claims(struct list *l, const struct case_count *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < of[i].claim.n; k++)
			add(l, of[i].claim.seq[k]);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int case_cited(const struct case_file *c, uint64_t **ret_seq, size_t *ret_n)
{
	struct list l = {0};
	size_t n = 0;

	add(&l, 0); /* so that there is a list; taken out below */
	add_claims(&l, &c->all, 1);
	add_claims(&l, c->kind, SIGHTING_KINDS);
	add_claims(&l, c->month, c->months);
	add_claims(&l, c->source, c->sources);
	add_claims(&l, c->host, c->hosts);
	add_claims(&l, c->c2, c->c2s);
	add_claims(&l, c->prefix, c->prefixes);
	add_claims(&l, &c->led.all, 1);
	for (size_t i = 0; i < c->led.hosts; i++)
		add_claims(&l, &c->led.host[i].of, 1);
	for (size_t i = 0; i < c->campaigns; i++)
		add_claims(&l, &c->campaign[i].here, 1);
	for (size_t i = 0; i < c->notices; i++) {
		add(&l, c->notice[i].seq);
		for (size_t k = 0; k < c->notice[i].answers; k++)
			add(&l, c->notice[i].answer[k].seq);
	}
	if (l.failed) {
		free(l.seq);
		return -ENOMEM;
	}
	qsort(l.seq + 1, l.n - 1, sizeof(*l.seq), compare);
	for (size_t i = 1; i < l.n; i++)
		if (i == 1 || l.seq[i] != l.seq[i - 1])
			l.seq[n++] = l.seq[i];
	*ret_seq = l.seq;
	*ret_n = n;
	return 0;
}
