/* Handing a mail to the relay that is set (RFC 5321, over libcurl), and what is known afterwards.
 */
#ifndef CORDON_CASE_NOTICE_SMTP_H
#define CORDON_CASE_NOTICE_SMTP_H

#include "base/err.h"
#include "base/span.h"

enum smtp_tls {
	SMTP_TLS_MUST,  /* STARTTLS (RFC 3207), or nothing is sent */
	SMTP_TLS_MAY,   /* where the relay offers it */
	SMTP_TLS_NEVER, /* for a relay on the same machine */
};

struct smtp_relay {
	const char *url; /* "smtp://mx.example.org:587", "smtps://...": TLS from the start */
	enum smtp_tls tls;
	const char *user;     /* NULL: no authentication (RFC 4954) */
	const char *password; /* with user */
	const char *ca_file;  /* certificates to trust; NULL: the system's */
	const char *helo;     /* our name */
};

/* What became of it. Only of the last it is not known whether the relay has the mail. */
enum smtp_outcome {
	SMTP_SENT,     /* the relay has taken it over (RFC 5321, 4.2.5) */
	SMTP_REFUSED,  /* the relay refuses: sender, a recipient, or the mail */
	SMTP_NOT_SENT, /* the relay could not be reached or spoken to, or asks to try later */
	SMTP_UNKNOWN,  /* the connection broke when the mail was given and not yet answered for */
};

#define SMTP_SAID 256

/*
 * Sends. mail's lines end with CRLF; recipient[recipients], 1 or more; all of them or none. The
 * relay's last answer goes to said. Takes at most two minutes. For all but SMTP_SENT err has a
 * sentence. Never fails otherwise.
 */
enum smtp_outcome smtp_send(const struct smtp_relay *relay, const char *sender,
	const char *const *recipient, size_t recipients, struct span mail, char said[SMTP_SAID],
	struct err *err);

#endif
