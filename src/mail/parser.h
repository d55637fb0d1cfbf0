/*
 * The parser's insides, for the files of this folder that work on its arena (message.c, address.c).
 */
#ifndef CORDON_MAIL_PARSER_H
#define CORDON_MAIL_PARSER_H

#include "mail/domain.h"
#include "mail/mime.h"

struct message_parser {
	struct arena arena;
	size_t budget; /* of the arena; parsing leaves some of it */
	struct charsets charsets;
	struct domain_tools *domain;
	struct message message;
	struct params params;
	struct field scratch[FIELDS_MOST];
};

/* A decoder that notes what it meets in odd. */
static inline struct decoder parser_decoder(struct message_parser *mp, struct anomalies *odd)
{
	return (struct decoder){.arena = &mp->arena, .charsets = &mp->charsets, .odd = odd};
}

#endif
