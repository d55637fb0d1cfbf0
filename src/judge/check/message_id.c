/* The Message-ID tells which program wrote the mail and on which host; who forges one gets it
 * wrong, and who sends in bulk often writes none. */
#include "judge/check/list.h"
#include "judge/hosts.h"

static const char *const variants[] = {"message-id/missing", "message-id/malformed",
	"message-id/no-domain", "message-id/own-host", "message-id/localhost", "message-id/ip",
	"message-id/aligned", "message-id/service", "message-id/unrelated", "message-id/freemail",
	NULL};

static void look_at_host(const struct check_input *in, struct findings *out, struct span host)
{
	struct span name = check_lower(in, host);
	struct ip ip;
	struct span inner =
		name.n > 2 && name.p[0] == '[' ? span_skip(span_take(name, name.n - 1), 1) : name;
	struct span domain = check_domain(in, name);

	if (ip_parse(inner, &ip) == 0)
		finding_add(in, out, &check_message_id, "message-id/ip", host,
			"The Message-ID was made on a host without a name");
	else if (span_eq(name, SPAN("localhost")) || span_starts(name, SPAN("localhost.")))
		finding_add(in, out, &check_message_id, "message-id/localhost", host,
			"The Message-ID was made on \"localhost\"");
	else if (span_index(name, '.') < 0)
		finding_add(in, out, &check_message_id, "message-id/no-domain", host,
			"The Message-ID was made on \"%.*s\", which is no full name",
			SPAN_ARG(host));
	else if (domain.n && span_eq(domain, in->from_domain))
		finding_add(in, out, &check_message_id, "message-id/aligned", host,
			"The Message-ID is of the sender's own domain");
	else if (domain.n && in->own_domain.n && span_eq(domain, in->own_domain))
		finding_add(in, out, &check_message_id, "message-id/own-host", host,
			"The Message-ID claims the recipient's own %.*s, the sender is %.*s",
			SPAN_ARG(domain), SPAN_ARG(in->from_host));
	else if (domain.n && check_is_sender(in, domain))
		finding_add(in, out, &check_message_id, "message-id/service", host,
			"The Message-ID is of the service that signed or sent the mail");
	else if (host_kind(name) & HOST_FREEMAIL)
		finding_add(in, out, &check_message_id, "message-id/freemail", host,
			"The Message-ID is of %.*s, the sender is %.*s", SPAN_ARG(domain),
			SPAN_ARG(in->from_host));
	else if (!in->is_list)
		finding_add(in, out, &check_message_id, "message-id/unrelated", host,
			"The Message-ID is of %.*s, the sender is %.*s", SPAN_ARG(host),
			SPAN_ARG(in->from_host));
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_MESSAGE_ID];
	struct span id;
	ssize_t at;

	if (!f || !(id = span_trim(f->value)).n) {
		finding_add(in, out, &check_message_id, "message-id/missing", (struct span){0},
			"The mail has no Message-ID");
		return;
	}
	/* RFC 5322, 3.6.4: "<" left "@" right ">". */
	at = span_rindex(id, '@');
	if (id.p[0] != '<' || id.p[id.n - 1] != '>' || id.n < 5 || at < 2 || id.n > 998) {
		finding_add(in, out, &check_message_id, "message-id/malformed", id,
			"The Message-ID is malformed: %.*s", SPAN_ARG(span_take(id, 100)));
		return;
	}
	id = span_take(span_skip(id, (size_t)at + 1), id.n - (size_t)at - 2);
	if (id.n && id.n <= 253)
		look_at_host(in, out, id);
}

const struct check check_message_id = {
	"message-id", "who made the Message-ID, and whether it is one", variants, run};
