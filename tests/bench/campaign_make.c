#include "campaign_make.h"

#include "base/random.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS       20000
#define LIKED       8 /* words that like to follow a word */
#define TOPICS      60
#define TOPIC_WORDS 300
#define FOOTERS     60
#define SKELETONS   25
#define MAILERS     40
#define DOMAINS     4000
#define SLOT_MOST   6

enum kind { KIND_WORDS, KIND_ORDER, KIND_IMAGE, KIND_BUSTER, KINDS };

struct slot {
	uint16_t word[SLOT_MOST];
	uint8_t n;
};

struct sentence {
	struct slot *slot;
	size_t n;
};

struct template
{
	enum kind kind;
	struct sentence *sentence;
	size_t sentences, words;
	struct sentence subject;
	uint32_t domain[8];
	size_t domains, footer, skeleton, mailer, path;
	bool html, forges; /* the latter: each message looks like another program's */
};

struct footer {
	uint16_t word[48];
	size_t n;
};

struct campaign_maker {
	struct campaign_setting setting;
	struct random random;
	char word[WORDS][14];
	double zipf[WORDS]; /* cumulative */
	uint16_t liked[WORDS][LIKED];
	uint16_t topic[TOPICS][TOPIC_WORDS];
	char domain[DOMAINS][24];
	struct footer footer[FOOTERS];
	uint8_t skeleton[SKELETONS][24];
	uint8_t mailer[MAILERS][6];
	struct template *template;
	double *size; /* cumulative shares of the templates */
	uint64_t made;
};

static bool chance(struct random *r, double p)
{
	return random_unit(r) < p;
}

static size_t between(struct random *r, size_t from, size_t to)
{
	return from + random_below(r, to - from + 1);
}

/* The first index whose cumulative share is over a random number. */
static size_t draw(struct random *r, const double *cumulative, size_t n)
{
	double at = random_unit(r) * cumulative[n - 1];
	size_t low = 0, high = n - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cumulative[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* --- vocabulary --- */

static void make_word(struct random *r, size_t rank, char to[14])
{
	static const char *const begin[] = {"b", "br", "c", "ch", "d", "f", "g", "gr", "h", "j",
		"k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w", ""};
	static const char *const middle[] = {"a", "e", "i", "o", "u", "ai", "ee", "ou", "ea"};
	static const char *const end[] = {"", "", "n", "r", "s", "t", "l", "nd", "m", "ck"};
	size_t syllables = rank < 60     ? 1
			   : rank < 2000 ? 1 + random_below(r, 2)
					 : 2 + random_below(r, 2);

	to[0] = '\0';
	for (size_t i = 0; i < syllables && strlen(to) < 8; i++) {
		strcat(to, begin[random_below(r, 24)]);
		strcat(to, middle[random_below(r, 9)]);
		strcat(to, end[random_below(r, 10)]);
	}
}

static uint16_t any_word(struct campaign_maker *m)
{
	return (uint16_t)draw(&m->random, m->zipf, WORDS);
}

/* The word behind another in a text on a topic. */
static uint16_t next_word(struct campaign_maker *m, uint16_t before, size_t topic)
{
	double dice = random_unit(&m->random);

	if (dice < 0.3)
		return m->liked[before][random_below(&m->random, LIKED)];
	if (dice < 0.5)
		return m->topic[topic][random_below(&m->random, TOPIC_WORDS)];
	return any_word(m);
}

static void make_vocabulary(struct campaign_maker *m)
{
	double sum = 0;

	for (size_t i = 0; i < WORDS; i++) {
		make_word(&m->random, i, m->word[i]);
		sum += 1 / ((double)i + 2.7);
		m->zipf[i] = sum;
	}
	for (size_t i = 0; i < WORDS; i++)
		for (size_t k = 0; k < LIKED; k++)
			m->liked[i][k] = any_word(m);
	for (size_t i = 0; i < TOPICS; i++)
		for (size_t k = 0; k < TOPIC_WORDS; k++)
			m->topic[i][k] = (uint16_t)between(&m->random, 100, WORDS - 1);
	for (size_t i = 0; i < DOMAINS; i++)
		snprintf(m->domain[i], sizeof(m->domain[i]), "%s%s.%s", m->word[any_word(m)],
			m->word[between(&m->random, 500, WORDS - 1)],
			random_below(&m->random, 3) ? "com" : "net");
	for (size_t i = 0; i < FOOTERS; i++) {
		m->footer[i].n = between(&m->random, 10, 45);
		for (size_t k = 0; k < m->footer[i].n; k++)
			m->footer[i].word[k] =
				k ? next_word(m, m->footer[i].word[k - 1], i) : any_word(m);
	}
	for (size_t i = 0; i < SKELETONS; i++)
		for (size_t k = 0; k < 24; k++)
			m->skeleton[i][k] = (uint8_t)random_below(&m->random, 8);
	for (size_t i = 0; i < MAILERS; i++)
		for (size_t k = 0; k < 6; k++)
			m->mailer[i][k] = (uint8_t)random_bits(&m->random);
}

/* --- templates --- */

static bool make_sentence(
	struct campaign_maker *m, size_t n, size_t topic, double slots, struct sentence *ret)
{
	uint16_t before = any_word(m);

	ret->slot = calloc(n, sizeof(*ret->slot));
	ret->n = ret->slot ? n : 0;
	for (size_t i = 0; i < ret->n; i++) {
		struct slot *s = &ret->slot[i];

		s->n = 1;
		if (chance(&m->random, slots))
			s->n = (uint8_t)between(&m->random, 2, m->setting.hard ? SLOT_MOST : 4);
		for (size_t k = 0; k < s->n; k++)
			s->word[k] = next_word(m, before, topic);
		before = s->word[0];
	}
	return ret->slot != NULL;
}

static bool make_template(struct campaign_maker *m, struct template *t)
{
	struct random *r = &m->random;
	size_t topic = random_below(r, TOPICS), left;
	double slots = m->setting.hard ? 0.25 : 0.08;

	t->kind = (enum kind)random_below(r, KINDS);
	if (t->kind == KIND_WORDS)
		slots = m->setting.hard ? 0.5 : 0.3;
	t->html = t->kind == KIND_IMAGE || chance(r, 0.5);
	t->forges = chance(r, 0.3);
	t->words = t->kind == KIND_IMAGE ? between(r, 4, 14)
					 : (size_t)(40 * exp(random_unit(r) * log(300.0 / 40)));
	t->domains = between(r, 1, m->setting.hard ? 8 : 3);
	for (size_t i = 0; i < t->domains; i++)
		t->domain[i] = (uint32_t)random_below(r, DOMAINS);
	t->footer = chance(r, 0.5) ? random_below(r, FOOTERS) + 1 : 0;
	t->skeleton = random_below(r, SKELETONS);
	t->mailer = random_below(r, MAILERS);
	t->path = random_below(r, 8);
	t->sentence = calloc(t->words / 4 + 1, sizeof(*t->sentence));
	if (!t->sentence || !make_sentence(m, between(r, 3, 8), topic, slots, &t->subject))
		return false;
	for (left = t->words; left;) {
		size_t n = between(r, 5, 16);

		if (n > left || left - n < 5)
			n = left;
		if (!make_sentence(m, n, topic, slots, &t->sentence[t->sentences++]))
			return false;
		left -= n;
	}
	return true;
}

struct campaign_maker *campaign_maker_new(const struct campaign_setting *setting)
{
	struct campaign_maker *m = calloc(1, sizeof(*m));
	double sum = 0;

	if (!m)
		return NULL;
	m->setting = *setting;
	random_seed(&m->random, setting->seed);
	make_vocabulary(m);
	m->template = calloc(setting->templates, sizeof(*m->template));
	m->size = calloc(setting->templates, sizeof(*m->size));
	for (size_t i = 0; m->template && m->size && i < setting->templates; i++) {
		sum += 1 / ((double)i + 200);
		m->size[i] = sum;
		if (!make_template(m, &m->template[i])) {
			campaign_maker_free(m);
			return NULL;
		}
	}
	if (!m->template || !m->size) {
		campaign_maker_free(m);
		return NULL;
	}
	return m;
}

void campaign_maker_free(struct campaign_maker *m)
{
	if (!m)
		return;
	for (size_t i = 0; m->template && i < m->setting.templates; i++) {
		struct template *t = &m->template[i];

		for (size_t k = 0; t->sentence && k < t->sentences; k++)
			free(t->sentence[k].slot);
		free(t->sentence);
		free(t->subject.slot);
	}
	free(m->template);
	free(m->size);
	free(m);
}

const char *campaign_maker_kind(const struct campaign_maker *m, uint32_t template)
{
	static const char *const names[] = {"words", "order", "image", "buster"};

	return names[m->template[template].kind];
}

/* --- messages --- */

static void random_string(struct campaign_maker *m, struct buf *to, size_t least, size_t most)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	for (size_t n = between(&m->random, least, most); n; n--)
		buf_byte(to, set[random_below(&m->random, 36)]);
}

static void put_word(const struct campaign_maker *m, struct buf *to, uint16_t word, bool capital)
{
	size_t at = to->n;

	buf_str(to, m->word[word]);
	if (capital && buf_ok(to) && to->n > at)
		to->p[at] = (char)(to->p[at] & ~0x20);
}

static void put_sentence(struct campaign_maker *m, struct buf *to, const struct sentence *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct slot *slot = &s->slot[i];

		if (i)
			buf_byte(to, ' ');
		put_word(m, to, slot->word[slot->n > 1 ? random_below(&m->random, slot->n) : 0],
			i == 0);
	}
	buf_str(to, ". ");
}

static void put_busters(struct campaign_maker *m, struct buf *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (chance(&m->random, 0.2))
			random_string(m, to, 4, 12);
		else
			put_word(m, to, any_word(m), false);
		buf_byte(to, ' ');
	}
}

static void put_footer(struct campaign_maker *m, struct buf *to, size_t footer)
{
	const struct footer *f = &m->footer[footer];

	for (size_t i = 0; i < f->n; i++) {
		put_word(m, to, f->word[i], i == 0);
		buf_byte(to, ' ');
	}
}

static void put_link(struct campaign_maker *m, struct buf *to, const struct template *t)
{
	static const char *const before[] = {
		"/", "/", "/?id=", "/offer/", "/u/", "/click.php?c=", "/img/", "/"};
	static const char *const behind[] = {"/", ".html", "", "", "/go", "", ".gif", "/index.htm"};

	buf_str(to, "http://");
	if (chance(&m->random, 0.6)) {
		random_string(m, to, 3, 8);
		buf_byte(to, '.');
	}
	buf_str(to, m->domain[t->domain[random_below(&m->random, t->domains)]]);
	buf_str(to, before[t->path]);
	random_string(m, to, 4, 12);
	buf_str(to, behind[t->path]);
}

/* Where random words go, and how many. */
struct busting {
	size_t front, middle, back, hidden;
};

static struct busting choose_busting(struct campaign_maker *m, const struct template *t)
{
	struct random *r = &m->random;
	double most = m->setting.hard ? 1.0 : 0.4;
	struct busting b = {0};
	size_t n;

	if (t->kind == KIND_BUSTER)
		n = (size_t)((double)t->words * (0.1 + (most - 0.1) * random_unit(r)));
	else
		n = chance(r, 0.3) ? between(r, 1, 6) : 0;
	switch (random_below(r, t->html ? 4 : 3)) {
	case 0: b.front = n; break;
	case 1: b.middle = n; break;
	case 2: b.back = n; break;
	default: b.hidden = n; break;
	}
	return b;
}

static void put_sentences(
	struct campaign_maker *m, struct buf *to, const struct template *t, size_t busters)
{
	struct random *r = &m->random;
	size_t order[128], n = t->sentences < 128 ? t->sentences : 128;
	double left_out = t->kind != KIND_ORDER ? 0 : m->setting.hard ? 0.25 : 0.1;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; t->kind == KIND_ORDER && i > 1; i--) {
		size_t k = random_below(r, i), swap = order[k];

		order[k] = order[i - 1];
		order[i - 1] = swap;
	}
	for (size_t i = 0; i < n; i++) {
		if (i == n / 2)
			put_busters(m, to, busters);
		if (n > 2 && chance(r, left_out))
			continue;
		put_sentence(m, to, &t->sentence[order[i]]);
		if (i % 3 == 2)
			buf_str(to, t->html ? "<br>\n" : "\n");
	}
}

static void open_tags(struct campaign_maker *m, struct buf *to, size_t skeleton, bool ending)
{
	static const char *const tag[] = {"table", "tr", "td", "div", "center", "font", "p", "b"};

	for (size_t i = 0; i < 12; i++)
		buf_printf(to, ending ? "</%s>" : "<%s>",
			tag[m->skeleton[skeleton][ending ? 23 - i : i]]);
	buf_byte(to, '\n');
}

static void put_head(struct campaign_maker *m, struct buf *to, size_t mailer, const char *name,
	const struct sentence *subject, bool html)
{
	struct random *r = &m->random;
	const uint8_t *style = m->mailer[mailer];
	uint16_t from = (uint16_t)between(r, 100, WORDS - 1);

	buf_printf(to,
		"Received: from %s.example ([192.0.2.%zu]) by mx.example.org; "
		"Fri, 9 Oct 2026 10:00:00 +0000\n",
		m->word[any_word(m)], between(r, 1, 254));
	if (style[0] & 1)
		buf_printf(to, "Message-ID: <%08x%s%08x@%s.example>\n", random_bits(r),
			style[1] & 1 ? "$" : ".", random_bits(r), m->word[from]);
	buf_printf(to, "From: %s <%s%zu@%s.example>\nTo: %s <%s@example.org>\n", m->word[from],
		m->word[from], random_below(r, 100), m->word[any_word(m)], name, name);
	if (!(style[0] & 1))
		buf_printf(
			to, "Message-Id: <%zu.%s@host>\n", random_below(r, 1000000), m->word[from]);
	buf_str(to, "Subject: ");
	put_sentence(m, to, subject);
	buf_str(to, "\nDate: Fri, 9 Oct 2026 10:00:00 +0000\nMIME-Version: 1.0\n");
	if (style[2] & 1)
		buf_printf(to, "X-Priority: %d\n", style[3] % 3 + 1);
	if (style[2] & 2)
		buf_printf(to, "X-Mailer: Mailer %c %d.%d\n", 'A' + style[4] % 26, style[5] % 10,
			style[5] / 26);
	buf_printf(to, "Content-Type: text/%s; charset=us-ascii\n\n", html ? "html" : "plain");
}

static void put_message_of(struct campaign_maker *m, struct buf *to, const struct template *t)
{
	struct random *r = &m->random;
	struct busting b = choose_busting(m, t);
	const char *name = m->word[between(r, 200, WORDS - 1)];
	const char *end = t->html ? "<br>\n" : "\n";

	put_head(m, to, t->forges ? random_below(r, MAILERS) : t->mailer, name, &t->subject,
		t->html);
	if (t->html)
		open_tags(m, to, t->skeleton, false);
	put_busters(m, to, b.front);
	if (chance(r, 0.5))
		buf_printf(to, "Dear %s,%s", name, end);
	put_sentences(m, to, t, b.middle);
	buf_str(to, end);
	for (size_t i = 0; i < 1 + (t->kind == KIND_IMAGE); i++) {
		buf_str(to, t->html ? "<a href=\"" : "");
		put_link(m, to, t);
		buf_str(to, t->html ? "\">" : "");
		if (t->kind == KIND_IMAGE) {
			buf_str(to, "<img src=\"");
			put_link(m, to, t);
			buf_printf(to, "\" width=%zu>", between(r, 300, 600));
		}
		buf_str(to, t->html ? "go</a>\n" : "\n");
	}
	put_busters(m, to, b.back);
	if (b.hidden) {
		buf_str(to, "<div style=\"display:none\">");
		put_busters(m, to, b.hidden);
		buf_str(to, "</div>");
	}
	buf_str(to, end);
	if (t->footer)
		put_footer(m, to, t->footer - 1);
	if (t->html)
		open_tags(m, to, t->skeleton, true);
}

/* A text of its own: a template that is used once. */
static void put_unrelated(struct campaign_maker *m, struct buf *to)
{
	struct random *r = &m->random;
	size_t topic = random_below(r, TOPICS), skeleton = random_below(r, SKELETONS);
	size_t words = (size_t)(15 * exp(random_unit(r) * log(300.0 / 15)));
	const char *name = m->word[between(r, 200, WORDS - 1)];
	struct template link = {.domains = 1, .path = random_below(r, 8)};
	struct sentence subject;
	bool html = chance(r, 0.4);

	if (!make_sentence(m, between(r, 2, 7), topic, 0, &subject)) {
		to->failed = true;
		return;
	}
	put_head(m, to, random_below(r, MAILERS), name, &subject, html);
	free(subject.slot);
	if (html)
		open_tags(m, to, skeleton, false);
	if (chance(r, 0.5))
		buf_printf(to, "Dear %s,\n", name);
	uint16_t before = any_word(m);

	for (size_t i = 0; i < words; i++) {
		put_word(m, to, before, i % 11 == 0);
		buf_str(to, i % 11 == 10 ? ". " : " ");
		before = next_word(m, before, topic);
	}
	for (size_t n = random_below(r, 3); n; n--) {
		link.domain[0] = (uint32_t)draw(r, m->zipf, DOMAINS);
		buf_str(to, html ? "<a href=\"" : "\n");
		put_link(m, to, &link);
		buf_str(to, html ? "\">here</a>\n" : "\n");
	}
	buf_str(to, html ? "<br>\n" : "\n\n");
	if (chance(r, 0.5))
		put_footer(m, to, random_below(r, FOOTERS));
	if (html)
		open_tags(m, to, skeleton, true);
}

void campaign_maker_next(struct campaign_maker *m, struct buf *to, uint32_t *ret_template)
{
	if (chance(&m->random, m->setting.unrelated)) {
		put_unrelated(m, to);
		*ret_template = CAMPAIGN_UNRELATED;
		return;
	}
	uint32_t t = (uint32_t)draw(&m->random, m->size, m->setting.templates);

	put_message_of(m, to, &m->template[t]);
	*ret_template = t;
}

/* --- truth --- */

struct cell {
	uint32_t truth, group;
};

static int by_both(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	if (x->truth != y->truth)
		return x->truth < y->truth ? -1 : 1;
	return x->group < y->group ? -1 : x->group > y->group;
}

static int by_group(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;

	return x->group < y->group ? -1 : x->group > y->group;
}

static double pairs(double n)
{
	return n * (n - 1) / 2;
}

int pairwise_of(const uint32_t *truth, const uint32_t *group, size_t n, struct pairwise *ret)
{
	struct cell *cell = calloc(n, sizeof(*cell));
	double right = 0, wanted = 0, given = 0;

	if (!cell)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		cell[i] = (struct cell){truth[i], group[i]};
	qsort(cell, n, sizeof(*cell), by_both);
	for (size_t i = 0, same = 0, from = 0; i < n; i++) {
		bool last = i + 1 == n || cell[i + 1].truth != cell[i].truth;

		if (last || cell[i + 1].group != cell[i].group) {
			if (cell[i].truth != CAMPAIGN_UNRELATED)
				right += pairs((double)(i + 1 - same));
			same = i + 1;
		}
		if (last) {
			if (cell[i].truth != CAMPAIGN_UNRELATED)
				wanted += pairs((double)(i + 1 - from));
			from = i + 1;
		}
	}
	qsort(cell, n, sizeof(*cell), by_group);
	for (size_t i = 0, from = 0; i < n; i++)
		if (i + 1 == n || cell[i + 1].group != cell[i].group) {
			given += pairs((double)(i + 1 - from));
			from = i + 1;
		}
	free(cell);
	ret->precision = given > 0 ? right / given : 1;
	ret->recall = wanted > 0 ? right / wanted : 1;
	ret->f1 = right > 0 ? 2 * right / (given + wanted) : 0;
	return 0;
}
