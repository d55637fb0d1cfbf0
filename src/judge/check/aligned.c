/* One owner throughout: From, return path, Message-ID, signature and links of one domain. Spammers
 * with a domain of their own reach it too; it says who is answerable, not that he is good. */
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"aligned/all", "aligned/three", "aligned/freemail-all",
	"aligned/none", "aligned/own-house", NULL};

static struct span id_domain(const struct check_input *in)
{
	const struct field *f = in->field[FIELD_MESSAGE_ID];
	struct span id = f ? span_trim(f->value) : (struct span){0};
	ssize_t at = span_rindex(id, '@');

	if (at < 0 || id.p[id.n - 1] != '>')
		return (struct span){0};
	id = span_take(span_skip(id, (size_t)at + 1), id.n - (size_t)at - 2);
	if (id.n > 253)
		return (struct span){0};
	return check_domain(in, check_lower(in, id));
}

static bool is_signed(const struct check_input *in)
{
	for (size_t i = 0; i < in->signers; i++)
		if (span_eq(in->signer[i], in->from_domain))
			return true;
	return false;
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span from = in->from_domain, id = id_domain(in);
	bool free_mail = host_kind(in->from_host) & HOST_FREEMAIL;
	int same;

	if (!from.n)
		return;
	same = span_eq(in->return_domain, from) + span_eq(id, from) + is_signed(in);
	if (same == 3)
		finding_add(in, out, &check_aligned,
			free_mail ? "aligned/freemail-all" : "aligned/all", in->from_host,
			"Sender, return path, Message-ID and signature are all of %.*s",
			SPAN_ARG(from));
	else if (same == 2)
		finding_add(in, out, &check_aligned, "aligned/three", in->from_host,
			"Three of sender, return path, Message-ID and signature are of %.*s",
			SPAN_ARG(from));
	else if (same == 0 && !in->is_list && (in->return_domain.n || id.n || in->signers))
		finding_add(in, out, &check_aligned, "aligned/none", in->from_host,
			"Nothing else in the head is of the sender's domain %.*s", SPAN_ARG(from));
	if (in->own_domain.n && span_eq(from, in->own_domain) && same >= 2)
		finding_add(in, out, &check_aligned, "aligned/own-house", in->from_host,
			"The mail is from the recipient's own %.*s, throughout", SPAN_ARG(from));
}

const struct check check_aligned = {
	"aligned", "one owner of sender, return path, Message-ID and signature", variants, run};
