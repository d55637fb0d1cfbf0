/*
 * Those of MimeKit's mailboxes that the archive has, with the offsets that its own parser gives:
 * for every message the tree of parts, their types, where each begins, where its header section
 * ends and where it ends itself.
 */
#include "data.h"
#include "mail/message.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static struct message_parser *mp;
static unsigned messages, parts, different;
static const char *box;

static size_t offset(json_t *v, const char *key)
{
	return (size_t)json_integer_value(json_object_get(v, key));
}

static void differ(size_t message, const char *what, size_t got, size_t want)
{
	different++;
	printf("%s message %zu: %s is %zu, not %zu\n", box, message, what, got, want);
}

/* Compares part *at and what stands in it, and moves *at behind them. */
static void compare_part(
	const struct message *m, size_t *at, json_t *want, size_t begin, size_t number)
{
	json_t *children = json_object_get(want, "children"), *child;
	size_t i;

	if (*at >= m->parts) {
		differ(number, "the number of parts", m->parts, *at + 1);
		return;
	}
	const struct part *p = &m->part[(*at)++];
	struct span type = span_cstr(json_string_value(json_object_get(want, "mimeType")));
	size_t head = begin + (size_t)(p->head.p - m->raw.p);

	parts++;
	if (!span_eq_nocase(p->type, type)) {
		different++;
		printf("%s message %zu: type %.*s, not %.*s\n", box, number, SPAN_ARG(p->type),
			SPAN_ARG(type));
	}
	if (head != offset(want, "beginOffset"))
		differ(number, "the beginning", head, offset(want, "beginOffset"));
	/* The root ends where the mailbox has the next message. */
	if (p != m->part && p->body.n &&
		begin + (size_t)(span_end(p->body) - m->raw.p) != offset(want, "endOffset"))
		differ(number, "the end", begin + (size_t)(span_end(p->body) - m->raw.p),
			offset(want, "endOffset"));
	/* What stands in an enclosed message is not in their lists, nor are uuencoded blocks. */
	while (!children && *at < m->parts && m->part[*at].depth > p->depth)
		++*at;
	json_array_foreach(children, i, child) compare_part(m, at, child, begin, number);
}

static void compare_box(const char *top, const char *name, const char *kind)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/UnitTests/TestData/mbox/%s.mbox.txt", top, name);
	struct span all = data_read(path);

	snprintf(path, sizeof(path), "%s/UnitTests/TestData/mbox/%s.%s-offsets.json", top, name,
		kind);
	json_t *list = json_load_file(path, 0, NULL), *item;
	size_t i;

	box = name;
	if (!all.p || !list) {
		different++;
		printf("%s cannot be read\n", path);
	}
	json_array_foreach(list, i, item)
	{
		size_t begin = offset(item, "beginOffset"), end = offset(item, "endOffset"), at = 0;
		struct message *m;

		if (end > all.n ||
			message_parse(mp, span_take(span_skip(all, begin), end - begin), &m) < 0)
			exit(1);
		compare_part(m, &at, json_object_get(item, "body"), begin, i);
		if (at != m->parts)
			differ(i, "the number of parts", m->parts, at);
		messages++;
	}
	json_decref(list);
	free((char *)all.p);
}

int main(void)
{
	const char *top = data_unpack("suites/mimekit");

	mp = message_parser_new(0);
	compare_box(top, "content-length", "unix");
	compare_box(top, "issue1189", "unix");
	printf("%u messages, %u parts, %u differ\n", messages, parts, different);
	message_parser_free(mp);
	return messages < 30 || different;
}
