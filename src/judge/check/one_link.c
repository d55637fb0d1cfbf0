/*
 * Where all clicks go. Honest senders link to themselves, to their mailing service or to many
 * places; phishing sends every click to one foreign domain. Fetching pictures from somebody else
 * and linking nowhere is odd in its own way.
 */
#include "judge/brand.h"
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"clicks/one-foreign", "clicks/one-foreign-social",
	"clicks/one-brand", "clicks/none-own", "clicks/all-own", "clicks/same-target", NULL};

struct tally {
	size_t own, service, foreign, social, anchors;
	struct span foreign_domain;
	bool foreign_same; /* all foreign links lead to one domain */
	bool same_target;  /* all anchors have one and the same target */
	const struct link *first, *first_foreign;
};

static void count(const struct check_input *in, const struct link *l, struct tally *t)
{
	unsigned kind = host_kind(l->host);

	t->anchors++;
	if (!t->first)
		t->first = l;
	else if (!span_eq(l->target, t->first->target))
		t->same_target = false;
	if (check_is_sender(in, l->domain)) {
		t->own++;
	} else if (kind & (HOST_CLICK | HOST_REWRITER)) {
		t->service++;
	} else if (kind & HOST_SOCIAL) {
		t->social++;
	} else {
		struct span d = l->domain.n ? l->domain : l->host;

		if (!t->foreign++) {
			t->foreign_domain = d;
			t->first_foreign = l;
		} else if (!span_eq(d, t->foreign_domain)) {
			t->foreign_same = false;
		}
	}
}

static void run(const struct check_input *in, struct findings *out)
{
	struct tally t = {.foreign_same = true, .same_target = true};

	for (size_t i = 0; i < in->m->links && i < 300; i++) {
		const struct link *l = &in->m->link[i];

		if (l->kind == LINK_ANCHOR && l->host.n && span_starts(l->scheme, SPAN("http")))
			count(in, l, &t);
	}
	if (!t.anchors)
		return;
	if (t.own == t.anchors)
		finding_add(in, out, &check_one_link, "clicks/all-own", t.first->target,
			"All links lead to the sender's own domain %.*s",
			SPAN_ARG(in->from_domain));
	if (t.anchors >= 3 && t.same_target)
		finding_add(in, out, &check_one_link, "clicks/same-target", t.first->target,
			"All links lead to one and the same page");
	if (in->is_list || in->is_reply || t.own || t.service)
		return;
	/* Meetings, shared files and shops: who invites sends one link to a known house. What such
	 * a house lets anybody put up (pages, forms, files) is not its word. */
	if (t.foreign && t.foreign_same && brand_of_domain(t.foreign_domain) &&
		!(host_kind(t.first_foreign->host) & (HOST_PAGES | HOST_FORMS | HOST_STORAGE)))
		finding_add(in, out, &check_one_link, "clicks/one-brand", t.first_foreign->target,
			"Every link leads to %.*s, a known service", SPAN_ARG(t.foreign_domain));
	else if (t.foreign && t.foreign_same && !t.social)
		finding_add(in, out, &check_one_link, "clicks/one-foreign", t.first_foreign->target,
			"Every link leads to %.*s, but the mail is from %.*s",
			SPAN_ARG(t.foreign_domain), SPAN_ARG(in->from_host));
	else if (t.foreign && t.foreign_same)
		finding_add(in, out, &check_one_link, "clicks/one-foreign-social",
			t.first_foreign->target,
			"Links lead to %.*s or to social networks, none to %.*s",
			SPAN_ARG(t.foreign_domain), SPAN_ARG(in->from_host));
	else if (t.foreign)
		finding_add(in, out, &check_one_link, "clicks/none-own", t.first_foreign->target,
			"No link leads to the sender's own domain %.*s", SPAN_ARG(in->from_host));
}

const struct check check_one_link = {
	"clicks", "whether the links lead to the sender or to one stranger", variants, run};
