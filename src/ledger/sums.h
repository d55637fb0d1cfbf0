/*
 * Files that go out together, signed as one: their sums as `sha256sum` writes them, and these as a
 * signed note (note.h) of the log's key. Whoever has the folder and the public key can tell which
 * file was changed, offline.
 *
 *	SHA256SUMS         a line a file: SHA-256 in hex, two blanks, its name
 *	SHA256SUMS.note    the same text, signed
 *
 * A note with another name over sums of files beside it is checked likewise.
 */
#ifndef CORDON_LEDGER_SUMS_H
#define CORDON_LEDGER_SUMS_H

#include "ledger/note.h"

#define SUMS_FILE       "SHA256SUMS"
#define SUMS_NOTE       "SHA256SUMS.note"
#define SUMS_NAME_MOST  255   /* bytes of a file's name */
#define SUMS_EXTRA_MOST 10000 /* files of a folder that are looked at for what nobody signed */

/* Appends the line of a file: a relative name of 1 .. SUMS_NAME_MOST bytes without control
 * characters, '\\', and empty, "." or ".." parts. */
void sums_add(struct buf *sums, const char *name, struct span bytes);

/* Whether the sums name a file. Cost: their length. */
bool sums_has(struct span sums, const char *name);

struct sums_report {
	bool whole;         /* a folder, not a note of another name */
	uint64_t files;     /* that the sums name */
	uint64_t changed;   /* of these, changed, missing or not to be read */
	uint64_t unsigned_; /* files in the folder that the sums do not name; of a note that has
			       another name they are not looked for */
};

/*
 * Checks a folder that has SHA256SUMS.note, or a note and the files beside it. tell() is called for
 * each file that is not what was signed, and for each that nobody signed (`known` false), with a
 * sentence that names it; names in it are cleaned of nothing. Links are not followed, only plain
 * files are read. Appends the sums to *to (may be NULL). Returns 0 when all files are what was
 * signed; -EBADMSG when some are not, or the note is none; -EKEYREJECTED or -ENOKEY as note_open();
 * -ENOENT without a note; with a sentence. Cost: reads all files that the note names once, in
 * bounded memory.
 */
struct sums_options {
	void (*tell)(void *context, bool known, const char *name, const char *what);
	void *context;
};
int sums_check(const char *path, const struct note_key *key, const struct sums_options *options,
	struct buf *to, struct sums_report *ret_report, struct err *err);

#endif
