#include "judge/token.h"

/* MurmurHash3's 32-bit finaliser (Appleby, public domain): every bit reaches every bit. */
static uint32_t mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ h >> 16;
}

void tokens_start(struct tokens *t, struct features *to)
{
	if (++t->now == 0) {
		memset(t->stamp, 0, sizeof(t->stamp));
		t->now = 1;
	}
	t->to = to;
	t->n = 0;
}

void tokens_view(struct tokens *t, enum view v, size_t most)
{
	t->view = v;
	t->to->start[v] = (uint16_t)t->n;
	t->most = t->n + most < FEATURES_MOST ? t->n + most : FEATURES_MOST;
}

void tokens_end(struct tokens *t)
{
	t->to->start[VIEW_COUNT] = (uint16_t)t->n;
}

uint32_t token_hash(uint32_t h, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x01000193u;
	return h;
}

uint32_t token_hash_folded(uint32_t h, struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)ascii_lower(s.p[i])) * 0x01000193u;
	return h;
}

uint32_t token_tag(const char *tag)
{
	return token_hash(0x811c9dc5u, span_cstr(tag)) ^ 0x5bd1e995u;
}

uint32_t token_value(enum view v, uint32_t h)
{
	return mix(h + 0x9e3779b9u * ((uint32_t)v + 1));
}

void token_put(struct tokens *t, uint32_t h)
{
	h = token_value(t->view, h);
	uint32_t k = (h * 0x9e3779b1u) >> 18;

	for (; t->stamp[k] == t->now; k = (k + 1) % TOKEN_SLOTS)
		if (t->slot[k] == h)
			return;
	if (t->n == t->most)
		return;
	t->stamp[k] = t->now;
	t->slot[k] = h;
	t->to->hash[t->n++] = h;
}

void token_add(struct tokens *t, const char *tag, struct span s)
{
	token_put(t, token_hash(token_tag(tag), s));
}

void token_add_folded(struct tokens *t, const char *tag, struct span s)
{
	token_put(t, token_hash_folded(token_tag(tag), s));
}

void token_add_number(struct tokens *t, const char *tag, uint32_t n)
{
	token_put(t, mix(token_tag(tag) + n));
}

static char shape_of(char c)
{
	if (ascii_is_digit(c))
		return '9';
	if (c >= 'A' && c <= 'Z')
		return 'A';
	if (c >= 'a' && c <= 'z')
		return 'a';
	return c >= ' ' && c <= '~' ? c : '?';
}

size_t token_shape(struct span s, char *to, size_t most, bool runs)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < most; i++) {
		char c = shape_of(s.p[i]);

		if (runs && n && c == to[n - 1] && (c == '9' || c == 'a' || c == 'A' || c == ' '))
			continue;
		to[n++] = c;
	}
	return n;
}

void token_add_shape(struct tokens *t, const char *tag, struct span s, size_t most, bool runs)
{
	char shape[SHAPE_MOST];
	size_t n = token_shape(s, shape, most < SHAPE_MOST ? most : SHAPE_MOST, runs);

	token_add(t, tag, (struct span){shape, n});
}

void token_add_grams(struct tokens *t, struct span s)
{
	uint32_t gram = 0;

	for (size_t i = 0; i < s.n; i++) {
		gram = gram << 8 | (unsigned char)s.p[i];
		if (i >= 3)
			token_put(t, gram * 0x9e3779b1u);
	}
}

uint32_t token_scale(size_t n)
{
	return n ? 64 - (uint32_t)__builtin_clzll(n) : 0;
}
