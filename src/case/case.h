/*
 * The case file of a network: what the ledger holds about it, for an upstream's abuse desk and its
 * lawyer. Every statement that counts sightings has the records behind it: how many there are, and
 * a bounded choice of them to be shown with their proofs.
 *
 * case_read.h fills it from the ledger's index, the caller adds what is known of the network from
 * tables, graph, rank and routes; case_doc.h, case_json.h and case_write.h tell it. All text that
 * is here may be anybody's; it is cleaned where it is told.
 */
#ifndef CORDON_CASE_CASE_H
#define CORDON_CASE_CASE_H

#include "base/arena.h"
#include "ledger/record.h"
#include "ledger/tlog.h"
#include "trace/sighting.h"

#define CASE_RECORDS_MOST          8  /* records shown behind one claim, at most */
#define CASE_RECORDS               4  /* and unless asked otherwise */
#define CASE_ROW_RECORDS           2  /* behind a row of a table: the first and the last */
#define CASE_HOSTS_MOST            25 /* hosts that are told one by one */
#define CASE_C2_MOST               50 /* command servers */
#define CASE_HOSTED_MOST           25 /* hosts that abuse leads to */
#define CASE_HOSTED_CAMPAIGNS_MOST 5  /* that are named of one */
#define CASE_CAMPAIGNS_MOST        15
#define CASE_BOTS_MOST             10 /* hosts that are named of one campaign */
#define CASE_ADVERTISED_MOST       5
#define CASE_SOURCES_MOST          40
#define CASE_PREFIXES_MOST         40
#define CASE_NOTICES_MOST          40
#define CASE_WINDOW                365 /* days, unless asked otherwise */
#define CASE_WINDOW_MOST           3650
#define CASE_MONTHS_MOST           123
#define CASE_STILL_UP              14 /* a host seen in the last so many days may be there still */

/* What a claim rests on. */
struct case_claim {
	uint64_t total; /* records */
	size_t n;
	uint64_t seq[CASE_RECORDS_MOST]; /* seq[n], ascending: the first and the last in time, and
					    some between chosen by hash, so that the same ledger
					    gives the same ones and nobody picked them */
};

/* Something whose sightings are counted: a kind, a month, a source, a host, a prefix; of a host
 * that abuse leads to, the sightings that lead there. */
struct case_count {
	struct span name; /* empty for what has none */
	uint32_t id;      /* of the index; of months the year times 12 and the month from 0 */
	uint64_t sightings;
	uint32_t hosts; /* distinct; 1 for a host */
	uint32_t days;  /* distinct days on which it was seen */
	int64_t first, last;
	uint64_t day_only; /* of the sightings, those whose time is known to the day */
	uint64_t by_kind[SIGHTING_KINDS];
	uint8_t confidence; /* the highest, in percent */
	uint32_t campaigns; /* of hosts: sightings that belong to one */
	uint16_t port;      /* of hosts: the last one that was told; 0 for none */
	struct case_claim claim;
};

struct case_campaign {
	struct case_count here; /* name and what was seen from this network */
	uint64_t sightings_all; /* from everywhere, in the window */
	uint32_t hosts_all, networks_all;
	const struct span *bot; /* bot[bots]: of this network, at most CASE_BOTS_MOST */
	size_t bots;
	const struct span *advertised; /* advertised[nadvertised]: what its mail leads to */
	size_t nadvertised;
	struct span subject, template_, mailer; /* as the collection of campaigns has them; the
						   first two only when raw evidence is quoted */
};

/* A host of the network that abuse leads to: what mail or a report advertises stands there. That
 * the host did anything is not said. */
struct case_hosted {
	struct case_count of;        /* what leads there; `campaigns`: of these, of a campaign */
	const struct span *campaign; /* campaign[campaigns] of campaigns_all, the most first */
	size_t campaigns, campaigns_all;
};

/* All of it together: what leads to the network is no deed of its addresses, and is not in `all`.
 */
struct case_led {
	struct case_count all;    /* a sighting is one however many hosts it leads to; hosts: of
				     the network, that are led to */
	uint64_t own;             /* of these, handed in by the network's own addresses too */
	uint32_t from, networks;  /* distinct hosts that lead there, and their known networks */
	uint64_t by_name;         /* sightings of the window that lead to some host by its name
				     alone, so that its network is not known */
	struct case_hosted *host; /* host[hosts], those seen on the most days first; of hosts_all */
	size_t hosts, hosts_all;
};

struct case_answer {
	enum answer what;
	int64_t at;
	uint64_t seq;
};

struct case_notice {
	struct span name;
	int64_t at;
	uint64_t seq;
	bool to_upstreams;
	asn_t to;
	const struct case_answer *answer; /* answer[answers], by time */
	size_t answers;
};

/* Something dated that the file rests on: a table, a graph. */
struct case_source {
	bool present;
	struct span name, terms;
	int32_t day, days_off;
	bool stale;
};

/* A neighbour or another network that is named. */
struct case_other {
	asn_t asn;
	struct span holder; /* empty when not known */
};

/* Who the network is: the caller's to fill. */
struct case_network {
	struct span holder;
	struct case_source table, holders, graph; /* holders: when names are of another table */
	bool announces;                           /* the four below are known */
	uint32_t v4_prefixes, v6_prefixes;
	uint64_t v4_addresses, v6_48s;
	const struct span *prefix; /* prefix[prefixes], of prefixes_all */
	size_t prefixes, prefixes_all;
	const struct case_other *upstream; /* upstream[upstreams] */
	size_t upstreams;
	uint32_t peers, customers, cone;
};

/* Where it stands among others: the caller's to fill. low .. high holds the truth with 90 %. */
struct case_ranked {
	struct case_other who;
	double size; /* addresses */
	double badness, low, high;
	uint32_t hosts;
	bool self;
};

struct case_rank {
	bool present;
	uint32_t place, networks;      /* place from 1; 0: not among the ranked */
	int32_t window;                /* days */
	const struct case_ranked *row; /* row[rows]: itself and networks of its size, the worst
					  first */
	size_t rows;
	double stay, stay_low, stay_high; /* median days that hosts stay; below 0: not known */
	struct span why_not;              /* a sentence when it is not present */
};

/* What de-peering would do: sentences as `cordon depeer` has them. */
struct case_hurt {
	struct case_other who;
	struct span how;
	double before, after; /* shares of networks that reach it */
};

struct case_depeer {
	bool present;
	struct span verdict, hurt_words, few_words;
	const struct case_hurt *hurt; /* hurt[nhurt] of hurt_all */
	size_t nhurt, hurt_all;
	struct span why_not;
};

/* A record that is cited, as the log has it. */
struct case_record {
	uint64_t seq;
	struct span text, proof;
};

/* A piece of raw evidence, redacted. */
struct case_raw {
	uint64_t seq;
	struct span text;
};

struct case_file {
	struct arena memory; /* of all spans and arrays here */
	asn_t asn;
	int32_t day, window; /* days day - window + 1 .. day */
	bool day_asked;      /* else it is the day of the newest sighting of any network */
	size_t records;      /* shown behind a claim */

	/* Of the index. */
	uint64_t log_size;     /* records in the log */
	int64_t newest;        /* when the newest was logged; 0 for none */
	struct span tables;    /* which tables attributed, as the index has it */
	struct case_count all; /* of the network, all kinds */
	struct case_count kind[SIGHTING_KINDS];
	struct case_count *month; /* month[months], every month of the window */
	size_t months;
	struct case_count *source; /* the most sightings first; of sources_all */
	size_t sources, sources_all;
	struct case_count *host; /* the worst first; of hosts_all */
	size_t hosts, hosts_all;
	struct case_count *c2; /* command servers, of c2_all */
	size_t c2s, c2_all;
	struct case_count *prefix; /* where the sightings were, the most first; of prefixes_all */
	size_t prefixes, prefixes_all;
	struct case_campaign *campaign; /* of campaigns_all */
	size_t campaigns, campaigns_all;
	struct case_led led;        /* to hosts of the network */
	struct case_notice *notice; /* by time, the newest notices_all at most */
	size_t notices, notices_all;
	uint32_t hosts_one_day;            /* hosts that were seen on a single day */
	uint32_t hosts_still;              /* seen in the last CASE_STILL_UP days up to `day` */
	uint32_t looking;                  /* of its sources, those that told of any network then */
	uint32_t hosts_early, hosts_late;  /* distinct, in the first and last third of the window */
	uint32_t v4_24s;                   /* distinct IPv4 /24s that the hosts are in */
	uint64_t as_whole;                 /* sightings that name a prefix, not a host */
	uint64_t unattributed, everywhere; /* sightings in the window: whose network is not known;
					      of all networks */
	uint64_t clock_back, erasures;     /* such records in the log */

	/* Of others. */
	struct case_network network;
	struct case_rank rank;
	struct case_depeer depeer;

	/* What is shown. */
	struct case_record *record; /* record[nrecord], by seq */
	size_t nrecord;
	struct case_raw *raw; /* raw[nraw]; with --raw */
	size_t nraw;
	bool with_raw;
	struct span key, checkpoint; /* of the log */
	struct tlog *signer;         /* signs the folder; NULL: nobody can */
	struct span why_unsigned;
};

/* Gives back all that it holds; {0} is good too. */
void case_done(struct case_file *c);

/* A copy of s in the case's memory; empty when that is short. */
struct span case_keep(struct case_file *c, struct span s);

/* All records that its claims show, ascending, each once: in new memory, the caller's to free.
 * Returns 0 or -ENOMEM. */
int case_cited(const struct case_file *c, uint64_t **ret_seq, size_t *ret_n);

#endif
