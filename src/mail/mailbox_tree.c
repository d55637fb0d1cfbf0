/*
 * A folder's names are read and sorted at once when the walk comes to it; then it is closed, so
 * the walk holds no descriptor. Folders under way stand on a stack of our own. What a folder is
 * can be told from its names alone:
 *
 * - cur and new, both folders: a Maildir. Its mail is in these two; its other folders, ".Sent" or
 *   "Sent", are entered when they are Maildirs themselves. Its own files are indexes and the like.
 * - numbers, and beside them only names as MH gives to what was deleted (",12", "#12"), or a file
 *   .mh_sequences: an MH folder. Its numbers are its mail, its folders may be of any kind.
 * - anything else: every file and every folder is taken.
 */
#include "mail/mailbox_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum folder { TREE, MAILDIR, MAILDIR_MAIL, MH };

struct entry {
	size_t name; /* offset in the level's names */
	bool folder;
};

struct mailbox_level {
	enum folder kind;
	struct buf names;   /* NUL-terminated */
	struct buf entries; /* struct entry[], sorted */
	size_t next;        /* index of the entry to go to */
	size_t path_n;      /* length of this folder's path */
};

static struct entry *entries_of(const struct mailbox_level *l)
{
	return (struct entry *)(void *)l->entries.p;
}

static size_t count_of(const struct mailbox_level *l)
{
	return l->entries.n / sizeof(struct entry);
}

static const char *name_of(const struct mailbox_level *l, const struct entry *e)
{
	return l->names.p + e->name;
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* Order of names, runs of digits by their value; names that differ in leading zeros only by byte.
 */
static int compare_names(const char *a, const char *b)
{
	const char *const whole_a = a, *const whole_b = b;

	while (*a && *b) {
		if (!ascii_is_digit(*a) || !ascii_is_digit(*b)) {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
			a++;
			b++;
			continue;
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		size_t na = digits(a), nb = digits(b);
		int order = na != nb ? (na < nb ? -1 : 1) : memcmp(a, b, na);

		if (order)
			return order;
		a += na;
		b += nb;
	}
	if (*a || *b)
		return *a ? 1 : -1;
	return strcmp(whole_a, whole_b);
}

static int compare_entries(const void *a, const void *b, void *level)
{
	return compare_names(name_of(level, a), name_of(level, b));
}

/* 'd' for a folder, 'f' for a file, 0 for what is passed over. A link may lead to a file only. */
static char type_of(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type == DT_DIR)
		return 'd';
	if (d->d_type == DT_REG)
		return 'f';
	if (d->d_type != DT_LNK && d->d_type != DT_UNKNOWN)
		return 0;
	if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return 'd';
	if (S_ISLNK(st.st_mode) && fstatat(fd, d->d_name, &st, 0) < 0)
		return 0;
	return S_ISREG(st.st_mode) ? 'f' : 0;
}

/* Reads the names in; everything but "." and ".." that is a file or a folder. */
static int read_names(struct mailbox_level *l, const char *path)
{
	DIR *dir = opendir(path);
	int rc = 0;

	if (!dir)
		return -errno;
	errno = 0;
	for (struct dirent *d; (d = readdir(dir)); errno = 0) {
		const char *name = d->d_name;
		char type = 0;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			type = type_of(dirfd(dir), d);
		if (!type)
			continue;
		struct entry e = {l->names.n, type == 'd'};

		buf_add(&l->names, (struct span){name, strlen(name) + 1});
		buf_add(&l->entries, (struct span){(const char *)&e, sizeof(e)});
	}
	if (errno)
		rc = -errno;
	closedir(dir);
	return rc < 0 ? rc : buf_ok(&l->names) && buf_ok(&l->entries) ? 0 : -ENOMEM;
}

static bool is_number(const char *name)
{
	return *name && name[digits(name)] == '\0';
}

/* Tells the kind from the names. */
static enum folder kind_of(const struct mailbox_level *l)
{
	unsigned maildir = 0;
	bool number = false, other = false, sequences = false;

	for (size_t i = 0; i < count_of(l); i++) {
		const struct entry *e = &entries_of(l)[i];
		const char *name = name_of(l, e);

		if (e->folder)
			maildir += strcmp(name, "cur") == 0 || strcmp(name, "new") == 0;
		else if (is_number(name))
			number = true;
		else if (strcmp(name, ".mh_sequences") == 0)
			sequences = true;
		else if (*name != '.' && *name != ',' && *name != '#')
			other = true;
	}
	return maildir == 2 ? MAILDIR : sequences || (number && !other) ? MH : TREE;
}

static bool is_wanted(enum folder kind, const char *name, bool folder)
{
	switch (kind) {
	case MAILDIR: return folder && strcmp(name, "tmp") != 0;
	case MAILDIR_MAIL: return !folder && *name != '.';
	case MH: return folder ? *name != '.' : is_number(name);
	default: return *name != '.';
	}
}

/* Drops the names that are passed over and sorts the others. */
static void arrange(struct mailbox_level *l)
{
	struct entry *e = entries_of(l);
	size_t kept = 0;

	for (size_t i = 0; i < count_of(l); i++)
		if (is_wanted(l->kind, name_of(l, &e[i]), e[i].folder))
			e[kept++] = e[i];
	l->entries.n = kept * sizeof(*e);
	if (kept)
		qsort_r(e, kept, sizeof(*e), compare_entries, l);
}

static void level_done(struct mailbox_level *l)
{
	buf_done(&l->names);
	buf_done(&l->entries);
}

/* The path in t->path, of a folder inside one of that kind, becomes the innermost level. */
static int push(struct mailbox_tree *t, enum folder parent, struct err *err)
{
	struct mailbox_level l = {.path_n = t->path.n - 1};
	const char *name = strrchr(t->path.p, '/');
	int rc = read_names(&l, t->path.p);

	if (rc == 0 && t->depth == t->room) {
		size_t room = t->room ? 2 * t->room : 8;
		struct mailbox_level *grown = realloc(t->level, room * sizeof(*grown));

		rc = grown ? 0 : -ENOMEM;
		t->level = grown ? grown : t->level;
		t->room = grown ? room : t->room;
	}
	if (rc < 0) {
		level_done(&l);
		return err_sys(err, rc, "%s", t->path.p);
	}
	bool mail =
		parent == MAILDIR && (strcmp(name + 1, "cur") == 0 || strcmp(name + 1, "new") == 0);

	l.kind = mail ? MAILDIR_MAIL : kind_of(&l);
	if (parent == MAILDIR && !mail && l.kind != MAILDIR) {
		level_done(&l);
		return 0;
	}
	arrange(&l);
	t->level[t->depth++] = l;
	return 0;
}

int mailbox_tree_enter(struct mailbox_tree *t, const char *folder, struct err *err)
{
	size_t n = strlen(folder);

	while (n > 1 && folder[n - 1] == '/')
		n--;
	buf_clear(&t->path);
	buf_add(&t->path, (struct span){folder, n});
	buf_byte(&t->path, '\0');
	if (!buf_ok(&t->path))
		return err_sys(err, -ENOMEM, "%s", folder);
	return push(t, TREE, err);
}

int mailbox_tree_next(struct mailbox_tree *t, const char **ret_path, struct err *err)
{
	while (t->depth) {
		struct mailbox_level *l = &t->level[t->depth - 1];

		if (l->next == count_of(l)) {
			level_done(l);
			t->depth--;
			continue;
		}
		const struct entry *e = &entries_of(l)[l->next++];

		t->path.n = l->path_n;
		if (t->path.p[l->path_n - 1] != '/')
			buf_byte(&t->path, '/');
		buf_add(&t->path, (struct span){name_of(l, e), strlen(name_of(l, e)) + 1});
		if (!buf_ok(&t->path))
			return err_sys(err, -ENOMEM, "%s", name_of(l, e));
		if (!e->folder) {
			t->anything = l->kind == TREE;
			*ret_path = t->path.p;
			return 1;
		}
		int rc = push(t, l->kind, err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

void mailbox_tree_done(struct mailbox_tree *t)
{
	for (size_t i = 0; i < t->depth; i++)
		level_done(&t->level[i]);
	free(t->level);
	buf_done(&t->path);
	*t = (struct mailbox_tree){0};
}
