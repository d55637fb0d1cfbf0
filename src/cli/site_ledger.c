/* The ledger of a site. */
#include "cli/cli.h"
#include "cli/site.h"

#include <errno.h>

static void tell(void *context, const char *sentence)
{
	struct err err;

	(void)context;
	err_set(&err, -EAGAIN, "%s", sentence);
	tell_error(&err);
}

static int open_ledger(struct site *s, bool write, bool anew)
{
	struct err err;
	int code = write && !s->shelf ? site_open_shelf(s) : EXIT_DONE;

	if (code != EXIT_DONE)
		return code;
	const struct ledger_options options = {
		.state_dir = s->state,
		.write = write,
		.anew = anew,
		.origin = s->config.ledger_name,
		.shelf = s->shelf,
		.keep_raw_days = (int32_t)s->config.keep_raw_days,
		.tell = tell,
	};
	int rc = ledger_open(&options, &s->ledger, &err);

	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOENT && !write ? EXIT_INPUT : EXIT_SYSTEM;
}

int site_open_ledger(struct site *s, bool write)
{
	return open_ledger(s, write, false);
}

int site_open_ledger_anew(struct site *s)
{
	return open_ledger(s, true, true);
}
