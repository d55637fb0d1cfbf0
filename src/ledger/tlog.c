/*
 * An append goes through the journal, which makes it durable with one sync (tlog_journal.c), and
 * then into tiles under a new checkpoint (tlog_publish.c). When enough has been written since the
 * last time, everything is synced and the journal is begun anew. After a crash the journal is
 * played again (tlog_recover.c).
 */
#include "ledger/tlog_work.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"

/* Takes the lock, or says who has it. */
static int lock(struct tlog *t, struct err *err)
{
	char pid[32] = "";

	t->lock = openat(t->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (t->lock < 0)
		return err_sys(err, -errno, "%s/lock", t->folder);
	if (flock(t->lock, LOCK_EX | LOCK_NB) < 0) {
		int code = errno;

		if (code != EWOULDBLOCK)
			return err_sys(err, -code, "%s/lock", t->folder);
		if (pread(t->lock, pid, sizeof(pid) - 1, 0) <= 0)
			strcpy(pid, "of an unknown number");
		return err_set(err, -EBUSY, "%s: process %.*s writes it; wait until it has ended",
			t->folder, (int)strcspn(pid, "\n"), pid);
	}
	/* Only to be told; a full disk takes nothing away from the lock. */
	int n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());

	if (ftruncate(t->lock, 0) < 0 || pwrite(t->lock, pid, (size_t)n, 0) < 0)
		return 0;
	return 0;
}

static bool is_there(struct tlog *t, const char *name)
{
	return faccessat(t->dir, name, F_OK, 0) == 0;
}

/* Draws the key of a log that is made. */
static int make_secret(struct tlog *t, const char *origin, struct err *err)
{
	char host[NOTE_NAME_MOST - 8] = "", own[NOTE_NAME_MOST], text[256];
	uint8_t seed[32];
	struct span piece;
	int rc;

	if (is_there(t, TLOG_CHECKPOINT) || is_there(t, TLOG_JOURNAL) || is_there(t, "log/tile"))
		return err_set(err, -EBADMSG,
			"%s/secret is missing: nothing can be added to this log without it",
			t->folder);
	if (!origin && (gethostname(host, sizeof(host) - 1) < 0 || !host[0]))
		strcpy(host, "localhost");
	snprintf(own, sizeof(own), "%s/cordon", host);
	randombytes_buf(seed, sizeof(seed));
	rc = note_signer_make(origin ? origin : own, seed, &t->signer);
	sodium_memzero(seed, sizeof(seed));
	if (rc < 0)
		return err_set(err, rc,
			"'%s' cannot name a log: 1 to %d bytes without white space and '+'",
			origin ? origin : own, NOTE_NAME_MOST);
	note_signer_format(&t->signer, text);
	strcat(text, "\n");
	piece = span_cstr(text);
	rc = tlog_file_put(t->dir, TLOG_SECRET, 0600, &piece, 1, true);
	sodium_memzero(text, sizeof(text));
	if (rc == 0)
		rc = tlog_file_sync_folder(t->dir, ".");
	return rc < 0 ? err_sys(err, rc, "%s/secret", t->folder) : 0;
}

static int load_secret(struct tlog *t, const char *origin, struct err *err)
{
	char room[512];
	struct buf text = {.p = NULL};
	int rc = tlog_file_read(t->dir, TLOG_SECRET, sizeof(room), &text);

	if (rc == 0)
		rc = note_signer_parse(buf_span(&text), &t->signer, err);
	else if (rc == -ENOENT)
		rc = make_secret(t, origin, err);
	else
		err_sys(err, rc, "%s/secret", t->folder);
	if (text.p)
		sodium_memzero(text.p, text.room);
	buf_done(&text);
	if (rc == -EINVAL && is_there(t, TLOG_SECRET))
		rc = err_set(err, -EBADMSG, "%s/secret is damaged: put it back from a backup",
			t->folder);
	t->key = t->signer.key;
	return rc;
}

/* Our public key stands in the folder that is served; made again when it is not there. */
static int show_key(struct tlog *t, struct err *err)
{
	char text[256], line[260];
	struct buf there = {0};
	struct span piece;
	int rc = tlog_file_read(t->dir, TLOG_KEY, 1024, &there);

	snprintf(line, sizeof(line), "%s\n", note_key_format(&t->key, text));
	piece = span_cstr(line);
	if (rc == -ENOENT || (rc == 0 && there.n == 0)) {
		rc = tlog_file_put(t->dir, TLOG_KEY, 0644, &piece, 1, true);
		if (rc < 0)
			err_sys(err, rc, "%s/%s", t->folder, TLOG_KEY);
	} else if (rc < 0) {
		err_sys(err, rc, "%s/%s", t->folder, TLOG_KEY);
	} else if (!span_eq(buf_span(&there), piece)) {
		rc = err_set(err, -EBADMSG,
			"%s/%s is not the key of %s/secret: one of the two was changed", t->folder,
			TLOG_KEY, t->folder);
	}
	buf_done(&there);
	return rc;
}

static int open_writer(struct tlog *t, const char *origin, struct err *err)
{
	int rc = lock(t, err);

	if (rc == 0)
		rc = load_secret(t, origin, err);
	if (rc == 0)
		rc = tlog_recover(t, err);
	return rc == 0 ? show_key(t, err) : rc;
}

static int load_key(struct tlog *t, struct err *err)
{
	struct buf text = {0};
	struct err why;
	int rc = tlog_file_read(t->dir, TLOG_KEY, 1024, &text);

	if (rc == 0 && note_key_parse(buf_span(&text), &t->key, &why) < 0)
		rc = err_set(err, -EBADMSG, "%s/%s: %s", t->folder, TLOG_KEY, why.text);
	else if (rc == -ENOENT)
		err_set(err, rc, "%s: no log is there", t->folder);
	else if (rc < 0)
		err_sys(err, rc, "%s/%s", t->folder, TLOG_KEY);
	buf_done(&text);
	return rc;
}

/* The signer of a log that is only read; what was loaded is wiped by the caller. */
static int read_signer(struct tlog *t, struct note_signer *ret_signer, struct err *err)
{
	struct buf text = {0};
	int rc = tlog_file_read(t->dir, TLOG_SECRET, 512, &text);

	if (rc < 0)
		err_sys(err, rc, "%s/%s", t->folder, TLOG_SECRET);
	else if (note_signer_parse(buf_span(&text), ret_signer, NULL) < 0 ||
		 memcmp(&ret_signer->key, &t->key, sizeof(t->key)) != 0)
		rc = err_set(err, -EBADMSG, "%s/%s is damaged, or of another log", t->folder,
			TLOG_SECRET);
	if (text.p)
		sodium_memzero(text.p, text.room);
	buf_done(&text);
	return rc;
}

int tlog_sign(struct tlog *t, struct span text, struct buf *to, struct err *err)
{
	struct note_signer own = {0};
	struct span rest = text, line = {0};
	int rc = 0;

	if (!text.n || text.p[text.n - 1] != '\n' || !span_cut(&rest, '\n', &line) ||
		span_eq(line, span_cstr(t->key.name)))
		return err_set(err, -EINVAL, "%s: this text is not one to be signed", t->folder);
	if (t->mode == TLOG_WRITE)
		note_sign(&t->signer, text, to);
	else if ((rc = read_signer(t, &own, err)) == 0)
		note_sign(&own, text, to);
	note_signer_done(&own);
	return rc == 0 && !buf_ok(to) ? err_sys(err, -ENOMEM, "%s", t->folder) : rc;
}

static struct tlog *new_log(const char *folder, enum tlog_mode mode)
{
	struct tlog *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->mode = mode;
	t->dir = t->lock = t->journal = -1;
	t->folder = strdup(folder);
	t->edge = malloc(sizeof(*t->edge));
	t->next = malloc(sizeof(*t->next));
	if (!t->folder || !t->edge || !t->next) {
		tlog_close(t);
		return NULL;
	}
	merkle_edge_init(t->edge);
	merkle_edge_init(t->next);
	return t;
}

int tlog_open(const char *folder, enum tlog_mode mode, const char *origin, struct tlog **ret_log,
	struct err *err)
{
	struct tlog *t;
	int rc = 0;

	if (sodium_init() < 0)
		return err_set(err, -EIO, "libsodium cannot start");
	if (mode == TLOG_WRITE && (rc = file_make_folder(folder, err)) < 0)
		return rc;
	if (!(t = new_log(folder, mode)))
		return err_sys(err, -ENOMEM, "%s", folder);
	t->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dir < 0)
		rc = errno == ENOENT ? err_set(err, -ENOENT, "%s: no log is there", folder)
				     : err_sys(err, -errno, "%s", folder);
	else if (mode == TLOG_WRITE)
		rc = open_writer(t, origin, err);
	else if ((rc = load_key(t, err)) == 0)
		rc = tlog_refresh(t, err);
	if (rc < 0) {
		t->poisoned = true; /* nothing is to be finished */
		tlog_close(t);
		return rc;
	}
	*ret_log = t;
	return 0;
}

void tlog_close(struct tlog *t)
{
	if (!t)
		return;
	/* What the journal holds is durable; to fold it now only spares the next writer the work.
	 */
	if (t->journal >= 0 && !t->poisoned && t->base != t->tree.size)
		tlog_publish_fold(t, NULL);
	note_signer_done(&t->signer);
	for (int *fd = (int[]){t->journal, t->lock, t->dir, -1}, i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	struct buf *bufs[] = {
		&t->checkpoint, &t->bundle, &t->frame, &t->full, &t->names, &t->read, &t->file};

	for (size_t i = 0; i < sizeof(bufs) / sizeof(*bufs); i++)
		buf_done(bufs[i]);
	free(t->edge);
	free(t->next);
	free(t->folder);
	free(t);
}

struct tlog_tree tlog_tree(const struct tlog *t)
{
	return t->tree;
}

const struct note_key *tlog_key(const struct tlog *t)
{
	return &t->key;
}

struct span tlog_checkpoint(const struct tlog *t)
{
	return buf_span(&t->checkpoint);
}

bool tlog_has_failed(const struct tlog *t)
{
	return t->poisoned;
}

/* Puts the entries into t->frame in the form of bundles. */
static int frame_entries(struct tlog *t, const struct span *entries, size_t n, struct err *err)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		char length[2] = {(char)(entries[i].n >> 8), (char)entries[i].n};

		bytes += 2 + entries[i].n;
		if (entries[i].n == 0 || entries[i].n > TLOG_ENTRY_MOST)
			return err_set(err, -EINVAL,
				"an entry has %zu bytes; 1 to %u can be logged", entries[i].n,
				TLOG_ENTRY_MOST);
		if (bytes > TLOG_BATCH_MOST)
			return err_set(err, -EINVAL, "over %zu MiB are to be logged at once",
				TLOG_BATCH_MOST >> 20);
		buf_add(&t->frame, (struct span){length, 2});
		buf_add(&t->frame, entries[i]);
	}
	return buf_ok(&t->frame) ? 0 : err_sys(err, -ENOMEM, "%s", t->folder);
}

/* Makes the frame: next tree, its signed checkpoint. The spans of *ret_frame are of t->frame. */
static int frame_make(struct tlog *t, const struct span *entries, size_t n,
	struct tlog_frame *ret_frame, struct err *err)
{
	struct tlog_frame f = {.before = t->tree.size, .count = (uint32_t)n};
	struct merkle_hash root;
	struct buf note = {0};
	size_t head, end;
	int rc;

	tlog_journal_begin(t);
	head = t->frame.n;
	if ((rc = frame_entries(t, entries, n, err)) < 0)
		return rc;
	end = t->frame.n;
	f.entries = span_skip(buf_span(&t->frame), head);
	if (tlog_publish_advance(t, f.entries, f.count) < 0)
		return err_sys(err, -ENOMEM, "%s", t->folder);
	f.now.size = t->next->size;
	root = merkle_edge_root(t->next);
	memcpy(f.now.root, root.byte, sizeof(root.byte));
	checkpoint_sign(&t->signer, &f.now, &note);
	rc = buf_ok(&note) ? tlog_journal_end(t, f.before, f.count, buf_span(&note)) : -ENOMEM;
	buf_done(&note);
	if (rc < 0)
		return err_sys(err, rc, "%s", t->folder);
	f.entries = span_take(span_skip(buf_span(&t->frame), head), end - head);
	f.note = span_skip(buf_span(&t->frame), end);
	*ret_frame = f;
	return 0;
}

int tlog_append(
	struct tlog *t, const struct span *entries, size_t n, uint64_t *ret_first, struct err *err)
{
	struct tlog_frame f;
	int rc;

	if (t->mode != TLOG_WRITE || n == 0 || n > UINT32_MAX)
		return err_set(err, -EINVAL, "%s: %s", t->folder,
			n ? "opened for reading" : "nothing is to be logged");
	if (t->poisoned)
		return err_set(err, -EIO,
			"%s: the disk failed, so nothing more is taken until the log is opened "
			"again",
			t->folder);
	if ((rc = frame_make(t, entries, n, &f, err)) < 0 || (rc = tlog_journal_add(t, err)) < 0)
		return rc;
	if ((rc = tlog_publish(t, &f, true, err)) < 0) {
		tlog_journal_undo(t);
		return rc;
	}
	if (ret_first)
		*ret_first = f.before;
	/* The entries are durable whatever comes of this; a failed sync is told by the next call.
	 */
	if (t->written >= TLOG_FOLD_AFTER)
		tlog_publish_fold(t, NULL);
	return 0;
}
