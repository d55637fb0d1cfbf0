/* cordon net dump: MRT files as text. */
#include "cli/cli.h"
#include "net/bgp_text.h"

#include <errno.h>
#include <stdio.h>

#define OUTPUT ((size_t)256 << 10)

typedef void write_event(struct buf *to, struct mrt *m, const struct mrt_event *e);

/* Where text goes. Once it cannot be written there is no use in reading on; why is told when all
 * is done. */
static bool flush(struct buf *out)
{
	bool good = buf_ok(out) && fwrite(out->p ? out->p : "", 1, out->n, stdout) == out->n;

	buf_clear(out);
	return good;
}

/* Tells what was odd in a file; returns an exit code. */
static int tell_odd(const char *path, const struct mrt_report *r)
{
	struct err err;

	for (int i = 0; i < MRT_ODDS; i++) {
		if (!r->odd[i])
			continue;
		err_set(&err, -EBADMSG, "%s: %s: %ju", path, mrt_odd_words((enum mrt_odd)i),
			(uintmax_t)r->odd[i]);
		tell_error(&err);
	}
	if (!r->odds)
		return EXIT_DONE;
	err_set(&err, -EBADMSG, "%s: the first is in the record at byte %ju", path,
		(uintmax_t)r->first_odd);
	tell_error(&err);
	return EXIT_INPUT;
}

static int dump(struct mrt *m, const char *path, write_event *write, struct buf *out)
{
	const struct mrt_event *e;
	struct err err;
	int rc, code;
	bool good = true;

	while (good && (rc = mrt_next(m, &e, &err)) > 0) {
		write(out, m, e);
		if (out->n >= OUTPUT)
			good = flush(out);
	}
	good = good && flush(out);
	code = tell_odd(path, mrt_report(m));
	if (!good)
		return EXIT_SYSTEM;
	if (rc == 0)
		return code;
	tell_error(&err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
}

static int dump_file(const char *path, write_event *write, struct buf *out)
{
	struct stream *stream = NULL;
	struct mrt *m = NULL;
	struct err err;
	int code, rc = stream_open(path, &stream, &err);

	if (rc == 0 && (rc = mrt_new(stream, (struct span){NULL, 0}, &m)) < 0)
		err_sys(&err, rc, "%s", path);
	if (rc == 0) {
		code = dump(m, path, write, out);
	} else {
		tell_error(&err);
		code = rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
	}
	mrt_free(m);
	stream_close(stream);
	return code;
}

int net_dump_main(int argc, char **argv)
{
	static const struct usage usage = {"net dump", "FILE...",
		"writes the routes of MRT files (RFC 6396), tables and updates, a line each",
		"'-' reads standard input. Compressed files are unpacked on the way.\n"};
	bool lines = false, json = false;
	const struct option_row rows[] = {
		{"lines", 'm', OPTION_FLAG, &lines, NULL, "as `bgpdump -m` writes them (default)"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "one JSON object a line"},
		{NULL},
	};
	struct buf out = {0};
	int code, worst = EXIT_DONE, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no FILE given");
	if (lines && json)
		return usage_error(&usage, "--lines and --json are two forms of the same");
	for (int i = first; i < argc && worst != EXIT_SYSTEM; i++) {
		code = dump_file(argv[i], json ? bgp_text_json : bgp_text_line, &out);
		worst = code > worst ? code : worst;
	}
	buf_done(&out);
	return worst;
}
