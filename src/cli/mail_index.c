#include "cli/mail_index.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define INDEX_MOST ((size_t)1 << 30)

static int read_line(
	struct mail_index *x, struct span line, size_t number, const char *path, struct err *err)
{
	struct span rest = span_trim(line), label;
	ssize_t space = span_index(rest, ' ');

	if (!rest.n || rest.p[0] == '#')
		return 0;
	label = span_take(rest, space < 0 ? 0 : (size_t)space);
	bool spam = span_eq_nocase(label, SPAN("spam"));

	if (!spam && !span_eq_nocase(label, SPAN("ham")))
		return err_set(err, -EINVAL, "%s:%zu: not 'ham PATH' or 'spam PATH'", path, number);
	struct span name = span_trim(span_skip(rest, (size_t)space));

	if (span_index(name, '\0') >= 0)
		return err_set(err, -EINVAL, "%s:%zu: the path holds a zero byte", path, number);
	char *file;
	int n = asprintf(&file, "%s%.*s", name.p[0] == '/' ? "" : x->folder, SPAN_ARG(name));

	if (n < 0)
		return err_sys(err, -ENOMEM, "%s", path);
	x->file[x->n] = file;
	x->entry[x->n++] = (struct mail_index_entry){file + ((size_t)n - name.n), file, spam};
	return 0;
}

int mail_index_parse(struct span text, const char *path, struct mail_index *ret, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct span rest = text, line;
	size_t lines = 1;
	int rc = 0;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	*ret = (struct mail_index){
		.folder = strndup(path, slash ? (size_t)(slash - path + 1) : 0),
		.entry = calloc(lines, sizeof(*ret->entry)),
		.file = calloc(lines, sizeof(*ret->file)),
	};
	if (!ret->folder || !ret->entry || !ret->file)
		return err_sys(err, -ENOMEM, "%s", path);
	for (size_t number = 1; rc == 0 && span_line(&rest, &line); number++)
		rc = read_line(ret, line, number, path, err);
	if (rc == 0 && !ret->n)
		rc = err_set(err, -EINVAL, "%s: names no messages", path);
	return rc;
}

int mail_index_read(const char *path, struct mail_index *ret, struct err *err)
{
	struct buf text = {0};
	int rc = file_read(path, INDEX_MOST, &text, err);

	*ret = (struct mail_index){0};
	if (rc == 0)
		rc = mail_index_parse(buf_span(&text), path, ret, err);
	buf_done(&text);
	return rc;
}

void mail_index_done(struct mail_index *x)
{
	for (size_t i = 0; i < x->n; i++)
		free((char *)x->file[i]);
	free(x->file);
	free(x->entry);
	free(x->folder);
	*x = (struct mail_index){0};
}

const struct mail_index_entry *mail_index_find(const struct mail_index *x, const char *file, size_t *at)
{
	while (*at < x->n && strcmp(x->file[*at], file))
		++*at;
	return *at < x->n ? &x->entry[*at] : NULL;
}
