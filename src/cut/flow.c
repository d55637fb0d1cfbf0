/*
 * Flow: Dinitz's algorithm. Levels by breadth first, then paths along rising levels until there is
 * none, each point's arcs looked at once a phase; no recursion.
 *
 * Cuts: a set of points that holds `from`, lacks `to` and is left by no arc with capacity left is
 * one side of a minimum cut, and every minimum cut has such a side (Picard and Queyranne, "On the
 * Structure of All Minimum Cuts in a Network and Applications", 1980). Many sides can stand for one
 * cut, so we do not count sides. The flow falls into `value` paths, and a minimum cut takes exactly
 * one arc of each; so a cut is a choice of an arc a path, and no two choices are the same cut. To
 * choose arc u -> v is to say that u is on the near side, with all that can be reached from it, and
 * v on the far side, with all that reaches it. We go from path to path with the two sides as they
 * are forced so far. They do not touch, so the near side as it stands is closed: every choice that
 * does not contradict leads to a cut, nothing is tried in vain, and a cut costs one pass.
 *
 * An arc whose ends reach each other is in no minimum cut; the strongly connected components of
 * what capacity is left (Tarjan 1972) tell. Along one path the near side only grows, so the arcs
 * that can be chosen stand together: behind those whose v is near, before those whose u is far.
 */
#include "cut/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

int flow_init(struct flow *f, uint32_t points, uint32_t arcs)
{
	size_t n = points ? points : 1, m = arcs ? 2 * (size_t)arcs : 1;

	*f = (struct flow){.points = points};
	f->first = malloc(n * sizeof(*f->first));
	f->next = malloc(m * sizeof(*f->next));
	f->to = malloc(m * sizeof(*f->to));
	f->left = malloc(m * sizeof(*f->left));
	if (!f->first || !f->next || !f->to || !f->left) {
		flow_done(f);
		return -ENOMEM;
	}
	memset(f->first, 0xff, n * sizeof(*f->first));
	return 0;
}

void flow_done(struct flow *f)
{
	free(f->first);
	free(f->next);
	free(f->to);
	free(f->left);
	*f = (struct flow){0};
}

static void put_arc(struct flow *f, uint32_t from, uint32_t to, uint32_t capacity)
{
	uint32_t a = f->arcs++;

	f->to[a] = to;
	f->left[a] = capacity;
	f->next[a] = f->first[from];
	f->first[from] = a;
}

uint32_t flow_arc(struct flow *f, uint32_t from, uint32_t to, bool endless)
{
	put_arc(f, from, to, endless ? FLOW_ENDLESS : 1);
	put_arc(f, to, from, 0);
	return f->arcs - 2;
}

/* What a phase works with, an entry a point. */
struct phase {
	uint32_t *level; /* 1 at the beginning; 0: not reached, or leads nowhere */
	uint32_t *at;    /* the arc to look at next */
	uint32_t *path;  /* points of a level, then the arcs of the path */
};

/* Levels by breadth first. Returns false when `to` cannot be reached any more. */
static bool find_levels(const struct flow *f, uint32_t from, uint32_t to, struct phase *p)
{
	uint32_t n = 0;

	memset(p->level, 0, f->points * sizeof(*p->level));
	p->level[from] = 1;
	p->path[n++] = from;
	for (uint32_t i = 0; i < n && !p->level[to]; i++) {
		uint32_t point = p->path[i];

		for (uint32_t a = f->first[point]; a != NONE; a = f->next[a]) {
			if (f->left[a] && !p->level[f->to[a]]) {
				p->level[f->to[a]] = p->level[point] + 1;
				p->path[n++] = f->to[a];
			}
		}
	}
	return p->level[to];
}

/* Sends what the path bears. Returns how much; *n becomes the arcs before the first that is full.
 */
static uint32_t send(struct flow *f, const uint32_t *path, uint32_t *n)
{
	uint32_t most = FLOW_ENDLESS, full = *n;

	for (uint32_t i = 0; i < *n; i++) {
		if (f->left[path[i]] < most)
			most = f->left[path[i]];
	}
	if (most > FLOW_ENDLESS / 2)
		return FLOW_ENDLESS;
	for (uint32_t i = *n; i-- > 0;) {
		f->left[path[i]] -= most;
		f->left[path[i] ^ 1] += most;
		if (!f->left[path[i]])
			full = i;
	}
	*n = full;
	return most;
}

/* All paths along the levels. Returns the flow that was sent, or FLOW_ENDLESS. */
static uint32_t run_phase(struct flow *f, uint32_t from, uint32_t to, struct phase *p)
{
	uint32_t n = 0, sent = 0, point = from;

	memcpy(p->at, f->first, f->points * sizeof(*p->at));
	for (;;) {
		if (point == to) {
			uint32_t more = send(f, p->path, &n);

			if (more == FLOW_ENDLESS)
				return FLOW_ENDLESS;
			sent += more;
			point = n ? f->to[p->path[n - 1]] : from;
			continue;
		}
		uint32_t a = p->at[point];

		while (a != NONE && (!f->left[a] || p->level[f->to[a]] != p->level[point] + 1))
			a = f->next[a];
		p->at[point] = a;
		if (a != NONE) {
			p->path[n++] = a;
			point = f->to[a];
		} else if (n) {
			p->level[point] = 0;
			point = f->to[p->path[--n] ^ 1];
		} else {
			return sent;
		}
	}
}

int flow_most(struct flow *f, uint32_t from, uint32_t to, uint32_t *ret_value)
{
	size_t n = (size_t)f->points + 1;
	uint32_t *room = malloc(3 * n * sizeof(*room));
	uint32_t value = 0;

	if (!room)
		return -ENOMEM;
	struct phase p = {room, room + n, room + 2 * n};

	while (value != FLOW_ENDLESS && find_levels(f, from, to, &p)) {
		uint32_t sent = run_phase(f, from, to, &p);

		value = sent == FLOW_ENDLESS ? FLOW_ENDLESS : value + sent;
	}
	free(room);
	*ret_value = value;
	return 0;
}

/* One side of the cut as it is forced so far. What a choice added is taken back from the end. */
struct side {
	uint8_t *on;     /* on[points] */
	uint32_t *point; /* those that are on, in the order in which they came */
	uint32_t n;
};

/* Puts a point on a side, with all that can be reached from it (far: that reaches it). */
static void put_on(struct side *s, const struct flow *f, uint32_t point, bool far)
{
	uint32_t i = s->n;

	if (s->on[point])
		return;
	s->on[point] = 1;
	s->point[s->n++] = point;
	for (; i < s->n; i++) {
		for (uint32_t a = f->first[s->point[i]]; a != NONE; a = f->next[a]) {
			if (f->left[a ^ far] && !s->on[f->to[a]]) {
				s->on[f->to[a]] = 1;
				s->point[s->n++] = f->to[a];
			}
		}
	}
}

static void take_back(struct side *s, uint32_t n)
{
	while (s->n > n)
		s->on[s->point[--s->n]] = 0;
}

/* The search for cuts. Everything is in one block at `room`. */
struct search {
	const struct flow *f;
	struct side near, far;
	uint32_t *component; /* component[points] */
	uint32_t *flowing;   /* flowing[arcs / 2]: flow that no path has taken yet */
	uint32_t *path;      /* path[value + 1]: where a path's arcs begin in arc[] */
	uint32_t *arc;       /* arcs that are in some minimum cut, path by path */
	uint32_t *chosen;    /* chosen[value]: index in arc[] */
	uint32_t *near_n;    /* near_n[value], far_n[value]: the sides before a path's choice */
	uint32_t *far_n;
	uint32_t *index, *at; /* [points]: for components; `at` for paths too */
	uint32_t *room;
};

static int search_init(struct search *s, const struct flow *f, uint32_t value)
{
	size_t points = f->points, pairs = f->arcs / 2, paths = (size_t)value + 1;
	uint32_t *p = malloc((6 * points + 2 * pairs + 4 * paths) * sizeof(*p));
	uint8_t *on = calloc(2, points);

	*s = (struct search){.f = f, .room = p};
	if (!p || !on) {
		free(p);
		free(on);
		return -ENOMEM;
	}
	s->near.on = on;
	s->far.on = on + points;
	s->near.point = p;
	s->far.point = p += points;
	s->component = p += points;
	s->index = p += points;
	s->at = p += points;
	s->flowing = p += 2 * points; /* two: `at` is followed by a stack */
	s->arc = p += pairs;
	s->path = p += pairs;
	s->chosen = p += paths;
	s->near_n = p += paths;
	s->far_n = p + paths;
	return 0;
}

static void search_done(struct search *s)
{
	free(s->near.on);
	free(s->room);
}

/*
 * Components by Tarjan's algorithm. While a point is on the walk, index[] is its number; once its
 * component is known, it is NONE, so that it no longer counts. The walk is kept in place: caller[]
 * (component[], not yet needed) is where each point was come from.
 */
struct walk {
	uint32_t *low, *caller, *open; /* open: points whose component is not known */
	uint32_t opened, numbered, components;
};

static void enter(struct search *s, struct walk *w, uint32_t point, uint32_t caller)
{
	s->index[point] = w->low[point] = ++w->numbered;
	s->at[point] = s->f->first[point];
	w->caller[point] = caller;
	w->open[w->opened++] = point;
}

/* All of a point's arcs are done. Returns where it was come from. */
static uint32_t leave(struct search *s, struct walk *w, uint32_t point)
{
	uint32_t caller = w->caller[point], member = NONE;

	if (w->low[point] == s->index[point]) {
		while (member != point) {
			member = w->open[--w->opened];
			s->index[member] = NONE;
			s->component[member] = w->components;
		}
		w->components++;
	} else if (w->low[point] < w->low[caller]) {
		w->low[caller] = w->low[point];
	}
	return caller;
}

static void walk_from(struct search *s, struct walk *w, uint32_t start)
{
	const struct flow *f = s->f;

	enter(s, w, start, NONE);
	for (uint32_t point = start; point != NONE;) {
		uint32_t a = s->at[point];

		while (a != NONE && !f->left[a])
			a = f->next[a];
		if (a == NONE) {
			point = leave(s, w, point);
			continue;
		}
		s->at[point] = f->next[a];
		if (!s->index[f->to[a]]) {
			enter(s, w, f->to[a], point);
			point = f->to[a];
		} else if (s->index[f->to[a]] < w->low[point]) {
			w->low[point] = s->index[f->to[a]];
		}
	}
}

/* The sides' rooms are not in use yet and lend the walk theirs. */
static void find_components(struct search *s)
{
	struct walk w = {s->near.point, s->far.point, s->at + s->f->points, 0, 0, 0};

	memset(s->index, 0, s->f->points * sizeof(*s->index));
	for (uint32_t i = 0; i < s->f->points; i++) {
		if (!s->index[i])
			walk_from(s, &w, i);
	}
}

static bool may_be_cut(const struct search *s, uint32_t a)
{
	const struct flow *f = s->f;
	uint32_t u = f->to[a ^ 1], v = f->to[a];

	return f->left[a] + f->left[a ^ 1] == 1 && s->component[u] != s->component[v];
}

/* Takes the flow apart into paths; of each, the arcs that may be cut. */
static void find_paths(struct search *s, uint32_t from, uint32_t to, uint32_t value)
{
	const struct flow *f = s->f;
	uint32_t n = 0;

	for (uint32_t a = 0; a < f->arcs; a += 2)
		s->flowing[a / 2] = f->left[a + 1];
	memcpy(s->at, f->first, f->points * sizeof(*s->at));
	for (uint32_t i = 0; i < value; i++) {
		s->path[i] = n;
		for (uint32_t point = from; point != to;) {
			uint32_t a = s->at[point];

			while ((a & 1) || !s->flowing[a / 2])
				a = f->next[a];
			s->at[point] = a;
			s->flowing[a / 2]--;
			if (may_be_cut(s, a))
				s->arc[n++] = a;
			point = f->to[a];
		}
	}
	s->path[value] = n;
}

/* The first arc of a path, from index i on, that contradicts nothing chosen; NONE. */
static uint32_t next_choice(const struct search *s, uint32_t path, uint32_t i)
{
	for (; i < s->path[path + 1]; i++) {
		uint32_t a = s->arc[i];

		if (s->far.on[s->f->to[a ^ 1]])
			return NONE;
		if (!s->near.on[s->f->to[a]])
			return i;
	}
	return NONE;
}

static void choose(struct search *s, uint32_t path, uint32_t i)
{
	s->chosen[path] = i;
	s->near_n[path] = s->near.n;
	s->far_n[path] = s->far.n;
	put_on(&s->near, s->f, s->f->to[s->arc[i] ^ 1], false);
	put_on(&s->far, s->f, s->f->to[s->arc[i]], true);
}

static void unchoose(struct search *s, uint32_t path)
{
	take_back(&s->near, s->near_n[path]);
	take_back(&s->far, s->far_n[path]);
}

static uint32_t find_cuts(struct search *s, uint32_t value, uint32_t most, uint32_t *ret_arc)
{
	uint32_t cuts = 0, path = 0, i = 0;

	while (cuts < most) {
		uint32_t choice = path < value ? next_choice(s, path, i) : NONE;

		if (choice != NONE) {
			choose(s, path++, choice);
			i = path < value ? s->path[path] : 0;
			continue;
		}
		if (path == value) {
			for (uint32_t k = 0; k < value; k++)
				*ret_arc++ = s->arc[s->chosen[k]];
			cuts++;
		}
		if (!path)
			break;
		unchoose(s, --path);
		i = s->chosen[path] + 1;
	}
	return cuts;
}

int flow_cuts(const struct flow *f, uint32_t from, uint32_t to, uint32_t value, uint32_t most,
	uint32_t *ret_arc, uint32_t *ret_cuts)
{
	struct search s;
	int rc = search_init(&s, f, value);

	if (rc < 0)
		return rc;
	find_components(&s);
	put_on(&s.near, f, from, false);
	put_on(&s.far, f, to, true);
	find_paths(&s, from, to, value);
	*ret_cuts = find_cuts(&s, value, most, ret_arc);
	search_done(&s);
	return 0;
}
