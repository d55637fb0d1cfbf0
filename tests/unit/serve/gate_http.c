/* The end: whoever comes once nobody is taken any more is not answered. */
#include "test.h"

#include "serve/gate_http.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ASKED "GET /ping HTTP/1.0\r\n\r\n"
#define MOST  20 /* those that had come before it was told to end may be answered */

static bool is_answered(const struct sockaddr_un *at, int milliseconds)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd p = {fd, POLLIN, 0};
	char byte;

	assert_int_equal(connect(fd, (const struct sockaddr *)at, sizeof(*at)), 0);
	assert_int_equal(send(fd, ASKED, strlen(ASKED), MSG_NOSIGNAL), strlen(ASKED));
	bool answered = poll(&p, 1, milliseconds) > 0 && recv(fd, &byte, 1, 0) == 1;

	close(fd);
	return answered;
}

static void nobody_is_taken_behind_the_end(void **state)
{
	char directory[] = "/tmp/cordon-http-XXXXXX";
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct gate_http *h;
	int answered = 0;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/check", directory);
	assert_int_equal(gate_http_listen(at.sun_path, &h, NULL), 0);
	assert_int_equal(gate_http_serve(h, NULL, NULL), 0); /* a ping needs no gate */
	assert_true(is_answered(&at, -1));
	gate_http_stop(h, false);
	while (answered < MOST && is_answered(&at, 500))
		answered++;
	assert_in_range(answered, 0, MOST - 1);
	gate_http_close(h);
	unlink(at.sun_path);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_taken_behind_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
