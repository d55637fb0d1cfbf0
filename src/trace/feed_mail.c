/* Reports out of mail: each message is an ARF report, encloses X-ARF, or is none of both. */
#include "mail/codec.h"
#include "mail/identity.h"
#include "mail/mailbox.h"
#include "mail/parser.h"
#include "trace/arf.h"
#include "trace/feed_words.h"
#include "trace/feed_work.h"
#include "trace/xarf.h"

#include <errno.h>

static bool is_json_part(const struct part *p)
{
	return p->kind == PART_LEAF &&
	       (span_eq(p->type, SPAN("application/json")) || span_eq(p->type, SPAN("text/json")) ||
		       span_eq(p->type, SPAN("application/xarf+json")) ||
		       span_ends_nocase(p->filename, SPAN(".json")));
}

/* The text of a JSON part: whole, where the parser decoded only its first PART_CONTENT_MOST bytes;
 * no more than the message, which is bounded. Returns 0 or -ENOMEM. */
static int json_text(const struct part *p, struct buf *room, struct span *ret_text)
{
	uint32_t bad = 0;

	*ret_text = p->content;
	if (!p->cut || (p->transfer != TRANSFER_BASE64 && p->transfer != TRANSFER_QP))
		return 0;
	char *to = buf_reserve(room, p->body.n);

	if (!to)
		return -ENOMEM;
	room->n += p->transfer == TRANSFER_BASE64 ? base64_decode(p->body, to, p->body.n, &bad)
						  : qp_decode(p->body, QP_BODY, to, &bad);
	*ret_text = buf_span(room);
	return 0;
}

static int take_json_part(struct feed *f, const struct part *p, size_t *reports)
{
	struct buf room = {0};
	struct span text;
	int rc = json_text(p, &room, &text);

	if (rc == 0)
		rc = feed_json_reports(f, text, reports);
	else
		err_set(f->err, rc, "no memory for %s", f->name);
	buf_done(&room);
	return rc;
}

/* X-ARF as JSON parts. Returns how many reports there were, or a negative errno. */
static int take_json(struct feed *f, const struct message *m)
{
	size_t reports = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->parts; i++)
		if (is_json_part(&m->part[i]))
			rc = take_json_part(f, &m->part[i], &reports);
	return rc < 0 ? rc : (int)(reports > 0);
}

static int give_one(struct feed *f, const struct message *m, struct sighting *s,
	const char *reporter, struct span id)
{
	s->source = span_cstr(reporter);
	f->report->count[FEED_NO_DATE] += s->at == 0;
	return feed_give(f, s, m->raw, id);
}

/* X-ARF 0.2. Returns 1 when it was one, 0, or a negative errno. */
static int take_fields(struct feed *f, const struct message *m)
{
	struct fields fields;
	struct xarf x;

	if (!arf_find_xarf(f->mp, m, &fields))
		return 0;
	int rc = xarf_read_fields(&f->arena, &fields, &x);

	if (rc == FEED_TAKEN) {
		struct digest d = identity_digest(m);

		rc = give_one(f, m, &x.sighting[0], x.reporter,
			(struct span){(char *)d.byte, DIGEST_BYTES});
	} else if (rc > 0) {
		rc = feed_odd(f, (enum feed_count)rc, fields.at[0].value);
	}
	return rc < 0 ? rc : 1;
}

static int take_arf(struct feed *f, const struct message *m)
{
	char reporter[SIGHTING_SOURCE_MOST + 1];
	struct sighting s;
	struct arf report;
	int rc = arf_read(f->mp, m, f->inner, &report);

	if (rc == FEED_TAKEN)
		rc = arf_sighting(f->mp, &report, &s);
	if (rc < 0)
		return err_set(f->err, rc, "no memory for %s", f->name);
	if (rc != FEED_TAKEN)
		return feed_odd(f, (enum feed_count)rc, (struct span){NULL, 0});
	struct digest d = identity_digest(m);

	feed_words_reporter(report.reporter, reporter);
	return give_one(f, m, &s, reporter, (struct span){(char *)d.byte, DIGEST_BYTES});
}

static int take_message(struct feed *f, struct span raw)
{
	struct message *m;
	int rc = message_parse(f->mp, raw, &m);

	if (rc < 0)
		return err_set(f->err, rc, "no memory for a message of %s", f->name);
	rc = take_json(f, m);
	if (rc == 0)
		rc = take_fields(f, m);
	if (rc == 0)
		rc = take_arf(f, m);
	return rc < 0 ? rc : 0;
}

int feed_mail_read(struct feed *f, const char *path)
{
	struct mailbox_progress p;
	struct mailbox_item item;
	struct mailbox *mb;
	struct err failed;
	uint64_t items = 0;
	int rc, first = 0;

	if (mailbox_open(&path, 1, &mb) < 0)
		return err_set(f->err, -ENOMEM, "no memory for %s", path);
	while ((rc = mailbox_next(mb, &item, &failed)) != 0) {
		if (rc < 0) { /* a file of a folder; the others are read, and then it is told */
			if (!first)
				err_set(f->err, first = rc, "%s", failed.text);
			if (rc == -ENOMEM)
				break;
			continue;
		}
		const char *slash = strrchr(item.path, '/');

		f->name = slash ? slash + 1 : item.path;
		f->number = item.number;
		arena_reset(&f->arena);
		rc = take_message(f, item.raw);
		if (rc < 0) {
			first = rc;
			break;
		}
		mailbox_progress(mb, &p);
		if (f->o->progress)
			f->o->progress(
				f->o->context, &(struct feed_progress){p.done, p.total, ++items});
	}
	mailbox_progress(mb, &p);
	f->report->count[FEED_FOREIGN] += p.foreign;
	mailbox_close(mb);
	return first;
}
