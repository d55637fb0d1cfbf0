/*
 * The gate without a supervisor, for tests and benches: one process, not sandboxed, that answers
 * questions to the DNS from a zone file and prints what the keeper would be told.
 *
 *   gate-alone [-c CONFIG] [-z ZONE] [-H ADDRESS] STATE ADDRESS
 *
 * -H: where rspamd's clients are served. A line a decision: id, action, verdict, sender, recipients,
 * user, auth, reason; one a sighting; and one a lesson, which it only claims to have learned.
 * SIGUSR1 ends it with the counters on standard error.
 */
#include "net/dns_zone.h"
#include "judge/learn.h"
#include "serve/gate_http.h"
#include "serve/gate_milter.h"
#include "serve/keeper_wire.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct span none;

static void die(const struct err *err)
{
	fprintf(stderr, "gate-alone: %s\n", err->text);
	exit(3);
}

static void print_decided(struct span bytes)
{
	struct decided d;

	if (decided_read(bytes, &d) < 0) {
		puts("bad decided");
		return;
	}
	printf("decided id=%s action=%s verdict=%s outgoing=%d unjudged=%d bytes=%llu asn=%u "
	       "queue=%.*s user=%.*s from=<%.*s> rcpts=%zu+%zu to=<%.*s> message=%.*s auth=[%.*s] "
	       "reason=[%.*s] finding=%.*s\n",
		d.id, decision_action_name(d.action), d.unjudged ? "-" : action_name(d.verdict),
		d.outgoing, d.unjudged, (unsigned long long)d.bytes, d.asn, SPAN_ARG(d.queue_id),
		SPAN_ARG(d.user), SPAN_ARG(d.sender), d.recipients, d.recipients_left_out,
		SPAN_ARG(d.recipients ? d.recipient[0] : none), SPAN_ARG(d.message_id),
		SPAN_ARG(d.auth), SPAN_ARG(d.reason), SPAN_ARG(d.findings ? d.finding[0] : none));
}

static void print_abuse(struct span bytes, int file)
{
	struct abuse_seen a;
	struct span raw = {NULL, 0};
	char ip[IP_TEXT];

	if (abuse_read(bytes, &a) < 0 || ipc_map_sealed(file, (size_t)64 << 20, &raw) < 0) {
		puts("bad abuse");
		return;
	}
	printf("abuse kind=%s where=%s confidence=%u raw=%zu print=%zu\n",
		sighting_kind_name(a.sighting.kind), prefix_format(&a.sighting.where, ip),
		a.sighting.confidence, raw.n, a.print.n);
}

/* What was the last one is known already. */
static void learn(int fd, uint64_t id, struct span bytes)
{
	static struct features room;
	static struct digest last;
	struct learn_wish w;
	uint8_t outcome;

	if (learn_read(bytes, &room, &w) < 0) {
		puts("bad lesson");
		return;
	}
	outcome = memcmp(&w.identity, &last, sizeof(last)) == 0 ? LEARNED_AGAIN : LEARNED_NEW;
	if (!w.self)
		last = w.identity;
	printf("lesson %s%s features=%zu\n", w.spam ? "spam" : "ham", w.self ? " self" : "",
		(size_t)w.features->start[VIEW_COUNT]);
	if (id)
		ipc_send(fd, KEEPER_LEARNED, id, (struct span){(char *)&outcome, 1}, -1, 0);
}

static void *keep(void *fd)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	int file, rc;

	while ((rc = ipc_receive((int)(intptr_t)fd, room, ipc_deadline(1000000000), &head, &bytes,
			&file)) >= 0) {
		if (rc && head.type == KEEPER_DECIDED)
			print_decided(bytes);
		if (rc && head.type == KEEPER_ABUSE)
			print_abuse(bytes, file);
		if (rc && head.type == KEEPER_LEARN)
			learn((int)(intptr_t)fd, head.id, bytes);
		if (rc && file >= 0)
			close(file);
		fflush(stdout);
	}
	return NULL;
}

static struct status *start(int argc, char **argv)
{
	static struct config config;
	struct gate_parts parts = {.config = &config.gateway, .name = SPAN("mx.example.org")};
	const char *config_file = NULL, *zone_file = NULL, *check = NULL;
	struct gate_http *http;
	struct dns_zone *zone;
	struct gate *gate;
	struct err err;
	pthread_t thread;
	int c, to[2], fd;

	while ((c = getopt(argc, argv, "c:z:H:")) != -1)
		switch (c) {
		case 'c': config_file = optarg; break;
		case 'H': check = optarg; break;
		case 'z': zone_file = optarg; break;
		default: exit(2);
		}
	if (argc - optind != 2)
		exit(2);
	if (config_read(config_file, &config, &err) < 0)
		die(&err);
	const struct judge_options options = {.state_dir = argv[optind],
		.starter = getenv("CORDON_STARTER"),
		.ham_loss = config.ham_loss};

	if (judge_open(&options, &parts.judge, &err) < 0)
		die(&err);
	if (zone_file && dns_zone_open(zone_file, &zone, &err) < 0)
		die(&err);
	parts.dns = zone_file ? dns_zone_dns(zone) : NULL;
	parts.status = status_make(&fd);
	if (!parts.status || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, to) < 0)
		exit(3);
	parts.keeper = to[0];
	if (ipc_client_new(to[0], &parts.ask_keeper, &err) < 0)
		die(&err);
	parts.campaign_key = 1;
	if (gate_new(&parts, &gate, &err) < 0 || gate_milter_listen(argv[optind + 1], &err) < 0)
		die(&err);
	pthread_create(&thread, NULL, keep, (void *)(intptr_t)to[1]);
	if (gate_milter_serve(gate, &err) < 0)
		die(&err);
	if (check && (gate_http_listen(check, &http, &err) < 0 || gate_http_serve(http, gate, &err) < 0))
		die(&err);
	return parts.status;
}

int main(int argc, char **argv)
{
	static const char *const name[] = {
#define X(id, metric, words) metric,
		STATUS_COUNTS_X(X)
#undef X
	};
	sigset_t ends;
	int signal;

	/* Before there are threads, which inherit it; libmilter waits for the same in one of its
	 * own. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGUSR1);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	struct status *status = start(argc, argv);

	sigwait(&ends, &signal);
	for (int i = 0; i < STATUS_COUNTS; i++)
		if (status->count[i])
			fprintf(stderr, "%s %llu\n", name[i], (unsigned long long)status->count[i]);
	fprintf(stderr, "p50_us %.0f\np99_us %.0f\n", (double)status_quantile(status, 0.5) / 1e3,
		(double)status_quantile(status, 0.99) / 1e3);
	_exit(0);
}
