/*
 * Text in any charset to UTF-8. Names are looked up in a table of our own (charset_names.c), so a
 * message cannot have the C library load converters that mail does not use.
 *
 * Bad bytes become U+FFFD. What is declared wrongly or not at all is UTF-8 if it is valid as such
 * and else windows-1252, the charset of most undeclared 8-bit mail; ISO-8859-1 is read as
 * windows-1252 too, its superset (WHATWG Encoding Standard, 4.2).
 */
#ifndef CORDON_MAIL_CHARSET_H
#define CORDON_MAIL_CHARSET_H

#include "base/arena.h"
#include "mail/anomaly.h"

#include <iconv.h>

#define CHARSETS_KEPT 8

/* Converters that are kept open, the least recently used one giving way. */
struct charsets {
	struct converter {
		const char *name; /* iconv's, a static string; NULL when the slot is free */
		iconv_t iconv;
		uint64_t used;
	} at[CHARSETS_KEPT];
	uint64_t clock;
};

/* Makes an empty cache; closes what it holds. */
void charsets_init(struct charsets *c);
void charsets_done(struct charsets *c);

/*
 * Has the C library load the converters of all charsets of the table, and keeps them loaded: from
 * then on no file is opened for one. For a process that may open none later; once is enough, from
 * one thread. What the C library lacks is left out, as it is when a message names it. Costs some
 * milliseconds.
 */
void charsets_load_all(void);

/*
 * The name by which iconv knows a charset that mail calls so ("x-sjis" gives "CP932"), or "UTF-8",
 * "US-ASCII" or "CP1252"; NULL when it is unknown. Case, punctuation and prefixes such as "x-" and
 * "cs" do not count. A static string.
 */
const char *charset_name(struct span label);

/* Bytes that charset_write() may write for n bytes of input: no charset takes more than three. */
#define CHARSET_ROOM(n) ((n)*3 + 16)

/*
 * Writes bytes as UTF-8 to `to`, which has CHARSET_ROOM(bytes.n) bytes, and returns how many were
 * written. label is the declared charset, empty for none. Linear.
 */
size_t charset_write(
	struct charsets *c, struct span label, struct span bytes, char *to, struct anomalies *odd);

/*
 * The same into the arena; text that is UTF-8 already is given as it stands. Returns 0, or -ENOMEM.
 */
int charset_decode(struct charsets *c, struct arena *arena, struct span label, struct span bytes,
	struct anomalies *odd, struct span *ret_text);

/* What charset_names.c has: labels in lower case without punctuation, sorted. */
struct charset_label {
	const char *label, *name;
};
extern const struct charset_label charset_labels[];
extern const size_t charset_labels_n;

#endif
