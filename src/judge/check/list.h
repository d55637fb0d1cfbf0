/* All checks, in the order in which they run: one line here and one file check/NAME.c each. */
#ifndef CORDON_JUDGE_CHECK_LIST_H
#define CORDON_JUDGE_CHECK_LIST_H

#include "judge/check.h"

/* clang-format off */
#define CHECKS(X)      \
	X(sender)      \
	X(brand_name)  \
	X(look_alike)  \
	X(link_lies)   \
	X(link_kind)   \
	X(one_link)    \
	X(received)    \
	X(hidden_text) \
	X(letters)     \
	X(encoding)    \
	X(attachment)  \
	X(image_only)  \
	X(wording)     \
	X(greeting)    \
	X(money)       \
	X(date)        \
	X(message_id)  \
	X(form)        \
	X(structure)   \
	X(auth)        \
	X(bulk)        \
	X(thread)      \
	X(list)        \
	X(code)        \
	X(aligned)     \
	X(personal)    \
	X(unsubscribe) \
	X(signature)
/* clang-format on */

#define X(name) extern const struct check check_##name;
CHECKS(X)
#undef X

#endif
