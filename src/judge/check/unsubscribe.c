/* The way out that honest bulk senders offer: List-Unsubscribe (RFC 2369), one click (RFC 8058),
 * at the sender's own domain or that of the service that signed. */
#include "judge/check/list.h"
#include "judge/hosts.h"
#include "mail/domain.h"

static const char *const variants[] = {"unsubscribe/one-click-aligned", "unsubscribe/one-click",
	"unsubscribe/aligned", "unsubscribe/service", "unsubscribe/other", "unsubscribe/mailto",
	NULL};

/* The host of the first http(s) URI in angle brackets. */
static struct span web_host(struct span value)
{
	ssize_t at = span_find_nocase(value, SPAN("<http"));
	size_t n = 0;

	if (at < 0)
		return (struct span){0};
	value = span_skip(value, (size_t)at);
	ssize_t slashes = span_find(value, SPAN("://"));

	if (slashes < 0 || slashes > 6)
		return (struct span){0};
	value = span_skip(value, (size_t)slashes + 3);
	while (n < value.n &&
		(ascii_is_alnum(value.p[n]) || value.p[n] == '-' || value.p[n] == '.'))
		n++;
	return span_take(value, n);
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_LIST_UNSUBSCRIBE];
	bool one_click = in->mark[MARK_UNSUBSCRIBE_POST] != NULL;

	if (!f)
		return;
	struct span host = web_host(f->value);

	if (!host.n || host.n > DOMAIN_MOST) {
		finding_add(in, out, &check_unsubscribe, "unsubscribe/mailto", f->value,
			"One may unsubscribe by mail");
		return;
	}
	struct span name = check_lower(in, host), domain = check_domain(in, name);
	bool ours = check_is_sender(in, domain);
	bool service = host_kind(name) & HOST_CLICK;

	if (one_click)
		finding_add(in, out, &check_unsubscribe,
			ours ? "unsubscribe/one-click-aligned" : "unsubscribe/one-click", f->value,
			"One may unsubscribe with one click, at %.*s", SPAN_ARG(host));
	else
		finding_add(in, out, &check_unsubscribe,
			ours      ? "unsubscribe/aligned"
			: service ? "unsubscribe/service"
				  : "unsubscribe/other",
			f->value, "One may unsubscribe at %.*s", SPAN_ARG(host));
}

const struct check check_unsubscribe = {
	"unsubscribe", "the way out that honest bulk senders offer", variants, run};
