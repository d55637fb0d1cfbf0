/* The words of decisions. */
#include "serve/keeper_wire.h"

const char *decision_action_name(enum decision_action a)
{
	static const char *const name[] = {
#define X(id, name) name,
		DECISIONS_X(X)
#undef X
	};

	return name[a];
}
