/*
 * The chain: the record gives a leaf hash; the path of the proof leads from it to a root; the root
 * is the one of the checkpoint; the checkpoint is signed by the log's key.
 */
#include "ledger/proof.h"

#include <errno.h>
#include <inttypes.h>

#include "ledger/checkpoint.h"
#include "ledger/merkle.h"

struct parsed {
	uint64_t index;
	struct merkle_hash path[MERKLE_PATH_MOST];
	size_t n;
	struct span checkpoint;
};

static bool cut_prefix(struct span *line, struct span prefix)
{
	if (!span_starts(*line, prefix))
		return false;
	*line = span_skip(*line, prefix.n);
	return true;
}

static int parse(struct span proof, struct parsed *p, struct err *err)
{
	struct span rest = proof, line;

	if (proof.n > PROOF_MOST || !span_cut(&rest, '\n', &line) ||
		!span_eq(line, SPAN("c2sp.org/tlog-proof@v1")))
		return err_set(err, -EBADMSG,
			"this is no proof: its first line is not c2sp.org/tlog-proof@v1");
	if (!span_cut(&rest, '\n', &line))
		return err_set(err, -EBADMSG, "the proof has no line 'index'");
	/* Data of an application's own, signed by nobody: passed over. */
	if (span_starts(line, SPAN("extra ")) && !span_cut(&rest, '\n', &line))
		return err_set(err, -EBADMSG, "the proof has no line 'index'");
	if (!cut_prefix(&line, SPAN("index ")) || !checkpoint_number(line, &p->index))
		return err_set(err, -EBADMSG, "the proof has no line 'index'");
	for (p->n = 0; span_cut(&rest, '\n', &line) && line.n; p->n++)
		if (p->n == MERKLE_PATH_MOST || !checkpoint_hash(line, p->path[p->n].byte))
			return err_set(
				err, -EBADMSG, "line %zu of the proof's hashes is none", p->n + 1);
	if (!rest.n)
		return err_set(err, -EBADMSG, "the proof has no checkpoint");
	p->checkpoint = rest;
	return 0;
}

int proof_check(struct span record, struct span proof, const struct note_key *key,
	struct proof_said *ret_said, struct err *err)
{
	struct parsed p;
	struct tlog_tree tree;
	struct merkle_hash leaf = merkle_leaf(record), root;
	int rc = parse(proof, &p, err);

	if (rc == 0)
		rc = checkpoint_open(p.checkpoint, key, &tree, err);
	if (rc < 0)
		return rc;
	if (p.index >= tree.size)
		return err_set(err, -EBADMSG,
			"the proof is for record %" PRIu64 ", but its checkpoint is of %" PRIu64
			" records",
			p.index, tree.size);
	if (!merkle_follow(p.index, tree.size, &leaf, p.path, p.n, &root))
		return err_set(err, -EBADMSG,
			"the proof has %zu hashes, which cannot be for record %" PRIu64
			" of %" PRIu64,
			p.n, p.index, tree.size);
	if (memcmp(root.byte, tree.root, sizeof(tree.root)) != 0)
		return err_set(err, -EBADMSG,
			"record and proof do not lead to the signed root: this record is not "
			"number "
			"%" PRIu64 " of %s, or record or proof were changed",
			p.index, key->name);
	*ret_said = (struct proof_said){.index = p.index, .tree = tree};
	return 0;
}

int proof_check_consistency(const struct tlog_tree *before, const struct tlog_tree *now,
	struct span hashes, struct err *err)
{
	struct merkle_hash was, is, proof[MERKLE_PATH_MOST + 1];

	memcpy(was.byte, before->root, sizeof(was.byte));
	memcpy(is.byte, now->root, sizeof(is.byte));
	if (hashes.n % sizeof(*proof) != 0 || hashes.n > sizeof(proof))
		return err_set(
			err, -EBADMSG, "this is no proof of consistency: %zu bytes", hashes.n);
	if (hashes.n)
		memcpy(proof, hashes.p, hashes.n);
	if (!merkle_continues(before->size, &was, now->size, &is, proof, hashes.n / sizeof(*proof)))
		return err_set(err, -EBADMSG,
			"the log of %" PRIu64 " records does not continue the one of %" PRIu64,
			now->size, before->size);
	return 0;
}
