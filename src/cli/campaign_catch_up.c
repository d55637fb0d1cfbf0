#include "cli/campaign_catch_up.h"

#include "cli/term.h"
#include "ledger/merges.h"

#include <errno.h>
#include <stdlib.h>

/* One record's message; 0 also when there is none any more. */
static int put_again(struct campaigns *c, struct ledger *l, struct message_parser *mp, uint64_t seq,
	int64_t at, struct buf *raw, struct err *err)
{
	uint8_t salt[32];
	struct campaign_put put;
	struct message *m;

	buf_clear(raw);
	int rc = ledger_raw(l, seq, salt, raw, err);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	rc = message_parse(mp, buf_span(raw), &m);
	struct campaign_print *p = rc < 0 ? NULL : campaign_print_take(campaigns_key(c), mp, m);

	rc = p ? campaigns_put(c, p, at, &put) : -ENOMEM;
	free(p);
	return rc < 0 ? err_sys(err, rc, "campaigns") : ledger_add_merges(l, &put, err);
}

static int put_all(struct campaigns *c, struct ledger *l, struct message_parser *mp,
	sqlite3_stmt *found, struct err *err)
{
	const uint64_t end = tlog_tree(ledger_log(l)).size, from = campaigns_mark(c);
	struct buf raw = {0};
	uint64_t n = 0;
	int rc = 0, step = SQLITE_DONE;

	while (rc == 0 && (step = sqlite3_step(found)) == SQLITE_ROW) {
		uint64_t seq = (uint64_t)sqlite3_column_int64(found, 0);

		rc = put_again(c, l, mp, seq, sqlite3_column_int64(found, 1), &raw, err);
		progress_show(seq - from, end - from, ++n, "messages put into campaigns again");
	}
	progress_clear();
	buf_done(&raw);
	if (rc == 0 && step != SQLITE_DONE)
		rc = err_set(err, -EIO, "index: %s", sqlite3_errmsg(ledger_db(l)));
	return rc;
}

int campaign_catch_up(struct campaigns *c, struct ledger *l, struct err *err)
{
	sqlite3_stmt *found;
	uint64_t mark = campaigns_mark(c);

	if (mark >= tlog_tree(ledger_log(l)).size)
		return 0;
	if (sqlite3_prepare_v2(ledger_db(l),
		    "SELECT s.seq, s.at FROM sighting s JOIN raw USING(seq)"
		    " WHERE s.seq >= ? AND s.campaign IS NOT NULL ORDER BY s.seq",
		    -1, &found, NULL) != SQLITE_OK)
		return err_set(err, -EIO, "index: %s", sqlite3_errmsg(ledger_db(l)));
	sqlite3_bind_int64(found, 1, (sqlite3_int64)mark);
	struct message_parser *mp = message_parser_new(0);
	int rc = mp ? put_all(c, l, mp, found, err) : err_sys(err, -ENOMEM, "campaigns");

	message_parser_free(mp);
	sqlite3_finalize(found);
	return rc;
}
