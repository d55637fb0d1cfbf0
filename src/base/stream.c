/*
 * The first read goes straight to the caller's buffer, so a small plain file costs one allocation
 * and no copy. When its first four bytes are a magic number, they move to an input buffer of our
 * own, and from then on a decoder stands between. A decoder that fails hands out what it has
 * written first; the failure waits for the next call.
 */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define INPUT           ((size_t)128 << 10)
#define MAGIC           4
#define ZSTD_WINDOW_LOG 23 /* 8 MiB, what every decoder must take (RFC 8878, 3.1.1.1.2) */

enum kind { UNREAD, PLAIN, GZIP, ZSTD };

struct stream {
	int fd;
	enum kind kind;
	bool ended;      /* read() gave 0 */
	bool within;     /* inside a gzip member or zstd frame: the end may not come here */
	bool again;      /* a first gzip member has been read */
	bool full;       /* the decoder filled its output and may hold more */
	int failed;      /* what the next calls return, once nothing is left to hand out */
	const char *why; /* in words; NULL for the system's */
	uint64_t taken;
	unsigned char *in; /* input of a decoder: in[at] .. in[n - 1] is not used yet */
	size_t at, n;
	z_stream z;
	ZSTD_DCtx *d;
	char path[];
};

int stream_open(const char *path, struct stream **ret_stream, struct err *err)
{
	size_t n = strlen(path) + 1;
	bool standard_in = strcmp(path, "-") == 0;
	struct stream *s = calloc(1, sizeof(*s) + n);

	if (!s)
		return err_sys(err, -ENOMEM, "%s", path);
	s->fd = standard_in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0) {
		int rc = err_sys(err, -errno, "%s", path);

		free(s);
		return rc;
	}
	memcpy(s->path, path, n);
	*ret_stream = s;
	return 0;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	if (s->kind == GZIP)
		inflateEnd(&s->z);
	ZSTD_freeDCtx(s->d);
	free(s->in);
	if (s->fd != STDIN_FILENO)
		close(s->fd);
	free(s);
}

static void fail(struct stream *s, int code, const char *why)
{
	s->failed = code;
	s->why = why;
}

/* One read(); 0 at the end and on failure, which is noted. */
static size_t take(struct stream *s, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(s->fd, to, n < SSIZE_MAX ? n : SSIZE_MAX);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		fail(s, -errno, NULL);
	if (got <= 0) {
		s->ended = true;
		return 0;
	}
	s->taken += (uint64_t)got;
	return (size_t)got;
}

/* More input for a decoder that has used up its own; false when there is none. */
static bool refill(struct stream *s)
{
	if (s->at < s->n)
		return true;
	s->at = 0;
	s->n = s->ended ? 0 : take(s, s->in, INPUT);
	return s->n > 0;
}

/* True when a decoder may give more: from input, or, at the end of it, from what it holds. */
static bool has_more(struct stream *s)
{
	return refill(s) || (s->within && s->full);
}

static enum kind kind_of(const unsigned char *p, size_t n)
{
	static const unsigned char gzip[] = {0x1f, 0x8b, 8}; /* RFC 1952, 2.3.1: CM is deflate */
	static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd}; /* RFC 8878, 3.1.1 */
	static const unsigned char skip[] = {0x2a, 0x4d, 0x18};        /* 3.1.2, behind 0x5? */

	if (n >= 3 && memcmp(p, gzip, 3) == 0)
		return GZIP;
	if (n >= 4 && (memcmp(p, frame, 4) == 0 || (p[0] >> 4 == 5 && memcmp(p + 1, skip, 3) == 0)))
		return ZSTD;
	return PLAIN;
}

static bool start_decoder(struct stream *s)
{
	if (s->kind == GZIP) {
		/* 16: gzip's head and trailer are zlib's work. */
		if (inflateInit2(&s->z, 16 + MAX_WBITS) == Z_OK)
			return true;
		s->kind = PLAIN;
		return false;
	}
	s->d = ZSTD_createDCtx();
	return s->d &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(s->d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

/*
 * The first bytes, into `to` where that is large enough to tell by. Returns how many the caller
 * may have at once: all of a plain file's, none of a compressed one's.
 */
static size_t begin(struct stream *s, unsigned char *to, size_t n)
{
	bool own = n < MAGIC;
	size_t got = 0, more;

	if (own && !(s->in = malloc(INPUT))) {
		fail(s, -ENOMEM, NULL);
		return 0;
	}
	unsigned char *p = own ? s->in : to;
	size_t room = own || n > INPUT ? INPUT : n;

	while (got < MAGIC && (more = take(s, p + got, room - got)) > 0)
		got += more;
	s->kind = kind_of(p, got);
	if (s->kind == PLAIN && !own)
		return got;
	if (!own) {
		s->in = malloc(INPUT);
		if (s->in)
			memcpy(s->in, p, got);
	}
	s->n = s->in ? got : 0;
	if (s->kind != PLAIN && (!s->in || !start_decoder(s)))
		fail(s, -ENOMEM, NULL);
	return 0;
}

static size_t read_plain(struct stream *s, void *to, size_t n)
{
	size_t held = s->n - s->at;

	if (!held)
		return s->ended ? 0 : take(s, to, n);
	if (held > n)
		held = n;
	memcpy(to, s->in + s->at, held);
	s->at += held;
	return held;
}

/*
 * Between members (RFC 1952, 2.2: a file is a series of them): false when no other follows. Zeros
 * there are padding, as tapes leave it.
 */
static bool next_member(struct stream *s)
{
	if (!s->again)
		return true;
	while (refill(s) && s->in[s->at] == 0)
		s->at++;
	if (s->at == s->n)
		return false;
	if (s->in[s->at] != 0x1f) {
		fail(s, -EBADMSG, "something else follows the gzip data");
		return false;
	}
	return inflateReset(&s->z) == Z_OK;
}

static size_t read_gzip(struct stream *s, void *to, size_t n)
{
	if (n > UINT_MAX)
		n = UINT_MAX;
	s->z.next_out = to;
	s->z.avail_out = (unsigned)n;
	while (s->z.avail_out == n && !s->failed && has_more(s)) {
		if (!s->within && !next_member(s))
			break;
		s->within = s->again = true;
		s->z.next_in = s->in + s->at;
		s->z.avail_in = (unsigned)(s->n - s->at);
		int rc = inflate(&s->z, Z_NO_FLUSH);

		s->at = s->n - s->z.avail_in;
		s->full = s->z.avail_out == 0;
		if (rc == Z_STREAM_END)
			s->within = false;
		else if (rc == Z_MEM_ERROR)
			fail(s, -ENOMEM, NULL);
		else if (rc != Z_OK && rc != Z_BUF_ERROR)
			fail(s, -EBADMSG, "damaged gzip data");
	}
	return n - s->z.avail_out;
}

static size_t read_zstd(struct stream *s, void *to, size_t n)
{
	ZSTD_outBuffer out = {to, n, 0};

	while (out.pos == 0 && !s->failed && has_more(s)) {
		ZSTD_inBuffer in = {s->in, s->n, s->at};
		size_t rc = ZSTD_decompressStream(s->d, &out, &in);

		s->at = in.pos;
		s->full = out.pos == n;
		s->within = rc != 0;
		if (ZSTD_isError(rc))
			fail(s, -EBADMSG,
				ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge
					? "zstd window over 8 MiB; pack it again without --long"
					: "damaged zstd data");
	}
	return out.pos;
}

ssize_t stream_read(struct stream *s, void *to, size_t n, struct err *err)
{
	size_t got = 0;

	if (n == 0)
		return 0;
	if (s->kind == UNREAD && !s->failed)
		got = begin(s, to, n);
	if (!got && !s->failed)
		got = s->kind == GZIP   ? read_gzip(s, to, n)
		      : s->kind == ZSTD ? read_zstd(s, to, n)
					: read_plain(s, to, n);
	if (got)
		return (ssize_t)got;
	if (!s->failed && s->within)
		fail(s, -EBADMSG, "the compressed data is cut off");
	if (!s->failed)
		return 0;
	return s->why ? err_set(err, s->failed, "%s: %s", s->path, s->why)
		      : err_sys(err, s->failed, "%s", s->path);
}

uint64_t stream_taken(const struct stream *s)
{
	return s->taken;
}

uint64_t stream_size(const struct stream *s)
{
	struct stat st;

	if (fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}
