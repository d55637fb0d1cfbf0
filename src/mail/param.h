/*
 * Values with parameters, as Content-Type and Content-Disposition have them (RFC 2045, 5.1; RFC
 * 2183), with the continuations and charsets of RFC 2231 and the broken forms that are met:
 * encoded words in quotes, no semicolon, no closing quote, blanks in unquoted values.
 */
#ifndef CORDON_MAIL_PARAM_H
#define CORDON_MAIL_PARAM_H

#include "mail/word.h"

#define PARAMS_MOST 256 /* parameters of one field that are read */

/* One parameter as it stands. */
struct param {
	struct span name;  /* without the "*0*" of RFC 2231 */
	struct span value; /* without the quotes; escapes and folds still in it */
	int16_t section;   /* the number behind '*', or -1 */
	bool quoted;
	bool extended; /* '*' at the end of the name: percent-encoded */
};

struct params {
	struct span value; /* what stands before the first ';', without the comments and blanks around it */
	struct param at[PARAMS_MOST];
	size_t n;
};

/* Splits a field's value. Copies nothing. Linear. */
void params_read(struct span field_value, struct anomalies *odd, struct params *ret_params);

/* As text, encoded words decoded; or as the bytes it stands for, as boundaries are compared. */
enum param_form { PARAM_TEXT, PARAM_BYTES };

/*
 * The parameter with that name; the empty span when there is none. Of two, the first counts; one
 * with sections or a charset counts before a plain one (RFC 2231, 3 and 4).
 * Returns 0, or -ENOMEM. Linear.
 */
int params_get(struct decoder *d, const struct params *params, struct span name,
	enum param_form form, struct span *ret_value);

#endif
