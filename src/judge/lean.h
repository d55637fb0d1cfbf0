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

/*
 * How much a finding may weigh in the starter model, either way: log-odds of the findings' view;
 * INFINITY for no bound. Of authentication log 3, so no one result more than triples the odds: the
 * mail of 2002 has none, and how often it fails in the written mail is assumed. Forwarders, lists
 * and misconfigured servers break it for honest mail, and abuse passes it. A failure that something
 * else explains says nothing (0) until a site has learned what it means there.
 */
double finding_bound(const char *name);

#endif
