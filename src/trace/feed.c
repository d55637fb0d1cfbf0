/*
 * A file is told by its first lines, then goes line by line (or value by value, message by message)
 * through the reader of its format; readers make rows or sightings, and all of them leave by
 * feed_give(), which knows what may go into a ledger at all.
 */
#include "trace/feed.h"

#include "net/day.h"
#include "trace/feed_host.h"
#include "trace/feed_words.h"
#include "trace/feed_work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DAY_S     86400
#define ITEM_MOST ((size_t)4 << 20) /* bytes of the arena for one item */
#define EVERY     2048              /* items between two tellings of progress */
#define WIDEST_V4 8                 /* the registries' largest holdings */
#define WIDEST_V6 16

static const struct {
	const char *name, *words;
} formats[] = {
#define X(id, name, words) {name, words},
	FEED_FORMATS_X(X)
#undef X
};

static const struct {
	enum feed_weight weight;
	const char *key, *words;
} counts[] = {
#define X(id, weight, key, words) {FEED_IS_##weight, key, words},
	FEED_COUNTS_X(X)
#undef X
};

const char *feed_format_name(enum feed_format format)
{
	return formats[format].name;
}

const char *feed_format_words(enum feed_format format)
{
	return formats[format].words;
}

enum feed_weight feed_count_weight(enum feed_count c)
{
	return counts[c].weight;
}

const char *feed_count_key(enum feed_count c)
{
	return counts[c].key;
}

const char *feed_count_words(enum feed_count c)
{
	return counts[c].words;
}

int feed_odd(struct feed *f, enum feed_count why, struct span text)
{
	struct feed_report *r = f->report;

	r->count[why]++;
	if (counts[why].weight != FEED_IS_BAD || r->showns == FEED_SHOWN)
		return 0;
	struct feed_shown *s = &r->shown[r->showns++];

	*s = (struct feed_shown){.why = why, .message = f->messages, .number = f->number};
	snprintf(s->file, sizeof(s->file), "%s", f->name);
	text = span_take(span_trim(text), sizeof(s->text) - 1);
	for (size_t i = 0; i < text.n; i++)
		s->text[i] = text.p[i] ? text.p[i] : ' ';
	return 0;
}

/* Why an address or prefix is left out; FEED_TAKEN when it is not. */
static enum feed_count fit(const struct sighting *s)
{
	if (s->where.ip.family == IP_NONE)
		return FEED_TAKEN;
	if (s->where.length < (s->where.ip.family == IP_V4 ? WIDEST_V4 : WIDEST_V6))
		return FEED_WIDE;
	return ip_may_look_up(&s->where.ip) ? FEED_TAKEN : FEED_NOT_PUBLIC;
}

static void set_time(struct feed *f, struct sighting *s)
{
	bool known = s->at >= FEED_EARLIEST && s->at <= FEED_LATEST;

	f->report->count[FEED_NO_DATE] += s->at != 0 && !known;
	if (f->o->has_day || !known) {
		s->at = f->when.at;
		s->day_only = f->when.precision != FEED_SECOND;
		f->report->count[FEED_MONTH] += f->when.precision == FEED_OF_MONTH;
	}
	/* A clock that is fast by some hours, or a zone that was not told; more is a lie that would
	 * stay the newest for ever. */
	if (s->at > f->o->now + DAY_S) {
		f->report->count[FEED_LATE]++;
		s->at = (int64_t)sighting_day(f->o->now) * DAY_S;
		s->day_only = true;
	}
}

/* "feed SOURCE KIND HOST DAY", "report ID SOURCE KIND HOST DAY"; no part holds a blank but ID,
 * which stands behind its length. */
static void set_identity(struct feed *f, const struct sighting *s, struct span id)
{
	char where[IP_TEXT] = "", day[DAY_TEXT];

	buf_clear(&f->identity);
	if (s->where.ip.family != IP_NONE)
		prefix_format(&s->where, where);
	if (id.n) {
		buf_printf(&f->identity, "report %zu ", id.n);
		buf_add(&f->identity, id);
	} else {
		buf_str(&f->identity, "feed");
	}
	buf_printf(&f->identity, " %.*s %s %s%.*s %s", SPAN_ARG(s->source),
		sighting_kind_name(s->kind), where, SPAN_ARG(s->domain),
		day_format(sighting_day(s->at), day));
}

int feed_give(struct feed *f, struct sighting *s, struct span raw, struct span id)
{
	struct feed_report *r = f->report;
	enum feed_count why = fit(s);
	const char *field;

	if (why != FEED_TAKEN)
		return feed_odd(f, why, s->domain);
	if (f->o->source.n || !s->source.n)
		s->source = f->o->source;
	set_time(f, s);
	if (f->o->confidence || !s->confidence)
		s->confidence = f->o->confidence ? f->o->confidence : feed_confidence(1);
	if (sighting_check(s, &field) < 0) {
		if (!strcmp(field, "source"))
			return err_set(f->err, -EINVAL, "'%.*s' cannot be a source's name",
				SPAN_ARG(s->source));
		return feed_odd(f, FEED_NO_HOST, s->domain); /* no line may end the reading */
	}
	set_identity(f, s, id);
	if (!buf_ok(&f->identity))
		return err_set(f->err, -ENOMEM, "no memory for %s", f->name);
	int rc = f->o->take(f->o->context, s, raw, buf_span(&f->identity), f->err);

	if (rc < 0)
		return rc;
	if (!r->count[FEED_TAKEN] || s->at < r->first)
		r->first = s->at;
	if (!r->count[FEED_TAKEN] || s->at > r->last)
		r->last = s->at;
	r->count[FEED_TAKEN]++;
	r->kind[s->kind]++;
	return 0;
}

static int progress(struct feed *f, const struct stream *stream, uint64_t items)
{
	if (f->o->progress && items % EVERY == 0)
		f->o->progress(f->o->context, &(struct feed_progress){.done = stream_taken(stream),
						      .size = stream_size(stream),
						      .items = items});
	return 0;
}

static int read_lines(struct feed *f, struct lines *l, enum feed_format format)
{
	static int (*const readers[FEED_FORMATS])(struct feed * f, struct span line) = {
		[FEED_LIST] = feed_list_line,
		[FEED_CSV] = feed_csv_line,
		[FEED_HOSTS] = feed_hosts_line,
		[FEED_LEVELS] = feed_levels_line,
	};
	struct span line;
	bool is_long;
	int rc;

	while ((rc = lines_next(l, FEED_LINE_MOST, &line, &is_long, f->err)) > 0) {
		f->number++;
		progress(f, l->stream, f->number);
		arena_reset(&f->arena);
		if (f->number == 1 && span_starts(line, SPAN("\xef\xbb\xbf")))
			line = span_skip(line, 3);
		rc = is_long ? feed_odd(f, FEED_LONG, line) : readers[format](f, line);
		if (rc < 0)
			return rc;
	}
	return rc;
}

/* The rest of the stream behind what is held, as one text. */
static int read_whole(struct feed *f, struct lines *l, struct span held, struct buf *to)
{
	char *room;
	ssize_t n;

	buf_add(to, held);
	for (;;) {
		if (to->n > FEED_JSON_MOST)
			return err_set(f->err, -EFBIG, "%s: over %zu MB of JSON; split it", f->name,
				FEED_JSON_MOST >> 20);
		room = buf_reserve(to, 256 << 10);
		if (!room)
			return err_set(f->err, -ENOMEM, "no memory for %s", f->name);
		n = stream_read(l->stream, room, 256 << 10, f->err);
		if (n <= 0)
			return (int)n;
		to->n += (size_t)n;
	}
}

static int read_json(struct feed *f, struct lines *l, struct span held)
{
	struct buf text = {0};
	int failed = read_whole(f, l, held, &text);
	int rc =
		failed == -EFBIG || failed == -ENOMEM ? failed : feed_json_read(f, buf_span(&text));

	buf_done(&text);
	return rc < 0 ? rc : failed;
}

/* The date of what says none: the options', the file name's, that of a comment at the head, today.
 */
static void set_when(struct feed *f, struct span held)
{
	struct span line, text;
	int32_t day;

	f->when = (struct feed_when){(int64_t)sighting_day(f->o->now) * DAY_S, FEED_DAY};
	f->today = false;
	if (f->o->has_day) {
		f->when.at = (int64_t)f->o->day * DAY_S;
		return;
	}
	if (day_find(span_cstr(f->name), &day)) {
		f->when.at = (int64_t)day * DAY_S;
		return;
	}
	while (span_line(&held, &line)) {
		if (!span_trim(line).n)
			continue;
		if (!feed_is_comment(line, &text))
			break;
		if (feed_when_comment(text, &f->when))
			return;
	}
	f->today = true;
}

/* Checks what the format needs of the caller. */
static int check(struct feed *f, enum feed_format format, const char *path)
{
	if (format == FEED_CSV && !f->columns)
		return err_set(f->err, -EINVAL,
			"%s: no line at its head names a column of hosts, such as ip, cidr, domain "
			"or url",
			path);
	if (!f->o->source.n && format != FEED_JSON && format != FEED_MAIL)
		return err_set(f->err, -EINVAL,
			"%s: a list does not say whose it is; a source must be named", path);
	return 0;
}

static int read_stream(struct feed *f, struct lines *l, const char *path)
{
	enum feed_format format = f->o->format;
	struct span held;
	int rc = lines_peek(l, &held, f->err);

	if (rc < 0)
		return rc;
	set_when(f, held);
	enum feed_format told = feed_tell(f, held);

	f->report->format = format = format == FEED_AUTO ? told : format;
	rc = check(f, format, path);
	if (rc < 0)
		return rc;
	if (format == FEED_JSON)
		return read_json(f, l, held);
	if (format != FEED_MAIL)
		return read_lines(f, l, format);
	if (!strcmp(path, "-"))
		return err_set(f->err, -EINVAL,
			"mail on standard input must be said to be mail: it cannot be read twice");
	return 1;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Returns 1 when it turns out to be mail, which is read by its path. */
static int read_file(struct feed *f, const char *path)
{
	struct stream *stream;
	struct lines lines;
	int rc = stream_open(path, &stream, f->err);

	if (rc < 0)
		return rc;
	rc = lines_init(&lines, stream);
	if (rc == 0) {
		rc = read_stream(f, &lines, path);
		lines_done(&lines);
	} else {
		rc = err_set(f->err, -ENOMEM, "no memory for %s", path);
	}
	stream_close(stream);
	return rc;
}

static int read_mail(struct feed *f, const char *path)
{
	f->report->format = FEED_MAIL;
	f->messages = true;
	set_when(f, (struct span){NULL, 0});
	f->mp = message_parser_new(0);
	f->inner = message_parser_new(0);
	if (!f->mp || !f->inner)
		return err_set(f->err, -ENOMEM, "no memory for %s", path);
	return feed_mail_read(f, path);
}

int feed_read(const char *path, const struct feed_options *options, struct feed_report *report,
	struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return err_set(err, -ENOMEM, "no memory for %s", path);
	*f = (struct feed){.o = options, .report = report, .err = err};
	f->name = slash && slash[1] ? slash + 1 : path;
	arena_init(&f->arena, ITEM_MOST);
	int rc = options->format == FEED_MAIL || is_folder(path) ? 1 : read_file(f, path);

	if (rc == 1)
		rc = read_mail(f, path);
	message_parser_free(f->mp);
	message_parser_free(f->inner);
	arena_done(&f->arena);
	buf_done(&f->identity);
	free(f);
	return rc;
}
