/* A header section: its fields, and each value as text and as a value with parameters. */
#include "base/utf8.h"
#include "mail/field.h"
#include "mail/param.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct field scratch[FIELDS_MOST];
static struct params params;

static void check(bool good)
{
	if (!good)
		abort();
}

static bool stop(void *arg, struct span line)
{
	(void)arg;
	return span_starts(line, SPAN("--stop"));
}

static void check_value(struct decoder *d, struct span value)
{
	static const struct span names[] = {{"charset", 7}, {"name", 4}, {"x", 1}};
	struct span text;

	check(word_text(d, value, &text) == 0 && utf8_valid(text));
	params_read(value, d->odd, &params);
	for (size_t i = 0; i < 3; i++) {
		check(params_get(d, &params, names[i], PARAM_TEXT, &text) == 0);
		check(utf8_valid(text));
		check(params_get(d, &params, names[i], PARAM_BYTES, &text) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct charsets charsets;
	struct anomalies odd = {0};
	struct arena arena;
	struct decoder d = {.arena = &arena, .charsets = &charsets, .odd = &odd};
	struct field_reader reader = {
		.scratch = scratch, .arena = &arena, .odd = &odd, .stop = stop};
	struct fields fields;
	size_t head;

	arena_init(&arena, (size_t)1 << 30);
	check(fields_read(&reader, (struct span){(const char *)data, size}, &fields, &head) == 0);
	check(head <= size && fields.n <= FIELDS_MOST);
	for (size_t i = 0; i < fields.n; i++)
		check_value(&d, fields.at[i].value);
	arena_done(&arena);
	return 0;
}
