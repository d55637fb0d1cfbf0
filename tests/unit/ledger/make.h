/* A ledger in a folder of its own, with a clock that is set, and sightings to put into it. */
#ifndef CORDON_TESTS_LEDGER_MAKE_H
#define CORDON_TESTS_LEDGER_MAKE_H

#include "test.h"

#include "folder.h"
#include "ledger/ledger.h"

#define MAKE_NOON 1795435200 /* 2026-11-23T12:00:00Z */

struct made {
	char folder[64];
	struct ledger *l;
	struct err err;
	int64_t now;
	int32_t keep_raw_days;
	bool anew;
	const struct shelf *shelf;
	char told[2048]; /* all that was told since the ledger was opened, a line each */
};

static int64_t made_clock(void *context)
{
	return ((struct made *)context)->now;
}

static void made_tell(void *context, const char *sentence)
{
	struct made *m = context;
	size_t n = strlen(m->told);

	snprintf(m->told + n, sizeof(m->told) - n, "%s\n", sentence);
}

static inline int made_try(struct made *m, bool write)
{
	const struct ledger_options options = {
		.state_dir = m->folder,
		.write = write,
		.origin = "test.example/log",
		.shelf = m->shelf,
		.clock = made_clock,
		.clock_context = m,
		.keep_raw_days = m->keep_raw_days,
		.anew = m->anew,
		.tell = made_tell,
		.tell_context = m,
	};

	m->told[0] = '\0';
	m->l = NULL;
	return ledger_open(&options, &m->l, &m->err);
}

static inline void made_open(struct made *m, bool write)
{
	int rc = made_try(m, write);

	if (rc < 0)
		fail_msg("%s", m->err.text);
}

static inline void made_reopen(struct made *m, bool write)
{
	ledger_close(m->l);
	made_open(m, write);
}

/* The i-th of many sightings: addresses, campaigns and what they advertise vary. */
struct made_sighting {
	struct sighting s;
	char campaign[32], host[32], raw[256];
	struct span identity;
};

static inline void made_sighting(struct made_sighting *to, unsigned i)
{
	struct ip ip = ip_from_v4(0xc6336400u + i % 256u + ((i / 256u) << 8));

	*to = (struct made_sighting){0};
	snprintf(to->campaign, sizeof(to->campaign), "c-%012x", i / 7);
	snprintf(to->host, sizeof(to->host), "shop%u.example", i % 11);
	snprintf(to->raw, sizeof(to->raw),
		"To: someone%u@private.example\nSubject: secret "
		"%u\n\nhttp://shop%u.example/?id=%u\n",
		i, i, i % 11, i);
	to->identity = span_cstr(to->raw);
	to->s = (struct sighting){
		.kind = (enum sighting_kind)(i % SIGHTING_KINDS),
		.at = MAKE_NOON - (int64_t)(i % 1000) * 60,
		.where = prefix_of(&ip, 32),
		.port = i % 5 ? 0 : (uint16_t)(1 + i % 65535),
		.source = i % 3 ? SPAN("mail") : SPAN("some-list"),
		.confidence = (uint8_t)(1 + i % 100),
		.campaign = i % 3 ? span_cstr(to->campaign) : SPAN(""),
		.advertised = {span_cstr(to->host), SPAN("198.51.100.7")},
		.advertises = i % 3,
	};
}

static inline int made_add(struct made *m, unsigned i, bool *ret_new)
{
	struct made_sighting one;

	made_sighting(&one, i);
	return ledger_add_sighting(
		m->l, &one.s, span_cstr(one.raw), one.identity, ret_new, &m->err);
}

/* Adds the sightings from .. to - 1; how many of them were new. */
static inline unsigned made_fill(struct made *m, unsigned from, unsigned to)
{
	unsigned fresh = 0;

	for (unsigned i = from; i < to; i++) {
		bool new = false;
		int rc = made_add(m, i, &new);

		if (rc < 0)
			fail_msg("sighting %u: %s", i, m->err.text);
		fresh += new;
	}
	return fresh;
}

static inline void made_commit(struct made *m)
{
	int rc = ledger_commit(m->l, &m->err);

	if (rc < 0)
		fail_msg("%s", m->err.text);
}

/* The first number that SQL over the index gives; -1 for none. */
static inline long long made_ask(struct made *m, const char *sql)
{
	sqlite3_stmt *s;
	long long n = -1;

	if (sqlite3_prepare_v2(ledger_db(m->l), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(ledger_db(m->l)));
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

#endif
