/*
 * Counting. Observations are put into buckets by network; within one the order is settled over all
 * fields, so that nothing depends on the order of arrival, and each network is counted by itself.
 *
 * Incidents are counted whole: a host by its confidence, whatever its age and however often it was
 * named; the hosts of one campaign as one incident, more or less by their number. A fraction of an
 * incident would not be Poisson, and where one host is all that there is, that is all that matters.
 * How old they are is heeded afterwards, as far as it is not chance.
 */
#include "rank/rank_work.h"

#include "base/hash.h"
#include "base/pool.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TALLY     ((size_t)65536 * RANK_KINDS * 2)
#define NO_STREAM UINT8_MAX

/* Variance of the logarithm of how rates change within a window: what it is taken to be, as of so
 * many networks beside those that there are; and never less than. */
#define DRIFT       0.25
#define DRIFT_TRUST 20.0
#define DRIFT_LEAST 0.01

#define LEAST_RECENCY 0.25 /* of a source's usual incident: older ones count less for their age */

/* A share of a host that is of a campaign, until the campaign is counted. */
struct part {
	uint32_t campaign, stream;
	double sure, recent; /* recent: sure, and still so */
};

/* What is given to one stream of one network, until it is a cell. */
struct given {
	double weight[INCIDENTS], squares[INCIDENTS], recent, recent_squares;
};

/* A stay: days of age at which it came under watch and at which it was last seen. */
struct stay {
	double from, to;
	bool gone;
};

struct worker {
	struct part *part; /* part[bucket's size] */
	struct stay *stay;
	double *entered;
	size_t parts, stays;
	struct given given[RANK_STREAMS];
	uint32_t named_by[65536]; /* 1 + the network that each source named last */
};

struct work {
	const struct settings *set;
	struct counts *counts;
	struct rank_seen *seen; /* by network */
	size_t *from;           /* from[n + 1]: where the buckets of counts.seen begin */
	int32_t *spoke;         /* spoke[65536]: when each source last said anything */
	uint8_t *stream_of;     /* stream_of[TALLY], by key_of(); NO_STREAM: left out */
	double *recency;        /* recency[window]: of what was last seen so many days ago */
	const struct counts *like;
	struct worker *worker;
};

/* What makes a stream: hosts and prefixes of a source are not said alike. */
static size_t key_of(uint16_t source, uint8_t kind, bool prefixes)
{
	return ((size_t)source * RANK_KINDS + kind) * 2 + prefixes;
}

static size_t key_of_seen(const struct rank_seen *s)
{
	return key_of(s->source, s->kind, s->bits > 0);
}

static bool fits(const struct rank_world *w, const struct rank_seen *s)
{
	return s->network < w->networks && s->kind < RANK_KINDS && s->last >= s->first &&
	       s->first > -4000000 && s->last < 4000000 && s->confidence >= 1 &&
	       s->confidence <= 100 && s->bits <= 128;
}

/* Of this window: seen by the day, last seen within it; of a stream that there is. */
static bool counts_now(const struct work *x, const struct rank_seen *s)
{
	const struct settings *set = x->set;

	return s->first <= set->day && s->last > set->day - set->window &&
	       set->kinds >> s->kind & 1 && x->stream_of[key_of_seen(s)] != NO_STREAM;
}

uint16_t count_bin(double size)
{
	double bin = size >= 1 ? round(8 * log2(size)) : 0;

	return (uint16_t)(bin < BINS - 1 ? bin : BINS - 1);
}

static int compare_seen(const void *pa, const void *pb)
{
	const struct rank_seen *a = pa, *b = pb;
#define BY(field)                                                                                  \
	if (a->field != b->field)                                                                  \
	return a->field < b->field ? -1 : 1
	BY(host);
	BY(first);
	BY(last);
	BY(source);
	BY(kind);
	BY(campaign);
	BY(confidence);
	BY(bits);
#undef BY
	return 0;
}

struct tally {
	size_t n;
	uint32_t key;
};

static int compare_tally(const void *pa, const void *pb)
{
	const struct tally *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return (a->key > b->key) - (a->key < b->key);
}

/* Numbers the streams, the largest first; those for which there is no room share the last one. */
static int number_streams(const uint32_t *tally, struct counts *c, uint8_t *stream_of)
{
	size_t n = 0, k = 0;

	for (size_t i = 0; i < TALLY; i++)
		n += tally[i] > 0;
	struct tally *all = malloc((n + 1) * sizeof *all);

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < TALLY; i++)
		if (tally[i])
			all[k++] = (struct tally){tally[i], (uint32_t)i};
	qsort(all, n, sizeof *all, compare_tally);
	c->streams = n < RANK_STREAMS ? n : RANK_STREAMS;
	for (size_t i = 0; i < n; i++) {
		size_t s = i < RANK_STREAMS ? i : RANK_STREAMS - 1;

		stream_of[all[i].key] = (uint8_t)s;
		c->stream[s] = (struct rank_stream){
			.source = i > s || (s == RANK_STREAMS - 1 && n > RANK_STREAMS)
					  ? UINT16_MAX
					  : (uint16_t)(all[i].key / 2 / RANK_KINDS),
			.kind = (uint8_t)(all[i].key / 2 % RANK_KINDS),
			.prefixes = all[i].key % 2,
		};
	}
	free(all);
	return 0;
}

/* Streams as they were numbered before. Pooled ones cannot be told any more, and are left out. */
static void number_streams_like(const struct counts *like, struct counts *c, uint8_t *stream_of)
{
	memset(stream_of, NO_STREAM, TALLY);
	c->streams = like->streams;
	memcpy(c->stream, like->stream, sizeof c->stream);
	for (size_t i = 0; i < like->streams; i++)
		if (like->stream[i].source != UINT16_MAX)
			stream_of[key_of(like->stream[i].source, like->stream[i].kind,
				like->stream[i].prefixes)] = (uint8_t)i;
}

/* Sizes that are not known are taken to be usual: the median of the known ones. */
static void count_sizes(const struct rank_world *w, struct counts *c, uint16_t *ret_usual)
{
	double known = 0, below = 0;
	size_t b = 0;

	for (size_t i = 0; i < w->networks; i++) {
		if (!(w->network[i].size > 0))
			continue;
		c->all[count_bin(w->network[i].size)]++;
		known++;
	}
	while (b < BINS - 1 && (below += c->all[b]) < known / 2)
		b++;
	*ret_usual = (uint16_t)b;
	c->all[b] += (double)w->networks - known;
	memcpy(c->unseen, c->all, sizeof c->unseen);
}

/* How much an observation counts for its age. */
static double recency(const struct work *x, const struct rank_seen *s)
{
	return s->last < x->set->day ? x->recency[x->set->day - s->last] : 1;
}

static void give(struct given *to, enum incident what, double weight, double recent)
{
	to->weight[what] += weight;
	to->squares[what] += weight * weight;
	to->recent += weight * recent;
	to->recent_squares += weight * recent * recent;
}

/*
 * The stays of one host: sightings less than RANK_GAP days apart are one. Those that began before
 * the window were only watched from there on, since a host that went before is not in it. A host
 * has gone when those who named it have been heard since and did not name it for RANK_GAP days; a
 * list that was published once tells of nobody that he is gone.
 */
static void take_stays(struct worker *k, const struct work *x, const struct rank_seen *s, size_t n)
{
	const struct settings *set = x->set;
	int32_t start = set->day - set->window + 1;

	for (size_t i = 0; i < n;) {
		int32_t first = s[i].first, last = s[i].last, heard = x->spoke[s[i].source];

		for (i++; i < n && s[i].first - last <= RANK_GAP; i++) {
			if (s[i].last > last)
				last = s[i].last;
			if (x->spoke[s[i].source] > heard)
				heard = x->spoke[s[i].source];
		}
		if (last > set->day)
			last = set->day;
		int32_t known = last + RANK_GAP < heard ? last : heard - RANK_GAP;
		double from = first < start ? start - first : 0;

		if (known - first + 1 > from)
			k->stay[k->stays++] = (struct stay){
				.from = from,
				.to = (double)known - first + 1,
				.gone = last + RANK_GAP < heard,
			};
	}
}

/*
 * The stream to which an incident is given, in proportion to share[n]: by chance, which hangs on
 * the incident alone. To give each stream its share would be fairer to look at, but then what is
 * one incident would seem to be several that agree; arrivals that are dealt out by chance are
 * independent.
 */
static uint32_t pick(const double *share, size_t n, uint64_t chance)
{
	double sum = 0, below = 0;
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++)
		sum += share[i];
	for (uint32_t i = 0; i < n; i++) {
		if (!(share[i] > 0))
			continue;
		below += share[i];
		last = i;
		if ((double)chance * 0x1p-64 * sum < below)
			break;
	}
	return last;
}

/* One host, s[n]: it goes to one of its streams, or to parts when it is of a campaign. */
static void take_host(struct worker *k, const struct work *x, const struct rank_seen *s, size_t n,
	struct rank_entry *e)
{
	double best[RANK_STREAMS], recent[RANK_STREAMS], doubt = 1, sum = 0, old = 1;
	uint32_t campaign = 0, kinds = 0;
	uint8_t bits = 0;
	bool fresh = false;

	for (size_t i = 0; i < x->counts->streams; i++)
		best[i] = recent[i] = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t to = x->stream_of[key_of_seen(&s[i])];
		double sure = s[i].confidence / 100.0;

		best[to] = fmax(best[to], sure);
		recent[to] = fmax(recent[to], sure * recency(x, &s[i]));
		if (s[i].campaign && (!campaign || s[i].campaign < campaign))
			campaign = s[i].campaign;
		if (s[i].bits > bits)
			bits = s[i].bits;
		kinds |= 1u << s[i].kind;
		fresh |= s[i].last > x->set->day - RANK_FRESH;
	}
	for (size_t i = 0; i < x->counts->streams; i++) {
		doubt *= 1 - best[i];
		old *= 1 - recent[i];
		sum += best[i];
	}
	if (campaign) {
		for (uint32_t i = 0; i < x->counts->streams; i++)
			if (best[i] > 0)
				k->part[k->parts++] = (struct part){campaign, i,
					(1 - doubt) * best[i] / sum, (1 - old) * best[i] / sum};
	} else if (sum > 0) {
		uint32_t i = pick(best, x->counts->streams, hash64_mix(s->host, s->network));

		give(&k->given[i], LONE, (1 - doubt) * alike(exp2(bits)), (1 - old) / (1 - doubt));
	}
	for (size_t i = 0; i < RANK_KINDS; i++)
		e->host_kind[i] += kinds >> i & 1;
	*(bits ? &e->listed : &e->hosts) += 1;
	e->fresh += fresh;
	take_stays(k, x, s, n);
}

static int compare_part(const void *pa, const void *pb)
{
	const struct part *a = pa, *b = pb;

	if (a->campaign != b->campaign)
		return a->campaign < b->campaign ? -1 : 1;
	if (a->stream != b->stream)
		return a->stream < b->stream ? -1 : 1;
	if (a->sure != b->sure)
		return a->sure > b->sure ? 1 : -1;
	return (a->recent > b->recent) - (a->recent < b->recent);
}

static void take_campaigns(struct worker *k, const struct rank_entry *e)
{
	qsort(k->part, k->parts, sizeof *k->part, compare_part);
	for (size_t i = 0, end; i < k->parts; i = end) {
		double sure = 0, recent = 0, by[RANK_STREAMS] = {0};

		for (end = i; end < k->parts && k->part[end].campaign == k->part[i].campaign; end++)
			sure += k->part[end].sure, recent += k->part[end].recent,
				by[k->part[end].stream] += k->part[end].sure;
		uint32_t to = pick(
			by, RANK_STREAMS, hash64_mix(k->part[i].campaign, ~(uint64_t)e->network));

		give(&k->given[to], SHARED, alike(sure), recent / sure);
	}
}

static int compare_stay(const void *pa, const void *pb)
{
	const struct stay *a = pa, *b = pb;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return b->gone - a->gone; /* Kaplan and Meier: who goes on a day goes before who is lost */
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * The age by which half have gone (Kaplan and Meier 1958), with those that came under watch at an
 * age not at risk before it; below 0 when fewer than half go as long as any is watched.
 */
static double median_stay(struct worker *k)
{
	double left = 1;
	size_t in = 0;

	for (size_t i = 0; i < k->stays; i++)
		k->entered[i] = k->stay[i].from;
	qsort(k->stay, k->stays, sizeof *k->stay, compare_stay);
	qsort(k->entered, k->stays, sizeof *k->entered, compare_double);
	for (size_t i = 0, end; i < k->stays; i = end) {
		double t = k->stay[i].to;
		size_t going = 0;

		while (in < k->stays && k->entered[in] < t)
			in++;
		for (end = i; end < k->stays && k->stay[end].to == t; end++)
			going += k->stay[end].gone;
		if (going && in > i)
			left *= 1 - (double)going / (double)(in - i);
		if (left <= 0.5)
			return t;
	}
	return -1;
}

/* As they were named, a host of several counting for each. */
static void count_campaigns(
	struct worker *k, const struct rank_seen *s, size_t n, struct rank_entry *e)
{
	size_t named = 0;

	for (size_t i = 0; i < n; i++)
		if (s[i].campaign)
			k->entered[named++] = s[i].campaign;
	qsort(k->entered, named, sizeof *k->entered, compare_double);
	for (size_t i = 0; i < named; i++)
		e->campaigns += !i || k->entered[i] != k->entered[i - 1];
}

static void count_sources(
	struct worker *k, const struct rank_seen *s, size_t n, struct rank_entry *e)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t *by = &k->named_by[s[i].source];

		e->sources += *by != e->network + 1;
		*by = e->network + 1;
	}
}

static void put_cell(
	struct counts *c, struct seen_network *net, uint32_t stream, const struct given *g)
{
	if (!(g->weight[LONE] + g->weight[SHARED] > 0))
		return;
	c->cell[net->first_cell + net->cells++] = (struct cell){.stream = stream,
		.weight = {(float)g->weight[LONE], (float)g->weight[SHARED]},
		.squares = {(float)g->squares[LONE], (float)g->squares[SHARED]},
		.recent = (float)g->recent,
		.recent_squares = (float)g->recent_squares};
}

/* Readers that go by host bring them in order. */
static void sort_seen(struct rank_seen *s, size_t n)
{
	size_t i = 1;

	while (i < n && compare_seen(&s[i - 1], &s[i]) <= 0)
		i++;
	if (i < n)
		qsort(s, n, sizeof *s, compare_seen);
}

static void count_network(const struct work *x, struct worker *k, size_t i)
{
	struct seen_network *net = &x->counts->seen[i];
	struct rank_entry *e = &x->counts->entry[i];
	struct rank_seen *s = x->seen + x->from[i];
	size_t n = x->from[i + 1] - x->from[i];

	k->parts = k->stays = 0;
	for (uint32_t j = 0; j < x->counts->streams; j++)
		k->given[j] = (struct given){0};
	e->network = net->network;
	sort_seen(s, n);
	for (size_t from = 0, end; from < n; from = end) {
		for (end = from; end < n && s[end].host == s[from].host; end++)
			;
		take_host(k, x, s + from, end - from, e);
	}
	take_campaigns(k, e);
	count_sources(k, s, n, e);
	count_campaigns(k, s, n, e);
	e->stay_seen = median_stay(k);
	for (size_t j = 0; j < k->stays; j++) {
		net->at_risk += k->stay[j].to - k->stay[j].from;
		e->gone += k->stay[j].gone;
	}
	for (uint16_t j = 0; j < x->counts->streams; j++)
		put_cell(x->counts, net, j, &k->given[j]);
}

static void count_run(void *context, unsigned worker, size_t from, size_t to)
{
	struct work *x = context;

	for (size_t i = from; i < to; i++)
		count_network(x, &x->worker[worker], i);
}

/* What the usual incident of each stream weighs (sum of squares over sum: Kish 1965, so that what
 * is counted varies as whole incidents do), and how old it is. */
static void find_units(const struct counts *c, struct units *u)
{
	double weight[RANK_STREAMS][INCIDENTS] = {0}, squares[RANK_STREAMS][INCIDENTS] = {0};
	double recent[RANK_STREAMS] = {0}, spread = 0, all = 0;

	for (size_t i = 0; i < c->n; i++) {
		for (uint32_t j = 0; j < c->seen[i].cells; j++) {
			const struct cell *y = &c->cell[c->seen[i].first_cell + j];

			for (int k = 0; k < INCIDENTS; k++) {
				weight[y->stream][k] += y->weight[k];
				squares[y->stream][k] += y->squares[k];
			}
			recent[y->stream] += y->recent;
		}
	}
	for (size_t i = 0; i < c->streams; i++) {
		double both = weight[i][LONE] + weight[i][SHARED];

		for (int k = 0; k < INCIDENTS; k++)
			u->unit[i][k] = weight[i][k] > 0 ? squares[i][k] / weight[i][k] : 1;
		u->recency[i] = both > 0 ? fmax(recent[i] / both, LEAST_RECENCY) : 1;
		all += both;
	}
	for (size_t i = 0; i < c->n; i++) {
		for (uint32_t j = 0; j < c->seen[i].cells; j++) {
			const struct cell *y = &c->cell[c->seen[i].first_cell + j];

			spread +=
				y->recent_squares / (u->recency[y->stream] * u->recency[y->stream]);
		}
	}
	u->spread = all > 0 ? fmax(spread / all - 1, 0.05) : 1;
}

/* How recent the incidents of a network are, as a multiple of the usual, and how many they are. */
static double recency_of(const struct counts *c, struct seen_network *net, double *ret_n)
{
	double n = 0, weight = 0, recent = 0, usual = 0;

	for (uint32_t j = 0; j < net->cells; j++) {
		const struct cell *y = &c->cell[net->first_cell + j];

		n += y->y;
		weight += y->weight[LONE] + y->weight[SHARED];
		recent += y->recent / c->units.recency[y->stream];
		usual += (y->weight[LONE] + y->weight[SHARED]) / c->units.recency[y->stream];
	}
	*ret_n = n;
	net->usual_recency = weight / usual;
	return recent / weight;
}

/*
 * How rates change: incidents of a network are older or newer than the usual ones by chance, with a
 * variance of spread / n; what is beyond that is change.
 */
static void find_drift(struct counts *c)
{
	double sum = DRIFT * DRIFT_TRUST, weight = DRIFT_TRUST;

	for (size_t i = 0; i < c->n; i++) {
		double n, off = recency_of(c, &c->seen[i], &n) - 1, w = n / (n + 4);

		sum += w * (off * off - c->units.spread / n);
		weight += w;
	}
	c->units.drift = fmax(sum / weight, DRIFT_LEAST);
}

/*
 * Of a network with many incidents their ages tell whether it has become better or worse; of one
 * with few they are chance, and what has been seen has been seen. So the count is multiplied by the
 * recency to a power that is drift over drift and chance.
 */
static void heed_recency(struct counts *c, struct seen_network *net)
{
	double n, recent = recency_of(c, net, &n);

	net->heed = n / (n + c->units.spread / c->units.drift);
	for (uint32_t j = 0; j < net->cells; j++) {
		struct cell *y = &c->cell[net->first_cell + j];

		y->y *= pow(recent, net->heed);
		y->level = rate_level(y->y);
		c->stream[y->stream].incidents += y->y;
	}
}

static void settle_units(const struct work *x)
{
	struct counts *c = x->counts;

	if (x->like)
		c->units = x->like->units;
	else
		find_units(c, &c->units);
	for (size_t i = 0; i < c->n; i++) {
		for (uint32_t j = 0; j < c->seen[i].cells; j++) {
			struct cell *y = &c->cell[c->seen[i].first_cell + j];
			const double *unit = c->units.unit[y->stream];

			y->y = y->weight[LONE] / unit[LONE] + y->weight[SHARED] / unit[SHARED];
		}
	}
	if (!x->like)
		find_drift(c);
	for (size_t i = 0; i < c->streams; i++) {
		c->stream[i].incidents = 0;
		c->stream[i].unit = c->units.unit[i][LONE];
	}
	for (size_t i = 0; i < c->n; i++)
		heed_recency(c, &c->seen[i]);
}

static int run_counts(struct work *x, size_t biggest)
{
	unsigned workers = x->set->threads ? x->set->threads : pool_cores();
	struct pool_loop loop = {x, count_run};
	int rc = 0;

	x->worker = calloc(workers, sizeof *x->worker);
	if (!x->worker)
		return -ENOMEM;
	for (unsigned i = 0; i < workers; i++) {
		struct worker *k = &x->worker[i];

		/* A part for each host and stream: never more than observations. */
		k->part = malloc(biggest * sizeof *k->part);
		k->stay = malloc(biggest * sizeof *k->stay);
		k->entered = malloc(biggest * sizeof *k->entered);
		if (!k->part || !k->stay || !k->entered)
			rc = -ENOMEM;
	}
	if (rc == 0)
		rc = pool_run_loop(&loop, x->counts->n, 64, workers);
	for (unsigned i = 0; i < workers; i++) {
		free(x->worker[i].part);
		free(x->worker[i].stay);
		free(x->worker[i].entered);
	}
	free(x->worker);
	return rc;
}

/* Puts what counts into buckets by network: at[networks + 1] is the tally of each. */
static void fill_buckets(const struct rank_world *w, struct work *x, size_t *at)
{
	struct counts *c = x->counts;
	size_t sum = 0, k = 0, cells = 0;

	for (size_t i = 0; i < w->networks; i++) {
		size_t n = at[i];

		at[i] = sum;
		if (!n)
			continue;
		x->from[k] = sum;
		c->seen[k++] = (struct seen_network){.network = (uint32_t)i, .first_cell = cells};
		cells += n < c->streams ? n : c->streams;
		sum += n;
	}
	x->from[k] = sum;
	for (size_t i = 0; i < w->n; i++)
		if (fits(w, &w->seen[i]) && counts_now(x, &w->seen[i]))
			x->seen[at[w->seen[i].network]++] = w->seen[i];
}

/* Room for `n` observations of c->n networks; `cells` cells. */
static int make_room(struct work *x, size_t n, size_t cells)
{
	struct counts *c = x->counts;

	c->seen = calloc(c->n + 1, sizeof *c->seen);
	c->entry = calloc(c->n + 1, sizeof *c->entry);
	c->cell = calloc(cells + 1, sizeof *c->cell);
	x->seen = malloc((n + 1) * sizeof *x->seen);
	x->from = malloc((c->n + 1) * sizeof *x->from);
	return c->seen && c->entry && c->cell && x->seen && x->from ? 0 : -ENOMEM;
}

/* at[i]: how much counts of network i; tally: of each source and kind. */
static int count_buckets(const struct rank_world *w, struct work *x, size_t *at, uint32_t *tally)
{
	struct counts *c = x->counts;
	size_t n = 0, cells = 0, biggest = 1;
	uint16_t usual;

	if (x->like)
		number_streams_like(x->like, c, x->stream_of);
	for (size_t i = 0; i < w->n; i++) {
		const struct rank_seen *s = &w->seen[i];

		if (!fits(w, s)) {
			c->unfit++;
		} else if (counts_now(x, s)) {
			int32_t last = s->last < x->set->day ? s->last : x->set->day;

			if (last > x->spoke[s->source])
				x->spoke[s->source] = last;
			at[s->network]++;
			tally[key_of_seen(s)]++;
		}
	}
	int rc = x->like ? 0 : number_streams(tally, c, x->stream_of);

	for (size_t i = 0; i < w->networks; i++) {
		n += at[i];
		c->n += at[i] > 0;
		cells += at[i] < c->streams ? at[i] : c->streams;
		biggest = at[i] > biggest ? at[i] : biggest;
	}
	if (rc == 0)
		rc = make_room(x, n, cells);
	if (rc < 0)
		return rc;
	fill_buckets(w, x, at);
	count_sizes(w, c, &usual);
	for (size_t i = 0; i < c->n; i++) {
		double size = w->network[c->seen[i].network].size;

		c->seen[i].bin = size > 0 ? count_bin(size) : usual;
		c->unseen[c->seen[i].bin]--;
	}
	rc = run_counts(x, biggest);
	if (rc == 0)
		settle_units(x);
	return rc;
}

int count_world(const struct rank_world *w, const struct settings *s, const struct counts *like,
	struct counts *ret_counts)
{
	struct counts c = {0};
	struct work x = {.set = s, .counts = &c, .like = like};
	size_t *at = calloc(w->networks + 1, sizeof *at);
	uint32_t *tally = calloc(TALLY, sizeof *tally);

	x.stream_of = calloc(TALLY, 1);
	x.spoke = malloc(65536 * sizeof *x.spoke);
	x.recency = malloc((size_t)s->window * sizeof *x.recency);
	for (int32_t i = 0; x.recency && i < s->window; i++)
		x.recency[i] = exp2(-(double)i / s->half_life);
	for (size_t i = 0; x.spoke && i < 65536; i++)
		x.spoke[i] = INT32_MIN;
	int rc = at && tally && x.stream_of && x.spoke && x.recency
			 ? count_buckets(w, &x, at, tally)
			 : -ENOMEM;

	free(at);
	free(tally);
	free(x.stream_of);
	free(x.spoke);
	free(x.recency);
	free(x.seen);
	free(x.from);
	if (rc == 0)
		*ret_counts = c;
	else
		count_done(&c);
	return rc;
}

void count_done(struct counts *c)
{
	free(c->seen);
	free(c->entry);
	free(c->cell);
	*c = (struct counts){0};
}
