/* The answer of `cordon depeer` as one JSON object: docs/formats/depeer.md. */
#ifndef CORDON_CLI_DEPEER_JSON_H
#define CORDON_CLI_DEPEER_JSON_H

#include "cli/depeer_answer.h"

/* The object, the caller's to release; NULL when memory is short. */
json_t *depeer_json(const struct depeer_answer *a);

#endif
