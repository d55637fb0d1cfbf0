#include "show/svg.h"

#include "base/utf8.h"
#include "show/clean.h"

void svg_begin(struct buf *to, double width, double height)
{
	buf_printf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" font-size=\"12\" "
		"fill=\"#222\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		width, height, width, height);
}

void svg_end(struct buf *to)
{
	buf_str(to, "</svg>\n");
}

void svg_text(struct buf *to, struct span s, int columns)
{
	struct buf shown = {0};

	clean_cell(&shown, s, columns);
	clean_markup(to, span_trim(buf_span(&shown)));
	to->failed |= shown.failed;
	buf_done(&shown);
}

void svg_words(struct buf *to, struct buf *words, int columns)
{
	svg_text(to, buf_span(words), columns);
	to->failed |= words->failed;
	buf_done(words);
}

/* Width of a character as a share of the font's size; wide ones are those of two columns. */
static double letter_width(uint32_t c)
{
	static const char narrow[] = " !'()*,-./:;I[]`fijlrt|\"";
	static const char wide[] = "@%&mwMW";

	if (c < 0x80 && strchr(narrow, (int)c))
		return 0.35;
	if (c < 0x80 && strchr(wide, (int)c))
		return 0.88;
	if (c >= 0x1100)
		return 1;
	return (c >= 'A' && c <= 'Z') || c >= 0x80 ? 0.67 : 0.58;
}

static void put_line(struct buf *to, double x, double y, double size, struct span s)
{
	buf_printf(to, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\">", x, y, size);
	svg_text(to, s, 1000);
	buf_str(to, "</text>\n");
}

/* Widths are estimates, and a line that is too long is cut off by the page: hence the share. */
double svg_paragraph(
	struct buf *to, double x, double y, double width, double size, struct buf *words)
{
	struct span rest = buf_span(words), line = {rest.p, 0}, word;

	while (span_cut(&rest, ' ', &word)) {
		struct span longer = span_between(line.p, span_end(word));

		if (line.n && svg_width(longer, size) > 0.9 * width) {
			put_line(to, x, y, size, line);
			y += 1.4 * size;
			longer = word;
		}
		line = longer;
	}
	put_line(to, x, y, size, line);
	to->failed |= words->failed;
	buf_done(words);
	return y + 1.4 * size;
}

double svg_width(struct span s, double size)
{
	double sum = 0;

	while (s.n)
		sum += letter_width(utf8_next(&s));
	return sum * size;
}

int svg_fit(struct span s, double width, double size)
{
	struct span rest = span_take(s, 1000);
	double sum = 0;

	while (rest.n && sum * size <= width)
		sum += letter_width(utf8_next(&rest));
	if (!rest.n && sum * size <= width)
		return clean_columns(s);
	/* Back to where an ellipsis has room too. */
	size_t n = s.n - rest.n;

	while (n && svg_width(span_take(s, n), size) + size > width)
		n--;
	return clean_columns(span_take(s, n)) + 1;
}
