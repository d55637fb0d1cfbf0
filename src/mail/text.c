/*
 * What both kinds of text write with: runs that grow in the arena, and links. Space between words
 * is a gap that is only written when something follows, so there is none at the ends of lines, and
 * none doubled. A lone plain part is not copied at all: it is lent to the message as it is.
 */
#include "mail/text_sink.h"

#include "mail/find_url.h"

#include <errno.h>

#define BASE_MOST 2048 /* longest folder of a base that is put before a relative path */

int text_sink_init(struct text_sink *sink, struct arena *arena, struct domain_tools *tools)
{
	*sink = (struct text_sink){.arena = arena, .tools = tools};
	return 0;
}

int run_reserve(struct arena *a, struct text_run *run, size_t n)
{
	if (run->room - run->n >= n)
		return 0;
	size_t room = run->n + n > 2 * run->room ? run->n + n : 2 * run->room;
	char *p = arena_alloc(a, room);

	if (!p)
		return -ENOMEM;
	if (run->n)
		memcpy(p, run->p, run->n);
	run->p = p;
	run->room = room;
	return 0;
}

/* Writes the gap and makes room for n bytes behind it. Returns how many may be written. */
static ssize_t begin(struct arena *a, struct text_run *run, size_t n)
{
	if (run->n + n + 1 > TEXT_MOST) {
		run->full = true;
		n = run->n + 1 < TEXT_MOST ? TEXT_MOST - run->n - 1 : 0;
	}
	if (!n)
		return 0;
	if (run_reserve(a, run, n + 1))
		return -ENOMEM;
	if (run->gap)
		run->p[run->n++] = run->gap;
	run->gap = 0;
	return (ssize_t)n;
}

int run_add(struct arena *a, struct text_run *run, struct span s)
{
	ssize_t n = begin(a, run, s.n);

	if (n <= 0)
		return (int)n;
	memcpy(run->p + run->n, s.p, (size_t)n);
	run->n += (size_t)n;
	return 0;
}

void run_gap(struct text_run *run, char gap)
{
	if (run->n > run->start && run->gap != '\n')
		run->gap = gap;
}

/* Bytes of white space that s begins with: ASCII's, or a no-break space, which looks no different.
 */
static size_t blank(struct span s)
{
	if (ascii_is_space(s.p[0]))
		return 1;
	return span_starts(s, SPAN("\xc2\xa0")) ? 2 : 0;
}

/* Length of the words that s begins with, single spaces between them included. */
static size_t words(struct span s)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i],
			      next = i + 1 < s.n ? (unsigned char)s.p[i + 1] : ' ';

		if (c <= ' ' ? c != ' ' || next <= ' ' : c == 0xc2 && next == 0xa0)
			break;
	}
	/* A space before a no-break space is the first of a run. */
	return i && i < s.n && s.p[i - 1] == ' ' ? i - 1 : i;
}

int run_add_text(struct arena *a, struct text_run *run, struct span s, bool lines)
{
	int r = 0;

	while (s.n && !r && !run->full) {
		size_t n = blank(s);

		if (n) {
			run_gap(run, lines && s.p[0] == '\n' ? '\n' : ' ');
		} else if (s.p[0] == '\0') {
			n = 1;
		} else {
			/* Another control character is text like any other. */
			n = words(s);
			n += !n;
			r = run_add(a, run, span_take(s, n));
		}
		s = span_skip(s, n);
	}
	return r;
}

struct span run_from(const struct text_run *run, size_t offset)
{
	return (struct span){run->p ? run->p + offset : NULL, run->n - offset};
}

/* The path of a relative target against its base (URL Standard, path state, without "..") */
static struct span against(struct text_sink *sink, const struct url *base, struct span target)
{
	struct span folder = base->path;

	if ((target.n && strchr("/\\?#", target.p[0])) || folder.n > BASE_MOST)
		return target;
	for (size_t i = 0; i < folder.n; i++)
		if (folder.p[i] == '?' || folder.p[i] == '#')
			folder.n = i;
	folder.n = (size_t)(span_rindex(folder, '/') + 1);
	if (!folder.n)
		folder = SPAN("/");
	char *p = arena_alloc(sink->arena, folder.n + target.n);

	if (!p)
		return target;
	memcpy(p, folder.p, folder.n);
	memcpy(p + folder.n, target.p, target.n);
	return (struct span){p, folder.n + target.n};
}

/* Fills a link from its URL. */
static void fill(
	struct text_sink *sink, struct link *l, const struct url *u, const struct url *base)
{
	const struct url *from = u->relative && base ? base : u;

	l->scheme = u->scheme.n ? u->scheme : base && !u->bad ? base->scheme : u->scheme;
	l->host = from->host;
	l->port = from->port;
	l->userinfo = from->userinfo;
	l->odd_host = from->odd_host;
	l->path = from == u ? u->path : against(sink, base, u->path);
	if (!from->address)
		l->domain = domain_registrable(sink->tools, l->host);
}

static int add_link(struct text_sink *sink, struct link link, enum url_form form,
	const struct url *base, struct anomalies *odd, struct link **ret_link)
{
	struct url u;

	if (sink->links == LINKS_MOST) {
		anomaly_note(odd, ANOMALY_TOO_MANY_LINKS);
		return 0;
	}
	int r = url_parse(sink->arena, link.target, form, &u);

	if (!r)
		r = arena_grow(sink->arena, (void **)&sink->link, &sink->room, sink->links,
			sizeof(*sink->link));
	if (r)
		return r;
	if (u.bad)
		anomaly_note(odd, ANOMALY_BAD_URL);
	fill(sink, &link, &u, base);
	if (span_eq(link.scheme, SPAN("data")))
		sink->html.data_urls++;
	sink->link[sink->links] = link;
	*ret_link = &sink->link[sink->links++];
	return 1;
}

int sink_link(struct text_sink *sink, enum link_place kind, uint32_t part, struct span target,
	const struct url *base, struct anomalies *odd, struct link **ret_link)
{
	struct link link = {.kind = kind, .part = part, .target = span_trim(target)};

	/* A place in the message itself leads nowhere. */
	if (!link.target.n || link.target.p[0] == '#')
		return 0;
	/* "www.example.com" in an attribute is relative by the book, and never meant so. */
	enum url_form form =
		span_starts_nocase(link.target, SPAN("www.")) ? URL_BARE_HOST : URL_REFERENCE;

	return add_link(sink, link, form, base, odd, ret_link);
}

int sink_written(struct text_sink *sink, uint32_t part, struct span text, struct anomalies *odd)
{
	struct url_finder f;
	enum url_form form;
	struct link link = {.kind = LINK_TEXT, .part = part}, *added;

	url_finder_init(&f, sink->tools, text);
	while (sink->links < LINKS_MOST && url_finder_next(&f, &link.target, &form)) {
		int r = add_link(sink, link, form, NULL, odd, &added);

		if (r < 0)
			return r;
	}
	if (sink->links == LINKS_MOST && url_finder_next(&f, &link.target, &form))
		anomaly_note(odd, ANOMALY_TOO_MANY_LINKS);
	return 0;
}

int sink_settle(struct text_sink *sink)
{
	int r = sink->lent.n ? run_add(sink->arena, &sink->visible, sink->lent) : 0;

	sink->lent = (struct span){NULL, 0};
	/* Parts are parted by a line end. */
	sink->visible.start = sink->hidden.start = 0;
	run_gap(&sink->visible, '\n');
	run_gap(&sink->hidden, '\n');
	sink->visible.start = sink->visible.n;
	sink->hidden.start = sink->hidden.n;
	return r;
}

bool text_is_full(const struct text_sink *sink)
{
	return sink->visible.n + sink->lent.n + 2 >= TEXT_MOST;
}

int text_add_plain(struct text_sink *sink, uint32_t part, struct span utf8, struct anomalies *odd)
{
	if (sink->visible.n + sink->lent.n + utf8.n + 2 > TEXT_MOST) {
		size_t used = sink->visible.n + sink->lent.n + 2;

		utf8 = span_take(utf8, used < TEXT_MOST ? TEXT_MOST - used : 0);
		anomaly_note(odd, ANOMALY_TOO_MUCH_TEXT);
	}
	int r = sink_written(sink, part, utf8, odd);

	if (r || !utf8.n)
		return r;
	if (!sink->visible.n && !sink->lent.n) {
		sink->lent = utf8;
		return 0;
	}
	r = sink_settle(sink);
	return r ? r : run_add(sink->arena, &sink->visible, utf8);
}

void text_sink_finish(struct text_sink *sink, struct message *m)
{
	m->text = sink->lent.n ? sink->lent : run_from(&sink->visible, 0);
	m->hidden_text = run_from(&sink->hidden, 0);
	m->link = sink->link;
	m->links = sink->links;
	m->html = sink->html;
}
