/* A case file as a document (show/doc.h), from which page and paper are written. */
#ifndef CORDON_CASE_CASE_DOC_H
#define CORDON_CASE_CASE_DOC_H

#include "case/case.h"
#include "show/doc.h"

/* Fills a document, which the caller ends with doc_done(). Returns 0 or -ENOMEM. */
int case_doc(const struct case_file *c, struct doc *ret_doc);

#endif
