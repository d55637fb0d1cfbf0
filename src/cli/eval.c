/*
 * cordon eval: the TREC protocol. Features are taken on all cores; judging and learning, where the
 * order counts, on one. Nothing is read from or written to the state directory.
 */
#include "base/file.h"
#include "cli/mail_index.h"
#include "cli/mailrun.h"
#include "cli/roc_svg.h"
#include "cli/site.h"
#include "judge/roc.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define LIST_MOST ((size_t)1 << 30)

enum feedback { FEEDBACK_IMMEDIATE, FEEDBACK_DELAYED, FEEDBACK_PARTIAL, FEEDBACK_NONE };

/* What became of a message of the index. */
struct entry {
	bool told; /* whether the judge is told its label */
	bool judged;
	double score;
	bool called_spam; /* by the threshold in force when it was judged */
	void *features;   /* kept until it is learned */
};

struct eval {
	struct site site;
	struct starter *starter;
	struct model *model;
	struct mail_index index;
	struct entry *entry; /* one for each of the index's */
	size_t at;           /* the entry whose file is being taken */
	size_t learned_to;   /* entries before it were learned, or need not be */
	enum feedback feedback;
	size_t delay;
	FILE *scores;
};

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	const struct eval *e = context;
	struct verdict *v;
	int rc = judge_look(bench, m->raw, &e->site.relays, &v);

	(void)rows;
	if (rc < 0)
		return rc;
	size_t bytes = features_bytes(v->features);

	m->kept = malloc(bytes);
	if (!m->kept)
		return -ENOMEM;
	memcpy(m->kept, v->features, bytes);
	return 0;
}

static void learn_entry(struct eval *e, size_t i)
{
	struct entry *x = &e->entry[i];

	if (x->features && x->told)
		model_learn(e->model, e->starter, x->features, e->index.entry[i].spam);
	free(x->features);
	x->features = NULL;
}

static int take(void *context, struct mail *m, struct err *err)
{
	struct eval *e = context;
	const struct mail_index_entry *named = mail_index_find(&e->index, m->path, &e->at);
	struct entry *x = &e->entry[e->at];
	struct opinion o;

	if (!named || x->judged)
		return err_set(err, -EINVAL,
			"%s: holds more than one message, or is named twice; an index names one a file",
			m->path);
	model_opinion(e->model, e->starter, m->kept, &o);
	x->judged = true;
	x->score = o.probability;
	x->called_spam =
		o.log_odds >= model_threshold(e->model, e->starter, e->site.config.ham_loss);
	x->features = m->kept;
	m->kept = NULL;
	fprintf(e->scores, "%s %.17g %s\n", named->spam ? "spam" : "ham", x->score, named->path);
	for (; e->learned_to + e->delay <= e->at; e->learned_to++)
		learn_entry(e, e->learned_to);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp((*(const struct mail_index_entry *const *)a)->path,
		(*(const struct mail_index_entry *const *)b)->path);
}

/* Marks the entries whose paths the list names, one a line, as those whose label is told. */
static int read_partial(struct eval *e, const char *list, struct err *err)
{
	const size_t n = e->index.n, one = sizeof(struct mail_index_entry *);
	const struct mail_index_entry **sorted = calloc(n, one);
	struct buf text = {0};
	int rc = sorted ? file_read(list, LIST_MOST, &text, err)
			: err_sys(err, -ENOMEM, "%s", list);
	struct span rest = buf_span(&text), line;

	for (size_t i = 0; rc == 0 && i < n; i++)
		sorted[i] = &e->index.entry[i];
	if (rc == 0)
		qsort(sorted, n, one, by_path);
	while (rc == 0 && span_line(&rest, &line)) {
		char path[PATH_MAX];
		const struct mail_index_entry want = {.path = path}, *key = &want, **got;

		line = span_trim(line);
		snprintf(path, sizeof(path), "%.*s", SPAN_ARG(line));
		got = line.n ? bsearch(&key, sorted, n, one, by_path) : NULL;
		if (got)
			e->entry[*got - e->index.entry].told = true;
		else if (line.n)
			rc = err_set(err, -EINVAL, "%s: '%s' is not in the index", list, path);
	}
	free(sorted);
	buf_done(&text);
	return rc;
}

/* "immediate", "delayed:N", "partial:LIST", "none"; false for anything else. */
static bool read_feedback(struct eval *e, const char *text, const char **ret_list)
{
	unsigned long long n;

	if (!strcmp(text, "immediate"))
		e->feedback = FEEDBACK_IMMEDIATE;
	else if (!strcmp(text, "none"))
		e->feedback = FEEDBACK_NONE;
	else if (!strncmp(text, "partial:", 8) && text[8])
		e->feedback = FEEDBACK_PARTIAL, *ret_list = text + 8;
	else if (!strncmp(text, "delayed:", 8) &&
		 !span_number(span_cstr(text + 8), SIZE_MAX / 2, &n))
		e->feedback = FEEDBACK_DELAYED, e->delay = (size_t)n;
	else
		return false;
	return true;
}

/* What the budget of ham promised and what was lost by the thresholds as they were at the time. */
struct spent {
	double ham_lost, spam_caught;
};

static struct spent budget_spent(const struct eval *e)
{
	double ham = 0, spam = 0, lost = 0, caught = 0;

	for (size_t i = 0; i < e->index.n; i++) {
		const struct entry *x = &e->entry[i];

		if (!x->judged)
			continue;
		bool is_spam = e->index.entry[i].spam;

		ham += !is_spam;
		spam += is_spam;
		lost += !is_spam && x->called_spam;
		caught += is_spam && x->called_spam;
	}
	return (struct spent){lost / ham, caught / spam};
}

static size_t judged(const struct eval *e, struct scored *s)
{
	size_t n = 0;

	for (size_t i = 0; i < e->index.n; i++)
		if (e->entry[i].judged)
			s[n++] = (struct scored){e->entry[i].score, e->index.entry[i].spam};
	return n;
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void print_text(
	const struct eval *e, const struct roc_result *r, struct spent b, double rate)
{
	printf("messages            %zu ham, %zu spam\n", r->ham, r->spam);
	printf("(1-ROCA) %%          %.5f  (95 %% interval %.5f .. %.5f)\n", 100 * r->roca1,
		100 * r->low, 100 * r->high);
	printf("spam missed         %.3f %% at 0.1 %% ham loss, %.3f %% at none\n",
		100 * r->missed_at_01, 100 * r->missed_at_0);
	printf("at probability 0.5  %.4f %% of ham lost, %.4f %% of spam missed, lam %.4f %%\n",
		100 * r->ham_lost, 100 * r->spam_missed, 100 * r->lam);
	printf("budget of ham       %.4f %% allowed, %.4f %% truly lost; %.2f %% of spam found\n",
		100 * e->site.config.ham_loss, 100 * b.ham_lost, 100 * b.spam_caught);
	printf("Brier score         %.5f\n", r->brier);
	printf("calibration error   %.5f expected, over %d bins:\n\n", r->ece, ROC_BINS);
	printf("  probability      messages  expected  observed\n");
	for (int i = 0; i < ROC_BINS; i++)
		if (r->bin[i].n)
			printf("  %.3f .. %.3f  %9zu  %8.4f  %8.4f\n", (double)i / ROC_BINS,
				(double)(i + 1) / ROC_BINS, r->bin[i].n, r->bin[i].expected,
				r->bin[i].observed);
	printf("\n%.0f messages a second, %.1f MiB of memory at the most\n", rate,
		(double)peak_kib() / 1024);
}

static int print_json(const struct eval *e, const struct roc_result *r, struct spent b, double rate)
{
	json_t *bins = json_array();

	for (int i = 0; i < ROC_BINS; i++)
		json_array_append_new(bins,
			json_pack("{s:f, s:f, s:I, s:f, s:f}", "from", (double)i / ROC_BINS, "to",
				(double)(i + 1) / ROC_BINS, "messages", (json_int_t)r->bin[i].n,
				"expected", r->bin[i].expected, "observed", r->bin[i].observed));
	json_t *j = json_pack("{s:I, s:I, s:f, s:[f, f], s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
		"ham", (json_int_t)r->ham, "spam", (json_int_t)r->spam, "roca1_pct", 100 * r->roca1,
		"roca1_ci95", 100 * r->low, 100 * r->high, "sm_at_hm01_pct", 100 * r->missed_at_01,
		"sm_at_hm0_pct", 100 * r->missed_at_0, "hm_pct", 100 * r->ham_lost, "sm_pct",
		100 * r->spam_missed, "lam_pct", 100 * r->lam, "budget_pct",
		100 * e->site.config.ham_loss, "budget_lost_pct", 100 * b.ham_lost,
		"budget_found_pct", 100 * b.spam_caught);

	if (!j)
		return EXIT_SYSTEM;
	json_object_set_new(j, "brier", json_real(r->brier));
	json_object_set_new(j, "ece", json_real(r->ece));
	json_object_set_new(j, "calibration", bins);
	json_object_set_new(j, "messages_per_s", json_real(rate));
	json_object_set_new(j, "peak_mib", json_real((double)peak_kib() / 1024));
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
	return EXIT_DONE;
}

static int write_plot(const char *path, const struct scored *s, size_t n,
	const struct roc_result *r, struct spent b, struct err *err)
{
	struct roc_point *p;
	struct buf svg = {0};
	char title[128];
	size_t points;
	int rc = roc_curve(s, n, &p, &points);

	if (rc < 0)
		return err_sys(err, rc, "%s", path);
	snprintf(title, sizeof(title), "%zu ham, %zu spam: (1-ROCA) %.4f %%", r->ham, r->spam,
		100 * r->roca1);
	roc_svg(&svg, p, points, (struct roc_point){b.ham_lost, b.spam_caught}, title);
	struct span text = buf_span(&svg);

	rc = buf_ok(&svg) ? file_replace(path, &text, 1, err) : err_sys(err, -ENOMEM, "%s", path);
	buf_done(&svg);
	free(p);
	return rc;
}

static int report(const struct eval *e, const char *plot, bool json, double seconds)
{
	struct scored *s = calloc(e->index.n, sizeof(*s));
	struct roc_result r;
	struct err err;
	size_t n = s ? judged(e, s) : 0;
	int rc = s ? roc_evaluate(s, n, &r) : -ENOMEM, code = EXIT_DONE;

	if (rc < 0) {
		err_set(&err, rc,
			rc == -EINVAL ? "the index needs both ham and spam that can be read"
				      : "memory is short");
		tell_error(&err);
		free(s);
		return rc == -EINVAL ? EXIT_INPUT : EXIT_SYSTEM;
	}
	struct spent b = budget_spent(e);
	double rate = (double)n / fmax(seconds, 1e-9);

	if (json)
		code = print_json(e, &r, b, rate);
	else
		print_text(e, &r, b, rate);
	if (write_plot(plot, s, n, &r, b, &err) < 0) {
		tell_error(&err);
		code = EXIT_SYSTEM;
	}
	free(s);
	return code;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int prepare(struct eval *e, const char *index, const char *list, bool starter,
	const char *scores, struct err *err)
{
	int rc = mail_index_read(index, &e->index, err);

	if (rc == 0 && !(e->entry = calloc(e->index.n, sizeof(*e->entry))))
		rc = err_sys(err, -ENOMEM, "%s", index);
	for (size_t i = 0; rc == 0 && i < e->index.n; i++)
		e->entry[i].told = e->feedback == FEEDBACK_IMMEDIATE ||
				   e->feedback == FEEDBACK_DELAYED;
	if (rc == 0 && list)
		rc = read_partial(e, list, err);
	if (rc < 0)
		return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_INPUT;
	if (starter && !e->site.starter)
		rc = err_set(err, -ENOENT, "there is no starter model; see cordon-starter(1)");
	else if (starter)
		rc = starter_open(e->site.starter, &e->starter, err);
	if (rc == 0 && !(e->model = model_new()))
		rc = err_sys(err, -ENOMEM, "the model");
	if (rc == 0 && !(e->scores = fopen(scores, "w")))
		rc = err_sys(err, -errno, "%s", scores);
	return rc < 0 ? EXIT_SYSTEM : EXIT_DONE;
}

static int run(struct eval *e, const char *out, bool json)
{
	const struct mailrun mailrun = {
		.context = e, .look = look, .take = take, .kept_bytes = FEATURES_TYPICAL};
	char plot[PATH_MAX];
	double start = now_s();
	int code = mailrun_paths(&mailrun, e->index.file, e->index.n);
	double seconds = now_s() - start;

	snprintf(plot, sizeof(plot), "%s.svg", out);
	if (fclose(e->scores) != 0) {
		fprintf(stderr, "cordon: %s.scores: %s\n", out, strerror(errno));
		code = EXIT_SYSTEM;
	}
	int reported = report(e, plot, json, seconds);

	return reported > code ? reported : code;
}

static void eval_done(struct eval *e)
{
	for (size_t i = 0; e->entry && i < e->index.n; i++)
		free(e->entry[i].features);
	free(e->entry);
	mail_index_done(&e->index);
	model_free(e->model);
	starter_close(e->starter);
	site_close(&e->site);
}

int eval_main(int argc, char **argv)
{
	static const struct usage usage = {"eval", "INDEX",
		"Measures the judge: each message of INDEX is judged, then learned (TREC "
		"protocol).",
		"INDEX has lines 'ham PATH' or 'spam PATH', paths relative to it, one message a "
		"file,\n"
		"in the order in which they arrived. The judge begins with nothing learned; your "
		"own\n"
		"state is neither read nor changed. Writes OUT.scores, with lines 'label score "
		"path',\n"
		"and OUT.svg, the ROC curve; prints the measures.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	const char *config = NULL, *feedback = "immediate", *out = "eval", *list = NULL;
	bool json = false, starter = false;
	struct eval e = {0};
	struct err err;
	char scores[PATH_MAX];
	int code;
	const struct option_row rows[] = {
		{"feedback", 'f', OPTION_STRING, &feedback, "HOW",
			"immediate, delayed:N messages, partial:LIST of paths, none"},
		{"starter", 0, OPTION_FLAG, &starter, NULL,
			"begin with the starter model, as a site does"},
		{"out", 'o', OPTION_STRING, &out, "OUT", "name of the files written (eval)"},
		{"json", 'j', OPTION_FLAG, &json, NULL, "print the measures as JSON"},
		{"config", 'c', OPTION_STRING, &config, "FILE",
			"configuration (default /etc/cordon.conf)"},
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first + 1 != argc)
		return usage_error(&usage, "one INDEX is wanted");
	if (!read_feedback(&e, feedback, &list))
		return usage_error(&usage,
			"--feedback takes immediate, delayed:N, partial:LIST or none, not '%s'",
			feedback);
	code = site_open(&e.site, config, NULL);
	if (code == EXIT_DONE) {
		snprintf(scores, sizeof(scores), "%s.scores", out);
		code = prepare(&e, argv[first], list, starter, scores, &err);
		if (code != EXIT_DONE)
			tell_error(&err);
	}
	if (code == EXIT_DONE)
		code = run(&e, out, json);
	eval_done(&e);
	return code;
}
