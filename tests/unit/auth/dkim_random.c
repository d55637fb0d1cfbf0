/*
 * Random messages, forms, algorithms and lists of fields: what is signed verifies, and with any
 * byte changed that was signed it does not. RANDOM_MESSAGES says how many.
 */
#include "test.h"

#include "base/random.h"
#include "dkim_case.h"

static const char *const names[] = {"From", "To", "Subject", "Received", "X-A", "X-B", "Date"};

/* Text for a field's value: words, runs of blanks, folds. */
static void random_value(struct random *r, struct buf *to)
{
	for (size_t n = random_below(r, 8); n--;) {
		static const char *const piece[] = {"word", " ", "  ", "\t", "\r\n ", "\r\n\t ",
			"a;b=c", "\xc3\xa9", "<x@example.org>", "=?utf-8?q?x?=", ":"};

		buf_str(to, piece[random_below(r, 11)]);
	}
	buf_byte(to, 'z'); /* never ends in a line of blanks alone, which a parser may take for the
			      end */
}

static void random_head(struct random *r, struct buf *to)
{
	size_t n = 1 + random_below(r, 10), from = random_below(r, n);

	to->n = 0;
	for (size_t i = 0; i < n; i++) {
		buf_str(to, i == from ? "From" : names[random_below(r, 7)]);
		buf_str(to, random_below(r, 5) ? ":" : " :");
		random_value(r, to);
		buf_str(to, "\r\n");
	}
	buf_byte(to, '\0');
	to->n--;
}

static void random_body(struct random *r, struct buf *to)
{
	static const char *const piece[] = {
		"text", " ", "  ", "\t", "\r\n", "\r\n", "\n", "\r\n\r\n", "\r", ".", "\xff"};

	to->n = 0;
	buf_str(to, "");
	for (size_t n = random_below(r, 30); n--;)
		buf_str(to, piece[random_below(r, 11)]);
}

/* A list with From, some that stand there, some that do not, some too often. */
static void random_names(struct random *r, char *to)
{
	size_t n = random_below(r, 8), from = random_below(r, n + 1);

	*to = '\0';
	for (size_t i = 0; i <= n; i++) {
		strcat(to, i ? ":" : "");
		strcat(to, i == from            ? "from"
			   : random_below(r, 6) ? names[random_below(r, 7)]
						: "nothing");
		strcat(to, random_below(r, 5) ? "" : " ");
	}
}

static void random_signer(struct random *r, struct signer *s, char *tags, char *list)
{
	static const enum case_key key[] = {CASE_RSA1024, CASE_ED25519, CASE_RSA};
	static const char *const selector[] = {"rsa1024", "ed", "rsa"};
	size_t k = random_below(r, 50) ? random_below(r, 2) : 2;

	random_names(r, list);
	*s = (struct signer){.key = &case_key[key[k]],
		.field = "DKIM-Signature",
		.tags = tags,
		.names = list,
		.relaxed_head = random_below(r, 2),
		.relaxed_body = random_below(r, 2),
		.length = -1};
	sprintf(tags, "v=1; a=%s-sha256; c=%s/%s; d=example.org; s=%s", k == 1 ? "ed25519" : "rsa",
		s->relaxed_head ? "relaxed" : "simple", s->relaxed_body ? "relaxed" : "simple",
		selector[k]);
}

static enum dkim_result result_of(struct span raw)
{
	struct dkim dkim = case_dkim(raw);

	return dkim.n ? dkim.signature[0].result : DKIM_NONE;
}

/*
 * Changes a letter (none that stands for a line end or a blank) of the signed body, or of the value
 * of the lowest From. Returns false when there is none there.
 */
static bool change(struct random *r, struct buf *message, const char *body)
{
	bool in_body = random_below(r, 2);
	const char *head_end = body - 2, *from = NULL;

	for (const char *p = message->p; !in_body && p < head_end; p++)
		if (p[-(p > message->p)] == '\n' && strncmp(p, "From", 4) == 0)
			from = p + 5;
	if (!in_body && !from)
		return false;
	char *begin = (char *)(in_body ? body : from),
	     *end = in_body ? message->p + message->n : begin;

	while (!in_body && *end != 'z')
		end++;
	size_t n = (size_t)(end - begin) + !in_body;

	for (size_t i = random_below(r, n ? n : 1), tries = 0; tries < n; i = (i + 1) % n, tries++)
		if (begin[i] == '.' || begin[i] == 't' || begin[i] == 'z' || begin[i] == '@') {
			begin[i] = 'Q';
			return true;
		}
	return false;
}

static void random_messages(void **state)
{
	const char *asked = getenv("RANDOM_MESSAGES");
	long n = asked ? atol(asked) : 2000, changed = 0;
	struct buf message = {0}, head = {0}, body = {0};
	char tags[256], list[256];
	struct random r;
	struct signer s;

	(void)state;
	random_seed(&r, 8463);
	for (long i = 0; i < n; i++) {
		random_head(&r, &head);
		random_body(&r, &body);
		random_signer(&r, &s, tags, list);
		case_sign(&message, &s, head.p, buf_span(&body));
		if (result_of(buf_span(&message)) != DKIM_PASS)
			fail_msg(
				"message %ld does not verify:\n%.*s", i, (int)message.n, message.p);
		if (!change(&r, &message, message.p + message.n - body.n))
			continue;
		changed++;
		if (result_of(buf_span(&message)) != DKIM_FAIL)
			fail_msg("message %ld verifies, changed:\n%.*s", i, (int)message.n,
				message.p);
	}
	assert_true(changed > n / 2);
	buf_done(&message);
	buf_done(&head);
	buf_done(&body);
}

/* Every byte of one message in turn: of its signature (but for b=), its signed fields, its body. */
static void every_byte(void **state)
{
	static const char head[] =
		"From: ann@example.org\r\nTo: bob@example.net\r\nX-Free: unsigned\r\n";
	struct signer s = {.key = &case_key[CASE_ED25519],
		.field = "DKIM-Signature",
		.tags = "v=1; a=ed25519-sha256; c=simple/simple; d=example.org; s=ed",
		.names = "from:to",
		.length = -1};
	struct buf message = {0};

	(void)state;
	case_sign(&message, &s, head, SPAN("Hello\r\nyou\r\n"));
	const char *b = strstr(message.p, "\tb=") + 3, *free_field = strstr(message.p, "X-Free");
	size_t free_from = (size_t)(free_field - message.p), free_n = strcspn(free_field, "\r");
	size_t b_from = (size_t)(b - message.p), b_n = strcspn(b, "\r");

	for (size_t i = 0; i < message.n; i++) {
		bool in_b = i >= b_from && i <= b_from + b_n;
		bool unsigned_byte = i >= free_from && i <= free_from + free_n;

		for (int bit = 0; bit < 8; bit++) {
			message.p[i] ^= (char)(1 << bit);
			bool pass = result_of(buf_span(&message)) == DKIM_PASS;

			/* bits of the last base64 digit that are not used, and CR LF to LF, mean
			 * the same */
			if (pass && !unsigned_byte && !(in_b && i >= b_from + b_n - 4))
				fail_msg("byte %zu, bit %d: %.*s", i, bit, 20, message.p + i);
			message.p[i] ^= (char)(1 << bit);
		}
	}
	assert_int_equal(result_of(buf_span(&message)), DKIM_PASS);
	buf_done(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_messages),
		cmocka_unit_test(every_byte),
	};

	return cmocka_run_group_tests(tests, case_setup, case_teardown);
}
