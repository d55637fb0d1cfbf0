/*
 * One pass over the text: a piece ends at the next semicolon. A name that stands twice is looked
 * for among at most TAGS_MOST others.
 */
#include "auth/tag_list.h"

#include "mail/codec.h"

#include <errno.h>

static bool is_name(struct span name)
{
	if (!name.n || !ascii_is_alpha(name.p[0]))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

/* RFC 6376, 3.2: VALCHAR and white space. FF and VT are neither. */
static bool is_value(struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c == 127 || (c < ' ' && c != '\t' && c != '\r' && c != '\n'))
			return false;
	}
	return true;
}

static int add(struct span piece, struct tag_list *list)
{
	ssize_t eq = span_index(piece, '=');
	struct tag tag;

	if (eq < 0)
		return -EINVAL;
	tag.name = span_trim(span_take(piece, (size_t)eq));
	tag.whole = span_skip(piece, (size_t)eq + 1);
	tag.value = span_trim(tag.whole);
	if (!is_name(tag.name) || !is_value(tag.whole))
		return -EINVAL;
	for (size_t i = 0; i < list->n; i++)
		if (span_eq(list->at[i].name, tag.name))
			return -EEXIST;
	if (list->n == TAGS_MOST)
		return -E2BIG;
	list->at[list->n++] = tag;
	return 0;
}

int tag_list_read(struct span text, struct tag_list *ret_list)
{
	struct span piece;

	ret_list->n = 0;
	while (span_cut(&text, ';', &piece)) {
		/* one semicolon may end the list; anywhere else a piece must stand before it */
		if (!text.p && !span_trim(piece).n)
			break;
		int r = add(piece, ret_list);

		if (r < 0)
			return r;
	}
	return 0;
}

const struct tag *tag_list_get(const struct tag_list *list, const char *name)
{
	struct span want = span_cstr(name);

	for (size_t i = 0; i < list->n; i++)
		if (span_eq(list->at[i].name, want))
			return &list->at[i];
	return NULL;
}

ssize_t tag_base64(struct span value, uint8_t *to, size_t room)
{
	size_t digits = 0, pads = 0;
	uint32_t bad = 0;

	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (ascii_is_space(c))
			continue;
		if (c == '=')
			pads++;
		else if (pads || !(ascii_is_alnum(c) || c == '+' || c == '/'))
			return -EINVAL;
		else
			digits++;
	}
	if (pads > 2 || digits % 4 == 1)
		return -EINVAL;
	if (digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0) > room)
		return -E2BIG;
	return (ssize_t)base64_decode(value, (char *)to, room, &bad);
}

bool tag_piece(struct span *rest, struct span *ret_piece)
{
	struct span piece;

	if (!span_cut(rest, ':', &piece))
		return false;
	*ret_piece = span_trim(piece);
	return true;
}

bool tag_lists(struct span value, const char *word)
{
	struct span piece;

	while (tag_piece(&value, &piece))
		if (span_eq(piece, span_cstr(word)))
			return true;
	return false;
}
