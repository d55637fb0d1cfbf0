#include "judge/lean.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* Names, or whole checks where a name ends in '/'. The first that fits counts. */
static const char *const honest[] = {"aligned/all", "aligned/three", "aligned/own-house", "list/",
	"code/", "signature/", "thread/reply", "thread/references", "thread/deep", "thread/quoted",
	"personal/program", "personal/plain", "personal/greeting-name", "personal/signature",
	"unsubscribe/", "auth/dmarc-pass", "auth/spf-pass", "auth/dkim-pass", "auth/arc-pass",
	"auth/signed-aligned", "auth/dkim-own", "received/aligned", "received/encrypted", "received/inside",
	"message-id/aligned", "date/near", "clicks/all-own", "structure/plain", "structure/report"};

static const char *const either[] = {"aligned/freemail-all", "thread/forward", "bulk/precedence",
	"bulk/campaign", "bulk/automatic", "bulk/mailer-none", "links/none", "links/one", "links/many",
	"links/storage", "links/deep-host", "links/port", "link-lies/sender", "link-lies/redirect",
	"link-lies/tracker", "link-lies/address", "clicks/one-brand", "clicks/none-own",
	"hidden-text/preview", "hidden-text/link", "hidden-text/comments", "structure/short",
	"structure/html-only", "structure/many-tags", "structure/bad-html",
	"structure/no-mime-version", "structure/no-subject", "structure/long-subject",
	"structure/long-line", "structure/header-8bit", "structure/mime-8bit", "sender/no-domain",
	"sender/name-address", "sender/return-other", "sender/return-empty", "sender/sender-other",
	"sender/freemail", "message-id/no-domain", "message-id/freemail", "message-id/unrelated",
	"message-id/missing", "message-id/service", "message-id/localhost", "message-id/ip",
	"greeting/body-address", "greeting/own-domain", "greeting/subject-local",
	"greeting/subject-domain", "received/none", "received/one", "received/plain",
	"received/no-rdns", "received/rdns-other", "received/slow", "received/helo-own",
	"date/missing", "date/past", "brand-name/local", "encoding/base64-plain", "encoding/subject",
	"encoding/from-name", "encoding/uu", "wording/unsubscribe", "wording/offer",
	"wording/sign-in", "wording/legal", "attachment/document", "attachment/message",
	"attachment/calendar-link", "auth/unsigned", "auth/signed-other", "auth/spf-none",
	"auth/dkim-none", "auth/dkim-fail", "auth/spf-forwarded", "auth/helo-other",
	"auth/helo-nowhere", "auth/reverse-none", "auth/reverse-fail"};

/* What the training mail cannot tell, and what it tells by an assumed share of it. */
static const char *const mute[] = {"auth/spf-forwarded"}, *const bounded[] = {"auth/"};

/* A name of the list fits itself, what it begins when it ends in '/', and its variants
 * "-strong" and "-subject". */
static int is_named(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(list[i]);

		if (strncmp(name, list[i], length))
			continue;
		if (list[i][length - 1] == '/' || !name[length] || !strcmp(name + length, "-strong") ||
			!strcmp(name + length, "-subject"))
			return 1;
	}
	return 0;
}

enum lean finding_lean(const char *name)
{
	if (is_named(honest, sizeof(honest) / sizeof(*honest), name))
		return LEAN_HONEST;
	if (is_named(either, sizeof(either) / sizeof(*either), name))
		return LEAN_EITHER;
	return LEAN_ABUSE;
}

double finding_bound(const char *name)
{
	if (is_named(mute, sizeof(mute) / sizeof(*mute), name))
		return 0;
	return is_named(bounded, sizeof(bounded) / sizeof(*bounded), name) ? log(3) : INFINITY;
}
