/*
 * Verifies messages for the suites that are written in Python:
 *
 *     suite-dkim-verify ZONE SECONDS <paths of messages, one a line
 *
 * ZONE answers for the DNS, SECONDS is the time. Prints for each message a line a signature, one
 * for its chain, and ".":
 *
 *     dkim TAB result TAB domain TAB selector TAB bits of the key TAB reason
 *     arc TAB result TAB instances TAB oldest pass TAB reason
 */
#include "auth/arc.h"
#include "net/dns_zone.h"
#include "suite/data.h"

#include <stdio.h>
#include <stdlib.h>

static void print_dkim(const struct dkim *dkim)
{
	for (size_t i = 0; i < dkim->n; i++) {
		const struct dkim_signature *s = &dkim->signature[i];

		printf("dkim\t%s\t%.*s\t%.*s\t%u\t%s\n", dkim_result_name(s->result),
			SPAN_ARG(s->domain), SPAN_ARG(s->selector), s->key_bits,
			s->reason ? s->reason : "");
	}
}

static int verify(struct message_parser *mp, struct dns_zone *zone, int64_t now, const char *path)
{
	struct dns_budget dns = {
		.dns = dns_zone_dns(zone), .deadline = INT64_MAX, .questions = 1000};
	struct span raw = data_read(path);
	struct message *m;
	struct dkim dkim;
	struct arc arc;

	if (!raw.p || message_parse(mp, raw, &m) < 0 ||
		dkim_verify(m, &dns, now, message_arena(mp), &dkim) < 0 ||
		arc_verify(m, &dns, &dkim, message_arena(mp), &arc) < 0) {
		fprintf(stderr, "%s: cannot be verified\n", path);
		return 1;
	}
	print_dkim(&dkim);
	printf("arc\t%s\t%zu\t%u\t%s\n.\n", arc_result_name(arc.result), arc.n, arc.oldest_pass,
		arc.reason ? arc.reason : "");
	free((char *)raw.p);
	return 0;
}

int main(int argc, char **argv)
{
	struct message_parser *mp = message_parser_new(0);
	struct dns_zone *zone;
	struct err err;
	char path[4096];
	int ret = 0;

	if (argc != 3 || !mp || dns_zone_open(argv[1], &zone, &err) < 0) {
		fprintf(stderr, "suite-dkim-verify: %s\n", argc == 3 ? err.text : "ZONE SECONDS");
		return 2;
	}
	while (ret == 0 && fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		ret = verify(mp, zone, atoll(argv[2]), path);
	}
	dns_zone_free(zone);
	message_parser_free(mp);
	return ret;
}
