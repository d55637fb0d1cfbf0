/*
 * The note is opened first; only then are the names in it looked at, and they come from whoever has
 * the key. What else is in the folder is told, for its reader may take it for part of the case.
 */
#include "ledger/sums.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_BYTES  ((size_t)2 * crypto_hash_sha256_BYTES)
#define DEPTH_MOST 4 /* folders within folders that are looked into */

struct checking {
	int dir;
	struct span sums;
	const struct sums_options *options;
	struct sums_report report;
	uint64_t looked_at;
};

static void add_hash(struct buf *to, crypto_hash_sha256_state *hash)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char hex[HEX_BYTES + 1];

	crypto_hash_sha256_final(hash, sum);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	buf_add(to, (struct span){hex, HEX_BYTES});
}

void sums_add(struct buf *sums, const char *name, struct span bytes)
{
	crypto_hash_sha256_state hash;

	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const unsigned char *)(bytes.p ? bytes.p : ""), bytes.n);
	add_hash(sums, &hash);
	buf_printf(sums, "  %s\n", name);
}

/* A name that leads nowhere but into the folder. */
static bool is_name(struct span name)
{
	struct span part;

	if (!name.n || name.n > SUMS_NAME_MOST || name.p[0] == '/' || name.p[name.n - 1] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == '\\' || name.p[i] == 0x7f)
			return false;
	while (span_cut(&name, '/', &part))
		if (!part.n || span_eq(part, SPAN(".")) || span_eq(part, SPAN("..")))
			return false;
	return true;
}

/* Takes the next line of the sums apart. 1, 0 at the end, or -EBADMSG. */
static int next_sum(struct span *rest, struct span *ret_hex, struct span *ret_name)
{
	struct span line;

	if (!rest->n || !span_cut(rest, '\n', &line))
		return 0;
	if (line.n < HEX_BYTES + 3 || line.p[HEX_BYTES] != ' ' || line.p[HEX_BYTES + 1] != ' ')
		return -EBADMSG;
	for (size_t i = 0; i < HEX_BYTES; i++)
		if (!ascii_is_digit(line.p[i]) && !(line.p[i] >= 'a' && line.p[i] <= 'f'))
			return -EBADMSG;
	*ret_hex = span_take(line, HEX_BYTES);
	*ret_name = span_skip(line, HEX_BYTES + 2);
	return is_name(*ret_name) ? 1 : -EBADMSG;
}

bool sums_has(struct span sums, const char *name)
{
	struct span hex, own;

	while (next_sum(&sums, &hex, &own) > 0)
		if (span_eq(own, span_cstr(name)))
			return true;
	return false;
}

/* Opens a plain file; a link, a device or a pipe is none. */
static int open_plain(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return errno == ELOOP ? -EINVAL : -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

/* Reads a file in pieces into a hash, and a buffer when there is one, of `most` bytes. */
static int read_plain(
	int dir, const char *name, crypto_hash_sha256_state *hash, struct buf *to, size_t most)
{
	unsigned char room[65536];
	int fd = open_plain(dir, name);
	ssize_t n = 1;
	int rc = fd < 0 ? fd : 0;

	while (rc == 0 && n) {
		n = read(fd, room, sizeof(room));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = -errno;
		else if (to && to->n + (size_t)n > most)
			rc = -EFBIG;
		else if (hash)
			crypto_hash_sha256_update(hash, room, (size_t)n);
		if (rc == 0 && to)
			buf_add(to, (struct span){(char *)room, (size_t)n});
	}
	if (fd >= 0)
		close(fd);
	return rc == 0 && to && !buf_ok(to) ? -ENOMEM : rc;
}

static void tell(struct checking *c, bool known, const char *name, const char *what)
{
	if (known)
		c->report.changed++;
	else
		c->report.unsigned_++;
	if (c->options && c->options->tell)
		c->options->tell(c->options->context, known, name, what);
}

static int check_file(struct checking *c, struct span hex, struct span name)
{
	char path[SUMS_NAME_MOST + 1];
	crypto_hash_sha256_state hash;
	struct buf own = {0};

	snprintf(path, sizeof(path), "%.*s", SPAN_ARG(name));
	crypto_hash_sha256_init(&hash);
	int rc = read_plain(c->dir, path, &hash, NULL, 0);

	add_hash(&own, &hash);
	c->report.files++;
	if (rc == -ENOENT)
		tell(c, true, path, "is missing");
	else if (rc < 0)
		tell(c, true, path, rc == -EINVAL ? "is no plain file" : strerror(-rc));
	else if (!span_eq(buf_span(&own), hex))
		tell(c, true, path, "was changed: it is not what was signed");
	rc = buf_ok(&own) ? 0 : -ENOMEM;
	buf_done(&own);
	return rc;
}

static int check_files(struct checking *c, struct err *err)
{
	struct span rest = c->sums, hex, name;
	int rc;

	while ((rc = next_sum(&rest, &hex, &name)) > 0)
		if (check_file(c, hex, name) < 0)
			return err_sys(err, -ENOMEM, "sums");
	if (rc < 0)
		return err_set(err, rc,
			"the note is signed, but what it says are no sums of files beside it");
	return 0;
}

/* The sums beside the note say the same, so that sha256sum finds what the note finds. */
static int check_sums(struct checking *c)
{
	struct buf own = {0};
	int rc = read_plain(c->dir, SUMS_FILE, NULL, &own, NOTE_MOST);

	c->report.files++;
	if (rc == -ENOENT)
		tell(c, true, SUMS_FILE, "is missing");
	else if (rc == -ENOMEM)
		c->report.files--;
	else if (rc < 0 || !span_eq(buf_span(&own), c->sums))
		tell(c, true, SUMS_FILE, "was changed: it is not what was signed");
	buf_done(&own);
	return rc == -ENOMEM ? rc : 0;
}

/* Names what is in the folder and not in the sums; `within` is the folder's name and a slash. */
static void look_for_more(struct checking *c, int dir, const char *within, unsigned depth)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)) && c->looked_at++ < SUMS_EXTRA_MOST) {
		char name[2 * SUMS_NAME_MOST + 3];
		int sub = -1;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
			(size_t)snprintf(name, sizeof(name) - 1, "%s%s", within, e->d_name) >=
				sizeof(name) - 1)
			continue;
		if (depth < DEPTH_MOST)
			sub = openat(
				fd, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (sub >= 0) {
			strcat(name, "/");
			look_for_more(c, sub, name, depth + 1);
			close(sub);
		} else if (!sums_has(c->sums, name) && strcmp(name, SUMS_FILE) &&
			   strcmp(name, SUMS_NOTE)) {
			tell(c, false, name, "is not of it: nobody signed it");
		}
	}
	closedir(d);
}

/* Opens the folder of a path, and says how the note in it is named. */
static int open_folder(const char *path, const char **ret_note, bool *ret_whole)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*ret_whole = fd >= 0;
	*ret_note = SUMS_NOTE;
	if (fd >= 0 || errno != ENOTDIR)
		return fd < 0 ? -errno : fd;
	*ret_note = slash ? slash + 1 : path;
	if ((size_t)snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		    slash ? path : ".") >= sizeof(folder))
		return -ENAMETOOLONG;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int sums_check(const char *path, const struct note_key *key, const struct sums_options *options,
	struct buf *to, struct sums_report *ret_report, struct err *err)
{
	struct checking c = {.options = options};
	struct buf note = {0};
	struct err why;
	const char *name;
	bool whole;
	int rc = 0;

	c.dir = open_folder(path, &name, &whole);
	if (c.dir < 0)
		return err_sys(err, c.dir, "%s", path);
	c.report.whole = whole;
	rc = read_plain(c.dir, name, NULL, &note, NOTE_MOST);
	if (rc < 0)
		err_set(err, rc, "%s%s%s: %s", path, whole ? "/" : "", whole ? name : "",
			rc == -ENOENT ? "is missing: nobody signed these files" : strerror(-rc));
	if (rc == 0 && (rc = note_open(buf_span(&note), key, &c.sums, &why)) < 0)
		err_set(err, rc, "%s%s%s: %s", path, whole ? "/" : "", whole ? name : "", why.text);
	if (rc == 0)
		rc = check_files(&c, err);
	if (rc == 0 && whole)
		rc = check_sums(&c);
	if (rc == 0 && whole)
		look_for_more(&c, c.dir, "", 0);
	if (rc == 0 && to)
		buf_add(to, c.sums);
	if (rc == 0 && c.report.changed)
		rc = err_set(err, -EBADMSG, "%s: %llu of %llu files %s not what was signed", path,
			(unsigned long long)c.report.changed, (unsigned long long)c.report.files,
			c.report.changed == 1 ? "is" : "are");
	*ret_report = c.report;
	buf_done(&note);
	close(c.dir);
	return rc;
}
