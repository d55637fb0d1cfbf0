/* The names of roles, and what a role says to the supervisor and hears from it. */
#include "serve/role.h"

#include "serve/control.h"
#include "serve/ipc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *role_name(enum role r)
{
	static const char *const name[] = {
#define X(id, name) name,
		ROLES_X(X)
#undef X
	};

	return name[r];
}

/* Reads the configuration that came as a sealed memfd. The old one stays: threads look at it. */
static bool take_config(struct role_kit *kit, int file)
{
	struct config *c = calloc(1, sizeof(*c));
	struct span text;
	int rc = -ENOMEM;

	if (c && (rc = ipc_map_sealed(file, CONTROL_CONFIG_MOST, &text)) == 0) {
		rc = config_parse(text, "configuration", c, NULL);
		munmap((void *)text.p, text.n);
	}
	if (rc < 0)
		free(c);
	else
		kit->config = c;
	return rc == 0;
}

enum role_word role_told(struct role_kit *kit)
{
	static char room[IPC_MOST];
	struct ipc_head head;
	struct span bytes;
	int file, rc = ipc_receive(kit->control, room, 0, &head, &bytes, &file);
	enum role_word word = ROLE_NOTHING;

	if (rc == 0 || rc == -EBADMSG)
		return ROLE_NOTHING;
	if (rc < 0)
		return ROLE_STOP;
	if (head.type == CONTROL_STOP)
		word = ROLE_STOP;
	else if (head.type == CONTROL_TABLES)
		word = ROLE_TABLES;
	else if (head.type == CONTROL_CONFIG && file >= 0 && take_config(kit, file))
		word = ROLE_RELOAD;
	if (file >= 0)
		close(file);
	return word;
}

void role_ready(struct role_kit *kit)
{
	ipc_send(kit->control, CONTROL_READY, 0, (struct span){0}, -1, 0);
}

void role_alive(struct role_kit *kit, enum role r)
{
	atomic_store_explicit(
		&kit->status->part[r].alive, (uint64_t)ipc_deadline(0), memory_order_relaxed);
}

void role_tell(struct role_kit *kit, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	ipc_send(kit->control, CONTROL_TELL, 0, span_cstr(text), -1, 0);
}

void role_published(struct role_kit *kit)
{
	ipc_send(kit->control, CONTROL_PUBLISHED, 0, (struct span){0}, -1, 0);
}
