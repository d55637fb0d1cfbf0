/* Mail over a list. Each mark can be written by anybody; a whole list, with its host in the chain
 * and its tag in the subject, seldom is. */
#include "judge/check/list.h"

static const char *const variants[] = {
	"list/id", "list/post", "list/manager", "list/chain", "list/tag", "list/rewritten", NULL};

/* The host part of a List-Id, "Name <list.example.org>" (RFC 2919, 2). */
static struct span list_id(const struct field *f)
{
	struct span value = span_trim(f->value);
	ssize_t open = span_rindex(value, '<'), close = span_rindex(value, '>');

	if (open >= 0 && close > open)
		return span_between(value.p + open + 1, value.p + close);
	return value;
}

static void look_at_manager(const struct check_input *in, struct findings *out)
{
	static const struct {
		enum mark mark;
		const char *name;
	} marks[] = {{MARK_MAILMAN, "Mailman"}, {MARK_BEEN_THERE, "Mailman"},
		{MARK_MAILMAN_RULE, "Mailman"}, {MARK_SYMPA, "Sympa"}, {MARK_LOOP, "a list"},
		{MARK_MAILING_LIST, "a list"}, {MARK_GOOGLE_GROUP, "Google Groups"},
		{MARK_EZMLM, "ezmlm"}, {MARK_LISTSERVER, "a list"}, {MARK_ORIGINAL_FROM, "a list"},
		{MARK_DISCOURSE, "Discourse"}, {MARK_GITHUB_SENDER, "GitHub"},
		{MARK_GITHUB_REASON, "GitHub"}, {MARK_GITLAB, "GitLab"},
		{MARK_BUGZILLA, "Bugzilla"}, {MARK_DEBIAN_PR, "Debian"}, {MARK_JIRA, "Jira"}};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const struct field *f = in->mark[marks[i].mark];

		if (!f)
			continue;
		finding_add(in, out, &check_list, "list/manager", f->value, "The mail came over %s",
			marks[i].name);
		return;
	}
}

/* True when a relay of the list's domain wrote or handed over one of the lines. */
static bool is_in_chain(const struct check_input *in, struct span domain, struct span *ret_line)
{
	for (size_t i = 0; i < in->chain->hops && i < 20; i++) {
		const struct hop *h = &in->chain->hop[i];

		if (span_ends_nocase(h->by, domain) || span_ends_nocase(h->helo, domain) ||
			span_ends_nocase(h->rdns, domain)) {
			*ret_line = h->field->value;
			return true;
		}
	}
	return false;
}

/* "[tag] subject" where the tag is the list's own name. */
static void look_at_tag(const struct check_input *in, struct findings *out, struct span id)
{
	ssize_t open = span_index(in->subject, '['), close = span_index(in->subject, ']');
	ssize_t dot = span_index(id, '.');

	if (open < 0 || open > 20 || close < open + 3 || dot < 2)
		return;
	struct span tag = span_between(in->subject.p + open + 1, in->subject.p + close);

	if (span_find_nocase(id, span_take(tag, 40)) >= 0 ||
		span_find_nocase(tag, span_take(id, (size_t)dot)) >= 0)
		finding_add(in, out, &check_list, "list/tag", tag,
			"The subject bears the list's own tag [%.*s]", SPAN_ARG(tag));
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_LIST_ID];
	struct span line;

	look_at_manager(in, out);
	if (in->field[FIELD_LIST_POST])
		finding_add(in, out, &check_list, "list/post", in->field[FIELD_LIST_POST]->value,
			"The mail came over a list to which one can write");
	if (!f)
		return;
	struct span id = list_id(f), domain = check_domain(in, id);

	finding_add(in, out, &check_list, "list/id", f->value, "The mail came over the list %.*s",
		SPAN_ARG(id));
	look_at_tag(in, out, id);
	if (domain.n && is_in_chain(in, domain, &line))
		finding_add(in, out, &check_list, "list/chain", line,
			"The list's own host %.*s handed the mail on", SPAN_ARG(domain));
	if (domain.n && span_eq(domain, in->from_domain) &&
		span_find_nocase(in->from.name, SPAN(" via ")) >= 0)
		finding_add(in, out, &check_list, "list/rewritten", in->from.name,
			"The list sends in its own name for the writer");
}

const struct check check_list = {"list", "mail over a mailing list", variants, run};
