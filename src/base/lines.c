#include "base/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (2 * LINES_MOST)

int lines_init(struct lines *l, struct stream *stream)
{
	*l = (struct lines){.stream = stream, .room = malloc(ROOM)};
	return l->room ? 0 : -ENOMEM;
}

void lines_done(struct lines *l)
{
	free(l->room);
	l->room = NULL;
}

static struct span held(const struct lines *l)
{
	return (struct span){l->room + l->from, l->to - l->from};
}

/* Moves what is left to the front and reads on. A failure of the stream is its end; it is told
 * when all that came before it is taken. */
static void fill(struct lines *l)
{
	memmove(l->room, l->room + l->from, l->to - l->from);
	l->to -= l->from;
	l->from = 0;
	while (!l->ended && l->to < ROOM) {
		ssize_t n = stream_read(l->stream, l->room + l->to, ROOM - l->to, NULL);

		l->ended = n <= 0;
		if (n > 0)
			l->to += (size_t)n;
	}
}

/* At the end: 0, or the stream's failure, which it tells as often as it is asked. */
static int end(struct lines *l, struct err *err)
{
	ssize_t n = stream_read(l->stream, l->room, ROOM, err);

	return n < 0 ? (int)n : 0;
}

int lines_peek(struct lines *l, struct span *ret_held, struct err *err)
{
	fill(l);
	*ret_held = held(l);
	return ret_held->n || !l->ended ? 0 : end(l, err);
}

int lines_next(struct lines *l, size_t most, struct span *ret_line, bool *ret_long, struct err *err)
{
	bool passed_over = false;

	for (;;) {
		struct span s = held(l);
		ssize_t at = span_index(s, '\n');

		if (at < 0 && !l->ended && (l->from || l->to < ROOM)) {
			fill(l);
			continue;
		}
		if (at < 0 && !l->ended) { /* a line as long as the room: throw away and go on */
			passed_over = true;
			l->from = l->to;
			continue;
		}
		if (!s.n && !passed_over)
			return end(l, err);
		struct span line = at < 0 ? s : span_take(s, (size_t)at);

		l->from += at < 0 ? s.n : (size_t)at + 1;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		*ret_long = passed_over || line.n > most;
		*ret_line = span_take(line, most);
		return 1;
	}
}
