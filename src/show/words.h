/* Numbers, lists and paragraphs as a person reads them, at night or in a mail. */
#ifndef CORDON_SHOW_WORDS_H
#define CORDON_SHOW_WORDS_H

#include "base/buf.h"

#include <stdint.h>

/* A number of things, whole, in groups of three: "1,234,567"; up to three decimals when it has
 * any: "12.5". n is 0 or more. */
void words_number(struct buf *to, double n);

/* The same with its noun: "1 network", "3 networks". */
void words_count(struct buf *to, uint64_t n, const char *one, const char *many);

/* A share of 0 .. 1: "0 %", "<0.1 %", "37.2 %", ">99.9 %", "100 %". What is not quite all or
 * nothing never reads as if it were. */
void words_share(struct buf *to, double share);

/* What stands before the i-th of n items of a list: "", ", " or " and ". */
const char *words_joint(size_t i, size_t n);

/* How far off a day is: "of that day", "1 day off", "193 days off". */
void words_days_off(struct buf *to, int32_t days);

/*
 * Appends text, broken at blanks into lines of at most `width` columns, each with its end; the
 * first line begins with `first` blanks, those below with `rest`. A word that does not fit stands
 * alone; a number and its '%' are one.
 */
void words_wrap(struct buf *to, struct span text, int first, int rest, int width);

#endif
