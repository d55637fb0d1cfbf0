/*
 * cordon trace: a message, an address or a domain, and the networks it leads to. What the argument
 * is follows from what it looks like; a file of that name comes first.
 */
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/site.h"
#include "show/clean.h"

#include "mail/domain.h"
#include "mail/url.h"
#include "net/day.h"
#include "net/dns_zone.h"
#include "trace/dns_addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ZONE_SECONDS 5 /* for a host of a zone file; only a TIMEOUT in it takes so long */

struct tracer {
	struct site site;
	struct message_parser *mp;
	const struct resolver *resolver; /* NULL: names are not asked for */
	int32_t day;                     /* as of which addresses and domains are traced */
	bool json;
	int code;
};

/* The system's resolver, asked only with --resolve: a lookup can tell its owner that we look. */
static int ask_system(void *context, struct span host, struct ip *to, size_t room)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	char name[256];
	int n = 0;

	(void)context;
	if (host.n >= sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(host));
	if (getaddrinfo(name, NULL, &hints, &list))
		return 0;
	for (struct addrinfo *a = list; a && (size_t)n < room; a = a->ai_next) {
		char text[INET6_ADDRSTRLEN];

		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
			    NI_NUMERICHOST) == 0 &&
			ip_parse(span_cstr(text), &to[n]) == 0)
			n++;
	}
	freeaddrinfo(list);
	return n;
}

/* A zone file in place of the DNS: the same names give the same networks on any day. */
struct zone_resolver {
	struct dns_zone *zone;
	struct dns_addresses addresses;
};

static int ask_zone(void *context, struct span host, struct ip *to, size_t room)
{
	struct zone_resolver *z = context;
	struct resolver r = dns_addresses_resolver(&z->addresses);
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	z->addresses.budget = (struct dns_budget){.dns = dns_zone_dns(z->zone),
		.deadline = ((int64_t)now.tv_sec + ZONE_SECONDS) * 1000000000,
		.questions = 2};
	return r.addresses(r.context, host, to, room);
}

static void print_json(json_t *j)
{
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

static void print_text(struct buf *b)
{
	fwrite(b->p, 1, b->n, stdout);
	buf_done(b);
}

static int trace_mail(struct tracer *t, const struct mailbox_item *item)
{
	struct message *m;
	struct received chain;
	struct trace trace;
	int rc = message_parse(t->mp, item->raw, &m);

	if (rc == 0)
		rc = received_walk(t->mp, m, &t->site.relays, &chain);
	if (rc == 0)
		rc = trace_message(t->mp, m, &chain, t->site.shelf, t->resolver, &trace);
	if (rc < 0)
		return rc;
	if (t->json) {
		json_t *j = report_trace_json(&trace);

		json_object_set_new(j, "path", json_text(span_cstr(item->path)));
		print_json(j);
		return 0;
	}
	struct buf b = {0};

	clean_text(&b, span_cstr(item->path));
	if (item->in_mbox)
		buf_printf(&b, ", message %llu", (unsigned long long)item->number);
	if (trace.day_known) {
		buf_str(&b, ", of ");
		report_day(&b, trace.day);
	}
	buf_str(&b, ":\n");
	report_trace(&b, &trace, t->resolver != NULL);
	print_text(&b);
	return 0;
}

static int trace_file(struct tracer *t, const char *path)
{
	struct mailbox *mailbox;
	struct mailbox_item item;
	struct err err;
	int rc = mailbox_open(&path, 1, &mailbox);

	if (rc < 0)
		return rc;
	while ((rc = mailbox_next(mailbox, &item, &err)) != 0) {
		if (rc < 0) {
			tell_error(&err);
			t->code = EXIT_INPUT;
			continue;
		}
		if ((rc = trace_mail(t, &item)) < 0)
			break;
	}
	tell_foreign(mailbox);
	mailbox_close(mailbox);
	return rc;
}

static void attribute(struct tracer *t, const struct ip *ip, struct attribution *ret)
{
	*ret = (struct attribution){.ip = *ip};
	shelf_attribute(t->site.shelf, ip, t->day, ret);
}

static void trace_address(struct tracer *t, const struct ip *ip)
{
	struct attribution a;
	struct buf b = {0};
	char text[IP_TEXT];

	attribute(t, ip, &a);
	if (t->json) {
		print_json(report_attribution_json(&a));
		return;
	}
	buf_printf(&b, "%s: ", ip_format(ip, text));
	if (a.found)
		buf_printf(&b, "%s, ", prefix_format(&a.origin.prefix, text));
	report_network_name(&b, &a);
	buf_byte(&b, '\n');
	print_text(&b);
}

/* A host name or URL: its registrable domain, and with --resolve the networks of its addresses. */
static int trace_name(struct tracer *t, struct span name)
{
	struct trace trace = {.day = t->day, .day_known = true};
	struct advertised h = {.links = 1, .clickable = true};
	struct url url;

	if (url_parse(message_arena(t->mp), name, URL_BARE_HOST, &url) < 0 || url.bad ||
		!url.host.n)
		return -EINVAL;
	h.host = url.host;
	h.domain = domain_registrable(message_domain_tools(t->mp), url.host);
	trace_host(&h, t->site.shelf, t->resolver, t->day);
	trace.host = &h;
	trace.hosts = 1;
	if (t->json) {
		print_json(report_trace_json(&trace));
		return 0;
	}
	struct buf b = {0};

	clean_defanged(&b, h.host, 200);
	buf_str(&b, ": registrable domain ");
	clean_defanged(&b, h.domain.n ? h.domain : SPAN("(none)"), 200);
	buf_byte(&b, '\n');
	report_hosts(&b, &trace, t->resolver != NULL);
	print_text(&b);
	return 0;
}

/* One argument. Returns 0, or a negative errno that ends the command. */
static int trace_argument(struct tracer *t, const char *argument)
{
	struct span s = span_trim(span_cstr(argument));
	struct err err;
	struct ip ip;

	if (!strcmp(argument, "-") || access(argument, F_OK) == 0)
		return trace_file(t, argument);
	if (ip_parse(s, &ip) == 0) {
		trace_address(t, &ip);
		return 0;
	}
	/* A path that is not there is likelier meant as a file than as a host of one label. */
	bool url = span_find(s, SPAN("//")) >= 0;

	if ((url || (span_index(s, '.') > 0 && span_index(s, '/') < 0)) && trace_name(t, s) == 0)
		return 0;
	err_set(&err, -EINVAL,
		"%s: no such file, and no address or domain; name a message, 192.0.2.1 or "
		"example.com",
		argument);
	tell_error(&err);
	t->code = EXIT_INPUT;
	return 0;
}

static int run(struct tracer *t, char **arguments, size_t n, const char *date)
{
	struct err err;
	int rc = 0;

	if (date && day_parse(span_cstr(date), &t->day) < 0) {
		err_set(&err, -EINVAL, "--date takes YYYY-MM-DD, not '%s'", date);
		tell_error(&err);
		return EXIT_USAGE;
	}
	if (!date)
		t->day = (int32_t)(time(NULL) / 86400);
	if (!shelf_count(t->site.shelf))
		fprintf(stderr,
			"cordon: no table of networks is installed in %s; "
			"'cordon net import FILE' installs one\n",
			t->site.state);
	t->mp = message_parser_new(0);
	if (!t->mp)
		return EXIT_SYSTEM;
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = trace_argument(t, arguments[i]);
	message_parser_free(t->mp);
	return rc < 0 ? EXIT_SYSTEM : t->code;
}

int trace_main(int argc, char **argv)
{
	static const struct usage usage = {"trace", "MESSAGE|ADDRESS|DOMAIN...",
		"Names the networks behind a message, an address or a domain.",
		"Of a message: the address that handed it to the receiving site, found by walking "
		"the\n"
		"Received chain from the top (lines below the boundary of trust are never "
		"believed),\n"
		"and the hosts it advertises; each with prefix, origin AS and holder by the "
		"installed\n"
		"table nearest the message's date. Nothing is asked of the network without "
		"--resolve.\n"
		"Exit codes: 0 done, 1 some input could not be used, 2 usage, 3 the system "
		"failed."};
	static const struct resolver system_resolver = {ask_system, NULL};
	const char *config = NULL, *state = NULL, *date = NULL, *zone = NULL;
	struct zone_resolver z = {0};
	const struct resolver zone_resolver = {ask_zone, &z};
	struct tracer t = {.code = EXIT_DONE};
	struct err err;
	bool resolve = false;
	int code;
	const struct option_row rows[] = {
		{"json", 'j', OPTION_FLAG, &t.json, NULL, "an object a line"},
		{"date", 'd', OPTION_STRING, &date, "DATE",
			"the day as of which addresses and domains are traced (today)"},
		{"resolve", 0, OPTION_FLAG, &resolve, NULL,
			"ask the system's resolver for names; their owners may see that"},
		{"zone", 'z', OPTION_STRING, &zone, "FILE",
			"addresses of names from a zone file, not the DNS"},
		SITE_OPTIONS(&config, &state),
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "nothing named to trace");
	if (zone && resolve)
		return usage_error(&usage, "--zone answers in place of --resolve");
	if (zone && dns_zone_open(zone, &z.zone, &err) < 0) {
		tell_error(&err);
		return EXIT_INPUT;
	}
	dns_addresses_init(&z.addresses);
	t.resolver = zone ? &zone_resolver : resolve ? &system_resolver : NULL;
	code = site_open(&t.site, config, state);
	if (code == EXIT_DONE)
		code = site_open_shelf(&t.site);
	if (code == EXIT_DONE)
		code = run(&t, argv + first, (size_t)(argc - first), date);
	site_close(&t.site);
	dns_addresses_done(&z.addresses);
	dns_zone_free(z.zone);
	return code;
}
