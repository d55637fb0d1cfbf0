/* One campaign in full: for a person, as an object, as a picture. */
#include "cli/campaigns.h"

#include "base/file.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "show/clean.h"
#include "show/words.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define PARTS_SHOWN 15 /* of each list, for a person */
#define BARS_SHOWN  40
#define BAR_WIDTH   40

struct one {
	struct campaigns_asked *q;
	int64_t id;
	char name[CAMPAIGN_NAME];
	struct campaign_row row;
	struct campaign kept; /* name is NULL when the collection has it no more */
	struct campaign_volume volume;
	struct buf text;
	json_t *list;   /* under way */
	uint64_t parts; /* of the list under way */
};

static int keep_row(void *context, const struct campaign_row *row)
{
	struct one *o = context;

	o->row = *row;
	o->row.name = span_cstr(o->name);
	return 0;
}

/* Headed lines; what came from outside is cleaned and defanged by the callers. */
static void title(struct one *o, const char *words)
{
	buf_printf(&o->text, "\n%s:\n", words);
}

static void paragraph(struct one *o, struct span words)
{
	struct buf clean = {0};

	clean_defanged(&clean, words, 2000);
	words_wrap(&o->text, buf_span(&clean), 2, 2, o->q->width);
	o->text.failed |= !buf_ok(&clean);
	buf_done(&clean);
}

static void write_template(struct one *o)
{
	struct span rest = o->kept.template_, line;

	if (!o->kept.name) {
		buf_str(&o->text, "\nNothing of its text is kept any more.\n");
		return;
	}
	if (o->kept.boilerplate)
		buf_str(&o->text, "\nClosed: its messages turned out to share only what unrelated "
				  "mail shares, too.\n");
	if (!rest.n) {
		buf_str(&o->text, "\nNo template yet: that takes three messages.\n");
		return;
	}
	title(o, "What its messages share (\xe2\x80\xa6 is what varies)");
	if (o->kept.subject.n) {
		struct buf subject = {0};

		buf_str(&subject, "Subject: ");
		buf_add(&subject, o->kept.subject);
		paragraph(o, buf_span(&subject));
		buf_done(&subject);
	}
	while (span_line(&rest, &line))
		paragraph(o, line);
}

static void write_network(struct buf *to, const struct campaign_part *p)
{
	if (!p->asn) {
		buf_str(to, "network not known");
		return;
	}
	buf_printf(to, "AS%u ", p->asn);
	clean_text(to, p->holder);
}

static int take_network(void *context, const struct campaign_part *p)
{
	struct one *o = context;

	if (++o->parts > PARTS_SHOWN)
		return 0;
	buf_printf(&o->text, "  %5llu  %9llu  ", (unsigned long long)p->hosts,
		(unsigned long long)p->sightings);
	write_network(&o->text, p);
	buf_byte(&o->text, '\n');
	return 0;
}

static int take_host(void *context, const struct campaign_part *p)
{
	struct one *o = context;
	struct buf name = {0};

	if (++o->parts > PARTS_SHOWN)
		return 0;
	buf_printf(&o->text, "  %9llu  ", (unsigned long long)p->sightings);
	clean_defanged(&name, p->name, 200);
	clean_cell(&o->text, buf_span(&name), 28);
	buf_done(&name);
	buf_str(&o->text, "  ");
	write_network(&o->text, p);
	buf_byte(&o->text, '\n');
	return 0;
}

static void write_rest(struct one *o)
{
	if (o->parts > PARTS_SHOWN) {
		buf_str(&o->text, "  ... and ");
		words_number(&o->text, (double)(o->parts - PARTS_SHOWN));
		buf_str(&o->text, " more (--json has all)\n");
	}
	o->parts = 0;
}

static int take_merged(void *context, struct span name)
{
	struct one *o = context;

	buf_str(&o->text, o->parts++ ? ", " : "Turned out to be part of it: ");
	clean_text(&o->text, name);
	return 0;
}

static int write_lists(struct one *o, struct err *err)
{
	sqlite3 *db = ledger_db(o->q->site.ledger);
	const struct campaigns_filter *f = &o->q->filter;

	title(o, "Networks of its bots (hosts, sightings)");
	int rc = campaigns_list(db, f, o->id, CAMPAIGN_NETWORKS, take_network, o, err);

	write_rest(o);
	if (rc == 0) {
		title(o, "Addresses that send it (sightings)");
		rc = campaigns_list(db, f, o->id, CAMPAIGN_BOTS, take_host, o, err);
		write_rest(o);
	}
	if (rc == 0) {
		title(o, "What it advertises (sightings, where it is hosted)");
		rc = campaigns_list(db, f, o->id, CAMPAIGN_ADVERTISED, take_host, o, err);
		if (!o->parts)
			buf_str(&o->text, "  nothing that the ledger knows of\n");
		write_rest(o);
	}
	return rc;
}

static double bar_sum(const struct campaign_volume *v, size_t bar)
{
	double sum = 0;

	for (int k = 0; k < SIGHTING_KINDS; k++)
		sum += v->value[bar][k];
	return sum;
}

/* Bars that have any, the last ones. */
static void write_volume(struct one *o)
{
	const struct campaign_volume *v = &o->volume;
	size_t bars = 0, skip;
	double most = 1;

	for (size_t i = 0; i < v->bars; i++) {
		bars += bar_sum(v, i) > 0;
		most = bar_sum(v, i) > most ? bar_sum(v, i) : most;
	}
	skip = bars > BARS_SHOWN ? bars - BARS_SHOWN : 0;
	buf_printf(&o->text, "\nVolume, %s, where there are any%s:\n", v->unit,
		skip ? " (the last ones; --svg has all)" : "");
	for (size_t i = 0; i < v->bars; i++) {
		double sum = bar_sum(v, i);

		if (sum <= 0 || (skip && skip--))
			continue;
		buf_str(&o->text, "  ");
		campaigns_bar_label(v, i, &o->text);
		buf_printf(&o->text, "  %6.0f  ", sum);
		for (int k = (int)ceil(sum / most * BAR_WIDTH); k > 0; k--)
			buf_str(&o->text, "\xe2\x96\x88");
		buf_byte(&o->text, '\n');
	}
}

static int write_text(struct one *o, struct err *err)
{
	struct buf *b = &o->text;

	buf_printf(b, "%s: ", o->name);
	words_count(b, o->row.sightings, "sighting", "sightings");
	buf_str(b, " from ");
	words_count(b, o->row.hosts, "host", "hosts");
	buf_str(b, " in ");
	words_count(b, o->row.networks, "known network", "known networks");
	if (o->row.sightings) {
		buf_str(b, ", ");
		campaigns_time(b, o->row.first);
		buf_str(b, " to ");
		campaigns_time(b, o->row.last);
		buf_str(b, " UTC");
	}
	buf_str(b, ".\n");
	int rc = campaigns_merged(ledger_db(o->q->site.ledger), o->id, take_merged, o, err);

	buf_str(b, o->parts ? ".\n" : "");
	o->parts = 0;
	write_template(o);
	if (o->kept.mailer.n) {
		title(o, "Mail program's fingerprint (of most of its messages)");
		paragraph(o, o->kept.mailer);
	}
	if (rc == 0)
		rc = write_lists(o, err);
	if (o->row.sightings)
		write_volume(o);
	return rc < 0 ? rc : buf_ok(b) ? 0 : err_sys(err, -ENOMEM, "%s", o->name);
}

/* --- for programs --- */

static json_t *time_json(int64_t at)
{
	char text[SIGHTING_TIME_TEXT];

	return json_string(sighting_time_format(at, text));
}

static json_t *text_json(struct span s)
{
	return s.n ? json_text(s) : json_null();
}

static int part_json(void *context, const struct campaign_part *p)
{
	struct one *o = context;
	json_t *j = json_pack("{s:o, s:o, s:I, s:I, s:o, s:o}", "asn",
		p->asn ? json_integer(p->asn) : json_null(), "holder", text_json(p->holder),
		"hosts", (json_int_t)p->hosts, "sightings", (json_int_t)p->sightings, "first",
		time_json(p->first), "last", time_json(p->last));

	if (p->name.n && j)
		json_object_set_new(j, "host", json_text(p->name));
	return json_array_append_new(o->list, j) < 0 ? -ENOMEM : 0;
}

static int merged_json(void *context, struct span name)
{
	struct one *o = context;

	return json_array_append_new(o->list, json_text(name)) < 0 ? -ENOMEM : 0;
}

static json_t *volume_json(const struct campaign_volume *v)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->bars; i++)
		json_array_append_new(
			list, json_pack("{s:o, s:I, s:I}", "from",
				      time_json(v->from + (int64_t)i * v->step), "seconds",
				      (json_int_t)v->step, "sightings", (json_int_t)bar_sum(v, i)));
	return list;
}

static int write_json(struct one *o, struct err *err)
{
	static const char *const keys[CAMPAIGN_LISTS] = {"networks_of_bots", "bots", "advertised"};
	sqlite3 *db = ledger_db(o->q->site.ledger);
	json_t *j = json_pack("{s:s, s:I, s:I, s:I, s:b, s:o, s:o, s:o}", "campaign", o->name,
		"sightings", (json_int_t)o->row.sightings, "hosts", (json_int_t)o->row.hosts,
		"networks", (json_int_t)o->row.networks, "closed", o->kept.boilerplate, "subject",
		text_json(o->kept.subject), "template", text_json(o->kept.template_), "mailer",
		text_json(o->kept.mailer));
	int rc = 0;

	if (!j)
		return err_sys(err, -ENOMEM, "%s", o->name);
	json_object_set_new(j, "first", o->row.sightings ? time_json(o->row.first) : json_null());
	json_object_set_new(j, "last", o->row.sightings ? time_json(o->row.last) : json_null());
	o->list = json_array();
	rc = campaigns_merged(db, o->id, merged_json, o, err);
	json_object_set_new(j, "merged", o->list);
	for (int i = 0; i < CAMPAIGN_LISTS && rc == 0; i++) {
		o->list = json_array();
		rc = campaigns_list(
			db, &o->q->filter, o->id, (enum campaign_list)i, part_json, o, err);
		json_object_set_new(j, keys[i], o->list);
	}
	json_object_set_new(j, "volume", volume_json(&o->volume));
	if (rc == 0) {
		json_dumpf(j, stdout, JSON_COMPACT);
		putchar('\n');
	}
	json_decref(j);
	return rc == -ENOMEM ? err_sys(err, rc, "%s", o->name) : rc;
}

static int write_svg(struct one *o, struct err *err)
{
	struct buf svg = {0};
	int rc = 0;

	campaigns_svg(&svg, &o->row, &o->volume);
	struct span text = buf_span(&svg);

	if (!buf_ok(&svg))
		rc = err_sys(err, -ENOMEM, "%s", o->q->svg);
	else if (strcmp(o->q->svg, "-") == 0)
		fwrite(text.p, 1, text.n, stdout);
	else
		rc = file_replace(o->q->svg, &text, 1, err);
	buf_done(&svg);
	return rc;
}

static int show(struct one *o, struct err *err)
{
	bool alone = o->q->svg && strcmp(o->q->svg, "-") == 0;
	int rc = o->row.sightings ? campaigns_volume(ledger_db(o->q->site.ledger), &o->q->filter,
					    &o->row, &o->volume, err)
				  : 0;

	if (rc == 0 && !alone && o->q->json)
		rc = write_json(o, err);
	else if (rc == 0 && !alone)
		rc = write_text(o, err);
	if (rc == 0)
		fwrite(o->text.p, 1, o->text.n, stdout);
	return rc == 0 && o->q->svg ? write_svg(o, err) : rc;
}

int campaigns_show_one(struct campaigns_asked *q, const char *name)
{
	struct one o = {.q = q};
	struct err err;
	int rc = campaigns_resolve(ledger_db(q->site.ledger), name, &o.id, o.name, &err);

	if (rc == 0) {
		err_set(&err, -ENOENT,
			"the ledger has no campaign '%.20s'; 'cordon campaigns' lists them", name);
		tell_error(&err);
		return EXIT_INPUT;
	}
	if (rc > 0) {
		if (strcmp(name, o.name) != 0 && !q->json && !q->svg)
			buf_printf(&o.text, "%s turned out to be part of %s.\n", name, o.name);
		o.row.name = span_cstr(o.name);
		rc = campaigns_query(
			ledger_db(q->site.ledger), &q->filter, o.id, keep_row, &o, NULL, &err);
	}
	if (rc == 0) {
		if (!campaigns_find(q->campaigns, o.name, &o.kept))
			o.kept = (struct campaign){0};
		rc = show(&o, &err);
	}
	if (rc < 0)
		tell_error(&err);
	buf_done(&o.text);
	return rc < 0 ? EXIT_SYSTEM : EXIT_DONE;
}
