/* The names are sorted, and the first letter gives the few that can be meant. */
#include "mail/html_tag.h"

struct tag {
	char name[11];
	uint8_t n, kinds;
};

static const struct tag tag[TAG_COUNT] = {
#define X(id, name, kinds) {name, sizeof(name) - 1, kinds},
	HTML_TAGS(X)
#undef X
};

/* clang-format off */
/* first[c - 'a']: where the names in c begin; the next entry is where they end. */
static const uint8_t first[27] = {TAG_A, TAG_B, TAG_CAPTION, TAG_DD, TAG_EM, TAG_FIELDSET,
	TAG_H1, TAG_H1, TAG_I, TAG_KEYGEN, TAG_KEYGEN, TAG_LEGEND, TAG_MAIN, TAG_NAV, TAG_OBJECT,
	TAG_P, TAG_S, TAG_S, TAG_S, TAG_TABLE, TAG_U, TAG_WBR, TAG_WBR, TAG_XMP, TAG_OTHER,
	TAG_OTHER, TAG_OTHER};
/* clang-format on */

enum html_tag html_tag(struct span name)
{
	char lower[sizeof(tag[0].name)];

	if (!name.n || name.n >= sizeof(lower) || !ascii_is_alpha(name.p[0]))
		return TAG_OTHER;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = ascii_lower(name.p[i]);
	unsigned letter = (unsigned)(lower[0] - 'a');

	for (unsigned i = first[letter]; i < first[letter + 1]; i++)
		if (tag[i].n == name.n && memcmp(tag[i].name, lower, name.n) == 0)
			return (enum html_tag)i;
	return TAG_OTHER;
}

unsigned html_tag_kinds(enum html_tag t)
{
	return tag[t].kinds;
}
