/*
 * Every URL or host name holds a ':' or a '.', which text has few of, so memchr() does most of the
 * work. Around such a byte the neighbours tell whether it is worth a look; then the name is spread
 * to the left, never over what was looked at before, and to the right, and what was spread over is
 * never looked at again: linear, whatever the text.
 */
#include "mail/find_url.h"

#include "base/utf8.h"

#define JOIN_MOST 1024 /* how far behind a line end the '>' of <...> may be */

void url_finder_init(struct url_finder *f, struct domain_tools *tools, struct span text)
{
	*f = (struct url_finder){.tools = tools,
		.floor = text.p,
		.p = text.p,
		.end = span_end(text),
		.dot = NULL,
		.colon = NULL};
}

/* Code points beyond ASCII that end a URL: spaces, quotation marks, dashes, CJK punctuation. */
static bool ends_url(uint32_t code)
{
	return code == 0xa0 || code == 0xab || code == 0xbb || code == UTF8_BAD ||
	       (code >= 0x2000 && code <= 0x206f && !code_is_invisible(code)) ||
	       (code >= 0x3000 && code <= 0x3001) || (code >= 0x3003 && code <= 0x3020) ||
	       (code >= 0xff08 && code <= 0xff0c);
}

/* The end of the URL whose bytes go on at p, before punctuation is looked at. */
static const char *spread(const char *p, const char *end)
{
	while (p < end) {
		unsigned char c = (unsigned char)*p;

		if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f)
			break;
		if (c < 0x80) {
			p++;
			continue;
		}
		struct span rest = span_between(p, end);

		if (ends_url(utf8_next(&rest)))
			break;
		p = rest.p;
	}
	return p;
}

static size_t count_of(const char *from, const char *to, char c)
{
	size_t n = 0;

	for (; from < to; from++)
		n += *from == c;
	return n;
}

/* Without punctuation at its end, and without brackets there that it does not open. */
static const char *without_tail(const char *from, const char *to)
{
	static const char open[] = "([{", close[] = ")]}";
	size_t surplus[3];
	bool counted = false;

	for (; to > from; to--) {
		char c = to[-1];
		const char *bracket = memchr(close, c, 3);

		if (!bracket) {
			if (!c || !strchr(".,;:!?'*_~`|", c))
				break;
			continue;
		}
		for (int i = 0; !counted && i < 3; i++) {
			size_t opened = count_of(from, to, open[i]);
			size_t closed = count_of(from, to, close[i]);

			surplus[i] = closed > opened ? closed - opened : 0;
		}
		counted = true;
		if (!surplus[bracket - close])
			break;
		surplus[bracket - close]--;
	}
	return to;
}

/* In "<URL\n rest>" the end before the '>'; NULL when there is no such thing. */
static const char *joined(const char *p, const char *end)
{
	const char *most = end - p > JOIN_MOST ? p + JOIN_MOST : end;

	while (p < most && (*p == '\r' || *p == '\n')) {
		while (p < most && ascii_is_space(*p))
			p++;
		p = spread(p, most);
	}
	return p < most && *p == '>' ? p : NULL;
}

/* Gives the URL from `start` on whose host begins at `host`. */
static bool give(struct url_finder *f, const char *start, const char *host, struct span *ret_url)
{
	const char *to = spread(host, f->end), *stop = to;

	if (start > f->floor && start[-1] == '<' && to < f->end && (*to == '\r' || *to == '\n')) {
		const char *further = joined(to, f->end);

		to = stop = further ? further : to;
	}
	to = without_tail(host, to);
	f->floor = f->p = stop;
	*ret_url = span_between(start, to);
	return to > host;
}

/* Whether the bytes before p, down to floor, end in word, without case. */
static bool stands_before(const char *floor, const char *p, struct span word)
{
	return (size_t)(p - floor) >= word.n && span_eq_nocase(span_between(p - word.n, p), word);
}

/* At a ':': "http://" and its like, or "mailto:". */
static bool try_scheme(struct url_finder *f, const char *colon, struct span *ret_url)
{
	static const char *const scheme[] = {"https", "http", "ftp"};

	if (f->end - colon > 3 && colon[1] == '/' && colon[2] == '/') {
		for (size_t i = 0; i < sizeof(scheme) / sizeof(scheme[0]); i++) {
			struct span word = span_cstr(scheme[i]);

			if (stands_before(f->floor, colon, word))
				return give(f, colon - word.n, colon + 3, ret_url);
		}
		return false;
	}
	if (!stands_before(f->floor, colon, SPAN("mailto")))
		return false;
	return give(f, colon - 6, colon + 1, ret_url) && span_index(*ret_url, '@') > 0;
}

static bool is_host_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_';
}

/* The code point that ends right before p. */
static uint32_t code_before(const char *floor, const char *p)
{
	const char *from = p - 1;

	while (from > floor && p - from < 4 && (*from & 0xc0) == 0x80)
		from--;
	struct span s = span_between(from, p);

	return utf8_next(&s);
}

/* Whether a bare name may begin behind what stands before p: not in an address, path or word. */
static bool may_begin(const struct url_finder *f, const char *p)
{
	if (p == f->floor)
		return true;
	if (strchr("@/\\%&#+=~$", p[-1]) && p[-1])
		return p[-1] == '=';
	if (!(p[-1] & 0x80))
		return true;
	enum script script = script_of(code_before(f->floor, p));

	return script != SCRIPT_LATIN && script != SCRIPT_GREEK && script != SCRIPT_CYRILLIC &&
	       script != SCRIPT_ARMENIAN;
}

/* Suffixes that are as often the end of a file's name; a lone "setup.sh" is no host. */
static bool is_file_ending(struct span label)
{
	static const char *const ending[] = {"ai", "am", "app", "as", "cc", "cab", "cfd", "cpa",
		"da", "doc", "gz", "id", "in", "java", "la", "map", "md", "mm", "mov", "mp", "pl",
		"pm", "ps", "py", "rs", "sc", "sh", "so", "st", "tf", "tm", "vi", "zip"};

	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		if (span_eq_nocase(label, span_cstr(ending[i])))
			return true;
	return false;
}

/* Whether a name, without dots at its ends, reads as a host. */
static bool is_host(struct url_finder *f, struct span name, bool path)
{
	ssize_t dot = span_rindex(name, '.');
	char lower[DOMAIN_MOST];

	if (dot <= 0 || name.n > DOMAIN_MOST || name.n - (size_t)dot < 3 ||
		span_find(name, SPAN("..")) >= 0)
		return false;
	struct span last = span_skip(name, (size_t)dot + 1);

	if (span_starts_nocase(name, SPAN("www.")) && dot > 3)
		return true;
	for (size_t i = 0; i < last.n; i++) {
		if (!ascii_is_alpha(last.p[i]) && !span_starts_nocase(last, SPAN("xn--")))
			return false;
		lower[i] = ascii_lower(last.p[i]);
	}
	if (!path && span_index(name, '.') == dot && is_file_ending(last))
		return false;
	return domain_known_suffix(f->tools, (struct span){lower, last.n});
}

/* Whether a URL goes on behind its bare host. */
static bool goes_on(const struct url_finder *f, const char *p)
{
	if (p == f->end)
		return false;
	return *p == '/' || *p == '?' || *p == '#' ||
	       (*p == ':' && p + 1 < f->end && ascii_is_digit(p[1]));
}

/* At a '.': a host name without a scheme. */
static bool try_host(struct url_finder *f, const char *dot, struct span *ret_url)
{
	if (dot + 1 == f->end || dot == f->floor || !is_host_byte(dot[1]) || !is_host_byte(dot[-1]))
		return false;
	const char *from = dot, *to = dot + 1;

	while (from > f->floor && is_host_byte(from[-1]))
		from--;
	while (to < f->end && is_host_byte(*to))
		to++;
	const char *begin = from, *stop = to;

	while (begin < to && !ascii_is_alnum(*begin))
		begin++;
	while (stop > begin && !ascii_is_alnum(stop[-1]))
		stop--;
	bool path = stop == to && to < f->end && *to == '/';
	bool good = !(to < f->end && (*to == '@' || *to & 0x80)) && may_begin(f, from) &&
		    is_host(f, span_between(begin, stop), path);

	if (good && stop == to && goes_on(f, to))
		return give(f, begin, begin, ret_url);
	/* A scheme may begin in what was looked at: "see.http://". */
	f->floor = to - from > 6 ? to - 6 : from;
	f->p = to;
	*ret_url = span_between(begin, stop);
	return good;
}

/* Keeps *at at the next c at or behind p; the end when there is none. */
static void seek(const struct url_finder *f, const char **at, char c)
{
	if (*at && *at >= f->p)
		return;
	*at = memchr(f->p, c, (size_t)(f->end - f->p));
	if (!*at)
		*at = f->end;
}

bool url_finder_next(struct url_finder *f, struct span *ret_url, enum url_form *ret_form)
{
	while (f->p < f->end) {
		seek(f, &f->dot, '.');
		seek(f, &f->colon, ':');
		bool scheme = f->colon < f->dot;
		const char *at = scheme ? f->colon : f->dot;

		if (at == f->end)
			break;
		f->p = at + 1;
		*ret_form = scheme ? URL_REFERENCE : URL_BARE_HOST;
		if (scheme ? try_scheme(f, at, ret_url) : try_host(f, at, ret_url))
			return true;
	}
	f->p = f->end;
	return false;
}
