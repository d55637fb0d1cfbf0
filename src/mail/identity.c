#include "mail/identity.h"

#include <sodium.h>

/* Fields that tell what a mailbox program did, not what was sent; a '*' ends a beginning. */
static const char *const volatile_fields[] = {"Status", "X-Status", "X-Keywords", "X-UID", "X-IMAP",
	"X-IMAPbase", "Content-Length", "Lines", "X-Mozilla-*", "X-Evolution*", "X-Gnus-*"};

static bool is_volatile(struct span name)
{
	for (size_t i = 0; i < sizeof(volatile_fields) / sizeof(*volatile_fields); i++) {
		struct span v = span_cstr(volatile_fields[i]);

		if (v.p[v.n - 1] == '*' ? span_starts_nocase(name, span_take(v, v.n - 1))
					: span_eq_nocase(name, v))
			return true;
	}
	return false;
}

static void update(crypto_generichash_state *state, struct span s)
{
	if (s.n)
		crypto_generichash_update(state, (const unsigned char *)s.p, s.n);
}

/* Adds text with its line ends as LF; all but the last line are ended, the last if it was. */
static void update_lines(crypto_generichash_state *state, struct span s)
{
	while (s.n) {
		ssize_t cr = span_find(s, SPAN("\r\n"));

		if (cr < 0) {
			update(state, s);
			return;
		}
		update(state, span_take(s, (size_t)cr));
		update(state, SPAN("\n"));
		s = span_skip(s, (size_t)cr + 2);
	}
}

static struct span without_last_blank_lines(struct span s)
{
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

struct digest identity_digest(const struct message *m)
{
	const struct part *root = &m->part[0];
	crypto_generichash_state state;
	struct digest d;

	crypto_generichash_init(&state, NULL, 0, sizeof(d.byte));
	for (size_t i = 0; i < root->fields.n; i++) {
		const struct field *f = &root->fields.at[i];

		if (is_volatile(f->name))
			continue;
		update(&state, f->name);
		update(&state, SPAN(":"));
		update_lines(&state, f->value);
		update(&state, SPAN("\n"));
	}
	update(&state, SPAN("\n"));
	update_lines(&state, without_last_blank_lines(root->body));
	crypto_generichash_final(&state, d.byte, sizeof(d.byte));
	return d;
}
