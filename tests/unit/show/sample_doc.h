/* A document with one of everything, and text that would break out of it if it could. */
#ifndef CORDON_TESTS_SAMPLE_DOC_H
#define CORDON_TESTS_SAMPLE_DOC_H

#include "show/chart.h"
#include "show/doc.h"

#define HOSTILE                                                                                    \
	"</td></table><script>alert(1)</script><img src=x onerror=alert(1)>\"'&#0;]]>"             \
	"\xe2\x80\xae"                                                                             \
	"gnp.exe\x1b[2J\xff \xd7\x90\xd7\x91\xd7\x92 <b>%s%n</b>"

static const struct doc_column sample_columns[] = {{"Host", false, false}, {"Seen", true, false},
	{"What was said of it", false, false}, {"Records", false, true}};

static void sample_table(struct doc *d, unsigned rows)
{
	doc_table(d, "hosts", sample_columns, 4);
	doc_put(d, "Hosts of ");
	doc_outside(d, SPAN(HOSTILE), 60);
	for (unsigned i = 0; i < rows; i++) {
		char id[16];

		snprintf(id, sizeof(id), "r%u", i);
		doc_row(d, id);
		doc_defanged(d, SPAN("http://198.51.100.7/a@b.example"), 200);
		doc_cell(d);
		doc_put(d, "%u", i * 37);
		doc_cell(d);
		doc_outside(d, SPAN(HOSTILE), i % 7 ? 20 : 400);
		doc_cell(d);
		doc_link(d, "#r0", "0");
		doc_put(d, ", ");
		doc_link(d, "records/1.json", "the file");
		doc_put(d, ", ");
		doc_link(d, "#nowhere", "nowhere");
	}
}

static void sample_plot(struct doc *d)
{
	static const double value[] = {3, 0, 1, 5, 2, 9};
	static const struct span label[] = {{"2026-09", 7}, {"2026-10", 7}, {HOSTILE, 30}};
	static const struct span part[] = {{"spam", 4}, {HOSTILE, 60}};
	const struct chart_bars bars = {3, 2, value, label, part, "sightings a month"};
	struct plot p;

	chart_draw_bars(&p, &bars);
	doc_plot(d, "volume", "Volume by " HOSTILE, &p);
	doc_put(d, "In all 20, the most in the last month. ");
	doc_outside(d, SPAN(HOSTILE), 100);
}

static void sample_doc(struct doc *d, unsigned rows)
{
	doc_init(d, "cordon", 1795374842);
	doc_heading(d, 1, "title", "Case file of AS64500 " HOSTILE);
	doc_para(d);
	doc_put(d, "Plain, ");
	doc_strong(d, "strong");
	doc_put(d, ", ");
	doc_mono(d, SPAN("mono"));
	doc_put(d, " and from outside: ");
	doc_outside(d, SPAN(HOSTILE), 300);
	doc_put(d, "; see ");
	doc_link(d, "#hosts", "the hosts");
	doc_put(d, ".");
	doc_note(d);
	doc_put(d, "What must not be overlooked, over more than one line, since what is so short "
		   "that it fits would not show how the bar beside it grows with the text.");
	doc_heading(d, 2, "first", "What was seen");
	doc_item(d);
	doc_put(d, "one");
	doc_item(d);
	doc_put(d, "two");
	sample_plot(d);
	doc_heading(d, 3, "third", "Below");
	sample_table(d, rows);
	doc_heading(d, 2, "second", "Records");
	doc_code(d);
	doc_lines(d, SPAN("{\"a\":\"</pre><script>\"}\nsecond line\n"));
	doc_fold(d, "proof " HOSTILE);
	doc_lines(d, SPAN("c2sp.org/tlog-proof@v1\nindex 1\n</details>"));
}

#endif
