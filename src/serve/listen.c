#include "serve/listen.h"

#include "net/ip.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <netinet/in.h>

#define BACKLOG 512

/* "ADDRESS:PORT" or "[ADDRESS]:PORT". */
static int read_address(const char *where, struct sockaddr_storage *ret, socklen_t *ret_n)
{
	const char *colon = strrchr(where, ':');
	struct span host = colon ? span_between(where, colon) : (struct span){NULL, 0};
	struct ip ip;
	char *end;

	if (!colon || !colon[1])
		return -EINVAL;
	unsigned long port = strtoul(colon + 1, &end, 10);

	if (*end || port > 65535)
		return -EINVAL;
	if (host.n > 1 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = (struct span){host.p + 1, host.n - 2};
	if (ip_parse(host, &ip) < 0)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	if (ip.family == IP_V4) {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		memcpy(&in->sin_addr, ip.byte, 4);
		*ret_n = sizeof(*in);
		return 0;
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	memcpy(&in6->sin6_addr, ip.byte, 16);
	*ret_n = sizeof(*in6);
	return 0;
}

/* A socket that a gateway before left behind: nobody answers there. */
static void take_out_stale(const struct sockaddr_un *un, socklen_t n)
{
	struct stat st;
	int fd;

	if (lstat(un->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)un, n) < 0 && errno == ECONNREFUSED)
		unlink(un->sun_path);
	if (fd >= 0)
		close(fd);
}

static int read_where(const char *where, struct sockaddr_storage *ret, socklen_t *ret_n)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret;

	if (where[0] != '/')
		return read_address(where, ret, ret_n);
	if (strlen(where) >= sizeof(un->sun_path))
		return -ENAMETOOLONG;
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	strcpy(un->sun_path, where);
	*ret_n = sizeof(*un);
	take_out_stale(un, *ret_n);
	return 0;
}

int listen_give(const char *where, const char *user, struct err *err)
{
	if (!where || where[0] != '/' || !user || !*user || geteuid() != 0)
		return 0;
	struct passwd *pw = getpwnam(user);

	if (!pw)
		return err_set(err, -ENOENT, "there is no user %s", user);
	if (lchown(where, pw->pw_uid, pw->pw_gid) < 0)
		return err_sys(err, -errno, "%s", where);
	return 0;
}

int listen_on(const char *where, int *ret_fd, struct err *err)
{
	struct sockaddr_storage address;
	socklen_t n;
	int rc = read_where(where, &address, &n);

	if (rc < 0)
		return err_set(err, rc,
			"'%s' cannot be listened on: it is to be 127.0.0.1:7352, [::1]:7352 or the "
			"path of a UNIX socket",
			where);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_sys(err, -errno, "%s", where);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	mode_t old = umask(0117);

	rc = bind(fd, (struct sockaddr *)&address, n) < 0 || listen(fd, BACKLOG) < 0
		? err_sys(err, -errno, "%s cannot be listened on", where)
		: 0;
	umask(old);
	if (rc < 0)
		close(fd);
	else
		*ret_fd = fd;
	return rc;
}
