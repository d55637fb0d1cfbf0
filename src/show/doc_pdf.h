/*
 * A document as PDF on A4, by cairo and pango: numbered pages, contents with links, an outline,
 * tagged structure as far as cairo has it (no alternative text for figures: what a plot shows
 * stands in words below it). A library of its own, so that only who writes PDF needs cairo.
 */
#ifndef CORDON_SHOW_DOC_PDF_H
#define CORDON_SHOW_DOC_PDF_H

#include "base/err.h"
#include "show/doc.h"

/*
 * Appends it. The same document gives the same bytes where the same fonts are installed (DejaVu is
 * asked for): the only date in it is the document's. Returns 0; -ENOMEM, or -EIO when cairo fails
 * otherwise; with a sentence. Cost: linear; everything is laid out twice, for page numbers.
 */
int doc_pdf(struct buf *to, const struct doc *d, struct err *err);

#endif
