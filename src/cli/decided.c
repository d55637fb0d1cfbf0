#include "cli/decided.h"

#include "cli/cli.h"
#include "serve/person.h"

#include <errno.h>

struct finding_out {
	int (*each)(void *context, const struct decided *what);
	void *context;
	size_t n;
};

static int count(void *context, const struct decided *what)
{
	struct finding_out *f = context;

	f->n++;
	return f->each(f->context, what);
}

/* Addresses stand there as hashes when the gateway was told so: there is a key then. */
static void hash_addresses(const struct site *s, struct decisions_question *q, char sender[PERSON_MOST],
	char recipient[PERSON_MOST])
{
	struct person_key key;

	if (person_key_read(s->state, false, &key, NULL) < 0)
		return;
	if (q->sender && q->sender[0] != '@')
		q->sender_hash = person_hash(&key, span_cstr(q->sender), sender);
	if (q->recipient && q->recipient[0] != '@')
		q->recipient_hash = person_hash(&key, span_cstr(q->recipient), recipient);
}

int decided_find(const struct site *s, const struct decisions_question *question,
	int (*each)(void *context, const struct decided *what), void *context, size_t *ret_found)
{
	struct decisions_question q = *question;
	char sender[PERSON_MOST], recipient[PERSON_MOST];
	struct finding_out f = {.each = each, .context = context};
	struct decisions *d;
	struct err err;
	int rc = decisions_open(s->state, false, &d, NULL, &err);

	if (rc == 0) {
		hash_addresses(s, &q, sender, recipient);
		rc = decisions_find(d, &q, count, &f, &err);
		decisions_close(d);
	}
	*ret_found = f.n;
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOENT ? EXIT_INPUT : EXIT_SYSTEM;
}
