/*
 * Which records of a ledger are meant: the options that say so, and those records in order. The
 * index tells which; what each says is read from the log.
 */
#ifndef CORDON_CLI_LEDGER_SELECT_H
#define CORDON_CLI_LEDGER_SELECT_H

#include "cli/option.h"
#include "ledger/ledger.h"

/* The options as given; kind and type are -1 for any. */
struct ledger_filter {
	const char *since, *until, *network, *campaign, *source, *host, *seq;
	int kind, type;
	unsigned long last; /* only so many, the last ones; 0: all */
};

#define LEDGER_FILTER_NONE                                                                         \
	{                                                                                          \
		.kind = -1, .type = -1                                                             \
	}

#define LEDGER_FILTER_OPTIONS(f)                                                                   \
	{"since", 0, OPTION_STRING, &(f)->since, "TIME",                                           \
		"seen at or after a day or time (2026-10-05, 2026-10-05T12:00:00Z)"},              \
		{"until", 0, OPTION_STRING, &(f)->until, "TIME", "seen before it; a day counts whole"}, \
		{"network", 'n', OPTION_STRING, &(f)->network, "AS",                               \
			"what was done or is hosted there, notices about it"},                     \
		{"kind", 'k', OPTION_CHOICE, &(f)->kind,                                           \
			"spam|phish|malware|c2|scan|attack|listed", "kind of abuse"},              \
		{"campaign", 0, OPTION_STRING, &(f)->campaign, "NAME",                             \
			"of a campaign, and of those that turned out to be part of it"},           \
		{"source", 0, OPTION_STRING, &(f)->source, "NAME", "who saw it"},                  \
		{"host", 0, OPTION_STRING, &(f)->host, "HOST",                                     \
			"an address, a prefix or a domain that did it or is advertised"},          \
		{"type", 't', OPTION_CHOICE, &(f)->type,                                           \
			"sighting|campaign|notice|answer|erasure|clock", "type of record"},        \
		{"seq", 0, OPTION_STRING, &(f)->seq, "N[-M]", "the N-th record, from 0; or N to M"}, \
	{                                                                                          \
		"last", 0, OPTION_NUMBER, &(f)->last, "N", "only the last N of them"               \
	}

/* What the options mean. */
struct ledger_chosen {
	int64_t since, until;  /* since <= time < until */
	uint64_t first, end;   /* first <= index < end */
	bool by_network, by_host, by_prefix;
	asn_t asn;
	struct prefix prefix;
	struct span domain;    /* lower case; without a dot at either end */
	char domain_text[256];
	const char *campaign, *source;
	int kind, type;
	unsigned long last;
};

/* Reads the options. EXIT_DONE, or EXIT_USAGE with what is wrong told. Strings of f are kept. The
 * result must not be moved. */
int ledger_select_read(
	const struct usage *usage, const struct ledger_filter *f, struct ledger_chosen *ret);

/* One of them, with what the index knows beside the record; strings live until the next step. */
struct ledger_row {
	uint64_t seq;
	enum record_type type;
	asn_t asn;           /* of the network that did it, 0: not known */
	struct span prefix, holder; /* likewise, may be empty */
};

struct ledger_select;

/* Begins going over them, in the order of the log. Returns 0 or a negative errno with a sentence.
 * Cost of the whole: what SQLite needs for the question; a host is looked for among all hosts. */
int ledger_select_open(struct ledger *l, const struct ledger_chosen *c,
	struct ledger_select **ret_select, struct err *err);
void ledger_select_close(struct ledger_select *s); /* takes NULL */

/* The next: 1, 0 at the end, or a negative errno with a sentence. */
int ledger_select_next(struct ledger_select *s, struct ledger_row *ret_row, struct err *err);

/* Writes the indexes of all of them into the table temp.chosen(seq INTEGER PRIMARY KEY) of the
 * ledger's connection, anew. Returns 0 or a negative errno with a sentence. */
int ledger_select_into_temp(struct ledger *l, const struct ledger_chosen *c, struct err *err);

#endif
