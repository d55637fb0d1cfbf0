/*
 * Names built to be taken for others: a brand's label with letters that look alike, with one slip
 * of the pen, with "login" or "secure" beside it, or in front of somebody else's domain; the same
 * for the recipient's own domain.
 */
#include "judge/brand.h"
#include "judge/check/list.h"
#include "judge/hosts.h"
#include "judge/names.h"
#include "mail/domain.h"

#include <pthread.h>

static const char *const variants[] = {"look-alike/confusable", "look-alike/typo",
	"look-alike/label", "look-alike/glued", "look-alike/subdomain", "look-alike/own",
	"look-alike/mixed-script", "look-alike/idn", "look-alike/from", NULL};

/* Domains looked at in one message. */
#define HOSTS_MOST 24

struct sight {
	const struct check_input *in;
	struct findings *out;
	struct span host, domain;
	bool is_from;
	struct span own_skeleton; /* of the recipient's own first label */
};

static void give(const struct sight *s, const char *name, const char *like)
{
	finding_add(s->in, s->out, &check_look_alike, name, s->host,
		"%s %.*s looks like %s but is not %s's",
		s->is_from ? "The sender's domain" : "A link's host", SPAN_ARG(s->host), like,
		like);
	if (s->is_from)
		finding_add(s->in, s->out, &check_look_alike, "look-alike/from", s->host,
			"The sender's domain %.*s looks like %s's", SPAN_ARG(s->host), like);
}

/* Words that stand beside a brand in names made to deceive. */
static const struct names_list baits = {0,
	"account accounts access alert app auth authenticate bank banking billing card "
	"center "
	"centre check client code confirm customer delivery email express help helpdesk "
	"home "
	"id info invoice login logon mail manage member notice notification online order "
	"page "
	"parcel pay payment portal profile protect recovery refund renew reset reward safe "
	"secure secured security server service services shipping sign signin sms sso "
	"store "
	"support team track tracking unlock update updates user valid validate validation "
	"verification verified verify wallet web webmail www konto kunde kunden sicherheit "
	"anmelden paket compte cliente clientes seguro acceso accesso sicuro conta "};

static struct names *bait_words;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
	bait_words = names_new(&baits, 1, false);
}

static bool is_bait(struct span w)
{
	pthread_once(&once, build);
	return bait_words && names_get(bait_words, w) >= 0;
}

/* "paypal-login": a brand among the parts that hyphens part. */
static const struct brand *brand_among_parts(struct span label)
{
	struct span rest = label, part;
	const struct brand *found = NULL;
	bool bait = false;

	if (span_index(label, '-') < 0)
		return NULL;
	while (span_cut(&rest, '-', &part)) {
		const struct brand *b = part.n >= 3 ? brand_of_label(part) : NULL;

		if (b && !found)
			found = b;
		else
			bait |= is_bait(part);
	}
	return found && (bait || (!found->common && strlen(found->label) >= 6)) ? found : NULL;
}

/* "paypallogin", "securepaypal": the same without the hyphen. */
static const struct brand *brand_glued(struct span label)
{
	for (size_t n = 4; n + 2 <= label.n && n <= 12; n++) {
		const struct brand *b = brand_of_label(span_take(label, n));

		if (b && is_bait(span_skip(label, n)))
			return b;
		b = brand_of_label(span_skip(label, label.n - n));
		if (b && is_bait(span_take(label, label.n - n)))
			return b;
	}
	return NULL;
}

/* "paypal.com.example.org": a brand's label left of somebody else's domain. */
static const struct brand *brand_in_front(const struct sight *s)
{
	struct span rest = span_take(s->host, s->host.n - s->domain.n), label;

	if (host_kind(s->host) & (HOST_REWRITER | HOST_CLICK | HOST_STORAGE))
		return NULL;
	while (span_cut(&rest, '.', &label)) {
		const struct brand *b = label.n >= 3 ? brand_of_label(label) : NULL;
		struct span suffix = rest;
		ssize_t dot;

		/* A lone "paypal." in front may be a shop's own page about paying; "paypal.com." or
		 * "paypal-login." is not. */
		if (b && (dot = span_index(suffix, '.')) >= 0)
			suffix = span_take(suffix, (size_t)dot);
		if (b && (span_eq(suffix, SPAN("com")) || span_eq(suffix, SPAN("net")) ||
				 span_eq(suffix, SPAN("de")) || span_eq(suffix, SPAN("co"))))
			return b;
		if ((b = brand_among_parts(label)))
			return b;
	}
	return NULL;
}

/* The recipient's own domain, imitated. */
static bool resembles_own(const struct sight *s, struct span label, struct span skeleton)
{
	struct span own = s->in->own_domain;
	ssize_t dot = span_index(own, '.');

	if (dot < 5 || span_eq(own, s->domain))
		return false;
	own = span_take(own, (size_t)dot);
	if (span_eq(own, label))
		return false; /* the same name under another suffix is mostly the same house */
	return span_eq(skeleton, s->own_skeleton) || name_one_slip(label, own) ||
	       (span_starts(label, own) && label.n > own.n + 1 && label.p[own.n] == '-' &&
		       is_bait(span_skip(label, own.n + 1)));
}

static void look_at_script(const struct sight *s, struct span label)
{
	if (!span_starts(label, SPAN("xn--")))
		return;
	struct span shown = domain_to_unicode(message_arena(s->in->mp), label);

	finding_add(s->in, s->out, &check_look_alike,
		script_mixed(shown) ? "look-alike/mixed-script" : "look-alike/idn", s->host,
		"The name %.*s is written with letters beyond ASCII (%.*s)", SPAN_ARG(s->host),
		SPAN_ARG(shown));
}

/* The skeleton of a label; most have nothing in them that looks like something else, and are their
 * own. */
static struct span skeleton_of(const struct check_input *in, struct span label)
{
	struct arena *arena = message_arena(in->mp);

	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i], next = i + 1 < label.n ? label.p[i + 1] : 0;

		if (c < 'a' || c > 'z' || (c == 'r' && next == 'n') || (c == 'v' && next == 'v') ||
			(c == 'c' && next == 'l'))
			return domain_skeleton(arena, domain_to_unicode(arena, label));
	}
	return label;
}

static void look_at_host(const struct sight *s)
{
	ssize_t dot = span_index(s->domain, '.');
	const struct brand *b;
	bool typo;

	/* Services that everybody links to are what they seem. */
	if (dot <= 0 ||
		(host_kind(s->host) & (HOST_CLICK | HOST_SOCIAL | HOST_REWRITER | HOST_REMAILER)) ||
		brand_of_domain(s->domain))
		return;
	struct span label = span_take(s->domain, (size_t)dot);

	look_at_script(s, label);
	struct span skeleton = skeleton_of(s->in, label);

	if ((b = brand_like(label, skeleton, &typo)))
		give(s, typo ? "look-alike/typo" : "look-alike/confusable", b->shown);
	else if ((b = brand_among_parts(label)))
		give(s, "look-alike/label", b->shown);
	else if ((b = brand_glued(label)))
		give(s, "look-alike/glued", b->shown);
	else if ((b = brand_in_front(s)))
		give(s, "look-alike/subdomain", b->shown);
	else if (resembles_own(s, label, skeleton))
		finding_add(s->in, s->out, &check_look_alike, "look-alike/own", s->host,
			"%.*s looks like the recipient's own %.*s", SPAN_ARG(s->host),
			SPAN_ARG(s->in->own_domain));
}

/* True when the domain was not met yet; then it is kept. */
static bool is_new(struct span host, struct span seen[HOSTS_MOST], size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (span_eq(seen[i], host))
			return false;
	if (*n == HOSTS_MOST)
		return false;
	seen[(*n)++] = host;
	return true;
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span seen[HOSTS_MOST];
	struct sight s = {in, out, in->from_host, in->from_domain, true};
	size_t n = 0;
	ssize_t dot = span_index(in->own_domain, '.');

	if (dot > 0)
		s.own_skeleton = skeleton_of(in, span_take(in->own_domain, (size_t)dot));
	if (s.domain.n && is_new(s.host, seen, &n))
		look_at_host(&s);
	s.is_from = false;
	if (in->has_reply_to) {
		s.host = in->reply_to.domain;
		s.domain = check_domain(in, s.host);
		if (s.domain.n && is_new(s.host, seen, &n))
			look_at_host(&s);
	}
	for (size_t i = 0; i < in->m->links && n < HOSTS_MOST; i++) {
		s.host = in->m->link[i].host;
		s.domain = in->m->link[i].domain;
		if (s.domain.n && is_new(s.host, seen, &n))
			look_at_host(&s);
	}
}

const struct check check_look_alike = {"look-alike",
	"domains made to be taken for a brand's or for the recipient's own", variants, run};
