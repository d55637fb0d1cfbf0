/* What is known of one network: what it announces, its neighbours, how big it is, who sees it. */
#ifndef CORDON_CLI_NETWORK_CARD_H
#define CORDON_CLI_NETWORK_CARD_H

#include "cli/atlas.h"

struct network_card {
	const struct atlas *atlas;
	uint32_t node;
	uint32_t rank;              /* by customer cone, from 1; networks with as many share it */
	uint32_t *near[LINK_KINDS]; /* its neighbours, the biggest cone first; owned */
	uint32_t nnear[LINK_KINDS];
	uint32_t points;  /* vantage points of the atlas's paths; 0 without paths */
	uint32_t see;     /* of those the ones with a path that has it, at whichever place */
	uint32_t see_end; /* of those the ones with a path that ends at it */
};

/* Returns 0 or -ENOMEM. The atlas must outlive the card. Cost: one pass over nodes and paths. */
int network_card_make(const struct atlas *a, uint32_t node, struct network_card *ret_card);
void network_card_done(struct network_card *c);

/* As a person reads it, at most 80 columns wide; cleaned (term.h). */
void network_card_text(struct buf *to, const struct network_card *c);

/* As an object, the caller's to release; NULL when memory is short. docs/formats/net-show.md. */
json_t *network_card_json(const struct network_card *c);

/* Appends the hierarchy above n networks, at least one, as an SVG. Returns 0 or -ENOMEM. */
int network_card_svg(struct buf *to, const struct atlas *a, const uint32_t *node, size_t n);

#endif
