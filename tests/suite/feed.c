/*
 * Lists and reports that others published: every sample of the X-ARF specification, the feedback
 * reports of sisimai and of mail-auth, IPsum, DROP of 2008. What each gives stands in a table, or
 * is counted a second way.
 */
#include "feed_sink.h"

#include "data.h"
#include "trace/arf.h"

#include <jansson.h>

static unsigned failed, checked;

static void check(bool good, const char *what, const char *file)
{
	checked++;
	if (good)
		return;
	failed++;
	fprintf(stderr, "%s: %s\n", file, what);
}

/* clang-format off */
/* The sightings of a file, or the key of why it gives none. */
static const struct {
	const char *archive, *file, *want;
} rows[] = {
#define V4 "suites/xarf-spec", "samples/v4/"
	{V4 "connection-ddos.json",
		"attack 192.0.2.155:1 2025-01-11T09:21:23Z by.ddos-protection-service 67\n"},
	{V4 "connection-infected-host.json",
		"malware 203.0.113.85:443 2025-01-11T13:42:15Z by.malware-detection-service 67\n"
		"c2 evil-command.example.com 2025-01-11T13:42:15Z by.malware-detection-service 67\n"},
	{V4 "connection-login-attack.json",
		"attack 198.51.100.77:45621 2025-01-11T12:17:20Z by.ssh-honeypot-network 67\n"},
	{V4 "connection-port-scan.json",
		"scan 198.51.100.150:54321 2025-01-11T11:26:59Z by.network-security-monitoring 67\n"},
	{V4 "connection-reconnaissance.json",
		"scan 192.0.2.99 2025-01-20T16:45:00Z by.web-security-service 67\n"},
	{V4 "connection-scraping.json", "crawler 1"},
	{V4 "connection-sql-injection.json",
		"attack 192.0.2.45 2025-01-20T12:00:00Z by.web-application-firewall 67\n"},
	{V4 "connection-vulnerability-scan.json",
		"scan 203.0.113.77 2025-01-20T09:30:00Z by.network-security-monitor 67\n"},
	{V4 "content-brand-infringement.json", "rights 1"},
	{V4 "content-csam.json", "content 1"},
	{V4 "content-csem.json", "content 1"},
	{V4 "content-exposed-data.json", "not_seen 1"},
	{V4 "content-fraud.json",
		"phish crypto-scam-invest.example.com 2025-01-11T16:22:45Z by.anti-fraud-coalition 67\n"},
	{V4 "content-malware.json",
		"malware 192.0.2.75 2025-01-11T09:07:21Z by.malware-research-lab 67 +example.com\n"},
	{V4 "content-phishing.json",
		"phish 203.0.113.45 2025-01-11T15:15:24Z by.brand-protection-service 67 +example.com\n"},
	{V4 "content-remote-compromise.json",
		"malware compromised-blog.example.com 2025-01-11T18:05:12Z by.website-security-monitor 67\n"},
	{V4 "content-suspicious-registration.json", "not_seen 1"},
	{V4 "copyright-copyright.json", "rights 1"},
	{V4 "copyright-cyberlocker.json", "rights 1"},
	{V4 "copyright-link-site.json", "rights 1"},
	{V4 "copyright-p2p.json", "rights 1"},
	{V4 "copyright-ugc-platform.json", "rights 1"},
	{V4 "copyright-usenet.json", "rights 1"},
	{V4 "infrastructure-botnet.json",
		"malware 198.51.100.25 2025-01-11T15:00:52Z by.example-cert-organization 67\n"
		"c2 malicious-command.example.com 2025-01-11T15:00:52Z by.example-cert-organization 67\n"},
	{V4 "infrastructure-compromised-server.json",
		"malware 203.0.113.150:80 2025-01-11T15:57:57Z by.server-security-monitor 67\n"},
	{V4 "messaging-bulk-messaging.json",
		"spam mail.bulk-sender.example:25 2025-01-11T14:02:29Z by.bulk-email-monitor 67\n"},
	{V4 "messaging-spam.json", "not_public 1"}, /* 192.168.1.100 */
	{V4 "reputation-blocklist.json",
		"c2 203.0.113.200 2025-01-11T10:51:30Z by.threat-intelligence-consortiu 95\n"},
	{V4 "reputation-threat-intelligence.json",
		"c2 192.0.2.50 2025-01-11T10:38:41Z by.threat-intelligence-provider 95\n"},
	{V4 "vulnerability-cve.json", "not_seen 1"},
	{V4 "vulnerability-misconfiguration.json", "not_seen 1"},
	{V4 "vulnerability-open-service.json", "not_seen 1"},
#define V3 "suites/xarf-spec", "samples/v3/"
	{V3 "botnet_v3_sample.json",
		"malware 198.51.100.25 2024-01-15T11:30:15Z by.example-cert-organization 67\n"
		"c2 malicious-command.example.com 2024-01-15T11:30:15Z by.example-cert-organization 67\n"},
	{V3 "ddos_v3_sample.json", "not_public 1"}, /* 172.16.254.10 */
	{V3 "phishing_v3_sample.json",
		"phish malicious-example.net 2024-01-15T16:45:30Z by.example-security-vendor 67\n"},
	{V3 "spam_v3_sample.json", "not_public 1"}, /* 192.168.1.100 */
#define SISIMAI "suites/sisimai-set-of-emails", "maildir/"
	{SISIMAI "bsd/arf-01.eml", "spam 192.0.2.89 2009-04-29T00:00:00Z by.example.co.jp 67\n"},
	{SISIMAI "dos/arf-01.eml", "spam 192.0.2.89 2009-04-29T00:00:00Z by.example.co.jp 67\n"},
	{SISIMAI "mac/arf-01.eml", "spam 192.0.2.89 2009-04-29T00:00:00Z by.example.co.jp 67\n"},
	{SISIMAI "bsd/arf-02.eml", "spam 192.0.2.8 2013-04-30T07:45:50Z by.arf.mail.yahoo.com 67\n"},
	{SISIMAI "bsd/arf-11.eml", "spam 192.0.2.2 2006-04-09T14:34:45Z by.example.com 67\n"},
	{SISIMAI "bsd/arf-12.eml", "opt_out 1"},
	{SISIMAI "bsd/arf-14.eml",
		"spam 192.0.2.2 2017-04-29T23:34:45Z by.email-abuse.amazonses.com 67\n"},
	{SISIMAI "bsd/arf-15.eml",
		"spam 192.0.2.222 2015-04-29T23:34:45Z by.feedback.example.org 67\n"},
	{SISIMAI "bsd/arf-16.eml", "spam 192.0.2.1 2015-04-29T23:34:45Z by.feedback.example.com 67\n"},
	{SISIMAI "bsd/arf-17.eml", "spam 192.0.2.3 2016-04-29T23:34:45Z by.example.org 67\n"},
	{SISIMAI "bsd/arf-18.eml", "not_proven 1"},
	{SISIMAI "bsd/arf-19.eml", "not_proven 1"},
	{SISIMAI "bsd/arf-20.eml", "not_proven 1"},
	{SISIMAI "bsd/arf-21.eml",
		"spam 198.51.100.224 2015-04-29T23:34:45Z by.feedback.terra.com 67\n"},
	/* Forwarded by Microsoft's JMRP, without a report. */
	{SISIMAI "bsd/arf-22.eml",
		"spam 203.0.113.245 2016-04-29T23:34:45Z by.hotmail.com 67\n"},
	{SISIMAI "bsd/arf-23.eml",
		"spam 203.0.113.245 2016-04-29T23:34:45Z by.hotmail.com 67\n"},
	{SISIMAI "bsd/arf-24.eml",
		"spam 203.0.113.245 2016-04-29T23:34:45Z by.hotmail.com 67\n"},
	{SISIMAI "bsd/arf-25.eml", "not_public 1"}, /* 10.0.0.1 */
	{SISIMAI "bsd/arf-26.eml", "no_report 1"},
};
/* clang-format on */

/* Reads a file as nobody's list: reports name their reporters. */
static int read_file(
	const char *path, const char *source, struct feed_sink *k, struct feed_report *r)
{
	struct feed_options o = feed_sink_options(k);
	struct err err;
	int rc;

	*r = (struct feed_report){0};
	o.source = span_cstr(source);
	rc = feed_read(path, &o, r, &err);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.text);
	return rc;
}

static void reports(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct feed_sink k = {0};
		struct feed_report r;
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", data_unpack(rows[i].archive), rows[i].file);
		check(read_file(path, "", &k, &r) == 0, "cannot be read", path);
		if (!k.n)
			feed_sink_counts(&k.text, &r);
		if (!span_eq(buf_span(&k.text), span_cstr(rows[i].want))) {
			buf_byte(&k.text, '\0');
			check(false, k.text.p, path);
		}
		check(k.raws == k.n, "a report without its evidence", path);
		feed_sink_done(&k);
	}
}

static void check_text(const json_t *want, struct span got, const char *what, const char *file)
{
	if (json_is_string(want))
		check(span_eq(got, span_cstr(json_string_value(want))), what, file);
	else
		check(got.n == 0, what, file);
}

/* What mail-auth says that its own cases hold. */
static void compare(const struct arf *r, const json_t *want, const char *file)
{
	static const char *const names[ARF_TYPES] = {
		[ARF_ABUSE] = "Abuse", [ARF_AUTH_FAILURE] = "AuthFailure"};
	const json_t *source = json_object_get(want, "source_ip");
	const json_t *arrival = json_object_get(want, "arrival_date");
	const json_t *uris = json_object_get(want, "reported_uri");
	char ip[IP_TEXT] = "";

	check(names[r->type] && !strcmp(names[r->type],
					json_string_value(json_object_get(want, "feedback_type"))),
		"type", file);
	if (r->source.family != IP_NONE && !r->enclosed)
		ip_format(&r->source, ip);
	check_text(source, span_cstr(ip), "source", file);
	if (json_is_integer(arrival))
		check(r->at == json_integer_value(arrival), "date", file);
	check(r->port == json_integer_value(json_object_get(want, "source_port")), "port", file);
	check((json_int_t)r->incidents == json_integer_value(json_object_get(want, "incidents")),
		"incidents", file);
	check_text(json_array_get(json_object_get(want, "reported_domain"), 0), r->domain, "domain",
		file);
	check(r->uris == json_array_size(uris), "how many links", file);
	for (size_t i = 0; i < r->uris; i++)
		check_text(json_array_get(uris, i), r->uri[i], "link", file);
}

static void mail_auth(void)
{
	struct message_parser *mp = message_parser_new(0), *inner = message_parser_new(0);

	for (int i = 1; i <= 5; i++) {
		const char *folder = data_unpack("suites/stalwart-mail-auth");
		char path[4096];
		struct message *m;
		struct arf r;

		snprintf(path, sizeof(path), "%s/resources/arf/%03d.json", folder, i);
		json_t *want = json_load_file(path, 0, NULL);

		snprintf(path, sizeof(path), "%s/resources/arf/%03d.eml", folder, i);
		struct span raw = data_read(path);

		check(want && raw.p && message_parse(mp, raw, &m) == 0 &&
				arf_read(mp, m, inner, &r) == FEED_TAKEN,
			"cannot be read", path);
		if (want && raw.p)
			compare(&r, want, path);
		json_decref(want);
		free((char *)raw.p);
	}
	message_parser_free(mp);
	message_parser_free(inner);
}

/* Lines that are no comments, counted without us. */
static size_t lines_of(const char *path)
{
	struct span text = data_read(path), rest = text, line;
	size_t n = 0;

	while (span_line(&rest, &line))
		n += line.n > 0 && line.p[0] != '#';
	free((char *)text.p);
	return n;
}

static void ipsum(void)
{
	const char *folder = data_unpack_as("net/feeds/ipsum-20260822", "ipsum");
	struct feed_sink k = {0};
	struct feed_report r;
	char path[4096], level[64];
	size_t n;

	snprintf(path, sizeof(path), "%s/ipsum.txt", folder);
	n = lines_of(path);
	check(read_file(path, "ipsum", &k, &r) == 0, "cannot be read", path);
	check(n > 100000 && r.count[FEED_TAKEN] + r.count[FEED_NOT_PUBLIC] == n, "rows", path);
	for (int i = 1; i < FEED_COUNTS; i++)
		check(i == FEED_NOT_PUBLIC || !r.count[i], feed_count_key(i), path);
	/* "Last update: Sat, 22 Aug 2026 03:00:29 +0200" */
	check(r.first == 1787360429 && r.last == 1787360429, "date", path);
	printf("ipsum: %zu rows, %ju sightings\n", n, (uintmax_t)r.count[FEED_TAKEN]);
	/* The file of a level has the addresses of that many lists and more. */
	for (int i = 1; i <= 8; i++) {
		struct span rest = buf_span(&k.text), line;
		size_t sure = 0;

		while (span_line(&rest, &line))
			sure += atoi(line.p + span_rindex(line, ' ')) >=
				feed_confidence((uint64_t)i);
		snprintf(path, sizeof(path), "%s/levels/%d.txt", folder, i);
		snprintf(level, sizeof(level), "level %d: %zu", i, sure);
		check(sure == lines_of(path), level, path);
	}
	feed_sink_done(&k);
}

static void drop(void)
{
	const char *path = data_file("net/feeds/drop-20080214.txt");
	struct feed_sink k = {0};
	struct feed_report r;

	check(read_file(path, "drop", &k, &r) == 0, "cannot be read", path);
	check(k.n == 133, "133 prefixes", path);
	check(r.first == 1202947200 && r.last == r.first, "date", path);
	for (int i = 1; i < FEED_COUNTS; i++)
		check(!r.count[i], feed_count_key(i), path);
	feed_sink_done(&k);
}

static void command_servers(void)
{
	const char *path = data_file("net/history/mccolo_cc_ips.csv");
	struct feed_sink k = {0};
	struct feed_report r;

	check(read_file(path, "fireeye", &k, &r) == 0, "cannot be read", path);
	check(span_eq(buf_span(&k.text), SPAN("c2 208.72.168.191 2008-09-01 fireeye 67\n"
					      "c2 208.66.194.22 2008-10-01 fireeye 67\n")),
		"two servers", path);
	check(r.count[FEED_MONTH] == 2, "months", path);
	feed_sink_done(&k);
}

int main(void)
{
	reports();
	mail_auth();
	ipsum();
	drop();
	command_servers();
	printf("%u checks, %u failed\n", checked, failed);
	return failed != 0;
}
