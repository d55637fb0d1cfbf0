/*
 * Paths lead to files (mailbox_tree.h finds them in folders), files to streams that decompress
 * (stream.h), streams to messages (mbox.h). This is where they are joined.
 */
#include "mail/mailbox.h"

#include "base/stream.h"
#include "mail/mailbox_tree.h"
#include "mail/mbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct mailbox {
	char **path; /* path[paths], our own copies */
	size_t paths, next;
	struct mailbox_tree tree; /* the folder under way, if any */
	struct stream *stream;    /* the file under way, if any */
	const char *name;         /* its path */
	struct mbox mbox;
	struct mailbox_progress progress; /* done: of the files before */
};

/* What the paths hold together on disk, when they are all plain files; else 0. */
static uint64_t total_of(const char *const *paths, size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if (strcmp(paths[i], "-") == 0)
			return 0;
		if (stat(paths[i], &st) < 0)
			continue; /* nothing will be read there */
		if (!S_ISREG(st.st_mode))
			return 0;
		total += (uint64_t)st.st_size;
	}
	return total;
}

int mailbox_open(const char *const *paths, size_t n, struct mailbox **ret_mailbox)
{
	struct mailbox *mb = calloc(1, sizeof(*mb));

	if (!mb)
		return -ENOMEM;
	mb->path = calloc(n ? n : 1, sizeof(*mb->path));
	for (; mb->path && mb->paths < n; mb->paths++)
		if (!(mb->path[mb->paths] = strdup(paths[mb->paths])))
			break;
	if (!mb->path || mb->paths < n) {
		mailbox_close(mb);
		return -ENOMEM;
	}
	mb->progress.total = total_of(paths, n);
	*ret_mailbox = mb;
	return 0;
}

/* The file under way has given all it has. */
static void leave_file(struct mailbox *mb)
{
	if (mb->stream)
		mb->progress.done += stream_taken(mb->stream);
	stream_close(mb->stream);
	mb->stream = NULL;
}

void mailbox_close(struct mailbox *mb)
{
	if (!mb)
		return;
	leave_file(mb);
	mailbox_tree_done(&mb->tree);
	mbox_done(&mb->mbox);
	for (size_t i = 0; i < mb->paths; i++)
		free(mb->path[i]);
	free(mb->path);
	free(mb);
}

/* The path of the next file to read, in the folder under way or behind it. As mailbox_next(). */
static int next_path(struct mailbox *mb, struct err *err)
{
	for (;;) {
		int rc = mailbox_tree_next(&mb->tree, &mb->name, err);
		struct stat st;

		if (rc != 0)
			return rc;
		if (mb->next == mb->paths)
			return 0;
		mb->name = mb->path[mb->next++];
		if (strcmp(mb->name, "-") == 0)
			return 1;
		if (stat(mb->name, &st) < 0)
			return err_sys(err, -errno, "%s", mb->name);
		if (!S_ISDIR(st.st_mode))
			return 1;
		rc = mailbox_tree_enter(&mb->tree, mb->name, err);
		if (rc < 0)
			return rc;
	}
}

static ssize_t read_stream(void *context, char *to, size_t n, struct err *err)
{
	return stream_read(context, to, n, err);
}

int mailbox_next(struct mailbox *mb, struct mailbox_item *ret_item, struct err *err)
{
	for (;;) {
		if (mb->stream) {
			int rc = mbox_next(&mb->mbox, ret_item, err);

			if (rc == 1)
				ret_item->path = mb->name;
			if (rc != 0)
				return rc;
			mb->progress.foreign += mbox_is_foreign(&mb->mbox);
			leave_file(mb);
		}
		int rc = next_path(mb, err);

		if (rc == 1)
			rc = stream_open(mb->name, &mb->stream, err);
		else if (rc == 0)
			return 0;
		if (rc < 0)
			return rc;
		mbox_begin(&mb->mbox, mb->name, read_stream, mb->stream, MAILBOX_MESSAGE_MOST);
		if (mb->tree.depth && mb->tree.anything)
			mbox_doubt(&mb->mbox);
	}
}

void mailbox_progress(const struct mailbox *mb, struct mailbox_progress *ret_progress)
{
	*ret_progress = mb->progress;
	if (mb->stream)
		ret_progress->done += stream_taken(mb->stream);
}
