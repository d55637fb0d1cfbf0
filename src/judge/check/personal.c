/*
 * Mail that one person wrote to another: a mail program that names itself and makes Message-IDs as
 * that program does, plain text or modest HTML, no bulk marks.
 */
#include "judge/check/list.h"

static const char *const variants[] = {"personal/program", "personal/plain",
	"personal/greeting-name", "personal/signature", "personal/program-mismatch", NULL};

/* What is known of how programs make the left side of a Message-ID. */
struct program {
	const char *name; /* in User-Agent or X-Mailer */
	enum { SHAPE_ANY, SHAPE_UUID, SHAPE_HEX, SHAPE_DOTS } shape;
};

/* clang-format off */
static const struct program programs[] = {
	{"Mozilla Thunderbird", SHAPE_ANY}, {"Mozilla/5.0", SHAPE_ANY}, {"Mutt/", SHAPE_ANY},
	{"NeoMutt/", SHAPE_ANY}, {"Apple Mail", SHAPE_UUID}, {"iPhone Mail", SHAPE_UUID},
	{"iPad Mail", SHAPE_UUID}, {"KMail/", SHAPE_ANY}, {"Evolution ", SHAPE_ANY}, {"Gnus/", SHAPE_DOTS},
	{"Claws Mail", SHAPE_DOTS}, {"Sylpheed", SHAPE_DOTS}, {"Microsoft Outlook 1", SHAPE_ANY},
	{"Alpine ", SHAPE_ANY}, {"Pine ", SHAPE_ANY}, {"K-9 Mail", SHAPE_ANY}, {"aerc", SHAPE_ANY},
	{"mu4e", SHAPE_ANY}, {"Notmuch", SHAPE_ANY}, {"Roundcube Webmail", SHAPE_HEX},
	{"exmh", SHAPE_ANY}, {"VM ", SHAPE_ANY}, {"Internet Mail Service", SHAPE_ANY}, {"eM Client", SHAPE_ANY},
	{"git-send-email", SHAPE_ANY}, {"Ximian Evolution", SHAPE_ANY}, {"Microsoft-MacOutlook", SHAPE_ANY},
};
/* clang-format on */

static const struct program *program_of(struct span mailer)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (span_find(mailer, span_cstr(programs[i].name)) >= 0)
			return &programs[i];
	return NULL;
}

/* True when the left side of the Message-ID has the shape. */
static bool fits(const struct program *p, struct span left)
{
	size_t dashes = 0, dots = 0, others = 0;

	for (size_t i = 0; i < left.n; i++) {
		dashes += left.p[i] == '-';
		dots += left.p[i] == '.';
		others += ascii_hex(left.p[i]) < 0 && left.p[i] != '-' && left.p[i] != '.';
	}
	switch (p->shape) {
	case SHAPE_UUID: return left.n == 36 && dashes == 4 && !others;
	case SHAPE_HEX: return left.n == 32 && !dashes && !dots && !others;
	case SHAPE_DOTS: return dots >= 1;
	default: return true;
	}
}

static void look_at_program(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_USER_AGENT];
	const struct field *id = in->field[FIELD_MESSAGE_ID];

	if (!f)
		f = in->field[FIELD_X_MAILER];
	const struct program *p = f ? program_of(f->value) : NULL;

	if (!p || !id)
		return;
	struct span left = span_trim(id->value);
	ssize_t at = span_index(left, '@');

	if (at < 2 || left.p[0] != '<')
		return;
	left = span_skip(span_take(left, (size_t)at), 1);
	finding_add(in, out, &check_personal,
		fits(p, left) ? "personal/program" : "personal/program-mismatch", f->value,
		fits(p, left) ? "The mail was written with %s"
			      : "The mail says it was written with %s, but its Message-ID was not",
		p->name);
	if (fits(p, left) && in->m->parts == 1 &&
		span_eq(in->m->part[0].type, SPAN("text/plain")) &&
		!in->field[FIELD_LIST_UNSUBSCRIBE])
		finding_add(in, out, &check_personal, "personal/plain", f->value,
			"The mail is plain text written with a person's mail program");
}

/* The recipient's own first name, as To names him, in the first line of the text. */
static void look_at_greeting(const struct check_input *in, struct findings *out)
{
	struct address to = in->to;
	struct words_text name;

	if (!in->has_to || to.name.n < 3 || to.name.n > 80 || span_index(to.name, '@') >= 0)
		return;
	words_fold(message_arena(in->mp), to.name, &name);
	ssize_t space = span_index(name.folded, ' ');
	struct span first = span_take(name.folded, space < 0 ? name.folded.n : (size_t)space);
	struct span top = span_take(in->words.folded, 80);
	ssize_t at = first.n >= 3 ? span_find(top, first) : -1;

	if (at >= 0 && (at == 0 || top.p[at - 1] == ' ') && (size_t)at + first.n < top.n &&
		!ascii_is_alnum(top.p[(size_t)at + first.n]))
		finding_add(in, out, &check_personal, "personal/greeting-name",
			words_raw(&in->words, (size_t)at, first.n),
			"The mail greets the reader by name");
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span text = in->m->text, end = span_skip(text, text.n > 3000 ? text.n - 3000 : 0);
	ssize_t at = span_find(end, SPAN("\n-- \n"));

	look_at_program(in, out);
	look_at_greeting(in, out);
	if (at >= 0)
		finding_add(in, out, &check_personal, "personal/signature",
			span_take(span_skip(end, (size_t)at + 1), 80),
			"The mail ends in a signature as mail programs set it off");
}

const struct check check_personal = {
	"personal", "mail that one person wrote to another", variants, run};
