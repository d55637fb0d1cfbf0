/*
 * Links that show one address and lead to another. Only text that is itself an address counts:
 * a URL, a host name or a mail address, alone. Mailing services show the real address and lead
 * over their own host to count clicks; they have variants of their own.
 */
#include "judge/brand.h"
#include "judge/check/list.h"
#include "judge/hosts.h"
#include "mail/domain.h"

static const char *const variants[] = {"link-lies/brand", "link-lies/domain", "link-lies/own",
	"link-lies/sender", "link-lies/tracker", "link-lies/redirect", "link-lies/scheme",
	"link-lies/address", NULL};

/* Anchors looked at in one message. */
#define ANCHORS_MOST 200

/* The host that a shown text names, when the text is an address and nothing else. */
static struct span shown_host(struct span shown, bool *ret_https)
{
	size_t n = 0;

	*ret_https = false;
	if (span_starts_nocase(shown, SPAN("https://"))) {
		*ret_https = true;
		shown = span_skip(shown, 8);
	} else if (span_starts_nocase(shown, SPAN("http://"))) {
		shown = span_skip(shown, 7);
	}
	while (n < shown.n && (ascii_is_alnum(shown.p[n]) || shown.p[n] == '.' ||
				      shown.p[n] == '-' || (unsigned char)shown.p[n] >= 0x80))
		n++;
	if (n < 4 || n > DOMAIN_MOST || (n < shown.n && !strchr("/:?#", shown.p[n])))
		return (struct span){0};
	for (size_t i = n; i < shown.n; i++)
		if (ascii_is_space(shown.p[i]))
			return (struct span){0};
	return span_take(shown, n);
}

static struct span label_of(struct span domain)
{
	ssize_t dot = span_index(domain, '.');

	return span_take(domain, dot < 0 ? domain.n : (size_t)dot);
}

/*
 * True when both are one owner's, as far as names tell: a brand's own domains; else one name under
 * two suffixes, which a house with branches has, but not where the suffix is a cheap one or the
 * name is the recipient's own.
 */
static bool same_house(const struct check_input *in, struct span shown, struct span target)
{
	const struct brand *brand = brand_of_domain(shown);

	if (span_eq(shown, target))
		return true;
	if (brand)
		return brand_owns(brand, target);
	return span_eq(label_of(shown), label_of(target)) && !host_cheap_tld(target) &&
	       !span_eq(shown, in->own_domain);
}

/* "README.md", "build.rs": suffixes of countries that are kinds of file too, when nothing but the
 * bare name is shown. */
static bool is_file_name(struct span shown, struct span host)
{
	static const struct span kinds[] = {{".md", 3}, {".py", 3}, {".sh", 3}, {".rs", 3},
		{".pl", 3}, {".so", 3}, {".cc", 3}, {".ps", 3}, {".zip", 4}, {".mov", 4}};

	if (shown.n != host.n || span_index(host, '.') != span_rindex(host, '.'))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_ends_nocase(host, kinds[i]))
			return true;
	return false;
}

static const char *kind_of_lie(
	const struct check_input *in, const struct link *l, struct span shown)
{
	const struct brand *brand = brand_of_domain(shown);
	bool freemail = host_kind(shown) & HOST_FREEMAIL;

	if (check_is_sender(in, l->domain))
		return "link-lies/sender";
	if (host_kind(l->host) & HOST_CLICK)
		return "link-lies/tracker";
	if (brand && !freemail)
		return "link-lies/brand";
	if (in->own_domain.n && span_eq(shown, in->own_domain))
		return "link-lies/own";
	if (span_find_nocase(span_take(l->path, 2048), shown) >= 0)
		return "link-lies/redirect";
	return "link-lies/domain";
}

/* A mail address shown, a web page meant. */
static void look_at_address(
	const struct check_input *in, struct findings *out, const struct link *l)
{
	ssize_t at = span_index(l->shown, '@');

	if (at <= 0 || l->shown.n > 320 || !span_starts(l->scheme, SPAN("http")) ||
		span_index(l->shown, ' ') >= 0)
		return;
	struct span domain = check_domain(in, check_lower(in, span_skip(l->shown, (size_t)at + 1)));

	if (domain.n && !same_house(in, domain, l->domain) && !check_is_sender(in, l->domain) &&
		!(host_kind(l->host) & (HOST_CLICK | HOST_REWRITER)))
		finding_add(in, out, &check_link_lies, "link-lies/address", l->target,
			"The link shows the mail address %.*s but leads to the page %.*s",
			SPAN_ARG(l->shown), SPAN_ARG(l->host));
}

static void look_at_link(const struct check_input *in, struct findings *out, const struct link *l)
{
	bool https;
	struct span shown = shown_host(l->shown, &https);

	if (span_index(l->shown, '@') > 0)
		look_at_address(in, out, l);
	if (!shown.n || span_index(shown, '.') <= 0 || !l->host.n ||
		!span_starts(l->scheme, SPAN("http")) || is_file_name(l->shown, shown))
		return;
	shown = check_lower(in, shown);
	struct span domain = check_domain(in, shown);

	/* "setup.exe" and "README.md" are shown too: only a known suffix makes a name a host. */
	if (!domain.n || !domain_known_suffix(message_domain_tools(in->mp), domain) ||
		(host_kind(l->host) & HOST_REWRITER))
		return;
	if (same_house(in, domain, l->domain)) {
		if (https && span_eq(l->scheme, SPAN("http")) && span_eq(shown, l->host))
			finding_add(in, out, &check_link_lies, "link-lies/scheme", l->target,
				"The link shows https but leads to plain http at %.*s",
				SPAN_ARG(l->host));
		return;
	}
	finding_add(in, out, &check_link_lies, kind_of_lie(in, l, domain), l->target,
		"The link shows %.*s but leads to %.*s", SPAN_ARG(shown), SPAN_ARG(l->host));
}

static void run(const struct check_input *in, struct findings *out)
{
	size_t looked = 0;

	for (size_t i = 0; i < in->m->links && looked < ANCHORS_MOST; i++) {
		const struct link *l = &in->m->link[i];

		if (l->kind != LINK_ANCHOR || l->shown.n < 4 || l->shown.n > 2048)
			continue;
		looked++;
		if (span_index(l->shown, '.') > 0)
			look_at_link(in, out, l);
	}
}

const struct check check_link_lies = {
	"link-lies", "links that show one address and lead to another", variants, run};
