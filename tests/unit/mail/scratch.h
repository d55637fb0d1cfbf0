/* What tests of decoders work with: converters and an arena, made before them and dropped after. */
#ifndef CORDON_TESTS_UNIT_MAIL_SCRATCH_H
#define CORDON_TESTS_UNIT_MAIL_SCRATCH_H

#include "base/arena.h"
#include "mail/charset.h"

static struct charsets charsets;
static struct arena arena;

static int setup(void **state)
{
	(void)state;
	charsets_init(&charsets);
	arena_init(&arena, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	charsets_done(&charsets);
	arena_done(&arena);
	return 0;
}

#endif
