/*
 * cordon starter: makes the starter model, and shows what it holds. For those who keep the project
 * or want a starter of their own; mail is judged with the one that is installed.
 */
#include "cli/cli.h"
#include "cli/mail_index.h"
#include "cli/mailrun.h"

#include "base/image.h"
#include "judge/starter_train.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct build {
	struct trainer *trainer;
	struct mail_index index; /* of the source being read */
	size_t at;
	unsigned source;
};

static int look(void *context, struct judge_bench *bench, struct mail *m, struct buf *rows)
{
	struct verdict *v;
	int rc = judge_look(bench, m->raw, NULL, &v);
	size_t bytes = rc < 0 ? 0 : features_bytes(v->features);

	(void)context;
	(void)rows;
	if (rc < 0 || !(m->kept = malloc(bytes)))
		return -ENOMEM;
	memcpy(m->kept, v->features, bytes);
	return 0;
}

static int take(void *context, struct mail *m, struct err *err)
{
	struct build *b = context;
	const struct mail_index_entry *x = mail_index_find(&b->index, m->path, &b->at);

	if (!x)
		return err_set(err, -EINVAL, "%s: named twice in the index", m->path);
	if (trainer_add(b->trainer, b->source, m->kept, x->spam) < 0)
		return err_set(err, -ENOMEM, "memory is short");
	return 0;
}

static int read_source(struct build *b, const char *path)
{
	const struct mailrun mailrun = {.context = b, .look = look, .take = take,
		.kept_bytes = FEATURES_TYPICAL};
	struct err err;
	int code;

	b->at = 0;
	if (mail_index_read(path, &b->index, &err) < 0) {
		tell_error(&err);
		code = EXIT_INPUT;
	} else {
		code = mailrun_paths(&mailrun, b->index.file, b->index.n);
	}
	mail_index_done(&b->index);
	return code;
}

static void print_report(const struct trainer_report *r, const struct starter_image *image,
	char **paths, size_t n, double ham_loss)
{
	printf("each source as judged by what the others taught; threshold for %g %% of ham:\n\n",
		100 * ham_loss);
	printf("  %10s  %10s  %9s  %9s  source\n", "messages", "(1-ROCA) %", "spam found", "ham lost");
	for (size_t i = 0; i < n; i++)
		printf("  %10zu  %10.4f  %8.2f %%  %7.3f %%  %s\n", r->held[i].ham + r->held[i].spam,
			100 * r->held[i].roca1, 100 * r->found[i], 100 * r->lost[i], paths[i]);
	printf("\nhow far each view is believed, and its own (1-ROCA) %% on each source:\n\n");
	for (enum view v = 0; v < VIEW_COUNT; v++) {
		printf("  %6.3f", (double)image->mix[v]);
		for (size_t i = 0; i < n; i++)
			printf("  %8.4f", 100 * r->view[i][v]);
		printf("  %s\n", view_name(v));
	}
}

static int make(struct build *b, const char *out, char **paths, size_t n)
{
	const double ham_loss = 0.001;
	struct starter_image *image = malloc(sizeof(*image));
	struct trainer_report report;
	struct err err;
	int rc = image ? trainer_make(b->trainer, ham_loss, image, &report) : -ENOMEM;

	if (rc < 0)
		err_set(&err, rc, rc == -EINVAL ? "two indexes or more are wanted, each with ham and spam"
						: "memory is short");
	else
		rc = image_write(out, STARTER_MAGIC, STARTER_VERSION,
			(struct span){(const char *)image, sizeof(*image)}, &err);
	if (rc < 0)
		tell_error(&err);
	else
		print_report(&report, image, paths, n, ham_loss);
	free(image);
	return rc == -EINVAL ? EXIT_INPUT : rc < 0 ? EXIT_SYSTEM : EXIT_DONE;
}

static int build_main(int argc, char **argv)
{
	static const struct usage usage = {"starter build", "--out FILE INDEX...",
		"Makes a starter model out of labelled mail; each INDEX is a source (cordon-eval(1)).",
		"Each source is held out in turn, so that the figures are of mail that the model was\n"
		"not made from. The same mail gives the same file.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system failed."};
	const char *out = NULL;
	const struct option_row rows[] = {
		{"out", 'o', OPTION_STRING, &out, "FILE", "where to write the model"},
		{0},
	};
	struct build b = {0};
	int code = EXIT_DONE, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (!out || first + 2 > argc || first + TRAINER_SOURCES_MOST < argc)
		return usage_error(&usage, "--out FILE and two to %d indexes are wanted",
			TRAINER_SOURCES_MOST);
	if (!(b.trainer = trainer_new()))
		return EXIT_SYSTEM;
	for (int i = first; i < argc && code == EXIT_DONE; i++, b.source++)
		code = read_source(&b, argv[i]);
	if (code == EXIT_DONE)
		code = make(&b, out, argv + first, (size_t)(argc - first));
	trainer_free(b.trainer);
	return code;
}

/* What a model says of each finding, largest first within its check. */
static int show_main(int argc, char **argv)
{
	static const struct usage usage = {"starter show", "FILE",
		"Shows how much each finding counts in a starter model, in log-odds.", NULL};
	const struct option_row rows[] = {{0}};
	int code, first = option_read(&usage, rows, argc, argv, &code);
	struct starter *s;
	struct err err;

	if (first < 0)
		return code;
	if (first + 1 != argc)
		return usage_error(&usage, "one FILE is wanted");
	if (starter_open(argv[first], &s, &err) < 0) {
		tell_error(&err);
		return EXIT_INPUT;
	}
	for (const struct check *const *c = checks; *c; c++)
		for (const char *const *name = (*c)->variants; *name; name++)
			printf("%+7.3f  %s\n", starter_finding(s, *name), *name);
	starter_close(s);
	return EXIT_DONE;
}

int starter_main(int argc, char **argv)
{
	static const struct command commands[] = {
		{"build", "make a starter model out of labelled mail", build_main},
		{"show", "show how much each finding counts in one", show_main},
		{NULL, NULL, NULL},
	};

	return command_run(commands, "cordon starter",
		"The starter model is what every install judges with before it has learned.", argc,
		argv);
}
