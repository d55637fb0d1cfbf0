/* What the subcommands of cordon notice share. */
#ifndef CORDON_CLI_NOTICE_H
#define CORDON_CLI_NOTICE_H

#include "case/notice_send.h"
#include "case/notice.h"
#include "cli/cli.h"
#include "cli/site.h"

#include <jansson.h>

int notice_draft_main(int argc, char **argv);
int notice_approve_main(int argc, char **argv);
int notice_send_main(int argc, char **argv);
int notice_answer_main(int argc, char **argv);
int notice_list_main(int argc, char **argv);

/* A site with its ledger, and memory for what is read from it. */
struct notice_desk {
	const char *config, *state; /* as options give them */
	struct site site;
	struct arena arena;
	int64_t now;
};

/* Opens site and ledger, and for a reader the shelf too. Tells what is wrong and returns an exit
 * code. To be closed in either case. */
int notice_desk_open(struct notice_desk *d, bool write);
void notice_desk_close(struct notice_desk *d);

/* Whether the ledger has the notice; context is the sqlite3 *. */
bool notice_in_ledger(void *context, const char *name);

/* What makes the record of a notice, or of an answer, the same when it comes again. */
void notice_identity(struct buf *to, const char *kind, const char *name);

/* Tells the error and returns the exit code for it. */
int notice_told(int rc, const struct err *err);

/* A sentence on standard output: "NAME: SENTENCE". */
void notice_say(const char *name, const char *sentence);

/* One JSON object as a line; released. */
int notice_print_json(json_t *j);

/* An upstream that matters, and why. */
struct notice_upstream {
	asn_t asn;
	double takes; /* share of all networks that would lose the target without it */
};

/*
 * The providers of a network as of a day, those first without which most networks lose it (cut/);
 * at most `most`. Returns how many, 0 when the graph does not have it or it has none; or a negative
 * errno with a sentence.
 */
int notice_upstreams(struct site *site, asn_t asn, int32_t day, struct notice_upstream *ret,
	size_t most, struct err *err);

/* A case file as it goes with a notice; {0} before, notice_case_done() after. */
struct notice_case {
	struct buf pdf, records, note; /* the note is empty when the log's secret cannot be read */
	char pdf_name[40], records_name[40], note_name[40];
};

/* Fills it with what is known of a network up to a day. Returns 0 or a negative errno with a
 * sentence. */
int notice_case(struct site *s, asn_t asn, int32_t day, struct notice_case *to, struct err *err);
void notice_case_done(struct notice_case *c);

#endif
