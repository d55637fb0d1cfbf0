/* Prints every kind of X-ARF report that can be written, of every kind of host, one a line. */
#include "case/xarf_write.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void print(const struct xarf_report *r)
{
	struct buf b = {0};
	json_t *j;

	if (xarf_write(r, &b) < 0 || !(j = json_loadb(b.p, b.n, 0, NULL)))
		exit(1);
	printf("%s\t", xarf_type(r));
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
	buf_done(&b);
}

int main(void)
{
	static const struct span hosts[] = {SPAN("192.0.2.1"), SPAN("2001:db8::1"),
		SPAN("192.0.2.0/24"), SPAN("2001:db8::/32"), SPAN("evil-1.example.com"),
		SPAN("xn--bcher-kva.example")};
	static const uint16_t ports[] = {0, 80, 443, 65535};
	const struct xarf_evidence evidence[] = {
		{"application/json", "a record", SPAN("{\"a\":1}")},
		{"text/plain", "nothing", SPAN("")},
	};

	for (int kind = 0; kind < SIGHTING_KINDS; kind++)
		for (size_t h = 0; h < sizeof(hosts) / sizeof(*hosts); h++)
			for (size_t p = 0; p < 16; p++) {
				struct xarf_report r = {
					.by = {SPAN("Example \"Mail\" \xc3\xbc"),
						SPAN("abuse@mx.example.org"),
						SPAN("mx.example.org")},
					.host = hosts[h],
					.kind = (enum sighting_kind)kind,
					.by_mail = p & 1,
					.led_to = p & 8,
					.port = ports[p / 2 % 4],
					.count = p ? 1 : 4000000000u,
					.first = 1795392000,
					.last = 1795478399,
					.confidence = p & 1 ? 1 : 100,
					.asn = p & 1 ? 64500 : 4294967295u,
					.sources = SPAN("mail,drop,c2-list.v1_x"),
					.notice = SPAN("n-20261123-as64500-1"),
					.evidence = evidence,
					.nevidence = p % 3,
				};

				xarf_make_id(hosts[h], r.id);
				print(&r);
			}
	return 0;
}
