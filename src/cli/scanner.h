/*
 * What scan and ingest do alike: judge and trace each message, write its row, count verdicts, and
 * name the networks behind the abuse at the end.
 */
#ifndef CORDON_CLI_SCANNER_H
#define CORDON_CLI_SCANNER_H

#include "cli/mailrun.h"
#include "cli/report.h"
#include "cli/site.h"

enum scanner_format { SCANNER_TABLE, SCANNER_JSON, SCANNER_TSV };

struct scanner {
	const struct site *site;    /* with judge and shelf */
	struct networks *networks;  /* behind the abuse; the scanner's */
	enum scanner_format format;
	bool quiet;                 /* no rows */
	int width;
	unsigned long long count[3]; /* messages, by enum action */
};

/* The option rows that go with it. */
#define SCANNER_OPTIONS(format, json)                                                              \
	{"format", 'f', OPTION_CHOICE, format, "table|json|tsv", "how to write (table)"},         \
	{                                                                                          \
		"json", 'j', OPTION_FLAG, json, NULL, "the same as --format json"                  \
	}

/* Begins: prints the head of the rows. EXIT_DONE, or EXIT_SYSTEM when memory is short. */
int scanner_begin(struct scanner *s);
void scanner_done(struct scanner *s);

/* Judges and traces a message and appends its row, on a worker's thread; for mailrun's look(). The
 * verdict goes into m->verdict. Verdict and trace live until the bench's next message. Returns 0
 * or -ENOMEM. */
int scanner_look(const struct scanner *s, struct judge_bench *bench, struct mail *m,
	struct buf *rows, struct verdict **ret_verdict, struct trace *ret_trace);

/* Counts it, for mailrun's take(); kept is the trace of abuse, or NULL. */
int scanner_take(
	struct scanner *s, const struct mail *m, const struct trace *kept, struct err *err);

/* For a person: how many of which verdict, how much was learned. */
void scanner_verdicts(const struct scanner *s, struct buf *to);

/* And the networks behind what `words` calls it: "the spam". */
void scanner_networks(const struct scanner *s, const char *words, struct buf *to);

#endif
