/*
 * A line is cut at its last ';' (the date is behind it) and at its last "by": the peer is before
 * that, the writer's own words are behind. The last, because a peer may put " by " into the name
 * it gives itself, and nobody but the writer writes behind it.
 *
 * The peer's address is what the writer saw, so it stands in a comment, or in brackets behind the
 * name: the last one counts, as what a peer can make up (HELO, ident) stands before it. Exim alone
 * writes the peer's words behind the address, "([192.0.2.1] helo=name)"; they are cut off first.
 * What stands right behind "from" is the HELO, and never believed, unless the protocol has none.
 */
#include "mail/received.h"

#define LINE_MOST ((size_t)8192) /* what is read of a line; real ones are ten times shorter */
#define PATH_MOST ((size_t)330)  /* a path may have 256 (RFC 5321, 4.5.3.1.3) */

enum token { END, WORD, COMMENT };

/* The comment at the beginning of s (RFC 5322, 3.2.2), which starts with '('; they nest. */
static size_t comment_length(struct span s)
{
	size_t depth = 0, i = 0;

	for (; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.n;
}

/*
 * A path in angle brackets is one word: its local part may be quoted, with anything in it, and is
 * the sender's to choose (RFC 5321, 4.1.2). Returns its length, or 0 when there is none.
 */
static size_t path_length(struct span s)
{
	bool quoted = false;

	if (s.p[0] != '<' || span_index(s, '>') < 0)
		return 0;
	for (size_t i = 1; i < s.n && i < PATH_MOST; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (s.p[i] == '>' && !quoted)
			return i + 1;
	}
	return 0;
}

/* The bytes that end a word, by table: most of a line's bytes are in words. */
static const bool ends_word[256] = {
	[' '] = true,
	['\t' ... '\r'] = true,
	['('] = true,
};

static size_t word_length(struct span s)
{
	size_t n = path_length(s);

	if (n)
		return n;
	while (n < s.n && !ends_word[(unsigned char)s.p[n]])
		n++;
	return n;
}

/* Takes a word, or a comment without its parentheses, off *rest. */
static enum token next_token(struct span *rest, struct span *ret_token)
{
	struct span s = *rest;

	while (s.n && ascii_is_space(s.p[0]))
		s = span_skip(s, 1);
	if (!s.n)
		return END;
	bool comment = s.p[0] == '(';
	size_t n = comment ? comment_length(s) : word_length(s);

	*ret_token = span_take(s, n);
	*rest = span_skip(s, n);
	if (!comment)
		return WORD;
	*ret_token = span_skip(*ret_token, 1);
	if (n > 1 && s.p[n - 1] == ')')
		ret_token->n--;
	*ret_token = span_trim(*ret_token);
	return COMMENT;
}

/* Takes a word off a comment, whose own comments are words like others. */
static bool next_word(struct span *rest, struct span *ret_word)
{
	size_t n = 0;

	while (rest->n && ascii_is_space(rest->p[0]))
		*rest = span_skip(*rest, 1);
	while (n < rest->n && !ascii_is_space(rest->p[n]))
		n++;
	*ret_word = span_take(*rest, n);
	*rest = span_skip(*rest, n);
	return n > 0;
}

static inline bool is_word(struct span word, const char *name)
{
	return span_eq_nocase(word, span_cstr(name));
}

/* A name with the dot of the root taken off, as Google writes it. */
static struct span host_name(struct span name)
{
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static struct span without_comma(struct span s)
{
	return s.n && s.p[s.n - 1] == ',' ? span_take(s, s.n - 1) : s;
}

/*
 * Reads "192.0.2.1", "[192.0.2.1]", "[192.0.2.1]:25", "192.0.2.1:25", "192.0.2.1,",
 * "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3), "fe80::1%3", each also behind "user@".
 */
static bool read_address(struct span word, struct ip *ret_ip)
{
	word = span_skip(word, (size_t)(span_rindex(word, '@') + 1));
	if (word.n && word.p[0] == '[') {
		ssize_t close = span_index(word, ']');

		word = span_skip(span_take(word, close < 0 ? word.n : (size_t)close), 1);
	}
	if (span_starts_nocase(word, SPAN("IPv6:")))
		word = span_skip(word, 5);
	ssize_t zone = span_index(word, '%'), port = span_index(word, ':');
	struct ip ip;

	if (span_index(word, '.') >= 0 && port > 0 && span_rindex(word, ':') == port)
		word = span_take(word, (size_t)port);
	word = without_comma(word);

	if (ip_parse(span_take(word, zone < 0 ? word.n : (size_t)zone), &ip) < 0)
		return false;
	*ret_ip = ip;
	return true;
}

/* What stands before "by". */
struct peer {
	struct span word; /* the one behind "from" */
	struct span name; /* the one before the address in its comment */
	struct span helo; /* where it is said to be that: "HELO x", "helo=x" */
	struct ip ip;
	bool from, pickup, unix_socket;
};

/*
 * Exim's "helo=x" in a comment, with "ident=" or nothing behind it: else it is somebody's ident
 * that looks like it. Returns the comment up to it.
 */
static struct span cut_exim(struct span comment, struct span *ret_helo)
{
	ssize_t at = span_find_nocase(comment, SPAN("helo="));

	if (at < 0 || (at > 0 && comment.p[at - 1] != ' '))
		return comment;
	struct span rest = span_skip(comment, (size_t)at + 5), helo;

	if (!next_word(&rest, &helo))
		return comment;
	rest = span_trim(rest);
	if (rest.n && !span_starts_nocase(rest, SPAN("ident=")))
		return comment;
	*ret_helo = helo;
	return span_take(comment, (size_t)at);
}

/* Reads a comment before "by": "name [address]" and its variants, or "HELO x". */
static void read_comment(struct peer *peer, struct span comment)
{
	struct span rest = comment, before = {NULL, 0}, word;

	if (span_starts_nocase(comment, SPAN("HELO ")) ||
		span_starts_nocase(comment, SPAN("EHLO "))) {
		rest = span_skip(comment, 5);
		next_word(&rest, &peer->helo);
		return;
	}
	if (span_eq_nocase(comment, SPAN("[unix socket]")))
		peer->unix_socket = true;
	for (rest = cut_exim(comment, &peer->helo); next_word(&rest, &word); before = word) {
		ssize_t open = span_index(word, '[');

		if (span_starts_nocase(word, SPAN("ident=")))
			continue; /* the peer's word, whatever it looks like */
		/* "name[address]" */
		if (open > 0 && word.p[open - 1] != '@') {
			before = span_take(word, (size_t)open);
			word = span_skip(word, (size_t)open);
		}
		if (!read_address(word, &peer->ip))
			continue;
		peer->name = span_skip(before, (size_t)(span_rindex(before, '@') + 1));
	}
	/* Sendmail: the name's own address is another, so anybody could have written it. */
	if (span_find_nocase(comment, SPAN("may be forged")) >= 0)
		peer->name = (struct span){NULL, 0};
}

static struct peer read_peer(struct span part)
{
	struct peer peer = {.from = false};
	struct span rest = part, token;
	struct ip bare = {0};

	if (next_token(&rest, &token) != WORD || !is_word(token, "from"))
		return peer;
	peer.from = true;
	peer.pickup = span_starts_nocase(span_trim(rest), SPAN("mail pickup service"));
	for (enum token kind; (kind = next_token(&rest, &token)) != END;) {
		if (kind == COMMENT)
			read_comment(&peer, token);
		else if (!peer.word.n)
			peer.word = token;
		else if (token.p[0] == '[')
			read_address(token, &bare);
	}
	if (!peer.ip.family)
		peer.ip = bare; /* fetchmail: "from name [address] by" */
	return peer;
}

/* Reads the writer's part, from "by" on. Returns true when Exim wrote it. */
static bool read_writer(struct span part, struct hop *hop)
{
	struct span token, *clause = NULL;
	bool exim = false;

	for (enum token kind; (kind = next_token(&part, &token)) != END;) {
		struct span *opened = NULL;

		if (kind == COMMENT) {
			exim = exim || span_starts_nocase(token, SPAN("Exim "));
			if (clause == &hop->by)
				read_address(token, &hop->by_ip);
			clause = clause == &hop->by ? clause : NULL;
			continue;
		}
		if (is_word(token, "by"))
			opened = &hop->by;
		else if (is_word(token, "with") || (is_word(token, "via") && !hop->with.n))
			opened = &hop->with;
		else if (is_word(token, "id"))
			opened = &hop->id;
		else if (is_word(token, "for"))
			opened = &hop->for_;
		if (opened)
			clause = opened;
		else if (is_word(token, "via"))
			clause = NULL;
		else if (clause && !clause->n)
			*clause = token;
		else if (clause == &hop->with) /* "Microsoft SMTP Server" */
			*clause = span_between(clause->p, span_end(token));
	}
	return exim;
}

static bool is_one_of(struct span word, const char *const *names)
{
	for (; word.n && *names; names++)
		if (ascii_lower(word.p[0]) == ascii_lower(**names) && is_word(word, *names))
			return true;
	return false;
}

/* Protocols in which the peer does not name itself: behind "from" stands what the writer saw. */
static bool has_no_helo(struct span with)
{
	static const char *const names[] = {
		"HTTP", "HTTPS", "HTTPU", "QMQP", "QMTP", "NNFMP", NULL};

	return is_one_of(with, names) || received_is_fetch(with);
}

bool received_is_fetch(struct span with)
{
	static const char *const names[] = {"IMAP", "IMAP4", "IMAPS", "POP", "POP2", "POP3",
		"POP3S", "APOP", "KPOP", "SDPS", NULL};

	return is_one_of(with, names);
}

/* Handed over inside the site by its protocol: RFC 2033 keeps LMTP off the open network. */
static bool is_inner(struct span with)
{
	return received_is_fetch(with) || span_starts_nocase(with, SPAN("LMTP")) ||
	       span_starts_nocase(with, SPAN("qmail-scanner"));
}

/* Tells apart which of the peer's names is whose word. */
static void name_peer(struct hop *hop, const struct peer *peer, bool exim)
{
	struct ip literal = {0};
	bool address = read_address(peer->word, &literal);
	struct span seen = address ? (struct span){NULL, 0} : host_name(peer->word);
	bool no_helo = has_no_helo(hop->with);

	hop->ip = peer->ip;
	hop->helo = peer->helo.n ? peer->helo : no_helo ? (struct span){NULL, 0} : peer->word;
	hop->rdns = host_name(peer->name);
	if (!hop->rdns.n && (peer->helo.n || no_helo || (exim && peer->ip.family)))
		hop->rdns = seen;
	if (!hop->ip.family && address && (peer->helo.n || no_helo))
		hop->ip = literal;
	if (is_word(hop->rdns, "unknown"))
		hop->rdns = (struct span){NULL, 0};
}

static struct span without_angles(struct span s)
{
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return (struct span){s.p + 1, s.n - 2};
	return s;
}

/* Where the last "by" at top level stands, or the end. */
static size_t find_by(struct span trace)
{
	struct span rest = trace, token;
	size_t at = trace.n;

	for (enum token kind; (kind = next_token(&rest, &token)) != END;)
		if (kind == WORD && is_word(token, "by"))
			at = (size_t)(token.p - trace.p);
	return at;
}

void received_parse(struct span value, struct hop *ret_hop)
{
	struct hop hop = {.field = NULL};

	value = span_take(value, LINE_MOST);
	ssize_t semicolon = span_rindex(value, ';');
	struct span trace = span_take(value, semicolon < 0 ? value.n : (size_t)semicolon);
	size_t by = find_by(trace);
	struct peer peer = read_peer(span_take(trace, by));
	bool exim = read_writer(span_skip(trace, by), &hop);

	name_peer(&hop, &peer, exim);
	hop.by = without_comma(hop.by);
	hop.id = without_angles(hop.id);
	hop.for_ = without_angles(hop.for_);
	hop.has_date =
		semicolon >= 0 &&
		date_parse(span_trim(span_skip(value, (size_t)semicolon + 1)), &hop.date) == 0;
	hop.local = !peer.from || peer.pickup || peer.unix_socket || is_inner(hop.with) ||
		    (!hop.ip.family && hop.helo.n && span_eq_nocase(hop.helo, hop.by));
	*ret_hop = hop;
}
