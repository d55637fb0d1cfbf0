/*
 * Base64 is decoded four characters at a time as long as all four are of the alphabet, which is
 * so but for line ends; a slow path takes one character at a time past those. The other two are
 * bound by memchr().
 */
#include "mail/codec.h"

#define NONE 0xff /* not of the alphabet */
#define PAD  0xfe

/* clang-format off */
#define N8 NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE
#define N32 N8, N8, N8, N8
static const uint8_t sextet[256] = {
	N32,
	N8, NONE, NONE, NONE, 62, NONE, NONE, NONE, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NONE, NONE, NONE, PAD, NONE, NONE,
	NONE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	25, NONE, NONE, NONE, NONE, NONE,
	NONE, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, NONE, NONE, NONE, NONE, NONE,
	N32, N32, N32, N32,
};
#undef N8
#undef N32
/* clang-format on */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Writes the 0 to 2 whole bytes of a group of `have` characters that is cut short. */
static size_t flush_group(uint32_t group, unsigned have, char *to, size_t room)
{
	char bytes[2] = {(char)(have == 3 ? group >> 10 : group >> 4), (char)(group >> 2)};
	size_t n = least(have > 1 ? have - 1 : 0, room);

	memcpy(to, bytes, n);
	return n;
}

/* Decodes whole groups of four from *in as long as they come; returns the bytes written. */
static size_t base64_run(struct span *in, char *to, size_t room)
{
	const unsigned char *p = (const unsigned char *)in->p;
	size_t i = 0, n = 0;

	for (; i + 4 <= in->n && n + 3 <= room; i += 4, n += 3) {
		uint32_t a = sextet[p[i]], b = sextet[p[i + 1]], c = sextet[p[i + 2]],
			 d = sextet[p[i + 3]];

		if ((a | b | c | d) & 0xc0)
			break;
		uint32_t group = a << 18 | b << 12 | c << 6 | d;

		to[n] = (char)(group >> 16);
		to[n + 1] = (char)(group >> 8);
		to[n + 2] = (char)group;
	}
	*in = span_skip(*in, i);
	return n;
}

/* True when what follows padding is base64 again: a run of whole groups. Looks at one line. */
static bool goes_on(struct span rest)
{
	size_t n = 0;

	while (rest.n && (ascii_is_space(rest.p[0]) || rest.p[0] == '='))
		rest = span_skip(rest, 1);
	while (n < rest.n && n < 80 && sextet[(unsigned char)rest.p[n]] != NONE)
		n++;
	return n == 80 || (n && n % 4 == 0 && (n == rest.n || ascii_is_space(rest.p[n])));
}

size_t base64_decode(struct span in, char *to, size_t room, uint32_t *ret_bad)
{
	uint32_t group = 0, bad = 0;
	unsigned have = 0;
	size_t n = 0;

	while (in.n && n < room) {
		if (have == 0)
			n += base64_run(&in, to + n, room - n);
		if (in.n == 0 || n == room)
			break;
		uint8_t value = sextet[(unsigned char)in.p[0]];

		bad += value == NONE && !ascii_is_space(in.p[0]);
		in = span_skip(in, 1);
		if (value < 64) {
			group = group << 6 | value;
			if (++have < 4)
				continue;
			char whole[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
			size_t fits = least(3, room - n);

			memcpy(to + n, whole, fits);
			n += fits;
		} else if (value == PAD) {
			n += flush_group(group, have, to + n, room - n);
			if (have && !goes_on(in))
				in.n = 0;
		} else {
			continue;
		}
		have = 0;
		group = 0;
	}
	if (have && n < room) {
		bad++;
		n += flush_group(group, have, to + n, room - n);
	}
	*ret_bad += bad;
	return n;
}

size_t base64_decode_tail(struct span in, char *to, size_t room)
{
	size_t groups = room / 3, from = in.n, letters = 0;
	uint32_t bad = 0;

	/* As many letters back as the room takes, and then on to where a group begins: that depends
	 * on how many letters stand before, modulo four. */
	while (from && letters < groups * 4)
		letters += sextet[(unsigned char)in.p[--from]] < 64;
	size_t before = 0;

	for (size_t i = 0; i < from; i++)
		before += sextet[(unsigned char)in.p[i]] < 64;
	for (; before % 4 && from < in.n; from++)
		before += sextet[(unsigned char)in.p[from]] < 64;
	return base64_decode(span_skip(in, from), to, room, &bad);
}

/* What stands behind a '=' in qp: a byte (0 or more), a soft line break, or nothing known. */
enum { ESCAPE_SOFT = -1, ESCAPE_BAD = -2 };

/* Reads the escape that rest begins with; gives how many bytes it takes. */
static int qp_escape(struct span rest, enum qp_dialect dialect, size_t *ret_n)
{
	if (rest.n >= 3) {
		int high = ascii_hex(rest.p[1]), low = ascii_hex(rest.p[2]);

		if (high >= 0 && low >= 0) {
			*ret_n = 3;
			return high << 4 | low;
		}
	}
	*ret_n = 1;
	if (dialect == QP_WORD)
		return ESCAPE_BAD;
	/* RFC 2045, 6.7 (3): white space between '=' and the line end was added on the way. */
	size_t i = 1;

	while (i < rest.n && (rest.p[i] == ' ' || rest.p[i] == '\t' || rest.p[i] == '\r'))
		i++;
	if (i < rest.n && rest.p[i] != '\n')
		return ESCAPE_BAD;
	*ret_n = i < rest.n ? i + 1 : i;
	return ESCAPE_SOFT;
}

/* Copies text without escapes: in words '_' is a space; in bodies white space at the end of a line
 * was added on the way (RFC 2045, 6.7 (3)). */
static size_t qp_plain(struct span in, enum qp_dialect dialect, char *to)
{
	size_t n = 0;

	if (dialect == QP_WORD) {
		for (; n < in.n; n++)
			to[n] = in.p[n] == '_' ? ' ' : in.p[n];
		return n;
	}
	while (in.n) {
		const char *lf = memchr(in.p, '\n', in.n);
		size_t line = lf ? (size_t)(lf - in.p) : in.n, text = line;
		bool cr = lf && text && in.p[text - 1] == '\r';

		text -= cr;
		while (lf && text && (in.p[text - 1] == ' ' || in.p[text - 1] == '\t'))
			text--;
		memcpy(to + n, in.p, text);
		n += text;
		if (cr)
			to[n++] = '\r';
		if (lf)
			to[n++] = '\n';
		in = span_skip(in, line + (lf != NULL));
	}
	return n;
}

size_t qp_decode(struct span in, enum qp_dialect dialect, char *to, uint32_t *ret_bad)
{
	size_t n = 0;

	while (in.n) {
		const char *sign = memchr(in.p, '=', in.n);
		size_t plain = sign ? (size_t)(sign - in.p) : in.n, taken = 0;

		n += qp_plain(span_take(in, plain), dialect, to + n);
		in = span_skip(in, plain);
		if (!in.n)
			break;
		int byte = qp_escape(in, dialect, &taken);

		if (byte == ESCAPE_BAD) {
			++*ret_bad;
			to[n++] = '=';
		} else if (byte != ESCAPE_SOFT) {
			to[n++] = (char)byte;
		}
		in = span_skip(in, taken);
	}
	return n;
}

/* The characters that a uuencoded line of so many bytes has behind its length. */
static size_t uu_letters(size_t bytes)
{
	return (bytes + 2) / 3 * 4;
}

static bool is_uu_letter(char c)
{
	return c >= ' ' && c <= '`';
}

/*
 * True when the line looks uuencoded: as long as its first character says, give or take the
 * trailing blanks that were lost and the one or two characters that some encoders add.
 */
static bool is_uu_line(struct span line)
{
	if (line.n == 0 || !is_uu_letter(line.p[0]))
		return false;
	size_t bytes = (size_t)(line.p[0] - ' ') & 63, want = uu_letters(bytes);

	if (line.n > want + 3 || (line.n < want + 1 && line.n + 4 < want))
		return false;
	for (size_t i = 1; i < line.n; i++)
		if (!is_uu_letter(line.p[i]))
			return false;
	return true;
}

/* Reads "begin MODE NAME". */
static bool uu_begin(struct span line, struct span *ret_name)
{
	struct span rest = span_skip(line, 6);
	size_t digits = 0;

	while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '7')
		digits++;
	if ((digits != 3 && digits != 4) || digits == rest.n || rest.p[digits] != ' ')
		return false;
	*ret_name = span_trim(span_skip(rest, digits));
	return ret_name->n > 0;
}

/* Takes the uuencoded lines off *rest, up to and with "end"; false when there is none at all. */
static bool uu_lines(struct span *rest, struct span *ret_data)
{
	const char *from = rest->p;
	struct span look = *rest, line;
	size_t lines = 0;

	while (span_line(&look, &line)) {
		/* "end" would pass for a uuencoded line but for its small letters. */
		if (span_eq(span_trim(line), SPAN("end"))) {
			*ret_data = span_between(from, line.p);
			*rest = look;
			return lines > 0;
		}
		if (!is_uu_line(line))
			break;
		lines++;
		*rest = look;
	}
	*ret_data = span_between(from, rest->p ? rest->p : from);
	return lines > 0;
}

bool uu_find(struct span text, struct uu_block *ret_block)
{
	for (struct span rest = text; rest.n;) {
		ssize_t at = span_find(rest, SPAN("begin "));

		if (at < 0)
			return false;
		struct span after = span_skip(rest, (size_t)at), line;
		const char *begin = after.p, *end = span_end(text);

		rest = span_skip(after, 6);
		if (begin != text.p && begin[-1] != '\n')
			continue;
		if (!span_line(&after, &line) || !uu_begin(line, &ret_block->name) || !after.n)
			continue;
		if (!uu_lines(&after, &ret_block->data))
			continue;
		ret_block->whole = span_between(begin, after.n ? after.p : end);
		return true;
	}
	return false;
}

size_t uu_decode(struct span data, char *to, uint32_t *ret_bad)
{
	struct span line;
	size_t n = 0;

	while (span_line(&data, &line)) {
		if (line.n == 0)
			continue;
		size_t bytes = (size_t)(line.p[0] - ' ') & 63, got = 0;

		*ret_bad += line.n < uu_letters(bytes) + 1;
		for (size_t i = 1; i < line.n && got < bytes; i += 4) {
			uint32_t group = 0;

			for (size_t k = i; k < i + 4; k++)
				group = group << 6 | (k < line.n ? (line.p[k] - ' ') & 63u : 0);
			for (int shift = 16; shift >= 0 && got < bytes; shift -= 8, got++)
				to[n++] = (char)(group >> shift);
		}
	}
	return n;
}
