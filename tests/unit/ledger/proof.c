/* Proofs of records and of trees: those of a log hold, and no other byte will do. */
#include "folder.h"

#include <errno.h>

#include "ledger/proof.h"

#define SIZE 300

static char folder[64];
static struct tlog *log_;
static struct note_key key;

static int make(void **state)
{
	struct buf b = {0}, all = {0};
	struct span entry[SIZE];
	struct err err;
	size_t at = 0;

	(void)state;
	folder_make(folder);
	if (tlog_open(folder, TLOG_WRITE, "example.com/log", &log_, &err) < 0)
		return -1;
	for (size_t i = 0; i < SIZE; i++) {
		folder_entry(i, &b);
		entry[i].n = b.n;
		buf_add(&all, buf_span(&b));
	}
	for (size_t i = 0; i < SIZE; at += entry[i++].n)
		entry[i].p = all.p + at;
	for (size_t i = 0; i < SIZE; i += 50)
		if (tlog_append(log_, entry + i, 50, NULL, &err) < 0)
			return -1;
	key = *tlog_key(log_);
	buf_done(&b);
	buf_done(&all);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	tlog_close(log_);
	folder_remove(folder);
	return 0;
}

/* Every bit of record, proof and key. */
static void every_bit(void **state)
{
	static const uint64_t index[] = {0, 131, 255, 256, 299};
	struct buf record = {0}, proof = {0};
	struct proof_said said = {0};
	struct err err;

	(void)state;
	for (size_t k = 0; k < sizeof(index) / sizeof(*index); k++) {
		buf_clear(&proof);
		folder_entry(index[k], &record);
		assert_int_equal(tlog_prove(log_, index[k], &proof, &err), 0);
		assert_int_equal(
			proof_check(buf_span(&record), buf_span(&proof), &key, &said, &err), 0);
		assert_int_equal(said.index, index[k]);
		assert_int_equal(said.tree.size, SIZE);
		for (size_t i = 0; i < record.n; i++) {
			record.p[i] ^= (char)(1 << (i % 8));
			assert_int_equal(
				proof_check(buf_span(&record), buf_span(&proof), &key, &said, &err),
				-EBADMSG);
			record.p[i] ^= (char)(1 << (i % 8));
		}
		for (size_t i = 0; i < proof.n; i++) {
			proof.p[i] ^= (char)(1 << (i % 8));
			if (proof_check(buf_span(&record), buf_span(&proof), &key, &said, &err) ==
				0)
				fail_msg("byte %zu of the proof of %zu: %s", i, k, proof.p);
			proof.p[i] ^= (char)(1 << (i % 8));
			assert_true(proof_check(buf_span(&record), span_take(buf_span(&proof), i),
					    &key, &said, &err) < 0);
		}
		for (size_t i = 0; i < 32; i++) {
			struct note_key other = key;

			other.public_key[i] ^= 1;
			assert_int_equal(proof_check(buf_span(&record), buf_span(&proof), &other,
						 &said, &err),
				-EKEYREJECTED);
		}
	}
	buf_done(&record);
	buf_done(&proof);
}

/* What is put together from good parts, and what is none. */
static void others(void **state)
{
	struct buf a = {0}, record = {0}, made = {0};
	struct proof_said said;
	struct span checkpoint = tlog_checkpoint(log_);
	struct err err;
	ssize_t end;

	(void)state;
	folder_entry(5, &record);
	assert_int_equal(tlog_prove(log_, 5, &a, &err), 0);
	end = span_find(buf_span(&a), SPAN("\n\n"));
	assert_true(end > 0);

	const struct {
		struct span head;
		const char *words; /* NULL: it holds */
	} table[] = {
		{SPAN("c2sp.org/tlog-proof@v1\nextra Zm9v\nindex 5\n"), NULL},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 05\n"), "no line 'index'"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 4\n"), "do not lead"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 299\n"), "hashes, which cannot be"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 300\n"), "of 300 records"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 18446744073709551615\n"), "of 300 records"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 18446744073709551616\n"), "no line 'index'"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex -5\n"), "no line 'index'"},
		{SPAN("c2sp.org/tlog-proof@v1\n"), "no line 'index'"},
		{SPAN("c2sp.org/tlog-proof@v2\nindex 5\n"), "first line"},
		{SPAN("c2sp.org/tlog-proof@v1\nindex 5\nx\n"), "line 1 of the proof's hashes"},
	};
	struct span path =
		span_take(span_skip(buf_span(&a), strlen("c2sp.org/tlog-proof@v1\nindex 5\n")),
			(size_t)end + 2 - strlen("c2sp.org/tlog-proof@v1\nindex 5\n"));

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		buf_clear(&made);
		buf_add(&made, table[i].head);
		buf_add(&made, path);
		buf_add(&made, checkpoint);
		err.text[0] = '\0';
		int rc = proof_check(buf_span(&record), buf_span(&made), &key, &said, &err);

		if (rc != (table[i].words ? -EBADMSG : 0) ||
			(table[i].words && !strstr(err.text, table[i].words)))
			print_error("case %zu: %d, %s\n", i, rc, err.text);
		assert_int_equal(rc, table[i].words ? -EBADMSG : 0);
		assert_true(!table[i].words || strstr(err.text, table[i].words));
	}
	/* A path of over 64 hashes. */
	buf_clear(&made);
	buf_str(&made, "c2sp.org/tlog-proof@v1\nindex 5\n");
	for (int i = 0; i < 65; i++)
		buf_str(&made, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_byte(&made, '\n');
	buf_add(&made, checkpoint);
	assert_int_equal(
		proof_check(buf_span(&record), buf_span(&made), &key, &said, &err), -EBADMSG);
	buf_done(&a);
	buf_done(&record);
	buf_done(&made);
}

static void consistency(void **state)
{
	struct tlog_tree now = tlog_tree(log_), before;
	struct buf hashes = {0};
	struct err err;

	(void)state;
	for (uint64_t size = 0; size <= SIZE; size++) {
		before.size = size;
		buf_clear(&hashes);
		assert_int_equal(tlog_root_at(log_, size, before.root, &err), 0);
		assert_int_equal(tlog_consistency(log_, size, &hashes, &err), 0);
		assert_int_equal(
			proof_check_consistency(&before, &now, buf_span(&hashes), &err), 0);
		before.root[size % 32] ^= 1;
		assert_int_equal(
			proof_check_consistency(&before, &now, buf_span(&hashes), &err), -EBADMSG);
		before.root[size % 32] ^= 1;
		buf_byte(&hashes, 'x');
		assert_int_equal(
			proof_check_consistency(&before, &now, buf_span(&hashes), &err), -EBADMSG);
	}
	assert_int_equal(tlog_consistency(log_, SIZE + 1, &hashes, &err), -ERANGE);
	assert_int_equal(tlog_root_at(log_, SIZE + 1, before.root, &err), -ERANGE);
	assert_int_equal(tlog_prove(log_, SIZE, &hashes, &err), -ERANGE);
	assert_int_equal(tlog_entry(log_, SIZE, &hashes, &err), -ERANGE);
	buf_done(&hashes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit),
		cmocka_unit_test(others),
		cmocka_unit_test(consistency),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
