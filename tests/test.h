/* What every unit test includes: cmocka with its own includes in the order it wants, and a few
 * assertions over the project's own types. */
#ifndef CORDON_TESTS_TEST_H
#define CORDON_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/* Compares a span with a string literal and shows both when they differ. */
#define assert_span(s, literal)                                                                    \
	do {                                                                                       \
		struct span assert_span_ = (s);                                                    \
		char *assert_text_ = strndup(assert_span_.p ? assert_span_.p : "", assert_span_.n);\
		assert_string_equal(assert_text_, literal);                                        \
		free(assert_text_);                                                                \
	} while (0)

#endif
