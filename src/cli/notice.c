/*
 * cordon notice: letters to networks about the abuse that the ledger has of them. Each subcommand
 * is a file; here is what they share.
 */
#include "cli/notice.h"

#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#define ARENA_MOST ((size_t)256 << 20)

static const struct command commands[] = {
	{"draft", "write a notice about a network, to it or to its upstreams", notice_draft_main},
	{"approve", "show what will be sent, and approve exactly that", notice_approve_main},
	{"send", "send what was approved", notice_send_main},
	{"answer", "record what came back", notice_answer_main},
	{"list", "drafts, what was sent, answers, and whether the abuse ended", notice_list_main},
	{NULL, NULL, NULL},
};

int notice_main(int argc, char **argv)
{
	return command_run(commands, "cordon notice",
		"Writes to networks about the abuse seen from them: one letter for all of it, "
		"which is\n"
		"sent only when you approved it.",
		argc, argv);
}

int notice_desk_open(struct notice_desk *d, bool write)
{
	int code = site_open(&d->site, d->config, d->state);

	arena_init(&d->arena, ARENA_MOST);
	d->now = time(NULL);
	if (code == EXIT_DONE)
		code = site_open_shelf(&d->site);
	if (code == EXIT_DONE)
		code = site_open_ledger(&d->site, write);
	return code;
}

void notice_desk_close(struct notice_desk *d)
{
	arena_done(&d->arena);
	site_close(&d->site);
}

bool notice_in_ledger(void *context, const char *name)
{
	sqlite3_stmt *q;
	bool found = false;

	if (sqlite3_prepare_v2(context, "SELECT 1 FROM notice WHERE name = ?1", -1, &q, NULL) !=
		SQLITE_OK)
		return false;
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	found = sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return found;
}

void notice_identity(struct buf *to, const char *kind, const char *name)
{
	buf_str(to, kind);
	buf_byte(to, '\0');
	buf_str(to, name);
}

int notice_told(int rc, const struct err *err)
{
	tell_error(err);
	return rc == -ENOENT || rc == -ENODATA || rc == -EINVAL || rc == -EBADMSG ? EXIT_INPUT
										  : EXIT_SYSTEM;
}

void notice_say(const char *name, const char *sentence)
{
	struct buf b = {0};

	clean_text(&b, span_cstr(sentence));
	printf("%s: %.*s\n", name, SPAN_ARG(buf_span(&b)));
	buf_done(&b);
}

int notice_print_json(json_t *j)
{
	if (!j)
		return EXIT_SYSTEM;
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
	return EXIT_DONE;
}
