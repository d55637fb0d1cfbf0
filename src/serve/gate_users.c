/* A set-associative table: a user may be in one of four places that his hash names. */
#include "serve/gate_users.h"

#include "base/hash.h"

#include <math.h>

#define WAYS   4
#define HALF_S 3600.0

static struct gate_user *place(struct gate_users *u, uint64_t who)
{
	struct gate_user *set = &u->user[who % (GATE_USERS / WAYS) * WAYS], *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].who == who)
			return &set[i];
		if (set[i].at < oldest->at)
			oldest = &set[i];
	}
	*oldest = (struct gate_user){.who = who};
	return oldest;
}

void gate_users_saw(struct gate_users *u, struct span user, bool spam, int64_t now,
	unsigned *ret_messages, unsigned *ret_spam)
{
	struct gate_user *p = place(u, hash64(user, 0) | 1);
	double age = now > p->at ? (double)(now - p->at) : 0;
	float left = p->at ? (float)exp2(-age / HALF_S) : 0;

	p->messages = p->messages * left + 1;
	p->spam = p->spam * left + (float)spam;
	p->at = now > p->at ? now : p->at;
	*ret_messages = (unsigned)lroundf(p->messages);
	*ret_spam = (unsigned)lroundf(p->spam);
}
