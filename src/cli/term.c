#include "cli/term.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

bool term_has_colour(void)
{
	static int answer = -1;

	if (answer < 0) {
		const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

		answer = isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
	}
	return answer;
}

int term_width(void)
{
	struct winsize w;
	const char *columns = getenv("COLUMNS");
	int n = 100;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		n = w.ws_col;
	else if (columns && atoi(columns) > 0)
		n = atoi(columns);
	else if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		n = w.ws_col; /* into a pager or head */
	return n < 60 ? 60 : n;
}

const char *term_colour(enum colour c)
{
	static const char *const sequence[] = {
		[COLOUR_NONE] = "\033[0m",
		[COLOUR_RED] = "\033[31m",
		[COLOUR_GREEN] = "\033[32m",
		[COLOUR_YELLOW] = "\033[33m",
		[COLOUR_DIM] = "\033[2m",
		[COLOUR_BOLD] = "\033[1m",
	};

	return term_has_colour() ? sequence[c] : "";
}

/* True for what has no place in a table: controls, zero-width, direction and format characters. */
static bool is_unfit(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c >= 0xe000 && c <= 0xf8ff) || c == 0xfeff ||
	       (c >= 0xfff0 && c <= 0xfffb) || c >= 0xe0000;
}

/*
 * Takes one character as it may be shown off *rest: its bytes in to, their number returned, its
 * columns in *ret_columns. A run of white space is one space.
 */
static size_t next_shown(struct span *rest, char to[4], int *ret_columns)
{
	if (rest->p[0] > ' ' && rest->p[0] <= '~') {
		to[0] = rest->p[0];
		*rest = span_skip(*rest, 1);
		*ret_columns = 1;
		return 1;
	}
	uint32_t c = utf8_next(rest);

	if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0) {
		while (rest->n && ascii_is_space(rest->p[0]))
			*rest = span_skip(*rest, 1);
		c = ' ';
	}
	if (is_unfit(c))
		c = UTF8_BAD;
	int columns = wcwidth((wchar_t)c);

	*ret_columns = columns < 0 ? 1 : columns;
	return utf8_put(c, to);
}

void term_clean(struct buf *to, struct span s)
{
	char bytes[4];
	int columns;

	while (s.n) {
		size_t n = next_shown(&s, bytes, &columns);

		buf_add(to, (struct span){bytes, n});
	}
}

int term_columns(struct span s)
{
	char bytes[4];
	int columns, sum = 0;

	while (s.n) {
		next_shown(&s, bytes, &columns);
		sum += columns;
	}
	return sum;
}

void term_cell(struct buf *to, struct span s, int width)
{
	char bytes[4];
	int columns, used = 0;
	/* More bytes than this cannot fit, so a huge header costs nothing. */
	struct span head = span_take(s, (size_t)width * 16 + 16);
	bool cut = term_columns(head) > width;

	while (head.n) {
		size_t n = next_shown(&head, bytes, &columns);

		if (used + columns > width - (cut ? 1 : 0))
			break;
		buf_add(to, (struct span){bytes, n});
		used += columns;
	}
	if (cut) {
		buf_str(to, "\u2026");
		used++;
	}
	for (; used < width; used++)
		buf_byte(to, ' ');
}

static bool progress_stands;

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/*
 * The cursor is left at the line's start, so that what another program of a pipeline prints goes
 * over the line, not behind it. A run that is soon over shows none.
 */
void progress_show(uint64_t done, uint64_t total, uint64_t count, const char *what)
{
	static double started, last;
	static int watched = -1;
	double now;

	if (watched < 0)
		watched = isatty(STDERR_FILENO);
	if (!watched)
		return;
	now = now_s();
	if (started == 0)
		started = now;
	if (now - started < 0.5 || (progress_stands && now - last < 0.1))
		return;
	last = now;
	fprintf(stderr, "%llu %s", (unsigned long long)count, what);
	if (total && done <= total)
		fprintf(stderr, ", %.0f %%", 100.0 * (double)done / (double)total);
	fprintf(stderr, ", %.0f a second\033[K\r", (double)count / (now - started));
	fflush(stderr);
	progress_stands = true;
}

void progress_clear(void)
{
	if (progress_stands)
		fputs("\033[K", stderr);
	progress_stands = false;
}

void progress_make_way(void)
{
	static int same = -1;

	if (same < 0)
		same = isatty(STDOUT_FILENO);
	if (same)
		progress_clear();
}
