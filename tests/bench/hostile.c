/*
 * Shapes that make careless parsers slow, at size n and 2 n: time, its ratio, and the most memory
 * that the process held. Linear is a ratio of about 2. bench-hostile [N-KB]
 */
#include "base/buf.h"
#include "mail/address.h"
#include "mail/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void repeat(struct buf *b, const char *text, size_t bytes)
{
	for (size_t end = b->n + bytes; b->n < end;)
		buf_str(b, text);
}

#define MIXED(boundary) "Content-Type: multipart/mixed; boundary=\"" boundary "\"\n\n"

static void siblings(struct buf *b, size_t n)
{
	buf_str(b, MIXED("b"));
	repeat(b, "--b\n\n", n);
}

static void deep(struct buf *b, size_t n)
{
	for (size_t i = 0; b->n < n; i++)
		buf_printf(b, "Content-Type: multipart/mixed; boundary=\"b%zu\"\n\n--b%zu\n", i, i);
}

static void deep_messages(struct buf *b, size_t n)
{
	repeat(b, "Content-Type: message/rfc822\n\n", n);
}

/* A hundred open boundaries of one length, and lines that all but match them. */
static void near_boundaries(struct buf *b, size_t n)
{
	for (int i = 0; i < 100; i++)
		buf_printf(
			b, "Content-Type: multipart/mixed; boundary=\"%064d\"\n\n--%064d\n", i, i);
	for (size_t i = 1000; b->n < n; i++)
		buf_printf(b, "--%064zu\n", i);
}

static void prefix_boundaries(struct buf *b, size_t n)
{
	buf_str(b, MIXED("aaaa"));
	repeat(b, "--aaaaa\n--aaa\n", n);
}

static void dashes(struct buf *b, size_t n)
{
	buf_str(b, MIXED("b"));
	repeat(b, "--\n", n);
}

static void one_boundary_many_times(struct buf *b, size_t n)
{
	buf_str(b, MIXED("b"));
	repeat(b, "--b\nContent-Type: multipart/mixed; boundary=b\n\n", n);
}

static void long_line(struct buf *b, size_t n)
{
	buf_str(b, "Subject: ");
	repeat(b, "x", n);
	buf_str(b, "\n\n");
}

static void folds(struct buf *b, size_t n)
{
	buf_str(b, "Subject: x\n");
	repeat(b, " \n", n);
	buf_str(b, "\n");
}

static void many_fields(struct buf *b, size_t n)
{
	repeat(b, "X: y\n", n);
	buf_str(b, "\n");
}

static void word_openings(struct buf *b, size_t n)
{
	buf_str(b, "Subject: ");
	repeat(b, "=?utf-8?q?", n);
	buf_str(b, "\n\n");
}

static void word_openings_and_end(struct buf *b, size_t n)
{
	buf_str(b, "Subject: ");
	repeat(b, "=?utf-8?b?a", n);
	buf_str(b, "?=\n\n");
}

static void words(struct buf *b, size_t n)
{
	buf_str(b, "Subject: ");
	repeat(b, "=?utf-8?q?a?= =?koi8-r?q?=C1?= ", n);
	buf_str(b, "\n\n");
}

static void comments(struct buf *b, size_t n)
{
	buf_str(b, "From: ");
	repeat(b, "(", n);
	buf_str(b, "\n\n");
}

static void address_signs(struct buf *b, size_t n)
{
	buf_str(b, "From: ");
	repeat(b, "<\"(\\", n);
	buf_str(b, "\n\n");
}

static void addresses(struct buf *b, size_t n)
{
	buf_str(b, "From: ");
	repeat(b, "a b <c@d>, ", n);
	buf_str(b, "\n\n");
}

static void parameters(struct buf *b, size_t n)
{
	buf_str(b, "Content-Type: a/b");
	repeat(b, "; name*0*=x", n);
	buf_str(b, "\n\n");
}

static void blanks_in_parameter(struct buf *b, size_t n)
{
	buf_str(b, "Content-Type: a/b; name=");
	repeat(b, "a b ", n);
	buf_str(b, "\n\n");
}

static void uu_begins(struct buf *b, size_t n)
{
	buf_str(b, "\n");
	repeat(b, "begin 644 x\n#0V%T\n", n);
}

static void base64_pads(struct buf *b, size_t n)
{
	buf_str(b, "Content-Transfer-Encoding: base64\n\n");
	repeat(b, "QQ==", n);
}

static void bad_charset_bytes(struct buf *b, size_t n)
{
	buf_str(b, "Content-Type: text/plain; charset=euc-jp\n\n");
	repeat(b, "\xff\xfe\x8f", n);
}

static const struct {
	const char *name;
	void (*write)(struct buf *b, size_t n);
} shapes[] = {
	{"sibling parts", siblings},
	{"nested multiparts", deep},
	{"nested messages", deep_messages},
	{"100 near boundaries", near_boundaries},
	{"prefixes of boundaries", prefix_boundaries},
	{"lines of dashes", dashes},
	{"one boundary, nested", one_boundary_many_times},
	{"one header line", long_line},
	{"folds", folds},
	{"header fields", many_fields},
	{"word openings", word_openings},
	{"word openings, one end", word_openings_and_end},
	{"encoded words", words},
	{"open comments", comments},
	{"signs in an address", address_signs},
	{"addresses", addresses},
	{"parameters", parameters},
	{"blanks in a parameter", blanks_in_parameter},
	{"uuencoded blocks", uu_begins},
	{"padded base64 groups", base64_pads},
	{"bytes of no charset", bad_charset_bytes},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The best of three, after one to warm up. */
static double run(struct message_parser *mp, struct span raw)
{
	double best = 1e9;

	for (int i = 0; i < 4; i++) {
		double start = now();
		struct message *m;
		struct address *list;

		if (message_parse(mp, raw, &m) < 0)
			exit(1);
		const struct field *f = m->part[0].fields.n ? &m->part[0].fields.at[0] : NULL;

		if (f) {
			message_text(mp, f);
			address_list(mp, f->value, NULL, &list);
		}
		if (i && now() - start < best)
			best = now() - start;
	}
	return best;
}

/* In a process of its own, so that the peak is that shape's. */
static void measure(size_t shape, size_t bytes)
{
	struct buf once = {0}, twice = {0};
	struct message_parser *mp = message_parser_new(0);
	struct rusage before, after;

	shapes[shape].write(&once, bytes);
	shapes[shape].write(&twice, 2 * bytes);
	getrusage(RUSAGE_SELF, &before);
	double a = run(mp, buf_span(&once)), b = run(mp, buf_span(&twice));

	getrusage(RUSAGE_SELF, &after);
	printf("%-24s %7zu KB %8.2f ms %8.2f ms  x%.2f  +%ld KB\n", shapes[shape].name,
		twice.n >> 10, a * 1e3, b * 1e3, b / a, after.ru_maxrss - before.ru_maxrss);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	size_t bytes = (argc > 1 ? (size_t)atol(argv[1]) : 500) << 10;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		pid_t child = fork();

		if (child == 0)
			measure(i, bytes);
		waitpid(child, NULL, 0);
	}
	return 0;
}
