/*
 * A message that was called spam says by its findings what kind of abuse it is. The lists hold only
 * findings that mean the kind by themselves once it is known that the message is abuse; what both
 * advertising and phishing do (one link, hurry, a stranger's domain) is in neither.
 */
#include "trace/mail_sighting.h"

#include "judge/brand.h"
#include "judge/hosts.h"
#include "mail/domain.h"

#include <math.h>

#define DAY_S       86400
#define TRAP_LEAST  95
#define NEVER_OVER  99 /* no program is wholly sure */
#define TEXT_OF_ONE 256

static const char *const malware[] = {"attachment/program", "attachment/script",
	"attachment/shortcut", "attachment/disk-image", "attachment/double-extension",
	"attachment/turned-name", "attachment/archive-program", "attachment/macro",
	"attachment/onenote", "attachment/rtf-object", "attachment/office-object",
	"attachment/pdf-launch", "attachment/password-told", "links/executable", "links/local-file",
	NULL};

static const char *const phish[] = {"brand-name/from", "brand-name/from-freemail",
	"brand-name/local", "brand-name/own", "brand-name/desk", "brand-name/desk-own",
	"brand-name/shown", "look-alike/confusable", "look-alike/typo", "look-alike/label",
	"look-alike/glued", "look-alike/subdomain", "look-alike/own", "look-alike/from",
	"link-lies/brand", "link-lies/own", "form/password", "attachment/html-password",
	"attachment/html-script", "attachment/archive-html", "attachment/svg-script", "links/data",
	"wording/verify", "wording/verify-strong", "wording/mailbox", "wording/mailbox-strong",
	"wording/suspended", "wording/suspended-strong", "wording/sign-in",
	"wording/sign-in-strong", "wording/held-mail", "wording/held-mail-strong",
	"wording/bank-change", "wording/bank-change-strong", "wording/errand",
	"wording/errand-strong", NULL};

const char *const *mail_sighting_signs(enum sighting_kind kind)
{
	static const char *const none[] = {NULL};

	return kind == SIGHTING_MALWARE ? malware : kind == SIGHTING_PHISH ? phish : none;
}

static bool has_sign(const struct findings *f, const char *const *signs)
{
	for (; *signs; signs++)
		for (size_t i = 0; i < f->n; i++)
			if (!strcmp(f->at[i].name, *signs))
				return true;
	return false;
}

enum sighting_kind mail_sighting_kind(const struct findings *f)
{
	return has_sign(f, malware) ? SIGHTING_MALWARE
	       : has_sign(f, phish) ? SIGHTING_PHISH
				    : SIGHTING_SPAM;
}

/* Whether an address of the message's recipients is of a domain or below it. */
static bool is_recipients(const struct check_input *in, struct span domain)
{
	if (span_eq(in->own_domain, domain))
		return true;
	for (size_t i = 0; i < in->rcpts; i++) {
		struct span host =
			span_skip(in->rcpt[i], (size_t)span_rindex(in->rcpt[i], '@') + 1);

		if (host.n >= domain.n && span_ends_nocase(host, domain) &&
			(host.n == domain.n || host.p[host.n - domain.n - 1] == '.'))
			return true;
	}
	return false;
}

/* What the message leads to by a host; empty when that says nothing about whom it serves. */
static struct span advertised_by(const struct check_input *in, const struct advertised *h)
{
	const struct span none = {NULL, 0};

	if (!h->clickable || (host_kind(h->host) & (HOST_REWRITER | HOST_SOCIAL)))
		return none;
	if (!h->domain.n)
		return h->n ? h->host : none; /* an address, else no name at all */
	return brand_of_domain(h->domain) || is_recipients(in, h->domain) ? none : h->domain;
}

/* Links may hold what can be no name; the ledger takes only what can. */
static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !memchr(".-_:", s.p[i], 4))
			return false;
	return s.n > 0 && s.n <= DOMAIN_MOST;
}

static void add_advertised(struct mail_sighting *m, struct span host)
{
	struct sighting *s = &m->sighting;
	char *to = m->text + s->advertises * TEXT_OF_ONE;
	struct ip ip;

	if (!is_name(host) || s->advertises == SIGHTING_HOSTS_MOST)
		return;
	for (size_t i = 0; i < host.n; i++)
		to[i] = ascii_lower(host.p[i]);
	if (ip_parse(host, &ip) == 0)
		host.n = strlen(ip_format(&ip, to));
	else if (memchr(to, ':', host.n))
		return;
	host.p = to;
	for (size_t i = 0; i < s->advertises; i++)
		if (span_eq(s->advertised[i], host))
			return;
	s->advertised[s->advertises++] = host;
}

static uint8_t confidence(double probability, bool trap)
{
	long percent = lround(100 * probability);

	if (trap && percent < TRAP_LEAST)
		percent = TRAP_LEAST;
	return (uint8_t)(percent < 1 ? 1 : percent > NEVER_OVER ? NEVER_OVER : percent);
}

enum mail_sighting_lack mail_sighting_make(const struct verdict *v, const struct trace *t,
	const struct mail_sighting_rules *rules, struct mail_sighting *ret)
{
	if (!t->has_source)
		return MAIL_SIGHTING_NO_SOURCE;
	if (!t->day_known || t->at > rules->now + DAY_S)
		return MAIL_SIGHTING_NO_DATE;
	ret->sighting = (struct sighting){
		.kind = rules->kind >= 0 ? (enum sighting_kind)rules->kind
					 : mail_sighting_kind(&v->findings),
		.at = t->at_ours ? t->at : (int64_t)t->day * DAY_S,
		.day_only = !t->at_ours,
		.where = prefix_of(&t->source.ip, t->source.ip.family == IP_V4 ? 32 : 128),
		.source = rules->source,
		.confidence = confidence(v->opinion.probability, rules->trap),
	};
	for (size_t i = 0; i < t->hosts; i++)
		add_advertised(ret, advertised_by(&v->in, &t->host[i]));
	return MAIL_SIGHTING_MADE;
}
