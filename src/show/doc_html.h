/*
 * A document as one web page: nothing is loaded, no script is there, and the page forbids both by
 * its content security policy. Printable, and to be read on a narrow screen and by a screen reader.
 */
#ifndef CORDON_SHOW_DOC_HTML_H
#define CORDON_SHOW_DOC_HTML_H

#include "base/err.h"
#include "show/doc.h"

/* Appends it. The same document gives the same bytes. Returns 0 or -ENOMEM with a sentence. */
int doc_html(struct buf *to, const struct doc *d, struct err *err);

#endif
