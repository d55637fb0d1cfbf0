#include "serve/prints.h"

#include "base/file.h"
#include "base/hash.h"
#include "serve/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEAD      ((size_t)4 + 8 + 8 + 8) /* size, record, time, hash */
#define FILE_MOST ((size_t)512 << 20)
#define HASH_SEED 0x7072696e7473

struct prints {
	char path[PATH_MAX];
	int fd;
	struct buf out; /* added, not written yet */
};

int prints_open(const char *state_dir, struct prints **ret, struct err *err)
{
	struct prints *p = calloc(1, sizeof(*p));

	if (!p)
		return err_sys(err, -ENOMEM, "prints");
	snprintf(p->path, sizeof(p->path), "%s/campaigns.prints", state_dir);
	p->fd = open(p->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (p->fd < 0) {
		int rc = err_sys(err, -errno, "%s", p->path);

		free(p);
		return rc;
	}
	*ret = p;
	return 0;
}

void prints_close(struct prints *p)
{
	if (!p)
		return;
	close(p->fd);
	buf_done(&p->out);
	free(p);
}

/* --- reading --- */

struct entry {
	uint64_t seq;
	int64_t at;
	struct span print; /* empty: none */
};

/* The next whole entry; false at the end of what can be read. */
static bool next_entry(struct span *left, struct entry *ret)
{
	struct wire_reader r = {.left = *left};
	size_t size = wire_get_u32(&r);
	struct span rest = wire_get(&r, size);
	struct wire_reader body = {.left = rest};
	uint64_t hash = wire_get_u64(&body);

	if (r.bad || body.bad || hash64(body.left, HASH_SEED) != hash)
		return false;
	ret->seq = wire_get_u64(&body);
	ret->at = (int64_t)wire_get_u64(&body);
	ret->print = body.left;
	*left = r.left;
	return !body.bad;
}

/* Where the last entry of each of `n` records begins; SIZE_MAX for none. */
static void find_last(struct span all, uint64_t from, size_t n, size_t *ret_at)
{
	struct span left = all;
	struct entry e;

	for (size_t i = 0; i < n; i++)
		ret_at[i] = SIZE_MAX;
	while (left.n) {
		size_t at = all.n - left.n;

		if (!next_entry(&left, &e))
			break;
		if (e.seq >= from && e.seq - from < n)
			ret_at[e.seq - from] = at;
	}
}

static int put_one(struct span all, size_t at,
	int (*put)(void *context, const struct campaign_print *print, int64_t at, struct err *err),
	void *context, struct err *err)
{
	struct span left = span_skip(all, at);
	struct campaign_print *print;
	struct entry e;

	if (!next_entry(&left, &e) || !e.print.n)
		return 0;
	int rc = campaign_print_read(e.print, &print);

	if (rc < 0)
		return rc == -EBADMSG ? 0 : err_sys(err, rc, "prints");
	rc = put(context, print, e.at, err);
	free(print);
	return rc;
}

int prints_replay(struct prints *p, uint64_t from, uint64_t end,
	int (*put)(void *context, const struct campaign_print *print, int64_t at, struct err *err),
	void *context, uint64_t *ret_next, struct err *err)
{
	struct buf all = {0};
	size_t n = end > from ? (size_t)(end - from) : 0;

	*ret_next = from;
	if (!n)
		return 0;
	/* Entries are longer than their heads, so there cannot be more of them. */
	if (n > FILE_MOST / HEAD)
		n = FILE_MOST / HEAD;
	size_t *at = calloc(n, sizeof(*at));
	int rc = at ? file_read(p->path, FILE_MOST, &all, err) : err_sys(err, -ENOMEM, "prints");

	if (rc == 0) {
		find_last(buf_span(&all), from, n, at);
		for (size_t i = 0; rc == 0 && i < n && at[i] != SIZE_MAX; i++) {
			rc = put_one(buf_span(&all), at[i], put, context, err);
			*ret_next = from + i + (rc == 0);
		}
	}
	free(at);
	buf_done(&all);
	return rc;
}

/* --- writing --- */

int prints_add(struct prints *p, uint64_t seq, int64_t at, const struct campaign_print *print,
	struct err *err)
{
	struct span bytes = {(const char *)print, print ? campaign_print_bytes(print) : 0};
	size_t begin = p->out.n;

	wire_u32(&p->out, (uint32_t)(HEAD - 4 + bytes.n));
	wire_u64(&p->out, 0); /* the hash, known below */
	wire_u64(&p->out, seq);
	wire_u64(&p->out, (uint64_t)at);
	buf_add(&p->out, bytes);
	if (!buf_ok(&p->out)) {
		buf_clear(&p->out);
		return err_sys(err, -ENOMEM, "%s", p->path);
	}
	uint64_t hash = htole64(hash64(span_skip(buf_span(&p->out), begin + 12), HASH_SEED));

	memcpy(p->out.p + begin + 4, &hash, sizeof(hash));
	return 0;
}

int prints_sync(struct prints *p, struct err *err)
{
	struct span left = buf_span(&p->out);
	off_t end = lseek(p->fd, 0, SEEK_END);

	if (!left.n)
		return 0;
	while (left.n) {
		ssize_t n = write(p->fd, left.p, left.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		left = span_skip(left, (size_t)n);
	}
	int rc = left.n || fdatasync(p->fd) < 0 ? err_sys(err, errno ? -errno : -EIO, "%s", p->path)
						: 0;

	/* What is torn would hide what comes behind it. */
	if (rc < 0 && end >= 0 && ftruncate(p->fd, end) < 0)
		return rc;
	buf_clear(&p->out);
	return rc;
}

int prints_clear(struct prints *p, struct err *err)
{
	buf_clear(&p->out);
	return ftruncate(p->fd, 0) < 0 ? err_sys(err, -errno, "%s", p->path) : 0;
}
