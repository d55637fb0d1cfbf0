/* A whole message, its DKIM and ARC fields held against a few fixed keys. */
#include "auth/arc.h"
#include "net/dns_zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RSA                                                                                        \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi" \
	"Y"                                                                                        \
	"/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyV" \
	"YLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

static const char zone_text[] =
	"dummy._domainkey.example.org. TXT \"v=DKIM1; k=rsa; p=" RSA "\"\n"
	"strict._domainkey.example.org. TXT \"v=DKIM1; t=y:s; h=sha256; p=\" \"" RSA "\"\n"
	"brisbane._domainkey.football.example.com. TXT \"v=DKIM1; k=ed25519; "
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
	"brisbane._domainkey.xn--bcher-kva.example. TXT \"v=DKIM1; k=ed25519; "
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
	"two._domainkey.example.org. TXT \"p=\"\n"
	"two._domainkey.example.org. TXT \"p=" RSA "\"\n"
	"broken._domainkey.example.org. SERVFAIL\n";

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_dkim(const struct dkim *d)
{
	check(d->n <= DKIM_MOST && (d->n == DKIM_MOST || !d->left_out));
	for (size_t i = 0; i < d->n; i++) {
		const struct dkim_signature *s = &d->signature[i];

		check(s->result != DKIM_NONE && !s->reason == (s->result == DKIM_PASS));
		check(*dkim_result_name(s->result) && s->field);
		check(s->result != DKIM_PASS || (s->domain.n && s->selector.n && s->identity.n));
		check(s->result != DKIM_PASS || (s->key_bits && !s->body_cut));
	}
}

static void check_arc(const struct arc *a)
{
	check(a->n <= ARC_MOST && a->oldest_pass <= a->n);
	check(!a->reason == (a->result == ARC_PASS || a->result == ARC_NONE));
	for (size_t i = 0; i < a->n && a->result == ARC_PASS; i++)
		check(a->set[i].domain.n && a->set[i].selector.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct message_parser *mp;
	static struct dns_zone *zone;
	struct message *m;
	struct dkim dkim;
	struct arc arc, alone;

	if (!mp) {
		mp = message_parser_new(0);
		check(mp && dns_zone_new(&zone) == 0);
		check(dns_zone_read(zone, span_cstr(zone_text), "zone", NULL) == 0);
	}
	struct dns_budget dns = {.dns = dns_zone_dns(zone), .deadline = INT64_MAX, .questions = 20};

	check(message_parse(mp, (struct span){(const char *)data, size}, &m) == 0);
	dkim_soon(m, &dns, message_arena(mp));
	if (dkim_verify(m, &dns, 1800000000, message_arena(mp), &dkim) < 0)
		return 0;
	check_dkim(&dkim);
	struct dns_budget again = dns;

	if (arc_verify(m, &dns, &dkim, message_arena(mp), &arc) < 0)
		return 0;
	check_arc(&arc);
	if (arc_verify(m, &again, NULL, message_arena(mp), &alone) == 0)
		check(arc.result == alone.result && arc.oldest_pass == alone.oldest_pass);
	return 0;
}
