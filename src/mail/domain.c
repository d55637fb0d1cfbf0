/*
 * Registrable domains by libpsl, A-labels by libidn2. A mail names few hosts and a stream of mail
 * the same ones again and again, so the answers of the last hosts are kept in a table of fixed
 * size, one host a slot; a new host overwrites whoever had its slot.
 */
#include "mail/domain.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <errno.h>
#include <idn2.h>
#include <libpsl.h>
#include <pthread.h>
#include <stdlib.h>

#define SLOTS    2048
#define KEY_MOST 61

struct slot {
	uint8_t n;      /* bytes of the host; 0 for a free slot */
	uint8_t domain; /* bytes of its registrable domain */
	bool known;     /* it is a suffix that the list names */
	char host[KEY_MOST];
};

struct domain_tools {
	psl_ctx_t *list; /* its own; NULL: that of all */
	const psl_ctx_t *use;
	struct slot slot[SLOTS];
};

/* The list is only read, so the process has one for all threads, and keeps it. A sandbox may close
 * behind the first that takes it. */
static const psl_ctx_t *list_of_all(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static psl_ctx_t *list;

	pthread_mutex_lock(&lock);
	if (!list)
		list = psl_latest(psl_dist_filename());
	const psl_ctx_t *now = list;

	pthread_mutex_unlock(&lock);
	return now;
}

/* Tools with a list of their own, or with that of all. */
static struct domain_tools *tools_with(psl_ctx_t *list, const psl_ctx_t *use)
{
	struct domain_tools *t = calloc(1, sizeof(*t));

	if (!t || !use) {
		psl_free(list);
		free(t);
		return NULL;
	}
	t->list = list;
	t->use = use;
	return t;
}

struct domain_tools *domain_tools_new(void)
{
	return tools_with(NULL, list_of_all());
}

struct domain_tools *domain_tools_load(const char *path)
{
	psl_ctx_t *list = psl_load_file(path);

	return tools_with(list, list);
}

void domain_tools_free(struct domain_tools *t)
{
	if (!t)
		return;
	psl_free(t->list);
	free(t);
}

/* Whether host can be a name: not an address, no empty label, no NUL. */
static bool is_name(struct span host)
{
	struct span last = span_skip(host, (size_t)(span_rindex(host, '.') + 1));

	if (!host.n || host.n > DOMAIN_MOST || host.p[0] == '.' || !last.n ||
		span_index(host, ':') >= 0 || span_index(host, '\0') >= 0 ||
		span_find(host, SPAN("..")) >= 0)
		return false;
	for (size_t i = 0; i < last.n; i++)
		if (!ascii_is_digit(last.p[i]))
			return true;
	return false;
}

/* Asks the list. */
static void ask(const struct domain_tools *t, struct span host, size_t *ret_domain, bool *ret_known)
{
	char text[DOMAIN_MOST + 1];

	*ret_domain = 0;
	*ret_known = false;
	if (!is_name(host))
		return;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	const char *domain = psl_registrable_domain(t->use, text);

	*ret_domain = domain ? strlen(domain) : 0;
	/* Only ever asked of a last label, which has no domain below the list's names. */
	if (!*ret_domain)
		*ret_known =
			psl_is_public_suffix2(t->use, text, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

static void look_up(struct domain_tools *t, struct span host, size_t *ret_domain, bool *ret_known)
{
	if (!host.n || host.n > KEY_MOST) {
		ask(t, host, ret_domain, ret_known);
		return;
	}
	struct slot *s = &t->slot[hash64(host, 0) % SLOTS];

	if (s->n != host.n || memcmp(s->host, host.p, host.n) != 0) {
		size_t domain;

		ask(t, host, &domain, &s->known);
		s->n = (uint8_t)host.n;
		s->domain = (uint8_t)domain;
		memcpy(s->host, host.p, host.n);
	}
	*ret_domain = s->domain;
	*ret_known = s->known;
}

struct span domain_registrable(struct domain_tools *t, struct span host)
{
	size_t domain;
	bool known;

	look_up(t, host, &domain, &known);
	return span_skip(host, host.n - domain);
}

bool domain_known_suffix(struct domain_tools *t, struct span host)
{
	size_t domain;
	bool known;

	look_up(t, span_skip(host, (size_t)(span_rindex(host, '.') + 1)), &domain, &known);
	return known;
}

/* A name in text that libidn2 turns over, as a new string; either way. */
static int convert(
	struct arena *a, struct span s, int (*idn)(const char *, char **, int), struct span *ret)
{
	char *out, text[4 * DOMAIN_MOST + 1];

	/* Four bytes of UTF-8 are the most that one byte of a name comes from. */
	if (s.n >= sizeof(text) || span_index(s, '\0') >= 0)
		return -EINVAL;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	int r = idn(text, &out, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);

	if (r != IDN2_OK)
		return r == IDN2_MALLOC ? -ENOMEM : -EINVAL;
	*ret = arena_copy(a, span_cstr(out));
	idn2_free(out);
	return ret->p ? 0 : -ENOMEM;
}

int domain_to_ascii(struct arena *a, struct span utf8, struct span *ret_ascii)
{
	bool lower = true;

	if (!utf8_is_ascii(utf8))
		return convert(a, utf8, idn2_to_ascii_8z, ret_ascii);
	for (size_t i = 0; i < utf8.n; i++)
		lower &= ascii_lower(utf8.p[i]) == utf8.p[i];
	*ret_ascii = utf8;
	if (lower)
		return 0;
	char *to = arena_alloc(a, utf8.n);

	if (!to)
		return -ENOMEM;
	for (size_t i = 0; i < utf8.n; i++)
		to[i] = ascii_lower(utf8.p[i]);
	*ret_ascii = (struct span){to, utf8.n};
	return 0;
}

struct span domain_to_unicode(struct arena *a, struct span host)
{
	struct span unicode;

	if (span_find(host, SPAN("xn--")) < 0 || convert(a, host, idn2_to_unicode_8z8z, &unicode))
		return host;
	return unicode;
}
