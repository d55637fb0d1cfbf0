/*
 * Hosts are gone through network by network. Of one its age is what counts, and whether it is of a
 * campaign; of a new one whether its campaign was there before. Shares of few hosts lean on a half.
 */
#include "rank/rank_foretell.h"

#include <math.h>

/* A host as it stood on a day. */
struct standing {
	uint32_t network, campaign;
	bool known, again; /* seen by the day, and after it */
	int32_t age;
};

static size_t age_class(int32_t age)
{
	size_t k = 0;

	for (; age > 0 && k + 1 < FORETELL_AGES; age >>= 1)
		k++;
	return k;
}

/* The host that begins at s[*at]; moves on to the next. */
static struct standing next_host(const struct rank_seen *s, size_t n, size_t *at, int32_t day)
{
	const struct rank_seen *first = &s[*at];
	struct standing h = {.network = first->network};
	int32_t last = INT32_MIN;

	for (; *at < n && s[*at].network == first->network && s[*at].host == first->host; ++*at) {
		const struct rank_seen *x = &s[*at];

		if (!h.campaign || (x->campaign && x->campaign < h.campaign))
			h.campaign = x->campaign;
		h.again |= x->last > day;
		if (x->first > day)
			continue;
		h.known = true;
		last = x->last > last ? x->last : last;
	}
	h.age = h.known && last < day ? day - last : 0;
	return h;
}

/* Whether the network whose sightings begin at s[from] had the campaign by the day. */
static bool had_campaign(
	const struct rank_seen *s, size_t n, size_t from, uint32_t campaign, int32_t day)
{
	for (size_t i = from; i < n && s[i].network == s[from].network; i++)
		if (s[i].campaign == campaign && s[i].first <= day)
			return true;
	return false;
}

void foretell_learn(const struct rank_seen *s, size_t n, int32_t edge, int32_t days, int32_t window,
	struct foretell *ret_foretell)
{
	double hosts[FORETELL_AGES] = {0}, again[FORETELL_AGES] = {0}, of_campaigns = 0, more = 0;
	struct foretell f = {.others = 1};
	int32_t day = edge - days;

	for (size_t at = 0, from = 0; at < n;) {
		if (s[at].network != s[from].network)
			from = at;
		struct standing h = next_host(s, n, &at, day);

		if (h.known && h.age < window) {
			hosts[age_class(h.age)]++;
			again[age_class(h.age)] += h.again;
			of_campaigns += h.campaign > 0;
		} else if (!h.known && h.campaign && had_campaign(s, n, from, h.campaign, day)) {
			more++;
		} else if (!h.known) {
			f.others++;
		}
	}
	for (size_t k = 0; k < FORETELL_AGES; k++)
		f.again[k] = (again[k] + 0.5) / (hosts[k] + 1);
	f.more = more / (of_campaigns + 1);
	*ret_foretell = f;
}

void foretell_known(const struct rank_seen *s, size_t n, int32_t edge, int32_t window,
	const struct foretell *f, double *to)
{
	for (size_t at = 0; at < n;) {
		struct standing h = next_host(s, n, &at, edge);

		if (h.known && h.age < window)
			to[h.network] += f->again[age_class(h.age)] + (h.campaign ? f->more : 0);
	}
}
