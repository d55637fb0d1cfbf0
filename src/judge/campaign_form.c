/*
 * Shingles of where a message leads and of how it is built. Of a link: its registrable domain, the
 * shape of its path, and the words in it, since sub-domains and paths are where campaigns put what
 * is new in every message. Of what is attached: its bytes. Of the form: kinds of part in their
 * order, and runs of four HTML tags.
 */
#include "judge/campaign_print.h"

#include "base/hash.h"
#include "judge/token.h"

#define LINKS_LOOKED_AT 64
#define PARTS_LOOKED_AT 40
#define PATH_MOST       64
#define HTML_MOST       ((size_t)16 << 10)
#define TAGS_MOST       400
#define CONTENT_MOST    ((size_t)16 << 10) /* bytes of an attached file that are hashed */

/* A number for each kind of shingle here. */
enum { KIND_DOMAIN = 1, KIND_PATH, KIND_PATH_WORD, KIND_CONTENT, KIND_PART, KIND_PARTS, KIND_TAGS };

static uint64_t tagged(const struct shingles *s, int kind, struct span bytes)
{
	return hash64(bytes, hash64_mix(s->key, (uint64_t)kind));
}

/* Words of letters in a path: "/pics/offer7.gif" has "pics" and "gif". */
static void path_words(struct shingles *s, struct span path)
{
	for (size_t i = 0; i < path.n;) {
		size_t from = i;

		while (i < path.n && ascii_is_alpha(path.p[i]))
			i++;
		bool whole = (from == 0 || !ascii_is_digit(path.p[from - 1])) &&
			     (i == path.n || !ascii_is_digit(path.p[i]));

		if (whole && i - from >= 3 && i - from <= 16)
			shingles_add(s,
				tagged(s, KIND_PATH_WORD, span_between(path.p + from, path.p + i)),
				SHINGLE_FORM);
		i += i == from;
	}
}

static void one_link(struct shingles *s, const struct link *l)
{
	struct span domain = l->domain.n ? l->domain : l->host,
		    path = span_take(l->path, PATH_MOST);
	char shape[PATH_MOST];

	if (span_eq(l->scheme, SPAN("mailto")) || (!domain.n && path.n < 2))
		return;
	if (domain.n)
		shingles_add(s, tagged(s, KIND_DOMAIN, domain), SHINGLE_LINK);
	size_t n = token_shape(path, shape, sizeof(shape), true);

	if (n > 4)
		shingles_add(s, tagged(s, KIND_PATH, (struct span){shape, n}), SHINGLE_FORM);
	path_words(s, path);
}

void shingles_of_links(struct shingles *s, const struct message *m)
{
	size_t links = m->links < LINKS_LOOKED_AT ? m->links : LINKS_LOOKED_AT;

	for (size_t i = 0; i < links; i++)
		one_link(s, &m->link[i]);
}

/* The names of tags, as they are opened and closed, in runs of four. */
static void tags(struct shingles *s, struct span html)
{
	const char *at = html.p, *end = span_end(html);
	uint64_t run[4] = {0};
	size_t n = 0;

	while (n < TAGS_MOST && at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		uint64_t name = 1;
		size_t length = 0;

		at++;
		if (at < end && *at == '/') {
			name = 2;
			at++;
		}
		for (; at < end && ascii_is_alnum(*at); at++, length++)
			name = name * 31 + (unsigned char)ascii_lower(*at);
		if (!length)
			continue;
		run[n++ & 3] = name;
		if (n >= 4)
			shingles_add(s,
				hash64_mix(s->key + KIND_TAGS,
					run[n & 3] * 7 + run[(n + 1) & 3] * 49 +
						run[(n + 2) & 3] * 343 + name * 2401),
				SHINGLE_FORM);
	}
}

static bool is_text(const struct part *p)
{
	return span_starts(p->type, SPAN("text/"));
}

void shingles_of_form(struct shingles *s, const struct message *m)
{
	size_t parts = m->parts < PARTS_LOOKED_AT ? m->parts : PARTS_LOOKED_AT;
	uint64_t all = s->key + KIND_PARTS;

	for (size_t i = 0; i < parts; i++) {
		const struct part *p = &m->part[i];
		uint64_t h = hash64_mix(tagged(s, KIND_PART, p->type), p->depth < 3 ? p->depth : 3);

		all = hash64_mix(all, h);
		shingles_add(s, h, SHINGLE_FORM);
		if (p->kind != PART_LEAF)
			continue;
		if (span_eq(p->type, SPAN("text/html")))
			tags(s, span_take(p->content, HTML_MOST));
		else if (!is_text(p) && p->content.n >= 64)
			shingles_add(s,
				tagged(s, KIND_CONTENT, span_take(p->content, CONTENT_MOST)),
				SHINGLE_LINK);
	}
	shingles_add(s, all, SHINGLE_FORM);
}
