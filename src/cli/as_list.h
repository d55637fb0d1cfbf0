/* Lists of AS numbers on the command line: "26780", "AS174,as3356", "1.10". */
#ifndef CORDON_CLI_AS_LIST_H
#define CORDON_CLI_AS_LIST_H

#include "cli/option.h"
#include "net/graph.h"

struct as_list {
	asn_t *asn; /* asn[n], in the order given, each once; owned */
	size_t n;
};

/*
 * Adds the numbers of a text, parted by commas. Where one is none, nothing of the text is added and
 * *ret_bad (may be NULL) is that item. Returns 0, -EINVAL (also for an empty item) or -ENOMEM.
 */
int as_list_add(struct as_list *l, struct span text, struct span *ret_bad);
void as_list_done(struct as_list *l);

/*
 * The same for a command: text may be NULL for an option that was not given; what is wrong is told
 * as a usage error that names the item and `what` it was given for ("--cut"; "" for an argument).
 * Returns an exit code.
 */
int as_list_read(struct as_list *l, const struct usage *usage, const char *what, const char *text);

/*
 * The nodes of a list in a graph, in its order: writes them to a new array *ret_node, the caller's
 * to free, and returns how many; those that the graph does not have are moved to the list's end,
 * their order kept. Returns -ENOMEM when memory is short.
 */
ssize_t as_list_nodes(struct as_list *l, const struct graph *g, uint32_t **ret_node);

#endif
