#include "cli/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

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
