/*
 * Whom a message is for, as words that must not be kept: the names, mailboxes and domains of To,
 * Cc, the envelope's fields and "for" of the Received lines (RFC 5321, 4.4), cut into words. A
 * campaign greets its victims by these. Many spams have the recipient in a Received line and
 * nowhere else.
 */
#include "judge/campaign_print.h"

#include "mail/received.h"

#define FIELDS_LOOKED_AT 12
#define VALUE_MOST       ((size_t)1024)

static void add_name(struct print_names *names, uint64_t key, struct span word)
{
	uint64_t h = print_word_hash(key, word);

	if (word.n < 3 || print_is_name(names, h))
		return;
	if (names->n == NAMES_MOST) {
		names->full = true;
		return;
	}
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

/* Fields that hosts write of the envelope; and what is sent again. */
static bool is_named(const struct field *f, const struct span *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(f->name, name[i]))
			return true;
	return false;
}

static bool is_recipient(const struct field *f)
{
	static const struct span envelope[] = {SPAN("X-Original-To"), SPAN("Envelope-To"),
		SPAN("X-Envelope-To"), SPAN("X-Delivered-To"), SPAN("X-Rcpt-To"),
		SPAN("Apparently-To"), SPAN("Resent-To"), SPAN("Resent-Cc")};

	if (f->id != FIELD_OTHER)
		return f->id == FIELD_TO || f->id == FIELD_CC || f->id == FIELD_BCC ||
		       f->id == FIELD_DELIVERED_TO;
	return is_named(f, envelope, sizeof(envelope) / sizeof(*envelope));
}

/* The local part of the one address in a value, without its tag; 0 for several. */
static uint32_t hash_local(uint64_t key, struct span value)
{
	ssize_t at = span_index(value, '@');
	size_t from = at < 0 ? 0 : (size_t)at, to = at < 0 ? value.n : (size_t)at;

	if (at >= 0 && span_index(span_skip(value, (size_t)at + 1), '@') >= 0)
		return 0;
	while (from > 0 && !memchr(" \t<\",:;(", value.p[from - 1], 8))
		from--;
	struct span local = span_trim(span_between(value.p + from, value.p + to));
	ssize_t tag = span_index(local, '+');

	if (tag > 0)
		local.n = (size_t)tag;
	return local.n ? (uint32_t)print_word_hash(key ^ 0x7265, local) | 1 : 0;
}

uint32_t print_recipient_of(uint64_t key, struct message_parser *mp, const struct message *m)
{
	static const struct span envelope[] = {SPAN("X-Original-To"), SPAN("Envelope-To"),
		SPAN("X-Envelope-To"), SPAN("X-Delivered-To"), SPAN("X-Rcpt-To")};
	const struct fields *fields = &m->part[0].fields;
	uint32_t written = 0, received = 0;
	bool has_written = false, has_received = false;
	struct hop hop;

	/* The newest of each stands on top. */
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];

		if (f->id == FIELD_DELIVERED_TO)
			return hash_local(key, span_take(message_text(mp, f), VALUE_MOST));
		if (f->id == FIELD_RECEIVED && !has_received) {
			has_received = true;
			received_parse(f->value, &hop);
			if (hop.for_.n)
				received = hash_local(key, span_take(hop.for_, VALUE_MOST));
		} else if (f->id == FIELD_OTHER && !has_written &&
			   is_named(f, envelope, sizeof(envelope) / sizeof(*envelope))) {
			has_written = true;
			written = hash_local(key, span_take(message_text(mp, f), VALUE_MOST));
		}
	}
	return has_written ? written : received;
}

void print_names_of(
	struct print_names *names, uint64_t key, struct message_parser *mp, const struct message *m)
{
	const struct fields *fields = &m->part[0].fields;
	size_t looked = 0, hops = 0;
	struct hop hop;

	*names = (struct print_names){0};
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];

		if (f->id == FIELD_RECEIVED && hops++ < FIELDS_LOOKED_AT) {
			received_parse(f->value, &hop);
			add_words(names, key, span_take(hop.for_, VALUE_MOST));
		} else if (is_recipient(f) && looked++ < FIELDS_LOOKED_AT) {
			add_words(names, key, span_take(message_text(mp, f), VALUE_MOST));
		}
	}
	names->full |= looked > FIELDS_LOOKED_AT;
}
