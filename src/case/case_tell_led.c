/* Hosts of the network that abuse leads to: they host what is advertised. Told apart from what the
 * network's own addresses did, since another may have written the link. */
#include "case/case_tell.h"

#include "show/words.h"

static void tell_campaign_names(struct doc *d, const struct case_hosted *h)
{
	if (!h->campaigns)
		doc_put(d, "none");
	for (size_t i = 0; i < h->campaigns; i++) {
		doc_put(d, "%s", i ? ", " : "");
		doc_outside(d, h->campaign[i], RECORD_CAMPAIGN_MOST);
	}
	if (h->campaigns < h->campaigns_all) {
		doc_put(d, " and ");
		tell_number(d, (double)(h->campaigns_all - h->campaigns));
		doc_put(d, " more");
	}
}

static void tell_rows(struct doc *d, const struct case_led *led)
{
	for (size_t i = 0; i < led->hosts; i++) {
		const struct case_count *h = &led->host[i].of;

		tell_host_row(d, h);
		tell_campaign_names(d, &led->host[i]);
		doc_cell(d);
		tell_rests_on(d, &h->claim);
	}
}

static void plot(struct doc *d, const struct case_file *c)
{
	struct case_count host[CASE_HOSTED_MOST];

	_Static_assert(CASE_HOSTED_MOST <= CASE_HOSTS_MOST, "a plot has room for so many");
	for (size_t i = 0; i < c->led.hosts; i++)
		host[i] = c->led.host[i].of;
	tell_hosts_plot(d, c, host, c->led.hosts, "plot-led", "How long abuse led to them.");
}

static void tell_all(struct doc *d, const struct case_led *led)
{
	doc_para(d);
	tell_count(d, led->all.sightings, "sighting leads", "sightings lead");
	doc_put(d, " to ");
	tell_count(d, led->all.hosts, "host", "hosts");
	doc_put(d, " of this network, ");
	tell_day(d, led->all.first);
	doc_put(d, " to ");
	tell_day(d, led->all.last);
	tell_claim(d, &led->all.claim);
	doc_put(d, ", from ");
	tell_count(d, led->from, "host", "hosts");
	doc_put(d, " in ");
	tell_count(d, led->networks, "known network", "known networks");
	doc_put(d, ". By kind of the abuse that leads there: ");
	const char *joint = "";

	for (int k = 0; k < SIGHTING_KINDS; k++)
		if (led->all.by_kind[k]) {
			doc_put(d, "%s%s ", joint, sighting_kind_name((enum sighting_kind)k));
			tell_number(d, (double)led->all.by_kind[k]);
			joint = ", ";
		}
	doc_put(d, ". ");
	if (led->own) {
		tell_number(d, (double)led->own);
		doc_put(d, led->own == 1 ? " of them was" : " of them were");
		doc_put(d, " handed in by this network's own addresses; that deed is told above. ");
	} else {
		doc_put(d, "None of them was handed in by this network's own addresses. ");
	}
	doc_put(d, "A message is one sighting, however many hosts it leads to, and is in the row "
		   "of each.");
}

void tell_led(struct doc *d, const struct case_file *c)
{
	static const struct doc_column columns[] = {{"Host", false, false},
		{"Kinds that lead there", false, false}, {"Sightings", true, false},
		{"On days", true, false}, {"First", false, true}, {"Last", false, true},
		{"Campaigns", false, false}, {"Records", false, false}};

	doc_heading(d, 2, "led", "Hosts that abuse leads to");
	doc_para(d);
	if (!c->led.all.sightings) {
		doc_put(d, "No sighting in the ledger for that time leads to an address of this "
			   "network.");
		return;
	}
	doc_put(d, "What spam advertises has to stand somewhere. These addresses of the network "
		   "are what mail or reports, from anywhere, lead to. Whoever writes a link need "
		   "not own what it leads to; so this is told as no deed of these hosts, and "
		   "counted nowhere above.");
	tell_all(d, &c->led);
	plot(d, c);
	doc_table(d, "led-hosts", columns, 8);
	doc_put(d, "Hosts that abuse leads to, those led to on the most days first");
	tell_shown(d, c->led.hosts, c->led.hosts_all);
	tell_rows(d, &c->led);
}
