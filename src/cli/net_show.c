/* cordon net show: what is known of networks, as of a day. */
#include "cli/asked.h"
#include "cli/cli.h"
#include "cli/network_card.h"
#include "show/words.h"

#include <stdlib.h>

#define WIDTH 80

static int show_one(const struct asked *q, uint32_t node, bool first)
{
	struct network_card card;
	struct buf text = {0};

	if (network_card_make(&q->atlas, node, &card) < 0)
		return asked_short_of_memory();
	if (q->json) {
		json_t *j = network_card_json(&card);

		network_card_done(&card);
		return asked_print_json(j);
	}
	if (!first)
		buf_byte(&text, '\n');
	network_card_text(&text, &card);
	network_card_done(&card);
	return asked_print(&text);
}

/* Once, below all cards. */
static int show_sources(const struct asked *q)
{
	static void (*const all[])(struct buf *, const struct atlas *) = {
		atlas_graph_words, atlas_table_words, atlas_paths_words};
	struct buf text = {0}, words = {0};

	buf_byte(&text, '\n');
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		all[i](&words, &q->atlas);
		if (words.n)
			words_wrap(&text, buf_span(&words), 0, 0, WIDTH);
		buf_clear(&words);
	}
	buf_done(&words);
	return asked_print(&text);
}

/* Paths that cannot be used are told; all else can be shown without them. */
static void open_paths(struct asked *q)
{
	struct err err;

	if (atlas_open_paths(&q->atlas, q->site.shelf, &err) < 0)
		tell_error(&err);
}

static int show(const struct asked *q, const uint32_t *node, size_t n)
{
	int code = EXIT_DONE;
	struct buf svg = {0};

	for (size_t i = 0; i < n && code == EXIT_DONE && !asked_svg_alone(q); i++)
		code = show_one(q, node[i], i == 0);
	if (code == EXIT_DONE && !q->json && !asked_svg_alone(q))
		code = show_sources(q);
	if (code == EXIT_DONE && q->svg) {
		network_card_svg(&svg, &q->atlas, node, n);
		code = asked_write_svg(q, &svg);
	}
	return code;
}

static int run(struct asked *q, const struct usage *usage, struct as_list *ases)
{
	uint32_t *node = NULL;
	size_t n = 0;
	int code = asked_open(q, usage), found;

	if (code != EXIT_DONE)
		return code;
	found = asked_nodes(q, ases, &node, &n);
	open_paths(q);
	if (n)
		code = show(q, node, n);
	free(node);
	return code == EXIT_DONE ? found : code;
}

int net_show_main(int argc, char **argv)
{
	static const struct usage usage = {"net show", "AS...",
		"tells what is known of networks as of a day",
		"Holder, addresses, neighbours with the size of their customer cones, rank, and "
		"who sees\n"
		"it; --svg draws the hierarchy above. AS is a number such as AS64500 or 64500, or "
		"a "
		"list\n"
		"of them parted by commas.\n"};
	struct asked q = {0};
	struct as_list ases = {0};
	const struct option_row rows[] = {ASKED_OPTIONS(q), {0}};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no AS given");
	for (code = EXIT_DONE; first < argc && code == EXIT_DONE; first++)
		code = as_list_read(&ases, &usage, "", argv[first]);
	if (code == EXIT_DONE)
		code = run(&q, &usage, &ases);
	as_list_done(&ases);
	asked_close(&q);
	return code;
}
