/* MRT files: every route of every record. */
#include "net/import_format.h"
#include "net/mrt.h"

#include <errno.h>

/* A file under way. */
struct reading {
	struct import *im;
	struct mrt *m;
	bool routed;     /* the last route was announced by the record at */
	uint64_t record; /* this byte: all that it announces has one path */
};

static int take_route(struct reading *r, const struct mrt_event *e)
{
	uint64_t record = mrt_offset(r->m);
	struct mrt_hops h;

	if (r->routed && r->record == record)
		return import_route_again(r->im, &e->prefix);
	r->routed = e->kind == MRT_ANNOUNCE;
	r->record = record;
	mrt_hops(r->m, &h);
	return import_route(r->im, &e->prefix, h.hop, h.kind, h.n);
}

static int take(struct reading *r, const struct mrt_event *e)
{
	uint64_t *count = r->im->report.count;

	switch (e->kind) {
	case MRT_STATE: count[IMPORT_STATES]++; return 0;
	case MRT_WITHDRAW: count[IMPORT_WITHDRAWN]++; return 0;
	}
	if (e->multicast || e->local) {
		count[e->local ? IMPORT_LOCAL : IMPORT_MULTICAST]++;
		return 0;
	}
	count[e->kind == MRT_TABLE ? IMPORT_ROUTES : IMPORT_ANNOUNCED]++;
	return take_route(r, e);
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
	struct reading r = {.im = im, .m = m};
	const struct mrt_event *e;
	struct err why = {""};
	bool first = true;
	int rc;

	while ((rc = mrt_next(m, &e, &why)) > 0) {
		rc = first ? import_tell_time(im, e->time, err) : 0;
		if (rc < 0)
			return rc;
		first = false;
		rc = take(&r, e);
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
