/*
 * An index of labelled mail, as the TREC spam track wrote them: lines "ham PATH" or "spam PATH", in
 * the order in which the messages arrived, one message a file.
 */
#ifndef CORDON_CLI_MAIL_INDEX_H
#define CORDON_CLI_MAIL_INDEX_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

struct mail_index_entry {
	const char *path; /* as written in the index */
	const char *file; /* where it is: relative paths are relative to the index's folder */
	bool spam;
};

struct mail_index {
	struct mail_index_entry *entry; /* entry[n] */
	const char **file;         /* file[n]: the same files, for a mailbox */
	size_t n;
	char *folder; /* of the index, with its last '/'; may be "" */
};

/*
 * Reads an index; blank lines and those that begin with '#' are passed over. Returns 0; -EINVAL
 * with a sentence that names the line, also for an index without messages; or another negative
 * errno with a sentence. mail_index_done() also after a failure. The second takes its text, as if from a
 * file of that path.
 */
int mail_index_read(const char *path, struct mail_index *ret, struct err *err);
int mail_index_parse(struct span text, const char *path, struct mail_index *ret, struct err *err);
void mail_index_done(struct mail_index *x);

/*
 * Goes on from *at to the entry of a file, as messages come out of a mailbox in order: files that
 * could not be read have none to come. NULL when there is none from there on.
 */
const struct mail_index_entry *mail_index_find(const struct mail_index *x, const char *file, size_t *at);

#endif
