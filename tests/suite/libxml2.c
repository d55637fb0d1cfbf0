/*
 * libxml2 as an oracle over HTML from the wild: where the anchors of a page lead, and the words of
 * its text, hidden or not, without scripts and style sheets. libxml2 reads HTML after rules of its
 * own, which are older than the standard's; what follows from that stands in a table by class.
 */
#include "base/buf.h"
#include "data.h"
#include "mail/charset.h"
#include "mail/html.h"
#include "mail/text.h"

#include <ftw.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>

/* clang-format off */
/* Why we read otherwise. */
#define COMMENT "\"<!\", \"<?\" and \"</\" before what is no name begin a comment (13.2.5.6 to .8)"
#define APART   "a word half of which is hidden is two: visible and hidden text are apart"
#define RAW     "what browsers do not read the tags of is not read: iframe, noframes (13.2.6.4.7)"
#define CONTROL "control characters, written out or by reference, are kept"
#define TAG_CUT "a tag that the end of the page cuts is none (13.2.5.8, EOF)"
#define NAME    "a tag's name goes on to a blank, '/' or '>': <br=> is no <br> (13.2.5.8)"
#define CROSSED "an end tag that crosses a paragraph does not end it (13.2.6.4.7)"
#define HTML    "an html tag amid the text parts words"

static const struct {
	const char *path; /* its end */
	const char *reason;
} meant[] = {
	{"easy-ham-2/01187.53063c4a5d1cd337d5c6160f2a5fad8a.txt", COMMENT},
	{"hard-ham-1/00008.b42457819236bee543bebffb61b91e44.txt", APART},
	{"spam-1/00023.b6d27c684f5fc803cfa1060adb2d0805.txt", APART},
	{"spam-1/00052.edb775ef7470f35cd593d07e5a0466a8.txt", APART},
	{"spam-1/00101.5a24bf3ba3962442179b1a0325a1d1cb.txt", COMMENT},
	{"spam-1/00134.9f41f4111a33dc1efca04de72e1a105a.txt", COMMENT},
	{"spam-1/00136.faa39d8e816c70f23b4bb8758d8a74f0.txt", CONTROL},
	{"spam-1/00188.3d145a97a4ccf05a36a1f2795b4c331d.txt", COMMENT},
	{"spam-1/00274.ecb5ce751d8768ef609c171b84ca07a9.txt", COMMENT},
	{"spam-1/00307.7ed50c6d80c6e37c8cc1b132f4a19e4d.txt", COMMENT},
	{"spam-1/00313.fab744bfd5a128fca39b69df9811c086.txt", CONTROL},
	{"spam-1/00357.b523d4209d633d6fdf86b93bc19e3aa2.txt", COMMENT},
	{"spam-1/00391.e2c76e9dc5ef65b90275138f73eb475b.txt", COMMENT},
	{"spam-1/00479.a2cd6780001042d8203b05a6ab0f34ac.txt", TAG_CUT},
	{"spam-2/00161.37836bbc77bdab253f914d7a5233badb.txt", COMMENT},
	{"spam-2/00227.a2dc608fa0cf81c35ea9f658b24a9004.txt", NAME},
	{"spam-2/00248.2212008dd1bd6e4d2326d8c6ce81d01a.txt", COMMENT},
	{"spam-2/00322.9c67ae5dc3348e9a0b9a61a408c3f44e.txt", COMMENT},
	{"spam-2/00358.ccfcaa5984dc5db979ba41e0fcee87c3.txt", COMMENT},
	{"spam-2/00364.48aa56553a1b8c2e4b638e0f46a7fc1f.txt", COMMENT},
	{"spam-2/00376.8d9a34535bac5fbccdbb8ea5392c82d8.txt", CROSSED},
	{"spam-2/00379.b2ab58d60315cdc423cd8640466092ed.txt", APART},
	{"spam-2/00452.f13574a4582c94daf2bd6668c1683eed.txt", CONTROL},
	{"spam-2/00631.5b4f290bc474889ff457b314996553b1.txt", HTML},
	{"spam-2/00745.a0f2c78f1a75fe880532f0c432aa12d2.txt", APART},
	{"spam-2/00753.c3032ff8329006ec6b39b6c821185b1c.txt", COMMENT},
	{"spam-2/00774.bb00990ae11efeabd677cc2935f2281f.txt", COMMENT},
	{"spam-2/00821.b64c27e913e301f038ebfaa433f16f35.txt", APART},
	{"spam-2/00834.34db0196aab30fd0883426467c18ed5c.txt", RAW},
	{"spam-2/00927.9505a4791424d2a96af8d75baeaa7f58.txt", COMMENT},
	{"spam-2/00942.657397d701fe92368dd144bec09d7812.txt", APART},
	{"spam-2/00981.341055ba05d9538a59e3533422bfd212.txt", CROSSED},
	{"spam-2/01028.e52964252ea2dd1e08251f83c76db32e.txt", RAW},
	{"spam-2/01037.3512597a838a3eaf3149924386ef9fd3.txt", COMMENT},
	{"spam-2/01072.ac604802c74de2ebc445efc827299b96.txt", CONTROL},
	{"spam-2/01188.67d69a8d6e5c899914556488c8cbd2c9.txt", CROSSED},
	{"spam-2/01338.a67c3827402b4610bd2a6814cd8cd907.txt", COMMENT},
};
/* clang-format on */

#define MEANT (sizeof(meant) / sizeof(*meant))

static struct message_parser *mp;
static struct domain_tools *tools;
static struct charsets charsets;
static struct arena arena;
static unsigned pages, different, excused;
static unsigned used[MEANT];

/* What is compared of a page. */
struct reading {
	struct buf text;
	struct span *target, *word;
	size_t targets, words, target_room, word_room;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void keep(struct span **list, size_t *n, size_t *room, struct span s)
{
	if (arena_grow(&arena, (void **)list, room, *n, sizeof(s)) < 0)
		abort();
	(*list)[(*n)++] = s;
}

/* A place in the page itself is no target. */
static void keep_target(struct reading *r, struct span target)
{
	target = span_trim(target);
	if (target.n && target.p[0] != '#')
		keep(&r->target, &r->targets, &r->target_room, target);
}

static bool is_blank(const struct span s)
{
	return ascii_is_space(s.p[0]) || s.p[0] == '\0';
}

/*
 * References that libxml2 leaves as they stand, those without ';' among them (13.2.5.73), and C1
 * controls by number, which stand for windows-1252 (13.2.5.80). Ours goes through it as well.
 */
static struct span level(struct span s)
{
	char *to = arena_alloc(&arena, 2 * s.n + CHARSET_ROOM(1));
	size_t n = 0;

	s = html_decode(&arena, s, false);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;

		if ((unsigned char)s.p[i] == 0xc2 && next >= 0x80 && next <= 0x9f) {
			struct anomalies odd = {0};
			char c = s.p[++i];

			n += charset_write(&charsets, SPAN("windows-1252"), (struct span){&c, 1},
				to + n, &odd);
		} else {
			to[n++] = s.p[i];
		}
	}
	return (struct span){to, n};
}

static void keep_words(struct reading *r)
{
	struct span s = level(buf_span(&r->text));

	while (s.n) {
		size_t n = 0;

		while (n < s.n && !is_blank(span_skip(s, n)) &&
			!span_starts(span_skip(s, n), SPAN("\xc2\xa0")))
			n++;
		if (n)
			keep(&r->word, &r->words, &r->word_room, span_take(s, n));
		s = span_skip(s, n ? n : s.p[0] == '\xc2' ? 2 : 1);
	}
	if (r->words)
		qsort(r->word, r->words, sizeof(*r->word), compare_spans);
	if (r->targets)
		qsort(r->target, r->targets, sizeof(*r->target), compare_spans);
}

static void read_ours(struct reading *r, struct span page)
{
	struct text_sink sink;
	struct anomalies odd = {0};
	struct message m = {0};

	text_sink_init(&sink, &arena, tools);
	if (text_add_html(&sink, 0, page, &odd) < 0)
		abort();
	text_sink_finish(&sink, &m);
	for (size_t i = 0; i < m.links; i++)
		if (m.link[i].kind == LINK_ANCHOR)
			keep_target(r, m.link[i].target);
	buf_add(&r->text, m.text);
	buf_byte(&r->text, ' ');
	buf_add(&r->text, m.hidden_text);
	keep_words(r);
}

static struct span attribute(xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
	struct span s = value ? arena_copy(&arena, span_cstr((const char *)value)) : SPAN("");

	xmlFree(value);
	return s;
}

static bool is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, (const xmlChar *)name);
}

/* Whether a word ends where the element begins or ends. */
static bool parts_words(const xmlNode *node)
{
	const htmlElemDesc *known = htmlTagLookup(node->name);

	return (known && !known->isinline) || is_named(node, "br") || is_named(node, "img");
}

static void enter(struct reading *r, xmlNode *node)
{
	if (node->type == XML_TEXT_NODE)
		buf_add(&r->text, span_cstr((const char *)node->content));
	if (node->type != XML_ELEMENT_NODE)
		return;
	if (is_named(node, "a") || is_named(node, "area"))
		keep_target(r, attribute(node, "href"));
	if (parts_words(node))
		buf_byte(&r->text, ' ');
	if (is_named(node, "img"))
		buf_add(&r->text, attribute(node, "alt"));
}

static void leave(struct reading *r, const xmlNode *node)
{
	if (node->type == XML_ELEMENT_NODE && parts_words(node))
		buf_byte(&r->text, ' ');
}

static void read_theirs(struct reading *r, struct span page)
{
	htmlDocPtr doc = htmlReadMemory(page.p, (int)page.n, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
			HTML_PARSE_IGNORE_ENC | HTML_PARSE_NONET);
	xmlNode *node = doc ? doc->children : NULL;

	while (node) {
		enter(r, node);
		if (node->children && node->type == XML_ELEMENT_NODE && !is_named(node, "script") &&
			!is_named(node, "style")) {
			node = node->children;
			continue;
		}
		leave(r, node);
		while (!node->next && node->parent && node->parent->type == XML_ELEMENT_NODE) {
			node = node->parent;
			leave(r, node);
		}
		node = node->next;
	}
	xmlFreeDoc(doc);
	keep_words(r);
}

static void show(const char *what, const struct span *a, size_t na, const struct span *b, size_t nb)
{
	size_t i = 0, k = 0, shown = 0;

	while ((i < na || k < nb) && shown < 12) {
		int order = i == na ? 1 : k == nb ? -1 : compare_spans(&a[i], &b[k]);

		if (order)
			shown++, printf("  %s %s [%.*s]\n", order < 0 ? "ours" : "theirs", what,
					 SPAN_ARG(span_take(order < 0 ? a[i] : b[k], 70)));
		i += order <= 0;
		k += order >= 0;
	}
}

static bool same(const struct span *a, size_t na, const struct span *b, size_t nb)
{
	for (size_t i = 0; na == nb && i < na; i++)
		if (!span_eq(a[i], b[i]))
			return false;
	return na == nb;
}

static bool is_meant(const char *path)
{
	for (size_t i = 0; i < MEANT; i++)
		if (span_ends_nocase(span_cstr(path), span_cstr(meant[i].path))) {
			used[i]++;
			return true;
		}
	return false;
}

static void compare_page(const char *path, struct span page)
{
	struct reading ours = {0}, theirs = {0};

	read_ours(&ours, page);
	read_theirs(&theirs, page);
	pages++;
	bool links = same(ours.target, ours.targets, theirs.target, theirs.targets);
	bool words = same(ours.word, ours.words, theirs.word, theirs.words);

	if ((!links || !words) && is_meant(path)) {
		excused++;
	} else if (!links || !words) {
		different++;
		printf("%s%s%s\n", path, links ? "" : " LINKS", words ? "" : " WORDS");
		show("link", ours.target, ours.targets, theirs.target, theirs.targets);
		show("word", ours.word, ours.words, theirs.word, theirs.words);
	}
	buf_done(&ours.text);
	buf_done(&theirs.text);
}

static int compare(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type != FTW_F || strcmp(path + ftw->base, "INDEX") == 0)
		return 0;
	struct span raw = data_read(path), page;
	struct message *m;

	if (!raw.p || message_parse(mp, raw, &m) < 0)
		return -1;
	for (size_t i = 0; i < m->parts; i++) {
		const struct part *p = &m->part[i];
		struct anomalies odd = {0};

		if (p->kind != PART_LEAF || !span_eq(p->type, SPAN("text/html")))
			continue;
		arena_reset(&arena);
		if (charset_decode(&charsets, &arena, p->charset, p->content, &odd, &page) < 0)
			return -1;
		compare_page(path, page);
	}
	free((char *)raw.p);
	return 0;
}

int main(void)
{
	mp = message_parser_new(0);
	tools = domain_tools_new();
	charsets_init(&charsets);
	arena_init(&arena, (size_t)256 << 20);
	if (nftw(data_unpack("mail/spamassassin"), compare, 16, FTW_PHYS) != 0)
		return 1;
	unsigned idle = 0;

	for (size_t i = 0; i < MEANT; i++)
		if (!used[i]) {
			printf("%s: differs no more\n", meant[i].path);
			idle++;
		}
	printf("%u pages, %u differ, %u more on purpose\n", pages, different, excused);
	arena_done(&arena);
	charsets_done(&charsets);
	domain_tools_free(tools);
	message_parser_free(mp);
	xmlCleanupParser();
	return pages < 1200 || different || idle;
}
