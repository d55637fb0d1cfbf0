/* Names as numbers: UUIDs of version 5 (RFC 9562, 5.5), the same for the same name. */
#ifndef CORDON_CLI_UUID_H
#define CORDON_CLI_UUID_H

#include "base/span.h"

#include <stdint.h>

#define UUID_TEXT 37 /* bytes of a UUID as text, with its NUL */

/* SHA-1 (RFC 3174) of up to 2^61 bytes: version 5 is defined by it. For nothing that must be safe
 * from collisions. */
void uuid_sha1(struct span s, uint8_t ret_sum[20]);

/* The UUID of a name in a namespace, which is a UUID's 16 bytes; returns to. */
const char *uuid_of_name(const uint8_t space[16], struct span name, char to[UUID_TEXT]);

/* The 16 bytes of a UUID as text of that form, which must be one. */
void uuid_parse(const char *text, uint8_t ret[16]);

#endif
