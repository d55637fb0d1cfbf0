#include "dkim_case.h"

#include "test.h"

struct signer_key case_key[CASE_KEYS];
struct dns_zone *case_zone;
struct message_parser *case_parser;
struct dns_budget case_dns;

static void add(const char *name, const char *data)
{
	char text[4096];
	struct err err = {.text = ""};

	snprintf(text, sizeof(text), "%s._domainkey.example.org. %s\n", name, data);
	if (dns_zone_read(case_zone, span_cstr(text), "zone", &err) < 0)
		fail_msg("%s", err.text);
}

void case_record(const char *name, const char *text, enum case_key key)
{
	char full[64], record[2048];
	struct dns_record r;

	snprintf(full, sizeof(full), "%s._domainkey.example.org", name);
	const char *at = strstr(text, "%s");

	if (at)
		snprintf(record, sizeof(record), "%.*s%s%s", (int)(at - text), text,
			case_key[key].key, at + 2);
	else
		snprintf(record, sizeof(record), "%s", text);
	r = (struct dns_record){.text = span_cstr(record)};
	assert_int_equal(dns_zone_add(case_zone, span_cstr(full), DNS_TXT, 60, &r), 0);
}

void case_fail(const char *name, enum dns_fault fault)
{
	add(name, fault == DNS_FAULT_TIMEOUT ? "TIMEOUT" : "SERVFAIL");
}

void case_no_text(const char *name)
{
	add(name, "A 192.0.2.1");
}

int case_setup(void **state)
{
	static const unsigned bits[] = {2048, 1024, 512, 0};
	static const char *const name[] = {"rsa", "rsa1024", "rsa512", "ed"};

	(void)state;
	case_parser = message_parser_new(0);
	assert_non_null(case_parser);
	assert_int_equal(dns_zone_new(&case_zone), 0);
	for (int i = 0; i < CASE_KEYS; i++) {
		signer_key_make(&case_key[i], bits[i]);
		case_record(name[i], case_key[i].record, i);
	}
	return 0;
}

int case_teardown(void **state)
{
	(void)state;
	for (int i = 0; i < CASE_KEYS; i++)
		signer_key_done(&case_key[i]);
	dns_zone_free(case_zone);
	message_parser_free(case_parser);
	return 0;
}

static struct message *parse(struct span raw, uint32_t questions)
{
	struct message *m;

	assert_int_equal(message_parse(case_parser, raw, &m), 0);
	case_dns = (struct dns_budget){
		.dns = dns_zone_dns(case_zone), .deadline = INT64_MAX, .questions = questions};
	return m;
}

struct dkim case_dkim_within(struct span raw, uint32_t questions)
{
	struct message *m = parse(raw, questions);
	struct dkim dkim;

	assert_int_equal(dkim_verify(m, &case_dns, CASE_NOW, message_arena(case_parser), &dkim), 0);
	return dkim;
}

struct arc case_arc_within(struct span raw, uint32_t questions)
{
	struct message *m = parse(raw, questions);
	struct arc arc;

	assert_int_equal(arc_verify(m, &case_dns, NULL, message_arena(case_parser), &arc), 0);
	return arc;
}

struct dkim case_dkim(struct span raw)
{
	return case_dkim_within(raw, 1000);
}

struct arc case_arc(struct span raw)
{
	return case_arc_within(raw, 1000);
}

void case_sign(struct buf *to, const struct signer *s, const char *head, struct span body)
{
	to->n = 0;
	signer_sign(to, s, span_cstr(head), body);
	buf_str(to, head);
	buf_str(to, "\r\n");
	buf_add(to, body);
}

void case_expect(const char *what, const struct dkim *dkim, const char *result, const char *reason)
{
	const struct dkim_signature *s = &dkim->signature[0];

	assert_true(dkim->n > 0);
	if (strcmp(dkim_result_name(s->result), result) != 0 ||
		!s->reason != (s->result == DKIM_PASS) ||
		(reason && strcmp(s->reason ? s->reason : "", reason) != 0))
		fail_msg("%s: %s (%s), not %s (%s)", what, dkim_result_name(s->result),
			s->reason ? s->reason : "", result, reason ? reason : "");
}
