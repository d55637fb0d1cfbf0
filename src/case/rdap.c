/*
 * Entities are looked at breadth first through a queue of fixed size: those nearest to the top come
 * first, nothing recurses, and an answer that nests or repeats without end fills the queue and no
 * more. Depth is checked before jansson parses, which recurses.
 */
#include "case/rdap.h"

#include "show/clean.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#define DEPTH_MOST 64

/* False when brackets nest too deep. Strings are passed over. */
static bool depth_ok(struct span s)
{
	bool text = false;
	int depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (text) {
			if (c == '\\')
				i++;
			text = c != '"';
		} else if (c == '"') {
			text = true;
		} else if (c == '[' || c == '{') {
			if (++depth > DEPTH_MOST)
				return false;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return true;
}

static json_t *load(struct span text, const char *what, struct err *err)
{
	json_error_t error;
	json_t *root;

	if (text.n > RDAP_ANSWER_MOST || !depth_ok(text)) {
		err_set(err, -EBADMSG, "%s: too big or nested too deep to be one", what);
		return NULL;
	}
	root = json_loadb(text.n ? text.p : "", text.n, JSON_ALLOW_NUL, &error);
	if (json_is_object(root))
		return root;
	json_decref(root);
	err_set(err, -EBADMSG, "%s: is no JSON object%s%.100s", what, root ? "" : ": ",
		root ? "" : error.text);
	return NULL;
}

static struct span text_of(const json_t *j)
{
	return json_is_string(j) ? (struct span){json_string_value(j), json_string_length(j)}
				 : (struct span){0};
}

/* Cleaned, and cut at a character's end. */
static void keep_text(char *to, size_t room, struct span s)
{
	struct buf b = {0};
	size_t n;

	clean_excerpt(&b, s, room - 4);
	n = buf_ok(&b) && b.n < room ? b.n : 0;
	memcpy(to, n ? b.p : "", n);
	to[n] = '\0';
	buf_done(&b);
}

/* One entity in the queue. */
struct place {
	const json_t *entity;
	unsigned depth;
};

struct reader {
	struct place queue[RDAP_ENTITIES_MOST];
	size_t n;
	unsigned found_at; /* depth of the entities whose addresses are taken */
	struct rdap_answer *answer;
};

static void enqueue(struct reader *r, const json_t *entities, unsigned depth)
{
	for (size_t i = 0; i < json_array_size(entities); i++) {
		const json_t *e = json_array_get(entities, i);

		if (json_is_object(e) && r->n < RDAP_ENTITIES_MOST)
			r->queue[r->n++] = (struct place){e, depth};
		else
			r->answer->odd++;
	}
}

static bool has_role(const json_t *entity, struct span role)
{
	const json_t *roles = json_object_get(entity, "roles");

	for (size_t i = 0; i < json_array_size(roles); i++)
		if (span_eq_nocase(text_of(json_array_get(roles, i)), role))
			return true;
	return false;
}

/* The properties of its jCard (RFC 7095, 3): an array of [name, parameters, type, value...]. */
static const json_t *card_of(const json_t *entity)
{
	const json_t *card = json_object_get(entity, "vcardArray");

	return span_eq_nocase(text_of(json_array_get(card, 0)), SPAN("vcard"))
		       ? json_array_get(card, 1)
		       : NULL;
}

static struct span property_name(const json_t *property)
{
	return text_of(json_array_get(property, 0));
}

static void keep_full_name(char *to, size_t room, const json_t *entity)
{
	const json_t *card = card_of(entity);

	for (size_t i = 0; i < json_array_size(card) && !*to; i++)
		if (span_eq_nocase(property_name(json_array_get(card, i)), SPAN("fn")))
			keep_text(to, room, text_of(json_array_get(json_array_get(card, i), 3)));
}

/* Takes the addresses of an entity's card; how many could be used. */
static size_t take_mails(const json_t *entity, struct contact *c, unsigned *odd)
{
	const json_t *card = card_of(entity);
	size_t good = 0;

	for (size_t i = 0; i < json_array_size(card); i++) {
		const json_t *property = json_array_get(card, i);
		struct span value = span_trim(text_of(json_array_get(property, 3)));

		if (!span_eq_nocase(property_name(property), SPAN("email")))
			continue;
		if (span_starts_nocase(value, SPAN("mailto:")))
			value = span_skip(value, 7);
		if (contact_mail_ok(value)) {
			contact_add(c, value);
			good++;
		} else {
			++*odd;
		}
	}
	return good;
}

/* Where the entity itself is to be had. */
static void keep_link(struct rdap_answer *a, const json_t *entity)
{
	const json_t *links = json_object_get(entity, "links");

	for (size_t i = 0; i < json_array_size(links) && !*a->link; i++) {
		const json_t *l = json_array_get(links, i);
		struct span href = text_of(json_object_get(l, "href"));

		if (span_eq(text_of(json_object_get(l, "rel")), SPAN("self")) && href.n > 0 &&
			href.n < sizeof(a->link) && span_index(href, '\0') < 0) {
			memcpy(a->link, href.p, href.n);
			a->link[href.n] = '\0';
		}
	}
}

static void look_abuse(struct reader *r, const struct place *p)
{
	struct rdap_answer *a = r->answer;

	a->has_abuse_role = true;
	if (a->abuse.mails > 0 && p->depth > r->found_at)
		return;
	if (take_mails(p->entity, &a->abuse, &a->odd) == 0) {
		keep_link(a, p->entity);
		return;
	}
	r->found_at = p->depth;
	keep_full_name(a->abuse_who, sizeof(a->abuse_who), p->entity);
}

/* Whoever else could be asked, for the sentence that says that nobody is named for abuse. */
static void look_other(struct reader *r, const struct place *p)
{
	static const struct span roles[] = {
		SPAN("technical"), SPAN("noc"), SPAN("administrative"), SPAN("registrant")};
	struct rdap_answer *a = r->answer;
	struct contact other = {0};
	unsigned odd = 0;

	if (has_role(p->entity, SPAN("registrant")) && !*a->holder)
		keep_full_name(a->holder, sizeof(a->holder), p->entity);
	if (take_mails(p->entity, &other, &odd) == 0)
		return;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		size_t n = strlen(a->other);

		if (has_role(p->entity, roles[i]) && !strstr(a->other, roles[i].p))
			snprintf(a->other + n, sizeof(a->other) - n, "%s%s", n ? ", " : "",
				roles[i].p);
	}
}

static void look(struct reader *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct place p = r->queue[i];

		if (has_role(p.entity, SPAN("abuse")))
			look_abuse(r, &p);
		else
			look_other(r, &p);
		enqueue(r, json_object_get(p.entity, "entities"), p.depth + 1);
	}
}

int rdap_read(struct span answer, struct rdap_answer *ret_answer, struct err *err)
{
	struct rdap_answer a = {0};
	struct reader r = {.answer = &a};
	json_t *root = load(answer, "the registry's answer", err);

	if (!root)
		return -EBADMSG;
	keep_text(a.name, sizeof(a.name), text_of(json_object_get(root, "name")));
	/* An answer about an entity is one itself. */
	if (has_role(root, SPAN("abuse")) || card_of(root))
		r.queue[r.n++] = (struct place){root, 0};
	else
		enqueue(&r, json_object_get(root, "entities"), 1);
	look(&r);
	json_decref(root);
	*ret_answer = a;
	return 0;
}

/* True when "64496-64511" or "64496" holds it. */
static bool range_has(struct span range, asn_t asn)
{
	unsigned long long from, to;
	ssize_t dash = span_index(range, '-');
	struct span first = dash < 0 ? range : span_take(range, (size_t)dash);
	struct span last = dash < 0 ? range : span_skip(range, (size_t)dash + 1);

	return span_number(first, UINT32_MAX, &from) == 0 &&
	       span_number(last, UINT32_MAX, &to) == 0 && from <= asn && asn <= to;
}

/* How well an entry of a service fits: 0 not at all, else more for longer prefixes. */
static int entry_fits(struct span entry, asn_t asn, const struct ip *ip)
{
	struct prefix p;

	if (!ip)
		return range_has(entry, asn);
	return prefix_parse(entry, &p) == 0 && prefix_has(&p, ip) ? 1 + p.length : 0;
}

/* The URL of a service: the first that is https, else the first http. */
static struct span service_url(const json_t *urls)
{
	struct span best = {0};

	for (size_t i = 0; i < json_array_size(urls); i++) {
		struct span url = text_of(json_array_get(urls, i));

		if (span_index(url, '\0') >= 0 || url.n > 400)
			continue;
		if (span_starts_nocase(url, SPAN("https://")))
			return url;
		if (best.n == 0 && span_starts_nocase(url, SPAN("http://")))
			best = url;
	}
	return best;
}

static int bootstrap(
	struct span file, asn_t asn, const struct ip *ip, struct buf *to, struct err *err)
{
	json_t *root = load(file, "the registries' bootstrap file", err);
	const json_t *services = json_object_get(root, "services");
	struct span url = {0};
	int best = 0, rc = 0;

	if (!root)
		return -EBADMSG;
	for (size_t i = 0; i < json_array_size(services); i++) {
		const json_t *service = json_array_get(services, i);
		const json_t *entries = json_array_get(service, 0);

		for (size_t k = 0; k < json_array_size(entries); k++) {
			int fits = entry_fits(text_of(json_array_get(entries, k)), asn, ip);

			if (fits > best) {
				best = fits;
				url = service_url(json_array_get(service, 1));
			}
		}
	}
	if (!json_is_array(services))
		rc = err_set(err, -EBADMSG, "the registries' bootstrap file: has no services");
	else if (url.n == 0)
		rc = err_set(err, -ENOENT, "no registry is responsible for it");
	buf_add(to, url);
	if (url.n && url.p[url.n - 1] != '/')
		buf_byte(to, '/');
	json_decref(root);
	return rc;
}

int rdap_bootstrap_asn(struct span file, asn_t asn, struct buf *to, struct err *err)
{
	return bootstrap(file, asn, NULL, to, err);
}

int rdap_bootstrap_ip(struct span file, const struct ip *ip, struct buf *to, struct err *err)
{
	return bootstrap(file, 0, ip, to, err);
}
