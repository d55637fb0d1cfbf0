/*
 * The text has a line for each thing that was looked at: what it is, what came of it, and why, in
 * three columns. What came from outside goes through clean_excerpt().
 */
#include "cli/auth_show.h"

#include "cli/report.h"
#include "show/clean.h"

#include <inttypes.h>

#define OUTSIDE_MOST 200

static void row(struct buf *to, const char *what, const char *result)
{
	buf_printf(to, "  %-10s %-10s ", what, result);
}

static void outside(struct buf *to, struct span s)
{
	if (s.n)
		clean_excerpt(to, s, OUTSIDE_MOST);
	else
		buf_str(to, "(none)");
}

static void show_client(struct buf *to, const struct auth_shown *s)
{
	static const char *const helo[] = {
		[IPREV_HELO_UNKNOWN] = "could not be looked up",
		[IPREV_HELO_OWN] = "belongs to the address",
		[IPREV_HELO_OTHER] = "belongs to another address",
		[IPREV_HELO_NOWHERE] = "has no address",
		[IPREV_HELO_NO_NAME] = "is no name that could be looked up",
	};
	const struct auth *a = s->auth;

	row(to, "iprev", iprev_result_name(a->iprev));
	if (a->iprev == IPREV_PASS) {
		outside(to, a->name);
		buf_str(to, " leads back to the address");
	} else {
		buf_str(to, a->iprev == IPREV_PERMERROR ? "the address has no name"
			    : a->iprev == IPREV_FAIL    ? "no name of the address leads back to it"
							: "the DNS did not answer");
	}
	buf_byte(to, '\n');
	row(to, "helo", iprev_helo_name(a->helo));
	outside(to, s->question->helo);
	buf_printf(to, " %s\n", helo[a->helo]);
}

static void show_spf(struct buf *to, const char *what, const struct spf *spf)
{
	row(to, what, spf_result_name(spf->result));
	outside(to, spf->domain);
	if (spf->mechanism.n) {
		buf_str(to, ": ");
		outside(to, spf->mechanism);
	}
	if (spf->reason)
		buf_printf(to, ": %s", spf->reason);
	if (spf->lookups)
		buf_printf(to, " (%u of 10 terms looked up, %u led to nothing)", spf->lookups,
			spf->void_lookups);
	buf_byte(to, '\n');
	if (!spf->explanation.n)
		return;
	row(to, "", "");
	buf_str(to, "its owner says: ");
	outside(to, spf->explanation);
	buf_byte(to, '\n');
}

static void show_signature(struct buf *to, const struct dkim_signature *s)
{
	row(to, "dkim", dkim_result_name(s->result));
	outside(to, s->domain);
	buf_str(to, ", selector ");
	outside(to, s->selector);
	buf_str(to, ", ");
	outside(to, s->algorithm);
	if (s->key_bits)
		buf_printf(to, ", key of %u bits", s->key_bits);
	if (s->testing)
		buf_str(to, ", a test");
	if (s->reason)
		buf_printf(to, ": %s", s->reason);
	buf_byte(to, '\n');
}

static void show_signatures(struct buf *to, const struct auth *a)
{
	if (!a->dkim.n) {
		row(to, "dkim", "none");
		buf_str(to, "the message has no signature\n");
	}
	for (size_t i = 0; i < a->dkim.n; i++)
		show_signature(to, &a->dkim.signature[i]);
	if (a->dkim.left_out)
		buf_printf(to, "  %zu more signatures were not looked at\n", a->dkim.left_out);
	row(to, "arc", arc_result_name(a->arc.result));
	if (a->arc.result == ARC_NONE)
		buf_str(to, "nobody who handed it on has sealed it");
	else if (a->arc.reason)
		buf_str(to, a->arc.reason);
	else
		buf_printf(to, "%zu handed it on and sealed it", a->arc.n);
	buf_byte(to, '\n');
}

static void show_record(struct buf *to, const struct dmarc *d)
{
	row(to, "", "");
	buf_str(to, "record at _dmarc.");
	outside(to, d->found_at);
	buf_str(to, ", organisation ");
	outside(to, d->organisation);
	buf_printf(to, ", asks for %s", dmarc_policy_name(d->policy));
	if (d->pct != 100)
		buf_printf(to, " of %u %%", d->pct);
	if (d->testing)
		buf_str(to, ", as a test");
	buf_str(to, d->spf_aligned ? "; SPF is aligned" : "; SPF is not aligned");
	buf_str(to, d->dkim_aligned ? ", DKIM is" : ", DKIM is not");
	if (d->result == DMARC_FAIL)
		buf_printf(to, "; to be applied here: %s", dmarc_policy_name(d->apply));
	buf_byte(to, '\n');
}

static void show_dmarc(struct buf *to, const struct auth *a)
{
	const struct dmarc *d = &a->dmarc;

	row(to, "dmarc", dmarc_result_name(d->result));
	outside(to, d->from);
	if (a->from_domains > 1)
		buf_printf(to, ", the worst of %zu From domains", a->from_domains);
	if (d->reason)
		buf_printf(to, ": %s", d->reason);
	buf_byte(to, '\n');
	if (d->found_at.n)
		show_record(to, d);
}

static void show_field(struct buf *to, const struct auth_shown *s)
{
	struct buf field = {0};
	struct span rest, line;

	auth_results(&field, s->auth, s->question);
	rest = buf_span(&field);
	buf_str(to, "  Authentication-Results: ");
	for (bool first = true; span_line(&rest, &line); first = false) {
		if (!first)
			buf_str(to, "\n\t");
		clean_excerpt(to, span_skip(line, line.n && line.p[0] == '\t'), 1000);
	}
	buf_byte(to, '\n');
	to->failed = to->failed || !buf_ok(&field);
	buf_done(&field);
}

void auth_show_text(struct buf *to, const struct auth_shown *s)
{
	const struct auth *a = s->auth;
	char ip[IP_TEXT];

	clean_text(to, span_cstr(s->item->path));
	if (s->item->in_mbox)
		buf_printf(to, ", message %" PRIu64, s->item->number);
	buf_str(to, ":\n");
	if (a->has_client) {
		row(to, "from", ip_format(&s->question->ip, ip));
		buf_str(to, "MAIL FROM ");
		outside(to, s->question->mail_from);
		buf_byte(to, '\n');
		show_client(to, s);
		show_spf(to, "spf", &a->spf);
		if (!a->spf.of_helo)
			show_spf(to, "spf helo", &a->spf_helo);
	} else {
		buf_str(to,
			"  the client's address is not known: iprev, helo and spf are left out\n");
	}
	show_signatures(to, a);
	show_dmarc(to, a);
	buf_printf(to, "  %u questions to the DNS, %u not answered\n", a->questions, a->failed);
	show_field(to, s);
}

static void set_reason(json_t *j, const char *reason)
{
	if (reason)
		json_object_set_new(j, "reason", json_string(reason));
}

static json_t *spf_json(const struct spf *s)
{
	json_t *j = json_pack("{s:s, s:o, s:o, s:b, s:i, s:i}", "result",
		spf_result_name(s->result), "domain", json_text(s->domain), "mechanism",
		json_text(s->mechanism), "of_helo", s->of_helo, "lookups", (int)s->lookups,
		"void_lookups", (int)s->void_lookups);

	if (s->explanation.n)
		json_object_set_new(j, "explanation", json_text(s->explanation));
	set_reason(j, s->reason);
	return j;
}

static json_t *signature_json(const struct dkim_signature *s)
{
	json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:b}", "result",
		dkim_result_name(s->result), "domain", json_text(s->domain), "selector",
		json_text(s->selector), "identity", json_text(s->identity), "algorithm",
		json_text(s->algorithm), "key_bits", (int)s->key_bits, "testing", s->testing);

	set_reason(j, s->reason);
	return j;
}

static json_t *dkim_json(const struct dkim *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->n; i++)
		json_array_append_new(list, signature_json(&d->signature[i]));
	return list;
}

static json_t *dmarc_json(const struct dmarc *d)
{
	json_t *j = json_pack("{s:s, s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:i, s:b}", "result",
		dmarc_result_name(d->result), "from", json_text(d->from), "found_at",
		json_text(d->found_at), "organisation", json_text(d->organisation), "policy",
		dmarc_policy_name(d->policy), "apply", dmarc_policy_name(d->apply), "spf_aligned",
		d->spf_aligned, "dkim_aligned", d->dkim_aligned, "pct", (int)d->pct, "testing",
		d->testing);

	set_reason(j, d->reason);
	return j;
}

static void client_json(json_t *j, const struct auth_shown *s)
{
	const struct auth *a = s->auth;
	char ip[IP_TEXT];

	json_object_set_new(j, "ip", json_string(ip_format(&s->question->ip, ip)));
	json_object_set_new(j, "mail_from", json_text(s->question->mail_from));
	json_object_set_new(j, "iprev",
		json_pack("{s:s, s:o}", "result", iprev_result_name(a->iprev), "name",
			json_text(a->name)));
	json_object_set_new(j, "helo",
		json_pack("{s:s, s:o}", "result", iprev_helo_name(a->helo), "name",
			json_text(s->question->helo)));
	json_object_set_new(j, "spf", spf_json(&a->spf));
	json_object_set_new(j, "spf_helo", spf_json(&a->spf_helo));
}

json_t *auth_show_json(const struct auth_shown *s)
{
	const struct auth *a = s->auth;
	struct buf field = {0};
	json_t *j = json_object(), *arc;

	json_object_set_new(j, "path", json_text(span_cstr(s->item->path)));
	if (s->item->in_mbox)
		json_object_set_new(j, "number", json_integer((json_int_t)s->item->number));
	if (a->has_client)
		client_json(j, s);
	json_object_set_new(j, "dkim", dkim_json(&a->dkim));
	arc = json_pack(
		"{s:s, s:i}", "result", arc_result_name(a->arc.result), "instances", (int)a->arc.n);
	set_reason(arc, a->arc.reason);
	json_object_set_new(j, "arc", arc);
	json_object_set_new(j, "dmarc", dmarc_json(&a->dmarc));
	json_object_set_new(j, "questions", json_integer(a->questions));
	json_object_set_new(j, "failed", json_integer(a->failed));
	auth_results(&field, a, s->question);
	json_object_set_new(j, "authentication_results", json_text(buf_span(&field)));
	buf_done(&field);
	return j;
}
