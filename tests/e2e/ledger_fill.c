/*
 * Puts sightings into a ledger, for tests that need it to hold what they say.
 *   ledger-fill STATE < lines     "SECONDS KIND SOURCE HOST PORT RAWFILE", '-' for no raw evidence;
 *                                 addresses are attributed by the tables in STATE/net
 */
#include "base/file.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void die(const struct err *err)
{
	fprintf(stderr, "ledger-fill: %s\n", err->text);
	exit(1);
}

static struct span word(struct span *rest)
{
	struct span w = {0};

	span_cut(rest, ' ', &w);
	return w;
}

static void add(struct ledger *l, struct span line)
{
	struct sighting s = {.confidence = 90};
	struct span rest = line, at = word(&rest), kind = word(&rest), host, port, file;
	struct buf raw = {0};
	struct err err = {"this line makes no sense"};
	unsigned long long n = 0, p = 0;
	bool new;
	char path[512];

	s.source = word(&rest);
	host = word(&rest);
	port = word(&rest);
	file = word(&rest);
	if (span_number(at, INT64_MAX, &n) < 0 || sighting_kind_parse(kind, &s.kind) < 0 ||
		span_number(port, 65535, &p) < 0)
		die(&err);
	if (prefix_parse(host, &s.where) < 0)
		s.domain = host;
	s.at = (int64_t)n;
	s.port = (uint16_t)p;
	snprintf(path, sizeof(path), "%.*s", SPAN_ARG(file));
	if (!span_eq(file, SPAN("-")) && file_read(path, 1 << 20, &raw, &err) < 0)
		die(&err);
	if (ledger_add_sighting(l, &s, buf_span(&raw), line, &new, &err) < 0)
		die(&err);
	buf_done(&raw);
}

int main(int argc, char **argv)
{
	struct buf text = {0};
	struct span rest, line;
	struct shelf *shelf;
	struct ledger *l;
	struct err err = {"usage: ledger-fill STATE < lines"};

	if (argc != 2 || file_read("-", 1 << 24, &text, &err) < 0 ||
		shelf_open(argv[1], &shelf, NULL, &err) < 0)
		die(&err);
	const struct ledger_options o = {.state_dir = argv[1],
		.write = true,
		.origin = "mx.example.org/cordon",
		.shelf = shelf,
		.keep_raw_days = 90};

	if (ledger_open(&o, &l, &err) < 0)
		die(&err);
	rest = buf_span(&text);
	while (span_line(&rest, &line))
		add(l, line);
	if (ledger_commit(l, &err) < 0)
		die(&err);
	ledger_close(l);
	shelf_close(shelf);
	buf_done(&text);
	return 0;
}
