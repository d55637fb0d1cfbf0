/*
 * An example of the campaign is kept, word by word. Of every message that it is compared with, the
 * words and the pairs of neighbouring words are gathered into a set; a word of the example has a
 * hit when it stands in a pair that the other has too (in the subject: when the other has the
 * word). So sentences may stand in any order. Shown is what most of the messages compared have:
 * words of one message alone never are, whoever they name. Nor are those that only one recipient is
 * known to have got: what all messages to one person call him is then in none that another got. Of
 * each word is kept who got it first, as a byte of a hash, and whether another did; two recipients
 * with the same byte count as one.
 */
#include "judge/campaign_template.h"

#include "base/hash.h"

#include <stdlib.h>

#define SET_SLOTS 2048 /* a power of two, over twice the pairs of a print's words */
#define SEEN_MOST 200  /* then hits and seen are halved */
#define GOT_NONE  0    /* nobody that is known got the word */
#define GOT_MORE  255  /* two or more did; else the byte of the one */
#define ELLIPSIS  "\xe2\x80\xa6"

/* Words of a text, one by one; their separator is the byte before. */
struct walk {
	struct span rest;
	bool line; /* the word begins a line */
};

static bool next_word(struct walk *w, struct span *ret_word)
{
	size_t i = 0;

	w->line = false;
	while (i < w->rest.n && (w->rest.p[i] == ' ' || w->rest.p[i] == '\n'))
		w->line |= w->rest.p[i++] == '\n';
	w->rest = span_skip(w->rest, i);
	for (i = 0; i < w->rest.n && w->rest.p[i] != ' ' && w->rest.p[i] != '\n';)
		i++;
	*ret_word = span_take(w->rest, i);
	w->rest = span_skip(w->rest, i);
	return i > 0;
}

/* Words are compared by their letters and digits: what stands around them may differ. */
static uint64_t word_hash(uint64_t key, struct span word)
{
	while (word.n && !ascii_is_alnum(word.p[0]) && (unsigned char)word.p[0] < 0x80)
		word = span_skip(word, 1);
	while (word.n && !ascii_is_alnum(word.p[word.n - 1]) &&
		(unsigned char)word.p[word.n - 1] < 0x80)
		word.n--;
	return word.n ? print_word_hash(key, word) : 1;
}

/* A set of hashes; full is no failure: what is not in it counts as not shared. */
struct set {
	uint32_t slot[SET_SLOTS];
	size_t n;
};

static void set_add(struct set *s, uint64_t hash)
{
	uint32_t value = (uint32_t)hash | 1;

	if (s->n > SET_SLOTS / 4 * 3)
		return;
	for (size_t i = hash >> 40;; i++) {
		uint32_t *slot = &s->slot[i % SET_SLOTS];

		if (*slot == value)
			return;
		if (!*slot) {
			*slot = value;
			s->n++;
			return;
		}
	}
}

static bool set_has(const struct set *s, uint64_t hash)
{
	uint32_t value = (uint32_t)hash | 1;

	for (size_t i = hash >> 40;; i++) {
		uint32_t slot = s->slot[i % SET_SLOTS];

		if (!slot || slot == value)
			return slot != 0;
	}
}

static void gather(struct set *s, uint64_t key, struct span text, bool pairs)
{
	struct walk w = {text, false};
	uint64_t before = 0;
	struct span word;

	while (next_word(&w, &word)) {
		uint64_t h = word_hash(key, word);

		set_add(s, pairs ? hash64_mix(before, h) : h);
		before = h;
	}
}

static struct span text_of(const struct template *t)
{
	return (struct span){(const char *)t->hits + 2 * (size_t)t->tokens, t->text};
}

struct span template_mailer(const struct template *t)
{
	return (struct span){(const char *)t->hits + 2 * (size_t)t->tokens + t->text, t->mailer};
}

static uint16_t count_words(struct span text, size_t most, size_t *ret_bytes)
{
	struct walk w = {text, false};
	struct span word;
	uint16_t n = 0;

	*ret_bytes = 0;
	while (n < most && next_word(&w, &word)) {
		n++;
		*ret_bytes = (size_t)(span_end(word) - text.p);
	}
	return n;
}

/* The byte of whoever got a message. */
static uint8_t got_by(const struct campaign_print *p)
{
	return p->recipient ? (uint8_t)(1 + p->recipient % (GOT_MORE - 1)) : GOT_NONE;
}

/* The message has a word, and somebody got it. */
static void hit(struct template *t, size_t i, uint8_t by)
{
	uint8_t *got = &t->hits[t->tokens + i];

	t->hits[i]++;
	if (by == GOT_NONE || *got == by)
		return;
	*got = *got == GOT_NONE ? by : GOT_MORE;
}

struct template *template_make(const struct campaign_print *p)
{
	struct span subject = print_subject(p), words = print_words(p), mailer = print_mailer(p);
	uint16_t in_subject = count_words(subject, 40, &subject.n);
	uint16_t n = count_words(words, (size_t)TEMPLATE_TOKENS_MOST - in_subject, &words.n);
	size_t text = subject.n + 1 + words.n,
	       bytes = sizeof(struct template) + 2 * ((size_t)in_subject + n) + text + mailer.n;
	struct template *t = calloc(1, bytes);

	if (!t)
		return NULL;
	t->bytes = (uint32_t)bytes;
	t->subject = (uint16_t)subject.n;
	t->text = (uint16_t)text;
	t->subject_tokens = in_subject;
	t->tokens = (uint16_t)(in_subject + n);
	t->mailer = (uint16_t)mailer.n;
	char *to = (char *)t->hits + 2 * (size_t)t->tokens;

	memset(t->hits + t->tokens, got_by(p), t->tokens);

	if (subject.n)
		memcpy(to, subject.p, subject.n);
	to[subject.n] = '\n';
	if (words.n)
		memcpy(to + subject.n + 1, words.p, words.n);
	if (mailer.n)
		memcpy(to + text, mailer.p, mailer.n);
	return t;
}

static void halve(struct template *t)
{
	t->seen /= 2;
	for (size_t i = 0; i < t->tokens; i++)
		t->hits[i] /= 2;
}

void template_compare(struct template *t, uint64_t key, const struct campaign_print *p)
{
	struct span text = text_of(t), word;
	struct walk w = {span_take(text, t->subject), false};
	struct set set = {0};
	uint64_t before = 0;
	uint8_t by = got_by(p);
	size_t i = 0;
	bool last = false;

	if (t->seen >= SEEN_MOST)
		halve(t);
	t->seen++;
	gather(&set, key, print_subject(p), false);
	for (; i < t->subject_tokens && next_word(&w, &word); i++)
		if (set_has(&set, word_hash(key, word)))
			hit(t, i, by);
	set = (struct set){0};
	gather(&set, key, print_words(p), true);
	w.rest = span_skip(text, t->subject);
	for (; i < t->tokens && next_word(&w, &word); i++) {
		uint64_t h = word_hash(key, word);
		bool shared = set_has(&set, hash64_mix(before, h));

		/* A pair speaks for both of its words, once for each. */
		if (shared && !last && i > t->subject_tokens)
			hit(t, i - 1, by);
		if (shared)
			hit(t, i, by);
		last = shared;
		before = h;
	}
}

bool template_is_sound(const struct template *t, size_t bytes)
{
	return bytes >= sizeof(*t) && t->bytes == bytes && t->seen <= SEEN_MOST &&
	       t->subject < t->text && t->subject_tokens <= t->tokens &&
	       sizeof(*t) + 2 * (size_t)t->tokens + (size_t)t->text + t->mailer == bytes;
}

/* Shown: had by seven in ten of the messages compared, and got by two. */
static bool is_shared(const struct template *t, size_t i, bool anybodys)
{
	return t->hits[i] * 10u >= t->seen * 7u && (anybodys || t->hits[t->tokens + i] == GOT_MORE);
}

static void show(const struct template *t, bool anybodys, struct span text, size_t i, size_t end,
	struct buf *to)
{
	struct walk w = {text, false};
	struct span word;
	bool gap = false, any = false;

	for (; i < end && next_word(&w, &word); i++) {
		bool shared = is_shared(t, i, anybodys) && word.p[0] != PRINT_VARIABLE;

		if (!shared && gap)
			continue;
		if (any)
			buf_byte(to, w.line ? '\n' : ' ');
		if (shared)
			buf_add(to, word);
		else
			buf_str(to, ELLIPSIS);
		gap = !shared;
		any = true;
	}
}

void template_subject(const struct template *t, bool anybodys, struct buf *to)
{
	if (t->seen)
		show(t, anybodys, span_take(text_of(t), t->subject), 0, t->subject_tokens, to);
}

void template_text(const struct template *t, bool anybodys, struct buf *to)
{
	if (t->seen)
		show(t, anybodys, span_skip(text_of(t), t->subject), t->subject_tokens, t->tokens,
			to);
}
