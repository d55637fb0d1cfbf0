/* What most commands open first: the configuration, the state directory, the shelf of tables, the
 * ledger. */
#ifndef CORDON_CLI_SITE_H
#define CORDON_CLI_SITE_H

#include "base/config.h"
#include "judge/judge.h"
#include "ledger/ledger.h"
#include "net/shelf.h"

/* Where the gateway keeps its state when root starts it. Once it is there it is root's default, so
 * that what the gateway did is seen without telling each command where that is. */
#define SITE_SYSTEM_STATE "/var/lib/cordon"

struct site {
	struct config config;
	char *state;           /* the state directory in force */
	char *starter;         /* the starter model's file; NULL when there is none */
	struct relays relays;  /* from the configuration */
	struct judge *judge;   /* as opened by site_open_judge() */
	struct shelf *shelf;   /* as opened by site_open_shelf() */
	struct ledger *ledger; /* as opened by site_open_ledger() */
};

/*
 * Reads the configuration (--config, else CORDON_CONFIG, else /etc/cordon.conf) and settles the
 * state directory: --state, else the configuration's, else CORDON_STATE, else for root
 * SITE_SYSTEM_STATE if it is there, else $XDG_STATE_HOME/cordon, else ~/.local/state/cordon. Either option may be NULL. Tells an error
 * and returns an exit code, EXIT_DONE when all is well.
 */
int site_open(struct site *s, const char *config_option, const char *state_option);

/* Opens the judge; the shelf. Unusable tables are told and left out. Exit codes as above. */
int site_open_judge(struct site *s);
int site_open_shelf(struct site *s);

/*
 * Opens the ledger in the state directory. A writer makes it when there is none, under the
 * configuration's name, keeps raw evidence as long as the configuration says, and opens the shelf
 * if it is not open yet, since what is taken in is attributed by it. Returns EXIT_DONE; EXIT_INPUT
 * when a reader finds no ledger; else EXIT_SYSTEM; told.
 */
int site_open_ledger(struct site *s, bool write);

/* The same to write, without the index, which is to be made again (ledger_reindex()). */
int site_open_ledger_anew(struct site *s);

/* Configuration, judge and shelf, for commands that judge and trace. */
int site_open_all(struct site *s, const char *config_option, const char *state_option);

void site_close(struct site *s);

/* The option rows that go with it, for a command's table. */
#define SITE_OPTIONS(config, state)                                                                \
	{"config", 'c', OPTION_STRING, config, "FILE", "configuration (default /etc/cordon.conf)"}, \
	{"state", 's', OPTION_STRING, state, "DIR", "what was learned and imported"}

#endif
