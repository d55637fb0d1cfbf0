/*
 * How fast mailboxes are read, and in how much memory: a generated mbox of 100 MB and of 200 MB
 * (or as many as the argument says), as it is, through gzip, zstd and a pipe; and 20,000 single
 * files. Each is read by a program started afresh, so that the peak is its
 * own; seconds are of the processor, so that others on the machine do not count.
 */
#include "base/buf.h"
#include "mail/mailbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#define MESSAGES_OF_A_PIECE 200
#define FILES               20000

static char folder[] = "/tmp/cordon-bench-XXXXXX";

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One message of about 5 KB, as mail goes, with lines of many lengths and a quoted one. */
static void add_message(struct buf *b, unsigned number)
{
	unsigned seed = number + 1;

	buf_printf(b, "From a@b Mon Jan  1 00:00:00 2001\nFrom: a@b\nSubject: %u\n\n", number);
	for (size_t end = b->n + 5000; b->n < end;) {
		seed = seed * 1103515245 + 12345;
		for (unsigned words = seed >> 28; words > 0; words--) {
			seed = seed * 1103515245 + 12345;
			buf_printf(b, "w%x ", seed >> 12);
		}
		buf_str(b, seed >> 16 & 127 ? "\n" : "\n>From here\n");
	}
	buf_byte(b, '\n');
}

static void write_all(FILE *f, struct span s)
{
	if (fwrite(s.p, 1, s.n, f) != s.n)
		perror("write"), exit(1);
}

/* Writes mega MB in a form: 'p'lain, 'g'zip, 'z'std. Compressed pieces stand in a row. */
static void write_mbox(const char *path, char form, unsigned mega)
{
	struct buf piece = {0}, packed = {0};
	FILE *f = fopen(path, "wb");
	uint64_t written = 0;

	for (unsigned i = 0; i < MESSAGES_OF_A_PIECE; i++)
		add_message(&piece, i);
	struct span out = buf_span(&piece);

	if (form == 'z') {
		size_t room = ZSTD_compressBound(piece.n);

		packed.n = ZSTD_compress(buf_reserve(&packed, room), room, piece.p, piece.n, 3);
		out = buf_span(&packed);
	} else if (form == 'g') {
		z_stream z = {.next_in = (unsigned char *)piece.p, .avail_in = (unsigned)piece.n};

		deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
		z.avail_out = (unsigned)deflateBound(&z, piece.n);
		z.next_out = (unsigned char *)buf_reserve(&packed, z.avail_out);
		deflate(&z, Z_FINISH);
		packed.n = z.total_out;
		deflateEnd(&z);
		out = buf_span(&packed);
	}
	for (; f && written < (uint64_t)mega << 20; written += piece.n)
		write_all(f, out);
	if (!f || fclose(f))
		perror(path), exit(1);
	buf_done(&piece);
	buf_done(&packed);
}

static void write_files(const char *path)
{
	struct buf b = {0};
	char name[160];

	mkdir(path, 0700);
	for (unsigned i = 0; i < FILES; i++) {
		buf_clear(&b);
		add_message(&b, i);
		snprintf(name, sizeof(name), "%s/%u", path, i);
		FILE *f = fopen(name, "wb");

		write_all(f, buf_span(&b));
		fclose(f);
	}
	buf_done(&b);
}

static void read_all(const char *what, const char *path)
{
	struct mailbox *mb;
	struct mailbox_item item;
	struct err err;
	struct rusage used;
	uint64_t bytes = 0, messages = 0;
	double start = cpu_s();
	int rc;

	mailbox_open(&path, 1, &mb);
	while ((rc = mailbox_next(mb, &item, &err)) != 0) {
		if (rc < 0)
			fprintf(stderr, "%s\n", err.text);
		bytes += rc > 0 ? item.raw.n : 0;
		messages += rc > 0;
	}
	mailbox_close(mb);
	double s = cpu_s() - start;

	getrusage(RUSAGE_SELF, &used);
	printf("%-16s %8.1f MB %7llu messages %7.0f MB/s %9.0f messages/s %6ld KB peak\n", what,
		(double)bytes / 1e6, (unsigned long long)messages, (double)bytes / 1e6 / s,
		(double)messages / s, used.ru_maxrss);
	fflush(stdout);
}

/* Reads in a child; with piped, what another child writes into its standard input. */
static void measure(const char *what, const char *path, bool piped)
{
	int ends[2];
	pid_t writer = 0;

	fflush(stdout);
	if (piped && (pipe(ends) < 0 || (writer = fork()) < 0))
		perror("pipe"), exit(1);
	if (piped && writer == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		execlp("cat", "cat", path, (char *)NULL);
		_exit(1);
	}
	pid_t reader = fork();

	if (reader == 0) {
		if (piped) {
			dup2(ends[0], STDIN_FILENO);
			close(ends[1]);
		}
		execl("/proc/self/exe", "bench-mailbox", "--read", what, piped ? "-" : path,
			(char *)NULL);
		_exit(1);
	}
	if (piped) {
		close(ends[0]);
		close(ends[1]);
		waitpid(writer, NULL, 0);
	}
	waitpid(reader, NULL, 0);
}

int main(int argc, char **argv)
{
	unsigned mega = argc > 1 ? (unsigned)atoi(argv[1]) : 100;
	char path[128], command[160];

	if (argc == 4) { /* "--read", what to call it, path */
		read_all(argv[2], argv[3]);
		return 0;
	}
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/mail", folder);
	for (unsigned times = 1; times <= 2; times++) {
		for (const char *form = "pgz"; *form; form++) {
			write_mbox(path, *form, mega * times);
			measure(*form == 'p'   ? "mbox"
				: *form == 'g' ? "mbox, gzip"
					       : "mbox, zstd",
				path, false);
			if (*form == 'p')
				measure("mbox, pipe", path, true);
			unlink(path);
		}
	}
	write_files(path);
	measure("MH folder", path, false);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) ? 1 : 0;
}
