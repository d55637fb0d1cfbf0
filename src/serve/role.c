/* The names of roles. */
#include "serve/role.h"

const char *role_name(enum role r)
{
	static const char *const name[] = {
#define X(id, name) name,
		ROLES_X(X)
#undef X
	};

	return name[r];
}
