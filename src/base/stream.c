/*
 * The first read goes straight to the caller's buffer, so a small plain file costs one allocation
 * and no copy. When its first bytes are a magic number, they move to an input buffer of our own,
 * and from then on a decoder stands between. A decoder that fails hands out what it has written
 * first; the failure waits for the next call.
 */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define INPUT           ((size_t)128 << 10)
#define MAGIC           10
#define ZSTD_WINDOW_LOG 23 /* 8 MiB, what every decoder must take (RFC 8878, 3.1.1.1.2) */
#define XZ_MEMORY       ((uint64_t)80 << 20) /* xz -9 needs 65 MiB to decode (xz(1)) */

enum kind { UNREAD, PLAIN, GZIP, BZIP2, ZSTD, XZ };

struct stream {
	int fd;
	enum kind kind;
	bool ended;      /* read() gave 0 */
	bool within;     /* inside a member or frame: the end may not come here */
	bool again;      /* a first gzip or bzip2 member has been read */
	bool full;       /* the decoder filled its output and may hold more */
	int failed;      /* what the next calls return, once nothing is left to hand out */
	const char *why; /* in words; NULL for the system's */
	uint64_t taken;
	unsigned char *in; /* input of a decoder: in[at] .. in[n - 1] is not used yet */
	size_t at, n;
	z_stream z;
	bz_stream b;
	lzma_stream x;
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
	if (s->kind == BZIP2)
		BZ2_bzDecompressEnd(&s->b);
	lzma_end(&s->x); /* does nothing to one that was not begun */
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

/* Magic numbers; a file that is cut within one is of that kind too, if it has the `least` bytes. */
static const struct {
	enum kind kind;
	unsigned least, n;
	unsigned char byte[MAGIC];
} magics[] = {
	{GZIP, 3, 3, {0x1f, 0x8b, 8}},             /* RFC 1952, 2.3.1: CM is deflate */
	{ZSTD, 4, 4, {0x28, 0xb5, 0x2f, 0xfd}},    /* RFC 8878, 3.1.1 */
	{XZ, 5, 6, {0xfd, '7', 'z', 'X', 'Z', 0}}, /* .xz File Format 1.2, 2.1.1.1 */
};

/* "BZh", the size of blocks, and what the first block begins with, or the end of an empty file:
 * digits of pi and of its root (there is no standard but bzip2's sources). */
static bool is_bzip2(const unsigned char *p, size_t n)
{
	static const unsigned char block[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
	static const unsigned char end[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};
	size_t more = n < 4 ? 0 : n - 4 < sizeof(block) ? n - 4 : sizeof(block);

	return n >= 4 && memcmp(p, "BZh", 3) == 0 && p[3] >= '1' && p[3] <= '9' &&
	       (memcmp(p + 4, block, more) == 0 || memcmp(p + 4, end, more) == 0);
}

static enum kind kind_of(const unsigned char *p, size_t n)
{
	static const unsigned char skip[] = {0x2a, 0x4d, 0x18}; /* RFC 8878, 3.1.2, behind 0x5? */

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].least &&
			memcmp(p, magics[i].byte, n < magics[i].n ? n : magics[i].n) == 0)
			return magics[i].kind;
	if (n >= 4 && p[0] >> 4 == 5 && memcmp(p + 1, skip, 3) == 0)
		return ZSTD;
	return is_bzip2(p, n) ? BZIP2 : PLAIN;
}

static bool start_zstd(struct stream *s)
{
	s->d = ZSTD_createDCtx();
	return s->d &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(s->d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

static bool start_decoder(struct stream *s)
{
	enum kind kind = s->kind;
	bool started;

	s->kind = PLAIN; /* should it fail, nothing is to be ended */
	if (kind == GZIP)
		/* 16: gzip's head and trailer are zlib's work. */
		started = inflateInit2(&s->z, 16 + MAX_WBITS) == Z_OK;
	else if (kind == BZIP2)
		started = BZ2_bzDecompressInit(&s->b, 0, 0) == BZ_OK;
	else if (kind == XZ)
		started = lzma_stream_decoder(&s->x, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
	else
		started = start_zstd(s);
	if (started)
		s->kind = kind;
	return started;
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
 * Between members (RFC 1952, 2.2: a file is a series of them; bzip2 has it so too): false when no
 * other follows. Zeros there are padding, as tapes leave it.
 */
static bool next_member(struct stream *s)
{
	if (!s->again)
		return true;
	while (refill(s) && s->in[s->at] == 0)
		s->at++;
	if (s->at == s->n)
		return false;
	if (s->in[s->at] != (s->kind == GZIP ? 0x1f : 'B')) {
		fail(s, -EBADMSG,
			s->kind == GZIP ? "something else follows the gzip data"
					: "something else follows the bzip2 data");
		return false;
	}
	if (s->kind == GZIP)
		return inflateReset(&s->z) == Z_OK;
	BZ2_bzDecompressEnd(&s->b);
	s->b = (bz_stream){0};
	if (BZ2_bzDecompressInit(&s->b, 0, 0) == BZ_OK)
		return true;
	fail(s, -ENOMEM, NULL);
	return false;
}

static size_t take_gzip(struct stream *s, void *to, size_t n)
{
	s->z.next_out = to;
	s->z.avail_out = (unsigned)n;
	s->z.next_in = s->in + s->at;
	s->z.avail_in = (unsigned)(s->n - s->at);
	int rc = inflate(&s->z, Z_NO_FLUSH);

	s->at = s->n - s->z.avail_in;
	if (rc == Z_STREAM_END)
		s->within = false;
	else if (rc == Z_MEM_ERROR)
		fail(s, -ENOMEM, NULL);
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		fail(s, -EBADMSG, "damaged gzip data");
	return n - s->z.avail_out;
}

static size_t take_bzip2(struct stream *s, void *to, size_t n)
{
	s->b.next_out = to;
	s->b.avail_out = (unsigned)n;
	s->b.next_in = (char *)s->in + s->at;
	s->b.avail_in = (unsigned)(s->n - s->at);
	int rc = BZ2_bzDecompress(&s->b);

	s->at = s->n - s->b.avail_in;
	if (rc == BZ_STREAM_END)
		s->within = false;
	else if (rc == BZ_MEM_ERROR)
		fail(s, -ENOMEM, NULL);
	else if (rc != BZ_OK)
		fail(s, -EBADMSG, "damaged bzip2 data");
	return n - s->b.avail_out;
}

/* Formats whose decoder ends with each member. */
static size_t read_members(struct stream *s, void *to, size_t n)
{
	size_t got = 0;

	if (n > UINT_MAX)
		n = UINT_MAX;
	while (!got && !s->failed && has_more(s)) {
		if (!s->within && !next_member(s))
			break;
		s->within = s->again = true;
		got = s->kind == GZIP ? take_gzip(s, to, n) : take_bzip2(s, to, n);
		s->full = got == n;
	}
	return got;
}

static void fail_xz(struct stream *s, lzma_ret rc)
{
	if (rc == LZMA_MEM_ERROR)
		fail(s, -ENOMEM, NULL);
	else
		fail(s, -EBADMSG,
			rc == LZMA_MEMLIMIT_ERROR
				? "xz data that needs over 80 MiB to unpack; pack it again"
				: "damaged xz data");
}

/* The decoder takes care of streams in a row and wants to be told when no more input comes; only
 * then it tells whether it was whole. */
static size_t read_xz(struct stream *s, void *to, size_t n)
{
	s->x.next_out = to;
	s->x.avail_out = n;
	while (s->x.avail_out == n && !s->failed && (s->within || !s->again)) {
		bool more = refill(s);

		if (s->failed)
			break;
		s->within = s->again = true;
		s->x.next_in = s->in + s->at;
		s->x.avail_in = s->n - s->at;
		lzma_ret rc = lzma_code(&s->x, more ? LZMA_RUN : LZMA_FINISH);

		s->at = s->n - s->x.avail_in;
		if (rc == LZMA_STREAM_END)
			s->within = false;
		else if (rc == LZMA_BUF_ERROR && !more)
			break; /* cut off */
		else if (rc != LZMA_OK && rc != LZMA_BUF_ERROR)
			fail_xz(s, rc);
	}
	return n - s->x.avail_out;
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
		got = s->kind == PLAIN  ? read_plain(s, to, n)
		      : s->kind == ZSTD ? read_zstd(s, to, n)
		      : s->kind == XZ   ? read_xz(s, to, n)
					: read_members(s, to, n);
	if (got)
		return (ssize_t)got;
	if (!s->failed && s->within)
		fail(s, -EBADMSG, "the compressed data is cut off");
	if (!s->failed)
		return 0;
	return s->why ? err_set(err, s->failed, "%s: %s", s->path, s->why)
		      : err_sys(err, s->failed, "%s", s->path);
}

const char *stream_path(const struct stream *s)
{
	return s->path;
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
