/*
 * A record goes into the rows of its type. What would go into a b-tree at a place of chance (ids,
 * names of hosts) waits, and goes into sorted runs by the batch (runs.h).
 */
#include "ledger/db.h"
#include "ledger/index_work.h"

#include "base/hash.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

/* --- rows --- */

static void bind_record(sqlite3_stmt *s, int at, const struct rows *r, size_t i)
{
	for (int k = 0; k < INDEX_RECORD - 1; k++)
		sqlite3_bind_int64(s, ++at, r->record[i][k]);
	sqlite3_bind_blob(s, ++at, r->id[i], RECORD_ID_BYTES, SQLITE_STATIC);
}

static void bind_sighting(sqlite3_stmt *s, int at, const struct rows *r, size_t i)
{
	for (int k = 0; k < INDEX_SIGHTING; k++) {
		at++;
		if (r->sighting[i][k] < 0)
			sqlite3_bind_null(s, at);
		else
			sqlite3_bind_int64(s, at, r->sighting[i][k]);
	}
}

/* Puts n rows of one table in: all at once when there are INDEX_ROWS, else one by one. */
static int put_table(struct index_file *x, size_t n, enum statement one, enum statement all,
	int columns, void (*bind)(sqlite3_stmt *s, int at, const struct rows *r, size_t i),
	struct err *err)
{
	size_t step = n == INDEX_ROWS ? INDEX_ROWS : 1;
	sqlite3_stmt *s = n ? index_get(x, step > 1 ? all : one) : NULL;
	int rc = n && !s ? index_fail(x, err) : 0;

	for (size_t i = 0; i < n && rc == 0; i += step) {
		for (size_t k = 0; k < step; k++)
			bind(s, (int)k * columns, &x->rows, i + k);
		rc = index_run(x, s, err);
	}
	return rc;
}

static int put_records(struct index_file *x, struct err *err)
{
	size_t n = x->rows.records;

	x->rows.records = 0;
	return put_table(x, n, ADD_RECORD, ADD_RECORDS, INDEX_RECORD, bind_record, err);
}

static int put_sightings(struct index_file *x, struct err *err)
{
	size_t n = x->rows.sightings;

	x->rows.sightings = 0;
	return put_table(x, n, ADD_SIGHTING, ADD_SIGHTINGS, INDEX_SIGHTING, bind_sighting, err);
}

/* --- what waits for its runs --- */

#define PENDING_MOST ((size_t)1 << 19) /* entries, of an index that is made at one go */

/* What is asked of a number that the runs give: whether it stands for that name. */
struct question {
	struct index_file *x;
	struct span name;
	enum statement name_of;
	int64_t number;
	struct err *err;
};

static int is_it(void *context, uint64_t number)
{
	struct question *q = context;
	sqlite3_stmt *s = index_get(q->x, q->name_of);

	if (!s)
		return index_fail(q->x, q->err);
	sqlite3_bind_int64(s, 1, (int64_t)number);
	int code = sqlite3_step(s), rc = 0;

	if (code == SQLITE_ROW) {
		const char *p = sqlite3_column_blob(s, 0);

		/* NULL: memory was short, or there is nothing. */
		rc = p ? span_eq(q->name, (struct span){p, (size_t)sqlite3_column_bytes(s, 0)})
		       : index_fail(q->x, q->err);
	} else if (code != SQLITE_DONE) {
		rc = index_fail(q->x, q->err);
	}
	sqlite3_reset(s);
	if (rc == 1)
		q->number = (int64_t)number;
	return rc;
}

int index_look_up(struct index_file *x, struct pending *p, uint64_t key, struct span name,
	enum statement name_of, int64_t *ret_number, struct err *err)
{
	struct question q = {x, name, name_of, -1, err};
	uint64_t hash[2];

	if (p->n && (q.number = idmap_get(&p->known, name, hash)) >= 0) {
		*ret_number = q.number;
		return 1;
	}
	int rc = runs_find(&p->runs, key, is_it, &q, err);

	if (rc == 1)
		*ret_number = q.number;
	return rc;
}

int index_pend(struct index_file *x, struct pending *p, uint64_t key, struct span name,
	int64_t number, struct err *err)
{
	uint64_t hash[2];

	if (p->n == p->room) {
		size_t room = 2 * p->room + 64;
		uint64_t *more = realloc(p->entry, 2 * room * sizeof(*more));

		if (!more)
			return err_sys(err, -ENOMEM, "%s", x->path);
		p->entry = more;
		p->room = room;
	}
	idmap_get(&p->known, name, hash);
	idmap_set(&p->known, hash, number);
	if (p->known.forgot)
		return err_sys(err, -ENOMEM, "%s", x->path);
	p->entry[2 * p->n] = key;
	p->entry[2 * p->n++ + 1] = (uint64_t)number;
	return 0;
}

static int flush(struct pending *p, struct err *err)
{
	int rc = runs_put(&p->runs, p->entry, p->n, err);

	p->n = 0;
	idmap_clear(&p->known);
	return rc;
}

int index_flush(struct index_file *x, struct err *err)
{
	int rc = put_records(x, err);

	if (rc == 0)
		rc = put_sightings(x, err);
	if (rc == 0)
		rc = flush(&x->ids, err);
	if (rc == 0)
		rc = flush(&x->hosts, err);
	return rc == 0 ? seen_put(&x->seen, x->db, err) : rc;
}

void index_drop_pending(struct index_file *x)
{
	struct pending *both[] = {&x->ids, &x->hosts};

	for (size_t i = 0; i < 2; i++) {
		both[i]->n = 0;
		idmap_clear(&both[i]->known);
		runs_forget(&both[i]->runs);
	}
	x->seen.n = 0;
	x->rows.records = x->rows.sightings = 0;
}

/* --- names to numbers --- */

/* The number of a name in one of the tables of names; makes it when it is not there. */
static int id_of(struct index_file *x, struct idmap *m, enum statement find, enum statement new,
	struct span name, int64_t *ret_id, struct err *err)
{
	uint64_t hash[2];
	int64_t id = idmap_get(m, name, hash);
	int rc = id >= 0;

	if (id >= 0) {
		*ret_id = id;
		return 0;
	}
	sqlite3_stmt *s = index_get(x, find);

	if (!s)
		return index_fail(x, err);
	/* One that is made anew knows all of its names until it forgets them. */
	if (!x->making || m->forgot) {
		db_bind(s, 1, name);
		rc = index_number(x, s, &id, err);
	}
	if (rc == 0) {
		s = index_get(x, new);
		if (!s)
			return index_fail(x, err);
		db_bind(s, 1, name);
		rc = index_run(x, s, err);
		id = sqlite3_last_insert_rowid(x->db);
	}
	if (rc < 0)
		return rc;
	idmap_set(m, hash, id);
	*ret_id = id;
	return 0;
}

static int new_host(
	struct index_file *x, uint64_t key, struct span name, int64_t *ret_id, struct err *err)
{
	sqlite3_stmt *s = index_get(x, NEW_HOST);

	if (!s)
		return index_fail(x, err);
	db_bind(s, 1, name);
	int rc = index_run(x, s, err);
	int64_t id = sqlite3_last_insert_rowid(x->db);

	if (rc == 0 && id > UINT32_MAX)
		rc = err_set(err, -EOVERFLOW, "%s: it holds no more hosts", x->path);
	if (rc == 0)
		rc = index_pend(x, &x->hosts, key, name, id, err);
	if (rc == 0)
		*ret_id = id;
	return rc;
}

static int host_of(struct index_file *x, struct span name, int64_t *ret_id, struct err *err)
{
	uint64_t hash[2];
	int64_t id = idmap_get(&x->host, name, hash);
	int rc = 0;

	if (id < 0) {
		uint64_t key = hash64(name, x->seed);

		/* One that is made anew knows all of its names until it forgets them. */
		if (!x->making || x->host.forgot)
			rc = index_look_up(x, &x->hosts, key, name, NAME_OF_HOST, &id, err);
		if (rc == 0)
			rc = new_host(x, key, name, &id, err);
		if (rc < 0)
			return rc;
		idmap_set(&x->host, hash, id);
	}
	*ret_id = id;
	return 0;
}

static void bind_network(sqlite3_stmt *s, const struct attribution *a, const char *prefix)
{
	sqlite3_bind_int64(s, 1, a->origin.asn);
	db_bind(s, 2, span_cstr(prefix));
	db_bind(s, 3, a->origin.holder);
}

static int find_network(
	struct index_file *x, const struct attribution *a, int64_t *ret_id, struct err *err)
{
	char prefix[IP_TEXT];
	sqlite3_stmt *find = index_get(x, FIND_NETWORK), *new = index_get(x, NEW_NETWORK);

	if (!find || !new)
		return index_fail(x, err);
	prefix_format(&a->origin.prefix, prefix);
	bind_network(find, a, prefix);
	int rc = index_number(x, find, ret_id, err);

	if (rc)
		return rc < 0 ? rc : 0;
	bind_network(new, a, prefix);
	rc = index_run(x, new, err);
	if (rc == 0)
		*ret_id = sqlite3_last_insert_rowid(x->db);
	return rc;
}

/* Whose an address was on a day; 0 when that is not known. */
static int network_of(
	struct index_file *x, const struct ip *ip, int32_t day, int64_t *ret_id, struct err *err)
{
	struct attribution a;
	uint64_t hash[2];
	int rc = 0;

	*ret_id = 0;
	if (!x->shelf || !shelf_attribute(x->shelf, ip, day, &a) || !a.found)
		return 0;
	buf_clear(&x->key);
	buf_add(&x->key, (struct span){(const char *)&a.origin.asn, sizeof(a.origin.asn)});
	buf_add(&x->key, (struct span){(const char *)&a.origin.prefix, sizeof(a.origin.prefix)});
	buf_add(&x->key, a.origin.holder);
	if (!buf_ok(&x->key))
		return err_sys(err, -ENOMEM, "%s", x->path);
	int64_t id = idmap_get(&x->network, buf_span(&x->key), hash);

	if (id < 0) {
		rc = find_network(x, &a, &id, err);
		if (rc == 0)
			idmap_set(&x->network, hash, id);
	}
	if (rc == 0)
		*ret_id = id;
	return rc;
}

/* --- adding --- */

/* The numbers of what a sighting names. */
struct numbers {
	int64_t source, host, network, campaign; /* campaign -1 for none */
};

static int number_names(
	struct index_file *x, const struct sighting *s, struct numbers *ret, struct err *err)
{
	char text[IP_TEXT];
	const struct ip *ip = &s->where.ip;
	struct span name = s->domain;
	struct numbers n = {.network = 0, .campaign = -1};
	int rc = id_of(x, &x->source, FIND_SOURCE, NEW_SOURCE, s->source, &n.source, err);

	if (ip->family != IP_NONE)
		name = span_cstr(s->where.length == (ip->family == IP_V4 ? 32 : 128)
					 ? ip_format(ip, text)
					 : prefix_format(&s->where, text));
	if (rc == 0)
		rc = host_of(x, name, &n.host, err);
	if (rc == 0 && ip->family != IP_NONE)
		rc = network_of(x, ip, sighting_day(s->at), &n.network, err);
	if (rc == 0 && s->campaign.n)
		rc = id_of(x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, s->campaign, &n.campaign,
			err);
	if (rc == 0)
		*ret = n;
	return rc;
}

static int add_advertised(struct index_file *x, uint64_t seq, const struct sighting *s,
	struct span host, struct err *err)
{
	int64_t id, network = 0;
	struct ip ip;
	int rc = host_of(x, host, &id, err);

	if (rc == 0 && ip_parse(host, &ip) == 0)
		rc = network_of(x, &ip, sighting_day(s->at), &network, err);
	if (rc < 0)
		return rc;
	sqlite3_stmt *add = index_get(x, ADD_ADVERTISED);

	if (!add)
		return index_fail(x, err);
	sqlite3_bind_int64(add, 1, (int64_t)seq);
	sqlite3_bind_int64(add, 2, id);
	sqlite3_bind_int64(add, 3, network);
	return index_run(x, add, err);
}

static int add_seen(struct index_file *x, const struct sighting *s, const struct numbers *n,
	int64_t logged, struct err *err)
{
	const struct seen seen = {
		.host = (uint32_t)n->host,
		.network = (uint32_t)n->network,
		.campaign = n->campaign >= 0 ? (uint32_t)n->campaign : 0,
		.source = (uint32_t)n->source,
		.kind = (uint8_t)s->kind,
		.confidence = s->confidence,
		.day = sighting_day(s->at),
		.logged = sighting_day(logged),
		.count = 1,
	};

	return seen_add(&x->seen, &seen) < 0 ? err_sys(err, -ENOMEM, "%s", x->path) : 0;
}

static int add_sighting(struct index_file *x, uint64_t seq, const struct sighting *s,
	int64_t logged, struct err *err)
{
	struct numbers n = {0};
	int rc = number_names(x, s, &n, err);

	if (rc < 0)
		return rc;
	const int64_t row[INDEX_SIGHTING] = {(int64_t)seq, s->at, (int64_t)s->kind, n.source,
		n.host, n.network, n.campaign, s->confidence, s->port, s->day_only};

	memcpy(x->rows.sighting[x->rows.sightings++], row, sizeof(row));
	if (x->rows.sightings == INDEX_ROWS)
		rc = put_sightings(x, err);
	for (size_t i = 0; i < s->advertises && rc == 0; i++)
		rc = add_advertised(x, seq, s, s->advertised[i], err);
	return rc == 0 ? add_seen(x, s, &n, logged, err) : rc;
}

static int merge_campaigns(struct index_file *x, const struct record *r, struct err *err)
{
	int64_t from, into;
	sqlite3_stmt *parent = index_get(x, PARENT_OF), *set = index_get(x, SET_PARENT);
	int rc = parent && set ? 0 : index_fail(x, err);

	if (rc == 0)
		rc = id_of(x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, r->campaign.campaign,
			&from, err);
	if (rc == 0)
		rc = id_of(
			x, &x->campaign, FIND_CAMPAIGN, NEW_CAMPAIGN, r->campaign.into, &into, err);
	if (rc < 0)
		return rc;
	/* What it went into may itself have gone into another. One that comes back to itself is
	 * one already. */
	sqlite3_bind_int64(parent, 1, into);
	rc = index_number(x, parent, &into, err);
	if (rc < 0 || into == from)
		return rc < 0 ? rc : 0;
	sqlite3_bind_int64(set, 1, from);
	sqlite3_bind_int64(set, 2, into);
	return index_run(x, set, err);
}

static int add_notice(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	sqlite3_stmt *s = index_get(x, ADD_NOTICE);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	db_bind(s, 2, r->notice.name);
	sqlite3_bind_int64(s, 3, r->notice.asn);
	sqlite3_bind_int64(s, 4, r->notice.to);
	sqlite3_bind_int(s, 5, r->notice.to_upstreams);
	sqlite3_bind_int64(s, 6, r->logged);
	return index_run(x, s, err);
}

static int add_answer(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	sqlite3_stmt *s = index_get(x, ADD_ANSWER);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	db_bind(s, 2, r->answer.notice);
	sqlite3_bind_int(s, 3, (int)r->answer.what);
	sqlite3_bind_int64(s, 4, r->answer.at);
	return index_run(x, s, err);
}

static int drop_raw(struct index_file *x, uint64_t seq, struct err *err)
{
	sqlite3_stmt *s = index_get(x, DROP_RAW);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	return index_run(x, s, err);
}

static int add_by_type(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	switch (r->type) {
	case RECORD_SIGHTING: return add_sighting(x, seq, &r->sighting, r->logged, err);
	case RECORD_CAMPAIGN: return merge_campaigns(x, r, err);
	case RECORD_NOTICE: return add_notice(x, seq, r, err);
	case RECORD_ANSWER: return add_answer(x, seq, r, err);
	case RECORD_ERASURE: return drop_raw(x, r->erasure.record, err);
	default: return 0;
	}
}

static int add_record(struct index_file *x, uint64_t seq, const struct record *r, struct err *err)
{
	const int64_t row[] = {(int64_t)seq, (int64_t)r->type, r->logged};
	uint64_t key;

	memcpy(x->rows.record[x->rows.records], row, sizeof(row));
	memcpy(x->rows.id[x->rows.records++], r->id, sizeof(r->id));
	int rc = x->rows.records == INDEX_ROWS ? put_records(x, err) : 0;

	memcpy(&key, r->id, sizeof(key));
	return rc == 0 ? index_pend(x, &x->ids, le64toh(key),
				 (struct span){(const char *)r->id, sizeof(r->id)}, (int64_t)seq,
				 err)
		       : rc;
}

static int add_raw(
	struct index_file *x, uint64_t seq, const struct vault_place *place, struct err *err)
{
	sqlite3_stmt *s = index_get(x, ADD_RAW);

	if (!s)
		return index_fail(x, err);
	sqlite3_bind_int64(s, 1, (int64_t)seq);
	sqlite3_bind_int(s, 2, place->day);
	sqlite3_bind_int64(s, 3, (int64_t)place->offset);
	return index_run(x, s, err);
}

int index_add(struct index_file *x, uint64_t seq, const struct record *r,
	const struct vault_place *place, struct err *err)
{
	if (!x->open_batch || seq != x->size)
		return err_set(err, -EINVAL, "%s: record %llu is not the next", x->path,
			(unsigned long long)seq);
	int rc = add_record(x, seq, r, err);

	if (rc == 0)
		rc = add_by_type(x, seq, r, err);
	if (rc == 0 && place)
		rc = add_raw(x, seq, place, err);
	if (rc == 0 && x->ids.n >= PENDING_MOST)
		rc = index_flush(x, err);
	if (rc < 0) {
		index_undo(x);
		return rc;
	}
	x->size++;
	x->last_logged = r->logged;
	return 0;
}
