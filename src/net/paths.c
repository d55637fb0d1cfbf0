/*
 * The image is checked whole when it is opened: sizes, the order of the starts, the length of each
 * path. So readers index without looking. What the hops say is not checked: any number is an AS
 * number, and a graph is asked for it by searching.
 */
#include "net/paths.h"
#include "base/image.h"
#include "net/paths_format.h"

#include <errno.h>
#include <stdlib.h>

struct paths_owner {
	struct image image; /* of a file */
	struct buf payload; /* of paths that were built in memory */
};

/* Takes n items of 4 bytes off the payload. */
static const uint32_t *take_numbers(struct span *rest, size_t n)
{
	const void *p = rest->p;

	*rest = span_skip(*rest, n * sizeof(uint32_t));
	return p;
}

static struct span take_text(struct span *rest, size_t n)
{
	struct span s = span_take(*rest, n);

	*rest = span_skip(*rest, n);
	return s;
}

static bool starts_hold(const struct paths *p, uint32_t hops)
{
	bool good = p->start[0] == 0 && p->start[p->n] == hops;

	/* Unsigned: a start that falls makes a path of over PATH_HOPS_MOST, too; but many paths could
	 * lead around 2^32. */
	for (uint32_t i = 0; i < p->n; i++)
		good &= p->start[i + 1] - p->start[i] - 1 < PATH_HOPS_MOST && p->start[i] <= hops;
	return good;
}

static int open_payload(struct paths *p, struct span payload)
{
	const struct paths_head *h = (const void *)payload.p;
	struct span rest = span_skip(payload, sizeof(*h));

	if (payload.n < sizeof(*h) || (uintptr_t)payload.p % 8)
		return -EBADMSG;
	uint64_t numbers = 2 * (uint64_t)h->paths + 1 + h->hops;

	if (numbers * 4 + h->source_bytes + h->terms_bytes != rest.n || h->zero)
		return -EBADMSG;
	p->n = h->paths;
	p->start = take_numbers(&rest, (size_t)h->paths + 1);
	p->hop = take_numbers(&rest, h->hops);
	p->routes = take_numbers(&rest, h->paths);
	p->info = (struct paths_info){.day = h->day, .odd = h->odd, .bytes = payload.n};
	p->info.source = take_text(&rest, h->source_bytes);
	p->info.terms = take_text(&rest, h->terms_bytes);
	return starts_hold(p, h->hops) ? 0 : -EBADMSG;
}

/* The paths with an owner that owns nothing yet. */
static int open_with_owner(struct span payload, struct paths **ret_paths)
{
	struct paths *p = calloc(1, sizeof(*p));

	if (p)
		p->owner = calloc(1, sizeof(*p->owner));
	int rc = p && p->owner ? open_payload(p, payload) : -ENOMEM;

	if (rc < 0)
		paths_close(p);
	else
		*ret_paths = p;
	return rc;
}

int paths_open_memory(struct span payload, struct paths **ret_paths)
{
	return open_with_owner(payload, ret_paths);
}

int paths_open_owned(struct buf *b, struct paths **ret_paths)
{
	int rc = open_with_owner(buf_span(b), ret_paths);

	if (rc < 0) {
		buf_done(b);
		return rc;
	}
	(*ret_paths)->owner->payload = *b;
	buf_init(b);
	return 0;
}

int paths_open(const char *path, struct paths **ret_paths, struct err *err)
{
	struct image image;
	int rc = image_open(path, PATHS_MAGIC, PATHS_VERSION, &image, err);

	if (rc < 0)
		return rc;
	rc = open_with_owner(image.payload, ret_paths);
	if (rc < 0) {
		image_close(&image);
		return rc == -EBADMSG
			       ? err_set(err, rc, "%s: not sound paths; import them again", path)
			       : err_sys(err, rc, "%s", path);
	}
	(*ret_paths)->owner->image = image;
	return 0;
}

void paths_close(struct paths *p)
{
	if (p && p->owner) {
		image_close(&p->owner->image);
		buf_done(&p->owner->payload);
		free(p->owner);
	}
	free(p);
}
