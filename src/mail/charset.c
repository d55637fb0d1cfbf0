/*
 * Four ways to convert: UTF-8 and ASCII are checked and given back as they are; windows-1252 goes
 * by a table of its upper half; a broken UTF-8 text is mended; everything else goes through iconv,
 * whose converters are kept open because opening one reads files.
 */
#include "mail/charset.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>

#define LABEL_MOST 32

/* 0x80 to 0x9f of windows-1252; the five that it leaves open stand for themselves, as WHATWG's. */
static const uint16_t windows_1252[32] = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018,
	0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
	0x009d, 0x017e, 0x0178};

void charsets_init(struct charsets *c)
{
	*c = (struct charsets){0};
}

void charsets_done(struct charsets *c)
{
	for (size_t i = 0; i < CHARSETS_KEPT; i++)
		if (c->at[i].name)
			iconv_close(c->at[i].iconv);
	charsets_init(c);
}

void charsets_load_all(void)
{
	static iconv_t kept[256];
	const char *seen[sizeof(kept) / sizeof(*kept)];
	size_t n = 0;

	for (size_t i = 0; i < charset_labels_n && n < sizeof(kept) / sizeof(*kept); i++) {
		const char *name = charset_labels[i].name;
		size_t k = 0;

		while (k < n && strcmp(seen[k], name) != 0)
			k++;
		if (k < n)
			continue;
		seen[n] = name;
		if (!kept[n])
			kept[n] = iconv_open("UTF-8", name);
		n++;
	}
}

static int compare_label(const void *key, const void *row)
{
	return strcmp(key, ((const struct charset_label *)row)->label);
}

static const char *find_label(const char *label)
{
	const struct charset_label *row = bsearch(
		label, charset_labels, charset_labels_n, sizeof(*charset_labels), compare_label);

	return row ? row->name : NULL;
}

const char *charset_name(struct span label)
{
	char plain[LABEL_MOST + 1];
	size_t n = 0;

	for (size_t i = 0; i < label.n; i++) {
		if (!ascii_is_alnum(label.p[i]))
			continue;
		if (n == LABEL_MOST)
			return NULL;
		plain[n++] = ascii_lower(label.p[i]);
	}
	plain[n] = 0;
	const char *name = find_label(plain);

	if (!name && plain[0] == 'x')
		name = find_label(plain + 1);
	else if (!name && plain[0] == 'c' && plain[1] == 's')
		name = find_label(plain + 2);
	return name;
}

/* An open converter from name, or NULL; the one used longest ago makes room. */
static struct converter *converter_get(struct charsets *c, const char *name)
{
	struct converter *oldest = &c->at[0];

	for (struct converter *k = c->at; k < c->at + CHARSETS_KEPT; k++) {
		if (k->name == name || (k->name && strcmp(k->name, name) == 0)) {
			k->used = ++c->clock;
			iconv(k->iconv, NULL, NULL, NULL, NULL);
			return k;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	iconv_t made = iconv_open("UTF-8", name);

	if (made == (iconv_t)-1)
		return NULL;
	if (oldest->name)
		iconv_close(oldest->iconv);
	*oldest = (struct converter){.name = name, .iconv = made, .used = ++c->clock};
	return oldest;
}

static size_t put_bad(char *to)
{
	memcpy(to, "\xef\xbf\xbd", 3);
	return 3;
}

static size_t write_iconv(iconv_t cd, struct span bytes, char *to, bool *ret_bad)
{
	char *in = (char *)bytes.p, *out = to;
	size_t left = bytes.n, room = CHARSET_ROOM(bytes.n);

	while (left) {
		if (iconv(cd, &in, &left, &out, &room) != (size_t)-1)
			break;
		*ret_bad = true;
		if (errno == E2BIG || room < 3)
			break;
		put_bad(out);
		out += 3;
		room -= 3;
		/* A character that is cut short at the end is one bad character. */
		if (errno != EILSEQ)
			break;
		in++;
		left--;
	}
	iconv(cd, NULL, NULL, &out, &room);
	return (size_t)(out - to);
}

/* The number of ASCII bytes that s begins with. */
static size_t ascii_run(struct span s)
{
	size_t i = 0;
	uint64_t word;

	for (; i + sizeof(word) <= s.n; i += sizeof(word)) {
		memcpy(&word, s.p + i, sizeof(word));
		if (word & 0x8080808080808080ULL)
			break;
	}
	while (i < s.n && !(s.p[i] & 0x80))
		i++;
	return i;
}

static size_t write_windows_1252(struct span bytes, char *to)
{
	size_t n = 0;

	while (bytes.n) {
		size_t run = ascii_run(bytes);

		if (run)
			memcpy(to + n, bytes.p, run);
		n += run;
		bytes = span_skip(bytes, run);
		for (; bytes.n && bytes.p[0] & 0x80; bytes = span_skip(bytes, 1)) {
			unsigned char c = (unsigned char)bytes.p[0];

			n += utf8_put(c < 0xa0 ? windows_1252[c - 0x80] : c, to + n);
		}
	}
	return n;
}

/* Mends UTF-8: what is malformed becomes U+FFFD. */
static size_t write_utf8(struct span bytes, char *to)
{
	size_t n = 0;

	while (bytes.n) {
		size_t run = ascii_run(bytes);

		if (run)
			memcpy(to + n, bytes.p, run);
		n += run;
		bytes = span_skip(bytes, run);
		if (bytes.n)
			n += utf8_put(utf8_next(&bytes), to + n);
	}
	return n;
}

static bool is_name(const char *name, const char *want)
{
	return name && strcmp(name, want) == 0;
}

/* True when bytes of that charset (NULL: none that is known) are UTF-8 as they stand. */
static bool is_plain(const char *name, struct span bytes)
{
	bool by_iconv = name && !is_name(name, "UTF-8") && !is_name(name, "US-ASCII");

	if (is_name(name, "CP1252"))
		return utf8_is_ascii(bytes);
	return !by_iconv && utf8_valid(bytes);
}

static size_t write_as(
	struct charsets *c, const char *name, struct span bytes, char *to, struct anomalies *odd)
{
	if (is_plain(name, bytes)) {
		if (bytes.n)
			memcpy(to, bytes.p, bytes.n);
		return bytes.n;
	}
	if (is_name(name, "UTF-8")) {
		anomaly_note(odd, ANOMALY_BAD_CHARSET);
		return write_utf8(bytes, to);
	}
	if (!name || is_name(name, "US-ASCII") || is_name(name, "CP1252"))
		return write_windows_1252(bytes, to);
	struct converter *k = converter_get(c, name);
	bool bad = k == NULL;
	size_t n = k ? write_iconv(k->iconv, bytes, to, &bad) : write_as(c, NULL, bytes, to, odd);

	if (bad)
		anomaly_note(odd, ANOMALY_BAD_CHARSET);
	return n;
}

/* A known name for label; notes one that is unknown, and 8-bit bytes declared as ASCII. */
static const char *declared(struct span label, struct span bytes, struct anomalies *odd)
{
	const char *name = label.n ? charset_name(label) : NULL;
	bool wrong = is_name(name, "US-ASCII") ? !utf8_is_ascii(bytes) : label.n && !name;

	if (wrong)
		anomaly_note(odd, ANOMALY_BAD_CHARSET);
	return name;
}

size_t charset_write(
	struct charsets *c, struct span label, struct span bytes, char *to, struct anomalies *odd)
{
	return write_as(c, declared(label, bytes, odd), bytes, to, odd);
}

int charset_decode(struct charsets *c, struct arena *arena, struct span label, struct span bytes,
	struct anomalies *odd, struct span *ret_text)
{
	const char *name = declared(label, bytes, odd);

	if (is_plain(name, bytes)) {
		*ret_text = bytes;
		return 0;
	}
	char *to = arena_alloc(arena, CHARSET_ROOM(bytes.n));

	if (!to)
		return -ENOMEM;
	size_t n = write_as(c, name, bytes, to, odd);

	arena_trim(arena, to, CHARSET_ROOM(bytes.n), n);
	*ret_text = (struct span){to, n};
	return 0;
}
