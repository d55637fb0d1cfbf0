/*
 * The shelf: what is installed in a state directory, each file of one day: tables of origins
 * (DIR/net/NAME.table), AS graphs (NAME.graph) and AS paths (NAME.paths). What was seen on some day
 * is looked up in the file nearest that day, and the answer says how far off it was.
 *
 * Tables are opened with the shelf, the others when they are first asked for.
 */
#ifndef CORDON_NET_SHELF_H
#define CORDON_NET_SHELF_H

#include "net/graph.h"
#include "net/paths.h"
#include "net/table.h"

struct shelf;

/* An origin and how good the table was for the day asked. */
struct attribution {
	struct ip ip;
	struct origin origin; /* asn 0 and an empty holder when nothing covers it */
	bool found;           /* some table covers the address */
	int32_t table_day;    /* day of the table asked, days since 1970-01-01 */
	int32_t days_off;     /* how far that is from the day asked, 0 or more */
	bool stale;           /* over 366 days off: the holder may have been another */
};

/*
 * Opens every table in DIR/net and notes what else is there. A directory that is not there is an
 * empty shelf. Tables that cannot be used are left out and counted in *ret_bad (may be NULL), with
 * the last reason in err. Returns 0 or a negative errno.
 */
int shelf_open(const char *state_dir, struct shelf **ret_shelf, size_t *ret_bad, struct err *err);
void shelf_close(struct shelf *s);

/* How many tables there are, and what the i-th is, by date. */
size_t shelf_count(const struct shelf *s);
void shelf_info(const struct shelf *s, size_t i, struct table_info *ret_info);

/*
 * Attributes an address as of a day: tables are asked from the nearest in time; one that has no
 * entry of the address's family at all is passed over, the first other one answers. Returns false
 * when there is no table to ask; special-purpose addresses (ip_scope) are never found.
 */
bool shelf_attribute(const struct shelf *s, const struct ip *ip, int32_t day,
	struct attribution *ret_attribution);

/*
 * The table nearest a day that has any entry of the family (IP_NONE: any at all), for holders and
 * for what each AS announces; of two as near the earlier, of one day the first by name.
 * *ret_days_off (may be NULL) is how far off it is. NULL when there is none. It lives as long as
 * the shelf.
 */
const struct table *shelf_table(
	const struct shelf *s, enum ip_family family, int32_t day, int32_t *ret_days_off);

/*
 * The graph, or the paths, nearest a day, as with tables; opened on first use and open as long as
 * the shelf. Not for several threads at once. Returns 0; -ENOENT when there is none; -EBADMSG when
 * the nearest one is damaged, since another day's would answer otherwise without a word; or another
 * negative errno; with a sentence in err that says what to do.
 */
int shelf_graph(struct shelf *s, int32_t day, const struct graph **ret_graph, int32_t *ret_days_off,
	struct err *err);
int shelf_paths(struct shelf *s, int32_t day, const struct paths **ret_paths, int32_t *ret_days_off,
	struct err *err);

/* What there is, for lists. */
enum shelf_kind { SHELF_TABLE, SHELF_GRAPH, SHELF_PATHS, SHELF_KINDS };

const char *shelf_kind_name(enum shelf_kind kind); /* "table", ... : the suffix too; static */

/* One file. Strings live as long as the shelf. */
struct shelf_file {
	enum shelf_kind kind;
	const char *name; /* in DIR/net */
	int32_t day;
	struct span source, terms;
	uint64_t bytes;
	const struct table *table; /* the one of its kind is set, the others NULL */
	const struct graph *graph;
	const struct paths *paths;
};

/* How many files of a kind there are. Tables that cannot be used are not counted, others are. */
size_t shelf_files(const struct shelf *s, enum shelf_kind kind);

/*
 * The i-th file of a kind by date, opened for it. The date of a file that is not open is the one
 * that its name begins with ("2008-11-11."); of a name without a date it is in the image. Returns
 * 0, or a negative errno for a file that cannot be used, with a sentence in err that names it.
 */
int shelf_file(struct shelf *s, enum shelf_kind kind, size_t i, struct shelf_file *ret_file,
	struct err *err);

#endif
