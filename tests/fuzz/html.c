/*
 * The tokenizer in each of its modes, and text and links of the same bytes as HTML and as plain
 * text. Tokens stand in order and inside the input; valid UTF-8 gives valid UTF-8.
 */
#include "base/utf8.h"
#include "mail/html.h"
#include "mail/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static bool inside(struct span s, struct span in)
{
	return !s.n || (s.p >= in.p && span_end(s) <= span_end(in));
}

static void tokens(struct span in, enum html_mode mode, bool foreign)
{
	struct html h;
	struct html_token t;
	const char *at = in.p;

	html_init(&h, in);
	h.mode = mode;
	h.foreign = foreign;
	h.last = SPAN("script");
	while (html_next(&h, &t)) {
		check(t.raw.n > 0 && t.raw.p >= at && span_end(t.raw) <= span_end(in));
		check(inside(t.name, t.raw) && inside(t.text, t.raw));
		for (size_t i = 0; i < t.attributes; i++)
			check(inside(t.attribute[i].name, t.raw) &&
				inside(t.attribute[i].value, t.raw));
		at = span_end(t.raw);
	}
	check(!h.rest.n);
}

static void sink(struct domain_tools *tools, struct span in)
{
	struct arena arena;
	struct text_sink s;
	struct message m = {0};
	struct anomalies odd = {0};
	bool valid = utf8_valid(in);

	arena_init(&arena, (size_t)24 << 20);
	text_sink_init(&s, &arena, tools);
	text_add_html(&s, 0, in, &odd);
	text_add_plain(&s, 1, in, &odd);
	text_sink_finish(&s, &m);
	check(!valid || (utf8_valid(m.text) && utf8_valid(m.hidden_text)));
	check(m.text.n <= TEXT_MOST && m.hidden_text.n <= TEXT_MOST && m.links <= LINKS_MOST);
	for (size_t i = 0; i < m.links; i++) {
		const struct link *l = &m.link[i];

		check(l->target.n && l->host.n <= DOMAIN_MOST && inside(l->domain, l->host));
		check(!valid || utf8_valid(l->target));
	}
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct domain_tools *tools;
	struct span in = {(const char *)data, size};

	if (!tools)
		tools = domain_tools_new();
	for (int mode = HTML_DATA; mode <= HTML_PLAINTEXT; mode++)
		tokens(in, (enum html_mode)mode, mode & 1);
	sink(tools, in);
	return 0;
}
