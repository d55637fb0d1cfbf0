/*
 * The gateway's roles: each is a process of its own with one privilege, started by the supervisor
 * (supervise.h) as the same program again, and started again when it dies.
 *
 *   gate      takes mail in (milter, HTTP check) and judges it; opens nothing, connects to nothing
 *   resolver  asks the DNS; opens nothing, sees no mail
 *   keeper    writes ledger, model and what was decided; parses no mail, talks to no network
 *   web       answers on metrics and state; reads only
 *
 * The channels between them are made once by the supervisor, which keeps both ends, and outlive the
 * roles: when one dies its successor has the same end, and the others notice nothing but questions
 * that stay without an answer. So every question has a deadline.
 */
#ifndef CORDON_SERVE_ROLE_H
#define CORDON_SERVE_ROLE_H

#include "base/config.h"
#include "base/err.h"
#include "serve/status.h"

#define ROLES_X(X) X(GATE, "gate") X(RESOLVER, "resolver") X(KEEPER, "keeper") X(WEB, "web")
enum role {
#define X(id, name) ROLE_##id,
	ROLES_X(X)
#undef X
		ROLES
};

const char *role_name(enum role r); /* static */

/* What a role is given. */
struct role_kit {
	const struct config *config; /* put anew by role_told(); the former stays valid */
	const char *config_file; /* that it was read from; NULL: none */
	const char *state;       /* the state directory */
	int control;             /* to the supervisor: see role_told() */
	int to[ROLES];           /* SOCK_SEQPACKET to each other role; -1 where there is none */
	struct status *status;   /* shared by all */
	unsigned starts;         /* how often this role was started before, since the supervisor was */
};

/* What a role may do once it runs. All else kills it (SIGSYS), or is refused (EACCES) where files
 * are meant that are not below what it may open; see sandbox.h. */
struct role_rights {
	bool sockets_out;       /* may connect and send to addresses outside: resolver */
	bool files_read;        /* may open below the state directory to read: web */
	bool files_write;       /* and to write: keeper */
	bool threads;           /* may start threads */
	const char *const *also_read; /* paths beside it that may be read, NULL ends; NULL: none */
	size_t memory;          /* most bytes of address space; 0: no bound */
	unsigned files;         /* most open descriptors */
};

struct role_definition {
	enum role role;
	struct role_rights rights;
	/* With the rights that the program was started with, but for a role that writes files,
	 * which is the gateway's user by then: opens files, binds sockets, reads tables. Starts no
	 * thread. Gives what run() needs, or a negative errno with a sentence. */
	int (*open)(struct role_kit *kit, void **ret_self, struct err *err);
	/* Behind the sandbox, as the gateway's own user. Returns when told to stop: an exit code. */
	int (*run)(struct role_kit *kit, void *self);
};

extern const struct role_definition role_gate, role_resolver, role_keeper, role_web;

/* Those that the program has, by number; of the program (src/cli/serve.c). */
extern const struct role_definition *const serve_roles[ROLES];

/* What the supervisor tells a role on its control socket; the socket is readable when there is
 * something. */
enum role_word {
	ROLE_NOTHING,
	ROLE_RELOAD, /* the configuration was read again: kit->config has been put anew */
	ROLE_STOP,   /* finish what is in hand, then return from run() */
	ROLE_TABLES, /* what the keeper or a command made was published: take the new images */
};

/* Takes the next word, without waiting; one thread at a time. ROLE_STOP also when the supervisor has
 * gone. */
enum role_word role_told(struct role_kit *kit);

/* Says to the supervisor that the role serves now: once, when run() is ready. */
void role_ready(struct role_kit *kit);

/* Says that the role lives; to be called at least each second. Cost: a store. */
void role_alive(struct role_kit *kit, enum role r);

/* Gives the supervisor a sentence to tell, when it is not flooded with them. */
void role_tell(struct role_kit *kit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says that new images were published: the other roles are told ROLE_TABLES. */
void role_published(struct role_kit *kit);

/*
 * The process of a role, as the supervisor starts it: PROGRAM role NAME STATE CONFIG_FILE USER
 * STARTS, with the descriptors of control.h. table[] has the roles by number, NULL for those that are
 * not there. Returns an exit code.
 */
int role_main(const struct role_definition *const *table, int argc, char **argv);

#endif
