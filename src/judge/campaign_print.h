/* A print from the inside: for the files that make it and weigh it. */
#ifndef CORDON_JUDGE_CAMPAIGN_PRINT_H
#define CORDON_JUDGE_CAMPAIGN_PRINT_H

#include "judge/campaign.h"

/*
 * A shingle is 30 bits of hash, above 2 bits that tell its class. Words and pairs of words share
 * one room, links and form have one each, so none can crowd out another.
 */
enum shingle_class { SHINGLE_WORD, SHINGLE_PAIR, SHINGLE_LINK, SHINGLE_FORM, SHINGLE_CLASSES };
enum shingle_room { ROOM_TEXT, ROOM_LINK, ROOM_FORM, ROOMS };

static inline enum shingle_class shingle_class(uint32_t shingle)
{
	return (enum shingle_class)(shingle & 3);
}

static inline enum shingle_room shingle_room(uint32_t shingle)
{
	uint32_t class = shingle & 3;

	return class <= SHINGLE_PAIR ? ROOM_TEXT : (enum shingle_room)(class - 1);
}

#define PRINT_TEXT_MOST    160 /* shingles kept, by room */
#define PRINT_LINK_MOST    32
#define PRINT_FORM_MOST    32
#define PRINT_MOST         (PRINT_TEXT_MOST + PRINT_LINK_MOST + PRINT_FORM_MOST)
#define PRINT_SUBJECT_MOST ((size_t)160) /* bytes */
#define PRINT_WORDS_MOST   ((size_t)2400)
#define PRINT_MAILER_MOST  ((size_t)480)
#define PRINT_VARIABLE     '\x01' /* stands for a word that is not kept */

struct campaign_print {
	uint64_t key; /* a hash of the key it was taken under */
	uint32_t bytes;
	uint32_t n;
	/* All shingles of a room that are less than this are here: the smallest ones are kept
	 * (Broder 1997), so those of two messages can be compared up to the lesser reach. */
	uint32_t reach[ROOMS];
	uint32_t mailer;    /* the fingerprint's hash */
	uint32_t recipient; /* of whoever got it, as its envelope left it; 0: not known */
	/* bytes of what stands behind the shingles: subject and text as words parted by one blank,
	 * paragraphs by LF; the mailer's fingerprint in words */
	uint16_t subject, words, mailer_words;
	uint32_t shingle[]; /* shingle[n], ascending, each once */
};

static inline struct span print_subject(const struct campaign_print *p)
{
	return (struct span){(const char *)(p->shingle + p->n), p->subject};
}

static inline struct span print_words(const struct campaign_print *p)
{
	return (struct span){(const char *)(p->shingle + p->n) + p->subject, p->words};
}

static inline struct span print_mailer(const struct campaign_print *p)
{
	return (struct span){
		(const char *)(p->shingle + p->n) + p->subject + p->words, p->mailer_words};
}

/* The hash of a key by which prints of another are known. */
uint64_t print_key_hash(uint64_t key);

/* Shingles under way. */
#define SHINGLES_MOST 12288
struct shingles {
	uint64_t key;
	size_t n;
	uint32_t at[SHINGLES_MOST];
};

/* Adds a hash (any 64 bits) as a shingle; beyond the room nothing. */
static inline void shingles_add(struct shingles *s, uint64_t hash, enum shingle_class class)
{
	if (s->n < SHINGLES_MOST)
		s->at[s->n++] = (uint32_t)(hash >> 32 & ~3u) | class;
}

/* Those of links and of the message's form (campaign_form.c). */
void shingles_of_links(struct shingles *s, const struct message *m);
void shingles_of_form(struct shingles *s, const struct message *m);

/* Words that must not stay: those of whom the message is to (campaign_names.c). */
#define NAMES_MOST 48
struct print_names {
	uint64_t seen; /* a filter over the low bits */
	uint64_t hash[NAMES_MOST];
	size_t n;
	bool full; /* there were more: no word of the message may be kept */
};
void print_names_of(struct print_names *names, uint64_t key, struct message_parser *mp,
	const struct message *m);

/*
 * Who got the message, as a hash under the key that is never 0: the local part of Delivered-To,
 * else of another field that a host writes of the envelope, else of the newest Received line; so
 * one person's addresses with tags or at several domains are one. 0 when nobody says: To and Cc are
 * the sender's to write. (campaign_names.c)
 */
uint32_t print_recipient_of(uint64_t key, struct message_parser *mp, const struct message *m);

static inline bool print_is_name(const struct print_names *names, uint64_t hash)
{
	if (!(names->seen >> (hash & 63) & 1))
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (names->hash[i] == hash)
			return true;
	return false;
}

/* A word's hash: 40 bytes of it, Latin, Greek and Cyrillic letters in lower case. */
uint64_t print_word_hash(uint64_t key, struct span word);

/*
 * Writes the mailer's fingerprint in words, at most PRINT_MAILER_MOST bytes, and its hash: the
 * same at every site. Returns the bytes. (campaign_mailer.c)
 */
size_t print_mailer_of(
	struct message_parser *mp, const struct message *m, char *to, uint32_t *ret_hash);

#endif
