/* What the sender's own fields say of each other. Lists and forwarders rewrite some of them, so
 * what a list does for its subscribers is not held against a message that came over one. */
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"sender/none", "sender/several", "sender/no-domain",
	"sender/name-address", "sender/name-address-same", "sender/reply-other",
	"sender/reply-freemail", "sender/to-self", "sender/return-other", "sender/return-freemail",
	"sender/return-empty", "sender/sender-other", "sender/random-local", "sender/freemail",
	"sender/name-empty", "sender/cheap-tld", "sender/free-host", NULL};

/* An address inside a display name: "name@example.org". Empty when there is none. */
static struct span address_in(struct span name, struct span *ret_domain)
{
	ssize_t at = span_index(name, '@');

	if (at <= 0)
		return (struct span){0};
	const char *from = name.p + at, *to = name.p + at + 1;

	while (from > name.p && !ascii_is_space(from[-1]) && !strchr("<>()\",;:'[]", from[-1]))
		from--;
	while (to < span_end(name) && (ascii_is_alnum(*to) || *to == '.' || *to == '-'))
		to++;
	*ret_domain = span_between(name.p + at + 1, to);
	if (from == name.p + at || span_index(*ret_domain, '.') <= 0)
		return (struct span){0};
	return span_between(from, to);
}

static void look_at_name(const struct check_input *in, struct findings *out)
{
	struct span domain, shown = address_in(in->from.name, &domain);

	if (!in->from.name.n)
		finding_add(in, out, &check_sender, "sender/name-empty", in->from.local,
			"The sender gives no name, only an address");
	if (!shown.n)
		return;
	struct span d = check_domain(in, domain);

	if (d.n && span_eq_nocase(d, in->from_domain))
		finding_add(in, out, &check_sender, "sender/name-address-same", shown,
			"The sender's name is itself an address of %.*s", SPAN_ARG(d));
	else if (d.n && !in->is_list)
		finding_add(in, out, &check_sender, "sender/name-address", shown,
			"The sender's name shows the address %.*s but the mail is from %.*s",
			SPAN_ARG(shown), SPAN_ARG(in->from_host));
}

static void look_at_reply(const struct check_input *in, struct findings *out)
{
	if (!in->has_reply_to || !in->from_domain.n || in->is_list)
		return;
	struct span domain = check_domain(in, in->reply_to.domain);

	if (!domain.n || check_is_sender(in, domain) ||
		(in->own_domain.n && span_eq(domain, in->own_domain)))
		return;
	bool free_to = host_kind(in->reply_to.domain) & HOST_FREEMAIL;
	bool free_from = host_kind(in->from_host) & HOST_FREEMAIL;

	finding_add(in, out, &check_sender,
		free_to && !free_from ? "sender/reply-freemail" : "sender/reply-other", domain,
		"The mail is from %.*s but answers go to %.*s", SPAN_ARG(in->from_host),
		SPAN_ARG(in->reply_to.domain));
}

static void look_at_return(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_RETURN_PATH];

	if (!f || in->is_list)
		return;
	if (!in->return_domain.n) {
		if (span_eq(span_trim(f->value), SPAN("<>")))
			finding_add(in, out, &check_sender, "sender/return-empty", f->value,
				"The mail was sent as a bounce: its return path is empty");
		return;
	}
	if (!in->from_domain.n || span_eq(in->return_domain, in->from_domain))
		return;
	finding_add(in, out, &check_sender,
		host_kind(in->return_domain) & HOST_FREEMAIL ? "sender/return-freemail"
							     : "sender/return-other",
		f->value, "The mail is from %.*s but its return path is at %.*s",
		SPAN_ARG(in->from_host), SPAN_ARG(in->return_domain));
}

/* True for local parts no person chose: long, with letters and digits taking turns. */
static bool is_random(struct span local)
{
	size_t turns = 0, digits = 0, hexadecimal = 0;

	for (size_t i = 0; i < local.n; i++) {
		if (local.p[i] == '+' || local.p[i] == '=' || local.p[i] == '.')
			return false; /* a sub-address or a bounce address: made by machines for a
					 use */
		digits += ascii_is_digit(local.p[i]);
		hexadecimal += ascii_hex(local.p[i]) >= 0;
		turns += i > 0 && ascii_is_digit(local.p[i]) != ascii_is_digit(local.p[i - 1]);
	}
	return local.n >= 8 && digits >= 3 &&
	       (turns >= 4 || (local.n > 15 && hexadecimal == local.n));
}

static void look_at_address(const struct check_input *in, struct findings *out)
{
	unsigned kind = host_kind(in->from_host);

	if (!in->from_domain.n)
		finding_add(in, out, &check_sender, "sender/no-domain", in->from.local,
			"The sender's address has no domain that could exist");
	if (is_random(in->from.local))
		finding_add(in, out, &check_sender, "sender/random-local", in->from.local,
			"The sender's mailbox \"%.*s\" looks made up", SPAN_ARG(in->from.local));
	if (kind & HOST_FREEMAIL)
		finding_add(in, out, &check_sender, "sender/freemail", in->from_host,
			"The sender writes from %.*s, where anybody may have a mailbox",
			SPAN_ARG(in->from_host));
	else if (kind & (HOST_PAGES | HOST_DYNAMIC))
		finding_add(in, out, &check_sender, "sender/free-host", in->from_host,
			"The sender's domain %.*s is one that anybody may have for nothing",
			SPAN_ARG(in->from_host));
	if (host_cheap_tld(in->from_host))
		finding_add(in, out, &check_sender, "sender/cheap-tld", in->from_host,
			"The sender's domain %.*s ends in a top-level domain much used for abuse",
			SPAN_ARG(in->from_host));
}

/* True when From and the first recipient are one mailbox. */
static bool is_to_self(const struct check_input *in)
{
	for (size_t i = 0; i < in->rcpts; i++) {
		struct span r = in->rcpt[i];

		if (r.n == in->from.local.n + 1 + in->from.domain.n &&
			span_eq_nocase(span_take(r, in->from.local.n), in->from.local) &&
			span_ends_nocase(r, in->from.domain))
			return true;
	}
	return false;
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_FROM];
	struct address *list;

	if (!in->has_from) {
		finding_add(in, out, &check_sender, "sender/none", f ? f->value : (struct span){0},
			"No sender is named (From is missing or empty)");
		return;
	}
	/* Most fields hold no comma; a second reading of the rest is cheap enough. */
	if (span_index(f->value, ',') >= 0 && address_list(in->mp, f->value, NULL, &list) > 1 &&
		list[1].domain.n)
		finding_add(in, out, &check_sender, "sender/several", f->value,
			"More than one sender is named in From");
	look_at_name(in, out);
	look_at_address(in, out);
	look_at_reply(in, out);
	look_at_return(in, out);
	if (!in->is_list && is_to_self(in))
		finding_add(in, out, &check_sender, "sender/to-self", f->value,
			"The mail claims to be from its own recipient");
	if (in->has_sender && !in->is_list && in->from_domain.n && in->sender.domain.n &&
		!check_is_sender(in, check_domain(in, in->sender.domain)))
		finding_add(in, out, &check_sender, "sender/sender-other", in->sender.domain,
			"From names %.*s but Sender names %.*s", SPAN_ARG(in->from_host),
			SPAN_ARG(in->sender.domain));
}

const struct check check_sender = {"sender",
	"sender fields that contradict each other, or a sender that is hardly one", variants, run};
