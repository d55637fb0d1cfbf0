/*
 * What de-peering would do. Some networks (the targets) are abusive; some others stop carrying
 * them. Who still reaches them, who else is hurt, how would they come back?
 *
 * Two models of 'stops carrying':
 * - refusal (the default): the AS takes no route through a target from anybody and gives none on,
 *   as when it filters the target's number from paths. It no longer reaches the target itself.
 * - link: only its own link with the target ends; routes that others offer it still take.
 *
 * Routes through a target (those of its customers) share the target's fate; a customer with another
 * provider keeps the routes over that one. All sets are of nodes of the graph; repeats, and numbers
 * that are no node, are passed over. Paths are valley-free and every AS exports all that it may
 * (routes.h), so reach is the most there can be. The rules are told in docs/design/cut.md.
 */
#ifndef CORDON_CUT_DEPEER_H
#define CORDON_CUT_DEPEER_H

#include "cut/measure.h"
#include "net/routes.h"

struct depeer_question {
	const uint32_t *targets; /* targets[ntargets], at least one */
	size_t ntargets;
	const uint32_t *cut; /* cut[ncut]: who stops carrying them */
	size_t ncut;
	bool all_transit; /* instead of cut[]: every provider of the targets and of their siblings,
			     but those kept */
	const uint32_t *keep; /* keep[nkeep]: will never refuse; not counted on, nor cut */
	size_t nkeep;
	bool links_only; /* the model 'link' */
	const struct measures *measures;
	uint32_t biggest; /* how many of the biggest networks to tell of */
};

/* Shares of each measure, 0 .. 1, targets left out of both sides. */
struct depeer_shares {
	double of[MEASURES_MOST];
};

/* A big network and how it reaches the targets. */
struct depeer_network {
	uint32_t node;
	uint8_t before, after; /* enum route_class */
};

/* Another AS that is hurt. It is itself left out of both sides of the shares. */
struct depeer_hurt {
	uint32_t node;
	enum {
		HURT_LOST, /* nobody outside the targets' customer cones reaches it any more, and
			      it has no way up to the top */
		HURT_LESS, /* fewer reach it */
		HURT_ONE_LEFT, /* all reach it still, but it is down to one upstream */
	} how;
	bool single_homed; /* all its providers are targets, and all siblings it has */
	uint32_t upstreams_before,
		upstreams_after;            /* providers with a way to the top of their own */
	struct depeer_shares before, after; /* who reaches it */
	double owns[MEASURES_MOST];         /* its own addresses and weight */
};

/* A neighbour of the targets and what it alone would do. */
struct depeer_neighbour {
	uint32_t node;
	enum link_kind kind;        /* what it is to the target */
	bool cut;                   /* it is among those that stop */
	struct depeer_shares takes; /* reach lost if it alone refused */
	struct depeer_shares alone; /* reach if it alone were left of the transit and peers of the
				       targets and their siblings; customers and siblings are
				       neither */
};

/* Who might carry them next, when no transit is left or besides what is left. */
struct depeer_candidate {
	uint32_t node;
	double score;              /* higher is likelier; only the order means anything */
	bool is_peer, is_customer; /* it has a link with a target already */
	uint32_t siblings;         /* siblings of the targets that buy from it */
	uint32_t customers;        /* customers of the targets that buy from it */
	uint32_t alike, alike_of; /* of so many networks of like size and neighbourhood, so many buy
				     from it */
	double cone_share;        /* its customer cone as a share of all ASes */
};

/* Will it work at all? */
enum depeer_outlook {
	OUTLOOK_ALREADY_APART,   /* nobody reached them before */
	OUTLOOK_CUTS_OFF,        /* no transit is left and little or no reach through peers */
	OUTLOOK_PEERS_REMAIN,    /* no transit is left, but much reach through peers */
	OUTLOOK_TRANSIT_REMAINS, /* other transit carries them on: nothing changes for most */
	OUTLOOK_MANY_TRANSITS,   /* so many, that no few can do it */
	OUTLOOK_AT_TOP,          /* a target needs no transit: there is nobody above to refuse */
};

struct depeer {
	uint32_t *cut; /* cut[ncut]: those that stop, resolved; ascending */
	size_t ncut;
	uint32_t *strangers; /* strangers[nstrangers]: of those, the ones without a link to a target
			      */
	size_t nstrangers;
	uint8_t *before, *after; /* [N]: enum route_class of each node's route to a target */
	struct depeer_shares reach_before, reach_after;
	struct depeer_shares by_peers;  /* reach that would be left through peers when all transit
					   refuses: siblings and customers of the targets count
					   as theirs */
	struct depeer_network *biggest; /* by customer cone, the biggest first */
	size_t nbiggest;
	struct depeer_hurt *hurt; /* single-homed first, then by addresses; all of them */
	size_t nhurt;
	struct depeer_neighbour *neighbours; /* the one that alone takes most first */
	size_t nneighbours;
	uint32_t *remaining; /* transit that remains: providers of the targets and of their
				siblings that do not stop; ascending */
	size_t nremaining;
	struct depeer_candidate *next; /* the likeliest first; at most DEPEER_NEXT_MOST */
	size_t nnext;
	enum depeer_outlook outlook;
};

#define DEPEER_NEXT_MOST 10

/* Answers the question. Returns 0 or -ENOMEM. Cost: a pass over the graph's links for an ordinary
 * network; for big targets one for each twenty to sixty of their neighbours and of the ASes below
 * that have to be looked at. */
int depeer(const struct graph *g, const struct depeer_question *q, struct depeer *ret_depeer);
void depeer_done(struct depeer *d);

#endif
