/*
 * From a judged message to a sighting: who handed it in, when, what kind of abuse it is, how sure
 * that is, and what it advertises. Nothing that names its recipients goes in.
 */
#ifndef CORDON_TRACE_MAIL_SIGHTING_H
#define CORDON_TRACE_MAIL_SIGHTING_H

#include "judge/judge.h"
#include "trace/sighting.h"
#include "trace/trace.h"

/* What is known beside the message. */
struct mail_sighting_rules {
	int64_t now;        /* seconds since 1970 UTC: mail of after tomorrow has no usable date */
	struct span source; /* who says so, as struct sighting has it; kept, not copied */
	int kind;           /* enum sighting_kind, or below 0: the findings tell */
	bool trap;          /* it came to an address that no honest mail comes to, so it is abuse
			       whatever the judge says */
};

/* Why there is none. */
enum mail_sighting_lack {
	MAIL_SIGHTING_MADE,
	MAIL_SIGHTING_NO_SOURCE, /* no believed Received line names who handed it in */
	MAIL_SIGHTING_NO_DATE,   /* neither our relays nor its Date say when, or a time to come */
};

/* A sighting that outlives its message; not to be moved, since spans of it are of its text. */
struct mail_sighting {
	struct sighting sighting;
	char text[SIGHTING_HOSTS_MOST * 256];
};

/*
 * Makes the sighting of an abusive message; *ret is untouched when it returns a lack. The time is
 * that of our own relay; where only the sender's Date gives one, its day alone. Confidence is the
 * judge's probability in percent, at most 99; of a trap's mail 95 at least, for traps get bounces
 * and slips of the pen too. Advertised are the registrable domains or addresses of what can be
 * clicked, in order of appearance, but none of a recipient's own, of an impersonated brand's, of a
 * social network's or of a site's link protection: they stand there to look honest, or to guard
 * the reader.
 */
enum mail_sighting_lack mail_sighting_make(const struct verdict *v, const struct trace *t,
	const struct mail_sighting_rules *rules, struct mail_sighting *ret);

/*
 * The kind of an abusive message by its findings: malware when one speaks of a program or a
 * document that acts, else phish when one speaks of posing as another or of asking for a password,
 * else spam. Which do: mail_sighting.c, and docs/design/trace.md.
 */
enum sighting_kind mail_sighting_kind(const struct findings *f);

/* The findings that make a message that kind, NULL ends; none for other kinds. For tests. */
const char *const *mail_sighting_signs(enum sighting_kind kind);

#endif
