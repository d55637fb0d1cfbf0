#include "serve/decided_json.h"

#include "show/json_text.h"

static json_t *recipients_json(const struct decided *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->recipients; i++)
		json_array_append_new(list, json_text(d->recipient[i]));
	return list;
}

static json_t *findings_json(const struct decided *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->findings; i++)
		json_array_append_new(list, json_pack("{s:o, s:f}", "name",
						     json_text(d->finding[i]), "log_odds",
						     (double)d->weight[i]));
	return list;
}

/* A text that may be empty: null then. */
static json_t *text_or_null(struct span s)
{
	return s.n ? json_text(s) : json_null();
}

json_t *decided_json(const struct decided *d)
{
	char at[SIGHTING_TIME_TEXT], ip[IP_TEXT];
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:I}", "id", d->id, "at",
		sighting_time_format(d->at, at), "action", decision_action_name(d->action), "verdict",
		action_name(d->verdict), "probability", d->probability, "threshold", d->threshold,
		"microseconds", (json_int_t)d->microseconds);

	if (!j)
		return NULL;
	json_object_set_new(j, "judged", json_boolean(!d->unjudged));
	json_object_set_new(j, "direction", json_string(d->outgoing ? "out" : "in"));
	json_object_set_new(j, "by", json_string(d->http ? "http" : "milter"));
	json_object_set_new(j, "bytes", json_integer((json_int_t)d->bytes));
	json_object_set_new(
		j, "ip", d->ip.family ? json_string(ip_format(&d->ip, ip)) : json_null());
	json_object_set_new(j, "asn", d->asn ? json_integer(d->asn) : json_null());
	json_object_set_new(j, "sender", json_text(d->sender));
	json_object_set_new(j, "recipients", recipients_json(d));
	json_object_set_new(
		j, "recipients_left_out", json_integer((json_int_t)d->recipients_left_out));
	json_object_set_new(j, "queue_id", text_or_null(d->queue_id));
	json_object_set_new(j, "message_id", text_or_null(d->message_id));
	json_object_set_new(j, "user", text_or_null(d->user));
	json_object_set_new(j, "helo", text_or_null(d->helo));
	json_object_set_new(j, "from_domain", text_or_null(d->from_domain));
	json_object_set_new(j, "auth", text_or_null(d->auth));
	json_object_set_new(j, "reason", text_or_null(d->reason));
	json_object_set_new(j, "findings", findings_json(d));
	return j;
}
