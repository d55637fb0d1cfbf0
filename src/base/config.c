/*
 * libConfuse parses; a callback checks values by the table while the parser still knows the line,
 * so that an error can name it. Its messages are caught in the struct err of the current read. It
 * is given the text, not the file: of a folder its scanner would end the process.
 */
#include "base/config_table.h"

#include "base/file.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 20)
#define NAME_MOST 40

/* libConfuse's error callback has no context argument; reads are rare and one at a time a thread.
 */
static _Thread_local struct err *current;
static _Thread_local const char *current_file;

/* How many letters must be put in, left out or changed to make b of a; both under NAME_MOST. */
static size_t letters_between(struct span a, struct span b)
{
	size_t row[NAME_MOST + 1];

	for (size_t k = 0; k <= b.n; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			size_t same = diagonal + (a.p[i - 1] != b.p[k - 1]);
			size_t other = 1 + (row[k] < row[k - 1] ? row[k] : row[k - 1]);

			diagonal = row[k];
			row[k] = same < other ? same : other;
		}
	}
	return row[b.n];
}

/* The setting whose name is at most two letters off, or NULL. */
static const struct setting *nearest_setting(struct span name)
{
	const struct setting *best = NULL;
	size_t least = 3;

	for (const struct setting *s = config_table; s->name && name.n < NAME_MOST; s++) {
		size_t n = letters_between(name, span_cstr(s->name));

		if (n < least && n < name.n) {
			least = n;
			best = s;
		}
	}
	return best;
}

/* What libConfuse found wrong, with what to do about it. */
static void add_remedy(struct buf *to, const char *text)
{
	const char *quote = strchr(text, '\''), *end = quote ? strchr(quote + 1, '\'') : NULL;
	struct span name = end ? span_between(quote + 1, end) : (struct span){0};
	const struct setting *s = config_setting(name.p, name.n), *near;

	if (s) {
		buf_printf(to, "; %s is ", s->name);
		config_form(s, to);
	} else if (name.n && (near = nearest_setting(name))) {
		buf_printf(to, "; is '%s' meant?", near->name);
	} else if (!strncmp(text, "no such option", 14)) {
		buf_str(to, "; 'cordon config print' shows all settings");
	} else {
		buf_str(to, "; a setting is a line NAME = VALUE, texts in double quotes, lists in "
			    "braces with commas");
	}
	buf_byte(to, '\0');
}

static void keep_error(cfg_t *cfg, const char *format, va_list ap)
{
	struct buf remedy = {0};
	char text[300];

	vsnprintf(text, sizeof(text), format, ap);
	add_remedy(&remedy, text);
	err_set(current, -EINVAL, "%s:%d: %s%s", current_file, cfg->line, text,
		buf_ok(&remedy) ? remedy.p : "");
	buf_done(&remedy);
}

static bool is_choice(const struct setting *s, const char *text)
{
	struct span rest = span_cstr(s->choices), word;

	while (span_cut(&rest, ' ', &word))
		if (span_eq(word, span_cstr(text)))
			return true;
	return false;
}

static bool text_fits(const struct setting *s, const char *text)
{
	/* "" is as not set, which only a setting without a default can be, or an address. */
	if (!*text)
		return s->kind == SETTING_TEXT && (!s->choices || !*s->usual);
	return s->choices ? is_choice(s, text) : !s->fit || s->fit(text);
}

/* A line end would break the line in which it is shown, and nothing set is meant to have one. */
static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

static bool value_fits(const struct setting *s, cfg_opt_t *opt)
{
	unsigned last = cfg_opt_size(opt) - 1;
	double x;

	switch (s->kind) {
	case SETTING_SHARE:
	case SETTING_NUMBER:
		x = s->kind == SETTING_SHARE ? cfg_opt_getnfloat(opt, last)
					     : (double)cfg_opt_getnint(opt, last);
		return x >= s->low && x <= s->high;
	case SETTING_TEXT:
	case SETTING_LIST:
		return !has_control(cfg_opt_getnstr(opt, last)) &&
		       text_fits(s, cfg_opt_getnstr(opt, last));
	case SETTING_FLAG: break;
	}
	return true;
}

/* libConfuse calls this after each value, also of a list. */
static int check_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct setting *s = config_setting(opt->name, strlen(opt->name));
	bool quoted = s->kind == SETTING_LIST || s->kind == SETTING_TEXT;
	const char *value = quoted ? cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1) : "";
	struct buf form = {0};

	if (value_fits(s, opt))
		return 0;
	config_form(s, &form);
	if (s->kind == SETTING_LIST)
		err_set(current, -EINVAL, "%s:%d: %s: '%s' does not fit; it is %.*s", current_file,
			cfg->line, s->name, value, SPAN_ARG(buf_span(&form)));
	else
		err_set(current, -EINVAL, "%s:%d: %s is %.*s%s%s%s", current_file, cfg->line,
			s->name, SPAN_ARG(buf_span(&form)), quoted ? ", not '" : "", value,
			quoted ? "'" : "");
	buf_done(&form);
	return -1;
}

static void *field(const struct config *c, size_t at)
{
	return (char *)c + at;
}

static int copy_list(cfg_t *cfg, const char *name, char ***ret_list, size_t *ret_n)
{
	size_t n = cfg_size(cfg, name);
	char **list = calloc(n ? n : 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	*ret_list = list;
	for (*ret_n = 0; *ret_n < n; ++*ret_n) {
		list[*ret_n] = strdup(cfg_getnstr(cfg, name, (unsigned)*ret_n));
		if (!list[*ret_n])
			return -ENOMEM;
	}
	return 0;
}

static int copy_text(const char *text, char **ret)
{
	return text && *text && !(*ret = strdup(text)) ? -ENOMEM : 0;
}

static int copy_setting(cfg_t *cfg, const struct setting *s, struct config *c)
{
	void *to = field(c, s->at);

	switch (s->kind) {
	case SETTING_SHARE: *(double *)to = cfg_getfloat(cfg, s->name); return 0;
	case SETTING_NUMBER: *(long *)to = cfg_getint(cfg, s->name); return 0;
	case SETTING_FLAG: *(bool *)to = cfg_getbool(cfg, s->name); return 0;
	case SETTING_TEXT: return copy_text(cfg_getstr(cfg, s->name), to);
	case SETTING_LIST: return copy_list(cfg, s->name, to, field(c, s->count_at));
	}
	return -EINVAL;
}

static int copy_settings(cfg_t *cfg, struct config *c)
{
	int rc = 0;

	for (const struct setting *s = config_table; rc == 0 && s->name; s++)
		rc = copy_setting(cfg, s, c);
	return rc;
}

/* The end of a comment that begins at p, or p when none does. A slash within a word is no comment.
 */
static char *comment_end(char *p, bool word)
{
	if (p[0] == '#' || (!word && p[0] == '/' && p[1] == '/'))
		return strchrnul(p, '\n');
	if (word || p[0] != '/' || p[1] != '*')
		return p;
	char *end = strstr(p + 2, "*/");

	return end ? end + 2 : p;
}

/*
 * Puts spaces over comments: libConfuse 3.3 counts each as three lines, and then names a wrong line
 * in its errors; and it takes one without an end for the end of the file. Returns that one, or
 * NULL.
 */
static const char *blank_comments(char *p)
{
	bool word = false;
	char quote = 0;

	while (*p) {
		char *end = quote ? p : comment_end(p, word);

		if (end > p) {
			for (; p < end; p++)
				*p = *p == '\n' ? '\n' : ' ';
			continue;
		}
		if (!quote && !word && p[0] == '/' && p[1] == '*')
			return p;
		if (quote && *p == '\\' && p[1])
			p++;
		else if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		word = !strchr(" \t\r\n{}(),=\"'", *p);
		p++;
	}
	return NULL;
}

/* Parses settings; *text is changed. */
static int parse(cfg_t *cfg, struct buf *text, const char *file, struct err *err)
{
	const char *unended = blank_comments(text->p);
	size_t line = 1;

	for (const char *p = text->p; unended && p < unended; p++)
		line += *p == '\n';
	if (unended)
		return err_set(err, -EINVAL, "%s:%zu: the comment has no end", file, line);
	err_set(err, -EINVAL, "%s: cannot be read as settings", file);
	return cfg_parse_buf(cfg, text->p) == CFG_SUCCESS ? 0 : -EINVAL;
}

static cfg_opt_t option_of(const struct setting *s)
{
	static char none[] = "{}"; /* libConfuse wants a list's default writable, and leaves it */

	switch (s->kind) {
	case SETTING_SHARE: return (cfg_opt_t)CFG_FLOAT(s->name, strtod(s->usual, NULL), CFGF_NONE);
	case SETTING_NUMBER:
		return (cfg_opt_t)CFG_INT(s->name, strtol(s->usual, NULL, 10), CFGF_NONE);
	case SETTING_FLAG:
		return (cfg_opt_t)CFG_BOOL(
			s->name, strcmp(s->usual, "true") ? cfg_false : cfg_true, CFGF_NONE);
	case SETTING_TEXT: return (cfg_opt_t)CFG_STR(s->name, s->usual, CFGF_NONE);
	case SETTING_LIST: return (cfg_opt_t)CFG_STR_LIST(s->name, none, CFGF_NONE);
	}
	return (cfg_opt_t)CFG_END();
}

/* A parser with the table's settings; NULL when memory is short. */
static cfg_t *make_parser(void)
{
	size_t n = 0;

	while (config_table[n].name)
		n++;
	cfg_opt_t *options = calloc(n + 1, sizeof(*options));

	for (size_t i = 0; options && i < n; i++)
		options[i] = option_of(&config_table[i]);
	if (options)
		options[n] = (cfg_opt_t)CFG_END();
	cfg_t *cfg = options ? cfg_init(options, CFGF_NONE) : NULL;

	free(options); /* it has made a copy */
	if (!cfg)
		return NULL;
	cfg_set_error_function(cfg, keep_error);
	for (size_t i = 0; i < n; i++)
		cfg_set_validate_func(cfg, config_table[i].name, check_value);
	return cfg;
}

/* What no single value shows. */
static int check_together(const struct config *c, const char *file, struct err *err)
{
	const char *const at[] = {c->gateway.milter, c->gateway.check, c->gateway.web};

	for (size_t i = 0; i < 3; i++)
		for (size_t k = i + 1; k < 3; k++)
			if (at[i] && at[k] && !strcmp(at[i], at[k]))
				return err_set(err, -EINVAL,
					"%s: milter, check and web need an address each, and two "
					"of them are %s",
					file, at[i]);
	for (size_t i = 0; c->gateway.dns_n > 1 && i < c->gateway.dns_n; i++)
		if (!strcmp(c->gateway.dns[i], "root"))
			return err_set(err, -EINVAL,
				"%s: dns: \"root\" stands alone, without resolvers beside it",
				file);
	return 0;
}

/* Parses a text that ends with a NUL; it is changed. */
static int parse_settings(struct buf *text, const char *file, struct config *ret, struct err *err)
{
	cfg_t *cfg = make_parser();
	struct config c = {0};

	if (!cfg)
		return err_sys(err, -ENOMEM, "%s", file);
	current = err;
	current_file = file;
	int rc = text->n > 1 ? parse(cfg, text, file, err) : 0;

	if (rc == 0 && copy_settings(cfg, &c) < 0)
		rc = err_sys(err, -ENOMEM, "%s", file);
	if (rc == 0)
		rc = check_together(&c, file, err);
	cfg_free(cfg);
	current = NULL;
	if (rc < 0)
		config_done(&c);
	else
		*ret = c;
	return rc;
}

/* Parses what was read into the buffer, and ends that. */
static int parse_buf(struct buf *text, const char *file, struct config *ret, struct err *err)
{
	int rc = 0;

	if (span_index(buf_span(text), '\0') >= 0)
		rc = err_set(err, -EINVAL, "%s: holds a zero byte; it is to be a text", file);
	buf_byte(text, '\0');
	if (rc == 0 && !buf_ok(text))
		rc = err_sys(err, -ENOMEM, "%s", file);
	if (rc == 0)
		rc = parse_settings(text, file, ret, err);
	buf_done(text);
	return rc;
}

int config_parse(struct span text, const char *name, struct config *ret, struct err *err)
{
	struct buf copy = {0};

	if (text.n > FILE_MOST)
		return err_sys(err, -EFBIG, "%s", name);
	buf_add(&copy, text);
	return parse_buf(&copy, name, ret, err);
}

int config_read(const char *path, struct config *ret, struct err *err)
{
	const char *file = path ? path : CONFIG_DEFAULT;
	struct buf text = {0};
	int rc = path || access(file, F_OK) == 0 ? file_read(file, FILE_MOST, &text, err) : 0;

	if (rc < 0) {
		buf_done(&text);
		return rc;
	}
	return parse_buf(&text, file, ret, err);
}

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void config_done(struct config *c)
{
	for (const struct setting *s = config_table; s->name; s++) {
		if (s->kind == SETTING_TEXT)
			free(*(char **)field(c, s->at));
		else if (s->kind == SETTING_LIST)
			free_list(*(char ***)field(c, s->at), *(size_t *)field(c, s->count_at));
	}
	*c = (struct config){0};
}
