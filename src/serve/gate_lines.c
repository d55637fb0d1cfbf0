#include "serve/gate_lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

enum lines_part { COMMAND, FIELDS, BODY };

struct gate_lines {
	struct gate_check *check;
	enum lines_part part;
	char line[GATE_LINES_LINE];
	size_t line_n, head_n;
	bool sized;    /* there is a Content-length */
	uint64_t left; /* of the message */
};

bool gate_lines_speaks(char first)
{
	return first == 'C' || first == 'S' || first == 'R';
}

struct gate_lines *gate_lines_new(struct gate *g)
{
	struct gate_lines *l = calloc(1, sizeof(*l));

	if (l && !(l->check = gate_check_new(g))) {
		free(l);
		return NULL;
	}
	return l;
}

void gate_lines_free(struct gate_lines *l)
{
	if (!l)
		return;
	gate_check_free(l->check);
	free(l);
}

/* "CHECK RSPAMC/1.3"; older servers put the user's name between. */
static bool is_command(struct span s)
{
	static const struct span known[] = {SPAN("CHECK"), SPAN("SYMBOLS"), SPAN("REPORT")};
	struct span word = {NULL, 0}, last = {NULL, 0}, piece;
	bool is_known = false;

	while (span_cut(&s, ' ', &piece)) {
		if (!word.p)
			word = piece;
		last = piece;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		is_known = is_known || span_eq(word, known[i]);
	return is_known && span_starts(last, SPAN("RSPAMC/"));
}

static bool read_number(struct span s, uint64_t *ret)
{
	uint64_t n = 0;

	if (!s.n || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	*ret = n;
	return true;
}

static int take_field(struct gate_lines *l, struct span line)
{
	ssize_t colon = span_index(line, ':');

	if (colon < 0)
		return -EBADMSG;
	struct span name = span_take(line, (size_t)colon);
	struct span value = span_trim(span_skip(line, (size_t)colon + 1));

	if (span_eq_nocase(name, SPAN("Content-length"))) {
		if (l->sized || !read_number(value, &l->left))
			return -EBADMSG;
		l->sized = true;
		return 0;
	}
	gate_check_field(l->check, name, value);
	return 0;
}

static int take_line(struct gate_lines *l)
{
	struct span line = {l->line, l->line_n};

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	l->line_n = 0;
	if (l->part == COMMAND) {
		l->part = FIELDS;
		return is_command(line) ? 0 : -EBADMSG;
	}
	if (line.n)
		return take_field(l, line);
	l->part = BODY;
	return 0;
}

/* Of the head: 0 or -EBADMSG; *rest is what follows it. */
static int take_head(struct gate_lines *l, struct span *rest)
{
	int rc = 0;

	while (rc == 0 && rest->n && l->part != BODY) {
		ssize_t end = span_index(*rest, '\n');
		struct span piece = span_take(*rest, end < 0 ? rest->n : (size_t)end);

		if (l->line_n + piece.n > sizeof(l->line) || l->head_n > GATE_LINES_HEAD)
			return -EBADMSG;
		if (piece.n)
			memcpy(l->line + l->line_n, piece.p, piece.n);
		l->line_n += piece.n;
		l->head_n += piece.n + 1;
		*rest = span_skip(*rest, piece.n + 1);
		if (end >= 0)
			rc = take_line(l);
	}
	return rc;
}

int gate_lines_take(struct gate_lines *l, struct span bytes)
{
	int rc = take_head(l, &bytes);

	if (rc < 0 || l->part != BODY)
		return rc;
	if (l->sized && bytes.n > l->left)
		bytes.n = (size_t)l->left;
	gate_check_body(l->check, bytes);
	l->left -= l->sized ? bytes.n : 0;
	return l->sized && l->left == 0;
}

bool gate_lines_ended(const struct gate_lines *l)
{
	return l->part == BODY && !l->sized;
}

void gate_lines_answer(struct gate_lines *l, struct buf *to)
{
	gate_check_lines(l->check, to);
}

/* --- over a socket --- */

static bool send_all(int fd, struct span s, int silence_s)
{
	while (s.n) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};
		ssize_t n = poll(&p, 1, silence_s * 1000) == 1
				    ? send(fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT)
				    : -1;

		if (n <= 0)
			return false;
		s = span_skip(s, (size_t)n);
	}
	return true;
}

/* Until all is there: whether it is a request. */
static bool receive(struct gate_lines *l, int fd, int silence_s, const atomic_bool *cut)
{
	char room[16384];
	int rc = 0;

	while (rc == 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (poll(&p, 1, silence_s * 1000) != 1)
			return false;
		ssize_t n = recv(fd, room, sizeof(room), MSG_DONTWAIT);

		if (n == 0)
			return gate_lines_ended(l) && !*cut;
		if (n < 0)
			return false;
		rc = gate_lines_take(l, (struct span){room, (size_t)n});
	}
	return rc == 1;
}

void gate_lines_serve(struct gate *g, int fd, int silence_s, const atomic_bool *cut)
{
	struct gate_lines *l = gate_lines_new(g);
	struct buf answer = {0};

	if (l && receive(l, fd, silence_s, cut))
		gate_lines_answer(l, &answer);
	else
		buf_str(&answer, "RSPAMD/1.3 76 EX_PROTOCOL\r\n\r\n");
	if (buf_ok(&answer))
		send_all(fd, buf_span(&answer), silence_s);
	shutdown(fd, SHUT_WR);
	buf_done(&answer);
	gate_lines_free(l);
}
