/*
 * A document: headings, paragraphs, lists, tables, plots. One model, from which a web page
 * (doc_html.h) and pages of paper (doc_pdf.h) are written, so that the two cannot say different
 * things.
 *
 * It is built from top to bottom: a block is begun, then runs of text are put into it. Every text
 * is cleaned (clean.h) when it is put, whoever it is of; what came from outside is put by
 * doc_outside() or doc_defanged(), which also bound it, and is kept apart from the direction of the
 * text around it. Failure sticks: doc_ok() at the end tells that memory was short.
 *
 * Targets of links are "#ID", a heading's, a block's or a row's, or a file's name relative to the
 * document. IDs are letters, digits, '-'; the maker keeps them unique.
 */
#ifndef CORDON_SHOW_DOC_H
#define CORDON_SHOW_DOC_H

#include "show/plot.h"

enum doc_kind {
	DOC_HEADING, /* level 1 (the title) .. 3 */
	DOC_PARA,
	DOC_NOTE, /* a paragraph that must not be overlooked */
	DOC_ITEM, /* of a list; items in a row are one */
	DOC_CODE, /* preformatted; lines as they are */
	DOC_FOLD, /* preformatted, and long: the page folds it under its title, paper has only the
		     title */
	DOC_TABLE,
	DOC_PLOT,
};

enum doc_style {
	DOC_PLAIN,
	DOC_STRONG,
	DOC_MONO,    /* names for machines */
	DOC_FOREIGN, /* from outside */
	DOC_FOREIGN_MONO,
	DOC_LINK,
};

struct doc_run {
	enum doc_style style;
	size_t text, text_end;     /* where in the document's */
	size_t target, target_end; /* of links */
};

/* Runs run .. run_end - 1. */
struct doc_text {
	size_t run, run_end;
};

struct doc_column {
	const char *head; /* static */
	bool right;       /* numbers */
	bool whole;       /* never broken over lines, where there is any room: dates */
};

struct doc_cell {
	struct doc_text text;
	size_t id, id_end; /* of the row, in its first cell */
};

struct doc_block {
	enum doc_kind kind;
	int level;               /* of headings */
	size_t id, id_end;       /* in the document's text; empty for none */
	struct doc_text text;    /* of tables the caption; of plots what it shows in words */
	size_t title, title_end; /* of plots and folds */
	const struct doc_column *column; /* of tables: column[columns], static; the first is the
					    row's head */
	size_t columns;
	size_t cell, cell_end; /* cell[] of the document, row by row */
	struct plot plot;      /* owned */
};

struct doc {
	struct doc_block *block; /* block[blocks], owned */
	struct doc_cell *cell;
	struct doc_run *run;
	size_t blocks, cells, runs, block_room, cell_room, run_room;
	struct buf text;
	const char *language, *author; /* static; "en" */
	int64_t made;                  /* what the document is dated: seconds since 1970 UTC */
	bool failed;
};

/* {0}-ed by doc_init(); the title is the first heading. */
void doc_init(struct doc *d, const char *author, int64_t made);
void doc_done(struct doc *d);
bool doc_ok(const struct doc *d);

/* Begins a block. id may be NULL for none. */
void doc_heading(struct doc *d, int level, const char *id, const char *words);
void doc_para(struct doc *d);
void doc_note(struct doc *d);
void doc_item(struct doc *d);
void doc_code(struct doc *d);
void doc_fold(struct doc *d, const char *title);

/* A table; what is put next is its caption, until the first doc_cell(). Cells are begun one after
 * the other, row by row; doc_row() begins the first of a row and names the row. */
void doc_table(struct doc *d, const char *id, const struct doc_column *column, size_t columns);
void doc_cell(struct doc *d);
void doc_row(struct doc *d, const char *id);

/* Takes the plot over, which is then empty. What is put next says what is to be seen. */
void doc_plot(struct doc *d, const char *id, const char *title, struct plot *plot);

/* Puts text into what was begun last: our own, as printf does; in bold; a name for machines; a
 * link. */
void doc_put(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doc_strong(struct doc *d, const char *words);
void doc_mono(struct doc *d, struct span s);
void doc_link(struct doc *d, const char *target, const char *words);

/* Words in a buffer, which is freed. */
void doc_words(struct doc *d, struct buf *words);

/* Text from outside, at most `most` bytes of it, defanged when a link is in it; always defanged. */
void doc_outside(struct doc *d, struct span s, size_t most);
void doc_defanged(struct doc *d, struct span s, size_t most);

/* Preformatted text: each line cleaned. */
void doc_lines(struct doc *d, struct span s);

/* For writers: bytes from .. to of the text; what rows a table has. */
struct span doc_span(const struct doc *d, size_t from, size_t to);
size_t doc_rows(const struct doc_block *b);
const struct doc_cell *doc_at(
	const struct doc *d, const struct doc_block *b, size_t row, size_t column);

/* Text of all runs one after the other. */
void doc_flat(struct buf *to, const struct doc *d, const struct doc_text *t);

#endif
