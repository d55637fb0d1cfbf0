#include "judge/token.h"

void tokens_start(struct tokens *t, struct features *to)
{
	memset(t->slot, 0, sizeof(t->slot));
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
	token_put(t, (token_tag(tag) ^ n) * 0x9e3779b1u);
}

/* What each byte is in a shape; 0 for those that are '?'. */
static const char shapes[256] = {
#define X(c) [c] = c,
	/* the printable rest of ASCII stands for itself */
	X(' ') X('!') X('"') X('#') X('$') X('%') X('&') X('\'') X('(') X(')') X('*') X('+') X(',')
		X('-') X('.') X('/') X(':') X(';') X('<') X('=') X('>') X('?') X('@') X('[') X('\\')
			X(']') X('^') X('_') X('`') X('{') X('|') X('}') X('~')
#undef X
				['0' ... '9'] = '9',
	['A' ... 'Z'] = 'A',
	['a' ... 'z'] = 'a',
};

size_t token_shape(struct span s, char *to, size_t most, bool runs)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < most; i++) {
		char c = shapes[(unsigned char)s.p[i]];

		if (!c)
			c = '?';

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
	const enum view view = t->view;
	uint32_t gram = 0, *hash = t->to->hash;
	size_t n = t->n, most = t->most;

	for (size_t i = 0; i < s.n && i < 3; i++)
		gram = gram << 8 | (unsigned char)s.p[i];
	for (size_t i = 3; i < s.n; i++) {
		gram = gram << 8 | (unsigned char)s.p[i];
		n = token_insert(t->slot, hash, n, most, token_value(view, gram * 0x9e3779b1u));
	}
	t->n = n;
}

uint32_t token_scale(size_t n)
{
	return n ? 64 - (uint32_t)__builtin_clzll(n) : 0;
}
