/*
 * A mail server's side of the milter protocol, in place of one: messages over many connections, as
 * fast as the filter takes them or at a rate, and how long each had to wait for its answer.
 *
 *   milter-load [-n CONNECTIONS] [-s SECONDS] [-r RATE] [-m MESSAGES] [-p PID]... ADDRESS:PORT
 * FILE...
 *
 * Files are messages, sent in turn. -r: that many messages a second are begun, whether earlier ones
 * are answered or not, and delays count from when a message was due; without it every connection
 * sends its next one when it has its answer. -m: a connection is opened anew after so many
 * messages; 0: never. -p: of these processes the CPU time and memory are told.
 *
 * One line of JSON: messages a second, delays in microseconds from the end of a message to its
 * answer, how many were answered how. All commands of a message go out at once; answers that the
 * filter did not waive are read and counted as they come.
 */
#include "base/buf.h"
#include "base/file.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmilter/mfdef.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MOST 20000

struct mail {
	struct buf bytes; /* all commands of it */
	unsigned answers; /* that are due for it, the last one included */
};

struct connection {
	int fd;
	unsigned due;  /* answers that are still to come; 0: it is free */
	int64_t began; /* nanoseconds */
	unsigned sent; /* messages over it */
	const struct mail *mail;
	size_t written;      /* of its bytes */
	char head[5];        /* of the answer that comes */
	size_t head_n, skip; /* bytes of it, and of what is behind it, to come */
	char answer;
};

static struct sockaddr_in to;
static struct mail *mails;
static struct buf *texts;
static size_t mails_n;
static struct connection *connection;
static struct pollfd *polled;
static unsigned connections = 50, per_connection;
static double rate, seconds = 5;
static uint32_t steps; /* that the filter agreed on */
static int64_t *delay;
static size_t delays, delays_room;
static unsigned long answered[256];

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(3);
}

/* --- what is sent --- */

static void command(struct buf *b, char what, struct span data)
{
	uint32_t n = htobe32((uint32_t)data.n + 1);

	buf_add(b, (struct span){(const char *)&n, 4});
	buf_byte(b, what);
	buf_add(b, data);
}

/* A command that is answered unless the filter waived it; and is not sent if it wants none. */
static void step(struct mail *m, char what, struct span data, uint32_t none, uint32_t waived)
{
	if (steps & none)
		return;
	command(&m->bytes, what, data);
	m->answers += !(steps & waived);
}

static void header(struct mail *m, struct span line)
{
	ssize_t colon = span_index(line, ':');
	struct buf b = {0};

	if (colon < 1)
		return;
	buf_add(&b, span_take(line, (size_t)colon));
	buf_byte(&b, '\0');
	struct span value = span_skip(line, (size_t)colon + 1);

	if (!(steps & SMFIP_HDR_LEADSPC) && value.n && value.p[0] == ' ')
		value = span_skip(value, 1);
	buf_add(&b, value);
	buf_byte(&b, '\0');
	step(m, SMFIC_HEADER, buf_span(&b), SMFIP_NOHDRS, SMFIP_NR_HDR);
	buf_done(&b);
}

static void headers(struct mail *m, struct span *rest)
{
	struct span line, field = {NULL, 0};

	while (span_line(rest, &line) && line.n) {
		if (field.n && (line.p[0] == ' ' || line.p[0] == '\t')) {
			field = span_between(field.p, span_end(line));
			continue;
		}
		header(m, field);
		field = line;
	}
	header(m, field);
}

static void body(struct mail *m, struct span rest)
{
	struct span line;
	struct buf b = {0};

	while (span_line(&rest, &line)) {
		buf_add(&b, line);
		buf_str(&b, "\r\n");
	}
	for (struct span left = buf_span(&b); left.n; left = span_skip(left, 65535))
		step(m, SMFIC_BODY, span_take(left, 65535), SMFIP_NOBODY, SMFIP_NR_BODY);
	buf_done(&b);
}

#define TEXT(literal) ((struct span){literal, sizeof(literal)}) /* with its NUL */

static void make_mail(struct mail *m, struct span text)
{
	m->answers = 0;
	buf_clear(&m->bytes);
	command(&m->bytes, SMFIC_MACRO, TEXT("Mi\0004GhKLm1Zz0z1\0{mail_addr}\0a@example.net"));
	step(m, SMFIC_MAIL, TEXT("<a@example.net>"), SMFIP_NOMAIL, SMFIP_NR_MAIL);
	command(&m->bytes, SMFIC_MACRO, TEXT("Ri\0004GhKLm1Zz0z1\0{rcpt_addr}\0b@example.org"));
	step(m, SMFIC_RCPT, TEXT("<b@example.org>"), SMFIP_NORCPT, SMFIP_NR_RCPT);
	step(m, SMFIC_DATA, (struct span){NULL, 0}, SMFIP_NODATA, SMFIP_NR_DATA);
	headers(m, &text);
	step(m, SMFIC_EOH, (struct span){NULL, 0}, SMFIP_NOEOH, SMFIP_NR_EOH);
	body(m, text);
	command(&m->bytes, SMFIC_MACRO, TEXT("Ei\0004GhKLm1Zz0z1"));
	step(m, SMFIC_BODYEOB, (struct span){NULL, 0}, 0, 0);
}

/* --- connections --- */

static void read_all(int fd, char *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			die("the filter closed the connection");
		p += got;
		n -= (size_t)got;
	}
}

static char read_answer(int fd, struct buf *rest)
{
	char head[5];
	uint32_t n;

	read_all(fd, head, 5);
	memcpy(&n, head, 4);
	n = be32toh(n) - 1;
	buf_clear(rest);
	read_all(fd, buf_reserve(rest, n + 1), n);
	rest->n = n;
	return head[4];
}

static void write_all(int fd, struct span s)
{
	while (s.n) {
		ssize_t put = write(fd, s.p, s.n);

		if (put < 0)
			die("write");
		s = span_skip(s, (size_t)put);
	}
}

/* Opens a connection, agrees on options, and says who the client is. */
static void connect_one(struct connection *c)
{
	uint32_t offer[3] = {htobe32(6), htobe32(SMFI_CURR_ACTS), htobe32(SMFI_CURR_PROT)}, got[3];
	struct mail hello = {.answers = 0};
	struct buf rest = {0}, who = {0};
	int on = 1;

	*c = (struct connection){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	command(&hello.bytes, SMFIC_OPTNEG, (struct span){(const char *)offer, sizeof(offer)});
	write_all(c->fd, buf_span(&hello.bytes));
	if (read_answer(c->fd, &rest) != SMFIC_OPTNEG || rest.n < sizeof(got))
		die("the filter does not agree");
	memcpy(got, rest.p, sizeof(got));
	steps = be32toh(got[2]);
	buf_clear(&hello.bytes);
	command(&hello.bytes, SMFIC_MACRO,
		TEXT("Cj\0mx.example.org\0{client_addr}\000198.51.100.7\0{client_name}\0mail."
		     "example.net"));
	buf_printf(&who, "mail.example.net%c4%c%c198.51.100.7%c", 0, 0x12, 0x34, 0);
	step(&hello, SMFIC_CONNECT, buf_span(&who), SMFIP_NOCONNECT, SMFIP_NR_CONN);
	step(&hello, SMFIC_HELO, TEXT("mail.example.net"), SMFIP_NOHELO, SMFIP_NR_HELO);
	write_all(c->fd, buf_span(&hello.bytes));
	for (; hello.answers; hello.answers--)
		read_answer(c->fd, &rest);
	buf_done(&hello.bytes);
	buf_done(&rest);
	buf_done(&who);
}

static void renew(struct connection *c)
{
	static struct buf quit;

	if (!quit.n)
		command(&quit, SMFIC_QUIT, (struct span){NULL, 0});
	write_all(c->fd, buf_span(&quit));
	close(c->fd);
	connect_one(c);
}

static void write_some(struct connection *c)
{
	const struct buf *b = &c->mail->bytes;
	ssize_t n = send(c->fd, b->p + c->written, b->n - c->written, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN)
		die("send");
	c->written += n > 0 ? (size_t)n : 0;
}

static void begin(struct connection *c, int64_t due)
{
	static size_t next;

	if (per_connection && c->sent == per_connection)
		renew(c);
	c->mail = &mails[next++ % mails_n];
	c->due = c->mail->answers;
	c->began = due;
	c->written = 0;
	c->sent++;
	write_some(c);
}

/* An answer that ends a step; others are changes to the message. */
static bool is_last(char what)
{
	return strchr("acdrtysf4", what);
}

static void finish(struct connection *c)
{
	if (delays == delays_room) {
		delays_room = delays_room ? delays_room * 2 : 1 << 16;
		delay = realloc(delay, delays_room * sizeof(*delay));
		if (!delay)
			die("memory");
	}
	delay[delays++] = now() - c->began;
	answered[(unsigned char)c->answer]++;
}

static void read_some(struct connection *c)
{
	char room[65536];
	ssize_t n = recv(c->fd, room, sizeof(room), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN))
		die("the filter closed the connection");
	for (ssize_t i = 0; i < n;) {
		if (c->skip) {
			size_t step_n = c->skip < (size_t)(n - i) ? c->skip : (size_t)(n - i);

			c->skip -= step_n;
			i += (ssize_t)step_n;
		} else {
			c->head[c->head_n++] = room[i++];
			if (c->head_n < 5)
				continue;
			uint32_t size;

			memcpy(&size, c->head, 4);
			c->skip = be32toh(size) - 1;
			c->head_n = 0;
			c->answer = c->head[4];
		}
		if (!c->skip && is_last(c->answer) && c->due && --c->due == 0)
			finish(c);
	}
}

/* --- the run --- */

static void run(void)
{
	int64_t start = now(), end = start + (int64_t)(seconds * 1e9), due = start;
	int64_t gap = rate > 0 ? (int64_t)(1e9 / rate) : 0;
	unsigned turn = 0, under_way = 0;

	while (now() < end || under_way) {
		int64_t at = now();
		unsigned busy = 0;

		for (unsigned i = 0; at < end && i < connections && (!gap || due <= at); i++) {
			unsigned k = (turn + i) % connections;

			if (connection[k].due)
				continue;
			begin(&connection[k], gap ? due : now());
			due += gap;
			turn = gap ? k + 1 : turn;
		}
		for (unsigned i = 0; i < connections; i++) {
			struct connection *c = &connection[i];
			bool writes = c->due && c->written < c->mail->bytes.n;

			polled[i] = (struct pollfd){
				c->due ? c->fd : -1, (short)(POLLIN | (writes ? POLLOUT : 0)), 0};
			busy += c->due > 0;
		}
		under_way = busy;
		int64_t wait = gap && due > at ? due - at : 20000000;
		const struct timespec t = {wait / 1000000000, wait % 1000000000};

		ppoll(polled, connections, &t, NULL);
		for (unsigned i = 0; i < connections; i++) {
			if (polled[i].revents & POLLOUT)
				write_some(&connection[i]);
			if (polled[i].revents & (POLLIN | POLLHUP | POLLERR))
				read_some(&connection[i]);
		}
		if (now() > end + 30000000000)
			die("no answer");
	}
}

/* CPU seconds of a process, and its resident bytes. */
static double cpu_of(long pid, double *ret_rss)
{
	char path[64], line[1024] = "";
	unsigned long user = 0, system = 0;
	long rss = 0;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	FILE *f = fopen(path, "r");

	if (!f || !fgets(line, sizeof(line), f))
		die(path);
	fclose(f);
	char *p = strrchr(line, ')');

	sscanf(p ? p + 2 : "",
		"%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d "
		"%*d %*u %*u %ld",
		&user, &system, &rss);
	*ret_rss += (double)rss * (double)sysconf(_SC_PAGESIZE);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static double quantile(double q)
{
	return delays ? (double)delay[(size_t)(q * (double)(delays - 1))] / 1e3 : 0;
}

static void print(double took, double cpu, double rss)
{
	qsort(delay, delays, sizeof(*delay), by_value);
	printf("{\"messages\": %zu, \"per_second\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f, "
	       "\"max_us\": %.0f",
		delays, (double)delays / took, quantile(0.5), quantile(0.99), quantile(1));
	if (cpu > 0)
		printf(", \"cpu_us\": %.1f, \"rss_mb\": %.1f", cpu * 1e6 / (double)delays,
			rss / 1e6);
	printf(", \"answers\": {");
	const char *comma = "";

	for (int i = 0; i < 256; i++)
		if (answered[i]) {
			printf("%s\"%c\": %lu", comma, i, answered[i]);
			comma = ", ";
		}
	printf("}}\n");
}

static void read_mails(char **files, size_t n)
{
	struct err err;

	mails = calloc(n, sizeof(*mails));
	texts = calloc(n, sizeof(*texts));
	for (mails_n = 0; mails_n < n; mails_n++) {
		if (file_read(files[mails_n], (size_t)256 << 20, &texts[mails_n], &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			exit(3);
		}
		make_mail(&mails[mails_n], buf_span(&texts[mails_n]));
	}
}

int main(int argc, char **argv)
{
	long pid[16];
	size_t pids = 0;
	double before = 0, after = 0, rss = 0;
	int c;

	while ((c = getopt(argc, argv, "n:s:r:m:p:")) != -1)
		switch (c) {
		case 'n': connections = (unsigned)atoi(optarg); break;
		case 's': seconds = atof(optarg); break;
		case 'r': rate = atof(optarg); break;
		case 'm': per_connection = (unsigned)atoi(optarg); break;
		case 'p': pid[pids < 15 ? pids++ : 15] = atol(optarg); break;
		default: return 2;
		}
	char *colon = optind < argc ? strchr(argv[optind], ':') : NULL;

	if (!colon || argc - optind < 2 || !connections || connections > CONNECTIONS_MOST)
		return 2;
	*colon = '\0';
	to = (struct sockaddr_in){AF_INET, htons((uint16_t)atoi(colon + 1)), {0}, {0}};
	inet_pton(AF_INET, argv[optind], &to.sin_addr);
	connection = calloc(connections, sizeof(*connection));
	polled = calloc(connections, sizeof(*polled));
	if (!connection || !polled)
		die("memory");
	for (unsigned i = 0; i < connections; i++)
		connect_one(&connection[i]);
	read_mails(argv + optind + 1, (size_t)(argc - optind - 1));
	for (size_t i = 0; i < pids; i++)
		before += cpu_of(pid[i], &rss);
	int64_t start = now();

	run();
	double took = (double)(now() - start) / 1e9;

	rss = 0;
	for (size_t i = 0; i < pids; i++)
		after += cpu_of(pid[i], &rss);
	print(took, after - before, rss);
	return 0;
}
