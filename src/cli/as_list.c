#include "cli/as_list.h"

#include "cli/cli.h"
#include "net/asn.h"

#include <errno.h>
#include <stdlib.h>

static bool has(const struct as_list *l, asn_t asn)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->asn[i] == asn)
			return true;
	return false;
}

/* Checks each item; returns how many there are, or -EINVAL and the one that is wrong. */
static ssize_t count_items(struct span text, struct span *ret_bad)
{
	struct span item;
	ssize_t n = 0;
	asn_t asn;

	do {
		if (!span_cut(&text, ',', &item))
			item = (struct span){0};
		item = span_trim(item);
		if (asn_parse(item, &asn) < 0) {
			if (ret_bad)
				*ret_bad = item;
			return -EINVAL;
		}
		n++;
	} while (text.p);
	return n;
}

int as_list_add(struct as_list *l, struct span text, struct span *ret_bad)
{
	ssize_t items = count_items(text, ret_bad);
	struct span item;
	asn_t asn;

	if (items < 0)
		return -EINVAL;
	asn_t *grown = realloc(l->asn, (l->n + (size_t)items) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	l->asn = grown;
	while (span_cut(&text, ',', &item))
		if (asn_parse(span_trim(item), &asn) == 0 && !has(l, asn))
			l->asn[l->n++] = asn;
	return 0;
}

void as_list_done(struct as_list *l)
{
	free(l->asn);
	*l = (struct as_list){0};
}

int as_list_read(struct as_list *l, const struct usage *usage, const char *what, const char *text)
{
	struct span bad;
	int rc = text ? as_list_add(l, span_cstr(text), &bad) : 0;

	if (rc == -ENOMEM)
		return EXIT_SYSTEM;
	if (rc < 0)
		return usage_error(usage, "%s%s'%.*s' is no AS number such as AS64500", what,
			*what ? ": " : "", SPAN_ARG(bad));
	return EXIT_DONE;
}

ssize_t as_list_nodes(struct as_list *l, const struct graph *g, uint32_t **ret_node)
{
	uint32_t *node = calloc(l->n + 1, sizeof(*node));
	asn_t *unknown = calloc(l->n + 1, sizeof(*unknown));
	size_t known = 0, rest = 0;

	if (!node || !unknown) {
		free(node);
		free(unknown);
		return -ENOMEM;
	}
	for (size_t i = 0; i < l->n; i++) {
		asn_t asn = l->asn[i];

		node[known] = graph_find(g, asn);
		if (node[known] == GRAPH_NONE)
			unknown[rest++] = asn;
		else
			l->asn[known++] = asn;
	}
	for (size_t i = 0; i < rest; i++)
		l->asn[known + i] = unknown[i];
	free(unknown);
	*ret_node = node;
	return (ssize_t)known;
}
