/* Money in the text that only some kinds of mail speak of: addresses of cryptographic money, sums
 * in it, sums of millions. */
#include "judge/check/list.h"

static const char *const variants[] = {"money/wallet", "money/coins", "money/millions", NULL};

/* Addresses of Bitcoin have 26 letters and digits or more, and nothing shorter is looked at. */
#define WALLET_LEAST 26

static bool is_token(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80;
}

/*
 * True for what can be an address: Bitcoin's base58 ("1...", "3...") and bech32 ("bc1..."), Ether
 * ("0x" and 40 digits). The rows of digits in links and hashes are of one case, or all hexadecimal.
 */
static bool is_wallet(struct span s)
{
	size_t large = 0, small = 0, digits = 0, hexadecimal = 0;

	for (size_t i = 0; i < s.n; i++) {
		large += s.p[i] >= 'A' && s.p[i] <= 'Z';
		small += s.p[i] >= 'a' && s.p[i] <= 'z';
		digits += ascii_is_digit(s.p[i]);
		hexadecimal += ascii_hex(s.p[i]) >= 0;
	}
	if (span_starts(s, SPAN("bc1")))
		return s.n <= 90 && digits >= 5;
	if (span_starts(s, SPAN("0x")))
		return s.n == 42 && hexadecimal == 41;
	return (s.p[0] == '1' || s.p[0] == '3') && s.n <= 60 && large >= 3 && small >= 3 &&
	       digits >= 2;
}

/* The first address of such money; what stands inside a link is none. */
static struct span find_wallet(struct span text)
{
	size_t i = 0;

	while (i + WALLET_LEAST <= text.n) {
		/* Every address that covers this byte must be of letters; most texts are passed
		 * over in strides. */
		size_t from = i + WALLET_LEAST - 1, to;

		if (!is_token(text.p[from])) {
			i = from + 1;
			continue;
		}
		while (from > i && is_token(text.p[from - 1]))
			from--;
		for (to = i + WALLET_LEAST; to < text.n && is_token(text.p[to]);)
			to++;
		struct span token = span_between(text.p + from, text.p + to);
		char before = from ? text.p[from - 1] : ' ';

		if (token.n >= WALLET_LEAST && !strchr("/=-_.&?@+%", before) && is_wallet(token))
			return token;
		i = to;
	}
	return (struct span){0};
}

/* "0.25 btc", "btc 0.25": a sum in coins; the digits' neighbour tells. */
static bool is_sum_before(struct span folded, size_t at)
{
	while (at > 0 && folded.p[at - 1] == ' ')
		at--;
	return at > 0 && ascii_is_digit(folded.p[at - 1]);
}

static bool find_coins(struct span folded, size_t *ret_at)
{
	struct span rest = folded;
	ssize_t at;

	while ((at = span_find(rest, SPAN("btc"))) >= 0) {
		*ret_at = (size_t)(rest.p - folded.p) + (size_t)at;
		rest = span_skip(rest, (size_t)at + 3);
		if (is_sum_before(folded, *ret_at))
			return true;
	}
	return false;
}

/* True when s begins with a separator and three digits. */
static bool is_group(struct span s, char sep)
{
	return s.n >= 4 && s.p[0] == sep && ascii_is_digit(s.p[1]) && ascii_is_digit(s.p[2]) &&
	       ascii_is_digit(s.p[3]);
}

/* "4,500,000" or "4.500.000": one to three digits and two groups, and no third. */
static struct span find_millions(struct span text, char sep)
{
	struct span rest = text;
	ssize_t at;

	while ((at = span_index(rest, sep)) >= 0) {
		const char *p = rest.p + at, *from = p;

		while (from > text.p && p - from < 4 && ascii_is_digit(from[-1]))
			from--;
		rest = span_skip(rest, (size_t)at);
		if (from < p && p - from < 4 && (from == text.p || from[-1] != sep) &&
			is_group(rest, sep) && is_group(span_skip(rest, 4), sep) &&
			!is_group(span_skip(rest, 8), sep) &&
			(rest.n == 8 || !ascii_is_digit(rest.p[8])))
			return span_between(from, p + 8);
		rest = span_skip(rest, 1);
	}
	return (struct span){0};
}

static void run(const struct check_input *in, struct findings *out)
{
	struct span text = in->m->text, s = find_wallet(text);
	size_t at;

	if (s.n)
		finding_add(in, out, &check_money, "money/wallet", s,
			"The mail names an address to send cryptographic money to: %.*s",
			SPAN_ARG(s));
	if (in->hit[PHRASE_COINS].phrases && find_coins(in->words.folded, &at))
		finding_add(in, out, &check_money, "money/coins", words_raw(&in->words, at, 3),
			"The mail names a sum in bitcoin");
	s = find_millions(text, ',');
	if (!s.n)
		s = find_millions(text, '.');
	if (s.n)
		finding_add(in, out, &check_money, "money/millions", s,
			"The mail names a number of millions: %.*s", SPAN_ARG(s));
}

const struct check check_money = {"money", "coins, wallets and millions", variants, run};
