/*
 * The configuration as a file: the table's words as comments, then the value as the parser takes
 * it.
 */
#include "base/config_table.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDTH 96

static const void *field(const struct config *c, size_t at)
{
	return (const char *)c + at;
}

/* A comment, in lines of its own. */
static void print_comment(struct buf *to, struct span words)
{
	size_t column = 0;
	struct span word;

	while (span_cut(&words, ' ', &word)) {
		if (column && column + 1 + word.n > WIDTH) {
			buf_byte(to, '\n');
			column = 0;
		}
		buf_str(to, column ? " " : "# ");
		buf_add(to, word);
		column += word.n + (column ? 1 : 2);
	}
	buf_byte(to, '\n');
}

/* A text in double quotes. libConfuse reads "${NAME}" as a variable of the environment. */
static void print_text(struct buf *to, const char *text)
{
	buf_byte(to, '"');
	for (; text && *text; text++) {
		if ((unsigned char)*text < ' ' || strchr("\"\\$\x7f", *text))
			buf_printf(to, "\\x%02x", (unsigned char)*text);
		else
			buf_byte(to, *text);
	}
	buf_byte(to, '"');
}

/* The shortest decimal that is read as the same number. */
static void print_share(struct buf *to, double x)
{
	char text[40];
	int digits = 1;

	do
		snprintf(text, sizeof(text), "%.*g", digits, x);
	while (strtod(text, NULL) != x && ++digits <= 17);
	buf_str(to, text);
}

static void print_list(struct buf *to, char *const *list, size_t n)
{
	buf_byte(to, '{');
	for (size_t i = 0; i < n; i++) {
		buf_str(to, i ? ", " : "");
		print_text(to, list[i]);
	}
	buf_byte(to, '}');
}

static void print_value(struct buf *to, const struct setting *s, const struct config *c)
{
	const void *at = field(c, s->at);

	switch (s->kind) {
	case SETTING_SHARE: print_share(to, *(const double *)at); break;
	case SETTING_NUMBER: buf_printf(to, "%ld", *(const long *)at); break;
	case SETTING_FLAG: buf_str(to, *(const bool *)at ? "true" : "false"); break;
	case SETTING_TEXT: print_text(to, *(char *const *)at); break;
	case SETTING_LIST:
		print_list(to, *(char *const *const *)at, *(const size_t *)field(c, s->count_at));
		break;
	}
}

static void print_usual(struct buf *to, const struct setting *s)
{
	if (s->kind == SETTING_LIST)
		buf_str(to, "{}");
	else if (s->kind == SETTING_TEXT)
		print_text(to, s->usual);
	else
		buf_str(to, s->usual);
}

/* "A number of days from 0 to 3650; default 30." */
static void print_form(struct buf *to, const struct setting *s, struct span usual)
{
	struct buf form = {0};

	config_form(s, &form);
	if (form.n && form.p[0] >= 'a' && form.p[0] <= 'z' &&
		!span_starts(buf_span(&form), SPAN("smtp")))
		form.p[0] -= 'a' - 'A';
	buf_printf(&form, "; default %.*s", SPAN_ARG(usual));
	print_comment(to, buf_span(&form));
	buf_done(&form);
}

static void print_setting(struct buf *to, const struct setting *s, const struct config *c,
	bool changed_only, const char **heading)
{
	struct buf value = {0}, usual = {0};

	print_value(&value, s, c);
	print_usual(&usual, s);
	if (!changed_only || !span_eq(buf_span(&value), buf_span(&usual))) {
		if (*heading)
			buf_printf(to, "%s# ---- %s ----\n", to->n ? "\n" : "", *heading);
		*heading = NULL;
		buf_byte(to, '\n');
		print_comment(to, span_cstr(s->words));
		print_form(to, s, buf_span(&usual));
		buf_printf(to, "%s = %.*s\n", s->name, SPAN_ARG(buf_span(&value)));
	}
	to->failed |= !buf_ok(&value) || !buf_ok(&usual);
	buf_done(&value);
	buf_done(&usual);
}

void config_print(const struct config *c, bool changed_only, struct buf *to)
{
	const char *heading = NULL;

	for (const struct setting *s = config_table; s->name; s++) {
		heading = s->group ? s->group : heading;
		print_setting(to, s, c, changed_only, &heading);
	}
}
