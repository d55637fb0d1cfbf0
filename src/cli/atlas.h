/*
 * What is known of the networks as of a day: the AS graph nearest it, the table of origins nearest
 * it (for names and addresses), and the paths. Each may be off by some days, which is told, or be
 * missing.
 */
#ifndef CORDON_CLI_ATLAS_H
#define CORDON_CLI_ATLAS_H

#include "base/buf.h"
#include "net/announced.h"
#include "net/graph.h"
#include "net/paths.h"
#include "net/shelf.h"

#include <jansson.h>

/* How well something that is dated fits the day asked. */
struct fit {
	int32_t days_off; /* 0 or more */
	bool stale;       /* links: over 92 days, for they change by the month; holders: over 366 */
};

/* What a table of origins tells of each AS. */
struct origins {
	struct announced *list; /* list[n], owned; NULL when there is no such table */
	size_t n;
	struct table_info table;
	struct fit fit;
};

struct atlas {
	int32_t day;               /* the day asked */
	const struct graph *graph; /* the shelf's */
	struct fit graph_fit;
	struct origins addresses; /* of the nearest table; with holders when it has any */
	struct origins holders; /* of the nearest table that has any; empty when that is the same */
	const struct paths *paths; /* the shelf's; NULL when there are none, or nobody asked */
	struct fit paths_fit;
};

/*
 * Takes graph and tables nearest the day off a shelf, which must outlive the atlas. A table with
 * IPv4 goes before one without, for that is what is counted first. Returns 0; -ENOENT when the
 * shelf has no graph, or another negative errno; with a sentence that says what to do. Cost: a pass
 * over each table up to the first with holders.
 */
int atlas_open(struct shelf *shelf, int32_t day, struct atlas *ret_atlas, struct err *err);
void atlas_close(struct atlas *a);

/* The tables alone: the graph is NULL, and nothing that takes a node may be asked. */
int atlas_open_tables(struct shelf *shelf, int32_t day, struct atlas *ret_atlas, struct err *err);

/* What an AS announces, and who names it, by its number: as below for nodes. */
const struct announced *atlas_announced_of(const struct atlas *a, asn_t asn);
struct span atlas_holder_of(const struct atlas *a, asn_t asn);

/* Adds the paths nearest the day; it is no failure when there are none. Returns 0, or a negative
 * errno with a sentence; then the atlas is as it was. */
int atlas_open_paths(struct atlas *a, struct shelf *shelf, struct err *err);

/* What a node announces, NULL when nothing is known; its holder as the table has it, empty when
 * that is not known. */
const struct announced *atlas_announced(const struct atlas *a, uint32_t node);
struct span atlas_holder(const struct atlas *a, uint32_t node);

/*
 * The holder as it is shown: "Cogent Communications", and
 * "in 2026: Cogent Communications" by a table that is stale, for numbers change hands and nobody is to
 * be blamed for the past of theirs. "-" when it is not known. Not cleaned.
 */
void atlas_label(struct buf *to, const struct atlas *a, uint32_t node);

/* "AS174 Cogent Communications", cleaned, the label in at most `most` columns; the number alone
 * when that is all there is. */
void atlas_name(struct buf *to, const struct atlas *a, uint32_t node, int most);

/* "AS174, AS3356 and AS6939": nodes without their holders, at most `most` (1 or more) of them, the
 * rest counted. */
void atlas_numbers(
	struct buf *to, const struct atlas *a, const uint32_t *node, size_t n, size_t most);

/* Sentences, each of its own line or paragraph: which graph, which tables, which paths are used;
 * how far off they are; what to do when one is stale or missing. Nothing for paths that nobody
 * asked for. */
void atlas_graph_words(struct buf *to, const struct atlas *a);
void atlas_table_words(struct buf *to, const struct atlas *a);
void atlas_paths_words(struct buf *to, const struct atlas *a);

/* {"source", "date", "days_off", "stale", "terms"} of something dated. */
json_t *atlas_source_json(struct span name, int32_t day, struct span terms, const struct fit *fit);

/* What the atlas rests on, as keys of an object: "day", "graph", "table" (null when there is none).
 */
void atlas_sources_json(json_t *to, const struct atlas *a);

/* {"asn": 174, "holder": "..."}, null for a holder that is not known; NULL when memory is short. */
json_t *atlas_json(const struct atlas *a, uint32_t node);

#endif
