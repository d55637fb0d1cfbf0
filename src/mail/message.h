/*
 * A message as spans over its own bytes: header fields, MIME parts, what a reader would see, what
 * it links to. Parsing never fails on account of the input (anomaly.h); it only fails when memory
 * is short.
 *
 * Every span points into the raw message or into the parser's arena, and lives until the next
 * message_parse() on the same parser. "Decoded" text is valid UTF-8 (bad bytes became U+FFFD).
 *
 * Sources: RFC 5322, 2045-2047, 2231, 6532; words as in RFC 5598.
 */
#ifndef CORDON_MAIL_MESSAGE_H
#define CORDON_MAIL_MESSAGE_H

#include "base/err.h"
#include "base/span.h"
#include "mail/anomaly.h"

#include <stdint.h>

/* Fields that the code asks for by number; all others are FIELD_OTHER. X(id, "Name") */
#define FIELDS(X)                                                                                  \
	X(FROM, "From")                                                                            \
	X(SENDER, "Sender")                                                                        \
	X(REPLY_TO, "Reply-To")                                                                    \
	X(TO, "To")                                                                                \
	X(CC, "Cc")                                                                                \
	X(BCC, "Bcc")                                                                              \
	X(SUBJECT, "Subject")                                                                      \
	X(DATE, "Date")                                                                            \
	X(MESSAGE_ID, "Message-ID")                                                                \
	X(IN_REPLY_TO, "In-Reply-To")                                                              \
	X(REFERENCES, "References")                                                                \
	X(RECEIVED, "Received")                                                                    \
	X(RETURN_PATH, "Return-Path")                                                              \
	X(DELIVERED_TO, "Delivered-To")                                                            \
	X(MIME_VERSION, "MIME-Version")                                                            \
	X(CONTENT_TYPE, "Content-Type")                                                            \
	X(CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding")                                  \
	X(CONTENT_DISPOSITION, "Content-Disposition")                                              \
	X(CONTENT_ID, "Content-ID")                                                                \
	X(LIST_ID, "List-Id")                                                                      \
	X(LIST_UNSUBSCRIBE, "List-Unsubscribe")                                                    \
	X(LIST_POST, "List-Post")                                                                  \
	X(PRECEDENCE, "Precedence")                                                                \
	X(X_MAILER, "X-Mailer")                                                                    \
	X(USER_AGENT, "User-Agent")                                                                \
	X(DKIM_SIGNATURE, "DKIM-Signature")                                                        \
	X(AUTHENTICATION_RESULTS, "Authentication-Results")

enum field_id {
	FIELD_OTHER,
#define X(id, name) FIELD_##id,
	FIELDS(X)
#undef X
	FIELD_COUNT
};

/* One header field as it stands. */
struct field {
	struct span name;  /* without the colon and white space before it */
	struct span value; /* after the colon, folding kept, without the last line end */
	enum field_id id;
};

/* The header fields of a message or part, in order. */
struct fields {
	struct field *at;
	size_t n;
};

enum transfer { TRANSFER_7BIT, TRANSFER_8BIT, TRANSFER_BINARY, TRANSFER_QP, TRANSFER_BASE64,
	TRANSFER_UU, TRANSFER_UNKNOWN };

enum part_kind {
	PART_LEAF,
	PART_MULTIPART, /* its children are the parts between its boundaries */
	PART_MESSAGE    /* message/rfc822 or message/global: its one child is that message's root */
};

/* Bytes of an encoded leaf that are decoded when it is not text: enough to know what it is. */
#define PART_CONTENT_MOST ((size_t)256 << 10)

/* Bytes that message_part_tail() gives at most: zip archives have their directory at the end. */
#define PART_TAIL_MOST ((size_t)64 << 10)

/*
 * One node of the MIME tree. Parts stand in the order of their first byte; part[0] is the root.
 * Behind them all stand the parts that could only be seen once another was decoded: those of a
 * message/rfc822 that is itself base64 or quoted-printable, and uuencoded blocks inside of text,
 * whose parent is the text leaf. Their head and body are spans of what was decoded.
 */
struct part {
	struct span head, body;         /* raw bytes, both within the message (but see above) */
	struct fields fields;
	enum part_kind kind;
	enum transfer transfer;
	uint32_t parent;                /* index of the part it stands in; its own for the root */
	uint32_t depth;                 /* 0 for the root */
	struct span type;               /* "text/html", lower case; "text/plain" where none is said */
	struct span charset;            /* as declared, lower case; empty when not */
	struct span boundary;           /* of a multipart */
	struct span filename;           /* decoded; of Content-Disposition, else Content-Type's name */
	bool attachment;                /* Content-Disposition: attachment */
	struct span content;            /* a leaf's body after transfer decoding; bytes, not text */
	bool cut;                       /* content is only the beginning: at most PART_CONTENT_MOST
	                                   bytes, or 1 MiB of text */
};

/* Where in a message a link stands. */
enum link_place {
	LINK_ANCHOR,  /* a href, area href */
	LINK_FORM,    /* form action, formaction */
	LINK_IMAGE,   /* img src, background, and CSS url() */
	LINK_OTHER,   /* other attributes that load or lead: iframe, script, meta refresh, base, link */
	LINK_TEXT     /* a URL or host name written out in visible text */
};

/* One link: what it shows and where it leads. */
struct link {
	enum link_place kind;
	uint32_t part;         /* index of the part it stands in */
	struct span target;    /* the URL as written, entities resolved, white space trimmed */
	struct span shown;     /* an anchor's visible text, decoded and trimmed; may be empty */
	struct span scheme;    /* lower case: "http", "mailto", ... ; empty when none is meant */
	struct span host;      /* lower case, percent-decoded, IDN as A-labels, IPv4 forms in dotted
	                          decimal, IPv6 without brackets; empty when there is none */
	struct span domain;    /* its registrable domain (public suffix list); empty for addresses
	                          and for bare suffixes */
	struct span path;      /* from the first '/', '?' or '#' behind the host */
	uint16_t port;         /* 0 when not written */
	bool userinfo;         /* "user@" stands before the host */
	bool hidden;           /* the reader cannot see it */
	bool odd_host;         /* the host was written in an odd form: integer, hexadecimal or octal
	                          address, percent escapes, full-width dots, empty labels, a trailing
	                          tab or newline inside */
};

/* Counts of what HTML was met; for features and checks. Zero where there was none. */
struct html_facts {
	uint32_t tags, images, forms, inputs, password_inputs, scripts, iframes, styles, comments;
	uint32_t hidden_bytes;    /* text bytes that a reader cannot see */
	uint32_t visible_bytes;   /* text bytes that a reader sees */
	uint32_t tiny_images;     /* img of 1x1 or smaller */
	uint32_t entities;        /* character references in text */
	uint32_t obfuscated;      /* references where plain ASCII letters would do */
	uint32_t data_urls;
};

struct message {
	struct span raw;            /* the message, without an mbox separator line; a copy with LF for
	                               CR, at the same offsets, where all lines end with a bare CR */
	struct part *part;          /* part[parts], at least one */
	size_t parts;
	struct span text;           /* what a reader sees: every visible text part in order, decoded,
	                               HTML rendered to its visible text, parts parted by '\n';
	                               of multipart/alternative all alternatives are here */
	struct span hidden_text;    /* text in HTML that a reader cannot see (display:none, zero
	                               size, colour of its background, ...), decoded */
	struct link *link;          /* link[links], in order of appearance */
	size_t links;
	struct html_facts html;
	struct anomalies odd;
};

struct message_parser;

/*
 * Makes a parser, to be used by one thread at a time; it keeps its arena, charset converters and
 * domain caches warm between messages. budget bounds the memory for one message in bytes beyond
 * its own (0: 16 MiB); a quarter of it is left for what callers take from the arena. NULL when
 * memory is short. Freed by message_parser_free(), which takes NULL.
 */
struct message_parser *message_parser_new(size_t budget);
void message_parser_free(struct message_parser *mp);

/*
 * Parses raw, which must stay as it is while the result is used. Work and memory are linear in
 * raw.n; bounds: 1,000 header fields a part, 10,000 parts, depth 100, 1 MiB of text, 5,000 links;
 * beyond them the rest is not read and the anomaly says so.
 * Returns 0 and the message, which is the parser's and lives until its next use, or -ENOMEM.
 */
int message_parse(struct message_parser *mp, struct span raw, struct message **ret_message);

/*
 * The end of a leaf's content: its last PART_TAIL_MOST bytes, or all of it when it is shorter. Where
 * the content was cut, decoded into the arena now; linear in the body. Empty when memory is short.
 */
struct span message_part_tail(struct message_parser *mp, const struct part *p);

/* The parser's arena, for what callers want to live as long as the message. */
struct arena *message_arena(struct message_parser *mp);

/* The parser's own suffix list and host cache (domain.h), for callers on the parser's thread. */
struct domain_tools;
struct domain_tools *message_domain_tools(struct message_parser *mp);

/* The first field of the message's own header with that id; NULL when there is none. O(fields). */
const struct field *message_field(const struct message *m, enum field_id id);

/*
 * A field's value as text: unfolded, encoded words decoded (RFC 2047), raw 8-bit bytes read as
 * UTF-8 or else as windows-1252, white space at the ends trimmed. In the parser's arena, or in the
 * message where nothing had to change. Empty when memory is short.
 */
struct span message_text(struct message_parser *mp, const struct field *f);

/* The well-known id of a field name, FIELD_OTHER when it has none; and the name of an id. */
enum field_id field_id(struct span name);
const char *field_name(enum field_id id);

#endif
