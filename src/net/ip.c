/*
 * Text to address and back, by hand: inet_pton() wants a NUL, takes no span, and is several times
 * slower; a mail log is full of addresses.
 *
 * IPv6 text is read group by group into 16-bit words; "::" only notes where it stood, and at the
 * end the words behind it move to the right.
 */
#include "net/ip.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>

static unsigned bits_of(const struct ip *ip)
{
	return ip->family == IP_V6 ? 128 : ip->family == IP_V4 ? 32 : 0;
}

uint32_t ip_v4(const struct ip *ip)
{
	return (uint32_t)ip->byte[0] << 24 | (uint32_t)ip->byte[1] << 16 |
	       (uint32_t)ip->byte[2] << 8 | ip->byte[3];
}

struct ip ip_from_v4(uint32_t v4)
{
	return (struct ip){.family = IP_V4,
		.byte = {
			(uint8_t)(v4 >> 24), (uint8_t)(v4 >> 16), (uint8_t)(v4 >> 8), (uint8_t)v4}};
}

/*
 * Four decimal numbers of 0..255 without leading zeros: "010" is eight to some programs and ten to
 * others, so it is no address here (RFC 6943, 3.1.1).
 */
static int parse_v4(struct span s, uint8_t *to)
{
	size_t i = 0;

	for (int part = 0; part < 4; part++) {
		unsigned n = 0;
		size_t from = i;

		if (part && (i >= s.n || s.p[i++] != '.'))
			return -EINVAL;
		from = i;
		while (i < s.n && i - from < 3 && ascii_is_digit(s.p[i]))
			n = n * 10 + (unsigned)(s.p[i++] - '0');
		if (i == from || n > 255 || (i - from > 1 && s.p[from] == '0'))
			return -EINVAL;
		to[part] = (uint8_t)n;
	}
	return i == s.n ? 0 : -EINVAL;
}

/* What has been read of an IPv6 address: words in order, and where "::" stood among them. */
struct words {
	uint16_t word[8];
	unsigned n;
	int gap; /* index of the word behind "::", or -1 */
};

/* Reads one group of one to four hexadecimal digits off *s. */
static int take_group(struct span *s, uint16_t *ret_word)
{
	unsigned n = 0;
	size_t i = 0;

	for (; i < s->n && i < 4 && ascii_hex(s->p[i]) >= 0; i++)
		n = n << 4 | (unsigned)ascii_hex(s->p[i]);
	if (i == 0)
		return -EINVAL;
	*s = span_skip(*s, i);
	*ret_word = (uint16_t)n;
	return 0;
}

/* The last 32 bits may be written as an IPv4 address (RFC 4291, 2.2, form 3). */
static int take_v4_tail(struct span s, struct words *w)
{
	uint8_t v4[4];

	if (w->n > 6 || parse_v4(s, v4) < 0)
		return -EINVAL;
	w->word[w->n++] = (uint16_t)(v4[0] << 8 | v4[1]);
	w->word[w->n++] = (uint16_t)(v4[2] << 8 | v4[3]);
	return 0;
}

static int parse_words(struct span s, struct words *w)
{
	if (span_starts(s, SPAN("::"))) {
		w->gap = 0;
		s = span_skip(s, 2);
		if (!s.n)
			return 0;
	}
	for (;;) {
		struct span whole = s;

		if (w->n == 8 || take_group(&s, &w->word[w->n]) < 0)
			return -EINVAL;
		if (s.n && s.p[0] == '.')
			return take_v4_tail(whole, w);
		w->n++;
		if (!s.n)
			return 0;
		if (span_starts(s, SPAN("::"))) {
			if (w->gap >= 0)
				return -EINVAL;
			w->gap = (int)w->n;
			s = span_skip(s, 2);
			if (!s.n)
				return 0;
		} else if (s.p[0] == ':') {
			s = span_skip(s, 1);
		} else {
			return -EINVAL;
		}
	}
}

/* ::ffff:0:0/96 (RFC 4291, 2.5.5.2). */
static bool is_mapped(const uint8_t *byte)
{
	static const uint8_t head[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(byte, head, sizeof(head)) == 0;
}

/* Reads IPv6 text as it stands, a mapped address too. */
static int parse_v6(struct span s, struct ip *ret_ip)
{
	struct words w = {.gap = -1};
	struct ip ip = {.family = IP_V6};

	if (parse_words(s, &w) < 0)
		return -EINVAL;
	/* "::" stands for at least one group of zeros (RFC 4291, 2.2, form 2). */
	if (w.gap < 0 ? w.n != 8 : w.n > 7)
		return -EINVAL;
	for (unsigned i = 0; i < w.n; i++) {
		unsigned at = w.gap >= 0 && i >= (unsigned)w.gap ? 8 - w.n + i : i;

		ip.byte[2 * at] = (uint8_t)(w.word[i] >> 8);
		ip.byte[2 * at + 1] = (uint8_t)w.word[i];
	}
	*ret_ip = ip;
	return 0;
}

static struct ip unmap(const struct ip *ip)
{
	struct ip v4 = {.family = IP_V4};

	memcpy(v4.byte, ip->byte + 12, 4);
	return v4;
}

static int parse_as_written(struct span s, struct ip *ret_ip)
{
	struct ip ip = {.family = IP_V4};

	if (span_index(span_take(s, 5), ':') >= 0)
		return parse_v6(s, ret_ip);
	if (parse_v4(s, ip.byte) < 0)
		return -EINVAL;
	*ret_ip = ip;
	return 0;
}

int ip_parse(struct span s, struct ip *ret_ip)
{
	struct ip ip;

	if (parse_as_written(s, &ip) < 0)
		return -EINVAL;
	*ret_ip = ip.family == IP_V6 && is_mapped(ip.byte) ? unmap(&ip) : ip;
	return 0;
}

int prefix_parse(struct span s, struct prefix *ret_prefix)
{
	ssize_t slash = span_index(s, '/');
	unsigned long long length;
	struct ip ip;

	if (parse_as_written(slash < 0 ? s : span_take(s, (size_t)slash), &ip) < 0)
		return -EINVAL;
	length = bits_of(&ip);
	if (slash >= 0) {
		struct span digits = span_skip(s, (size_t)slash + 1);

		if (digits.n > 3 || (digits.n > 1 && digits.p[0] == '0') ||
			span_number(digits, bits_of(&ip), &length) < 0)
			return -EINVAL;
	}
	/* A prefix of mapped addresses is the IPv4 prefix; one that also covers others is not. */
	if (ip.family == IP_V6 && length >= 96 && is_mapped(ip.byte)) {
		ip = unmap(&ip);
		length -= 96;
	}
	*ret_prefix = prefix_of(&ip, (unsigned)length);
	return 0;
}

static char *put_decimal(char *to, unsigned n)
{
	if (n >= 100)
		*to++ = (char)('0' + n / 100);
	if (n >= 10)
		*to++ = (char)('0' + n / 10 % 10);
	*to++ = (char)('0' + n % 10);
	return to;
}

static char *put_v4(char *to, const uint8_t *byte)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*to++ = '.';
		to = put_decimal(to, byte[i]);
	}
	return to;
}

/* Lower case, no leading zeros (RFC 5952, 4.1 and 4.3). */
static char *put_hex(char *to, unsigned word)
{
	bool begun = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = word >> shift & 15;

		begun |= digit || shift == 0;
		if (begun)
			*to++ = "0123456789abcdef"[digit];
	}
	return to;
}

/*
 * The longest run of two or more zero words, the first of equals (RFC 5952, 4.2.2 and 4.2.3).
 * *ret_n is 0 when there is none.
 */
static unsigned longest_zeros(const uint16_t *word, unsigned *ret_n)
{
	unsigned best = 0, best_n = 1, run = 0;

	for (unsigned i = 0; i < 8; i++) {
		run = word[i] ? 0 : run + 1;
		if (run > best_n) {
			best_n = run;
			best = i + 1 - run;
		}
	}
	*ret_n = best_n > 1 ? best_n : 0;
	return best;
}

static char *put_v6(char *to, const uint8_t *byte)
{
	uint16_t word[8];
	unsigned zeros_n, zeros;

	for (int i = 0; i < 8; i++)
		word[i] = (uint16_t)(byte[2 * i] << 8 | byte[2 * i + 1]);
	/* Mixed notation for a mapped address (RFC 5952, 5); only a prefix can still be one. */
	if (is_mapped(byte))
		return put_v4((char *)memcpy(to, "::ffff:", 7) + 7, byte + 12);
	zeros = longest_zeros(word, &zeros_n);
	for (unsigned i = 0; i < 8; i++) {
		if (zeros_n && i == zeros) {
			*to++ = ':';
			*to++ = ':';
			i += zeros_n - 1;
			continue;
		}
		if (i && !(zeros_n && i == zeros + zeros_n))
			*to++ = ':';
		to = put_hex(to, word[i]);
	}
	return to;
}

static char *put_ip(char *to, const struct ip *ip)
{
	if (ip->family == IP_V4)
		return put_v4(to, ip->byte);
	if (ip->family == IP_V6)
		return put_v6(to, ip->byte);
	return (char *)memcpy(to, "none", 4) + 4;
}

const char *ip_format(const struct ip *ip, char *to)
{
	*put_ip(to, ip) = '\0';
	return to;
}

const char *prefix_format(const struct prefix *p, char *to)
{
	char *end = put_ip(to, &p->ip);

	*end++ = '/';
	*put_decimal(end, p->length) = '\0';
	return to;
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->byte, b->byte, sizeof(a->byte));
}

bool ip_eq(const struct ip *a, const struct ip *b)
{
	return ip_compare(a, b) == 0;
}

bool prefix_has(const struct prefix *p, const struct ip *ip)
{
	unsigned whole = p->length / 8, bits = p->length % 8;

	if (p->ip.family != ip->family || p->length > bits_of(ip))
		return false;
	if (memcmp(p->ip.byte, ip->byte, whole))
		return false;
	return bits == 0 || (p->ip.byte[whole] ^ ip->byte[whole]) >> (8 - bits) == 0;
}

/* The first n bits of 64; n may be over 64. */
static uint64_t mask64(unsigned n)
{
	return n == 0 ? 0 : n >= 64 ? ~(uint64_t)0 : ~(uint64_t)0 << (64 - n);
}

struct prefix prefix_of(const struct ip *ip, unsigned length)
{
	struct prefix p = {{.family = ip->family}, (uint8_t)length};
	uint64_t half[2];

	assert(length <= bits_of(ip));
	memcpy(half, ip->byte, sizeof(half));
	half[0] &= htobe64(mask64(length));
	half[1] &= htobe64(mask64(length > 64 ? length - 64 : 0));
	memcpy(p.ip.byte, half, sizeof(half));
	return p;
}

/* Special-purpose space, a row a block; within one family the first row that holds decides. */
struct block {
	uint8_t head[6]; /* the block's first bytes */
	uint8_t length;
	uint8_t scope;
};

/* IANA IPv4 Special-Purpose Address Registry; 224/4: RFC 5771. */
static const struct block v4_blocks[] = {
	{{0}, 8, IP_RESERVED},                  /* RFC 791, 3.2: this network */
	{{10}, 8, IP_PRIVATE},                  /* RFC 1918 */
	{{100, 64}, 10, IP_PRIVATE},            /* RFC 6598: shared between carrier and customer */
	{{127}, 8, IP_LOOPBACK},                /* RFC 1122, 3.2.1.3 */
	{{169, 254}, 16, IP_LINK_LOCAL},        /* RFC 3927 */
	{{172, 16}, 12, IP_PRIVATE},            /* RFC 1918 */
	{{192, 0, 0}, 24, IP_RESERVED},         /* RFC 6890: protocol assignments */
	{{192, 0, 2}, 24, IP_DOCUMENTATION},    /* RFC 5737 */
	{{192, 88, 99}, 24, IP_RESERVED},       /* RFC 7526: 6to4 relays, given up */
	{{192, 168}, 16, IP_PRIVATE},           /* RFC 1918 */
	{{198, 18}, 15, IP_RESERVED},           /* RFC 2544: benchmarks */
	{{198, 51, 100}, 24, IP_DOCUMENTATION}, /* RFC 5737 */
	{{203, 0, 113}, 24, IP_DOCUMENTATION},  /* RFC 5737 */
	{{224}, 4, IP_MULTICAST},               /* RFC 5771 */
	{{240}, 4, IP_RESERVED},                /* RFC 1112, 4, and 255.255.255.255 */
};

/* IANA IPv6 Special-Purpose Address Registry. All outside 2000::/3 is reserved (RFC 4291, 2.4). */
static const struct block v6_blocks[] = {
	{{0x20, 0x01, 0x0d, 0xb8}, 32, IP_DOCUMENTATION}, /* RFC 3849 */
	{{0x20, 0x01}, 23, IP_RESERVED},                  /* RFC 2928: Teredo, ORCHID, ... */
	{{0x20, 0x02}, 16, IP_RESERVED},                  /* RFC 3056: 6to4 */
	{{0x3f, 0xff}, 20, IP_DOCUMENTATION},             /* RFC 9637 */
	{{0x20}, 3, IP_GLOBAL},                           /* RFC 4291, 2.4 */
	{{0xfe, 0x80}, 10, IP_LINK_LOCAL},                /* RFC 4291, 2.5.6 */
	{{0xfc}, 7, IP_PRIVATE},                          /* RFC 4193 */
	{{0xff}, 8, IP_MULTICAST},                        /* RFC 4291, 2.7 */
	{{0}, 0, IP_RESERVED},
};

static bool block_has(const struct block *b, const struct ip *ip)
{
	struct prefix p = {.ip.family = ip->family, .length = b->length};

	memcpy(p.ip.byte, b->head, sizeof(b->head));
	return prefix_has(&p, ip);
}

enum ip_scope ip_scope(const struct ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};
	const struct block *b = v4_blocks;
	size_t n = sizeof(v4_blocks) / sizeof(*v4_blocks);

	if (ip->family == IP_V6) {
		if (memcmp(ip->byte, one, sizeof(one)) == 0)
			return IP_LOOPBACK; /* RFC 4291, 2.5.3 */
		b = v6_blocks;
		n = sizeof(v6_blocks) / sizeof(*v6_blocks);
	} else if (ip->family != IP_V4) {
		return IP_RESERVED;
	}
	for (size_t i = 0; i < n; i++)
		if (block_has(&b[i], ip))
			return (enum ip_scope)b[i].scope;
	return IP_GLOBAL;
}

bool ip_may_look_up(const struct ip *ip)
{
	enum ip_scope scope = ip_scope(ip);

	return scope == IP_GLOBAL || scope == IP_DOCUMENTATION;
}

const char *ip_scope_name(enum ip_scope scope)
{
	static const char *const name[] = {
		[IP_GLOBAL] = "global",
		[IP_LOOPBACK] = "loopback",
		[IP_PRIVATE] = "private",
		[IP_LINK_LOCAL] = "link-local",
		[IP_MULTICAST] = "multicast",
		[IP_RESERVED] = "reserved",
		[IP_DOCUMENTATION] = "documentation",
	};

	return name[scope];
}
