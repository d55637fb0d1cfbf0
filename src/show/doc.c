/* Blocks, cells and runs are arrays that grow; all text is in one buffer and named by offsets. */
#include "show/doc.h"

#include "show/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void doc_init(struct doc *d, const char *author, int64_t made)
{
	*d = (struct doc){.language = "en", .author = author, .made = made};
}

void doc_done(struct doc *d)
{
	for (size_t i = 0; i < d->blocks; i++)
		plot_done(&d->block[i].plot);
	free(d->block);
	free(d->cell);
	free(d->run);
	buf_done(&d->text);
	*d = (struct doc){0};
}

bool doc_ok(const struct doc *d)
{
	bool good = !d->failed && buf_ok(&d->text);

	for (size_t i = 0; i < d->blocks; i++)
		good = good && plot_ok(&d->block[i].plot);
	return good;
}

/* Room for one more at the end of an array, zeroed; NULL when memory is short. */
static void *grow(struct doc *d, void *array, size_t *n, size_t *room, size_t size)
{
	void **items = array;

	if (*n == *room) {
		size_t more = *room ? 2 * *room : 32;
		void *p = reallocarray(*items, more, size);

		if (!p) {
			d->failed = true;
			return NULL;
		}
		*items = p;
		*room = more;
	}
	char *item = (char *)*items + *n * size;

	memset(item, 0, size);
	++*n;
	return item;
}

static void keep(struct doc *d, const char *s, size_t *ret_from, size_t *ret_to)
{
	*ret_from = d->text.n;
	clean_text(&d->text, span_cstr(s));
	*ret_to = d->text.n;
}

static struct doc_block *begin(struct doc *d, enum doc_kind kind, const char *id)
{
	struct doc_block *b = grow(d, &d->block, &d->blocks, &d->block_room, sizeof(*b));

	if (!b)
		return NULL;
	b->kind = kind;
	b->text = (struct doc_text){d->runs, d->runs};
	b->cell = b->cell_end = d->cells;
	keep(d, id, &b->id, &b->id_end);
	return b;
}

void doc_heading(struct doc *d, int level, const char *id, const char *words)
{
	struct doc_block *b = begin(d, DOC_HEADING, id);

	if (b)
		b->level = level;
	if (words)
		doc_put(d, "%s", words);
}

void doc_para(struct doc *d)
{
	begin(d, DOC_PARA, NULL);
}

void doc_note(struct doc *d)
{
	begin(d, DOC_NOTE, NULL);
}

void doc_item(struct doc *d)
{
	begin(d, DOC_ITEM, NULL);
}

void doc_code(struct doc *d)
{
	begin(d, DOC_CODE, NULL);
}

void doc_fold(struct doc *d, const char *title)
{
	struct doc_block *b = begin(d, DOC_FOLD, NULL);

	if (b)
		keep(d, title, &b->title, &b->title_end);
}

void doc_table(struct doc *d, const char *id, const struct doc_column *column, size_t columns)
{
	struct doc_block *b = begin(d, DOC_TABLE, id);

	if (b) {
		b->column = column;
		b->columns = columns;
	}
}

void doc_plot(struct doc *d, const char *id, const char *title, struct plot *plot)
{
	struct doc_block *b = begin(d, DOC_PLOT, id);

	if (b) {
		keep(d, title, &b->title, &b->title_end);
		b->plot = *plot;
		*plot = (struct plot){0};
	} else {
		plot_done(plot);
	}
}

void doc_row(struct doc *d, const char *id)
{
	struct doc_cell *c = grow(d, &d->cell, &d->cells, &d->cell_room, sizeof(*c));

	if (!c)
		return;
	c->text = (struct doc_text){d->runs, d->runs};
	keep(d, id, &c->id, &c->id_end);
	if (d->blocks)
		d->block[d->blocks - 1].cell_end = d->cells;
}

void doc_cell(struct doc *d)
{
	doc_row(d, NULL);
}

/* What runs go into now: the last cell of a table that has any, else the last block. */
static struct doc_text *current(struct doc *d)
{
	struct doc_block *b = d->blocks ? &d->block[d->blocks - 1] : NULL;

	if (!b)
		return NULL;
	return b->cell_end > b->cell ? &d->cell[b->cell_end - 1].text : &b->text;
}

/* Begins a run; its text is appended to the document's, and run_end() ends it. */
static struct doc_run *run_begin(struct doc *d, enum doc_style style)
{
	struct doc_text *into = current(d);
	struct doc_run *r = into ? grow(d, &d->run, &d->runs, &d->run_room, sizeof(*r)) : NULL;

	if (!r)
		return NULL;
	r->style = style;
	r->text = r->text_end = d->text.n;
	into->run_end = d->runs;
	return r;
}

static void run_end(struct doc *d)
{
	d->run[d->runs - 1].text_end = d->text.n;
}

static void put(struct doc *d, enum doc_style style, struct span s)
{
	if (!run_begin(d, style))
		return;
	clean_text(&d->text, s);
	run_end(d);
}

void doc_put(struct doc *d, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	int n = vasprintf(&text, format, ap);

	va_end(ap);
	if (n < 0) {
		d->failed = true;
		return;
	}
	put(d, DOC_PLAIN, (struct span){text, (size_t)n});
	free(text);
}

void doc_strong(struct doc *d, const char *words)
{
	put(d, DOC_STRONG, span_cstr(words));
}

void doc_mono(struct doc *d, struct span s)
{
	put(d, DOC_MONO, s);
}

void doc_link(struct doc *d, const char *target, const char *words)
{
	size_t from, to;

	keep(d, target, &from, &to);
	put(d, DOC_LINK, span_cstr(words));
	if (d->runs) {
		d->run[d->runs - 1].target = from;
		d->run[d->runs - 1].target_end = to;
	}
}

void doc_words(struct doc *d, struct buf *words)
{
	put(d, DOC_PLAIN, buf_span(words));
	d->failed |= words->failed;
	buf_done(words);
}

void doc_outside(struct doc *d, struct span s, size_t most)
{
	if (!run_begin(d, DOC_FOREIGN))
		return;
	/* A name may hold a link; dots and '@' in names that hold none are left. */
	if (span_find(span_take(s, most), SPAN("://")) >= 0)
		clean_defanged(&d->text, s, most);
	else
		clean_excerpt(&d->text, s, most);
	run_end(d);
}

void doc_defanged(struct doc *d, struct span s, size_t most)
{
	if (!run_begin(d, DOC_FOREIGN_MONO))
		return;
	clean_defanged(&d->text, s, most);
	run_end(d);
}

void doc_lines(struct doc *d, struct span s)
{
	struct span line;

	if (!run_begin(d, DOC_MONO))
		return;
	for (bool first = true; span_line(&s, &line); first = false) {
		if (!first)
			buf_byte(&d->text, '\n');
		clean_text(&d->text, line);
	}
	run_end(d);
}

struct span doc_span(const struct doc *d, size_t from, size_t to)
{
	/* Where memory was short the text may end before what is named. */
	if (to > d->text.n || from >= to)
		return (struct span){"", 0};
	return span_between(d->text.p + from, d->text.p + to);
}

size_t doc_rows(const struct doc_block *b)
{
	return b->columns ? (b->cell_end - b->cell) / b->columns : 0;
}

const struct doc_cell *doc_at(
	const struct doc *d, const struct doc_block *b, size_t row, size_t column)
{
	return &d->cell[b->cell + row * b->columns + column];
}

void doc_flat(struct buf *to, const struct doc *d, const struct doc_text *t)
{
	for (size_t i = t->run; i < t->run_end; i++)
		buf_add(to, doc_span(d, d->run[i].text, d->run[i].text_end));
}
