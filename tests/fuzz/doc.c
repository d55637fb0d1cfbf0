/* Documents: whatever texts hold, a page has no other markup than ours, and the same text twice
 * gives the same page. */
#include "show/chart.h"
#include "show/doc_html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct doc_column columns[] = {{"one", false, true}, {"two", true, false}};

static void check(bool good)
{
	if (!good)
		abort();
}

static void put_all(struct doc *d, struct span s)
{
	char *text = strndup(s.p ? s.p : "", s.n);
	struct span label = s;
	double value = 5;
	const struct chart_bars bars = {1, 1, &value, &label, &label, "unit"};
	struct plot p;

	check(text != NULL);
	doc_heading(d, 1, "title", text);
	doc_para(d);
	doc_outside(d, s, 100);
	doc_link(d, text, text);
	doc_fold(d, text);
	doc_lines(d, s);
	doc_table(d, "table", columns, 2);
	doc_outside(d, s, 50);
	doc_row(d, "row");
	doc_defanged(d, s, 200);
	doc_cell(d);
	doc_mono(d, s);
	chart_draw_bars(&p, &bars);
	doc_plot(d, "plot", text, &p);
	doc_strong(d, text);
	free(text);
}

static void write_page(struct buf *to, struct span s)
{
	struct doc d;

	doc_init(&d, "fuzz", 0);
	put_all(&d, s);
	check(doc_html(to, &d, NULL) == 0);
	doc_done(&d);
}

static size_t count(const struct buf *b, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == c;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf page = {0}, again = {0}, plain = {0};
	struct span in = {(const char *)data, size < 4096 ? size : 4096};
	bool has_lines = memchr(in.p ? in.p : "", '\n', in.n) || memchr(in.p ? in.p : "", 0, in.n);

	write_page(&page, in);
	write_page(&again, in);
	check(span_eq(buf_span(&page), buf_span(&again)));
	/* Only our own markup: as much as in a page of harmless letters. */
	if (in.n && !has_lines) {
		write_page(&plain, SPAN("x"));
		check(count(&page, '<') == count(&plain, '<'));
		check(count(&page, '>') == count(&plain, '>'));
		check(count(&page, '"') == count(&plain, '"'));
	}
	for (size_t i = 0; i < page.n; i++)
		check(page.p[i] == '\n' || (unsigned char)page.p[i] >= ' ');
	buf_done(&page);
	buf_done(&again);
	buf_done(&plain);
	return 0;
}
