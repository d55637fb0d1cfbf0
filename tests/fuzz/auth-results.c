/*
 * Authentication-Results: lines of the input are what outsiders say. The field that is written has
 * as many results as there are methods, only characters that mail may have, no long line, and is
 * known again as ours; whose another field is can be asked of any bytes.
 */
#include "auth/auth.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* Results are parted by ';' outside of quotes and comments. */
static size_t count_results(struct span s)
{
	size_t n = 0, column = 0;
	bool quoted = false, comment = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		column = c == '\n' ? 0 : column + 1;
		check(column <= 998);
		check((c >= ' ' && c <= '~') ||
			(c == '\n' && i + 1 < s.n && s.p[i + 1] == '\t' && !quoted) ||
			(c == '\t' && i && s.p[i - 1] == '\n'));
		if (quoted && c == '\\')
			i++;
		else if (c == '"' && !comment)
			quoted = !quoted;
		else if (!quoted && (c == '(' || c == ')'))
			comment = c == '(';
		else
			n += c == ';' && !quoted && !comment;
	}
	check(!quoted && !comment);
	return n;
}

static struct span take(struct span *rest)
{
	struct span line = {NULL, 0};

	span_cut(rest, '\xff', &line);
	return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};
	struct auth_question q = {.ip = ip_from_v4(1)};
	struct auth a = {.has_client = true};
	struct buf to = {0};

	q.receiver = take(&rest);
	auth_results_by((struct span){(const char *)data, size}, q.receiver);
	auth_results_by(rest, q.receiver);
	q.helo = take(&rest);
	q.mail_from = take(&rest);
	a.name = take(&rest);
	a.dmarc.from = take(&rest);
	a.dmarc.result = (enum dmarc_result)(size % 5);
	a.arc.result = (enum arc_result)(size % 4);
	while (rest.n && a.dkim.n < DKIM_MOST)
		a.dkim.signature[a.dkim.n++] = (struct dkim_signature){.domain = take(&rest),
			.selector = take(&rest),
			.identity = take(&rest),
			.algorithm = take(&rest),
			.b = take(&rest),
			.result = (enum dkim_result)(size % 7)};
	auth_results(&to, &a, &q);
	check(buf_ok(&to));
	check(count_results(buf_span(&to)) == 3 + (a.dkim.n ? a.dkim.n : 1) + 2);
	check(auth_results_by(buf_span(&to), SPAN("localhost")) ||
		auth_results_by(buf_span(&to), q.receiver) || span_eq(q.receiver, SPAN(".")));
	buf_done(&to);
	return 0;
}
