/* Mails whose words are in a picture, so that no filter reads them. A photo from a friend has no
 * link; a mail that says all in a picture and wants a click is another thing. */
#include "judge/check/list.h"

static const char *const variants[] = {"image-only/linked", "image-only/remote",
	"image-only/attached", "image-only/no-text", NULL};

#define FEW_LETTERS 70

static void run(const struct check_input *in, struct findings *out)
{
	bool attached = false, remote = false;
	const struct link *click = NULL;

	if (in->words.folded.n < 3 && in->m->links == 0 && in->m->parts == 1) {
		finding_add(in, out, &check_image_only, "image-only/no-text", (struct span){0},
			"The mail says nothing at all");
		return;
	}
	if (in->words.folded.n > FEW_LETTERS || in->is_reply)
		return;
	for (size_t i = 0; i < in->m->links && i < 100; i++) {
		const struct link *l = &in->m->link[i];

		if (l->kind == LINK_ANCHOR && !click && span_starts(l->scheme, SPAN("http")))
			click = l;
		remote |= l->kind == LINK_IMAGE && span_starts(l->scheme, SPAN("http"));
	}
	for (size_t i = 0; i < in->m->parts && i < 20; i++)
		attached |= span_starts(in->m->part[i].type, SPAN("image/")) &&
			    in->m->part[i].content.n > 3000;
	if (click && attached)
		finding_add(in, out, &check_image_only, "image-only/linked", click->target,
			"The mail is a picture with hardly a word, and leads to %.*s",
			SPAN_ARG(click->host));
	else if (click && remote)
		finding_add(in, out, &check_image_only, "image-only/remote", click->target,
			"The mail is a picture from elsewhere with hardly a word, and leads to "
			"%.*s",
			SPAN_ARG(click->host));
	else if (attached)
		finding_add(in, out, &check_image_only, "image-only/attached", (struct span){0},
			"The mail is a picture with hardly a word");
}

const struct check check_image_only = {"image-only",
	"mails that say in a picture what they would not say in words", variants, run};
