/*
 * A request of an rspamd client: RSPAMC/1.3 in pieces, or fields and a body as HTTP gives them.
 * There is always an answer; as lines it is what Exim can read, as JSON it is JSON, and the keeper
 * can read what it is told.
 *
 * Input: a byte, the size of pieces (0: fields as HTTP gives them, "name:value" a line, and behind
 * an empty line the body), and the request.
 */
#include "serve/gate_lines.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct gate *gate;
static int keeper[2];

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void set_up(void)
{
	static struct config_gateway config = {
		.judge_bytes = 65536, .message_seconds = 60, .threads = 1};
	struct gate_parts parts = {.config = &config, .name = SPAN("mx.example.org")};
	struct err err;
	int fd;

	check(judge_open(&(struct judge_options){.ham_loss = 0.001}, &parts.judge, &err) == 0);
	check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, keeper) == 0);
	parts.status = status_make(&fd);
	parts.keeper = keeper[0];
	check(parts.status && gate_new(&parts, &gate, &err) == 0);
}

static void check_told(void)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	struct decided d;
	int file;

	while (ipc_receive(keeper[1], room, 0, &head, &bytes, &file) == 1) {
		if (head.type == KEEPER_DECIDED)
			check(decided_read(bytes, &d) == 0 && d.http);
		if (file >= 0)
			close(file);
	}
}

/* Lines, of which the first four are as Exim reads them. */
static void check_lines(const struct buf *answer)
{
	struct span rest = buf_span(answer), line;

	check(buf_ok(answer) && answer->n < 32600);
	check(span_line(&rest, &line) && span_eq(line, SPAN("RSPAMD/1.3 0 EX_OK")));
	check(span_line(&rest, &line) && span_starts(line, SPAN("Metric: default; ")));
	check(span_line(&rest, &line) && span_starts(line, SPAN("Action: ")));
}

static void lines(struct span s, size_t piece)
{
	struct gate_lines *l = gate_lines_new(gate);
	struct buf answer = {0};
	int rc = 0;

	check(l != NULL);
	for (; rc == 0 && s.n; s = span_skip(s, piece))
		rc = gate_lines_take(l, span_take(s, piece));
	if (rc == 1 || (rc == 0 && gate_lines_ended(l))) {
		gate_lines_answer(l, &answer);
		check_lines(&answer);
	}
	buf_done(&answer);
	gate_lines_free(l);
}

static void fields(struct span s)
{
	struct gate_check *c = gate_check_new(gate);
	struct buf answer = {0};
	struct span line;

	check(c != NULL);
	while (span_line(&s, &line) && line.n) {
		ssize_t colon = span_index(line, ':');
		size_t n = colon < 0 ? line.n : (size_t)colon;

		gate_check_field(c, span_take(line, n), span_skip(line, n + 1));
	}
	gate_check_body(c, s);
	gate_check_json(c, &answer);
	json_t *j = json_loadb(answer.p, answer.n, 0, NULL);

	check(json_is_object(json_object_get(j, "symbols")));
	json_decref(j);
	buf_done(&answer);
	gate_check_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};

	if (!gate)
		set_up();
	if (!size)
		return 0;
	if (data[0])
		lines(span_skip(rest, 1), data[0]);
	else
		fields(span_skip(rest, 1));
	check(gate_in_hand(gate) == 0);
	check_told();
	return 0;
}
