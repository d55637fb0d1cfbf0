/*
 * Campaigns: the input as messages (parted by a line of "=") whose prints are put, one after the
 * other, twice; the input as the payload of a collection that was kept, under a right checksum; and
 * as changes to a good one. Whatever it holds, opening refuses or putting goes on, and what is
 * counted adds up.
 */
#include "base/image.h"
#include "judge/campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], path[96];
static struct message_parser *parser;

static size_t put_all(struct campaigns *c, struct span input)
{
	static const struct span part = {"\n=\n", 3};
	size_t n = 0;

	for (bool last = false; !last; n++) {
		ssize_t at = span_find(input, part);
		struct campaign_print *p;
		struct campaign_put put;
		struct campaign one;
		struct message *m;

		last = at < 0 || n == 40;
		if (message_parse(parser, last ? input : span_take(input, (size_t)at), &m) < 0)
			abort();
		p = campaign_print_take(campaigns_key(c), parser, m);
		if (!p || campaign_print_bytes(p) > CAMPAIGN_PRINT_MOST ||
			campaigns_put(c, p, (int64_t)n * 40000, &put) < 0 ||
			!campaigns_find(c, put.name, &one))
			abort();
		free(p);
		input = last ? input : span_skip(input, (size_t)at + part.n);
	}
	return n;
}

static uint64_t messages_in(struct campaigns *c)
{
	uint64_t n = 0;
	struct campaign one;

	for (size_t i = 0; i < campaigns_count(c); i++) {
		campaigns_at(c, i, &one);
		n += one.messages;
	}
	return n;
}

static void as_messages(struct span input)
{
	struct campaigns *c = campaigns_new(&(struct campaigns_options){.key = 5});
	size_t n = c ? put_all(c, input) : 0;

	if (!c || messages_in(c) != n)
		abort();
	n += put_all(c, input);
	if (messages_in(c) != n)
		abort();
	campaigns_close(c);
}

static void as_state(struct span input)
{
	struct campaigns *c;
	struct err err;

	if (image_write(path, "cordcamp", 2, input, &err) < 0)
		abort();
	if (campaigns_open(dir, true, NULL, &c, &err) < 0)
		return;
	messages_in(c);
	put_all(c, SPAN("Subject: x\n\nsome words that are put into it, whatever it holds\n"));
	if (campaigns_save(c, 1, &err) < 0)
		abort();
	campaigns_close(c);
	if (campaigns_open(dir, false, NULL, &c, &err) < 0)
		abort();
	campaigns_close(c);
}

/*
 * The state of a small collection, in which bytes are changed as the input says: three bytes of
 * place and one of value. Places count from the end where they are odd: what is in between are
 * large tables, of which any byte is as good as another.
 */
static void as_changed_state(struct span input)
{
	static struct buf base;
	struct image image;
	struct err err;

	if (!base.n) {
		struct campaigns *c;

		unlink(path);
		if (campaigns_open(dir, true, &(struct campaigns_options){.key = 5}, &c, &err) < 0)
			abort();
		put_all(c, SPAN("Subject: a b c\n\none two three four five six seven\n=\n"
				"Subject: a b c\n\none two three four five six eight\n=\n"
				"Subject: x y z\n\nnine ten eleven http://a.example/b\n=\n"
				"Subject: a b c\n\none two three four five six nine\n"));
		if (campaigns_save(c, 1, &err) < 0 ||
			image_open(path, "cordcamp", 2, &image, &err) < 0)
			abort();
		campaigns_close(c);
		buf_add(&base, image.payload);
		image_close(&image);
	}
	struct buf state = {0};

	buf_add(&state, buf_span(&base));
	if (!buf_ok(&state))
		abort();
	for (size_t i = 0; i + 4 <= input.n && i < 400; i += 4) {
		const unsigned char *p = (const unsigned char *)input.p + i;
		size_t at = (p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16) % state.n;

		state.p[at & 1 ? state.n - 1 - at / 2 : at / 2] = input.p[i + 3];
	}
	as_state(buf_span(&state));
	buf_done(&state);
}

static void clean_up(void)
{
	char lock[112];

	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	unlink(path);
	rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size};

	if (!parser) {
		parser = message_parser_new(0);
		snprintf(dir, sizeof(dir), "/dev/shm/fuzz-campaign.%d", (int)getpid());
		snprintf(path, sizeof(path), "%s/campaigns", dir);
		mkdir(dir, 0700);
		atexit(clean_up);
	}
	as_messages(input);
	as_state(input);
	as_changed_state(input);
	return 0;
}
