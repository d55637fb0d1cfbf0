/*
 * The view of a mailer's habits: which fields it writes, in what order and letter case, the shape
 * of its Received lines, message-ids, dates and addresses, and the hosts and networks in them. A
 * bot that copies a text can rarely copy the hand that wrote the header.
 */
#include "judge/token.h"

#define RECEIVED_MOST    30 /* lines looked at */
#define VALUE_MOST       60 /* a value shorter than this is a token as a whole */
#define NAME_LABELS_MOST 3

/* The bytes of a host name. */
static const bool name_bytes[256] = {
	['0' ... '9'] = true,
	['A' ... 'Z'] = true,
	['a' ... 'z'] = true,
	['.'] = true,
	['-'] = true,
};

static bool is_name_char(char c)
{
	return name_bytes[(unsigned char)c];
}

/* A name's last labels, up to three, each with those behind it: "mail.example.com" gives
 * "com", "example.com"; the whole is the caller's. */
static void add_suffixes(struct tokens *t, const char *tag, struct span name)
{
	size_t labels = 0;

	for (size_t i = name.n; i > 0 && labels < NAME_LABELS_MOST; i--)
		if (name.p[i - 1] == '.') {
			token_add_folded(t, tag, span_skip(name, i));
			labels++;
		}
}

/* One letter case, the two before it in order, and the three: habits show in the sequence. */
static void add_field_order(struct tokens *t, uint32_t h, uint32_t before[2])
{
	token_put(t, h ^ 0x111u);
	token_put(t, h * 3 + before[0] * 5 + 0x222u);
	token_put(t, h * 3 + before[0] * 5 + before[1] * 11 + 0x333u);
	before[1] = before[0];
	before[0] = h;
}

/* How names, quotes and brackets stand in an address field: words become one 'a'. */
static void add_address_form(struct tokens *t, uint32_t tag, struct span value, bool has_at)
{
	char form[VALUE_MOST];
	size_t n = 0;

	for (size_t i = 0; i < value.n && n < sizeof(form); i++) {
		char c = ascii_is_alnum(value.p[i]) ? 'a' : value.p[i];

		if (n && form[n - 1] == 'a' && (c == 'a' || (c == '.' && has_at)))
			continue;
		form[n++] = c;
	}
	token_put(t, token_hash(tag + 4, (struct span){form, n}));
}

/* The last address of a field: whole, its domain with all suffixes, the shape of its local part. */
static void add_address(struct tokens *t, const char *field, struct span value)
{
	uint32_t tag = token_tag(field);
	ssize_t at = span_rindex(value, '@');
	char shape[40];

	add_address_form(t, tag, value, at >= 0);
	if (at < 0)
		return;
	size_t from = (size_t)at, to = (size_t)at + 1;

	while (from > 0 && !strchr("<\"(, :;", value.p[from - 1]))
		from--;
	while (to < value.n && is_name_char(value.p[to]))
		to++;
	token_put(t, token_hash_folded(tag + 1, span_between(value.p + from, value.p + to)));
	for (size_t i = to; i > (size_t)at; i--)
		if (value.p[i - 1] == '.' || value.p[i - 1] == '@')
			token_put(t, token_hash_folded(
					     tag + 2, span_between(value.p + i, value.p + to)));
	size_t n =
		token_shape(span_between(value.p + from, value.p + at), shape, sizeof(shape), true);

	token_put(t, token_hash(tag + 3, (struct span){shape, n}));
}

/*
 * A Received line as the program wrote it: addresses become I, numbers 9, dotted names h, short
 * words stay, other words x; up to the date.
 */
static size_t received_shape(struct span s, char to[SHAPE_MOST])
{
	size_t n = 0, i = 0;

	while (i < s.n && n < SHAPE_MOST - 16 && s.p[i] != ';') {
		if (!ascii_is_alnum(s.p[i])) {
			to[n++] = s.p[i++];
			continue;
		}
		size_t start = i;
		bool dot = false, number = true, alpha = true;

		for (; i < s.n && (is_name_char(s.p[i]) || s.p[i] == '_'); i++) {
			dot |= s.p[i] == '.';
			number &= s.p[i] == '.' || ascii_is_digit(s.p[i]);
			alpha &= ascii_is_alpha(s.p[i]);
		}
		if (alpha && i - start <= 9) {
			memcpy(to + n, s.p + start, i - start);
			n += i - start;
		} else {
			to[n++] = number ? (dot ? 'I' : '9') : dot ? 'h' : 'x';
		}
	}
	return n;
}

/* A name or address on the sending side of a Received line. */
static void add_peer(struct tokens *t, struct span s, bool after_from)
{
	size_t dots = 0, dot_at[4] = {0};
	bool number = true;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && dots < 4)
			dot_at[dots++] = i;
		else if (!ascii_is_digit(s.p[i]))
			number = false;
	}
	if (number && dots == 3) { /* the address, its /24 and its /16 */
		token_add(t, "address", s);
		token_add(t, "address", span_take(s, dot_at[2]));
		token_add(t, "address", span_take(s, dot_at[1]));
	} else if (dots) {
		token_add_folded(t, "host", s);
		add_suffixes(t, "domain", s);
	} else if (after_from) {
		token_add_shape(t, "helo", s, 50, true);
	}
}

static void add_received(struct tokens *t, struct span s, bool first, bool last)
{
	char shape[SHAPE_MOST];
	struct span form = {shape, received_shape(s, shape)};
	ssize_t by = span_find(s, SPAN(" by "));
	size_t end = by < 0 ? s.n : (size_t)by, i = 0;

	token_add(t, "received", form);
	token_add(t, last ? "received last" : first ? "received first" : "received between", form);
	while (i < end) {
		if (!ascii_is_alnum(s.p[i])) {
			i++;
			continue;
		}
		size_t start = i;

		while (i < end && is_name_char(s.p[i]))
			i++;
		add_peer(t, span_between(s.p + start, s.p + i),
			start >= 5 && !memcmp(s.p + start - 5, "from ", 5));
	}
}

static void add_subject(struct tokens *t, struct span s)
{
	size_t upper = 0, lower = 0, blanks = 0;
	bool gap = false;

	token_add_shape(t, "subject", s, VALUE_MOST, true);
	for (size_t i = 0; i < s.n; i++) {
		upper += s.p[i] >= 'A' && s.p[i] <= 'Z';
		lower += s.p[i] >= 'a' && s.p[i] <= 'z';
		blanks = s.p[i] == ' ' ? blanks + 1 : 0;
		gap |= blanks > 3; /* a hash-buster hides behind a run of blanks */
	}
	token_add_number(t, "subject case", (uint32_t)(upper * 4 / (upper + lower + 1) * 2 + gap));
}

static void add_message_id(struct tokens *t, struct span s)
{
	ssize_t at = span_index(s, '@');

	token_add_shape(t, "id left", at < 0 ? s : span_take(s, (size_t)at), 100, true);
	token_add_shape(t, "id begin", s, 30, false);
	token_add(t, "id first", span_take(s, 5));
}

static void add_date(struct tokens *t, struct span s)
{
	token_add_shape(t, "date", s, VALUE_MOST, false);
	for (size_t i = s.n; i-- > 0;)
		if ((s.p[i] == '+' || s.p[i] == '-') && i + 1 < s.n && ascii_is_digit(s.p[i + 1])) {
			token_add(t, "zone", span_skip(s, i));
			return;
		}
}

/* A field's value by what it is. `h` is the hash of its name as written. */
static void add_value(struct tokens *t, const struct field *f, struct span value, uint32_t h)
{
	switch (f->id) {
	case FIELD_SUBJECT: add_subject(t, value); return;
	case FIELD_MESSAGE_ID: add_message_id(t, value); return;
	case FIELD_DATE: add_date(t, value); return;
	case FIELD_CONTENT_TYPE: return; /* its boundary is new every time; see feature_body.c */
	case FIELD_FROM:
	case FIELD_REPLY_TO:
	case FIELD_TO:
	case FIELD_RETURN_PATH:
	case FIELD_SENDER:
	case FIELD_CC: add_address(t, field_name(f->id), value); break;
	default: break;
	}
	if (value.n < VALUE_MOST)
		token_put(t, token_hash(h ^ 0x444u, value));
}

void feature_traits(struct tokens *t, const struct check_input *in)
{
	const struct fields *fields = &in->m->part[0].fields;
	size_t lines = 0, line = 0;
	uint32_t before[2] = {1, 1};

	for (size_t i = 0; i < fields->n; i++)
		lines += fields->at[i].id == FIELD_RECEIVED;
	for (size_t i = 0; i < fields->n; i++) {
		const struct field *f = &fields->at[i];
		bool received = f->id == FIELD_RECEIVED;
		uint32_t h = token_hash(0x811c9dc5u, f->name);

		if (!received || h != before[0])
			add_field_order(t, h, before);
		if (received && line >= RECEIVED_MOST)
			continue;
		struct span value = message_text(in->mp, f);

		if (received)
			add_received(t, value, line == 0, line == lines - 1);
		else
			add_value(t, f, value, h);
		line += received;
	}
	token_add_number(t, "hops", lines > 8 ? 8 : (uint32_t)lines);
}
