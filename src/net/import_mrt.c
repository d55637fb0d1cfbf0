/* MRT files: every route of every record. */
#include "net/import_format.h"
#include "net/mrt.h"

#include <errno.h>

static int take(struct import *im, struct mrt *m, const struct mrt_event *e)
{
	uint64_t *count = im->report.count;
	struct mrt_hops h;

	if (e->kind == MRT_WITHDRAW || e->kind == MRT_STATE) {
		count[e->kind == MRT_STATE ? IMPORT_STATES : IMPORT_WITHDRAWN]++;
		return 0;
	}
	if (e->multicast || e->local) {
		count[e->local ? IMPORT_LOCAL : IMPORT_MULTICAST]++;
		return 0;
	}
	count[e->kind == MRT_TABLE ? IMPORT_ROUTES : IMPORT_ANNOUNCED]++;
	mrt_hops(m, &h);
	return import_route(im, &e->prefix, h.hop, h.kind, h.n);
}

/* The reader's notes become the report's; the first odd record is told by its place. */
static void take_report(struct import *im, const struct mrt_report *r)
{
	static const enum import_count counts[MRT_ODDS] = {
		[MRT_ODD_TYPE] = IMPORT_MRT_TYPE,
		[MRT_ODD_LONG] = IMPORT_MRT_LONG,
		[MRT_ODD_RECORD] = IMPORT_MRT_RECORD,
		[MRT_ODD_MESSAGE] = IMPORT_MRT_MESSAGE,
		[MRT_ODD_PEER] = IMPORT_MRT_PEER,
		[MRT_ODD_PREFIX] = IMPORT_MRT_PREFIX,
		[MRT_ODD_FAMILY] = IMPORT_MRT_FAMILY,
		[MRT_ODD_ATTRIBUTE] = IMPORT_MRT_ATTRIBUTE,
		[MRT_ODD_REPEATED] = IMPORT_MRT_REPEATED,
		[MRT_ODD_PATH] = IMPORT_MRT_PATH,
	};
	uint64_t bad = 0;

	for (int i = 0; i < MRT_ODDS; i++) {
		im->report.count[counts[i]] += r->odd[i];
		bad += import_count_weight(counts[i]) == IMPORT_BAD ? r->odd[i] : 0;
	}
	if (bad && !im->report.first_bad.file[0]) {
		import_first_bad(im, 0, (struct span){NULL, 0});
		im->report.first_bad.record = true;
		im->report.first_bad.offset = r->first_odd;
	}
}

static int read_events(struct import *im, struct mrt *m, struct err *err)
{
	const struct mrt_event *e;
	struct err why = {""};
	bool first = true;
	int rc;

	while ((rc = mrt_next(m, &e, &why)) > 0) {
		rc = first ? import_tell_time(im, e->time, err) : 0;
		if (rc < 0)
			return rc;
		first = false;
		rc = take(im, m, e);
		if (rc < 0)
			return import_fail(im, rc, "record at byte", mrt_offset(m), err);
		import_tick(im);
	}
	if (rc == -EBADMSG) {
		import_cut(im, why.text);
		return 0;
	}
	return rc < 0 ? err_set(err, rc, "%s", why.text) : 0;
}

int import_mrt(struct import *im, struct span head, struct stream *stream, struct err *err)
{
	struct mrt *m;
	int rc = mrt_new(stream, head, &m);

	if (rc < 0)
		return err_sys(err, rc, "%s", im->path);
	rc = read_events(im, m, err);
	take_report(im, mrt_report(m));
	mrt_free(m);
	return rc;
}
