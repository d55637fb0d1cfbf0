/* Authentication that finds nothing. */
#include "auth/auth.h"

int auth_check(const struct auth_question *q, struct message_parser *mp, const struct message *m,
	struct dns_budget *dns, struct arena *arena, struct auth *ret)
{
	(void)q, (void)mp, (void)m, (void)dns, (void)arena;
	*ret = (struct auth){.has_client = false};
	return 0;
}

void auth_results(struct buf *to, const struct auth *a, const struct auth_question *q)
{
	(void)a;
	buf_add(to, q->receiver);
	buf_str(to, "; none");
}

bool auth_results_by(struct span value, struct span id)
{
	return span_starts_nocase(span_trim(value), id);
}
