/* Marks of mail that is sent to many at once, and of the programs that send it. */
#include "judge/check/list.h"

static const char *const variants[] = {"bulk/precedence", "bulk/php-script", "bulk/mailer-script",
	"bulk/no-to", "bulk/undisclosed", "bulk/not-addressed", "bulk/priority", "bulk/many-to",
	"bulk/old-mailer", "bulk/receipt", "bulk/mailer-none", "bulk/campaign", "bulk/automatic",
	NULL};

/* Outlook Express ended with Windows XP. */
#define YEAR_2015 1420070400

static struct span text_of(const struct check_input *in, enum field_id id)
{
	const struct field *f = in->field[id];

	return f ? span_trim(f->value) : (struct span){0};
}

static bool has_any(struct span s, const char *const *words)
{
	for (; *words; words++)
		if (span_find_nocase(s, span_cstr(*words)) >= 0)
			return true;
	return false;
}

static void look_at_mailer(const struct check_input *in, struct findings *out)
{
	static const char *const scripts[] = {"phpmailer", "php/", "php ", "leaf", "swiftmailer",
		"python", "perl", "mime::lite", "nodemailer", "codeigniter", "zend", NULL};
	static const char *const old[] = {"outlook express", "microsoft outlook, build",
		"microsoft cdo", "eudora", "the bat!", "foxmail 6", "windows mail 6", "lotus notes",
		NULL};
	static const enum mark marks[] = {MARK_PHP_ORIGINATING, MARK_PHP_SCRIPT};
	struct span mailer = text_of(in, FIELD_X_MAILER);

	for (size_t i = 0; i < 2; i++) {
		const struct field *f = in->mark[marks[i]];

		if (f)
			finding_add(in, out, &check_bulk, "bulk/php-script", f->value,
				"The mail was sent by a script of a web site: %.*s",
				SPAN_ARG(span_take(span_trim(f->value), 120)));
	}
	if (mailer.n && has_any(mailer, scripts))
		finding_add(in, out, &check_bulk, "bulk/mailer-script", mailer,
			"The mail was written by a program: %.*s", SPAN_ARG(mailer));
	else if (mailer.n && in->has_date && in->date.unix_s > YEAR_2015 && has_any(mailer, old))
		finding_add(in, out, &check_bulk, "bulk/old-mailer", mailer,
			"The mail names a program that is long out of use: %.*s", SPAN_ARG(mailer));
	else if (!mailer.n && !in->field[FIELD_USER_AGENT])
		finding_add(in, out, &check_bulk, "bulk/mailer-none", (struct span){0},
			"The mail does not say which program wrote it");
}

/* Whom the mail is addressed to, in its own words. */
static void look_at_recipients(const struct check_input *in, struct findings *out)
{
	const struct field *to = in->field[FIELD_TO];
	const struct field *cc = in->field[FIELD_CC];

	if (!to && !cc) {
		finding_add(in, out, &check_bulk, "bulk/no-to", (struct span){0},
			"The mail is addressed to nobody");
		return;
	}
	if (to && (span_find_nocase(to->value, SPAN("undisclosed")) >= 0 ||
			  span_find_nocase(to->value, SPAN("recipients:;")) >= 0 ||
			  !span_trim(to->value).n))
		finding_add(in, out, &check_bulk, "bulk/undisclosed", to->value,
			"The mail hides to whom it is addressed");
	else if (in->rcpts_sure && !in->is_list) {
		bool met = false;

		for (size_t i = 0; i < in->rcpts_sure && !met; i++)
			met = (to && span_find_nocase(span_take(to->value, 4096), in->rcpt[i]) >=
					      0) ||
			      (cc && span_find_nocase(span_take(cc->value, 4096), in->rcpt[i]) >=
					      0);
		if (!met)
			finding_add(in, out, &check_bulk, "bulk/not-addressed",
				to ? to->value : cc->value,
				"The recipient %.*s stands neither in To nor in Cc",
				SPAN_ARG(in->rcpt[0]));
	}
	size_t commas = 0;

	for (size_t i = 0; to && i < to->value.n && i < 8192; i++)
		commas += to->value.p[i] == ',';
	if (commas >= 8)
		finding_add(in, out, &check_bulk, "bulk/many-to", span_take(to->value, 200),
			"The mail is addressed to many at once");
}

static void look_at_marks(const struct check_input *in, struct findings *out)
{
	static const char *const bulk[] = {"bulk", "junk", "list", NULL};
	struct span precedence = text_of(in, FIELD_PRECEDENCE);
	const struct field *f;

	if (((f = in->mark[MARK_AUTO_SUBMITTED]) &&
		    !span_eq_nocase(span_trim(f->value), SPAN("no"))) ||
		(f = in->mark[MARK_AUTO_REPLY]) || (f = in->mark[MARK_AUTO_SUPPRESS]))
		finding_add(in, out, &check_bulk, "bulk/automatic", f->value,
			"The mail says that a program sent it by itself");
	if (precedence.n && has_any(precedence, bulk))
		finding_add(in, out, &check_bulk, "bulk/precedence", precedence,
			"The mail says that it is sent in bulk");
	for (size_t i = MARK_CAMPAIGN; i <= MARK_CSA; i++)
		if ((f = in->mark[i])) {
			finding_add(in, out, &check_bulk, "bulk/campaign", f->value,
				"The mail bears the mark of a mailing service (%.*s)",
				SPAN_ARG(f->name));
			break;
		}
	if (((f = in->mark[MARK_PRIORITY]) &&
		    (span_starts(span_trim(f->value), SPAN("1")) ||
			    span_starts(span_trim(f->value), SPAN("2")))) ||
		((f = in->mark[MARK_IMPORTANCE]) &&
			span_starts_nocase(span_trim(f->value), SPAN("high"))))
		finding_add(in, out, &check_bulk, "bulk/priority", f->value,
			"The sender calls the mail important");
	if ((f = in->mark[MARK_RECEIPT]))
		finding_add(in, out, &check_bulk, "bulk/receipt", f->value,
			"The sender wants to be told when the mail is read");
}

static void run(const struct check_input *in, struct findings *out)
{
	look_at_recipients(in, out);
	look_at_mailer(in, out);
	look_at_marks(in, out);
}

const struct check check_bulk = {
	"bulk", "marks of mail sent to many, and of the programs that send it", variants, run};
