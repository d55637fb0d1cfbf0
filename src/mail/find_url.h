/*
 * URLs and host names written out in running text: http, https and ftp URLs, mailto, hosts that
 * begin with "www." or end in a known public suffix, with a path or on their own. Mail addresses
 * are passed over. Punctuation behind a URL is left out, brackets that open outside of it too; in
 * <...> a URL may go over line ends (RFC 3986, appendix C).
 */
#ifndef CORDON_MAIL_FIND_URL_H
#define CORDON_MAIL_FIND_URL_H

#include "mail/url.h"

struct url_finder {
	struct domain_tools *tools;
	const char *floor, *p, *end; /* taken up to, looking at, end of the text */
	const char *dot, *colon;     /* the next of each at or behind p */
};

/* Starts at the beginning of UTF-8 text, which must stay. */
void url_finder_init(struct url_finder *f, struct domain_tools *tools, struct span text);

/*
 * The next one: its bytes as written and how url_parse() is to read them. False at the end.
 * All calls together are linear in the text.
 */
bool url_finder_next(struct url_finder *f, struct span *ret_url, enum url_form *ret_form);

#endif
