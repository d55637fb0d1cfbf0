/* The form is Postfix's, since most of the mail that models learned came with it. */
#include "serve/envelope.h"

#include <time.h>

#define NAME_MOST    ((size_t)255) /* bytes that are shown of a name: RFC 5321, 4.5.3.1.2 */
#define ADDRESS_MOST ((size_t)320)

/* What may stand in a word of ours without ending it, opening a comment, or being taken for a path.
 */
static bool is_plain(char c, bool address)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || memchr("-._:[]", c, 6) ||
	       (address && memchr("@+=!#$%&'*/?^`{|}~", c, 18));
}

static void add_plain(struct buf *to, struct span s, size_t most, bool address)
{
	s = span_take(s, most);
	for (size_t i = 0; i < s.n; i++)
		buf_byte(to, is_plain(s.p[i], address) ? s.p[i] : '?');
}

static void add_name(struct buf *to, struct span s)
{
	add_plain(to, s.n ? s : SPAN("unknown"), NAME_MOST, false);
}

static void add_client(struct buf *to, const struct envelope *e)
{
	char ip[IP_TEXT];

	buf_str(to, "from ");
	add_name(to, e->helo);
	buf_str(to, " (");
	add_name(to, e->name);
	buf_printf(to, " [%s%s])", e->ip.family == IP_V6 ? "IPv6:" : "", ip_format(&e->ip, ip));
	if (e->tls.n) {
		buf_str(to, "\r\n\t(using ");
		add_name(to, e->tls);
		buf_byte(to, ')');
	}
	if (e->user.n) {
		buf_str(to, "\r\n\t(Authenticated sender: ");
		add_plain(to, e->user, NAME_MOST, true);
		buf_byte(to, ')');
	}
	buf_str(to, "\r\n\t");
}

/* RFC 5322, 3.3, in UTC and without the locale. */
static void add_date(struct buf *to, int64_t at)
{
	static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const month[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)at;
	struct tm tm = {0};

	gmtime_r(&t, &tm);
	buf_printf(to, "%s, %d %s %d %02d:%02d:%02d +0000", day[tm.tm_wday], tm.tm_mday,
		month[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void envelope_lines(const struct envelope *e, struct span our_name, struct buf *to)
{
	bool client = e->ip.family != IP_NONE;

	buf_str(to, "Return-Path: <");
	add_plain(to, e->mail_from, ADDRESS_MOST, true);
	buf_str(to, ">\r\nReceived: ");
	if (client)
		add_client(to, e);
	buf_str(to, "by ");
	add_name(to, e->server.n ? e->server : our_name);
	/* RFC 3848 names the protocols. */
	buf_printf(to, " (Postfix%s) with %s%s%s id ", client ? "" : ", from userid 0",
		client ? "ESMTP" : "SMTP", e->tls.n ? "S" : "", e->user.n ? "A" : "");
	add_plain(to, e->queue_id.n ? e->queue_id : SPAN("0"), 64, false);
	if (e->rcpts == 1 && !e->rcpts_left_out) { /* else it would tell one of the other */
		buf_str(to, "\r\n\tfor <");
		add_plain(to, e->rcpt[0], ADDRESS_MOST, true);
		buf_byte(to, '>');
	}
	buf_str(to, "; ");
	add_date(to, e->at);
	buf_str(to, "\r\n");
}

struct span envelope_path(struct span s)
{
	s = span_trim(s);
	if (s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = (struct span){s.p + 1, s.n - 2};
	return s;
}
