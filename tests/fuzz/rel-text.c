/* Lines of an as-rel file; the graph that comes of them is whole, and goes round through text. */
#include "net/rel_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void must(bool good)
{
	if (!good)
		abort();
}

static struct buf read_text(struct span text)
{
	struct graph_label label = {.source = SPAN("fuzz")};
	struct graph_builder *b;
	struct graph_odd odd;
	struct buf payload = {0};
	struct span line;

	must(graph_builder_new(&b) == 0);
	while (span_line(&text, &line)) {
		int32_t day;
		int rc = rel_text_line(b, line, &day);

		must(rc >= REL_LINK && rc <= REL_BAD_KIND);
		must(rc == REL_LINK || !rel_text_is(line));
		if (rc == REL_DAY && !label.day)
			label.day = day;
	}
	must(graph_builder_finish(b, &label, &odd, &payload) == 0);
	graph_builder_free(b);
	return payload;
}

/* What the builder promises beyond what an opener checks. */
static void check_links(const struct graph *g)
{
	static const enum link_kind back[LINK_KINDS] = {
		LINK_CUSTOMER, LINK_SIBLING, LINK_PROVIDER, LINK_PEER};
	uint64_t ends = 0;

	for (uint32_t i = 0; i < g->nodes; i++) {
		for (int kind = 0; kind < LINK_KINDS; kind++) {
			struct nodes run = graph_neighbours(g, i, (enum link_kind)kind);
			enum link_kind there = LINK_KINDS;

			for (uint32_t k = 0; k < run.n; k++) {
				must(k == 0 || run.node[k - 1] < run.node[k]);
				must(graph_link(g, run.node[k], i, &there) && there == back[kind]);
				must(kind != LINK_CUSTOMER || g->group[run.node[k]] <= g->group[i]);
				must(kind != LINK_SIBLING || g->group[run.node[k]] == g->group[i]);
				ends++;
			}
		}
	}
	must(ends == 2 * (uint64_t)g->links);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = read_text((struct span){(const char *)data, size}), second;
	struct graph *g;
	char *text;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	must(graph_open_memory(buf_span(&first), &g) == 0);
	check_links(g);
	must(rel_text_write(g, to) == 0);
	fclose(to);
	second = read_text((struct span){text, n});
	/* A day of 1970 is no day that a comment can tell. */
	must(g->info.day == 0 || span_eq(buf_span(&first), buf_span(&second)));
	graph_close(g);
	free(text);
	buf_done(&first);
	buf_done(&second);
	return 0;
}
