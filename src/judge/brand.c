/* Three tables are made of the one list at first use: domains and labels by name, and the names
 * as a set of phrases. They live as long as the process. */
#include "judge/brand.h"

#include "judge/check/words.h"
#include "judge/names.h"
#include "mail/domain.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

/* Words beside a common name that make it the brand. */
static const char *const company_words[] = {
	"account",
	"accounts",
	"alert",
	"alerts",
	"bank",
	"billing",
	"card",
	"center",
	"centre",
	"customer",
	"delivery",
	"express",
	"helpdesk",
	"id",
	"inc",
	"kundenservice",
	"login",
	"notification",
	"online",
	"payment",
	"payments",
	"security",
	"service",
	"services",
	"sicherheit",
	"support",
	"team",
	"verification",
	"wallet",
};

static struct names *domains, *labels, *companies;
static struct words_set *spoken;

/* Labels with their skeletons, chained by the skeleton's first byte; 0 ends a chain. */
static struct likeness {
	struct span label, skeleton;
	const struct brand *brand;
	unsigned next;
} * likeness;
static unsigned like_head[256];
static struct arena like_arena;
#define LABEL_BITS 4096
static uint64_t label_filter[LABEL_BITS / 64]; /* how labels begin */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The lists in names.h's form. A domain of several brands is the first one's. */
static void build_names(struct names_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < brands; i++)
		list[i] = (struct names_list){(int)i, brand_table[i].domains};
	domains = names_new(list, brands, false);
	for (size_t i = 0; i < brands; i++)
		if (brand_table[i].label)
			list[n++] = (struct names_list){(int)i, brand_table[i].label};
	labels = names_new(list, n, false);
	n = sizeof(company_words) / sizeof(company_words[0]);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct names_list){0, company_words[i]};
	companies = names_new(list, n, false);
}

/* The bit of a label's first three letters. */
static unsigned beginning(struct span label)
{
	unsigned a = (unsigned char)label.p[0], b = (unsigned char)label.p[1];
	unsigned c = (unsigned char)label.p[2];

	return (a * 31 * 31 + b * 31 + c) % LABEL_BITS;
}

static void build_likeness(void)
{
	unsigned n = 0;

	arena_init(&like_arena, 1 << 20);
	likeness = calloc(brands + 1, sizeof(*likeness));
	for (size_t i = 0; likeness && i < brands; i++) {
		struct span label = span_cstr(brand_table[i].label);

		if (label.n >= 3)
			label_filter[beginning(label) / 64] |= 1ULL << beginning(label) % 64;
		struct span skeleton = domain_skeleton(&like_arena, label);

		if (label.n < 4 || !skeleton.n)
			continue;
		unsigned *head = &like_head[(unsigned char)skeleton.p[0]];

		likeness[++n] = (struct likeness){label, skeleton, &brand_table[i], *head};
		*head = n;
	}
}

static void build(void)
{
	struct names_list *list = calloc(brands + 64, sizeof(*list));
	struct words_group *groups = calloc(brands, sizeof(*groups));

	if (list && groups) {
		build_names(list);
		for (size_t i = 0; i < brands; i++)
			groups[i] = (struct words_group){(uint16_t)i, 1, brand_table[i].names};
		spoken = words_set_new(groups, brands);
	}
	free(list);
	free(groups);
	build_likeness();
}

static const struct brand *brand_at(int i)
{
	return i >= 0 ? &brand_table[i] : NULL;
}

/* Country domains that anybody gets for nothing or next to it. */
static bool is_given_away(struct span country)
{
	static const char away[] = " tk ml ga cf gq cc pw ws su to cm ";
	char key[4] = {' ', country.p[0], country.p[1], ' '};

	return span_find(span_cstr(away), (struct span){key, 4}) >= 0;
}

/* True for "de", "co.uk", "com.br": what stands behind a name that is kept country by country. */
static bool is_country_suffix(struct span s)
{
	ssize_t dot = span_index(s, '.');

	if (dot >= 0) {
		struct span kind = span_take(s, (size_t)dot);

		if (!span_eq(kind, SPAN("co")) && !span_eq(kind, SPAN("com")))
			return false;
		s = span_skip(s, (size_t)dot + 1);
	}
	return s.n == 2 && !is_given_away(s);
}

/* The brand that keeps its name in every country and has this one under a country's domain. */
static const struct brand *everywhere(struct span domain)
{
	ssize_t dot = span_index(domain, '.');
	const struct brand *b = NULL;

	if (dot > 0)
		b = brand_of_label(span_take(domain, (size_t)dot));
	return b && b->everywhere && is_country_suffix(span_skip(domain, (size_t)dot + 1)) ? b
											   : NULL;
}

const struct brand *brand_of_domain(struct span domain)
{
	pthread_once(&once, build);
	const struct brand *b = domains ? brand_at(names_get(domains, domain)) : NULL;

	return b ? b : everywhere(domain);
}

bool brand_owns(const struct brand *b, struct span domain)
{
	struct span rest = span_cstr(b->domains), one;

	while (domain.n && span_cut(&rest, ' ', &one))
		if (span_eq(one, domain))
			return true;
	return everywhere(domain) == b;
}

const struct brand *brand_of_label(struct span label)
{
	pthread_once(&once, build);
	/* Most labels begin like no brand's. */
	if (label.n < 3 || !(label_filter[beginning(label) / 64] >> beginning(label) % 64 & 1))
		return NULL;
	return labels ? brand_at(names_get(labels, label)) : NULL;
}

/* The word before (after) a place in folded text. */
static struct span word_before(struct span folded, size_t at)
{
	struct span s = span_trim(span_take(folded, at));
	ssize_t space = span_rindex(s, ' ');

	return span_skip(s, (size_t)(space + 1));
}

static struct span word_after(struct span folded, size_t at)
{
	struct span s = span_trim(span_skip(folded, at));
	ssize_t space = span_index(s, ' ');

	return space < 0 ? s : span_take(s, (size_t)space);
}

/* True when a name that is also a plain word stands for the company here. */
static bool is_company(struct span folded, const struct words_place *h)
{
	return h->n == span_trim(folded).n ||
	       names_get(companies, word_before(folded, h->at)) >= 0 ||
	       names_get(companies, word_after(folded, h->at + h->n)) >= 0;
}

/* True when the hit stands inside a host or address and so is no name. */
static bool is_in_address(struct span folded, const struct words_place *h)
{
	char before = h->at ? folded.p[h->at - 1] : ' ';

	return before == '@' || before == '.' || before == '/';
}

size_t brands_in_name(struct span folded, bool strict, const struct brand *named[BRANDS_NAMED])
{
	struct words_place place[4 * BRANDS_NAMED];
	size_t n = 0, places;

	pthread_once(&once, build);
	if (!spoken || !companies || folded.n < 3)
		return 0;
	places = words_list(spoken, folded, place, 4 * BRANDS_NAMED);
	for (size_t i = 0; i < places && n < BRANDS_NAMED; i++) {
		const struct brand *b = &brand_table[place[i].id];

		if (!is_in_address(folded, &place[i]) &&
			(!(strict || b->common) || is_company(folded, &place[i])))
			named[n++] = b;
	}
	return n;
}

const struct brand *brand_like(struct span label, struct span skeleton, bool *ret_typo)
{
	pthread_once(&once, build);
	for (unsigned i = skeleton.n ? like_head[(unsigned char)skeleton.p[0]] : 0; i;
		i = likeness[i].next) {
		const struct likeness *l = &likeness[i];

		if (span_eq(label, l->label))
			return NULL;
		*ret_typo = !span_eq(skeleton, l->skeleton);
		if (!*ret_typo || (l->label.n >= 6 && !l->brand->common &&
					  name_one_slip(skeleton, l->skeleton)))
			return l->brand;
	}
	return NULL;
}
