/*
 * A mailer's fingerprint: which program or kit wrote the header. Bots that vary every word of a
 * message rarely vary the order in which they write the fields, or how they make a Message-ID and a
 * boundary. It rests on
 *
 *	the names of the fields, in their order and letter case, without those that hosts on the way
 *	and the recipient's own add;
 *	what names the program, and the shapes of Message-ID and of the first boundary, and whether
 *the Message-ID is made on the sender's domain.
 *
 * Its name is the program's, cut short, and 32 bits of hash: "microsoft-outlook-9f86d081".
 */
#include "judge/campaign_print.h"

#include "base/hash.h"

#include <stdio.h>

#define FIELD_NAMES_MOST 24
#define RUNS_MOST        12 /* of letters and digits in an identifier */
#define PROGRAM_MOST     64 /* bytes */

/* Names that are written on the way or at the end of it, in lower case; a '*' ends a beginning. */
static const char *const trace_names[] = {"received*", "return-path", "delivered-to",
	"x-original-to", "envelope-to", "x-envelope*", "authentication-results*", "arc-*", "dkim-*",
	"domainkey*", "x-spam*", "x-virus*", "x-amavis*", "x-google*", "x-received",
	"x-ms-exchange*", "x-forefront*", "x-microsoft-antispam*", "x-gm-*", "x-loop*",
	"x-mailman*", "x-beenthere", "list-*", "errors-to", "precedence", "status", "x-status",
	"x-keywords", "x-uid", "x-mozilla*", "content-length", "lines", "x-pyzor*", "x-bogosity",
	"x-scanned*", "x-rspamd*", "x-evolution*", "delivery-date", "x-fetchmail*", "old-*",
	"resent-*"};

static bool is_trace(struct span name)
{
	for (size_t i = 0; i < sizeof(trace_names) / sizeof(*trace_names); i++) {
		struct span t = span_cstr(trace_names[i]);

		if (ascii_lower(name.p[0]) != t.p[0])
			continue;
		if (t.p[t.n - 1] == '*' ? span_starts_nocase(name, span_take(t, t.n - 1))
					: span_eq_nocase(name, t))
			return true;
	}
	return false;
}

struct words {
	char *p;
	size_t n;
};

/* Adds text, as far as there is room; only what is printable ASCII, without quotes. */
static void add(struct words *w, struct span s)
{
	for (size_t i = 0; i < s.n && w->n < PRINT_MAILER_MOST; i++)
		w->p[w->n++] = s.p[i] < ' ' || s.p[i] > '~' ? '?' : s.p[i];
}

/* The program as it names itself, numbers as one 9. */
static void add_program(struct words *w, struct span s)
{
	add(w, SPAN("program "));
	for (size_t i = 0; i < s.n && i < PROGRAM_MOST; i++) {
		if (!ascii_is_digit(s.p[i]))
			add(w, (struct span){s.p + i, 1});
		else if (i == 0 || !ascii_is_digit(s.p[i - 1]))
			add(w, SPAN("9"));
	}
}

/*
 * The shape of an identifier: a run of letters and digits is x, with its length in steps of four
 * when that is 8 or more; a word of other letters than a hexadecimal number has is w. Random digits
 * and letters must give the same every time.
 */
static void add_shape(struct words *w, const char *what, struct span s)
{
	char number[8];

	add(w, span_cstr(what));
	for (size_t i = 0, runs = 0; i < s.n && runs < RUNS_MOST;) {
		size_t from = i;
		bool digit = false, word = false; /* of other letters than a to f */

		for (; i < s.n && ascii_is_alnum(s.p[i]); i++) {
			digit |= ascii_is_digit(s.p[i]);
			word |= ascii_hex(s.p[i]) < 0;
		}
		if (i == from) {
			add(w, (struct span){s.p + i++, 1});
			continue;
		}
		runs++;
		word &= !digit;
		add(w, word ? SPAN("w") : SPAN("x"));
		if (word || i - from < 8)
			continue;
		snprintf(number, sizeof(number), "%zu", (i - from > 64 ? 64 : i - from) / 4 * 4);
		add(w, span_cstr(number));
	}
}

static struct span value_of(struct message_parser *mp, const struct message *m, enum field_id id)
{
	const struct field *f = message_field(m, id);

	return f ? message_text(mp, f) : (struct span){NULL, 0};
}

/* What stands behind the last '@' of a field, up to a bracket. */
static struct span domain_of(struct span value)
{
	ssize_t at = span_rindex(value, '@');
	struct span domain = at < 0 ? (struct span){NULL, 0} : span_skip(value, (size_t)at + 1);
	size_t n = 0;

	while (n < domain.n && (ascii_is_alnum(domain.p[n]) || strchr(".-", domain.p[n])))
		n++;
	return span_take(domain, n);
}

static void add_message_id(struct words *w, struct message_parser *mp, const struct message *m)
{
	struct span id = span_trim(value_of(mp, m, FIELD_MESSAGE_ID));
	ssize_t at = span_rindex(id, '@');
	struct span domain = domain_of(id);

	if (!id.n) {
		add(w, SPAN("; no Message-ID"));
		return;
	}
	add_shape(w, "; Message-ID ", at < 0 ? id : span_take(id, (size_t)at + 1));
	if (at < 0)
		return;
	add(w, span_eq_nocase(domain, domain_of(value_of(mp, m, FIELD_FROM)))
			? SPAN("sender's domain")
		: span_index(domain, '.') < 0 ? SPAN("a bare name")
					      : SPAN("another domain"));
}

static void add_fields(struct words *w, const struct fields *fields)
{
	size_t n = 0;

	add(w, SPAN("fields"));
	for (size_t i = 0; i < fields->n && n < FIELD_NAMES_MOST; i++) {
		const struct field *f = &fields->at[i];

		if (!f->name.n || f->id == FIELD_RECEIVED || is_trace(f->name) ||
			(i && span_eq_nocase(f->name, fields->at[i - 1].name)))
			continue;
		add(w, n++ ? SPAN(", ") : SPAN(" "));
		add(w, span_take(f->name, 32));
	}
}

/* The program's name, at most two words in lower case, parted by '-'. */
static size_t program_name(struct span program, char to[24])
{
	size_t n = 0, words = 0;

	for (size_t i = 0; i < program.n && words < 2 && n < 20;) {
		if (!ascii_is_alpha(program.p[i])) {
			if (ascii_is_digit(program.p[i]) && n)
				break;
			i++;
			continue;
		}
		if (words)
			to[n++] = '-';
		for (; i < program.n && ascii_is_alpha(program.p[i]) && n < 20; i++)
			to[n++] = ascii_lower(program.p[i]);
		words++;
	}
	return n;
}

size_t print_mailer_of(
	struct message_parser *mp, const struct message *m, char *to, uint32_t *ret_hash)
{
	char rest[PRINT_MAILER_MOST], name[24], head[48];
	struct words w = {rest, 0}, all = {to, 0};
	struct span program = value_of(mp, m, FIELD_X_MAILER);

	if (!program.n)
		program = value_of(mp, m, FIELD_USER_AGENT);
	if (program.n)
		add_program(&w, program);
	else
		add(&w, SPAN("names no program"));
	add_message_id(&w, mp, m);
	if (m->part[0].boundary.n)
		add_shape(&w, "; boundary ", m->part[0].boundary);
	add(&w, SPAN("; "));
	add_fields(&w, &m->part[0].fields);
	uint32_t hash = (uint32_t)(hash64((struct span){rest, w.n}, 0) >> 32);
	size_t n = program_name(span_take(program, 64), name);

	if (!n)
		n = (size_t)snprintf(name, sizeof(name), "unnamed");
	int length = snprintf(head, sizeof(head), "%.*s-%08x: ", (int)n, name, hash);

	add(&all, (struct span){head, (size_t)length});
	add(&all, (struct span){rest, w.n});
	*ret_hash = hash;
	return all.n;
}
