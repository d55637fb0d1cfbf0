/*
 * A message through the parser, the chain and every check: each finding must be one of its check's
 * variants, its evidence must lie in memory that lives as long as the message, its sentence must be
 * short and clean, and no name may stand twice.
 */
#include "base/utf8.h"
#include "judge/check.h"

#include <stdlib.h>

static void check_finding(const struct finding *f)
{
	const char *const *v = f->check->variants;
	volatile unsigned sum = 0;
	struct span words = f->words;

	while (*v && strcmp(*v, f->name) != 0)
		v++;
	if (!*v || !words.n || words.n > 300)
		abort();
	while (words.n) {
		uint32_t c = utf8_next(&words);

		if (c < ' ' || c == 0x7f)
			abort();
	}
	/* Read to its ends, so that ASan sees evidence that has gone. */
	if (f->evidence.n)
		sum += (unsigned char)f->evidence.p[0] +
		       (unsigned char)f->evidence.p[f->evidence.n - 1];
	(void)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	static struct findings found;
	struct message *m;
	struct received chain;
	struct check_input in;

	if (!mp)
		mp = message_parser_new(0);
	if (message_parse(mp, (struct span){(const char *)data, size}, &m) < 0 ||
		received_walk(mp, m, NULL, &chain) < 0 || check_run(mp, m, &chain, NULL, &in, &found) < 0)
		return 0;
	for (size_t i = 0; i < found.n; i++) {
		check_finding(&found.at[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(found.at[i].name, found.at[k].name) == 0)
				abort();
	}
	return 0;
}
