/*
 * cordon auth: what can be proven of a message's sender, and why not more. The client's address,
 * its HELO and the envelope's sender are as the options say, else as the message's Received lines
 * and Return-Path do. Names are asked for in the DNS, or in a zone file.
 *
 * A program of its own (desk.c), for libunbound is nothing that `cordon` needs.
 */
#include "cli/auth_dns.h"
#include "cli/auth_show.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/site.h"
#include "mail/received.h"
#include "net/dns_zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MOST ((size_t)32 << 20)

enum { ORG_UNSAID = -1, ORG_LIST, ORG_WALK };

struct command_auth {
	const char *ip_text, *helo, *from, *zone, *config;
	int organisation;
	bool json;
	struct ip ip;
	struct site site;
	struct message_parser *mp;
	struct arena arena;
	struct dns *dns;
	struct dns_zone *zone_dns;
	struct auth_dns *real_dns;
	char host[256];
	int code;
};

/* The address of Return-Path, without its angle brackets. */
static struct span return_path(const struct message *m)
{
	const struct field *f = message_field(m, FIELD_RETURN_PATH);
	struct span s = f ? span_trim(f->value) : (struct span){NULL, 0};

	return s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' ? (struct span){s.p + 1, s.n - 2}
								: s;
}

static enum dmarc_org organisation(const struct command_auth *c)
{
	const char *set = c->site.config.gateway.dmarc_organisation;

	if (c->organisation != ORG_UNSAID)
		return c->organisation == ORG_WALK ? DMARC_BY_TREE_WALK : DMARC_BY_SUFFIX_LIST;
	return set && strcmp(set, "walk") == 0 ? DMARC_BY_TREE_WALK : DMARC_BY_SUFFIX_LIST;
}

static int64_t in_milliseconds(long n)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + (int64_t)n * 1000000;
}

static struct auth_question question(
	const struct command_auth *c, const struct message *m, const struct received *chain)
{
	return (struct auth_question){.ip = c->ip_text ? c->ip : chain->source,
		.helo = c->helo ? span_cstr(c->helo) : chain->source_helo,
		.mail_from = c->from ? span_cstr(c->from) : return_path(m),
		.receiver = span_cstr(c->host),
		.now = time(NULL),
		.org = organisation(c),
		.domains = message_domain_tools(c->mp)};
}

static void print(const struct command_auth *c, const struct auth_shown *s)
{
	struct buf b = {0};

	if (c->json) {
		json_t *j = auth_show_json(s);

		json_dumpf(j, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(j);
		return;
	}
	auth_show_text(&b, s);
	fwrite(b.p, 1, b.n, stdout);
	buf_done(&b);
}

static int look(struct command_auth *c, const struct mailbox_item *item)
{
	struct dns_budget dns = {.dns = c->dns,
		.deadline = in_milliseconds(c->site.config.gateway.dns_milliseconds),
		.questions = (uint32_t)c->site.config.gateway.dns_questions};
	struct message *m;
	struct received chain;
	struct auth auth;
	int rc = message_parse(c->mp, item->raw, &m);

	if (rc == 0)
		rc = received_walk(c->mp, m, &c->site.relays, &chain);
	if (rc < 0)
		return rc;
	struct auth_question q = question(c, m, &chain);

	arena_reset(&c->arena);
	rc = auth_check(&q, c->mp, m, &dns, &c->arena, &auth);
	if (rc == 0)
		print(c, &(struct auth_shown){.item = item, .question = &q, .auth = &auth});
	return rc;
}

static int look_at_all(struct command_auth *c, char **paths, size_t n)
{
	struct mailbox *mailbox;
	struct mailbox_item item;
	struct err err;
	int rc = mailbox_open((const char *const *)paths, n, &mailbox);

	if (rc < 0)
		return rc;
	while ((rc = mailbox_next(mailbox, &item, &err)) != 0) {
		if (rc < 0) {
			tell_error(&err);
			c->code = EXIT_INPUT;
			continue;
		}
		if ((rc = look(c, &item)) < 0)
			break;
	}
	tell_foreign(mailbox);
	mailbox_close(mailbox);
	return rc;
}

static int open_dns(struct command_auth *c)
{
	const struct config_gateway *g = &c->site.config.gateway;
	struct err err;
	int rc;

	if (c->zone) {
		rc = dns_zone_open(c->zone, &c->zone_dns, &err);
		if (rc == 0)
			c->dns = dns_zone_dns(c->zone_dns);
	} else {
		rc = auth_dns_open(g->dns, g->dns_n, &c->real_dns, &err);
		if (rc == 0)
			c->dns = auth_dns_dns(c->real_dns);
	}
	if (rc == 0)
		return EXIT_DONE;
	tell_error(&err);
	return rc == -ENOMEM ? EXIT_SYSTEM : EXIT_USAGE;
}

static int run(struct command_auth *c, char **paths, size_t n)
{
	const char *name = c->site.config.gateway.name;
	struct err err;
	int rc;

	if (name || gethostname(c->host, sizeof(c->host) - 1) < 0)
		snprintf(c->host, sizeof(c->host), "%s", name ? name : "localhost");
	c->mp = message_parser_new(0);
	rc = c->mp ? look_at_all(c, paths, n) : -ENOMEM;
	if (rc == 0)
		return finish_output(c->code);
	err_sys(&err, rc, "the messages could not be looked at");
	tell_error(&err);
	return EXIT_SYSTEM;
}

static void done(struct command_auth *c)
{
	message_parser_free(c->mp);
	arena_done(&c->arena);
	dns_zone_free(c->zone_dns);
	auth_dns_close(c->real_dns);
	site_close(&c->site);
}

static const struct usage usage = {
	"auth",
	"MESSAGE...",
	"what can be proven of a message's sender, and why not more",
	"Without --ip, --helo and --from they are read from the message's Received\n"
	"and Return-Path fields. '-' is standard input.\n",
};

int auth_main(int argc, char **argv)
{
	struct command_auth c = {.organisation = ORG_UNSAID};
	const struct option_row rows[] = {
		{"ip", 'i', OPTION_STRING, &c.ip_text, "ADDRESS", "of the client that sent it"},
		{"helo", 'H', OPTION_STRING, &c.helo, "NAME", "what the client called itself"},
		{"from", 'f', OPTION_STRING, &c.from, "ADDRESS",
			"of MAIL FROM; '' for the null sender"},
		{"zone", 'z', OPTION_STRING, &c.zone, "FILE",
			"answers from a zone file, not the DNS"},
		{"organisation", 'o', OPTION_CHOICE, &c.organisation, "list|walk",
			"organisational domain by suffix list or by walk up the DNS"},
		{"json", 'j', OPTION_FLAG, &c.json, NULL, "an object a line for each message"},
		{"config", 'c', OPTION_STRING, &c.config, "FILE",
			"configuration (default /etc/cordon.conf)"},
		{.name = NULL},
	};
	int code, first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first == argc)
		return usage_error(&usage, "no message named");
	if (c.ip_text && ip_parse(span_cstr(c.ip_text), &c.ip) < 0)
		return usage_error(
			&usage, "--ip %s: no address; write 192.0.2.1 or 2001:db8::1", c.ip_text);
	arena_init(&c.arena, ARENA_MOST);
	code = site_open(&c.site, c.config, NULL);
	if (code == EXIT_DONE)
		code = open_dns(&c);
	if (code == EXIT_DONE)
		code = run(&c, argv + first, (size_t)(argc - first));
	done(&c);
	return code;
}
