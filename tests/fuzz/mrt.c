/* MRT records: every route is what its types allow, reading ends, and both texts can be written. */
#include "net/bgp_text.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

static void must(bool good)
{
	if (!good)
		abort();
}

static void check_path(struct mrt *m)
{
	struct mrt_hops hops;
	struct bgp_path path;

	mrt_path(m, &path);
	mrt_hops(m, &hops);
	must(path.n <= BGP_HOPS_MOST && hops.n <= path.n);
	must(!path.segment || path.n == 0 || path.segment[0] & BGP_SEGMENT_BEGINS);
	for (size_t i = 0; hops.kind && i < hops.n; i++)
		must(hops.kind[i] <= 2);
}

static void check_event(struct mrt *m, const struct mrt_event *e)
{
	must(e->peer && e->kind <= MRT_STATE);
	must(e->peer->ip.family == IP_V4 || e->peer->ip.family == IP_V6);
	check_path(m);
	if (e->kind == MRT_STATE)
		return;
	must(e->prefix.ip.family == IP_V4 || e->prefix.ip.family == IP_V6);
	must(e->prefix.length <= (e->prefix.ip.family == IP_V4 ? 32 : 128));
	struct prefix p = prefix_of(&e->prefix.ip, e->prefix.length);

	must(ip_eq(&p.ip, &e->prefix.ip)); /* no bit beyond the length */
}

/* Each route took a byte at least, its own or, in an update, that of its prefix. */
static void check_end(const struct mrt *m, int rc, size_t size)
{
	const struct mrt_report *r = mrt_report(m);
	uint64_t odds = 0;

	for (int i = 0; i < MRT_ODDS; i++)
		odds += r->odd[i];
	must(odds == r->odds && r->first_odd <= size);
	must(rc == 0 || rc == -EBADMSG || rc == -EINVAL);
	must(r->events <= size && r->records <= size / 12);
	must(rc == -EINVAL || mrt_end(m) == size);
	must(mrt_offset(m) <= mrt_end(m));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size};
	const struct mrt_event *e;
	struct buf text = {0};
	struct stream *stream;
	struct mrt *m;
	int rc;

	must(stream_open("/dev/null", &stream, NULL) == 0);
	must(mrt_new(stream, all, &m) == 0);
	mrt_is(all);
	while ((rc = mrt_next(m, &e, NULL)) > 0) {
		check_event(m, e);
		buf_clear(&text);
		bgp_text_line(&text, m, e);
		must(text.n && text.p[text.n - 1] == '\n' && !memchr(text.p, '\n', text.n - 1));
		buf_clear(&text);
		bgp_text_json(&text, m, e);
		json_t *j = json_loadb(text.p, text.n, 0, NULL);

		must(j != NULL);
		json_decref(j);
	}
	check_end(m, rc, size);
	buf_done(&text);
	mrt_free(m);
	stream_close(stream);
	return 0;
}
