/*
 * A print: words and pairs of neighbouring words of the visible text and subject, links, and the
 * message's form become shingles; of each room the smallest hashes are kept, which is a fair sample
 * that any two messages draw alike. What several messages may come to share in words, the text that
 * a template is made of, goes with it, without what names the recipient.
 *
 * Left out of the text: what a reply quotes, signatures, addresses, URLs (their shingles are
 * links), words with digits inside and very long ones, which mostly are new in every message.
 */
#include "judge/campaign_print.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

#define TEXT_LOOKED_AT  ((size_t)48 << 10)
#define WORDS_MOST      4096
#define WORD_LEAST      4  /* letters of a word that is a shingle by itself */
#define WORD_MOST       24 /* letters of one that is looked at at all */
#define SIGNATURE_LINES 6
#define FEW_WORDS       8 /* a text of fewer is looked at with what it quotes */

enum { BYTE_WORD = 1, BYTE_DIGIT = 2 };

static const unsigned char byte_kind[256] = {
	['a' ... 'z'] = BYTE_WORD,
	['A' ... 'Z'] = BYTE_WORD,
	['0' ... '9'] = BYTE_WORD | BYTE_DIGIT,
	[0x80 ... 0xff] = BYTE_WORD,
};

/* A text being read. */
struct reader {
	struct shingles *shingles;
	const struct print_names *names;
	uint64_t before; /* hash of the word before; 0 for none */
	size_t words;
	char *to; /* the words as they are kept */
	size_t n, room;
};

uint64_t print_key_hash(uint64_t key)
{
	return hash64_mix(key, 0x70726e74) | 1;
}

/* The small letter to a capital one of Latin, Greek and Cyrillic; what is none stays. */
static unsigned lower_letter(unsigned c)
{
	if ((c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
		(c >= 0x410 && c <= 0x42f))
		return c + 0x20;
	if (c >= 0x400 && c <= 0x40f)
		return c + 0x50;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	return c >= 0x100 && c <= 0x177 ? c | 1 : c;
}

uint64_t print_word_hash(uint64_t key, struct span word)
{
	char low[40];
	size_t n = word.n < sizeof(low) ? word.n : sizeof(low);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		low[i] = ascii_lower(word.p[i]);
		if (c < 0xc3 || c > 0xdf || i + 1 == n)
			continue;
		unsigned small = lower_letter((c & 31u) << 6 | ((unsigned char)word.p[i + 1] & 63));

		low[i] = (char)(0xc0 | small >> 6);
		low[++i] = (char)(0x80 | (small & 63));
	}
	return hash64((struct span){low, n}, key);
}

/* A word as shingles; false when it must not be kept in words. */
static bool take_word(struct reader *r, struct span word, size_t digits)
{
	bool mixed = digits && digits < word.n;

	if (word.n > WORD_MOST || (mixed && word.n > 3))
		return false;
	uint64_t h = digits ? hash64_mix(r->shingles->key, word.n)
			    : print_word_hash(r->shingles->key, word);

	if (r->words++ >= WORDS_MOST)
		return true;
	if (!digits && print_is_name(r->names, h))
		return false;
	if (!digits && word.n >= WORD_LEAST)
		shingles_add(r->shingles, h, SHINGLE_WORD);
	if (r->before)
		shingles_add(r->shingles, hash64_mix(r->before, h), SHINGLE_PAIR);
	r->before = h;
	return word.n <= 12 || !digits;
}

/* Three bytes of UTF-8 from U+3000 on: scripts that are written without blanks. */
static bool is_wide(struct span s, size_t i)
{
	return (unsigned char)s.p[i] >= 0xe3 && (unsigned char)s.p[i] < 0xf0 && i + 2 < s.n;
}

/* What stands between blanks: its words; false when it holds what must not be kept. */
static bool take_chunk(struct reader *r, struct span s)
{
	bool keep = true;

	for (size_t i = 0; i < s.n;) {
		size_t from = i, digits = 0;

		if (is_wide(s, i)) {
			i += 3;
		} else {
			while (i < s.n && byte_kind[(unsigned char)s.p[i]] && !is_wide(s, i))
				digits += byte_kind[(unsigned char)s.p[i++]] >> 1;
		}
		if (i == from)
			i++;
		else if (!take_word(r, span_between(s.p + from, s.p + i), digits))
			keep = false;
	}
	return keep;
}

static void put_byte(struct reader *r, char c)
{
	if (r->n < r->room)
		r->to[r->n++] = c;
}

/* Keeps a chunk in words, or that one stood there. */
static void put_chunk(struct reader *r, struct span s, bool keep)
{
	static const char variable = PRINT_VARIABLE;
	char last = r->n ? r->to[r->n - 1] : '\n';

	if (!keep) {
		if (last == PRINT_VARIABLE)
			return;
		s = (struct span){&variable, 1};
	}
	if (r->room - r->n < s.n + 2) {
		r->room = r->n; /* no more: the words kept are the first ones */
		return;
	}
	if (last != '\n')
		put_byte(r, ' ');
	memcpy(r->to + r->n, s.p, s.n);
	r->n += s.n;
}

/* An address or a URL. */
static bool is_link(struct span s)
{
	return span_index(s, '@') >= 0 || span_starts_nocase(s, SPAN("www.")) ||
	       (s.n > 7 && span_find(s, SPAN("://")) >= 0);
}

static void take_line(struct reader *r, struct span line)
{
	for (size_t i = 0; i < line.n;) {
		size_t from = i;

		while (i < line.n && (unsigned char)line.p[i] > ' ')
			i++;
		if (i > from) {
			struct span chunk = span_between(line.p + from, line.p + i);
			bool keep = !is_link(chunk) && take_chunk(r, chunk);

			put_chunk(r, chunk, keep);
		} else {
			i++;
		}
	}
	if (r->n && r->to[r->n - 1] != '\n')
		put_byte(r, '\n');
}

/* A line that is not the writer's own: quoted, or of a signature, whose lines are counted down. */
static bool is_foreign(struct span line, size_t *signature)
{
	if (*signature) {
		*signature = span_trim(line).n ? *signature - 1 : 0;
		return true;
	}
	if (span_eq(line, SPAN("-- ")) || span_eq(line, SPAN("--"))) {
		*signature = SIGNATURE_LINES;
		return true;
	}
	line = span_trim(line);
	return line.n && line.p[0] == '>';
}

static void take_text(struct reader *r, struct span text)
{
	struct span rest = span_take(text, TEXT_LOOKED_AT), line;
	struct reader start = *r;
	size_t signature = 0, shingles = r->shingles->n;
	bool skipped = false;

	while (span_line(&rest, &line)) {
		if (is_foreign(line, &signature))
			skipped = true;
		else
			take_line(r, line);
	}
	if (!skipped || r->words - start.words >= FEW_WORDS)
		return;
	*r = start; /* hardly anything of its own: then all of it */
	r->shingles->n = shingles;
	rest = span_take(text, TEXT_LOOKED_AT);
	while (span_line(&rest, &line))
		take_line(r, line);
}

/* Sorts by radix, 8 bits at a time; the result is in a, b is scratch. */
static void sort(uint32_t *a, uint32_t *b, size_t n)
{
	uint32_t count[4][256] = {0};

	for (size_t i = 0; i < n; i++)
		for (int d = 0; d < 4; d++)
			count[d][a[i] >> (8 * d) & 255]++;
	for (int d = 0; d < 4; d++) {
		uint32_t sum = 0;

		for (int k = 0; k < 256; k++) {
			uint32_t c = count[d][k];

			count[d][k] = sum;
			sum += c;
		}
		for (size_t i = 0; i < n; i++)
			b[count[d][a[i] >> (8 * d) & 255]++] = a[i];
		uint32_t *swap = a;

		a = b;
		b = swap;
	}
}

/* Keeps the least of each room, in order, each once. */
static uint32_t sample(const uint32_t *sorted, size_t n, uint32_t *to, uint32_t reach[ROOMS])
{
	static const uint32_t most[ROOMS] = {PRINT_TEXT_MOST, PRINT_LINK_MOST, PRINT_FORM_MOST};
	uint32_t had[ROOMS] = {0}, kept = 0;

	for (int i = 0; i < ROOMS; i++)
		reach[i] = UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		enum shingle_room room = shingle_room(sorted[i]);

		if ((i && sorted[i] == sorted[i - 1]) || reach[room] != UINT32_MAX)
			continue;
		if (had[room]++ < most[room])
			to[kept++] = sorted[i];
		else
			reach[room] = sorted[i];
	}
	return kept;
}

/* The room for taking one: too much for a thread's stack with certainty. */
struct bench {
	struct shingles shingles;
	uint32_t scratch[SHINGLES_MOST];
	char subject[PRINT_SUBJECT_MOST], words[PRINT_WORDS_MOST], mailer[PRINT_MAILER_MOST];
};

static struct campaign_print *assemble(struct bench *b, struct campaign_print *head)
{
	uint32_t kept[PRINT_MOST];

	sort(b->shingles.at, b->scratch, b->shingles.n);
	head->n = sample(b->shingles.at, b->shingles.n, kept, head->reach);
	size_t text = head->subject + (size_t)head->words + head->mailer_words;

	head->bytes = (uint32_t)(sizeof(*head) + head->n * sizeof(*kept) + text);
	struct campaign_print *p = malloc(head->bytes);

	if (!p)
		return NULL;
	memcpy(p, head, sizeof(*head));
	memcpy(p->shingle, kept, head->n * sizeof(*kept));
	char *at = (char *)(p->shingle + p->n);

	memcpy(at, b->subject, head->subject);
	memcpy(at + head->subject, b->words, head->words);
	memcpy(at + head->subject + head->words, b->mailer, head->mailer_words);
	return p;
}

struct campaign_print *campaign_print_take(
	uint64_t key, struct message_parser *mp, const struct message *m)
{
	struct bench *b = malloc(sizeof(*b));
	struct campaign_print head = {.key = print_key_hash(key)};
	const struct field *subject = message_field(m, FIELD_SUBJECT);
	struct print_names names;

	if (!b)
		return NULL;
	b->shingles.key = key;
	b->shingles.n = 0;
	print_names_of(&names, key, mp, m);
	head.recipient = print_recipient_of(key, mp, m);
	struct reader r = {.shingles = &b->shingles,
		.names = &names,
		.to = b->subject,
		.room = sizeof(b->subject)};

	if (names.full)
		r.room = 0;
	if (subject)
		take_line(&r, span_take(message_text(mp, subject), 512));
	head.subject = (uint16_t)r.n;
	r = (struct reader){.shingles = &b->shingles,
		.names = &names,
		.to = b->words,
		.room = names.full ? 0 : sizeof(b->words)};
	take_text(&r, m->text);
	head.words = (uint16_t)r.n;
	shingles_of_links(&b->shingles, m);
	head.mailer_words = (uint16_t)print_mailer_of(mp, m, b->mailer, &head.mailer);
	shingles_add(&b->shingles, hash64_mix(key ^ 0x6d, head.mailer), SHINGLE_FORM);
	shingles_of_form(&b->shingles, m);
	struct campaign_print *p = assemble(b, &head);

	free(b);
	return p;
}

size_t campaign_print_bytes(const struct campaign_print *p)
{
	return p->bytes;
}

uint64_t campaign_print_alike(const struct campaign_print *p)
{
	const struct span least = {(const char *)p->shingle, p->n ? sizeof(p->shingle[0]) : 0};

	return hash64(least, p->key) | 1;
}

/* No room has more shingles than are kept, each is there once, in order, and within reach. */
static bool shingles_fit(const struct campaign_print *p)
{
	static const size_t most[ROOMS] = {PRINT_TEXT_MOST, PRINT_LINK_MOST, PRINT_FORM_MOST};
	size_t had[ROOMS] = {0};

	for (uint32_t i = 0; i < p->n; i++) {
		enum shingle_room room = shingle_room(p->shingle[i]);

		if ((i && p->shingle[i] <= p->shingle[i - 1]) || ++had[room] > most[room])
			return false;
	}
	return true;
}

int campaign_print_read(struct span bytes, struct campaign_print **ret)
{
	if (bytes.n < sizeof(struct campaign_print) || bytes.n > CAMPAIGN_PRINT_MOST)
		return -EBADMSG;
	struct campaign_print *p = malloc(bytes.n);

	if (!p)
		return -ENOMEM;
	memcpy(p, bytes.p, bytes.n);
	bool fit = p->bytes == bytes.n && p->n <= PRINT_MOST && p->subject <= PRINT_SUBJECT_MOST &&
		p->words <= PRINT_WORDS_MOST && p->mailer_words <= PRINT_MAILER_MOST &&
		sizeof(*p) + p->n * sizeof(p->shingle[0]) + p->subject + p->words +
				p->mailer_words == bytes.n &&
		shingles_fit(p);

	if (!fit) {
		free(p);
		return -EBADMSG;
	}
	*ret = p;
	return 0;
}
