/*
 * What was fetched is kept as a file a question: a line "FETCHED STATUS" and the body. A refusal
 * (404) is kept as well, so that nobody is asked in vain each time. Redirects are followed by hand,
 * since each new URL is to be checked; and every address that is connected to is looked at when the
 * socket is made, after the name was resolved.
 */
#include "case/rdap_fetch.h"

#include "base/file.h"
#include "net/day.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REDIRECTS_MOST 3
#define DAY_SECONDS    86400

/* One request. */
struct get {
	CURL *curl;
	bool loopback; /* the bootstrap that is set is on loopback */
	bool refused;  /* the server's address is none that may be asked */
	struct buf *body;
};

static size_t take_body(char *p, size_t size, size_t n, void *context)
{
	struct get *g = context;

	if (g->body->n + size * n > RDAP_ANSWER_MOST)
		return 0;
	buf_add(g->body, (struct span){p, size * n});
	return buf_ok(g->body) ? size * n : 0;
}

static bool address_allowed(const struct sockaddr *sa, bool loopback)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct ip ip;

	if (sa->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text,
			sizeof(text));
	else if (sa->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr,
			text, sizeof(text));
	if (ip_parse(span_cstr(text), &ip) < 0)
		return false;
	return ip_scope(&ip) == (loopback ? IP_LOOPBACK : IP_GLOBAL);
}

/* A registry must not send us to machines of the operator's own network. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct get *g = context;

	(void)purpose;
	if (!address_allowed(&a->addr, g->loopback)) {
		g->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool is_loopback(const char *url)
{
	return !strncmp(url, "http://127.0.0.1:", 17) || !strncmp(url, "http://[::1]:", 13) ||
	       !strncmp(url, "http://localhost:", 17);
}

static bool url_allowed(const struct get *g, const char *url)
{
	return g->loopback ? is_loopback(url) : !strncasecmp(url, "https://", 8);
}

static void set_up(struct get *g, const char *url, struct curl_slist *headers)
{
	curl_easy_setopt(g->curl, CURLOPT_URL, url);
	curl_easy_setopt(g->curl, CURLOPT_PROTOCOLS_STR, g->loopback ? "http" : "https");
	curl_easy_setopt(g->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(g->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(g->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(g->curl, CURLOPT_USERAGENT, "cordon/" CORDON_VERSION);
	curl_easy_setopt(g->curl, CURLOPT_ACCEPT_ENCODING, ""); /* what is unpacked is counted */
	curl_easy_setopt(g->curl, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(g->curl, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(g->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(g->curl, CURLOPT_WRITEDATA, g);
	curl_easy_setopt(g->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(g->curl, CURLOPT_OPENSOCKETDATA, g);
}

static int request(struct get *g, const char *url, long *ret_status, struct err *err)
{
	struct curl_slist *headers =
		curl_slist_append(NULL, "Accept: application/rdap+json, application/json");
	CURLcode code;

	if (!url_allowed(g, url)) {
		curl_slist_free_all(headers);
		return err_set(err, -EPERM,
			"%.200s: is not asked; registries are spoken to by https alone", url);
	}
	g->refused = false;
	buf_clear(g->body);
	set_up(g, url, headers);
	code = headers ? curl_easy_perform(g->curl) : CURLE_OUT_OF_MEMORY;
	curl_slist_free_all(headers);
	if (g->refused)
		return err_set(err, -EPERM, "%.200s: leads to an address that is not global", url);
	if (code == CURLE_WRITE_ERROR && g->body->n > 0)
		return err_set(err, -EFBIG, "%.200s: answers with more than %zu bytes", url,
			RDAP_ANSWER_MOST);
	if (code != CURLE_OK)
		return err_set(err, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -EHOSTUNREACH,
			"%.200s: cannot be asked: %s", url, curl_easy_strerror(code));
	curl_easy_getinfo(g->curl, CURLINFO_RESPONSE_CODE, ret_status);
	return 0;
}

/* Requests, and goes where it is sent. */
static int follow(struct get *g, const char *url, long *ret_status, struct err *err)
{
	char *next = strdup(url), *to;
	int rc = next ? 0 : err_sys(err, -ENOMEM, "%.200s", url);

	for (int i = 0; rc == 0; i++) {
		rc = request(g, next, ret_status, err);
		to = NULL;
		if (rc == 0)
			curl_easy_getinfo(g->curl, CURLINFO_REDIRECT_URL, &to);
		if (!to)
			break;
		if (i == REDIRECTS_MOST) {
			rc = err_set(err, -ELOOP, "%.200s: sends us on and on", url);
			break;
		}
		to = strdup(to);
		free(next);
		next = to;
		if (!next)
			rc = err_sys(err, -ENOMEM, "%.200s", url);
	}
	free(next);
	return rc;
}

static const char *bootstrap_of(const struct rdap_options *o)
{
	return o->bootstrap && *o->bootstrap ? o->bootstrap : RDAP_BOOTSTRAP;
}

static int get_url(const struct rdap_options *o, const char *url, struct buf *body,
	long *ret_status, struct err *err)
{
	struct get g = {.curl = curl_easy_init(), .body = body};
	int rc;

	if (!g.curl)
		return err_sys(err, -ENOMEM, "%.200s", url);
	g.loopback = is_loopback(bootstrap_of(o));
	rc = follow(&g, url, ret_status, err);
	curl_easy_cleanup(g.curl);
	if (rc == 0 && *ret_status != 200 && *ret_status != 404)
		rc = err_set(err, -EPROTO, "%.200s: answers with HTTP status %ld%s", url,
			*ret_status, *ret_status == 429 ? ": it was asked too often; wait" : "");
	return rc;
}

/* What is kept: when it was fetched, and what was said. */
struct kept {
	int64_t fetched;
	long status;
	struct span body;
};

static bool parse_kept(struct span file, struct kept *ret)
{
	struct span line, word;
	unsigned long long fetched, status;

	if (!span_line(&file, &line) || !span_cut(&line, ' ', &word) ||
		span_number(word, INT64_MAX, &fetched) < 0 || span_number(line, 999, &status) < 0)
		return false;
	*ret = (struct kept){(int64_t)fetched, (long)status, file};
	return true;
}

static bool usable(const struct rdap_options *o, const struct kept *k)
{
	int64_t age = o->now - k->fetched;

	return o->offline || (age >= 0 && age < (int64_t)o->days * DAY_SECONDS);
}

static int keep(const char *path, int64_t now, long status, const struct buf *body, struct err *err)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "%lld %ld\n", (long long)now, status);
	const struct span pieces[] = {{head, (size_t)n}, buf_span(body)};

	return file_replace(path, pieces, 2, err);
}

/*
 * The body at URL, from what is kept under a name or fetched now. file holds it. -ENOENT for a 404.
 * An answer that is no JSON is refused before it is kept, so it does no harm for days.
 */
static int ask(const struct rdap_options *o, const char *name, const char *url, struct buf *file,
	struct kept *ret_kept, struct err *err)
{
	char *folder = NULL, *path = NULL;
	struct buf body = {0};
	struct rdap_answer probe;
	int rc = asprintf(&folder, "%s/rdap", o->state_dir) < 0 ||
				 asprintf(&path, "%s/rdap/%s", o->state_dir, name) < 0
			 ? err_sys(err, -ENOMEM, "%s", name)
			 : 0;

	buf_clear(file);
	if (rc == 0 && access(path, R_OK) == 0 &&
		file_read(path, RDAP_ANSWER_MOST + 64, file, NULL) == 0 &&
		parse_kept(buf_span(file), ret_kept) && usable(o, ret_kept))
		goto out;
	if (rc == 0 && o->offline)
		rc = err_set(err, -ENONET, "%s: was not asked before, and nobody is asked offline",
			name);
	if (rc == 0)
		rc = get_url(o, url, &body, &ret_kept->status, err);
	if (rc == 0 && ret_kept->status == 200)
		rc = rdap_read(buf_span(&body), &probe, err);
	if (rc == 0)
		rc = file_make_folder(folder, err);
	if (rc == 0)
		rc = keep(path, o->now, ret_kept->status, &body, err);
	if (rc == 0) {
		ret_kept->fetched = o->now;
		buf_clear(file);
		buf_add(file, buf_span(&body));
		ret_kept->body = buf_span(file);
		if (!buf_ok(file))
			rc = err_sys(err, -ENOMEM, "%s", name);
	}
out:
	free(folder);
	free(path);
	buf_done(&body);
	if (rc == 0 && ret_kept->status == 404)
		rc = err_set(err, -ENOENT, "%s: the registry has no such entry", name);
	return rc;
}

/* The base URL of the registry; of an AS number when ip is NULL. */
static int find_registry(const struct rdap_options *o, asn_t asn, const struct ip *ip,
	struct buf *url, struct err *err)
{
	const char *name = !ip ? "asn.json" : ip->family == IP_V4 ? "ipv4.json" : "ipv6.json";
	struct buf file = {0}, from = {0};
	struct kept kept;

	buf_printf(&from, "%s/%s", bootstrap_of(o), name);
	buf_byte(&from, '\0');
	int rc = buf_ok(&from) ? ask(o, name, from.p, &file, &kept, err)
			       : err_sys(err, -ENOMEM, "%s", name);

	if (rc == 0)
		rc = ip ? rdap_bootstrap_ip(kept.body, ip, url, err)
			: rdap_bootstrap_asn(kept.body, asn, url, err);
	buf_done(&file);
	buf_done(&from);
	return rc;
}

/* An abuse entity without addresses is asked for once itself; whatever fails there changes nothing.
 */
static void ask_entity(
	const struct rdap_options *o, const char *name, struct buf *file, struct rdap_answer *a)
{
	char entity[160];
	struct rdap_answer more;
	struct kept kept;

	snprintf(entity, sizeof(entity), "%s.abuse", name);
	if (a->abuse.mails || !*a->link || ask(o, entity, a->link, file, &kept, NULL) < 0 ||
		rdap_read(kept.body, &more, NULL) < 0 || more.abuse.mails == 0)
		return;
	a->abuse = more.abuse;
	snprintf(a->abuse_who, sizeof(a->abuse_who), "%s", more.abuse_who);
}

static int ask_registry(const struct rdap_options *o, asn_t asn, const struct ip *ip,
	const char *name, const char *path, struct rdap_answer *ret_answer, int32_t *ret_day,
	struct err *err)
{
	struct buf url = {0}, file = {0};
	struct rdap_answer a;
	struct kept kept = {0};
	struct err why = {{0}};
	int rc = find_registry(o, asn, ip, &url, &why);

	buf_str(&url, path);
	buf_byte(&url, '\0');
	if (rc == 0 && !buf_ok(&url))
		rc = err_sys(&why, -ENOMEM, "%s", name);
	if (rc == 0)
		rc = ask(o, name, url.p, &file, &kept, &why);
	if (rc == 0)
		rc = rdap_read(kept.body, &a, &why);
	if (rc == 0) {
		ask_entity(o, name, &file, &a);
		*ret_answer = a;
		if (ret_day)
			*ret_day = (int32_t)(kept.fetched / DAY_SECONDS);
	}
	buf_done(&url);
	buf_done(&file);
	return rc < 0 ? err_set(err, rc, "%s", why.text) : 0;
}

int rdap_ask_asn(const struct rdap_options *o, asn_t asn, struct rdap_answer *ret_answer,
	int32_t *ret_day, struct err *err)
{
	char name[32], path[32];

	snprintf(name, sizeof(name), "as%u", asn);
	snprintf(path, sizeof(path), "autnum/%u", asn);
	return ask_registry(o, asn, NULL, name, path, ret_answer, ret_day, err);
}

int rdap_ask_ip(const struct rdap_options *o, const struct ip *ip, struct rdap_answer *ret_answer,
	int32_t *ret_day, struct err *err)
{
	char name[IP_TEXT + 8], path[IP_TEXT + 8], text[IP_TEXT];

	snprintf(name, sizeof(name), "ip-%s", ip_format(ip, text));
	snprintf(path, sizeof(path), "ip/%s", text);
	return ask_registry(o, 0, ip, name, path, ret_answer, ret_day, err);
}

static void say(struct contact *c, const char *what, const struct rdap_answer *a, int32_t day)
{
	char date[DAY_TEXT];

	if (c->mails)
		snprintf(c->said, sizeof(c->said),
			"the registry's answer of %s about %s names it for abuse%s%s%s",
			day_format(day, date), what, *a->abuse_who ? " (" : "", a->abuse_who,
			*a->abuse_who ? ")" : "");
	else
		snprintf(c->said, sizeof(c->said), "the registry's answer of %s about %s %s%s%s%s",
			day_format(day, date), what,
			a->has_abuse_role ? "names a contact for abuse without a usable address"
					  : "names no contact for abuse",
			*a->other ? "; there are addresses for: " : "", a->other,
			*a->other ? ", which are written to only when your own list names them"
				  : "");
}

int rdap_contact(const struct rdap_options *o, asn_t asn, const struct ip *ip,
	struct contact *ret_contact, struct err *err)
{
	struct contact c = {0};
	struct rdap_answer a;
	struct err why = {{0}};
	char what[IP_TEXT + 8], text[IP_TEXT];
	int32_t day;
	int rc = rdap_ask_asn(o, asn, &a, &day, &why);

	snprintf(what, sizeof(what), "AS%u", asn);
	if (rc == 0) {
		c = a.abuse;
		c.from = c.mails ? CONTACT_NETWORK : CONTACT_NONE;
		say(&c, what, &a, day);
	} else {
		snprintf(c.said, sizeof(c.said), "%.500s", why.text);
	}
	if (c.mails == 0 && ip && ip->family != IP_NONE) {
		int more = rdap_ask_ip(o, ip, &a, &day, &why);

		if (more == 0 && a.abuse.mails) {
			c = a.abuse;
			c.from = CONTACT_ADDRESS;
			say(&c, ip_format(ip, text), &a, day);
			rc = 0;
		} else if (rc == 0 && more < 0 && more != -ENOENT) {
			rc = more;
		}
	}
	*ret_contact = c;
	if (rc == -ENOENT || rc == -ENONET)
		rc = 0;
	return rc < 0 ? err_set(err, rc, "%s", why.text) : 0;
}
