/* The answer of `cordon depeer` as a picture: who reaches the targets, before and after. */
#ifndef CORDON_CLI_DEPEER_SVG_H
#define CORDON_CLI_DEPEER_SVG_H

#include "cli/depeer_answer.h"

/* Appends an SVG without script or anything from outside. Returns 0 or -ENOMEM. */
int depeer_svg(struct buf *to, const struct depeer_answer *a);

#endif
