#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* By way of a copy: callers put words around what is in err already. */
__attribute__((format(printf, 2, 0))) static void write_text(
	struct err *err, const char *format, va_list ap)
{
	struct err text;

	vsnprintf(text.text, sizeof(text.text), format, ap);
	strcpy(err->text, text.text);
}

int err_set(struct err *err, int code, const char *format, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, format);
		write_text(err, format, ap);
		va_end(ap);
	}
	return code;
}

int err_sys(struct err *err, int code, const char *format, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, format);
		write_text(err, format, ap);
		va_end(ap);
		size_t n = strlen(err->text);

		snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(-code));
	}
	return code;
}
