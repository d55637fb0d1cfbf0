/* Text from outside as a JSON string. */
#ifndef CORDON_SHOW_JSON_TEXT_H
#define CORDON_SHOW_JSON_TEXT_H

#include "base/span.h"

#include <jansson.h>

/* A string of s: bytes that are not UTF-8, and NUL, at which readers stumble, become U+FFFD. The
 * caller's to release; NULL when memory is short. */
json_t *json_text(struct span s);

#endif
