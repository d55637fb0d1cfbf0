/* A folder for a test to write in, removed with all in it; entries that are told by their index. */
#ifndef CORDON_TESTS_LEDGER_FOLDER_H
#define CORDON_TESTS_LEDGER_FOLDER_H

#include "test.h"

#include <ftw.h>
#include <unistd.h>

#include "base/buf.h"

/* Makes a folder, in memory where that can be; `to` takes its path. */
static inline void folder_make(char to[64])
{
	snprintf(to, 64, "%s/cordon-ledger-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(to));
}

static inline int folder_remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline void folder_remove(const char *path)
{
	nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Entry i: 1 to 300 bytes that only it has. */
static inline void folder_entry(uint64_t i, struct buf *to)
{
	buf_clear(to);
	buf_printf(to, "%llu:", (unsigned long long)i);
	for (size_t n = (i * 2654435761u >> 7) % 290; n > 0; n--)
		buf_byte(to, (char)(i * 31 + n));
}

#endif
