/*
 * How fast HTML and plain text are read, and what hostile shapes cost at n and at 2n bytes: the
 * time may double, and the arena's memory is shown. Prints; judges nothing.
 */
#include "base/buf.h"
#include "mail/text.h"

#include <stdio.h>
#include <time.h>

/* Seconds of processor time: other work on the machine then matters less. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct bench {
	struct arena arena;
	struct domain_tools *tools;
};

/* Seconds for one reading. */
static double run(struct bench *b, struct span in, bool html, struct message *ret)
{
	struct text_sink sink;
	struct anomalies odd = {0};
	double from = now();

	arena_reset(&b->arena);
	text_sink_init(&sink, &b->arena, b->tools);
	if ((html ? text_add_html : text_add_plain)(&sink, 0, in, &odd))
		printf("  (memory spent)\n");
	text_sink_finish(&sink, ret);
	return now() - from;
}

static void repeat(struct buf *b, const char *piece, size_t bytes)
{
	while (b->n < bytes)
		buf_str(b, piece);
}

static void ordinary(struct bench *b, const char *name, const char *piece, size_t bytes, bool html)
{
	struct buf in = {0};
	struct message m = {0};
	double best = 1;

	repeat(&in, piece, bytes);
	for (int i = 0; i < 200; i++) {
		double s = run(b, buf_span(&in), html, &m);

		best = s < best ? s : best;
	}
	printf("%-34s %8zu bytes %8.1f us %8.1f MB/s %5zu links\n", name, in.n, best * 1e6,
		(double)in.n / best / 1e6, m.links);
	buf_done(&in);
}

static void hostile(
	struct bench *b, const char *name, const char *head, const char *piece, bool html)
{
	double seconds[2];
	size_t used[2];

	for (int k = 0; k < 2; k++) {
		struct buf in = {0};
		struct message m = {0};

		buf_str(&in, head);
		repeat(&in, piece, (size_t)3000000 / (k ? 1 : 2));
		seconds[k] = run(b, buf_span(&in), html, &m);
		used[k] = b->arena.used;
		buf_done(&in);
	}
	printf("%-34s %8.1f ms %8.1f ms  x%.2f %8.1f MB\n", name, seconds[0] * 1e3,
		seconds[1] * 1e3, seconds[1] / seconds[0], (double)used[1] / 1e6);
}

static const char letter[] =
	"<tr><td style=\"font-family:Arial;font-size:13px;color:#333333\" class=\"c\">Dear "
	"customer,"
	" your <b>order</b> has been sent and will arrive in the next days &amp; weeks.<br>\n"
	"<a href=\"http://www.example.com/track?id=1&amp;u=2\">Track it</a> or read on below.</td>"
	"<td><img src=\"http://img.example.com/a.gif\" width=\"1\" height=\"1\"></td></tr>\n";

static const char plain[] =
	"Dear customer, your order has been sent and will arrive in the next days.\n"
	"It goes to the address that you gave us. Please keep this mail for your files.\n"
	"Read on at http://www.example.com/track?id=1 or write to joe@example.com.\n";

struct shape {
	const char *name, *head, *piece;
	bool html;
};

static const struct shape shape[] = {
	{"<span>", "", "<span>", true},
	{"<div>", "", "<div>", true},
	{"<b>", "", "<b>", true},
	{"<p>", "", "<p>", true},
	{"<table><td>", "", "<table><td>", true},
	{"</b> under a deep stack", "<b><table><td>", "<div></b>", true},
	{"</div> outside of a cell", "<div><table><td>", "<span></div>", true},
	{"<b><div></b>", "", "<b><div></b>", true},
	{"<a href=x>", "", "<a href=x>", true},
	{"<a href=http://a.b.example/>", "", "<a href=http://a.b.example/>x", true},
	{"<", "", "<", true},
	{"</", "", "</", true},
	{"<!--", "", "<!--", true},
	{"<!-- -", "<!--", "->-", true},
	{"<a ", "", "<a ", true},
	{"attributes", "<a ", "a=b ", true},
	{"attributes of many tags", "", "<i a b c d e f g h i j k l m n o p q r s t>", true},
	{"&", "", "&", true},
	{"&CounterClockwiseContourIntegra", "", "&CounterClockwiseContourIntegra", true},
	{"&#x1;", "", "&#x41;", true},
	{"<title>", "<title>", "</titl", true},
	{"<script><!--<script>", "<script><!--", "<script></scrip", true},
	{"style declarations", "<style>.a{", "left:0;", true},
	{"relative links", "<base href=http://a.example/b/c/d>", "<a href=e>", true},
	{"style attributes", "", "<p style='display:none;color:#fff'>x", true},
	{"style rules", "<style>", ".a{color:red}", true},
	{"style comments", "<style>", "/*", true},
	{"url(", "<style>", "url(", true},
	{"class lookups", "<style>.a{color:red}</style>", "<i class='a b c d e f g h'>", true},
	{"bgcolor white on white", "<font color=white>", "x <br>", true},
	{"written http://", "", "http://", false},
	{"written a.", "", "a.", false},
	{"written a.b@", "", "a.b@", false},
	{"written www.", "", "www.a.com ", false},
	{"written <http://a line ends", "", "<http://a\n", false},
	{"written :", "", ":", false},
	{"written http://a)", "http://a", ")", false},
	{"written ((((", "http://a", "()", false},
	{"written .com", "", "x.com,", false},
};

int main(void)
{
	struct bench b = {.tools = domain_tools_new()};

	if (!b.tools)
		return 1;
	arena_init(&b.arena, (size_t)48 << 20);
	ordinary(&b, "HTML letter, 4 KB", letter, 4000, true);
	ordinary(&b, "HTML letter, 40 KB", letter, 40000, true);
	ordinary(&b, "plain letter, 4 KB", plain, 4000, false);
	ordinary(&b, "plain letter, 40 KB", plain, 40000, false);
	printf("\n%-34s %11s %11s\n", "hostile shape", "1.5 MB", "3 MB");
	for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++)
		hostile(&b, shape[i].name, shape[i].head, shape[i].piece, shape[i].html);
	arena_done(&b.arena);
	domain_tools_free(b.tools);
	return 0;
}
