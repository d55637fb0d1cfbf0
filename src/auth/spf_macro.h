/*
 * Macro strings of SPF: their grammar, and what they expand to (RFC 7208, 7). Asks nothing.
 */
#ifndef CORDON_AUTH_SPF_MACRO_H
#define CORDON_AUTH_SPF_MACRO_H

#include "base/arena.h"
#include "net/ip.h"

/* Where a macro string stands. */
enum spf_macro_place {
	SPF_MACRO_NAME, /* in a record: a name is made of it; c, r and t are not allowed (7.2) */
	SPF_MACRO_TEXT, /* an explanation: blanks and all letters are */
};

/* What the letters stand for. Values of the sender are as it gave them, any bytes. */
struct spf_macro_values {
	struct span local;     /* l; with o it makes s */
	struct span sender;    /* o */
	struct span domain;    /* d: the one that is evaluated now */
	struct span helo;      /* h */
	struct span validated; /* p; "unknown" when there is none */
	struct span receiver;  /* r; may be empty */
	struct ip ip;          /* i, c, v */
	int64_t now;           /* t */
};

/* Bytes of local, sender, helo and receiver that are used: more than any server takes
 * (RFC 5321, 4.5.3.1). */
#define SPF_MACRO_VALUE_MOST 512

/* Bytes of an explanation that are kept. */
#define SPF_MACRO_TEXT_MOST 1024

/* True when s is macro-string by the grammar (7.1); in a text also blanks. Linear. */
bool spf_macro_valid(struct span s, enum spf_macro_place place);

/* True when s is a domain-spec: a macro string that ends with a macro or a top label. Linear. */
bool spf_macro_is_domain(struct span s);

/* True when a letter is used, in either case. s is valid. */
bool spf_macro_uses(struct span s, char letter);

/*
 * Expands s, which is valid. A name loses labels on its left until it has at most 253 bytes (7.3);
 * a text is cut at SPF_MACRO_TEXT_MOST. The result is in the arena. Returns 0 or -ENOMEM. Memory:
 * a few KiB, whatever s says; time linear in s times SPF_MACRO_VALUE_MOST at most.
 */
int spf_macro_expand(struct span s, enum spf_macro_place place, const struct spf_macro_values *v,
	struct arena *arena, struct span *ret);

#endif
