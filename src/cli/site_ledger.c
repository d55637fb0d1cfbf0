/* The ledger of a site: apart from site.c, so that programs without one need not link it. */
#include "cli/cli.h"
#include "cli/site.h"

#include <errno.h>

int site_open_ledger(struct site *s, bool write)
{
	struct err err;
	int code = write && !s->shelf ? site_open_shelf(s) : EXIT_DONE;

	if (code != EXIT_DONE)
		return code;
	const struct ledger_options options = {
		.state_dir = s->state,
		.write = write,
		.origin = s->config.ledger_name,
		.shelf = s->shelf,
		.keep_raw_days = (int32_t)s->config.keep_raw_days,
	};
	int rc = ledger_open(&options, &s->ledger, &err);

	if (rc == 0) {
		s->close_ledger = ledger_close;
		return EXIT_DONE;
	}
	tell_error(&err);
	return rc == -ENOENT && !write ? EXIT_INPUT : EXIT_SYSTEM;
}
