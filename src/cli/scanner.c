/* The rows, the counts and the networks of a run over mail. */
#include "cli/scanner.h"

#include "cli/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define NETWORKS_SHOWN 15

static void print_head(const struct scanner *s)
{
	struct buf b = {0};

	if (s->format == SCANNER_TABLE)
		report_table_head(&b, s->width);
	else if (s->format == SCANNER_TSV)
		report_tsv_head(&b);
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

int scanner_begin(struct scanner *s)
{
	s->width = term_width();
	s->networks = networks_new();
	if (!s->networks)
		return EXIT_SYSTEM;
	if (!s->quiet)
		print_head(s);
	return EXIT_DONE;
}

void scanner_done(struct scanner *s)
{
	networks_free(s->networks);
	s->networks = NULL;
}

static int write_json(struct buf *rows, const struct origin_of_mail *o, const struct verdict *v,
	const struct trace *t)
{
	json_t *j = report_json(o, v, t);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;

	if (text) {
		buf_str(rows, text);
		buf_byte(rows, '\n');
	}
	json_decref(j);
	free(text);
	return text ? 0 : -ENOMEM;
}

int scanner_look(const struct scanner *s, struct judge_bench *bench, struct mail *m,
	struct buf *rows, struct verdict **ret_verdict, struct trace *ret_trace)
{
	struct origin_of_mail o = {m->path, m->number, m->cut};
	struct verdict *v;
	int rc = judge_message(s->site->judge, bench, m->raw, &v);

	if (rc == 0)
		rc = trace_message(v->mp, v->m, &v->chain, s->site->shelf, NULL, ret_trace);
	if (rc < 0)
		return rc;
	m->verdict = (int)v->action;
	*ret_verdict = v;
	if (s->quiet)
		return 0;
	switch (s->format) {
	case SCANNER_TABLE: report_table_row(rows, s->width, v); break;
	case SCANNER_TSV: report_tsv_row(rows, &o, v, ret_trace); break;
	case SCANNER_JSON: return write_json(rows, &o, v, ret_trace);
	}
	return 0;
}

int scanner_take(struct scanner *s, const struct mail *m, const struct trace *kept, struct err *err)
{
	s->count[m->verdict]++;
	if (kept && networks_add(s->networks, kept) < 0)
		return err_set(err, -ENOMEM, "memory is short");
	return 0;
}

void scanner_verdicts(const struct scanner *s, struct buf *to)
{
	uint64_t ham, spam;
	unsigned long long all = s->count[0] + s->count[1] + s->count[2];

	judge_learned(s->site->judge, &ham, &spam);
	buf_printf(to, "%llu message%s: %llu ham, %llu unsure, %llu spam. ", all,
		all == 1 ? "" : "s", s->count[ACTION_HAM], s->count[ACTION_UNSURE],
		s->count[ACTION_SPAM]);
	if (ham + spam)
		buf_printf(to, "This site has learned %llu ham and %llu spam.\n",
			(unsigned long long)ham, (unsigned long long)spam);
	else if (s->site->starter)
		buf_str(to, "Nothing was learned here yet: the starter model judged.\n");
	else
		buf_str(to,
			"Nothing was learned here yet and there is no starter model, so nothing "
			"could be told: 'cordon learn' teaches.\n");
}

void scanner_networks(const struct scanner *s, const char *words, struct buf *to)
{
	size_t n;
	const struct network *ranked = networks_ranked(s->networks, &n);

	buf_printf(to, "The networks behind %s:\n", words);
	if (shelf_count(s->site->shelf))
		report_networks(to, s->width, ranked, n, NETWORKS_SHOWN);
	else
		buf_str(to, "not known: no table of networks is installed; 'cordon net "
			    "import FILE' installs one\n");
}
