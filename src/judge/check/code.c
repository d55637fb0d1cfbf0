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

static bool is_code(struct span line)
{
	struct span t = span_trim(line);

	if (t.n < 2)
		return false;
	if (t.p[t.n - 1] == ';' || t.p[t.n - 1] == '{')
		return true;
	return strchr("#d$ra", t.p[0]) &&
	       (span_starts(t, SPAN("#include")) || span_starts(t, SPAN("def ")) ||
		       span_starts(t, SPAN("$ ")) || span_starts(t, SPAN("return ")) ||
		       span_starts(t, SPAN("at 0x")));
}

static void count(struct tally *t, struct span line)
{
	while (line.n && (line.p[0] == '>' || line.p[0] == ' '))
		line = span_skip(line, 1);
	if (!line.n)
		return;
	t->code += is_code(line);
	if (!strchr("@d+ISRAF", line.p[0]))
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

	while (span_line(&rest, &line))
		count(&t, line);
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
