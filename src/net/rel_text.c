#include "net/rel_text.h"
#include "net/asn.h"
#include "net/day.h"

#include <errno.h>

/* A link as a line has it: what b is to a. */
struct rel {
	asn_t a, b;
	enum link_kind kind;
	struct span source; /* the fourth field, if there is one */
};

static int parse_kind(struct span s, enum link_kind *ret_kind)
{
	static const struct {
		struct span text;
		enum link_kind kind;
	} kinds[] = {
		{{"-1", 2}, LINK_CUSTOMER},
		{{"0", 1}, LINK_PEER},
		{{"1", 1}, LINK_PROVIDER},
		{{"2", 1}, LINK_SIBLING},
		{{"3", 1}, LINK_SIBLING},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (span_eq(s, kinds[i].text)) {
			*ret_kind = kinds[i].kind;
			return REL_LINK;
		}
	}
	return REL_BAD_KIND;
}

/* Takes a plain number and the '|' behind it off the rest; false, and nothing taken, when something
 * else is there. Nearly all fields are such, and files have half a million of them. */
static bool take_number(struct span *rest, asn_t *ret_asn)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < rest->n && i < 10 && ascii_is_digit(rest->p[i]))
		n = n * 10 + (uint64_t)(rest->p[i++] - '0');
	if (i == 0 || i == rest->n || rest->p[i] != '|' || n > UINT32_MAX)
		return false;
	*ret_asn = (asn_t)n;
	*rest = span_skip(*rest, i + 1);
	return true;
}

/* Takes any field; true when it is an AS number in any form. */
static bool take_asn(struct span *rest, asn_t *ret_asn)
{
	struct span field;

	return take_number(rest, ret_asn) ||
	       (span_cut(rest, '|', &field) && asn_parse(field, ret_asn) == 0);
}

static int parse_link(struct span line, struct rel *ret_rel)
{
	struct span rest = line, kind, more;
	bool good = take_asn(&rest, &ret_rel->a);

	good &= take_asn(&rest, &ret_rel->b);
	ret_rel->source = (struct span){NULL, 0};
	if (!span_cut(&rest, '|', &kind))
		return REL_BAD_FIELDS;
	if (span_cut(&rest, '|', &ret_rel->source) && span_cut(&rest, '|', &more))
		return REL_BAD_FIELDS;
	return good ? parse_kind(kind, &ret_rel->kind) : REL_BAD_ASN;
}

bool rel_text_is(struct span line)
{
	unsigned long long number;
	struct rel rel;

	return parse_link(span_trim(line), &rel) == REL_LINK &&
	       span_number(rel.source, UINT32_MAX, &number) < 0;
}

/* Members stand between blanks. What is no number is passed over, as comments are. */
static int take_clique(struct graph_builder *b, struct span list)
{
	struct span word;
	asn_t asn;
	int rc = 0;

	while (rc == 0 && span_cut(&list, ' ', &word)) {
		if (asn_parse(span_trim(word), &asn) == 0)
			rc = graph_builder_clique(b, asn);
	}
	return rc < 0 ? rc : REL_COMMENT;
}

/* "topology|BGP|20100701|...": the day is the third field. */
static int take_source(struct span list, int32_t *ret_day)
{
	struct span field = {NULL, 0};

	for (int i = 0; i < 3; i++) {
		if (!span_cut(&list, '|', &field))
			return REL_COMMENT;
	}
	return day_parse(span_trim(field), ret_day) == 0 ? REL_DAY : REL_COMMENT;
}

static int take_comment(struct graph_builder *b, struct span text, int32_t *ret_day)
{
	static const struct span cliques[] = {{"inferred clique:", 16}, {"input clique:", 13}};
	struct span source = SPAN("source:");

	for (int i = 0; i < 2; i++) {
		if (span_starts(text, cliques[i]))
			return take_clique(b, span_skip(text, cliques[i].n));
	}
	return span_starts(text, source) ? take_source(span_skip(text, source.n), ret_day)
					 : REL_COMMENT;
}

int rel_text_line(struct graph_builder *b, struct span line, int32_t *ret_day)
{
	struct rel rel;

	line = span_trim(line);
	if (!line.n)
		return REL_COMMENT;
	if (line.p[0] == '#')
		return take_comment(b, span_trim(span_skip(line, 1)), ret_day);
	int rc = parse_link(line, &rel);

	if (rc == REL_LINK)
		rc = graph_builder_link(b, rel.a, rel.b, rel.kind);
	return rc;
}

/* A text of the graph's, which a stranger may have made, as one line of a comment. */
static void write_comment(FILE *to, const char *before, struct span text)
{
	if (!text.n)
		return;
	fputs(before, to);
	for (size_t i = 0; i < text.n; i++)
		putc((unsigned char)text.p[i] < ' ' || text.p[i] == 127 ? ' ' : text.p[i], to);
	putc('\n', to);
}

static void write_head(const struct graph *g, FILE *to)
{
	char day[DAY_TEXT];
	bool any = false;

	day_format(g->info.day, day);
	fprintf(to, "# source:topology|BGP|%.4s%.2s%.2s", day, day + 5, day + 8);
	write_comment(to, "|", g->info.source.n ? g->info.source : SPAN("-"));
	write_comment(to, "# method: ", g->info.method);
	write_comment(to, "# terms: ", g->info.terms);
	for (uint32_t i = 0; i < g->nodes; i++) {
		if (g->flags[i] & GRAPH_CLIQUE)
			fprintf(to, "%s %u", any ? "" : "# inferred clique:", g->asn[i]);
		any |= g->flags[i] & GRAPH_CLIQUE;
	}
	if (any)
		putc('\n', to);
}

/* The part of an ascending run behind a node. */
static struct nodes behind(struct nodes run, uint32_t node)
{
	while (run.n && *run.node <= node) {
		run.node++;
		run.n--;
	}
	return run;
}

/* The links of a node that are written with it in front, merged by the other's number. */
static void write_links(const struct graph *g, uint32_t node, FILE *to)
{
	static const char *const kind[] = {"-1", "0", "2"};
	struct nodes run[] = {
		graph_neighbours(g, node, LINK_CUSTOMER),
		behind(graph_neighbours(g, node, LINK_PEER), node),
		behind(graph_neighbours(g, node, LINK_SIBLING), node),
	};

	for (;;) {
		int first = -1;

		for (int i = 0; i < 3; i++) {
			if (run[i].n && (first < 0 || *run[i].node < *run[first].node))
				first = i;
		}
		if (first < 0)
			return;
		fprintf(to, "%u|%u|%s\n", g->asn[node], g->asn[*run[first].node], kind[first]);
		run[first].node++;
		run[first].n--;
	}
}

int rel_text_write(const struct graph *g, FILE *to)
{
	errno = 0;
	write_head(g, to);
	for (uint32_t i = 0; i < g->nodes; i++)
		write_links(g, i, to);
	if (fflush(to) != 0 || ferror(to))
		return errno ? -errno : -EIO;
	return 0;
}
