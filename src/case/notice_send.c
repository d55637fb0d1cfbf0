#include "case/notice_send.h"

#include <errno.h>
#include <stdio.h>

struct sending {
	const struct notice_sender *s;
	const char *name;
	struct notice_meta meta;
	struct buf mail;
	enum notice_sending became;
	char *said; /* said[512] */
};

static void say(struct sending *x, enum notice_sending became, const char *text)
{
	x->became = became;
	snprintf(x->said, 512, "%s", text);
}

/* 4 and 5: the relay has it. */
static int finish(struct sending *x, enum notice_sending became, int64_t at, struct err *err)
{
	const struct notice_sender *s = x->s;
	int rc = s->record(s->context, &x->meta, buf_span(&x->mail), at, err);

	if (rc == 0)
		rc = notice_store_mark(s->state_dir, x->name, "sent", s->now, "recorded", err);
	if (rc == 0)
		x->became = became;
	return rc;
}

/* 2 and 3. */
static int deliver(struct sending *x, struct err *err)
{
	const struct notice_sender *s = x->s;
	char answer[SMTP_SAID] = "";
	struct err why = {{0}};
	enum smtp_outcome o = s->deliver(s->context, &x->meta, buf_span(&x->mail), answer, &why);

	if (o == SMTP_UNKNOWN) {
		say(x, NOTICE_UNCERTAIN, why.text);
		return 0;
	}
	if (o != SMTP_SENT) {
		say(x, NOTICE_FAILED, why.text);
		return notice_store_unmark(s->state_dir, x->name, "sending", err);
	}
	int rc = notice_store_mark(s->state_dir, x->name, "accepted", s->now, answer, &why);

	say(x, NOTICE_WENT, answer);
	/* Where no mark can be made, the ledger may still take it. */
	int recorded = finish(x, NOTICE_WENT, s->now, err);

	return rc < 0 && recorded == 0 ? err_set(err, rc, "%s", why.text) : recorded;
}

static int start(struct sending *x, struct err *err)
{
	const struct notice_sender *s = x->s;
	char digest[65];
	char why[256] = "";
	int rc = x->meta.contact.mails ? s->allowed(s->context, &x->meta, why, err) : 0;

	if (rc < 0)
		return rc;
	if (rc == 0) {
		say(x, NOTICE_WAITS, x->meta.contact.mails ? why : "it has no address to go to");
		return 0;
	}
	notice_store_digest(&x->meta, buf_span(&x->mail), digest);
	rc = notice_store_mark(s->state_dir, x->name, "sending", s->now, digest, err);
	return rc < 0 ? rc : deliver(x, err);
}

static int uncertain(struct sending *x)
{
	char text[SIGHTING_TIME_TEXT];
	int64_t at = 0;

	notice_store_marked(x->s->state_dir, x->name, "sending", &at, NULL, 0);
	x->became = NOTICE_UNCERTAIN;
	snprintf(x->said, 512,
		"it may have been sent at %s: the relay was spoken to, and its answer is not "
		"known. Look "
		"into the relay's log for it; --again sends it once more",
		sighting_time_format(at, text));
	return 0;
}

/* Only what is approved as it is now goes, also the second time. */
static bool approved_as_it_is(const struct sending *x)
{
	char approved[65], digest[65];
	int64_t at;

	notice_store_digest(&x->meta, buf_span(&x->mail), digest);
	return notice_store_marked(
		       x->s->state_dir, x->name, "approved", &at, approved, sizeof(approved)) &&
	       !strcmp(approved, digest);
}

static int go_on(struct sending *x, enum notice_state state, struct err *err)
{
	int64_t at = 0;

	if (state == NOTICE_SENT) {
		say(x, NOTICE_WAS_SENT, "it was sent");
		return 0;
	}
	if (x->s->recorded(x->s->context, x->name)) {
		say(x, NOTICE_FINISHED, "it was sent before, and the ledger has it");
		return notice_store_mark(
			x->s->state_dir, x->name, "sent", x->s->now, "recorded", err);
	}
	if (state == NOTICE_ACCEPTED) {
		notice_store_marked(x->s->state_dir, x->name, "accepted", &at, NULL, 0);
		say(x, NOTICE_FINISHED, "it was sent before, and is recorded now");
		return finish(x, NOTICE_FINISHED, at, err);
	}
	if (state == NOTICE_MAYBE && !x->s->again)
		return uncertain(x);
	if (!approved_as_it_is(x)) {
		say(x, NOTICE_UNAPPROVED,
			state == NOTICE_DRAFT
				? "it is not approved: 'cordon notice approve' shows and approves "
				  "it"
				: "it was changed since it was approved: approve it anew");
		return 0;
	}
	return start(x, err);
}

int notice_send(const struct notice_sender *s, const char *name, enum notice_sending *ret_sending,
	char said[512], struct err *err)
{
	struct sending x = {.s = s, .name = name, .said = said};
	enum notice_state state;
	int rc = notice_store_state(s->state_dir, name, &state, err);

	if (rc == 0)
		rc = notice_store_get(s->state_dir, name, &x.meta, &x.mail, err);
	if (rc == 0)
		rc = go_on(&x, state, err);
	buf_done(&x.mail);
	if (rc == 0)
		*ret_sending = x.became;
	return rc;
}
