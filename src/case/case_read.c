/*
 * One pass over the network's sightings in order of time; so the first of a group is the first in
 * time, a day or a month that is not the group's last is a new one, and what is kept of each group
 * does not grow. Distinct hosts of a source, prefix or campaign are told by a set of pairs.
 */
#include "case/case_read.h"

#include "base/hash.h"
#include "case/case_query.h"
#include "net/day.h"

#include <errno.h>
#include <stdlib.h>

#define DAY_1980    3652
#define DAY         86400
#define MEMORY_MOST ((size_t)256 << 20) /* of what is told, hosts that are not told left out */
#define SAMPLE(seq) hash64_mix(seq, 0x63617365)

/* What a key of the map is of; a pair has a host beside it. */
enum what { A_HOST = 1, A_SOURCE, A_NETWORK, A_CAMPAIGN, A_C2, A_24 };

/* From keys, which are never 0, to places in a list; open addressing. */
struct map {
	uint64_t *key;
	uint32_t *value;
	size_t n, room;
};

/* Counts that grow; groups are found over the map. */
struct groups {
	struct case_count *of;
	size_t n, room;
};

struct reading {
	struct case_file *c;
	sqlite3 *db;
	int64_t from, to; /* seconds; to is not of it */
	struct map map;
	struct groups host, source, network, campaign, c2;
	int first_month;
};

void case_claim_add(struct case_claim *claim, uint64_t seq, size_t most)
{
	if (!claim->total++) {
		claim->seq[claim->n++] = seq;
		return;
	}
	if (most < 2)
		return;
	if (claim->n == 1) {
		claim->seq[claim->n++] = seq;
		return;
	}
	uint64_t between = claim->seq[1]; /* was the last */
	size_t worst = 2;

	claim->seq[1] = seq;
	if (claim->n < most) {
		claim->seq[claim->n++] = between;
		return;
	}
	for (size_t i = 3; i < claim->n; i++)
		if (SAMPLE(claim->seq[i]) > SAMPLE(claim->seq[worst]))
			worst = i;
	if (most > 2 && SAMPLE(between) < SAMPLE(claim->seq[worst]))
		claim->seq[worst] = between;
}

static int compare_seq(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void case_claim_end(struct case_claim *claim)
{
	qsort(claim->seq, claim->n, sizeof(*claim->seq), compare_seq);
}

static bool map_grow(struct map *m)
{
	size_t room = m->room ? 2 * m->room : 1024;
	uint64_t *key = calloc(room, sizeof(*key));
	uint32_t *value = calloc(room, sizeof(*value));

	if (!key || !value) {
		free(key);
		free(value);
		return false;
	}
	for (size_t i = 0; i < m->room; i++) {
		size_t at = hash64_mix(m->key[i], 1) & (room - 1);

		if (!m->key[i])
			continue;
		while (key[at])
			at = (at + 1) & (room - 1);
		key[at] = m->key[i];
		value[at] = m->value[i];
	}
	free(m->key);
	free(m->value);
	m->key = key;
	m->value = value;
	m->room = room;
	return true;
}

/* Where the value of a key is; *ret_new when it had none, which is then 0. NULL: no memory. */
static uint32_t *map_at(struct map *m, enum what what, uint32_t id, uint32_t pair, bool *ret_new)
{
	uint64_t key = (uint64_t)what << 61 | (uint64_t)(id & 0x1fffffff) << 32 | pair;

	if (2 * m->n >= m->room && !map_grow(m))
		return NULL;
	size_t at = hash64_mix(key, 1) & (m->room - 1);

	while (m->key[at] && m->key[at] != key)
		at = (at + 1) & (m->room - 1);
	*ret_new = !m->key[at];
	if (*ret_new) {
		m->key[at] = key;
		m->n++;
	}
	return &m->value[at];
}

/* The group of an id, made when there is none. Ids are given a pair of UINT32_MAX, which no host
 * has. */
static struct case_count *group_of(struct reading *r, struct groups *g, enum what what, uint32_t id)
{
	bool is_new;
	uint32_t *place = what == A_HOST || what == A_C2
				  ? map_at(&r->map, what, 1, id, &is_new)
				  : map_at(&r->map, what, id, UINT32_MAX, &is_new);

	if (!place)
		return NULL;
	if (!is_new)
		return &g->of[*place];
	if (g->n == g->room) {
		size_t room = g->room ? 2 * g->room : 64;
		void *more = reallocarray(g->of, room, sizeof(*g->of));

		if (!more)
			return NULL;
		g->of = more;
		g->room = room;
	}
	g->of[g->n] = (struct case_count){.id = id};
	*place = (uint32_t)g->n;
	return &g->of[g->n++];
}

static int month_of(int64_t at)
{
	char text[DAY_TEXT];

	day_format(sighting_day(at), text);
	return atoi(text) * 12 + atoi(text + 5) - 1;
}

void case_count_add(struct case_count *g, const struct case_seen *s, size_t most)
{
	if (!g->sightings) {
		g->first = s->at;
		g->days = 1;
	} else if (sighting_day(s->at) != sighting_day(g->last)) {
		g->days++;
	}
	g->last = s->at;
	g->sightings++;
	g->day_only += s->day_only;
	g->by_kind[s->kind]++;
	g->campaigns += s->campaign != 0;
	if (s->confidence > g->confidence)
		g->confidence = s->confidence;
	if (s->port)
		g->port = s->port;
	case_claim_add(&g->claim, s->seq, most);
}

/* Counts it in a group, and its host as one more when it is new there. */
static int count_in(struct reading *r, struct groups *groups, enum what what, uint32_t id,
	const struct case_seen *s, size_t most)
{
	struct case_count *g = group_of(r, groups, what, id);
	bool is_new;

	if (!g || !map_at(&r->map, what, id, s->host, &is_new))
		return -ENOMEM;
	g->hosts += is_new;
	case_count_add(g, s, most);
	return 0;
}

static int count_host(struct reading *r, const struct case_seen *s, size_t month)
{
	struct case_count *h = group_of(r, &r->host, A_HOST, s->host);
	struct case_file *c = r->c;

	if (!h)
		return -ENOMEM;
	c->kind[s->kind].hosts += h->by_kind[s->kind] == 0;
	if (month < c->months)
		c->month[month].hosts += !h->sightings || month_of(h->last) != month_of(s->at);
	c->all.hosts += h->sightings == 0;
	h->hosts = 1;
	case_count_add(h, s, CASE_ROW_RECORDS);
	return 0;
}

static int take(struct reading *r, const struct case_seen *s)
{
	struct case_file *c = r->c;
	size_t month = (size_t)(month_of(s->at) - r->first_month);
	int rc = count_host(r, s, month);

	case_count_add(&c->all, s, c->records);
	case_count_add(&c->kind[s->kind], s, c->records);
	if (month < c->months)
		case_count_add(&c->month[month], s, CASE_ROW_RECORDS);
	if (rc == 0)
		rc = count_in(r, &r->source, A_SOURCE, s->source, s, c->records);
	if (rc == 0)
		rc = count_in(r, &r->network, A_NETWORK, s->network, s, CASE_ROW_RECORDS);
	if (rc == 0 && s->campaign)
		rc = count_in(r, &r->campaign, A_CAMPAIGN, s->campaign, s, c->records);
	if (rc == 0 && s->kind == SIGHTING_C2) {
		struct case_count *g = group_of(r, &r->c2, A_C2, s->host);

		if (!g)
			return -ENOMEM;
		case_count_add(g, s, CASE_ROW_RECORDS);
	}
	return rc;
}

static int read_sightings(struct reading *r, struct err *err)
{
	static const char sql[] =
		"SELECT s.seq, s.at, s.kind, s.source, s.host, s.network, "
		"coalesce(c.parent, c.id, 0), s.confidence, s.port, s.day_only "
		"FROM network n CROSS JOIN sighting s ON s.network = n.id "
		"LEFT JOIN campaign c ON c.id = s.campaign "
		"WHERE n.asn = ?1 AND s.at >= ?2 AND s.at < ?3 ORDER BY s.at, s.seq";
	struct case_query q;
	int rc = case_query_open(&q, r->db, sql, err);

	if (rc == 0)
		case_query_bind(&q, 3, (int64_t)r->c->asn, r->from, r->to);
	while (rc == 0 && (rc = case_query_next(&q, err)) > 0) {
		const struct case_seen s = {
			.seq = (uint64_t)case_query_int(&q, 0),
			.at = case_query_int(&q, 1),
			.kind = (int)case_query_int(&q, 2),
			.source = (uint32_t)case_query_int(&q, 3),
			.host = (uint32_t)case_query_int(&q, 4),
			.network = (uint32_t)case_query_int(&q, 5),
			.campaign = (uint32_t)case_query_int(&q, 6),
			.confidence = (uint8_t)case_query_int(&q, 7),
			.port = (uint16_t)case_query_int(&q, 8),
			.day_only = case_query_int(&q, 9) != 0,
		};

		/* A kind that this program does not know is of a newer one's index. */
		rc = s.kind >= 0 && s.kind < SIGHTING_KINDS ? take(r, &s) : 0;
		if (rc < 0)
			err_sys(err, rc, "case");
	}
	case_query_close(&q);
	return rc;
}

/* One number of a statement over the window; parameters ?1 and ?2 are its ends. */
static int read_number(struct reading *r, const char *sql, uint64_t *ret, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, r->db, sql, err);

	if (rc == 0)
		case_query_bind(&q, 2, r->from, r->to);
	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0)
		*ret = (uint64_t)case_query_int(&q, 0);
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

/* How many of the network's sources were still telling of somebody in the last days. Where none
 * was, that a host was not seen then says nothing. */
static int read_looking(struct reading *r, struct err *err)
{
	static const char sql[] = "SELECT count(*) FROM sighting WHERE source = ?1 AND at >= ?2 "
				  "AND at < ?3 LIMIT 1";
	struct case_query q;
	int rc = case_query_open(&q, r->db, sql, err);

	for (size_t i = 0; i < r->source.n && rc >= 0; i++) {
		case_query_bind(&q, 3, (int64_t)r->source.of[i].id,
			r->to - (int64_t)CASE_STILL_UP * DAY, r->to);
		rc = case_query_next(&q, err);
		r->c->looking += rc > 0 && case_query_int(&q, 0) > 0;
	}
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

static int read_ledger(struct reading *r, struct err *err)
{
	static const char clock_sql[] = "SELECT count(*) FROM record WHERE type = 5";
	static const char erasure_sql[] = "SELECT count(*) FROM record WHERE type = 4";
	static const char everywhere_sql[] =
		"SELECT count(*) FROM sighting WHERE at >= ?1 AND at < ?2";
	static const char nobody_sql[] =
		"SELECT count(*) FROM sighting WHERE at >= ?1 AND at < ?2 AND network IN "
		"(SELECT id FROM network WHERE asn = 0)";
	int rc = read_number(r, everywhere_sql, &r->c->everywhere, err);

	_Static_assert(RECORD_CLOCK == 5 && RECORD_ERASURE == 4, "as in the statements");
	if (rc == 0)
		rc = read_number(r, nobody_sql, &r->c->unattributed, err);
	if (rc == 0)
		rc = read_looking(r, err);
	if (rc == 0)
		rc = read_number(r, clock_sql, &r->c->clock_back, err);
	if (rc == 0)
		rc = read_number(r, erasure_sql, &r->c->erasures, err);
	return rc;
}

int case_count_worse(const void *a, const void *b)
{
	const struct case_count *x = a, *y = b;

	if (x->days != y->days)
		return x->days > y->days ? -1 : 1;
	if (x->sightings != y->sightings)
		return x->sightings > y->sightings ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int more(const void *a, const void *b)
{
	const struct case_count *x = a, *y = b;

	if (x->sightings != y->sightings)
		return x->sightings > y->sightings ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* The name of an id, into the case's memory. */
static int read_name(
	struct reading *r, const char *sql, uint32_t id, struct span *ret_name, struct err *err)
{
	struct case_query q;
	int rc = case_query_open(&q, r->db, sql, err);

	if (rc == 0)
		case_query_bind(&q, 1, (int64_t)id);
	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0)
		*ret_name = case_keep(r->c, case_query_text(&q, 0));
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

/* Keeps the first `most` of groups that are in order, with their names. */
static int keep_groups(struct reading *r, const struct groups *g, const char *sql, size_t most,
	struct case_count **ret_list, size_t *ret_n, struct err *err)
{
	size_t n = g->n < most ? g->n : most;
	struct case_count *list = arena_zalloc(&r->c->memory, n + 1, sizeof(*list));
	int rc = list ? 0 : err_sys(err, -ENOMEM, "case");

	for (size_t i = 0; i < n && rc == 0; i++) {
		list[i] = g->of[i];
		case_claim_end(&list[i].claim);
		rc = read_name(r, sql, list[i].id, &list[i].name, err);
	}
	if (rc == 0) {
		*ret_list = list;
		*ret_n = n;
	}
	return rc;
}

/* What is told of all hosts together: how long, how many nets of 256 they are in. */
static int sum_hosts(struct reading *r, struct err *err)
{
	struct case_file *c = r->c;
	int64_t third = (r->to - r->from) / 3;

	for (size_t i = 0; i < r->host.n; i++) {
		const struct case_count *h = &r->host.of[i];

		c->hosts_one_day += h->days == 1;
		c->hosts_still += h->last >= r->to - (int64_t)CASE_STILL_UP * DAY;
		c->hosts_early += h->first < r->from + third;
		c->hosts_late += h->last >= r->to - third;
	}
	struct case_query q;
	int rc = case_query_open(&q, r->db, "SELECT name FROM host WHERE id = ?1", err);

	for (size_t i = 0; i < r->host.n && rc >= 0; i++) {
		struct prefix p;
		bool is_new = false;

		case_query_bind(&q, 1, (int64_t)r->host.of[i].id);
		rc = case_query_next(&q, err);
		if (rc <= 0 || prefix_parse(case_query_text(&q, 0), &p) < 0)
			continue;
		if (p.length < (p.ip.family == IP_V4 ? 32 : 128))
			c->as_whole += r->host.of[i].sightings;
		else if (p.ip.family == IP_V4 &&
			 !map_at(&r->map, A_24, 1, ip_v4(&p.ip) >> 8, &is_new))
			rc = err_sys(err, -ENOMEM, "case");
		c->v4_24s += is_new;
	}
	case_query_close(&q);
	return rc < 0 ? rc : 0;
}

/* An empty table has no memory, which qsort() may not be given. */
static void sort(void *of, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 1)
		qsort(of, n, size, compare);
}

static int keep_all(struct reading *r, struct err *err)
{
	static const char host_sql[] = "SELECT name FROM host WHERE id = ?1";
	static const char source_sql[] = "SELECT name FROM source WHERE id = ?1";
	static const char prefix_sql[] = "SELECT prefix FROM network WHERE id = ?1";
	struct case_file *c = r->c;
	int rc = sum_hosts(r, err);

	sort(r->host.of, r->host.n, sizeof(*r->host.of), case_count_worse);
	sort(r->c2.of, r->c2.n, sizeof(*r->c2.of), case_count_worse);
	sort(r->source.of, r->source.n, sizeof(*r->source.of), more);
	sort(r->network.of, r->network.n, sizeof(*r->network.of), more);
	sort(r->campaign.of, r->campaign.n, sizeof(*r->campaign.of), more);
	c->hosts_all = r->host.n;
	c->c2_all = r->c2.n;
	c->sources_all = r->source.n;
	c->prefixes_all = r->network.n;
	c->campaigns_all = r->campaign.n;
	if (rc == 0)
		rc = keep_groups(r, &r->host, host_sql, CASE_HOSTS_MOST, &c->host, &c->hosts, err);
	if (rc == 0)
		rc = keep_groups(r, &r->c2, host_sql, CASE_C2_MOST, &c->c2, &c->c2s, err);
	if (rc == 0)
		rc = keep_groups(
			r, &r->source, source_sql, CASE_SOURCES_MOST, &c->source, &c->sources, err);
	if (rc == 0)
		rc = keep_groups(r, &r->network, prefix_sql, CASE_PREFIXES_MOST, &c->prefix,
			&c->prefixes, err);
	case_claim_end(&c->all.claim);
	for (size_t i = 0; i < SIGHTING_KINDS; i++)
		case_claim_end(&c->kind[i].claim);
	for (size_t i = 0; i < c->months; i++)
		case_claim_end(&c->month[i].claim);
	return rc;
}

static int begin_months(struct reading *r)
{
	struct case_file *c = r->c;

	r->first_month = month_of(r->from);
	c->months = (size_t)(month_of(r->to - 1) - r->first_month + 1);
	c->month = arena_zalloc(&c->memory, c->months, sizeof(*c->month));
	if (!c->month)
		return -ENOMEM;
	for (size_t i = 0; i < c->months; i++)
		c->month[i].id = (uint32_t)(r->first_month + (int)i);
	return 0;
}

/* "20741 networks 525764; ...", which is day, name and bytes of each table, as a person reads it;
 * what reads otherwise stays as it is. */
static void tables_words(struct buf *to, struct span tables)
{
	struct span piece, word, name;
	unsigned long long day;

	while (span_cut(&tables, ';', &piece)) {
		struct span rest = span_trim(piece);
		char text[DAY_TEXT];

		buf_str(to, to->n ? ", " : "");
		if (span_cut(&rest, ' ', &word) && span_number(word, 100000, &day) == 0 &&
			day >= DAY_1980 && span_cut(&rest, ' ', &name) && name.n) {
			buf_add(to, name);
			buf_printf(to, " of %s", day_format((int32_t)day, text));
		} else {
			buf_add(to, span_trim(piece));
		}
	}
}

/* What the index says of itself; the last day when none was asked for: not when the last record was
 * taken in, which may be years after what it tells, but when anything was last seen. */
static int read_head(struct reading *r, int32_t day, struct err *err)
{
	struct case_query q;
	struct case_file *c = r->c;
	struct buf tables = {0};
	int64_t seen = 0;
	int rc = case_query_open(&q, r->db,
		"SELECT (SELECT count(*) FROM record), "
		"(SELECT logged FROM record ORDER BY seq DESC LIMIT 1), "
		"(SELECT value FROM meta WHERE key = 'tables'), (SELECT max(at) FROM sighting)",
		err);

	if (rc == 0)
		rc = case_query_next(&q, err);
	if (rc > 0) {
		c->log_size = (uint64_t)case_query_int(&q, 0);
		c->newest = case_query_int(&q, 1);
		tables_words(&tables, case_query_text(&q, 2));
		seen = case_query_int(&q, 3);
		c->tables = case_keep(c, buf_span(&tables));
		buf_done(&tables);
		rc = 0;
	}
	case_query_close(&q);
	c->day_asked = day >= 0;
	c->day = day >= 0 ? day : sighting_day(seen ? seen : c->newest);
	r->to = ((int64_t)c->day + 1) * DAY;
	r->from = r->to - (int64_t)c->window * DAY;
	return rc;
}

static void reading_done(struct reading *r)
{
	struct groups *const all[] = {&r->host, &r->source, &r->network, &r->campaign, &r->c2};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		free(all[i]->of);
	free(r->map.key);
	free(r->map.value);
}

int case_read(
	sqlite3 *db, const struct case_asked *asked, struct case_file *ret_case, struct err *err)
{
	struct case_file c = {.asn = asked->asn,
		.window = asked->window ? asked->window : CASE_WINDOW,
		.records = asked->records ? asked->records : CASE_RECORDS,
		.with_raw = asked->raw};
	struct reading r = {.c = &c, .db = db};

	arena_init(&c.memory, MEMORY_MOST);
	int rc = read_head(&r, asked->day, err);

	if (rc == 0 && begin_months(&r) < 0)
		rc = err_sys(err, -ENOMEM, "case");
	if (rc == 0)
		rc = read_sightings(&r, err);
	if (rc == 0)
		rc = read_ledger(&r, err);
	if (rc == 0)
		rc = keep_all(&r, err);
	const struct case_span span = {r.from, r.to};

	if (rc == 0)
		rc = case_read_campaigns(
			&c, db, span, asked->campaigns, r.campaign.of, r.campaign.n, err);
	if (rc == 0)
		rc = case_read_led(&c, db, span, err);
	if (rc == 0)
		rc = case_read_notices(&c, db, err);
	reading_done(&r);
	if (rc < 0)
		case_done(&c);
	else
		*ret_case = c;
	return rc;
}
