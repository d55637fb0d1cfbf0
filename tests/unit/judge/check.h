/* Cases of the checks: a message, the findings that it must give and those that it must not. */
#ifndef CORDON_TESTS_JUDGE_CHECK_H
#define CORDON_TESTS_JUDGE_CHECK_H

#include "auth/auth.h"

#include <stddef.h>

/*
 * The message has the usual head of a plain mail from anna@example.net to bob@example.com; lines
 * of `head` stand in place of the usual ones of that name, or beside them. A line "!Name" takes
 * the usual field out. All lines end in '\n'. `body` follows the blank line; NULL: "Hello Bob".
 */
struct check_case {
	const char *wants; /* names parted by spaces; "!name" must not be given */
	const char *head, *body;
	const struct auth *auth; /* what was proven; NULL: nothing was looked at */
};

#define HTML "Content-Type: text/html; charset=utf-8\n"

extern const struct check_case sender_cases[], link_cases[], text_cases[], head_cases[],
	file_cases[], good_cases[];

#endif
