/* What the subcommands of `cordon ledger` share. */
#ifndef CORDON_CLI_LEDGER_CMD_H
#define CORDON_CLI_LEDGER_CMD_H

#include "cli/cli.h"
#include "cli/site.h"

/* Opens configuration and ledger. Exit codes as site_open(). */
int ledger_cmd_open(struct site *site, bool write, const char *config, const char *state);

/* Tells an error of the ledger. EXIT_INPUT for what is not there (-ENOENT, -ERANGE) or is damaged
 * (-EBADMSG), else EXIT_SYSTEM. */
int ledger_cmd_told(int rc, const struct err *err);

/* Reads the index of a record, from 0. EXIT_DONE, or EXIT_USAGE with what is wrong told. */
int ledger_cmd_seq(const struct usage *usage, const char *text, uint64_t *ret_seq);

/* What a record says, as a sentence for a person: cleaned and defanged, no line end. */
void ledger_cmd_words(const struct record *r, struct buf *to);

/* Appends bytes in hex. */
void ledger_cmd_hex(struct buf *to, const uint8_t *bytes, size_t n);

/* Writes the whole of a file of our making, replacing one of that name. An exit code. */
int ledger_cmd_file(const char *folder, const char *name, struct span bytes);

int ledger_show_main(int argc, char **argv);
int ledger_verify_main(int argc, char **argv);
int ledger_prove_main(int argc, char **argv);
int ledger_check_main(int argc, char **argv);
int ledger_raw_main(int argc, char **argv);
int ledger_erase_main(int argc, char **argv);
int ledger_export_main(int argc, char **argv);

#endif
