/* What the sections of a case file share: how records, days and hosts are told; the sections that
 * stand in files of their own. */
#ifndef CORDON_CASE_CASE_TELL_H
#define CORDON_CASE_CASE_TELL_H

#include "case/case.h"
#include "show/doc.h"

/* "1,234"; "3 hosts". */
void tell_number(struct doc *d, double n);
void tell_count(struct doc *d, uint64_t n, const char *one, const char *many);

/* "2026-11-23". */
void tell_day(struct doc *d, int64_t at);

/* " (records 4, 17 and 230 of 1,204)", each a link. */
void tell_claim(struct doc *d, const struct case_claim *claim);

/* The same for a cell: "4, 17 of 1,204". */
void tell_rests_on(struct doc *d, const struct case_claim *claim);
void tell_record(struct doc *d, uint64_t seq);

/* A host, defanged. "AS64500 Holder". */
void tell_host(struct doc *d, struct span name);
void tell_other(struct doc *d, const struct case_other *o);

/* "; 25 of 1,204", when not all are shown. */
void tell_shown(struct doc *d, size_t shown, size_t all);

/* A bar a host, from first to last; n to CASE_HOSTS_MOST. */
void tell_hosts_plot(struct doc *d, const struct case_file *c, const struct case_count *host,
	size_t n, const char *id, const char *title);

/* "spam, c2". */
void tell_kinds(struct doc *d, const struct case_count *of);

/* Begins a row with a host: name, kinds, sightings, days, first, last. The next cell is open. */
void tell_host_row(struct doc *d, const struct case_count *host);

void tell_seen(struct doc *d, const struct case_file *c);      /* by kind, month, source, prefix */
void tell_hosts(struct doc *d, const struct case_file *c);     /* hosts, command servers */
void tell_led(struct doc *d, const struct case_file *c);       /* hosts that abuse leads to */
void tell_campaigns(struct doc *d, const struct case_file *c); /* campaigns and their bots */
void tell_rank(struct doc *d, const struct case_file *c);
void tell_notices(struct doc *d, const struct case_file *c);
void tell_depeer(struct doc *d, const struct case_file *c);

#endif
