/* Answers: mail that quotes and refers to earlier mail. Easy to fake in part, so the parts are told
 * apart, and a subject that pretends ("Re:") without a reference is evidence against. */
#include "judge/check/list.h"

static const char *const variants[] = {"thread/reply", "thread/references", "thread/deep",
	"thread/quoted", "thread/fake-reply", "thread/forward", NULL};

/* Lines that quote ("> "), counted in the first 64 KiB. */
static size_t quoted_lines(struct span text, struct span *ret_first)
{
	struct span rest = span_take(text, 65536);
	size_t n = 0;
	ssize_t at;

	while ((at = span_index(rest, '>')) >= 0) {
		const char *p = rest.p + at;

		rest = span_skip(rest, (size_t)at + 1);
		if ((p != text.p && p[-1] != '\n') || rest.n < 2 || *rest.p == '\n')
			continue;
		if (!n++) {
			ssize_t end = span_index(rest, '\n');

			*ret_first = span_between(p, end < 0 ? span_end(rest) : rest.p + end);
		}
	}
	return n;
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *refs = in->field[FIELD_REFERENCES];
	const struct field *to = in->field[FIELD_IN_REPLY_TO];
	struct span subject = in->subject, first = {0};
	size_t quoted = quoted_lines(in->m->text, &first), ids = 0;
	bool re = span_starts_nocase(subject, SPAN("Re:")) ||
		  span_starts_nocase(subject, SPAN("AW:")) ||
		  span_starts_nocase(subject, SPAN("SV:")) ||
		  span_starts_nocase(subject, SPAN("RV:"));
	bool wrote = in->hit[PHRASE_WROTE].phrases;

	if (in->is_reply && (quoted || wrote))
		finding_add(in, out, &check_thread, "thread/reply", first,
			"The mail answers and quotes another");
	else if (in->is_reply)
		finding_add(in, out, &check_thread, "thread/references", (to ? to : refs)->value,
			"The mail refers to an earlier one");
	else if (quoted >= 2)
		finding_add(
			in, out, &check_thread, "thread/quoted", first, "The mail quotes another");
	for (size_t i = 0; refs && i < refs->value.n; i++)
		ids += refs->value.p[i] == '<';
	if (ids >= 3)
		finding_add(in, out, &check_thread, "thread/deep", refs->value,
			"The mail is part of a longer exchange");
	if (re && !in->is_reply && !quoted && !wrote)
		finding_add(in, out, &check_thread, "thread/fake-reply", subject,
			"The subject pretends to answer, but the mail refers to no other");
	if (span_starts_nocase(subject, SPAN("Fwd:")) || span_starts_nocase(subject, SPAN("Fw:")) ||
		span_starts_nocase(subject, SPAN("WG:")))
		finding_add(
			in, out, &check_thread, "thread/forward", subject, "The mail is passed on");
}

const struct check check_thread = {"thread", "answers: references and quotations", variants, run};
