/* A case file for programs: canonical JSON (RFC 8785), docs/formats/case.md. */
#ifndef CORDON_CASE_CASE_JSON_H
#define CORDON_CASE_CASE_JSON_H

#include "case/case.h"

/* Appends it, without a line end. The same case gives the same bytes. Returns 0 or -ENOMEM. */
int case_json(struct buf *to, const struct case_file *c);

#endif
