/*
 * spf ZONE: answers questions from a zone file (dns_zone.h). A line of standard input is a
 * question, "IP HELO MAIL-FROM", the latter two in hexadecimal with a '.' before; a line of
 * standard output is "RESULT .EXPLANATION LOOKUPS VOID QUESTIONS", then the reason.
 */
#include "auth/spf.h"
#include "net/dns_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ".6162" in place: "ab". */
static struct span from_hex(char *text)
{
	size_t n = 0;

	for (char *p = text + 1; p[0] && p[1]; p += 2)
		text[n++] = (char)(ascii_hex(p[0]) << 4 | ascii_hex(p[1]));
	return (struct span){text, n};
}

static int answer(struct dns *dns, char *ip, char *helo, char *from)
{
	struct spf_question q = {
		.helo = from_hex(helo), .mail_from = from_hex(from), .now = time(NULL)};
	struct dns_budget budget = {.dns = dns, .deadline = INT64_MAX, .questions = 1000};
	struct arena arena;
	struct spf spf;

	arena_init(&arena, (size_t)8 << 20);
	if (ip_parse(span_cstr(ip), &q.ip) < 0 || spf_check(&q, &budget, &arena, &spf) < 0) {
		fprintf(stderr, "%s: no address, or no memory\n", ip);
		return 1;
	}
	printf("%s .", spf_result_name(spf.result));
	for (size_t i = 0; i < spf.explanation.n; i++)
		printf("%02x", (unsigned char)spf.explanation.p[i]);
	printf(" %u %u %u %s\n", spf.lookups, spf.void_lookups, budget.asked,
		spf.reason ? spf.reason : "");
	arena_done(&arena);
	return 0;
}

int main(int argc, char **argv)
{
	char *line = NULL, *ip, *helo, *from, *save;
	size_t room = 0;
	struct dns_zone *zone;
	struct err err;
	int failed = 0;

	if (argc != 2 || dns_zone_open(argv[1], &zone, &err) < 0) {
		fprintf(stderr, "%s\n", argc == 2 ? err.text : "usage: spf ZONE");
		return 1;
	}
	while (!failed && getline(&line, &room, stdin) > 0) {
		ip = strtok_r(line, " \n", &save);
		helo = strtok_r(NULL, " \n", &save);
		from = strtok_r(NULL, " \n", &save);
		failed = from ? answer(dns_zone_dns(zone), ip, helo, from) : 1;
	}
	free(line);
	dns_zone_free(zone);
	return failed;
}
