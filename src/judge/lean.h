/*
 * Which way a finding may speak. The weights of findings are learned, but a finding that training
 * mail hardly has cannot be learned from it: a program as an attachment is no sign of honesty only
 * because the few that were seen stood in honest mail. What a finding means bounds its sign.
 */
#ifndef CORDON_JUDGE_LEAN_H
#define CORDON_JUDGE_LEAN_H

enum lean {
	LEAN_EITHER, /* a fact about the mail that either kind may have */
	LEAN_ABUSE,  /* may speak for abuse, or not at all */
	LEAN_HONEST, /* may speak for an honest mail, or not at all */
	LEAN_COUNT
};

/* The lean of a finding's name ("link-lies/brand"): LEAN_ABUSE where lean.c names no other. */
enum lean finding_lean(const char *name);

#endif
