#include "ledger/secret.h"

#include "base/file.h"

#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

static int make_secret(const char *path, uint8_t ret_secret[32], struct err *err)
{
	uint8_t secret[32];
	struct span piece = {(const char *)secret, sizeof(secret)};

	if (sodium_init() < 0)
		return err_set(err, -EIO, "no random bytes are to be had");
	randombytes_buf(secret, sizeof(secret));
	int rc = file_replace_mode(path, &piece, 1, 0600, err);

	if (rc == 0)
		memcpy(ret_secret, secret, sizeof(secret));
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

int secret_read(
	const char *path, uint8_t ret_secret[32], bool make, bool *ret_made, struct err *err)
{
	struct buf held = {0};
	struct stat st;

	if (ret_made)
		*ret_made = false;
	if (make && stat(path, &st) < 0 && errno == ENOENT) {
		if (ret_made)
			*ret_made = true;
		return make_secret(path, ret_secret, err);
	}
	int rc = file_read(path, 4096, &held, err);

	if (rc == 0 && held.n != 32)
		rc = err_set(err, -EBADMSG,
			"%s: not a key: it has %zu bytes and not 32; bring it back from a copy",
			path, held.n);
	if (rc == 0)
		memcpy(ret_secret, held.p, 32);
	if (held.p)
		sodium_memzero(held.p, held.room);
	buf_done(&held);
	return rc;
}
