/*
 * The journal is a file of frames, each with a checksum, written one behind the other with one sync
 * each. docs/formats/ledger-log.md has the bytes. A frame that is whole is also checked against its
 * signed root when it is read again, so the checksum has only to tell torn ones.
 */
#include "ledger/tlog_work.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/hash.h"

#define HEAD  40
#define MAGIC "cjf1"

/* Numbers of a head; all little-endian. */
struct head {
	char magic[4];
	uint32_t count;
	uint64_t before;
	uint64_t entries; /* bytes */
	uint32_t note;    /* bytes */
	uint32_t zero;
	uint64_t check; /* of the 32 bytes before it and of what follows */
};

_Static_assert(sizeof(struct head) == HEAD, "as docs/formats/ledger-log.md has it");

static uint64_t check_of(const char *frame, size_t n)
{
	uint64_t seed = hash64((struct span){frame, HEAD - 8}, 0);

	return htole64(hash64((struct span){frame + HEAD, n - HEAD}, seed));
}

void tlog_journal_begin(struct tlog *t)
{
	static const struct head empty;

	buf_clear(&t->frame);
	buf_add(&t->frame, (struct span){(const char *)&empty, HEAD});
}

int tlog_journal_end(struct tlog *t, uint64_t before, uint32_t count, struct span note)
{
	struct head head = {
		.magic = MAGIC,
		.count = htole32(count),
		.before = htole64(before),
		.entries = htole64(t->frame.n - HEAD),
		.note = htole32((uint32_t)note.n),
	};

	buf_add(&t->frame, note);
	if (!buf_ok(&t->frame))
		return -ENOMEM;
	memcpy(t->frame.p, &head, HEAD);
	head.check = check_of(t->frame.p, t->frame.n);
	memcpy(t->frame.p, &head, HEAD);
	return 0;
}

static int write_at(int fd, struct span s, uint64_t at)
{
	while (s.n) {
		ssize_t n = pwrite(fd, s.p, s.n, (off_t)at);

		if (n == 0 || (n < 0 && errno != EINTR))
			return n ? -errno : -EIO;
		if (n > 0) {
			s = span_skip(s, (size_t)n);
			at += (size_t)n;
		}
	}
	return 0;
}

/* Cuts off what stands behind the last good frame. */
static int cut_back(struct tlog *t)
{
	int rc = ftruncate(t->journal, (off_t)t->journal_bytes) < 0 || fdatasync(t->journal) < 0
			 ? -errno
			 : 0;

	if (rc < 0)
		t->poisoned = true;
	return rc;
}

int tlog_journal_add(struct tlog *t, struct err *err)
{
	int rc = write_at(t->journal, buf_span(&t->frame), t->journal_bytes);

	if (rc < 0) {
		cut_back(t);
		return err_sys(err, rc, "%s/journal", t->folder);
	}
	/* After a failed sync the kernel may hold for written what is not. Nothing can be said
	 * until all is read and written anew. */
	if (fdatasync(t->journal) < 0) {
		t->poisoned = true;
		return err_sys(err, -errno, "%s/journal: sync", t->folder);
	}
	t->journal_bytes += t->frame.n;
	t->written += t->frame.n;
	return 0;
}

void tlog_journal_undo(struct tlog *t)
{
	t->journal_bytes -= t->frame.n;
	cut_back(t);
}

int tlog_journal_renew(struct tlog *t, struct err *err)
{
	struct span piece;
	int fd, rc;

	tlog_journal_begin(t);
	rc = tlog_journal_end(t, t->tree.size, 0, buf_span(&t->checkpoint));
	piece = buf_span(&t->frame);
	if (rc == 0)
		rc = tlog_file_put(t->dir, TLOG_JOURNAL, 0600, &piece, 1, true);
	if (rc < 0)
		return err_sys(err, rc, "%s/journal", t->folder);
	/* From here on the old journal may be back after a crash, and must not miss a frame. */
	fd = openat(t->dir, TLOG_JOURNAL, O_RDWR | O_CLOEXEC);
	if (fd < 0 || (rc = tlog_file_sync_folder(t->dir, ".")) < 0) {
		rc = fd < 0 ? -errno : rc;
		if (fd >= 0)
			close(fd);
		t->poisoned = true;
		return err_sys(err, rc, "%s/journal", t->folder);
	}
	if (t->journal >= 0)
		close(t->journal);
	t->journal = fd;
	t->journal_bytes = t->frame.n;
	t->base = t->tree.size;
	t->written = 0;
	return 0;
}

/* Whether a bundle's form holds exactly so many entries. */
static bool holds(struct span entries, uint32_t count)
{
	struct span entry;

	for (uint32_t i = 0; i < count; i++)
		if (!tlog_tile_cut(&entries, &entry))
			return false;
	return entries.n == 0;
}

int tlog_journal_next(struct span journal, size_t *at, struct tlog_frame *ret_frame)
{
	struct span rest = span_skip(journal, *at);
	struct tlog_frame f = {0};
	struct head head;
	uint64_t bytes;

	if (rest.n < HEAD)
		return 0;
	memcpy(&head, rest.p, HEAD);
	f.before = le64toh(head.before);
	f.count = le32toh(head.count);
	if (memcmp(head.magic, MAGIC, 4) != 0 || le64toh(head.entries) > rest.n || head.zero != 0)
		return 0;
	bytes = HEAD + le64toh(head.entries) + le32toh(head.note);
	if (bytes > rest.n || check_of(rest.p, bytes) != head.check)
		return 0;
	f.entries = span_take(span_skip(rest, HEAD), le64toh(head.entries));
	f.note = span_take(span_skip(rest, HEAD + f.entries.n), le32toh(head.note));
	if (!holds(f.entries, f.count))
		return 0;
	*ret_frame = f;
	*at += bytes;
	return 1;
}

bool tlog_journal_more(const struct tlog *t, struct span journal, size_t at)
{
	struct span magic = SPAN(MAGIC);
	struct tlog_frame f;
	uint64_t budget = 8 * (uint64_t)journal.n;
	ssize_t next;

	/* Entries are other people's bytes and may look like frames, but not with our signature. */
	for (; (next = span_find(span_skip(journal, at), magic)) >= 0; at++) {
		at += (size_t)next;

		size_t there = at;
		uint64_t cost = journal.n - at;

		if (tlog_journal_next(journal, &there, &f) &&
			checkpoint_open(f.note, &t->key, &f.now, NULL) == 0 &&
			f.now.size > t->tree.size)
			return true;
		if (budget < cost)
			return false;
		budget -= cost;
	}
	return false;
}
