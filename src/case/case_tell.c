#include "case/case_tell.h"

#include "net/day.h"
#include "show/words.h"

#include <stdio.h>

void tell_number(struct doc *d, double n)
{
	struct buf words = {0};

	words_number(&words, n);
	doc_words(d, &words);
}

void tell_count(struct doc *d, uint64_t n, const char *one, const char *many)
{
	struct buf words = {0};

	words_count(&words, n, one, many);
	doc_words(d, &words);
}

void tell_day(struct doc *d, int64_t at)
{
	char text[DAY_TEXT];

	doc_put(d, "%s", day_format(sighting_day(at), text));
}

void tell_record(struct doc *d, uint64_t seq)
{
	char target[32], words[32];

	snprintf(target, sizeof(target), "#r%llu", (unsigned long long)seq);
	snprintf(words, sizeof(words), "%llu", (unsigned long long)seq);
	doc_link(d, target, words);
}

void tell_rests_on(struct doc *d, const struct case_claim *claim)
{
	for (size_t i = 0; i < claim->n; i++) {
		doc_put(d, "%s", i ? ", " : "");
		tell_record(d, claim->seq[i]);
	}
	if (claim->n && claim->n < claim->total) {
		doc_put(d, " of ");
		tell_number(d, (double)claim->total);
	}
}

void tell_claim(struct doc *d, const struct case_claim *claim)
{
	if (!claim->n)
		return;
	doc_put(d, claim->n == 1 ? " (record " : " (records ");
	tell_rests_on(d, claim);
	doc_put(d, ")");
}

void tell_host(struct doc *d, struct span name)
{
	doc_defanged(d, name, 255);
}

void tell_other(struct doc *d, const struct case_other *o)
{
	doc_put(d, "AS%u", o->asn);
	if (!o->holder.n)
		return;
	doc_put(d, " ");
	doc_outside(d, o->holder, 80);
}

void tell_shown(struct doc *d, size_t shown, size_t all)
{
	if (shown == all)
		return;
	doc_put(d, "; %zu of ", shown);
	tell_number(d, (double)all);
}

void tell_kinds(struct doc *d, const struct case_count *of)
{
	const char *joint = "";

	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (of->by_kind[i]) {
			doc_put(d, "%s%s", joint, sighting_kind_name((enum sighting_kind)i));
			joint = ", ";
		}
}

void tell_host_row(struct doc *d, const struct case_count *host)
{
	doc_row(d, NULL);
	tell_host(d, host->name);
	doc_cell(d);
	tell_kinds(d, host);
	doc_cell(d);
	tell_number(d, (double)host->sightings);
	doc_cell(d);
	tell_number(d, host->days);
	doc_cell(d);
	tell_day(d, host->first);
	doc_cell(d);
	tell_day(d, host->last);
	doc_cell(d);
}
