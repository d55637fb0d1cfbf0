/*
 * How many DKIM signatures a second of CPU time are verified, and how fast a large body is:
 *
 *     bench-dkim FOLDER
 *
 * FOLDER gets the messages (0.eml, 1.eml, ...), 4 KiB each, signed by one RSA key of 2048 bits,
 * relaxed/relaxed, and its record (record), for a peer to verify the same. Prints
 * "verified N messages/s" and "hashed N MB/s" (a body of 100 MB, relaxed, parsing left out).
 */
#include "auth/dkim.h"
#include "dkim_signer.h"
#include "net/dns_zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MESSAGES 200
#define ROUNDS   20
#define LARGE    ((size_t)100 << 20)

static const char head[] =
	"Received: from mail.example.net by mx.example.com; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
	"From: Ann <ann@example.org>\r\nTo: Bob <bob@example.com>\r\n"
	"Subject: a message of usual length\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
	"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
	"Content-Type: text/plain; charset=utf-8\r\n";

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void sign(struct buf *to, const struct signer_key *key, size_t length, int number)
{
	struct buf body = {0};
	struct signer s = {.key = key,
		.field = "DKIM-Signature",
		.tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=bench; "
			"t=1700000000",
		.names = "from:to:subject:date:message-id:mime-version:content-type",
		.relaxed_head = true,
		.relaxed_body = true,
		.length = -1};

	while (body.n < length)
		buf_printf(&body,
			"Message %d: line at %zu of usual words,  as people write them.\r\n",
			number, body.n);
	to->n = 0;
	signer_sign(to, &s, span_cstr(head), buf_span(&body));
	buf_str(to, head);
	buf_str(to, "\r\n");
	buf_add(to, buf_span(&body));
	buf_done(&body);
}

static void keep(const char *folder, const char *name, struct span what)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "w");

	if (!f || fwrite(what.p, 1, what.n, f) != what.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

/* CPU seconds that parsing and verifying take, or verifying alone. */
static double verify(
	struct message_parser *mp, struct dns_zone *zone, struct span raw, bool parsing)
{
	struct dns_budget dns = {.dns = dns_zone_dns(zone), .deadline = INT64_MAX, .questions = 9};
	struct message *m;
	struct dkim dkim;

	double begin = cpu_seconds();

	if (message_parse(mp, raw, &m) < 0)
		exit(1);
	if (!parsing)
		begin = cpu_seconds();

	if (dkim_verify(m, &dns, 1700000000, message_arena(mp), &dkim) < 0 || dkim.n != 1 ||
		dkim.signature[0].result != DKIM_PASS) {
		fprintf(stderr, "bench-dkim: a message does not verify\n");
		exit(1);
	}
	return cpu_seconds() - begin;
}

static double best_round(
	struct message_parser *mp, struct dns_zone *zone, const struct buf *message, int n)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double spent = 0;

		for (int i = 0; i < n; i++)
			spent += verify(mp, zone, buf_span(&message[i]), true);
		best = spent < best ? spent : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	static struct buf message[MESSAGES], large;
	struct message_parser *mp = message_parser_new(0);
	struct signer_key key;
	struct dns_zone *zone;

	if (argc != 2 || !mp || dns_zone_new(&zone) < 0)
		return 2;
	signer_key_make(&key, 2048);
	struct dns_record record = {.text = span_cstr(key.record)};

	dns_zone_add(zone, SPAN("bench._domainkey.example.org"), DNS_TXT, 60, &record);
	keep(argv[1], "record", record.text);
	for (int i = 0; i < MESSAGES; i++) {
		char name[32];

		sign(&message[i], &key, 4096, i);
		snprintf(name, sizeof(name), "%d.eml", i);
		keep(argv[1], name, buf_span(&message[i]));
	}
	sign(&large, &key, LARGE, 0);
	printf("verified %.0f messages/s\n", MESSAGES / best_round(mp, zone, message, MESSAGES));
	double spent = verify(mp, zone, buf_span(&large), false);

	printf("hashed %.0f MB/s\n", (double)large.n / 1e6 / spent);
	for (int i = 0; i < MESSAGES; i++)
		buf_done(&message[i]);
	buf_done(&large);
	signer_key_done(&key);
	dns_zone_free(zone);
	message_parser_free(mp);
	return 0;
}
