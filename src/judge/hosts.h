/*
 * What is publicly known of domains: who gives mailboxes, pages, forms, short links or storage to
 * anybody; which mail services rewrite links; whose domains belong to which brand. Compiled in, so
 * that a fresh install knows it; the learner weighs what it is worth.
 */
#ifndef CORDON_JUDGE_HOSTS_H
#define CORDON_JUDGE_HOSTS_H

#include "base/span.h"

enum {
	HOST_FREEMAIL = 1 << 0, /* mailboxes for anybody */
	HOST_CLICK = 1 << 1,    /* counts clicks for mailing services */
	HOST_REWRITER = 1 << 2, /* a receiving site's link protection: it replaces every link */
	HOST_SHORTENER = 1 << 3,
	HOST_PAGES = 1 << 4,    /* pages and sites for anybody, often under a name of their own */
	HOST_FORMS = 1 << 5,    /* form builders */
	HOST_STORAGE = 1 << 6,  /* files and objects of anybody */
	HOST_DYNAMIC = 1 << 7,  /* names for changing addresses */
	HOST_REDIRECT = 1 << 8, /* forwards to any URL in its own query */
	HOST_SOCIAL = 1 << 9,   /* linked from the foot of every other newsletter */
	HOST_REMAILER = 1 << 10 /* hosts mailing lists or sends in the name of others */
};

/*
 * What is known of a host: flags of the longest suffix (at a dot) that is in the table; 0 for
 * none. Lower case is expected. Costs one lookup a label, at most six of them.
 */
unsigned host_kind(struct span host);

/* True when the top-level domain is one of those sold so cheaply that abuse settled there. */
bool host_cheap_tld(struct span host);

#endif
