/* What a link's own form and host tell, whatever the mail says about it. */
#include "judge/check/list.h"
#include "judge/hosts.h"
#include "judge/brand.h"

#include <stdio.h>

static const char *const variants[] = {"links/none", "links/one", "links/many", "links/ip-host",
	"links/odd-host", "links/userinfo", "links/port", "links/shortener", "links/free-pages",
	"links/form-builder", "links/storage", "links/dynamic-name", "links/cms-path",
	"links/recipient", "links/recipient-base64", "links/recipient-fragment", "links/data",
	"links/script", "links/punycode", "links/deep-host", "links/long", "links/redirect",
	"links/redirect-foreign", "links/cheap-tld", "links/executable", "links/random-host",
	"links/local-file", NULL};

/* Links looked at in one message; a newsletter has some hundred at most. */
#define LOOKED_MOST 300

struct look {
	const struct check_input *in;
	struct findings *out;
	const struct link *l;
	unsigned kind;                       /* of its host */
	struct span rcpt64[RECIPIENTS_MOST]; /* recipients in base64, as far as its groups agree */
};

static void give(const struct look *k, const char *name, const char *words)
{
	struct span shown = k->l->host.n ? k->l->host : span_take(k->l->target, 60);

	finding_add(k->in, k->out, &check_link_kind, name, k->l->target, "%s: %.*s", words,
		SPAN_ARG(shown));
}

static bool is_ip(struct span host)
{
	struct ip ip;

	return host.n && (ascii_is_digit(host.p[0]) || span_index(host, ':') >= 0) &&
	       ip_parse(host, &ip) == 0;
}

static void look_at_form(const struct look *k)
{
	const struct link *l = k->l;
	size_t dots = 0;

	if (is_ip(l->host))
		give(k, "links/ip-host", "A link leads to a bare address");
	if (l->odd_host)
		give(k, "links/odd-host", "A link's host is written so as to be misread");
	if (l->userinfo && span_starts(l->scheme, SPAN("http")))
		give(k, "links/userinfo", "A link hides its host behind something and an '@'");
	if (l->port && l->port != 80 && l->port != 443 && span_starts(l->scheme, SPAN("http")))
		give(k, "links/port", "A link leads to an unusual port");
	for (size_t i = 0; i < l->host.n; i++)
		dots += l->host.p[i] == '.';
	if (dots >= 5 && !is_ip(l->host) &&
		!(k->kind & (HOST_REWRITER | HOST_CLICK | HOST_STORAGE)))
		give(k, "links/deep-host", "A link's host has very many labels");
	if (span_find(l->host, SPAN("xn--")) >= 0)
		give(k, "links/punycode", "A link's host is written with letters beyond ASCII");
	if (l->target.n > 1500 && !(k->kind & (HOST_REWRITER | HOST_CLICK)))
		give(k, "links/long", "A link is extremely long");
}

static void look_at_scheme(const struct look *k)
{
	const struct link *l = k->l;

	if (l->kind == LINK_IMAGE)
		return; /* pictures written into the page are common */
	if (span_eq(l->scheme, SPAN("data")))
		give(k, "links/data", "A link holds a whole page in itself");
	else if (span_eq(l->scheme, SPAN("javascript")) || span_eq(l->scheme, SPAN("vbscript")))
		give(k, "links/script", "A link runs a script");
	else if (span_eq(l->scheme, SPAN("file")) || span_eq(l->scheme, SPAN("ms-msdt")) ||
		 span_eq(l->scheme, SPAN("search-ms")))
		give(k, "links/local-file",
			"A link opens a file or program of the reader's machine");
}

static void look_at_service(const struct look *k)
{
	unsigned kind = k->kind;

	/* "local.cf" in running text is a file as often as a host. */
	if (check_is_sender(k->in, k->l->domain) ||
		(k->l->kind == LINK_TEXT && !span_starts_nocase(k->l->target, SPAN("http"))))
		return;
	if (kind & HOST_SHORTENER)
		give(k, "links/shortener",
			"A link hides where it leads behind a short-link service");
	if (kind & HOST_PAGES)
		give(k, "links/free-pages", "A link leads to a page host open to anybody");
	if (kind & HOST_STORAGE)
		give(k, "links/storage", "A link leads to a file host open to anybody");
	if (kind & HOST_DYNAMIC)
		give(k, "links/dynamic-name", "A link leads to a name for changing addresses");
	if ((kind & HOST_FORMS) && (!span_eq(k->l->host, SPAN("docs.google.com")) ||
					   span_starts(k->l->path, SPAN("/forms"))))
		give(k, "links/form-builder", "A link leads to a form that anybody can make");
	if (host_cheap_tld(k->l->host))
		give(k, "links/cheap-tld", "A link ends in a top-level domain much used for abuse");
}

/* Where content systems keep what only they should write: pages there were put by intruders. */
static bool is_cms_place(struct span s)
{
	static const struct span places[] = {{"wp-content/", 11}, {"wp-includes/", 12},
		{"wp-admin/", 9}, {".well-known/", 12}, {"cgi-sys/", 8}, {"components/com_", 15},
		{"modules/mod_", 12}, {"administrator/", 14}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (s.n && s.p[0] == places[i].p[0] && span_starts(s, places[i]))
			return true;
	return false;
}

static bool is_cms_path(struct span path)
{
	static const struct span files[] = {{".css", 4}, {".png", 4}, {".jpg", 4}, {".jpeg", 5},
		{".gif", 4}, {".pdf", 4}, {".js", 3}, {".svg", 4}, {".webp", 5}, {".woff", 5},
		{".mp4", 4}, {".mp3", 4}, {".ics", 4}};
	ssize_t query = span_index(path, '?'), slash;
	struct span plain = span_take(path, query < 0 ? path.n : (size_t)query), rest = plain;
	bool met = false;

	while (!met && (slash = span_index(rest, '/')) >= 0) {
		rest = span_skip(rest, (size_t)slash + 1);
		met = is_cms_place(rest);
	}
	for (size_t i = 0; met && i < sizeof(files) / sizeof(files[0]); i++)
		if (span_ends_nocase(plain, files[i]))
			return false;
	return met;
}

static bool is_program(struct span path)
{
	static const struct span ends[] = {{".exe", 4}, {".scr", 4}, {".msi", 4}, {".hta", 4},
		{".vbs", 4}, {".js.zip", 7}, {".iso", 4}, {".img", 4}, {".lnk", 4}, {".bat", 4},
		{".ps1", 4}, {".apk", 4}, {".jar", 4}, {".wsf", 4}, {".xll", 4}, {".one", 4}};
	ssize_t query = span_index(path, '?');

	path = span_take(path, query < 0 ? path.n : (size_t)query);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_ends_nocase(path, ends[i]))
			return true;
	return false;
}

/* The host of a URL written into a path or query, after "=http" or "/http"; empty for none. */
static struct span inner_host(struct span path)
{
	ssize_t at = span_find(path, SPAN("http"));

	if (at < 1 || !strchr("=/?&", path.p[at - 1]))
		return (struct span){0};
	path = span_skip(path, (size_t)at + 4);
	if (path.n && ascii_lower(path.p[0]) == 's')
		path = span_skip(path, 1);
	if (span_starts(path, SPAN("://")))
		path = span_skip(path, 3);
	else if (span_starts_nocase(path, SPAN("%3a%2f%2f")))
		path = span_skip(path, 9);
	else
		return (struct span){0};
	size_t n = 0;

	while (n < path.n && (ascii_is_alnum(path.p[n]) || path.p[n] == '.' || path.p[n] == '-'))
		n++;
	return span_take(path, n);
}

static void look_at_redirect(const struct look *k)
{
	const struct link *l = k->l;
	unsigned kind = k->kind;
	struct span inner, domain;
	bool known =
		(kind & HOST_REDIRECT) ||
		(span_starts(l->path, SPAN("/url?")) && span_find(l->host, SPAN("google.")) >= 0) ||
		(span_starts(l->path, SPAN("/amp/s/")) &&
			span_find(l->host, SPAN("google.")) >= 0) ||
		(span_starts(l->path, SPAN("/ck/a")) &&
			span_ends_nocase(l->host, SPAN("bing.com")));

	if ((kind & (HOST_REWRITER | HOST_CLICK)) || l->kind == LINK_IMAGE)
		return;
	if (known)
		give(k, "links/redirect", "A link goes through a service that forwards anywhere");
	if (l->path.n < 12 || check_is_sender(k->in, l->domain) ||
		!(inner = inner_host(span_take(l->path, 2048))).n)
		return;
	domain = check_domain(k->in, inner);
	if (domain.n && !span_eq(domain, l->domain) && !check_is_sender(k->in, domain))
		finding_add(k->in, k->out, &check_link_kind, "links/redirect-foreign", l->target,
			"A link to %.*s carries another address in itself: %.*s", SPAN_ARG(l->host),
			SPAN_ARG(inner));
}

static bool has_recipient(const struct look *k, struct span where, bool encoded)
{
	if (!encoded && span_index(where, '@') < 0 && span_find(where, SPAN("%40")) < 0)
		return false;
	for (size_t i = 0; i < k->in->rcpts; i++) {
		struct span r = encoded ? k->rcpt64[i] : k->in->rcpt[i];
		ssize_t at = span_index(r, '@');

		if (encoded ? r.n >= 8 && span_find(where, r) >= 0
			    : span_find_nocase(where, r) >= 0)
			return true;
		/* The same with '@' as %40. */
		if (!encoded && at > 0) {
			ssize_t found = span_find_nocase(where, span_take(r, (size_t)at));

			if (found >= 0 &&
				span_starts_nocase(
					span_skip(where, (size_t)found + (size_t)at), SPAN("%40")))
				return true;
		}
	}
	return false;
}

static void look_at_recipient(const struct look *k)
{
	struct span path = span_take(k->l->path, 2048);
	ssize_t hash = span_index(path, '#');

	if (k->l->kind == LINK_IMAGE || path.n < 10 || !span_starts(k->l->scheme, SPAN("http")))
		return;
	if (hash >= 0 && (has_recipient(k, span_skip(path, (size_t)hash), false) ||
				 has_recipient(k, span_skip(path, (size_t)hash), true)))
		give(k, "links/recipient-fragment",
			"A link carries the recipient's address behind '#', unseen by the server");
	else if (check_is_sender(k->in, k->l->domain))
		return; /* honest lists let one unsubscribe by one's address */
	else if (has_recipient(k, path, false))
		give(k, "links/recipient", "A link carries the recipient's address");
	else if (has_recipient(k, path, true))
		give(k, "links/recipient-base64",
			"A link carries the recipient's address, disguised");
}

/* True for a first label that nobody would choose: long, few vowels, or digits in between. */
static bool is_random_name(struct span domain)
{
	ssize_t dot = span_index(domain, '.');
	size_t run = 0, longest = 0, turns = 0;

	if (dot < 8 || span_starts(domain, SPAN("xn--")))
		return false;
	for (ssize_t i = 0; i < dot; i++) {
		char c = domain.p[i];
		bool consonant = ascii_is_alpha(c) && !strchr("aeiouy", c);

		run = consonant ? run + 1 : 0;
		longest = run > longest ? run : longest;
		turns += i > 0 && ascii_is_digit(c) != ascii_is_digit(domain.p[i - 1]);
	}
	return longest >= 6 || turns >= 4;
}

static void look_at_link(const struct look *k)
{
	look_at_scheme(k);
	if (!k->l->host.n)
		return;
	look_at_form(k);
	look_at_redirect(k);
	look_at_recipient(k);
	if (k->l->kind == LINK_IMAGE)
		return;
	look_at_service(k);
	if (is_cms_path(k->l->path) && !check_is_sender(k->in, k->l->domain))
		give(k, "links/cms-path",
			"A link leads to a folder of a site's software, where no page should be");
	if (is_program(k->l->path))
		give(k, "links/executable", "A link leads to a program or disk image");
	if (is_random_name(k->l->domain) && !brand_of_domain(k->l->domain) &&
		!check_is_sender(k->in, k->l->domain) && !(k->kind & HOST_CLICK))
		give(k, "links/random-host", "A link's domain is a row of letters without sense");
}

/* Recipients in base64 as they stand inside any longer base64 text that begins with them. */
static void encode_recipients(struct look *k)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < k->in->rcpts; i++) {
		struct span r = k->in->rcpt[i];
		size_t n = r.n / 3 * 4;
		char *to = arena_alloc(message_arena(k->in->mp), n);

		for (size_t g = 0; to && g < r.n / 3; g++) {
			const unsigned char *b = (const unsigned char *)r.p + 3 * g;
			uint32_t v = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];

			for (int d = 0; d < 4; d++)
				to[4 * g + (size_t)d] = digit[v >> (18 - 6 * d) & 63];
		}
		k->rcpt64[i] = to ? (struct span){to, n} : (struct span){0};
	}
}

static void count_links(const struct check_input *in, struct findings *out)
{
	size_t n = 0;
	const struct link *only = NULL;

	for (size_t i = 0; i < in->m->links; i++) {
		const struct link *l = &in->m->link[i];

		if ((l->kind == LINK_ANCHOR || l->kind == LINK_TEXT) &&
			span_starts(l->scheme, SPAN("http"))) {
			n++;
			only = l;
		}
	}
	if (n == 0)
		finding_add(in, out, &check_link_kind, "links/none", (struct span){0},
			"The mail links to nothing");
	else if (n == 1)
		finding_add(in, out, &check_link_kind, "links/one", only->target,
			"The mail has one link only, to %.*s", SPAN_ARG(only->host));
	else if (n > 40)
		finding_add(in, out, &check_link_kind, "links/many", (struct span){0},
			"The mail has %zu links", n);
}

static void run(const struct check_input *in, struct findings *out)
{
	struct look k = {.in = in, .out = out};
	struct span last = {0}, last_host = {0};

	count_links(in, out);
	if (in->m->links)
		encode_recipients(&k);
	for (size_t i = 0; i < in->m->links && i < LOOKED_MOST; i++) {
		k.l = &in->m->link[i];
		if (span_eq(k.l->target, last) || span_eq(k.l->scheme, SPAN("mailto")))
			continue;
		last = k.l->target;
		if (!span_eq(k.l->host, last_host)) {
			last_host = k.l->host;
			k.kind = host_kind(last_host);
		}
		look_at_link(&k);
	}
}

const struct check check_link_kind = {
	"links", "links whose form or host is typical of abuse", variants, run};
