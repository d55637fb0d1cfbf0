/*
 * libConfuse parses; the callbacks here check values while the parser still knows the line, so
 * that an error can name it. Its messages are caught in the struct err of the current read. It is
 * given the text, not the file: of a folder its scanner would end the process.
 */
#include "base/config.h"

#include "base/file.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 20)

/* libConfuse's error callback has no context argument; reads are rare and one at a time a thread.
 */
static _Thread_local struct err *current;
static _Thread_local const char *current_file;

static void keep_error(cfg_t *cfg, const char *format, va_list ap)
{
	char text[400];

	vsnprintf(text, sizeof(text), format, ap);
	err_set(current, -EINVAL, "%s:%d: %s", current_file, cfg->line, text);
}

static int check_ham_loss(cfg_t *cfg, cfg_opt_t *opt)
{
	double x = cfg_opt_getnfloat(opt, cfg_opt_size(opt) - 1);

	if (x >= 0.00001 && x <= 0.1)
		return 0;
	cfg_error(cfg, "ham_loss is a share from 0.00001 to 0.1 (0.001 is one in a thousand)");
	return -1;
}

/* A key's name as of https://c2sp.org/signed-note, without a scheme, as origins of logs are. */
static int check_ledger_name(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *name = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	size_t n = strlen(name), good = 0;

	while (good < n && name[good] > ' ' && name[good] < 0x7f && name[good] != '+')
		good++;
	if (good == n && n <= 128)
		return 0;
	cfg_error(cfg, "ledger_name is a name such as mx.example.com/cordon: at most 128 "
		       "characters, no blanks, no '+'");
	return -1;
}

static int check_keep_raw_days(cfg_t *cfg, cfg_opt_t *opt)
{
	long days = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	if (days >= -1 && days <= 36500)
		return 0;
	cfg_error(cfg, "keep_raw_days is a number of days up to 36500; 0 keeps none, -1 all");
	return -1;
}

static int check_number(cfg_t *cfg, cfg_opt_t *opt)
{
	long n = cfg_opt_getnint(opt, cfg_opt_size(opt) - 1);

	if (n >= 0 && n <= 3650)
		return 0;
	cfg_error(cfg, "%s is a number from 0 to 3650", cfg_opt_name(opt));
	return -1;
}

static int check_tls(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *tls = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (!strcmp(tls, "must") || !strcmp(tls, "may") || !strcmp(tls, "never"))
		return 0;
	cfg_error(cfg, "notice_tls is \"must\", \"may\" or \"never\"");
	return -1;
}

static int check_relay(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *url = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);

	if (!*url || !strncmp(url, "smtp://", 7) || !strncmp(url, "smtps://", 8))
		return 0;
	cfg_error(cfg, "notice_relay is smtp://HOST:PORT or smtps://HOST:PORT");
	return -1;
}

static int copy_text(cfg_t *cfg, const char *name, char **ret)
{
	const char *text = cfg_getstr(cfg, name);

	return text && *text && !(*ret = strdup(text)) ? -ENOMEM : 0;
}

static int copy_notice(cfg_t *cfg, struct config_notice *n)
{
	int rc = 0;

#define X(field, name) rc = rc < 0 ? rc : copy_text(cfg, name, &n->field);
	CONFIG_NOTICE_TEXTS_X(X)
#undef X
#define X(field, name, usual) n->field = cfg_getint(cfg, name);
	CONFIG_NOTICE_NUMBERS_X(X)
#undef X
	return rc;
}

static void free_notice(struct config_notice *n)
{
#define X(field, name) free(n->field);
	CONFIG_NOTICE_TEXTS_X(X)
#undef X
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

static int copy_settings(cfg_t *cfg, struct config *c)
{
	const char *state = cfg_getstr(cfg, "state"), *name = cfg_getstr(cfg, "ledger_name");
	int rc = 0;

	c->ham_loss = cfg_getfloat(cfg, "ham_loss");
	c->keep_raw_days = cfg_getint(cfg, "keep_raw_days");
	if ((state && *state && !(c->state = strdup(state))) ||
		(name && *name && !(c->ledger_name = strdup(name))))
		rc = -ENOMEM;
	if (rc == 0)
		rc = copy_notice(cfg, &c->notice);
	if (rc == 0)
		rc = copy_list(cfg, "relays", &c->relay_nets, &c->nets);
	if (rc == 0)
		rc = copy_list(cfg, "relay_names", &c->relay_names, &c->names);
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

/* Reads the file, if there is one, and parses it; an empty one sets nothing. */
static int read_settings(cfg_t *cfg, const char *file, bool must, struct err *err)
{
	struct buf text = {0};
	int rc = must || access(file, F_OK) == 0 ? file_read(file, FILE_MOST, &text, err) : 0;

	if (rc == 0 && span_index(buf_span(&text), '\0') >= 0)
		rc = err_set(err, -EINVAL, "%s: holds a zero byte; it is to be a text", file);
	buf_byte(&text, '\0');
	if (rc == 0 && !buf_ok(&text))
		rc = err_sys(err, -ENOMEM, "%s", file);
	if (rc == 0 && text.n > 1)
		rc = parse(cfg, &text, file, err);
	buf_done(&text);
	return rc;
}

int config_read(const char *path, struct config *ret, struct err *err)
{
	char none[] = "{}"; /* libConfuse wants a list's default writable */
	cfg_opt_t settings[] = {
		CFG_FLOAT("ham_loss", 0.001, CFGF_NONE),
		CFG_STR("state", "", CFGF_NONE),
		CFG_STR_LIST("relays", none, CFGF_NONE),
		CFG_STR_LIST("relay_names", none, CFGF_NONE),
		CFG_STR("ledger_name", "", CFGF_NONE),
		CFG_INT("keep_raw_days", 90, CFGF_NONE),
#define X(field, name) CFG_STR(name, "", CFGF_NONE),
		CONFIG_NOTICE_TEXTS_X(X)
#undef X
#define X(field, name, usual) CFG_INT(name, usual, CFGF_NONE),
		CONFIG_NOTICE_NUMBERS_X(X)
#undef X
		CFG_END(),
	};
	const char *file = path ? path : CONFIG_DEFAULT;
	cfg_t *cfg = cfg_init(settings, CFGF_NONE);
	struct config c = {0};

	if (!cfg)
		return err_sys(err, -ENOMEM, "%s", file);
	current = err;
	current_file = file;
	cfg_set_error_function(cfg, keep_error);
	cfg_set_validate_func(cfg, "ham_loss", check_ham_loss);
	cfg_set_validate_func(cfg, "ledger_name", check_ledger_name);
	cfg_set_validate_func(cfg, "keep_raw_days", check_keep_raw_days);
	cfg_set_validate_func(cfg, "notice_tls", check_tls);
	cfg_set_validate_func(cfg, "notice_relay", check_relay);
#define X(field, name, usual) cfg_set_validate_func(cfg, name, check_number);
	CONFIG_NOTICE_NUMBERS_X(X)
#undef X
	int rc = read_settings(cfg, file, path != NULL, err);

	if (rc == 0 && copy_settings(cfg, &c) < 0)
		rc = err_sys(err, -ENOMEM, "%s", file);
	cfg_free(cfg);
	current = NULL;
	if (rc < 0)
		config_done(&c);
	else
		*ret = c;
	return rc;
}

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void config_done(struct config *c)
{
	free(c->state);
	free(c->ledger_name);
	free_notice(&c->notice);
	free_list(c->relay_nets, c->nets);
	free_list(c->relay_names, c->names);
	*c = (struct config){0};
}
