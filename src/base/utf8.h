/* UTF-8 (RFC 3629). */
#ifndef CORDON_BASE_UTF8_H
#define CORDON_BASE_UTF8_H

#include "base/span.h"

#include <stdint.h>

#define UTF8_BAD 0xfffdu /* U+FFFD, what a bad byte is read as */

/*
 * Takes one code point off *rest, which must not be empty. A malformed sequence takes its longest
 * well-formed beginning (at least one byte) and gives UTF8_BAD, as the Unicode Standard (3.9) and
 * WHATWG's decoder have it.
 */
uint32_t utf8_next(struct span *rest);

/* Writes a code point, 1 to 4 bytes, and returns how many; surrogates and those over U+10FFFF
 * are written as UTF8_BAD. */
size_t utf8_put(uint32_t code, char to[4]);

/* True when s is valid UTF-8. Runs of ASCII are passed eight bytes at a time. */
bool utf8_valid(struct span s);

/* True when every byte is under 128. */
bool utf8_is_ascii(struct span s);

#endif
