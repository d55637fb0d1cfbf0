/*
 * What is known of a message beside its bytes: who handed it to the mail server, for whom, and how.
 * And how that is told to whoever reads the message alone: as the lines that the mail server itself
 * will put on top of it (RFC 5321, 4.4), so that the chain of Received lines begins at the real
 * client and the rest of it is believed as far as it is by machines of ours.
 */
#ifndef CORDON_SERVE_ENVELOPE_H
#define CORDON_SERVE_ENVELOPE_H

#include "base/buf.h"
#include "net/ip.h"
#include "serve/keeper_wire.h"

/* Spans are the maker's. What a client says is as it said it: nothing is cleaned. */
struct envelope {
	struct ip ip;           /* the client's; family IP_NONE: handed in on the machine itself */
	struct span name;       /* of the client, where its address leads to the name and back (as
				   the mail server found); empty: none */
	struct span helo;
	struct span tls;        /* "TLSv1.3"; empty: in the clear */
	struct span user;       /* that it proved to be (RFC 4954); empty: none */
	struct span mail_from;  /* without angle brackets; empty: the null sender */
	struct span rcpt[DECIDED_RECIPIENTS]; /* rcpt[rcpts], without angle brackets */
	size_t rcpts, rcpts_left_out;
	struct span queue_id;   /* the mail server's; may be empty */
	struct span server;     /* the mail server's name; empty: ours */
	int64_t at;             /* when it came: seconds since 1970 UTC */
	bool http;              /* asked over HTTP, not by the milter protocol */
};

/*
 * Appends the lines: Return-Path, and Received in the form of Postfix, which the walk of the chain
 * reads back to the same facts whatever the client says: a byte that is not of names, addresses and
 * literals is '?'. Lines end with CRLF and have at most 998 bytes (RFC 5322, 2.1.1).
 */
void envelope_lines(const struct envelope *e, struct span our_name, struct buf *to);

/* An address as SMTP has it ("<a@b>", also with blanks around) without the brackets. */
struct span envelope_path(struct span s);

#endif
