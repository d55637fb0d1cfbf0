/*
 * Domain names: the registrable domain (Public Suffix List), A-labels and U-labels (RFC 5890,
 * UTS #46), and what names do to look like others: confusable letters, mixed scripts, characters
 * that cannot be seen.
 */
#ifndef CORDON_MAIL_DOMAIN_H
#define CORDON_MAIL_DOMAIN_H

#include "base/arena.h"

#include <stdint.h>

/* The suffix list and a cache of hosts seen lately. For one thread at a time. */
struct domain_tools;

/*
 * Takes the newer of the list that libpsl was built with and the one installed on the system.
 * The list is read once in a process, which costs some milliseconds. NULL when memory is short or
 * there is no list.
 */
struct domain_tools *domain_tools_new(void);

/* The same with a list from a file (text or DAFSA), as libpsl reads it. NULL when it cannot. */
struct domain_tools *domain_tools_load(const char *path);

void domain_tools_free(struct domain_tools *t); /* takes NULL */

/* A DNS name has at most 253 bytes (RFC 1035, 2.3.4, less the root's). */
#define DOMAIN_MOST 253

/*
 * The registrable domain of a host in lower case A-labels: the public suffix and one label more,
 * a view of host's end. Empty for addresses, for bare suffixes and for what is no name. A last
 * label that the list lacks is taken as a suffix (the list's "*" rule). Cost: a hash when the host
 * was asked lately, else a few binary searches.
 */
struct span domain_registrable(struct domain_tools *t, struct span host);

/* True when the last label of host is a suffix that the list names. Cost as above. */
bool domain_known_suffix(struct domain_tools *t, struct span host);

/*
 * Name to A-labels, lower case (UTS #46, non-transitional; full-width letters and dots folded).
 * utf8 is itself the answer when it is lower-case ASCII. Returns 0 and a span in utf8 or in the
 * arena, -EINVAL when it is no valid name, -ENOMEM.
 */
int domain_to_ascii(struct arena *a, struct span utf8, struct span *ret_ascii);

/* For showing: A-labels that can be are U-labels. host itself when there are none. */
struct span domain_to_unicode(struct arena *a, struct span host);

/*
 * The skeleton of a name in UTF-8: two names that look alike have the same one. In the manner of
 * UTS #39, 4, over a table of our own: Latin letters with marks, and the letters of Cyrillic,
 * Greek, Armenian, full-width and mathematical forms that pass for Latin ones; digits 0 1 3 5; rn,
 * vv and cl. A subset: other scripts stand as they are. In the arena; empty when memory is short.
 */
struct span domain_skeleton(struct arena *a, struct span utf8);

/* Scripts as far as look-alikes need them (Unicode Standard Annex #24, whole blocks). */
enum script {
	SCRIPT_COMMON,
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_ARMENIAN,
	SCRIPT_HEBREW,
	SCRIPT_ARABIC,
	SCRIPT_INDIC,
	SCRIPT_THAI,
	SCRIPT_GEORGIAN,
	SCRIPT_HANGUL,
	SCRIPT_CHEROKEE,
	SCRIPT_KANA,
	SCRIPT_BOPOMOFO,
	SCRIPT_HAN,
	SCRIPT_OTHER,
	SCRIPT_COUNT
};

/* The script of a code point; digits, punctuation, marks and symbols are common. */
enum script script_of(uint32_t code);

/* The scripts in a text as a bit set, 1 << enum script, without the common one. */
uint32_t script_set(struct span utf8);

/*
 * True when a label mixes scripts as no language does: more than one, but for Latin and Han with
 * kana, with Bopomofo or with Hangul (UTS #39, 5.2, highly restrictive).
 */
bool script_mixed(struct span label);

/* True for a character without ink or width: zero-width space and joiners, soft hyphen, word
 * joiner, byte order mark, invisible operators, fillers, tags, variation selectors. */
bool code_is_invisible(uint32_t code);

/* True for a control of writing direction (UAX #9: marks, embeddings, overrides, isolates). */
bool code_is_bidi(uint32_t code);

/* How many of either stand in a text. Linear; runs of ASCII cost next to nothing. */
size_t count_invisible(struct span utf8);
size_t count_bidi(struct span utf8);

#endif
