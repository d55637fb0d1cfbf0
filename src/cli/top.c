/*
 * cordon top: what the gateway is doing now. The screen is the terminal's other one, drawn anew
 * from its top each second and given back at the end; whatever ends the program but SIGKILL is
 * waited for as a key is.
 */
#include "cli/cli.h"
#include "cli/term.h"
#include "cli/top_ask.h"
#include "cli/top_show.h"

#include "base/config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MS 1000
#define MINUTE   60

#define SCREEN_TAKE "\033[?1049h\033[?25l" /* the other screen, no cursor */
#define SCREEN_GIVE "\033[?25h\033[?1049l"
#define SCREEN_HOME "\033[H"
#define LINE_REST   "\033[K"
#define SCREEN_REST "\033[J"

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	if (number != SIGWINCH)
		ended = 1;
}

static double seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- once --- */

static int once(const char *where, bool json)
{
	struct buf out = {0};
	struct err err;
	json_t *now;

	if (top_ask(where, &now, &err) < 0) {
		tell_error(&err);
		return EXIT_INPUT;
	}
	if (json) {
		json_dumpf(now, stdout, JSON_COMPACT | JSON_REAL_PRECISION(9));
		putchar('\n');
	} else {
		const struct top_answer none = {NULL, 0};

		top_show(&out, now, none, none, time(NULL), term_width());
		fwrite(out.p, 1, out.n, stdout);
	}
	int code = buf_ok(&out) ? EXIT_DONE : EXIT_SYSTEM;

	json_decref(now);
	buf_done(&out);
	return finish_output(code);
}

/* --- again and again --- */

/* Each line over the one that stood there, so that nothing flickers. */
static void draw(const struct buf *text)
{
	struct span rest = buf_span(text), line;

	fputs(SCREEN_HOME, stdout);
	while (span_line(&rest, &line)) {
		fwrite(line.p, 1, line.n, stdout);
		fputs(LINE_REST "\n", stdout);
	}
	fputs(SCREEN_REST, stdout);
	fflush(stdout);
}

/* The answers of the last minute, one a second or so. */
struct watch {
	const char *where;
	struct {
		json_t *status;
		double at; /* when it came */
	} past[MINUTE]; /* the newest at newest, those before it in front of it, in a ring */
	size_t newest;
};

static void forget(struct watch *w)
{
	for (size_t i = 0; i < MINUTE; i++) {
		json_decref(w->past[i].status);
		w->past[i].status = NULL;
	}
}

static void remember(struct watch *w, json_t *now, double at)
{
	w->newest = (w->newest + 1) % MINUTE;
	json_decref(w->past[w->newest].status);
	w->past[w->newest].status = now;
	w->past[w->newest].at = at;
}

/* The oldest that is not over a minute old; none when there is none, or the last one. */
static struct top_answer past(const struct watch *w, double at, bool oldest)
{
	struct top_answer found = {NULL, 0};

	for (size_t i = 0; i < MINUTE; i++) {
		size_t k = (w->newest + MINUTE - i) % MINUTE;
		double ago = at - w->past[k].at;

		if (!w->past[k].status || ago > MINUTE + 0.5 || (i && !oldest))
			break;
		found = (struct top_answer){w->past[k].status, ago};
	}
	return found;
}

/* Another one answers than before: it counts from 0. */
static bool started_anew(const struct watch *w, const json_t *now)
{
	const json_t *last = w->past[w->newest].status;

	return last && !json_equal(json_object_get(last, "started"),
			       json_object_get(now, "started"));
}

static void look(struct watch *w)
{
	struct buf out = {0};
	struct err err;
	json_t *now;
	double at = seconds_now();

	if (top_ask(w->where, &now, &err) < 0) {
		buf_printf(&out, "%s\n\nIt is asked again each second; q ends.\n", err.text);
		forget(w);
	} else {
		if (started_anew(w, now))
			forget(w);
		top_show(&out, now, past(w, at, false), past(w, at, true), time(NULL), term_width());
		buf_printf(
			&out, "\n%sq ends%s\n", term_colour(COLOUR_DIM), term_colour(COLOUR_NONE));
		remember(w, now, at);
	}
	draw(&out);
	buf_done(&out);
}

/* Until it is time to look again. */
static void wait_for_key(bool keys)
{
	struct pollfd in = {.fd = keys ? STDIN_FILENO : -1, .events = POLLIN};
	char key;

	if (poll(&in, 1, EVERY_MS) <= 0 || !in.revents)
		return;
	if (read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q')
		ended = 1;
}

static void catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
	struct sigaction a = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &a, NULL);
	signal(SIGTSTP, SIG_IGN); /* the terminal would be left as it is drawn on */
}

static int watch(const char *where)
{
	struct watch w = {.where = where};
	struct termios was, raw;
	bool keys = tcgetattr(STDIN_FILENO, &was) == 0;

	catch_signals();
	if (keys) {
		raw = was;
		raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	fputs(SCREEN_TAKE, stdout);
	while (!ended && !ferror(stdout)) {
		look(&w);
		wait_for_key(keys);
	}
	fputs(SCREEN_GIVE, stdout);
	if (keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &was);
	forget(&w);
	return finish_output(EXIT_DONE);
}

static int run(const char *config_option, bool shot, bool json)
{
	const char *file = config_option ? config_option : getenv("CORDON_CONFIG");
	struct config config;
	struct err err;
	int code;

	if (config_read(file && *file ? file : NULL, &config, &err) < 0) {
		tell_error(&err);
		return EXIT_USAGE;
	}
	if (!config.gateway.web) {
		err_set(&err, -ENOENT,
			"the configuration has no 'web', where the gateway is asked");
		tell_error(&err);
		code = EXIT_USAGE;
	} else if (shot || json || !isatty(STDOUT_FILENO)) {
		code = once(config.gateway.web, json);
	} else {
		code = watch(config.gateway.web);
	}
	config_done(&config);
	return code;
}

int top_main(int argc, char **argv)
{
	static const struct usage usage = {"top", "",
		"Shows what the gateway is doing now, anew each second.",
		"It asks the gateway at 'web' of the configuration. q ends. Where standard output "
		"is\n"
		"no terminal it shows it once, with rates and delays since the gateway was started.\n"
		"Exit codes: 0 done, 1 no gateway answers, 2 usage, 3 the system failed."};
	const char *config = NULL;
	bool shot = false, json = false;
	int code;
	const struct option_row rows[] = {
		{"once", '1', OPTION_FLAG, &shot, NULL, "show it once"},
		{"json", 'j', OPTION_FLAG, &json, NULL,
			"once, as the object that the gateway gives"},
		{"config", 'c', OPTION_STRING, &config, "FILE",
			"the gateway's configuration (default /etc/cordon.conf)"},
		{0},
	};
	int first = option_read(&usage, rows, argc, argv, &code);

	if (first < 0)
		return code;
	if (first < argc)
		return usage_error(&usage, "no arguments are taken, as '%s'", argv[first]);
	return run(config, shot, json);
}
