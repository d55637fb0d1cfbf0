/* One datagram, sent without waiting: a manager that does not read must not stop us. */
#include "serve/notify.h"

#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path ? strlen(path) : 0;
	char text[512];
	va_list ap;

	if (n < 2 || n >= sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	va_start(ap, format);
	int size = vsnprintf(text, sizeof(text), format, ap);

	va_end(ap);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || size < 0 || (size_t)size >= sizeof(text))
		size = 0;
	if (size)
		sendto(fd, text, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	if (fd >= 0)
		close(fd);
}

int64_t notify_watchdog(void)
{
	const char *microseconds = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	unsigned long long n = 0;

	if (!microseconds || (pid && strtol(pid, NULL, 10) != (long)getpid()) ||
		span_number(span_cstr(microseconds), (unsigned long long)INT64_MAX / 1000, &n) < 0)
		return 0;
	return (int64_t)n * 1000;
}
