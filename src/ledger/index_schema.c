/* The tables of the index. Times are seconds since 1970-01-01 UTC, days are counted from there. */
#include "ledger/index.h"

/* clang-format off */
const char index_schema[] =
	/* version: INDEX_VERSION; size: records of the log that are in here; root: of the log at that
	 * size; tables: which tables of origins attributed the first of them, so that newer ones can be
	 * seen to be due */
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"

	/* every record; seq is its index in the log, type enum record_type */
	"CREATE TABLE record(seq INTEGER PRIMARY KEY, type INTEGER, logged INTEGER, id BLOB);"

	/* words that many records share */
	"CREATE TABLE source(id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
	/* an address, a prefix or a domain, as text, each once; advertised hosts are here too */
	"CREATE TABLE host(id INTEGER PRIMARY KEY, name TEXT);"
	/* whose it is: id 0 has asn 0 and is 'not known'. One AS has a row for each of its prefixes and
	 * holder names that were met */
	"CREATE TABLE network(id INTEGER PRIMARY KEY, asn INTEGER, prefix TEXT, holder TEXT,"
	" UNIQUE(asn, prefix, holder));"
	/* parent: the campaign that it turned out to be part of; NULL for most. Chains are already
	 * followed: a parent has none */
	"CREATE TABLE campaign(id INTEGER PRIMARY KEY, name TEXT UNIQUE, parent INTEGER);"

	/* kind: enum sighting_kind; confidence in percent; campaign NULL for none; port 0 for none;
	 * day_only 1 when `at` is known to the day */
	"CREATE TABLE sighting(seq INTEGER PRIMARY KEY, at INTEGER, kind INTEGER, source INTEGER,"
	" host INTEGER, network INTEGER, campaign INTEGER, confidence INTEGER, port INTEGER,"
	" day_only INTEGER);"
	/* what a sighting leads to; network as of its day when the host is an address, else 0 */
	"CREATE TABLE advertised(seq INTEGER, host INTEGER, network INTEGER, PRIMARY KEY(seq, host))"
	" WITHOUT ROWID;"

	/* raw evidence that is kept: where it stands in the vault */
	"CREATE TABLE raw(seq INTEGER PRIMARY KEY, day INTEGER, place INTEGER);"

	/* notices and what came back (what: enum answer) */
	"CREATE TABLE notice(seq INTEGER PRIMARY KEY, name TEXT UNIQUE, asn INTEGER, recipient INTEGER,"
	" to_upstreams INTEGER, at INTEGER);"
	"CREATE TABLE answer(seq INTEGER PRIMARY KEY, notice TEXT, what INTEGER, at INTEGER);"

	/* sorted runs (runs.h): of: 1 ids of records, 2 names of hosts, 16 and more what was seen
	 * (index_seen.h), a number for every 256 days; n: entries; fence: the first word of each part.
	 * A part's id is the run's times 2^24 and its place in it */
	"CREATE TABLE run(id INTEGER PRIMARY KEY, of INTEGER, n INTEGER, fence BLOB);"
	"CREATE TABLE run_part(id INTEGER PRIMARY KEY, entries BLOB);"

	"INSERT INTO network VALUES(0, 0, '', '');";

const char index_schema_order[] =
	"CREATE INDEX sighting_network ON sighting(network, at);"
	"CREATE INDEX sighting_campaign ON sighting(campaign, at) WHERE campaign IS NOT NULL;";
/* clang-format on */
