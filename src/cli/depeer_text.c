/*
 * The report goes from what somebody must know at once to what they look up later: will it work;
 * what that rests on; who stops; what is reached; who is hurt; how they come back; who suffices;
 * who to ask first.
 */
#include "cli/depeer_text.h"

#include "cli/report.h"
#include "cli/term.h"
#include "show/clean.h"
#include "show/words.h"

#define WIDTH     DEPEER_TEXT_WIDTH
#define NEXT_MOST 5  /* the likeliest; the JSON has more */
#define NUMBER    14 /* of a row: two blanks, the AS number, and room behind it */

static void put_heading(struct buf *to, const char *words)
{
	buf_printf(to, "\n%s%s%s\n", term_colour(COLOUR_BOLD), words, term_colour(COLOUR_NONE));
}

/* Takes the blanks at the end of a line away, and ends it. */
static void end_line(struct buf *to)
{
	while (to->n && to->p[to->n - 1] == ' ')
		to->n--;
	buf_byte(to, '\n');
}

/* A paragraph, which is then empty again. */
static void put_paragraph(struct buf *to, struct buf *text)
{
	words_wrap(to, buf_span(text), 2, 2, WIDTH);
	to->failed |= text->failed;
	buf_done(text);
}

/* A row's beginning: who it is, so that `right` columns are left. */
static void begin_row(struct buf *to, const struct depeer_answer *a, uint32_t node, int right)
{
	struct buf label = {0};

	buf_printf(to, "  AS%-*u", NUMBER - 4, a->atlas->graph->asn[node]);
	atlas_label(&label, a->atlas, node);
	clean_cell(to, buf_span(&label), WIDTH - NUMBER - right);
	buf_done(&label);
}

static void begin_head(struct buf *to, int right)
{
	buf_printf(to, "  %-*s%-*s", NUMBER - 2, "network", WIDTH - NUMBER - right, "holder");
}

/* A cell at the right of its columns; text is then empty again. */
static void put_right(struct buf *to, struct buf *text, int width)
{
	struct span s = buf_span(text);

	buf_printf(to, "%*s", width - clean_columns(s), "");
	buf_add(to, s);
	to->failed |= text->failed;
	buf_done(text);
}

static void put_share(struct buf *to, double share, int width)
{
	struct buf text = {0};

	words_share(&text, share);
	put_right(to, &text, width);
}

static void put_number(struct buf *to, double n, int width)
{
	struct buf text = {0};

	words_number(&text, n);
	put_right(to, &text, width);
}

static const struct measure *measure(const struct depeer_answer *a, size_t i)
{
	return &a->question->measures->m[i];
}

static void put_title(struct buf *to, const struct depeer_answer *a)
{
	struct buf text = {0};

	buf_str(to, term_colour(COLOUR_BOLD));
	for (size_t i = 0; i < a->question->ntargets; i++) {
		atlas_name(to, a->atlas, a->question->targets[i], WIDTH - NUMBER);
		buf_byte(to, '\n');
	}
	buf_str(to, term_colour(COLOUR_NONE));
	buf_byte(to, '\n');
	depeer_verdict(&text, a);
	words_wrap(to, buf_span(&text), 0, 0, WIDTH);
	buf_done(&text);
}

static void put_grounds(struct buf *to, const struct depeer_answer *a)
{
	struct buf text = {0};

	put_heading(to, "What this rests on");
	atlas_graph_words(&text, a->atlas);
	put_paragraph(to, &text);
	atlas_table_words(&text, a->atlas);
	put_paragraph(to, &text);
	buf_str(&text, a->question->links_only
			       ? "Who stops ends its own links with "
			       : "Who stops takes no route from anybody that leads through ");
	depeer_targets(&text, a);
	buf_str(&text, a->question->links_only ? ", and takes the routes that others offer."
					       : ", and gives none on.");
	put_paragraph(to, &text);
}

/* What a node is to the targets: "provider", "peer", or that it has no link with them. */
static const char *relation(const struct depeer_answer *a, uint32_t node)
{
	enum link_kind kind;

	for (size_t i = 0; i < a->question->ntargets; i++)
		if (graph_link(a->atlas->graph, a->question->targets[i], node, &kind))
			return link_kind_name(kind);
	return "no link";
}

static void put_stopping(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	struct buf text = {0};

	put_heading(to, "Who stops");
	for (size_t i = 0; i < d->ncut; i++) {
		begin_row(to, a, d->cut[i], 17);
		buf_printf(to, "  %s\n", relation(a, d->cut[i]));
	}
	if (!d->ncut)
		buf_str(to, d->nremaining ? "  nobody: all who sell it transit are kept\n"
					  : "  nobody: there is no transit to end\n");
	if (d->nstrangers && a->question->links_only) {
		buf_str(&text, "Those without a link have none to end.");
		put_paragraph(to, &text);
	}
	if (a->question->nkeep) {
		buf_str(&text, "Not counted on: ");
		atlas_numbers(
			&text, a->atlas, a->question->keep, a->question->nkeep, a->question->nkeep);
		buf_byte(&text, '.');
		put_paragraph(to, &text);
	}
}

static void put_measures(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;

	put_heading(to, "Who still reaches it");
	buf_printf(to, "  %-26s%16s%12s%12s\n", "counted in", "in all", "before", "after");
	for (size_t i = 0; i < a->question->measures->n; i++) {
		buf_printf(to, "  %-26s", depeer_counts(measure(a, i)));
		put_number(to, measure(a, i)->total, 16);
		put_share(to, d->reach_before.of[i], 12);
		put_share(to, d->reach_after.of[i], 12);
		buf_byte(to, '\n');
	}
}

/* How a network has its route, in a word. */
static const char *route_words(uint8_t class)
{
	static const char *const words[] = {
		[ROUTE_NONE] = "no route",
		[ROUTE_ORIGIN] = "itself",
		[ROUTE_CUSTOMER] = "by customer",
		[ROUTE_PEER] = "by peer",
		[ROUTE_PROVIDER] = "by provider",
	};

	return words[class];
}

static void put_biggest(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	size_t lost = 0;

	if (!d->nbiggest)
		return;
	put_heading(to, "The biggest networks");
	begin_head(to, 37);
	buf_printf(to, "%11s%13s%13s\n", "below it", "before", "after");
	for (size_t i = 0; i < d->nbiggest; i++) {
		const struct depeer_network *n = &d->biggest[i];

		lost += n->before != ROUTE_NONE && n->after == ROUTE_NONE;
		begin_row(to, a, n->node, 37);
		put_number(to, a->atlas->graph->cone[n->node], 11);
		buf_printf(to, "%13s%13s\n", route_words(n->before), route_words(n->after));
	}
	buf_printf(to, "  %zu of these %zu no longer reach it.\n", lost, d->nbiggest);
}

/* Before and after, upstreams, and what it owns by the measure that tells most. */
#define HURT_COLUMNS 46

static void put_hurt_row(struct buf *to, const struct depeer_answer *a, const struct depeer_hurt *h)
{
	size_t chief = depeer_chief(a);

	begin_row(to, a, h->node, HURT_COLUMNS);
	put_share(to, h->before.of[0], 9);
	put_share(to, h->after.of[0], 9);
	buf_printf(to, "%5u ->%3u", h->upstreams_before, h->upstreams_after);
	if (chief)
		put_number(to, h->owns[chief], 17);
	end_line(to);
}

static void put_hurt(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	size_t chief = depeer_chief(a);
	struct buf text = {0};

	put_heading(to, "Who else is hurt");
	depeer_hurt_words(&text, a);
	put_paragraph(to, &text);
	if (!d->nhurt)
		return;
	begin_head(to, HURT_COLUMNS);
	buf_printf(to, "%9s%9s%11s%17s", "before", "after", "upstreams",
		chief ? depeer_counts(measure(a, chief)) : "");
	end_line(to);
	for (size_t i = 0; i < d->nhurt; i++) {
		if (i == 0 || d->hurt[i].single_homed != d->hurt[i - 1].single_homed) {
			buf_str(to, d->hurt[i].single_homed ? "  with no other upstream than "
							    : "  with others than ");
			depeer_targets(to, a);
			buf_str(to, ":\n");
		}
		put_hurt_row(to, a, &d->hurt[i]);
	}
}

static void put_return(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	struct buf text = {0};

	put_heading(to, "The way back");
	if (d->nremaining) {
		buf_str(to, "  Transit that remains:\n");
		for (size_t i = 0; i < d->nremaining; i++) {
			begin_row(to, a, d->remaining[i], 0);
			end_line(to);
		}
	} else {
		buf_str(to, "  No transit remains.\n");
	}
	if (d->nnext)
		buf_str(to, "  Who may carry it next, the likeliest first:\n");
	else if (!d->nremaining)
		buf_str(to, "  Nobody stands out who may carry it next.\n");
	for (size_t i = 0; i < d->nnext && i < NEXT_MOST; i++) {
		begin_row(to, a, d->next[i].node, 0);
		end_line(to);
		depeer_candidate_words(&text, &d->next[i]);
		words_wrap(to, buf_span(&text), NUMBER, NUMBER, WIDTH);
		buf_done(&text);
	}
}

static void put_part(struct buf *to, const struct depeer_answer *a)
{
	const struct part_sets *p = &a->part;
	struct buf text = {0};

	put_heading(to, "The few that suffice");
	depeer_part_words(&text, a);
	put_paragraph(to, &text);
	for (uint32_t i = 0; p->state == PART_FOUND && i < p->sets; i++) {
		if (p->sets > 1)
			buf_printf(to, "  %u.\n", i + 1);
		for (uint32_t k = 0; k < p->size; k++) {
			begin_row(to, a, p->set[i * p->size + k], 17);
			buf_printf(to, "  %s\n", relation(a, p->set[i * p->size + k]));
		}
	}
	if (p->state == PART_FOUND && p->more)
		buf_str(to, "  and there are more of that size\n");
}

static void put_starve(struct buf *to, const struct depeer_answer *a)
{
	struct buf text = {0};

	if (!a->limit)
		return;
	buf_str(&text, "The few that leave it at most ");
	words_share(&text, a->limit->share);
	buf_printf(&text, " of %s", depeer_counts(a->limit->measure));
	buf_byte(&text, '\0');
	put_heading(to, text.p ? text.p : "");
	buf_clear(&text);
	depeer_starve_words(&text, a);
	put_paragraph(to, &text);
	for (uint32_t i = 0; i < a->starve.n; i++) {
		begin_row(to, a, a->starve.set[i], 17);
		buf_printf(to, "  %s\n", relation(a, a->starve.set[i]));
	}
}

#define SHARE_COLUMNS 8

static void put_neighbour(
	struct buf *to, const struct depeer_answer *a, const struct depeer_neighbour *n, int right)
{
	size_t chief = depeer_chief(a);

	begin_row(to, a, n->node, right);
	buf_printf(to, " %c %-8s", n->cut ? '*' : ' ', link_kind_name(n->kind));
	put_share(to, n->takes.of[0], SHARE_COLUMNS);
	if (chief)
		put_share(to, n->takes.of[chief], SHARE_COLUMNS);
	put_share(to, n->alone.of[0], SHARE_COLUMNS);
	if (chief)
		put_share(to, n->alone.of[chief], SHARE_COLUMNS);
	buf_byte(to, '\n');
}

static void put_neighbour_head(struct buf *to, const struct depeer_answer *a, int right)
{
	size_t chief = depeer_chief(a);
	const char *other = !chief                                    ? ""
			    : strcmp(measure(a, chief)->name, "ipv4") ? "weight"
								      : "IPv4";
	int columns = chief ? SHARE_COLUMNS : 0;

	begin_head(to, right);
	buf_printf(to, "   %-8s%*s%*s%*s%*s\n", "is its", SHARE_COLUMNS, "takes", columns, other,
		SHARE_COLUMNS, "leaves", columns, other);
}

static bool takes_nothing(const struct depeer_answer *a, const struct depeer_neighbour *n)
{
	for (size_t i = 0; i < a->question->measures->n; i++)
		if (n->takes.of[i] > 0 || n->alone.of[i] > 0)
			return false;
	return true;
}

/* Each neighbour that matters by itself, the one to ask first on top. */
static void put_neighbours(struct buf *to, const struct depeer_answer *a)
{
	const struct depeer *d = &a->depeer;
	size_t chief = depeer_chief(a), idle = 0;
	int right = 11 + (chief ? 4 : 2) * SHARE_COLUMNS;
	struct buf text = {0};

	if (!d->nneighbours)
		return;
	put_heading(to, "Each neighbour alone");
	buf_str(&text,
		a->question->links_only
			? "What would be taken away if this one ended its links, and what this "
			  "one alone would leave if all other transit and peers ended theirs. "
			: "What the refusal of this one would take away, and what this one alone "
			  "would leave if all other transit and peers refused. ");
	buf_str(&text, "Those with a * are among those that stop.");
	put_paragraph(to, &text);
	put_neighbour_head(to, a, right);
	for (size_t i = 0; i < d->nneighbours; i++) {
		if (takes_nothing(a, &d->neighbours[i]))
			idle++;
		else
			put_neighbour(to, a, &d->neighbours[i], right);
	}
	if (idle) {
		buf_str(to, "  and ");
		words_count(to, idle, "neighbour that changes nothing",
			"neighbours that change nothing");
		buf_byte(to, '\n');
	}
}

void depeer_text(struct buf *to, const struct depeer_answer *a)
{
	put_title(to, a);
	put_grounds(to, a);
	put_stopping(to, a);
	put_measures(to, a);
	put_biggest(to, a);
	put_hurt(to, a);
	put_return(to, a);
	put_part(to, a);
	put_starve(to, a);
	put_neighbours(to, a);
}
