/*
 * Jobs of one canonicalisation stand in the order of their lengths, so the next that is to be
 * finished is the first that is not: the bytes are hashed up to there, and a copy of the hash's
 * state is finished while the state goes on.
 */
#include "auth/body_hash.h"

#include <errno.h>
#include <stdlib.h>

struct run {
	struct body_hash **job; /* in the order of their lengths */
	size_t n, done;
	EVP_MD_CTX *md[SIGN_HASHES], *copy; /* md: NULL for a hash that no job asks for */
	uint64_t at;
	bool failed;
};

static void add(struct run *r, const char *p, size_t n)
{
	for (size_t i = 0; i < SIGN_HASHES; i++)
		if (r->md[i] && !EVP_DigestUpdate(r->md[i], p, n))
			r->failed = true;
	r->at += n;
}

static void finish(struct run *r)
{
	struct body_hash *job = r->job[r->done++];

	if (!EVP_MD_CTX_copy_ex(r->copy, r->md[job->hash]) ||
		!EVP_DigestFinal_ex(r->copy, job->digest, NULL))
		r->failed = true;
}

static void write_some(void *arg, const char *p, size_t n)
{
	struct run *r = arg;

	while (r->done < r->n && r->job[r->done]->length - r->at <= n) {
		size_t part = (size_t)(r->job[r->done]->length - r->at);

		add(r, p, part);
		p += part;
		n -= part;
		finish(r);
	}
	if (r->done < r->n)
		add(r, p, n);
	else
		r->at += n; /* only counted */
}

static int by_canon_length(const void *a, const void *b)
{
	const struct body_hash *x = *(struct body_hash *const *)a,
			       *y = *(struct body_hash *const *)b;

	if (x->canon != y->canon)
		return x->canon < y->canon ? -1 : 1;
	return x->length < y->length ? -1 : x->length > y->length;
}

static int run_init(struct run *r)
{
	r->copy = EVP_MD_CTX_new();
	for (size_t i = 0; i < r->n; i++) {
		EVP_MD_CTX **md = &r->md[r->job[i]->hash];

		if (!*md && (!(*md = EVP_MD_CTX_new()) ||
				    !EVP_DigestInit_ex(*md, sign_hash_md(r->job[i]->hash), NULL)))
			return -ENOMEM;
	}
	return r->copy ? 0 : -ENOMEM;
}

/* All jobs are of one canonicalisation. */
static int run(struct span body, struct body_hash **job, size_t n)
{
	struct run r = {.job = job, .n = n};
	struct canon_sink sink;
	int ret = run_init(&r);

	if (ret == 0) {
		canon_sink_init(&sink, write_some, &r);
		write_some(&r, "", 0); /* lengths of 0 */
		canon_body(&sink, body, job[0]->canon);
		canon_sink_flush(&sink);
		while (r.done < n)
			finish(&r);
		for (size_t i = 0; i < n; i++)
			job[i]->whole = r.at;
		if (r.failed)
			ret = -ENOMEM;
	}
	for (size_t i = 0; i < SIGN_HASHES; i++)
		EVP_MD_CTX_free(r.md[i]);
	EVP_MD_CTX_free(r.copy);
	return ret;
}

int body_hash(struct span body, struct body_hash **job, size_t n)
{
	if (n)
		qsort(job, n, sizeof(*job), by_canon_length);
	for (size_t i = 0, same; i < n; i += same) {
		for (same = 1; i + same < n && job[i + same]->canon == job[i]->canon;)
			same++;
		int ret = run(body, job + i, same);

		if (ret < 0)
			return ret;
	}
	return 0;
}

bool body_hash_known(struct body_hash *job, const struct body_hash *done, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (done[i].canon == job->canon && done[i].hash == job->hash &&
			done[i].length == job->length) {
			*job = done[i];
			return true;
		}
	return false;
}
