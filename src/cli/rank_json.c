#include "cli/rank_show.h"

#include "cli/report.h"
#include "net/day.h"
#include "trace/sighting.h"

#include <math.h>

static json_t *rounded(double x)
{
	char text[32];

	snprintf(text, sizeof text, "%.6g", x);
	return json_real(strtod(text, NULL));
}

static json_t *day_json(int32_t day)
{
	char text[DAY_TEXT];

	return json_string(day_format(day, text));
}

static void put_name(json_t *j, const struct rank_shown *s, uint32_t network)
{
	const struct rank_name *n = &s->reading->name[network];
	double size = s->reading->world.network[network].size;
	char text[IP_TEXT], prefix[IP_TEXT + 8];

	json_object_set_new(j, "asn", n->asn ? json_integer(n->asn) : json_null());
	json_object_set_new(j, "holder", n->holder.n ? json_text(n->holder) : json_null());
	snprintf(prefix, sizeof prefix, "%s/%u", ip_format(&n->prefix.ip, text), n->prefix.length);
	json_object_set_new(j, "prefix", n->prefix.ip.family ? json_string(prefix) : json_null());
	json_object_set_new(j, "size", size > 0 ? rounded(size) : json_null());
}

static json_t *kinds_json(const struct rank_entry *e)
{
	json_t *j = json_object();

	for (int i = 0; i < SIGHTING_KINDS; i++)
		if (e->host_kind[i])
			json_object_set_new(j, sighting_kind_name((enum sighting_kind)i),
				json_integer(e->host_kind[i]));
	return j;
}

static json_t *stay_json(const struct rank_shown *s, const struct rank_entry *e)
{
	if (!s->result->stays_known)
		return json_null();
	json_t *j = json_object();

	json_object_set_new(j, "median", rounded(e->stay));
	json_object_set_new(j, "low", rounded(e->stay_low));
	json_object_set_new(j, "high", rounded(e->stay_high));
	json_object_set_new(
		j, "own_median", e->stay_seen < 0 ? json_null() : rounded(e->stay_seen));
	json_object_set_new(j, "gone", json_integer(e->gone));
	json_object_set_new(j, "factor", rounded(e->stay_factor));
	return j;
}

static json_t *entry_json(const struct rank_shown *s, size_t i)
{
	const struct rank_entry *e = &s->result->entry[i];
	json_t *j = json_object(), *rate = json_object(), *notices = json_object();

	json_object_set_new(j, "place", json_integer((json_int_t)i + 1));
	put_name(j, s, e->network);
	json_object_set_new(j, "badness", rounded(e->badness));
	json_object_set_new(j, "low", rounded(e->low));
	json_object_set_new(j, "high", rounded(e->high));
	json_object_set_new(j, "before", e->before_known ? rounded(e->before) : json_null());
	json_object_set_new(rate, "median", rounded(e->rate));
	json_object_set_new(rate, "low", rounded(e->rate_low));
	json_object_set_new(rate, "high", rounded(e->rate_high));
	json_object_set_new(rate, "mean", rounded(e->rate_mean));
	json_object_set_new(j, "rate", rate);
	json_object_set_new(j, "expected", rounded(e->expected));
	json_object_set_new(j, "counted", rounded(e->counted));
	json_object_set_new(j, "hosts", json_integer(e->hosts));
	json_object_set_new(j, "listed", json_integer(e->listed));
	json_object_set_new(j, "campaigns", json_integer(e->campaigns));
	json_object_set_new(j, "sources", json_integer(e->sources));
	json_object_set_new(j, "kinds", kinds_json(e));
	json_object_set_new(j, "stay", stay_json(s, e));
	json_object_set_new(notices, "sent", json_integer(e->notices));
	json_object_set_new(notices, "silent", json_integer(e->silent));
	json_object_set_new(notices, "factor", rounded(e->silence_factor));
	json_object_set_new(j, "notices", notices);
	return j;
}

static json_t *stream_json(const struct rank_shown *s, const struct rank_stream *t)
{
	json_t *j = json_object();

	json_object_set_new(j, "source",
		t->source < s->reading->sources ? json_string(s->reading->source[t->source])
						: json_null());
	json_object_set_new(j, "kind",
		t->source < s->reading->sources
			? json_string(sighting_kind_name((enum sighting_kind)t->kind))
			: json_null());
	json_object_set_new(j, "prefixes", json_boolean(t->prefixes));
	json_object_set_new(j, "incidents", rounded(t->incidents));
	json_object_set_new(j, "unit", rounded(t->unit));
	json_object_set_new(j, "scale", rounded(t->scale));
	json_object_set_new(j, "exponent", rounded(t->exponent));
	json_object_set_new(j, "agreement", rounded(t->agreement));
	json_object_set_new(j, "named", rounded(t->named));
	json_object_set_new(j, "astray", rounded(t->astray));
	return j;
}

json_t *rank_json(const struct rank_shown *s, uint32_t network)
{
	const struct rank_reading *r = s->reading;
	json_t *j = json_object(), *list = json_array(), *streams = json_array();
	bool one = network < r->world.networks;

	json_object_set_new(j, "day", day_json(s->question->day));
	json_object_set_new(
		j, "window", json_integer(s->options->window ? s->options->window : RANK_WINDOW));
	json_object_set_new(j, "half_life", json_integer(s->options->half_life));
	json_object_set_new(j, "sightings", json_integer((json_int_t)r->sightings));
	json_object_set_new(j, "unattributed", json_integer((json_int_t)r->unattributed));
	json_object_set_new(j, "networks", json_integer((json_int_t)r->world.networks));
	json_object_set_new(j, "seen", json_integer((json_int_t)s->result->n));
	json_object_set_new(j, "table_days_off",
		r->table_days_off < 0 ? json_null() : json_integer(r->table_days_off));
	for (size_t i = 0; i < s->result->n && (one || i < s->most); i++)
		if (!one || s->result->entry[i].network == network)
			json_array_append_new(list, entry_json(s, i));
	json_object_set_new(j, "rank", list);
	for (size_t i = 0; i < s->result->streams; i++)
		json_array_append_new(streams, stream_json(s, &s->result->stream[i]));
	json_object_set_new(j, "sources", streams);
	return j;
}

json_t *rank_judgement_json(const struct rank_judgement *j)
{
	json_t *o = json_object(), *list = json_array();

	json_object_set_new(o, "networks", json_integer((json_int_t)j->networks));
	json_object_set_new(o, "networks_shown", json_integer((json_int_t)j->seen));
	json_object_set_new(o, "networks_hidden", json_integer((json_int_t)j->hidden));
	json_object_set_new(o, "hosts_shown", json_integer((json_int_t)j->hosts_shown));
	json_object_set_new(o, "hosts_hidden", json_integer((json_int_t)j->hosts_hidden));
	for (int m = 0; m < RANK_METHODS; m++) {
		const struct rank_score *s = &j->score[m];
		json_t *x = json_object();

		json_object_set_new(
			x, "method", json_string(rank_method_name((enum rank_method)m)));
		json_object_set_new(x, "log_score", rounded(s->log_score));
		json_object_set_new(x, "of_hosts", rounded(s->of_hosts));
		json_object_set_new(x, "first_of_hosts", rounded(s->first_of_hosts));
		json_object_set_new(x, "of_badness", rounded(s->of_badness));
		json_object_set_new(x, "first_of_badness", rounded(s->first_of_badness));
		json_array_append_new(list, x);
	}
	json_object_set_new(o, "methods", list);
	return o;
}
