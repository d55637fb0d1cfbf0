/*
 * What went wrong outside of us, as a sentence for the user: what, where, and what to do about it.
 *
 * Functions return 0 or more when all is well and a negative errno otherwise; where a user may see
 * the failure they also take a struct err, which may be NULL. Library code never prints or logs.
 */
#ifndef CORDON_BASE_ERR_H
#define CORDON_BASE_ERR_H

struct err {
	char text[512]; /* NUL-terminated, no line break at the end, cut if longer */
};

/*
 * Writes the sentence (printf's format) into err, if there is one, and returns code, so that a
 * failing function can end with `return err_set(err, -EINVAL, "%s: ...", path)`.
 * code is a negative errno. The arguments may be err's own text, to put words around it.
 */
int err_set(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": " and the system's words for code behind the sentence. */
int err_sys(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
