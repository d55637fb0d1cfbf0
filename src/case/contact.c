/* A list is read line by line each time that it is asked: it is short, and asked once a notice. */
#include "case/contact.h"

#include "net/asn.h"

#include <errno.h>
#include <stdio.h>

const char *contact_from_name(enum contact_from from)
{
	static const char *const names[] = {"none", "list", "stop", "network", "address"};

	return names[from];
}

/* One of RFC 5322's atext, without those that no abuse desk has and that mailers may take amiss. */
static bool is_atext(char c)
{
	return ascii_is_alnum(c) || (c && strchr("!#$&'*+-/=?^_{|}~", c));
}

static bool local_ok(struct span s)
{
	struct span atom;

	if (s.n == 0 || s.n > 64 || s.p[s.n - 1] == '.')
		return false;
	while (span_cut(&s, '.', &atom)) {
		if (atom.n == 0)
			return false;
		for (size_t i = 0; i < atom.n; i++)
			if (!is_atext(atom.p[i]))
				return false;
	}
	return true;
}

static bool label_ok(struct span s)
{
	if (s.n == 0 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

static bool domain_ok(struct span s)
{
	struct span label = {0};
	size_t labels = 0;

	if (s.n == 0 || s.n > 253 || s.p[s.n - 1] == '.')
		return false;
	for (; span_cut(&s, '.', &label); labels++)
		if (!label_ok(label))
			return false;
	return labels >= 2 && ascii_is_alpha(label.p[0]);
}

bool contact_mail_ok(struct span s)
{
	ssize_t at = span_rindex(s, '@');

	return at > 0 && s.n <= CONTACT_MAIL_MOST && local_ok(span_take(s, (size_t)at)) &&
	       domain_ok(span_skip(s, (size_t)at + 1));
}

bool contact_add(struct contact *c, struct span mail)
{
	if (c->mails == CONTACT_MAILS_MOST || !contact_mail_ok(mail))
		return false;
	for (size_t i = 0; i < c->mails; i++)
		if (span_eq_nocase(span_cstr(c->mail[i]), mail))
			return false;
	memcpy(c->mail[c->mails], mail.p, mail.n);
	c->mail[c->mails++][mail.n] = '\0';
	return true;
}

/* A line without its comment: the network and what stands behind it. True when there is one. */
static bool cut_line(struct span line, struct span *ret_network, struct span *ret_rest)
{
	ssize_t hash = span_index(line, '#');
	size_t n = 0;

	/* '#' may stand in a mail address; a comment begins a line or follows a blank. */
	while (hash > 0 && !ascii_is_space(line.p[hash - 1])) {
		ssize_t more = span_index(span_skip(line, (size_t)hash + 1), '#');

		hash = more < 0 ? -1 : hash + 1 + more;
	}
	line = span_trim(hash < 0 ? line : span_take(line, (size_t)hash));
	if (line.n == 0)
		return false;
	while (n < line.n && !ascii_is_space(line.p[n]))
		n++;
	*ret_network = span_take(line, n);
	*ret_rest = span_trim(span_skip(line, n));
	return true;
}

/* Adds what a line names; false when something there is no address. */
static bool take_mails(struct span rest, struct contact *c)
{
	struct span mail;
	bool good = rest.n > 0;

	while (span_cut(&rest, ',', &mail)) {
		mail = span_trim(mail);
		good = contact_mail_ok(mail) && good;
		contact_add(c, mail);
	}
	return good;
}

bool contact_list_find(struct span list, asn_t asn, struct contact *ret_contact)
{
	struct span line, network, rest;
	struct contact c = {.from = CONTACT_LIST};
	bool stop = false;
	asn_t of;

	while (span_line(&list, &line)) {
		if (!cut_line(line, &network, &rest) || asn_parse(network, &of) < 0 || of != asn)
			continue;
		if (span_eq_nocase(rest, SPAN("none")))
			stop = true;
		else
			take_mails(rest, &c);
	}
	if (!stop && c.mails == 0)
		return false;
	if (stop)
		c = (struct contact){.from = CONTACT_STOP};
	snprintf(c.said, sizeof(c.said),
		stop ? "your list of contacts says that AS%u is not to be written to"
		     : "your list of contacts names it for AS%u",
		asn);
	*ret_contact = c;
	return true;
}

int contact_list_check(struct span list, const char *name, struct err *err)
{
	struct span line, network, rest;
	struct contact c;
	asn_t asn;

	for (size_t number = 1; span_line(&list, &line); number++) {
		if (!cut_line(line, &network, &rest))
			continue;
		if (asn_parse(network, &asn) < 0)
			return err_set(err, -EINVAL,
				"%s:%zu: '%.*s' is no AS number; a line is 'AS64500 "
				"abuse@example.net', "
				"or 'AS64500 none'",
				name, number, SPAN_ARG(span_take(network, 60)));
		c = (struct contact){0};
		if (!span_eq_nocase(rest, SPAN("none")) && !take_mails(rest, &c))
			return err_set(err, -EINVAL,
				"%s:%zu: '%.*s' is no mail address; several are parted by commas",
				name, number, SPAN_ARG(span_take(rest, 80)));
	}
	return 0;
}
