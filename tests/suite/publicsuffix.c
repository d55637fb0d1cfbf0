/*
 * The Public Suffix List's own test vectors, against the list that they came with: "HOST DOMAIN" a
 * line, "null" for none. Names are given in any case and as U-labels; ours are A-labels, so both
 * sides go through domain_to_ascii() first.
 */
#include "data.h"

#include "mail/domain.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned check_line(struct arena *a, struct domain_tools *t, struct span line)
{
	struct span host, want, ascii, expected = {NULL, 0};

	if (!line.n || line.p[0] == '/' || !span_cut(&line, ' ', &host))
		return 0;
	want = span_trim(line);
	if (span_eq(host, SPAN("null")))
		host = span_take(host, 0);
	if (domain_to_ascii(a, host, &ascii))
		ascii = host;
	if (!span_eq(want, SPAN("null")) && domain_to_ascii(a, want, &expected))
		expected = want;
	struct span ours = domain_registrable(t, ascii);

	if (span_eq(ours, expected))
		return 0;
	printf("%.*s: ours %.*s, theirs %.*s\n", SPAN_ARG(host), SPAN_ARG(ours), SPAN_ARG(want));
	return 1;
}

int main(void)
{
	char path[8300];
	const char *folder = data_unpack("suites/publicsuffix");
	struct span line;
	struct arena a;
	unsigned wrong = 0, lines = 0;

	snprintf(path, sizeof(path), "%s/public_suffix_list.dat", folder);
	struct domain_tools *t = domain_tools_load(path);

	snprintf(path, sizeof(path), "%s/tests/tests.txt", folder);
	struct span in = data_read(path), rest = in;

	arena_init(&a, 1 << 20);
	for (; t && span_line(&rest, &line); lines++)
		wrong += check_line(&a, t, line);
	printf("%u lines, %u wrong\n", lines, wrong);
	free((char *)in.p);
	arena_done(&a);
	domain_tools_free(t);
	return wrong || !lines;
}
