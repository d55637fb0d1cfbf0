/* Input asked for inside the mail itself. Few mail programs show a form, and honest senders do not
 * send one; password inputs have no business in mail at all. */
#include "judge/check/list.h"

static const char *const variants[] = {
	"form/input", "form/foreign", "form/password", "form/script", "form/frame", NULL};

static void run(const struct check_input *in, struct findings *out)
{
	const struct html_facts *h = &in->m->html;

	if (h->password_inputs)
		finding_add(in, out, &check_form, "form/password", (struct span){0},
			"The mail asks for a password in a form of its own");
	if (h->forms)
		finding_add(in, out, &check_form, "form/input", (struct span){0},
			"The mail holds a form");
	if (h->scripts)
		finding_add(in, out, &check_form, "form/script", (struct span){0},
			"The mail holds a script");
	if (h->iframes)
		finding_add(in, out, &check_form, "form/frame", (struct span){0},
			"The mail loads another page into itself");
	for (size_t i = 0; h->forms && i < in->m->links && i < 300; i++) {
		const struct link *l = &in->m->link[i];

		if (l->kind != LINK_FORM || !l->host.n || check_is_sender(in, l->domain))
			continue;
		finding_add(in, out, &check_form, "form/foreign", l->target,
			"A form in the mail sends what is entered to %.*s", SPAN_ARG(l->host));
		break;
	}
}

const struct check check_form = {
	"form", "forms, scripts and frames inside the mail", variants, run};
