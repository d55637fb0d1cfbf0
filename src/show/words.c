#include "show/words.h"

#include "show/clean.h"

#include <math.h>
#include <stdio.h>

void words_number(struct buf *to, double n)
{
	char text[64];
	double whole = floor(n + 0.0005);
	int digits = snprintf(text, sizeof(text), "%.0f", whole);

	for (int i = 0; i < digits; i++) {
		if (i && (digits - i) % 3 == 0)
			buf_byte(to, ',');
		buf_byte(to, text[i]);
	}
	double part = n - whole;

	if (part < 0.0005)
		return;
	snprintf(text, sizeof(text), "%.3f", part);
	for (size_t end = strlen(text); text[end - 1] == '0'; end--)
		text[end - 1] = '\0';
	buf_str(to, text + 1);
}

void words_count(struct buf *to, uint64_t n, const char *one, const char *many)
{
	words_number(to, (double)n);
	buf_printf(to, " %s", n == 1 ? one : many);
}

void words_share(struct buf *to, double share)
{
	if (share <= 0)
		buf_str(to, "0 %");
	else if (share >= 1)
		buf_str(to, "100 %");
	else if (share < 0.001)
		buf_str(to, "<0.1 %");
	else if (share > 0.999)
		buf_str(to, ">99.9 %");
	else
		buf_printf(to, "%.1f %%", 100 * share);
}

const char *words_joint(size_t i, size_t n)
{
	return i == 0 ? "" : i + 1 == n ? " and " : ", ";
}

void words_days_off(struct buf *to, int32_t days)
{
	if (days == 0) {
		buf_str(to, "of that day");
	} else {
		words_count(to, (uint64_t)days, "day", "days");
		buf_str(to, " off");
	}
}

void words_wrap(struct buf *to, struct span text, int first, int rest, int width)
{
	struct span word;
	bool fresh = true; /* no word stands on the line yet */
	int at = first;

	text = span_trim(text);
	buf_printf(to, "%*s", first, "");
	while (span_cut(&text, ' ', &word)) {
		int columns = clean_columns(word);

		/* A number and its percent sign stay together. */
		if (text.n && text.p[0] == '%') {
			struct span sign;

			span_cut(&text, ' ', &sign);
			word = span_between(word.p, span_end(sign));
			columns = clean_columns(word);
		}
		if (!fresh && at + 1 + columns > width) {
			buf_printf(to, "\n%*s", rest, "");
			at = rest;
		} else if (!fresh) {
			buf_byte(to, ' ');
			at++;
		}
		buf_add(to, word);
		at += columns;
		fresh = false;
	}
	buf_byte(to, '\n');
}
