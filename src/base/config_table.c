/* The settings. What a value must be is told by the table, but for the few forms of text below. */
#include "base/config_table.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

/* An address of either family, in n bytes. */
static bool is_address(const char *p, size_t n)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr room;

	if (n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	return inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &room) == 1;
}

static bool is_number(const char *p, unsigned long long low, unsigned long long high)
{
	unsigned long long n;

	return span_number(span_cstr(p), high, &n) == 0 && n >= low;
}

static bool is_prefix(const char *text)
{
	const char *slash = strchrnul(text, '/');

	return is_address(text, (size_t)(slash - text)) &&
	       (!*slash || is_number(slash + 1, 0,
				   memchr(text, ':', (size_t)(slash - text)) ? 128 : 32));
}

/* "192.0.2.1:80", "[2001:db8::1]:80", "/run/socket". */
static bool is_listener(const char *text)
{
	const char *colon = strrchr(text, ':');

	if (text[0] == '/')
		return strlen(text) < sizeof(((struct sockaddr_un *)NULL)->sun_path);
	if (!colon || colon == text || !is_number(colon + 1, 1, 65535))
		return false;
	if (text[0] == '[')
		return colon[-1] == ']' && memchr(text, ':', (size_t)(colon - text)) &&
		       is_address(text + 1, (size_t)(colon - text) - 2);
	return !memchr(text, ':', (size_t)(colon - text)) &&
	       is_address(text, (size_t)(colon - text));
}

static bool is_resolver(const char *text)
{
	const char *at = strchrnul(text, '@');

	return !strcmp(text, "root") ||
	       (is_address(text, (size_t)(at - text)) && (!*at || is_number(at + 1, 1, 65535)));
}

/* Printable ASCII, at most n bytes, none of those. */
static bool is_plain(const char *text, size_t n, const char *none)
{
	size_t good = 0;

	while (text[good] >= ' ' && text[good] < 0x7f && !strchr(none, text[good]))
		good++;
	return !text[good] && good <= n;
}

/* A key's name as of https://c2sp.org/signed-note, without a scheme, as origins of logs are. */
static bool is_key_name(const char *text)
{
	return is_plain(text, 128, " +");
}

static bool is_host_name(const char *text)
{
	size_t good =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

	return !text[good] && good <= 253 && text[0] != '.' && text[0] != '-';
}

/* It goes before a subject that is put into a header field: no line ends, nothing to be encoded. */
static bool is_tag(const char *text)
{
	return is_plain(text, 64, "");
}

static bool is_relay(const char *text)
{
	return !strncmp(text, "smtp://", 7) || !strncmp(text, "smtps://", 8);
}

#define ACTIONS  "accept tag quarantine tempfail reject discard"
#define PREFIXES "a list of addresses and prefixes, {\"192.0.2.1\", \"2001:db8::/32\"}"
#define LISTENER                                                                                   \
	"an address with its port, \"127.0.0.1:7350\" or \"[::1]:7350\", the path of a "           \
	"UNIX socket, or \"\" for nowhere"

#define SHARE(field)  SETTING_SHARE, offsetof(struct config, field), 0
#define NUMBER(field) SETTING_NUMBER, offsetof(struct config, field), 0
#define FLAG(field)   SETTING_FLAG, offsetof(struct config, field), 0
#define TEXT(field)   SETTING_TEXT, offsetof(struct config, field), 0
#define LIST(field, count)                                                                         \
	SETTING_LIST, offsetof(struct config, field), offsetof(struct config, count), ""

/* clang-format off */
const struct setting config_table[] = {
	{"Judging", "ham_loss", SHARE(ham_loss), "0.001", 0.00001, 0.1,
	 .form = "a share from 0.00001 to 0.1 (0.001 is one in a thousand)",
	 .words = "How much of the good mail may be called spam. The less, the more stays unsure."},
	{NULL, "state", TEXT(state), "",
	 .form = "the path of a folder",
	 .words = "Where what was learned and imported is kept. Empty: as the environment says."},
	{NULL, "relays", LIST(relay_nets, nets), .fit = is_prefix,
	 .form = PREFIXES "; names go into relay_names",
	 .words = "Relays of our own, such as a backup MX: what they hand in came from "
		  "whoever gave it them."},
	{NULL, "relay_names", LIST(relay_names, names),
	 .form = "a list of names, {\"mx2.example.com\", \".example.net\"}",
	 .words = "Their names as the reverse DNS gives them; a dot before one: all names "
		  "below it."},

	{"The ledger", "ledger_name", TEXT(ledger_name), "", .fit = is_key_name,
	 .form = "a name such as mx.example.com/cordon: at most 128 characters, no blanks, no '+'",
	 .words = "What a ledger calls itself when it is made. Empty: the host's name and "
		  "/cordon."},
	{NULL, "keep_raw_days", NUMBER(keep_raw_days), "90", -1, 36500, "days",
	 .words = "How long raw evidence is kept, encrypted; 0 keeps none, -1 all."},

	{"The gateway: who and where", "host_name", TEXT(gateway.name), "", .fit = is_host_name,
	 .form = "a host's name, \"mx.example.com\"",
	 .words = "Our name in the Authentication-Results field (RFC 8601). Empty: the host's."},
	{NULL, "user", TEXT(gateway.user), "cordon",
	 .form = "the name of a user",
	 .words = "Whom the gateway runs as when root starts it. Empty: whoever starts it."},
	{NULL, "milter", TEXT(gateway.milter), "127.0.0.1:7350",
	 .fit = is_listener, .form = LISTENER,
	 .words = "Where mail servers reach it by the milter protocol."},
	{NULL, "check", TEXT(gateway.check), "127.0.0.1:7351", .fit = is_listener, .form = LISTENER,
	 .words = "Where rspamd's clients reach it over HTTP. Whoever reaches it may teach it."},
	{NULL, "web", TEXT(gateway.web), "127.0.0.1:7352", .fit = is_listener, .form = LISTENER,
	 .words = "Where metrics, health and the JSON API are."},
	{NULL, "sessions", NUMBER(gateway.sessions), "1000", 1, 100000,
	 .words = "Sessions of mail servers at a time, at most; those beyond are not looked at."},
	{NULL, "threads", NUMBER(gateway.threads), "0", 0, 256,
	 .words = "Threads that judge; 0 for as many as there are cores."},

	{"The gateway: what becomes of mail", "on_spam", TEXT(gateway.on_spam), "reject",
	 .choices = ACTIONS,
	 .words = "What is done with spam. A reject tells the sender, so nothing is lost unseen."},
	{NULL, "on_unsure", TEXT(gateway.on_unsure), "accept", .choices = ACTIONS,
	 .words = "What is done with mail of which the judge is not sure."},
	{NULL, "on_dmarc_reject", TEXT(gateway.on_dmarc_reject), "reject",
	 .choices = ACTIONS " ignore",
	 .words = "What is done when DMARC fails and the owner of the From domain asks for "
		  "p=reject; ignore leaves it to the judge."},
	{NULL, "on_dmarc_quarantine", TEXT(gateway.on_dmarc_quarantine), "tag",
	 .choices = ACTIONS " ignore",
	 .words = "The same for p=quarantine."},
	{NULL, "on_outgoing_spam", TEXT(gateway.on_outgoing_spam), "tempfail",
	 .choices = ACTIONS " ignore",
	 .words = "What is done with spam of our own users, whose account may be hijacked."},
	{NULL, "on_failure", TEXT(gateway.on_failure), "accept", .choices = "accept tempfail",
	 .words = "What is done with mail that cannot be judged: it takes too long, or ended "
		  "us twice."},
	{NULL, "tag", TEXT(gateway.tag), "[SPAM] ", .fit = is_tag,
	 .form = "a text of at most 64 printable ASCII characters",
	 .words = "What is put before the subject of mail that is tagged."},
	{NULL, "own_nets", LIST(gateway.own_nets, gateway.own_n), .fit = is_prefix,
	 .form = PREFIXES,
	 .words = "Whose mail is outgoing, beside that of authenticated users."},

	{"The gateway: bounds of a message", "judge_bytes", NUMBER(gateway.judge_bytes),
	 "8388608", 65536, 67108864, "bytes",
	 .words = "How much of a message is judged; what is beyond is passed on unread."},
	{NULL, "message_seconds", NUMBER(gateway.message_seconds), "20", 1, 600, "seconds",
	 .words = "How long judging a message may take, DNS included; then on_failure decides."},

	{"The gateway: DNS and authentication", "dns", LIST(gateway.dns, gateway.dns_n),
	 .fit = is_resolver,
	 .form = "a list of addresses, {\"127.0.0.1\", \"192.0.2.53@5353\"}, or {\"root\"}",
	 .words = "Resolvers to ask. Empty: those of /etc/resolv.conf; \"root\": none, but "
		  "from the root."},
	{NULL, "dns_questions", NUMBER(gateway.dns_questions), "200", 0, 1000,
	 .words = "Questions for a message, at most; what is beyond stays unknown."},
	{NULL, "dns_milliseconds", NUMBER(gateway.dns_milliseconds), "5000", 50, 60000,
	 "milliseconds",
	 .words = "How long a message waits for all its questions together, at most."},
	{NULL, "dmarc_organisation", TEXT(gateway.dmarc_organisation), "list",
	 .choices = "list walk",
	 .words = "How the organisational domain is found: by the public suffix list (RFC "
		  "7489), or by the tree walk of DMARCbis."},

	{"The gateway: what it keeps", "log_days", NUMBER(gateway.log_days), "30", 0, 3650, "days",
	 .words = "How long decisions are kept for 'cordon log' and 'cordon why'."},
	{NULL, "hash_addresses", FLAG(gateway.hash_addresses), "false",
	 .words = "Whether addresses of people are kept as hashes only, in logs and decisions."},
	{NULL, "learn_self", FLAG(gateway.learn_self), "true",
	 .words = "Whether it learns from clear cases by itself."},

	{"Notices", "notice_from", TEXT(notice.from), "",
	 .form = "a mail address",
	 .words = "The address that notices are from and answers go to. Without it nothing "
		  "is written."},
	{NULL, "notice_name", TEXT(notice.name), "",
	 .words = "Who writes, in words. Empty: the address."},
	{NULL, "notice_relay", TEXT(notice.relay), "", .fit = is_relay,
	 .form = "smtp://HOST:PORT or smtps://HOST:PORT",
	 .words = "The relay that takes notices. Without it nothing is sent."},
	{NULL, "notice_tls", TEXT(notice.tls), "", .choices = "must may never",
	 .words = "Whether STARTTLS is used. Empty: may on loopback, else must."},
	{NULL, "notice_user", TEXT(notice.user), "",
	 .words = "A name for the relay."},
	{NULL, "notice_password_file", TEXT(notice.password_file), "", .form = "the path of a file",
	 .words = "The file that holds the password alone."},
	{NULL, "notice_ca_file", TEXT(notice.ca_file), "", .form = "the path of a file",
	 .words = "Certificates by which the relay is known. Empty: the system's."},
	{NULL, "notice_contacts", TEXT(notice.contacts), "", .form = "the path of a file",
	 .words = "Contacts of our own, which go before those of the registries."},
	{NULL, "notice_network_days", NUMBER(notice.network_days), "14", 0, 3650, "days",
	 .words = "About one network, one recipient gets one notice in so long."},
	{NULL, "notice_contact_daily", NUMBER(notice.contact_daily), "5", 0, 3650,
	 .words = "Notices that one recipient gets in 24 hours, at most."},
	{NULL, "notice_hourly", NUMBER(notice.hourly), "20", 0, 3650,
	 .words = "Notices sent in an hour, at most."},
	{NULL, "notice_quiet_days", NUMBER(notice.quiet_days), "7", 0, 3650, "days",
	 .words = "Abuse that was not seen for so long has ended."},
	{NULL, "notice_upstream_days", NUMBER(notice.upstream_days), "14", 0, 3650, "days",
	 .words = "How long a network has before its upstreams are written to."},
	{NULL, "rdap_bootstrap", TEXT(notice.rdap_bootstrap), "",
	 .form = "a URL",
	 .words = "Where it is told which registry to ask (RFC 9224). Empty: "
		  "https://data.iana.org/rdap."},
	{NULL, "rdap_days", NUMBER(notice.rdap_days), "7", 0, 3650, "days",
	 .words = "How long what registries said is used."},
	{0},
};
/* clang-format on */

const struct setting *config_setting(const char *name, size_t n)
{
	for (const struct setting *s = config_table; s->name; s++)
		if (span_eq(span_cstr(s->name), (struct span){name, n}))
			return s;
	return NULL;
}

static void form_choices(const struct setting *s, struct buf *to)
{
	struct span rest = span_cstr(s->choices), word;
	bool first = true;

	while (span_cut(&rest, ' ', &word)) {
		buf_str(to, first ? "" : rest.p ? ", " : " or ");
		buf_printf(to, "\"%.*s\"", SPAN_ARG(word));
		first = false;
	}
}

void config_form(const struct setting *s, struct buf *to)
{
	if (s->form)
		buf_str(to, s->form);
	else if (s->choices)
		form_choices(s, to);
	else if (s->kind == SETTING_FLAG)
		buf_str(to, "true or false");
	else if (s->kind == SETTING_NUMBER)
		buf_printf(to, "a number %s%s%sfrom %.0f to %.0f", s->unit ? "of " : "",
			s->unit ? s->unit : "", s->unit ? " " : "", s->low, s->high);
	else
		buf_str(to, "a text in double quotes");
}
