/*
 * What the gate and the resolver's process say to each other, as ipc.h's messages. Written and read
 * here and nowhere else; a reader believes nothing: what it gives is within the bounds of dns.h, or
 * it is -EBADMSG.
 *
 *     DNS_ASK      type u16, milliseconds u32, name text            -> DNS_ANSWER
 *     DNS_ANSWER   instance u64, status u8, flags u8, ttl u32, n u16, n records
 *     DNS_PING     nothing                                          -> DNS_PONG
 *     DNS_PONG     instance u64
 *
 * A record is 4 bytes (A), 16 (AAAA), or a text, of MX behind its preference u16. The instance is a
 * number that a resolver draws when it starts: another one tells that questions were lost.
 */
#ifndef CORDON_SERVE_DNS_MESSAGE_H
#define CORDON_SERVE_DNS_MESSAGE_H

#include "base/buf.h"
#include "net/dns.h"

enum dns_message { DNS_ASK = 1, DNS_ANSWER, DNS_PING, DNS_PONG };

/* A question may wait so long. */
#define DNS_MILLISECONDS_MOST 60000

struct dns_question {
	enum dns_type type;
	uint32_t milliseconds; /* in which it is to be answered, from when it is read */
	char name[DNS_NAME];   /* fit */
	size_t n;
};

void dns_question_write(const struct dns_question *q, struct buf *to);
int dns_question_read(struct span bytes, struct dns_question *ret);

/* What is over the bounds is not written. */
void dns_answer_write(
	uint64_t instance, const struct dns_answer *a, enum dns_type type, struct buf *to);

/* arena NULL: it is only looked at; ret->record is NULL then. Texts are copied into the arena. When
 * memory is short: -ENOMEM. */
int dns_answer_read(struct span bytes, enum dns_type type, struct arena *arena,
	uint64_t *ret_instance, struct dns_answer *ret);

void dns_pong_write(uint64_t instance, struct buf *to);
int dns_pong_read(struct span bytes, uint64_t *ret_instance);

#endif
