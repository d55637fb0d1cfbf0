/*
 * jansson makes the JSON; its object with sorted keys is the same for the same facts. Each type
 * adds what its schema demands to what all have.
 */
#include "case/xarf_write.h"

#include "base/hash.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum type { SPAM, PHISHING, MALWARE, BOTNET, SCAN, BLOCKLIST, INTELLIGENCE };

static const struct {
	const char *category, *type, *both;
} types[] = {
	[SPAM] = {"messaging", "spam", "messaging/spam"},
	[PHISHING] = {"content", "phishing", "content/phishing"},
	[MALWARE] = {"content", "malware", "content/malware"},
	[BOTNET] = {"infrastructure", "botnet", "infrastructure/botnet"},
	[SCAN] = {"connection", "vulnerability_scan", "connection/vulnerability_scan"},
	[BLOCKLIST] = {"reputation", "blocklist", "reputation/blocklist"},
	[INTELLIGENCE] = {"reputation", "threat_intelligence", "reputation/threat_intelligence"},
};

static enum type type_of(const struct xarf_report *r)
{
	bool prefix = span_index(r->host, '/') >= 0;

	/* What phishing leads to is a page that phishes. What spam leads to may be anything, and no
	 * type of content says no more than that it is advertised. */
	if (r->led_to)
		return r->kind == SIGHTING_PHISH     ? PHISHING
		       : r->kind == SIGHTING_MALWARE ? MALWARE
						     : INTELLIGENCE;
	switch (r->kind) {
	case SIGHTING_SPAM: return SPAM;
	case SIGHTING_PHISH: return r->by_mail ? SPAM : prefix ? INTELLIGENCE : PHISHING;
	case SIGHTING_MALWARE: return r->by_mail ? SPAM : prefix ? INTELLIGENCE : MALWARE;
	case SIGHTING_C2: return BOTNET;
	case SIGHTING_SCAN: return SCAN;
	case SIGHTING_LISTED: return BLOCKLIST;
	default: return INTELLIGENCE;
	}
}

const char *xarf_type(const struct xarf_report *r)
{
	return types[type_of(r)].both;
}

static json_t *text(struct span s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static void set_text(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(value));
}

static void set_time(json_t *o, const char *key, int64_t at)
{
	char to[SIGHTING_TIME_TEXT];

	set_text(o, key, sighting_time_format(at, to));
}

static json_t *party(const struct xarf_party *p)
{
	return json_pack("{s:o, s:o, s:o}", "org", text(span_take(p->org, 200)), "contact",
		text(p->mail), "domain", text(p->domain));
}

/* The host as a URL; only that it is a URL of this host is claimed. */
static json_t *url(const struct xarf_report *r)
{
	struct buf b = {0};
	struct ip ip;
	bool v6 = ip_parse(r->host, &ip) == 0 && ip.family == IP_V6;
	json_t *j;

	buf_printf(&b, "%s://%s%.*s%s", r->port == 443 ? "https" : "http", v6 ? "[" : "",
		SPAN_ARG(r->host), v6 ? "]" : "");
	if (r->port && r->port != 80 && r->port != 443)
		buf_printf(&b, ":%u", r->port);
	buf_byte(&b, '/');
	j = buf_ok(&b) ? text(buf_span(&b)) : NULL;
	buf_done(&b);
	return j;
}

static void set_type(json_t *o, const struct xarf_report *r)
{
	enum type t = type_of(r);

	set_text(o, "category", types[t].category);
	set_text(o, "type", types[t].type);
	if (t == SPAM) {
		/* "smtp" demands sender and source port: the one is forged and may be some
		 * innocent's, the other is not known. The description says that it was SMTP. */
		set_text(o, "protocol", "other");
		set_text(o, "evidence_source", r->by_mail ? "automated_filter" : "reputation_feed");
		return;
	}
	set_text(o, "evidence_source", "threat_intelligence");
	if (t == PHISHING || t == MALWARE) {
		json_object_set_new(o, "url", url(r));
		set_text(o, "verification_method", "threat_intelligence");
		json_object_set_new(o, "asn", json_integer(r->asn));
	} else if (t == BOTNET) {
		json_object_set_new(o, "c2_server", text(r->host));
		set_text(o, "compromise_evidence",
			"listed as a command server of a botnet; see the evidence for by whom");
	} else if (t == SCAN) {
		set_text(o, "scan_type", "mixed");
		set_text(o, "protocol", "mixed");
	} else {
		/* X-ARF v3 had a type for it, of this name. */
		set_text(
			o, "threat_type", r->led_to ? "spamvertised" : sighting_kind_name(r->kind));
	}
}

static json_t *tags(const struct xarf_report *r)
{
	json_t *a = json_array();
	char kind[64];

	snprintf(kind, sizeof(kind), "abuse:%s", sighting_kind_name(r->kind));
	json_array_append_new(a, json_string(kind));
	if (r->led_to)
		json_array_append_new(a, json_string("abuse:advertised"));
	else if (r->kind == SIGHTING_C2)
		json_array_append_new(a, json_string("botnet:command-and-control"));
	return a;
}

static json_t *description(const struct xarf_report *r)
{
	char first[SIGHTING_TIME_TEXT], last[SIGHTING_TIME_TEXT], words[1000], led[160];

	snprintf(led, sizeof(led),
		"abuse (%s), sent or offered by others, leads to this host, which hosts what it "
		"advertises",
		sighting_kind_name(r->kind));
	snprintf(words, sizeof(words),
		"%.300s%s: seen %llu %s between %s and %s; told by: %.*s. "
		"Recipients and senders are left out by design.",
		r->led_to ? led : sighting_kind_words(r->kind),
		r->by_mail && !r->led_to ? ", by SMTP" : "", (unsigned long long)r->count,
		r->count == 1 ? "time" : "times", sighting_time_format(r->first, first),
		sighting_time_format(r->last, last), SPAN_ARG(span_take(r->sources, 300)));
	return json_string(words);
}

/* bytes as base64, in new memory. */
static char *base64(struct span bytes)
{
	size_t n = sodium_base64_encoded_len(bytes.n, sodium_base64_VARIANT_ORIGINAL);
	char *to = malloc(n);

	return to ? sodium_bin2base64(to, n, (const unsigned char *)bytes.p, bytes.n,
			    sodium_base64_VARIANT_ORIGINAL)
		  : NULL;
}

static json_t *evidence(const struct xarf_evidence *e)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[7 + 2 * sizeof(hash) + 1] = "sha256:";
	char *payload = base64(e->bytes);
	json_t *j;

	crypto_hash_sha256(hash, (const unsigned char *)e->bytes.p, e->bytes.n);
	sodium_bin2hex(hex + 7, sizeof(hex) - 7, hash, sizeof(hash));
	j = payload ? json_pack("{s:s, s:s, s:s, s:s, s:I}", "content_type", e->type, "description",
			      e->description, "payload", payload, "hash", hex, "size",
			      (json_int_t)e->bytes.n)
		    : NULL;
	free(payload);
	return j;
}

/* False when memory is short. */
static bool set_evidence(json_t *o, const struct xarf_report *r)
{
	json_t *a = json_array();
	bool good = true;

	for (size_t i = 0; i < r->nevidence; i++)
		good = json_array_append_new(a, evidence(&r->evidence[i])) == 0 && good;
	return json_object_set_new(o, "evidence", a) == 0 && good;
}

static int dump(const char *p, size_t n, void *context)
{
	buf_add(context, (struct span){p, n});
	return 0;
}

int xarf_write(const struct xarf_report *r, struct buf *to)
{
	json_t *o = json_object();
	bool good = o;

	set_text(o, "xarf_version", "4.2.0");
	set_text(o, "report_id", r->id);
	set_time(o, "timestamp", r->last);
	good = json_object_set_new(o, "reporter", party(&r->by)) == 0 && good;
	good = json_object_set_new(o, "sender", party(&r->by)) == 0 && good;
	good = json_object_set_new(o, "source_identifier", text(r->host)) == 0 && good;
	if (r->port && !r->by_mail)
		json_object_set_new(o, "source_port", json_integer(r->port));
	set_type(o, r);
	set_time(o, "first_seen", r->first);
	set_time(o, "last_seen", r->last);
	json_object_set_new(o, "confidence", json_real(r->confidence / 100.0));
	good = json_object_set_new(o, "description", description(r)) == 0 && good;
	good = json_object_set_new(o, "tags", tags(r)) == 0 && good;
	good = json_object_set_new(o, "cordon",
		       json_pack("{s:o, s:I, s:b, s:I, s:o}", "notice", text(r->notice), "asn",
			       (json_int_t)r->asn, "led_to", (int)r->led_to, "sightings",
			       (json_int_t)r->count, "sources", text(r->sources))) == 0 &&
	       good;
	good = set_evidence(o, r) && good;
	if (good)
		json_dump_callback(o, dump, to,
			JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENSURE_ASCII |
				JSON_REAL_PRECISION(6));
	buf_byte(to, '\n');
	json_decref(o);
	return good && buf_ok(to) ? 0 : -ENOMEM;
}

void xarf_make_id(struct span of, char to[XARF_ID])
{
	struct digest d = digest_of(of);
	char hex[33];

	d.byte[6] = (uint8_t)((d.byte[6] & 0x0f) | 0x80); /* RFC 9562, 5.8: version 8 */
	d.byte[8] = (uint8_t)((d.byte[8] & 0x3f) | 0x80); /* 4.1: variant */
	sodium_bin2hex(hex, sizeof(hex), d.byte, 16);
	snprintf(to, XARF_ID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		hex + 20);
}
