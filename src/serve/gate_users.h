/*
 * How much of what each of our users hands in is spam: an account that somebody else has got hold of
 * is seen by that. The last of the users, each as a hash; what is old counts for less.
 */
#ifndef CORDON_SERVE_GATE_USERS_H
#define CORDON_SERVE_GATE_USERS_H

#include "base/span.h"

#include <stdint.h>

#define GATE_USERS 1024

struct gate_users {
	struct gate_user {
		uint64_t who; /* a hash; 0: free */
		int64_t at;   /* when the counts were right, seconds since 1970 */
		float messages, spam; /* halved with every hour */
	} user[GATE_USERS];
};

/*
 * One message of a user: how many messages, and of them spam, he has handed in of late with it,
 * rounded. A user that has no place takes that of who was silent for the longest of four. {0} is
 * empty. Constant time.
 */
void gate_users_saw(struct gate_users *u, struct span user, bool spam, int64_t now,
	unsigned *ret_messages, unsigned *ret_spam);

#endif
