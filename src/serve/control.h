/* What the supervisor and a role say to each other: ipc.h's messages, and inherited descriptors. */
#ifndef CORDON_SERVE_CONTROL_H
#define CORDON_SERVE_CONTROL_H

enum control_type {
	/* To the role. */
	CONTROL_CONFIG = 1, /* a configuration beside it, as a sealed memfd */
	CONTROL_TABLES,
	CONTROL_STOP,
	/* To the supervisor. */
	CONTROL_READY,
	CONTROL_PUBLISHED,
	CONTROL_TELL,       /* a sentence */
	CONTROL_FAILED,     /* a sentence: the role could not begin */
};

/* The descriptors that a role begins with, beside the standard ones; those to other roles follow,
 * by number, /dev/null where there is none. */
enum control_fd { CONTROL_FD = 3, CONTROL_FD_STATUS, CONTROL_FD_CONFIG, CONTROL_FD_TO };

/* Most bytes of a configuration. */
#define CONTROL_CONFIG_MOST ((size_t)1 << 20)

#endif
