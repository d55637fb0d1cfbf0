/*
 * Kinds are found by pieces of words in the text with every run of other characters than letters
 * and digits as one '_', so "C&C", "c2-server" and "Command and Control" need few entries. What
 * says more stands first: a "botnet_cc" is a command server, a "botnet" an infected host.
 */
#include "trace/feed_words.h"

#include <stdio.h>

#define WORDS_MOST 256

/* '_' at an end of a piece: a word begins or ends there. */
static const struct {
	const char *piece;
	enum sighting_kind kind;
} pieces[] = {
	{"_c2_", SIGHTING_C2},
	{"_cc_", SIGHTING_C2},
	{"_c_c_", SIGHTING_C2},
	{"_cnc_", SIGHTING_C2},
	{"_command_and_control", SIGHTING_C2},
	{"_command_control", SIGHTING_C2},
	{"phish", SIGHTING_PHISH},
	{"_fraud", SIGHTING_PHISH},
	{"_scam", SIGHTING_PHISH},
	{"malware", SIGHTING_MALWARE},
	{"payload", SIGHTING_MALWARE},
	{"trojan", SIGHTING_MALWARE},
	{"ransom", SIGHTING_MALWARE},
	{"stealer", SIGHTING_MALWARE},
	{"_worm", SIGHTING_MALWARE},
	{"_virus", SIGHTING_MALWARE},
	{"botnet", SIGHTING_MALWARE},
	{"_infected", SIGHTING_MALWARE},
	{"spam", SIGHTING_SPAM},
	{"brute", SIGHTING_ATTACK},
	{"_scan", SIGHTING_SCAN},
	{"portscan", SIGHTING_SCAN},
	{"_probe", SIGHTING_SCAN},
	{"_probing", SIGHTING_SCAN},
	{"_recon", SIGHTING_SCAN},
	{"ddos", SIGHTING_ATTACK},
	{"_dos_", SIGHTING_ATTACK},
	{"_login", SIGHTING_ATTACK},
	{"attack", SIGHTING_ATTACK},
	{"exploit", SIGHTING_ATTACK},
	{"injection", SIGHTING_ATTACK},
	{"intrusion", SIGHTING_ATTACK},
	{"_flood", SIGHTING_ATTACK},
	{"blocklist", SIGHTING_LISTED},
	{"blacklist", SIGHTING_LISTED},
};

/* "_words_of_the_text_", lower case. */
static struct span folded(struct span text, char to[WORDS_MOST + 2])
{
	struct span s = span_take(text, WORDS_MOST);
	size_t n = 0;

	to[n++] = '_';
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_alnum(s.p[i]))
			to[n++] = ascii_lower(s.p[i]);
		else if (to[n - 1] != '_')
			to[n++] = '_';
	}
	if (to[n - 1] != '_')
		to[n++] = '_';
	return (struct span){to, n};
}

bool feed_words_kind(struct span text, enum sighting_kind *ret_kind)
{
	char room[WORDS_MOST + 2];
	struct span s = folded(text, room);

	if (!text.n)
		return false;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (span_find(s, span_cstr(pieces[i].piece)) >= 0) {
			*ret_kind = pieces[i].kind;
			return true;
		}
	return false;
}

struct span feed_words_reporter(struct span name, char to[SIGHTING_SOURCE_MOST + 1])
{
	size_t n = 3;

	memcpy(to, "by.", 3);
	for (size_t i = 0; i < name.n && n < SIGHTING_SOURCE_MOST; i++) {
		if (ascii_is_alnum(name.p[i]))
			to[n++] = ascii_lower(name.p[i]);
		else if (name.p[i] == '.' && to[n - 1] != '.' && to[n - 1] != '-')
			to[n++] = '.';
		else if (to[n - 1] != '-' && to[n - 1] != '.')
			to[n++] = '-';
	}
	while (n > 3 && (to[n - 1] == '-' || to[n - 1] == '.'))
		n--;
	if (n == 3) {
		memcpy(to + n, "unknown", 7);
		n += 7;
	}
	to[n] = '\0';
	return (struct span){to, n};
}

uint8_t feed_confidence(uint64_t lists)
{
	if (lists > 1000)
		lists = 1000;
	uint64_t percent = (100 * (lists + 1) + (lists + 2) / 2) / (lists + 2);

	return (uint8_t)(percent > 99 ? 99 : percent);
}

/* A decimal number of at most nine characters; sets *ret_point when it has a point. */
static bool read_decimal(struct span s, double *ret_n, bool *ret_point)
{
	double n = 0, place = 0;

	if (!s.n || s.n > 9 || !ascii_is_digit(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && place == 0) {
			place = 1;
		} else if (ascii_is_digit(s.p[i])) {
			n = n * 10 + (s.p[i] - '0');
			place *= 10;
		} else {
			return false;
		}
	}
	*ret_n = place > 1 ? n / place : n;
	*ret_point = place > 0;
	return true;
}

bool feed_words_confidence(struct span text, uint8_t *ret_percent)
{
	static const struct {
		struct span word;
		uint8_t percent;
	} words[] = {{SPAN("high"), 90}, {SPAN("medium"), 60}, {SPAN("low"), 30}};
	struct span s = span_trim(text);
	bool point;
	double n;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(s, words[i].word)) {
			*ret_percent = words[i].percent;
			return true;
		}
	if (s.n && s.p[s.n - 1] == '%')
		s.n--;
	if (!read_decimal(s, &n, &point))
		return false;
	if (point && n <= 1)
		n *= 100;
	if (n < 0.5 || n > 100)
		return false;
	*ret_percent = (uint8_t)(n + 0.5);
	return true;
}
