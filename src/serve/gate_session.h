/*
 * One connection of a mail server, and the message that comes over it, put together as it stands: for
 * the milter protocol's callbacks, without the protocol.
 *
 * Whatever comes, in whatever order, is taken as it is meant; memory is bounded a message
 * (config->judge_bytes) and over all sessions together (GATE_HELD_MOST), and what is beyond is
 * counted and not kept.
 */
#ifndef CORDON_SERVE_GATE_SESSION_H
#define CORDON_SERVE_GATE_SESSION_H

#include "serve/gate_look.h"

/* Bytes of messages that all sessions together hold; beyond it a message keeps but its first
 * GATE_HELD_LEAST bytes. */
#define GATE_HELD_MOST  ((size_t)96 << 20)
#define GATE_HELD_LEAST ((size_t)32 << 10)

struct gate_session;

/* NULL when memory is short. */
struct gate_session *gate_session_new(struct gate *g);
void gate_session_free(struct gate_session *s); /* takes NULL */

/* Of the connection. Texts are copied, and cut where no honest one is so long. ip: family IP_NONE
 * when there is none. name: empty or "unknown" or "[address]" is none. */
void gate_session_client(struct gate_session *s, struct span name, const struct ip *ip);
void gate_session_helo(struct gate_session *s, struct span helo);
void gate_session_server(struct gate_session *s, struct span name);

/* A message begins: what was there of another is dropped. */
void gate_session_mail(struct gate_session *s, struct span from);
void gate_session_user(struct gate_session *s, struct span user, struct span tls);
void gate_session_rcpt(struct gate_session *s, struct span to);
/* A field of the head: value is all behind the colon. Lines may be parted by LF; they are kept as
 * CRLF. */
void gate_session_header(struct gate_session *s, struct span name, struct span value);
/* The same where the blank behind the colon is missing, for the mail server took it off. */
void gate_session_header_bare(struct gate_session *s, struct span name, struct span value);
void gate_session_end_of_head(struct gate_session *s);
void gate_session_body(struct gate_session *s, struct span chunk);
/*
 * The same for who has the message as one piece, asked over HTTP: its envelope in any order, the first
 * sender counts; all bytes by gate_session_body(); and once they are there, gate_session_whole() finds
 * what the fields would have told. Without a client's address it is taken as it stands, as stored
 * mail is: no lines are put on top.
 */
void gate_session_http(struct gate_session *s);
void gate_session_from(struct gate_session *s, struct span from);
void gate_session_whole(struct gate_session *s);
/* What there is of the message; the session's. */
struct span gate_session_message(const struct gate_session *s);
/* The message is dropped, nothing is decided. */
void gate_session_drop(struct gate_session *s);

/* It is whole: looks at it; ended by gate_session_done(), which drops it. */
void gate_session_look(struct gate_session *s, struct span queue_id, struct gate_seen *ret);
void gate_session_done(struct gate_session *s, struct gate_seen *seen);

/* Names of header fields that only we, or nobody, may have set: those of filters. NULL ends. */
extern const char *const gate_session_forgeable[];

/*
 * The i-th such field to be taken out of the message: false behind the last. *ret_name is of the
 * list, *ret_index which of the fields of that name it is, from 1. In descending order, so that
 * taking one out does not change the index of those that follow.
 */
bool gate_session_forged(
	const struct gate_session *s, size_t i, const char **ret_name, unsigned *ret_index);

/* The value of the first Subject as it came, lines parted by CRLF; false when there was none. */
bool gate_session_subject(const struct gate_session *s, struct span *ret_value);

#endif
