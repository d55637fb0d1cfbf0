/*
 * auth-results SEED N: writes N Authentication-Results fields of made-up results, most of whose
 * values are an enemy's, a line of JSON each: {"field": ..., "id": ..., "want": [[method, result,
 * reason or null, [["type.name", value], ...]], ...]}. A value that may not stand in a field is not
 * among those that are wanted.
 */
#include "auth/auth.h"
#include "base/random.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static struct random r;
static struct arena arena;

/* A value: a name, an address, or what tries to be more. */
static struct span some_value(void)
{
	static const char *const pieces[] = {"a", "example", ".", "@", "mail", "-", "_", "=", ";",
		" ", "\"", "\\", "(", ")", "\n\t", "\r\n", "dkim=pass",
		"; dmarc=pass header.from=x", "/", "<", ">", ",", ":", "[", "]", "?", "\xc3\xb6",
		"\t", "reason=", "%", "\x7f", "\x01"};
	char *to = arena_alloc(&arena, 512);
	size_t n = random_below(&r, 8), plain = random_below(&r, 3) ? 7 : 32, at = 0;

	for (size_t i = 0; i < n; i++) {
		const char *p = pieces[random_below(&r, plain)];

		at += (size_t)sprintf(to + at, "%s", p);
	}
	return (struct span){to, at};
}

static bool may_stand(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n > 0;
}

static json_t *method(json_t *want, const char *name, const char *result, const char *reason)
{
	json_t *properties = json_array();

	json_array_append_new(want, json_pack("[sss?o]", name, result, reason, properties));
	return properties;
}

static void property(json_t *properties, const char *name, struct span value)
{
	if (may_stand(value))
		json_array_append_new(properties, json_pack("[ss%]", name, value.p, value.n));
}

static void make_client(struct auth_question *q, struct auth *a, json_t *want)
{
	char text[IP_TEXT];

	a->has_client = true;
	q->ip = random_below(&r, 2) ? ip_from_v4(random_bits(&r))
				    : (struct ip){.family = IP_V6, .byte = {0x20, 1, 0xd, 0xb8}};
	a->iprev = (enum iprev_result)random_below(&r, 4);
	a->name = some_value();
	property(method(want, "iprev", iprev_result_name(a->iprev), NULL), "policy.iprev",
		span_cstr(ip_format(&q->ip, text)));
	q->helo = some_value();
	a->spf_helo.result = (enum spf_result)random_below(&r, 7);
	property(method(want, "spf", spf_result_name(a->spf_helo.result), NULL), "smtp.helo",
		q->helo);
	q->mail_from = some_value();
	a->spf.result = (enum spf_result)random_below(&r, 7);
	a->spf.reason = random_below(&r, 2) ? "more than one SPF record" : NULL;
	property(method(want, "spf", spf_result_name(a->spf.result), a->spf.reason),
		"smtp.mailfrom", q->mail_from);
}

static void make_dkim(struct auth *a, json_t *want)
{
	a->dkim.n = random_below(&r, DKIM_MOST + 1);
	if (!a->dkim.n)
		method(want, "dkim", "none", NULL);
	for (size_t i = 0; i < a->dkim.n; i++) {
		struct dkim_signature *s = &a->dkim.signature[i];

		*s = (struct dkim_signature){.result = (enum dkim_result)random_below(&r, 7),
			.domain = some_value(),
			.selector = some_value(),
			.identity = some_value(),
			.algorithm = some_value(),
			.b = some_value(),
			.reason = random_below(&r, 2) ? "it does not match" : NULL};
		json_t *p = method(want, "dkim", dkim_result_name(s->result), s->reason);

		property(p, "header.d", s->domain);
		property(p, "header.s", s->selector);
		property(p, "header.a", s->algorithm);
		property(p, "header.i", s->identity);
		property(p, "header.b", s->b);
	}
}

static void make_rest(const struct auth_question *q, struct auth *a, json_t *want)
{
	struct dmarc *d = &a->dmarc;
	char text[IP_TEXT];
	json_t *p;

	a->arc.result = (enum arc_result)random_below(&r, 4);
	a->arc.oldest_pass = (unsigned)random_below(&r, 51);
	p = method(want, "arc", arc_result_name(a->arc.result), NULL);
	snprintf(text, sizeof(text), "%u", a->arc.oldest_pass);
	if (a->arc.result == ARC_PASS)
		property(p, "header.oldest-pass", span_cstr(text));
	if (a->arc.result != ARC_NONE && a->has_client)
		property(p, "smtp.remote-ip", span_cstr(ip_format(&q->ip, text)));
	d->result = (enum dmarc_result)random_below(&r, 5);
	d->policy = (enum dmarc_policy)random_below(&r, 3);
	d->from = some_value();
	p = method(want, "dmarc", dmarc_result_name(d->result), NULL);
	if (d->result == DMARC_FAIL)
		property(p, "policy.dmarc", span_cstr(dmarc_policy_name(d->apply)));
	property(p, "header.from", d->from);
}

static void one(void)
{
	struct auth_question q = {
		.receiver = random_below(&r, 4) ? SPAN("mx.example.org") : SPAN("a \"b\" \\ c;d")};
	struct auth a = {.has_client = false};
	json_t *want = json_array();
	struct buf to = {0};

	if (random_below(&r, 4))
		make_client(&q, &a, want);
	make_dkim(&a, want);
	make_rest(&q, &a, want);
	auth_results(&to, &a, &q);
	json_t *line = json_pack("{s:s%, s:s%, s:o}", "field", to.p, to.n, "id", q.receiver.p,
		q.receiver.n, "want", want);

	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
	buf_done(&to);
	arena_reset(&arena);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 1;
	random_seed(&r, (uint32_t)strtoul(argv[1], NULL, 10));
	arena_init(&arena, 1 << 20);
	for (unsigned long n = strtoul(argv[2], NULL, 10); n; n--)
		one();
	arena_done(&arena);
	return 0;
}
