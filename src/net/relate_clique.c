/*
 * The clique at the top: networks that all peer with each other and buy from nobody (Luckie et al.,
 * step 3). Candidates are the largest by transit degree, and those known to be of the top. Two of
 * them fit together unless the paths say that one buys from the other: some third candidate sees
 * the one through the other, and not for a route or two. The best set in which all fit together is
 * found after Bron and Kerbosch, and then others are taken in, from the largest down, that are
 * linked to all of it and buy from none.
 *
 * Where this differs from the paper: there, two fit only when a path shows their link. But a
 * vantage point that is linked to both never sees it, and with few vantage points that is the rule
 * at the top. So two that are known to be of the top need no path; and where none is known, with
 * few vantage points, a link that nobody could have seen is no reason against.
 */
#include "net/relate_work.h"

#include <errno.h>
#include <stdlib.h>

#define LARGEST     10      /* candidates by transit degree, as in the paper */
#define ENOUGH      8       /* vantage points from which the top is seen */
#define RANGE       63      /* most candidates: a set is a word */
#define STEPS_MOST  1000000 /* of the search: beyond, the best so far counts */
#define KNOWN_LEAST 3       /* of the largest, before the list of known ones is asked */
#define BEYOND_MOST 3       /* different hops behind, from which on a sale is believed */
#define NOBODY      0xff

struct pick {
	struct relate_work *w;
	uint32_t node[RANGE]; /* the candidates */
	uint32_t n;
	uint8_t *place;         /* [nodes]: which candidate a node is, or NOBODY */
	uint64_t known;         /* these are known to be of the top */
	uint64_t linked[RANGE]; /* a path shows their link */
	uint64_t below[RANGE];  /* some other AS hears straight of both: it does not show their link
				 */
	uint64_t hears;         /* those of them whose word counts */
	bool few;               /* few vantage points */
	uint64_t told[RANGE][RANGE]; /* told[i][j]: of whom j hears through i, where it is open
					which of these buys */
	uint32_t sure[RANGE][RANGE][BEYOND_MOST];   /* of i and j: hops behind those of whom j */
	uint32_t beyond[RANGE][RANGE][BEYOND_MOST]; /* hears through i, or behind j of whom others
						       hear through i; where it is clear that j
						       buys, and where it is open */
	uint64_t sold[RANGE]; /* sold[i]: candidates that i sells transit to */
	uint64_t fits[RANGE];
	uint64_t best;
	uint32_t steps;
};

static uint64_t bit(uint32_t i)
{
	return (uint64_t)1 << i;
}

static void add_candidate(struct pick *k, uint32_t node)
{
	if (k->n == RANGE || k->place[node] != NOBODY)
		return;
	k->place[node] = (uint8_t)k->n;
	k->node[k->n++] = node;
}

/* True when the list of known ones may be asked: some of the largest must be on it, else these
 * paths are of some other network, or of numbers made up. */
static bool may_know(const struct relate_work *w)
{
	uint32_t known = 0;

	for (uint32_t i = 0; i < w->nodes && i < LARGEST; i++)
		known += relate_known_top(w->asn[w->order[i]], w->day);
	return known >= KNOWN_LEAST && !w->options->unaided;
}

static void pick_candidates(struct pick *k)
{
	const struct relate_work *w = k->w;

	bool ask = may_know(w);

	for (uint32_t i = 0; ask && i < w->nodes; i++)
		if (relate_known_top(w->asn[w->order[i]], w->day))
			add_candidate(k, w->order[i]);
	k->known = bit(k->n) - 1;
	for (uint32_t i = 0; i < w->nodes && i < LARGEST; i++)
		if (w->transit[w->order[i]])
			add_candidate(k, w->order[i]);
}

/* Notes a hop, once. True when there are BEYOND_MOST different ones; more are not told apart. */
static bool note(uint32_t list[BEYOND_MOST], uint32_t hop)
{
	for (int i = 0; i < BEYOND_MOST && list[i] != hop; i++) {
		if (list[i] == 0) {
			list[i] = hop;
			break;
		}
	}
	return list[BEYOND_MOST - 1];
}

/*
 * One candidate hears of another through a third: one of the two buys from that. A known one does
 * not, when the other is none. Else it is open for now; but of two unknown ones that few vantage
 * points show it is the one heard of, as in the paper.
 */
static void note_told(struct pick *k, uint8_t hears, uint8_t via, uint8_t heard, uint32_t next)
{
	bool known = k->known >> heard & 1, alike = known == (k->known >> hears & 1);
	uint8_t buyer = known && !alike ? hears : heard;

	if (alike && (known || !k->few)) {
		k->told[via][hears] |= bit(heard);
		note(k->beyond[via][hears], next);
		note(k->beyond[via][heard], next);
	} else if (note(k->sure[via][buyer], next)) {
		k->sold[via] |= bit(buyer);
	}
}

static void listen(struct pick *k)
{
	const struct relate_work *w = k->w;
	struct relate_path p;

	for (uint32_t i = 0; i < w->paths; i++) {
		relate_path(w, i, &p);
		for (uint32_t j = 0; j + 2 < p.n; j++) {
			uint8_t hears = k->place[p.hop[j]], via = k->place[p.hop[j + 1]],
				heard = k->place[p.hop[j + 2]];

			if (hears != NOBODY && via != NOBODY && heard != NOBODY &&
				k->hears >> hears & 1)
				note_told(k, hears, via, heard, j + 3 < p.n ? p.hop[j + 3] + 2 : 1);
		}
	}
}

/* How much an explanation 'this one buys' accounts for. */
static int accounts_for(const struct pick *k, uint32_t seller, uint32_t buyer)
{
	int n = __builtin_popcountll(k->told[seller][buyer]);

	for (uint32_t i = 0; i < k->n; i++)
		n += (k->told[seller][i] & bit(buyer)) != 0;
	return n;
}

static void believe(struct pick *k, uint32_t seller, uint32_t buyer)
{
	if (k->beyond[seller][buyer][BEYOND_MOST - 1])
		k->sold[seller] |= bit(buyer);
	k->told[seller][buyer] = 0;
	for (uint32_t i = 0; i < k->n; i++)
		k->told[seller][i] &= ~bit(buyer);
}

/* Who buys from a seller. Where that is open those first that account for most, of several such the
 * last, which is the smallest; the others then need not. */
static void find_buyers(struct pick *k, uint32_t seller)
{
	for (;;) {
		uint32_t buyer = 0;
		int most = 0;

		for (uint32_t i = 0; i < k->n; i++) {
			int n = accounts_for(k, seller, i);

			if (n >= most && n) {
				most = n;
				buyer = i;
			}
		}
		if (!most)
			return;
		believe(k, seller, buyer);
	}
}

static void look_for_sales(struct pick *k)
{
	listen(k);
	for (uint32_t i = 0; i < k->n; i++)
		find_buyers(k, i);
}

/* Who is linked to whom, and of whom some other AS hears straight. */
static int look_for_links(struct pick *k)
{
	const struct relate_work *w = k->w;
	uint64_t *over = calloc(w->nodes + (size_t)1, sizeof(*over));

	if (!over)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->paths; i++) {
		for (uint32_t j = w->start[i]; j + 1 < w->start[i + 1]; j++) {
			uint8_t tail = k->place[w->hop[j]], head = k->place[w->hop[j + 1]];

			if (head != NOBODY && tail == NOBODY)
				over[w->hop[j]] |= bit(head);
			if (head == NOBODY || tail == NOBODY)
				continue;
			k->linked[tail] |= bit(head);
			k->linked[head] |= bit(tail);
		}
	}
	for (uint32_t i = 0; i < w->nodes; i++)
		for (uint64_t left = over[i]; left; left &= left - 1)
			k->below[__builtin_ctzll(left)] |= over[i];
	free(over);
	return 0;
}

static void fit(struct pick *k)
{
	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t fits = k->linked[i] | (k->few && !k->known ? k->below[i] : 0);

		if (k->known & bit(i))
			fits |= k->known;
		for (uint32_t j = 0; j < k->n; j++)
			if (k->sold[j] & bit(i))
				fits &= ~bit(j);
		k->fits[i] = fits & ~k->sold[i] & ~bit(i);
	}
}

/* How many of a set buy from some candidate, in it or not; and what they carry. */
static void weigh(const struct pick *k, uint64_t set, int *ret_buyers, uint64_t *ret_transit)
{
	uint64_t buyers = 0;

	*ret_transit = 0;
	for (uint32_t i = 0; i < k->n; i++)
		buyers |= k->sold[i];
	*ret_buyers = __builtin_popcountll(set & buyers);
	for (uint64_t left = set; left; left &= left - 1)
		*ret_transit += k->w->transit[k->node[__builtin_ctzll(left)]];
}

/* More known ones are better, then fewer that buy (as far as the paths can tell), then those that
 * carry more. */
static bool is_better(const struct pick *k, uint64_t a, uint64_t b)
{
	int known = __builtin_popcountll(a & k->known) - __builtin_popcountll(b & k->known);
	uint64_t transit_a, transit_b;
	int buyers_a, buyers_b;

	weigh(k, a, &buyers_a, &transit_a);
	weigh(k, b, &buyers_b, &transit_b);
	if (known || !b)
		return known > 0 || !b;
	if (buyers_a != buyers_b && (k->known || !k->few))
		return buyers_a < buyers_b;
	return transit_a > transit_b;
}

/* Of those that may go on, the one that fits most of them: what fits it need not be tried now. */
static uint64_t pivot(const struct pick *k, uint64_t may, uint64_t had)
{
	uint64_t best = 0;
	int most = -1;

	for (uint64_t left = may | had; left; left &= left - 1) {
		uint64_t fits = k->fits[__builtin_ctzll(left)] & may;

		if (__builtin_popcountll(fits) > most) {
			most = __builtin_popcountll(fits);
			best = fits;
		}
	}
	return best;
}

/* Bron and Kerbosch, "Finding All Cliques of an Undirected Graph", 1973, with a pivot. No deeper
 * than there are candidates. */
static void search(struct pick *k, uint64_t set, uint64_t may, uint64_t had)
{
	if (k->steps++ > STEPS_MOST)
		return;
	if (!may && !had && is_better(k, set, k->best))
		k->best = set;
	for (uint64_t left = may & ~pivot(k, may, had); left; left &= left - 1) {
		uint32_t i = (uint32_t)__builtin_ctzll(left);

		search(k, set | bit(i), may & k->fits[i], had & k->fits[i]);
		may &= ~bit(i);
		had |= bit(i);
	}
}

/* Candidates anew: the clique, and behind it, the largest first, those linked to all of it. */
static int pick_others(struct pick *k, uint64_t clique)
{
	struct relate_work *w = k->w;
	uint32_t *to = calloc(w->nodes + (size_t)1, sizeof(*to)), member[RANGE], n = 0;

	if (!to)
		return -ENOMEM;
	for (uint64_t left = clique; left; left &= left - 1)
		member[n++] = k->node[__builtin_ctzll(left)];
	memset(k->place, NOBODY, w->nodes);
	k->n = 0;
	for (uint32_t i = 0; i < n; i++)
		add_candidate(k, member[i]);
	for (uint32_t i = 0; i < w->links; i++)
		for (int end = 0; end < 2; end++)
			to[w->end[i][end]] += k->place[w->end[i][!end]] < n;
	for (uint32_t i = 0; i < w->nodes; i++)
		if (to[w->order[i]] == n && w->transit[w->order[i]])
			add_candidate(k, w->order[i]);
	free(to);
	return 0;
}

/* Takes in, from the largest down, who is linked to all so far and neither buys from one of them
 * nor hears of one through another. */
static int take_others(struct pick *k, uint64_t *clique)
{
	uint32_t n = (uint32_t)__builtin_popcountll(*clique);
	int rc = pick_others(k, *clique);

	if (rc < 0)
		return rc;
	memset(k->linked, 0, sizeof(k->linked));
	memset(k->sold, 0, sizeof(k->sold));
	memset(k->told, 0, sizeof(k->told));
	memset(k->sure, 0, sizeof(k->sure));
	memset(k->beyond, 0, sizeof(k->beyond));
	k->known = 0;
	k->few = true;
	k->hears = bit(n) - 1;
	rc = look_for_links(k);
	if (rc < 0)
		return rc;
	look_for_sales(k);
	*clique = bit(n) - 1;
	for (uint32_t i = n; i < k->n; i++) {
		uint64_t sellers = 0;

		for (uint64_t left = *clique; left; left &= left - 1)
			if (k->sold[__builtin_ctzll(left)] & bit(i))
				sellers |= left & -left;
		if (!sellers && !(k->sold[i] & *clique) && (*clique & ~k->linked[i]) == 0)
			*clique |= bit(i);
	}
	return 0;
}

static int infer(struct pick *k)
{
	struct relate_work *w = k->w;
	uint32_t views;
	int rc = relate_views(w, &views);

	pick_candidates(k);
	if (rc == 0)
		rc = look_for_links(k);
	if (rc < 0)
		return rc;
	w->report.views = views;
	k->few = views < ENOUGH;
	k->hears = UINT64_MAX;
	look_for_sales(k);
	fit(k);
	search(k, 0, bit(k->n) - 1, 0);
	w->report.source = k->few && k->best & k->known ? RELATE_KNOWN : RELATE_INFERRED;
	if (!k->few)
		rc = take_others(k, &k->best);
	for (uint64_t left = k->best; rc == 0 && left; left &= left - 1)
		w->top[k->node[__builtin_ctzll(left)]] = 1;
	return rc;
}

static int compare_asn(const void *a, const void *b)
{
	asn_t x = *(const asn_t *)a, y = *(const asn_t *)b;

	return x < y ? -1 : x > y;
}

static void take_given(struct relate_work *w)
{
	for (size_t i = 0; i < w->options->cliques; i++) {
		const asn_t *at = bsearch(
			&w->options->clique[i], w->asn, w->nodes, sizeof(*w->asn), compare_asn);

		if (at)
			w->top[at - w->asn] = 1;
	}
	w->report.source = RELATE_GIVEN;
}

int relate_clique(struct relate_work *w)
{
	struct pick *k;
	int rc;

	if (w->options->cliques) {
		take_given(w);
		return relate_views(w, &w->report.views);
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->w = w;
	k->place = malloc(w->nodes + (size_t)1);
	if (k->place)
		memset(k->place, NOBODY, w->nodes);
	rc = k->place ? infer(k) : -ENOMEM;
	free(k->place);
	free(k);
	return rc;
}
