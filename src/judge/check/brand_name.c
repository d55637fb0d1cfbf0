/*
 * A known name that the sender does not own. The name in the display name is what phishing lives
 * on; in the subject it counts only where the mail wants a click that leads elsewhere, for people
 * write about brands all day.
 */
#include "judge/brand.h"
#include "judge/check/list.h"
#include "judge/hosts.h"

#include <pthread.h>

static const char *const variants[] = {"brand-name/from", "brand-name/from-freemail",
	"brand-name/subject", "brand-name/logo", "brand-name/local", "brand-name/own",
	"brand-name/desk", "brand-name/desk-own", "brand-name/shown", NULL};

/* True when the sender, by From or a signature, is that brand or may speak for it. */
static bool is_sent_by(const struct check_input *in, const struct brand *b)
{
	if (brand_owns(b, in->from_domain) && !(host_kind(in->from_host) & HOST_FREEMAIL))
		return true;
	for (size_t i = 0; i < in->signers; i++)
		if (brand_owns(b, in->signer[i]) && !(host_kind(in->signer[i]) & HOST_FREEMAIL))
			return true;
	return false;
}

/*
 * The brand that a text names and the sender is not; NULL when it names none, or the sender is one
 * of those that it names.
 */
static const struct brand *foreign_brand(
	const struct check_input *in, struct span folded, bool strict)
{
	const struct brand *named[BRANDS_NAMED];
	size_t n = brands_in_name(folded, strict, named);

	for (size_t i = 0; i < n; i++)
		if (is_sent_by(in, named[i]))
			return NULL;
	return n ? named[0] : NULL;
}

/* True when any link of the mail leads to the brand. */
static bool leads_to(const struct check_input *in, const struct brand *b)
{
	for (size_t i = 0; i < in->m->links && i < 200; i++)
		if (in->m->link[i].kind != LINK_IMAGE && brand_owns(b, in->m->link[i].domain))
			return true;
	return false;
}

/* The first link that a reader would click and that leads to none of the sender's. */
static const struct link *foreign_link(const struct check_input *in)
{
	for (size_t i = 0; i < in->m->links && i < 200; i++) {
		const struct link *l = &in->m->link[i];

		if ((l->kind == LINK_ANCHOR || l->kind == LINK_FORM) && l->host.n)
			return l;
	}
	return NULL;
}

static void look_at_from(const struct check_input *in, struct findings *out)
{
	struct words_text name;

	if (!in->from.name.n || !in->from_domain.n)
		return;
	words_fold(message_arena(in->mp), span_take(in->from.name, 200), &name);
	const struct brand *b = foreign_brand(in, name.folded, false);

	if (!b || (in->is_list && in->is_reply))
		return;
	finding_add(in, out, &check_brand_name,
		host_kind(in->from_host) & HOST_FREEMAIL ? "brand-name/from-freemail"
							 : "brand-name/from",
		in->from.name,
		"The sender calls itself \"%.*s\" but writes from %.*s, which is not %s's",
		SPAN_ARG(in->from.name), SPAN_ARG(in->from_host), b->shown);
}

/* A brand in the mailbox's name: paypal-service@example.org. */
static void look_at_local(const struct check_input *in, struct findings *out)
{
	struct span rest = in->from.local;

	while (rest.n) {
		size_t n = 0;

		while (n < rest.n && ascii_is_alnum(rest.p[n]))
			n++;
		const struct brand *b = n >= 5 ? brand_of_label(span_take(rest, n)) : NULL;

		if (b && !b->common && !is_sent_by(in, b)) {
			finding_add(in, out, &check_brand_name, "brand-name/local", in->from.local,
				"The sender's mailbox is called \"%.*s\" but %.*s is not %s's",
				SPAN_ARG(in->from.local), SPAN_ARG(in->from_host), b->shown);
			return;
		}
		rest = span_skip(rest, n + 1);
	}
}

static void look_at_subject(const struct check_input *in, struct findings *out)
{
	const struct link *l;

	if (in->is_list || in->is_reply || !(l = foreign_link(in)))
		return;
	const struct brand *b = foreign_brand(in, span_take(in->subject_words.folded, 300), false);

	if (!b || leads_to(in, b))
		return;
	finding_add(in, out, &check_brand_name, "brand-name/subject", in->subject,
		"The subject speaks of %s, but neither the sender (%.*s) nor any link is %s's",
		b->shown, SPAN_ARG(in->from_host), b->shown);
}

/* Pictures fetched from a brand in a mail that is not the brand's and does not lead there. */
static void look_at_pictures(const struct check_input *in, struct findings *out)
{
	if (in->is_list || in->is_reply || !foreign_link(in))
		return;
	for (size_t i = 0; i < in->m->links && i < 200; i++) {
		const struct link *l = &in->m->link[i];
		const struct brand *b;

		if (l->kind != LINK_IMAGE || !l->domain.n ||
			(host_kind(l->host) & (HOST_SOCIAL | HOST_CLICK | HOST_STORAGE |
						      HOST_PAGES | HOST_REDIRECT)) ||
			!(b = brand_of_domain(l->domain)) || is_sent_by(in, b) || leads_to(in, b))
			continue;
		finding_add(in, out, &check_brand_name, "brand-name/logo", l->target,
			"Pictures come from %s, but neither the sender (%.*s) nor any link is %s's",
			b->shown, SPAN_ARG(in->from_host), b->shown);
		return;
	}
}

/* Clickable text that is a brand's name, or bids to sign in there, on a link elsewhere. */
static void look_at_shown(const struct check_input *in, struct findings *out)
{
	size_t looked = 0;

	if (in->is_list || in->is_reply)
		return;
	for (size_t i = 0; i < in->m->links && looked < 12; i++) {
		const struct link *l = &in->m->link[i];
		struct words_text shown;
		const struct brand *b;

		if (l->kind != LINK_ANCHOR || !l->domain.n || l->shown.n < 3 || l->shown.n > 80 ||
			span_index(l->shown, '.') >= 0 || check_is_sender(in, l->domain))
			continue;
		looked++;
		words_fold(message_arena(in->mp), l->shown, &shown);
		if (!(b = foreign_brand(in, shown.folded, true)) || brand_owns(b, l->domain) ||
			(host_kind(l->host) & (HOST_CLICK | HOST_REWRITER | HOST_SOCIAL)))
			continue;
		finding_add(in, out, &check_brand_name, "brand-name/shown", l->target,
			"The link \"%.*s\" leads to %.*s, which is not %s's", SPAN_ARG(l->shown),
			SPAN_ARG(l->host), b->shown);
		return;
	}
}

/* Offices that write inside a house, never from outside it. */
static const struct words_group desks[] = {
	{0, 1,
		"it support|it helpdesk|it help desk|help desk|helpdesk|it desk|it department|"
		"it service|it team|it admin*|ict help*|system admin*|mail admin*|email admin*|"
		"e-mail admin*|mailbox|mail server|mail delivery system|mail delivery service|"
		"webmail|web mail|web admin*|server admin*|email support|email server|e-mail "
		"support|"
		"mail support|mail service|email security|mail security|postmaster|domain admin*|"
		"hr department|human resources|hr team|payroll|voicemail|voice mail|fax "
		"service|efax|"
		"scanner|scan to email|it-support|it-abteilung|systemadministrator|mailadmin*|"
		"support informatique|service informatique|soporte tecnico|servicio tecnico|"
		"administrador del sistema|supporto tecnico|assistenza tecnica|suporte tecnico|"
		"administrador de sistema|dzial it|administrator poczty|служба поддержки|"
		"системный администратор|администратор "
		"почты|メール管理者|システム管理者|邮件管理员|"
		"系统管理员|管理员|teknik destek|sistem yoneticisi"},
};

static struct words_set *desk_set;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
	desk_set = words_set_new(desks, 1);
}

/* True when the display name bears the recipient's own domain or its first label. */
static bool names_own(const struct check_input *in, struct span folded)
{
	ssize_t dot = span_index(in->own_domain, '.');

	if (dot < 4)
		return false;
	struct span label = span_take(in->own_domain, (size_t)dot);
	ssize_t at = span_find(folded, label);

	if (at < 0)
		return false;
	struct span after = span_skip(folded, (size_t)at + label.n);

	if (at > 0 && ascii_is_alnum(folded.p[at - 1]))
		return false;
	/* "example.org" is somebody else than "example.com". */
	return !after.n ||
	       (after.p[0] == '.' ? span_starts(span_skip(folded, (size_t)at), in->own_domain)
				  : !ascii_is_alnum(after.p[0]));
}

static void look_at_house(const struct check_input *in, struct findings *out)
{
	struct words_place place;
	struct words_text name;

	/* Bounces come from the other side's office. */
	if (span_eq_nocase(in->from.local, SPAN("mailer-daemon")) ||
		span_eq_nocase(in->from.local, SPAN("postmaster")))
		return;
	pthread_once(&once, build);
	if (!desk_set || !in->from.name.n || in->is_list ||
		(in->own_domain.n && span_eq(in->own_domain, in->from_domain)))
		return;
	words_fold(message_arena(in->mp), span_take(in->from.name, 200), &name);
	bool own = names_own(in, name.folded), desk = words_list(desk_set, name.folded, &place, 1);

	if (own && desk)
		finding_add(in, out, &check_brand_name, "brand-name/desk-own", in->from.name,
			"\"%.*s\" claims to be an office of %.*s but writes from %.*s",
			SPAN_ARG(in->from.name), SPAN_ARG(in->own_domain), SPAN_ARG(in->from_host));
	else if (own)
		finding_add(in, out, &check_brand_name, "brand-name/own", in->from.name,
			"The sender's name bears %.*s but the mail is from %.*s",
			SPAN_ARG(in->own_domain), SPAN_ARG(in->from_host));
	else if (desk)
		finding_add(in, out, &check_brand_name, "brand-name/desk", in->from.name,
			"\"%.*s\" sounds like an office of one's own house but writes from %.*s",
			SPAN_ARG(in->from.name), SPAN_ARG(in->from_host));
}

static void run(const struct check_input *in, struct findings *out)
{
	if (!in->has_from)
		return;
	look_at_from(in, out);
	look_at_local(in, out);
	look_at_subject(in, out);
	look_at_pictures(in, out);
	look_at_shown(in, out);
	look_at_house(in, out);
}

const struct check check_brand_name = {"brand-name",
	"a brand's or the recipient's own name borne by somebody else", variants, run};
