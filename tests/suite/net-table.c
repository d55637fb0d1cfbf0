/*
 * net-table FILE...: imports the CSV files together and the pair files one by one, and asks the
 * tables for every row: its first and last address, those next to it, and one inside. What the
 * answer should be is found without the table: among the rows themselves.
 */
#include "base/buf.h"
#include "base/stream.h"
#include "net/import.h"
#include "net/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__extension__ typedef unsigned __int128 u128;

struct row {
	u128 first, last; /* IPv4 under 2^32 */
	uint8_t family;
	asn_t asn;
	char holder[96]; /* cut; empty for pairs */
};

struct rows {
	struct row *at;
	size_t n, room;
};

static u128 number_of(const struct ip *ip)
{
	u128 v = 0;

	for (int i = 0; i < (ip->family == IP_V4 ? 4 : 16); i++)
		v = v << 8 | ip->byte[i];
	return v;
}

static struct ip ip_of(int family, u128 v)
{
	struct ip ip = {.family = (uint8_t)family};

	for (int i = family == IP_V4 ? 4 : 16; i-- > 0; v >>= 8)
		ip.byte[i] = (uint8_t)v;
	return ip;
}

static struct row *new_row(struct rows *rows)
{
	if (rows->n == rows->room) {
		rows->room = rows->room ? rows->room * 2 : 4096;
		rows->at = realloc(rows->at, rows->room * sizeof(*rows->at));
		if (!rows->at)
			exit(1);
	}
	return &rows->at[rows->n++];
}

/* "first,last,asn,holder": only the holder is ever quoted here. */
static void read_csv_row(struct rows *rows, char *line)
{
	char *part[4] = {line};
	struct row *r = new_row(rows);
	struct ip first, last;

	for (int i = 1; i < 4; i++) {
		part[i] = strchr(part[i - 1], ',');
		if (!part[i])
			exit(1);
		*part[i]++ = '\0';
	}
	if (ip_parse(span_cstr(part[0]), &first) < 0 || ip_parse(span_cstr(part[1]), &last) < 0)
		exit(1);
	*r = (struct row){number_of(&first), number_of(&last), first.family,
		(asn_t)strtoul(part[2], NULL, 10), ""};
	const char *from = part[3];
	bool quoted = *from == '"';

	from += quoted;
	for (size_t n = 0; *from && n + 1 < sizeof(r->holder); from++) {
		if (quoted && *from == '"' && *++from != '"')
			break;
		r->holder[n++] = *from;
	}
}

static void read_pair_row(struct rows *rows, char *line)
{
	char *tab = strchr(line, '\t');
	struct prefix p;

	if (*line == ';' || !tab)
		return;
	*tab = '\0';
	if (prefix_parse(span_cstr(line), &p) < 0)
		exit(1);
	unsigned bits = p.ip.family == IP_V4 ? 32 : 128;
	u128 first = number_of(&p.ip);
	u128 host = p.length == 0 ? ~(u128)0 : ((u128)1 << (bits - p.length)) - 1;

	*new_row(rows) = (struct row){first, first | host, p.ip.family,
		(asn_t)strtoul(tab + 1 + (tab[1] == '{'), NULL, 10), ""};
}

static bool is_csv(const char *path)
{
	return span_ends_nocase(span_cstr(path), SPAN(".csv"));
}

static void read_rows(struct rows *rows, const char *path)
{
	struct stream *in;
	struct buf all = {0};
	ssize_t n;

	if (stream_open(path, &in, NULL) < 0)
		exit(1);
	while ((n = stream_read(in, buf_reserve(&all, 1 << 20), 1 << 20, NULL)) > 0)
		all.n += (size_t)n;
	stream_close(in);
	buf_byte(&all, '\0');
	for (char *line = all.p, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			break;
		*end = '\0';
		if (is_csv(path))
			read_csv_row(rows, line);
		else
			read_pair_row(rows, line);
	}
	buf_done(&all);
}

/* By family and first address; of those the wider first; then as in the file. */
static int compare_rows(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->last > b->last ? -1 : a->last < b->last;
}

/*
 * The narrowest row that holds an address: rows before it are walked back, 3,000 at most. Where
 * that is not far enough a right answer is shown as a wrong one, never the other way round.
 */
static const struct row *naive(const struct rows *rows, int family, u128 v)
{
	size_t low = 0, high = rows->n;
	const struct row *best = NULL;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct row *r = &rows->at[mid];

		if (r->family < family || (r->family == family && r->first <= v))
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t back = 0; low-- > 0 && back < 3000; back++) {
		const struct row *r = &rows->at[low];

		if (r->family != family)
			break;
		if (v <= r->last && (!best || r->last - r->first < best->last - best->first))
			best = r;
		if (best && back > 40 && best->last - best->first < 1 << 16)
			break; /* what is narrower stands near */
	}
	return best;
}

static unsigned ask(const struct table *t, const struct rows *rows, int family, u128 v)
{
	const struct row *want = naive(rows, family, v);
	struct ip ip = ip_of(family, v);
	struct origin o = {0};
	char text[IP_TEXT];
	bool found = table_lookup(t, &ip, &o);

	if (found == (want != NULL) &&
		(!want || (o.asn == want->asn && prefix_has(&o.prefix, &ip) &&
				  span_starts(o.holder, span_cstr(want->holder)))))
		return 0;
	printf("%s: AS%u, should be AS%u\n", ip_format(&ip, text), o.asn, want ? want->asn : 0);
	return 1;
}

static unsigned ask_all(const struct table *t, const struct rows *rows)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < rows->n && wrong < 20; i++) {
		const struct row *r = &rows->at[i];
		u128 max = r->family == IP_V4 ? UINT32_MAX : ~(u128)0;

		wrong += ask(t, rows, r->family, r->first);
		wrong += ask(t, rows, r->family, r->last);
		wrong += ask(t, rows, r->family, r->first + (r->last - r->first) / 3);
		wrong += ask(t, rows, r->family, (r->first - 1) & max);
		wrong += ask(t, rows, r->family, (r->last + 1) & max);
	}
	return wrong;
}

/* One import of some files. Returns how many answers were wrong. */
static unsigned check(char **files, int n, const char *state)
{
	const struct import_options options = {.has_day = true, .day = 14000, .source = "suite"};
	struct rows rows = {0};
	struct import_report report = {0};
	struct import *im;
	struct table *t;
	struct err err = {""};
	int rc = import_begin(&options, &im);

	for (int i = 0; i < n; i++) {
		read_rows(&rows, files[i]);
		if (rc == 0)
			rc = import_add(im, files[i], &err);
	}
	if (rc == 0)
		rc = import_finish(im, state, &report, &err);
	import_free(im);
	const char *path = report.path[IMPORT_TABLE].p;

	if (rc == 0)
		rc = table_open(path, &t, &err);
	if (rc < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	qsort(rows.at, rows.n, sizeof(*rows.at), compare_rows);
	unsigned wrong = ask_all(t, &rows);

	if (report.count[IMPORT_ROWS] != rows.n)
		printf("%s: %zu rows, %zu understood\n", files[0], rows.n,
			(size_t)report.count[IMPORT_ROWS]);
	wrong += report.count[IMPORT_ROWS] != rows.n;
	printf("%s: %zu rows, five addresses each, %u wrong\n", files[0], rows.n, wrong);
	table_close(t);
	unlink(path);
	import_report_done(&report);
	free(rows.at);
	return wrong;
}

int main(int argc, char **argv)
{
	char state[] = "/tmp/net-table.XXXXXX", net[64];
	unsigned wrong = 0;
	int csv = 0;

	if (argc < 2 || !mkdtemp(state))
		return 2;
	while (1 + csv < argc && is_csv(argv[1 + csv]))
		csv++;
	if (csv)
		wrong += check(argv + 1, csv, state);
	for (int i = 1 + csv; i < argc; i++)
		wrong += check(argv + i, 1, state);
	snprintf(net, sizeof(net), "%s/net", state);
	rmdir(net);
	rmdir(state);
	return wrong != 0;
}
