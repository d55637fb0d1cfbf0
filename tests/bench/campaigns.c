/*
 * Campaigns found in a made-up stream whose truth is known (campaign_make.h): pairwise F1, and the
 * CPU time a message of parsing, of taking prints, and of putting them.
 *
 *	bench-campaigns [MESSAGES [TEMPLATES [SEED [hard]]]]
 *	bench-campaigns PATH...       campaigns in mail that is there: sizes, templates, mailers
 */
#include "campaign_make.h"

#include "judge/campaign.h"
#include "mail/mailbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define UNRELATED 0.3

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int short_memory(void)
{
	fputs("memory is short\n", stderr);
	return 3;
}

/* Names as numbers, merged ones led on to what they are now. */
struct groups {
	char (*name)[CAMPAIGN_NAME];
	uint32_t *into;
	size_t n, room;
	uint32_t *slot;
	size_t slots;
};

static uint32_t group_of(struct groups *g, const char *name)
{
	size_t at = strtoull(name + 2, NULL, 16) * 0x9e3779b97f4a7c15ULL >> 20;

	for (;; at++) {
		uint32_t *slot = &g->slot[at % g->slots];

		if (*slot && strcmp(g->name[*slot - 1], name))
			continue;
		if (!*slot) {
			memcpy(g->name[g->n], name, CAMPAIGN_NAME);
			g->into[g->n] = (uint32_t)g->n;
			*slot = (uint32_t)++g->n;
		}
		return *slot - 1;
	}
}

static uint32_t root_of(const struct groups *g, uint32_t i)
{
	while (g->into[i] != i)
		i = g->into[i];
	return i;
}

static bool groups_init(struct groups *g, size_t n)
{
	g->slots = n * 2 + 1;
	g->name = calloc(n, sizeof(*g->name));
	g->into = calloc(n, sizeof(*g->into));
	g->slot = calloc(g->slots, sizeof(*g->slot));
	return g->name && g->into && g->slot;
}

struct times {
	double make, parse, print, put;
};

struct run {
	struct campaign_maker *maker;
	struct campaigns *campaigns;
	struct message_parser *parser;
	struct groups groups;
	uint32_t *truth, *group;
	struct times times;
	uint64_t bytes, merges;
};

static int one(struct run *r, struct buf *text, size_t i)
{
	struct campaign_print *print;
	struct campaign_put put;
	struct message *m;
	double t0 = cpu(), t1, t2, t3;

	buf_clear(text);
	campaign_maker_next(r->maker, text, &r->truth[i]);
	t1 = cpu();
	if (message_parse(r->parser, buf_span(text), &m) < 0)
		return -1;
	t2 = cpu();
	print = campaign_print_take(campaigns_key(r->campaigns), r->parser, m);
	t3 = cpu();
	if (!print || campaigns_put(r->campaigns, print, (int64_t)(i * 2), &put) < 0)
		return -1;
	r->times.put += cpu() - t3;
	r->times.make += t1 - t0;
	r->times.parse += t2 - t1;
	r->times.print += t3 - t2;
	r->bytes += text->n;
	free(print);
	r->group[i] = group_of(&r->groups, put.name);
	for (size_t k = 0; k < put.merges; k++)
		r->groups.into[group_of(&r->groups, put.merged[k])] = r->group[i];
	r->merges += put.merges;
	return 0;
}

/* What part of each template's messages is in its largest group, by kind of variation; and how many
 * unrelated messages are not alone. */
static void by_kind(const struct run *r, size_t n, size_t templates)
{
	static const char *const kinds[] = {"words", "order", "image", "buster"};
	uint32_t *size = calloc(r->groups.n + 1, sizeof(*size));
	size_t glued = 0, unrelated = 0;

	for (size_t i = 0; i < n; i++)
		size[r->group[i]]++;
	for (size_t i = 0; i < n; i++)
		if (r->truth[i] == CAMPAIGN_UNRELATED) {
			unrelated++;
			glued += size[r->group[i]] > 1;
		}
	printf("unrelated messages not alone: %zu of %zu\n", glued, unrelated);
	for (int k = 0; k < 4; k++) {
		double whole = 0, best = 0;

		for (uint32_t t = 0; t < templates; t++) {
			uint32_t most = 0;

			if (strcmp(campaign_maker_kind(r->maker, t), kinds[k]))
				continue;
			memset(size, 0, r->groups.n * sizeof(*size));
			for (size_t i = 0; i < n; i++)
				if (r->truth[i] == t) {
					uint32_t s = ++size[r->group[i]];

					most = s > most ? s : most;
					whole++;
				}
			best += most;
		}
		printf("  %-7s %8.0f messages, %5.1f %% in the largest group of their template\n",
			kinds[k], whole, whole > 0 ? 100 * best / whole : 0);
	}
	free(size);
}

static void tell(const struct run *r, size_t n, size_t templates)
{
	double us = 1e6 / (double)n;
	struct rusage usage;
	struct pairwise p;

	getrusage(RUSAGE_SELF, &usage);
	if (pairwise_of(r->truth, r->group, n, &p) < 0)
		exit(short_memory());
	printf("messages %zu, mean size %.0f bytes, templates %zu\n", n,
		(double)r->bytes / (double)n, templates);
	printf("pairwise precision %.4f, recall %.4f, F1 %.4f\n", p.precision, p.recall, p.f1);
	printf("campaigns kept %zu, merges %llu\n", campaigns_count(r->campaigns),
		(unsigned long long)r->merges);
	printf("us a message: make %.1f, parse %.1f, print %.1f, put %.1f; print + put: %.0f "
	       "messages a second\n",
		r->times.make * us, r->times.parse * us, r->times.print * us, r->times.put * us,
		(double)n / (r->times.print + r->times.put));
	printf("peak memory %.0f MB\n", (double)usage.ru_maxrss / 1024);
	if (getenv("BY_KIND"))
		by_kind(r, n, templates);
}

static int on_stream(size_t n, const struct campaign_setting *setting)
{
	struct run r = {0};
	struct buf text = {0};

	r.maker = campaign_maker_new(setting);
	r.campaigns = campaigns_new(&(struct campaigns_options){.key = setting->seed + 77});
	r.parser = message_parser_new(0);
	r.truth = calloc(n, sizeof(*r.truth));
	r.group = calloc(n, sizeof(*r.group));
	if (!r.maker || !r.campaigns || !r.parser || !r.truth || !r.group ||
		!groups_init(&r.groups, n))
		return short_memory();
	for (size_t i = 0; i < n; i++)
		if (one(&r, &text, i) < 0)
			return short_memory();
	for (size_t i = 0; i < n; i++)
		r.group[i] = root_of(&r.groups, r.group[i]);
	tell(&r, n, setting->templates);
	buf_done(&text);
	campaigns_close(r.campaigns);
	campaign_maker_free(r.maker);
	message_parser_free(r.parser);
	free(r.truth);
	free(r.group);
	free(r.groups.name);
	free(r.groups.into);
	free(r.groups.slot);
	return 0;
}

static int by_messages(const void *a, const void *b)
{
	uint64_t x = ((const uint64_t *)a)[0], y = ((const uint64_t *)b)[0];

	return x > y ? -1 : x < y;
}

static void show(struct campaigns *c, size_t most)
{
	size_t n = campaigns_count(c), alone = 0;
	uint64_t(*list)[2] = calloc(n + 1, sizeof(*list));
	struct campaign one;

	for (size_t i = 0; i < n; i++) {
		campaigns_at(c, i, &one);
		list[i][0] = one.messages;
		list[i][1] = i;
		alone += one.messages == 1;
	}
	qsort(list, n, sizeof(*list), by_messages);
	printf("campaigns %zu, of them of one message %zu\n", n, alone);
	for (size_t i = 0; i < n && i < most && list[i][0] > 1; i++) {
		campaigns_at(c, list[i][1], &one);
		printf("\n== %s: %llu messages\nsubject: %.*s\nmailer: %.*s\n%.*s\n", one.name,
			(unsigned long long)one.messages, SPAN_ARG(one.subject),
			SPAN_ARG(one.mailer), SPAN_ARG(span_take(one.template_, 1200)));
	}
	free(list);
}

static int on_mail(const char *const *paths, size_t n)
{
	/* The corpora are of few mailboxes. */
	struct campaigns *c =
		campaigns_new(&(struct campaigns_options){.key = 1, .anybodys = true});
	struct message_parser *parser = message_parser_new(0);
	struct mailbox *mb = NULL;
	struct mailbox_item item;
	struct err err;
	uint64_t messages = 0;
	int rc;

	if (!c || !parser || mailbox_open(paths, n, &mb) < 0)
		return short_memory();
	while ((rc = mailbox_next(mb, &item, &err)) != 0) {
		struct campaign_print *print;
		struct campaign_put put;
		struct message *m;

		if (rc < 0) {
			fprintf(stderr, "%s\n", err.text);
			continue;
		}
		if (message_parse(parser, item.raw, &m) < 0)
			return short_memory();
		print = campaign_print_take(campaigns_key(c), parser, m);
		if (!print || campaigns_put(c, print, (int64_t)messages++, &put) < 0)
			return short_memory();
		free(print);
		if (getenv("EACH")) {
			printf("%s %s", put.name, item.path);
			for (size_t i = 0; i < put.merges; i++)
				printf(" %s", put.merged[i]);
			putchar('\n');
		}
	}
	printf("messages %llu\n", (unsigned long long)messages);
	show(c, getenv("SHOW") ? (size_t)atoi(getenv("SHOW")) : 40);
	mailbox_close(mb);
	message_parser_free(parser);
	campaigns_close(c);
	return 0;
}

int main(int argc, char **argv)
{
	struct campaign_setting setting = {.seed = 1, .templates = 2000, .unrelated = UNRELATED};
	size_t n = 100000;

	if (argc > 1 && !ascii_is_digit(argv[1][0]))
		return on_mail((const char *const *)argv + 1, (size_t)argc - 1);
	if (argc > 1)
		n = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		setting.templates = (uint32_t)strtoul(argv[2], NULL, 10);
	if (argc > 3)
		setting.seed = (uint32_t)strtoul(argv[3], NULL, 10);
	setting.hard = argc > 4 && strcmp(argv[4], "hard") == 0;
	if (!n || !setting.templates) {
		fputs("bench-campaigns [MESSAGES [TEMPLATES [SEED [hard]]]] | PATH...\n", stderr);
		return 2;
	}
	return on_stream(n, &setting);
}
