/*
 * What the commands about networks share: as of which day, over which state, and their outputs. A
 * number that the graph does not have is told, and the rest goes on.
 */
#ifndef CORDON_CLI_ASKED_H
#define CORDON_CLI_ASKED_H

#include "cli/as_list.h"
#include "cli/atlas.h"
#include "cli/site.h"

struct asked {
	const char *config, *state, *date, *svg; /* as options give them; NULL when not given */
	bool json;
	struct site site;
	struct atlas atlas;
};

/* The option rows that go with it, for a command's table. */
#define ASKED_OPTIONS(asked)                                                                       \
	{"date", 'd', OPTION_STRING, &(asked).date, "DATE", "as of that day (default today)"},     \
		{"json", 'j', OPTION_FLAG, &(asked).json, NULL, "one JSON object a line"},         \
		{"svg", 0, OPTION_STRING, &(asked).svg, "FILE",                                    \
			"a picture too; '-' for nothing but that on standard output"},             \
		SITE_OPTIONS(&(asked).config, &(asked).state)

/* Opens site, shelf and atlas. Tells what is wrong and returns an exit code. */
int asked_open(struct asked *q, const struct usage *usage);
void asked_close(struct asked *q);

/*
 * The nodes of a list (as_list_nodes()), *ret_node the caller's to free. Those that the graph does
 * not have, and those that it has without any link, are told with what to import. Returns an exit
 * code: EXIT_INPUT when any was not in the graph.
 */
int asked_nodes(const struct asked *q, struct as_list *l, uint32_t **ret_node, size_t *ret_n);

/* Writes a picture where --svg says, empties the buffer, and returns an exit code. */
int asked_write_svg(const struct asked *q, struct buf *svg);

/* Tells that memory is short and returns EXIT_SYSTEM. */
int asked_short_of_memory(void);

/* True when standard output is for the picture alone. */
bool asked_svg_alone(const struct asked *q);

/* Prints one object as a line and releases it; NULL means that memory was short. Prints and empties
 * a text. Both return an exit code. */
int asked_print_json(json_t *j);
int asked_print(struct buf *text);

#endif
