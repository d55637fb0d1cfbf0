#include "cli/top_show.h"

#include "cli/term.h"
#include "serve/delays.h"
#include "show/clean.h"
#include "show/words.h"

#include <stdio.h>

#define BAR_MOST 24

struct screen {
	struct buf *to;
	const json_t *now, *before; /* their counts; before may be NULL */
	double seconds;             /* that the rates are over */
	double messages;
	int width;
};

static double number(const json_t *j, const char *name)
{
	double n = json_number_value(json_object_get(j, name));

	return n > 0 ? n : 0;
}

static struct span text(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return span_cstr(s ? s : "");
}

static double rate(const struct screen *s, const char *name)
{
	double n = number(s->now, name) - (s->before ? number(s->before, name) : 0);

	return s->seconds > 0 && n > 0 ? n / s->seconds : 0;
}

/* How long something has been so: "3 d 04 h", "4 h 05 min", "12 min 07 s", "9 s". */
static void duration(struct buf *to, int64_t s)
{
	if (s >= 86400)
		buf_printf(to, "%lld d %02lld h", (long long)s / 86400, (long long)s / 3600 % 24);
	else if (s >= 3600)
		buf_printf(to, "%lld h %02lld min", (long long)s / 3600, (long long)s / 60 % 60);
	else if (s >= 60)
		buf_printf(to, "%lld min %02lld s", (long long)s / 60, (long long)s % 60);
	else
		buf_printf(to, "%lld s", (long long)(s > 0 ? s : 0));
}

static void head(struct screen *s, const json_t *status, int64_t up)
{
	bool ok = json_is_true(json_object_get(json_object_get(status, "health"), "ok"));

	buf_printf(s->to, "%scordon ", term_colour(COLOUR_BOLD));
	clean_cell(s->to, text(status, "version"), (int)text(status, "version").n);
	buf_printf(s->to, "%s, up ", term_colour(COLOUR_NONE));
	duration(s->to, up);
	buf_printf(s->to, "; %s%s%s; ", term_colour(ok ? COLOUR_GREEN : COLOUR_RED),
		ok ? "all parts serve" : "not all parts serve", term_colour(COLOUR_NONE));
	words_count(
		s->to, (uint64_t)number(status, "sessions_open"), "session open", "sessions open");
	buf_printf(s->to, "\n\n%-12s %10s %12s %9s\n", "", "a second", "in all", "share");
}

static void right(struct screen *s, struct buf *cell, int width)
{
	buf_printf(s->to, " %*.*s", width, SPAN_ARG(buf_span(cell)));
	buf_clear(cell);
}

/* A counter; of messages also as a share of all, with a bar. */
static void row(struct screen *s, const char *label, const char *name, enum colour colour)
{
	struct buf cell = {0};
	double n = number(s->now, name), share = s->messages > 0 ? n / s->messages : 0;
	int most = s->width - 12 - 11 - 13 - 10 - 2;
	int bar = (int)(share * (most < BAR_MOST ? most : BAR_MOST) + 0.5);

	buf_printf(s->to, "%-12s", label);
	buf_printf(&cell, "%.1f", rate(s, name));
	right(s, &cell, 11 - 1);
	words_number(&cell, n);
	right(s, &cell, 13 - 1);
	if (colour != COLOUR_NONE) {
		words_share(&cell, share);
		right(s, &cell, 10 - 1);
		buf_printf(s->to, "  %s", term_colour(colour));
		for (int i = 0; i < bar && i < BAR_MOST; i++)
			buf_str(s->to, "▇");
		buf_str(s->to, term_colour(COLOUR_NONE));
	}
	buf_byte(s->to, '\n');
	buf_done(&cell);
}

static void rows(struct screen *s)
{
	static const struct {
		const char *label, *name;
		enum colour colour;
		bool always; /* also when there were none */
	} table[] = {
		{"messages", "messages", COLOUR_NONE, true},
		{"  ham", "verdict_ham", COLOUR_GREEN, true},
		{"  unsure", "verdict_unsure", COLOUR_YELLOW, true},
		{"  spam", "verdict_spam", COLOUR_RED, true},
		{"  unjudged", "passed_unjudged", COLOUR_RED, false},
		{"  outgoing", "outgoing", COLOUR_DIM, false},
		{"accepted", "action_accepted", COLOUR_GREEN, true},
		{"tagged", "action_tagged", COLOUR_YELLOW, false},
		{"quarantined", "action_quarantined", COLOUR_YELLOW, false},
		{"put off", "action_tempfailed", COLOUR_YELLOW, false},
		{"refused", "action_rejected", COLOUR_RED, true},
		{"discarded", "action_discarded", COLOUR_RED, false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].always || number(s->now, table[i].name) > 0)
			row(s, table[i].label, table[i].name, table[i].colour);
}

static void milliseconds(struct buf *to, double ms)
{
	if (ms >= 1000)
		buf_printf(to, "%.1f s", ms / 1000);
	else
		buf_printf(to, ms >= 10 ? "%.0f ms" : "%.1f ms", ms);
}

/* The histogram of an answer; all 0 when it has none. */
static void histogram(const json_t *status, uint64_t n[DELAYS_BUCKETS])
{
	const json_t *h =
		json_object_get(json_object_get(status, "milliseconds"), "histogram");

	for (size_t i = 0; i < DELAYS_BUCKETS; i++) {
		json_int_t count = json_integer_value(json_array_get(h, i));

		n[i] = count > 0 ? (uint64_t)count : 0;
	}
}

/* Of those that came in the last minute, which is what changes when something gets slow. */
static void delays(struct screen *s, const json_t *now, struct top_answer minute)
{
	static const struct {
		const char *words;
		double share;
	} told[] = {{"median ", 0.5}, {", p90 ", 0.9}, {", p99 ", 0.99}};
	uint64_t n[DELAYS_BUCKETS], before[DELAYS_BUCKETS], all = 0;

	histogram(now, n);
	histogram(minute.status, before);
	for (int i = 0; i < DELAYS_BUCKETS; i++) {
		n[i] -= before[i] < n[i] ? before[i] : n[i];
		all += n[i];
	}
	buf_printf(s->to, "\n%-12s ", "delay");
	for (int i = 0; all && i < 3; i++) {
		buf_str(s->to, told[i].words);
		milliseconds(s->to, (double)delays_quantile(n, told[i].share) / 1e6);
	}
	buf_str(s->to, all ? ", " : "no message ");
	if (minute.status)
		buf_printf(s->to, "in the last %.0f s\n", minute.ago);
	else
		buf_str(s->to, "since it was started\n");
}

/* A line of counters in words: LABEL, then number and words of each. */
static void line(struct screen *s, const char *label, const char *const (*parts)[2], size_t n)
{
	buf_printf(s->to, "%-12s ", label);
	for (size_t i = 0; i < n; i++) {
		buf_str(s->to, i ? ", " : "");
		words_number(s->to, number(s->now, parts[i][0]));
		buf_printf(s->to, " %s", parts[i][1]);
	}
	buf_byte(s->to, '\n');
}

static void lines(struct screen *s)
{
	static const char *const sessions[][2] = {
		{"sessions", "begun"}, {"sessions_refused", "beyond the most"}};
	static const char *const dns[][2] = {{"dns_questions", "questions"},
		{"dns_cached", "from the cache"}, {"dns_failed", "not answered in time"}};
	static const char *const learned[][2] = {{"learned_user", "from users"},
		{"learned_self", "by itself"}, {"learn_held", "held back"}};
	static const char *const kept[][2] = {
		{"sightings", "into the ledger"}, {"keeper_lost", "lost on the way"}};
	static const char *const odd[][2] = {{"too_large", "too large"}, {"specimens", "set aside"},
		{"ipc_bad", "malformed between roles"}};

	line(s, "sessions", sessions, 2);
	line(s, "DNS", dns, 3);
	line(s, "learned", learned, 3);
	line(s, "abuse", kept, 2);
	if (number(s->now, "too_large") + number(s->now, "specimens") + number(s->now, "ipc_bad") >
		0)
		line(s, "odd", odd, 3);
}

static void parts(struct screen *s, const json_t *health)
{
	const char *name;
	json_t *part;
	size_t i = 0;
	struct buf words = {0};

	buf_printf(s->to, "%-12s ", "parts");
	json_object_foreach(json_object_get(health, "parts"), name, part)
	{
		bool ok = json_is_true(json_object_get(part, "ok"));
		double starts = number(part, "starts");

		if (ok && starts < 2) {
			buf_str(s->to, i++ ? ", " : "");
			clean_text(s->to, span_cstr(name));
			continue;
		}
		buf_printf(&words, "%-12s %s", "", term_colour(ok ? COLOUR_YELLOW : COLOUR_RED));
		clean_text(&words, span_cstr(name));
		buf_str(&words, ": ");
		clean_text(&words, text(part, "words"));
		if (starts > 1)
			buf_printf(&words, "; started %.0f times", starts);
		buf_printf(&words, "%s\n", term_colour(COLOUR_NONE));
	}
	buf_printf(s->to, "%s\n%.*s", i ? " serve" : "none serves as it should",
		SPAN_ARG(buf_span(&words)));
	buf_done(&words);
}

void top_show(struct buf *to, const json_t *now, struct top_answer last, struct top_answer minute,
	int64_t clock, int width)
{
	int64_t up = clock - (int64_t)number(now, "started");
	struct screen s = {.to = to,
		.now = json_object_get(now, "counts"),
		.before = json_object_get(last.status, "counts"),
		.seconds = last.status ? last.ago : (double)up,
		.width = width};

	s.messages = number(s.now, "messages");
	head(&s, now, up);
	rows(&s);
	delays(&s, now, minute);
	lines(&s);
	parts(&s, json_object_get(now, "health"));
}
