#include "serve/decided_people.h"

static struct span hashed(const struct person_key *key, struct span address, char *room)
{
	return span_cstr(person_hash(key, address, room));
}

void decided_hash_people(
	struct decided *d, const struct person_key *key, struct decided_people *room)
{
	d->sender = hashed(key, d->sender, room->sender);
	d->user = hashed(key, d->user, room->user);
	for (size_t i = 0; i < d->recipients; i++)
		d->recipient[i] = hashed(key, d->recipient[i], room->recipient[i]);
	d->message_id = (struct span){NULL, 0};
}
