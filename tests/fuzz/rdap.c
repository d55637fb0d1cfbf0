/* What a registry answers; the same bytes as a bootstrap file. What comes out can be written to. */
#include "case/rdap.h"

#include <stdlib.h>

static void must(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span s = {(const char *)data, size};
	struct rdap_answer a;
	struct buf url = {0};
	struct ip ip = {IP_V4, {192, 0, 2, 1}};
	struct contact c;

	if (rdap_read(s, &a, NULL) == 0) {
		must(a.abuse.mails <= CONTACT_MAILS_MOST);
		for (size_t i = 0; i < a.abuse.mails; i++)
			must(contact_mail_ok(span_cstr(a.abuse.mail[i])));
		must(a.abuse.mails == 0 || a.has_abuse_role);
		must(strlen(a.link) < sizeof(a.link) && strlen(a.other) < sizeof(a.other));
	}
	if (rdap_bootstrap_asn(s, 64500, &url, NULL) == 0)
		must(url.n > 0 && url.p[url.n - 1] == '/');
	buf_clear(&url);
	if (rdap_bootstrap_ip(s, &ip, &url, NULL) == 0)
		must(url.n > 0 && url.p[url.n - 1] == '/');
	buf_done(&url);
	if (contact_list_find(s, 64500, &c))
		must(c.from == CONTACT_STOP || c.mails > 0);
	contact_list_check(s, "list", NULL);
	return 0;
}
