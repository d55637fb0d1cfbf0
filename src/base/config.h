/*
 * The configuration file: libConfuse syntax, every setting with a default, so that no file is
 * needed. The table of settings in config.c is the one place where a setting is named.
 */
#ifndef CORDON_BASE_CONFIG_H
#define CORDON_BASE_CONFIG_H

#include "base/err.h"

#include <stddef.h>

/* What is read when no file is named. */
#define CONFIG_DEFAULT "/etc/cordon.conf"

/* The settings. Strings and lists belong to the struct. */
struct config {
	double ham_loss;       /* share of good mail that may be called spam, 0.00001 .. 0.1 */
	char *state;           /* folder of what was learned and imported; NULL: the user's own */
	char **relay_nets;     /* relay_nets[nets]: prefixes of our own relays, as text */
	size_t nets;
	char **relay_names;    /* relay_names[names]: names or ".domain" suffixes of our relays */
	size_t names;
	char *ledger_name;     /* what a ledger that is made calls itself; NULL: by the host's name */
	long keep_raw_days;    /* how long raw evidence is kept, -1 (for ever) .. 36500 days */
};

/*
 * Reads path; NULL reads CONFIG_DEFAULT where it exists and else gives the defaults. Returns 0,
 * or a negative errno with a sentence that names file, line and remedy; *ret is then untouched.
 */
int config_read(const char *path, struct config *ret, struct err *err);
void config_done(struct config *c);

#endif
