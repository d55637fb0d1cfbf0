/*
 * Runs the cases of check_*.c, and then asks whether every variant of every check was given by
 * some case and held back by another, so that no variant comes without both.
 */
#include "test.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "check.h"
#include "judge/check.h"
#include "judge/check/phrases.h"

static struct message_parser *mp;

/* Variants met, by name. */
static struct {
	const char *name;
	bool given, held;
} met[512];
static size_t met_n;

static void meet(struct span name, bool given)
{
	for (size_t i = 0; i < met_n; i++)
		if (span_eq(name, span_cstr(met[i].name))) {
			met[i].given |= given;
			met[i].held |= !given;
			return;
		}
	print_error("no check has a variant %.*s\n", SPAN_ARG(name));
	fail();
}

static void usual(struct buf *b, struct span given, const char *name, const char *line)
{
	struct span rest = given, l;

	while (span_line(&rest, &l)) {
		struct span n = span_skip(l, l.n && l.p[0] == '!' ? 1 : 0);
		size_t k = strlen(name);

		if (span_starts_nocase(n, span_cstr(name)) && (n.n == k || n.p[k] == ':'))
			return;
	}
	buf_str(b, line);
}

/* The message of a case: its lines, the usual ones that it leaves alone, its body. */
static void compose(struct buf *b, const struct check_case *c)
{
	struct span head = span_cstr(c->head), rest = head, line;

	while (span_line(&rest, &line))
		if (line.n && line.p[0] != '!') {
			buf_add(b, line);
			buf_byte(b, '\n');
		}
	usual(b, head, "Return-Path", "Return-Path: <anna@example.net>\n");
	usual(b, head, "Delivered-To", "Delivered-To: bob@example.com\n");
	usual(b, head, "Received",
		"Received: from mx.example.net (mx.example.net [198.51.100.7]) by mail.example.com "
		"(Postfix) with ESMTPS id 1 for <bob@example.com>; Mon, 2 Jun 2025 10:00:05 "
		"+0000\n");
	usual(b, head, "From", "From: Anna Berg <anna@example.net>\n");
	usual(b, head, "To", "To: Bob <bob@example.com>\n");
	usual(b, head, "Subject", "Subject: Minutes\n");
	usual(b, head, "Date", "Date: Mon, 2 Jun 2025 10:00:00 +0000\n");
	usual(b, head, "Message-ID", "Message-ID: <1@example.net>\n");
	usual(b, head, "MIME-Version", "MIME-Version: 1.0\n");
	buf_byte(b, '\n');
	buf_str(b, c->body ? c->body : "Hello Bob, all is well here.\n");
}

/* What must hold of any finding. */
static void check_finding(const struct finding *f)
{
	const char *const *v = f->check->variants;
	struct span words = f->words;

	while (*v && strcmp(*v, f->name) != 0)
		v++;
	if (!*v)
		print_error("%s is not among its check's variants\n", f->name);
	assert_non_null(*v);
	assert_true(f->words.n > 0 && f->words.n <= 300 && utf8_valid(f->words));
	while (words.n) {
		uint32_t c = utf8_next(&words);

		assert_true(c >= ' ' && c != 0x7f);
	}
}

static void run(const char *raw, size_t n, const struct auth *auth, struct findings *found)
{
	struct message *m;
	struct received chain;
	struct check_input in;

	assert_int_equal(message_parse(mp, (struct span){raw, n}, &m), 0);
	assert_int_equal(received_walk(mp, m, NULL, &chain), 0);
	assert_int_equal(check_run(mp, m, &chain, auth, &in, found), 0);
	for (size_t i = 0; i < found->n; i++)
		check_finding(&found->at[i]);
}

static bool has(const struct findings *found, struct span name)
{
	for (size_t i = 0; i < found->n; i++)
		if (span_eq(name, span_cstr(found->at[i].name)))
			return true;
	return false;
}

static bool case_holds(const struct check_case *c)
{
	struct buf raw = {0};
	struct findings found;
	struct span rest = span_cstr(c->wants), want;
	bool ok = true;

	compose(&raw, c);
	assert_true(buf_ok(&raw));
	run(raw.p, raw.n, c->auth, &found);
	while (span_cut(&rest, ' ', &want)) {
		bool give = want.p[0] != '!';
		struct span name = span_skip(want, give ? 0 : 1);

		meet(name, give);
		if (has(&found, name) == give)
			continue;
		ok = false;
		print_error("%.*s fails for:\n%.*s\nwhich gave", SPAN_ARG(want),
			SPAN_ARG(span_take(buf_span(&raw), 1500)));
		for (size_t i = 0; i < found.n; i++)
			print_error(" %s", found.at[i].name);
		print_error("\n");
	}
	buf_done(&raw);
	return ok;
}

static void hold(const struct check_case *cases)
{
	bool ok = true;

	for (; cases->wants; cases++)
		ok &= case_holds(cases);
	assert_true(ok);
}

#define GROUP(name)                                                                                \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		hold(name##_cases);                                                                \
	}
GROUP(sender)
GROUP(link)
GROUP(text)
GROUP(head)
GROUP(file)
GROUP(good)

/* A phrase as a reader would see it: '_' is a word, '*' nothing. */
static void add_phrase(struct buf *b, struct span phrase)
{
	for (size_t i = 0; i < phrase.n; i++) {
		if (phrase.p[i] == '_')
			buf_str(b, "big");
		else if (phrase.p[i] != '*')
			buf_byte(b, phrase.p[i]);
	}
	buf_str(b, ".\n");
}

#define X(id, name, words) "wording/" name,
static const char *const theme_names[] = {THEMES(X)};
#undef X

static void give_name(size_t theme, const char *suffix, bool given, const struct findings *found)
{
	char name[80];

	snprintf(name, sizeof(name), "%s%s", theme_names[theme], suffix);
	meet(span_cstr(name), given);
	if (has(found, span_cstr(name)) != given)
		print_error("%s\n", name);
	assert_int_equal(has(found, span_cstr(name)), given);
}

/* Every phrase of the table is found where it stands alone. */
static void every_phrase_is_found(void **state)
{
	(void)state;
	for (size_t g = 0; g < phrase_groups_n; g++) {
		struct span rest = span_cstr(phrase_groups[g].phrases), phrase;
		struct words_set *set = words_set_new(&phrase_groups[g], 1);

		assert_non_null(set);
		while (span_cut(&rest, '|', &phrase)) {
			struct words_hits hits[WORDS_IDS_MOST];
			struct words_text text;
			struct buf b = {0};

			buf_str(&b, "So: ");
			add_phrase(&b, phrase);
			words_fold(message_arena(mp), buf_span(&b), &text);
			words_find(set, &text, hits);
			if (!hits[phrase_groups[g].id].phrases)
				print_error("not found: %.*s\n", SPAN_ARG(phrase));
			assert_true(hits[phrase_groups[g].id].phrases);
			buf_done(&b);
		}
		words_set_free(set);
	}
}

/* The first phrases of a theme's first group, in the text: weak, then strong; one in the subject.
 */
static void themes_add_up(void **state)
{
	(void)state;
	for (size_t g = 0; g < phrase_groups_n && phrase_groups[g].id < THEME_COUNT; g++) {
		size_t theme = phrase_groups[g].id, points = phrase_groups[g].points;
		struct span rest = span_cstr(phrase_groups[g].phrases), phrase;
		struct buf weak = {0}, strong = {0}, subject = {0};
		struct findings found;

		for (size_t i = 0; i < 12 && span_cut(&rest, '|', &phrase); i++) {
			if (i < (points == 2 ? 1 : 2))
				add_phrase(&weak, phrase);
			add_phrase(&strong, phrase);
			if (!subject.n && span_index(phrase, '_') < 0 &&
				span_index(phrase, '*') < 0)
				buf_printf(&subject, "Subject: %.*s\n", SPAN_ARG(phrase));
		}
		buf_byte(&subject, '\0');
		buf_byte(&weak, '\0');
		buf_byte(&strong, '\0');

		struct check_case c = {"", "", weak.p};
		struct buf raw = {0};

		compose(&raw, &c);
		run(raw.p, raw.n, NULL, &found);
		give_name(theme, "", true, &found);
		give_name(theme, "-strong", false, &found);
		give_name(theme, "-subject", false, &found);
		buf_clear(&raw);
		c = (struct check_case){"", subject.p, strong.p};
		compose(&raw, &c);
		run(raw.p, raw.n, NULL, &found);
		give_name(theme, "-strong", true, &found);
		give_name(theme, "", false, &found);
		if (subject.n > 1)
			give_name(theme, "-subject", true, &found);
		buf_done(&raw);
		buf_done(&weak);
		buf_done(&strong);
		buf_done(&subject);
	}
}

static void every_variant_has_a_hit_and_a_miss(void **state)
{
	(void)state;
	bool ok = true;

	for (size_t i = 0; i < met_n; i++) {
		bool anomaly = false;

		/* What the parser counts as odd is tested with the parser. */
		for (int k = 0; k < ANOMALY_COUNT; k++)
			anomaly |= strcmp(strchr(met[i].name, '/') + 1, anomaly_name(k)) == 0;
		if (anomaly || (met[i].given && met[i].held))
			continue;
		print_error("%s has no case that %s it\n", met[i].name,
			met[i].given ? "must not give" : "gives");
		ok = false;
	}
	assert_true(ok);
}

/* The design note has a row for every variant, in the table of its check. */
static void every_variant_is_documented(void **state)
{
	(void)state;
	struct buf note = {0};
	struct err err;

	assert_int_equal(file_read(DESIGN_NOTE, 1 << 20, &note, &err), 0);
	for (size_t i = 0; i < met_n; i++) {
		const char *slash = strchr(met[i].name, '/') + 1;
		bool anomaly = false;
		char head[64], row[64];

		for (int k = 0; k < ANOMALY_COUNT; k++)
			anomaly |= strcmp(slash, anomaly_name(k)) == 0;
		if (anomaly || strncmp(met[i].name, "wording/", 8) == 0)
			continue;
		snprintf(head, sizeof(head), "\n| `%.*s` |", (int)(slash - met[i].name),
			met[i].name);
		snprintf(row, sizeof(row), "\n| `%s` |", slash);
		ssize_t at = span_find(buf_span(&note), span_cstr(head));

		assert_true(at >= 0);
		struct span table = span_skip(buf_span(&note), (size_t)at);
		ssize_t end = span_find(table, SPAN("\n\n"));

		if (span_find(span_take(table, end < 0 ? table.n : (size_t)end), span_cstr(row)) <
			0)
			fail_msg("%s is not in the design note", met[i].name);
	}
	buf_done(&note);
}

static int setup(void **state)
{
	(void)state;
	mp = message_parser_new(0);
	for (size_t i = 0; checks[i]; i++)
		for (const char *const *v = checks[i]->variants; *v; v++)
			met[met_n++].name = *v;
	return mp ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	message_parser_free(mp);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sender),
		cmocka_unit_test(link),
		cmocka_unit_test(text),
		cmocka_unit_test(head),
		cmocka_unit_test(file),
		cmocka_unit_test(good),
		cmocka_unit_test(every_phrase_is_found),
		cmocka_unit_test(themes_add_up),
		cmocka_unit_test(every_variant_has_a_hit_and_a_miss),
		cmocka_unit_test(every_variant_is_documented),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
