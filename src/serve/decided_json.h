/* A decision as JSON: docs/formats/decisions.md. */
#ifndef CORDON_SERVE_DECIDED_JSON_H
#define CORDON_SERVE_DECIDED_JSON_H

#include "serve/keeper_wire.h"

#include <jansson.h>

/* An object, the caller's to release; NULL when memory is short. */
json_t *decided_json(const struct decided *d);

#endif
