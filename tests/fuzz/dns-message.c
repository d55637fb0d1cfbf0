/* Messages between gate and resolver: the first byte says which is read. What is taken for good is
 * within its bounds, and comes out the same when it is written again. */
#include "serve/dns_message.h"

#include <stdlib.h>

static void check_question(struct span s)
{
	struct dns_question q;
	struct buf b = {0};
	char again[DNS_NAME];

	if (dns_question_read(s, &q) < 0)
		return;
	dns_question_write(&q, &b);
	if (!span_eq(buf_span(&b), s) || q.milliseconds > DNS_MILLISECONDS_MOST ||
		dns_name((struct span){q.name, q.n}, again) != (int)q.n ||
		strcmp(again, q.name) != 0)
		abort();
	buf_done(&b);
}

static void check_answer(struct span s, enum dns_type type)
{
	struct dns_answer a, looked;
	uint64_t instance = 0, again = 0;
	struct arena arena;
	struct buf b = {0};
	size_t bytes = 0;

	arena_init(&arena, (size_t)1 << 20);
	int r = dns_answer_read(s, type, &arena, &instance, &a);

	if (r != dns_answer_read(s, type, NULL, &again, &looked) || instance != again)
		abort();
	if (r == 0) {
		for (size_t i = 0; i < a.n; i++)
			bytes += a.record[i].text.n;
		dns_answer_write(instance, &a, type, &b);
		if ((a.status == DNS_OK) != (a.n > 0) || a.n > DNS_RECORDS_MOST ||
			bytes > DNS_BYTES_MOST || a.n != looked.n || !span_eq(buf_span(&b), s))
			abort();
	}
	buf_done(&b);
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {
		DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX, DNS_NS, DNS_PTR, DNS_SOA, DNS_TXT};

	if (!size)
		return 0;
	struct span s = {(const char *)data + 1, size - 1};

	if (data[0] % 9 == 8)
		check_question(s);
	else
		check_answer(s, types[data[0] % 9]);
	return 0;
}
