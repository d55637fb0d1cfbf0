/*
 * Canonical by what is put in: keys are ASCII and sorted, strings are cleaned, so that nothing but
 * quotes and backslashes is escaped; numbers are whole, or of at most four decimals, whose shortest
 * form is what "%.9g" prints (RFC 8785, 3.2.2.3).
 */
#include "case/case_json.h"

#include "case/case_points.h"
#include "show/clean.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *text(struct span s)
{
	struct buf clean = {0};

	clean_text(&clean, s);
	json_t *j = buf_ok(&clean) ? json_stringn(clean.p ? clean.p : "", clean.n) : NULL;

	buf_done(&clean);
	return j;
}

static json_t *text_or_null(struct span s)
{
	return s.n ? text(s) : json_null();
}

static json_t *number(double n)
{
	double rounded = round(n * 10000) / 10000;

	if (!isfinite(rounded) || fabs(rounded) > 1e15)
		return json_null();
	/* Nine digits hold four decimals up to here; beyond nobody needs them. */
	if (fabs(rounded) >= 1e5 || rounded == floor(rounded))
		return json_integer((json_int_t)round(rounded));
	return json_real(rounded);
}

static json_t *whole(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *day(int32_t d)
{
	struct buf words = {0};

	case_points_day(&words, d);
	json_t *j = text(buf_span(&words));

	buf_done(&words);
	return j;
}

static json_t *time_of(int64_t at)
{
	char words[SIGHTING_TIME_TEXT];

	return text(span_cstr(sighting_time_format(at, words)));
}

static json_t *claim(const struct case_claim *c)
{
	json_t *shown = json_array();

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(shown, whole(c->seq[i]));
	return json_pack("{s:o, s:o}", "total", whole(c->total), "shown", shown);
}

static json_t *kinds(const struct case_count *c)
{
	json_t *j = json_object();

	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (c->by_kind[i])
			json_object_set_new(
				j, sighting_kind_name((enum sighting_kind)i), whole(c->by_kind[i]));
	return j;
}

static json_t *count(const struct case_count *c)
{
	if (!c->sightings)
		return json_pack("{s:i, s:i}", "sightings", 0, "hosts", 0);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "sightings",
		whole(c->sightings), "hosts", whole(c->hosts), "days", whole(c->days), "first",
		time_of(c->first), "last", time_of(c->last), "day_only", whole(c->day_only),
		"confidence", c->confidence, "kinds", kinds(c), "records", claim(&c->claim));
}

static json_t *named(const struct case_count *of, size_t n, const char *key)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *j = count(&of[i]);

		json_object_set_new(j, key, text_or_null(of[i].name));
		if (of[i].port)
			json_object_set_new(j, "port", whole(of[i].port));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *by_kind(const struct case_file *c)
{
	json_t *list = json_array();

	for (int i = 0; i < SIGHTING_KINDS; i++) {
		if (!c->kind[i].sightings)
			continue;
		json_t *j = count(&c->kind[i]);

		json_object_set_new(
			j, "kind", json_string(sighting_kind_name((enum sighting_kind)i)));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *by_month(const struct case_file *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->months; i++) {
		json_t *j = count(&c->month[i]);

		json_object_set_new(j, "month",
			json_sprintf("%04u-%02u", c->month[i].id / 12, c->month[i].id % 12 + 1));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *names(const struct span *of, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, text(of[i]));
	return list;
}

static json_t *campaigns(const struct case_file *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->campaigns; i++) {
		const struct case_campaign *k = &c->campaign[i];

		json_array_append_new(list,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "campaign",
				text(k->here.name), "here", count(&k->here), "sightings_everywhere",
				whole(k->sightings_all), "hosts_everywhere", whole(k->hosts_all),
				"networks_everywhere", whole(k->networks_all), "bots",
				names(k->bot, k->bots), "advertised",
				names(k->advertised, k->nadvertised), "subject",
				text_or_null(k->subject), "mailer", text_or_null(k->mailer)));
	}
	return list;
}

static json_t *other(const struct case_other *o)
{
	return json_pack("{s:o, s:o}", "asn", whole(o->asn), "holder", text_or_null(o->holder));
}

static json_t *source(const struct case_source *s)
{
	if (!s->present)
		return json_null();
	return json_pack("{s:o, s:o, s:i, s:b, s:o}", "source", text(s->name), "date", day(s->day),
		"days_off", (int)s->days_off, "stale", (int)s->stale, "terms",
		text_or_null(s->terms));
}

static json_t *announces(const struct case_network *n)
{
	if (!n->announces)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o}", "ipv4_prefixes", whole(n->v4_prefixes),
		"ipv4_addresses", whole(n->v4_addresses), "ipv6_prefixes", whole(n->v6_prefixes),
		"ipv6_48s", whole(n->v6_48s));
}

static json_t *network(const struct case_file *c)
{
	const struct case_network *n = &c->network;
	json_t *upstreams = json_array();

	for (size_t i = 0; i < n->upstreams; i++)
		json_array_append_new(upstreams, other(&n->upstream[i]));
	json_t *neighbours = json_pack("{s:o, s:o, s:o, s:o}", "upstreams", upstreams, "peers",
		whole(n->peers), "customers", whole(n->customers), "cone", whole(n->cone));

	if (!n->graph.present) {
		json_decref(neighbours);
		neighbours = json_null();
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "announces", announces(n),
		"prefixes", names(n->prefix, n->prefixes), "prefixes_total", whole(n->prefixes_all),
		"neighbours", neighbours, "table", source(&n->table), "holders",
		source(&n->holders), "graph", source(&n->graph), "attributed_by",
		text_or_null(c->tables), "holder", text_or_null(n->holder));
}

static json_t *notices(const struct case_file *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->notices; i++) {
		const struct case_notice *n = &c->notice[i];
		json_t *answers = json_array();

		for (size_t k = 0; k < n->answers; k++)
			json_array_append_new(answers, json_pack("{s:s, s:o, s:o}", "answer",
							       answer_name(n->answer[k].what), "at",
							       time_of(n->answer[k].at), "record",
							       whole(n->answer[k].seq)));
		json_array_append_new(list,
			json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "notice", text(n->name), "at",
				time_of(n->at), "to", whole(n->to), "to_upstreams",
				(int)n->to_upstreams, "record", whole(n->seq), "answers", answers));
	}
	return list;
}

static json_t *why_not(struct span words)
{
	return json_pack("{s:o}", "why_not", text(words));
}

static json_t *ranked(const struct case_file *c)
{
	const struct case_rank *r = &c->rank;
	json_t *rows = json_array();

	if (!r->present) {
		json_decref(rows);
		return why_not(r->why_not);
	}
	for (size_t i = 0; i < r->rows; i++) {
		json_t *j = other(&r->row[i].who);

		json_object_set_new(j, "size", number(r->row[i].size));
		json_object_set_new(j, "badness", number(r->row[i].badness));
		json_object_set_new(j, "low", number(r->row[i].low));
		json_object_set_new(j, "high", number(r->row[i].high));
		json_object_set_new(j, "hosts", whole(r->row[i].hosts));
		json_array_append_new(rows, j);
	}
	bool stays = r->stay >= 0;

	return json_pack("{s:o, s:o, s:i, s:o, s:o}", "place",
		r->place ? whole(r->place) : json_null(), "networks", whole(r->networks), "window",
		(int)r->window, "of_its_size", rows, "stay_days",
		stays ? json_pack("{s:o, s:o, s:o}", "median", number(r->stay), "low",
				number(r->stay_low), "high", number(r->stay_high))
		      : json_null());
}

static json_t *depeered(const struct case_file *c)
{
	const struct case_depeer *p = &c->depeer;
	json_t *rows = json_array();

	if (!p->present) {
		json_decref(rows);
		return why_not(p->why_not);
	}
	for (size_t i = 0; i < p->nhurt; i++) {
		json_t *j = other(&p->hurt[i].who);

		json_object_set_new(j, "how", text(p->hurt[i].how));
		json_object_set_new(j, "before", number(p->hurt[i].before));
		json_object_set_new(j, "after", number(p->hurt[i].after));
		json_array_append_new(rows, j);
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "verdict", text(p->verdict), "hurt_words",
		text(p->hurt_words), "few", text_or_null(p->few_words), "hurt", rows, "hurt_total",
		whole(p->hurt_all));
}

static void add_point(void *list, const char *name, struct span words)
{
	json_array_append_new(list, json_pack("{s:s, s:o}", "name", name, "words", text(words)));
}

static json_t *points(const struct case_file *c,
	size_t (*each)(const struct case_file *, case_point_fn *, void *))
{
	json_t *list = json_array();

	each(c, add_point, list);
	return list;
}

/* As they are, byte for byte: they are to be checked. */
static json_t *exact(struct span s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static json_t *records(const struct case_file *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nrecord; i++)
		json_array_append_new(list,
			json_pack("{s:o, s:o, s:o}", "record", whole(c->record[i].seq), "text",
				exact(c->record[i].text), "proof", exact(c->record[i].proof)));
	return list;
}

static json_t *raw(const struct case_file *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nraw; i++) {
		/* Lines are kept; each is clean already. */
		json_t *words = exact(c->raw[i].text);

		json_array_append_new(list, json_pack("{s:o, s:o}", "record", whole(c->raw[i].seq),
						    "text", words ? words : json_null()));
	}
	return list;
}

static json_t *log_json(const struct case_file *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "records", whole(c->log_size), "newest",
		time_of(c->newest), "key", text(c->key), "checkpoint", exact(c->checkpoint),
		"clock_back", whole(c->clock_back), "erasures", whole(c->erasures));
}

static json_t *hosts_json(const struct case_file *c)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "total", whole(c->all.hosts),
		"one_day", whole(c->hosts_one_day), "last_days", whole(c->hosts_still),
		"first_third", whole(c->hosts_early), "last_third", whole(c->hosts_late),
		"ipv4_24s", whole(c->v4_24s), "worst", named(c->host, c->hosts, "host"));
}

static json_t *led_json(const struct case_file *c)
{
	json_t *list = json_array(), *j = count(&c->led.all);

	for (size_t i = 0; i < c->led.hosts; i++) {
		const struct case_hosted *h = &c->led.host[i];
		json_t *row = count(&h->of);

		json_object_set_new(row, "host", text(h->of.name));
		json_object_set_new(row, "campaigns", names(h->campaign, h->campaigns));
		json_object_set_new(row, "campaigns_total", whole(h->campaigns_all));
		json_array_append_new(list, row);
	}
	json_object_set_new(j, "own", whole(c->led.own));
	json_object_set_new(j, "from_hosts", whole(c->led.from));
	json_object_set_new(j, "from_networks", whole(c->led.networks));
	json_object_set_new(j, "led_to", list);
	return j;
}

static json_t *whole_json(const struct case_file *c)
{
	json_t *j = json_object();

	json_object_set_new(j, "schema", json_string("cordon-case"));
	json_object_set_new(j, "version", json_integer(1));
	json_object_set_new(j, "asn", whole(c->asn));
	json_object_set_new(j, "from", day(c->day - c->window + 1));
	json_object_set_new(j, "to", day(c->day));
	json_object_set_new(j, "log", log_json(c));
	json_object_set_new(j, "network", network(c));
	json_object_set_new(j, "all", count(&c->all));
	json_object_set_new(j, "kinds", by_kind(c));
	json_object_set_new(j, "months", by_month(c));
	json_object_set_new(j, "sources", named(c->source, c->sources, "source"));
	json_object_set_new(j, "sources_total", whole(c->sources_all));
	json_object_set_new(j, "prefixes", named(c->prefix, c->prefixes, "prefix"));
	json_object_set_new(j, "prefixes_total", whole(c->prefixes_all));
	json_object_set_new(j, "hosts", hosts_json(c));
	json_object_set_new(j, "c2", named(c->c2, c->c2s, "host"));
	json_object_set_new(j, "c2_total", whole(c->c2_all));
	json_object_set_new(j, "led", led_json(c));
	json_object_set_new(j, "campaigns", campaigns(c));
	json_object_set_new(j, "campaigns_total", whole(c->campaigns_all));
	json_object_set_new(j, "notices", notices(c));
	json_object_set_new(j, "notices_total", whole(c->notices_all));
	json_object_set_new(j, "rank", ranked(c));
	json_object_set_new(j, "depeer", depeered(c));
	json_object_set_new(j, "for", points(c, case_points_for));
	json_object_set_new(j, "unknown", points(c, case_points_unknown));
	json_object_set_new(j, "records", records(c));
	json_object_set_new(j, "raw", c->with_raw ? raw(c) : json_null());
	return j;
}

int case_json(struct buf *to, const struct case_file *c)
{
	json_t *j = whole_json(c);
	char *dump = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(9));

	json_decref(j);
	if (!dump)
		return -ENOMEM;
	buf_str(to, dump);
	free(dump);
	return buf_ok(to) ? 0 : -ENOMEM;
}
