/*
 * The page is written in one pass. The style sheet is the only thing that is allowed, by its hash
 * (CSP level 3, 2.3.1), so that even markup which got through could load nothing and run nothing.
 */
#include "show/doc_html.h"

#include "show/clean.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

/* clang-format off */
static const char style[] =
	"html{font:100%/1.5 'DejaVu Sans',Verdana,sans-serif;color:#1a1a1a;background:#fff;"
	"color-scheme:light}"
	"body{margin:0 auto;padding:1rem;max-width:60rem;overflow-wrap:anywhere}"
	"h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 1rem}"
	"h2{font-size:1.25rem;margin:2.2rem 0 .6rem;padding-top:.8rem;border-top:2px solid #1a1a1a}"
	"h3{font-size:1.05rem;margin:1.6rem 0 .4rem}"
	"p,ul,figure,table,pre,details{margin:.6rem 0}"
	"ul{padding-left:1.3rem}"
	"a{color:#004a99}"
	"a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid #b35900;outline-offset:2px}"
	".skip{position:absolute;left:-999rem}.skip:focus{position:static}"
	".note{border-left:.35rem solid #b35900;padding:.3rem .8rem;background:#fff6ea}"
	"nav ol{margin:0;padding-left:1.5rem;columns:18rem}"
	"nav{border:1px solid #8a8a8a;padding:.6rem 1rem}nav h2{border:0;margin:0;padding:0}"
	".wide{overflow-x:auto;margin:.8rem 0}"
	"table{border-collapse:collapse;font-size:.85rem;min-width:60%;overflow-wrap:break-word}"
	"caption{text-align:left;font-weight:bold;padding:.3rem 0}"
	"th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #c4c4c4}"
	"thead th{border-bottom:2px solid #1a1a1a}tbody th{font-weight:normal}"
	"td.w{white-space:nowrap}"
	".r{text-align:right;font-variant-numeric:tabular-nums}"
	"code,pre,.m{font-family:'DejaVu Sans Mono',Menlo,monospace;font-size:.85em}"
	"pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f3;padding:.6rem}"
	"figure svg{display:block;width:100%;min-width:34rem;max-width:46rem}"
	"figcaption{font-size:.9rem}"
	":target{background:#fff2b3}"
	"@media print{body{max-width:none;padding:0;font-size:9pt}.wide{overflow:visible}.skip{display:none}"
	"h2,h3,caption{break-after:avoid}tr,figure,.note{break-inside:avoid}"
	"a{color:inherit;text-decoration:none}figure svg{min-width:0}}";
/* clang-format on */

static void put_head(struct buf *to, const struct doc *d, struct span title)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[64];

	crypto_hash_sha256(hash, (const unsigned char *)style, sizeof(style) - 1);
	sodium_bin2base64(text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_ORIGINAL);
	buf_printf(to,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>",
		d->language, text);
	clean_markup(to, title);
	buf_printf(to,
		"</title>\n<style>%s</style>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#main\">To the text</a>\n",
		style);
}

static void put_id(struct buf *to, const struct doc *d, size_t from, size_t end)
{
	if (end == from)
		return;
	buf_str(to, " id=\"");
	clean_markup(to, doc_span(d, from, end));
	buf_byte(to, '"');
}

static void put_run(struct buf *to, const struct doc *d, const struct doc_run *r)
{
	static const char *const begins[] = {
		[DOC_PLAIN] = "",
		[DOC_STRONG] = "<strong>",
		[DOC_MONO] = "<code>",
		[DOC_FOREIGN] = "<bdi>",
		[DOC_FOREIGN_MONO] = "<bdi class=\"m\">",
		[DOC_LINK] = "<a href=\"",
	};
	static const char *const ends[] = {
		[DOC_PLAIN] = "",
		[DOC_STRONG] = "</strong>",
		[DOC_MONO] = "</code>",
		[DOC_FOREIGN] = "</bdi>",
		[DOC_FOREIGN_MONO] = "</bdi>",
		[DOC_LINK] = "</a>",
	};

	buf_str(to, begins[r->style]);
	if (r->style == DOC_LINK) {
		clean_markup(to, doc_span(d, r->target, r->target_end));
		buf_str(to, "\">");
	}
	clean_markup(to, doc_span(d, r->text, r->text_end));
	buf_str(to, ends[r->style]);
}

static void put_text(struct buf *to, const struct doc *d, const struct doc_text *t)
{
	for (size_t i = t->run; i < t->run_end; i++)
		put_run(to, d, &d->run[i]);
}

/* Lines are kept, and each is cleaned by itself. */
static void put_lines(struct buf *to, const struct doc *d, const struct doc_text *t)
{
	struct buf text = {0};
	struct span rest, line;

	doc_flat(&text, d, t);
	rest = buf_span(&text);
	buf_str(to, "<pre>");
	while (span_line(&rest, &line)) {
		clean_markup(to, line);
		buf_byte(to, '\n');
	}
	buf_str(to, "</pre>\n");
	to->failed |= text.failed;
	buf_done(&text);
}

static const char *column_class(const struct doc_column *c)
{
	return c->right ? " class=\"r\"" : c->whole ? " class=\"w\"" : "";
}

static void put_row(struct buf *to, const struct doc *d, const struct doc_block *b, size_t row)
{
	buf_str(to, "<tr");
	put_id(to, d, doc_at(d, b, row, 0)->id, doc_at(d, b, row, 0)->id_end);
	buf_byte(to, '>');
	for (size_t i = 0; i < b->columns; i++) {
		const char *what = i ? "td" : "th";

		buf_printf(to, "<%s%s%s>", what, i ? "" : " scope=\"row\"",
			column_class(&b->column[i]));
		put_text(to, d, &doc_at(d, b, row, i)->text);
		buf_printf(to, "</%s>", what);
	}
	buf_str(to, "</tr>\n");
}

static void put_table(struct buf *to, const struct doc *d, const struct doc_block *b, size_t number)
{
	buf_printf(to,
		"<div class=\"wide\" role=\"region\" tabindex=\"0\" "
		"aria-labelledby=\"caption-%zu\">\n<table",
		number);
	put_id(to, d, b->id, b->id_end);
	buf_printf(to, ">\n<caption id=\"caption-%zu\">", number);
	put_text(to, d, &b->text);
	buf_str(to, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < b->columns; i++) {
		buf_printf(to, "<th scope=\"col\"%s>", column_class(&b->column[i]));
		clean_markup(to, span_cstr(b->column[i].head));
		buf_str(to, "</th>");
	}
	buf_str(to, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < doc_rows(b); i++)
		put_row(to, d, b, i);
	buf_str(to, "</tbody>\n</table>\n</div>\n");
}

static void put_plot(struct buf *to, const struct doc *d, const struct doc_block *b, size_t number)
{
	char id[32];
	struct buf words = {0};

	snprintf(id, sizeof(id), "plot-%zu", number);
	doc_flat(&words, d, &b->text);
	buf_str(to, "<figure");
	put_id(to, d, b->id, b->id_end);
	buf_printf(to,
		">\n<div class=\"wide\" role=\"region\" tabindex=\"0\" "
		"aria-labelledby=\"%s-c\">\n",
		id);
	plot_svg(to, &b->plot, id, doc_span(d, b->title, b->title_end), buf_span(&words));
	buf_printf(to, "</div>\n<figcaption id=\"%s-c\"><strong>", id);
	clean_markup(to, doc_span(d, b->title, b->title_end));
	buf_str(to, "</strong> ");
	put_text(to, d, &b->text);
	buf_str(to, "</figcaption>\n</figure>\n");
	to->failed |= words.failed;
	buf_done(&words);
}

static void put_in(struct buf *to, const struct doc *d, const struct doc_block *b,
	const char *before, const char *behind)
{
	buf_str(to, before);
	put_id(to, d, b->id, b->id_end);
	buf_byte(to, '>');
	put_text(to, d, &b->text);
	buf_str(to, behind);
}

static void put_heading(struct buf *to, const struct doc *d, const struct doc_block *b)
{
	char before[8], behind[8];

	snprintf(before, sizeof(before), "<h%d", b->level);
	snprintf(behind, sizeof(behind), "</h%d>\n", b->level);
	put_in(to, d, b, before, behind);
}

static void put_item(struct buf *to, const struct doc *d, size_t i)
{
	bool first = !i || d->block[i - 1].kind != DOC_ITEM;
	bool last = i + 1 == d->blocks || d->block[i + 1].kind != DOC_ITEM;

	buf_str(to, first ? "<ul>\n" : "");
	put_in(to, d, &d->block[i], "<li", "</li>\n");
	buf_str(to, last ? "</ul>\n" : "");
}

static void put_block(struct buf *to, const struct doc *d, size_t i)
{
	const struct doc_block *b = &d->block[i];

	switch (b->kind) {
	case DOC_HEADING: put_heading(to, d, b); return;
	case DOC_PARA: put_in(to, d, b, "<p", "</p>\n"); return;
	case DOC_NOTE: put_in(to, d, b, "<p class=\"note\"", "</p>\n"); return;
	case DOC_ITEM: put_item(to, d, i); return;
	case DOC_CODE: put_lines(to, d, &b->text); return;
	case DOC_TABLE: put_table(to, d, b, i); return;
	case DOC_PLOT: put_plot(to, d, b, i); return;
	case DOC_FOLD: break;
	}
	buf_str(to, "<details><summary>");
	clean_markup(to, doc_span(d, b->title, b->title_end));
	buf_str(to, "</summary>\n");
	put_lines(to, d, &b->text);
	buf_str(to, "</details>\n");
}

/* The headings of level 2 that have an id. */
static void put_contents(struct buf *to, const struct doc *d)
{
	buf_str(to,
		"<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ol>\n");
	for (size_t i = 0; i < d->blocks; i++) {
		const struct doc_block *b = &d->block[i];

		if (b->kind != DOC_HEADING || b->level != 2 || b->id == b->id_end)
			continue;
		buf_str(to, "<li><a href=\"#");
		clean_markup(to, doc_span(d, b->id, b->id_end));
		buf_str(to, "\">");
		put_text(to, d, &b->text);
		buf_str(to, "</a></li>\n");
	}
	buf_str(to, "</ol>\n</nav>\n");
}

int doc_html(struct buf *to, const struct doc *d, struct err *err)
{
	struct buf title = {0};
	bool listed = false;

	if (!doc_ok(d))
		return err_sys(err, -ENOMEM, "page");
	if (d->blocks && d->block[0].kind == DOC_HEADING)
		doc_flat(&title, d, &d->block[0].text);
	put_head(to, d, buf_span(&title));
	buf_str(to, "<main id=\"main\">\n");
	for (size_t i = 0; i < d->blocks; i++) {
		const struct doc_block *b = &d->block[i];

		if (!listed && b->kind == DOC_HEADING && b->level == 2) {
			put_contents(to, d);
			listed = true;
		}
		put_block(to, d, i);
	}
	buf_str(to, "</main>\n</body>\n</html>\n");
	to->failed |= title.failed;
	buf_done(&title);
	return buf_ok(to) ? 0 : err_sys(err, -ENOMEM, "page");
}
