/*
 * What a role may do once it runs: all that its rights do not name is taken away, by the kernel and
 * for good.
 *
 *   user           the gateway's own, no capabilities (when root started it)
 *   limits         address space, descriptors, no core dumps (setrlimit)
 *   no new rights  no program that is executed could give any (PR_SET_NO_NEW_PRIVS)
 *   files, ports   Landlock: what is not below a path that the rights name gives EACCES
 *   system calls   seccomp: what is not on the list for the rights kills the process (SIGSYS)
 *
 * sandbox_calls.c has the lists.
 */
#ifndef CORDON_SERVE_SANDBOX_H
#define CORDON_SERVE_SANDBOX_H

#include "serve/role.h"

struct sandbox_place {
	const char *state; /* the state directory, there */
	const char *user;  /* whom to be, when root; "" or NULL: as it is */
};

/* Becomes the user and gives capabilities up. Nothing changes when it is not root. Returns 0 or a
 * negative errno with a sentence. */
int sandbox_change_user(const struct sandbox_place *place, struct err *err);

/*
 * Does all of it. There must be no other thread yet. Returns 0, or a negative errno with a sentence,
 * and then the process is to end. Where the kernel has no Landlock that part is left out.
 */
int sandbox_enter(const struct role_rights *rights, const struct sandbox_place *place,
	struct err *err);

/* The kernel's version of Landlock, 0 for none; of what ours knows. */
int sandbox_landlock(void);

/* The name of a system call, "openat"; to (40 bytes) is for one that has no name. */
const char *sandbox_call_name(int number, char *to);

/* The parts of sandbox_enter(), for it and for tests. */
int sandbox_limit_files(const struct role_rights *rights, const char *state, struct err *err);
int sandbox_limit_calls(const struct role_rights *rights, struct err *err);

#endif
