#include "ledger/checkpoint.h"

#include <errno.h>
#include <inttypes.h>

#include <sodium.h>

#include "base/utf8.h"

#define BASE64_VARIANT sodium_base64_VARIANT_ORIGINAL

bool checkpoint_number(struct span text, uint64_t *ret_n)
{
	unsigned long long n;

	if ((text.n > 1 && text.p[0] == '0') || span_number(text, UINT64_MAX, &n) < 0)
		return false;
	*ret_n = n;
	return true;
}

bool checkpoint_hash(struct span text, uint8_t ret_hash[32])
{
	uint8_t hash[32];
	const char *end = NULL;
	size_t n = 0;

	/* libsodium takes some bytes over 127 for the letters without their highest bit. */
	if (!utf8_is_ascii(text))
		return false;
	if (sodium_base642bin(hash, sizeof(hash), text.p, text.n, NULL, &n, &end, BASE64_VARIANT) !=
			0 ||
		end != text.p + text.n || n != sizeof(hash))
		return false;
	memcpy(ret_hash, hash, sizeof(hash));
	return true;
}

void checkpoint_put_hash(struct buf *to, const uint8_t hash[32])
{
	char base64[sodium_base64_ENCODED_LEN(32, BASE64_VARIANT)];

	sodium_bin2base64(base64, sizeof(base64), hash, 32, BASE64_VARIANT);
	buf_printf(to, "%s\n", base64);
}

void checkpoint_sign(const struct note_signer *s, const struct tlog_tree *tree, struct buf *to)
{
	struct buf text = {0};

	buf_printf(&text, "%s\n%" PRIu64 "\n", s->key.name, tree->size);
	checkpoint_put_hash(&text, tree->root);
	if (!buf_ok(&text))
		to->failed = true;
	else
		note_sign(s, buf_span(&text), to);
	buf_done(&text);
}

static bool parse(struct span text, const char *name, struct tlog_tree *tree, bool *ret_origin)
{
	struct span origin, size, root, line;

	if (!span_cut(&text, '\n', &origin) || !span_cut(&text, '\n', &size) ||
		!span_cut(&text, '\n', &root) || !text.p)
		return false;
	/* Any lines of extensions, none of them empty. What follows the last LF is the end. */
	while (text.n && span_cut(&text, '\n', &line))
		if (!line.n)
			return false;
	*ret_origin = span_eq(origin, span_cstr(name));
	return checkpoint_number(size, &tree->size) && checkpoint_hash(root, tree->root);
}

int checkpoint_open(
	struct span note, const struct note_key *key, struct tlog_tree *ret_tree, struct err *err)
{
	struct tlog_tree tree;
	struct span text;
	bool origin = false;
	int rc = note_open(note, key, &text, err);

	if (rc < 0)
		return rc;
	if (!parse(text, key->name, &tree, &origin))
		return err_set(
			err, -EBADMSG, "what %s signed is no checkpoint of a log", key->name);
	if (!origin)
		return err_set(
			err, -EBADMSG, "the checkpoint is of another log than %s", key->name);
	*ret_tree = tree;
	return 0;
}
