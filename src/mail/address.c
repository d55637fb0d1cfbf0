/*
 * A list is walked once. Each mailbox is the stretch up to the next ',' or ';' that stands outside
 * of quotes, comments and angle brackets; while it is walked it is sorted into three strings:
 * what stands bare, what stands in angle brackets, and what stands in comments. With brackets the
 * bare text is the name; without, it is the address and the comment is the name.
 *
 * A quote, comment or bracket that never closes is taken literally: the walk goes back to it once,
 * and from then on that sign means nothing, so the whole stays linear.
 */
#include "mail/address.h"

#include "mail/parser.h"

#include <errno.h>

#define ADDRESSES_MOST 1000

/* Text of one kind, in the list's scratch memory. */
struct strand {
	char *p;
	size_t n;
};

struct walk {
	struct decoder decoder;
	struct span rest;
	struct strand bare, angle, comment;
	bool has_angle;
	bool no_quote, no_comment, no_angle; /* those signs are literal from here on */
	struct span group;
	bool in_group;
	struct address *list;
	size_t n, room;
};

static void put(struct strand *s, char c)
{
	s->p[s->n++] = c;
}

static struct span strand_text(const struct strand *s)
{
	return span_trim((struct span){s->p, s->n});
}

/*
 * Copies a quoted string with its quotes to `to`, so that an '@' or blank inside keeps its place;
 * false when it never closes.
 */
static bool walk_quoted(struct walk *w, struct strand *to)
{
	struct span in = w->rest;
	size_t n = 1, before = to->n;

	put(to, '"');
	for (; n < in.n && in.p[n] != '"'; n++) {
		if (in.p[n] == '\\' && n + 1 < in.n)
			put(to, in.p[n++]);
		put(to, in.p[n]);
	}
	if (n == in.n) {
		to->n = before;
		w->no_quote = true;
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
		return false;
	}
	put(to, '"');
	w->rest = span_skip(in, n + 1);
	return true;
}

/* Takes a comment, which nests, into its strand. Two comments are parted by a blank. */
static bool walk_comment(struct walk *w)
{
	struct span in = w->rest;
	size_t n = 0, deep = 0, before = w->comment.n;

	if (before)
		put(&w->comment, ' ');
	do {
		char c = in.p[n];

		if (c == '\\' && n + 1 < in.n)
			c = in.p[++n];
		else if (c == '(' && deep++ == 0)
			c = 0;
		else if (c == ')' && --deep == 0)
			c = 0;
		if (c)
			put(&w->comment, c);
		n++;
	} while (deep && n < in.n);
	if (deep) {
		w->comment.n = before;
		w->no_comment = true;
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
		return false;
	}
	w->rest = span_skip(in, n);
	return true;
}

/* Takes what stands in angle brackets. Of two, the last counts: that is what is replied to. */
static bool walk_angle(struct walk *w)
{
	struct span back = w->rest;
	size_t comment = w->comment.n;

	w->angle.n = 0;
	w->rest = span_skip(w->rest, 1);
	while (w->rest.n && w->rest.p[0] != '>') {
		char c = w->rest.p[0];

		if (c == '"' && !w->no_quote && walk_quoted(w, &w->angle))
			continue;
		if (c == '(' && !w->no_comment && walk_comment(w))
			continue;
		if (c == '<') {
			w->angle.n = 0;
			anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
		} else {
			put(&w->angle, c);
		}
		w->rest = span_skip(w->rest, 1);
	}
	if (!w->rest.n) {
		w->rest = back;
		w->comment.n = comment;
		w->angle.n = 0;
		w->no_angle = true;
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
		return false;
	}
	w->rest = span_skip(w->rest, 1);
	if (w->has_angle)
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
	w->has_angle = true;
	return true;
}

/* Takes quotes off and undoes escapes, in place. */
static struct span unquote(struct span s)
{
	char *to = (char *)s.p;
	size_t n = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (s.p[i] == '\\' && quoted && i + 1 < s.n)
			i++;
		to[n++] = s.p[i];
	}
	return (struct span){to, n};
}

/* Takes blanks out that stand outside of quotes: folds, and the blanks of obsolete forms (RFC
 * 5322, 4.4). In place. */
static struct span squeeze(struct span s)
{
	char *to = (char *)s.p;
	size_t n = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		if (quoted || !ascii_is_space(s.p[i]))
			to[n++] = s.p[i];
	}
	return (struct span){to, n};
}

/* Splits "local@domain"; s may be changed. */
static void set_address(struct span s, struct address *a)
{
	/* RFC 5322, 4.4: a route, "@one,@two:", stands before the address. */
	ssize_t colon = s.n && s.p[0] == '@' ? span_index(s, ':') : -1;

	s = squeeze(span_skip(s, (size_t)(colon + 1)));
	ssize_t at = span_rindex(s, '@');

	a->local = unquote(at < 0 ? s : span_take(s, (size_t)at));
	a->domain = at < 0 ? (struct span){NULL, 0} : span_skip(s, (size_t)at + 1);
	for (size_t i = 0; i < a->domain.n; i++)
		((char *)a->domain.p)[i] = ascii_lower(a->domain.p[i]);
}

/* A copy of s that the walk's strands do not overwrite. */
static int keep(struct walk *w, struct span s, struct span *ret)
{
	*ret = arena_copy(w->decoder.arena, s);
	return ret->n < s.n ? -ENOMEM : 0;
}

/* Name and address without brackets: "Ann ann@example.org" has its name in front. */
static void split_bare(struct span bare, struct span *ret_name, struct span *ret_address)
{
	size_t i = 0;
	bool quoted = false;

	*ret_name = (struct span){NULL, 0};
	*ret_address = bare;
	for (size_t k = 0; k < bare.n; k++) {
		quoted ^= bare.p[k] == '"';
		if (!quoted && ascii_is_space(bare.p[k]))
			i = k + 1;
	}
	struct span last = span_skip(bare, i), first = span_trim(span_take(bare, i));
	bool joined = last.n && last.p[0] == '@';

	/* Words without an address are a name. */
	if (i && !memchr(bare.p, '@', bare.n)) {
		*ret_name = bare;
		*ret_address = (struct span){NULL, 0};
	}
	if (i && !joined && span_index(last, '@') > 0 && first.n && span_index(first, '@') < 0) {
		/* A dot at either side is a blank inside of an address (RFC 5322, 4.4). */
		if (last.p[0] == '.' || first.p[first.n - 1] == '.')
			return;
		*ret_name = first;
		*ret_address = last;
	}
}

/* A name without its quotes, its encoded words decoded. */
static int decode_name(struct walk *w, struct span raw, struct span *ret_name)
{
	struct span kept;
	int rc = keep(w, raw, &kept);

	return rc < 0 ? rc : word_text(&w->decoder, unquote(kept), ret_name);
}

/* The mailbox that the strands hold. Returns 1, 0 when they hold nothing, or -ENOMEM. */
static int read_mailbox(struct walk *w, struct address *ret)
{
	struct span name = strand_text(&w->bare), address = strand_text(&w->angle), kept;
	int rc;

	*ret = (struct address){.group = w->group};
	if (!w->has_angle)
		split_bare(name, &name, &address);
	if (!name.n)
		name = strand_text(&w->comment);
	if (!name.n && !address.n && !w->has_angle)
		return 0;
	if ((rc = decode_name(w, name, &ret->name)) < 0 || (rc = keep(w, address, &kept)) < 0)
		return rc;
	set_address(kept, ret);
	if (!ret->local.n || !ret->domain.n)
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
	return 1;
}

/* Ends the mailbox at a separator or at the end of the list. */
static int end_mailbox(struct walk *w)
{
	struct address a;
	int rc = 0;

	if (w->n < ADDRESSES_MOST) {
		void *items = w->list;

		rc = read_mailbox(w, &a);
		if (rc > 0) {
			rc = arena_grow(w->decoder.arena, &items, &w->room, w->n, sizeof(a));
			w->list = items;
			if (rc == 0)
				w->list[w->n++] = a;
		}
	} else if (strand_text(&w->bare).n || w->has_angle) {
		anomaly_note(w->decoder.odd, ANOMALY_BAD_ADDRESS);
	}
	w->bare.n = w->angle.n = w->comment.n = 0;
	w->has_angle = false;
	return rc;
}

/* A ':' outside of everything begins a group (RFC 5322, 3.4); what stood bare is its name. */
static int begin_group(struct walk *w)
{
	int rc = decode_name(w, strand_text(&w->bare), &w->group);

	w->in_group = true;
	w->bare.n = w->angle.n = w->comment.n = 0;
	return rc;
}

static bool begins_group(const struct walk *w)
{
	return !w->in_group && !w->has_angle && !memchr(w->bare.p, '@', w->bare.n);
}

static int walk_step(struct walk *w)
{
	char c = w->rest.p[0];

	if (c == '"' && !w->no_quote && walk_quoted(w, &w->bare))
		return 0;
	if (c == '(' && !w->no_comment && walk_comment(w))
		return 0;
	if (c == '<' && !w->no_angle && walk_angle(w))
		return 0;
	w->rest = span_skip(w->rest, 1);
	if (c == ':' && begins_group(w))
		return begin_group(w);
	if (c == ',' || c == ';') {
		int rc = end_mailbox(w);

		if (c == ';') {
			w->in_group = false;
			w->group = (struct span){NULL, 0};
		}
		return rc;
	}
	/* A run of blanks and folds is one blank (RFC 5322, 3.2.2). */
	if (ascii_is_space(c))
		c = ' ';
	bool again = c == ' ' && w->bare.n && w->bare.p[w->bare.n - 1] == ' ';

	if (!again && (c != '<' || !w->no_angle))
		put(&w->bare, c);
	return 0;
}

int address_list(struct message_parser *mp, struct span value, struct anomalies *odd,
	struct address **ret_list)
{
	struct anomalies unused = {0};
	struct walk w = {.decoder = parser_decoder(mp, odd ? odd : &unused)};
	int rc = 0;

	/* The unfolded value, and three strands, each of which may take all of it. */
	size_t room = value.n + 1;
	char *scratch = arena_alloc(&mp->arena, 4 * room);

	if (!scratch)
		return -ENOMEM;
	w.rest = (struct span){scratch, field_unfold(value, scratch)};
	w.bare.p = scratch + room;
	w.angle.p = scratch + 2 * room;
	w.comment.p = scratch + 3 * room;
	while (w.rest.n && rc == 0)
		rc = walk_step(&w);
	if (rc == 0)
		rc = end_mailbox(&w);
	if (rc < 0)
		return rc;
	*ret_list = w.list;
	return (int)w.n;
}

bool address_first(struct message_parser *mp, const struct message *m, enum field_id id,
	struct address *ret_address)
{
	const struct field *f = message_field(m, id);
	struct anomalies odd = {0};
	struct address *list;

	if (!f || address_list(mp, f->value, &odd, &list) <= 0)
		return false;
	*ret_address = list[0];
	return true;
}
