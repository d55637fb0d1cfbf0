/* cordon depeer: what would follow if some networks stopped carrying others. */
#include "cli/asked.h"
#include "cli/cli.h"
#include "cli/depeer_answer.h"
#include "cli/depeer_json.h"
#include "cli/depeer_svg.h"
#include "cli/depeer_text.h"
#include "show/clean.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SECONDS 2
#define BIGGEST 10

/* The command line, then what it comes to in the graph. */
struct options {
	struct asked asked;
	const char *cut, *keep, *reach, *weights;
	unsigned long seconds, biggest;
	bool links;
	double share; /* of --reach; negative when it was not given */
};

struct nodes_asked {
	struct as_list ases;
	uint32_t *node; /* node[n]: of those that the graph has; owned */
	size_t n;
};

struct lists {
	struct nodes_asked targets, cut, keep;
};

static void lists_done(struct lists *l)
{
	struct nodes_asked *const all[] = {&l->targets, &l->cut, &l->keep};

	for (size_t i = 0; i < 3; i++) {
		as_list_done(&all[i]->ases);
		free(all[i]->node);
	}
}

/* "5%" or "0.05". Returns false for anything else, or beyond 0 .. 1. */
static bool read_share(const char *text, double *ret_share)
{
	size_t digits = strspn(text, "0123456789.");
	bool percent = !strcmp(text + digits, "%");
	char *end;

	if (text[digits] && !percent)
		return false;
	double share = strtod(text, &end) / (percent ? 100 : 1);

	if (!digits || end != text + digits || share > 1)
		return false;
	*ret_share = share;
	return true;
}

/* Who is asked to stop cannot be counted among those who never will. */
static int check_apart(
	const struct usage *usage, const struct as_list *cut, const struct as_list *keep)
{
	for (size_t i = 0; i < cut->n; i++)
		for (size_t k = 0; k < keep->n; k++)
			if (cut->asn[i] == keep->asn[k])
				return usage_error(
					usage, "AS%u is in --cut and in --keep", cut->asn[i]);
	return EXIT_DONE;
}

static int read_lists(
	struct options *o, const struct usage *usage, int n, char **arguments, struct lists *l)
{
	int code = EXIT_DONE;

	for (int i = 0; i < n && code == EXIT_DONE; i++)
		code = as_list_read(&l->targets.ases, usage, "", arguments[i]);
	if (code == EXIT_DONE)
		code = as_list_read(&l->cut.ases, usage, "--cut", o->cut);
	if (code == EXIT_DONE)
		code = as_list_read(&l->keep.ases, usage, "--keep", o->keep);
	if (code == EXIT_DONE)
		code = check_apart(usage, &l->cut.ases, &l->keep.ases);
	o->share = -1;
	if (code == EXIT_DONE && o->reach && !read_share(o->reach, &o->share))
		code = usage_error(
			usage, "--reach takes a share such as 5%% or 0.05, not '%s'", o->reach);
	return code;
}

/* The exit code that says more; all of them rank by number. */
static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* A target cannot be asked to stop, nor be kept: it is what all this is about. */
static bool clashes(const struct usage *usage, const struct nodes_asked *targets,
	const struct nodes_asked *others, const char *what)
{
	for (size_t i = 0; i < targets->n; i++) {
		for (size_t k = 0; k < others->n; k++) {
			if (targets->node[i] != others->node[k])
				continue;
			usage_error(usage, "AS%u is itself to be cut off: it is no %s",
				targets->ases.asn[i], what);
			return true;
		}
	}
	return false;
}

/* Weights that could not be used, on standard error. */
static int tell_weights(const struct weights_report *r)
{
	struct buf bad = {0};

	if (r->unknown)
		fprintf(stderr, "cordon: weights of %ju AS numbers that are not in the graph\n",
			(uintmax_t)r->unknown);
	if (!r->bad)
		return EXIT_DONE;
	clean_text(&bad, span_cstr(r->first_bad));
	fprintf(stderr, "cordon: %ju lines of weights not understood, the first: %.*s\n",
		(uintmax_t)r->bad, SPAN_ARG(buf_span(&bad)));
	buf_done(&bad);
	return EXIT_INPUT;
}

/* What reach is counted in; *found also tells of weights that were passed over. */
static int take_measures(const struct options *o, struct measures *m, int *found)
{
	const struct atlas *a = &o->asked.atlas;
	struct weights_report report = {0};
	struct err err;

	if (measures_new(a->graph, a->addresses.list, a->addresses.n, m) < 0)
		return asked_short_of_memory();
	if (!o->weights)
		return EXIT_DONE;
	int rc = measures_add_weights(m, a->graph, o->weights, &report, &err);

	*found = worse(*found, tell_weights(&report));
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
}

/* All outputs that are asked for. */
static int put_answer(const struct asked *q, const struct depeer_answer *a)
{
	struct buf text = {0}, svg = {0};
	int code = EXIT_DONE;

	if (q->json && !asked_svg_alone(q)) {
		code = asked_print_json(depeer_json(a));
	} else if (!asked_svg_alone(q)) {
		depeer_text(&text, a);
		code = asked_print(&text);
	}
	if (code == EXIT_DONE && q->svg) {
		depeer_svg(&svg, a);
		code = asked_write_svg(q, &svg);
	}
	return code;
}

static int answer(const struct options *o, const struct lists *l, const struct measures *m)
{
	const struct depeer_question question = {
		.targets = l->targets.node,
		.ntargets = l->targets.n,
		.cut = l->cut.node,
		.ncut = l->cut.n,
		.all_transit = !o->cut,
		.keep = l->keep.node,
		.nkeep = l->keep.n,
		.links_only = o->links,
		.measures = m,
		.biggest = o->biggest > UINT32_MAX ? UINT32_MAX : (uint32_t)o->biggest,
	};
	const struct starve_question limit = {
		.targets = question.targets,
		.ntargets = question.ntargets,
		.keep = question.keep,
		.nkeep = question.nkeep,
		.measure = &m->m[o->weights ? m->n - 1 : 0],
		.share = o->share,
		.seconds = (double)o->seconds,
	};
	struct depeer_answer a;

	if (depeer_answer_find(&o->asked.atlas, &question, o->share < 0 ? NULL : &limit, &a) < 0)
		return asked_short_of_memory();
	int code = put_answer(&o->asked, &a);

	depeer_answer_done(&a);
	return code;
}

static int find_nodes(struct options *o, struct lists *l)
{
	struct nodes_asked *const all[] = {&l->targets, &l->cut, &l->keep};
	int found = EXIT_DONE;

	for (size_t i = 0; i < 3; i++)
		found = worse(
			found, asked_nodes(&o->asked, &all[i]->ases, &all[i]->node, &all[i]->n));
	return found;
}

/*
 * From the graph on. Numbers that it does not have are told and left out; but without a target
 * there is nothing to ask, and with nobody left of --cut it would be another question.
 */
static int run(struct options *o, const struct usage *usage, struct lists *l)
{
	struct measures m = {0};
	int code = asked_open(&o->asked, usage);

	if (code != EXIT_DONE)
		return code;
	int found = find_nodes(o, l);

	if (found == EXIT_SYSTEM || !l->targets.n || (o->cut && !l->cut.n))
		return found;
	if (clashes(usage, &l->targets, &l->cut, "--cut") ||
		clashes(usage, &l->targets, &l->keep, "--keep"))
		return EXIT_USAGE;
	code = take_measures(o, &m, &found);
	if (code == EXIT_DONE)
		code = answer(o, l, &m);
	measures_done(&m);
	return worse(code, found);
}

int depeer_main(int argc, char **argv)
{
	static const struct usage usage = {"depeer", "AS...",
		"Tells what would follow if networks stopped carrying AS: who still reaches it, "
		"who "
		"else\nis hurt, how it would come back, and which few suffice.",
		"Without --cut all who sell it transit stop. A network that stops takes no route "
		"through\n"
		"AS from anybody and gives none on; with --links it only ends its own links. AS is "
		"a\n"
		"number such as AS64500 or 64500, or a list of them parted by commas, which are "
		"taken\n"
		"together.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	struct options o = {.seconds = SECONDS, .biggest = BIGGEST};
	struct lists l = {0};
	const struct option_row rows[] = {
		{"cut", 0, OPTION_STRING, &o.cut, "AS,...", "who stops (all who sell it transit)"},
		{"keep", 0, OPTION_STRING, &o.keep, "AS,...", "who will never stop"},
		{"links", 0, OPTION_FLAG, &o.links, NULL,
			"only links with AS end; routes over others stay"},
		{"reach", 0, OPTION_STRING, &o.reach, "SHARE",
			"also the fewest who leave it at most 5% or 0.05"},
		{"seconds", 0, OPTION_NUMBER, &o.seconds, "S",
			"how long to search for these (2; 0: to the end)"},
		{"weights", 0, OPTION_STRING, &o.weights, "FILE",
			"count reach in weights too: lines 'AS WEIGHT'; '-': standard input"},
		{"biggest", 0, OPTION_NUMBER, &o.biggest, "N",
			"how many of the biggest networks to tell of (10)"},
		ASKED_OPTIONS(o.asked),
		{0},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no AS given");
	code = read_lists(&o, &usage, argc - first, argv + first, &l);
	if (code == EXIT_DONE)
		code = run(&o, &usage, &l);
	lists_done(&l);
	asked_close(&o.asked);
	return code;
}
