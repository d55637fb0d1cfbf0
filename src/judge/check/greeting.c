/* How the mail addresses its reader. Who knows you writes your name; who has only your address
 * writes "Dear customer" or the address itself. */
#include "judge/check/list.h"

#include <pthread.h>

static const char *const variants[] = {"greeting/generic", "greeting/intimate", "greeting/role",
	"greeting/address", "greeting/subject-address", "greeting/subject-local",
	"greeting/subject-domain", "greeting/body-address", "greeting/own-domain", NULL};

enum { GENERIC, INTIMATE };

/* clang-format off */
static const struct words_group groups[] = {
	{GENERIC, 1,
		"dear customer|dear valued customer|dear client|dear user|dear email user|dear mail user|"
		"dear webmail user|dear mailbox user|dear account holder|dear account owner|dear account user|"
		"dear member|dear subscriber|dear sir|dear sir/madam|dear sir or madam|dear sirs|"
		"dear madam|dear beneficiary|dear winner|dear owner|dear email owner|dear cardholder|"
		"dear taxpayer|dear recipient|dear employee|dear all staff|attention:|attn:|hello user|"
		"hello customer|hello dear|hi dear|valued customer|sehr geehrter kunde|sehr geehrte kundin|"
		"sehr geehrte kunden|lieber kunde|liebe kundin|sehr geehrter nutzer|sehr geehrter benutzer|"
		"guten tag lieber kunde|sehr geehrte damen und herren|cher client|chere cliente|cher utilisateur|"
		"cher(e) client|bonjour cher client|cher membre|estimado cliente|estimada cliente|"
		"estimado usuario|estimado/a cliente|querido cliente|hola cliente|gentile cliente|"
		"caro cliente|gentile utente|gentile signore|prezado cliente|prezado usuario|"
		"prezado(a) cliente|caro usuario|estimado(a) cliente|beste klant|geachte klant|"
		"geachte heer/mevrouw|geachte gebruiker|drogi kliencie|szanowny kliencie|drogi uzytkowniku|"
		"szanowni panstwo|uzytkowniku|уважаемый клиент|уважаемый пользователь|дорогой клиент|"
		"sayin musteri*|degerli musteri*|sayin kullanici|お客様各位|お客様へ|ご利用のお客様|会員様|"
		"平素は|いつもご利用|尊敬的客户|尊敬的用户|亲爱的客户|亲爱的用户"},
	{INTIMATE, 1,
		"dear friend|dearest friend|my dear|dear beloved|beloved in|dearest one|hello my friend|"
		"hi sweetheart|hello sweetheart|hi there handsome|greetings to you|good day to you|compliments of the season|"
		"calvary greetings|greetings in the name|lieber freund|cher ami|chere amie|querido amigo|"
		"querida amiga|caro amico|cara amica|prezado amigo|beste vriend|drogi przyjacielu|"
		"дорогой друг|sevgili dostum|亲爱的朋友"},
};
/* clang-format on */

static struct words_set *set;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void build(void)
{
	set = words_set_new(groups, sizeof(groups) / sizeof(groups[0]));
}

/* Greetings stand at the top; a quotation of one further down is none. */
#define TOP 400

static void look_at_words(const struct check_input *in, struct findings *out)
{
	struct words_hits hits[2];
	struct words_text top = in->words;

	pthread_once(&once, build);
	top.folded = span_take(top.folded, TOP);
	if (!set)
		return;
	words_find(set, &top, hits);
	if (hits[GENERIC].phrases)
		finding_add(in, out, &check_greeting, "greeting/generic",
			words_raw(&in->words, hits[GENERIC].at, hits[GENERIC].n),
			"The mail greets nobody by name: \"%.*s\"",
			SPAN_ARG(words_raw(&in->words, hits[GENERIC].at, hits[GENERIC].n)));
	if (hits[INTIMATE].phrases)
		finding_add(in, out, &check_greeting, "greeting/intimate",
			words_raw(&in->words, hits[INTIMATE].at, hits[INTIMATE].n),
			"A stranger greets as a friend: \"%.*s\"",
			SPAN_ARG(words_raw(&in->words, hits[INTIMATE].at, hits[INTIMATE].n)));
}

/* True when what stands right before is a greeting word: "Dear user@example.org". */
static bool is_greeted(struct span folded, size_t at)
{
	static const struct span words[] = {{"dear ", 5}, {"hello ", 6}, {"hi ", 3}, {"hi, ", 4},
		{"attention ", 10}, {"attn: ", 6}, {"hey ", 4}, {"hallo ", 6}, {"bonjour ", 8},
		{"hola ", 5}, {"ciao ", 5}, {"ola ", 4}, {"user ", 5}, {"user: ", 6}, {"beste ", 6},
		{"liebe(r) ", 9}, {"guten tag ", 10}, {"dear, ", 6}, {"hello, ", 7}};
	struct span before = span_take(folded, at);

	if (at == 0)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (before.n >= words[i].n &&
			span_eq(span_skip(before, before.n - words[i].n), words[i]))
			return true;
	return false;
}

/* Lower case, as folded text is, in the arena. */
static struct span folded_of(const struct check_input *in, struct span s)
{
	struct words_text t;

	words_fold(message_arena(in->mp), span_take(s, 320), &t);
	return t.folded;
}

/* Mailboxes of offices, not of persons: "Hi Info," is how a program greets. */
static bool is_role(struct span local)
{
	static const struct span roles[] = {{"info", 4}, {"sales", 5}, {"contact", 7},
		{"office", 6}, {"admin", 5}, {"support", 7}, {"hello", 5}, {"mail", 4}, {"team", 4},
		{"billing", 7}, {"accounting", 10}, {"accounts", 8}, {"webmaster", 9},
		{"postmaster", 10}, {"hr", 2}, {"jobs", 4}, {"kontakt", 7}, {"service", 7},
		{"finance", 7}, {"invoice", 7}, {"press", 5}, {"help", 4}, {"marketing", 9},
		{"orders", 6}, {"purchasing", 10}};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (span_eq(local, roles[i]))
			return true;
	return false;
}

/* The mailbox's name greeted as if it were a person's, in the first words. */
static void look_for_role(const struct check_input *in, struct findings *out, struct span local)
{
	struct span top = span_take(in->words.folded, 60);
	ssize_t at = is_role(local) ? span_find(top, local) : -1;

	if (at >= 0 && is_greeted(top, (size_t)at) && (size_t)at + local.n < top.n &&
		strchr(",:;!.", top.p[(size_t)at + local.n]))
		finding_add(in, out, &check_greeting, "greeting/role",
			words_raw(&in->words, (size_t)at, local.n),
			"The mail greets the mailbox \"%.*s\" as if it were a person",
			SPAN_ARG(local));
}

static void look_for_address(const struct check_input *in, struct findings *out, struct span rcpt)
{
	struct span address = folded_of(in, rcpt), top = span_take(in->words.folded, TOP);
	size_t at_sign = (size_t)span_rindex(address, '@');
	struct span local = span_take(address, at_sign), subject = in->subject_words.folded;
	/* Few mails have an '@' there at all. */
	ssize_t at = span_index(top, '@') >= 0 ? span_find(top, address) : -1;

	if (at >= 0 && is_greeted(top, (size_t)at))
		finding_add(in, out, &check_greeting, "greeting/address",
			words_raw(&in->words, (size_t)at, address.n),
			"The mail greets the reader by the address %.*s", SPAN_ARG(rcpt));
	else if (at >= 0)
		finding_add(in, out, &check_greeting, "greeting/body-address",
			words_raw(&in->words, (size_t)at, address.n),
			"The first lines hold the recipient's address");
	else if (local.n >= 3 && span_index(local, '.') > 0 && (at = span_find(top, local)) > 0 &&
		 is_greeted(top, (size_t)at))
		finding_add(in, out, &check_greeting, "greeting/address",
			words_raw(&in->words, (size_t)at, local.n),
			"The mail greets the reader by what stands before the '@': %.*s",
			SPAN_ARG(local));
	look_for_role(in, out, local);
	if ((at = span_find(subject, address)) >= 0)
		finding_add(in, out, &check_greeting, "greeting/subject-address",
			words_raw(&in->subject_words, (size_t)at, address.n),
			"The subject holds the recipient's address");
	else if (local.n >= 4 && (at = span_find(subject, local)) >= 0 &&
		 (at == 0 || !ascii_is_alnum(subject.p[at - 1])) &&
		 ((size_t)at + local.n == subject.n ||
			 !ascii_is_alnum(subject.p[(size_t)at + local.n])))
		finding_add(in, out, &check_greeting, "greeting/subject-local",
			words_raw(&in->subject_words, (size_t)at, local.n),
			"The subject holds the recipient's mailbox name, %.*s", SPAN_ARG(local));
}

static void run(const struct check_input *in, struct findings *out)
{
	if (in->is_list && in->is_reply)
		return;
	look_at_words(in, out);
	for (size_t i = 0; i < in->rcpts && i < 2; i++)
		look_for_address(in, out, in->rcpt[i]);
	if (!in->own_domain.n || check_is_sender(in, in->own_domain) || in->is_list || in->is_reply)
		return;
	ssize_t at = span_find(in->subject_words.folded, in->own_domain);

	if (at >= 0)
		finding_add(in, out, &check_greeting, "greeting/subject-domain",
			words_raw(&in->subject_words, (size_t)at, in->own_domain.n),
			"The subject names the recipient's own domain, the sender is %.*s",
			SPAN_ARG(in->from_host));
	at = span_find(span_take(in->words.folded, 2000), in->own_domain);
	if (at >= 0)
		finding_add(in, out, &check_greeting, "greeting/own-domain",
			words_raw(&in->words, (size_t)at, in->own_domain.n),
			"The text names the recipient's own domain, the sender is %.*s",
			SPAN_ARG(in->from_host));
}

const struct check check_greeting = {
	"greeting", "how the mail addresses its reader", variants, run};
