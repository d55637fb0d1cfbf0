/*
 * Brands that are impersonated, with the domains that are truly theirs.
 *
 * A brand known all over the world (`everywhere`) owns its name under ordinary country domains
 * too, so "amazon.it" need not be listed. Names that are words of a language or surnames ("chase",
 * "orange") are `common`: alone they prove nothing, and are only taken as the brand when the whole
 * name is the brand or a word such as "support" stands beside it.
 */
#ifndef CORDON_JUDGE_BRAND_H
#define CORDON_JUDGE_BRAND_H

#include "base/span.h"

struct brand {
	const char *shown;   /* for people: "Deutsche Post" */
	const char *names;   /* as folded text is written (words.h), parted by '|' */
	const char *label;   /* first label of its main domain: "dhl"; NULL: too short or common to
				look for in other names */
	const char *domains; /* registrable domains, parted by spaces; all lower case */
	bool everywhere;     /* label under any country's domain is taken as the brand's */
	bool common;
};

/* The table, brand[brands]. */
extern const struct brand brand_table[];
extern const size_t brands;

/* The brand that a registrable domain belongs to; NULL when to none. Constant time. */
const struct brand *brand_of_domain(struct span domain);

/* True when the domain is that brand's own. */
bool brand_owns(const struct brand *b, struct span domain);

/* Brands looked for in one name; "Garanti BBVA" is two. */
#define BRANDS_NAMED 4

/*
 * Brands named in a folded text, such as a display name or a subject. With `strict` every name is
 * treated as a common one: in running text even "microsoft" may only be spoken of. Names inside an
 * address ("@gmail.com") do not count. Returns how many.
 */
size_t brands_in_name(struct span folded, bool strict, const struct brand *named[BRANDS_NAMED]);

/* The brand whose label is that; NULL for none. */
const struct brand *brand_of_label(struct span label);

/*
 * The brand that a label is not, but could be taken for: its skeleton (domain.h) is that of the
 * brand's label, or one slip of the pen from it (*ret_typo is then set; labels of six letters or
 * more that are no common word). NULL for none. Only brands with the same first letter are looked
 * at, as readers do.
 */
const struct brand *brand_like(struct span label, struct span skeleton, bool *ret_typo);

#endif
