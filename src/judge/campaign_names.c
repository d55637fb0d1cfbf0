/*
 * Whom a message is for, as words that must not be kept: the names, mailboxes and domains of To, Cc
 * and the envelope's fields, cut into words. A campaign greets its victims by these.
 */
#include "judge/campaign_print.h"

#define FIELDS_LOOKED_AT 12
#define VALUE_MOST       ((size_t)1024)

static void add_name(struct print_names *names, uint64_t key, struct span word)
{
	uint64_t h = print_word_hash(key, word);

	if (names->n == NAMES_MOST || word.n < 3 || print_is_name(names, h))
		return;
	names->seen |= 1ULL << (h & 63);
	names->hash[names->n++] = h;
}

/* The words of an address field. Of a domain the first label but those that all share. */
static void add_words(struct print_names *names, uint64_t key, struct span value)
{
	static const char *const common[] = {"com", "net", "org", "www", "mail", "the", "and",
		"gmail", "yahoo", "hotmail", "outlook", "info"};

	for (size_t i = 0; i < value.n;) {
		size_t from = i;

		while (i < value.n &&
			(ascii_is_alpha(value.p[i]) || (unsigned char)value.p[i] > 0x7f))
			i++;
		struct span word = span_between(value.p + from, value.p + i);
		bool plain = false;

		for (size_t k = 0; k < sizeof(common) / sizeof(*common); k++)
			plain |= span_eq_nocase(word, span_cstr(common[k]));
		if (!plain)
			add_name(names, key, word);
		i += i == from;
	}
}

static bool is_recipient(const struct field *f)
{
	return f->id == FIELD_TO || f->id == FIELD_CC || f->id == FIELD_DELIVERED_TO ||
	       (f->id == FIELD_OTHER && (span_eq_nocase(f->name, SPAN("X-Original-To")) ||
						span_eq_nocase(f->name, SPAN("Envelope-To")) ||
						span_eq_nocase(f->name, SPAN("X-Envelope-To"))));
}

void print_names_of(
	struct print_names *names, uint64_t key, struct message_parser *mp, const struct message *m)
{
	const struct fields *fields = &m->part[0].fields;
	size_t looked = 0;

	names->seen = 0;
	names->n = 0;
	for (size_t i = 0; i < fields->n && looked < FIELDS_LOOKED_AT; i++) {
		if (!is_recipient(&fields->at[i]))
			continue;
		looked++;
		add_words(names, key, span_take(message_text(mp, &fields->at[i]), VALUE_MOST));
	}
}
