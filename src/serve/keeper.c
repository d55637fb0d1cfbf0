/*
 * The keeper: the only writer of the ledger, of the model, and of what was decided. It takes what
 * the gate tells it, one message after the other, and makes it durable each second; it parses no
 * mail and speaks to nobody else.
 *
 * Ledger, model and decisions are parts that fail by themselves: one that cannot be opened or
 * written, since the disk is full or another command holds it, is closed, told, and tried again;
 * what comes for it meanwhile is lost and counted, and the gate never waits for it.
 */
#include "base/file.h"
#include "serve/decided_people.h"
#include "serve/keeper_work.h"
#include "serve/steady.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SECOND         ((int64_t)1000000000)
#define COMMIT_AFTER   SECOND
#define COMMIT_MOST    2000 /* decisions or sightings, without waiting for the second to be over */
#define AGAIN_AFTER    (10 * SECOND)
#define CATCH_UP_EACH  (2 * SECOND)
#define SAVE_EACH      (60 * SECOND)
#define EXPIRE_EACH    (600 * SECOND)
#define STOP_AFTER     (8 * SECOND) /* well before the supervisor ends it */
#define MESSAGE_MOST   ((size_t)256 << 20)
#define SPECIMENS_MOST 100 /* more are not kept: whoever sends them could fill the disk */

struct keeper_state {
	struct keeper k;
	int64_t commit_at, catch_up_at, save_at, expire_at;
	struct steady clock;
	char room[IPC_MOST];
};

void keeper_say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	flockfile(stderr);
	fputs("cordon keeper: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	funlockfile(stderr);
	va_end(ap);
}

/* --- parts --- */

static int decisions_part_open(struct keeper *k, struct err *err)
{
	bool aside = false;
	int rc = decisions_open(k->kit->state, true, &k->decisions, &aside, err);

	if (aside)
		keeper_say("decisions.db was damaged; it is now decisions.db.bad, and a new one is "
			   "begun");
	return rc;
}

static void decisions_part_close(struct keeper *k)
{
	decisions_close(k->decisions);
	k->decisions = NULL;
	k->decided = 0;
}

static const struct {
	const char *name;
	int (*open)(struct keeper *k, struct err *err);
	void (*close)(struct keeper *k);
} parts[KEEPER_PARTS] = {
	[KEEPER_PART_EVIDENCE] = {"the ledger", evidence_open, evidence_close},
	[KEEPER_PART_LESSONS] = {"the model", lessons_open, lessons_close},
	[KEEPER_PART_DECISIONS] = {"the decisions", decisions_part_open, decisions_part_close},
};

static void close_part(struct keeper *k, enum keeper_part id)
{
	parts[id].close(k);
	k->part[id] = (struct keeper_open){.again = ipc_deadline(AGAIN_AFTER)};
	atomic_fetch_and(&k->kit->status->keeps, ~(1u << id));
}

/* What a part could not do; it is closed and tried again later. */
static void part_failed(struct keeper *k, enum keeper_part id, const struct err *err)
{
	keeper_say("%s: %s; what comes for it until it works again is lost", parts[id].name,
		err->text);
	close_part(k, id);
}

/* Whether a part is open; one that is not is opened, if it is time. */
static bool part_open(struct keeper *k, enum keeper_part id)
{
	struct keeper_open *p = &k->part[id];
	struct err err;

	if (p->open || ipc_deadline(0) < p->again)
		return p->open;
	if (parts[id].open(k, &err) < 0)
		part_failed(k, id, &err);
	else
		p->open = true;
	if (p->open)
		atomic_fetch_or(&k->kit->status->keeps, 1u << id);
	return p->open;
}

/*
 * Of decisions: somebody removed the file, wrote over it, or it is damaged. It can be done without,
 * so it is begun anew at once; if that happens again soon, later. Else as for any part.
 */
static void decisions_failed(struct keeper *k, int rc, const struct err *err)
{
	const int64_t soon = k->decisions_anew + AGAIN_AFTER, now = ipc_deadline(0);
	struct err wrong;

	status_add(k->kit->status, STATUS_KEEPER_LOST, k->decided);
	if ((rc != -EBADMSG && rc != -ESTALE) || (k->decisions_anew && now < soon)) {
		part_failed(k, KEEPER_PART_DECISIONS, err);
		return;
	}
	close_part(k, KEEPER_PART_DECISIONS);
	if (rc == -EBADMSG && decisions_put_aside(k->kit->state, &wrong) < 0) {
		part_failed(k, KEEPER_PART_DECISIONS, &wrong);
		return;
	}
	keeper_say("the decisions: %s; %s", err->text,
		rc == -EBADMSG ? "it is now decisions.db.bad, and a new one is begun"
			       : "what is there now is taken, or a new one begun");
	k->decisions_anew = now;
	k->part[KEEPER_PART_DECISIONS].again = 0;
	part_open(k, KEEPER_PART_DECISIONS);
}

/* --- what the gate tells --- */

static void lost(struct keeper *k)
{
	status_add(k->kit->status, STATUS_KEEPER_LOST, 1);
}

static void bad(struct keeper *k)
{
	status_add(k->kit->status, STATUS_IPC_BAD, 1);
}

/* Without names, where the configuration wants that; then without a key nothing is added. */
static int add_decision(struct keeper *k, struct decided *d, struct err *err)
{
	struct decided_people room;

	if (k->kit->config->gateway.hash_addresses) {
		int rc = k->has_people ? 0 : person_key_read(k->kit->state, true, &k->people, err);

		if (rc < 0)
			return rc;
		k->has_people = true;
		decided_hash_people(d, &k->people, &room);
	}
	return decisions_add(k->decisions, d, err);
}

static void take_decision(struct keeper *k, struct span bytes)
{
	struct decided d;
	struct err err;

	if (decided_read(bytes, &d) < 0) {
		bad(k);
		return;
	}
	if (!part_open(k, KEEPER_PART_DECISIONS)) {
		lost(k);
		return;
	}
	int rc = add_decision(k, &d, &err);

	k->decided++;
	if (rc < 0)
		decisions_failed(k, rc, &err);
}

static void take_abuse(struct keeper *k, struct span bytes, int file)
{
	struct abuse_seen a;
	struct span raw = {NULL, 0};
	struct err err;

	if (abuse_read(bytes, &a) < 0 ||
		(file >= 0 && ipc_map_sealed(file, MESSAGE_MOST, &raw) < 0)) {
		bad(k);
		return;
	}
	if (!part_open(k, KEEPER_PART_EVIDENCE)) {
		lost(k);
	} else {
		int rc = evidence_add(k, &a, raw, &err);

		if (rc == -EINVAL) /* no message may end the part by what is in it */
			bad(k);
		else if (rc < 0)
			part_failed(k, KEEPER_PART_EVIDENCE, &err);
	}
	if (raw.n)
		munmap((void *)raw.p, raw.n);
}

static void take_lesson(struct keeper *k, struct span bytes, uint64_t id)
{
	struct learn_wish w;
	struct err err;

	if (!part_open(k, KEEPER_PART_LESSONS)) {
		lessons_refuse(k, id);
		lost(k);
		return;
	}
	if (learn_read(bytes, k->features, &w) < 0) {
		lessons_refuse(k, id);
		bad(k);
		return;
	}
	if (lessons_add(k, &w, id, &err) < 0)
		part_failed(k, KEEPER_PART_LESSONS, &err);
}

/* STATE/specimens/DIGEST.eml, for whoever mends us; the same one once. */
static int keep_specimen(struct keeper *k, struct span raw, struct err *err)
{
	char path[PATH_MAX];
	struct digest d = digest_of(raw);
	int n = snprintf(path, sizeof(path), "%s/specimens", k->kit->state);
	int rc = file_make_folder(path, err);

	for (int i = 0; i < 8; i++)
		n += snprintf(path + n, sizeof(path) - (size_t)n, "%s%02x", i ? "" : "/",
			d.byte[i]);
	snprintf(path + n, sizeof(path) - (size_t)n, ".eml");
	if (rc < 0 || access(path, F_OK) == 0)
		return rc;
	return file_replace_mode(path, &raw, 1, 0600, err);
}

static void take_specimen(struct keeper *k, uint64_t id, int file)
{
	static unsigned kept;
	struct span raw;
	struct err err;

	if (file < 0 || ipc_map_sealed(file, MESSAGE_MOST, &raw) < 0) {
		bad(k);
		return;
	}
	if (kept < SPECIMENS_MOST) {
		if (keep_specimen(k, raw, &err) < 0)
			keeper_say("a specimen cannot be kept: %s", err.text);
		else
			kept++;
	}
	if (raw.n)
		munmap((void *)raw.p, raw.n);
	if (id)
		ipc_send(k->kit->to[ROLE_GATE], KEEPER_KEPT, id, (struct span){NULL, 0}, -1, 0);
}

static void commit(struct keeper_state *s);

static void take(struct keeper_state *s, const struct ipc_head *h, struct span bytes, int file)
{
	struct keeper *k = &s->k;

	switch (h->type) {
	case KEEPER_DECIDED: take_decision(k, bytes); break;
	case KEEPER_ABUSE: take_abuse(k, bytes, file); break;
	case KEEPER_LEARN: take_lesson(k, bytes, h->id); break;
	case KEEPER_MODEL:
		part_open(k, KEEPER_PART_LESSONS);
		part_open(k, KEEPER_PART_EVIDENCE);
		lessons_tell_model(k, h->id, bytes);
		break;
	case KEEPER_SPECIMEN: take_specimen(k, h->id, file); break;
	case KEEPER_PING:
		commit(s);
		ipc_send(k->kit->to[ROLE_GATE], KEEPER_PONG, h->id, (struct span){NULL, 0}, -1, 0);
		break;
	default: bad(k);
	}
}

/* --- time --- */

static void commit(struct keeper_state *s)
{
	struct keeper *k = &s->k;
	struct err err;

	if (k->part[KEEPER_PART_DECISIONS].open) {
		int rc = decisions_commit(k->decisions, &err);

		if (rc < 0)
			decisions_failed(k, rc, &err);
		k->decided = 0;
	}
	if (k->part[KEEPER_PART_EVIDENCE].open && k->added && evidence_commit(k, &err) < 0)
		part_failed(k, KEEPER_PART_EVIDENCE, &err);
	if (k->part[KEEPER_PART_LESSONS].open && lessons_commit(k, &err) < 0)
		part_failed(k, KEEPER_PART_LESSONS, &err);
	s->commit_at = ipc_deadline(COMMIT_AFTER);
}

/* Whether a time has come; then it is set anew. */
static bool due(int64_t *at, int64_t each)
{
	if (ipc_deadline(0) < *at)
		return false;
	*at = ipc_deadline(each);
	return true;
}

static void save(struct keeper *k)
{
	struct err err;

	if (k->part[KEEPER_PART_EVIDENCE].open && evidence_save(k, &err) < 0)
		part_failed(k, KEEPER_PART_EVIDENCE, &err);
}

static void expire(struct keeper_state *s)
{
	struct keeper *k = &s->k;
	struct err err;
	struct timespec boot;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	int64_t before = steady_at(&s->clock, (int64_t)time(NULL), boot.tv_sec) -
			 k->kit->config->gateway.log_days * 86400;

	int rc = 0;

	if (k->part[KEEPER_PART_DECISIONS].open && k->kit->config->gateway.log_days > 0)
		rc = decisions_expire(k->decisions, before, &err);
	if (rc < 0)
		decisions_failed(k, rc, &err);
}

static void tend(struct keeper_state *s)
{
	struct keeper *k = &s->k;
	struct err err;

	role_alive(k->kit, ROLE_KEEPER);
	for (int i = 0; i < KEEPER_PARTS; i++)
		part_open(k, (enum keeper_part)i);
	if (k->decided >= COMMIT_MOST || k->added >= COMMIT_MOST || k->lessons_waiting ||
		ipc_deadline(0) >= s->commit_at)
		commit(s);
	if (due(&s->catch_up_at, CATCH_UP_EACH) && k->part[KEEPER_PART_LESSONS].open &&
		lessons_catch_up(k, &err) < 0)
		part_failed(k, KEEPER_PART_LESSONS, &err);
	if (due(&s->save_at, SAVE_EACH)) {
		commit(s);
		save(k);
	}
	if (due(&s->expire_at, EXPIRE_EACH)) {
		commit(s);
		expire(s);
	}
}

/* --- the role --- */

static int keeper_open(struct role_kit *kit, void **ret_self, struct err *err)
{
	struct keeper_state *s = calloc(1, sizeof(*s));

	if (!s)
		return err_sys(err, -ENOMEM, "the keeper");
	s->k.kit = kit;
	int rc = file_make_folder(kit->state, err);

	if (rc == 0)
		rc = lessons_open_starter(&s->k, err);
	if (rc < 0) {
		free(s);
		return rc;
	}
	atomic_store(&kit->status->keeps, 0); /* its predecessor's */
	*ret_self = s;
	return 0;
}

/* Takes what is there, for a tenth of a second at most, so that time is looked at. Returns whether
 * there may be more. */
static bool take_some(struct keeper_state *s)
{
	const int64_t until = ipc_deadline(SECOND / 10);
	const int from = s->k.kit->to[ROLE_GATE];
	struct ipc_head head;
	struct span bytes;
	int file, rc;

	do {
		rc = ipc_receive(from, s->room, until, &head, &bytes, &file);
		if (rc == 1)
			take(s, &head, bytes, file);
		else if (rc == -EBADMSG)
			bad(&s->k);
		if (rc == 1 && file >= 0)
			close(file);
	} while ((rc == 1 || rc == -EBADMSG) && s->k.decided < COMMIT_MOST &&
		s->k.added < COMMIT_MOST && ipc_deadline(0) < until);
	if (rc < 0 && rc != -EBADMSG)
		poll(NULL, 0, 100); /* the other side has gone; the supervisor tells what to do */
	return rc == 1 || rc == -EBADMSG;
}

static int keeper_run(struct role_kit *kit, void *self)
{
	struct keeper_state *s = self;
	enum role_word word = ROLE_NOTHING;

	tend(s);
	role_ready(kit);
	while (word != ROLE_STOP) {
		take_some(s);
		tend(s);
		word = role_told(kit);
		if (word == ROLE_TABLES || word == ROLE_RELOAD) {
			/* Opened again with the new tables, and with the new settings. */
			commit(s);
			save(&s->k);
			close_part(&s->k, KEEPER_PART_EVIDENCE);
			s->k.part[KEEPER_PART_EVIDENCE].again = 0;
		}
	}
	/* The gate has ended: what it told before is there, and was answered. */
	for (int64_t until = ipc_deadline(STOP_AFTER); take_some(s) && ipc_deadline(0) < until;)
		tend(s);
	commit(s);
	save(&s->k);
	for (int i = 0; i < KEEPER_PARTS; i++)
		parts[i].close(&s->k);
	starter_close(s->k.starter);
	free(s->k.features);
	free(s);
	return 0;
}

const struct role_definition role_keeper = {
	.role = ROLE_KEEPER,
	.rights = {.files_read = true, .files_write = true, .files = 64},
	.open = keeper_open,
	.run = keeper_run,
};
