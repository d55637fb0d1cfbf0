/*
 * A sighting of ours says that a host did something; a STIX sighting says that an indicator was
 * seen. So the records of one host and kind become one indicator (the pattern that finds the host),
 * one observed-data (what was seen, how often) and one sighting that joins them. People who take
 * it into their platform get what they can block and what they can count, and the index of a record
 * that 'cordon ledger prove' proves.
 *
 * Numbers of sections are those of the standard.
 */
#include "cli/ledger_stix.h"

#include "cli/report.h"
#include "cli/uuid.h"

#include <errno.h>
#include <stdlib.h>

#define ID_MOST 64 /* "autonomous-system--" and a UUID */

struct stix {
	FILE *to;
	struct ledger *ledger;
	const char *origin;
	char self[ID_MOST]; /* the identity of the log */
	bool any;           /* an object was written */
	bool failed;
};

/* Names of hosts and networks: 2.9. Names of all else may not be made in that namespace; this one
 * was drawn by lot. */
static const char others[] = "00abedb4-aa42-466c-9c01-fed23315a9b7";
static const char ours[] = "5d0bd7d8-3f0a-4c51-9a0e-0c6f0e6f5f2b";

static const char *make_id(const char *space, const char *type, const char *name, char to[ID_MOST])
{
	uint8_t bytes[16];
	char uuid[UUID_TEXT];

	uuid_parse(space, bytes);
	snprintf(to, ID_MOST, "%s--%s", type, uuid_of_name(bytes, span_cstr(name), uuid));
	return to;
}

/* The identifier of an object of ours, from its type and what it is about. */
static const char *own_id(const struct stix *s, const char *type, const char *about,
	const char *more, char to[ID_MOST])
{
	char *name = NULL;

	if (asprintf(&name, "%s %s %s %s", type, s->origin, about, more) < 0)
		name = NULL;
	make_id(ours, type, name ? name : type, to);
	free(name);
	return to;
}

/* The kind of address; a domain when it is none. Its identifier is over its value alone (6.). */
static const char *host_type(const char *host)
{
	struct prefix p;

	if (prefix_parse(span_cstr(host), &p) < 0)
		return "domain-name";
	return p.ip.family == IP_V4 ? "ipv4-addr" : "ipv6-addr";
}

static const char *host_id(const char *host, char to[ID_MOST])
{
	char name[300];

	snprintf(name, sizeof(name), "{\"value\":\"%s\"}", host);
	return make_id(others, host_type(host), name, to);
}

static const char *as_id(asn_t asn, char to[ID_MOST])
{
	char name[32];

	snprintf(name, sizeof(name), "{\"number\":%u}", asn);
	return make_id(others, "autonomous-system", name, to);
}

/* Writes one object and frees it; NULL is one that memory was too short for. */
static void put(struct stix *s, json_t *object)
{
	if (!object || fputs(s->any ? ",\n" : "\n", s->to) < 0 ||
		json_dumpf(object, s->to, JSON_COMPACT) < 0)
		s->failed = true;
	s->any = true;
	json_decref(object);
}

static json_t *time_json(int64_t at)
{
	char text[SIGHTING_TIME_TEXT];

	return json_string(sighting_time_format(at, text));
}

/* What all objects but those of 6. have (3.2). */
static json_t *object(
	const struct stix *s, const char *type, const char *id, int64_t created, int64_t modified)
{
	json_t *j = json_pack("{s:s, s:s, s:s, s:o, s:o}", "type", type, "spec_version", "2.1",
		"id", id, "created", time_json(created), "modified", time_json(modified));

	if (j && strcmp(id, s->self))
		json_object_set_new(j, "created_by_ref", json_string(s->self));
	return j;
}

static void put_relationship(struct stix *s, const char *from, const char *type, const char *to,
	int64_t created, int64_t modified)
{
	char id[ID_MOST], about[2 * ID_MOST + 8];

	snprintf(about, sizeof(about), "%s %s", from, to);
	json_t *j = object(
		s, "relationship", own_id(s, "relationship", about, type, id), created, modified);

	json_object_set_new(j, "relationship_type", json_string(type));
	json_object_set_new(j, "source_ref", json_string(from));
	json_object_set_new(j, "target_ref", json_string(to));
	put(s, j);
}

/* What the index says of a host and a kind. */
struct seen {
	const char *host;
	enum sighting_kind kind;
	int64_t first, last, count, created, modified, seq;
	int confidence;
	asn_t asn;
};

static void put_host(struct stix *s, const struct seen *n)
{
	char id[ID_MOST], as[ID_MOST];
	const char *type = host_type(n->host);
	json_t *j = json_pack("{s:s, s:s, s:s, s:s}", "type", type, "spec_version", "2.1", "id",
		host_id(n->host, id), "value", n->host);

	if (n->asn && *type == 'i')
		json_object_set_new(j, "belongs_to_refs", json_pack("[s]", as_id(n->asn, as)));
	put(s, j);
}

static const char *put_indicator(struct stix *s, const struct seen *n, char id[ID_MOST])
{
	const char *type = host_type(n->host), *kind = sighting_kind_name(n->kind);
	const char *how = strchr(n->host, '/') ? "ISSUBSET" : "=";
	json_t *j = object(
		s, "indicator", own_id(s, "indicator", n->host, kind, id), n->created, n->modified);

	json_object_set_new(j, "name", json_sprintf("%s (%s)", n->host, kind));
	json_object_set_new(j, "description", json_string(sighting_kind_words(n->kind)));
	json_object_set_new(j, "indicator_types",
		json_pack("[s]", n->kind == SIGHTING_LISTED ? "unknown" : "malicious-activity"));
	json_object_set_new(j, "pattern", json_sprintf("[%s:value %s '%s']", type, how, n->host));
	json_object_set_new(j, "pattern_type", json_string("stix"));
	json_object_set_new(j, "valid_from", time_json(n->first));
	json_object_set_new(j, "confidence", json_integer(n->confidence));
	json_object_set_new(j, "labels", json_pack("[s]", kind));
	put(s, j);
	return id;
}

static const char *put_observed(struct stix *s, const struct seen *n, char id[ID_MOST])
{
	char ref[ID_MOST];
	json_t *refs = json_pack("[s]", host_id(n->host, ref));
	json_t *j = object(s, "observed-data",
		own_id(s, "observed-data", n->host, sighting_kind_name(n->kind), id), n->created,
		n->modified);

	if (n->asn)
		json_array_append_new(refs, json_string(as_id(n->asn, ref)));
	json_object_set_new(j, "first_observed", time_json(n->first));
	json_object_set_new(j, "last_observed", time_json(n->last));
	json_object_set_new(j, "number_observed", json_integer(n->count));
	json_object_set_new(j, "object_refs", refs);
	put(s, j);
	return id;
}

static void put_sighting(
	struct stix *s, const struct seen *n, const char *indicator, const char *observed)
{
	char id[ID_MOST], number[24];
	json_t *j = object(s, "sighting",
		own_id(s, "sighting", n->host, sighting_kind_name(n->kind), id), n->created,
		n->modified);

	json_object_set_new(j, "first_seen", time_json(n->first));
	json_object_set_new(j, "last_seen", time_json(n->last));
	json_object_set_new(j, "count", json_integer(n->count));
	json_object_set_new(j, "sighting_of_ref", json_string(indicator));
	json_object_set_new(j, "observed_data_refs", json_pack("[s]", observed));
	json_object_set_new(j, "where_sighted_refs", json_pack("[s]", s->self));
	snprintf(number, sizeof(number), "%lld", (long long)n->seq);
	json_object_set_new(j, "external_references",
		json_pack("[{s:s, s:s, s:s}]", "source_name", s->origin, "external_id", number,
			"description", "index of the first of its records in that log"));
	put(s, j);
}

/* A command server is infrastructure (4.8); its relationships are those of the table there. */
static void put_infrastructure(struct stix *s, const struct seen *n, const char *indicator)
{
	char id[ID_MOST], host[ID_MOST];
	json_t *j = object(s, "infrastructure", own_id(s, "infrastructure", n->host, "c2", id),
		n->created, n->modified);

	json_object_set_new(j, "name", json_sprintf("command server %s", n->host));
	json_object_set_new(j, "infrastructure_types", json_pack("[s]", "command-and-control"));
	json_object_set_new(j, "first_seen", time_json(n->first));
	json_object_set_new(j, "last_seen", time_json(n->last));
	put(s, j);
	put_relationship(s, id, "consists-of", host_id(n->host, host), n->created, n->modified);
	put_relationship(s, indicator, "indicates", id, n->created, n->modified);
}

/* --- what there is, from the index --- */

static int each(struct stix *s, const char *sql, void (*take)(struct stix *s, sqlite3_stmt *row),
	struct err *err)
{
	sqlite3 *db = ledger_db(s->ledger);
	sqlite3_stmt *q;
	int step;

	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(db));
	while ((step = sqlite3_step(q)) == SQLITE_ROW && !s->failed)
		take(s, q);
	sqlite3_finalize(q);
	if (step != SQLITE_DONE && !s->failed)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(db));
	return 0;
}

static void take_network(struct stix *s, sqlite3_stmt *row)
{
	asn_t asn = (asn_t)sqlite3_column_int64(row, 0);
	const char *holder = (const char *)sqlite3_column_text(row, 1);
	char id[ID_MOST];
	json_t *j = json_pack("{s:s, s:s, s:s, s:I}", "type", "autonomous-system", "spec_version",
		"2.1", "id", as_id(asn, id), "number", (json_int_t)asn);

	if (holder && *holder)
		json_object_set_new(j, "name", json_text(span_cstr(holder)));
	put(s, j);
}

static void take_host(struct stix *s, sqlite3_stmt *row)
{
	struct seen n = {.host = (const char *)sqlite3_column_text(row, 0),
		.asn = (asn_t)sqlite3_column_int64(row, 1)};

	put_host(s, &n);
}

static void take_seen(struct stix *s, sqlite3_stmt *row)
{
	char indicator[ID_MOST], observed[ID_MOST];
	const struct seen n = {
		.host = (const char *)sqlite3_column_text(row, 0),
		.asn = (asn_t)sqlite3_column_int64(row, 1),
		.kind = (enum sighting_kind)sqlite3_column_int(row, 2),
		.first = sqlite3_column_int64(row, 3),
		.last = sqlite3_column_int64(row, 4),
		.count = sqlite3_column_int64(row, 5),
		.confidence = sqlite3_column_int(row, 6),
		.created = sqlite3_column_int64(row, 7),
		.modified = sqlite3_column_int64(row, 8),
		.seq = sqlite3_column_int64(row, 9),
	};

	put_indicator(s, &n, indicator);
	put_observed(s, &n, observed);
	put_sighting(s, &n, indicator, observed);
	if (n.kind == SIGHTING_C2)
		put_infrastructure(s, &n, indicator);
}

static void take_campaign(struct stix *s, sqlite3_stmt *row)
{
	const char *name = (const char *)sqlite3_column_text(row, 0);
	char id[ID_MOST];
	json_t *j = object(s, "campaign", own_id(s, "campaign", name, "", id),
		sqlite3_column_int64(row, 3), sqlite3_column_int64(row, 4));

	json_object_set_new(j, "name", json_string(name));
	json_object_set_new(j, "first_seen", time_json(sqlite3_column_int64(row, 1)));
	json_object_set_new(j, "last_seen", time_json(sqlite3_column_int64(row, 2)));
	put(s, j);
}

static void take_indicated(struct stix *s, sqlite3_stmt *row)
{
	const char *host = (const char *)sqlite3_column_text(row, 0);
	const char *name = (const char *)sqlite3_column_text(row, 2);
	char indicator[ID_MOST], campaign[ID_MOST];

	own_id(s, "indicator", host,
		sighting_kind_name((enum sighting_kind)sqlite3_column_int(row, 1)), indicator);
	own_id(s, "campaign", name, "", campaign);
	put_relationship(s, indicator, "indicates", campaign, sqlite3_column_int64(row, 3),
		sqlite3_column_int64(row, 4));
}

#define FROM_CHOSEN                                                                                \
	" FROM temp.chosen c JOIN sighting s ON s.seq = c.seq JOIN record r ON r.seq = c.seq"      \
	" JOIN host h ON h.id = s.host LEFT JOIN network n ON n.id = s.network"
#define WITH_CAMPAIGN                                                                              \
	FROM_CHOSEN " JOIN campaign k ON k.id = s.campaign"                                        \
		    " JOIN campaign p ON p.id = coalesce(k.parent, k.id)"

static const struct {
	const char *sql;
	void (*take)(struct stix *s, sqlite3_stmt *row);
} parts[] = {
	{"SELECT n.asn, max(n.holder)" FROM_CHOSEN " WHERE n.asn > 0 GROUP BY n.asn ORDER BY n.asn",
		take_network},
	{"SELECT h.name, max(coalesce(n.asn, 0))" FROM_CHOSEN " GROUP BY h.name ORDER BY h.name",
		take_host},
	{"SELECT h.name, max(coalesce(n.asn, 0)), s.kind, min(s.at), max(s.at), count(*),"
	 " max(s.confidence), min(r.logged), max(r.logged), min(c.seq)" FROM_CHOSEN
	 " GROUP BY h.name, s.kind ORDER BY h.name, s.kind",
		take_seen},
	{"SELECT p.name, min(s.at), max(s.at), min(r.logged), max(r.logged)" WITH_CAMPAIGN
	 " GROUP BY p.name ORDER BY p.name",
		take_campaign},
	{"SELECT h.name, s.kind, p.name, min(r.logged), max(r.logged)" WITH_CAMPAIGN
	 " GROUP BY h.name, s.kind, p.name ORDER BY h.name, s.kind, p.name",
		take_indicated},
};

/* The log itself (4.5); since its first record. */
static void put_self(struct stix *s)
{
	struct buf text = {0}, scratch = {0};
	struct record first = {0};

	if (ledger_record(s->ledger, 0, &text, &scratch, &first, NULL) < 0)
		first.logged = 0;
	json_t *j = object(s, "identity", s->self, first.logged, first.logged);

	json_object_set_new(j, "name", json_string(s->origin));
	json_object_set_new(j, "identity_class", json_string("system"));
	put(s, j);
	buf_done(&text);
	buf_done(&scratch);
}

/* The bundle is of this log, in this state, and of these records. */
static void take_bundle(struct stix *s, sqlite3_stmt *row)
{
	const struct tlog_tree tree = tlog_tree(ledger_log(s->ledger));
	char id[ID_MOST], state[65];

	for (int i = 0; i < 32; i++)
		snprintf(state + 2 * i, 3, "%02x", tree.root[i]);
	fprintf(s->to, "{\"type\":\"bundle\",\"id\":\"%s\",\"objects\":[",
		own_id(s, "bundle", state, (const char *)sqlite3_column_text(row, 0), id));
	put_self(s);
}

int ledger_stix_write(FILE *to, struct ledger *l, struct err *err)
{
	struct stix s = {.to = to, .ledger = l, .origin = tlog_key(ledger_log(l))->name};

	own_id(&s, "identity", "log", "", s.self);
	int rc =
		each(&s, "SELECT count(*) || ' ' || total(seq) FROM temp.chosen", take_bundle, err);

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && rc == 0; i++)
		rc = each(&s, parts[i].sql, parts[i].take, err);
	fputs("\n]}\n", to);
	if (rc == 0 && (s.failed || ferror(to)))
		rc = err_sys(err, ferror(to) ? -EIO : -ENOMEM, "the bundle");
	return rc;
}
