#include "cli/decided.h"

#include "cli/cli.h"
#include "cli/report.h"
#include "serve/person.h"

#include <errno.h>

struct finding_out {
	int (*each)(void *context, const struct decided *what);
	void *context;
	size_t n;
};

static int count(void *context, const struct decided *what)
{
	struct finding_out *f = context;

	f->n++;
	return f->each(f->context, what);
}

/* Addresses stand there as hashes when the gateway was told so: there is a key then. */
static void hash_addresses(const struct site *s, struct decisions_question *q, char sender[PERSON_MOST],
	char recipient[PERSON_MOST])
{
	struct person_key key;

	if (person_key_read(s->state, false, &key, NULL) < 0)
		return;
	if (q->sender && q->sender[0] != '@')
		q->sender_hash = person_hash(&key, span_cstr(q->sender), sender);
	if (q->recipient && q->recipient[0] != '@')
		q->recipient_hash = person_hash(&key, span_cstr(q->recipient), recipient);
}

int decided_find(const struct site *s, const struct decisions_question *question,
	int (*each)(void *context, const struct decided *what), void *context, size_t *ret_found)
{
	struct decisions_question q = *question;
	char sender[PERSON_MOST], recipient[PERSON_MOST];
	struct finding_out f = {.each = each, .context = context};
	struct decisions *d;
	struct err err;
	int rc = decisions_open(s->state, false, &d, NULL, &err);

	if (rc == 0) {
		hash_addresses(s, &q, sender, recipient);
		rc = decisions_find(d, &q, count, &f, &err);
		decisions_close(d);
	}
	*ret_found = f.n;
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOENT ? EXIT_INPUT : EXIT_SYSTEM;
}

static json_t *recipients_json(const struct decided *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->recipients; i++)
		json_array_append_new(list, report_text(d->recipient[i]));
	return list;
}

static json_t *findings_json(const struct decided *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->findings; i++)
		json_array_append_new(list, json_pack("{s:o, s:f}", "name",
						     report_text(d->finding[i]), "log_odds",
						     (double)d->weight[i]));
	return list;
}

/* A text that may be empty: null then. */
static json_t *text_or_null(struct span s)
{
	return s.n ? report_text(s) : json_null();
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
	json_object_set_new(j, "sender", report_text(d->sender));
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
