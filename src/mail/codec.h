/*
 * Transfer encodings: base64 (RFC 2045, 6.8), quoted-printable (6.7) and uuencode (POSIX). Each
 * writes into the caller's memory and takes any input: what is
 * malformed is passed over or kept as it stands, and *ret_bad counts how often. All are linear.
 */
#ifndef CORDON_MAIL_CODEC_H
#define CORDON_MAIL_CODEC_H

#include "base/span.h"

#include <stdint.h>

/*
 * Decodes base64 until `to` holds `room` bytes, or all of it; returns how many were written.
 * Bytes outside the alphabet are passed over. '=' ends the data, unless more base64 follows at
 * once: encoded pieces that were strung together are all decoded, the footer that a mailing list
 * wrote below is not.
 */
size_t base64_decode(struct span in, char *to, size_t room, uint32_t *ret_bad);

/* Decodes the end of base64: at most the last `room` bytes of what base64_decode() would give. */
size_t base64_decode_tail(struct span in, char *to, size_t room);

/* What quoted-printable's two dialects differ in: '_' is a space in encoded words (RFC 2047, 4.2),
 * which have no soft line breaks. */
enum qp_dialect { QP_BODY, QP_WORD };

/* Decodes quoted-printable; `to` has room for in.n bytes. */
size_t qp_decode(struct span in, enum qp_dialect dialect, char *to, uint32_t *ret_bad);

/* A uuencoded block inside text. */
struct uu_block {
	struct span whole; /* from "begin" to the end of the "end" line, within the text */
	struct span data;  /* the lines between them */
	struct span name;  /* of the file */
};

/*
 * Finds the next block in text: a line "begin MODE NAME", MODE three or four octal digits, and
 * behind it at least one line that is uuencoded. It ends with "end", at the first line that is
 * not uuencoded, or with the text. False when there is none.
 */
bool uu_find(struct span text, struct uu_block *ret_block);

/* Decodes the lines of a block; `to` has room for data.n + 2 bytes. */
size_t uu_decode(struct span data, char *to, uint32_t *ret_bad);

#endif
