/*
 * A session of a mail server in pieces - client, HELO, envelope, fields, body, in any order - through
 * the gate, which asks a zone file: a decision always comes, the keeper can read what it is told, and
 * what is written into the head is ours alone.
 *
 * Input: records of a letter, two digits of length (hexadecimal), and so many bytes.
 */
#include "net/dns_zone.h"
#include "serve/gate_session.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME "mx.example.org"

static const char zone_text[] =
	"a.example TXT \"v=spf1 ip4:192.0.2.0/24 include:b.example -all\"\n"
	"b.example TXT \"v=spf1 a mx ptr exists:%{l}.%{i}.b.example redirect=a.example\"\n"
	"b.example A 192.0.2.7\nb.example MX 10 b.example\n"
	"_dmarc.a.example TXT \"v=DMARC1; p=reject; pct=50\"\n"
	"_dmarc.b.example TXT \"v=DMARC1; p=quarantine; sp=none; adkim=s\"\n"
	"c.example SERVFAIL\n"
	"s._domainkey.a.example TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
	"7.2.0.192.in-addr.arpa PTR b.example\n";

static struct gate *gate;
static int keeper[2];

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void set_up(void)
{
	static struct config_gateway config = {.judge_bytes = 65536,
		.message_seconds = 60,
		.dns_questions = 60,
		.dns_milliseconds = 60000,
		.threads = 1};
	struct gate_parts parts = {.config = &config, .name = SPAN(NAME), .campaign_key = 1};
	struct dns_zone *zone;
	struct err err;
	int fd;

	check(dns_zone_new(&zone) == 0);
	check(dns_zone_read(zone, span_cstr(zone_text), "zone", &err) == 0);
	check(judge_open(&(struct judge_options){.ham_loss = 0.001}, &parts.judge, &err) == 0);
	check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, keeper) == 0);
	parts.dns = dns_zone_dns(zone);
	parts.status = status_make(&fd);
	parts.keeper = keeper[0];
	check(parts.status && gate_new(&parts, &gate, &err) == 0);
}

/* All that the keeper was told can be read. */
static void check_told(void)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	struct decided d;
	struct abuse_seen a;
	int file;

	while (ipc_receive(keeper[1], room, 0, &head, &bytes, &file) == 1) {
		if (head.type == KEEPER_DECIDED)
			check(decided_read(bytes, &d) == 0);
		else
			check(head.type == KEEPER_ABUSE && abuse_read(bytes, &a) == 0);
		if (file >= 0)
			close(file);
	}
}

/* RFC 5322, 2.1.1: lines; each but the first begins with a blank, so none can be a field of its own. */
static void check_results(struct span results)
{
	struct span line;
	bool first = true;

	check(!results.n || span_starts(results, SPAN(NAME)));
	for (; span_line(&results, &line); first = false) {
		check(line.n <= 998);
		check(first || (line.n && (line.p[0] == ' ' || line.p[0] == '\t')));
		check(span_index(line, '\r') < 0 && span_index(line, '\0') < 0);
	}
}

static void end(struct gate_session *s)
{
	struct gate_seen seen;
	struct span subject;
	const char *name;
	unsigned index;

	for (size_t i = 0; gate_session_forged(s, i, &name, &index); i++)
		check(index > 0);
	gate_session_subject(s, &subject);
	gate_session_look(s, SPAN("4ABC"), &seen);
	check(seen.judged && seen.why.n && seen.action < DECISIONS);
	check(strlen(seen.id) == DECIDED_ID);
	check_results(seen.results);
	gate_session_done(s, &seen);
	check(gate_in_hand(gate) == 0);
	check_told();
}

static void field(struct gate_session *s, struct span data)
{
	ssize_t colon = span_index(data, ':');
	size_t n = colon < 0 ? data.n : (size_t)colon;

	gate_session_header(s, span_take(data, n), span_skip(data, n + 1));
}

static void take(struct gate_session *s, char what, struct span data)
{
	struct ip ip = {.family = IP_NONE};

	switch (what) {
	case 'C':
		ip_parse(data, &ip);
		gate_session_client(s, SPAN("b.example"), &ip);
		break;
	case 'H': gate_session_helo(s, data); break;
	case 'J': gate_session_server(s, data); break;
	case 'U': gate_session_user(s, data, data); break;
	case 'M': gate_session_mail(s, data); break;
	case 'R': gate_session_rcpt(s, data); break;
	case 'L': field(s, data); break;
	case 'N': gate_session_end_of_head(s); break;
	case 'B': gate_session_body(s, data); break;
	case 'A': gate_session_drop(s); break;
	case 'E': end(s); break;
	default: break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = {(const char *)data, size};

	if (!gate)
		set_up();
	struct gate_session *s = gate_session_new(gate);

	check(s != NULL);
	while (rest.n >= 3) {
		int high = ascii_hex(rest.p[1]), low = ascii_hex(rest.p[2]);
		size_t n = (size_t)((high < 0 ? 0 : high) * 16 + (low < 0 ? 0 : low));
		char what = rest.p[0];

		rest = span_skip(rest, 3);
		take(s, what, span_take(rest, n));
		rest = span_skip(rest, n);
	}
	end(s);
	gate_session_free(s);
	return 0;
}
