/*
 * The configuration file: libConfuse syntax, every setting with a default, so that no file is
 * needed. The table of settings in config_table.c is the one place where a setting is named: it is
 * read, checked, freed and printed by that table.
 */
#ifndef CORDON_BASE_CONFIG_H
#define CORDON_BASE_CONFIG_H

#include "base/buf.h"
#include "base/err.h"


/* What is read when no file is named. */
#define CONFIG_DEFAULT "/etc/cordon.conf"

/* Of notices. Texts are NULL when not set. */
struct config_notice {
	char *from;           /* our mail address, that answers go to */
	char *name;           /* who we are, in words */
	char *relay;          /* smtp://HOST:PORT or smtps://HOST:PORT */
	char *tls;            /* must, may, never */
	char *user;
	char *password_file;
	char *ca_file;
	char *contacts;       /* file of own contacts */
	char *rdap_bootstrap; /* NULL: IANA's */
	long network_days;
	long contact_daily;
	long hourly;
	long quiet_days;
	long upstream_days;
	long rdap_days;
};

/* Of the gateway. Texts are NULL when not set; lists may be empty. An address to listen on is
 * "127.0.0.1:7350", "[::1]:7350", or the path of a UNIX socket. */
struct config_gateway {
	char *name;   /* "host_name": ours, in Authentication-Results; NULL: the host's */
	char *user;   /* to run as when started by root */
	char *milter; /* where MTAs reach us */
	char *check;  /* where rspamd's clients do; NULL: nowhere */
	char *web;    /* metrics and API; NULL: nowhere */
	char **dns;   /* dns[dns_n]: resolvers to ask, addresses with or without @port; empty: those of
			 /etc/resolv.conf; "root": none, but down from the root */
	size_t dns_n;
	char **own_nets; /* own_nets[own_n]: whose mail is outgoing; beside authenticated users */
	size_t own_n;
	char *on_spam, *on_unsure; /* accept, tag, quarantine, tempfail, reject, discard */
	char *on_dmarc_reject, *on_dmarc_quarantine; /* the same or "ignore": when the owner of the
			 From domain asks for it */
	char *on_outgoing_spam;    /* the same */
	char *on_failure;          /* accept or tempfail: when a message cannot be judged */
	char *tag;                 /* before the subject of what is tagged */
	char *dmarc_organisation;  /* "list" or "walk" */
	long dns_questions;        /* a message, at most */
	long dns_milliseconds;     /* all of a message's questions together, at most */
	long sessions;             /* at a time, at most */
	long threads;              /* that judge; 0: as many as cores */
	long judge_bytes;          /* of a message, at most; the rest is passed on unread */
	long message_seconds;      /* that judging one may take, at most */
	long log_days;             /* that decisions are kept */
	bool hash_addresses;       /* in logs and decisions */
	bool learn_self;           /* from clear cases, by itself */
};

/* The settings. Strings and lists belong to the struct. */
struct config {
	double ham_loss;       /* share of good mail that may be called spam, 0.00001 .. 0.1 */
	char *state;           /* folder of what was learned and imported; NULL: the user's own */
	char **relay_nets;     /* relay_nets[nets]: prefixes of our own relays, as text */
	size_t nets;
	char **relay_names;    /* relay_names[names]: names or ".domain" suffixes of our relays */
	size_t names;
	char *ledger_name;     /* what a ledger that is made calls itself; NULL: by the host's name */
	struct config_notice notice;
	struct config_gateway gateway;
	long keep_raw_days;    /* how long raw evidence is kept, -1 (for ever) .. 36500 days */
};

/*
 * Reads path; NULL reads CONFIG_DEFAULT where it exists and else gives the defaults. Returns 0,
 * or a negative errno with a sentence that names file, line and remedy; *ret is then untouched.
 */
int config_read(const char *path, struct config *ret, struct err *err);

/* The same of a text; name is what errors call it. */
int config_parse(struct span text, const char *name, struct config *ret, struct err *err);

/*
 * Appends every setting, or only those that are not as by default, each with its meaning, unit,
 * bounds and default as comments, so that config_parse() gives the same values.
 */
void config_print(const struct config *c, bool changed_only, struct buf *to);

void config_done(struct config *c);

#endif
