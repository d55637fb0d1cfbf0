#include "serve/told.h"

#include "serve/keeper_part.h"
#include "serve/role.h"

#include <stdio.h>

static const struct {
	const char *name, *words;
} counts[STATUS_COUNTS] = {
#define X(id, name, words) {name, words},
	STATUS_COUNTS_X(X)
#undef X
};

static const char *const keeps[KEEPER_PARTS] = {
#define X(id, name) name,
	KEEPER_PARTS_X(X)
#undef X
};

/* --- parts --- */

/* NULL when it does what it is for, else what is wrong. */
static const char *wrong_with(const struct status *s, enum role r, uint64_t now)
{
	const struct status_part *p = &s->part[r];
	uint64_t alive = atomic_load(&p->alive);

	if (!atomic_load(&p->pid))
		return "not running";
	if (!atomic_load(&p->ready))
		return "starting";
	return now > alive && now - alive > TOLD_SILENT_NS ? "does not answer" : NULL;
}

static bool keeper_keeps(const struct status *s, enum keeper_part part)
{
	return atomic_load(&s->keeps) >> part & 1;
}

static json_t *part_json(const char *wrong, uint32_t starts)
{
	return json_pack("{s:b, s:s, s:i}", "ok", !wrong, "words", wrong ? wrong : "serves", "starts",
		(int)starts);
}

json_t *told_health(const struct status *s, uint64_t now, bool *ret_ok)
{
	json_t *parts = json_object();
	bool ok = true;

	for (int r = 0; r < ROLES; r++) {
		const char *wrong = wrong_with(s, (enum role)r, now);

		ok = ok && !wrong;
		json_object_set_new(parts, role_name((enum role)r),
			part_json(wrong, atomic_load(&s->part[r].starts)));
	}
	for (int k = 0; k < KEEPER_PARTS; k++) {
		bool open = keeper_keeps(s, (enum keeper_part)k);

		ok = ok && open;
		json_object_set_new(parts, keeps[k],
			json_pack("{s:b, s:s}", "ok", open, "words",
				open ? "is written" : "cannot be written; the keeper's log says why"));
	}
	*ret_ok = ok;
	return json_pack("{s:b, s:o}", "ok", ok, "parts", parts);
}

/* --- metrics --- */

static void head(struct buf *to, const char *name, const char *type, const char *unit,
	const char *words)
{
	buf_printf(to, "# TYPE cordon_%s %s\n", name, type);
	if (unit)
		buf_printf(to, "# UNIT cordon_%s %s\n", name, unit);
	buf_printf(to, "# HELP cordon_%s %s\n", name, words);
}

/* In seconds. */
static double bucket_end(int i)
{
	return (double)(DELAYS_FIRST << i) / 1e9;
}

static void write_times(const struct status *s, struct buf *to)
{
	uint64_t sum = 0;

	head(to, "message_seconds", "histogram", "seconds",
		"From the end of a message's data to the decision.");
	for (int i = 0; i < STATUS_BUCKETS; i++) {
		sum += atomic_load(&s->bucket[i]);
		if (i < STATUS_BUCKETS - 1)
			buf_printf(to, "cordon_message_seconds_bucket{le=\"%.9g\"} %llu\n",
				bucket_end(i), (unsigned long long)sum);
	}
	buf_printf(to, "cordon_message_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)sum);
	buf_printf(to, "cordon_message_seconds_sum %.9f\n",
		(double)atomic_load(&s->nanoseconds) / 1e9);
	buf_printf(to, "cordon_message_seconds_count %llu\n", (unsigned long long)sum);
}

static void write_parts(const struct status *s, uint64_t now, struct buf *to)
{
	head(to, "part_up", "gauge", NULL, "Whether a part does what it is for.");
	for (int r = 0; r < ROLES; r++)
		buf_printf(to, "cordon_part_up{part=\"%s\"} %d\n", role_name((enum role)r),
			!wrong_with(s, (enum role)r, now));
	for (int k = 0; k < KEEPER_PARTS; k++)
		buf_printf(to, "cordon_part_up{part=\"%s\"} %d\n", keeps[k],
			keeper_keeps(s, (enum keeper_part)k));
	head(to, "part_starts", "counter", NULL, "How often a part was started.");
	for (int r = 0; r < ROLES; r++)
		buf_printf(to, "cordon_part_starts_total{part=\"%s\"} %lu\n",
			role_name((enum role)r), (unsigned long)atomic_load(&s->part[r].starts));
}

void told_metrics(const struct status *s, uint64_t now, struct buf *to)
{
	for (int i = 0; i < STATUS_COUNTS; i++) {
		buf_printf(to, "# TYPE cordon_%s counter\n# HELP cordon_%s %c%s.\n", counts[i].name,
			counts[i].name, counts[i].words[0] - ('a' - 'A'), counts[i].words + 1);
		buf_printf(to, "cordon_%s_total %llu\n", counts[i].name,
			(unsigned long long)atomic_load(&s->count[i]));
	}
	head(to, "sessions_open", "gauge", NULL, "Milter sessions that are open.");
	buf_printf(to, "cordon_sessions_open %lu\n", (unsigned long)atomic_load(&s->sessions_now));
	head(to, "started_seconds", "gauge", "seconds", "When the gateway was started, since 1970.");
	buf_printf(to, "cordon_started_seconds %lld\n", (long long)atomic_load(&s->started));
	write_times(s, to);
	write_parts(s, now, to);
	buf_str(to, "# EOF\n");
}

/* --- status --- */

static json_t *histogram(const struct status *s)
{
	json_t *n = json_array();

	for (int i = 0; i < STATUS_BUCKETS; i++)
		json_array_append_new(n, json_integer((json_int_t)atomic_load(&s->bucket[i])));
	return n;
}

json_t *told_status(const struct status *s, uint64_t now)
{
	json_t *n = json_object();
	bool ok;
	json_t *health = told_health(s, now, &ok);

	for (int i = 0; i < STATUS_COUNTS; i++)
		json_object_set_new(n, counts[i].name,
			json_integer((json_int_t)atomic_load(&s->count[i])));
	return json_pack("{s:s, s:I, s:i, s:o, s:{s:f, s:f, s:f, s:o}, s:o*}", "version", CORDON_VERSION,
		"started", (json_int_t)atomic_load(&s->started), "sessions_open",
		(int)atomic_load(&s->sessions_now), "counts", n, "milliseconds", "median",
		(double)status_quantile(s, 0.5) / 1e6, "p90", (double)status_quantile(s, 0.9) / 1e6,
		"p99", (double)status_quantile(s, 0.99) / 1e6, "histogram",
		histogram(s), "health", health);
}
