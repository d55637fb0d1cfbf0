/* Stands in until check.c is here; whoever brings check.c removes this file and its line in
 * meson.build. */
#include "judge/check.h"
int check_run(struct message_parser *mp, const struct message *m, const struct received *chain,
	struct check_input *ret_in, struct findings *ret_findings)
{
	struct check_input in = {.mp = mp, .m = m, .chain = chain};
	const struct field *f = message_field(m, FIELD_SUBJECT);
	if (f)
		in.subject = message_text(mp, f);
	in.has_from = address_first(mp, m, FIELD_FROM, &in.from);
	*ret_in = in;
	ret_findings->n = 0;
	return 0;
}
