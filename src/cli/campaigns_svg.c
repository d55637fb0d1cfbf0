#include "cli/campaigns.h"

#include "show/chart.h"
#include "show/svg.h"
#include "show/words.h"
#include "trace/sighting.h"

#include <stdio.h>

void campaigns_bar_label(const struct campaign_volume *v, size_t bar, struct buf *to)
{
	char text[SIGHTING_TIME_TEXT];

	sighting_time_format(v->from + (int64_t)bar * v->step, text);
	if (v->step < 86400)
		buf_printf(to, "%.10s %.5s", text, text + 11);
	else
		buf_printf(to, "%.10s", text);
}

/* What stands below a bar: there is little room, and the title says which years they are. */
static void short_label(const struct campaign_volume *v, size_t bar, struct buf *to)
{
	char text[SIGHTING_TIME_TEXT];

	sighting_time_format(v->from + (int64_t)bar * v->step, text);
	if (v->step < 86400)
		buf_printf(to, "%.5s", text + 11);
	else if (v->step == 86400)
		buf_printf(to, "%.5s", text + 5);
	else
		buf_printf(to, "%.7s", text);
}

/* Labels one behind the other in `text`, which keeps them; false when memory was short. */
static bool make_labels(
	const struct campaign_volume *v, struct buf *text, struct span label[VOLUME_MOST])
{
	size_t at = 0;

	for (size_t i = 0; i < v->bars; i++)
		short_label(v, i, text);
	if (!buf_ok(text))
		return false;
	for (size_t i = 0; i < v->bars; i++, at += text->n / v->bars)
		label[i] = (struct span){text->p + at, text->n / v->bars};
	return true;
}

void campaigns_svg(struct buf *to, const struct campaign_row *row, const struct campaign_volume *v)
{
	struct span label[VOLUME_MOST], part[SIGHTING_KINDS];
	struct buf labels = {0}, title = {0}, words = {0};
	struct plot p;

	for (int k = 0; k < SIGHTING_KINDS; k++)
		part[k] = span_cstr(sighting_kind_name((enum sighting_kind)k));
	plot_init(&p, CHART_WIDTH, 0);
	if (!make_labels(v, &labels, label))
		to->failed = true;
	else
		chart_draw_bars(&p, &(struct chart_bars){.bars = v->bars,
					    .parts = SIGHTING_KINDS,
					    .value = &v->value[0][0],
					    .label = label,
					    .part = part,
					    .unit = v->unit});
	buf_printf(&title, "Campaign %.*s, ", SPAN_ARG(row->name));
	campaigns_time(&title, row->first);
	buf_str(&title, " to ");
	campaigns_time(&title, row->last);
	buf_str(&title, " UTC");
	words_count(&words, row->sightings, "sighting", "sightings");
	buf_str(&words, " from ");
	words_count(&words, row->hosts, "host", "hosts");
	svg_begin(to, p.width, p.height + 32);
	buf_str(to, "<text x=\"8\" y=\"22\" font-size=\"16\">");
	svg_text(to, buf_span(&title), 90);
	buf_printf(
		to, "</text>\n<svg y=\"32\" width=\"%.0f\" height=\"%.0f\">\n", p.width, p.height);
	plot_svg(to, &p, "volume", buf_span(&title), buf_span(&words));
	buf_str(to, "</svg>\n");
	svg_end(to);
	to->failed |= !buf_ok(&title) || !buf_ok(&words);
	buf_done(&labels);
	buf_done(&title);
	buf_done(&words);
	plot_done(&p);
}
