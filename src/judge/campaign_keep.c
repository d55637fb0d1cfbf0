/*
 * Collections as they begin, and as they are kept: one image (base/image.h) that is written whole
 * and renamed into place, so readers need no lock; docs/formats/campaigns.md. All that decides what
 * becomes of the next print is in it, the very places in the index too, so a run that was saved and
 * opened again goes on as if it never ended.
 *
 * An image comes from our own hand, but nothing in it is believed that would read or write out of
 * bounds.
 */
#include "judge/campaign_work.h"

#include "base/file.h"
#include "base/huge.h"
#include "base/image.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC       "cordcamp"
#define VERSION     2
#define PLACES_MOST ((uint32_t)1 << 24)
#define PRIOR       1024 /* campaigns that are taken as met before the first */
#define BITS_LEAST  4.0  /* a shingle in one campaign of sixteen weighs nothing */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "images are kept as they are in memory");

struct kept_head {
	uint64_t key, mark, serial, puts;
	int64_t now, ahead, swept;
	uint64_t swept_at, weighed;
	uint64_t lines, counted, campaigns;
	uint64_t buckets;
	uint64_t texts; /* bytes of cores and templates */
	uint32_t places, alive, free, aheads;
};

struct kept_one {
	uint64_t name, messages;
	int64_t first, last;
	uint32_t mailer, mailer_lead, next;
	uint32_t n, reach[ROOMS]; /* of the core */
	uint32_t template;        /* bytes of the template */
	float cover, mailer_share;
	uint32_t closed;
	uint32_t zero;
};

/* --- weights --- */

/*
 * A shingle's weight falls with the square of its information: log2(N / n) bits for one that n of
 * N campaigns have, less BITS_LEAST, of the most that there is.
 */
static void fill_weights(struct campaigns *c)
{
	static const double of_class[SHINGLE_CLASSES] = {0.5, 1, 2, 0.5};
	double all = log2((double)c->weighed + PRIOR);

	for (int level = 0; level < 256; level++) {
		double bits = all - log2(level ? counts_of_level((uint8_t)level) : 1);
		double share = bits > BITS_LEAST ? (bits - BITS_LEAST) / (all - BITS_LEAST) : 0;

		for (int k = 0; k < SHINGLE_CLASSES; k++)
			c->weight[level][k] =
				(uint8_t)lrint(WEIGHT_ONE * of_class[k] * share * share);
	}
}

void campaigns_weigh(struct campaigns *c, bool now)
{
	uint64_t n = c->counts.campaigns;

	if (!now && n >= c->weighed && n < c->weighed + c->weighed / 64 + 16)
		return;
	if (!now)
		c->weighed = n;
	fill_weights(c);
}

/* --- beginning and ending --- */

static uint64_t random_key(void)
{
	uint64_t key;

	while (getrandom(&key, sizeof(key), 0) != sizeof(key) || !key)
		;
	return key;
}

/* Without tables. */
static struct campaigns *make(const struct campaigns_options *options)
{
	static const struct campaigns_options none;
	struct campaigns *c = calloc(1, sizeof(*c));

	if (!options)
		options = &none;
	if (!c)
		return NULL;
	c->lock = -1;
	c->desk = calloc(1, sizeof(*c->desk));
	c->keep_days = options->keep_days ? options->keep_days : KEEP_DAYS;
	c->most = options->most ? options->most : MOST;
	c->anybodys = options->anybodys;
	c->most = c->most < PLACES_MOST ? c->most : PLACES_MOST;
	c->key = options->key ? options->key : random_key();
	if (!c->desk) {
		campaigns_close(c);
		return NULL;
	}
	return c;
}

static int begin(struct campaigns *c)
{
	int rc = counts_init(&c->counts);

	if (rc == 0)
		rc = finder_init(&c->finder);
	campaigns_weigh(c, true);
	return rc;
}

struct campaigns *campaigns_new(const struct campaigns_options *options)
{
	struct campaigns *c = make(options);

	if (c && begin(c) < 0) {
		campaigns_close(c);
		return NULL;
	}
	return c;
}

void campaigns_close(struct campaigns *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->places; i++) {
		core_done(&c->one[i].core);
		free(c->one[i].template);
	}
	free(c->one);
	counts_done(&c->counts);
	finder_done(&c->finder);
	buf_done(&c->template_text);
	buf_done(&c->subject_text);
	free(c->desk);
	if (c->lock >= 0)
		close(c->lock);
	free(c);
}

uint64_t campaigns_key(const struct campaigns *c)
{
	return c->key;
}

uint64_t campaigns_mark(const struct campaigns *c)
{
	return c->mark;
}

/* --- saving --- */

static void keep_ones(const struct campaigns *c, struct buf *ones, struct buf *texts)
{
	for (uint32_t i = 0; i < c->places; i++) {
		const struct one *o = &c->one[i];
		struct kept_one k = {o->name, o->messages, o->first, o->last, o->mailer,
			o->mailer_lead, o->next, o->core.n,
			{o->core.reach[0], o->core.reach[1], o->core.reach[2]},
			o->template ? o->template->bytes : 0, o->cover, o->mailer_share, o->closed,
			0};

		buf_add(ones, (struct span){(const char *)&k, sizeof(k)});
		if (o->messages)
			buf_add(texts,
				(struct span){(const char *)o->core.shingle, core_bytes(&o->core)});
		if (o->template)
			buf_add(texts, (struct span){(const char *)o->template, k.template});
	}
}

int campaigns_save(struct campaigns *c, uint64_t mark, struct err *err)
{
	struct buf ones = {0}, texts = {0};

	if (!c->write)
		return err_set(err, -EROFS, "%s: was not opened to write", c->path);
	keep_ones(c, &ones, &texts);
	if (!buf_ok(&ones) || !buf_ok(&texts)) {
		buf_done(&ones);
		buf_done(&texts);
		return err_sys(err, -ENOMEM, "%s", c->path);
	}
	struct kept_head h = {c->key, mark, c->serial, c->puts, c->now, c->ahead, c->swept,
		c->swept_at, c->weighed, c->counts.lines, c->counts.added, c->counts.campaigns,
		c->finder.buckets, texts.n, c->places, c->alive, c->free, c->aheads};
	struct span pieces[] = {{(const char *)&h, sizeof(h)},
		{(const char *)c->counts.cell, c->counts.lines * 64},
		{(const char *)c->finder.bucket, c->finder.buckets * sizeof(struct bucket)},
		buf_span(&ones), buf_span(&texts)};
	int rc = image_write_pieces(
		c->path, MAGIC, VERSION, pieces, sizeof(pieces) / sizeof(*pieces), err);

	buf_done(&ones);
	buf_done(&texts);
	if (rc == 0) {
		chmod(c->path, 0600); /* the key is a secret */
		c->mark = mark;
	}
	return rc;
}

/* --- opening --- */

static bool is_power(uint64_t n, uint64_t least, uint64_t most)
{
	return n >= least && n <= most && (n & (n - 1)) == 0;
}

/* Takes n bytes off the payload; false when it has fewer. */
static bool take(struct span *rest, size_t n, const void **ret)
{
	if (rest->n < n)
		return false;
	*ret = rest->p;
	*rest = span_skip(*rest, n);
	return true;
}

static bool read_head(struct campaigns *c, struct span *rest, struct kept_head *h)
{
	const void *from;

	if (!take(rest, sizeof(*h), &from))
		return false;
	memcpy(h, from, sizeof(*h));
	if (!is_power(h->lines, COUNTS_LINES_LEAST, COUNTS_LINES_MOST) ||
		!is_power(h->buckets, FINDER_LEAST, FINDER_MOST) || h->places > PLACES_MOST ||
		h->alive > h->places || h->free > h->places || !h->key || h->serial >> 48 ||
		h->campaigns > UINT32_MAX)
		return false;
	c->key = h->key;
	c->mark = h->mark;
	c->serial = h->serial;
	c->puts = h->puts;
	c->now = h->now;
	c->ahead = h->ahead;
	c->swept = h->swept;
	c->swept_at = h->swept_at;
	c->weighed = h->weighed;
	c->alive = h->alive;
	c->free = h->free;
	c->aheads = h->aheads;
	return true;
}

/* The two tables; -EBADMSG, -ENOMEM. */
static int read_tables(struct campaigns *c, struct span *rest, const struct kept_head *h)
{
	const void *cell, *bucket;
	size_t buckets = h->buckets * sizeof(struct bucket);

	if (!take(rest, h->lines * 64, &cell) || !take(rest, buckets, &bucket))
		return -EBADMSG;
	c->counts = (struct counts){huge_alloc(h->lines * 64), h->lines, h->counted, h->campaigns};
	c->finder = (struct finder){huge_alloc(buckets), h->buckets, 0};
	if (!c->counts.cell || !c->finder.bucket)
		return -ENOMEM;
	memcpy(c->counts.cell, cell, h->lines * 64);
	memcpy(c->finder.bucket, bucket, buckets);
	return 0;
}

static bool core_is_sound(const struct core *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if ((i && c->shingle[i] <= c->shingle[i - 1]) ||
			(core_state(c)[i] & STATE_STEADY) > 126)
			return false;
	return true;
}

static int read_core(struct span *texts, const struct kept_one *k, struct core *ret)
{
	struct core core = {k->n, {k->reach[0], k->reach[1], k->reach[2]}, NULL};
	const void *from;

	if (k->n > CORE_MOST || !take(texts, core_bytes(&core), &from))
		return -EBADMSG;
	core.shingle = malloc(core_bytes(&core) + 1);
	if (!core.shingle)
		return -ENOMEM;
	memcpy(core.shingle, from, core_bytes(&core));
	*ret = core; /* freed with the collection */
	return core_is_sound(&core) ? 0 : -EBADMSG;
}

static int read_template(struct span *texts, size_t bytes, struct template **ret)
{
	const void *from;

	if (!bytes)
		return 0;
	if (bytes < sizeof(struct template) || !take(texts, bytes, &from))
		return -EBADMSG;
	*ret = malloc(bytes);
	if (!*ret)
		return -ENOMEM;
	memcpy(*ret, from, bytes);
	return template_is_sound(*ret, bytes) ? 0 : -EBADMSG;
}

static int read_ones(struct campaigns *c, struct span *rest, const struct kept_head *h)
{
	const void *ones;
	uint32_t alive = 0;
	int rc = 0;

	if (!take(rest, h->places * sizeof(struct kept_one), &ones) || rest->n != h->texts)
		return -EBADMSG;
	c->one = calloc(h->places + 1, sizeof(*c->one));
	if (!c->one)
		return -ENOMEM;
	c->room = h->places + 1;
	c->places = h->places;
	for (uint32_t i = 0; i < c->places && rc == 0; i++) {
		struct one *o = &c->one[i];
		struct kept_one k;

		memcpy(&k, (const char *)ones + i * sizeof(k), sizeof(k));
		*o = (struct one){.name = k.name,
			.messages = k.messages,
			.first = k.first,
			.last = k.last,
			.mailer = k.mailer,
			.mailer_lead = k.mailer_lead,
			.next = k.next,
			.cover = k.cover,
			.mailer_share = k.mailer_share,
			.closed = k.closed != 0};
		if (k.name >> 48 || k.next > c->places || (!k.messages && (k.n || k.template)))
			return -EBADMSG;
		alive += k.messages != 0;
		rc = k.messages ? read_core(rest, &k, &o->core) : 0;
		if (rc == 0)
			rc = read_template(rest, k.template, &o->template);
	}
	return rc < 0 ? rc : alive == c->alive && !rest->n ? 0 : -EBADMSG;
}

/* The places without a campaign hang together, each once; the index names campaigns that are. */
static bool is_linked(struct campaigns *c)
{
	uint32_t n = 0;

	for (uint32_t at = c->free; at; at = c->one[at - 1].next)
		if (c->one[at - 1].messages || ++n > c->places)
			return false;
	for (uint64_t i = 0; i < c->finder.buckets; i++)
		for (int k = 0; k < BUCKET_PLACES; k++) {
			uint32_t who = c->finder.bucket[i].who[k];

			if (who && (who > c->places || !c->one[who - 1].messages))
				return false;
			c->finder.used += who != 0;
		}
	return n == c->places - c->alive;
}

static int read_all(struct campaigns *c, struct span payload)
{
	struct kept_head h;

	if (!read_head(c, &payload, &h))
		return -EBADMSG;
	int rc = read_tables(c, &payload, &h);

	if (rc == 0)
		rc = read_ones(c, &payload, &h);
	if (rc == 0 && !is_linked(c))
		rc = -EBADMSG;
	if (rc == 0)
		campaigns_weigh(c, true);
	return rc;
}

static int read_image(struct campaigns *c, struct err *err)
{
	struct image image;
	int rc = image_open(c->path, MAGIC, VERSION, &image, err);

	if (rc < 0)
		return rc == -EBADMSG
			       ? err_set(err, rc,
					 "%s: damaged, or of another version: remove it, and "
					 "campaigns begin anew, with new names",
					 c->path)
			       : rc;
	rc = read_all(c, image.payload);
	image_close(&image);
	if (rc == -ENOMEM)
		return err_sys(err, rc, "%s", c->path);
	return rc < 0 ? err_set(err, rc,
				"%s: damaged: remove it, and campaigns begin anew, with new names",
				c->path)
		      : 0;
}

/* One writer at a time. The lock is a file of its own, for the image is replaced. */
static int take_lock(struct campaigns *c, struct err *err)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s.lock", c->path);
	c->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (c->lock < 0)
		return err_sys(err, -errno, "%s", path);
	if (flock(c->lock, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? err_set(err, -EBUSY,
					 "%s: another cordon is adding to it; try again when it "
					 "has ended",
					 c->path)
			       : err_sys(err, -errno, "%s", path);
	return 0;
}

static int open_kept(struct campaigns *c, const char *state_dir, bool write, struct err *err)
{
	int rc = 0;

	if ((size_t)snprintf(c->path, sizeof(c->path), "%s/campaigns", state_dir) >=
		sizeof(c->path))
		return err_sys(err, -ENAMETOOLONG, "%s", state_dir);
	c->write = write;
	if (write)
		rc = file_make_folder(state_dir, err);
	if (rc == 0 && write)
		rc = take_lock(c, err);
	if (rc < 0)
		return rc;
	if (access(c->path, F_OK) == 0)
		return read_image(c, err);
	if (errno != ENOENT)
		return err_sys(err, -errno, "%s", c->path);
	rc = begin(c);
	if (rc < 0)
		return err_sys(err, rc, "%s", c->path);
	return write ? campaigns_save(c, 0, err) : 0;
}

int campaigns_open(const char *state_dir, bool write, const struct campaigns_options *options,
	struct campaigns **ret, struct err *err)
{
	struct campaigns *c = make(options);

	if (!c)
		return err_sys(err, -ENOMEM, "%s", state_dir);
	int rc = open_kept(c, state_dir, write, err);

	if (rc < 0)
		campaigns_close(c);
	else
		*ret = c;
	return rc;
}
