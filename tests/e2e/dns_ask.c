/*
 * Questions through the resolver as the gateway asks them: a process with libunbound, and the
 * gate's side with its cache.
 *
 *	dns-ask [OPTION...] NAME TYPE [NAME TYPE]...
 *
 *	--forward ADDRESS[@PORT]      a resolver to ask; may be repeated
 *	--stub ZONE=ADDRESS[@PORT]    who is asked for a zone
 *	--resolv-conf FILE, --hosts FILE, --anchor FILE
 *	--seconds N                   for each question, 10
 *	--sandbox DIRECTORY           the process is confined as the gateway's resolver is
 *
 * A line for each question: NAME TYPE STATUS and the records; "secure" when DNSSEC proves it.
 */
#include "serve/dns_remote.h"
#include "serve/ipc.h"
#include "serve/resolver.h"
#include "serve/role.h"
#include "serve/sandbox.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 8

static void die(const struct err *err)
{
	fprintf(stderr, "dns-ask: %s\n", err->text);
	exit(1);
}

static void print(const char *name, enum dns_type type, const struct dns_answer *a)
{
	char ip[IP_TEXT];

	printf("%s %s %s", name, dns_type_name(type), dns_status_name(a->status));
	for (size_t i = 0; i < a->n; i++) {
		const struct dns_record *r = &a->record[i];

		if (type == DNS_MX)
			printf(" %u", r->preference);
		if (type == DNS_A || type == DNS_AAAA)
			printf(" %s", ip_format(&r->ip, ip));
		else
			printf(" %.*s", SPAN_ARG(r->text));
	}
	printf("%s%s\n", a->secure ? " secure" : "", a->cut ? " cut" : "");
}

static pid_t start_resolver(
	const struct dns_unbound_options *o, const char *sandbox, int fd, int other)
{
	struct resolver *r;
	struct err err;
	pid_t pid = fork();

	if (pid)
		return pid;
	close(other);
	if (resolver_open(o, &r, &err) < 0)
		die(&err);
	if (sandbox && sandbox_enter(&role_resolver.rights,
			       &(struct sandbox_place){.state = sandbox}, &err) < 0)
		die(&err);
	if (resolver_serve(r, fd) == 0)
		resolver_run(r);
	resolver_free(r);
	exit(0);
}

static void ask_all(int fd, char **word, int n, int seconds)
{
	struct dns_remote *remote;
	struct err err;
	struct arena arena;

	if (dns_remote_new(fd, &(struct dns_remote_options){0}, &remote, &err) < 0)
		die(&err);
	arena_init(&arena, (size_t)1 << 24);
	for (int i = 0; i + 1 < n; i += 2) {
		struct dns_budget b = {.dns = dns_remote_dns(remote),
			.deadline = ipc_deadline(seconds * 1000000000LL),
			.questions = 1};
		enum dns_type type = dns_type_of(span_cstr(word[i + 1]));
		struct dns_answer a;

		dns_ask(&b, span_cstr(word[i]), type, &arena, &a);
		print(word[i], type, &a);
	}
	arena_done(&arena);
	dns_remote_free(remote);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"forward", 1, NULL, 'f'}, {"stub", 1, NULL, 's'},
		{"resolv-conf", 1, NULL, 'r'}, {"hosts", 1, NULL, 'h'}, {"anchor", 1, NULL, 'a'},
		{"seconds", 1, NULL, 't'}, {"sandbox", 1, NULL, 'b'}, {0}};
	const char *forward[MOST], *sandbox = NULL;
	struct dns_unbound_stub stub[MOST];
	struct dns_unbound_options o = {.forward = forward, .stub = stub};
	int c, pair[2], status = 0, seconds = 10;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 'f' && o.forwards < MOST)
			forward[o.forwards++] = optarg;
		else if (c == 's' && o.stubs < MOST && strchr(optarg, '='))
			stub[o.stubs++] =
				(struct dns_unbound_stub){strtok(optarg, "="), strtok(NULL, "")};
		else if (c == 'r')
			o.resolv_conf = optarg;
		else if (c == 'h')
			o.hosts = optarg;
		else if (c == 'a')
			o.trust_anchor = optarg;
		else if (c == 't')
			seconds = atoi(optarg);
		else if (c == 'b')
			sandbox = optarg;
		else
			return 2;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return 3;
	pid_t pid = start_resolver(&o, sandbox, pair[1], pair[0]);

	close(pair[1]);
	ask_all(pair[0], argv + optind, argc - optind, seconds);
	close(pair[0]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}
