/*
 * Every file is held against what the signed root vouches for: tlog_tile_get() gives the hashes
 * that a tile must have, be it from the file itself or, when that is damaged, from what is below
 * it. So a fault is told of the one file that has it, and of the entries that it touches.
 */
#include "ledger/tlog_work.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sodium.h>

struct verify {
	struct tlog *t;
	const struct tlog_verify_options *options;
	struct tlog_report report;
	struct buf file;
	char full[TLOG_NAME_MOST]; /* of a partial tile the full one; else empty */
	struct err first;          /* the first fault's sentence */
};

/* Tells a fault of a file that touches the entries first .. last; none when first > last. */
__attribute__((format(printf, 5, 6))) static void fault(
	struct verify *v, const char *file, uint64_t first, uint64_t last, const char *format, ...)
{
	struct err e;
	char how[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(how, sizeof(how), format, ap);
	va_end(ap);
	if (first < last)
		err_set(&e, 0, "%s/%s %s: records %" PRIu64 " to %" PRIu64, v->t->folder, file, how,
			first, last);
	else if (first == last)
		err_set(&e, 0, "%s/%s %s: record %" PRIu64, v->t->folder, file, how, first);
	else
		err_set(&e, 0, "%s/%s %s", v->t->folder, file, how);
	if (v->report.damaged++ == 0) {
		v->first = e;
		snprintf(v->report.first_bad_file, sizeof(v->report.first_bad_file), "%s", file);
	}
	if (v->options->tell)
		v->options->tell(v->options->context, e.text);
}

static void entry_fault(struct verify *v, uint64_t index)
{
	if (index < v->report.first_bad_entry)
		v->report.first_bad_entry = index;
}

/* Reads a file that should be there. */
static bool read_file(
	struct verify *v, const char *name, size_t most, uint64_t first, uint64_t last)
{
	int rc;

	buf_clear(&v->file);
	rc = tlog_file_read(v->t->dir, name, most, &v->file);
	v->report.bytes += v->file.n;
	/* A writer removes partial tiles once the full one is there. */
	if (rc == -ENOENT && v->full[0] && faccessat(v->t->dir, v->full, F_OK, 0) == 0)
		return false;
	if (rc == -ENOENT)
		fault(v, name, first, last, "is missing");
	else if (rc < 0)
		fault(v, name, first, last, "cannot be read: %s", strerror(-rc));
	return rc == 0;
}

/* The last entry under the first `width` hashes of a tile. */
static uint64_t last_under(unsigned level, uint64_t n, unsigned width)
{
	return ((n * MERKLE_TILE_WIDTH + width) << (MERKLE_TILE_HEIGHT * level)) - 1;
}

/* One file of hashes, `width` of them; the first that differs tells from where. */
static void check_hashes(struct verify *v, const char *name, unsigned level, uint64_t n,
	unsigned width, const struct merkle_tile *want)
{
	uint64_t first = n << (MERKLE_TILE_HEIGHT * (level + 1));

	v->report.tiles++;
	if (!read_file(v, name, 32 * MERKLE_TILE_WIDTH, first, last_under(level, n, width)))
		return;
	if (v->file.n == 32 * width && memcmp(v->file.p, want->node, 32 * width) == 0)
		return;
	for (unsigned i = 0; i < width; i++)
		if (32 * (i + 1) > v->file.n ||
			memcmp(v->file.p + 32 * i, &want->node[i], 32) != 0) {
			first = (n * MERKLE_TILE_WIDTH + i) << (MERKLE_TILE_HEIGHT * level);
			break;
		}
	fault(v, name, first, last_under(level, n, width), "is not what was signed");
}

/* One file of entries. */
static void check_entries(struct verify *v, const char *name, uint64_t n, unsigned width,
	const struct merkle_tile *want)
{
	uint64_t first = n * MERKLE_TILE_WIDTH;
	struct span rest, entry;
	unsigned i;

	v->report.tiles++;
	uint64_t faults = v->report.damaged;

	if (!read_file(v, name, TLOG_BUNDLE_MOST, first, first + width - 1)) {
		if (v->report.damaged > faults)
			entry_fault(v, first);
		return;
	}
	rest = buf_span(&v->file);
	for (i = 0; i < width && tlog_tile_cut(&rest, &entry); i++) {
		struct merkle_hash leaf = merkle_leaf(entry);

		if (!merkle_same(&leaf, &want->node[i]))
			break;
	}
	if (i == width && rest.n == 0)
		return;
	entry_fault(v, first + (i < width ? i : width - 1));
	fault(v, name, first + (i < width ? i : width - 1), first + width - 1,
		"is not what was signed");
}

static void check_file(
	struct verify *v, int level, uint64_t n, unsigned width, const struct merkle_tile *want)
{
	char name[TLOG_NAME_MOST];

	tlog_tile_name(level, n, width, name);
	if (width < MERKLE_TILE_WIDTH)
		tlog_tile_name(level, n, MERKLE_TILE_WIDTH, v->full);
	else
		v->full[0] = '\0';
	if (level == TLOG_ENTRIES)
		check_entries(v, name, n, width, want);
	else
		check_hashes(v, name, (unsigned)level, n, width, want);
}

/* Tiles that older checkpoints needed, and that stand there still. */
static void check_partials(
	struct verify *v, int level, uint64_t n, unsigned width, const struct merkle_tile *want)
{
	char name[TLOG_NAME_MOST + 2];
	struct dirent *e;
	unsigned long long w;

	tlog_tile_name(level, n, MERKLE_TILE_WIDTH, name);
	strcat(name, ".p");
	int fd = openat(v->t->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	while (d && (e = readdir(d)))
		if (span_number(span_cstr(e->d_name), 255, &w) == 0 && w > 0 && w < width)
			check_file(v, level, n, (unsigned)w, want);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

static int check_tile(struct verify *v, int level, uint64_t n)
{
	unsigned of_hashes = level == TLOG_ENTRIES ? 0 : (unsigned)level;
	unsigned width = tlog_tile_width(v->t->tree.size, of_hashes, n);
	const struct merkle_tile *want;
	struct err why;
	char name[TLOG_NAME_MOST];
	int rc = tlog_tile_get(v->t, of_hashes, n, &want, &why);

	if (rc == -EBADMSG) {
		fault(v, tlog_tile_name(level, n, width, name),
			n << (MERKLE_TILE_HEIGHT * (of_hashes + 1)),
			last_under(of_hashes, n, width),
			"cannot be checked: tiles above or below it "
			"are damaged, too");
		return 0;
	}
	if (rc < 0)
		return err_set(&v->first, rc, "%s", why.text);
	/* The cache may give want's place to another tile while partial ones are read: it does not,
	 * for nothing below asks for a tile. */
	check_file(v, level, n, width, want);
	check_partials(v, level, n, width, want);
	return 0;
}

/* All tiles of a level, or all entries. */
static int check_level(struct verify *v, int level)
{
	uint64_t size = v->t->tree.size;
	unsigned of_hashes = level == TLOG_ENTRIES ? 0 : (unsigned)level;
	int rc = 0;

	for (uint64_t n = 0; rc == 0 && tlog_tile_width(size, of_hashes, n); n++) {
		rc = check_tile(v, level, n);
		if (level != TLOG_ENTRIES)
			continue;
		v->report.entries += tlog_tile_width(size, 0, n);
		if (v->options->progress && n % 64 == 0)
			v->options->progress(v->options->context, v->report.entries, size);
	}
	return rc;
}

/* The checkpoint there is of more than this reader has: a writer has gone on, or its tiles are not
 * there and the reader has an older one. */
static void check_newer(struct verify *v, const struct tlog_tree *tree)
{
	struct merkle_edge *edge = malloc(sizeof(*edge));
	struct err why;

	if (edge && tlog_tile_edge(v->t, tree, true, edge, &why) < 0)
		fault(v, TLOG_CHECKPOINT, v->t->tree.size, tree->size - 1,
			"is of tiles that are not whole (%s)", why.text);
	free(edge);
}

/* The checkpoint and the key as they stand in their files. */
static void check_signed(struct verify *v)
{
	struct note_signer signer;
	struct tlog_tree tree;
	struct err why;
	char text[260];
	bool good = false;

	if (read_file(v, TLOG_CHECKPOINT, NOTE_MOST, 1, 0)) {
		if (checkpoint_open(buf_span(&v->file), &v->t->key, &tree, &why) < 0)
			fault(v, TLOG_CHECKPOINT, 1, 0, "is damaged: %s", why.text);
		else if (tree.size > v->t->tree.size && v->t->mode == TLOG_READ)
			check_newer(v, &tree);
	}
	if (read_file(v, TLOG_KEY, 1024, 1, 0)) {
		struct span line = buf_span(&v->file);

		note_key_format(&v->t->key, text);
		if (line.n != strlen(text) + 1 || memcmp(line.p, text, line.n - 1) != 0 ||
			line.p[line.n - 1] != '\n')
			fault(v, TLOG_KEY, 1, 0, "is not the key that the log is signed with");
	}
	/* Whoever may only read the public part cannot see this. */
	buf_clear(&v->file);
	if (tlog_file_read(v->t->dir, TLOG_SECRET, 1024, &v->file) < 0)
		return;
	if (note_signer_parse(buf_span(&v->file), &signer, NULL) == 0) {
		note_signer_format(&signer, text);
		strcat(text, "\n");
		good = span_eq(span_cstr(text), buf_span(&v->file)) &&
		       memcmp(&signer.key, &v->t->key, sizeof(signer.key)) == 0;
		sodium_memzero(text, sizeof(text));
		note_signer_done(&signer);
	}
	if (!good)
		fault(v, TLOG_SECRET, 1, 0, "is damaged, or not that of the log's key");
	sodium_memzero(v->file.p, v->file.n);
}

/* Whether a frame says the same as the tiles: its tree is one that the log had. */
static bool frame_fits(struct verify *v, struct tlog_frame *f)
{
	uint8_t root[32];

	if (checkpoint_open(f->note, &v->t->key, &f->now, NULL) < 0 ||
		f->now.size != f->before + f->count)
		return false;
	return f->now.size > v->t->tree.size ||
	       (tlog_root_at(v->t, f->now.size, root, NULL) == 0 &&
		       memcmp(root, f->now.root, sizeof(root)) == 0);
}

/* What is wrong with the journal, from which byte; NULL for nothing. */
static const char *journal_fault(struct verify *v, struct span journal, size_t *ret_at)
{
	struct tlog_frame f;
	uint64_t size = 0;
	bool any = false;

	for (*ret_at = 0; tlog_journal_next(journal, ret_at, &f); size = f.now.size, any = true)
		if (!frame_fits(v, &f) || (any && f.before != size))
			return "does not continue the log";
	/* What is whole must reach as far as the checkpoint; what is behind that a crash may have
	 * torn. */
	if (!any || size < v->t->tree.size)
		return "is damaged, or older than the log";
	return tlog_journal_more(v->t, journal, *ret_at) ? "is damaged" : NULL;
}

static void check_journal(struct verify *v)
{
	const char *how = "";
	size_t at = 0;
	int rc = 0;

	/* Beside a writer a frame may be seen half written, so what looks wrong is read again. */
	for (int i = 0; i < 4 && rc == 0 && how; i++) {
		buf_clear(&v->file);
		rc = tlog_file_read(v->t->dir, TLOG_JOURNAL, TLOG_JOURNAL_MOST, &v->file);
		how = rc < 0 ? strerror(-rc) : journal_fault(v, buf_span(&v->file), &at);
	}
	v->report.bytes += v->file.n;
	if (how && rc != -EACCES) /* as above */
		fault(v, TLOG_JOURNAL, 1, 0, "%s (byte %zu)", how, at);
}

static void check_older(struct verify *v)
{
	struct span older = v->options->older;
	struct tlog_tree tree;
	struct err why;
	uint8_t root[32];
	int rc;

	if (!older.n)
		return;
	if (checkpoint_open(older, &v->t->key, &tree, &why) < 0) {
		fault(v, TLOG_CHECKPOINT, 1, 0,
			"cannot be compared: the older checkpoint is not of this log (%s)",
			why.text);
		return;
	}
	if (tree.size > v->t->tree.size) {
		fault(v, TLOG_CHECKPOINT, v->t->tree.size, tree.size - 1,
			"is of an older log than the checkpoint that was kept: lacking are");
		return;
	}
	rc = tlog_root_at(v->t, tree.size, root, &why);
	if (rc < 0 || memcmp(root, tree.root, sizeof(root)) != 0)
		fault(v, TLOG_CHECKPOINT, 1, 0,
			"does not continue the older checkpoint of %" PRIu64
			" records: the log was changed",
			tree.size);
}

int tlog_verify(struct tlog *t, const struct tlog_verify_options *options,
	struct tlog_report *ret_report, struct err *err)
{
	static const struct tlog_verify_options none;
	struct verify v = {.t = t, .options = options ? options : &none};
	int rc = 0;

	v.report.first_bad_entry = UINT64_MAX;
	check_signed(&v);
	check_older(&v);
	for (int l = (int)MERKLE_LEVELS - 1; rc == 0 && l >= TLOG_ENTRIES; l--)
		rc = check_level(&v, l);
	check_journal(&v);
	if (v.options->progress)
		v.options->progress(v.options->context, v.report.entries, t->tree.size);
	buf_done(&v.file);
	if (rc < 0)
		return err_set(err, rc, "%s", v.first.text);
	*ret_report = v.report;
	return v.report.damaged ? err_set(err, -EBADMSG, "%s", v.first.text) : 0;
}
