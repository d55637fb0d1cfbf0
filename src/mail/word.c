/*
 * The value is unfolded, then walked from one "=?" to the next. Bytes of neighbouring words of one
 * charset are gathered before they are converted, because mailers cut words in the middle of a
 * character though RFC 2047, 5 (3) forbids it.
 *
 * The end "?=" is searched once: the place found stays good for every word that begins before it,
 * so a thousand openings and no end cost one search.
 */
#include "mail/word.h"

#include "base/utf8.h"
#include "mail/codec.h"
#include "mail/field.h"

#include <errno.h>

#define CHARSET_MOST 64

struct word {
	struct span charset, text;
	bool base64;
	size_t n; /* bytes from "=?" to "?=" */
};

struct reader {
	struct decoder *d;
	struct span rest;
	const char *close;   /* the next "?=" at or behind the last place asked for */
	bool no_close;       /* there is none any more */
	struct span charset; /* of the words gathered */
	char *raw, *out;
	size_t raw_n, out_n;
};

static void flush(struct reader *r)
{
	if (r->raw_n)
		r->out_n += charset_write(r->d->charsets, r->charset,
			(struct span){r->raw, r->raw_n}, r->out + r->out_n, r->d->odd);
	r->raw_n = 0;
}

static void put_text(struct reader *r, struct span text)
{
	flush(r);
	if (text.n)
		r->out_n += charset_write(
			r->d->charsets, (struct span){NULL, 0}, text, r->out + r->out_n, r->d->odd);
}

/* Reads "=?charset*language?B?" at the beginning of s; RFC 2047, 2, and RFC 2231, 5. */
static bool read_opening(struct span s, struct word *ret_word)
{
	size_t i = 2;

	while (i < s.n && i < CHARSET_MOST + 2 && s.p[i] > ' ' && s.p[i] < 127 && s.p[i] != '?' &&
		s.p[i] != '=')
		i++;
	if (i == 2 || i + 2 >= s.n || s.p[i] != '?' || s.p[i + 2] != '?')
		return false;
	char encoding = ascii_lower(s.p[i + 1]);

	if (encoding != 'b' && encoding != 'q')
		return false;
	ret_word->charset = (struct span){s.p + 2, i - 2};
	ssize_t language = span_index(ret_word->charset, '*');

	if (language >= 0)
		ret_word->charset.n = (size_t)language;
	ret_word->base64 = encoding == 'b';
	ret_word->text = span_skip(s, i + 3);
	return true;
}

/* Ends the word's text at the next "?="; false when there is none. */
static bool find_close(struct reader *r, struct word *w)
{
	if (r->no_close)
		return false;
	if (!r->close || r->close < w->text.p) {
		ssize_t at = span_find(w->text, SPAN("?="));

		r->close = at < 0 ? NULL : w->text.p + at;
	}
	r->no_close = !r->close;
	if (r->close)
		w->text = span_between(w->text.p, r->close);
	return r->close != NULL;
}

/* Reads the word at the beginning of s, which begins with "=?". */
static bool read_word(struct reader *r, struct span s, struct word *ret_word)
{
	if (!read_opening(s, ret_word))
		return false;
	/* A '?' inside is forbidden (RFC 2047, 4). In Q it is let through, unless it opens another
	 * word: then this one has lost its end. */
	struct span lost = ret_word->base64 ? SPAN("?") : SPAN("=?");

	if (!find_close(r, ret_word) || span_find(ret_word->text, lost) >= 0) {
		anomaly_note(r->d->odd, ANOMALY_BAD_ENCODED_WORD);
		return false;
	}
	ret_word->n = (size_t)(r->close + 2 - s.p);
	return true;
}

static void put_word(struct reader *r, const struct word *w)
{
	uint32_t bad = 0;
	char *to = r->raw + r->raw_n;

	if (r->raw_n && !span_eq_nocase(r->charset, w->charset)) {
		flush(r);
		to = r->raw;
	}
	r->charset = w->charset;
	r->raw_n += w->base64 ? base64_decode(w->text, to, w->text.n, &bad)
			      : qp_decode(w->text, QP_WORD, to, &bad);
	if (bad)
		anomaly_note(r->d->odd, ANOMALY_BAD_ENCODED_WORD);
}

static void decode(struct reader *r)
{
	const char *plain = r->rest.p; /* where the text begins that is not written yet */
	bool after_word = false;

	while (r->rest.n) {
		ssize_t sign = span_find(r->rest, SPAN("=?"));
		struct word word;

		if (sign < 0)
			break;
		r->rest = span_skip(r->rest, (size_t)sign);
		if (!read_word(r, r->rest, &word)) {
			r->rest = span_skip(r->rest, 2);
			continue;
		}
		struct span between = span_between(plain, r->rest.p);

		/* RFC 2047, 6.2: white space between two words is no text. */
		if (between.n && !(after_word && span_trim(between).n == 0))
			put_text(r, between);
		put_word(r, &word);
		after_word = true;
		r->rest = span_skip(r->rest, word.n);
		plain = r->rest.p;
	}
	put_text(r, span_between(plain, span_end(r->rest)));
}

/* True when some byte asks for more than trimming. */
static bool is_plain(struct span s, bool *ret_words)
{
	*ret_words = span_find(s, SPAN("=?")) >= 0;
	return !*ret_words && (!s.n || !memchr(s.p, '\n', s.n)) && utf8_is_ascii(s);
}

int word_text(struct decoder *d, struct span value, struct span *ret_text)
{
	struct span s = span_trim(value);
	bool words;

	if (is_plain(s, &words)) {
		*ret_text = s;
		return 0;
	}
	char *flat = arena_alloc(d->arena, s.n);

	if (!flat)
		return -ENOMEM;
	s = (struct span){flat, field_unfold(s, flat)};
	if (!words)
		return charset_decode(
			d->charsets, d->arena, (struct span){NULL, 0}, s, d->odd, ret_text);

	/* A word is at least eight bytes longer than its text, so that each call of charset_write()
	 * has its room out of the words before it. */
	size_t room = CHARSET_ROOM(s.n) + s.n;
	char *out = arena_alloc(d->arena, room);

	if (!out)
		return -ENOMEM;
	struct reader r = {.d = d, .rest = s, .out = out, .raw = out + CHARSET_ROOM(s.n)};

	decode(&r);
	arena_trim(d->arena, out, room, r.out_n);
	*ret_text = span_trim((struct span){out, r.out_n});
	return 0;
}
