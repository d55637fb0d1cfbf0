/*
 * A relay may take a mail only after the dot that ends it, and libcurl writes that dot only after
 * it was given the last byte: it knows the size, and may write it without asking again. So as long
 * as bytes are left, the mail is not sent, whatever else went wrong; and afterwards an answer of
 * 4xx or 5xx says so as surely. What remains, all given and no answer read, is not known.
 */
#include "case/notice_smtp.h"

#include "show/clean.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct delivery {
	struct span left;
	bool ended;           /* all of it was given to libcurl */
	char said[SMTP_SAID]; /* the relay's last line */
};

static size_t give(char *to, size_t size, size_t n, void *context)
{
	struct delivery *d = context;
	struct span piece = span_take(d->left, size * n);

	if (piece.n)
		memcpy(to, piece.p, piece.n);
	d->left = span_skip(d->left, piece.n);
	d->ended = d->left.n == 0;
	return piece.n;
}

static size_t hear(char *p, size_t size, size_t n, void *context)
{
	struct delivery *d = context;
	struct buf b = {0};

	/* What it says to our QUIT is no answer for the mail. */
	if (span_starts((struct span){p, size * n}, SPAN("221")))
		return size * n;
	clean_excerpt(&b, span_trim((struct span){p, size * n}), sizeof(d->said) - 4);
	if (buf_ok(&b) && b.n < sizeof(d->said)) {
		memcpy(d->said, b.p ? b.p : "", b.n);
		d->said[b.n] = '\0';
	}
	buf_done(&b);
	return size * n;
}

static char *full_url(const struct smtp_relay *r)
{
	size_t n = strlen(r->url);
	char *url = NULL;

	while (n && r->url[n - 1] == '/')
		n--;
	/* libcurl takes the name for EHLO from the path. */
	return asprintf(&url, "%.*s/%s", (int)n, r->url, r->helo ? r->helo : "") < 0 ? NULL : url;
}

static void set_up(CURL *c, const struct smtp_relay *r, const char *sender, struct span mail,
	struct delivery *d)
{
	static const long tls[] = {CURLUSESSL_ALL, CURLUSESSL_TRY, CURLUSESSL_NONE};

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USE_SSL, tls[r->tls]);
	if (r->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
	if (r->user) {
		curl_easy_setopt(c, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, r->password ? r->password : "");
	}
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail.n);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(c, CURLOPT_READDATA, d);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, d);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 20L);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
}

static enum smtp_outcome judge(CURL *c, CURLcode code, const struct smtp_relay *r,
	const struct delivery *d, struct err *err)
{
	long answer = 0;

	if (code == CURLE_OK)
		return SMTP_SENT;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
	if (answer >= 400 && answer <= 599) {
		err_set(err, -EIO, "%s: the relay %s: %s", r->url,
			answer < 500 ? "does not take it now" : "refuses", d->said);
		return answer < 500 ? SMTP_NOT_SENT : SMTP_REFUSED;
	}
	if (d->ended) {
		err_set(err, -EIO,
			"%s: the connection broke before the relay answered for the mail (%s); it "
			"may "
			"have been sent",
			r->url, curl_easy_strerror(code));
		return SMTP_UNKNOWN;
	}
	err_set(err, -EIO, "%s: %s; nothing was sent", r->url, curl_easy_strerror(code));
	return SMTP_NOT_SENT;
}

enum smtp_outcome smtp_send(const struct smtp_relay *relay, const char *sender,
	const char *const *recipient, size_t recipients, struct span mail, char said[SMTP_SAID],
	struct err *err)
{
	struct delivery d = {.left = mail};
	struct curl_slist *to = NULL, *more;
	char *url = full_url(relay), from[300];
	CURL *c = curl_easy_init();
	bool good = c && url;
	enum smtp_outcome outcome = SMTP_NOT_SENT;

	snprintf(from, sizeof(from), "<%.254s>", sender);
	for (size_t i = 0; good && i < recipients; i++) {
		more = curl_slist_append(to, recipient[i]);
		good = more;
		to = more ? more : to;
	}
	if (good) {
		curl_easy_setopt(c, CURLOPT_URL, url);
		curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
		set_up(c, relay, from, mail, &d);
		outcome = judge(c, curl_easy_perform(c), relay, &d, err);
	} else {
		err_sys(err, -ENOMEM, "%s", relay->url);
	}
	memcpy(said, d.said, sizeof(d.said));
	curl_slist_free_all(to);
	curl_easy_cleanup(c);
	free(url);
	return outcome;
}
