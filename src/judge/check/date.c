/* The Date field against the moment of arrival, as the site's own relay noted it. */
#include "judge/check/list.h"

static const char *const variants[] = {"date/missing", "date/unreadable", "date/odd", "date/future",
	"date/future-far", "date/past", "date/past-far", "date/zone", "date/near", NULL};

#define HOUR 3600
#define DAY  (24 * HOUR)

static void look_at_age(const struct check_input *in, struct findings *out, const struct field *f)
{
	int64_t ahead = in->date.unix_s - in->arrived;

	if (ahead > 2 * DAY)
		finding_add(in, out, &check_date, "date/future-far", f->value,
			"The mail is dated %lld days after its arrival", (long long)(ahead / DAY));
	else if (ahead > 3 * HOUR)
		finding_add(in, out, &check_date, "date/future", f->value,
			"The mail is dated %lld hours after its arrival",
			(long long)(ahead / HOUR));
	else if (ahead < -30 * DAY)
		finding_add(in, out, &check_date, "date/past-far", f->value,
			"The mail is dated %lld days before its arrival",
			(long long)(-ahead / DAY));
	else if (ahead < -2 * DAY)
		finding_add(in, out, &check_date, "date/past", f->value,
			"The mail is dated %lld days before its arrival",
			(long long)(-ahead / DAY));
	else if (ahead > -600 && ahead < 120)
		finding_add(in, out, &check_date, "date/near", f->value,
			"The mail is dated as it was sent");
}

static void run(const struct check_input *in, struct findings *out)
{
	const struct field *f = in->field[FIELD_DATE];

	if (!f) {
		finding_add(in, out, &check_date, "date/missing", (struct span){0},
			"The mail is not dated");
		return;
	}
	if (!in->has_date) {
		finding_add(in, out, &check_date, "date/unreadable", f->value,
			"The date cannot be read: %.*s", SPAN_ARG(span_trim(f->value)));
		return;
	}
	if (in->date.odd)
		finding_add(in, out, &check_date, "date/odd", f->value,
			"The date is not written as mail programs write it: %.*s",
			SPAN_ARG(span_trim(f->value)));
	/* Zones lie on quarter hours between -12 and +14. */
	if (in->date.zone_min % 15 || in->date.zone_min > 14 * 60 || in->date.zone_min < -12 * 60)
		finding_add(in, out, &check_date, "date/zone", f->value,
			"The date names a time zone that is nowhere");
	if (in->arrived)
		look_at_age(in, out, f);
}

const struct check check_date = {
	"date", "dates that are missing, cannot be, or do not fit the arrival", variants, run};
