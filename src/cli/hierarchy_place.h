/* The part of hierarchy.h that places boxes in rows; for hierarchy.c alone. */
#ifndef CORDON_CLI_HIERARCHY_PLACE_H
#define CORDON_CLI_HIERARCHY_PLACE_H

#include "cli/hierarchy.h"

/*
 * Sets rows, columns, places and bends of a hierarchy whose boxes have their levels and whose lines
 * are known. Returns 0 or -ENOMEM.
 */
int hierarchy_place(struct hierarchy *h, const struct graph *g);

#endif
