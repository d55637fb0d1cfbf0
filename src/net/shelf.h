/*
 * The shelf: the dated tables that are installed in a state directory. An address seen on some day
 * is looked up in the table nearest that day, and the answer says how far off it was.
 */
#ifndef CORDON_NET_SHELF_H
#define CORDON_NET_SHELF_H

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
 * Opens every table in DIR/net. A directory that is not there is an empty shelf. Images that
 * cannot be used are left out and counted in *ret_bad (may be NULL), with the last reason in err.
 * Returns 0 or a negative errno.
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

#endif
