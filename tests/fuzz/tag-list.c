/* Lists of tags: pieces lie within the text and in order, names are there once; base64 of the
 * values. */
#include "auth/tag_list.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_tag(const struct tag_list *list, size_t i, struct span text)
{
	const struct tag *tag = &list->at[i];
	const char *before = i ? span_end(list->at[i - 1].whole) : text.p;
	struct span rest = tag->value, piece;
	uint8_t bytes[64];
	char name[65];
	ssize_t n = tag_base64(tag->value, bytes, sizeof(bytes));

	check(tag->name.n && tag->name.p >= before && tag->whole.p > span_end(tag->name));
	check(span_end(tag->whole) <= span_end(text) && tag->value.n <= tag->whole.n);
	check(n <= (ssize_t)sizeof(bytes));
	while (tag_piece(&rest, &piece))
		check(piece.n <= tag->value.n);
	if (tag->name.n < sizeof(name) && !memchr(tag->name.p, 0, tag->name.n)) {
		*(char *)mempcpy(name, tag->name.p, tag->name.n) = '\0';
		check(tag_list_get(list, name) == tag);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct tag_list list;

	if (tag_list_read(text, &list) < 0)
		return 0;
	check(list.n <= TAGS_MOST);
	for (size_t i = 0; i < list.n; i++)
		check_tag(&list, i, text);
	return 0;
}
