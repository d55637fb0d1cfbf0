/* A whole message: parsed, its tree checked, every field and every end of a part asked for. */
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/message.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_tree(const struct message *m)
{
	check(m->parts >= 1 && m->parts <= 10000);
	for (size_t i = 0; i < m->parts; i++) {
		const struct part *p = &m->part[i];

		check(i ? p->parent < i && p->depth == m->part[p->parent].depth + 1
			: p->parent == 0 && p->depth == 0);
		check(p->depth <= 101);
		check(utf8_valid(p->filename));
	}
}

static void check_text(const struct message *m)
{
	check(utf8_valid(m->text) && utf8_valid(m->hidden_text));
	check(m->text.n <= (1 << 20));
	for (size_t i = 0; i < m->links; i++)
		check(m->link[i].part < m->parts && utf8_valid(m->link[i].shown));
}

static void check_fields(struct message_parser *mp, const struct message *m)
{
	const struct fields *fields = &m->part[0].fields;
	struct address *list;

	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];

		check(utf8_valid(message_text(mp, f)));
		int n = address_list(mp, f->value, NULL, &list);

		check(n >= 0 || n == -ENOMEM);
		for (int k = 0; k < n; k++)
			check(utf8_valid(list[k].name) && utf8_valid(list[k].group));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	struct message *m;

	if (!mp)
		mp = message_parser_new(0);
	check(mp != NULL);
	check(message_parse(mp, (struct span){(const char *)data, size}, &m) == 0);
	check_tree(m);
	check_text(m);
	check_fields(mp, m);
	for (size_t i = 0; i < m->parts; i++)
		check(message_part_tail(mp, &m->part[i]).n <= PART_TAIL_MOST);
	return 0;
}
