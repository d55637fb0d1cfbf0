/* What is counted, in words. */
#include "net/import.h"

static const struct row {
	const char *key, *words;
	enum import_weight weight;
} rows[IMPORT_COUNTS] = {
#define BAD   IMPORT_BAD
#define TAKEN IMPORT_TAKEN
#define NOTED IMPORT_NOTED
	/* clang-format off */
	[IMPORT_FIELDS] = {"bad_fields",
		"rows left out: fields missing or not well quoted", BAD},
	[IMPORT_ADDRESS] = {"bad_address", "rows left out: no address where one should be", BAD},
	[IMPORT_ASN] = {"bad_asn", "rows left out: no AS number", BAD},
	[IMPORT_PATH] = {"bad_path", "rows left out: no AS path where one should be", BAD},
	[IMPORT_LINK] = {"bad_link", "rows left out: no known kind of link", BAD},
	[IMPORT_LONG] = {"long_line", "rows left out: line too long", BAD},
	[IMPORT_TREE] = {"bad_tree", "rows left out: damaged tree", BAD},
	[IMPORT_MRT_LONG] = {"mrt_long", "records over 16 MiB, passed over", BAD},
	[IMPORT_MRT_RECORD] = {"mrt_record", "records that end too early", BAD},
	[IMPORT_MRT_MESSAGE] = {"mrt_message",
		"BGP messages whose lengths contradict each other", BAD},
	[IMPORT_MRT_PEER] = {"mrt_peer",
		"routes of a peer that the peer table lacks, left out", BAD},
	[IMPORT_MRT_PREFIX] = {"mrt_prefix", "prefixes of an impossible length", BAD},
	[IMPORT_MRT_ATTRIBUTE] = {"mrt_attribute", "lists of attributes that are cut", BAD},
	[IMPORT_MRT_PATH] = {"mrt_path", "damaged AS paths", BAD},
	[IMPORT_CUT] = {"cut", "files that end in the middle: what is made of them is incomplete",
		BAD},

	[IMPORT_ROWS] = {"rows", "rows", TAKEN},
	[IMPORT_ROUTES] = {"routes", "routes of a table", TAKEN},
	[IMPORT_ANNOUNCED] = {"announced", "routes of updates", TAKEN},
	[IMPORT_PREFIXES] = {"prefixes", "prefixes", TAKEN},
	[IMPORT_DISTINCT] = {"paths", "paths", TAKEN},
	[IMPORT_LINKS] = {"links", "links", TAKEN},

	[IMPORT_REPEATED] = {"repeated",
		"rows gave the addresses of an earlier one, which counts", NOTED},
	[IMPORT_SETS] = {"sets", "rows had several origins, the first was taken", NOTED},
	[IMPORT_MANY_ORIGINS] = {"many_origins",
		"prefixes had several origins, that of most routes was taken", NOTED},
	[IMPORT_ORIGIN_SET] = {"origin_set",
		"routes end in a set of ASes, the first was taken for the origin", NOTED},
	[IMPORT_NO_ORIGIN] = {"no_origin", "routes without a path are not in the table", NOTED},
	[IMPORT_ORIGIN_SCOPE] = {"origin_scope",
		"routes of a private or reserved AS are not in the table", NOTED},
	[IMPORT_WIDE] = {"wide",
		"routes to everywhere, or wider than any holding, are not in the table", NOTED},
	[IMPORT_SPECIAL] = {"special",
		"routes of space that is not global are not in the table", NOTED},
	[IMPORT_MULTICAST] = {"multicast", "routes of multicast tables, passed over", NOTED},
	[IMPORT_LOCAL] = {"local", "routes that the collector itself sent, passed over", NOTED},
	[IMPORT_WITHDRAWN] = {"withdrawn", "withdrawals, not applied", NOTED},
	[IMPORT_STATES] = {"states", "changes of a session's state, not applied", NOTED},
	[IMPORT_PATH_PREPENDED] = {"path_prepended",
		"routes with repeats in the path, which were folded", NOTED},
	[IMPORT_PATH_SETS] = {"path_sets",
		"routes with a set of ASes in the path, cut before it", NOTED},
	[IMPORT_PATH_CONFEDS] = {"path_confeds",
		"routes with confederations in the path, which were taken out", NOTED},
	[IMPORT_PATH_LOOPS] = {"path_loops",
		"routes are not among the paths: an AS comes twice", NOTED},
	[IMPORT_PATH_SCOPE] = {"path_scope",
		"routes are not among the paths: a private or reserved AS", NOTED},
	[IMPORT_PATH_LONG] = {"path_long",
		"routes are not among the paths: over 64 hops", NOTED},
	[IMPORT_PATH_EMPTY] = {"path_empty",
		"routes are not among the paths: no hop", NOTED},
	[IMPORT_MRT_TYPE] = {"mrt_type", "records of an unknown type, passed over", NOTED},
	[IMPORT_MRT_FAMILY] = {"mrt_family", "runs of prefixes of other families, left out", NOTED},
	[IMPORT_MRT_REPEATED] = {"mrt_repeated",
		"attributes given twice, the first one counts", NOTED},
	[IMPORT_LINK_LOOPS] = {"link_loops", "links of an AS with itself, left out", NOTED},
	[IMPORT_LINK_SCOPE] = {"link_scope", "links of private or reserved ASes, left out", NOTED},
	[IMPORT_LINK_REPEATED] = {"link_repeated", "links given twice", NOTED},
	[IMPORT_LINK_MUTUAL] = {"link_mutual",
		"pairs of ASes each the other's provider, taken for siblings", NOTED},
	[IMPORT_LINK_CONTRARY] = {"link_contrary",
		"links given before as another kind, which counts", NOTED},
	[IMPORT_LINK_CIRCLES] = {"link_circles",
		"groups of providers that buy from each other in a circle", NOTED},
	/* clang-format on */
};

enum import_weight import_count_weight(enum import_count c)
{
	return rows[c].weight;
}

const char *import_count_words(enum import_count c)
{
	return rows[c].words;
}

const char *import_count_key(enum import_count c)
{
	return rows[c].key;
}

const char *import_kind_name(enum import_kind kind)
{
	static const char *const names[IMPORT_KINDS] = {"table", "paths", "graph"};

	return names[kind];
}

void import_report_done(struct import_report *r)
{
	for (int i = 0; i < IMPORT_KINDS; i++)
		buf_done(&r->path[i]);
}
