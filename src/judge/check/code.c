/* Patches, code and machine reports: what programmers mail each other. */
#include "judge/check/list.h"

static const char *const variants[] = {
	"code/patch", "code/diff", "code/code", "code/subject", "code/trailer", NULL};

struct tally {
	size_t hunks, files, code, trailers;
	struct span first;
};

/* True for "@@ -1,2 +3,4 @@". */
static bool is_hunk(struct span line)
{
	return span_starts(line, SPAN("@@ -")) && span_find(span_skip(line, 4), SPAN(" @@")) > 0;
}

static bool is_trailer(struct span line)
{
	return span_starts(line, SPAN("Signed-off-by: ")) ||
	       span_starts(line, SPAN("Reviewed-by: ")) || span_starts(line, SPAN("Acked-by: ")) ||
	       span_starts(line, SPAN("Reported-by: ")) || span_starts(line, SPAN("Fixes: "));
}

/* True for a line, trimmed, that ends or begins as code does. */
static bool is_code(struct span t)
{
	char last = t.p[t.n - 1];

	if (last == ';' || last == '{')
		return true;
	switch (t.p[0]) {
	case '#': return span_starts(t, SPAN("#include"));
	case 'd': return span_starts(t, SPAN("def "));
	case '$': return span_starts(t, SPAN("$ "));
	case 'r': return span_starts(t, SPAN("return "));
	case 'a': return span_starts(t, SPAN("at 0x"));
	default: return false;
	}
}

static void count(struct tally *t, struct span line)
{
	while (line.n && (line.p[0] == '>' || line.p[0] == ' ' || line.p[0] == '\t'))
		line = span_skip(line, 1);
	while (line.n && ascii_is_space(line.p[line.n - 1]))
		line.n--;
	if (line.n < 2)
		return;
	t->code += is_code(line);
	if (!memchr("@d+ISRAF", line.p[0], 8))
		return; /* nothing else begins so, and most lines end here */
	bool hunk = is_hunk(line);
	bool file = span_starts(line, SPAN("diff --git ")) || span_starts(line, SPAN("+++ ")) ||
		    span_starts(line, SPAN("Index: "));

	t->hunks += hunk;
	t->files += file;
	t->trailers += is_trailer(line);
	if ((hunk || file) && !t->first.n)
		t->first = line;
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span rest = span_take(in->m->text, 65536), line, subject = in->subject;
	struct tally t = {0};

	for (const char *end; rest.n; rest = span_skip(rest, line.n + 1)) {
		end = memchr(rest.p, '\n', rest.n);
		line = end ? span_between(rest.p, end) : rest;
		count(&t, line);
	}
	if (t.hunks && t.files && t.trailers)
		finding_add(in, out, &check_code, "code/patch", t.first, "The mail is a patch");
	else if (t.hunks || t.files >= 2)
		finding_add(in, out, &check_code, "code/diff", t.first, "The mail holds a diff");
	if (t.code >= 4)
		finding_add(in, out, &check_code, "code/code", (struct span){0},
			"The mail holds program code (%zu lines)", t.code);
	if (t.trailers)
		finding_add(in, out, &check_code, "code/trailer", (struct span){0},
			"The mail holds a reviewer's or author's line");
	if (span_find(subject, SPAN("[PATCH")) >= 0 ||
		span_find(subject, SPAN("[RFC PATCH")) >= 0 ||
		span_find_nocase(subject, SPAN("bug#")) >= 0)
		finding_add(in, out, &check_code, "code/subject", subject,
			"The subject is a patch's or a bug report's");
}

const struct check check_code = {"code", "patches, code, bug reports", variants, run};
