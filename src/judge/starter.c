#include "judge/starter.h"

#include "base/image.h"
#include "judge/starter_image.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

struct starter {
	_Atomic unsigned others; /* who shares it, beside the first */
	struct image image;
	const struct starter_image *at; /* in the image */
};

/* Numbers that could come of training; a checksum says that a file is whole, not that it is sane. */
static bool is_sound(const struct starter_image *at)
{
	bool sound = fabsf(at->base) < 100 && at->budget.total >= 0 && at->budget.total < 1e9f;

	for (size_t v = 0; v < VIEW_COUNT; v++)
		sound &= at->unit[v] >= 0 && at->unit[v] < 100 && at->mix[v] >= 0 && at->mix[v] < 100;
	for (size_t i = 0; i < BUDGET_BINS; i++)
		sound &= at->budget.weight[i] >= 0 && at->budget.weight[i] < 1e9f;
	return sound;
}

int starter_open(const char *path, struct starter **ret, struct err *err)
{
	struct starter *s = calloc(1, sizeof(*s));
	int rc = s ? image_open(path, STARTER_MAGIC, STARTER_VERSION, &s->image, err)
		   : err_sys(err, -ENOMEM, "%s", path);

	if (rc == 0 && s->image.payload.n != sizeof(struct starter_image))
		rc = err_set(
			err, -EBADMSG, "%s: not this version's starter model; make it again", path);
	if (rc == 0) {
		s->at = (const struct starter_image *)s->image.payload.p;
		if (!is_sound(s->at))
			rc = err_set(err, -EBADMSG, "%s: its numbers make no sense; make it again",
				path);
	}
	if (rc < 0)
		starter_close(s);
	else
		*ret = s;
	return rc;
}

void starter_close(struct starter *s)
{
	if (!s || atomic_fetch_sub(&s->others, 1) > 0)
		return;
	image_close(&s->image);
	free(s);
}

struct starter *starter_share(struct starter *s)
{
	if (s)
		atomic_fetch_add(&s->others, 1);
	return s;
}

double starter_scale(enum view v, size_t tokens)
{
	return v == VIEW_FINDINGS || !tokens ? 1 : 1 / sqrt((double)tokens);
}

void starter_opinion(const struct starter *s, const struct features *f, struct starter_opinion *ret)
{
	const struct starter_image *at = s->at;

	*ret = (struct starter_opinion){.base = (double)at->base};
	for (size_t v = 0; v < VIEW_COUNT; v++) {
		const uint32_t *token = f->hash + f->start[v];
		size_t n = f->start[v + 1] - f->start[v];
		long sum = 0;

		if (at->mix[v] == 0)
			continue;
		for (size_t i = 0; i < n; i++)
			sum += at->weight[starter_slot(token[i])];
		double z = (double)at->unit[v] * (double)sum * starter_scale(v, n);

		ret->view[v] = (double)at->mix[v] * STARTER_SQUASH * tanh(z / STARTER_SQUASH);
		if (v != VIEW_FINDINGS || !sum)
			continue;
		for (size_t i = 0; i < n && i < FINDINGS_MOST; i++)
			ret->finding[i] = ret->view[v] *
					  (double)at->weight[starter_slot(token[i])] / (double)sum;
	}
}

double starter_finding(const struct starter *s, const char *name)
{
	const enum view v = VIEW_FINDINGS;
	double z = (double)s->at->unit[v] * s->at->weight[starter_slot(feature_of_finding(name))];

	return (double)s->at->mix[v] * STARTER_SQUASH * tanh(z / STARTER_SQUASH);
}

double starter_threshold(const struct starter *s, double ham_loss)
{
	return budget_threshold(&s->at->budget, ham_loss, log((1 - ham_loss) / ham_loss));
}
