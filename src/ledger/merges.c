#include "ledger/merges.h"

#include <errno.h>

int ledger_add_merges(struct ledger *l, const struct campaign_put *put, struct err *err)
{
	for (size_t i = 0; i < put->merges; i++) {
		struct buf identity = {0};
		struct record r = {.type = RECORD_CAMPAIGN,
			.campaign = {span_cstr(put->merged[i]), span_cstr(put->name)}};
		bool is_new;

		buf_printf(&identity, "campaign %s into %s", put->merged[i], put->name);
		int rc = buf_ok(&identity) ? ledger_add(l, &r, (struct span){NULL, 0},
						     buf_span(&identity), &is_new, err)
					   : err_sys(err, -ENOMEM, "campaigns");

		buf_done(&identity);
		if (rc < 0)
			return rc;
	}
	return 0;
}
