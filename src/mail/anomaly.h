/*
 * What was odd about a message. Hostile or broken input is never an error: the parser takes the
 * best reading and names what it met, and the judge may weigh it. Each kind is counted, so 'one
 * NUL' and 'ten thousand' differ.
 */
#ifndef CORDON_MAIL_ANOMALY_H
#define CORDON_MAIL_ANOMALY_H

#include <stdint.h>

/* X(identifier, "name in findings and JSON", "what it means, in words") */
#define ANOMALIES(X)                                                                               \
	X(NUL_BYTE, "nul-byte", "a NUL byte stands in a header or in text")                        \
	X(BARE_CR, "bare-cr", "a CR without LF ends a header line")                                \
	X(LONG_LINE, "long-line", "a header line is longer than 998 bytes (RFC 5322, 2.1.1)")      \
	X(HEADER_8BIT, "header-8bit", "a header holds bytes over 127 that are not UTF-8")          \
	X(HEADER_JUNK, "header-junk", "a line among the headers is not a header field")            \
	X(HEADER_SPACE, "header-space", "white space stands between a field's name and its colon") \
	X(HEADER_TWICE, "header-twice", "a field that may stand once stands again")                \
	X(NO_BODY, "no-body", "the header section never ends")                                     \
	X(TOO_MANY_HEADERS, "too-many-headers", "there are more fields than are read")             \
	X(BAD_ENCODED_WORD, "bad-encoded-word", "an encoded word (RFC 2047) cannot be decoded")    \
	X(BAD_PARAMETER, "bad-parameter", "a MIME parameter breaks RFC 2045 or RFC 2231")          \
	X(BAD_ADDRESS, "bad-address", "an address list breaks RFC 5322")                           \
	X(BAD_DATE, "bad-date", "a date breaks RFC 5322")                                          \
	X(NO_BOUNDARY, "no-boundary", "a multipart names no boundary, or never uses it")           \
	X(UNCLOSED_PART, "unclosed-part", "a multipart is not closed")                             \
	X(TOO_DEEP, "too-deep", "parts nest deeper than is read")                                  \
	X(TOO_MANY_PARTS, "too-many-parts", "there are more parts than are read")                  \
	X(BAD_BASE64, "bad-base64", "base64 holds bytes outside its alphabet, or is cut short")    \
	X(BAD_QP, "bad-qp", "quoted-printable holds a malformed escape")                           \
	X(BAD_UU, "bad-uu", "uuencoded data is malformed")                                         \
	X(BAD_TRANSFER, "bad-transfer", "the transfer encoding is unknown or cannot be here")      \
	X(BAD_CHARSET, "bad-charset", "the charset is unknown, or its bytes are not of it")        \
	X(MIME_8BIT, "mime-8bit", "a part declared 7bit holds bytes over 127")                     \
	X(BAD_HTML, "bad-html", "the HTML breaks the standard's tokenizer rules")                  \
	X(TOO_MUCH_TEXT, "too-much-text", "there is more text than is read")                       \
	X(TOO_MANY_LINKS, "too-many-links", "there are more links than are read")                  \
	X(BAD_URL, "bad-url", "a link's URL cannot be read")                                       \
	X(TRUNCATED, "truncated", "the message is longer than is read")                            \
	X(BUDGET, "budget", "the message asked for more memory than one message may have")

enum anomaly {
#define X(id, name, words) ANOMALY_##id,
	ANOMALIES(X)
#undef X
	ANOMALY_COUNT
};

/* How often each was met; counts stop at UINT32_MAX. */
struct anomalies {
	uint32_t count[ANOMALY_COUNT];
};

/* Counts one more. */
static inline void anomaly_note(struct anomalies *a, enum anomaly kind)
{
	if (a->count[kind] != UINT32_MAX)
		a->count[kind]++;
}

/* The short name ("bare-cr") and the sentence of a kind; static strings. */
const char *anomaly_name(enum anomaly kind);
const char *anomaly_words(enum anomaly kind);

#endif
