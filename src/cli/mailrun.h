/*
 * The run that scan, ingest, learn and eval share: messages of a mailbox, looked at on every core, taken in
 * order. What is done with a message is the command's.
 */
#ifndef CORDON_CLI_MAILRUN_H
#define CORDON_CLI_MAILRUN_H

#include "base/buf.h"
#include "cli/cli.h"
#include "judge/judge.h"
#include "mail/mailbox.h"

/* One message under way. */
struct mail {
	struct span raw;
	const char *path;
	uint64_t number;  /* of the message in an mbox, 0 when the file is one message */
	bool cut;         /* only its first MAILBOX_MESSAGE_MOST bytes were read */
	bool failed;      /* memory was short */
	void *kept;       /* what the command's look() leaves for its take(); drop() frees it */
	int verdict;      /* likewise */
};

struct mailrun {
	void *context;
	/*
	 * Looks at a message on some worker's thread, with that worker's bench; what it appends to
	 * rows is printed in order. Returns 0, or a negative errno for short memory.
	 */
	int (*look)(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows);
	/*
	 * Takes it afterwards, in order, on the calling thread; may be NULL. Returns 0, or a
	 * negative errno with a sentence in err, which ends the run.
	 */
	int (*take)(void *context, struct mail *m, struct err *err);
	/* Frees what was kept; NULL: free() does. */
	void (*drop)(void *kept);
	/* Extra bytes that kept takes for a message, for the bound on memory; 0 for few. */
	size_t kept_bytes;
};

/*
 * Runs over paths[n] with all cores, showing progress to a person. Files that cannot be read are
 * told and passed over (EXIT_INPUT). Returns an exit code.
 */
int mailrun_paths(const struct mailrun *run, const char *const *paths, size_t n);

#endif
